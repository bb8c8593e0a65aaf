//! Proofs: what has been verified, as values that nobody can make up.
//!
//! A proof is bound to the credential (or challenge, or operation), its revision and a moment. Its
//! constructor is named `assert_*`: `grep -rn assert_ crates --include=*.rs` lists every place that
//! can mint trust. Only the seal crate and this crate's tests call them.
//!
//! **Invariant:** a proof is neither cloned nor read from the outside; holding one means the check
//! was done.

mod backup_code;
mod passkey;
mod pin;
mod push;
mod staff;
mod totp;

pub use backup_code::BackupCodeProved;
pub use passkey::{Counting, PasskeyMade, PasskeyProved, Screen, Signed, Spent, UserSeen};
pub use pin::PinProved;
pub use push::{NumberProved, PushProved};
pub use staff::StaffProved;
pub use totp::TotpProved;

use crate::bytes::Digest;
use crate::id::{ApplicationId, ChallengeId, ChannelId, CredentialId, GrantId};
use crate::known::CredentialSeen;
use crate::moment::Moment;

/// The claimed password matched the stored hash of this credential.
#[derive(Debug)]
#[must_use]
pub struct PasswordProved {
    credential: CredentialId,
    revision: i64,
    at: Moment,
}

impl PasswordProved {
    /// States that the password was verified against `credential` in its `revision`.
    pub const fn assert_password(credential: CredentialId, revision: i64, at: Moment) -> Self {
        Self {
            credential,
            revision,
            at,
        }
    }

    /// The credential, and its revision when it was verified.
    #[must_use]
    pub const fn seen(&self) -> CredentialSeen {
        CredentialSeen {
            id: self.credential,
            revision: self.revision,
        }
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }
}

/// The claimed one-time code matched the stored hash of this challenge.
#[derive(Debug)]
#[must_use]
pub struct CodeProved {
    challenge: ChallengeId,
    bound: Digest,
    at: Moment,
}

impl CodeProved {
    /// States that the code of `challenge` was right for what it is `bound` to.
    pub const fn assert_code(challenge: ChallengeId, bound: Digest, at: Moment) -> Self {
        Self {
            challenge,
            bound,
            at,
        }
    }

    /// The challenge.
    #[must_use]
    pub const fn challenge(&self) -> ChallengeId {
        self.challenge
    }

    /// What the code was bound to: an interaction or the digest of an operation.
    #[must_use]
    pub const fn bound(&self) -> Digest {
        self.bound
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }
}

/// The present address or number of this channel was typed in full.
#[derive(Debug)]
#[must_use]
pub struct ContactProved {
    channel: ChannelId,
    at: Moment,
}

impl ContactProved {
    /// States that what was typed is the value of `channel`.
    pub const fn assert_contact(channel: ChannelId, at: Moment) -> Self {
        Self { channel, at }
    }

    /// The channel.
    #[must_use]
    pub const fn channel(&self) -> ChannelId {
        self.channel
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }
}

/// The signature of a grant token was ours and its claims are these.
#[derive(Debug)]
#[must_use]
pub struct GrantProved {
    grant: GrantId,
    audience: ApplicationId,
    digest: Digest,
    expires: Moment,
}

impl GrantProved {
    /// States that a token with a valid signature of ours carries these claims.
    pub const fn assert_grant(
        grant: GrantId,
        audience: ApplicationId,
        digest: Digest,
        expires: Moment,
    ) -> Self {
        Self {
            grant,
            audience,
            digest,
            expires,
        }
    }

    /// From when on this token counts no more. The grant itself may live longer and be signed anew.
    #[must_use]
    pub const fn expires(&self) -> Moment {
        self.expires
    }

    /// The grant.
    #[must_use]
    pub const fn grant(&self) -> GrantId {
        self.grant
    }

    /// The application it was issued to.
    #[must_use]
    pub const fn audience(&self) -> ApplicationId {
        self.audience
    }

