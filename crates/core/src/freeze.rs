//! The act "freeze": a customer switches their own account off, from any page behind the sign-in.
//!
//! It is the safe direction, so the session is proof enough, and undoing it asks for more
//! ([`crate::thaw`]).
//!
//! **Invariant:** after a freeze no session, conversation, device or open operation of the customer
//! is left.

use crate::access::{Act, Visit};
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, CustomerKnown, CustomerState};
use crate::moment::Moment;
use crate::notice::NoticeKind;
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
    let frozen = (customer.state == CustomerState::Active).then_some(Change::CustomerFrozen {
        id: customer.id,
        revision: customer.revision,
    });
    let ended = Change::SessionsEnded {
        customer: customer.id,
        at,
    };
    let kind = NoticeKind::Frozen;
    let expires = at.plus(kind.life(policy));
    let notices = told(channels, (customer, id), &kind, expires);
    decision.with(frozen).with([ended]).telling(notices)
}

#[cfg(test)]
mod tests {
    use super::*;
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
            Change::CustomerFrozen { id, revision: 4 },
            Change::SessionsEnded {
                customer: id,
                at: NOW,
            },
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
            [Change::SessionsEnded { .. }]
        ));
    }
}
