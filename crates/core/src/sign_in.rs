//! The act "sign in": a login and a password, then what the decision asks.
//!
//! **Invariant:** an unknown login, a wrong password, a locked and a frozen account end in the same
//! verdict, after the same work.

pub mod passkey;

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{CounterKey, Sealed, TokenHash};
use crate::change::{Change, Stands};
use crate::context::Context;
use crate::decision::Decision;
use crate::device::{Presented, Reuse};
use crate::entry::{Actor, Entry};
use crate::guess::Sends;
use crate::id::{DecisionId, InteractionId};
use crate::known::{
    ChannelKnown, CredentialKnown, CustomerState, InteractionKind, LoginKnown, RiskKnown,
};
use crate::moment::{Moment, Span};
use crate::notice::NoticeKind;
use crate::passkey::Usable;
use crate::policy::Policy;
use crate::proof::{Method, PasswordProved};
use crate::reason::Reason;
use crate::risk::{Features, Judgement, Subject, judge};
use crate::sighting::Ending;
use crate::step_up::{Addressee, Admission, FreshChallenge, FreshSession, Opening};
use crate::step_up::{code_channel, failed, locked, recipient, send, told};
use crate::verdict::{Requirement, Verdict, VerdictKind};

/// For how long a sign-in that waits for its second proof is kept.
pub const CONVERSATION: Span = Span::minutes(30);

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// The customer meant by the login, if there is one.
    pub login: Option<LoginKnown>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The customer's passkeys that will do.
    pub passkeys: Usable,
    /// The proof, if the password was right.
    pub password: Option<PasswordProved>,
    /// A better hash of the same password, when the stored one is old or imported.
    pub rehash: Option<String>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// How one more failure of this login was counted: [`Admission::Last`] is the one that is told.
    /// `None` for a right password.
    pub failure: Option<Admission>,
    /// The counter of messages to the customer, if there is one.
    pub sends: Option<Sends>,
    /// What the browser's device is to the customer.
    pub presented: Presented,
    /// What the rules want to know.
    pub risk: RiskKnown,
    /// Fresh values.
    pub fresh: Fresh,
    /// Now.
    pub now: Moment,
}

/// Fresh values.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The id of this decision.
    pub decision: DecisionId,
    /// A session, if it is allowed at once.
    pub session: FreshSession,
    /// A conversation, if more is asked: its id, the hash of its token, its sealed state.
    pub interaction: (InteractionId, TokenHash, Sealed),
    /// A code for it.
    pub challenge: FreshChallenge,
}

/// Judges a sign-in.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let subject = Subject::of(policy);
    let features = Features::of(&attempt.context, &facts.risk, subject, facts.now);
    let decision = match refusal(facts) {
        Some(reason) => refused(attempt, facts, policy, (reason, &features)),
        None => proved(attempt, facts, policy, &features),
    };
    let Some(login) = &facts.login else {
        return decision;
    };
    // A copy of a token says that there is a thief, also where the password is wrong.
    let reuse = Reuse {
        customer: &login.customer,
        channels: &facts.channels,
        context: &attempt.context,
        session: facts.fresh.session.id,
    };
    let fresh = &facts.fresh.session.reuse;
    reuse.ended(decision, facts.presented, fresh, policy)
}

fn refusal(facts: &Facts) -> Option<Reason> {
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    let (Some(login), Some(proof)) = (&facts.login, &facts.password) else {
        return Some(Reason::CredentialMismatch);
    };
    if login.credential.as_ref().map(CredentialKnown::seen) != Some(proof.seen()) {
        return Some(Reason::CredentialMismatch);
    }
    (login.customer.state == CustomerState::Frozen).then_some(Reason::Frozen)
}

fn entry(facts: &Facts, policy: &Policy, features: &Features, judged: Judgement) -> Entry {
    Entry {
        id: facts.fresh.decision,
        at: facts.now,
        act: Act::SignIn,
        actor: Actor::Customer,
        customer: facts.login.as_ref().map(|login| login.customer.id),
        operation: None,
        facts: judged.recorded(features),
        verdict: judged.verdict,
        reasons: judged.reasons,
        policy: policy.version.clone(),
    }
}

fn refused(
    attempt: &Attempt,
    facts: &Facts,
    policy: &Policy,
    why: (Reason, &Features),
) -> Decision {
    let (reason, features) = why;
    let judged = Judgement::refused(reason);
    let mut decision = Decision::of(entry(facts, policy, features, judged));
    decision.changes.extend(failed(&attempt.context, facts.now));
    if let Some(login) = &facts.login {
        let customer = login.customer.id;
        let visit = Visit {
            customer,
            context: &attempt.context,
            application: None,
            ending: Ending::Failure,
        };
        decision.access = Some(visit.access(&decision.entry));
        decision.sightings = visit.sightings(&decision.entry, &[]);
        if facts.admission == Admission::Last {
            let session = &facts.fresh.session;
            let to = (&login.customer, session.notice, &session.report);
            return locked(decision, &facts.channels, to, policy);
        }
        if facts.failure == Some(Admission::Last) {
            return warned(decision, attempt, (facts, login), policy);
        }
    }
    decision
}

