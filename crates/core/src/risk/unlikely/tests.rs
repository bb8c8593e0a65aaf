//! The score against a slow program that counts raw rows anew for every score, and what must hold
//! of it whatever the rows are.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::risk::chance::Chance;

/// One login: who, the values of both features from fine to coarse, and whether it ended well.
#[derive(Clone, Copy, Debug)]
struct Row {
    customer: u64,
    values: [u64; 7],
    well: bool,
}

const WEIGHTS: [&[Level]; 2] = [&ADDRESS, &CLIENT];

/// The published program, line by line in its own order: no counters, every number from the rows.
fn oracle(rows: &[Row], attempt: &Row, unseen: Unseen) -> Option<f64> {
    let well: Vec<&Row> = rows.iter().filter(|row| row.well).collect();
    let own: Vec<&Row> = well
        .iter()
        .copied()
        .filter(|row| row.customer == attempt.customer)
        .collect();
    if own.is_empty() {
        return None;
    }
    let mut score = 1.0;
    let mut column = 0;
    for levels in WEIGHTS {
        let columns: Vec<usize> = (column..column + levels.len()).collect();
        column += levels.len();
        let (mut local, mut global) = (0.0, 0.0);
        for (place, at) in columns.iter().enumerate() {
            let smoothed = place == 0;
            let weight = levels[place].weight;
            local += weight * likelihood(&own, attempt, &columns[place..], false);
            global += weight * likelihood(&well, attempt, &columns[place..], smoothed);
            assert!(*at < 7);
        }
        let capped = unseen == Unseen::Capped && local < global / 4.0;
        if local == 0.0 || capped {
            local = global / 4.0;
        }
        score *= global / local;
    }
    let customers: HashSet<u64> = well.iter().map(|row| row.customer).collect();
    let login = own.len() as f64 / well.len() as f64;
    Some(score * (1.0 / customers.len() as f64 / login))
}

fn likelihood(rows: &[&Row], attempt: &Row, columns: &[usize], smoothed: bool) -> f64 {
    let value = attempt.values[columns[0]];
    let seen = rows
        .iter()
        .filter(|row| row.values[columns[0]] == value)
        .count() as f64;
    if !smoothed {
        return seen / rows.len() as f64;
    }
    let distinct = |column: usize| -> usize {
        let values: HashSet<u64> = rows.iter().map(|row| row.values[column]).collect();
        values.len()
    };
    let unseen = 1 + columns[1..]
        .iter()
        .map(|column| distinct(*column))
        .sum::<usize>();
    let (all, unseen) = (rows.len() as f64, unseen as f64);
    if seen > 0.0 {
        seen / all * (1.0 - unseen / (all + unseen))
    } else {
        1.0 / (all + unseen)
    }
}

/// The counters as a store would keep them.
#[derive(Default)]
struct Counters {
    all: HashMap<(usize, u64), u64>,
    own: HashMap<(u64, usize, u64), u64>,
    distinct: [u64; 7],
    logins: HashMap<u64, u64>,
}

impl Counters {
    fn learn(&mut self, row: &Row) {
        if !row.well {
            return;
        }
        *self.logins.entry(row.customer).or_default() += 1;
        for (column, value) in row.values.iter().enumerate() {
            let all = self.all.entry((column, *value)).or_default();
            self.distinct[column] += u64::from(*all == 0);
            *all += 1;
            let own = (row.customer, column, *value);
            *self.own.entry(own).or_default() += 1;
        }
    }

    fn levels(&self, row: &Row) -> Vec<(Level, Option<Counts>)> {
        let weights = ADDRESS.into_iter().chain(CLIENT);
        let count = |(column, level): (usize, Level)| {
            let value = row.values[column];
            let own = (row.customer, column, value);
            let counts = Counts {
                own: self.own.get(&own).copied().unwrap_or(0),
                all: self.all.get(&(column, value)).copied().unwrap_or(0),
                distinct: self.distinct[column],
            };
            (level, Some(counts))
        };
        weights.enumerate().map(count).collect()
    }

