//! The act "adopt": people of the firm change by which rules everybody is judged.
//!
//! A rule set is added as a draft, applied in shadow beside the one that is live, and goes live by
//! a second person. Going back to the one before takes one person, who may be alone at night.
//!
//! **Invariant:** no rule set is live that was not in shadow and that nobody but its author agreed
//! to, both of whom had their secret for a week; what was live before can be live again at once.

use crate::access::Act;
use crate::bytes::{CounterKey, Digest};
use crate::change::{Change, RuleChange, StaffChange};
use crate::console::ConsoleAct;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, RuleSetId};
use crate::known::{RuleChoice, RuleSetKnown};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::rules::RuleSet;
use crate::verdict::Verdict;

/// What is wanted.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// Another draft: what was read, and the document it was read from.
    Add(Box<RuleSet>, String),
    /// What is in shadow goes live: the document of this digest, which was looked at.
    Approve(Digest),
    /// What was live before is live again.
    RollBack,
    /// This one is applied beside the live one; `None` of them for none at all.
    Shadow,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who wants it.
    pub staff: StaffProved,
    /// The counter of tries at their secret.
    pub tries: CounterKey,
    /// The rule set that it is about.
    pub set: Option<RuleSetKnown>,
    /// Which one has this version already, of a draft.
    pub taken: bool,
    /// Which ones are in force.
    pub choice: RuleChoice,
    /// Fresh values: the id of this decision, and of another rule set.
    pub fresh: (DecisionId, RuleSetId),
    /// Now.
    pub now: Moment,
}

/// Adds, shadows, approves or rolls back.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let outcome = match attempt {
        Attempt::Add(set, document) => added(set, document, facts),
        Attempt::Approve(digest) => approved(*digest, facts),
        Attempt::RollBack => rolled_back(facts),
        Attempt::Shadow => shadowed(facts),
    };
    let (verdict, reason) = match &outcome {
        Ok(_) => (Verdict::Allow, Reason::Proved),
        Err(reason) => (Verdict::Refuse, *reason),
    };
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Adopt,
        actor: Actor::Staff(facts.staff.id()),
        customer: None,
        operation: None,
        verdict,
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: recorded(attempt, facts),
    });
    match outcome {
        Ok(change) => {
            let change = Change::Staff(StaffChange::Rules(Box::new(change)));
            decision.with([change, facts.staff.stands()])
        }
        Err(_) => decision,
    }
    .with([Change::TriesCleared { key: facts.tries }])
}

/// What follows, or why it does not.
type Outcome = Result<RuleChange, Reason>;

/// Who may is said by the table of the console, whether they are there or at the machine.
fn may(facts: &Facts, act: ConsoleAct) -> Result<(), Reason> {
    let (roles, _) = act.needs();
    match roles.iter().any(|role| facts.staff.has(*role)) {
        true => Ok(()),
        false => Err(Reason::StaffRole),
    }
}

/// Whoever writes a draft is one of the two people of its approval.
fn seasoned(facts: &Facts) -> Result<(), Reason> {
    facts.staff.unseasoned(facts.now).map_or(Ok(()), Err)
}

fn added(set: &RuleSet, document: &str, facts: &Facts) -> Outcome {
    may(facts, ConsoleAct::RulesAdd)?;
    seasoned(facts)?;
    // Entries name a rule set by its version alone, and so do the addresses of its pages.
    let name = set.version.to_ascii_lowercase();
    let shipped = name == "standard" || name.starts_with("standard.");
    let unfit = [".", "..", "new"].contains(&name.as_str());
    if facts.taken || shipped || unfit {
        return Err(Reason::RulesThere);
    }
    Ok(RuleChange::Added(RuleSetKnown {
        id: facts.fresh.1,
        version: set.version.clone(),
        digest: set.digest,
        document: document.to_owned(),
        by: facts.staff.id(),
        made: facts.now,
        shadowed: None,
        approved: None,
    }))
}

fn shadowed(facts: &Facts) -> Outcome {
    may(facts, ConsoleAct::RulesShadow)?;
    let shadow = facts.set.as_ref().map(|set| set.id);
    if shadow.is_some() && shadow == facts.choice.live {
        return Err(Reason::RulesThere);
    }
    Ok(RuleChange::Chosen {
        choice: RuleChoice {
            shadow,
            ..facts.choice
        },
        shadowed: shadow,
        approved: None,
        at: facts.now,
    })
}

