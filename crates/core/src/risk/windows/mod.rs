//! The windows that [`super::pace`] judges, kept in memory as a fold over the feed of attempts.
//!
//! **What is counted.** For each of seven keys the attempts of the last ten minutes, hour or day:
//! failures, successes and different accounts that failed. Exact to the microsecond, in whatever
//! order rows arrive. A row is counted once, by its decision, and the attempt that is judged is not
//! among what it is judged by, since it becomes a row only when its decision is durable. Pending
//! attempts count as neither failure nor success.
//!
//! **Time.** The left edge of a window is its span before the latest moment that was ever asked
//! for, and never goes back: with a clock that was set back windows are shorter, not wrong.
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
use super::pace::{Limits, Pace, Windows};
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
        }
    }

    /// The longest span.
    pub const LONGEST: Span = Span::days(1);

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
        if self.events.len() > self.most {
            self.drop_oldest();
        }
        true
    }

    /// The keys of which there is too much within a window, as of the latest moment that was asked
    /// for. What was dropped before its time does not count here.
    pub fn over(&self, keyed: Keyed, pace: Pace, limits: &Limits) -> impl Iterator<Item = Key> {
        let sliding = self.sliding.iter().filter(move |one| one.keyed() == keyed);
        sliding.flat_map(move |sliding| sliding.over(pace, limits))
    }

    /// The latest moment that was asked for.
    #[must_use]
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// The rows that are kept, the oldest first.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter()
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
