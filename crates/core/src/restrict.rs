//! The act "restrict": a customer sets limits of their own, and what operations of a kind ask.
//!
//! What is stricter counts at once; what is weaker waits for `limit.raise_hours`, so that whoever
//! took a session over and knew a second factor gets nothing before the customer has had time to
//! read of it. Ending what waits is the safe direction, so the session is proof enough.
//!
//! **Invariant:** no limit is above the policy's, nothing weaker counts before its time, and every
//! verified channel is told.

use crate::access::{Act, OperationKind};
use crate::change::{Change, LimitChange};
use crate::context::Context;
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::known::{ChoiceKnown, CustomerState, LimitKnown, OwnLimit, Raise, Weaker};
use crate::moment::Moment;
use crate::notice::{NoticeKind, RestrictEvent};
use crate::policy::{Choice, OperationPolicy, Policy};
use crate::reason::Reason;
use crate::verdict::Requirement;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This choice; none: whatever the policy asks.
    Choice(Option<Choice>),
    /// What waits is not to count.
    Keep,
    /// These limits; where there is none, the policy's.
    Limit(OwnLimit),
}

/// What there is, of one kind.
#[derive(Clone, Copy, Debug)]
pub enum Present {
    /// A choice.
    Choice(ChoiceKnown),
    /// Limits in a currency.
    Limit(LimitKnown),
}

/// What is tried.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// For which kind.
    pub kind: OperationKind,
    /// What is wanted.
    pub wanted: Wanted,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who.
    pub owner: Owner,
    /// What there is.
    pub present: Present,
}

/// Judges the wish.
pub fn decide(
    attempt: &Attempt,
    facts: &Facts,
    spec: &OperationPolicy,
    policy: &Policy,
) -> Decision {
    let owner = &facts.owner;
    let made = match (attempt.wanted, facts.present) {
        (Wanted::Keep, Present::Limit(known)) => kept(owner, limit_kept(known)),
        (Wanted::Keep, Present::Choice(known)) => kept(owner, choice_kept(known)),
        (Wanted::Limit(wanted), Present::Limit(known)) => {
            let made = limited(owner, (wanted, known), spec, policy);
            made.and_then(|made| owner.refusal(policy).map_or(Ok(made), Err))
        }
        (Wanted::Choice(wanted), Present::Choice(known)) => {
            let made = chosen(owner, (wanted, known), spec, policy);
            made.and_then(|made| owner.refusal(policy).map_or(Ok(made), Err))
        }
        (Wanted::Limit(_) | Wanted::Choice(_), _) => Err(Reason::PolicyRequires),
    };
    let (to, event) = match made {
        Ok(made) => made,
        Err(reason) => return Decision::of(owner.entry(Act::Restrict, Some(reason), policy)),
    };
    let (customer, kind) = (owner.customer(), attempt.kind.clone());
    let change = match to {
        Present::Choice(to) => LimitChange::Chosen { customer, kind, to },
        Present::Limit(to) => LimitChange::Set { customer, kind, to },
    };
    let decision = Decision::of(owner.entry(Act::Restrict, None, policy))
        .with(owner.stands())
        .with([Change::Limit(change)]);
    let locale = owner.session.customer.locale;
    let kind = NoticeKind::Restricted {
        report: owner.report.1.clone(),
        place: attempt.context.describe(),
        operation: spec.name.in_locale(locale).to_owned(),
        event,
    };
    owner.told(decision, &kind, policy)
}

type Made = Result<(Present, RestrictEvent), Reason>;

fn kept(owner: &Owner, to: Option<(Present, RestrictEvent)>) -> Made {
    if owner.session.customer.state == CustomerState::Frozen {
        return Err(Reason::Frozen);
    }
    to.ok_or(Reason::LimitSame)
}

fn limit_kept(known: LimitKnown) -> Option<(Present, RestrictEvent)> {
    known.next?;
    let to = LimitKnown {
        next: None,
        ..known
    };
    Some((Present::Limit(to), RestrictEvent::RaiseEnded))
}

