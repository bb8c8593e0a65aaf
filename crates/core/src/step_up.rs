//! The act "step up": a second proof in a conversation, and the sending of the code for it.
//!
//! **Invariant:** a code proves only what it was bound to, once, and within its life.

use secrecy::SecretString;

use crate::access::{Act, Visit};
use crate::bytes::{CounterKey, Digest, TokenHash};
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{
    ChallengeId, CustomerId, DecisionId, DeviceId, InteractionId, NoticeId, OperationId, SessionId,
};
use crate::known::{ChallengeKnown, ChannelKnown, CustomerKnown, CustomerState, InteractionKnown};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::notice::{Locale, Notice, NoticeKind, Recipient};
use crate::policy::{FactorPolicy, Policy};
use crate::proof::{FactorProved, Method};
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::text::Line;
use crate::verdict::Verdict;

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

/// A code that gate drew and hashed.
#[derive(Clone, Debug)]
pub struct FreshChallenge {
    /// The id.
    pub id: ChallengeId,
    /// The code, for the message.
    pub code: SecretString,
    /// Its keyed hash, bound to `id` and to what the code is for.
    pub hash: Digest,
    /// The id of the message.
    pub notice: NoticeId,
}

/// Everything a new session needs that is random.
#[derive(Clone, Debug)]
pub struct FreshSession {
    /// The id.
    pub id: SessionId,
    /// Hash of the token in the cookie.
    pub token: TokenHash,
    /// A device that is remembered with it: its id and the hash of its token. `None` when the browser already has one.
    pub device: Option<(DeviceId, TokenHash)>,
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
}

/// What a code of an interaction is bound to.
#[must_use]
pub fn bound_to_interaction(id: InteractionId) -> Digest {
    Digest::of(format!("interaction:{id}").as_bytes())
}

/// What a code that confirms an operation is bound to (PSD2 RTS article 5: amount and payee are in the digest).
#[must_use]
pub fn bound_to_operation(id: OperationId, operation: Digest, customer: CustomerId) -> Digest {
    Digest::of(format!("operation:{id}:{operation}:{customer}").as_bytes())
}

/// The method of a code that travels by `kind`.
#[must_use]
pub const fn method_of(kind: ChannelKind) -> Method {
    match kind {
        ChannelKind::Mail => Method::MailCode,
        ChannelKind::Sms => Method::SmsCode,
    }
}

/// The verified channel a code goes to: one that the policy allows, text message before mail.
#[must_use]
pub fn code_channel<'a>(channels: &'a [ChannelKnown], policy: &Policy) -> Option<&'a ChannelKnown> {
    let usable = |channel: &&ChannelKnown| {
        channel.verified.is_some() && policy.factor(method_of(channel.kind)) != FactorPolicy::Forbid
    };
    channels
        .iter()
        .filter(usable)
        .max_by_key(|channel| channel.kind)
}

/// The change and the message that send `fresh` to `to`.
#[must_use]
pub fn send(fresh: &FreshChallenge, bound: Digest, to: Addressee, life: Span) -> (Change, Notice) {
    let Addressee {
        customer,
        recipient,
        locale,
        at,
    } = to;
    let sent = Change::ChallengeSent {
        id: fresh.id,
        customer,
        kind: recipient.kind,
        bound,
        code: fresh.hash,
        at,
        expires: at.plus(life),
    };
    let minutes = u16::try_from(life.as_seconds() / 60).unwrap_or(u16::MAX);
    let kind = NoticeKind::Code {
        code: fresh.code.clone(),
        minutes,
    };
    (
        sent,
        Notice {
            id: fresh.notice,
            customer,
            to: recipient,
            locale,
            kind,
        },
    )
}

/// To whom a code goes.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// The customer, if known.
    pub customer: Option<CustomerId>,
    /// Where.
    pub recipient: Recipient,
    /// In which language.
    pub locale: Locale,
    /// Now.
    pub at: Moment,
}

/// An answer in a sign-in conversation.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
}