fn approved(looked_at: Digest, facts: &Facts) -> Outcome {
    let Some(set) = &facts.set else {
        return Err(Reason::RulesUntried);
    };
    may(facts, ConsoleAct::RulesApprove)?;
    if facts.choice.shadow != Some(set.id) {
        return Err(Reason::RulesUntried);
    }
    // What is approved is what was looked at, and what it says that it is.
    let kept = Digest::of(set.document.as_bytes());
    if set.digest != looked_at || kept != looked_at {
        return Err(Reason::RulesOther);
    }
    if set.by == facts.staff.id() {
        return Err(Reason::SamePerson);
    }
    seasoned(facts)?;
    Ok(RuleChange::Chosen {
        choice: RuleChoice {
            epoch: facts.choice.epoch,
            live: Some(set.id),
            before: facts.choice.live,
            shadow: None,
        },
        shadowed: None,
        approved: Some((set.id, facts.staff.id())),
        at: facts.now,
    })
}

fn rolled_back(facts: &Facts) -> Outcome {
    may(facts, ConsoleAct::RulesRollBack)?;
    let RuleChoice { live, before, .. } = facts.choice;
    if live == before {
        return Err(Reason::RulesThere);
    }
    Ok(RuleChange::Chosen {
        choice: RuleChoice {
            // Going forward again goes through shadow and a second person.
            live: before,
            before,
            ..facts.choice
        },
        shadowed: None,
        approved: None,
        at: facts.now,
    })
}

