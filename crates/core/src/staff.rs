//! People of the firm: the act "administer" where it is about them, and the act "prove" where one
//! of them shows who they are.
//!
//! The first person is added by whoever is at the machine. From then on another person answers for
//! it with a secret of their own, so that nobody makes a second person of themselves unseen. Their
//! own secret people renew with the one they have: who knew it before counts for as long as before.
//!
//! **Invariant:** once there is another person who may, nobody is added, disabled, or given a
//! secret or other rights by the machine alone, a secret that another person gave counts from then
//! on, and a claim that was not proved leaves an entry.

use crate::access::Act;
use crate::bytes::{CounterKey, TokenHash};
use crate::change::{Change, StaffAccess, StaffChange};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, StaffId};
use crate::known::{StaffKnown, StaffRole};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::step_up::Admission;
use crate::verdict::Verdict;

/// What is wanted.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// Another person.
    Add(StaffKnown),
    /// This person may other things from now on.
    Assign(StaffId, Vec<StaffRole>),
    /// This person may do nothing any more.
    Disable(StaffId),
    /// This person gets another secret, of which this is the keyed hash.
    Rotate(StaffId, TokenHash),
}

impl Attempt {
    const fn about(&self) -> StaffId {
        match self {
            Self::Add(known) => known.id,
            Self::Assign(id, _) | Self::Disable(id) | Self::Rotate(id, _) => *id,
        }
    }
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who answers for it.
    pub by: Option<StaffProved>,
    /// Everybody, those who may nothing any more included.
    pub people: Vec<StaffKnown>,
    /// The counter of tries at the secret of the person it is about.
    pub tries: CounterKey,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

impl Facts {
    /// The person of this id, if they may.
    fn found(&self, id: StaffId) -> Option<&StaffKnown> {
        let one = |known: &&StaffKnown| known.id == id && known.disabled.is_none();
        self.people.iter().find(one)
    }

    /// Whether a person who proved their present secret wants another one for themselves.
    fn renews(&self, attempt: &Attempt) -> bool {
        let own = self.by.as_ref().map(StaffProved::id) == Some(attempt.about());
        own && matches!(attempt, Attempt::Rotate(..))
    }

    /// What ends what the person came in by: whoever gets other rights, or a secret from somebody
    /// else, signs in anew.
    fn ended(&self, attempt: &Attempt) -> Option<Change> {
        let added = matches!(attempt, Attempt::Add(_));
        (!added && !self.renews(attempt)).then(|| {
            let (staff, at) = (attempt.about(), self.now);
            let ended = match attempt {
                Attempt::Assign(..) => StaffAccess::SessionsEnded { staff, at },
                _ => StaffAccess::Ended { staff, at },
            };
            Change::Staff(StaffChange::Access(Box::new(ended)))
        })
    }

    /// Why nobody answers for it who may.
    ///
    /// Who is at the desk alone answers for nobody where there are people who do more: else the
    /// desk would make itself the second person that it waits for.
    fn unanswered(&self, attempt: &Attempt) -> Option<Reason> {
        let about = attempt.about();
        let other = |known: &&StaffKnown| known.id != about && known.disabled.is_none();
        if self.renews(attempt) || !self.people.iter().any(|known| other(&known)) {
            return None;
        }
        let Some(by) = self.by.as_ref().filter(|by| by.id() != about) else {
            return Some(Reason::SamePerson);
        };
        let leading = [
            StaffRole::Administrator,
            StaffRole::Approver,
            StaffRole::Operations,
        ];
        let leads = |known: &&StaffKnown| {
            known.disabled.is_none() && leading.iter().any(|role| known.roles.contains(role))
        };
        // Whom it is about counts as well: the desk takes over nobody who leads it alone.
        let is_led = self.people.iter().any(|known| leads(&known));
        (is_led && !leading.iter().any(|role| by.has(*role))).then_some(Reason::StaffRole)
    }
}

/// Adds a person, disables one, or gives one another secret.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let outcome = match facts.unanswered(attempt) {
        Some(reason) => Err(reason),
        None => changed(attempt, facts),
    };
    let (verdict, reasons) = match &outcome {
        Ok(_) => (Verdict::Allow, Vec::new()),
        Err(reason) => (Verdict::Refuse, vec![*reason]),
    };
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Administer,
        actor: actor(facts.by.as_ref()),
        customer: None,
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: recorded(attempt, facts),
    });
    match outcome {
        Ok(change) => {
            // Who renews their own stands by the revision at which it is renewed.
            let by = facts.by.as_ref().filter(|_| !facts.renews(attempt));
            let stands = by.map(StaffProved::stands);
            let opened = matches!(attempt, Attempt::Rotate(..));
            let opened = opened.then_some(Change::TriesCleared { key: facts.tries });
            decision
                .with([Change::Staff(change)])
                .with(facts.ended(attempt))
                .with(stands)
                .with(opened)
        }
        Err(_) => decision,
    }
}

