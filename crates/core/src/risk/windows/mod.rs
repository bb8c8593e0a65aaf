//! The windows that [`super::pace`] judges, kept in memory as a fold over the feed of attempts.
//!
//! **What is counted.** For each of seven keys the attempts of the last ten minutes, hour or day:
//! failures, successes and different accounts that failed. Exact to the microsecond, in whatever
//! order rows arrive. A row is counted once, by its decision, and the attempt that is judged is not
//! among what it is judged by, since it becomes a row only when its decision is durable. Pending
//! attempts count as neither failure nor success.
//!
//! **Time.** The left edge of a window is its span before the latest moment that was ever asked
//! for, and never goes back: with a clock that was set back windows are shorter, not wrong. Where
//! it was far ahead they are to be begun anew ([`Kept::is_ahead`]), or they would stay empty until
//! the clock has caught up.
//!
//! **Memory.** At most `most` rows (some 112 bytes each, and up to 100 for each of the seven keys).
//! What is dropped before its time is not forgotten: its failures stay in a sketch that never
//! counts too few (`beyond`), so that nobody hides by flooding. Beyond the bound windows may say
//! more failures and accounts than there were, never fewer, and fewer successes.
//!
//! **Invariant:** below the bound, what is looked up equals counting all rows anew.

mod beyond;
mod event;
mod sliding;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

pub use event::{Event, Key, Keyed};

use self::sliding::Sliding;
use super::pace::Windows;
use crate::attempt::{Origin, Tried};
use crate::id::DecisionId;
use crate::moment::{Moment, Span};

/// Rows that are kept at most unless somebody says otherwise: a day of a service with half a
/// million sign-ins.
pub const MOST: usize = 500_000;

/// The windows.
#[derive(Debug)]
pub struct Kept {
    /// In the order of the feed; the front is the oldest.
    events: VecDeque<Event>,
    most: usize,
    sliding: [Sliding; Keyed::ALL.len()],
    /// The latest moment that was asked for.
    now: Moment,
    /// The last row that was dropped before its time: what is older is not taken any more.
    floor: Option<(Moment, DecisionId)>,
    /// How many rows were counted since this began.
    learnt: u64,
}

/// Rows that were copied out, so that attacks can be looked for in them while others go on
/// counting.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Copied {
    /// The latest moment that was asked for.
    pub now: Moment,
    /// The keys of which there was too much then.
    pub hot: Vec<(Keyed, Key)>,
    /// The rows in the order of the feed.
    pub rows: Vec<Event>,
}

/// Whether there is more to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copying {
    /// It is complete.
    Done,
    /// There are more rows.
    Goes,
}

impl Kept {
    /// Windows over at most `most` rows, one at least.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            events: VecDeque::new(),
            most: most.max(1),
            sliding: Keyed::ALL.map(Sliding::new),
            now: Moment(i64::MIN),
            floor: None,
            learnt: 0,
        }
    }

    /// The longest span.
    pub const LONGEST: Span = Span::days(1);

    /// By how much the latest moment may lie before a clock that was set back is one that was wrong
    /// before. Ours: as long as the windows that most is judged by.
    const AHEAD: Span = Span::hours(1);

    /// Whether the latest moment that was asked for lies far after `now`, since a clock was ahead.
    #[must_use]
    pub fn is_ahead(&self, now: Moment) -> bool {
        self.now.since(now) > Self::AHEAD
    }

    /// What was counted for `origin` until `now`.
    pub fn look(&mut self, origin: &Origin, now: Moment) -> Windows {
        self.advance(now);
        let now = self.now;
        let mut windows = Windows::default();
        for sliding in &mut self.sliding {
            let keyed = sliding.keyed();
            let window = keyed.of(origin).map(|key| sliding.look(&key, now));
            *keyed.place(&mut windows) = window;
        }
        windows
    }

    /// Counts a row of the feed, once; `false` if it was counted before or is over.
    pub fn learn(&mut self, tried: &Tried) -> bool {
        let event = Event::of(tried);
        let place = event.place();
        let over = event.at <= self.now.minus(Self::LONGEST);
        if over || self.floor.is_some_and(|floor| place <= floor) {
            return false;
        }
        let Err(index) = self.events.binary_search_by(|one| one.place().cmp(&place)) else {
            return false;
        };
        for sliding in &mut self.sliding {
            sliding.take(&event, self.now);
        }
        self.events.insert(index, event);
        self.learnt += 1;
        if self.events.len() > self.most {
            self.drop_oldest();
        }
        true
    }

    /// Copies at most `most` rows that follow those in `copied`, and with the last of them the keys
    /// of which there is too much. What landed late before the end of a copy is not in it.
    pub fn copy(&self, copied: &mut Copied, most: usize) -> Copying {
        let begin = copied.rows.last().map_or(0, |last| {
            let last = last.place();
            self.events.partition_point(|one| one.place() <= last)
        });
        if copied.rows.is_empty() {
            copied.rows.reserve(self.events.len().saturating_add(most));
        }
        let rows = self.events.range(begin..).take(most);
        copied.rows.extend(rows);
        if self.events.len().saturating_sub(begin) > most {
            return Copying::Goes;
        }
        let hot = |sliding: &Sliding| {
            let keyed = sliding.keyed();
            sliding
                .hot()
                .map(move |key| (keyed, key))
                .collect::<Vec<_>>()
        };
        copied.hot = self.sliding.iter().flat_map(hot).collect();
        copied.now = self.now;
        Copying::Done
    }

    /// How many rows were counted since this began.
    #[must_use]
    pub const fn learnt(&self) -> u64 {
        self.learnt
    }

    /// How many rows are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether rows were dropped before their time, so that windows may say too much.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        let since = self.now.minus(Self::LONGEST);
        self.floor.is_some_and(|(at, _)| at > since)
    }

    /// Bytes that are held, as far as the capacities of what holds them say.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let events = self.events.capacity() * size_of::<Event>();
        events + self.sliding.iter().map(Sliding::bytes).sum::<usize>()
    }

    /// Lets go of what is over.
    pub fn advance(&mut self, now: Moment) {
        self.now = self.now.max(now);
        let mut gone = usize::MAX;
        for sliding in &mut self.sliding {
            let edge = self.now.minus(sliding.span());
            while let Some(event) = self.events.get(sliding.gone()).filter(|one| one.at <= edge) {
                sliding.forget(event);
            }
            gone = gone.min(sliding.gone());
        }
        for sliding in &mut self.sliding {
            sliding.dropped(gone);
        }
        self.events.drain(..gone);
    }

    fn drop_oldest(&mut self) {
        let Some(event) = self.events.pop_front() else {
            return;
        };
        for sliding in &mut self.sliding {
            sliding.give_up(&event);
        }
        self.floor = Some(event.place());
    }
}
