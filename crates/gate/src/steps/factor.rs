//! A second proof, whatever its kind: what was claimed, whether a try is counted, what it proves.
//!
//! **Invariant:** what can be guessed is counted before it is looked at; a signature cannot be, and
//! costs the owner no try.

use secrecy::SecretString;
use sekisho_core::bytes::{CounterKey, Digest};
use sekisho_core::confirm::{Shown, Since, Statement};
use sekisho_core::guess::Counted;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{ChallengeKnown, TotpKnown};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::policy::{FactorPolicy, OperationPolicy, Policy};
use sekisho_core::proof::{FactorProved, Method, TotpProved};
use sekisho_core::step_up::{Admission, Tried};
use sekisho_core::text::half_width;
use sekisho_seal::prove::{prove_code, prove_push, prove_totp};

use super::passkey::{PasskeyAnswer, Signing, Wanted};
use crate::fault::Fault;
use crate::gate::Gate;
use crate::keys::Keys;

/// With what somebody wants to prove who they are.
#[derive(Clone, Copy, Debug)]
pub enum Claim<'a> {
    /// One of the customer's backup codes, as typed.
    BackupCode(&'a str),
    /// A one-time code, as typed.
    Code(&'a str),
    /// What a passkey signed.
    Passkey(&'a PasskeyAnswer),
    /// An approval on a phone.
    Push,
    /// A code of the customer's authenticator app, as typed.
    Totp(&'a str),
}

/// An answer to an operation: a second proof, and the transaction PIN where one is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The second proof.
    pub claim: Claim<'a>,
    /// The transaction PIN, as typed.
    pub pin: Option<&'a SecretString>,
    /// What the page showed that was answered.
    pub seen: Seen<'a>,
}

/// What was shown of the operation that is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// All there is, in the customer's own language, by whoever calls.
    Own,
    /// What a page in this language names by this keyed hash.
    Page(Locale, &'a str),
}

impl Seen<'_> {
    /// The statement that was shown, if it is still what there is to show.
    pub(crate) fn statement(
        self,
        keys: &Keys,
        shown: &Shown,
        (spec, policy): (&OperationPolicy, &Policy),
    ) -> Option<Statement> {
        match self {
            Self::Own => Some(shown.statement(spec, shown.operation.customer.locale, policy)),
            Self::Page(locale, named) => {
                let statement = shown.statement(spec, locale, policy);
                (keys.seen(&statement) == named).then_some(statement)
            }
        }
    }
}

impl<'a> From<Claim<'a>> for Answer<'a> {
    fn from(claim: Claim<'a>) -> Self {
        Self {
            claim,
            pin: None,
            seen: Seen::Own,
        }
    }
}

impl<'a> From<&'a str> for Answer<'a> {
    fn from(code: &'a str) -> Self {
        Claim::from(code).into()
    }
}

impl<'a> From<&'a String> for Answer<'a> {
    fn from(code: &'a String) -> Self {
        Claim::from(code).into()
    }
}

impl<'a> From<&'a PasskeyAnswer> for Answer<'a> {
    fn from(answer: &'a PasskeyAnswer) -> Self {
        Claim::from(answer).into()
    }
}

impl Claim<'_> {
    /// The counter of its tries.
    pub(crate) const fn counter(&self) -> &'static str {
        match self {
            Self::BackupCode(_) => "backup_code",
            Self::Code(_) | Self::Passkey(_) => "code",
            Self::Push => "push",
            Self::Totp(_) => "totp",
        }
    }
}

impl<'a> From<&'a str> for Claim<'a> {
    fn from(code: &'a str) -> Self {
        Self::Code(code)
    }
}

impl<'a> From<&'a String> for Claim<'a> {
    fn from(code: &'a String) -> Self {
        Self::Code(code)
    }
}

impl<'a> From<&'a PasskeyAnswer> for Claim<'a> {
    fn from(answer: &'a PasskeyAnswer) -> Self {
        Self::Passkey(answer)
    }
}

impl Gate {
    /// Counts the try, where there is something to guess.
    pub(crate) async fn admit(
        &self,
        claim: Claim<'_>,
        tries: CounterKey,
        customer: CustomerId,
    ) -> Result<Admission, Fault> {
        match claim {
            Claim::BackupCode(_) => {
                self.reserve(Counted::BackupCode, tries, Some(customer))
                    .await
            }
            Claim::Code(_) => self.reserve(Counted::Code, tries, Some(customer)).await,
            // The number is typed, and counted, on the phone.
            Claim::Passkey(_) | Claim::Push => Ok(Admission::Admitted),
            Claim::Totp(_) => self.reserve(Counted::Totp, tries, Some(customer)).await,
        }
    }

