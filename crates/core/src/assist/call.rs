//! Who calls: the code that is read to the desk, from the page of the account or from the phone
//! that the desk calls back, and what is looked at then.
//!
//! **Invariant:** a code counts once, for the customer it was made for; one that was sent for a
//! call back, only in that call and to the person who makes it.

use serde_json::json;

use super::CALL_LIFE;
use crate::access::Act;
use crate::bound::Bound;
use crate::bytes::CounterKey;
use crate::change::{Change, DeskChange};
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::entry::{Actor, Entry};
use crate::guess::Sends;
use crate::id::{CallId, CustomerId, DecisionId, NoticeId, StaffId};
use crate::known::{
    CallKnown, ChallengeKnown, ChannelKnown, CustomerKnown, CustomerState, StaffRole,
};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::notice::{DeskNotice, FreshReport, NoticeKind};
use crate::policy::Policy;
use crate::proof::{FactorProved, StaffProved};
use crate::reason::Reason;
use crate::step_up::{Addressee, Admission, FreshChallenge, Tried, recipient, send, told};
use crate::verdict::{Requirement, Verdict};

/// Makes the code that a customer reads to the desk, in the place of the one there is.
pub fn decide_code(
    owner: &Owner,
    seen: Option<&ChallengeKnown>,
    fresh: &FreshChallenge,
    policy: &Policy,
) -> Decision {
    let reason = owner.refusal(policy);
    let decision = Decision::of(owner.entry(Act::Assist, reason, policy));
    if reason.is_some() {
        return decision;
    }
    let customer = owner.customer();
    let made = Change::ChallengeSent {
        id: fresh.id,
        notice: fresh.notice,
        customer: Some(customer),
        kind: ChannelKind::Mail,
        bound: Bound::Telephone(customer).digest(),
        seen: seen.map(|known| known.id),
        code: fresh.hash,
        at: owner.now,
        expires: owner.now.plus(policy.code_life()),
    };
    decision.with(owner.stands()).with([made])
}

/// Who of the firm does it, and what is fresh about it.
#[derive(Debug)]
pub struct Desk {
    /// Who.
    pub staff: StaffProved,
    /// The counter of tries at their secret.
    pub tries: CounterKey,
    /// Now.
    pub now: Moment,
}

impl Desk {
    pub(super) fn entry(&self, id: DecisionId, about: (Act, CustomerId), policy: &Policy) -> Entry {
        Entry {
            id,
            at: self.now,
            act: about.0,
            actor: Actor::Staff(self.staff.id()),
            customer: Some(about.1),
            operation: None,
            verdict: Verdict::Refuse,
            reasons: Vec::new(),
            policy: policy.version.clone(),
            facts: "{}".to_owned(),
        }
    }

    pub(super) fn stands(&self, customer: &CustomerKnown) -> [Change; 3] {
        let (id, revision) = (customer.id, customer.revision);
        let customer = crate::change::Stands::Customer { id, revision };
        let cleared = Change::TriesCleared { key: self.tries };
        [self.staff.stands(), Change::Stands(customer), cleared]
    }

    pub(super) fn lacks(&self, role: StaffRole) -> Option<Reason> {
        (!self.staff.has(role)).then_some(Reason::StaffRole)
    }
}

/// What is known when a caller reads a code.
#[derive(Debug)]
pub struct IdentifyFacts {
    /// Who answers.
    pub desk: Desk,
    /// Who is said to call.
    pub customer: CustomerKnown,
    /// The code that was made, and whether it was read.
    pub tried: (Tried, Option<FactorProved>),
    /// Whether the try was admitted, and its counter.
    pub admission: (Admission, CounterKey),
    /// How the customer is told.
    pub channels: Vec<ChannelKnown>,
    /// Where the code was to be read.
    pub by: By,
    /// Fresh values: the id of this decision and of the call.
    pub fresh: (DecisionId, CallId),
    /// A report code, and the id of the message with it.
    pub told: (FreshReport, NoticeId),
}

/// How a caller came by the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By a text message, while this call back was under way.
    CallBack(CallId),
    /// On the page of their account.
    Page,
}

impl By {
    /// What the code is bound to.
    #[must_use]
    pub const fn bound(self, customer: CustomerId, staff: StaffId) -> Bound<'static> {
        match self {
            Self::CallBack(call) => Bound::CallBack {
                call,
                staff,
                customer,
            },
            Self::Page => Bound::Telephone(customer),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::CallBack(_) => "call_back",
            Self::Page => "page",
        }
    }
}

/// The caller is who they say, or is not.
pub fn decide_identify(facts: &IdentifyFacts, policy: &Policy) -> Decision {
    let (desk, customer) = (&facts.desk, &facts.customer);
    let (tried, factor) = &facts.tried;
    let bound = facts.by.bound(customer.id, desk.staff.id()).digest();
    let frozen = (customer.state == CustomerState::Frozen).then_some(Reason::Frozen);
    let locked = (facts.admission.0 == Admission::Locked).then_some(Reason::TriesExhausted);
    let wrong = || tried.lacks(factor.as_ref(), bound, desk.now);
    let role = desk.lacks(StaffRole::Desk);
    let phone = || match facts.by {
        By::CallBack(_) => phone_refused(customer, desk.now, policy),
        By::Page => None,
    };
    let reason = role.or(locked).or(frozen).or_else(phone).or_else(wrong);
    let mut entry = desk.entry(facts.fresh.0, (Act::Assist, customer.id), policy);
    entry.reasons = vec![reason.unwrap_or(Reason::Proved)];
    entry.facts = json!({ "call": facts.fresh.1, "by": facts.by.word() }).to_string();
    let (Some(factor), None) = (factor, reason) else {
        return Decision::of(entry).with([Change::TriesCleared { key: desk.tries }]);
    };
    entry.verdict = Verdict::Allow;
    let opened = DeskChange::CallOpened {
        id: facts.fresh.1,
        customer: customer.id,
        staff: desk.staff.id(),
        at: desk.now,
        ends: desk.now.plus(CALL_LIFE),
    };
    let cleared = Change::TriesCleared {
        key: facts.admission.1,
    };
    let ((code, report), notice) = facts.told.clone();
    let issued = crate::report::issued(code, &entry, customer.id, policy);
    let kind = NoticeKind::Desk(DeskNotice::Identified { report });
    let expires = desk.now.plus(kind.life(policy));
    let told = told(&facts.channels, (customer, notice), &kind, expires);
    Decision::of(entry)
        .with(desk.stands(customer))
        .with(factor.used(desk.now))
        .with([cleared, Change::Desk(opened), issued])
        .telling(told)
}

