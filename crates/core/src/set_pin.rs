//! The act "set PIN": a customer sets a transaction PIN, the first one or another, with the one
//! before or, having forgotten it, without.
//!
//! **Invariant:** a PIN is set in a fresh session after a second factor only, is never the login
//! password, and every verified channel is told; who sets one without the one before, or a first
//! one from elsewhere, moves no money for a while.

use crate::access::{Act, Visit};
use crate::bytes::CounterKey;
use crate::change::{Change, PinChange};
use crate::context::Context;
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::hold::money_held;
use crate::id::CredentialId;
use crate::known::{PinKnown, RiskKnown};
use crate::notice::{NoticeKind, PinEvent};
use crate::policy::Policy;
use crate::proof::PinProved;
use crate::reason::Reason;
use crate::risk::{Features, Subject};
use crate::sighting::Ending;
use crate::step_up::{Admission, failed};

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter of tries at the PIN.
    pub tries: CounterKey,
}

/// By what right.
#[derive(Debug)]
pub enum Ground {
    /// By the one before: the proof, if it was right, and whether the try was admitted.
    Before(Option<PinProved>, Admission),
    /// There is none before.
    First,
    /// The one before is forgotten.
    Forgotten,
}

/// The PIN that is wanted.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Nothing stands against it; this is its hash.
    Hash(String),
    /// Something stands against it.
    Refused(Vec<Reason>),
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who.
    pub owner: Owner,
    /// The PIN there is.
    pub known: Option<PinKnown>,
    /// By what right it is set.
    pub ground: Ground,
    /// The new one.
    pub wanted: Wanted,
    /// An id for a first one.
    pub id: CredentialId,
    /// What is known of the place.
    pub risk: RiskKnown,
}

/// Judges the wish.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let owner = &facts.owner;
    let (hash, reasons) = match (&facts.wanted, refusal(facts, policy)) {
        (Wanted::Hash(hash), None) => (Some(hash), vec![Reason::Proved]),
        (Wanted::Refused(findings), None) => (None, findings.clone()),
        (_, Some(reason)) => (None, vec![reason]),
    };
    let refused = reasons.first().copied().filter(|_| hash.is_none());
    let mut entry = owner.entry(Act::SetPin, refused, policy);
    entry.reasons = reasons;
    let visit = Visit {
        customer: owner.customer(),
        context: &attempt.context,
        application: None,
        ending: match (hash, refused) {
            (Some(_), _) => Ending::Success,
            (None, Some(Reason::PinWrong | Reason::TriesExhausted)) => Ending::Failure,
            (None, _) => Ending::Pending,
        },
    };
    let access = visit.access(&entry);
    let mut decision = Decision::of(entry);
    decision.access = Some(access);
    let right = match &facts.ground {
        Ground::Before(proof, admission) => proof.is_some() && *admission != Admission::Locked,
        Ground::First | Ground::Forgotten => false,
    };
    if right || hash.is_some() {
        let cleared = Change::TriesCleared { key: attempt.tries };
        decision.changes.push(cleared);
    }
    match hash {
        Some(hash) => settled(decision, hash, (attempt, facts), policy),
        None if refused == Some(Reason::PinWrong) => warned(decision, attempt, facts, policy),
        None => decision,
    }
}

fn refusal(facts: &Facts, policy: &Policy) -> Option<Reason> {
    if let Some(reason) = facts.owner.refusal(policy) {
        return Some(reason);
    }
    if policy.pin.is_none() {
        return Some(Reason::PolicyRequires);
    }
    let own = |known: &&PinKnown| known.customer == facts.owner.customer();
    let known = facts.known.as_ref().filter(own);
    match (&facts.ground, known) {
        (Ground::First, None) | (Ground::Forgotten, Some(_)) => None,
        (Ground::First, Some(_)) => Some(Reason::FactorThere),
        (Ground::Before(..) | Ground::Forgotten, None) => Some(Reason::FactorMissing),
        (Ground::Before(_, Admission::Locked), Some(_)) => Some(Reason::TriesExhausted),
        (Ground::Before(proof, _), Some(known)) => {
            let proved = |proof: &PinProved| (proof.credential(), proof.revision());
            let right = proof.as_ref().map(proved) == Some((known.id, known.revision));
            (!right).then_some(Reason::PinWrong)
        }
    }
}

