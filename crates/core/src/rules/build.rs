//! Puts a rule set together, and gathers everything that is wrong with it.
//!
//! **Invariant:** one thing that is wrong hides no other, but for what stands in the same
//! expression.

use std::collections::BTreeMap;

use super::alone::{Both, Known};
use super::check::Checker;
use super::document::{Document, RuleText};
use super::facts::FACTS;
use super::fault::RuleFault;
use super::guard::{Guard, facts_of, guard, mentions, speaks_against};
use super::names::{Names, Role};
use super::parse::parse;
use super::program::Program;
use super::set::{Effect, MOST_OF_A_KIND, MOST_RULES, MOST_STEPS, Rule, RuleSet, STANDARD, Signal};
use super::tree::{Shape, Tree};
use crate::bytes::Digest;
use crate::moment::Span;
use crate::policy::Name;
use crate::reason::Reason;
use crate::verdict::{Requirement, VerdictKind};

/// A rule set that is being put together.
#[derive(Default)]
pub(super) struct Builder {
    names: Names,
    program: Program,
    guards: Vec<Guard>,
    rests: Vec<Both>,
    is: Vec<u32>,
    signals: Vec<Signal>,
    rules: Vec<Rule>,
    used: u128,
    steps: u32,
    notes: Vec<String>,
    faults: Vec<RuleFault>,
}

impl Builder {
    /// The rule set, or everything that is wrong.
    pub fn built(mut self, document: Document, digest: Digest) -> Result<RuleSet, Vec<RuleFault>> {
        // What is too long is not read: reading it costs more than its length.
        if !self.bounds(&document) {
            return Err(self.faults);
        }
        self.conditions(&document.is);
        self.signals(&document);
        for rule in &document.rule {
            self.rule(rule);
        }
        if self.steps > MOST_STEPS {
            let problem = format!("all together takes more than {MOST_STEPS} steps");
            self.faults.push(RuleFault::of("", problem));
        }
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        Ok(RuleSet {
            version: document.version,
            digest,
            rules: self.rules,
            notes: self.notes,
            steps: self.steps,
            program: self.program,
            facts: (0..FACTS.len())
                .filter(|fact| self.used >> fact & 1 == 1)
                .collect(),
            is: self.is,
            signals: self.signals,
        })
    }

    fn fault(&mut self, part: &str, problem: impl Into<String>) {
        self.faults.push(RuleFault::of(part, problem));
    }

    /// Whether there is no more of anything than there may be.
    fn bounds(&mut self, document: &Document) -> bool {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let version = &document.version;
        if !(1..=60).contains(&version.len()) || !version.bytes().all(plain) {
            self.fault("version", "must be 1 to 60 of a-z, 0-9, '.', '_' and '-'");
        }
        let most = [
            ("is", document.is.len(), MOST_OF_A_KIND),
            ("signal", document.signal.len(), MOST_OF_A_KIND),
            ("rule", document.rule.len(), MOST_RULES),
        ];
        let beyond = most.iter().filter(|(_, count, most)| count > most);
        for (part, count, most) in beyond.clone() {
            self.fault(part, format!("there are {count}, and {most} at most"));
        }
        if beyond.count() > 0 {
            return false;
        }
        if document.rule.is_empty() {
            self.fault("rule", "a set has at least one [[rule]]");
        }
        for name in document.is.keys().chain(document.signal.keys()) {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            let starts = name.starts_with(|first: char| first.is_ascii_lowercase());
            if !starts || name.len() > 40 || !name.bytes().all(plain) {
                self.fault(
                    name,
                    "a name is 1 to 40 of a-z, 0-9 and _, and begins with a letter",
                );
            }
        }
        true
    }

    fn rests_of(&self, tree: &Tree) -> Both {
        let known = Known {
            names: &self.names,
            named: &self.rests,
        };
        known.both(tree)
    }

    /// Reads an expression, and says what is wrong with it if that fails.
    fn read(&mut self, part: &str, source: &str) -> Option<Tree> {
        match parse(source) {
            Ok(tree) => Some(tree),
            Err(fault) => {
                self.faults.push(fault.within(part));
                None
            }
        }
    }

