//! The daily look: which day is to be looked at next.
//!
//! **Invariant:** every day since the first is looked at, in order and once, however long nobody
//! looked; a day is looked at when it has been over for a while, so that what landed late is in it.

use crate::moment::{Moment, Span};
use crate::policy::DailyPolicy;

const DAY: Span = Span::days(1);

/// How long a day has to be over: commits land within seconds, and applications say within minutes
/// what they carried out. Our own figure.
const LATE: Span = Span::hours(1);

/// From so far ahead on what was looked at is the word of a clock that was wrong. Our own figure:
/// nodes do not differ by as much.
const AHEAD: Span = Span::hours(6);

/// So many days are then looked at again, since nobody knows which were looked at before they
/// were over: what is found twice is one case. As long as such a clock may go unnoticed; ours.
const AGAIN: Span = Span::days(7);

/// The next day to look at, from its beginning to its end; `None` while none is due. `seen` is
/// until when it was looked at; before the first look, the last day that is over is the first.
#[must_use]
pub fn due(seen: Option<Moment>, now: Moment, policy: &DailyPolicy) -> Option<(Moment, Moment)> {
    let past = now.minus(LATE).0.saturating_sub(policy.begins().0);
    let over = past.div_euclid(DAY.0).saturating_mul(DAY.0);
    let end = Moment(over).plus(policy.begins());
    let from = match seen {
        Some(seen) if seen.since(now) > AHEAD => end.minus(AGAIN),
        Some(seen) => seen,
        None => end.minus(DAY),
    };
    let until = from.plus(DAY);
    (until <= end).then_some((from, until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn daily() -> DailyPolicy {
        Policy::profile("jsda-2025").unwrap().daily
    }

    fn at(text: &str) -> Moment {
        Moment::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn a_day_of_japan_is_looked_at_an_hour_after_it_is_over() {
        let daily = daily();
        let day = Some((
            at("2026-11-20T00:00:00+09:00"),
            at("2026-11-21T00:00:00+09:00"),
        ));
        assert_eq!(due(None, at("2026-11-21T01:00:00+09:00"), &daily), day);
        let before = due(None, at("2026-11-21T00:59:59+09:00"), &daily);
        assert_eq!(before.unwrap().1, at("2026-11-20T00:00:00+09:00"));
        let seen = Some(at("2026-11-21T00:00:00+09:00"));
        assert_eq!(due(seen, at("2026-11-21T23:00:00+09:00"), &daily), None);
    }

    #[test]
    fn days_that_were_missed_are_made_up_for_in_order() {
        let (daily, now) = (daily(), at("2026-11-21T12:00:00+09:00"));
        let mut seen = Some(at("2026-11-01T00:00:00+09:00"));
        let mut days = 0;
        while let Some((from, until)) = due(seen, now, &daily) {
            assert_eq!((Some(from), until.since(from)), (seen, DAY));
            seen = Some(until);
            days += 1;
        }
        assert_eq!((days, seen), (20, Some(at("2026-11-21T00:00:00+09:00"))));
        // A clock that is a little behind looks at nothing again.
        let behind = seen.unwrap().minus(Span::hours(6));
        assert_eq!(due(seen, behind, &daily), None);
    }

    #[test]
    fn days_that_a_clock_looked_at_before_they_were_over_are_looked_at_again() {
        let (daily, now) = (daily(), at("2026-11-21T12:00:00+09:00"));
        // A node began with its clock a month ahead, and looked at every day until then.
        let mut seen = Some(at("2026-12-21T00:00:00+09:00"));
        let mut from = None;
        while let Some(day) = due(seen, now, &daily) {
            from = from.or(Some(day.0));
            seen = Some(day.1);
        }
        assert_eq!(from, Some(at("2026-11-14T00:00:00+09:00")));
        assert_eq!(seen, Some(at("2026-11-21T00:00:00+09:00")));
    }
}
