//! The worker of holds: what time releases is released, and what nobody confirmed or released in
//! its time is refused.
//!
//! **Invariant:** what is due is found again until it is done, by whichever node.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::gate::Gate;

/// How often it looks.
const PAUSE: Duration = Duration::from_secs(2);
/// Operations that are taken at once.
const AT_ONCE: u32 = 64;

impl Gate {
    /// Ends holds and waits that are over, until `stop`.
    pub async fn settle(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.settle_due(AT_ONCE).await {
                // There may be more.
                Ok(settled) if settled > 0 => continue,
                Ok(_) => {}
                Err(fault) => {
                    tracing::warn!(error = %fault, "what is due could not be read");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}
