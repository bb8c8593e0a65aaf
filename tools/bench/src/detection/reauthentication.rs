//! How often a customer has to prove more, so that a given share of attackers has to: the question
//! of Wiefling et al. 2022, in their form and beside their figures.
//!
//! A threshold is what so large a share of the attackers reaches. For each customer with `n` logins
//! the first of them counts as challenged, having no score, and of the others those that reach the
//! threshold; the figure is the median over the customers.
//!
//! **Invariant:** only logins by customers themselves are counted as challenged, and every login of
//! theirs is.

use serde_json::{Value, json};

use super::judged::{Evidence, Judged};
use super::login::Truth;
use super::recall::{CLASSES, class};

/// After how many logins.
const AFTER: [usize; 4] = [6, 12, 20, 39];
/// Shares of attackers that have to be challenged.
const CAUGHT: [f64; 3] = [0.995, 0.99, 0.98];

/// The paper's medians by attacker, share caught and number of logins, in logins (`figure rq1` of
/// `das-group/rba-dataset`; after 20 and 39 it gives shares). The very targeted are real takeovers
/// there, at shares of .8966, .8276 and .7816.
const PAPER: [[[f64; 4]; 3]; 4] = [
    [
        [2.0, 3.0, 3.0, 2.0],
        [2.0, 2.0, 2.0, 1.0],
        [1.0, 1.0, 1.0, 1.0],
    ],
    [
        [3.0, 4.0, 5.0, 3.0],
        [2.0, 3.0, 3.0, 2.0],
        [2.0, 2.0, 2.0, 2.0],
    ],
    [
        [3.0, 5.0, 5.0, 4.0],
        [3.0, 4.0, 4.0, 3.0],
        [2.0, 2.0, 2.0, 2.0],
    ],
    [
        [6.0, 12.0, 19.0, 26.0],
        [5.0, 7.0, 9.0, 7.0],
        [1.0, 2.0, 2.0, 1.0],
    ],
];

/// The rows of the table for one kind of evidence.
pub fn table(judged: &[Judged], evidence: Evidence) -> Value {
    let place = evidence as usize;
    let histories = histories(judged, place);
    let mut rows = Vec::new();
    for attacker in 1..=4 {
        let mut scores: Vec<f32> = judged
            .iter()
            .filter(|one| class(one.truth) == attacker)
            .filter_map(|one| Some(one.scores?[place]))
            .collect();
        if scores.is_empty() {
            continue;
        }
        scores.sort_by(|one, other| other.total_cmp(one));
        for (row, caught) in CAUGHT.into_iter().enumerate() {
            let last = (caught * scores.len() as f64).ceil() as usize;
            let threshold = scores[last.clamp(1, scores.len()) - 1];
            let medians = AFTER.map(|after| median(&histories, after, threshold));
            rows.push(json!({
                "attacker": CLASSES[attacker],
                "attacks": scores.len(),
                "caught": caught,
                "challenged": medians.map(|(median, _)| median),
                "customers": medians.map(|(_, customers)| customers),
                "paper": PAPER[attacker - 1][row],
            }));
        }
    }
    json!({"after": AFTER, "rows": rows})
}

/// The scores of each customer's own logins in order.
fn histories(judged: &[Judged], place: usize) -> Vec<Vec<Option<f32>>> {
    let mut order: Vec<(u32, usize)> = (0..judged.len())
        .filter(|at| matches!(judged[*at].truth, Truth::Good(_)))
        .map(|at| (judged[at].customer, at))
        .collect();
    order.sort_unstable();
    order
        .chunk_by(|one, other| one.0 == other.0)
        .filter(|own| own.len() >= AFTER[0])
        .map(|own| {
            let score = |(_, at): &(u32, usize)| judged[*at].scores.map(|scores| scores[place]);
            own.iter().map(score).collect()
        })
        .collect()
}

/// The median number of challenges within the first `after` logins, and of how many customers.
fn median(histories: &[Vec<Option<f32>>], after: usize, threshold: f32) -> (Option<usize>, usize) {
    let challenged = |score: &Option<f32>| score.is_none_or(|score| score >= threshold);
    let mut counts: Vec<usize> = histories
        .iter()
        .filter_map(|own| Some(own.get(..after)?.iter().filter(|s| challenged(s)).count()))
        .collect();
    counts.sort_unstable();
    (counts.get(counts.len() / 2).copied(), counts.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_login_is_always_challenged() {
        let quiet = vec![None, Some(0.0), Some(0.5), Some(2.0), Some(0.0), Some(0.0)];
        assert_eq!(median(std::slice::from_ref(&quiet), 6, 1.0), (Some(2), 1));
        assert_eq!(median(&[quiet.clone(), quiet], 6, 9.0), (Some(1), 2));
        assert_eq!(median(&[], 6, 1.0), (None, 0));
    }
}