fn changed(attempt: &Attempt, facts: &Facts) -> Result<StaffChange, Reason> {
    let known = |id| facts.found(id).ok_or(Reason::StaffUnknown);
    Ok(match attempt {
        Attempt::Add(new) => {
            if facts.people.iter().any(|known| known.name == new.name) {
                return Err(Reason::StaffThere);
            }
            StaffChange::Added(new.clone())
        }
        Attempt::Assign(id, roles) => StaffChange::Assigned {
            id: *id,
            revision: known(*id)?.revision,
            roles: roles.clone(),
        },
        Attempt::Disable(id) => StaffChange::Disabled {
            id: *id,
            revision: known(*id)?.revision,
            at: facts.now,
        },
        Attempt::Rotate(id, hash) => {
            let known = known(*id)?;
            StaffChange::Rotated {
                id: *id,
                revision: known.revision,
                hash: *hash,
                given: match facts.renews(attempt) {
                    true => known.given,
                    false => facts.now,
                },
            }
        }
    })
}

fn actor(by: Option<&StaffProved>) -> Actor {
    by.map_or(Actor::Operator, |by| Actor::Staff(by.id()))
}

fn recorded(attempt: &Attempt, facts: &Facts) -> String {
    let own = facts.renews(attempt);
    let facts = match attempt {
        Attempt::Add(new) => serde_json::json!({
            "subject": new.id,
            "change": "staff_added",
            "roles": new.roles,
        }),
        Attempt::Assign(id, roles) => serde_json::json!({
            "subject": id,
            "change": "staff_assigned",
            "roles": roles,
        }),
        Attempt::Disable(id) => serde_json::json!({ "subject": id, "change": "staff_disabled" }),
        Attempt::Rotate(id, _) => serde_json::json!({
            "subject": id,
            "change": if own { "staff_renewed" } else { "staff_rotated" },
        }),
    };
    facts.to_string()
}

/// What is known of somebody who says that they are a person of the firm.
#[derive(Debug)]
pub struct ProofFacts<'a> {
    /// Who they say they are, if there is such a person.
    pub claimed: Option<StaffId>,
    /// The counter of tries at that secret, and whether this one was admitted.
    pub tries: (CounterKey, Admission),
    /// That they are.
    pub proved: Option<&'a StaffProved>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Records that they are, which counts their tries anew whatever they want; or that they are not.
