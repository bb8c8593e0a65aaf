//! Whether what goes out is taken, and what is read from files can be read: in words, for whoever
//! looks at the overview.
//!
//! **Invariant:** the word follows from these numbers alone, so that everybody who looks at the
//! same moment reads the same; and it gets no better by waiting longer or by losing more.

use crate::moment::{Moment, Span};

/// Who waits for so long waits for a code that others have by then. Ours.
pub const SLOW: Span = Span::minutes(1);
/// After so long readiness says so, too ([`crate::siem`]): half of the time that a code is good
/// for.
pub const FAILING: Span = Span::minutes(5);
/// What was sent and given up counts for so long.
pub const LATELY: Span = Span::hours(1);
/// So many given up are no accident of one address. Ours.
pub const FEW: i64 = 3;
/// Messages of each state that are looked at. A count that ends here is long past what decides the
/// word for it.
pub const MOST_MESSAGES: u32 = 5_000;
/// How far is counted what waits to be told outside; more is not worth a longer look.
pub const MOST_TOLD: u32 = 100_000;
/// An address file that is older tells of another Internet (docs/logging.md).
pub const OLD: Span = Span::days(365);

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// Nothing went through lately, and nothing waits: nothing is known.
    Quiet,
    /// In order.
    InOrder,
    /// It goes on, and later than it should; of files: they are old.
    Slow,
    /// Nothing gets through, or most of it is lost; of files: one cannot be read.
    Failing,
}

impl Health {
    /// Whether somebody should look.
    #[must_use]
    pub fn is_bad(self) -> bool {
        self >= Self::Slow
    }
}

/// How it goes with the messages of one carrier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// How many wait.
    pub waiting: i64,
    /// Since when the one that has waited longest does.
    pub oldest: Option<Moment>,
    /// How many were sent in the last hour.
    pub sent: i64,
    /// When the last of these was.
    pub last_sent: Option<Moment>,
    /// How many were given up in the last hour.
    pub given_up: i64,
}

impl Carried {
    /// Failing is what gets nothing through: something has waited for five minutes and nothing was
    /// sent in these, or three and more were given up in an hour and no more than those were sent.
    /// Slow is where something has waited for a minute, or something was given up and nothing sent.
    #[must_use]
    pub fn health(&self, now: Moment) -> Health {
        let waits = |span: Span| self.oldest.is_some_and(|since| now.since(since) >= span);
        let is_taken = self.last_sent.is_some_and(|at| now.since(at) < FAILING);
        let is_lost = self.given_up >= FEW && self.given_up >= self.sent;
        if is_lost || (waits(FAILING) && !is_taken) {
            return Health::Failing;
        }
        if waits(SLOW) || (self.given_up > 0 && self.sent == 0) {
            return Health::Slow;
        }
        match self.waiting + self.sent + self.given_up {
            0 => Health::Quiet,
            _ => Health::InOrder,
        }
    }
}

/// How it goes with what is told outside, by since when the oldest waits.
#[must_use]
pub fn told(oldest: Option<Moment>, now: Moment) -> Health {
    let waits = |span: Span| oldest.is_some_and(|since| now.since(since) >= span);
    match (waits(FAILING), waits(SLOW)) {
        (true, _) => Health::Failing,
        (false, true) => Health::Slow,
        (false, false) => Health::InOrder,
    }
}

/// How it goes with the address files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilesRead {
    /// How many there are.
    pub files: usize,
    /// Of how many what is there is not what counts.
    pub broken: usize,
    /// When the oldest was made, of those that say so.
    pub oldest: Option<Moment>,
}

