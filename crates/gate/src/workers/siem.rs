//! The workers that tell decisions outside: events to a SIEM, alerts and cases to the team.
//!
//! What waits is a list that each commit adds to, in its own transaction. A worker sends what it
//! finds there, the oldest decision first, and takes exactly that from the list. A row that appears
//! late, however low its number, is found like any other.
//!
//! **Invariant:** nothing leaves the list before the other side took it; so it is sent at least
//! once, and twice where the node died in between.

use std::time::Duration;

use sekisho_core::count::moment_of;
use sekisho_core::health::FAILING;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::siem::{self, MOST, Way, decide_sent};
use tokio_util::sync::CancellationToken;

use super::claim::Claim;
use crate::acts::console_health::Part;
use crate::delivery::{Outlet, SiemOut, Told};
use crate::fault::Fault;
use crate::gate::Gate;

/// Between two looks when nothing more waits. Each batch is an entry, so a shorter one costs rows.
const PAUSE: Duration = Duration::from_secs(2);
/// After failures: doubled each time, from the first to the last.
const WAITS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(60)];
/// When what waits is so old, readiness says so.
const LATE: Span = FAILING;

/// What it says.
pub(super) const fn unsent(way: Way) -> &'static str {
    match way {
        Way::Siem => "what is told outside (SIEM) has not been taken for five minutes",
        Way::Chat => "what is told outside (chat) has not been taken for five minutes",
        Way::Log => "decisions have waited for the log for five minutes",
    }
}

/// What came of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batched {
    /// Another node is at it.
    Elsewhere,
    /// Nothing waits.
    Nothing,
    /// So many were taken; there may be more.
    Sent(usize),
}

impl Gate {
    /// Sends events until `stop`.
    pub async fn stream(&self, out: impl Outlet, stop: CancellationToken) {
        let (mut claim, mut wait, mut most) = (None, WAITS[0], MOST);
        while !stop.is_cancelled() {
            let pause = match self.batch(&out, &mut claim, most).await {
                Ok(Batched::Sent(count)) => {
                    wait = WAITS[0];
                    // A whole batch: there may be more.
                    let full = u32::try_from(count).is_ok_and(|count| count >= most);
                    most = most.saturating_mul(2).min(MOST);
                    if full { Duration::ZERO } else { PAUSE }
                }
                Ok(Batched::Nothing | Batched::Elsewhere) => PAUSE,
                Err(fault) => {
                    tracing::warn!(
                        way = out.way().0.word(),
                        error = %fault,
                        "events were not taken; will try again"
                    );
                    // Perhaps another node can, and perhaps fewer at a time.
                    self.give_back(&mut claim).await;
                    most = (most / 2).max(1);
                    let pause = wait;
                    wait = wait.saturating_mul(2).min(WAITS[1]);
                    pause
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        self.give_back(&mut claim).await;
    }

    /// Sends one batch of events, as a worker does, and lets others go on.
    ///
    /// # Errors
    /// [`Fault::Config`] with what the other side did, or those of the store.
    pub async fn stream_batch(&self, out: &impl Outlet) -> Result<Batched, Fault> {
        let mut claim = None;
        let batched = self.batch(out, &mut claim, MOST).await;
        self.give_back(&mut claim).await;
        batched
    }

    /// Sends an event that is of nothing.
    ///
    /// # Errors
    /// Says what the other side did.
    pub async fn test_siem(&self, out: &SiemOut) -> Result<Result<(), String>, Fault> {
        let now = self.now();
        let (json, severity) = siem::test_event(self.fresh_decision(now)?, now);
        let told = Told {
            at: now,
            json: json.to_string(),
            severity,
        };
        Ok(out.send(&[told]).await)
    }

    pub(super) async fn give_back(&self, claim: &mut Option<Claim>) {
        if let Some(claim) = claim.take()
            && let Err(fault) = self.let_go(claim).await
        {
            tracing::debug!(error = %fault, "a claim is left to run out");
        }
    }

    async fn batch(
        &self,
        out: &impl Outlet,
        claim: &mut Option<Claim>,
        most: u32,
    ) -> Result<Batched, Fault> {
        let (way, work) = out.way();
        let late = self.measure(way).await?;
        // Whatever keeps it, and whichever node is at it.
        self.note_unsent(way, late.filter(|late| *late > LATE).map(|_| unsent(way)));
        if late.is_none() {
            return Ok(Batched::Nothing);
        }
        let held = match claim {
            Some(claim) => self.renew(claim).await?,
            None => false,
        };
        if !held {
            *claim = self.claim(work).await?;
        }
        if claim.is_none() {
            return Ok(Batched::Elsewhere);
        }
        let page = self.store().siem_page(way, most).await?;
        let wording = self.wording();
        if let Err(why) = out.hand(&page, &wording).await {
            counted(way, "failed", page.len());
            self.kept().note_failed(Part::Way(way), self.now());
            return Err(Fault::Config {
                what: match page.as_slice() {
                    [one] => format!("{why} (event {})", one.entry.id),
                    _ => why,
                },
            });
        }
        counted(way, "taken", page.len());
        self.note_unsent(way, None);
        let sent: Vec<_> = page.iter().map(|recorded| recorded.entry.id).collect();
        let (count, now) = (sent.len(), self.now());
        let at = (self.fresh_decision(now)?, now);
        let _landed = self
            .commit(decide_sent((way, sent), at, &self.policy()))
            .await?;
        Ok(Batched::Sent(count))
    }

    /// For how long the oldest has waited; `None` if nothing waits.
    async fn measure(&self, way: Way) -> Result<Option<Span>, Fault> {
        let (now, waiting) = (self.now(), self.store().siem_waiting(way).await?);
        let since = waiting.oldest.map(moment_of);
        let late = since.map(|since: Moment| now.since(since));
        let seconds = late.map_or(0, |late| late.as_seconds().max(0));
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        metrics::gauge!("sekisho_siem_behind_seconds", "way" => way.word()).set(seconds);
        metrics::gauge!("sekisho_siem_waiting", "way" => way.word()).set(waiting.count);
        Ok(late)
    }
}

fn counted(way: Way, outcome: &'static str, events: usize) {
    let events = u64::try_from(events).unwrap_or(u64::MAX);
    metrics::counter!("sekisho_siem_events_total", "way" => way.word(), "outcome" => outcome)
        .increment(events);
}
