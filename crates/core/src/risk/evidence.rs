//! The three kinds of evidence on one attempt, side by side: as plain whole numbers that rules can
//! name, and as the parts that explain them. They are not added up: each has false alarms of its
//! own, and no way to join them was the best against every attacker (docs/decisions/0027).
//!
//! **Invariant:** what is not known has no number, and every number has its parts.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::pace::Paced;
use super::rare::Rare;
use super::unlikely::Unlikely;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Unlikely for this person; `None` before the first login.
    pub unlikely: Option<Unlikely>,
    /// Rare in itself; `None` without a forest.
    pub rare: Option<Rare>,
    /// Too fast or too many; `None` where no windows are kept.
    pub pace: Option<Paced>,
}

/// The scores in thousandths, as rules and records have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scores {
    /// How much likelier it is somebody else: 1000 is as likely, and there is no upper end but that
    /// of the type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlikely: Option<i64>,
    /// From 0 to 1000; an ordinary attempt has about 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<i64>,
    /// From 0 to 1000; 500 is one thing at its limit. `None` when no window at all is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<i64>,
}

/// One reason for a score. Written as a list of its three parts, since every entry has some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Because {
    /// Which kind of evidence.
    pub evidence: Cow<'static, str>,
    /// Which feature, column or count.
    pub what: Cow<'static, str>,
    /// By how much, in thousandths of what the kind counts in: the factor of a feature, the splits
    /// that a column saved, how many times its limit a count is. `None` when it is not known.
    pub weight: Option<i64>,
}

type Written = (Cow<'static, str>, Cow<'static, str>, Option<i64>);

impl From<Written> for Because {
    fn from((evidence, what, weight): Written) -> Self {
        Self {
            evidence,
            what,
            weight,
        }
    }
}

impl From<Because> for Written {
    fn from(because: Because) -> Self {
        (because.evidence, because.what, because.weight)
    }
}

impl Scores {
    /// Whether nothing at all is known.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}

impl Evidence {
    /// The scores.
    #[must_use]
    pub fn scores(&self) -> Scores {
        let kept = |pace: &&Paced| pace.unknown.len() < super::pace::Pace::ALL.len();
        let pace = self.pace.as_ref().filter(kept);
        Scores {
            unlikely: self.unlikely.as_ref().map(|found| thousandths(found.score)),
            rare: self.rare.as_ref().map(|found| thousandths(found.score)),
            pace: pace.map(|found| thousandths(found.score)),
        }
    }

    /// What speaks against the attempt, and what could not be said, by kind and then by weight.
    #[must_use]
    pub fn because(&self) -> Vec<Because> {
        let mut all = Vec::new();
        let mut say = |evidence: &'static str, what: &'static str, weight: Option<f64>| {
            let weight = weight.map(thousandths);
            all.push((evidence.into(), what.into(), weight).into());
        };
        for part in self.unlikely.iter().flat_map(|found| &found.parts) {
            if part.ratio > 1.0 {
                say("unlikely", part.feature, Some(part.ratio));
            }
            for level in &part.unknown {
                say("unlikely", level, None);
            }
        }
        if let Some(rare) = &self.rare {
            for (column, shortened) in rare.parts.iter().filter(|(_, by)| *by > 0.0) {
                say("rare", column.word(), Some(*shortened));
            }
            for column in &rare.unknown {
                say("rare", column.word(), None);
            }
        }
        for signal in self.pace.iter().flat_map(|pace| &pace.signals) {
            say(
                "pace",
                signal.pace.word(),
                Some(signal.beyond / signal.limit),
            );
        }
        for pace in self.pace.iter().flat_map(|pace| &pace.unknown) {
            say("pace", pace.word(), None);
        }
        all
    }
}

/// To the nearest thousandth; what is too large for the type is its largest value.
fn thousandths(score: f64) -> i64 {
    (score * 1_000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::pace::{Limits, Window, Windows, pace};
    use crate::risk::rare::{Column, Forest, Row};
    use crate::risk::unlikely::{CLIENT, Counts, Feature, Population, Unseen, unlikely};

    fn evidence() -> Evidence {
        let counts = |own| {
            Some(Counts {
                own,
                all: 400,
                distinct: 3,
            })
        };
        let levels = [(CLIENT[0], counts(0)), (CLIENT[1], None)];
        let client = Feature {
            name: "client",
            levels: &levels,
        };
        let population = Population {
            logins: 1_000,
            customers: 100,
        };
        let rows: Vec<[Option<f64>; 1]> = (0..200)
            .map(|row| [Some(if row == 0 { 90.0 } else { f64::from(row % 9) })])
            .collect();
        let rows: Vec<&Row> = rows.iter().map(|row| row.as_slice()).collect();
        let forest = Forest::train(&[Column::Hour], &rows, 1).unwrap();
        let address = Some(Window {
            failures: 16,
            successes: 0,
            accounts: 1,
        });
        let windows = Windows {
            address,
            ..Windows::default()
        };
        Evidence {
            unlikely: unlikely(&[client], 10, population, Unseen::Capped),
            rare: forest.score(&[Some(90.0)]),
            pace: Some(pace(&windows, &Limits::SHIPPED)),
        }
    }

    #[test]
    fn every_score_says_why_and_what_it_does_not_know() {
        let found = evidence();
        let scores = found.scores();
        // Four times for the client, and as frequent a customer as the others.
        assert_eq!(scores.unlikely, Some(4_000));
        assert!(scores.rare.unwrap() > 700, "{scores:?}");
        assert!(scores.pace.unwrap() > 500, "{scores:?}");
        let why = found.because();
        let of = |evidence: &str, what: &str| {
            let found = why
                .iter()
                .find(|one| one.evidence == evidence && one.what == what);
            found.map(|one| one.weight)
        };
        assert_eq!(of("unlikely", "client"), Some(Some(4_000)));
        assert_eq!(of("unlikely", "browser"), Some(None));
        assert!(of("rare", "hour").unwrap().unwrap() > 2_000);
        assert_eq!(of("pace", "address_failures"), Some(Some(1_400)));
        assert_eq!(of("pace", "device_accounts"), Some(None));
    }

    #[test]
    fn what_is_not_known_has_no_number() {
        let nothing = Evidence {
            unlikely: None,
            rare: None,
            pace: Some(pace(&Windows::default(), &Limits::SHIPPED)),
        };
        assert_eq!(nothing.scores(), Scores::default());
        let text = serde_json::to_string(&nothing.scores()).unwrap();
        assert_eq!(text, "{}");
        let scores = evidence().scores();
        let text = serde_json::to_string(&scores).unwrap();
        assert_eq!(serde_json::from_str::<Scores>(&text).unwrap(), scores);
        let because = evidence().because();
        let text = serde_json::to_string(&because).unwrap();
        assert!(
            text.starts_with(r#"[["unlikely","client",4000],"#),
            "{text}"
        );
        let read: Vec<Because> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, because);
    }
}
