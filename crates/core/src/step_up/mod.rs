//! The act "step up": a second proof in a conversation, and the sending of the code for it.
//!
//! **Invariant:** a code proves only what it was bound to, once, and within its life.

mod backup_code;
mod code;
mod factor;
mod opening;
mod pin;
#[cfg(test)]
mod tests;

pub use backup_code::BackupTried;
pub use code::{
    Addressee, FreshChallenge, ResendFacts, code_channel, decide_resend, method_of, recipient,
    send, told,
};
pub use factor::Tried;
pub use opening::{FreshSession, Opening};
pub use pin::PinTried;

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{CounterKey, TokenHash};
use crate::change::{Change, Stands};
use crate::context::{Context, Terminal};
use crate::decision::Decision;
use crate::device::{Presented, Reuse};
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{
    ChannelKnown, CredentialKnown, CredentialSeen, CustomerKnown, CustomerState, InteractionKnown,
};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::passkey::Usable;
use crate::policy::Policy;
use crate::proof::{FactorProved, Method};
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::verdict::{Requirement, Verdict};
use secrecy::SecretString;

/// How a guessed secret was admitted to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// A try was reserved.
    Admitted,
    /// A try was reserved, and it is the last one before a lock.
    Last,
    /// The factor is locked; nothing was looked at.
    Locked,
}

/// An answer in a sign-in conversation.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
    /// The counter of messages to the customer.
    pub sends: CounterKey,
}

/// What is known. The interaction is of kind sign-in and has a customer.
#[derive(Debug)]
pub struct Facts {
    /// The conversation.
    pub interaction: InteractionKnown,
    /// Its customer.
    pub customer: CustomerKnown,
    /// What was proved before, from the sealed state.
    pub methods: Vec<Method>,
    /// The password that was proved before, from the sealed state.
    pub password: Option<CredentialSeen>,
    /// The stored one.
    pub credential: Option<CredentialKnown>,
    /// With what it was tried.
    pub tried: Tried,
    /// The proof, if the answer was right.
    pub factor: Option<FactorProved>,
    /// The customer's passkeys that will do.
    pub passkeys: Usable,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// What the browser's device is to the customer.
    pub presented: Presented,
    /// Where the sign-in notice goes.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values.
    pub session: FreshSession,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Judges an answer: a session, or another try.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let reason = refusal(facts, policy);
    let customer = facts.customer.id;
    let ending = if reason.is_none() {
        Ending::Success
    } else {
        Ending::Failure
    };
    let entry = Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::StepUp,
        actor: Actor::Customer,
        customer: Some(customer),
        operation: None,
        verdict: if reason.is_none() {
            Verdict::Allow
        } else {
            Verdict::Refuse
        },
        reasons: vec![reason.unwrap_or(Reason::Proved)],
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    };
    let (id, _) = facts.session.device;
    let own = attempt.context.terminal == Terminal::Own;
    let bound = (own && reason.is_none()).then_some(id);
    let context = Context {
        device: facts.presented.recognised().or(bound),
        ..attempt.context
    };
    let visit = Visit {
        customer,
        context: &context,
        application: None,
        ending,
    };
    let mut decision = Decision::of(entry);
    decision.access = Some(visit.access(&decision.entry));
    let reuse = Reuse {
        customer: &facts.customer,
        channels: &facts.channels,
        context: &attempt.context,
        session: facts.session.id,
    };
    let fresh = &facts.session.reuse;
    decision = reuse.ended(decision, facts.presented, fresh, policy);
    let of = (&facts.customer, &attempt.context);
    if reason.is_some() {
        decision.changes.extend(failed(&attempt.context, facts.now));
        decision = facts.tried.told(decision, of, policy);
        if facts.admission == Admission::Last {
            let session = &facts.session;
            let to = (&facts.customer, session.notice, &session.report);
            return locked(decision, &facts.channels, to, policy);
        }
        return decision;
    }
    decision.sightings = visit.sightings(&decision.entry, &[]);
    let decision = finish(decision, attempt, facts, policy);
    facts.tried.told(decision, of, policy)
}

/// The conversation closes and the session opens.
fn finish(mut decision: Decision, attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    // A change of the password comes before all of this or after it, and ends what it finds.
    let still = facts
        .password
        .map(|seen| Change::Stands(Stands::Password(seen)));
    decision.changes.extend(still);
    let mut methods = facts.methods.clone();
    methods.extend(facts.factor.as_ref().map(FactorProved::method));
    if let Some(factor) = &facts.factor {
        decision.changes.extend(factor.used(facts.now));
        decision.entry.reasons.extend(factor.noted());
    }
    let counters = [attempt.tries, attempt.sends];
    decision.changes.extend(facts.tried.cleared(counters));
    let InteractionKnown { id, revision, .. } = facts.interaction;
    decision
        .changes
        .push(Change::InteractionClosed { id, revision });
    let opening = Opening {
        customer: &facts.customer,
        methods,
        context: &attempt.context,
        presented: facts.presented,
        channels: &facts.channels,
        now: facts.now,
    };
    opening.session(decision, &facts.session, policy)
}

fn refusal(facts: &Facts, policy: &Policy) -> Option<Reason> {
    let bound = Bound::Interaction(facts.interaction.id).digest();
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    if facts.customer.state == CustomerState::Frozen {
        return Some(Reason::Frozen);
    }
    if facts.interaction.expires <= facts.now {
        return Some(Reason::Expired);
    }
    // It began before there was a passkey that is wanted now.
    let factor = facts.factor.as_ref();
    let weak = !factor.is_some_and(|one| one.method().meets(Requirement::PhishingResistant));
    if weak && facts.passkeys.locks_sign_in(facts.now, policy) {
        return Some(Reason::PasskeyNeeded);
    }
    // It began with a password that is another one now.
    let stored = facts.credential.as_ref().map(CredentialKnown::seen);
    if facts.password.is_none() || facts.password != stored {
        return Some(Reason::CredentialMismatch);
    }
    let lacks = facts.tried.lacks(facts.factor.as_ref(), bound, facts.now);
    lacks.or_else(|| facts.factor.as_ref()?.forbidden(policy))
}

/// Counts a failure against the address, if there is one.
#[must_use]
pub fn failed(context: &Context, at: Moment) -> Option<Change> {
    context
        .address
        .map(|address| Change::FailureCounted { address, at })
}

/// Tells the customer that a factor was locked, with a code to say that it was somebody else: every
/// refusal of a last admitted try says so.
pub fn locked(
    decision: Decision,
    channels: &[ChannelKnown],
    to: (&CustomerKnown, NoticeId, &(TokenHash, SecretString)),
    policy: &Policy,
) -> Decision {
    let (customer, notice, report) = to;
    let (code, report) = report.clone();
    let kind = NoticeKind::Locked { report };
    let expires = decision.entry.at.plus(kind.life(policy));
    let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
    let notices = told(channels, (customer, notice), &kind, expires);
    if notices.is_empty() {
        return decision;
    }
    decision.with([issued]).telling(notices)
}
