//! Housekeeping: what has expired long ago is removed every ten minutes, and the gauges of the
//! outbox and of stops are set every minute.
//!
//! **Invariant:** what is removed is removed by a decision, like everything else.

use std::time::Duration;

use sekisho_core::housekeep;
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::gate::Gate;

const PAUSE: Duration = Duration::from_secs(60);
/// Every how many pauses something is removed.
const ROUND: u32 = 10;
/// Removals in a row before others are let through: half a million rows of each kind.
const MOST_REMOVALS: u32 = 100;

impl Gate {
    /// Keeps house until `stop`.
    pub async fn keep_house(&self, stop: CancellationToken) {
        for round in 0_u32.. {
            let done = match round % ROUND {
                0 => self.remove_expired().await,
                _ => self.look().await,
            };
            if let Err(fault) = done {
                tracing::warn!(error = %fault, "housekeeping will be tried again in a minute");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Removes what expired long ago, a bounded number of rows at once and as often as it takes, up
    /// to `MOST_REMOVALS`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove_expired(&self) -> Result<(), Fault> {
        for _ in 0..MOST_REMOVALS {
            let now = self.now();
            let policy = self.policy();
            let messages = housekeep::messages_before(now, &policy);
            let before = now.minus(housekeep::KEPT);
            if !self.store().has_expired(before, messages).await? {
                break;
            }
            let decision = housekeep::decide(self.fresh_decision(now)?, now, &policy);
            self.commit(decision).await?;
        }
        self.look().await
    }

    async fn look(&self) -> Result<(), Fault> {
        let counts = self.notice_counts().await?;
        for (state, count) in [("waiting", counts.waiting), ("dead", counts.dead)] {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("sekisho_outbox_messages", "state" => state).set(count);
        }
        let stops = u32::try_from(self.count_stops().await?).unwrap_or(u32::MAX);
        metrics::gauge!("sekisho_stops").set(stops);
        let cases = u32::try_from(self.count_cases().await?).unwrap_or(u32::MAX);
        metrics::gauge!("sekisho_cases").set(cases);
        let overdue = self.count_overdue().await?;
        for (of, count) in [("alert", overdue.alerts), ("case", overdue.cases)] {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("sekisho_overdue", "of" => of).set(count);
        }
        let (mut untold, mut longest) = (0, 0);
        let now = self.now();
        for webhook in self.webhooks().await? {
            untold += webhook.waiting;
            let failing = webhook.known.failing;
            longest = longest.max(failing.map_or(0, |since| now.since(since).as_seconds()));
        }
        let longest = u32::try_from(longest).unwrap_or(u32::MAX);
        metrics::gauge!("sekisho_webhook_failing_seconds").set(longest);
        let untold = u32::try_from(untold).unwrap_or(u32::MAX);
        metrics::gauge!("sekisho_webhooks_waiting").set(untold);
        Ok(())
    }
}
