//! The act "remind": the owners of old passwords are told, some hundreds at a time.
//!
//! **Invariant:** whoever is counted as told has the message queued in a commit that also says that
//! nobody else may queue it.

use sekisho_core::id::NoticeId;
use sekisho_core::moment::Moment;
use sekisho_core::remind::{Facts, decide, old_before};
use sekisho_core::verdict::Verdict;
use sekisho_store::OldPassword;

use crate::fault::Fault;
use crate::gate::Gate;

/// How many passwords are looked at before it is said how far it is.
const PAGE: u16 = 256;

/// Whether anybody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminding {
    /// It only counts whom it would tell.
    Counting,
    /// It tells them.
    Telling,
}

/// A walk through the passwords that are old at its beginning.
#[derive(Debug)]
pub struct Reminders {
    before: Moment,
    from: Option<OldPassword>,
    reminding: Reminding,
    /// Customers who were told, or would be.
    pub told: u64,
    /// Customers who were told not long ago, or whose account is frozen.
    pub spared: u64,
}

impl Gate {
    /// Begins a walk; `None` where the policy reminds nobody.
    #[must_use]
    pub fn reminders(&self, reminding: Reminding) -> Option<Reminders> {
        Some(Reminders {
            before: old_before(self.now(), &self.policy())?,
            from: None,
            reminding,
            told: 0,
            spared: 0,
        })
    }

    /// Goes on with it for a while. Answers whether there may be more.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remind(&self, reminders: &mut Reminders) -> Result<bool, Fault> {
        let page = self
            .store()
            .old_passwords(reminders.before, reminders.from, PAGE)
            .await?;
        for old in &page {
            match self.remind_one(*old, reminders.reminding).await? {
                Verdict::Allow => reminders.told += 1,
                Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => reminders.spared += 1,
            }
            reminders.from = Some(*old);
        }
        Ok(page.len() == usize::from(PAGE))
    }

    async fn remind_one(&self, old: OldPassword, reminding: Reminding) -> Result<Verdict, Fault> {
        let now = self.now();
        let Some(customer) = self.store().customer(old.customer).await? else {
            return Ok(Verdict::Refuse);
        };
        let key = self.keys().counter("reminder", &old.customer.0, None);
        let reminded = self.store().tries_of(&[key]).await?;
        // Read anew: the password may have been changed since the page was read.
        let credential = self.store().credential(old.customer).await?;
        let facts = Facts {
            channels: self.store().channels(old.customer).await?,
            customer,
            set: credential.map(|known| known.set),
            reminded: (key, reminded.first().and_then(|known| known.tries)),
            fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
            now,
        };
        let decision = decide(&facts, &self.policy());
        let verdict = decision.verdict().clone();
        if verdict != Verdict::Allow || reminding == Reminding::Counting {
            return Ok(verdict);
        }
        // Void when another node has told the customer meanwhile.
        let committed = self.commit(decision).await?;
        Ok(committed.map_or(Verdict::Refuse, |_| Verdict::Allow))
    }
}