    /// The digest of the operation it permits.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}

/// A second proof of any kind. The acts ask only this, so that a new factor is one more variant
/// here.
#[derive(Debug)]
#[must_use]
pub enum FactorProved {
    /// A backup code.
    BackupCode(BackupCodeProved),
    /// A one-time code that was sent by mail.
    MailCode(CodeProved),
    /// A passkey.
    Passkey(PasskeyProved),
    /// An approval on a phone.
    Push(PushProved),
    /// A one-time code that was sent by text message.
    SmsCode(CodeProved),
    /// A code of an authenticator app.
    Totp(TotpProved),
}

impl FactorProved {
    /// What the proof is bound to.
    #[must_use]
    pub const fn bound(&self) -> Digest {
        match self {
            Self::BackupCode(code) => code.bound(),
            Self::MailCode(code) | Self::SmsCode(code) => code.bound(),
            Self::Passkey(passkey) => passkey.bound(),
            Self::Push(push) => push.bound(),
            Self::Totp(totp) => totp.bound(),
        }
    }

    /// The method, for `amr` and for the policy.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::BackupCode(_) => Method::BackupCode,
            Self::MailCode(_) => Method::MailCode,
            Self::Passkey(passkey) => passkey.method(),
            Self::Push(_) => Method::Push,
            Self::SmsCode(_) => Method::SmsCode,
            Self::Totp(_) => Method::Totp,
        }
    }
}

/// How something was proved.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// One of the codes that the customer keeps on paper.
    BackupCode,
    /// The application let the customer confirm exactly this operation itself.
    Confirmation,
    /// One-time code by mail.
    MailCode,
    /// Passkey with user verification.
    Passkey,
    /// Password.
    Password,
    /// Approval on a phone, where a number is typed that the asking page shows.
    Push,
    /// Passkey without user verification: whoever holds it.
    SecurityKey,
    /// One-time code by text message.
    SmsCode,
    /// Passkey with user verification whose key may be copied to other devices.
    SyncedPasskey,
    /// Time-based one-time password (RFC 6238).
    Totp,
    /// Transaction PIN.
    TransactionPin,
}

impl Method {
    /// The word in the API and in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BackupCode => "backup_code",
            Self::Confirmation => "confirmation",
            Self::MailCode => "mail_code",
            Self::Passkey => "passkey",
            Self::Password => "password",
            Self::Push => "push",
            Self::SecurityKey => "security_key",
            Self::SmsCode => "sms_code",
            Self::SyncedPasskey => "synced_passkey",
            Self::Totp => "totp",
            Self::TransactionPin => "transaction_pin",
        }
    }

    /// The method of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "backup_code" => Self::BackupCode,
            "confirmation" => Self::Confirmation,
            "mail_code" => Self::MailCode,
            "passkey" => Self::Passkey,
            "password" => Self::Password,
            "push" => Self::Push,
            "security_key" => Self::SecurityKey,
            "sms_code" => Self::SmsCode,
            "synced_passkey" => Self::SyncedPasskey,
            "totp" => Self::Totp,
            "transaction_pin" => Self::TransactionPin,
            _ => return None,
        })
    }

    /// The authentication method reference of RFC 8176 section 2. A key that may be copied is
    /// secured by software, whatever chip may hold a copy of it. An approval is `mca`: what is
    /// typed went from one channel to the other. A transaction PIN is `pwd`, since `pin` there
    /// unlocks a key on a device, and this one is verified here.
    #[must_use]
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Confirmation => "user",
            Self::BackupCode | Self::MailCode | Self::Totp => "otp",
            Self::Passkey | Self::SecurityKey => "hwk",
            Self::Password | Self::TransactionPin => "pwd",
            Self::Push => "mca",
            Self::SmsCode => "sms",
            Self::SyncedPasskey => "swk",
        }
    }

    /// Whether this meets `requirement`.
    #[must_use]
    pub const fn meets(self, requirement: crate::verdict::Requirement) -> bool {
        use crate::verdict::Requirement;
        match requirement {
            // What it is confirmed on is no method.
            Requirement::BoundDevice => false,
            Requirement::Confirmation => matches!(self, Self::Confirmation),
            Requirement::Password => {
                matches!(self, Self::Password | Self::Passkey | Self::SyncedPasskey)
            }
            Requirement::PhishingResistant => {
                matches!(
                    self,
                    Self::Passkey | Self::SecurityKey | Self::SyncedPasskey
                )
            }
            Requirement::SecondFactor => {
                matches!(
                    self,
                    Self::BackupCode
                        | Self::MailCode
                        | Self::Passkey
                        | Self::Push
                        | Self::SecurityKey
                        | Self::SmsCode
                        | Self::SyncedPasskey
                        | Self::Totp
                )
            }
            Requirement::TransactionPin => matches!(self, Self::TransactionPin),
        }
    }
}

