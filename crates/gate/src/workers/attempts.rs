//! The feed of attempts is followed: the last day at the start, then what other nodes added.
//!
//! **Invariant:** what landed within a minute and a half of its moment is counted half a minute
//! later at the latest, however long the database was away.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::gate::Gate;
use crate::watch::LATE;

const PAUSE: Duration = Duration::from_secs(1);
/// Every how many pauses a reading goes back further.
const ROUND: u32 = 30;

impl Gate {
    /// Follows the feed until `stop`.
    pub async fn follow_attempts(&self, stop: CancellationToken) {
        let begun = self.now();
        let mut replayed = false;
        let mut read = begun;
        for round in 0_u32.. {
            let now = self.now();
            let [short, long] = LATE;
            let late = if round.is_multiple_of(ROUND) {
                long
            } else {
                short
            };
            let done = match replayed {
                true => self.read_attempts(read.min(now).minus(late)).await,
                false => self.replay_attempts().await,
            };
            match done {
                Ok(rows) => {
                    if !replayed {
                        tracing::info!(attempt.count = rows, "the windows are known");
                    }
                    (replayed, read) = (true, now);
                }
                Err(fault) => unread(&fault),
            }
            self.show_windows();
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    fn show_windows(&self) {
        let (rows, bytes, bounded) = self.windows_kept();
        let gauge = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        metrics::gauge!("sekisho_windows_attempts").set(gauge(rows));
        metrics::gauge!("sekisho_windows_kibibytes").set(gauge(bytes / 1_024));
        metrics::gauge!("sekisho_windows_bounded").set(u32::from(bounded));
    }
}

fn unread(fault: &Fault) {
    tracing::warn!(error = %fault, "the feed of attempts will be read again in a second");
}
