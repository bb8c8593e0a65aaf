//! Unlikely for this person: how much better an attempt fits the population than the history of the
//! customer it names.
//!
//! The model is that of Freeman, Jain, Dürmuth, Biggio and Giacinto ("Who Are You? A Statistical
//! Approach to Measuring User Authenticity", NDSS 2016, equation 7, without attack data), in the
//! form in which Wiefling, Jørgensen, Thunem and Lo Iacono measured it ("Pump Up Password
//! Security!", ACM TOPS 2022, 10.1145/3546069) and published it (`das-group/rba-algorithm`):
//!
//! ```text
//! score = Π over features of p(x) / p(x | customer)  ×  p(customer | attack) / p(customer | login)
//! p(customer | attack) = 1 / customers            p(customer | login) = own logins / all logins
//! p(x)            = Σ over levels of weight × share of the level's value among all logins
//! p(x | customer) = Σ over levels of weight × share among the customer's logins
//! ```
//!
//! The share of the finest level among all logins is smoothed: with `n` of `N` logins and `U` =
//! distinct values of the coarser levels + 1 it is `max(n, 1) / (N + U)`; nothing else is smoothed.
//! Only logins that ended well are counted, and who never logged in gets no score. Not taken over
//! from the published program: that its local sum names the address whatever the feature is, which
//! changes nothing there; and that it multiplies the finest level by the share of a value among its
//! own rows, smoothed (n / (n + 3) for an address), by which an address that was seen once would be
//! *less* likely than one that never was.
//!
//! What the paper leaves open is a value of which no level was ever seen with this customer: 0
//! would be infinitely unlikely, and smoothing it makes it look harmless. The published program
//! takes a quarter of p(x) then, so that the feature multiplies the score by 4 and no more
//! ([`Unseen::Quarter`]). But a value of which a coarse level was seen once may multiply it by a
//! hundred (the kind of device weighs 0.005), so that one that was never seen at all scores better.
//! [`Unseen::Capped`], which we use, takes at least a quarter of p(x) whatever was seen: nothing is
//! worse than what was never seen.
//!
//! **Invariant:** with everything else equal, more of the customer's own logins at a level never
//! raise the score; a level of which nothing is known is left out of both sums and named.

mod attempt;

pub use attempt::{FAMILY, of_attempt};

/// One level of a feature's hierarchy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// What it is called in explanations.
    pub name: &'static str,
    /// Its weight in the sum; those of a feature make 1.
    pub weight: f64,
}

const fn level(name: &'static str, weight: f64) -> Level {
    Level { name, weight }
}

/// Where from, finest level first. Weights: `feature_weightings` of the published program.
pub const ADDRESS: [Level; 3] = [
    level("address", 0.6),
    level("system", 0.3),
    level("country", 0.1),
];

/// What with, finest level first. Weights: `feature_weightings` of the published program, fitted by
/// its authors to their data.
pub const CLIENT: [Level; 4] = [
    level("agent", 0.538_665_384_055_135_9),
    level("browser", 0.268_045_149_862_566_6),
    level("platform", 0.188_182_951_001_095_36),
    level("kind", 0.005_106_515_081_202_152_5),
];

/// What is counted of the value that an attempt shows at one level; logins that ended well alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Logins of this customer with the value.
    pub own: u64,
    /// Logins of all customers with it.
    pub all: u64,
    /// Values that this level ever had.
    pub distinct: u64,
}

/// A feature of an attempt: its levels, finest first, each with its counts, or `None` where the
/// value is unknown (no address file, say).
#[derive(Clone, Copy, Debug)]
pub struct Feature<'a> {
    /// What it is called in explanations.
    pub name: &'static str,
    /// The levels.
    pub levels: &'a [(Level, Option<Counts>)],
}

/// What is counted of everybody; logins that ended well alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// Logins.
    pub logins: u64,
    /// Customers who ever logged in.
    pub customers: u64,
}

/// What a value counts for of which no level was ever seen with the customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unseen {
    /// A quarter of its likelihood among all, and no value counts for less.
    #[default]
    Capped,
    /// A quarter of its likelihood among all, as published; what was seen a little may count for
    /// less.
    Quarter,
}

/// How one feature bore on the score.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The feature.
    pub feature: &'static str,
    /// p(x) / p(x | customer): above 1 speaks against the customer. 1 when nothing is known.
    pub ratio: f64,
    /// The finest level at which the customer was seen before with this value.
    pub familiar: Option<&'static str>,
    /// Levels that were left out since their value is unknown.
    pub unknown: Vec<&'static str>,
}

/// A score with its explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Unlikely {
    /// How much likelier the attempt is somebody else's: the larger the worse. Finite and above 0;
    /// a ranking, not a probability.
    pub score: f64,
    /// What each feature multiplied it by.
    pub parts: Vec<Part>,
    /// What the customer's share of all logins multiplied it by: who comes often is believed more.
    pub rarity: f64,
}

/// The score of an attempt of a customer with `own` logins; `None` before the first one.
#[must_use]
pub fn unlikely(
    features: &[Feature<'_>],
    own: u64,
    population: Population,
    unseen: Unseen,
) -> Option<Unlikely> {
    if own == 0 {
        return None;
    }
    // Counts of the population are flushed in batches and may lag behind those of the customer.
    let all = population.logins.max(own) as f64;
    let rarity = all / (population.customers.max(1) as f64 * own as f64);
    let parts: Vec<Part> = features
        .iter()
        .map(|feature| part(feature, own as f64, all, unseen))
        .collect();
    let score = parts.iter().fold(rarity, |score, part| score * part.ratio);
    Some(Unlikely {
        score: score.clamp(f64::MIN_POSITIVE, f64::MAX),
        parts,
        rarity,
    })
}

fn part(feature: &Feature<'_>, own: f64, all: f64, unseen: Unseen) -> Part {
    let known = || {
        feature
            .levels
            .iter()
            .filter_map(|(level, counts)| counts.map(|counts| (level, counts)))
    };
    let unknown = feature
        .levels
        .iter()
        .filter(|(_, counts)| counts.is_none())
        .map(|(level, _)| level.name)
        .collect();
    let familiar = known().find(|(_, counts)| counts.own > 0);
    let ratio = match known().next_back() {
        None => 1.0,
        Some(_) => {
            let distinct: u64 = known().skip(1).map(|(_, counts)| counts.distinct).sum();
            let global = global(known(), all, (distinct + 1) as f64);
            let local: f64 = known()
                .map(|(level, counts)| level.weight * (counts.own as f64 / own).min(1.0))
                .sum();
            global / likely(local, global / 4.0, unseen)
        }
    };
    Part {
        feature: feature.name,
        ratio,
        familiar: familiar.map(|(level, _)| level.name),
        unknown,
    }
}

/// p(x): the finest level smoothed, the others plain.
fn global<'a>(
    known: impl Iterator<Item = (&'a Level, Counts)>,
    all: f64,
    unseen_values: f64,
) -> f64 {
    known
        .enumerate()
        .map(|(place, (level, counts))| {
            let with = (counts.all.max(counts.own) as f64).min(all);
            let share = match place {
                0 => with.max(1.0) / (all + unseen_values),
                _ => with / all,
            };
            level.weight * share
        })
        .sum()
}

/// p(x | customer), which must not be 0.
fn likely(local: f64, quarter: f64, unseen: Unseen) -> f64 {
    match unseen {
        Unseen::Capped => local.max(quarter),
        Unseen::Quarter if local > 0.0 => local,
        Unseen::Quarter => quarter,
    }
}

#[cfg(test)]
mod tests;
