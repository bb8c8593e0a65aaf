//! The feed of attempts is followed: the last day at the start, then what other nodes added.
//!
//! **Invariant:** what landed within a minute and a half of its decision is counted half a minute
//! later at the latest, whenever it happened and however long the database was away.

use std::time::Duration;

use sekisho_core::moment::{Moment, Span};
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::gate::Gate;

const PAUSE: Duration = Duration::from_secs(1);
/// How far back of the last one a reading goes for rows that landed late.
const SHORT: Span = Span::seconds(5);
/// The same for the readings that go by when it was decided.
const LONG: Span = Span::seconds(90);
/// How often these are due.
const ROUND: Span = Span::seconds(30);

/// When the feed was read at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Followed {
    short: Moment,
    long: Moment,
}

impl Followed {
    const fn begin(now: Moment) -> Self {
        Self {
            short: now,
            long: now,
        }
    }

    /// From when on is read by the moment of an attempt.
    fn since(self, now: Moment) -> Moment {
        self.short.min(now).minus(SHORT)
    }

    /// From when on is read by the moment of a decision, if that is due: as far before the last
    /// such reading as anything may take to land.
    fn decided_since(self, now: Moment) -> Option<Moment> {
        let due = now.since(self.long) >= ROUND || now < self.long;
        due.then(|| self.long.min(now).minus(LONG))
    }
}

impl Gate {
    /// Follows the feed until `stop`.
    pub async fn follow_attempts(&self, stop: CancellationToken) {
        let mut followed = Followed::begin(self.now());
        while !stop.is_cancelled() {
            let now = self.now();
            match self.follow(followed, now).await {
                Ok(next) => followed = next,
                Err(fault) => unread(&fault),
            }
            self.show_windows();
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Reads what is due at `now`: the last day, where the windows are not known.
    async fn follow(&self, mut followed: Followed, now: Moment) -> Result<Followed, Fault> {
        if self.watch().learnt().is_none() {
            let rows = self.replay_attempts().await?;
            tracing::info!(attempt.count = rows, "the windows are known");
            return Ok(Followed::begin(now));
        }
        self.read_attempts(followed.since(now)).await?;
        followed.short = now;
        if let Some(since) = followed.decided_since(now) {
            self.read_decided(since).await?;
            followed.long = now;
        }
        Ok(followed)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is decided when, and lands a minute and a half later, is read by one of the looks.
    #[test]
    fn a_row_that_takes_a_minute_and_a_half_to_land_is_read() {
        let begun = Moment(1_000_000_000);
        for decided in (0..200).map(|number| begun.plus(Span(number * 700_000))) {
            let landed = decided.plus(LONG);
            let mut followed = Followed::begin(begun);
            let mut now = begun;
            let mut read = false;
            while now < landed.plus(Span::seconds(35)) {
                now = now.plus(Span(1_030_000));
                if let Some(since) = followed.decided_since(now) {
                    read |= since <= decided && now >= landed;
                    followed.long = now;
                }
                followed.short = now;
            }
            assert!(read, "{decided:?}");
        }
        // After a clock that was ahead, at once.
        let ahead = Followed::begin(begun.plus(Span::days(2)));
        assert_eq!(ahead.decided_since(begun), Some(begun.minus(LONG)));
        assert_eq!(ahead.since(begun), begun.minus(SHORT));
    }
}
