//! The act "change contact": a customer adds a way to reach them, or puts another in the place of
//! one they have.
//!
//! It takes a fresh proof, the present address or number typed in full, and a code that went to the
//! new one. Old and new are told; money waits for a while
//! ([`crate::policy::RiskPolicy::contact_fresh_hours`]); and whoever says "this was not me" to that
//! notice has the old one back ([`crate::report`]).
//!
//! **Invariant:** nobody learns here whether an address or number belongs to somebody else.

mod complete;

pub use complete::{Completion, CompletionFacts, CompletionFresh, Fresh as FreshChannel, complete};

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{CounterKey, Sealed, TokenHash};
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::guess::Sends;
use crate::id::{ChannelId, CustomerId, DecisionId, InteractionId, NoticeId};
use crate::known::{ChannelKnown, ChannelPurpose, CustomerState, InteractionKind, SessionKnown};
use crate::login::ChannelKind;
use crate::moment::Moment;
use crate::notice::{NoticeKind, Recipient};
use crate::policy::Policy;
use crate::proof::ContactProved;
use crate::prove::{Ways, missing};
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::sign_in::CONVERSATION;
use crate::step_up::{Addressee, Admission, FreshChallenge};
use crate::step_up::{failed, locked, send};
use crate::verdict::Verdict;
use secrecy::SecretString;

/// Most channels of one customer: a mail address, two numbers and a dedicated address are common,
/// and what is told everywhere should stay few messages.
pub const MOST: usize = 6;

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
    /// What the new one is for.
    pub purpose: ChannelPurpose,
    /// How it is reached.
    pub kind: ChannelKind,
    /// The channel that it takes the place of.
    pub replaces: Option<ChannelId>,
}

/// The address or number that is wanted, as far as anything is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nobody's.
    Free,
    /// The customer's already.
    Own,
    /// Another customer's way to sign in.
    Taken(CustomerId),
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// The session.
    pub session: SessionKnown,
    /// By what a proof in the session may have been given.
    pub ways: Ways,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The proof, if a present address or number was typed in full.
    pub current: Option<ContactProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// What is known of the new one.
    pub wanted: Wanted,
    /// The new address or number, sealed for the message.
    pub sealed: Sealed,
    /// The counter of messages.
    pub sends: Sends,
    /// The conversation that waits for the code: its id, the hash of its token, its sealed state.
    pub interaction: (InteractionId, TokenHash, Sealed),
    /// The code.
    pub challenge: FreshChallenge,
    /// The code by which the customer can say "this was not me", its hash and its text, and the id
    /// of the message with it.
    pub locked: ((TokenHash, SecretString), NoticeId),
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// The channel whose value has to be typed in full: the one that is replaced, or else the first
/// that was verified.
#[must_use]
pub fn anchor(channels: &[ChannelKnown], replaces: Option<ChannelId>) -> Option<&ChannelKnown> {
    channels.iter().find(|channel| match replaces {
        Some(id) => channel.id == id,
        None => channel.verified.is_some(),
    })
}

/// Judges the wish, and sends a code to the new address or number.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let customer = &facts.session.customer;
    let (verdict, reason) = judged(attempt, facts, policy);
    let sending = verdict == Verdict::Allow;
    let mut decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::ChangeContact,
        actor: Actor::Customer,
        customer: Some(customer.id),
        operation: None,
        verdict: match sending {
            true => Verdict::requiring([crate::verdict::Requirement::Confirmation]),
            false => verdict,
        },
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: format!(
            r#"{{"purpose":"{}","kind":"{}"}}"#,
            attempt.purpose.word(),
            attempt.kind.word()
        ),
    });
    let wrong = reason == Reason::ContactMismatch;
    let visit = Visit {
        customer: customer.id,
        context: &attempt.context,
        application: None,
        ending: if wrong {
            Ending::Failure
        } else {
            Ending::Pending
        },
    };
    decision.access = Some(visit.access(&decision.entry));
    if wrong {
        let decision = decision.with(failed(&attempt.context, facts.now));
        let (report, notice) = &facts.locked;
        return match facts.admission {
            Admission::Last => locked(
                decision,
                &facts.channels,
                (customer, *notice, report),
                policy,
            ),
            Admission::Admitted | Admission::Locked => decision,
        };
    }
    if facts.current.is_some() && facts.admission != Admission::Locked {
        let cleared = Change::TriesCleared { key: attempt.tries };
        decision.changes.push(cleared);
    }
    match sending {
        true => converse(decision, attempt, facts, policy),
        false => decision,
    }
}