impl FilesRead {
    /// Failing is where one cannot be read; slow where one is older than a year.
    #[must_use]
    pub fn health(&self, now: Moment) -> Health {
        let is_old = self.oldest.is_some_and(|made| now.since(made) > OLD);
        match (self.files, self.broken, is_old) {
            (0, ..) => Health::Quiet,
            (_, 0, false) => Health::InOrder,
            (_, 0, true) => Health::Slow,
            (_, _, _) => Health::Failing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::NOW;

    fn ago(seconds: i64) -> Option<Moment> {
        Some(NOW.minus(Span::seconds(seconds)))
    }

    fn carried(waits: Option<i64>, sent: (i64, Option<i64>), given_up: i64) -> Carried {
        Carried {
            waiting: i64::from(waits.is_some()),
            oldest: waits.and_then(ago),
            sent: sent.0,
            last_sent: sent.1.and_then(ago),
            given_up,
        }
    }

    #[test]
    fn the_word_for_messages_is_as_the_table_says() {
        const NONE: (i64, Option<i64>) = (0, None);
        let table = [
            (None, NONE, 0, Health::Quiet),
            (None, (9, Some(3_599)), 0, Health::InOrder),
            (Some(0), NONE, 0, Health::InOrder),
            (Some(59), NONE, 0, Health::InOrder),
            (Some(60), NONE, 0, Health::Slow),
            (Some(299), NONE, 0, Health::Slow),
            (Some(300), NONE, 0, Health::Failing),
            // One mailbox takes nothing, and others do.
            (Some(86_000), (9, Some(299)), 0, Health::Slow),
            (Some(86_000), (9, Some(300)), 0, Health::Failing),
            // Given up at once, so that nothing waits.
            (None, NONE, 1, Health::Slow),
            (None, NONE, 3, Health::Failing),
            (None, (2, Some(10)), 2, Health::InOrder),
            (None, (3, Some(10)), 3, Health::Failing),
            (None, (4, Some(10)), 3, Health::InOrder),
        ];
        for (waits, sent, given_up, word) in table {
            let found = carried(waits, sent, given_up).health(NOW);
            assert_eq!(found, word, "{waits:?} {sent:?} {given_up}");
        }
        // A clock that was ahead on another node makes nothing old.
        assert_eq!(carried(Some(-600), NONE, 0).health(NOW), Health::InOrder);
    }

    #[test]
    fn no_word_gets_better_by_waiting_or_by_losing() {
        let waits = [None, Some(0), Some(59), Some(60), Some(300), Some(9_000)];
        let all = |sent, given_up| waits.map(|waits| carried(waits, sent, given_up).health(NOW));
        for sent in [(0, None), (1, Some(10)), (2, Some(400)), (50, Some(0))] {
            for given_up in 0..60 {
                let (one, worse) = (all(sent, given_up), all(sent, given_up + 1));
                assert!(one.is_sorted(), "{sent:?} {given_up}");
                let pairs = one.iter().zip(&worse);
                assert!(pairs.into_iter().all(|(one, worse)| worse >= one));
            }
        }
    }

    #[test]
    fn what_is_told_outside_is_slow_after_a_minute_and_failing_after_five() {
        let words = [None, Some(0), Some(59), Some(60), Some(299), Some(300)]
            .map(|waits| told(waits.and_then(ago), NOW));
        let (fine, slow) = (Health::InOrder, Health::Slow);
        assert_eq!(words, [fine, fine, fine, slow, slow, Health::Failing]);
        assert!(words.map(Health::is_bad)[3] && !Health::Quiet.is_bad());
    }

    #[test]
    fn files_fail_by_one_that_cannot_be_read() {
        let year = OLD.as_seconds();
        let read = |files, broken, age: Option<i64>| FilesRead {
            files,
            broken,
            oldest: age.and_then(ago),
        };
        for (read, word) in [
            (read(0, 0, None), Health::Quiet),
            (read(2, 0, None), Health::InOrder),
            (read(2, 0, Some(year)), Health::InOrder),
            (read(2, 0, Some(year + 1)), Health::Slow),
            (read(2, 1, Some(0)), Health::Failing),
        ] {
            assert_eq!(read.health(NOW), word, "{read:?}");
        }
    }
}
