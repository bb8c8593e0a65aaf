//! A second proof, whatever its kind: what was claimed, whether a try is counted, what it proves.
//!
//! **Invariant:** what can be guessed is counted before it is looked at; a signature cannot be, and
//! costs the owner no try.

use secrecy::SecretString;
use sekisho_core::bytes::{CounterKey, Digest};
use sekisho_core::guess::Counted;
use sekisho_core::id::CustomerId;
use sekisho_core::known::ChallengeKnown;
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::Moment;
use sekisho_core::proof::FactorProved;
use sekisho_core::step_up::{Admission, Tried};
use sekisho_core::text::half_width;
use sekisho_seal::prove::prove_code;

use super::passkey::{PasskeyAnswer, Signing};
use crate::fault::Fault;
use crate::gate::Gate;

/// With what somebody wants to prove who they are.
#[derive(Clone, Copy, Debug)]
pub enum Claim<'a> {
    /// A one-time code, as typed.
    Code(&'a str),
    /// What a passkey signed.
    Passkey(&'a PasskeyAnswer),
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
            Claim::Code(_) => self.reserve(Counted::Code, tries, Some(customer)).await,
            Claim::Passkey(_) => Ok(Admission::Admitted),
        }
    }

    /// Looks at what was claimed for `bound`.
    pub(crate) async fn prove(
        &self,
        claim: Claim<'_>,
        bound: Digest,
        customer: CustomerId,
        at: (Admission, Moment),
    ) -> Result<(Tried, Option<FactorProved>), Fault> {
        match claim {
            Claim::Code(code) => {
                let challenge = self.store().challenge(bound).await?;
                let factor = self.prove_typed(challenge.as_ref(), code, at);
                Ok((Tried::Code(challenge), factor))
            }
            Claim::Passkey(answer) => {
                let signing = Signing {
                    bound,
                    customer: Some(customer),
                };
                let (_, proof) = self.prove_answer(answer, signing).await?;
                Ok((Tried::Passkey, proof.map(FactorProved::Passkey)))
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
        let digits: String = half_width(typed)
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(32)
            .collect();
        let proof = prove_code(
            &self.keys().codes,
            challenge,
            &SecretString::from(digits),
            now,
        )?;
        Some(match challenge.kind {
            ChannelKind::Mail => FactorProved::MailCode(proof),
            ChannelKind::Sms => FactorProved::SmsCode(proof),
        })
    }
}
