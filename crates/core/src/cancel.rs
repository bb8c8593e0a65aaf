//! The act "cancel": a customer takes back what waits, or was confirmed and is not carried out yet.
//!
//! It is the safe direction, so the session is proof enough.
//!
//! **Invariant:** nobody cancels the operation of another customer, and what was redeemed stays.

use secrecy::SecretString;

use crate::access::{Act, Visit};
use crate::bytes::TokenHash;
use crate::change::{Change, HoldChange, Stands};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, OperationKnown, SessionKnown};
use crate::moment::Moment;
use crate::notice::{HoldEvent, OperationAbout};
use crate::operation::{Fields, OperationState};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::verdict::Verdict;

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The operation.
    pub operation: OperationKnown,
    /// Its opened fields, if the policy still has its kind.
    pub fields: Option<Fields>,
    /// The session of whoever cancels it.
    pub session: SessionKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// Now.
    pub now: Moment,
}

/// Whether there is something to cancel: it waits, or can still be redeemed.
#[must_use]
pub fn is_open(operation: &OperationKnown, now: Moment, policy: &Policy) -> bool {
    let grant = operation.grant.as_ref();
    match operation.state {
        OperationState::Held => true,
        OperationState::Pending => now < operation.expires,
        OperationState::Confirmed => grant.is_some_and(|grant| now < grant.ends(policy)),
        OperationState::Redeemed | OperationState::Refused => false,
    }
}

/// Cancels it, or says why not.
pub fn decide(context: &Context, facts: &Facts, policy: &Policy) -> Decision {
    let (operation, session) = (&facts.operation, &facts.session);
    let customer = session.customer.id;
    let reason = if operation.customer.id != customer {
        Some(Reason::SessionMissing)
    } else if is_open(operation, facts.now, policy) {
        None
    } else {
        Some(Reason::OperationClosed)
    };
    let mut decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Cancel,
        actor: Actor::Customer,
        customer: Some(customer),
        operation: Some(operation.id),
        verdict: match reason {
            None => Verdict::Allow,
            Some(_) => Verdict::Refuse,
        },
        reasons: vec![reason.unwrap_or(Reason::Cancelled)],
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    if reason.is_some() {
        return decision;
    }
    let visit = Visit {
        customer,
        context,
        application: Some(operation.application),
        ending: Ending::Pending,
    };
    decision.access = Some(visit.access(&decision.entry));
    let stands = Change::Stands(Stands::Session {
        id: session.id,
        customer,
    });
    let ended = HoldChange::Ended {
        id: operation.id,
        revision: operation.revision,
        reason: Reason::Cancelled,
    };
    let about = OperationAbout::of(operation, facts.fields.as_ref(), facts.now, policy);
    let to = (&session.customer, facts.channels.as_slice());
    let fresh = (facts.fresh.1, facts.report.clone());
    decision
        .with([stands, Change::Hold(Box::new(ended))])
        .telling_hold((HoldEvent::Cancelled, about), to, fresh, policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::GrantId;
    use crate::known::GrantKnown;
    use crate::moment::Span;
    use crate::sample::{NOW, channels, context, customer, operation, policy, session};

    fn facts(state: OperationState) -> Facts {
        let mut operation = operation(&[]);
        operation.state = state;
        Facts {
            operation,
            fields: None,
            session: session(1, 1),
            channels: channels(),
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            report: (TokenHash([7; 32]), "ABCDE-12345".into()),
            now: NOW,
        }
    }

    fn cancels(facts: &Facts) -> bool {
        let decision = decide(&context(), facts, &policy());
        let cancelled = decision.verdict() == &Verdict::Allow;
        assert_eq!(cancelled, decision.changes.len() == 3);
        assert_eq!(cancelled, decision.notices.len() == 2);
        cancelled
    }

    #[test]
    fn a_customer_cancels_what_can_still_be_stopped() {
        assert!(cancels(&facts(OperationState::Held)));
        assert!(cancels(&facts(OperationState::Pending)));
        let mut late = facts(OperationState::Pending);
        late.now = late.operation.expires;
        assert!(!cancels(&late));
        for state in [OperationState::Redeemed, OperationState::Refused] {
            assert!(!cancels(&facts(state)), "{state:?}");
        }
        let mut confirmed = facts(OperationState::Confirmed);
        assert!(
            !cancels(&confirmed),
            "without a grant there is none to stop"
        );
        confirmed.operation.grant = Some(GrantKnown {
            id: GrantId([3; 16]),
            confirmed: NOW,
            methods: Vec::new(),
            proved: NOW,
            acr: None,
            redeemed: None,
            until: None,
        });
        assert!(cancels(&confirmed));
        confirmed.now = NOW.plus(policy().grant_life());
        assert!(!cancels(&confirmed));
        confirmed.operation.grant.as_mut().unwrap().until = Some(NOW.plus(Span::hours(1)));
        assert!(cancels(&confirmed), "released, it lives longer");
    }

    #[test]
    fn nobody_cancels_for_another() {
        let mut facts = facts(OperationState::Held);
        facts.operation.customer = customer(2);
        let decision = decide(&context(), &facts, &policy());
        assert_eq!(decision.reasons(), [Reason::SessionMissing]);
        assert!(decision.changes.is_empty() && decision.access.is_none());
    }
}
