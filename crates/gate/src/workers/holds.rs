//! The worker of holds: what time releases is released, and what nobody confirmed or released in
//! its time is refused.
//!
//! What is due is judged by a moment that runs no faster than time: a clock that is set forward
//! while the node runs releases nothing early. A machine that stood still looks the same from
//! here, so what is released then comes late; it lives from the moment that the clock says, or it
//! would be over before anybody could confirm it.
//!
//! **Invariant:** what is due is found again until it is done, by whichever node.

use std::time::Duration;

use sekisho_core::moment::{Moment, Span};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::gate::Gate;

/// How often it looks.
const PAUSE: Duration = Duration::from_secs(2);
/// Operations that are taken at once.
const AT_ONCE: u32 = 64;

/// How much the clock may gain on the time that passed: what a server that keeps time is off by
/// when it starts.
const GAIN: Span = Span::minutes(5);

/// Moments that do not run ahead of the time that passed since this began.
pub(super) struct Steady {
    began: Moment,
    clock: Instant,
    told: bool,
}

impl Steady {
    pub(super) fn begin(now: Moment) -> Self {
        Self {
            began: now,
            clock: Instant::now(),
            told: false,
        }
    }

    /// The earlier of what the clock says and what it could say by now.
    pub(super) fn now(&mut self, says: Moment) -> Moment {
        let passed = i64::try_from(self.clock.elapsed().as_micros()).unwrap_or(i64::MAX);
        let trusted = trusted((self.began, Span(passed)), says);
        if trusted < says && !self.told {
            let ahead = says.since(trusted).as_seconds();
            tracing::error!(
                ahead,
                "the clock was set forward; holds end late until a restart"
            );
        }
        self.told = trusted < says;
        metrics::gauge!("sekisho_clock_ahead_seconds").set(f64::from(
            u32::try_from(says.since(trusted).as_seconds()).unwrap_or(u32::MAX),
        ));
        trusted
    }
}

/// What of `says` can be believed after so much time.
fn trusted((began, passed): (Moment, Span), says: Moment) -> Moment {
    let most = began.plus(passed).plus(GAIN);
    if says > most {
        began.plus(passed)
    } else {
        says
    }
}

impl Gate {
    /// Ends holds and waits that are over, until `stop`.
    pub async fn settle(&self, stop: CancellationToken) {
        let mut steady = Steady::begin(self.now());
        while !stop.is_cancelled() {
            if let Err(fault) = self.settle_due(steady.now(self.now()), AT_ONCE).await {
                tracing::warn!(error = %fault, "what is due could not be read");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_forward_brings_no_end_nearer() {
        let began = Moment(1_000_000_000);
        let after = |hours, says| trusted((began, Span::hours(hours)), began.plus(says));
        assert_eq!(after(2, Span::hours(2)), began.plus(Span::hours(2)));
        assert_eq!(after(2, Span::hours(26)), began.plus(Span::hours(2)));
        assert_eq!(after(26, Span::hours(26)), began.plus(Span::hours(26)));
        // It is a little off, or was set back.
        let little = Span(Span::hours(2).0 + GAIN.0);
        assert_eq!(after(2, little), began.plus(little));
        assert_eq!(after(2, Span::hours(-1)), began.minus(Span::hours(1)));
    }
}