    /// Since when the customer has the app, or the phone that approved. A phone that is gone by now
    /// is as new as can be.
    pub(crate) async fn since(
        &self,
        customer: CustomerId,
        factor: Option<&FactorProved>,
        now: Moment,
    ) -> Result<Since, Fault> {
        Ok(match factor {
            Some(FactorProved::Totp(_)) => {
                let app = self.store().totp(customer).await?;
                let app = app.and_then(|known| known.confirmed);
                Since { app, phone: None }
            }
            Some(FactorProved::Push(approved)) => {
                let phones = self.store().approvers(customer).await?;
                let found = phones.iter().find(|known| known.id == approved.approver());
                let phone = Some(found.map_or(now, |known| known.created));
                Since { app: None, phone }
            }
            _ => Since::default(),
        })
    }

    /// Looks at what was claimed for what is wanted.
    pub(crate) async fn prove<'a>(
        &self,
        claim: Claim<'_>,
        wanted: impl Into<Wanted<'a>>,
        customer: CustomerId,
        at: (Admission, Moment),
    ) -> Result<(Tried, Option<FactorProved>), Fault> {
        let wanted = wanted.into();
        let bound = wanted.bound;
        match claim {
            Claim::BackupCode(code) => self.prove_backup(code, (bound, customer), at).await,
            Claim::Code(code) => {
                let challenge = self.store().challenge(bound).await?;
                let factor = self.prove_typed(challenge.as_ref(), code, at);
                Ok((Tried::Code(challenge), factor))
            }
            Claim::Passkey(answer) => {
                let signing = Signing {
                    wanted,
                    customer: Some(customer),
                    user: self.policy().passkey_user(),
                };
                let proved = self.prove_answer(answer, signing).await?;
                let proof = proved.map(|(_, proof)| FactorProved::Passkey(proof));
                Ok((Tried::Passkey, proof))
            }
            Claim::Push => {
                let open = self.store().push(customer).await?;
                let proof = open.as_ref().and_then(|known| prove_push(known, bound));
                Ok((Tried::Push(open), proof.map(FactorProved::Push)))
            }
            Claim::Totp(code) => {
                let known = self.store().totp(customer).await?;
                let (admission, now) = at;
                let usable =
                    |known: &TotpKnown| known.confirmed.is_some() && admission != Admission::Locked;
                let proof = match known.filter(usable) {
                    Some(known) => self.prove_app(&known, code, (bound, now))?,
                    None => None,
                };
                Ok((Tried::Totp, proof.map(FactorProved::Totp)))
            }
        }
    }

    /// Compares what was typed with the stored code, unless the factor is locked.
    pub(crate) fn prove_typed(
        &self,
        challenge: Option<&ChallengeKnown>,
        typed: &str,
        at: (Admission, Moment),
    ) -> Option<FactorProved> {
        let (admission, now) = at;
        let challenge = challenge.filter(|_| admission != Admission::Locked)?;
        let proof = prove_code(&self.keys().codes, challenge, &digits(typed), now)?;
        Some(match challenge.kind {
            ChannelKind::Mail => FactorProved::MailCode(proof),
            ChannelKind::Sms => FactorProved::SmsCode(proof),
        })
    }

    /// Compares what was typed for a thing, at a moment, with the codes of an app.
    pub(crate) fn prove_app(
        &self,
        known: &TotpKnown,
        typed: &str,
        of: (Digest, Moment),
    ) -> Result<Option<TotpProved>, Fault> {
        let secret = self.keys().open_totp(known)?;
        Ok(prove_totp(&secret, known, &digits(typed), of))
    }

    /// Whether codes of an authenticator app are a way for the customer.
    pub(crate) async fn takes_totp(&self, customer: CustomerId) -> Result<bool, Fault> {
        if self.policy().factor(Method::Totp) == FactorPolicy::Forbid {
            return Ok(false);
        }
        let known = self.store().totp(customer).await?;
        Ok(known.is_some_and(|known| known.confirmed.is_some()))
    }
}

/// What was typed as digits, without spaces, in ASCII.
pub(crate) fn digits(typed: &str) -> SecretString {
    let digits: String = half_width(typed)
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(32)
        .collect();
    digits.into()
}
