//! One window: what was counted within its span, by key.
//!
//! **Invariant:** a key of which nothing is counted takes no memory; the keys of which there is too
//! much are known at any moment without looking at the others.

use std::collections::{HashMap, HashSet};

use super::beyond::Beyond;
use super::event::{Event, Key, Keyed};
use crate::moment::{Moment, Span};
use crate::risk::pace::{Limits, Window};
use crate::sighting::Ending;

/// See the module.
#[derive(Debug)]
pub(super) struct Sliding {
    keyed: Keyed,
    /// How many of the oldest rows that are kept are over for this window.
    gone: usize,
    tallies: HashMap<Key, Window>,
    /// Failures by key and account; none where the key is the account.
    failed: HashMap<(Key, Key), u32>,
    /// The keys of which there is too much.
    hot: HashSet<Key>,
    /// What was dropped before its time.
    beyond: Option<Box<Beyond>>,
}

impl Sliding {
    pub(super) fn new(keyed: Keyed) -> Self {
        Self {
            keyed,
            gone: 0,
            tallies: HashMap::new(),
            failed: HashMap::new(),
            hot: HashSet::new(),
            beyond: None,
        }
    }

    pub(super) const fn keyed(&self) -> Keyed {
        self.keyed
    }

    pub(super) const fn span(&self) -> Span {
        self.keyed.span()
    }

    /// How many of the oldest rows are over.
    pub(super) const fn gone(&self) -> usize {
        self.gone
    }

    /// The oldest `rows` are not kept any more; all of them are over.
    pub(super) const fn dropped(&mut self, rows: usize) {
        self.gone = self.gone.saturating_sub(rows);
    }

    pub(super) fn look(&self, key: &Key, now: Moment) -> Window {
        let mut window = self.tallies.get(key).copied().unwrap_or_default();
        if let Some(beyond) = &self.beyond {
            let more = beyond.count(key, now);
            window.failures = window.failures.saturating_add(more);
            window.accounts = window.accounts.saturating_add(more);
        }
        window
    }

    /// The keys of which there is too much. What was dropped before its time does not count here.
    pub(super) fn hot(&self) -> impl Iterator<Item = Key> {
        self.hot.iter().copied()
    }

    /// Whether there is too much of `key`, after its window changed.
    fn weigh(&mut self, key: Key) {
        let Some(pace) = self.keyed.attacked() else {
            return;
        };
        let window = self.tallies.get(&key).copied().unwrap_or_default();
        if pace.is_over(window, &Limits::SHIPPED) {
            self.hot.insert(key);
        } else if self.hot.remove(&key) && self.hot.is_empty() {
            self.hot.shrink_to_fit();
        }
    }

    /// Counts a row that is kept from now on.
    pub(super) fn take(&mut self, event: &Event, now: Moment) {
        if event.at <= now.minus(self.span()) {
            self.gone += 1;
            return;
        }
        let Some(key) = event.key(self.keyed) else {
            return;
        };
        match event.ending {
            Ending::Pending => {}
            Ending::Success => self.tallies.entry(key).or_default().successes += 1,
            Ending::Failure => {
                let window = self.tallies.entry(key).or_default();
                window.failures += 1;
                if self.keyed == Keyed::Account {
                    window.accounts = 1;
                    return;
                }
                let failed = self.failed.entry((key, event.account().key())).or_default();
                *failed += 1;
                window.accounts += u32::from(*failed == 1);
            }
        }
        self.weigh(key);
    }

    /// Lets go of the next row, which is over.
    pub(super) fn forget(&mut self, event: &Event) {
        self.gone += 1;
        self.uncount(event);
    }

    /// Lets go of the oldest row, over or not.
    pub(super) fn give_up(&mut self, event: &Event) {
        if self.gone > 0 {
            self.gone -= 1;
            return;
        }
        self.uncount(event);
        if let (Ending::Failure, Some(key)) = (event.ending, event.key(self.keyed)) {
            let span = self.span();
            let beyond = self
                .beyond
                .get_or_insert_with(|| Box::new(Beyond::new(span)));
            beyond.keep(&key, event.at);
        }
    }

    fn uncount(&mut self, event: &Event) {
        let Some(key) = event.key(self.keyed) else {
            return;
        };
        let Some(window) = self.tallies.get_mut(&key) else {
            return;
        };
        match event.ending {
            Ending::Pending => return,
            Ending::Success => window.successes -= 1,
            Ending::Failure => {
                window.failures -= 1;
                if self.keyed == Keyed::Account {
                    window.accounts = u32::from(window.failures > 0);
                } else {
                    let pair = (key, event.account().key());
                    let left = self.failed.get_mut(&pair).map(|failed| {
                        *failed -= 1;
                        *failed
                    });
                    if left == Some(0) {
                        self.failed.remove(&pair);
                        window.accounts -= 1;
                    }
                }
            }
        }
        if *window == Window::default() {
            self.tallies.remove(&key);
        }
        shrink(&mut self.tallies);
        shrink(&mut self.failed);
        self.weigh(key);
    }

    /// By the capacities; one byte more for each place, as hash tables have.
    pub(super) fn bytes(&self) -> usize {
        let tallies = self.tallies.capacity() * (size_of::<(Key, Window)>() + 1);
        let failed = self.failed.capacity() * (size_of::<((Key, Key), u32)>() + 1);
        let beyond = self.beyond.as_ref().map_or(0, |beyond| beyond.bytes());
        let hot = self.hot.capacity() * (size_of::<Key>() + 1);
        tallies + failed + hot + beyond
    }
}

/// Gives back what an attack that is over took.
fn shrink<K: Eq + std::hash::Hash, V>(map: &mut HashMap<K, V>) {
    if map.capacity() > 1_024 && map.len() * 8 < map.capacity() {
        map.shrink_to(map.len() * 2);
    }
}
