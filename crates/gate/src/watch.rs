//! The windows of this node: what rules ask of them, and how they follow the feed of attempts.
//!
//! A node counts its own attempts as soon as they landed, and those of other nodes when it reads
//! the feed again, about every second. A row is dated when its decision was taken and may land
//! later, so each reading goes back a little, and once in a while further.
//!
//! **Invariant:** a row is counted once, however often it is read; before the last day was read,
//! nothing is said of any window.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sekisho_core::attempt::{Origin, Tried};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::risk::pace::{Limits, Windows};
use sekisho_core::risk::paced::PaceSeen;
use sekisho_core::risk::windows::{Kept, MOST};
use sekisho_store::AttemptPage;

use crate::fault::Fault;
use crate::gate::Gate;

/// Rows that are read at once.
const PAGE: u32 = 2_000;

/// What a node holds.
pub(crate) struct Watch(Mutex<State>);

struct State {
    kept: Kept,
    caught_up: bool,
}

impl Default for Watch {
    fn default() -> Self {
        Self(Mutex::new(State {
            kept: Kept::new(MOST),
            caught_up: false,
        }))
    }
}

impl Watch {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an attempt that landed.
    pub(crate) fn learn(&self, tried: &Tried) {
        self.state().kept.learn(tried);
    }
}

impl Gate {
    /// What the windows of `origin` say now; unknown before the last day was read.
    pub(crate) fn paced(&self, origin: &Origin, now: Moment) -> Option<PaceSeen> {
        let mut state = self.watch().state();
        let windows = match state.caught_up {
            true => state.kept.look(origin, now),
            false => Windows::default(),
        };
        PaceSeen::of(&windows, &Limits::SHIPPED)
    }

    /// Reads the last day of the feed; answers how many rows there were. After this the windows are
    /// known.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn replay_attempts(&self) -> Result<u64, Fault> {
        let read = self.read_attempts(self.now().minus(Kept::LONGEST)).await?;
        self.watch().state().caught_up = true;
        Ok(read)
    }

    /// Reads the feed from `since` on and counts what was not counted yet; answers how many rows
    /// were read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read_attempts(&self, since: Moment) -> Result<u64, Fault> {
        let mut page = Some(AttemptPage::since(since, PAGE));
        let mut read = 0_u64;
        while let Some(asked) = page {
            let rows = self.store().attempts(asked).await?;
            page = asked.next(&rows);
            // Let go of between pages, so that nobody waits for a whole day.
            let mut state = self.watch().state();
            for tried in &rows {
                state.kept.learn(tried);
            }
            drop(state);
            read += rows.len() as u64;
            if read.is_multiple_of(u64::from(PAGE) * 50) && page.is_some() {
                tracing::info!(attempt.count = read, "the feed of attempts is being read");
            }
        }
        Ok(read)
    }

    /// How many rows the windows keep, in how many bytes, and whether any was dropped before its
    /// time.
    #[must_use]
    pub fn windows_kept(&self) -> (usize, usize, bool) {
        let mut state = self.watch().state();
        let now = self.now();
        state.kept.advance(now);
        let kept = &state.kept;
        (kept.len(), kept.bytes(), kept.is_bounded())
    }
}

/// How far back a reading goes for rows that landed late: about every second, and twice a minute.
pub(crate) const LATE: [Span; 2] = [Span::seconds(5), Span::seconds(90)];
