//! A recovery is ended by its customer, in a session.
//!
//! **Invariant:** nobody ends the recovery of another customer, and every verified channel learns
//! that it was ended.

use super::{ended, noted};
use crate::access::Act;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, RecoveryKind, RecoveryKnown, SessionKnown};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::step_up::told;
use crate::verdict::Verdict;

/// What is known.
#[derive(Debug)]
pub struct CancelFacts {
    /// The session.
    pub session: SessionKnown,
    /// The customer's recovery of that kind, if one is in course.
    pub recovery: Option<RecoveryKnown>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// Now.
    pub now: Moment,
}

/// Ends it. It is the safe direction, so the session is proof enough.
pub fn cancel(kind: RecoveryKind, facts: &CancelFacts, policy: &Policy) -> Decision {
    let customer = &facts.session.customer;
    let own = |one: &&RecoveryKnown| one.customer == customer.id && one.kind == kind;
    let recovery = facts.recovery.as_ref().filter(own);
    let (verdict, reason) = match recovery {
        Some(_) => (Verdict::Allow, Reason::RecoveryEnded),
        None => (Verdict::Refuse, Reason::Expired),
    };
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Recover,
        actor: Actor::Customer,
        customer: Some(customer.id),
        operation: None,
        verdict,
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: noted(kind),
    });
    let Some(recovery) = recovery else {
        return decision;
    };
    let kind = NoticeKind::RecoveryEnded { recovery: kind };
    let expires = facts.now.plus(kind.life(policy));
    let notices = told(&facts.channels, (customer, facts.fresh.1), &kind, expires);
    decision.with([ended(recovery)]).telling(notices)
}
