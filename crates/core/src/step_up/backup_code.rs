//! Backup codes as a second proof: what was typed, and what the customer is told of it.
//!
//! **Invariant:** every use is told on every verified channel with how many are left, and so is the
//! first return of a used code, which looks like a wrong one to whoever typed it.

use super::told;
use crate::bytes::{Digest, TokenHash};
use crate::change::{BackupChange, Change};
use crate::context::Context;
use crate::decision::Decision;
use crate::id::NoticeId;
use crate::known::{BackupCodeKnown, BackupSetKnown, ChannelKnown, CustomerKnown};
use crate::notice::{BackupEvent, NoticeKind};
use crate::policy::Policy;
use crate::proof::FactorProved;
use crate::reason::Reason;
use secrecy::SecretString;

/// What is known when a backup code is typed.
#[derive(Clone, Debug)]
pub struct BackupTried {
    /// The customer's set.
    pub set: Option<BackupSetKnown>,
    /// The hash of what was typed, if that is a code of the set that was used before.
    pub spent: Option<TokenHash>,
    /// Where the customer is told.
    pub channels: Vec<ChannelKnown>,
    /// A code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
}

impl BackupTried {
    /// Why `factor` does not prove what is `bound`; `None` when it does.
    pub(super) fn lacks(&self, factor: Option<&FactorProved>, bound: Digest) -> Option<Reason> {
        let unused = |code: &BackupCodeKnown| code.used.is_none();
        match factor {
            Some(FactorProved::BackupCode(proof)) if proof.bound() == bound => {
                let set = self.set.as_ref().filter(|set| set.id == proof.set());
                let of = |code: &&BackupCodeKnown| code.hash == proof.code();
                let known = set.and_then(|set| set.codes.iter().find(of));
                (!known.is_some_and(unused)).then_some(Reason::CodeWrong)
            }
            _ if self.spent.is_some() => Some(Reason::BackupCodeSpent),
            _ => Some(Reason::CodeWrong),
        }
    }

    /// What happened, with the change that keeps it from being told twice.
    fn event(&self, decision: &Decision) -> Option<(BackupEvent, Option<Change>)> {
        let set = self.set.as_ref()?;
        let used =
            |change: &Change| matches!(change, Change::BackupCode(BackupChange::Used { .. }));
        if decision.changes.iter().any(used) {
            let left = set.left().saturating_sub(1);
            let left = u8::try_from(left).unwrap_or(u8::MAX);
            return Some((BackupEvent::Used { left }, None));
        }
        let code = self.spent?;
        let again = |known: &BackupCodeKnown| known.hash == code && known.again.is_none();
        set.codes.iter().any(again).then(|| {
            let again = BackupChange::Again {
                set: set.id,
                code,
                at: decision.entry.at,
            };
            (BackupEvent::Again, Some(Change::BackupCode(again)))
        })
    }

    /// Adds to `decision`, which took or refused what was typed, what the customer is told of it.
    pub(super) fn told(
        &self,
        decision: Decision,
        of: (&CustomerKnown, &Context),
        policy: &Policy,
    ) -> Decision {
        let Some((event, change)) = self.event(&decision) else {
            return decision;
        };
        let ((customer, context), (code, report)) = (of, self.report.clone());
        let kind = NoticeKind::BackupCodes {
            report,
            place: context.describe(),
            event,
        };
        let expires = decision.entry.at.plus(kind.life(policy));
        let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
        let notices = told(&self.channels, (customer, self.notice), &kind, expires);
        decision.with(change).with([issued]).telling(notices)
    }
}
