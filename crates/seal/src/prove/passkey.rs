//! Passkeys: that one signed or was made, and who is in a session that one opened.
//!
//! **Invariant:** each proof is made right after the comparison it stands for, from the very
//! passkey, challenge or session that was compared.

use sekisho_core::id::CredentialId;
use sekisho_core::known::{
    Attestation, Backup, PasskeyKnown, StaffPasskeyKnown, StaffSessionKnown,
};
use sekisho_core::moment::Moment;
use sekisho_core::proof::{
    Counting, PasskeyMade, PasskeyProved, Screen, Signed, StaffProved, UserSeen,
};

use crate::ticket::Ticket;
use crate::token::Token;
use crate::webauthn::{
    self, Algorithm, Anchors, Assertion, AssertionKind, AssertionResponse, Counter, Flags,
    Identified, PublicKey, Record, Refusal, Registration, RegistrationResponse, RelyingParty,
    Trust, UserVerification,
};
use crate::{Check, Fault};

/// What was asked of a passkey.
#[derive(Clone, Copy, Debug)]
pub struct PasskeyAsked<'a> {
    /// Its challenge, and what that is bound to: an interaction, or an operation with all its
    /// fields.
    pub ticket: Ticket,
    pub kind: AssertionKind<'a>,
    pub identified: Identified,
    pub verification: UserVerification,
}

/// Verifies the answer of a passkey. Whether the challenge has expired or was answered before is
/// for the rules and the store.
///
/// # Errors
/// [`Fault::StoredPasskey`] when what is stored is no key. That the answer does not hold is the
/// inner [`Refusal`].
pub fn prove_passkey(
    rp: &RelyingParty,
    known: &PasskeyKnown,
    asked: &PasskeyAsked<'_>,
    response: &AssertionResponse<'_>,
) -> Result<Result<PasskeyProved, Refusal>, Fault> {
    let stored = Stored {
        credential: (known.id, known.revision),
        handle: &known.handle,
        user_handle: &known.user_handle,
        public_key: &known.public_key,
        sign_count: known.sign_count,
        flags: Flags(known.flags()),
    };
    stored.prove((rp, asked), response)
}

/// The same of a passkey of a person of the firm.
///
/// # Errors
/// As [`prove_passkey`].
pub fn prove_staff_passkey(
    rp: &RelyingParty,
    known: &StaffPasskeyKnown,
    asked: &PasskeyAsked<'_>,
    response: &AssertionResponse<'_>,
) -> Result<Result<PasskeyProved, Refusal>, Fault> {
    let stored = Stored {
        credential: (known.id, known.revision),
        handle: &known.handle,
        user_handle: &known.user_handle,
        public_key: &known.public_key,
        sign_count: known.sign_count,
        flags: Flags(known.flags()),
    };
    stored.prove((rp, asked), response)
}

/// States who is in a session that `token` opened, if it is of that token, alive, and not one in
/// which a first passkey is made.
#[must_use]
pub fn prove_staff_session(
    known: &StaffSessionKnown,
    token: &Token,
    now: Moment,
) -> Option<StaffProved> {
    let same = Check::of(&known.token.0, &token.hash().0).matched();
    let able = same && known.passkey.is_some() && known.is_alive(now);
    able.then(|| StaffProved::assert_staff(&known.staff))
}

/// A passkey of whomever, as it is stored.
struct Stored<'a> {
    credential: (CredentialId, i64),
    handle: &'a [u8],
    user_handle: &'a [u8],
    public_key: &'a [u8],
    sign_count: u32,
    flags: Flags,
}

impl Stored<'_> {
    fn prove(
        &self,
        (rp, asked): (&RelyingParty, &PasskeyAsked<'_>),
        response: &AssertionResponse<'_>,
    ) -> Result<Result<PasskeyProved, Refusal>, Fault> {
        let public_key = PublicKey::from_cose(self.public_key).map_err(|_| Fault::StoredPasskey)?;
        let expected = Assertion {
            rp,
            challenge: &asked.ticket.challenge(),
            kind: asked.kind,
            identified: asked.identified,
            verification: asked.verification,
        };
        let record = Record {
            credential_id: self.handle,
            public_key: &public_key,
            user_handle: self.user_handle,
            sign_count: self.sign_count,
            flags: self.flags,
        };
        let asserted = webauthn::assert(&expected, &record, response);
        Ok(asserted.map(|asserted| {
            let counting = match asserted.counter {
                Counter::Unused | Counter::Advanced => Counting::Onward,
                Counter::Regressed { .. } => Counting::Back {
                    before: self.sign_count,
                },
            };
            let signed = signed(asserted.flags, (asserted.sign_count, counting));
            let (ticket, credential) = (&asked.ticket, self.credential);
            let proof =
                PasskeyProved::assert_passkey(credential, ticket.bound(), ticket.spent(), signed);
            match asserted.screen {
                Screen::Browser => proof.assert_shown_by_browser(),
                Screen::Page => proof,
            }
        }))
    }
}

/// What is asked of a new passkey.
#[derive(Clone, Copy, Debug)]
pub struct MakingAsked<'a> {
    pub verification: UserVerification,
    /// The roots of those makers whose word on a model counts.
    pub anchors: &'a Anchors,
    /// Now: a certificate counts within its life.
    pub at: Moment,
}

/// Verifies that an authenticator made a new passkey for this ticket. Its attestation is checked
/// for what it is; that it leads to none of the `anchors` refuses nothing here (NIST SP 800-63B-4
/// appendix B: public applications should not refuse on it), but leaves the model unvouched.
///
/// # Errors
/// The [`Refusal`] that says what does not hold.
pub fn prove_made(
    rp: &RelyingParty,
    ticket: &Ticket,
    asked: MakingAsked<'_>,
    response: &RegistrationResponse<'_>,
) -> Result<PasskeyMade, Refusal> {
    let MakingAsked {
        verification,
        anchors,
        at,
    } = asked;
    let expected = Registration {
        rp,
        challenge: &ticket.challenge(),
        algorithms: Algorithm::OFFERED,
        verification,
        trust: Trust::Judge { anchors, at },
    };
    let new = webauthn::register(&expected, response)?;
    let signed = signed(new.flags, (new.sign_count, Counting::Onward));
    let key = new.public_key.cose().to_vec();
    let vouched = match new.attestation.names_model() {
        true => Attestation::Rooted,
        false => Attestation::Absent,
    };
    Ok(PasskeyMade::assert_made(
        (new.credential_id, key),
        (new.aaguid.0, vouched),
        ticket.bound(),
        ticket.spent(),
        signed,
    ))
}

fn signed(flags: Flags, counted: (u32, Counting)) -> Signed {
    let (count, counting) = counted;
    Signed {
        count,
        counting,
        backup: match (flags.backup_eligible(), flags.backed_up()) {
            (false, _) => Backup::Bound,
            (true, false) => Backup::Eligible,
            (true, true) => Backup::Copied,
        },
        seen: if flags.user_verified() {
            UserSeen::Verified
        } else {
            UserSeen::Present
        },
    }
}
