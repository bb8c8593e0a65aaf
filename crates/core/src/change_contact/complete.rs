//! The second half of a change of contact: the code came back from the new address or number.
//!
//! **Invariant:** a channel is added only in the session that asked for it, and what it replaces is
//! kept, so that the change can be undone.

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{BlindIndex, CounterKey, Sealed, TokenHash};
use crate::change::{Change, Stands};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::hold::money_held;
use crate::id::{ChannelId, CustomerId, DecisionId, NoticeId};
use crate::known::{
    ChallengeKnown, ChannelKnown, ChannelPurpose, ContactChangeKnown, CrowdKnown, CustomerKnown,
    CustomerState, InteractionKnown, SessionKnown,
};
use crate::login::ChannelKind;
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::proof::FactorProved;
use crate::reason::Reason;
use crate::sighting::{Ending, Trait};
use crate::step_up::{Admission, Tried, failed, locked, told};
use crate::verdict::Verdict;
use secrecy::SecretString;

/// An answer.
#[derive(Clone, Copy, Debug)]
pub struct Completion {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
    /// The counter of messages.
    pub sends: CounterKey,
}

/// The channel that is to be.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The id.
    pub id: ChannelId,
    /// Mail or text message.
    pub kind: ChannelKind,
    /// What it is for.
    pub purpose: ChannelPurpose,
    /// The sealed address or number.
    pub sealed: Sealed,
    /// Its keyed index.
    pub index: BlindIndex,
    /// The keyed hash under which it is claimed as a login.
    pub name: CounterKey,
}

impl Fresh {
    /// The phone, if it is one.
    #[must_use]
    pub fn phone(&self) -> Option<Trait> {
        (self.kind == ChannelKind::Sms).then(|| Trait::of_phone(self.name))
    }
}

/// What is known.
#[derive(Debug)]
pub struct CompletionFacts {
    /// The conversation.
    pub interaction: InteractionKnown,
    /// The customer as stored now.
    pub customer: CustomerKnown,
    /// The session that asked, if it is alive.
    pub session: Option<SessionKnown>,
    /// The unused code, if one was sent.
    pub challenge: Option<ChallengeKnown>,
    /// The proof, if the answer was right.
    pub factor: Option<FactorProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// Another customer who has the login by now.
    pub taken: Option<CustomerId>,
    /// The new channel.
    pub added: Fresh,
    /// Who else was seen with it, if it is a phone, and with the device.
    pub crowd: Vec<CrowdKnown>,
    /// The one that it takes the place of, with the keyed hash under which that is claimed.
    pub retired: Option<(ChannelKnown, CounterKey)>,
    /// The customer's channels, the one to be replaced among them.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values.
    pub fresh: CompletionFresh,
    /// Now.
    pub now: Moment,
}

/// Fresh values.
#[derive(Clone, Debug)]
pub struct CompletionFresh {
    /// The id of this decision.
    pub decision: DecisionId,
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the notice.
    pub notice: NoticeId,
}

/// Completes the change, or says why not.
pub fn complete(attempt: &Completion, facts: &CompletionFacts, policy: &Policy) -> Decision {
    let reason = refusal(facts);
    let customer = &facts.customer;
    let mut decision = Decision::of(Entry {
        id: facts.fresh.decision,
        at: facts.now,
        act: Act::ChangeContact,
        actor: Actor::Customer,
        customer: Some(customer.id),
        operation: None,
        verdict: match reason {
            None => Verdict::Allow,
            Some(_) => Verdict::Refuse,
        },
        reasons: vec![reason.unwrap_or(Reason::Proved)],
        policy: policy.version.clone(),
        facts: format!(
            r#"{{"purpose":"{}","kind":"{}"}}"#,
            facts.added.purpose.word(),
            facts.added.kind.word()
        ),
    });
    let visit = Visit {
        customer: customer.id,
        context: &attempt.context,
        application: None,
        ending: match reason {
            None => Ending::Success,
            Some(_) => Ending::Failure,
        },
    };
    decision.access = Some(visit.access(&decision.entry));
    let Some(factor) = facts.factor.as_ref().filter(|_| reason.is_none()) else {
        let decision = decision.with(failed(&attempt.context, facts.now));
        let fresh = &facts.fresh;
        return match facts.admission {
            Admission::Last => {
                let to = (customer, fresh.notice, &fresh.report);
                locked(decision, &facts.channels, to, policy)
            }
            Admission::Admitted | Admission::Locked => decision,
        };
    };
    let InteractionKnown { id, revision, .. } = facts.interaction;
    let decision = decision.with(factor.used(facts.now)).with([
        Change::TriesCleared { key: attempt.tries },
        Change::TriesCleared { key: attempt.sends },
        Change::InteractionClosed { id, revision },
    ]);
    let decision = decision
        .with(changes(facts, policy))
        .signalling(customer.id, &facts.crowd, policy)
        .showing(customer.id, facts.added.phone());
    telling(decision, attempt, facts, policy)
}