pub fn decide_proof(facts: &ProofFacts<'_>, policy: &Policy) -> Decision {
    let (key, admission) = facts.tries;
    let (verdict, reason) = match (facts.proved, admission) {
        (_, Admission::Locked) => (Verdict::Refuse, Reason::TriesExhausted),
        (None, _) => (Verdict::Refuse, Reason::CredentialMismatch),
        (Some(_), _) => (Verdict::Allow, Reason::Proved),
    };
    let cleared = Change::TriesCleared { key };
    let changes = facts
        .proved
        .filter(|_| verdict == Verdict::Allow)
        .map(|proved| [proved.stands(), cleared]);
    Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Prove,
        actor: actor(facts.proved),
        customer: None,
        operation: None,
        verdict,
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: serde_json::json!({ "staff": facts.claimed }).to_string(),
    })
    .with(changes.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Span;
    use crate::sample::{NOW, given, person, policy};
    use StaffRole::{Approver, Desk, Operations};

    fn facts(by: Option<&StaffKnown>, people: &[&StaffKnown]) -> Facts {
        Facts {
            by: by.map(StaffProved::assert_staff),
            people: people.iter().map(|known| (*known).clone()).collect(),
            tries: CounterKey([7; 16]),
            decision: DecisionId([8; 16]),
            now: NOW,
        }
    }

    fn said(attempt: &Attempt, facts: &Facts) -> Option<Reason> {
        let decision = decide(attempt, facts, &policy());
        let refused = decision.verdict() == &Verdict::Refuse;
        assert_eq!(refused, decision.changes.is_empty(), "{decision:?}");
        decision.reasons().first().copied()
    }

    #[test]
    fn whoever_is_there_answers_for_another() {
        let (one, two, three) = (
            person(1, &[Operations]),
            person(2, &[Approver]),
            person(3, &[Desk]),
        );
        let mut gone = person(4, &[Operations]);
        gone.disabled = Some(NOW);
        let add = Attempt::Add(person(9, &[Operations, Approver]));
        let same = Some(Reason::SamePerson);
        assert_eq!(said(&add, &facts(None, &[])), None);
        assert_eq!(said(&add, &facts(None, &[&gone])), None);
        assert_eq!(said(&add, &facts(None, &[&one])), same);
        assert_eq!(said(&add, &facts(Some(&one), &[&one])), None);
        let all = [&one, &two, &three];
        for (by, lacks) in [
            (&one, None),
            (&two, None),
            (&three, Some(Reason::StaffRole)),
        ] {
            assert_eq!(said(&add, &facts(Some(by), &all)), lacks);
        }
        assert_eq!(said(&add, &facts(Some(&three), &[&three])), None);
        // The desk takes over nobody who leads it alone.
        let role = Some(Reason::StaffRole);
        for wish in [
            Attempt::Disable(one.id),
            Attempt::Rotate(one.id, TokenHash([5; 32])),
        ] {
            assert_eq!(said(&wish, &facts(Some(&three), &[&one, &three])), role);
        }
        for wish in [
            Attempt::Disable(one.id),
            Attempt::Rotate(one.id, TokenHash([5; 32])),
        ] {
            assert_eq!(said(&wish, &facts(None, &[&one])), None, "nobody else");
            assert_eq!(said(&wish, &facts(None, &all)), same);
            let renews = matches!(wish, Attempt::Rotate(..));
            let own = (!renews).then_some(Reason::SamePerson);
            assert_eq!(said(&wish, &facts(Some(&one), &all)), own);
            assert_eq!(said(&wish, &facts(Some(&two), &all)), None);
        }
    }

    #[test]
    fn who_renews_their_own_secret_keeps_its_age_and_whom_another_gives_one_does_not() {
        let old = |number, role| given(Span::days(30), person(number, &[role]));
        let (one, two, desk) = (old(1, Operations), old(2, Approver), old(3, Desk));
        let all = [&one, &two, &desk];
        for (about, by, age, stands) in [
            (&one, &one, Span::days(30), false),
            (&desk, &desk, Span::days(30), false),
            (&two, &one, Span(0), true),
            (&one, &two, Span(0), true),
        ] {
            let rotate = Attempt::Rotate(about.id, TokenHash([5; 32]));
            let decision = decide(&rotate, &facts(Some(by), &all), &policy());
            let Some(Change::Staff(StaffChange::Rotated { given, .. })) = decision.changes.first()
            else {
                panic!("{decision:?}")
            };
            assert_eq!(NOW.since(*given), age);
            // Its own revision is its condition, and changes with it.
            let condition = |change: &Change| matches!(change, Change::Stands(_));
            assert_eq!(decision.changes.iter().any(condition), stands);
            let word = if stands {
                "staff_rotated"
            } else {
                "staff_renewed"
            };
            assert!(decision.entry.facts.contains(word));
        }
    }

    #[test]
    fn what_is_not_there_is_not_changed_and_a_name_is_given_once() {
        let (one, two) = (person(1, &[Operations]), person(2, &[Operations]));
        let mut gone = person(4, &[Operations]);
        gone.disabled = Some(NOW);
        let all = [&one, &two, &gone];
        let unknown = Some(Reason::StaffUnknown);
        for id in [gone.id, StaffId([99; 16])] {
            assert_eq!(
                said(&Attempt::Disable(id), &facts(Some(&one), &all)),
                unknown
            );
        }
        let mut again = person(9, &[Desk]);
        again.name = gone.name.clone();
        let there = Some(Reason::StaffThere);
        assert_eq!(said(&Attempt::Add(again), &facts(Some(&one), &all)), there);
    }

    #[test]
    fn the_entry_says_who_did_what_to_whom() {
        let (one, two) = (person(1, &[Operations]), person(2, &[Operations]));
        let rotate = Attempt::Rotate(two.id, TokenHash([5; 32]));
        let decision = decide(&rotate, &facts(Some(&one), &[&one, &two]), &policy());
        assert_eq!(decision.entry.actor, Actor::Staff(one.id));
        assert!(decision.entry.facts.contains("staff_rotated"));
        let [
            Change::Staff(_),
            Change::Staff(StaffChange::Access(_)),
            Change::Stands(_),
            Change::TriesCleared { .. },
        ] = &decision.changes[..]
        else {
            panic!("{:?}", decision.changes)
        };
    }

    #[test]
    fn a_claim_is_recorded_whether_it_is_proved_or_not() {
        let one = person(1, &[Desk]);
        let proved = StaffProved::assert_staff(&one);
        for (proved, admission, reason, changes) in [
            (Some(&proved), Admission::Admitted, Reason::Proved, 2),
            (Some(&proved), Admission::Locked, Reason::TriesExhausted, 0),
            (None, Admission::Last, Reason::CredentialMismatch, 0),
        ] {
            let facts = ProofFacts {
                claimed: Some(one.id),
                tries: (CounterKey([7; 16]), admission),
                proved,
                decision: DecisionId([8; 16]),
                now: NOW,
            };
            let decision = decide_proof(&facts, &policy());
            assert_eq!(decision.reasons(), [reason]);
            assert_eq!(decision.changes.len(), changes);
            assert!(decision.entry.facts.contains(&one.id.to_string()));
        }
    }
}
