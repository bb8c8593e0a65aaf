//! The scorer: counts what became of every attempt, step by step, and holds what was demanded.
//!
//! **Invariant:** an attempt is counted once, and as the worst thing that can be said of the
//! defence where it is not clear.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was refused, or the attacker was sent back to the beginning.
    Refused,
    /// It takes one proof more, which the attacker did not have.
    SteppedUp,
    /// It waits: for time to pass or for a person.
    Held,
    /// The attacker got what was asked for.
    Through,
}

/// One step of a drill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What was tried.
    pub what: String,
    /// How often.
    pub sent: u32,
    /// Refused.
    pub refused: u32,
    /// Asked for one proof more.
    pub stepped_up: u32,
    /// Waiting.
    pub held: u32,
    /// Got through.
    pub through: u32,
}

/// Something that has to be so for the drill to be passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Demand {
    /// What must not happen, or must.
    pub what: String,
    /// Whether it was so.
    pub met: bool,
}

/// A sign by which a customer or the firm could notice, and whether it was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sign {
    /// The sign.
    pub what: String,
    /// Whether it was seen.
    pub seen: bool,
}

/// Everything that is counted while a drill is played.
#[derive(Clone, Debug, Default)]
pub struct Score {
    steps: Vec<Step>,
    /// Accounts whose name was used.
    pub touched: BTreeSet<String>,
    /// Accounts into which the attacker got.
    pub entered: BTreeSet<String>,
    /// What has to be so.
    pub demands: Vec<Demand>,
    /// What gives the attack away.
    pub signs: Vec<Sign>,
    /// What got through, in words.
    pub got: Vec<String>,
    /// What is left behind.
    pub left: Vec<String>,
    /// Messages to customers: how many of each.
    pub told: BTreeMap<String, u32>,
}

impl Score {
    /// Counts an attempt for a step; steps stand in the order in which they were met first.
    pub fn count(&mut self, what: &str, ended: Ended) {
        let place = self.steps.iter().position(|step| step.what == what);
        let place = place.unwrap_or_else(|| {
            self.steps.push(Step {
                what: what.to_owned(),
                ..Step::default()
            });
            self.steps.len() - 1
        });
        let Some(step) = self.steps.get_mut(place) else {
            return;
        };
        step.sent += 1;
        match ended {
            Ended::Refused => step.refused += 1,
            Ended::SteppedUp => step.stepped_up += 1,
            Ended::Held => step.held += 1,
            Ended::Through => step.through += 1,
        }
    }

    /// Demands something.
    pub fn demand(&mut self, what: impl Into<String>, met: bool) {
        let what = what.into();
        self.demands.push(Demand { what, met });
    }

    /// Notes a sign, seen or not.
    pub fn sign(&mut self, what: impl Into<String>, seen: bool) {
        let what = what.into();
        self.signs.push(Sign { what, seen });
    }

    /// The steps so far.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How often a step ended so.
    #[must_use]
    pub fn through(&self, what: &str) -> u32 {
        let found = self.steps.iter().find(|step| step.what == what);
        found.map_or(0, |step| step.through)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_is_in_one_column() {
        let mut score = Score::default();
        for ended in [
            Ended::Refused,
            Ended::SteppedUp,
            Ended::Held,
            Ended::Through,
        ] {
            score.count("a", ended);
        }
        score.count("b", Ended::Refused);
        let [a, b] = score.steps() else {
            panic!("two steps")
        };
        assert_eq!(a.sent, a.refused + a.stepped_up + a.held + a.through);
        assert_eq!((a.sent, b.sent, score.through("a")), (4, 1, 1));
    }
}