/// Methods as one stored text, `password mail_code`.
#[must_use]
pub fn methods_text(methods: &[Method]) -> String {
    methods
        .iter()
        .map(|method| method.word())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Reads what [`methods_text`] wrote; unknown words are left out.
#[must_use]
pub fn methods_of(text: &str) -> Vec<Method> {
    text.split_whitespace().filter_map(Method::parse).collect()
}

/// `amr` of these methods: the values of RFC 8176, each once, in the order of the methods.
#[must_use]
pub fn amr(methods: &[Method]) -> Vec<String> {
    let mut values = Vec::new();
    for method in methods {
        let value = method.amr().to_owned();
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// `acr` of a session: single factor, two factors, or phishing-resistant (`phr`, OpenID EAP ACR
/// Values 1.0).
#[must_use]
pub fn acr(methods: &[Method]) -> &'static str {
    let second = methods
        .iter()
        .any(|m| m.meets(crate::verdict::Requirement::SecondFactor));
    let password = methods.contains(&Method::Password);
    let passkey = |method: &Method| matches!(method, Method::Passkey | Method::SyncedPasskey);
    if methods.iter().any(passkey) || password && methods.contains(&Method::SecurityKey) {
        "phr"
    } else if second && password {
        ACR_MULTI
    } else {
        ACR_SINGLE
    }
}

/// `acr` of a confirmation by `factor` in a session that was opened with `session`. A passkey of
/// the session was bound to no operation, so by itself it makes nothing phishing-resistant here.
#[must_use]
pub fn acr_of_confirmation(session: &[Method], factor: Method) -> &'static str {
    let both: Vec<_> = session.iter().copied().chain([factor]).collect();
    let resistant = factor.meets(crate::verdict::Requirement::PhishingResistant);
    match acr(&both) {
        "phr" if !resistant => ACR_MULTI,
        acr => acr,
    }
}

/// `acr` of a session with one factor.
pub const ACR_SINGLE: &str = "urn:sekisho:acr:single";
/// `acr` of a session with two factors.
pub const ACR_MULTI: &str = "urn:sekisho:acr:multi";
/// All `acr` values, weakest first.
pub const ACR_VALUES: &[&str] = &[ACR_SINGLE, ACR_MULTI, "phr"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Requirement;

    #[test]
    fn a_key_that_anybody_may_touch_replaces_no_password() {
        let (touched, verified) = (Method::SecurityKey, Method::Passkey);
        for method in [touched, verified, Method::SyncedPasskey] {
            assert!(method.meets(Requirement::SecondFactor));
            assert!(method.meets(Requirement::PhishingResistant));
            assert_eq!(Method::parse(method.word()), Some(method));
        }
        assert!(verified.meets(Requirement::Password));
        assert!(!touched.meets(Requirement::Password));
        assert_eq!(acr(&[verified]), "phr");
        assert_eq!(acr(&[Method::SyncedPasskey]), "phr");
        assert_eq!(acr(&[touched]), ACR_SINGLE);
        assert_eq!(acr(&[touched, Method::Password]), "phr");
        assert_eq!(acr(&[Method::MailCode, Method::Password]), ACR_MULTI);
    }

    #[test]
    fn a_key_that_may_be_copied_is_not_said_to_be_hardware_and_no_value_comes_twice() {
        assert_eq!(
            amr(&[Method::Passkey, Method::Confirmation]),
            ["hwk", "user"]
        );
        assert_eq!(amr(&[Method::SyncedPasskey]), ["swk"]);
        let codes = [Method::MailCode, Method::Password, Method::Totp];
        assert_eq!(amr(&codes), ["otp", "pwd"]);
    }
}