fn choice_kept(known: ChoiceKnown) -> Option<(Present, RestrictEvent)> {
    known.next?;
    let to = ChoiceKnown {
        next: None,
        ..known
    };
    Some((Present::Choice(to), RestrictEvent::WeakerEnded))
}

/// The lower of what counts and what is wanted counts now, and a raise when its time has come.
fn limited(
    owner: &Owner,
    (wanted, known): (OwnLimit, LimitKnown),
    spec: &OperationPolicy,
    policy: &Policy,
) -> Made {
    let most = spec
        .limit
        .get(known.currency)
        .ok_or(Reason::PolicyRequires)?;
    let above = |mine: Option<i64>, most: Option<i64>| mine.zip(most).is_some_and(|(a, b)| a > b);
    if above(wanted.each, most.each) || above(wanted.day, most.day) {
        return Err(Reason::LimitAbove);
    }
    let wanted = of_policy(wanted, most);
    let present = of_policy(known.at(owner.now), most);
    let lower = of_policy(most.lower(present).lower(wanted), most);
    if wanted == present && known.next.is_none_or(|next| next.from <= owner.now) {
        return Err(Reason::LimitSame);
    }
    let raise = (lower != wanted).then(|| Raise {
        to: wanted,
        asked: owner.now,
        from: owner.now.plus(policy.raise()),
    });
    let event = match raise {
        Some(_) => RestrictEvent::Raising {
            hours: policy.limit.raise_hours,
        },
        None => RestrictEvent::Lowered,
    };
    let to = LimitKnown {
        own: lower,
        next: raise,
        raised: known.last_raise(owner.now),
        before: before(known, owner.now, policy),
        ..known
    };
    Ok((Present::Limit(to), event))
}

/// What counted before a raise that counts now, and so is no wish any more that could be taken back
/// by itself; of several within the life of a report the lowest.
fn before(known: LimitKnown, now: Moment, policy: &Policy) -> Option<(OwnLimit, Moment)> {
    let of_late = |(_, asked): &(OwnLimit, Moment)| now.since(*asked) < policy.report_life();
    let earlier = known.before.filter(of_late);
    match known.next.filter(|raise| raise.from <= now) {
        Some(raise) => {
            let lower = earlier.map_or(known.own, |(limit, _)| limit.lower(known.own));
            Some((lower, raise.asked))
        }
        None => earlier,
    }
}

/// What is as the policy has it, is the policy's: it goes with it when that changes.
fn of_policy(limit: OwnLimit, most: OwnLimit) -> OwnLimit {
    let own = |mine: Option<i64>, most: Option<i64>| match (mine, most) {
        (Some(mine), Some(most)) if mine >= most => None,
        (mine, _) => mine,
    };
    OwnLimit {
        each: own(limit.each, most.each),
        day: own(limit.day, most.day),
    }
}

/// What asks everything that is asked now, and perhaps more, counts at once.
fn chosen(
    owner: &Owner,
    (wanted, known): (Option<Choice>, ChoiceKnown),
    spec: &OperationPolicy,
    policy: &Policy,
) -> Made {
    if wanted.is_some_and(|wanted| !spec.choice.contains(&wanted)) {
        return Err(Reason::PolicyRequires);
    }
    let present = known.at(owner.now);
    if wanted == present && known.next.is_none_or(|next| next.from <= owner.now) {
        return Err(Reason::LimitSame);
    }
    let stricter = {
        let (now, then) = (asked(present, spec), asked(wanted, spec));
        now.iter().all(|one| then.contains(one))
    };
    let (to, event) = match stricter {
        true => ((wanted, None), RestrictEvent::Chosen),
        false => {
            let weaker = Weaker {
                to: wanted,
                asked: owner.now,
                from: owner.now.plus(policy.raise()),
            };
            let hours = policy.limit.raise_hours;
            ((present, Some(weaker)), RestrictEvent::Weaker { hours })
        }
    };
    let to = ChoiceKnown {
        own: to.0,
        next: to.1,
        ..known
    };
    Ok((Present::Choice(to), event))
}