/// The PIN is the new one, and every verified channel is told.
fn settled(decision: Decision, hash: &str, about: (&Attempt, &Facts), policy: &Policy) -> Decision {
    let (attempt, facts) = about;
    let (owner, customer) = (&facts.owner, facts.owner.customer());
    let set = match &facts.known {
        None => PinChange::Added {
            id: facts.id,
            customer,
            hash: hash.to_owned(),
            at: owner.now,
            begun: Some(owner.now),
        },
        Some(known) => PinChange::Set {
            id: known.id,
            revision: known.revision,
            hash: hash.to_owned(),
            at: owner.now,
            before: Some(known.replaced(owner.now, policy.report_life())),
        },
    };
    // Whoever takes over a session sets a first one as easily as another: it waits as well, unless
    // the place has been the customer's own.
    let (event, waits) = match facts.ground {
        Ground::Before(..) => (PinEvent::Changed, false),
        Ground::First if features(attempt, facts, policy).is_own_place() => {
            (PinEvent::First, false)
        }
        Ground::First => (PinEvent::FirstElsewhere, true),
        Ground::Forgotten => (PinEvent::Forgotten, true),
    };
    let [customer, session] = owner.stands();
    let customer = match waits {
        true => held(owner, policy),
        false => vec![customer],
    };
    let decision = decision.with(customer).with([session, Change::Pin(set)]);
    let kind = NoticeKind::PinSet {
        report: owner.report.1.clone(),
        place: attempt.context.describe(),
        event,
    };
    owner.told(decision, &kind, policy)
}