fn recorded(attempt: &Attempt, facts: &Facts) -> String {
    let set = facts.set.as_ref().map(|set| set.version.as_str());
    let choice = facts.choice;
    match attempt {
        Attempt::Add(set, _) => serde_json::json!({
            "add": set.version, "id": facts.fresh.1, "digest": set.digest,
        }),
        Attempt::Approve(digest) => serde_json::json!({
            "approve": set, "digest": digest, "before": choice.live,
        }),
        Attempt::RollBack => serde_json::json!({ "from": choice.live, "to": choice.before }),
        Attempt::Shadow => serde_json::json!({ "shadow": set }),
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::StaffId;
    use crate::known::StaffRole;
    use crate::moment::Span;
    use crate::rules::set::STANDARD;
    use crate::sample::{NOW, given, person, policy};

    const ONE: StaffId = StaffId([1; 16]);
    const TWO: StaffId = StaffId([2; 16]);
    const SET: RuleSetId = RuleSetId([3; 16]);

    fn known() -> RuleSetKnown {
        RuleSetKnown {
            id: SET,
            version: "mine.1".to_owned(),
            digest: RuleSet::standard().digest,
            document: STANDARD.to_owned(),
            by: ONE,
            made: NOW,
            shadowed: None,
            approved: None,
        }
    }

    fn facts(by: StaffId, roles: &[StaffRole], choice: RuleChoice) -> Facts {
        Facts {
            staff: StaffProved::assert_staff(&person(by.0[0], roles)),
            tries: CounterKey([9; 16]),
            set: Some(known()),
            taken: false,
            choice,
            fresh: (DecisionId([4; 16]), SET),
            now: NOW,
        }
    }

    const BOTH: [StaffRole; 2] = [StaffRole::Operations, StaffRole::Approver];

    fn said(attempt: &Attempt, facts: &Facts) -> Result<RuleChoice, Reason> {
        let decision = decide(attempt, facts, &policy());
        for change in &decision.changes {
            if let Change::Staff(StaffChange::Rules(change)) = change {
                return Ok(match &**change {
                    RuleChange::Added(_) => RuleChoice::default(),
                    RuleChange::Chosen { choice, .. } => *choice,
                });
            }
        }
        Err(decision.entry.reasons[0])
    }

    #[test]
    fn what_goes_live_was_in_shadow_and_a_second_person_agreed() {
        let tried = RuleChoice {
            epoch: 7,
            shadow: Some(SET),
            ..RuleChoice::default()
        };
        let live = RuleChoice {
            epoch: 7,
            live: Some(SET),
            before: None,
            shadow: None,
        };
        let approve = Attempt::Approve(RuleSet::standard().digest);
        assert_eq!(said(&approve, &facts(TWO, &BOTH, tried)), Ok(live));
        let draft = RuleChoice::default();
        let wrong = [
            (facts(ONE, &BOTH, tried), Reason::SamePerson),
            (
                facts(TWO, &[StaffRole::Operations], tried),
                Reason::StaffRole,
            ),
            (facts(TWO, &BOTH, draft), Reason::RulesUntried),
        ];
        for (facts, reason) in wrong {
            assert_eq!(said(&approve, &facts), Err(reason));
        }
        let other = Attempt::Approve(Digest::of(b"another"));
        let unlike = Err(Reason::RulesOther);
        assert_eq!(said(&other, &facts(TWO, &BOTH, tried)), unlike);
        // Nor is what was written over in the database.
        let mut altered = facts(TWO, &BOTH, tried);
        altered.set.as_mut().unwrap().document.push('#');
        assert_eq!(said(&approve, &altered), unlike);
    }

    #[test]
    fn neither_author_nor_second_person_has_a_secret_of_this_week() {
        let tried = RuleChoice {
            shadow: Some(SET),
            ..RuleChoice::default()
        };
        let mut mine = (*RuleSet::standard()).clone();
        mine.version = "mine.2".to_owned();
        let add = Attempt::Add(Box::new(mine), STANDARD.to_owned());
        let week = Span::days(7);
        let fresh = Some(Reason::StaffFresh);
        for (age, reason) in [(Span(week.0 - 1), fresh), (week, None)] {
            let facts = |choice| Facts {
                staff: StaffProved::assert_staff(&given(age, person(2, &BOTH))),
                ..facts(TWO, &BOTH, choice)
            };
            let approve = Attempt::Approve(RuleSet::standard().digest);
            assert_eq!(said(&approve, &facts(tried)).err(), reason);
            assert_eq!(said(&add, &facts(RuleChoice::default())).err(), reason);
            // What one person does, they do at once.
            let live = RuleChoice {
                live: Some(SET),
                ..RuleChoice::default()
            };
            assert!(said(&Attempt::RollBack, &facts(live)).is_ok());
        }
    }

    #[test]
    fn a_rule_author_writes_and_tries_and_lets_nothing_go_live_nor_back() {
        let author = [StaffRole::RuleAuthor];
        let choice = RuleChoice {
            live: Some(RuleSetId([8; 16])),
            shadow: Some(SET),
            ..RuleChoice::default()
        };
        let facts = |roles: &[StaffRole]| facts(TWO, roles, choice);
        let mut mine = (*RuleSet::standard()).clone();
        mine.version = "mine.2".to_owned();
        let add = |version: &str| {
            let mut set = mine.clone();
            version.clone_into(&mut set.version);
            Attempt::Add(Box::new(set), STANDARD.to_owned())
        };
        let approve = Attempt::Approve(RuleSet::standard().digest);
        assert!(said(&add("mine.2"), &facts(&author)).is_ok());
        assert!(said(&Attempt::Shadow, &facts(&author)).is_ok());
        let role = Err(Reason::StaffRole);
        assert_eq!(said(&approve, &facts(&author)), role);
        assert_eq!(said(&Attempt::RollBack, &facts(&author)), role);
        for roles in [StaffRole::Desk, StaffRole::Monitor, StaffRole::Approver] {
            assert_eq!(said(&add("mine.2"), &facts(&[roles])), role);
            assert_eq!(said(&Attempt::Shadow, &facts(&[roles])), role);
        }
        // Its page could not be told from another.
        for version in ["new", "NEW", ".", ".."] {
            let there = Err(Reason::RulesThere);
            assert_eq!(said(&add(version), &facts(&author)), there, "{version}");
        }
    }

    #[test]
    fn one_person_goes_back_and_nobody_adds_a_version_twice() {
        let live = RuleChoice {
            live: Some(SET),
            ..RuleChoice::default()
        };
        // Nothing is left to go back to: the set that was taken back is not put live by one person.
        let back = RuleChoice::default();
        let operations = [StaffRole::Operations];
        assert_eq!(
            said(&Attempt::RollBack, &facts(ONE, &operations, live)),
            Ok(back)
        );
        let there = Err(Reason::RulesThere);
        let none = RuleChoice::default();
        assert_eq!(
            said(&Attempt::RollBack, &facts(ONE, &operations, none)),
            there
        );
        assert_eq!(
            said(&Attempt::Shadow, &facts(ONE, &operations, live)),
            there
        );
        let set = RuleSet::standard();
        let add = Attempt::Add(Box::new((*set).clone()), STANDARD.to_owned());
        assert_eq!(said(&add, &facts(ONE, &operations, none)), there);
        let mut mine = (*set).clone();
        mine.version = "mine.2".to_owned();
        let add = Attempt::Add(Box::new(mine), STANDARD.to_owned());
        assert_eq!(said(&add, &facts(ONE, &operations, none)), Ok(none));
        let facts = Facts {
            taken: true,
            ..facts(ONE, &operations, none)
        };
        assert_eq!(said(&add, &facts), there);
    }
}