/// What is known. The interaction is of kind sign-in and has a customer.
#[derive(Debug)]
pub struct Facts {
    /// The conversation.
    pub interaction: InteractionKnown,
    /// Its customer.
    pub customer: CustomerKnown,
    /// How the password was proved before, from the sealed state.
    pub methods: Vec<Method>,
    /// The unused code, if one was sent.
    pub challenge: Option<ChallengeKnown>,
    /// The proof, if the answer was right.
    pub factor: Option<FactorProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
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
    let reason = refusal(facts);
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
    let device = facts
        .session
        .device
        .map(|(id, _)| id)
        .or(attempt.context.device);
    let context = Context {
        device,
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
    if reason.is_some() {
        decision.changes.extend(failed(&attempt.context, facts.now));
        if facts.admission == Admission::Last {
            decision.notices.extend(locked_notice(facts, policy));
        }
        return decision;
    }
    decision.sightings = visit.sightings(&decision.entry, &[]);
    finish(decision, attempt, facts, policy)
}

/// The conversation closes and the session opens.
fn finish(mut decision: Decision, attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let mut methods = facts.methods.clone();
    methods.extend(facts.factor.as_ref().map(FactorProved::method));
    decision.changes.extend(
        facts
            .challenge
            .as_ref()
            .map(|challenge| Change::ChallengeUsed {
                id: challenge.id,
                at: facts.now,
            }),
    );
    decision
        .changes
        .push(Change::TriesCleared { key: attempt.tries });
    let InteractionKnown { id, revision, .. } = facts.interaction;
    decision
        .changes
        .push(Change::InteractionClosed { id, revision });
    let opening = Opening {
        customer: &facts.customer,
        methods,
        context: &attempt.context,
        channels: &facts.channels,
        now: facts.now,
    };
    opening.session(decision, &facts.session, policy)
}

fn refusal(facts: &Facts) -> Option<Reason> {
    let bound = bound_to_interaction(facts.interaction.id);
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    if facts.customer.state == CustomerState::Frozen {
        return Some(Reason::Frozen);
    }
    if facts.interaction.expires <= facts.now {
        return Some(Reason::Expired);
    }
    match (&facts.challenge, &facts.factor) {
        (Some(challenge), _) if challenge.expires <= facts.now => Some(Reason::CodeExpired),
        (Some(challenge), Some(factor))
            if factor.challenge() == challenge.id && factor.bound() == bound =>
        {
            None
        }
        (None, _) => Some(Reason::CodeExpired),
        (Some(_), _) => Some(Reason::CodeWrong),
    }
}

/// Counts a failure against the address, if there is one.
#[must_use]
pub fn failed(context: &Context, at: Moment) -> Option<Change> {
    context
        .address
        .map(|address| Change::FailureCounted { address, at })
}

fn locked_notice(facts: &Facts, policy: &Policy) -> Option<Notice> {
    let to = recipient(code_channel(&facts.channels, policy)?);
    let kind = NoticeKind::Locked {
        minutes: policy.guessing.lock_minutes,
    };
    Some(Notice {
        id: facts.session.notice,
        customer: Some(facts.customer.id),
        to,
        locale: facts.customer.locale,
        kind,
    })
}

/// A customer's channel as the recipient of a message.
#[must_use]
pub fn recipient(channel: &ChannelKnown) -> Recipient {
    Recipient {
        kind: channel.kind,
        channel: Some(channel.id),
        sealed: channel.sealed.clone(),
    }
}

/// What opening a session needs; the same after a password alone and after a second proof.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Whose session.
    pub customer: &'a CustomerKnown,
    /// How it was proved.
    pub methods: Vec<Method>,
    /// From where.
    pub context: &'a Context,
    /// Where the notice goes.
    pub channels: &'a [ChannelKnown],
    /// Now.
    pub now: Moment,
}

impl Opening<'_> {
    /// Adds to `decision` the session, the device, the report code and the notice that somebody signed in.
    pub fn session(
        self,
        mut decision: Decision,
        fresh: &FreshSession,
        policy: &Policy,
    ) -> Decision {
        let customer = self.customer.id;
        let device = fresh.device.map(|(id, _)| id).or(self.context.device);
        let client = self
            .context
            .client
            .and_then(|family| Line::parse(&family.to_string()).ok());
        if let Some((id, token)) = fresh.device {
            decision.changes.push(Change::DeviceRemembered {
                id,
                customer,
                token,
                client,
                at: self.now,
            });
        } else if let Some(id) = self.context.device {
            decision
                .changes
                .push(Change::DeviceSeen { id, at: self.now });
        }
        decision.changes.push(Change::SessionOpened {
            id: fresh.id,
            token: fresh.token,
            customer,
            device,
            proved: self.now,
            methods: self.methods,
            ends: self
                .now
                .plus(Span::hours(i64::from(policy.session.absolute_hours))),
        });
        let (code, report) = fresh.report.clone();
        decision.changes.push(Change::ReportCodeIssued {
            code,
            decision: decision.entry.id,
            customer,
            expires: self
                .now
                .plus(Span::hours(i64::from(policy.notice.report_hours))),
        });
        let kind = NoticeKind::SignedIn {
            report,
            place: self.context.describe(),
        };
        let channel = self
            .channels
            .iter()
            .find(|channel| channel.verified.is_some());
        decision.notices.extend(channel.map(|channel| Notice {
            id: fresh.notice,
            customer: Some(customer),
            to: recipient(channel),
            locale: self.customer.locale,
            kind,
        }));
        decision
    }
}

/// What is known when another code is asked for.
#[derive(Debug)]
pub struct ResendFacts {
    /// The conversation.
    pub interaction: InteractionKnown,
    /// The unused code, if one was sent.
    pub challenge: Option<ChallengeKnown>,
    /// Where the code goes.
    pub to: Option<Addressee>,
    /// The new code.
    pub fresh: FreshChallenge,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Sends another code in a conversation, if there were not too many and the last one is not too young. The counter of
/// wrong answers is not touched: it counts across codes.
pub fn decide_resend(facts: &ResendFacts, policy: &Policy) -> Decision {
    let young = facts.challenge.as_ref().is_some_and(|challenge| {
        facts.now.since(challenge.sent) < Span::seconds(i64::from(policy.code.resend_seconds))
    });
    let over = facts.interaction.expires <= facts.now;
    let many = facts.interaction.codes >= i64::from(policy.code.most);
    let allowed = !young && !over && !many;
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::StepUp,
        actor: Actor::Customer,
        customer: facts
            .interaction
            .customer
            .as_ref()
            .map(|customer| customer.id),
        operation: None,
        verdict: if allowed {
            Verdict::Allow
        } else {
            Verdict::Refuse
        },
        reasons: if allowed {
            vec![]
        } else {
            vec![Reason::Expired]
        },
        policy: policy.version.clone(),
        facts: r#"{"resend":true}"#.to_owned(),
    });
    let (true, Some(to)) = (allowed, facts.to.clone()) else {
        return decision;
    };
    let InteractionKnown { id, revision, .. } = facts.interaction;
    let (sent, notice) = send(
        &facts.fresh,
        bound_to_interaction(id),
        to,
        policy.code_life(),
    );
    decision
        .with([Change::InteractionCodeSent { id, revision }, sent])
        .telling([notice])
}
