//! The act "sign up": a mail address or phone number and a password, then the proof that the
//! channel is the customer's.
//!
//! **Invariant:** whoever registers sees the same page whether the login is free or taken; only the
//! owner of the channel learns which.

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{BlindIndex, CounterKey, Sealed, TokenHash};
use crate::change::Change;
use crate::context::{Context, Terminal};
use crate::decision::Decision;
use crate::device::Presented;
use crate::entry::{Actor, Entry};
use crate::id::{ChannelId, CredentialId, CustomerId, DecisionId, InteractionId};
use crate::known::{
    ChannelKnown, ChannelPurpose, CrowdKnown, CustomerKnown, CustomerState, InteractionKind,
    InteractionKnown,
};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::notice::{Locale, NoticeKind, Recipient};
use crate::policy::Policy;
use crate::proof::FactorProved;
use crate::reason::Reason;
use crate::sighting::{Ending, Trait, TraitKind};
use crate::step_up::{Addressee, Admission, FreshChallenge, FreshSession, Opening, Tried};
use crate::step_up::{failed, send};
use crate::text::Reference;
use crate::verdict::Verdict;

/// For how long a registration waits for its code.
pub const CONVERSATION: Span = Span::minutes(30);

/// What is asked.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// Where the code goes.
    pub channel: ChannelKind,
    /// The language of the page.
    pub locale: Locale,
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The customer who has this login already.
    pub taken: Option<CustomerId>,
    /// What the policy has against the password.
    pub findings: Vec<Reason>,
    /// The login, sealed for the outbox.
    pub sealed: Sealed,
    /// The conversation: id, hash of its token, its sealed state with the login and the password's
    /// hash.
    pub interaction: (InteractionId, TokenHash, Sealed),
    /// A code.
    pub challenge: FreshChallenge,
    /// Whether a message may be sent, counted beforehand.
    pub sending: Admission,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Begins a registration.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let mut reasons = facts.findings.clone();
    let acceptable = reasons.is_empty();
    if acceptable && facts.taken.is_some() {
        reasons.push(Reason::LoginTaken);
    }
    let needed = [crate::verdict::Requirement::SecondFactor];
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::SignUp,
        actor: Actor::Customer,
        customer: facts.taken,
        operation: None,
        verdict: if acceptable {
            Verdict::requiring(needed)
        } else {
            Verdict::Refuse
        },
        reasons,
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    if !acceptable {
        return decision;
    }
    let (id, token, state) = facts.interaction.clone();
    let opened = Change::InteractionOpened {
        id,
        token,
        kind: InteractionKind::SignUp,
        customer: None,
        state,
        at: facts.now,
        expires: facts.now.plus(CONVERSATION),
    };
    let recipient = Recipient {
        kind: attempt.channel.into(),
        channel: None,
        sealed: facts.sealed.clone(),
    };
    let to = Addressee {
        customer: facts.taken,
        kind: attempt.channel,
        recipient,
        locale: attempt.locale,
        at: facts.now,
    };
    let (sent, mut notice) = send(
        &facts.challenge,
        Bound::Interaction(id).digest(),
        None,
        to,
        policy.code_life(),
    );
    if facts.taken.is_some() {
        notice.kind = NoticeKind::SignUpAgain;
    }
    match facts.sending {
        Admission::Admitted | Admission::Last => decision.with([opened, sent]).telling([notice]),
        Admission::Locked => decision.with([opened]),
    }
}

/// The answer with the code.
#[derive(Clone, Debug)]
pub struct Completion {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
    /// The counter of messages to the login.
    pub sends: CounterKey,
}

/// What is known when the code is answered.
#[derive(Debug)]
pub struct CompletionFacts {
    /// The conversation.
    pub interaction: InteractionKnown,
    /// With what it was tried.
    pub tried: Tried,
    /// The proof, if the answer was right.
    pub factor: Option<FactorProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// The customer who took the login in the meantime or had it before.
    pub taken: Option<CustomerId>,
    /// Everything the new customer is made of.
    pub newcomer: Newcomer,
    /// Who else was seen with the phone, and with the device that the browser names.
    pub crowd: Vec<CrowdKnown>,
    /// A session.
    pub session: FreshSession,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// A customer in the making.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The id.
    pub id: CustomerId,
    /// How applications will name the customer.
    pub reference: Reference,
    /// The language.
    pub locale: Locale,
    /// The channel: id, kind, sealed value, keyed index.
    pub channel: (ChannelId, ChannelKind, Sealed, BlindIndex),
    /// Keyed hash of the login, which no other customer may have.
    pub login: CounterKey,
    /// The password: id and hash. An imported customer may have none.
    pub credential: Option<(CredentialId, String)>,
}