/// Why a phone proves nothing of this customer now: whoever put theirs in the place of the
/// customer's would be called back.
fn phone_refused(customer: &CustomerKnown, now: Moment, policy: &Policy) -> Option<Reason> {
    let fresh = Span::hours(i64::from(policy.risk.contact_fresh_hours));
    if customer.contact_doubted.is_some() {
        return Some(Reason::ContactDoubted);
    }
    let changed = customer.contact_changed?;
    (now.since(changed) < fresh).then_some(Reason::ContactFresh)
}

/// What is known when the desk calls somebody back.
#[derive(Debug)]
pub struct CallBackFacts {
    /// Who calls.
    pub desk: Desk,
    /// Whom.
    pub customer: CustomerKnown,
    /// How the customer is reached.
    pub channels: Vec<ChannelKnown>,
    /// The counter of messages.
    pub sends: Sends,
    /// The code.
    pub challenge: FreshChallenge,
    /// Fresh values: the id of this decision and of the call that is to be.
    pub fresh: (DecisionId, CallId),
}

/// The phone that the desk calls back.
#[must_use]
pub fn phone_of(channels: &[ChannelKnown]) -> Option<&ChannelKnown> {
    let phone =
        |channel: &&ChannelKnown| channel.kind == ChannelKind::Sms && channel.verified.is_some();
    channels.iter().find(phone)
}

/// Sends a code to the customer's phone, which the person who calls back is read: they and nobody
/// else, in this call and no other.
pub fn decide_call_back(facts: &CallBackFacts, policy: &Policy) -> Decision {
    let (desk, customer) = (&facts.desk, &facts.customer);
    let by = By::CallBack(facts.fresh.1);
    let phone = phone_of(&facts.channels);
    let counted = facts.sends.count(desk.now, policy);
    let frozen = (customer.state == CustomerState::Frozen).then_some(Reason::Frozen);
    let reason = desk
        .lacks(StaffRole::Desk)
        .or(frozen)
        .or_else(|| phone_refused(customer, desk.now, policy))
        .or(phone.is_none().then_some(Reason::FactorMissing))
        .or(counted.is_none().then_some(Reason::TriesExhausted));
    let mut entry = desk.entry(facts.fresh.0, (Act::Assist, customer.id), policy);
    entry.reasons = vec![reason.unwrap_or(Reason::ConfirmationNeeded)];
    // Whoever calls back dials the very number that the code went to, so it is shown to them.
    let shown = reason.is_none().then_some("number");
    entry.facts = json!({ "call": facts.fresh.1, "by": by.word(), "shown": shown }).to_string();
    let (Some(phone), Some(counted), None) = (phone, counted, reason) else {
        return Decision::of(entry).with([Change::TriesCleared { key: desk.tries }]);
    };
    entry.verdict = Verdict::requiring([Requirement::SecondFactor]);
    let to = Addressee {
        customer: Some(customer.id),
        kind: phone.kind,
        recipient: recipient(phone),
        locale: customer.locale,
        at: desk.now,
    };
    let bound = by.bound(customer.id, desk.staff.id()).digest();
    let (sent, mut notice) = send(&facts.challenge, bound, None, to, policy.code_life());
    if let NoticeKind::Code { code, minutes } = notice.kind {
        notice.kind = NoticeKind::Desk(DeskNotice::Code { code, minutes });
    }
    Decision::of(entry)
        .with(desk.stands(customer))
        .with(counted)
        .with([sent])
        .telling([notice])
}

/// Why nothing can be done in a call now.
pub(super) fn closed(desk: &Desk, call: &CallKnown) -> Option<Reason> {
    if let Some(reason) = desk.lacks(StaffRole::Desk) {
        Some(reason)
    } else if call.staff != desk.staff.id() {
        Some(Reason::SamePerson)
    } else if call.ends <= desk.now {
        Some(Reason::Expired)
    } else {
        (call.customer.state == CustomerState::Frozen).then_some(Reason::Frozen)
    }
}

/// The desk looks at the customer of a call.
pub fn decide_look(desk: &Desk, call: &CallKnown, id: DecisionId, policy: &Policy) -> Decision {
    let reason = closed(desk, call);
    let mut entry = desk.entry(id, (Act::Assist, call.customer.id), policy);
    entry.reasons = vec![reason.unwrap_or(Reason::Proved)];
    entry.facts = json!({ "call": call.id, "shown": "masked" }).to_string();
    if reason.is_none() {
        entry.verdict = Verdict::Allow;
    }
    Decision::of(entry).with([Change::TriesCleared { key: desk.tries }])
}
