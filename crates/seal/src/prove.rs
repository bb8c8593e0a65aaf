//! Where verification becomes proof: the only place that mints core's proofs, with its part about
//! passkeys.
//!
//! **Invariant:** each proof is made right after the comparison it stands for, from the very
//! credential, challenge or statement that was compared.

mod passkey;

pub use passkey::{
    MakingAsked, PasskeyAsked, prove_made, prove_passkey, prove_staff_passkey, prove_staff_session,
};

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bytes::{Digest, TokenHash};
use sekisho_core::id::ChannelId;
use sekisho_core::known::{
    BackupSetKnown, ChallengeKnown, CredentialKnown, PinKnown, PushKnown, StaffKnown, TotpKnown,
};
use sekisho_core::login::Login;
use sekisho_core::moment::Moment;
use sekisho_core::proof::{
    BackupCodeProved, CodeProved, ContactProved, GrantProved, NumberProved, PasswordProved,
    PinProved, PushProved, StaffProved, TotpProved,
};

use crate::backup_code::{BackupCode, BackupCodeKeys};
use crate::code::{CodeBinding, CodeKeys};
use crate::grant::GrantClaims;
use crate::jws::{JwsRefusal, KeySet};
use crate::password::{PasswordHasher, Rehash, StoredHash, Verification};
use crate::staff::StaffKeys;
use crate::token::Token;
use crate::totp::{TotpSecret, TotpStep};
use crate::{Check, Fault};

/// A password that matched, and whether its hash should be renewed.
#[derive(Debug)]
#[must_use]
pub struct ProvedPassword {
    pub proof: PasswordProved,
    pub rehash: Rehash,
}

/// Verifies a claimed password. Without a credential the decoy is verified in its place, so that
/// the work is the same, and the answer is `None`; so it is for one that the firm made good for
/// nothing. Slow on purpose: run it on the hash pool.
///
/// # Errors
/// Faults of the world, which must not count as a failed try; see [`PasswordHasher::verify`].
/// [`Fault::PasswordHash`] when what is stored is no hash.
pub fn prove_password(
    hasher: &PasswordHasher,
    known: Option<&CredentialKnown>,
    claimed: &SecretString,
    at: Moment,
) -> Result<Option<ProvedPassword>, Fault> {
    let Some(known) = known else {
        let _decoy = hasher.verify(hasher.decoy(), claimed)?;
        return Ok(None);
    };
    match hasher.verify(&StoredHash::parse(&known.hash)?, claimed)? {
        Verification::Match { .. } if known.void.is_some() => Ok(None),
        Verification::Match { rehash } => {
            let proof = PasswordProved::assert_password(known.id, known.revision, at);
            Ok(Some(ProvedPassword { proof, rehash }))
        }
        Verification::Mismatch => Ok(None),
    }
}

/// Compares the secret of a person of the firm. For nobody, and for a person who may no more, a
/// comparison is made as well, and the answer is `None`.
#[must_use]
pub fn prove_staff(
    keys: &StaffKeys,
    known: Option<&StaffKnown>,
    claimed: &Token,
) -> Option<StaffProved> {
    let hash = known.map_or(TokenHash([0; 32]), |known| known.hash);
    let matched = keys.check(claimed, &hash).matched();
    let known = known.filter(|known| matched && known.disabled.is_none())?;
    Some(StaffProved::assert_staff(known))
}

/// Verifies a claimed transaction PIN. Whether the same text stands in the way of another secret is
/// asked with [`same_secret`]. Slow on purpose: run it on the hash pool.
///
/// # Errors
/// Those of [`prove_password`].
pub fn prove_pin(
    hasher: &PasswordHasher,
    known: &PinKnown,
    claimed: &SecretString,
) -> Result<Option<(PinProved, Rehash)>, Fault> {
    match hasher.verify(&StoredHash::parse(&known.hash)?, claimed)? {
        Verification::Match { rehash } => {
            let proof = PinProved::assert_pin(known.id, known.revision);
            Ok(Some((proof, rehash)))
        }
        Verification::Mismatch => Ok(None),
    }
}