impl Newcomer {
    /// The phone, if the login is one.
    #[must_use]
    pub fn phone(&self) -> Option<Trait> {
        let (_, kind, _, _) = self.channel;
        (kind == ChannelKind::Sms).then(|| Trait::of_phone(self.login))
    }

    /// The changes that make the customer, with the channel verified at `verified`.
    #[must_use]
    pub fn changes(&self, at: Moment, verified: Option<Moment>) -> Vec<Change> {
        let (channel, kind, sealed, index) = self.channel.clone();
        let customer = self.id;
        let mut changes = vec![
            Change::CustomerCreated {
                id: customer,
                reference: self.reference.clone(),
                locale: self.locale,
                at,
            },
            Change::ChannelAdded(ChannelKnown {
                id: channel,
                customer,
                kind,
                purpose: ChannelPurpose::Login,
                sealed,
                index,
                verified,
            }),
            Change::LoginClaimed {
                name: self.login,
                customer,
            },
        ];
        let credential = self.credential.clone();
        changes.extend(credential.map(|(id, hash)| Change::CredentialAdded {
            id,
            customer,
            hash,
            at,
        }));
        changes
    }
}

/// Completes a registration: the customer exists and is signed in.
pub fn complete(attempt: &Completion, facts: &CompletionFacts, policy: &Policy) -> Decision {
    let reason = refusal(facts);
    let newcomer = &facts.newcomer;
    let allowed = reason.is_none();
    let mut decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::SignUp,
        actor: Actor::Customer,
        customer: allowed.then_some(newcomer.id),
        operation: None,
        verdict: if allowed {
            Verdict::Allow
        } else {
            Verdict::Refuse
        },
        reasons: vec![reason.unwrap_or(Reason::Proved)],
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    let Some(factor) = facts.factor.as_ref().filter(|_| allowed) else {
        decision.changes.extend(failed(&attempt.context, facts.now));
        return decision;
    };
    welcome(decision, attempt, facts, (factor, policy))
}

/// Everything that makes the newcomer a signed-in customer.
fn welcome(
    mut decision: Decision,
    attempt: &Completion,
    facts: &CompletionFacts,
    proved: (&FactorProved, &Policy),
) -> Decision {
    let (factor, policy) = proved;
    let newcomer = &facts.newcomer;
    let InteractionKnown { id, revision, .. } = facts.interaction;
    decision.changes.extend([
        Change::TriesCleared { key: attempt.tries },
        Change::TriesCleared { key: attempt.sends },
        Change::InteractionClosed { id, revision },
    ]);
    decision.changes.extend(factor.used(facts.now));
    decision
        .changes
        .extend(newcomer.changes(facts.now, Some(facts.now)));
    let (device, _) = facts.session.device;
    let own = attempt.context.terminal == Terminal::Own;
    let context = Context {
        device: own.then_some(device),
        ..attempt.context
    };
    let visit = Visit {
        customer: newcomer.id,
        context: &context,
        application: None,
        ending: Ending::Success,
    };
    decision.access = Some(visit.access(&decision.entry));
    decision.sightings = visit.sightings(&decision.entry, &[]);
    // The browser of another customer was seen with this one; it is theirs no more than before.
    let devices = facts.crowd.iter().map(|one| one.seen);
    let devices = devices.filter(|seen| seen.kind == TraitKind::Device);
    let decision = decision
        .signalling(newcomer.id, &facts.crowd, policy)
        .showing(newcomer.id, newcomer.phone().into_iter().chain(devices));
    let (channel, kind, sealed, index) = newcomer.channel.clone();
    let channels = [ChannelKnown {
        id: channel,
        customer: newcomer.id,
        kind,
        purpose: ChannelPurpose::Login,
        sealed,
        index,
        verified: Some(facts.now),
    }];
    let customer = CustomerKnown {
        id: newcomer.id,
        reference: newcomer.reference.clone(),
        state: CustomerState::Active,
        revision: 1,
        created: facts.now,
        locale: newcomer.locale,
        contact_changed: None,
        contact_doubted: None,
        passkey_removed: None,
        pin_recovered: None,
    };
    let methods = vec![crate::proof::Method::Password, factor.method()];
    let opening = Opening {
        customer: &customer,
        methods,
        context: &attempt.context,
        presented: Presented::Unknown,
        channels: &channels,
        now: facts.now,
    };
    opening.session(decision, &facts.session, policy)
}

fn refusal(facts: &CompletionFacts) -> Option<Reason> {
    let bound = Bound::Interaction(facts.interaction.id).digest();
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    if facts.interaction.expires <= facts.now {
        return Some(Reason::Expired);
    }
    if let Some(reason) = facts.tried.lacks(facts.factor.as_ref(), bound, facts.now) {
        return Some(reason);
    }
    facts.taken.map(|_| Reason::LoginTaken)
}