/// Tells the customer that sign-ins failed, with a code to say that it was somebody else. Whoever
/// guesses sees nothing of it: the same was counted for a login that nobody has.
fn warned(
    decision: Decision,
    attempt: &Attempt,
    known: (&Facts, &LoginKnown),
    policy: &Policy,
) -> Decision {
    let (facts, login) = known;
    let session = &facts.fresh.session;
    let (code, report) = session.report.clone();
    let kind = NoticeKind::SignInFailed {
        report,
        place: attempt.context.describe(),
    };
    let expires = facts.now.plus(kind.life(policy));
    let to = (&login.customer, session.notice);
    let notices = told(&facts.channels, to, &kind, expires);
    let issued = crate::report::issued(code, &decision.entry, login.customer.id, policy);
    decision.with([issued]).telling(notices)
}

fn proved(attempt: &Attempt, facts: &Facts, policy: &Policy, features: &Features) -> Decision {
    let held = [Method::Password];
    let mut always = policy.sign_in.require.clone();
    let distrusted = facts.presented.distrusted();
    if distrusted.is_some() && !always.contains(&Requirement::SecondFactor) {
        always.push(Requirement::SecondFactor);
    }
    let mut judged = facts.by_what_there_is(judge(features, &always, &held, policy), policy);
    judged.reasons.extend(distrusted);
    let by_passkey = judged
        .verdict
        .requirements()
        .contains(&Requirement::PhishingResistant);
    let channel = code_channel(&facts.channels, policy).filter(|_| !by_passkey);
    if channel.is_none() && !by_passkey && !judged.verdict.requirements().is_empty() {
        judged.reasons.push(Reason::PolicyRequires);
        judged = judged.unasked();
    }
    let mut decision = Decision::of(entry(facts, policy, features, judged));
    // First of all, so that a change of the password comes before all of this or after it.
    decision.changes.extend(still(facts));
    decision
        .changes
        .push(Change::TriesCleared { key: attempt.tries });
    let Some(login) = &facts.login else {
        return decision;
    };
    let customer = &login.customer;
    let ending = match decision.verdict() {
        Verdict::Allow => Ending::Success,
        Verdict::StepUp(_) | Verdict::Hold => Ending::Pending,
        Verdict::Refuse => Ending::Failure,
    };
    let visit = Visit {
        customer: customer.id,
        context: &attempt.context,
        application: None,
        ending,
    };
    decision.access = Some(visit.access(&decision.entry));
    decision.sightings = visit.sightings(&decision.entry, &[]);
    match (ending, channel) {
        (Ending::Success, _) => {
            let opening = Opening {
                customer,
                methods: held.to_vec(),
                context: &attempt.context,
                presented: facts.presented,
                channels: &facts.channels,
                now: facts.now,
            };
            opening.session(decision, &facts.fresh.session, policy)
        }
        (Ending::Pending, Some(channel)) => converse(decision, facts, channel, policy),
        (Ending::Pending | Ending::Failure, _) => decision,
    }
}

impl Facts {
    /// Whoever has a passkey is asked for it where the policy or a rule wants one, and begins anew
    /// with it; whoever has none gives any second factor in its place.
    fn by_what_there_is(&self, mut judged: Judgement, policy: &Policy) -> Judgement {
        let locked = self.passkeys.locks_sign_in(self.now, policy);
        let asked = match &judged.verdict {
            Verdict::Allow if locked => Vec::new(),
            Verdict::StepUp(asked) => asked.clone(),
            _ => return judged,
        };
        let wanted = locked || asked.contains(&Requirement::PhishingResistant);
        if wanted && self.passkeys.signing_in(self.now, policy).any() {
            judged.reasons.push(Reason::PasskeyNeeded);
            judged.verdict = Verdict::requiring([Requirement::PhishingResistant]);
            return match locked {
                true => judged.beside(VerdictKind::StepUp),
                false => judged,
            };
        }
        let weaker = |one: Requirement| match one {
            Requirement::PhishingResistant => Requirement::SecondFactor,
            other => other,
        };
        judged.verdict = Verdict::requiring(asked.into_iter().map(weaker));
        judged
    }
}

/// The password that was proved is the stored one still, under a better hash if there is one.
fn still(facts: &Facts) -> Option<Change> {
    let seen = facts.password.as_ref()?.seen();
    Some(match &facts.rehash {
        Some(hash) => Change::CredentialRehashed {
            id: seen.id,
            revision: seen.revision,
            hash: hash.clone(),
        },
        None => Change::Stands(Stands::Password(seen)),
    })
}

/// Opens the conversation in which the second proof is given, and sends its first code, unless too
/// many went out already: then it waits for one to be sent again.
fn converse(
    decision: Decision,
    facts: &Facts,
    channel: &ChannelKnown,
    policy: &Policy,
) -> Decision {
    let (id, token, state) = facts.fresh.interaction.clone();
    let customer = facts.login.as_ref().map(|login| login.customer.id);
    let locale = facts
        .login
        .as_ref()
        .map(|login| login.customer.locale)
        .unwrap_or_default();
    let to = Addressee {
        customer,
        kind: channel.kind,
        recipient: recipient(channel),
        locale,
        at: facts.now,
    };
    let bound = Bound::Interaction(id).digest();
    let (sent, notice) = send(&facts.fresh.challenge, bound, None, to, policy.code_life());
    let opened = Change::InteractionOpened {
        id,
        token,
        kind: InteractionKind::SignIn,
        customer,
        state,
        at: facts.now,
        expires: facts.now.plus(CONVERSATION),
    };
    let decision = decision.with([opened]);
    let sends = facts.sends.as_ref();
    match sends.and_then(|sends| sends.count(facts.now, policy)) {
        Some(counting) => decision.with(counting).with([sent]).telling([notice]),
        None => decision,
    }
}