    fn compile(&mut self, part: &str, tree: &Tree, role: Role) -> Option<u32> {
        let checker = Checker::new(&mut self.program, &self.names, role);
        match checker.condition(tree) {
            Ok((place, steps)) => {
                self.steps += steps;
                self.note_facts(tree);
                Some(place)
            }
            Err(fault) => {
                self.faults.push(fault.within(part));
                None
            }
        }
    }

    fn note_facts(&mut self, tree: &Tree) {
        each_name(tree, &mut |name| {
            if let Some(fact) = FACTS.iter().position(|fact| fact.name == name) {
                self.used |= 1 << fact;
            }
        });
    }

    /// Conditions may name each other, in any order but not in a circle.
    fn conditions(&mut self, is: &BTreeMap<String, String>) {
        let mut waiting = Vec::new();
        for (name, source) in is {
            let part = format!("is {name}");
            if let Some(tree) = self.read(&part, source) {
                waiting.push((name, part, tree));
            }
        }
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|(_, _, tree)| {
                let mut free = true;
                each_name(tree, &mut |name| {
                    let other = name.strip_prefix("is.");
                    free &= !waiting
                        .iter()
                        .any(|(name, ..)| Some(name.as_str()) == other);
                });
                free
            });
            let Some(ready) = ready else {
                let (_, part, _) = &waiting[0];
                self.faults.push(RuleFault::of(
                    part.clone(),
                    "conditions that name each other in a circle",
                ));
                return;
            };
            let (name, part, tree) = waiting.remove(ready);
            if mentions(&tree) {
                let problem = "a condition may be negated, and evidence only speaks against: name \
                               it in a signal or a rule";
                self.fault(&part, problem);
            }
            let place = self.compile(&part, &tree, Role::Is);
            self.guards.push(guard(&tree, &self.names, &self.guards));
            self.rests.push(self.rests_of(&tree));
            // A name that is wrong in itself is still known to the others.
            self.names.is.push(name.clone());
            self.is.push(place.unwrap_or_default());
        }
    }

    fn signals(&mut self, document: &Document) {
        let mut rested = Vec::new();
        for (name, text) in &document.signal {
            let part = format!("signal {name}");
            if !(1..=100).contains(&text.weight) {
                self.fault(&part, "weight is 1 to 100");
            }
            let tree = self.read(&part, &text.when);
            if let Some(Err(fault)) = tree.as_ref().map(|tree| speaks_against(tree, true)) {
                self.faults.push(fault.within(&part));
            }
            let place = tree
                .as_ref()
                .and_then(|tree| self.compile(&part, tree, Role::Signal));
            let rests = tree.as_ref().map(|tree| self.rests_of(tree));
            rested.push(rests.unwrap_or_default());
            let open = tree.map(|tree| guard(&tree, &self.names, &self.guards));
            let open = open.unwrap_or_default();
            if open.open != 0 {
                let facts: Vec<_> = facts_of(open.open).collect();
                self.notes.push(format!(
                    "{part} adds nothing where one of these is not known: {}; say has(…)",
                    facts.join(", ")
                ));
            }
            self.guards.push(open);
            self.signals.push(Signal {
                evidence: text.evidence,
                weight: text.weight.into(),
                place: place.unwrap_or_default(),
            });
        }
        self.rests.extend(rested);
        self.names.signals = document.signal.keys().cloned().collect();
    }

    fn rule(&mut self, text: &RuleText) {
        let part = format!("rule {}", text.reason);
        let reason = Reason::parse(&text.reason);
        if reason.is_none() {
            self.fault(&part, "there is no such reason");
        } else if !text.reason.starts_with("rule_") && !is_of_rules(&text.reason) {
            let problem = "it is not a rule's: take one that begins with rule_, or one of the \
                           shipped rules (sekisho rules show standard)";
            self.fault(&part, problem);
        }
        if reason.is_some_and(|reason| self.rules.iter().any(|rule| rule.reason == reason)) {
            self.fault(&part, "another rule has this reason; join them with ||");
        }
        let effect = self.effect(&part, text);
        self.healing(&part, text);
        self.sentences(&part, text);
        let Some(tree) = self.read(&part, &text.when) else {
            return;
        };
        let place = self.compile(&part, &tree, Role::Rule);
        if let Err(fault) = speaks_against(&tree, true) {
            self.faults.push(fault.within(&part));
        }
        if effect == Some(Effect::Refuse) && self.rests_of(&tree).yes.place {
            let problem = "refuses for where an address file says somebody is, alone: name what \
                           else speaks against them, or ask for more with step_up";
            self.fault(&part, problem);
        }
        let open = guard(&tree, &self.names, &self.guards).open;
        if open != 0 && effect != Some(Effect::Note) {
            let facts: Vec<_> = facts_of(open).collect();
            self.notes.push(format!(
                "{part} does not apply where one of these is not known: {}; say has(…)",
                facts.join(", ")
            ));
        }
        if let (Some(reason), Some(effect), Some(place)) = (reason, effect, place) {
            self.rules.push(Rule {
                reason,
                effect,
                heals: text.heals_hours.map(|hours| Span::hours(hours.into())),
                text: text.text.clone(),
                case: text.case.clone(),
                when: tree,
                place,
            });
        }
    }

    fn effect(&mut self, part: &str, text: &RuleText) -> Option<Effect> {
        let asks = !text.require.is_empty();
        let asked = |one: &Requirement| {
            let possible = [
                Requirement::Confirmation,
                Requirement::PhishingResistant,
                Requirement::SecondFactor,
            ];
            possible.contains(one)
        };
        let problem = match text.verdict {
            VerdictKind::StepUp if !asks => "a step_up says what it requires",
            VerdictKind::StepUp if !text.require.iter().all(asked) => {
                "a rule may require second_factor, confirmation and phishing_resistant; what \
                 else a kind of operation needs is policy"
            }
            VerdictKind::StepUp => return Some(Effect::StepUp(text.require.clone())),
            _ if asks => "only a step_up requires something",
            VerdictKind::Allow => return Some(Effect::Note),
            VerdictKind::Hold => return Some(Effect::Hold),
            VerdictKind::Refuse => return Some(Effect::Refuse),
        };
        self.fault(part, problem);
        None
    }

    fn healing(&mut self, part: &str, text: &RuleText) {
        let Some(hours) = text.heals_hours else {
            return;
        };
        if text.verdict != VerdictKind::Hold || !text.reason.starts_with("rule_") {
            let problem = "heals_hours is of a hold by a rule of your own; what a shipped reason \
                           holds heals by itself, or is one of hold.person of the policy";
            self.fault(part, problem);
        } else if !(1..=1440).contains(&hours) {
            self.fault(part, "heals_hours is 1 to 1440");
        }
    }

    fn sentences(&mut self, part: &str, text: &RuleText) {
        let Name { ja, en } = &text.text;
        let all = [
            ("case", &text.case, 500),
            ("text.ja", ja, 200),
            ("text.en", en, 200),
        ];
        for (key, sentence, most) in all {
            let length = sentence.chars().count();
            let hidden = sentence.chars().any(char::is_control);
            if !(1..=most).contains(&length) || hidden {
                self.fault(part, format!("{key} is one line of 1 to {most} characters"));
            }
        }
    }
}

/// Every name in an expression.
fn each_name(tree: &Tree, each: &mut impl FnMut(&str)) {
    match &tree.shape {
        Shape::Literal(_) => {}
        Shape::Name(name) => each(name),
        Shape::Not(inner) | Shape::Minus(inner) => each_name(inner, each),
        Shape::Pair(_, both) => both.iter().for_each(|one| each_name(one, each)),
        Shape::Choice(three) => three.iter().for_each(|one| each_name(one, each)),
        Shape::List(values) => values.iter().for_each(|one| each_name(one, each)),
        Shape::Call { on, with, .. } => {
            let all = on.iter().map(AsRef::as_ref).chain(with);
            all.for_each(|one| each_name(one, each));
        }
    }
}

/// Whether a shipped rule has this reason. Others mean what rules do not decide, such as a window
/// in which an operation waits.
fn is_of_rules(reason: &str) -> bool {
    STANDARD.contains(&format!("reason = \"{reason}\""))
}
