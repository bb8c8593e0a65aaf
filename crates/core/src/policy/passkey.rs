//! What the policy says of passkeys.
//!
//! **Invariant:** none of it makes a weaker proof count for more.

use serde::{Deserialize, Deserializer};

use super::{FactorPolicy, OperationEffect, OperationPolicy, Policy, within};
use crate::known::{Attestation, Backup, PasskeyKnown};
use crate::proof::{Method, Signed, UserSeen};
use crate::verdict::Requirement;

/// Passkeys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyPolicy {
    /// Most passkeys of one customer.
    pub most: u16,
    /// What a customer with a passkey confirms with it alone, so that whoever has the password and
    /// the mailbox gets no further (the downgrade lock).
    pub lock: Vec<OperationEffect>,
    /// How a customer with a passkey signs in.
    pub sign_in: PasskeySignIn,
    /// Hours for which a passkey moves no money that was added from a place that is not settled,
    /// and for which `lock` outlasts the last passkey.
    pub wait_hours: u16,
}

impl PasskeyPolicy {
    /// Whether the numbers are within bounds, and what they must be.
    pub(super) fn bounds(&self) -> [(bool, &'static str, &'static str); 2] {
        [
            (within(self.most, 50), "passkey.most", "must be 1 to 50"),
            (
                within(self.wait_hours, 720),
                "passkey.wait_hours",
                "must be 1 to 720",
            ),
        ]
    }

    /// Why an operation cannot be locked: a passkey has no say where nothing is confirmed.
    pub(super) fn problem(&self, operation: &OperationPolicy) -> Option<&'static str> {
        let confirmed = operation.require.contains(&Requirement::Confirmation);
        let locked = self.lock.contains(&operation.effect);
        (locked && !confirmed)
            .then_some("must require confirmation, since passkey.lock has its effect")
    }
}

/// How a customer signs in who has a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasskeySignIn {
    /// With it and with nothing weaker, once its customer was told of it.
    Alone,
    /// With it, or with whatever else the policy takes.
    Any,
}

/// What a passkey has to be to confirm a kind of operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasskeyDemand {
    /// Whom its authenticator must have seen (WebAuthn's UV).
    pub user: UserDemand,
    /// Where its key may be (BE).
    pub key: KeyDemand,
    /// The models of authenticator that will do, by AAGUID; empty for any. Only a model counts that
    /// its maker vouched for ([`Attestation::Rooted`]).
    pub models: Vec<Aaguid>,
}

/// Whom an authenticator must have seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserDemand {
    /// Its user, by PIN or biometric.
    #[default]
    Verified,
    /// Somebody who touched it.
    Present,
}

/// Where a key may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyDemand {
    /// On every device of its owner.
    #[default]
    Anywhere,
    /// On one device that never gives it away.
    DeviceBound,
}

/// The model of an authenticator (Web Authentication Level 3 section 6.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aaguid(pub [u8; 16]);

impl Aaguid {
    /// Reads it as the FIDO metadata service writes it: `00112233-4455-6677-8899-aabbccddeeff`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let groups: Vec<_> = text.split('-').map(str::len).collect();
        if groups != [8, 4, 4, 4, 12] {
            return None;
        }
        let digits: Option<Vec<_>> = text
            .chars()
            .filter(|letter| *letter != '-')
            .map(|letter| letter.to_digit(16))
            .collect();
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits?.chunks_exact(2)) {
            *byte = u8::try_from(pair[0] << 4 | pair[1]).ok()?;
        }
        Some(Self(bytes))
    }
}

impl<'de> Deserialize<'de> for Aaguid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            let form = "00112233-4455-6677-8899-aabbccddeeff";
            serde::de::Error::custom(format!("{text} is no AAGUID such as {form}"))
        })
    }
}

impl PasskeyDemand {
    /// Whether `known` could do, as far as was seen when it was made.
    #[must_use]
    pub fn fits(&self, known: &PasskeyKnown) -> bool {
        self.takes(known.seen, known.backup) && self.takes_model(known)
    }

    /// Whether `known` does, which signed like this.
    #[must_use]
    pub fn met(&self, known: &PasskeyKnown, signed: Signed) -> bool {
        self.takes(signed.seen, signed.backup) && self.takes_model(known)
    }

