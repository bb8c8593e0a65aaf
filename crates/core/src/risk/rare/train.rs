//! Growing a forest.
//!
//! **Invariant:** both sides of a split have rows, so that a tree of `n` rows has fewer than `2n`
//! nodes.

use super::{Column, DEPTH, Forest, Node, Row, SAMPLE, Split, TREES, known};
use crate::risk::chance::Chance;

impl Forest {
    /// Grows a forest from `rows`, which have a value for each of `columns`; rows of another length
    /// are passed over. No labels are needed, and a few attacks among the rows do no harm. `None`
    /// below two rows or without columns.
    #[must_use]
    pub fn train(columns: &[Column], rows: &[&Row], seed: u64) -> Option<Self> {
        let rows: Vec<&Row> = rows
            .iter()
            .copied()
            .filter(|row| row.len() == columns.len())
            .collect();
        let sample = rows.len().min(SAMPLE);
        if sample < 2 || columns.is_empty() || columns.len() > Column::ALL.len() {
            return None;
        }
        let mut chance = Chance::new(seed);
        let trees = (0..TREES)
            .map(|_| {
                let mut tree = Vec::with_capacity(2 * sample);
                let drawn = draw(&rows, sample, &mut chance);
                grow(&mut tree, drawn, 0, &mut chance);
                tree
            })
            .collect();
        Some(Self {
            columns: columns.to_vec(),
            sample: sample as u16,
            trees,
        })
    }
}

/// So many different rows (Floyd's sampling).
fn draw<'a>(rows: &[&'a Row], sample: usize, chance: &mut Chance) -> Vec<&'a Row> {
    let mut places = std::collections::BTreeSet::new();
    for last in rows.len() - sample..rows.len() {
        let place = chance.below(last as u64 + 1) as usize;
        if !places.insert(place) {
            places.insert(last);
        }
    }
    places.into_iter().map(|place| rows[place]).collect()
}

fn grow(tree: &mut Vec<Node>, rows: Vec<&Row>, depth: usize, chance: &mut Chance) {
    let place = tree.len();
    tree.push(Node {
        size: rows.len() as u16,
        split: None,
    });
    if depth == DEPTH || rows.len() < 2 {
        return;
    }
    let Some((column, at)) = choose(&rows, chance) else {
        return;
    };
    let all = rows.len();
    let (left, right): (Vec<&Row>, Vec<&Row>) =
        rows.into_iter().partition(|row| match known(row[column]) {
            Some(value) => value < at,
            None => chance.below(2) == 0,
        });
    debug_assert!(!left.is_empty() && left.len() < all);
    grow(tree, left, depth + 1, chance);
    let split = Split {
        column: column as u8,
        at,
        right: tree.len() as u16,
    };
    grow(tree, right, depth + 1, chance);
    tree[place].split = Some(split);
}

/// A column among those in which the rows differ, and a value within its range, above the smallest.
fn choose(rows: &[&Row], chance: &mut Chance) -> Option<(usize, f64)> {
    let width = rows.first()?.len();
    let mut ranges = Vec::with_capacity(width);
    for column in 0..width {
        let values = || rows.iter().filter_map(|row| known(row[column]));
        let low = values().fold(f64::INFINITY, f64::min);
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        if low < high {
            ranges.push((column, low, high));
        }
    }
    let (column, low, high) = *ranges.get(chance.below(ranges.len() as u64) as usize)?;
    let at = high - chance.unit() * (high - low);
    Some((column, if at > low && at.is_finite() { at } else { high }))
}
