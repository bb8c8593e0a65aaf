//! The worker of the daily look: every day's withdrawals beside the changes of payout accounts
//! before them, as the broker of the incident of 2020 announced to do from then on.
//!
//! **Invariant:** a day is looked at until it was looked at to its end, by whichever node, and what
//! is found twice is one case.

use std::time::Duration;

use sekisho_core::change::{CaseChange, Change};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Look, Suspicion, due};
use sekisho_core::thaw::Ground;
use tokio_util::sync::CancellationToken;

use crate::acts::case::CasesOpened;
use crate::acts::sweep_withdrawals::WithdrawalQuestion;
use crate::fault::Fault;
use crate::gate::Gate;

/// How often it looks whether a day is due.
const PAUSE: Duration = Duration::from_secs(60);
/// How long before a withdrawal a change of the payout account is looked for.
const BACK: Span = Span::days(90);
/// Why, for the record.
const GROUND: &str = "daily look at withdrawals";

/// What came of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyLook {
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// How many withdrawals of each suspicion there were, in the order of [`Suspicion::ALL`].
    pub found: [u64; Suspicion::ALL.len()],
    /// What became of them.
    pub cases: CasesOpened,
}

impl Gate {
    /// Looks at every day that is over and was not looked at, until `stop`.
    pub async fn look_every_day(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.look_daily().await {
                // There may be another one.
                Ok(Some(look)) => told(&look),
                Ok(None) => wait(&stop).await,
                Err(fault) => {
                    tracing::warn!(error = %fault, "the daily look is tried again");
                    wait(&stop).await;
                }
            }
        }
    }

    /// Looks at the next day that is due; `None` if none is.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn look_daily(&self) -> Result<Option<DailyLook>, Fault> {
        let policy = self.policy();
        let seen = self.store().daily_look().await?;
        let Some((from, until)) = due(seen, self.now(), &policy.daily) else {
            return Ok(None);
        };
        let question = WithdrawalQuestion {
            from,
            until,
            back: BACK,
            traits: vec![TraitKind::Address, TraitKind::Device],
            look: Look::USUAL,
            only: Vec::new(),
        };
        let ground = Ground::parse(GROUND).map_err(|_| Fault::Internal {
            what: "the ground of the daily look",
        })?;
        let mut sweep = self.match_daily(question, ground).await?;
        let mut cases = CasesOpened::default();
        while let Some(page) = sweep.next().await? {
            let opened = sweep.open_cases(&page, policy.daily.cases(), policy.daily.telling());
            cases = cases.and(opened.await?);
        }
        let found = sweep.tally();
        let looked = Change::Case(CaseChange::Looked { seen, until });
        // Void if another node was first: it found the same.
        let landed = sweep.end_daily(looked).await?;
        Ok(landed.then_some(DailyLook {
            from,
            until,
            found,
            cases,
        }))
    }
}

async fn wait(stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(PAUSE) => {}
    }
}

fn told(look: &DailyLook) {
    for (suspicion, count) in Suspicion::ALL.iter().zip(look.found) {
        metrics::counter!("sekisho_daily_withdrawals_total", "found" => suspicion.word())
            .increment(count);
    }
    let all: u64 = look.found.iter().sum();
    let alarms = look.found.last().copied().unwrap_or_default();
    let (from, until, cases) = (look.from, look.until, look.cases.opened);
    tracing::info!(%from, %until, withdrawals = all, alarms, cases, "a day was looked at");
}
