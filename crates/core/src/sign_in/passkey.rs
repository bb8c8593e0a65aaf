//! Signing in with a passkey, which is password and second factor in one.
//!
//! **Invariant:** an unknown passkey, a wrong signature and a frozen account end in the same
//! verdict; a passkey that signs in opens the weaker factors that guessing had locked.

use crate::access::{Act, Visit};
use crate::bytes::Digest;
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::device::{Presented, Reuse};
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::{ChannelKnown, CustomerKnown, CustomerState, RiskKnown};
use crate::moment::Moment;
use crate::policy::{FactorPolicy, Policy};
use crate::proof::{Method, PasskeyProved};
use crate::reason::Reason;
use crate::reopen::{FactorTries, unlocked};
use crate::risk::{Features, Judgement, Subject, judge};
use crate::sighting::Ending;
use crate::step_up::{FreshSession, Opening, failed};
use crate::verdict::Verdict;

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// What the challenge has to be bound to.
    pub bound: Digest,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Whose passkey it says it is, if there is one.
    pub customer: Option<CustomerKnown>,
    /// The proof, if the signature was right.
    pub passkey: Option<PasskeyProved>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// What the browser's device is to the customer.
    pub presented: Presented,
    /// The counters of the customer's password and codes.
    pub factors: Vec<FactorTries>,
    /// What the rules want to know.
    pub risk: RiskKnown,
    /// A session.
    pub session: FreshSession,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Judges a sign-in with a passkey.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let subject = Subject {
        settle: policy.settle(),
        ..Subject::default()
    };
    let features = Features::of(&attempt.context, &facts.risk, subject, facts.now);
    let judged = judgement(attempt, facts, &features, policy);
    let allowed = judged.verdict == Verdict::Allow;
    let mut decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::SignIn,
        actor: Actor::Customer,
        customer: facts.customer.as_ref().map(|customer| customer.id),
        operation: None,
        verdict: judged.verdict,
        reasons: judged.reasons,
        policy: policy.version.clone(),
        facts: features.json(),
    });
    let (id, _) = facts.session.device;
    let bound = allowed.then_some(id);
    let context = Context {
        device: facts.presented.recognised().or(bound),
        ..attempt.context
    };
    if let Some(customer) = &facts.customer {
        let visit = Visit {
            customer: customer.id,
            context: &context,
            application: None,
            ending: if allowed {
                Ending::Success
            } else {
                Ending::Failure
            },
        };
        decision.access = Some(visit.access(&decision.entry));
        decision.sightings = visit.sightings(&decision.entry, &[]);
        let reuse = Reuse {
            customer,
            channels: &facts.channels,
            context: &attempt.context,
            session: facts.session.id,
        };
        let fresh = &facts.session.reuse;
        decision = reuse.ended(decision, facts.presented, fresh, policy);
    }
    match (&facts.customer, &facts.passkey) {
        (Some(customer), Some(passkey)) if allowed => {
            decision.changes.extend(passkey.used(facts.now));
            let unlocked = unlocked(&facts.factors, facts.now);
            decision.changes.extend(unlocked);
            decision.entry.reasons.extend(passkey.noted());
            let opening = Opening {
                customer,
                methods: vec![Method::Passkey],
                context: &attempt.context,
                presented: facts.presented,
                channels: &facts.channels,
                now: facts.now,
            };
            opening.session(decision, &facts.session, policy)
        }
        _ => {
            let failed: Option<Change> = failed(&attempt.context, facts.now);
            decision.with(failed)
        }
    }
}

fn judgement(attempt: &Attempt, facts: &Facts, features: &Features, policy: &Policy) -> Judgement {
    let refused = |reason| Judgement {
        verdict: Verdict::Refuse,
        reasons: vec![reason],
    };
    let (Some(customer), Some(passkey)) = (&facts.customer, &facts.passkey) else {
        return refused(Reason::PasskeyMismatch);
    };
    if passkey.bound() != attempt.bound {
        return refused(Reason::PasskeyMismatch);
    }
    if passkey.spent().expires <= facts.now {
        return refused(Reason::Expired);
    }
    if customer.state == CustomerState::Frozen {
        return refused(Reason::Frozen);
    }
    if policy.factor(Method::Passkey) == FactorPolicy::Forbid {
        return refused(Reason::PolicyRequires);
    }
    let mut judged = judge(
        features,
        &policy.sign_in.require,
        &[Method::Passkey],
        policy,
    );
    // Whatever a passkey does not meet cannot be asked for here.
    if judged.verdict != Verdict::Allow {
        judged.verdict = Verdict::Refuse;
    }
    judged
}