fn judged(attempt: &Attempt, facts: &Facts, policy: &Policy) -> (Verdict, Reason) {
    let refuse = |reason| (Verdict::Refuse, reason);
    if facts.admission == Admission::Locked {
        return refuse(Reason::TriesExhausted);
    }
    if facts.session.customer.state == CustomerState::Frozen {
        return refuse(Reason::Frozen);
    }
    let missing = missing(&facts.session, facts.ways, facts.now, policy);
    if !missing.is_empty() {
        return (Verdict::requiring(missing), Reason::PolicyRequires);
    }
    let anchor = anchor(&facts.channels, attempt.replaces).map(|channel| channel.id);
    let proved = facts.current.as_ref().map(ContactProved::channel);
    if anchor.is_none() || proved != anchor {
        return refuse(Reason::ContactMismatch);
    }
    if facts.wanted == Wanted::Own {
        return refuse(Reason::ContactSame);
    }
    let dedicated = attempt.purpose == ChannelPurpose::Notice;
    if dedicated && attempt.kind != ChannelKind::Mail {
        return refuse(Reason::ContactKind);
    }
    if attempt.replaces.is_none() && facts.channels.len() >= MOST {
        return refuse(Reason::ContactMany);
    }
    match facts.sends.count(facts.now, policy) {
        None => refuse(Reason::TriesExhausted),
        Some(_) => (Verdict::Allow, Reason::ConfirmationNeeded),
    }
}

