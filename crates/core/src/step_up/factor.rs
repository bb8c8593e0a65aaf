//! What a second proof has to be, whatever its kind, and what it uses up.
//!
//! **Invariant:** a proof counts for what it is bound to, within its life, and is used up by the
//! decision that takes it.

use super::BackupTried;
use crate::bytes::{CounterKey, Digest};
use crate::change::{BackupChange, Change, PasskeyUsed, PushChange, TotpChange};
use crate::context::Context;
use crate::decision::Decision;
use crate::known::{ChallengeKnown, CustomerKnown, PushKnown};
use crate::moment::Moment;
use crate::policy::{FactorPolicy, Policy};
use crate::proof::{Counting, FactorProved, PasskeyProved, Screen};
use crate::reason::Reason;

/// With what somebody tried to prove.
#[derive(Clone, Debug)]
pub enum Tried {
    /// A backup code.
    BackupCode(Box<BackupTried>),
    /// A one-time code: the unused one that was sent, if any.
    Code(Option<ChallengeKnown>),
    /// A passkey.
    Passkey,
    /// An approval on a phone: the open request, if any.
    Push(Option<PushKnown>),
    /// A code of an authenticator app.
    Totp,
}

impl Tried {
    /// Why `factor` does not prove what is `bound`; `None` when it does.
    #[must_use]
    pub fn lacks(
        &self,
        factor: Option<&FactorProved>,
        bound: Digest,
        now: Moment,
    ) -> Option<Reason> {
        match (self, factor) {
            (Self::BackupCode(tried), factor) => tried.lacks(factor, bound),
            (Self::Passkey, Some(FactorProved::Passkey(passkey))) if passkey.bound() == bound => {
                (passkey.spent().expires <= now).then_some(Reason::Expired)
            }
            (Self::Passkey, _) => Some(Reason::PasskeyMismatch),
            (Self::Push(Some(known)), Some(FactorProved::Push(push)))
                if (known.id, known.revision) == (push.request(), push.revision())
                    && (known.bound, push.bound()) == (bound, bound) =>
            {
                (known.expires <= now).then_some(Reason::CodeExpired)
            }
            (Self::Push(Some(known)), _) if known.bound == bound && known.expires > now => {
                Some(Reason::PushWaits)
            }
            (Self::Push(_), _) => Some(Reason::CodeExpired),
            (Self::Totp, Some(FactorProved::Totp(totp))) if totp.bound() == bound => None,
            (Self::Totp, _) => Some(Reason::CodeWrong),
            (Self::Code(None), _) => Some(Reason::CodeExpired),
            (Self::Code(Some(known)), _) if known.expires <= now => Some(Reason::CodeExpired),
            (
                Self::Code(Some(known)),
                Some(FactorProved::MailCode(code) | FactorProved::SmsCode(code)),
            ) if code.challenge() == known.id && code.bound() == bound => None,
            (Self::Code(Some(_)), _) => Some(Reason::CodeWrong),
        }
    }
}

impl Tried {
    /// What a right answer clears of the counters of tries and messages: those of its own kind. A
    /// passkey cost no try and shows nothing of who guessed at the codes, so those go on.
    pub fn cleared(&self, counters: [CounterKey; 2]) -> Vec<Change> {
        match self {
            // What an approval clears, it cleared on the phone.
            Self::Passkey | Self::Push(_) => Vec::new(),
            Self::BackupCode(_) | Self::Code(_) | Self::Totp => {
                let cleared = counters.map(|key| Change::TriesCleared { key });
                cleared.into()
            }
        }
    }
}

impl Tried {
    /// Adds to `decision`, which took or refused what was tried, what the customer is told of the
    /// factor itself.
    pub fn told(
        &self,
        decision: Decision,
        of: (&CustomerKnown, &Context),
        policy: &Policy,
    ) -> Decision {
        match self {
            Self::BackupCode(tried) => tried.told(decision, of, policy),
            Self::Code(_) | Self::Passkey | Self::Push(_) | Self::Totp => decision,
        }
    }
}

impl FactorProved {
    /// The changes that use the proof up.
    #[must_use]
    pub fn used(&self, at: Moment) -> Vec<Change> {
        match self {
            Self::BackupCode(code) => vec![Change::BackupCode(BackupChange::Used {
                set: code.set(),
                code: code.code(),
                at,
            })],
            Self::MailCode(code) | Self::SmsCode(code) => {
                let id = code.challenge();
                vec![Change::ChallengeUsed { id, at }]
            }
            Self::Passkey(passkey) => passkey.used(at),
            Self::Push(push) => vec![Change::Push(PushChange::Spent {
                id: push.request(),
                revision: push.revision(),
            })],
            Self::Totp(totp) => vec![Change::Totp(TotpChange::Used {
                id: totp.credential(),
                revision: totp.revision(),
                step: totp.step(),
                at,
            })],
        }
    }

    /// Why the policy does not take it, though it was right.
    #[must_use]
    pub fn forbidden(&self, policy: &Policy) -> Option<Reason> {
        let forbidden = policy.factor(self.method()) == FactorPolicy::Forbid;
        forbidden.then_some(Reason::PolicyRequires)
    }

    /// What else is to be noted of it.
    #[must_use]
    pub fn noted(&self) -> Vec<Reason> {
        match self {
            Self::BackupCode(_)
            | Self::MailCode(_)
            | Self::Push(_)
            | Self::SmsCode(_)
            | Self::Totp(_) => Vec::new(),
            Self::Passkey(passkey) => passkey.noted(),
        }
    }
}

impl PasskeyProved {
    /// The changes that use the proof up: its challenge is spent, and the passkey counts on.
    #[must_use]
    pub fn used(&self, at: Moment) -> Vec<Change> {
        let (spent, signed) = (self.spent(), self.signed());
        vec![
            Change::TicketSpent {
                nonce: spent.nonce,
                expires: spent.expires,
            },
            Change::PasskeyUsed(PasskeyUsed {
                id: self.credential(),
                revision: self.revision(),
                count: match signed.counting {
                    Counting::Onward => signed.count,
                    Counting::Back { before } => before,
                },
                backup: signed.backup,
                at,
            }),
        ]
    }

    /// What else is to be noted of it.
    #[must_use]
    pub fn noted(&self) -> Vec<Reason> {
        let back = matches!(self.signed().counting, Counting::Back { .. });
        let back = back.then_some(Reason::PasskeyCountBack);
        let shown = (self.screen() == Screen::Browser).then_some(Reason::ShownByBrowser);
        back.into_iter().chain(shown).collect()
    }
}
