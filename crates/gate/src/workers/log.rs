//! The worker of the log: it puts into it what waits.
//!
//! One node at a time does it, to save the work of losing and not for correctness: whoever adds
//! leaves names the end that they saw.
//!
//! **Invariant:** nothing waits for the log longer than a node runs that can write it.

use std::time::Duration;

use sekisho_core::claim::Work;
use sekisho_core::count::moment_of;
use sekisho_core::log::{LATE, MOST};
use sekisho_core::siem::Way;
use tokio_util::sync::CancellationToken;

use super::claim::Claim;
use super::siem::unsent;
use crate::fault::Fault;
use crate::gate::Gate;

/// Between two looks when nothing more waits. Each batch is an entry, so a shorter one costs rows.
const PAUSE: Duration = Duration::from_secs(1);
/// After a failure.
const WAIT: Duration = Duration::from_secs(5);

impl Gate {
    /// Keeps the log until `stop`.
    pub async fn keep_log(&self, stop: CancellationToken) {
        let mut claim = None;
        while !stop.is_cancelled() {
            let pause = match self.claimed_growth(&mut claim).await {
                Ok(count) if count >= MOST as usize => Duration::ZERO,
                Ok(_) => PAUSE,
                Err(fault) => {
                    tracing::error!(error = %fault, "the log does not grow");
                    WAIT
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        self.give_back(&mut claim).await;
    }

    /// Puts one batch into the log, as the worker does, and lets others go on.
    ///
    /// # Errors
    /// As [`Self::grow_log`].
    pub async fn log_batch(&self) -> Result<usize, Fault> {
        let mut claim = None;
        let grown = self.claimed_growth(&mut claim).await;
        self.give_back(&mut claim).await;
        grown
    }

    async fn claimed_growth(&self, held: &mut Option<Claim>) -> Result<usize, Fault> {
        let waits = self.store().siem_waiting(Way::Log).await?;
        let late = waits.oldest.map(|id| self.now().since(moment_of(id)));
        let seconds = late.map_or(0, |late| late.as_seconds().max(0));
        metrics::gauge!("sekisho_log_behind_seconds")
            .set(u32::try_from(seconds).unwrap_or(u32::MAX));
        metrics::gauge!("sekisho_log_waiting").set(waits.count);
        let grown = match late {
            Some(_) => self.grow_claimed(held).await,
            None => Ok(0),
        };
        let is_late = late.is_some_and(|late| late > LATE);
        let said = match grown {
            Err(Fault::Log { what }) => Some(what),
            _ => is_late.then_some(unsent(Way::Log)),
        };
        self.note_unsent(Way::Log, said);
        grown
    }

    async fn grow_claimed(&self, held: &mut Option<Claim>) -> Result<usize, Fault> {
        let mut claim = match held.take() {
            Some(claim) => claim,
            None => match self.claim(Work::Log).await? {
                Some(claim) => claim,
                None => return Ok(0),
            },
        };
        if !self.renew(&mut claim).await? {
            return Ok(0);
        }
        *held = Some(claim);
        self.grow_log().await
    }
}
