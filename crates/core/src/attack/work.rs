//! What people of the firm do with an alert: they take it, and close it.
//!
//! **Invariant:** nobody takes an alert from a colleague without having seen whose it was.

use super::AlertKnown;
use crate::access::Act;
use crate::change::{AlertChange, Change};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{AlertId, DecisionId};
use crate::known::StaffRole;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// A person closes an alert. It opens again if the attack goes on.
pub fn decide_close(
    id: AlertId,
    staff: &StaffProved,
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let recorded = serde_json::json!({ "alert": id, "closed": true });
    let entry = Entry {
        actor: Actor::Staff(staff.id()),
        ..Entry::of_worker(Act::Alert, at, recorded.to_string(), policy)
    };
    let closed = AlertChange::Closed { id, at: at.1 };
    Decision::of(entry).with([staff.stands(), Change::Alert(Box::new(closed))])
}

/// A person looks into an alert from now on, in the place of whoever did: `seen` is since when
/// somebody did, as the person was shown. One that opens again is nobody's.
pub fn decide_take(
    (known, seen): (&AlertKnown, Option<Moment>),
    staff: &StaffProved,
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let since = known.taken.map(|(_, since)| since);
    let reason = if !staff.has(StaffRole::Operations) {
        Reason::StaffRole
    } else if known.closed.is_some() || since != seen {
        Reason::AlertAltered
    } else {
        Reason::Proved
    };
    let recorded = serde_json::json!({ "alert": known.id, "wanted": "taken" });
    let taken = reason == Reason::Proved;
    let decision = Decision::of(Entry {
        actor: Actor::Staff(staff.id()),
        verdict: if taken {
            Verdict::Allow
        } else {
            Verdict::Refuse
        },
        reasons: vec![reason],
        ..Entry::of_worker(Act::Alert, at, recorded.to_string(), policy)
    });
    if !taken {
        return decision;
    }
    let change = AlertChange::Taken {
        id: known.id,
        by: staff.id(),
        seen,
        at: at.1,
    };
    decision.with([staff.stands(), Change::Alert(Box::new(change))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::{AttackKind, Counts};
    use crate::id::StaffId;
    use crate::moment::Span;
    use crate::sample::{NOW, person, policy};

    #[test]
    fn an_alert_is_taken_as_it_was_shown_by_whoever_has_the_role() {
        let since = NOW.minus(Span::minutes(5));
        let other = (StaffId([2; 16]), since);
        let cases = [
            (StaffRole::Operations, None, None, None, Reason::Proved),
            (
                StaffRole::Operations,
                Some(other),
                Some(since),
                None,
                Reason::Proved,
            ),
            (
                StaffRole::Operations,
                Some(other),
                None,
                None,
                Reason::AlertAltered,
            ),
            (
                StaffRole::Operations,
                None,
                Some(since),
                None,
                Reason::AlertAltered,
            ),
            (
                StaffRole::Operations,
                None,
                None,
                Some(NOW),
                Reason::AlertAltered,
            ),
            (StaffRole::Monitor, None, None, None, Reason::StaffRole),
        ];
        for (role, taken, seen, closed, reason) in cases {
            let known = AlertKnown {
                id: AlertId([7; 16]),
                kind: AttackKind::List,
                label: "203.0.113.7".to_owned(),
                first: since,
                last: NOW,
                raised: NOW,
                counts: Counts::default(),
                taken,
                closed,
            };
            let staff = StaffProved::assert_staff(&person(1, &[role]));
            let at = (DecisionId([9; 16]), NOW);
            let decision = decide_take((&known, seen), &staff, at, &policy());
            assert_eq!(decision.reasons(), [reason], "{taken:?} {seen:?}");
            assert_eq!(decision.changes.is_empty(), reason != Reason::Proved);
        }
    }
}