/// Opens the conversation and sends the code. Whoever has the address already is told that it was
/// tried, in the place of the code.
fn converse(decision: Decision, attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let (id, token, state) = facts.interaction.clone();
    let customer = &facts.session.customer;
    let to = Addressee {
        customer: Some(customer.id),
        kind: attempt.kind,
        recipient: Recipient {
            kind: attempt.kind.into(),
            channel: None,
            sealed: facts.sealed.clone(),
        },
        locale: customer.locale,
        at: facts.now,
    };
    let bound = Bound::Interaction(id).digest();
    let (sent, mut notice) = send(&facts.challenge, bound, None, to, policy.code_life());
    if let Wanted::Taken(owner) = facts.wanted {
        notice.customer = Some(owner);
        notice.kind = NoticeKind::SignUpAgain;
    }
    let opened = Change::InteractionOpened {
        id,
        token,
        kind: InteractionKind::ChangeContact,
        customer: Some(customer.id),
        state,
        at: facts.now,
        expires: facts.now.plus(CONVERSATION),
    };
    let counting = facts.sends.count(facts.now, policy);
    decision
        .with(counting.unwrap_or_default())
        .with([opened, sent])
        .telling([notice])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Span;
    use crate::sample::{NOW, channels, context, policy, session};

    fn facts(wanted: Wanted) -> Facts {
        let mut session = session(1, 1);
        session.proved = NOW;
        Facts {
            session,
            ways: Ways::Any,
            channels: channels(),
            current: Some(ContactProved::assert_contact(ChannelId([1; 16]), NOW)),
            admission: Admission::Admitted,
            wanted,
            sealed: Sealed(vec![1; 40]),
            sends: Sends {
                key: CounterKey([2; 16]),
                tries: None,
            },
            interaction: (
                InteractionId([3; 16]),
                TokenHash([3; 32]),
                Sealed(vec![3; 40]),
            ),
            challenge: FreshChallenge {
                id: crate::id::ChallengeId([4; 16]),
                code: "123456".into(),
                hash: crate::bytes::Digest([4; 32]),
                notice: crate::id::NoticeId([4; 16]),
            },
            locked: (
                (TokenHash([8; 32]), "ABCDE-12345".into()),
                NoticeId([8; 16]),
            ),
            decision: DecisionId([9; 16]),
            now: NOW,
        }
    }

    fn attempt(replaces: Option<u8>) -> Attempt {
        Attempt {
            context: context(),
            tries: CounterKey([1; 16]),
            purpose: ChannelPurpose::Login,
            kind: ChannelKind::Sms,
            replaces: replaces.map(|number| ChannelId([number; 16])),
        }
    }

    fn sends(decision: &Decision) -> bool {
        let sent = |change: &Change| matches!(change, Change::ChallengeSent { .. });
        decision.changes.iter().any(sent)
    }

    #[test]
    fn a_code_goes_to_the_new_one_whether_it_is_taken_or_not() {
        let free = decide(&attempt(None), &facts(Wanted::Free), &policy());
        let owner = CustomerId([7; 16]);
        let taken = decide(&attempt(Some(1)), &facts(Wanted::Taken(owner)), &policy());
        for decision in [&free, &taken] {
            assert!(sends(decision), "{decision:?}");
            assert_eq!(decision.notices.len(), 1);
            assert_eq!(decision.reasons(), [Reason::ConfirmationNeeded]);
        }
        assert_eq!(free.changes.len(), taken.changes.len());
        assert!(matches!(free.notices[0].kind, NoticeKind::Code { .. }));
        assert!(matches!(taken.notices[0].kind, NoticeKind::SignUpAgain));
        assert_eq!(taken.notices[0].customer, Some(owner));
    }

    #[test]
    fn what_stands_against_it_sends_nothing() {
        let free = || facts(Wanted::Free);
        let mut wrong = free();
        wrong.current = None;
        let mut locked = free();
        locked.admission = Admission::Locked;
        let mut frozen = free();
        frozen.session.customer.state = CustomerState::Frozen;
        let mut old = free();
        old.session.proved = NOW.minus(Span::hours(1));
        let mut weak = free();
        weak.ways = Ways::Passkey;
        let mut many = free();
        many.channels = [channels(), channels()].concat();
        let mut dedicated = attempt(None);
        dedicated.purpose = ChannelPurpose::Notice;
        let cases = [
            (attempt(None), wrong, Reason::ContactMismatch),
            // The value of another channel than the one that is replaced.
            (attempt(Some(2)), free(), Reason::ContactMismatch),
            // A channel of somebody else.
            (attempt(Some(9)), free(), Reason::ContactMismatch),
            (attempt(None), locked, Reason::TriesExhausted),
            (attempt(None), frozen, Reason::Frozen),
            (attempt(None), old, Reason::PolicyRequires),
            (attempt(None), weak, Reason::PolicyRequires),
            (attempt(None), many, Reason::ContactMany),
            (attempt(None), facts(Wanted::Own), Reason::ContactSame),
            (dedicated, free(), Reason::ContactKind),
        ];
        for (attempt, facts, reason) in cases {
            let decision = decide(&attempt, &facts, &policy());
            assert_eq!(decision.reasons(), [reason]);
            assert!(
                !sends(&decision) && decision.notices.is_empty(),
                "{reason:?}"
            );
        }
    }

    #[test]
    fn the_last_wrong_present_address_is_told() {
        let mut facts = facts(Wanted::Free);
        facts.current = None;
        for (admission, told) in [(Admission::Admitted, 0), (Admission::Last, 2)] {
            facts.admission = admission;
            let decision = decide(&attempt(None), &facts, &policy());
            assert_eq!(decision.notices.len(), told, "every verified channel");
        }
    }
}
