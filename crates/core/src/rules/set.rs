//! A rule set: a document that was checked, compiled once, and is applied to attempts.
//!
//! **Invariant:** a rule only ever makes a verdict stricter; one that could not be worked out, or
//! that needs what is not known, does not apply.

use std::sync::{Arc, LazyLock};

use super::build::Builder;
use super::document::{Document, Evidence, MOST_DOCUMENT};
use super::facts::{FACTS, Given, Row};
use super::fault::RuleFault;
use super::program::{Program, Truth};
use super::tree::Tree;
use crate::bytes::Digest;
use crate::moment::Span;
use crate::policy::Name;
use crate::reason::Reason;
use crate::verdict::Requirement;

/// Most rules of a set.
pub const MOST_RULES: usize = 200;
/// Most conditions, and most signals, of a set.
pub const MOST_OF_A_KIND: usize = 64;
/// Most steps of a whole set.
pub const MOST_STEPS: u32 = 5_000;

/// The document that is in force where nobody wrote another.
pub const STANDARD: &str = include_str!("standard.toml");

/// What follows from a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Waits for a person or for time.
    Hold,
    /// Only its reason is recorded.
    Note,
    /// No.
    Refuse,
    /// More proof.
    StepUp(Vec<Requirement>),
}

/// A rule that was compiled.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Why it applies, and its name.
    pub reason: Reason,
    /// What follows.
    pub effect: Effect,
    /// After how long at the earliest time releases what it holds; `None` for never, of a firm's
    /// own rule, and for what a shipped reason says by itself.
    pub heals: Option<Span>,
    /// The reason as a sentence, in both languages.
    pub text: Name,
    /// The case that it answers.
    pub case: String,
    /// When, as it was written.
    pub when: Tree,
    pub(super) place: u32,
}

/// A signal that was compiled.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Signal {
    pub evidence: Evidence,
    pub weight: i64,
    pub place: u32,
}

/// A rule set.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// The version that entries name.
    pub version: String,
    /// The digest of the document.
    pub digest: Digest,
    /// The rules, in the order in which their reasons are reported.
    pub rules: Vec<Rule>,
    /// What a person who reviews it should know: rules that do not apply where a fact is unknown.
    pub notes: Vec<String>,
    /// Steps that one attempt takes at most.
    pub steps: u32,
    pub(super) program: Program,
    /// The facts that are named anywhere, as places in the table.
    pub(super) facts: Vec<usize>,
    pub(super) is: Vec<u32>,
    pub(super) signals: Vec<Signal>,
}

static SHIPPED: LazyLock<Arc<RuleSet>> = LazyLock::new(|| {
    let read = RuleSet::parse(STANDARD);
    Arc::new(read.unwrap_or_else(|_| RuleSet::closed()))
});

impl RuleSet {
    /// The shipped rules.
    #[must_use]
    pub fn standard() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Refuses everything: in place of a shipped document that could not be read, which a test
    /// rules out.
    fn closed() -> Self {
        let text = "version = \"closed\"\n[[rule]]\nreason = \"rule_broken\"\nwhen = \"true\"\n\
             verdict = \"refuse\"\ncase = \"none\"\n[rule.text]\nja = \"x\"\nen = \"x\"\n";
        Self::parse(text).unwrap_or_default()
    }

    /// Reads, checks and compiles a document.
    ///
    /// # Errors
    /// Everything that is wrong with it, of each expression the first thing.
    pub fn parse(text: &str) -> Result<Self, Vec<RuleFault>> {
        if text.len() > MOST_DOCUMENT {
            let problem = format!("a document has {MOST_DOCUMENT} bytes at most");
            return Err(vec![RuleFault::of("", problem)]);
        }
        let document: Document = toml::from_str(text)
            .map_err(|why| vec![RuleFault::of("", why.to_string().trim_end())])?;
        Builder::default().built(document, Digest::of(text.as_bytes()))
    }

    /// Tells `each` of every rule what became of it, in order. Answers whether a signal went wrong:
    /// it adds nothing to the scores, which rules do not see.
    pub fn apply(&self, given: &Given<'_>, mut each: impl FnMut(&Rule, Truth)) -> bool {
        let mut row = Row::default();
        for fact in &self.facts {
            row.set(*fact, (FACTS[*fact].read)(given));
        }
        let broken = self.name(&mut row);
        for rule in &self.rules {
            each(rule, self.program.truth(rule.place, &row));
        }
        broken
    }

    /// Works out what has a name, and whether a signal went wrong.
    fn name(&self, row: &mut Row<'_>) -> bool {
        let mut broken = false;
        for (place, test) in self.is.iter().enumerate() {
            row.named[place] = self.program.truth(*test, row);
        }
        for (place, signal) in self.signals.iter().enumerate() {
            let truth = self.program.truth(signal.place, row);
            row.named[self.is.len() + place] = truth;
            broken |= truth == Truth::Broken;
            if truth == Truth::Yes {
                row.scores[0] += signal.weight;
                row.scores[signal.evidence.score()] += signal.weight;
            }
        }
        broken
    }

    /// The rule with this reason.
    #[must_use]
    pub fn rule(&self, reason: Reason) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.reason == reason)
    }

    /// Whether a rule refuses for this reason.
    #[must_use]
    pub fn refuses(&self, reason: Reason) -> bool {
        self.rule(reason)
            .is_some_and(|rule| rule.effect == Effect::Refuse)
    }

    /// After how long at the earliest time releases what a rule holds for this reason, where the
    /// rule says so.
    #[must_use]
    pub fn heals(&self, reason: Reason) -> Option<Span> {
        self.rule(reason)?.heals
    }

    /// Whether a rule holds for this reason.
    #[must_use]
    pub fn holds(&self, reason: Reason) -> bool {
        self.rule(reason)
            .is_some_and(|rule| rule.effect == Effect::Hold)
    }
}

impl Default for RuleSet {
    fn default() -> Self {
        Self {
            version: String::new(),
            digest: Digest::of(b""),
            rules: Vec::new(),
            notes: Vec::new(),
            steps: 0,
            program: Program::default(),
            facts: Vec::new(),
            is: Vec::new(),
            signals: Vec::new(),
        }
    }
}

impl Evidence {
    /// Its place among the scores.
    const fn score(self) -> usize {
        match self {
            Self::Fast => 1,
            Self::Rare => 2,
            Self::Reported => 3,
            Self::Unlikely => 4,
        }
    }
}
