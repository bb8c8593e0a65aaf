//! The windows of this node: what rules ask of them, and how they follow the feed of attempts.
//!
//! A node counts its own attempts as soon as they landed, and those of other nodes when it reads
//! the feed again, about every second. A row is dated when its decision was taken and may land
//! later, so each reading goes back a little, and once in a while further.
//!
//! **Invariant:** a row is counted once, however often it is read; before the last day was read,
//! nothing is said of any window.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sekisho_core::attack::Attack;
use sekisho_core::attempt::{Origin, Tried};
use sekisho_core::count;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::reason::Reason;
use sekisho_core::risk::pace::{Limits, Windows};
use sekisho_core::risk::paced::PaceSeen;
use sekisho_core::risk::windows::{Copied, Copying, Kept, MOST};
use sekisho_store::AttemptPage;

use crate::fault::Fault;
use crate::gate::Gate;
use crate::workers::alerts::Told;

/// Rows that are read at once.
const PAGE: u32 = 2_000;
/// How far ahead of this node's clock a row may be dated to be read: that of a node whose clock
/// runs further ahead is read once its moment has come, and not again and again until then.
const AHEAD: Span = Span::minutes(10);
/// Rows that are copied at once, so that nobody who signs in waits for more: a megabyte.
const SLICE: usize = 10_000;

/// What a node holds.
pub(crate) struct Watch {
    state: Mutex<State>,
    told: Mutex<Told>,
    held: Mutex<VecDeque<(Moment, Reason)>>,
}

struct State {
    kept: Kept,
    caught_up: bool,
    /// How often it was begun anew.
    generation: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            state: Mutex::new(State::begin()),
            told: Mutex::default(),
            held: Mutex::default(),
        }
    }
}

impl State {
    fn begin() -> Self {
        Self {
            kept: Kept::new(MOST),
            caught_up: false,
            generation: 0,
        }
    }

    /// The same at `now`. Where the clock had been far ahead everything of today is over for what
    /// is kept: it is begun anew, and unknown until the last day was read.
    fn at(&mut self, now: Moment) {
        if self.kept.is_ahead(now) {
            tracing::error!(
                "the clock was ahead; the windows are unknown until they are read again"
            );
            *self = Self {
                generation: self.generation + 1,
                ..Self::begin()
            };
        }
        self.kept.advance(now);
    }
}

impl Watch {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an attempt that landed.
    pub(crate) fn learn(&self, tried: &Tried) {
        self.state().kept.learn(tried);
    }

    /// The same of a page. The windows are let go of between pages, so that nobody waits for a
    /// whole day.
    fn learn_all(&self, rows: &[Tried]) {
        let mut state = self.state();
        for tried in rows {
            state.kept.learn(tried);
        }
    }

    /// The day that was begun to be read in this generation is read: the windows are known, unless
    /// they were begun anew meanwhile and what was read before is not in them.
    fn caught_up(&self, generation: u64) {
        let mut state = self.state();
        state.caught_up |= state.generation == generation;
    }

    /// How many rows were counted; `None` before the last day was read.
    pub(crate) fn learnt(&self) -> Option<u64> {
        let state = self.state();
        state.caught_up.then(|| state.kept.learnt())
    }

    /// A copy of the rows as of `now`, a slice at a time: whoever signs in is let in between.
    /// `None` before the last day was read.
    pub(crate) async fn copied(&self, now: Moment) -> Option<Copied> {
        let mut copied = Copied::default();
        loop {
            if self.copy(&mut copied, now)? == Copying::Done {
                return Some(copied);
            }
            tokio::task::yield_now().await;
        }
    }

    fn copy(&self, copied: &mut Copied, now: Moment) -> Option<Copying> {
        let mut state = self.state();
        state.at(now);
        state.caught_up.then(|| state.kept.copy(copied, SLICE))
    }

    /// Remembers that a text message was held back at `at`, if it was for a reason that pumping
    /// has.
    pub(crate) fn held(&self, at: Moment, reasons: &[Reason]) {
        let held = reasons.iter().copied().find(|one| PUMPING.contains(one));
        let Some(reason) = held else { return };
        let mut all = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back((at, reason));
        if all.len() > MOST_HELD {
            all.pop_front();
        }
    }
}

/// Reasons for which text messages are held back when somebody earns on them. That one number had
/// many is none.
const PUMPING: [Reason; 4] = [
    Reason::TextBudget,
    Reason::TextCountryLimit,
    Reason::TextPrefixLimit,
    Reason::TextUnanswered,
];

/// Messages held back that are remembered.
const MOST_HELD: usize = 10_000;

/// From so many of them within an hour on it is an attack. An assumption.
const PUMPED: usize = 10;

