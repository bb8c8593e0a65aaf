//! The worker of the daily look: every day's withdrawals beside the changes of payout accounts
//! before them, as the broker of the incident of 2020 announced to do from then on.
//!
//! **Invariant:** a day is looked at until it was looked at to its end, by whichever node, and what
//! is found twice is one case.

use std::time::Duration;

use sekisho_core::change::{CaseChange, Change};
use sekisho_core::claim::Work;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Look, Matched, Suspicion, due};
use sekisho_core::thaw::Ground;
use tokio_util::sync::CancellationToken;

use super::claim::Claim;
use super::holds::Steady;
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
        let mut steady = Steady::begin(self.now());
        while !stop.is_cancelled() {
            let now = steady.now(self.now());
            match self.look_daily(now, &stop).await {
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

    /// Looks at the next day that is due at `now`; `None` if none is, another node is at it, or
    /// `stop` came first. What was asked for before that day may have been released in it, so that
    /// as many days are read again as a hold lasts; what was found in them is a case already.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn look_daily(
        &self,
        now: Moment,
        stop: &CancellationToken,
    ) -> Result<Option<DailyLook>, Fault> {
        let policy = self.policy();
        let seen = self.store().daily_look().await?;
        let behind = seen.map_or(0, |seen| now.since(seen).as_seconds());
        metrics::gauge!("sekisho_daily_behind_seconds")
            .set(f64::from(u32::try_from(behind).unwrap_or(u32::MAX)));
        if seen.is_some_and(|seen| seen > now) {
            tracing::error!("days that are not over were looked at, by a clock that was ahead");
        }
        let Some(day) = due(seen, now, &policy.daily) else {
            return Ok(None);
        };
        let Some(mut claim) = self.claim(Work::DailyLook).await? else {
            return Ok(None);
        };
        let looked = self.look_at((seen, day), &mut claim, stop).await;
        // Whatever came of it, another node may begin at once.
        let freed = self.let_go(claim).await;
        looked.and_then(|look| freed.map(|()| look))
    }

    async fn look_at(
        &self,
        (seen, (from, until)): (Option<Moment>, (Moment, Moment)),
        claim: &mut Claim,
        stop: &CancellationToken,
    ) -> Result<Option<DailyLook>, Fault> {
        let policy = self.policy();
        let question = WithdrawalQuestion {
            from: from.minus(policy.hold.longest()),
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
        let mut found = [0; Suspicion::ALL.len()];
        while let Some(page) = sweep.next().await? {
            if stop.is_cancelled() || !self.renew(claim).await? {
                return Ok(None);
            }
            let that_day = |one: &&Matched| one.withdrawal.procedure.access.at >= from;
            for one in page.iter().filter(that_day) {
                let counts = Suspicion::ALL.iter().zip(&mut found);
                for (_, count) in counts.filter(|(of, _)| **of == one.suspicion) {
                    *count += 1;
                }
            }
            let opened = sweep.open_cases(&page, policy.daily.cases(), policy.daily.telling());
            cases = cases.and(opened.await?);
        }
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
