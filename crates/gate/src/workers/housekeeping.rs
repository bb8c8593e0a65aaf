//! Housekeeping: gauges of the outbox, for whoever watches the metrics.
//!
//! **Invariant:** it only looks.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::gate::Gate;

const PAUSE: Duration = Duration::from_secs(60);

impl Gate {
    /// Keeps house until `stop`.
    pub async fn keep_house(&self, stop: CancellationToken) {
        loop {
            if let Err(fault) = self.look().await {
                tracing::warn!(error = %fault, "housekeeping will be tried again in a minute");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    async fn look(&self) -> Result<(), Fault> {
        let counts = self.notice_counts().await?;
        for (state, count) in [("waiting", counts.waiting), ("dead", counts.dead)] {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("sekisho_outbox_messages", "state" => state).set(count);
        }
        Ok(())
    }
}