fn refusal(facts: &CompletionFacts) -> Option<Reason> {
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
    let own = |session: &&SessionKnown| session.customer.id == facts.customer.id;
    if facts.session.as_ref().filter(own).is_none() {
        return Some(Reason::SessionMissing);
    }
    let tried = Tried::Code(facts.challenge.clone());
    tried
        .lacks(facts.factor.as_ref(), bound, facts.now)
        .or(facts.taken.map(|_| Reason::LoginTaken))
}

fn changes(facts: &CompletionFacts, policy: &Policy) -> Vec<Change> {
    let (added, customer, at) = (&facts.added, &facts.customer, facts.now);
    let stands = facts.session.as_ref().map(|session| {
        Change::Stands(Stands::Session {
            id: session.id,
            customer: customer.id,
        })
    });
    // The customer's row first, as whoever ends sessions has it.
    let mut changes = vec![Change::CustomerContactChanged {
        id: customer.id,
        revision: customer.revision,
        at,
    }];
    changes.extend(stands);
    changes.push(Change::ChannelAdded(ChannelKnown {
        id: added.id,
        customer: customer.id,
        kind: added.kind,
        purpose: added.purpose,
        sealed: added.sealed.clone(),
        index: added.index.clone(),
        verified: Some(at),
    }));
    if let Some((retired, name)) = &facts.retired {
        changes.push(Change::ChannelRetired { id: retired.id, at });
        if retired.purpose == ChannelPurpose::Login {
            changes.push(Change::LoginReleased {
                name: *name,
                customer: customer.id,
            });
        }
    }
    if added.purpose == ChannelPurpose::Login {
        changes.push(Change::LoginClaimed {
            name: added.name,
            customer: customer.id,
        });
    }
    changes.push(Change::ContactChanged(ContactChangeKnown {
        decision: facts.fresh.decision,
        customer: customer.id,
        added: added.id,
        retired: facts.retired.as_ref().map(|(retired, _)| retired.id),
        at,
    }));
    changes.extend(money_held(customer.id, Reason::ContactFresh, at, policy));
    changes
}

