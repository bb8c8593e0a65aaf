//! The act "adopt", and how a node takes up the rules that are in force.
//!
//! **Invariant:** a node judges by one whole rule set at a time, and by no other than the database
//! names for longer than [`PAUSE`] while it can reach it.

use std::sync::Arc;
use std::time::Duration;

use sekisho_core::adopt::{Attempt, Facts, decide};
use sekisho_core::bytes::Digest;
use sekisho_core::id::RuleSetId;
use sekisho_core::known::{RuleChoice, RuleSetKnown, StaffKnown};
use sekisho_core::reason::Reason;
use sekisho_core::rules::RuleSet;
use sekisho_core::verdict::Verdict;
use sekisho_store::Fault as StoreFault;
use tokio_util::sync::CancellationToken;

use super::staff::{Proved, StaffBy};
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// How often a node looks whether others are in force.
pub const PAUSE: Duration = Duration::from_millis(500);

/// What readiness says where the live rules cannot be read. Such a node goes on by those of before:
/// all of them would leave the load balancer at once, over a document that two people let live.
const BEHIND: &str = "the live rules cannot be read here: those of before judge, see the log";
/// The same of those in shadow.
const NO_SHADOW: &str = "the rules in shadow cannot be read here and are not applied, see the log";

/// What became of the wish of a person of the firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adopted {
    /// It is done.
    Done,
    /// The rules say no.
    Refused(Reason),
    /// No rule set of this version.
    Unknown,
    /// They did not prove who they are.
    Unproved,
}

impl Gate {
    /// Keeps a draft.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn add_rules(
        &self,
        claim: impl Into<StaffBy<'_>>,
        set: RuleSet,
        document: String,
    ) -> Result<Adopted, Fault> {
        let version = set.version.clone();
        let attempt = Attempt::Add(Box::new(set), document);
        self.adopt(claim.into(), &attempt, Some(&version)).await
    }

    /// Applies the rule set of this version beside the one that is live, or none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn shadow_rules(
        &self,
        claim: impl Into<StaffBy<'_>>,
        version: Option<&str>,
    ) -> Result<Adopted, Fault> {
        self.adopt(claim.into(), &Attempt::Shadow, version).await
    }

    /// Lets the rule set of this version go live, if its digest is that of what was looked at.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn approve_rules(
        &self,
        claim: impl Into<StaffBy<'_>>,
        version: &str,
        looked_at: Digest,
    ) -> Result<Adopted, Fault> {
        self.adopt(claim.into(), &Attempt::Approve(looked_at), Some(version))
            .await
    }

    /// Goes back to the rule set that was live before.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn roll_back_rules(&self, claim: impl Into<StaffBy<'_>>) -> Result<Adopted, Fault> {
        self.adopt(claim.into(), &Attempt::RollBack, None).await
    }

    async fn adopt(
        &self,
        claim: StaffBy<'_>,
        attempt: &Attempt,
        version: Option<&str>,
    ) -> Result<Adopted, Fault> {
        for _ in 0..ROUNDS {
            let Some(Proved { staff, tries }) = self.prove_staff(claim).await? else {
                return Ok(Adopted::Unproved);
            };
            let now = self.now();
            let (choice, set) = match version {
                Some(version) => self.store().rule_set(version).await?,
                None => (self.store().rule_choice().await?, None),
            };
            let draft = matches!(attempt, Attempt::Add(..));
            if version.is_some() && set.is_none() && !draft {
                return Ok(Adopted::Unknown);
            }
            let facts = Facts {
                staff,
                tries,
                taken: draft && set.is_some(),
                set,
                choice,
                fresh: (self.fresh_decision(now)?, RuleSetId(self.dice().id(now)?)),
                now,
            };
            let decision = decide(attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let reason = committed.reasons().first().copied();
            return Ok(match committed.verdict() {
                Verdict::Allow => Adopted::Done,
                _ => Adopted::Refused(reason.unwrap_or(Reason::RulesThere)),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Which rule sets are in force, the newest of all, and the people whom they name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rule_sets(
        &self,
    ) -> Result<(RuleChoice, Vec<RuleSetKnown>, Vec<StaffKnown>), Fault> {
        let (choice, sets) = self.store().newest_rule_sets().await?;
        Ok((choice, sets, self.store().all_staff().await?))
    }

    /// The rule set of this version.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rule_set(&self, version: &str) -> Result<Option<RuleSetKnown>, Fault> {
        Ok(self.store().rule_set(version).await?.1)
    }

    /// Takes up the rules that are in force, if these are others than before; whether they are.
    ///
    /// # Errors
    /// Those of the store, and [`StoreFault::Corrupt`] where this version cannot read the rule set
    /// that is live. What was in force on this node stays so then. One in shadow that cannot be
    /// read has no effect, and no more does it keep the live one from having its.
    pub async fn take_rules(&self) -> Result<bool, Fault> {
        if self.rules_epoch() == Some(self.store().rule_choice().await?.epoch) {
            return Ok(false);
        }
        let (choice, sets) = self.store().rules_in_force().await?;
        let read = |id: Option<RuleSetId>| {
            let found = id.and_then(|id| sets.iter().find(|set| set.id == id));
            found.map(compiled).transpose()
        };
        let live = match read(choice.live) {
            Ok(live) => live.unwrap_or_else(RuleSet::standard),
            Err(fault) => {
                self.note_rules(Some(BEHIND));
                return Err(fault);
            }
        };
        let shadow = match read(choice.shadow) {
            Ok(shadow) => shadow,
            Err(fault) => {
                metrics::counter!("sekisho_rules_not_taken_total").increment(1);
                tracing::error!(error = %fault, "nothing is applied in shadow");
                None
            }
        };
        let unread = choice.shadow.is_some() && shadow.is_none();
        self.note_rules(unread.then_some(NO_SHADOW));
        let policy = self.policy().judging_by(live, shadow);
        tracing::info!(policy = policy.version, "rules are in force");
        self.adopt_policy(choice.epoch, policy);
        Ok(true)
    }

    /// Takes up whatever rules are in force, and whatever networks are listed, until `stop`.
    pub async fn follow_rules(&self, stop: CancellationToken) {
        loop {
            if let Err(fault) = self.take_networks().await {
                metrics::counter!("sekisho_networks_not_taken_total").increment(1);
                tracing::error!(error = %fault, "the listed networks of before go on to count here");
            }
            metrics::gauge!("sekisho_networks_listed").set(self.count_networks() as f64);
            if let Err(fault) = self.take_rules().await {
                metrics::counter!("sekisho_rules_not_taken_total").increment(1);
                tracing::error!(error = %fault, "the rules of before stay in force here");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

/// The rule set of a document that is as it was approved.
pub(crate) fn compiled(set: &RuleSetKnown) -> Result<Arc<RuleSet>, Fault> {
    if Digest::of(set.document.as_bytes()) != set.digest {
        return Err(StoreFault::Corrupt {
            table: "rule_set",
            what: format!(
                "the document of {} has another digest than was kept",
                set.version
            ),
        }
        .into());
    }
    RuleSet::parse(&set.document)
        .map(Arc::new)
        .map_err(|faults| {
            let why = faults.first().map(ToString::to_string).unwrap_or_default();
            StoreFault::Corrupt {
                table: "rule_set",
                what: format!("{} cannot be read by this version: {why}", set.version),
            }
            .into()
        })
}
