//! Rules on what was recorded: other rules are tried on it, and a decision is explained by those of
//! then.
//!
//! **Invariant:** nothing is written but who asked why somebody's attempt was decided as it was.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sekisho_core::entry::Entry;
use sekisho_core::id::DecisionId;
use sekisho_core::moment::Moment;
use sekisho_core::outcome::Outcome;
use sekisho_core::policy::Policy;
use sekisho_core::risk::replay::{Replay, Reported, Tally, Truth, rules_of};
use sekisho_core::rules::{Given, RuleSet, Truth as Said};
use sekisho_core::thaw::Ground;
use serde_json::json;

use super::adopt::compiled;
use super::staff::{StaffAnswer, StaffBy};
use crate::fault::Fault;
use crate::gate::Gate;

/// Entries of a page.
const PAGE: u32 = 2_000;

/// The id before all of those that are made from this moment on.
fn first_from(at: Moment) -> DecisionId {
    let milliseconds = (at.0.max(0) / 1_000).to_be_bytes();
    let mut id = [0; 16];
    id[..6].copy_from_slice(&milliseconds[2..]);
    DecisionId(id)
}

/// What a rule said of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSaid {
    /// The code of its reason.
    pub reason: String,
    /// What became of its condition.
    pub truth: Said,
    /// When it applies, as it was written.
    pub when: String,
    /// Its reason as a sentence, in Japanese and in English.
    pub text: (String, String),
    /// The case that it answers.
    pub case: String,
}

/// Why a decision was taken.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The entry.
    pub entry: Entry,
    /// The features with their evidence, and on what else it rested; `None` where no rules judged.
    pub replay: Option<Box<Replay>>,
    /// The version of the rule set, and what each of its rules said; `None` where no rules judged.
    pub rules: Option<(String, Vec<RuleSaid>)>,
    /// Whether the rules say the same again.
    pub same: bool,
    /// Whether a signal went wrong, which adds nothing to a score.
    pub signal_broken: bool,
}

/// The rule sets that judged, by their versions, as they are met.
#[derive(Default)]
struct Shelf(HashMap<String, Option<Arc<RuleSet>>>);

/// By what entries are judged again.
pub(super) struct Again<'a> {
    rules: &'a RuleSet,
    policy: Arc<Policy>,
    /// What customers said was not theirs.
    strangers: HashSet<DecisionId>,
    shelf: Shelf,
}

impl Gate {
    /// Tries `rules` on what was decided from one moment until before another; `each` is told of
    /// every page how many entries are done.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn back_test(
        &self,
        rules: &RuleSet,
        span: (Moment, Moment),
        mut each: impl FnMut(&Tally),
    ) -> Result<Tally, Fault> {
        let mut tally = Tally::default();
        // What was judged is never later than the moment in the id of its decision.
        let mut after = first_from(span.0);
        let mut again = self.again(rules, after).await?;
        loop {
            let page = self.store().judged_entries(after, span, PAGE).await?;
            let Some((last, _)) = page.last() else {
                return Ok(tally);
            };
            after = last.id;
            self.judge_again(&mut again, &page, &mut tally).await?;
            each(&tally);
        }
    }

    /// What is needed to judge entries from this one on by `rules`.
    pub(super) async fn again<'a>(
        &self,
        rules: &'a RuleSet,
        from: DecisionId,
    ) -> Result<Again<'a>, Fault> {
        let strangers = self.store().reported_decisions(from).await?;
        Ok(Again {
            rules,
            policy: self.policy(),
            strangers: strangers.into_iter().collect(),
            shelf: Shelf::default(),
        })
    }

    /// Adds a page of entries to the tally.
    pub(super) async fn judge_again(
        &self,
        again: &mut Again<'_>,
        page: &[(Entry, Option<Outcome>)],
        tally: &mut Tally,
    ) -> Result<(), Fault> {
        for (entry, outcome) in page {
            let then = match Replay::says(entry) {
                true => None,
                false => self.rules_then(entry, &mut again.shelf).await?,
            };
            let reported = match again.strangers.contains(&entry.id) {
                true => Reported::Yes,
                false => Reported::No,
            };
            let truth = Truth::of(*outcome, reported);
            tally.add((entry, truth), again.rules, || then, &again.policy);
        }
        Ok(())
    }

    /// Why a decision was taken, to a person who proves who they are and says why they ask; both
    /// are in the record before the entry is read. `None` where there is no such decision.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn explain(
        &self,
        claim: impl Into<StaffBy<'_>>,
        id: DecisionId,
        ground: Ground,
    ) -> Result<StaffAnswer<Option<Explanation>>, Fault> {
        let asked = json!({ "explain": id });
        Ok(match self.looking(claim.into(), ground, asked).await? {
            StaffAnswer::Done(()) => StaffAnswer::Done(self.explained(id).await?),
            other => other.map(|()| None),
        })
    }

    pub(super) async fn explained(&self, id: DecisionId) -> Result<Option<Explanation>, Fault> {
        let Some(entry) = self.store().entry(id).await? else {
            return Ok(None);
        };
        let then = self.rules_then(&entry, &mut Shelf::default()).await?;
        let (Some(replay), Some(rules)) = (Replay::of(&entry), then) else {
            return Ok(Some(Explanation {
                replay: Replay::of(&entry).map(Box::new),
                entry,
                rules: None,
                same: false,
                signal_broken: false,
            }));
        };
        let policy = self.policy();
        let mut said = Vec::new();
        let (risk, _) = replay.basis.thresholds.then(&policy);
        let given = Given {
            features: &replay.features,
            risk: &risk,
        };
        let signal_broken = rules.apply(&given, |rule, truth| {
            said.push(RuleSaid {
                reason: rule.reason.code().to_owned(),
                truth,
                when: rule.when.to_string(),
                text: (rule.text.ja.clone(), rule.text.en.clone()),
                case: rule.case.clone(),
            });
        });
        let same = replay.is_same(&entry, &replay.judged_then(&rules, &policy));
        Ok(Some(Explanation {
            entry,
            replay: Some(Box::new(replay)),
            rules: Some((rules.version.clone(), said)),
            same,
            signal_broken,
        }))
    }

    /// The rule set that judged; `None` where it is not kept or cannot be read any more.
    async fn rules_then(
        &self,
        entry: &Entry,
        shelf: &mut Shelf,
    ) -> Result<Option<Arc<RuleSet>>, Fault> {
        let Some(version) = rules_of(entry) else {
            return Ok(Some(RuleSet::standard()));
        };
        if let Some(found) = shelf.0.get(version) {
            return Ok(found.clone());
        }
        let known = self.store().rule_set(version).await?.1;
        let read = known.and_then(|known| compiled(&known).ok());
        shelf.0.insert(version.to_owned(), read.clone());
        Ok(read)
    }
}