    fn population(&self) -> Population {
        Population {
            logins: self.logins.values().sum(),
            customers: self.logins.len() as u64,
        }
    }

    fn score(&self, row: &Row, unseen: Unseen) -> Option<Unlikely> {
        let levels = self.levels(row);
        let own = self.logins.get(&row.customer).copied().unwrap_or(0);
        unlikely(&both(&levels), own, self.population(), unseen)
    }
}

fn both(levels: &[(Level, Option<Counts>)]) -> [Feature<'_>; 2] {
    let (address, client) = levels.split_at(3);
    [
        Feature {
            name: "address",
            levels: address,
        },
        Feature {
            name: "client",
            levels: client,
        },
    ]
}

/// Rows whose values repeat often enough to matter; addresses lie in systems, systems in countries.
fn rows(seed: u64, count: usize) -> Vec<Row> {
    let mut chance = Chance::new(seed);
    (0..count)
        .map(|_| {
            let customer = chance.below(12);
            let (address, agent) = (customer * 3 + chance.below(5), chance.below(9));
            Row {
                customer,
                values: [
                    address,
                    address / 4,
                    address / 16,
                    agent,
                    agent / 2,
                    agent / 3,
                    agent / 6,
                ],
                well: chance.below(4) > 0,
            }
        })
        .collect()
}

#[test]
fn counters_give_the_score_that_raw_rows_give() {
    let mut scored = 0;
    for seed in 0..12 {
        let rows = rows(seed, 180);
        let mut counters = Counters::default();
        for (place, row) in rows.iter().enumerate() {
            for unseen in [Unseen::Capped, Unseen::Quarter] {
                let ours = counters.score(row, unseen).map(|found| found.score);
                let theirs = oracle(&rows[..place], row, unseen);
                match (ours, theirs) {
                    (None, None) => {}
                    (Some(ours), Some(theirs)) => {
                        let far = (ours / theirs - 1.0).abs();
                        assert!(far < 1e-12, "{ours} and {theirs} for {row:?}");
                        scored += 1;
                    }
                    (ours, theirs) => panic!("{ours:?} and {theirs:?} for {row:?}"),
                }
            }
            counters.learn(row);
        }
    }
    assert!(scored > 3_000, "{scored}");
}

/// One customer of two, as a person would count it: 3 logins of 8, from one address of which the
/// other customer never came, in a system and a country that both share.
#[test]
fn a_score_counted_by_hand() {
    let counts = |own, all, distinct| Some(Counts { own, all, distinct });
    let levels = [
        (ADDRESS[0], counts(1, 1, 4)),
        (ADDRESS[1], counts(3, 6, 2)),
        (ADDRESS[2], counts(3, 8, 1)),
    ];
    let feature = Feature {
        name: "address",
        levels: &levels,
    };
    let population = Population {
        logins: 8,
        customers: 2,
    };
    let found = unlikely(&[feature], 3, population, Unseen::Capped).unwrap();
    // (0.6 × 1/12 + 0.3 × 6/8 + 0.1) / (0.6 × 1/3 + 0.3 + 0.1) × 8 / (2 × 3)
    let expected = (0.05 + 0.225 + 0.1) / 0.6 * 8.0 / 6.0;
    assert!((found.score / expected - 1.0).abs() < 1e-12, "{found:?}");
    assert_eq!(found.parts[0].familiar, Some("address"));
}

#[test]
fn the_first_login_has_no_score() {
    assert_eq!(
        unlikely(&[], 0, Population::default(), Unseen::Capped),
        None
    );
}