/// Old and new are told, with one code that undoes it.
fn telling(
    decision: Decision,
    attempt: &Completion,
    facts: &CompletionFacts,
    policy: &Policy,
) -> Decision {
    let (customer, added) = (&facts.customer, &facts.added);
    let (code, report) = facts.fresh.report.clone();
    let kind = NoticeKind::ContactChanged {
        report,
        place: attempt.context.describe(),
        channel: added.kind,
    };
    let mut channels = facts.channels.clone();
    channels.push(ChannelKnown {
        id: added.id,
        customer: customer.id,
        kind: added.kind,
        purpose: added.purpose,
        sealed: added.sealed.clone(),
        index: added.index.clone(),
        verified: Some(facts.now),
    });
    let expires = facts.now.plus(kind.life(policy));
    let notices = told(&channels, (customer, facts.fresh.notice), &kind, expires);
    let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
    decision.with([issued]).telling(notices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Digest;
    use crate::id::{ChallengeId, InteractionId};
    use crate::known::InteractionKind;
    use crate::moment::Span;
    use crate::proof::CodeProved;
    use crate::sample::{NOW, channels, context, customer, policy, session};

    fn facts(replaces: bool) -> CompletionFacts {
        let interaction = InteractionKnown {
            id: InteractionId([3; 16]),
            kind: InteractionKind::ChangeContact,
            customer: Some(customer(1)),
            state: Sealed(vec![3; 40]),
            expires: NOW.plus(Span::minutes(30)),
            codes: 1,
            revision: 1,
        };
        let (id, bound) = (
            ChallengeId([4; 16]),
            Bound::Interaction(interaction.id).digest(),
        );
        CompletionFacts {
            interaction,
            customer: customer(1),
            session: Some(session(1, 1)),
            challenge: Some(ChallengeKnown {
                id,
                kind: ChannelKind::Sms,
                bound,
                code: Digest([0; 32]),
                sent: NOW,
                expires: NOW.plus(Span::minutes(10)),
            }),
            factor: Some(FactorProved::SmsCode(CodeProved::assert_code(
                id, bound, NOW,
            ))),
            admission: Admission::Admitted,
            taken: None,
            added: Fresh {
                id: ChannelId([8; 16]),
                kind: ChannelKind::Sms,
                purpose: ChannelPurpose::Login,
                sealed: Sealed(vec![8; 40]),
                index: BlindIndex(vec![8; 4]),
                name: CounterKey([8; 16]),
            },
            crowd: Vec::new(),
            retired: replaces.then(|| (channels()[1].clone(), CounterKey([2; 16]))),
            channels: channels(),
            fresh: CompletionFresh {
                decision: DecisionId([9; 16]),
                report: (TokenHash([6; 32]), "ABCDE-12345".into()),
                notice: NoticeId([7; 16]),
            },
            now: NOW,
        }
    }

    fn decided(facts: &CompletionFacts) -> Decision {
        let attempt = Completion {
            context: context(),
            tries: CounterKey([1; 16]),
            sends: CounterKey([2; 16]),
        };
        complete(&attempt, facts, &policy())
    }

    fn names(decision: &Decision) -> Vec<String> {
        let name = |change: &Change| {
            let shown = format!("{change:?}");
            shown
                .split([' ', '('])
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        decision.changes.iter().map(name).collect()
    }

    #[test]
    fn old_and_new_are_told_and_money_waits() {
        for replaces in [false, true] {
            let decision = decided(&facts(replaces));
            assert_eq!(decision.verdict(), &Verdict::Allow);
            let names = names(&decision);
            for change in [
                "CustomerContactChanged",
                "ChannelAdded",
                "LoginClaimed",
                "ContactChanged",
            ] {
                assert!(names.contains(&change.to_owned()), "{change} {names:?}");
            }
            for change in ["ChannelRetired", "LoginReleased"] {
                assert_eq!(names.contains(&change.to_owned()), replaces, "{names:?}");
            }
            let to: Vec<_> = decision
                .notices
                .iter()
                .filter_map(|n| n.to.channel)
                .collect();
            assert_eq!(to, [1, 2, 8].map(|number| ChannelId([number; 16])));
            let held = decision.changes.iter().find_map(|change| match change {
                Change::Hold(held) => match held.as_ref() {
                    crate::change::HoldChange::AllHeld { kinds, .. } => Some(kinds.len()),
                    _ => None,
                },
                _ => None,
            });
            assert_eq!(
                held,
                Some(4),
                "withdraw, transfer, payout_account_change, payout_account_registration"
            );
        }
    }

    #[test]
    fn a_dedicated_address_is_no_way_to_sign_in() {
        let mut facts = facts(false);
        facts.added.purpose = ChannelPurpose::Notice;
        let names = names(&decided(&facts));
        assert!(names.contains(&"ChannelAdded".to_owned()));
        assert!(!names.contains(&"LoginClaimed".to_owned()), "{names:?}");
    }

    #[test]
    fn what_stands_against_it_changes_no_channel() {
        let mut gone = facts(true);
        gone.session = None;
        let mut foreign = facts(true);
        foreign.session = Some(session(5, 2));
        let mut frozen = facts(true);
        frozen.customer.state = CustomerState::Frozen;
        let mut over = facts(true);
        over.now = NOW.plus(Span::minutes(30));
        let mut taken = facts(true);
        taken.taken = Some(CustomerId([7; 16]));
        let mut wrong = facts(true);
        wrong.factor = None;
        let mut locked = facts(true);
        locked.admission = Admission::Locked;
        let cases = [
            (gone, Reason::SessionMissing),
            (foreign, Reason::SessionMissing),
            (frozen, Reason::Frozen),
            (over, Reason::Expired),
            (taken, Reason::LoginTaken),
            (wrong, Reason::CodeWrong),
            (locked, Reason::TriesExhausted),
        ];
        for (facts, reason) in cases {
            let decision = decided(&facts);
            assert_eq!(decision.reasons(), [reason]);
            assert!(decision.notices.is_empty());
            assert!(!names(&decision).contains(&"ChannelAdded".to_owned()));
        }
    }

    #[test]
    fn it_lands_only_in_a_living_session_and_its_last_wrong_code_is_told() {
        let alive = Change::Stands(Stands::Session {
            id: session(1, 1).id,
            customer: customer(1).id,
        });
        assert!(decided(&facts(true)).changes.contains(&alive));
        let mut wrong = facts(true);
        (wrong.factor, wrong.admission) = (None, Admission::Last);
        let decision = decided(&wrong);
        assert_eq!(decision.notices.len(), 2);
        let locked =
            |notice: &crate::notice::Notice| matches!(notice.kind, NoticeKind::Locked { .. });
        assert!(decision.notices.iter().all(locked));
    }
}