    /// The stricter of both, where `other` names no model that this one does not take.
    #[must_use]
    pub(super) fn join(&self, other: &Self) -> Self {
        let present = UserDemand::Present;
        let anywhere = KeyDemand::Anywhere;
        Self {
            user: match (self.user, other.user) == (present, present) {
                true => present,
                false => UserDemand::Verified,
            },
            key: match (self.key, other.key) == (anywhere, anywhere) {
                true => anywhere,
                false => KeyDemand::DeviceBound,
            },
            models: match other.models.is_empty() {
                true => self.models.clone(),
                false => other.models.clone(),
            },
        }
    }

    /// Whether every model that `other` names does here as well.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let named = |model| self.models.contains(model);
        self.models.is_empty() || other.models.iter().all(named)
    }

    fn takes(&self, seen: UserSeen, backup: Backup) -> bool {
        let user = self.user == UserDemand::Present || seen == UserSeen::Verified;
        let key = self.key == KeyDemand::Anywhere || backup == Backup::Bound;
        user && key
    }

    fn takes_model(&self, known: &PasskeyKnown) -> bool {
        let named = || self.models.contains(&Aaguid(known.aaguid));
        self.models.is_empty() || known.attestation == Attestation::Rooted && named()
    }
}

impl Policy {
    /// Whom an authenticator has to see where a passkey stands beside something else: its user,
    /// unless the policy takes as second factor what anybody may touch.
    #[must_use]
    pub fn passkey_user(&self) -> UserSeen {
        match self.factor(Method::SecurityKey) {
            FactorPolicy::Forbid => UserSeen::Verified,
            FactorPolicy::Allow | FactorPolicy::Transition => UserSeen::Present,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::Counting;
    use crate::sample::passkey;

    const MODEL: &str = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";

    fn demand(text: &str) -> PasskeyDemand {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn user_key_and_model_are_each_asked_for() {
        let model = Aaguid::parse(MODEL).unwrap();
        let mut listed = passkey(1);
        (listed.aaguid, listed.attestation) = (model.0, Attestation::Rooted);
        let (mut claimed, mut synced, mut touched) = (listed.clone(), passkey(1), passkey(1));
        claimed.attestation = Attestation::Absent;
        synced.backup = Backup::Eligible;
        touched.seen = UserSeen::Present;
        let all = [listed, claimed, synced, touched, passkey(1)];
        for (text, fit) in [
            ("", [true, true, true, false, true]),
            ("user = 'present'", [true; 5]),
            ("key = 'device_bound'", [true, true, false, false, true]),
            (
                &format!("models = ['{MODEL}']"),
                [true, false, false, false, false],
            ),
        ] {
            let demand = demand(text);
            assert_eq!(
                all.each_ref().map(|known| demand.fits(known)),
                fit,
                "{text}"
            );
        }
    }

    #[test]
    fn what_was_seen_at_the_signature_counts_and_not_what_was_seen_before() {
        let known = passkey(1);
        let signed = |seen, backup| Signed {
            count: 1,
            counting: Counting::Onward,
            backup,
            seen,
        };
        let (any, bound) = (demand(""), demand("key = 'device_bound'"));
        let (verified, touched) = (UserSeen::Verified, UserSeen::Present);
        assert!(any.met(&known, signed(verified, Backup::Bound)));
        assert!(!any.met(&known, signed(touched, Backup::Bound)));
        assert!(bound.met(&known, signed(verified, Backup::Bound)));
        assert!(!bound.met(&known, signed(verified, Backup::Eligible)));
    }

    #[test]
    fn a_model_is_written_as_everywhere() {
        assert_eq!(Aaguid::parse(MODEL).unwrap().0[..2], [0xfa, 0x2b]);
        for wrong in [
            "",
            "fa2b99dc9e3942578f924a30d23c4118",
            "fa2b99dc-9e39-4257-8f92-4a30d23c411",
            "ga2b99dc-9e39-4257-8f92-4a30d23c4118",
            "\u{ff21}a2b99d-9e39-4257-8f92-4a30d23c4118",
        ] {
            assert_eq!(Aaguid::parse(wrong), None, "{wrong}");
        }
    }
}
