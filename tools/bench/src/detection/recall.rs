//! How well scores part attackers from customers: areas under the curve, recall at a given share of
//! false alarms, and how sure that is.
//!
//! **Invariant:** an interval comes of drawing customers, with everything that is theirs, and not
//! of drawing logins, which are not independent.

use serde_json::{Value, json};

use super::judged::{Evidence, Judged};
use super::login::{Truth, joined};
use crate::report::shown;

/// Draws of the customers.
const DRAWS: u64 = 200;
/// Shares of good logins that may be challenged.
const ALARMS: [f64; 2] = [0.01, 0.001];

/// The classes that are told apart: customers, attackers by what they know, entries of list
/// attacks.
pub const CLASSES: [&str; 6] = [
    "good",
    "naive",
    "vpn",
    "targeted",
    "very_targeted",
    "list_attack",
];

/// Index into [`CLASSES`].
pub const fn class(truth: Truth) -> usize {
    use sekisho_world::Attacker;
    match truth {
        Truth::Good(_) => 0,
        Truth::Entered(Attacker::Naive) => 1,
        Truth::Entered(Attacker::Vpn) => 2,
        Truth::Entered(Attacker::Targeted) => 3,
        Truth::Entered(Attacker::VeryTargeted) => 4,
        Truth::Mass(..) => 5,
    }
}

/// One login: score, customer, class.
type Scored = (f32, u32, usize);

/// Of one class: area under the curve, recall at each of [`ALARMS`].
type Measure = [f64; 3];

/// One pass from the highest score down, each customer counted as often as `weight` says.
fn pass(scored: &[Scored], weight: &dyn Fn(u32) -> f64) -> [Measure; CLASSES.len()] {
    let mut total = [0.0; CLASSES.len()];
    for (_, customer, class) in scored {
        total[*class] += weight(*customer);
    }
    let mut above = [0.0; CLASSES.len()];
    let mut measures = [[0.0; 3]; CLASSES.len()];
    for tied in scored.chunk_by(|one, other| one.0 == other.0) {
        let mut here = [0.0; CLASSES.len()];
        for (_, customer, class) in tied {
            here[*class] += weight(*customer);
        }
        let below = total[0] - above[0] - here[0];
        for class in 0..CLASSES.len() {
            measures[class][0] += here[class] * (below + here[0] / 2.0);
            above[class] += here[class];
            for (place, alarms) in ALARMS.iter().enumerate() {
                if above[0] <= alarms * total[0] {
                    measures[class][1 + place] = above[class];
                }
            }
        }
    }
    for (measure, total_here) in measures.iter_mut().zip(total) {
        measure[0] /= (total[0] * total_here).max(1.0);
        measure[1] /= total_here.max(1.0);
        measure[2] /= total_here.max(1.0);
    }
    measures
}

/// How often a customer is drawn: Poisson with mean 1, by the seed.
fn drawn(seed: u64, draw: u64, customer: u32) -> f64 {
    const UPTO: [f64; 6] = [
        0.367_879, 0.735_759, 0.919_699, 0.981_012, 0.996_340, 0.999_406,
    ];
    let unit = joined(joined(seed, draw), u64::from(customer)) as f64 / u64::MAX as f64;
    UPTO.iter().filter(|upto| unit > **upto).count() as f64
}

/// The measures of every kind of evidence, as an object.
pub fn measures(judged: &[Judged], customers: u32, seed: u64) -> Value {
    let mut object = serde_json::Map::new();
    for (place, evidence) in Evidence::ALL.into_iter().enumerate() {
        let counted = judged.iter().filter(|one| one.counts);
        let mut scored: Vec<Scored> = counted
            .filter_map(|one| Some((one.scores?[place], one.customer, class(one.truth))))
            .collect();
        scored.sort_by(|one, other| other.0.total_cmp(&one.0));
        let plain = pass(&scored, &|_| 1.0);
        let draws: Vec<_> = (0..DRAWS)
            .map(|draw| {
                let weights: Vec<f64> = (0..customers)
                    .map(|customer| drawn(seed, draw, customer))
                    .collect();
                pass(&scored, &|customer| weights[customer as usize])
            })
            .collect();
        let count = |class| scored.iter().filter(|one| one.2 == class).count();
        let classes = (1..CLASSES.len()).filter(|class| count(*class) > 0);
        let classes: serde_json::Map<String, Value> = classes
            .map(|class| {
                let interval = |which: usize| {
                    let mut values: Vec<f64> =
                        draws.iter().map(|draw| draw[class][which]).collect();
                    values.sort_by(f64::total_cmp);
                    let at = |part: f64| values[((DRAWS - 1) as f64 * part).round() as usize];
                    json!([
                        shown(plain[class][which]),
                        shown(at(0.025)),
                        shown(at(0.975))
                    ])
                };
                let value = json!({
                    "logins": count(class),
                    "auc": interval(0),
                    "recall_at_1_percent": interval(1),
                    "recall_at_0.1_percent": interval(2),
                });
                (CLASSES[class].to_owned(), value)
            })
            .collect();
        object.insert(evidence.word().to_owned(), Value::Object(classes));
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_counts_what_a_person_would_count() {
        // Scores 9 (attack), 8 (good), 7 (attack and good), 1 (good twice).
        let scored = [
            (9.0, 0, 1),
            (8.0, 1, 0),
            (7.0, 2, 1),
            (7.0, 3, 0),
            (1.0, 4, 0),
            (1.0, 5, 0),
        ];
        let [_, naive, ..] = pass(&scored, &|_| 1.0);
        // The first beats 4 of 4, the second 2 and half a one of 4.
        assert!((naive[0] - (4.0 + 2.5) / 8.0).abs() < 1e-12);
        // No good login may be challenged among four: half of the attacks lie above all of them.
        assert_eq!(naive[1..], [0.5, 0.5]);
        // Without the second customer the second attack is caught with no alarm but the tied one.
        let [_, naive, ..] = pass(&scored, &|customer| f64::from(u8::from(customer != 1)));
        assert!((naive[0] - (3.0 + 2.5) / 6.0).abs() < 1e-12);
    }

    #[test]
    fn customers_are_drawn_once_on_average() {
        let sum: f64 = (0..20_000).map(|customer| drawn(1, 2, customer)).sum();
        assert!((sum / 20_000.0 - 1.0).abs() < 0.03, "{sum}");
    }
}