/// What is asked whatever the amount; of two that ask differently neither is the stricter.
fn asked(choice: Option<Choice>, spec: &OperationPolicy) -> Vec<Requirement> {
    match choice {
        Some(Choice::None) => Vec::new(),
        None => spec.require.clone(),
        Some(Choice::Ask(one)) => {
            let mut all = spec.require.clone();
            all.extend([Requirement::Confirmation, one]);
            // A passkey is a second factor as well.
            let passkey = one == Requirement::PhishingResistant;
            all.extend(passkey.then_some(Requirement::SecondFactor));
            all
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::TokenHash;
    use crate::id::{DecisionId, NoticeId};
    use crate::moment::{Moment, Span};
    use crate::money::Currency;
    use crate::passkey::Usable;
    use crate::sample::{NOW, channels, context, session};
    use crate::verdict::Verdict;

    fn policy() -> Policy {
        Policy::profile("jp-legacy").unwrap()
    }

    fn kind() -> OperationKind {
        OperationKind::parse("withdraw").unwrap()
    }

    fn decided(present: Present, wanted: Wanted, proved: Moment) -> Decision {
        let mut session = session(1, 1);
        session.proved = proved;
        let owner = Owner {
            session,
            passkeys: Vec::new(),
            usable: Usable::default(),
            channels: channels(),
            report: (TokenHash([2; 32]), "ABCDE-12345".to_owned().into()),
            notice: NoticeId([1; 16]),
            decision: DecisionId([9; 16]),
            now: NOW,
        };
        let attempt = Attempt {
            context: context(),
            kind: kind(),
            wanted,
        };
        let (facts, policy) = (Facts { owner, present }, policy());
        decide(&attempt, &facts, &policy.operation[&kind()], &policy)
    }

    fn own(each: Option<i64>, day: Option<i64>) -> OwnLimit {
        OwnLimit { each, day }
    }

    fn known(own: OwnLimit, next: Option<(OwnLimit, Moment)>) -> LimitKnown {
        LimitKnown {
            own,
            next: next.map(|(to, from)| Raise {
                to,
                asked: NOW,
                from,
            }),
            revision: 3,
            ..LimitKnown::none(Currency::parse("JPY").unwrap())
        }
    }

    fn later() -> Moment {
        NOW.plus(Span::hours(24))
    }

    #[test]
    fn a_raise_that_counts_is_remembered_when_another_wish_takes_its_place() {
        let (some, all) = (own(Some(1000), None), own(None, None));
        let mut raised = known(some, Some((all, NOW)));
        let set = |present, wanted| {
            let decision = decided(Present::Limit(present), Wanted::Limit(wanted), NOW);
            let to = decision.changes.iter().find_map(|change| match change {
                Change::Limit(LimitChange::Set { to, .. }) => Some(*to),
                _ => None,
            });
            to.unwrap_or_else(|| panic!("{decision:?}"))
        };
        let lower = own(Some(500_000), None);
        let first = set(raised, lower);
        assert_eq!((first.own, first.before), (lower, Some((some, NOW))));
        // Once more: the lowest of late is what comes back.
        raised.own = own(Some(9000), None);
        raised.before = first.before;
        assert_eq!(set(raised, lower).before, Some((some, NOW)));
        raised.before = Some((some, NOW.minus(policy().report_life())));
        assert_eq!(set(raised, lower).before, Some((raised.own, NOW)));
    }

    /// What counts now, and what will, after a wish.
    #[test]
    fn lowering_counts_at_once_and_raising_waits() {
        let (some, all) = (own(Some(1000), Some(5000)), own(None, None));
        for (present, wanted, now, then) in [
            (known(all, None), some, some, None),
            (
                known(some, None),
                own(Some(0), Some(0)),
                own(Some(0), Some(0)),
                None,
            ),
            (known(some, None), all, some, Some(all)),
            // One lower, the other higher.
            (
                known(some, None),
                own(Some(500), Some(6000)),
                own(Some(500), Some(5000)),
                Some(own(Some(500), Some(6000))),
            ),
            // The policy's own number is the policy's limit.
            (
                known(some, None),
                own(Some(10_000_000), Some(5000)),
                some,
                Some(own(None, Some(5000))),
            ),
            // A raise that waits ends with the next wish, and one that counts is what counts.
            (
                known(some, Some((all, later()))),
                own(Some(900), Some(5000)),
                own(Some(900), Some(5000)),
                None,
            ),
            (
                known(some, Some((all, NOW))),
                own(None, Some(6000)),
                own(None, Some(6000)),
                None,
            ),
            (known(some, Some((all, later()))), some, some, None),
        ] {
            let decision = decided(Present::Limit(present), Wanted::Limit(wanted), NOW);
            assert_eq!(decision.verdict(), &Verdict::Allow, "{wanted:?}");
            let to = decision.changes.iter().find_map(|change| match change {
                Change::Limit(LimitChange::Set { to, .. }) => Some(*to),
                _ => None,
            });
            let to = to.unwrap();
            assert_eq!((to.own, to.revision), (now, 3), "{present:?} {wanted:?}");
            assert_eq!(to.next.map(|next| next.to), then, "{present:?} {wanted:?}");
            assert!(
                to.next
                    .is_none_or(|next| next.from == later() && next.asked == NOW)
            );
            assert_eq!(decision.notices.len(), 2);
        }
    }

    #[test]
    fn what_is_weaker_waits_and_what_is_stricter_does_not() {
        let none = Some(Choice::None);
        let second = Choice::parse("second_factor");
        let passkey = Choice::parse("phishing_resistant");
        for (present, wanted, waits) in [
            (None, none, true),
            (None, second, false),
            (second, None, true),
            (second, passkey, false),
            (passkey, second, true),
            (none, None, false),
            (none, second, false),
        ] {
            let known = ChoiceKnown {
                own: present,
                next: None,
                revision: 3,
            };
            let decision = decided(Present::Choice(known), Wanted::Choice(wanted), NOW);
            assert_eq!(
                decision.verdict(),
                &Verdict::Allow,
                "{present:?} {wanted:?}"
            );
            let to = decision.changes.iter().find_map(|change| match change {
                Change::Limit(LimitChange::Chosen { to, .. }) => Some(*to),
                _ => None,
            });
            let to = to.unwrap();
            let now = if waits { present } else { wanted };
            assert_eq!(
                (to.at(NOW), to.at(later())),
                (now, wanted),
                "{present:?} {wanted:?}"
            );
        }
    }

    #[test]
    fn what_stands_against_it_changes_nothing_and_ending_a_raise_needs_no_proof() {
        let some = own(Some(1000), Some(5000));
        let hour = NOW.minus(Span::hours(1));
        let limit = |next| Present::Limit(known(some, next));
        let waits = limit(Some((own(None, None), later())));
        let choice = Present::Choice(ChoiceKnown {
            own: None,
            next: None,
            revision: 0,
        });
        for (present, wanted, proved, reason) in [
            (
                limit(None),
                Wanted::Limit(own(None, None)),
                hour,
                Reason::ProofStale,
            ),
            (
                limit(None),
                Wanted::Limit(own(Some(10_000_001), None)),
                NOW,
                Reason::LimitAbove,
            ),
            (
                limit(None),
                Wanted::Limit(own(None, Some(20_000_001))),
                NOW,
                Reason::LimitAbove,
            ),
            (limit(None), Wanted::Limit(some), NOW, Reason::LimitSame),
            (limit(None), Wanted::Keep, NOW, Reason::LimitSame),
            (
                limit(None),
                Wanted::Choice(None),
                NOW,
                Reason::PolicyRequires,
            ),
            (
                choice,
                Wanted::Choice(Choice::parse("bound_device")),
                NOW,
                Reason::PolicyRequires,
            ),
            (
                choice,
                Wanted::Choice(Some(Choice::None)),
                hour,
                Reason::ProofStale,
            ),
            (choice, Wanted::Limit(some), NOW, Reason::PolicyRequires),
        ] {
            let decision = decided(present, wanted, proved);
            assert_eq!(decision.reasons(), [reason], "{present:?} {wanted:?}");
            assert!(decision.changes.is_empty() && decision.notices.is_empty());
        }
        let decision = decided(waits, Wanted::Keep, hour);
        assert_eq!(decision.verdict(), &Verdict::Allow);
        assert_eq!(decision.notices.len(), 2);
    }
}
