//! Rare in itself: an isolation forest (Liu, Ting and Zhou, "Isolation Forest", ICDM 2008), which
//! knows nothing of the customer an attempt names. Random splits part a row that is unlike the
//! others from them sooner than one that is like them; the fewer splits it takes, the rarer it is.
//!
//! Size of a sample (256), number of trees (100) and limit of depth (8) are those of the paper,
//! which found no gain in more. What is unknown in a row decides no split: both sides are followed,
//! each by the share of the rows that lie there.
//!
//! **Invariant:** the same rows and the same seed give the same forest, and the same forest and row
//! the same score, on every machine; what the columns are said to have shortened adds up to what
//! the path was shortened by.

mod bytes;
mod setting;
mod train;

pub use bytes::NotAForest;
pub use setting::Setting;

use super::real::exp2;

/// Trees of a forest.
pub const TREES: usize = 100;
/// Rows that each tree is grown from.
pub const SAMPLE: usize = 256;
/// Splits from the root to a leaf at most: the average height of a tree of [`SAMPLE`] rows.
const DEPTH: usize = 8;

/// What a column of a row means. The numbers are stored: never reuse one. None of them is an
/// attacker's label, and none looks at the customer who is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Logarithm of the logins ever from the address, plus one.
    AddressLogins = 0,
    /// Logarithm of the customers ever at the address, plus one.
    AddressCustomers = 1,
    /// Share of failures among the attempts from the address of late.
    AddressFailures = 2,
    /// Minus the logarithm of the network operator's share of all logins.
    System = 3,
    /// Minus the logarithm of the country's share of all logins.
    Country = 4,
    /// Minus the logarithm of the client family's share of all logins.
    Client = 5,
    /// Minus the logarithm of the client family's share of the logins of the network operator.
    ClientInSystem = 6,
    /// Minus the logarithm of the share of all logins that come in this hour of the day.
    Hour = 7,
    /// Logarithm of the attempts from the address in the last hour, plus one.
    AddressRate = 8,
}

impl Column {
    /// All of them, by number.
    pub const ALL: [Self; 9] = [
        Self::AddressLogins,
        Self::AddressCustomers,
        Self::AddressFailures,
        Self::System,
        Self::Country,
        Self::Client,
        Self::ClientInSystem,
        Self::Hour,
        Self::AddressRate,
    ];

    /// Those whose counters are kept of everybody, without what windows count.
    pub const COUNTED: [Self; 7] = [
        Self::AddressLogins,
        Self::AddressCustomers,
        Self::System,
        Self::Country,
        Self::Client,
        Self::ClientInSystem,
        Self::Hour,
    ];

    /// What it is called in explanations.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AddressLogins => "address_logins",
            Self::AddressCustomers => "address_customers",
            Self::AddressFailures => "address_failures",
            Self::System => "system",
            Self::Country => "country",
            Self::Client => "client",
            Self::ClientInSystem => "client_in_system",
            Self::Hour => "hour",
            Self::AddressRate => "address_rate",
        }
    }
}

/// One row: a value for each column of the forest, `None` where it is unknown.
pub type Row = [Option<f64>];

/// A node of a tree; its left side follows it.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    /// Rows of the sample that came here.
    size: u16,
    split: Option<Split>,
}

#[derive(Clone, Debug, PartialEq)]
struct Split {
    /// Index among the forest's columns.
    column: u8,
    /// Smaller values go left.
    at: f64,
    /// Index of the right side.
    right: u16,
}

/// A forest.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    columns: Vec<Column>,
    sample: u16,
    trees: Vec<Vec<Node>>,
}

/// A score with its explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Rare {
    /// Between 0 and 1: an ordinary row has about a half, one that is parted at once nearly 1.
    pub score: f64,
    /// By how many splits each column shortened the mean path below that of an ordinary row, most
    /// first; below 0 where it made the row look ordinary.
    pub parts: Vec<(Column, f64)>,
    /// Columns whose value is unknown.
    pub unknown: Vec<Column>,
}

impl Forest {
    /// The columns that a row has to have, in this order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The score of a row; `None` when it has another number of columns.
    #[must_use]
    pub fn score(&self, row: &Row) -> Option<Rare> {
        if row.len() != self.columns.len() {
            return None;
        }
        let mut shortened = vec![0.0; row.len()];
        for tree in &self.trees {
            walk(tree, 0, (row, 1.0), &mut shortened);
        }
        let trees = self.trees.len() as f64;
        let usual = usual_path(self.sample);
        let depth = usual - shortened.iter().sum::<f64>() / trees;
        let mut parts: Vec<(Column, f64)> = self
            .columns
            .iter()
            .zip(&shortened)
            .map(|(column, sum)| (*column, sum / trees))
            .collect();
        parts.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        let unknown = self.columns.iter().zip(row);
        Some(Rare {
            score: exp2(-depth / usual),
            parts,
            unknown: unknown
                .filter(|(_, value)| known(**value).is_none())
                .map(|(column, _)| *column)
                .collect(),
        })
    }
}

/// What is not a number is as unknown as what is missing.
fn known(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

/// Follows `row` below the node `place` with a weight, and books what each split shortens: the
/// expected rest of the path before it, less the split itself and the expected rest after it.
fn walk(tree: &[Node], mut place: usize, (row, weight): (&Row, f64), shortened: &mut [f64]) {
    loop {
        let Some(node) = tree.get(place) else { return };
        let Some(split) = &node.split else { return };
        let (left, right) = (place + 1, usize::from(split.right));
        let column = usize::from(split.column);
        let size = |place: usize| tree.get(place).map_or(0, |node| node.size);
        let gain = |side: usize| usual_path(node.size) - 1.0 - usual_path(size(side));
        if let Some(value) = row.get(column).copied().and_then(known) {
            place = if value < split.at { left } else { right };
            if let Some(sum) = shortened.get_mut(column) {
                *sum += weight * gain(place);
            }
            continue;
        }
        let share = f64::from(size(left)) / f64::from(node.size.max(1));
        for (side, share) in [(left, share), (right, 1.0 - share)] {
            if share > 0.0 {
                if let Some(sum) = shortened.get_mut(column) {
                    *sum += weight * share * gain(side);
                }
                walk(tree, side, (row, weight * share), shortened);
            }
        }
        return;
    }
}

/// The mean path of an unsuccessful search among `size` rows.
fn usual_path(size: u16) -> f64 {
    USUAL.get(usize::from(size)).copied().unwrap_or(0.0)
}

/// That of every size there is (equation 1 of the paper), with the harmonic number as the sum it
/// is.
const USUAL: [f64; SAMPLE + 1] = {
    let mut paths = [0.0; SAMPLE + 1];
    let mut harmonic = 0.0;
    let mut size = 2;
    while size <= SAMPLE {
        harmonic += 1.0 / (size - 1) as f64;
        paths[size] = 2.0 * harmonic - 2.0 * (size - 1) as f64 / size as f64;
        size += 1;
    }
    paths
};

#[cfg(test)]
mod tests;