/// From the finest level to the coarsest, the attempt is made stranger step by step.
#[test]
fn a_stranger_value_never_scores_better() {
    let mut checked = 0;
    for seed in 0..40 {
        let rows = rows(seed, 120);
        let mut counters = Counters::default();
        rows.iter().for_each(|row| counters.learn(row));
        for row in &rows {
            let mut levels = counters.levels(row);
            let own = counters.logins.get(&row.customer).copied().unwrap_or(0);
            let mut before = 0.0;
            for place in 0..=levels.len() {
                let score = unlikely(&both(&levels), own, counters.population(), Unseen::Capped)
                    .map(|found| found.score);
                let Some(score) = score else { break };
                assert!(score >= before, "{score} after {before}: {levels:?}");
                before = score;
                checked += 1;
                if let Some((_, Some(counts))) = levels.get_mut(place) {
                    // One less first, then none at all.
                    counts.own = counts.own.saturating_sub(1);
                    let less = unlikely(&both(&levels), own, counters.population(), Unseen::Capped);
                    let less = less.unwrap().score;
                    assert!(less >= before, "{less} after {before}: {levels:?}");
                    before = less;
                }
                if let Some((_, Some(counts))) = levels.get_mut(place) {
                    counts.own = 0;
                }
            }
        }
    }
    assert!(checked > 20_000, "{checked}");
}

/// What is published for a value that was never seen can be better than for one that was seen: the
/// reason for a cap.
#[test]
fn what_was_published_lets_a_new_browser_score_better_than_a_rare_one() {
    let score = |own, unseen| {
        let agent = Counts {
            own: 0,
            all: 900,
            distinct: 50,
        };
        let kind = Counts {
            own,
            all: 3_000,
            distinct: 3,
        };
        let levels = [(CLIENT[0], Some(agent)), (CLIENT[3], Some(kind))];
        let feature = Feature {
            name: "client",
            levels: &levels,
        };
        let population = Population {
            logins: 10_000,
            customers: 100,
        };
        unlikely(&[feature], 40, population, unseen).unwrap().score
    };
    assert!(score(0, Unseen::Quarter) < score(1, Unseen::Quarter));
    assert!(score(0, Unseen::Capped) >= score(1, Unseen::Capped));
    for own in 1..40 {
        assert!(score(own, Unseen::Capped) >= score(own + 1, Unseen::Capped));
    }
}

#[test]
fn what_is_unknown_is_left_out_and_named() {
    let counts = Some(Counts {
        own: 2,
        all: 50,
        distinct: 9,
    });
    let levels = [(ADDRESS[0], counts), (ADDRESS[1], None), (ADDRESS[2], None)];
    let alone = [(ADDRESS[0], counts)];
    let nothing = [(ADDRESS[0], None)];
    let population = Population {
        logins: 100,
        customers: 10,
    };
    let score = |levels: &[(Level, Option<Counts>)]| {
        let feature = Feature {
            name: "address",
            levels,
        };
        unlikely(&[feature], 4, population, Unseen::Capped).unwrap()
    };
    assert_eq!(score(&levels).score, score(&alone).score);
    assert_eq!(score(&levels).parts[0].unknown, ["system", "country"]);
    let found = score(&nothing);
    assert_eq!((found.parts[0].ratio, found.parts[0].familiar), (1.0, None));
    assert_eq!(found.parts[0].unknown, ["address"]);
}

/// Counts of the population that lag behind, or were lost, make no infinity and nothing that is not
/// a number.
#[test]
fn a_population_that_lags_behind_still_gives_a_score() {
    for all in [0, 1, 1_000] {
        for own in [0, 1, 40, 1_000] {
            let counts = Counts {
                own,
                all,
                distinct: 0,
            };
            let levels = [(ADDRESS[0], Some(counts)), (ADDRESS[2], Some(counts))];
            let feature = Feature {
                name: "address",
                levels: &levels,
            };
            let found = unlikely(&[feature], 40, Population::default(), Unseen::Capped);
            let score = found.unwrap().score;
            assert!(score.is_finite() && score > 0.0, "{score}");
        }
    }
}
