//! Judging again from what an entry recorded: by the rules of then, to explain it, or by others, to
//! try them.
//!
//! **Invariant:** what is judged again goes through the same function as what is judged live.

use std::collections::BTreeMap;

use serde::Serialize;

use super::basis::Basis;
use super::{Features, Judgement, by};
use crate::entry::Entry;
use crate::id::DecisionId;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::rules::RuleSet;
use crate::verdict::VerdictKind;

/// On what a decision rested.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The features.
    pub features: Features,
    /// What was required and proved.
    pub basis: Basis,
}

impl Replay {
    /// What this entry recorded; `None` where no rules judged, or before that was recorded.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        if !entry.facts.contains("\"always\":") {
            return None;
        }
        Some(Self {
            features: serde_json::from_str(&entry.facts).ok()?,
            basis: serde_json::from_str(&entry.facts).ok()?,
        })
    }

    /// What these rules say of it.
    #[must_use]
    pub fn judged(&self, rules: &RuleSet, policy: &Policy) -> Judgement {
        let given = (self.basis.always.as_slice(), self.basis.held.as_slice());
        by(rules, &self.features, given, policy)
    }
}

/// The version of the rule set that judged; `None` for the shipped one.
#[must_use]
pub fn rules_of(entry: &Entry) -> Option<&str> {
    entry.policy.split_once('+').map(|(_, rules)| rules)
}

/// Whether rules that judge again say what they said then: every reason they give is recorded, and
/// nothing that stands beside made the verdict milder.
#[must_use]
pub fn is_same(entry: &Entry, again: &Judgement) -> bool {
    again
        .reasons
        .iter()
        .all(|reason| entry.reasons.contains(reason))
        && again.verdict.kind() <= entry.verdict.kind()
}

/// What the decision would have been by other rules: what else stood against it still does.
#[must_use]
pub fn verdict_by(entry: &Entry, then: &Judgement, now: &Judgement) -> VerdictKind {
    let was = entry.verdict.kind();
    match was > then.verdict.kind() {
        true => was.max(now.verdict.kind()),
        false => now.verdict.kind(),
    }
}

/// Most decisions of each change that are kept as examples.
const EXAMPLES: usize = 5;

/// A change of verdict: from this to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Turn {
    /// What it was.
    pub was: VerdictKind,
    /// What it would be.
    pub would_be: VerdictKind,
}

/// What became of decisions that were judged again by other rules.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Entries that were looked at.
    pub entries: u64,
    /// Those of them that no rules judged, or not so that it can be told.
    pub apart: u64,
    /// Those that the rules of then do not judge the same again, which are left out.
    pub otherwise: u64,
    /// How often each change would have come, with examples.
    pub turns: BTreeMap<Turn, (u64, Vec<DecisionId>)>,
    /// How often each reason came, and would have come.
    pub reasons: BTreeMap<Reason, (u64, u64)>,
    /// By day since 1970 in UTC: customers who were asked, held or refused, and who would be.
    pub days: BTreeMap<i64, [std::collections::BTreeSet<[u8; 16]>; 2]>,
}

impl Tally {
    /// Adds one entry, judged again by the rules of `then` and of `now`.
    pub fn add(&mut self, entry: &Entry, (then, now): (&RuleSet, &RuleSet), policy: &Policy) {
        self.entries += 1;
        let Some(replay) = Replay::of(entry) else {
            self.apart += 1;
            return;
        };
        let then = replay.judged(then, policy);
        if !is_same(entry, &then) {
            self.otherwise += 1;
            return;
        }
        let now = replay.judged(now, policy);
        let (was, would_be) = (entry.verdict.kind(), verdict_by(entry, &then, &now));
        if was != would_be {
            let (count, examples) = self.turns.entry(Turn { was, would_be }).or_default();
            *count += 1;
            if examples.len() < EXAMPLES {
                examples.push(entry.id);
            }
        }
        for reason in then.reasons {
            self.reasons.entry(reason).or_default().0 += 1;
        }
        for reason in now.reasons {
            self.reasons.entry(reason).or_default().1 += 1;
        }
        if let Some(customer) = entry.customer {
            let day = self.days.entry(day(entry.at)).or_default();
            for (customers, verdict) in day.iter_mut().zip([was, would_be]) {
                if verdict != VerdictKind::Allow {
                    customers.insert(customer.0);
                }
            }
        }
    }

    /// Decisions that were judged again.
    #[must_use]
    pub const fn judged(&self) -> u64 {
        self.entries - self.apart - self.otherwise
    }
}

fn day(at: Moment) -> i64 {
    at.unix_seconds().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Act;
    use crate::entry::Actor;
    use crate::proof::Method;
    use crate::risk::judge;
    use crate::sample::NOW;
    use crate::verdict::Verdict;

    fn entry(history: i64, held: &[Method], policy: &Policy) -> Entry {
        let features = Features {
            history,
            ..Features::default()
        };
        let judged = judge(&features, &[], held, policy);
        Entry {
            id: DecisionId([1; 16]),
            at: NOW,
            act: Act::SignIn,
            actor: Actor::Customer,
            customer: Some(crate::id::CustomerId([2; 16])),
            operation: None,
            facts: judged.recorded(&features),
            verdict: judged.verdict,
            reasons: judged.reasons,
            policy: policy.version.clone(),
        }
    }

    fn mine() -> RuleSet {
        RuleSet::parse(
            "version = \"mine.1\"\n[[rule]]\nreason = \"rule_few\"\nwhen = \"customer.history < 5\"\n\
             verdict = \"refuse\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n",
        )
        .unwrap()
    }

    #[test]
    fn other_rules_are_tried_on_what_was_recorded() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let (standard, mine) = (RuleSet::standard(), mine());
        let mut tally = Tally::default();
        let mut add = |entry: &Entry| tally.add(entry, (&standard, &mine), &policy);
        add(&entry(0, &[Method::Password], &policy));
        add(&entry(0, &[Method::Passkey], &policy));
        add(&entry(9, &[Method::Passkey], &policy));
        let mut frozen = entry(9, &[], &policy);
        frozen.verdict = Verdict::Refuse;
        frozen.reasons.insert(0, Reason::Frozen);
        add(&frozen);
        let mut other = entry(0, &[], &policy);
        other.reasons.clear();
        add(&other);
        other.facts = "{}".to_owned();
        add(&other);
        let turn = |was, would_be| (Turn { was, would_be }, (1, vec![DecisionId([1; 16])]));
        use VerdictKind::{Allow, Refuse, StepUp};
        let turns = BTreeMap::from([turn(Allow, Refuse), turn(StepUp, Refuse)]);
        assert_eq!(tally.turns, turns);
        assert_eq!((tally.entries, tally.apart, tally.otherwise), (6, 1, 1));
        assert_eq!(tally.judged(), 4);
        assert_eq!(tally.reasons[&Reason::FirstAccess], (2, 0));
        assert_eq!(
            tally.days.values().map(|[was, _]| was.len()).sum::<usize>(),
            1
        );
    }

    #[test]
    fn the_rules_of_then_say_the_same_again_and_their_version_is_known() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let live = policy.judging_by(mine().into(), None);
        let entry = entry(0, &[Method::Password], &live);
        assert_eq!(rules_of(&entry), Some("mine.1"));
        let again = Replay::of(&entry).unwrap().judged(&live.rules, &live);
        assert!(is_same(&entry, &again));
        assert_eq!(again.verdict, entry.verdict);
    }
}
