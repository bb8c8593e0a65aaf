//! The act "case": what a sweep found is given to people, who look into it and say what it was.
//!
//! **Invariant:** cases are read and changed in the name of a person who says why, and both are in
//! the record before a row is read.

use std::sync::Arc;

use sekisho_core::case::{Attempt, Facts, OpenFacts, Telling, decide, open};
use sekisho_core::id::{CaseId, CustomerId, DecisionId, NoticeId};
use sekisho_core::known::{CaseKnown, ChannelKnown, TaughtKnown, Worry};
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::sweep::{Finding, Matched, Procedure, Suspicion, Swept};
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use sekisho_store::CaseQuestion;
use serde_json::json;
use tokio::task::JoinSet;

use super::staff::{Proved, StaffAnswer, StaffClaim};
use super::sweep::{Sweep, Sweeper};
use super::sweep_withdrawals::WithdrawalSweep;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// Cases that are opened at the same time, so that one flush of the volume serves many.
const AT_ONCE: usize = 64;

/// How many cases came of what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CasesOpened {
    /// Opened.
    pub opened: u64,
    /// There was one already.
    pub already: u64,
    /// Messages to customers that were queued.
    pub messages: u64,
    /// Not opened, for a fault that the log tells.
    pub failed: u64,
}

impl CasesOpened {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            opened: self.opened + other.opened,
            already: self.already + other.already,
            messages: self.messages + other.messages,
            failed: self.failed + other.failed,
        }
    }
}

impl Sweep {
    /// Opens a case of everything in `found` that is as worrying as one of `wanted`.
    ///
    /// # Errors
    /// Those of the runtime. What cannot be opened, as when the person was disabled meanwhile, is
    /// counted as failed.
    pub async fn open_cases(
        &self,
        found: &[Swept],
        wanted: &[Finding],
        telling: Telling,
    ) -> Result<CasesOpened, Fault> {
        let found = found.iter().filter(|one| wanted.contains(&one.finding));
        let cases = found.map(|one| (one.procedure.clone(), Worry::Operation(one.finding)));
        self.by.open(cases.collect(), telling).await
    }
}

impl WithdrawalSweep {
    /// Opens a case of everything in `found` that is as worrying as one of `wanted`.
    ///
    /// # Errors
    /// Those of the runtime. What cannot be opened, as when the person was disabled meanwhile, is
    /// counted as failed.
    pub async fn open_cases(
        &self,
        found: &[Matched],
        wanted: &[Suspicion],
        telling: Telling,
    ) -> Result<CasesOpened, Fault> {
        let found = found.iter().filter(|one| wanted.contains(&one.suspicion));
        let cases = found.map(|one| {
            let worry = Worry::Withdrawal(one.suspicion);
            (one.withdrawal.procedure.clone(), worry)
        });
        self.by().open(cases.collect(), telling).await
    }
}

impl Sweeper {
    async fn open(
        self: &Arc<Self>,
        mut cases: Vec<(Procedure, Worry)>,
        telling: Telling,
    ) -> Result<CasesOpened, Fault> {
        let mut all = CasesOpened::default();
        let mut tasks = JoinSet::new();
        loop {
            while tasks.len() < AT_ONCE
                && let Some((procedure, worry)) = cases.pop()
            {
                let by = Arc::clone(self);
                tasks.spawn(async move { by.open_one(&procedure, worry, telling).await });
            }
            match tasks.join_next().await {
                Some(Ok(Ok(opened))) => all = all.and(opened),
                // One that cannot be opened keeps nobody from the others.
                Some(Ok(Err(fault))) => {
                    tracing::error!(error = %fault, "a case was not opened");
                    all.failed += 1;
                }
                Some(Err(_)) => {
                    return Err(Fault::Internal {
                        what: "opening a case",
                    });
                }
                None => return Ok(all),
            }
        }
    }

