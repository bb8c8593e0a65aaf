//! Signing in with a passkey, which is password and second factor in one.
//!
//! **Invariant:** an unknown passkey, a wrong signature and a frozen account end in the same
//! verdict; nothing is kept of a customer whose passkey did not sign; a passkey that signs in opens
//! the weaker factors that guessing had locked.

use crate::access::{Act, Visit};
use crate::bytes::Digest;
use crate::change::Change;
use crate::context::{Context, Terminal};
use crate::decision::Decision;
use crate::device::{Presented, Reuse};
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::{ChannelKnown, CustomerKnown, CustomerState, RiskKnown};
use crate::moment::Moment;
use crate::policy::{FactorPolicy, Policy};
use crate::proof::PasskeyProved;
use crate::reason::Reason;
use crate::reopen::{FactorTries, opened};
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
    /// The proof, if the signature was right, and whose passkey it is.
    pub signed: Option<(CustomerKnown, PasskeyProved)>,
    /// What counts an answer that proves nothing, from [`crate::guess::Requests::count`].
    pub counting: Vec<Change>,
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

impl Facts {
    /// Whose passkey signed what this browser was asked, in time.
    fn proved(&self, bound: Digest) -> Option<(&CustomerKnown, &PasskeyProved)> {
        let (customer, passkey) = self.signed.as_ref()?;
        let right = passkey.bound() == bound && passkey.spent().expires > self.now;
        right.then_some((customer, passkey))
    }
}

/// Judges a sign-in with a passkey.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let subject = Subject::of(policy);
    let features = Features::of(&attempt.context, &facts.risk, subject, facts.now);
    let proved = facts.proved(attempt.bound);
    let judged = match proved {
        Some(proved) => judgement(proved, &features, policy),
        None => Judgement::refused(match facts.signed {
            Some(_) => Reason::Expired,
            None => Reason::PasskeyMismatch,
        }),
    };
    let allowed = judged.verdict == Verdict::Allow;
    let mut decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::SignIn,
        actor: Actor::Customer,
        customer: proved.map(|(customer, _)| customer.id),
        operation: None,
        facts: judged.recorded(&features),
        verdict: judged.verdict,
        reasons: judged.reasons,
        policy: policy.version.clone(),
    });
    let Some((customer, passkey)) = proved else {
        let failed = failed(&attempt.context, facts.now);
        return decision.with(failed).with(facts.counting.iter().cloned());
    };
    let (id, _) = facts.session.device;
    let own = attempt.context.terminal == Terminal::Own;
    let bound = (own && allowed).then_some(id);
    let context = Context {
        device: facts.presented.recognised().or(bound),
        ..attempt.context
    };
    let visit = Visit {
        customer: customer.id,
        context: &context,
        application: None,
        ending: match allowed {
            true => Ending::Success,
            false => Ending::Failure,
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
    decision = reuse.ended(decision, facts.presented, &facts.session.reuse, policy);
    // Refused or not, an answer is looked at once.
    decision.changes.extend(passkey.used(facts.now));
    decision.entry.reasons.extend(passkey.noted());
    if !allowed {
        return decision.with(failed(&attempt.context, facts.now));
    }
    let opened = opened(&facts.factors, facts.now, policy);
    let opening = Opening {
        customer,
        methods: vec![passkey.method()],
        context: &attempt.context,
        presented: facts.presented,
        channels: &facts.channels,
        now: facts.now,
    };
    opening.session(decision.with(opened), &facts.session, policy)
}

fn judgement(
    (customer, passkey): (&CustomerKnown, &PasskeyProved),
    features: &Features,
    policy: &Policy,
) -> Judgement {
    if customer.state == CustomerState::Frozen {
        return Judgement::refused(Reason::Frozen);
    }
    let method = passkey.method();
    if policy.factor(method) == FactorPolicy::Forbid {
        return Judgement::refused(Reason::PolicyRequires);
    }
    // Whatever a passkey does not meet cannot be asked for here.
    judge(features, &policy.sign_in.require, &[method], policy).unasked()
}