fn features(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Features {
    let subject = Subject::of(policy);
    Features::of(&attempt.context, &facts.risk, subject, facts.owner.now)
}

/// Money waits, what is asked for now included: whoever took over the session and a second factor
/// gets no further before the customer has had time to read what was sent.
fn held(owner: &Owner, policy: &Policy) -> Vec<Change> {
    let customer = &owner.session.customer;
    let mut changes = vec![Change::Pin(PinChange::Recovered {
        customer: customer.id,
        revision: customer.revision,
        at: owner.now,
    })];
    changes.extend(money_held(customer.id, Reason::PinFresh, owner.now, policy));
    changes
}

/// A wrong PIN is counted against the address, and the last admitted one is told.
fn warned(decision: Decision, attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let owner = &facts.owner;
    let decision = decision.with(failed(&attempt.context, owner.now));
    if !matches!(facts.ground, Ground::Before(_, Admission::Last)) {
        return decision;
    }
    let report = owner.report.1.clone();
    owner.told(decision, &NoticeKind::Locked { report }, policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::TokenHash;
    use crate::id::{CustomerId, DecisionId, NoticeId};
    use crate::known::{CustomerState, PinBefore};
    use crate::moment::Span;
    use crate::sample::{NOW, channels, context, session, settled};
    use crate::sighting::TraitKind;
    use crate::verdict::Verdict;

    const ID: CredentialId = CredentialId([3; 16]);

    fn policy() -> Policy {
        Policy::profile("jp-legacy").unwrap()
    }

    fn known() -> PinKnown {
        PinKnown {
            id: ID,
            customer: CustomerId([1; 16]),
            hash: "old".into(),
            revision: 7,
            set: NOW.minus(Span::days(9)),
            before: None,
        }
    }

    fn right() -> Ground {
        Ground::Before(Some(PinProved::assert_pin(ID, 7)), Admission::Admitted)
    }

    fn facts(known: Option<PinKnown>, ground: Ground) -> Facts {
        let mut session = session(1, 1);
        session.proved = NOW;
        Facts {
            owner: Owner {
                session,
                passkeys: Vec::new(),
                usable: crate::passkey::Usable::default(),
                channels: channels(),
                report: (TokenHash([2; 32]), "ABCDE-12345".to_owned().into()),
                notice: NoticeId([1; 16]),
                decision: DecisionId([9; 16]),
                now: NOW,
            },
            known,
            ground,
            wanted: Wanted::Hash("new".into()),
            id: ID,
            risk: settled(&[TraitKind::Network]),
        }
    }

    fn decided(facts: &Facts) -> Decision {
        let attempt = Attempt {
            context: context(),
            tries: CounterKey([1; 16]),
        };
        decide(&attempt, facts, &policy())
    }

    fn pins(decision: &Decision) -> Vec<&PinChange> {
        let changes = decision.changes.iter();
        changes
            .filter_map(|change| match change {
                Change::Pin(change) => Some(change),
                _ => None,
            })
            .collect()
    }

    fn holds(decision: &Decision) -> bool {
        let held = |change: &Change| matches!(change, Change::Hold(_));
        decision.changes.iter().any(held)
    }

    #[test]
    fn a_first_pin_and_another_one_are_told_and_hold_nothing() {
        let first = decided(&facts(None, Ground::First));
        assert!(matches!(
            pins(&first)[..],
            [PinChange::Added {
                begun: Some(NOW),
                ..
            }]
        ));
        let changed = decided(&facts(Some(known()), right()));
        let [
            PinChange::Set {
                before: Some(before),
                revision: 7,
                ..
            },
        ] = pins(&changed)[..]
        else {
            panic!("{changed:?}")
        };
        assert_eq!((before.hash.as_str(), before.replaced), ("old", NOW));
        for decision in [first, changed] {
            assert_eq!(decision.verdict(), &Verdict::Allow);
            assert_eq!(decision.notices.len(), 2);
            assert!(!holds(&decision));
            let stands = facts(None, Ground::First).owner.stands();
            let rests = |change| decision.changes.contains(change);
            assert!(stands.iter().all(rests), "{decision:?}");
        }
    }

    #[test]
    fn a_first_pin_from_elsewhere_is_set_and_money_waits() {
        let mut facts = facts(None, Ground::First);
        let usual = [TraitKind::System, TraitKind::Client, TraitKind::Country];
        for risk in [RiskKnown::default(), settled(&usual)] {
            facts.risk = risk;
            let decision = decided(&facts);
            assert_eq!(decision.verdict(), &Verdict::Allow);
            assert!(matches!(
                pins(&decision)[..],
                [
                    PinChange::Recovered { at: NOW, .. },
                    PinChange::Added { .. }
                ]
            ));
            assert!(holds(&decision));
            let [_, session] = facts.owner.stands();
            assert!(decision.changes.contains(&session), "{decision:?}");
        }
    }

    #[test]
    fn a_forgotten_pin_is_replaced_and_money_waits() {
        let decision = decided(&facts(Some(known()), Ground::Forgotten));
        assert_eq!(decision.verdict(), &Verdict::Allow);
        assert!(matches!(
            pins(&decision)[..],
            [PinChange::Recovered { at: NOW, .. }, PinChange::Set { .. }]
        ));
        assert!(holds(&decision) && decision.notices.len() == 2);
    }

    #[test]
    fn of_several_changes_the_one_before_all_of_them_comes_back() {
        let mut known = known();
        let replaced = NOW.minus(Span::hours(1));
        let genuine = PinBefore {
            hash: "genuine".into(),
            replaced,
        };
        known.before = Some(genuine.clone());
        assert_eq!(known.replaced(NOW, Span::hours(72)), genuine);
        let late = known.replaced(replaced.plus(Span::hours(72)), Span::hours(72));
        assert_eq!(late.hash, "old");
    }

    #[test]
    fn what_stands_against_it_changes_nothing() {
        let mut stale = facts(None, Ground::First);
        stale.owner.session = session(1, 1);
        let mut frozen = facts(None, Ground::First);
        frozen.owner.session.customer.state = CustomerState::Frozen;
        let mut weak = facts(None, Ground::First);
        weak.wanted = Wanted::Refused(vec![Reason::PinIsPassword]);
        let old = Ground::Before(Some(PinProved::assert_pin(ID, 6)), Admission::Admitted);
        let locked = Ground::Before(Some(PinProved::assert_pin(ID, 7)), Admission::Locked);
        let wrong = Ground::Before(None, Admission::Admitted);
        let strange = PinKnown {
            customer: CustomerId([2; 16]),
            ..known()
        };
        for (facts, reason) in [
            (stale, Reason::ProofStale),
            (frozen, Reason::Frozen),
            (weak, Reason::PinIsPassword),
            (facts(Some(known()), Ground::First), Reason::FactorThere),
            (facts(None, Ground::Forgotten), Reason::FactorMissing),
            (facts(None, right()), Reason::FactorMissing),
            (facts(Some(strange), right()), Reason::FactorMissing),
            (facts(Some(known()), old), Reason::PinWrong),
            (facts(Some(known()), wrong), Reason::PinWrong),
            (facts(Some(known()), locked), Reason::TriesExhausted),
        ] {
            let decision = decided(&facts);
            assert_eq!(decision.reasons(), [reason]);
            assert_eq!(decision.verdict(), &Verdict::Refuse);
            assert!(pins(&decision).is_empty() && decision.notices.is_empty());
        }
    }

    #[test]
    fn a_wrong_pin_is_counted_and_the_last_try_is_told() {
        let decision = decided(&facts(Some(known()), Ground::Before(None, Admission::Last)));
        let counted = |change: &Change| matches!(change, Change::FailureCounted { .. });
        let cleared = |change: &Change| matches!(change, Change::TriesCleared { .. });
        assert!(decision.changes.iter().any(counted));
        assert!(!decision.changes.iter().any(cleared));
        assert_eq!(decision.notices.len(), 2);
    }
}