    async fn open_one(
        &self,
        procedure: &Procedure,
        worry: Worry,
        telling: Telling,
    ) -> Result<CasesOpened, Fault> {
        let (gate, whose) = (&self.gate, procedure.access.customer);
        let mut counted = CasesOpened::default();
        for _ in 0..ROUNDS {
            let (about, done) = (procedure.access.decision, procedure.access.at);
            let (there, asked) = gate.store().case_about(about, worry).await?;
            counted.already = u64::from(there);
            let telling = if asked { Telling::Silent } else { telling };
            if there && telling == Telling::Silent {
                return Ok(counted);
            }
            let Some(customer) = gate.store().customer(whose).await? else {
                return Ok(counted);
            };
            let now = gate.now();
            let facts = OpenFacts {
                who: self.who(),
                procedure,
                worry,
                customer,
                channels: gate.channels_since(whose, done).await?,
                there,
                fresh: (
                    gate.fresh_decision(now)?,
                    CaseId(gate.dice().id(now)?),
                    NoticeId(gate.dice().id(now)?),
                ),
                report: gate.fresh_report()?,
                now,
            };
            let decision = open(telling, &self.ground, &facts, &gate.policy());
            let messages = decision.notices.len();
            if there && messages == 0 {
                return Ok(counted);
            }
            if let Some(committed) = gate.commit(decision).await? {
                if *committed.verdict() == Verdict::Allow {
                    counted.opened = u64::from(!there);
                    counted.messages = u64::try_from(messages).unwrap_or_default();
                    let (source, found) = (worry.source(), worry.word());
                    metrics::counter!("sekisho_cases_total", "source" => source, "found" => found)
                        .increment(counted.opened);
                }
                return Ok(counted);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}

impl Gate {
    /// Cases, so many at most, to a person who says why.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn cases(
        &self,
        claim: &StaffClaim,
        (asked, most): (&CaseQuestion, u32),
        ground: Ground,
    ) -> Result<StaffAnswer<Vec<CaseKnown>>, Fault> {
        let wanted = match asked {
            CaseQuestion::Of(customer) => json!({ "customer": Reference::as_str(customer) }),
            CaseQuestion::Since(moment) => json!({ "since": moment }),
            CaseQuestion::Waiting => json!({ "waiting": true }),
        };
        let wanted = json!({ "cases": wanted, "most": most });
        Ok(match self.sweeper(claim.into(), ground, wanted).await? {
            StaffAnswer::Done(_) => StaffAnswer::Done(self.store().cases(asked, most).await?),
            other => other.map(|_| Vec::new()),
        })
    }

    /// A person takes a case, or closes it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn change_case(
        &self,
        claim: &StaffClaim,
        (id, attempt): (CaseId, Attempt),
        ground: &Ground,
    ) -> Result<StaffAnswer<()>, Fault> {
        for _ in 0..ROUNDS {
            let Some(Proved { staff, .. }) = self.prove_staff(claim.into()).await? else {
                return Ok(StaffAnswer::Unproved);
            };
            let now = self.now();
            let case = self.store().case(id).await?;
            let facts = Facts {
                staff: &staff,
                judged: self.judged_in(case.as_ref(), attempt).await?,
                case,
                seen: None,
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = decide(attempt, ground, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let reason = committed.reasons().first().copied();
            return Ok(match committed.verdict() {
                Verdict::Allow => StaffAnswer::Done(()),
                _ => StaffAnswer::Refused(reason.unwrap_or(Reason::CaseNone)),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What whoever closes a case finds out about: the decision, and what it taught.
    pub(super) async fn judged_in(
        &self,
        case: Option<&(CaseKnown, CustomerId)>,
        attempt: Attempt,
    ) -> Result<Option<(DecisionId, Option<TaughtKnown>)>, Fault> {
        match (case, attempt) {
            (Some((case, _)), Attempt::Close(_)) => Ok(self.store().judged_in(case.about).await?),
            _ => Ok(None),
        }
    }

    /// The channels of a customer, and those that were retired since `done`.
    async fn channels_since(
        &self,
        customer: CustomerId,
        done: Moment,
    ) -> Result<Vec<ChannelKnown>, Fault> {
        let mut channels = self.store().channels(customer).await?;
        for change in self.store().contact_changes(customer, done).await? {
            let Some(id) = change.retired else { continue };
            if channels.iter().all(|known| known.id != id) {
                channels.extend(self.store().channel(id).await?);
            }
        }
        Ok(channels)
    }

    /// How many cases wait for somebody, for the metrics.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn count_cases(&self) -> Result<u64, Fault> {
        Ok(self.store().waiting_cases().await?)
    }
}
