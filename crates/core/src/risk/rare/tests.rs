//! What an isolation forest has to do, and what it must not read.

use super::*;
use crate::risk::chance::Chance;

const COLUMNS: [Column; 3] = [Column::System, Column::Client, Column::Hour];

/// A cloud around 5, 3 and 24.
fn ordinary(count: usize, seed: u64) -> Vec<Vec<Option<f64>>> {
    let mut chance = Chance::new(seed);
    let mut around = |middle: f64| middle + chance.unit() + chance.unit() - 1.0;
    (0..count)
        .map(|_| {
            vec![
                Some(around(5.0)),
                Some(around(3.0)),
                Some(around(12.0) * 2.0),
            ]
        })
        .collect()
}

/// Grown from such rows, one in a hundred of which shows another client.
fn forest(seed: u64) -> Forest {
    let mut rows = ordinary(2_000, 7);
    for row in rows.iter_mut().step_by(100) {
        row[1] = row[1].map(|client| client + 6.0);
    }
    let rows: Vec<&Row> = rows.iter().map(Vec::as_slice).collect();
    Forest::train(&COLUMNS, &rows, seed).unwrap()
}

fn score(forest: &Forest, row: [Option<f64>; 3]) -> f64 {
    forest.score(&row).unwrap().score
}

#[test]
fn what_lies_apart_scores_higher_and_its_column_says_why() {
    let forest = forest(1);
    let usual = score(&forest, [Some(5.0), Some(3.0), Some(24.0)]);
    assert!((0.3..0.6).contains(&usual), "{usual}");
    let apart = forest.score(&[Some(5.0), Some(9.0), Some(24.0)]).unwrap();
    assert!(
        apart.score > usual + 0.1 && apart.score < 1.0,
        "{}",
        apart.score
    );
    assert_eq!(apart.parts[0].0, Column::Client);
    let inside = ordinary(500, 8);
    let above = inside
        .iter()
        .filter(|row| forest.score(row).unwrap().score >= apart.score)
        .count();
    assert!(above < 5, "{above} of 500");
}

#[test]
fn further_out_is_never_rarer_than_further_out_still() {
    let forest = forest(2);
    let mut before = 0.0;
    for step in 0..60 {
        let now = score(
            &forest,
            [Some(5.0 + f64::from(step) / 10.0), Some(3.0), Some(24.0)],
        );
        if step >= 10 {
            assert!(now >= before, "{now} after {before} at {step}");
        }
        before = now;
    }
}

/// The explanation is not a guess beside the score, it is the score.
#[test]
fn what_the_columns_shortened_adds_up_to_the_score() {
    let forest = forest(3);
    for row in ordinary(50, 9) {
        let mut row = row;
        for unknown in 0..3 {
            let found = forest.score(&row).unwrap();
            let shortened: f64 = found.parts.iter().map(|(_, by)| by).sum();
            let usual = usual_path(256);
            let score = exp2(-(usual - shortened) / usual);
            assert!((score - found.score).abs() < 1e-12);
            assert_eq!(found.unknown.len(), unknown);
            row[unknown] = None;
        }
    }
}

#[test]
fn what_is_unknown_makes_nothing_rare() {
    let forest = forest(4);
    let nothing = forest.score(&[None, None, None]).unwrap();
    assert!((0.3..0.6).contains(&nothing.score), "{}", nothing.score);
    assert_eq!(nothing.unknown, COLUMNS);
    let known = score(&forest, [Some(5.0), Some(9.0), Some(24.0)]);
    assert!(score(&forest, [Some(5.0), None, Some(24.0)]) < known);
    let not_a_number = score(&forest, [Some(5.0), Some(f64::NAN), Some(24.0)]);
    assert_eq!(not_a_number, score(&forest, [Some(5.0), None, Some(24.0)]));
}

#[test]
fn a_seed_makes_one_forest_and_rows_of_another_width_make_none() {
    assert_eq!(forest(5), forest(5));
    assert_ne!(forest(5), forest(6));
    assert_eq!(forest(5).score(&[Some(1.0)]), None);
    assert_eq!(Forest::train(&COLUMNS, &[], 1), None);
    let same: &Row = &[Some(1.0); 3];
    let flat = Forest::train(&COLUMNS, &[same; 300], 1).unwrap();
    assert_eq!(flat.score(same).unwrap().score, 0.5);
}

#[test]
fn the_usual_path_is_that_of_the_paper() {
    // Equation 1 with H(255) = ln 255 + 0.5772… + 1/510 - 1/(12 × 255²), exact to nine digits.
    let harmonic = 255.0_f64.ln() + 0.577_215_664_9 + 1.0 / 510.0 - 1.0 / (12.0 * 65_025.0);
    let expected = 2.0 * harmonic - 2.0 * 255.0 / 256.0;
    assert_eq!(usual_path(2), 1.0);
    assert!((usual_path(256) - expected).abs() < 1e-8);
    assert_eq!((usual_path(0), usual_path(1)), (0.0, 0.0));
}

/// The same forest on every machine and with every release, to the bit; a kept forest has to mean
/// what it meant.
#[test]
fn a_forest_is_the_same_everywhere() {
    let digest = crate::bytes::Digest::of(&forest(10).bytes());
    let expected = "048643105deddb47f0ce9303970c7ad1769990394fdbeebd2f77853522fba50d";
    assert_eq!(digest.to_string(), expected);
    let score = forest(10).score(&[Some(4.0), Some(9.0), None]).unwrap();
    assert_eq!(score.score.to_bits(), 4_604_996_246_803_721_490);
}

#[test]
fn bytes_come_back_as_the_same_forest() {
    let forest = forest(10);
    let bytes = forest.bytes();
    assert!(bytes.len() < 200_000, "{}", bytes.len());
    assert_eq!(Forest::read(&bytes), Ok(forest));
}

/// Every cut is refused; every byte that is changed either is refused or gives a forest that writes
/// exactly these bytes again and scores without fault.
#[test]
fn hostile_bytes_are_refused() {
    let rows = ordinary(40, 11);
    let rows: Vec<&Row> = rows.iter().map(Vec::as_slice).collect();
    let mut forest = Forest::train(&COLUMNS, &rows, 1).unwrap();
    forest.trees.truncate(3);
    let bytes = forest.bytes();
    for end in 0..bytes.len() {
        assert!(Forest::read(&bytes[..end]).is_err(), "cut at {end}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(Forest::read(&longer).is_err());
    let mut refused = 0;
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[place] ^= 1 << bit;
            match Forest::read(&altered) {
                Err(_) => refused += 1,
                Ok(read) => {
                    assert_eq!(read.bytes(), altered);
                    let row = vec![Some(4.0); read.columns().len()];
                    let score = read.score(&row).unwrap().score;
                    assert!((0.0..=1.0).contains(&score), "{score}");
                }
            }
        }
    }
    assert!(refused > bytes.len(), "{refused} of {}", bytes.len() * 8);
    // A tree that only ever says "split" must end by its depth, not by the memory.
    let mut deep = bytes[..5 + 1 + 3].to_vec();
    deep.extend([1, 0, 0, 1]);
    deep.extend(
        [[1, 0, 255, 0].as_slice(), &1.0_f64.to_bits().to_be_bytes()]
            .concat()
            .repeat(50_000),
    );
    assert!(Forest::read(&deep).is_err());
}
