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

/// The next day to look at, from its beginning to its end; `None` while none is due. `seen` is
/// until when it was looked at; before the first look, the last day that is over is the first.
#[must_use]
pub fn due(seen: Option<Moment>, now: Moment, policy: &DailyPolicy) -> Option<(Moment, Moment)> {
    let past = now.minus(LATE).0.saturating_sub(policy.begins().0);
    let over = past.div_euclid(DAY.0).saturating_mul(DAY.0);
    let end = Moment(over).plus(policy.begins());
    let from = seen.unwrap_or_else(|| end.minus(DAY));
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
        // A clock that was set back looks at nothing again.
        assert_eq!(due(seen, now.minus(Span::days(9)), &daily), None);
    }
}
