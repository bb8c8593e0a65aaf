//! The act "freeze": a customer switches their own account off, from any page behind the sign-in.
//!
//! It is the safe direction, so the session is proof enough, and undoing it asks for more
//! ([`crate::thaw`]).
//!
//! A passkey that still waits goes with it, since a stranger's would ripen while the account is
//! frozen, and so does a raise of limits or a weaker choice that does not count yet; and a freeze
//! that follows a change of contact puts that contact in doubt.
//!
//! **Invariant:** after a freeze no session, conversation, device, open operation or waiting
//! passkey of the customer is left.

use crate::access::{Act, Visit};
use crate::change::{AddedFrom, Change, LimitChange, PasskeysRemoved};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::hold::all_ended;
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, CustomerKnown};
use crate::moment::Moment;
use crate::notice::{FreezeEvent, NoticeKind};
use crate::passkey::wait;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::step_up::told;
use crate::verdict::Verdict;

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The customer as stored now, not as the session saw them.
    pub customer: CustomerKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// Now.
    pub now: Moment,
}

/// Freezes the account. Freezing it again ends whatever has come to life since.
pub fn decide(context: &Context, facts: &Facts, policy: &Policy) -> Decision {
    let entry = Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Freeze,
        actor: Actor::Customer,
        customer: Some(facts.customer.id),
        operation: None,
        verdict: Verdict::Allow,
        reasons: vec![Reason::FreezeWanted],
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    };
    let visit = Visit {
        customer: facts.customer.id,
        context,
        application: None,
        ending: Ending::Pending,
    };
    let mut decision = Decision::of(entry);
    decision.access = Some(visit.access(&decision.entry));
    let known = (&facts.customer, facts.channels.as_slice());
    frozen(decision, known, facts.fresh.1, policy)
}

/// The freeze itself, the same whoever asks for it: no session, conversation or open operation is
/// left, and every verified channel is told.
pub(crate) fn frozen(
    decision: Decision,
    known: (&CustomerKnown, &[ChannelKnown]),
    id: NoticeId,
    policy: &Policy,
) -> Decision {
    let (customer, channels) = known;
    let at = decision.entry.at;
    let doubted = contact_doubted(customer, at, policy);
    let new_doubt = doubted && customer.contact_doubted.is_none();
    // Of a frozen account too: it may be thawed before this lands.
    let frozen = Change::CustomerFrozen {
        id: customer.id,
        revision: customer.revision,
        doubted: new_doubt.then_some(at),
    };
    // It would ripen while nobody looks.
    let waiting = Change::PasskeysRemoved(PasskeysRemoved {
        customer: customer.id,
        since: Moment(at.minus(wait(policy)).0 + 1),
        from: AddedFrom::New,
        at,
    });
    let ended = Change::SessionsEnded {
        customer: customer.id,
        at,
    };
    let freeze = if doubted {
        FreezeEvent::Doubted
    } else {
        event(&decision.entry)
    };
    let kind = NoticeKind::Frozen { freeze };
    let expires = at.plus(kind.life(policy));
    let notices = told(channels, (customer, id), &kind, expires);
    let raises = Change::Limit(LimitChange::Ended {
        customer: customer.id,
        since: Moment(i64::MAX),
        at,
    });
    decision
        .with([frozen, all_ended(customer.id, Reason::Frozen)])
        .with([ended, waiting, raises])
        .telling(notices)
}

/// Whether the ways to reach `customer` may be a stranger's: one was changed within the life of a
/// report code, or was in doubt before.
fn contact_doubted(customer: &CustomerKnown, now: Moment, policy: &Policy) -> bool {
    let lately = |changed| now.since(changed) < policy.report_life();
    customer.contact_doubted.is_some() || customer.contact_changed.is_some_and(lately)
}

const fn event(entry: &Entry) -> FreezeEvent {
    match entry.act {
        Act::Alert => FreezeEvent::Entered,
        Act::Report => FreezeEvent::Reported,
        Act::Respond => FreezeEvent::Firm,
        _ => FreezeEvent::Wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::CustomerState;
    use crate::moment::Span;
    use crate::sample::{NOW, channels, context, customer, policy};

    fn facts(state: CustomerState) -> Facts {
        let mut customer = customer(1);
        customer.state = state;
        Facts {
            customer,
            channels: channels(),
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            now: NOW,
        }
    }

    #[test]
    fn a_freeze_ends_everything_and_tells_every_channel() {
        let decision = decide(&context(), &facts(CustomerState::Active), &policy());
        let id = customer(1).id;
        let expected = [
            Change::CustomerFrozen {
                id,
                revision: 4,
                doubted: None,
            },
            all_ended(id, Reason::Frozen),
            Change::SessionsEnded {
                customer: id,
                at: NOW,
            },
            Change::PasskeysRemoved(PasskeysRemoved {
                customer: id,
                since: Moment(NOW.minus(Span::hours(24)).0 + 1),
                from: AddedFrom::New,
                at: NOW,
            }),
            Change::Limit(LimitChange::Ended {
                customer: id,
                since: Moment(i64::MAX),
                at: NOW,
            }),
        ];
        assert_eq!(decision.changes, expected);
        assert_eq!(decision.notices.len(), 2);
    }

    #[test]
    fn freezing_again_still_ends_what_came_to_life() {
        let decision = decide(&context(), &facts(CustomerState::Frozen), &policy());
        assert_eq!(decision.verdict(), &Verdict::Allow);
        assert!(matches!(
            decision.changes.as_slice(),
            [
                Change::CustomerFrozen { doubted: None, .. },
                Change::Hold(_),
                Change::SessionsEnded { .. },
                Change::PasskeysRemoved(_),
                Change::Limit(_)
            ]
        ));
    }

    #[test]
    fn a_freeze_after_a_change_of_contact_puts_it_in_doubt_once() {
        let hours = |hours| Some(NOW.minus(Span::hours(hours)));
        let (active, frozen) = (CustomerState::Active, CustomerState::Frozen);
        let (now, wanted) = (Some(Some(NOW)), FreezeEvent::Wanted);
        let doubt = FreezeEvent::Doubted;
        for (state, changed, doubted, written, told) in [
            (active, hours(71), None, now, doubt),
            (active, hours(72), None, Some(None), wanted),
            (active, None, None, Some(None), wanted),
            (frozen, hours(71), None, now, doubt),
            (frozen, hours(71), hours(1), Some(None), doubt),
            (frozen, hours(72), hours(1), Some(None), doubt),
            (frozen, None, None, Some(None), wanted),
        ] {
            let mut facts = facts(state);
            facts.customer.contact_changed = changed;
            facts.customer.contact_doubted = doubted;
            let decision = decide(&context(), &facts, &policy());
            let frozen = decision.changes.iter().find_map(|change| match change {
                Change::CustomerFrozen { doubted, .. } => Some(*doubted),
                _ => None,
            });
            assert_eq!(frozen, written, "{state:?} {changed:?} {doubted:?}");
            let all = decision.notices.iter();
            let freeze = |kind: &NoticeKind| match kind {
                NoticeKind::Frozen { freeze } => Some(*freeze),
                _ => None,
            };
            let said: Vec<_> = all.filter_map(|one| freeze(&one.kind)).collect();
            assert_eq!(said, [told, told], "{state:?} {changed:?} {doubted:?}");
        }
    }
}
