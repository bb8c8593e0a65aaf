//! Counting everybody: what ended well is added up behind the clock, for the scores of later
//! attempts.
//!
//! **Invariant:** of several nodes that count at once one does, and the others begin anew from what
//! it left.

use std::time::Duration;

use sekisho_core::count::{self, horizon, moment_of};
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::gate::Gate;

/// Between two rounds that leave nothing uncounted.
const PAUSE: Duration = Duration::from_secs(15);
/// Between two batches of one round, so that others get a turn at the database.
const BREATH: Duration = Duration::from_millis(20);

impl Gate {
    /// Counts until `stop`.
    pub async fn count_everybody(&self, stop: CancellationToken) {
        loop {
            let pause = match self.count_some().await {
                Ok(true) => BREATH,
                Ok(false) => PAUSE,
                Err(fault) => {
                    tracing::warn!(error = %fault, "counting goes on in a moment");
                    PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Counts one batch of what happened long enough ago; whether there may be more.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn count_some(&self) -> Result<bool, Fault> {
        let now = self.now();
        let read = self.store().uncounted(horizon(now)).await?;
        let behind = match read.looked {
            (count::MOST.., Some(last)) => now.since(moment_of(last)).as_seconds(),
            _ => count::LATE.as_seconds(),
        };
        let behind = u32::try_from(behind).unwrap_or(u32::MAX);
        metrics::gauge!("sekisho_population_behind_seconds").set(behind);
        let known = self.store().population(&read.valued()).await?;
        let at = (self.fresh_decision(now)?, now);
        let Some(decision) = count::decide(&read, &known, at, &self.policy()) else {
            return Ok(false);
        };
        // Where another node was faster, it goes on.
        let landed = self.commit(decision).await?.is_some();
        Ok(landed && read.looked.0 >= count::MOST)
    }
}