impl Gate {
    /// What this node wrote of alerts.
    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.watch()
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Text messages that were held back on this node within the last hour, where they are many.
    pub(crate) fn pumped(&self, now: Moment) -> Vec<Attack> {
        let held = &self.watch().held;
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(at, _)| now.since(*at) < Span::hours(1));
        let of = |reason: Reason| {
            let of = held.iter().filter(|(_, one)| *one == reason);
            let moments: Vec<_> = of.map(|(at, _)| *at).collect();
            let (first, last) = (*moments.first()?, *moments.last()?);
            let many = moments.len() >= PUMPED;
            many.then(|| Attack::pumping(reason, moments.len() as u32, (first, last)))
        };
        PUMPING.into_iter().filter_map(of).collect()
    }

    /// What the windows of `origin` say now; unknown before the last day was read.
    pub(crate) fn paced(&self, origin: &Origin, now: Moment) -> Option<PaceSeen> {
        let mut state = self.watch().state();
        state.at(now);
        let windows = match state.caught_up {
            true => state.kept.look(origin, now),
            false => Windows::default(),
        };
        PaceSeen::of(&windows, &Limits::SHIPPED)
    }

    /// Reads the last day of the feed; answers how many rows there were. After this the windows are
    /// known, unless the clock was set meanwhile.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn replay_attempts(&self) -> Result<u64, Fault> {
        let generation = self.watch().state().generation;
        let read = self.read_attempts(self.now().minus(Kept::LONGEST)).await?;
        self.watch().caught_up(generation);
        Ok(read)
    }

    /// Reads the feed from `since` on and counts what was not counted yet; answers how many rows
    /// were read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read_attempts(&self, since: Moment) -> Result<u64, Fault> {
        let until = self.now().plus(AHEAD);
        let mut page = Some(AttemptPage::between(since, until, PAGE));
        let mut read = 0_u64;
        while let Some(asked) = page {
            let rows = self.store().attempts(asked).await?;
            page = asked.next(&rows);
            self.watch().learn_all(&rows);
            read += rows.len() as u64;
            if read.is_multiple_of(u64::from(PAGE) * 50) && page.is_some() {
                tracing::info!(attempt.count = read, "the feed of attempts is being read");
            }
        }
        Ok(read)
    }

    /// Reads what was decided from `since` on, whenever it happened, and counts what was not
    /// counted yet: an application may tell within a day what it saw. Answers how many rows were
    /// read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read_decided(&self, since: Moment) -> Result<u64, Fault> {
        let until = count::before(self.now().plus(AHEAD));
        let mut after = Some(count::before(since));
        let mut read = 0_u64;
        while let Some(place) = after {
            let (rows, last) = self.store().attempts_decided((place, until), PAGE).await?;
            self.watch().learn_all(&rows);
            read += rows.len() as u64;
            after = last;
        }
        Ok(read)
    }

    /// How many rows the windows keep, in how many bytes, and whether any was dropped before its
    /// time.
    #[must_use]
    pub fn windows_kept(&self) -> (usize, usize, bool) {
        let mut state = self.watch().state();
        state.at(self.now());
        let kept = &state.kept;
        (kept.len(), kept.bytes(), kept.is_bounded())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_core::access::Act;
    use sekisho_core::attempt::Account;
    use sekisho_core::context::{Context, Place, Terminal};
    use sekisho_core::id::DecisionId;
    use sekisho_core::known::Strange;
    use sekisho_core::sighting::Ending;

    #[test]
    fn what_was_read_before_the_windows_were_begun_anew_makes_them_not_known() {
        let watch = Watch::default();
        let begun = watch.state().generation;
        let far = Moment(0).plus(Span::days(900));
        watch.state().at(far);
        // The clock is set right while the day is being read.
        watch.state().at(far.minus(Span::days(400)));
        watch.caught_up(begun);
        assert_eq!(watch.learnt(), None);
        let again = watch.state().generation;
        watch.caught_up(again);
        assert_eq!(watch.learnt(), Some(0));
    }

    fn tried(number: usize) -> Tried {
        let id = (number as u128 + 1).to_be_bytes();
        Tried {
            decision: DecisionId(id),
            at: Moment(number as i64),
            act: Act::SignIn,
            origin: Origin {
                account: Account::Nobody(id),
                context: Context {
                    address: None,
                    place: Place::default(),
                    client: None,
                    device: None,
                    terminal: Terminal::Own,
                },
                device: None,
                met: Strange::New,
                agent: Some([1; 16]),
                application: None,
            },
            ending: Ending::Failure,
        }
    }

    #[tokio::test]
    async fn whoever_signs_in_is_let_in_between_two_slices_of_a_copy() {
        let watch = Watch::default();
        (0..2 * SLICE).for_each(|number| watch.learn(&tried(number)));
        let now = Moment(Span::minutes(1).0);
        assert_eq!(watch.copied(now).await, None, "nothing is known yet");
        watch.state().caught_up = true;
        let others = async {
            // Nobody holds the windows while the copy goes on.
            assert!(watch.state.try_lock().is_ok());
            watch.learn(&tried(2 * SLICE));
        };
        let (copied, ()) = tokio::join!(watch.copied(now), others);
        let copied = copied.unwrap();
        assert_eq!(copied.rows.len(), 2 * SLICE + 1, "it was let in");
        assert_eq!(copied.now, now);
        assert_eq!(copied.hot.len(), 1);
        assert_eq!(watch.learnt(), Some(2 * SLICE as u64 + 1));
    }
}