/// Whether `wanted`, as typed or with its capitals otherwise, is what `stored` is the hash of. Of
/// the ways to write capitals those are tried that people have: none, all, the first, the other way
/// round. Slow on purpose: run it on the hash pool.
///
/// # Errors
/// Those of [`prove_password`].
pub fn same_secret(
    hasher: &PasswordHasher,
    stored: &str,
    wanted: &SecretString,
) -> Result<bool, Fault> {
    let stored = StoredHash::parse(stored)?;
    for way in ways_to_write(wanted.expose_secret()) {
        if let Verification::Match { .. } = hasher.verify(&stored, &way)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The text with its capitals as typed, none, all, the first alone, and the other way round; each
/// once.
fn ways_to_write(text: &str) -> Vec<SecretString> {
    let (small, large) = (text.to_lowercase(), text.to_uppercase());
    let mut rest = small.chars();
    let first = rest.next().map(char::to_uppercase).into_iter().flatten();
    let first: String = first.chain(rest).collect();
    let turned: String = text
        .chars()
        .map(|letter| match letter {
            'a'..='z' => letter.to_ascii_uppercase(),
            _ => letter.to_ascii_lowercase(),
        })
        .collect();
    let mut ways = vec![text.to_owned()];
    for way in [small, large, first, turned] {
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways.into_iter().map(SecretString::from).collect()
}

/// Verifies a claimed one-time code, as ASCII digits. Whether it has expired or was used before is
/// for the rules and the store.
#[must_use]
pub fn prove_code(
    keys: &CodeKeys,
    known: &ChallengeKnown,
    claimed: &SecretString,
    at: Moment,
) -> Option<CodeProved> {
    let binding = CodeBinding {
        challenge: known.id,
        bound: known.bound,
    };
    match keys.check(&known.code, claimed, binding) {
        Check::Match => Some(CodeProved::assert_code(known.id, known.bound, at)),
        Check::Mismatch => None,
    }
}

/// Verifies a claimed code of an authenticator app, as ASCII digits, that was typed for `bound`.
/// `secret` is the opened one of `known`. Whether the app was confirmed is for the rules and the
/// store.
#[must_use]
pub fn prove_totp(
    secret: &TotpSecret,
    known: &TotpKnown,
    claimed: &SecretString,
    typed: (Digest, Moment),
) -> Option<TotpProved> {
    let (bound, now) = typed;
    let TotpStep(step) = secret.check(claimed, now, Some(TotpStep(known.step)))?;
    let credential = (known.id, known.revision);
    Some(TotpProved::assert_totp(credential, step, bound))
}

/// What a claimed backup code turned out to be.
#[derive(Debug)]
#[must_use]
pub enum CheckedBackup {
    /// An unused code of the customer's.
    Unused(BackupCodeProved),
    /// A code of the customer's that was used before, by its stored hash.
    Spent(TokenHash),
    /// None of the customer's.
    Unknown,
}

/// Verifies a claimed backup code of `set`'s customer that was typed for `bound`.
pub fn check_backup(
    keys: &BackupCodeKeys,
    set: &BackupSetKnown,
    claimed: &BackupCode,
    bound: Digest,
) -> CheckedBackup {
    match keys.find(claimed, set) {
        None => CheckedBackup::Unknown,
        Some(known) if known.used.is_some() => CheckedBackup::Spent(known.hash),
        Some(known) => {
            let proof = BackupCodeProved::assert_backup_code(set.id, known.hash, bound);
            CheckedBackup::Unused(proof)
        }
    }
}

/// Compares what was typed on a phone with the number that the asking page shows.
#[must_use]
pub fn prove_number(
    known: &PushKnown,
    number: &SecretString,
    claimed: &SecretString,
) -> Option<NumberProved> {
    let (number, claimed) = (number.expose_secret(), claimed.expose_secret());
    let same = Check::of(number.as_bytes(), claimed.as_bytes()).matched();
    same.then(|| NumberProved::assert_number(known.id))
}

/// What a request proves that was approved for `bound`. Whether it has expired or was used before
/// is for the rules and the store.
#[must_use]
pub fn prove_push(known: &PushKnown, bound: Digest) -> Option<PushProved> {
    let (approver, _) = known.approved.filter(|_| known.bound == bound)?;
    let request = (known.id, known.revision);
    Some(PushProved::assert_push(request, bound, approver))
}

/// Compares a claimed address or number with the present one, in time that does not tell how much
/// of it is right. Both are read as logins are, so that every way of writing it counts.
#[must_use]
pub fn prove_contact(
    channel: ChannelId,
    present: &SecretString,
    claimed: &SecretString,
    at: Moment,
) -> Option<ContactProved> {
    let read = |text: &SecretString| {
        let login = Login::parse(text.expose_secret()).ok();
        login.map(|login| Digest::of(login.as_str().as_bytes()))
    };
    let (present, claimed) = (read(present)?, read(claimed)?);
    Check::of(&present.0, &claimed.0)
        .matched()
        .then(|| ContactProved::assert_contact(channel, at))
}

/// Verifies that a grant is ours. Whether it has expired, was redeemed before or belongs to who
/// presents it is for the rules and the store.
///
/// # Errors
/// [`JwsRefusal`] says why it is not.
pub fn prove_grant(
    keys: &KeySet,
    issuer: &str,
    statement: &str,
) -> Result<GrantProved, JwsRefusal> {
    let claims = GrantClaims::verify(keys, issuer, statement)?;
    Ok(GrantProved::assert_grant(
        claims.jti,
        claims.aud,
        claims.operation_digest,
        Moment::from_unix_seconds(claims.exp),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::OneTimeCode;
    use crate::grant::tests::{ISSUER, claims};
    use crate::jwk::tests::signing_key;
    use crate::key::tests::ring;
    use crate::password::Argon2Cost;
    use crate::totp::TotpHash;
    use sekisho_core::bytes::Sealed;
    use sekisho_core::id::{ChallengeId, CredentialId, CustomerId, SessionId};
    use sekisho_core::login::ChannelKind;

    const NOW: Moment = Moment(1_800_000_000_000_000);

    fn hasher() -> PasswordHasher {
        let cost = Argon2Cost::danger_below_floor(64, 1, 1).unwrap();
        PasswordHasher::new(&ring(&[("a", 1)]), cost).unwrap()
    }

    fn credential(hash: &str) -> CredentialKnown {
        CredentialKnown {
            id: CredentialId([1; 16]),
            customer: CustomerId([2; 16]),
            hash: hash.to_owned(),
            revision: 7,
            set: Moment(0),
            void: None,
        }
    }

    #[test]
    fn a_password_is_proved_for_its_credential_revision_and_moment() {
        let hasher = hasher();
        let stored = hasher.hash(&"right".into(), [1; 16]).unwrap();
        let known = credential(stored.text());
        let proved = prove_password(&hasher, Some(&known), &"right".into(), NOW)
            .unwrap()
            .unwrap();
        assert_eq!(proved.proof.seen(), known.seen());
        assert_eq!(proved.proof.at(), NOW);
        assert_eq!(proved.rehash, Rehash::Keep);
        let wrong = prove_password(&hasher, Some(&known), &"wrong".into(), NOW).unwrap();
        assert!(wrong.is_none());
        let nobody = prove_password(&hasher, None, &"right".into(), NOW).unwrap();
        assert!(nobody.is_none());
        let void = CredentialKnown {
            void: Some(NOW),
            ..known
        };
        let reset = prove_password(&hasher, Some(&void), &"right".into(), NOW).unwrap();
        assert!(reset.is_none());
        let broken = prove_password(&hasher, Some(&credential("x")), &"right".into(), NOW);
        assert!(matches!(broken, Err(Fault::PasswordHash(_))));
    }

    #[test]
    fn a_pin_is_proved_for_its_own_credential_and_revision() {
        let hasher = hasher();
        let stored = hasher.hash(&"830219".into(), [1; 16]).unwrap();
        let known = PinKnown {
            id: CredentialId([1; 16]),
            customer: CustomerId([2; 16]),
            hash: stored.text().to_owned(),
            revision: 7,
            set: Moment(0),
            before: None,
        };
        let (proof, rehash) = prove_pin(&hasher, &known, &"830219".into())
            .unwrap()
            .unwrap();
        assert_eq!((proof.credential(), proof.revision()), (known.id, 7));
        assert_eq!(rehash, Rehash::Keep);
        let wrong = prove_pin(&hasher, &known, &"830218".into()).unwrap();
        assert!(wrong.is_none());
    }

    #[test]
    fn a_secret_is_the_same_however_its_capitals_are_written() {
        let hasher = hasher();
        let stored = hasher.hash(&"Tractor88".into(), [1; 16]).unwrap();
        let same = |text: &str| same_secret(&hasher, stored.text(), &text.into()).unwrap();
        for way in ["Tractor88", "tRACTOR88", "tractor88", "TRACTOR88"] {
            assert!(same(way), "{way}");
        }
        for other in ["Tractor8", "Tractor888", "88Tractor", ""] {
            assert!(!same(other), "{other}");
        }
        let stored = hasher.hash(&"tractor88".into(), [1; 16]).unwrap();
        let large = same_secret(&hasher, stored.text(), &"TRACTOR88".into());
        assert!(large.unwrap());
    }

    #[test]
    fn a_code_is_proved_for_its_challenge_and_what_it_is_bound_to() {
        let keys = CodeKeys::new(&ring(&[("a", 1)])).unwrap();
        let code = OneTimeCode::from_random([9; 8]);
        let id = ChallengeId([1; 16]);
        let bound = Digest::of(b"withdraw 1000 to A");
        let known = ChallengeKnown {
            id,
            kind: ChannelKind::Mail,
            bound,
            code: keys.hash(
                &code,
                CodeBinding {
                    challenge: id,
                    bound,
                },
            ),
            sent: NOW,
            expires: NOW,
        };
        let proved = prove_code(&keys, &known, code.digits(), NOW).unwrap();
        assert_eq!(
            (proved.challenge(), proved.bound(), proved.at()),
            (id, bound, NOW)
        );
        assert!(prove_code(&keys, &known, &"000000".into(), NOW).is_none());
        let moved = ChallengeKnown {
            bound: Digest::of(b"withdraw 1000 to B"),
            ..known
        };
        assert!(prove_code(&keys, &moved, code.digits(), NOW).is_none());
    }

    #[test]
    fn a_contact_is_proved_whole_however_it_is_written() {
        let id = sekisho_core::id::ChannelId([6; 16]);
        let of = |present: &str, claimed: &str| {
            prove_contact(id, &present.into(), &claimed.into(), NOW).map(|proof| proof.channel())
        };
        for claimed in ["+819012345678", "090-1234-5678", "０９０１２３４５６７８"] {
            assert_eq!(of("+819012345678", claimed), Some(id), "{claimed}");
        }
        assert_eq!(of("taro@example.jp", " Taro@Example.jp "), Some(id));
        for claimed in [
            "",
            "***-****-5678",
            "5678",
            "+819012345679",
            "t***@e***.jp",
            "taro@example.jp.evil.example",
        ] {
            assert_eq!(of("+819012345678", claimed), None, "{claimed}");
            assert_eq!(of("taro@example.jp", claimed), None, "{claimed}");
        }
    }

    #[test]
    fn an_apps_code_is_proved_with_its_step_and_not_again_after_it() {
        let secret = TotpSecret::from_bytes(&[5; 20], TotpHash::Sha1).unwrap();
        let TotpStep(step) = TotpStep::at(NOW);
        let known = TotpKnown {
            id: CredentialId([1; 16]),
            customer: CustomerId([2; 16]),
            session: SessionId([3; 16]),
            secret: Sealed(Vec::new()),
            begun: NOW,
            confirmed: Some(NOW),
            step: 0,
            last: None,
            revision: 7,
        };
        let typed = (Digest::of(b"sign-in 1"), NOW);
        let code = secret.code(TotpStep(step));
        let proved = prove_totp(&secret, &known, &code, typed).unwrap();
        assert_eq!((proved.credential(), proved.revision()), (known.id, 7));
        assert_eq!((proved.step(), proved.bound()), (step, typed.0));
        let used = TotpKnown { step, ..known };
        assert!(prove_totp(&secret, &used, &code, typed).is_none());
    }

    #[test]
    fn a_grant_is_proved_with_what_it_names() {
        let key = signing_key(1);
        let keys: KeySet = [key.public()].into_iter().collect();
        let statement = claims().sign(&key).unwrap();
        let proved = prove_grant(&keys, ISSUER, &statement).unwrap();
        let expected = (claims().jti, claims().aud, claims().operation_digest);
        assert_eq!(
            (proved.grant(), proved.audience(), proved.digest()),
            expected
        );
        assert_eq!(proved.expires(), Moment(1_800_000_060_000_000));
        let strangers: KeySet = [signing_key(2).public()].into_iter().collect();
        let refused = prove_grant(&strangers, ISSUER, &statement);
        assert_eq!(refused.unwrap_err(), JwsRefusal::UnknownKey);
    }
}
