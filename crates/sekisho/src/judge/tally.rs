//! What a judged log comes to: counts by kind, the reasons, the addresses that fail most.
//!
//! **Invariant:** memory is bounded whatever the log holds; a count that had to be cut says by how
//! much.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::net::IpAddr;

use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::verdict::VerdictKind;
use serde::Serialize;

/// Distinct reasons for malformed lines that are told apart.
const MOST_CAUSES: usize = 64;
/// Addresses that are counted at once.
const MOST_ADDRESSES: usize = 65_536;
/// Rows of a list in the summary.
const ROWS: usize = 20;

/// The summary of a judged log.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Lines of the input.
    pub lines: u64,
    /// Lines that were attempts.
    pub attempts: u64,
    /// Attempts that were judged; a line may stand for several.
    pub judged: u64,
    /// Lines that are no attempts, by what they are instead.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Lines that could not be understood.
    pub malformed: u64,
    /// The same by reason.
    pub malformed_by_reason: BTreeMap<String, u64>,
    /// Judged attempts by verdict.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// Judged attempts by reason, the most frequent first.
    pub reasons: Vec<ReasonRow>,
    /// Failures by address, the most frequent first.
    pub addresses_by_failures: Vec<AddressRow>,
    /// By how much a count of `addresses_by_failures` may be too low: 0 unless the log has very
    /// many.
    pub address_counts_low_by: u64,
    /// Verdicts by what the log's keeper found out later.
    pub labels: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    /// The earliest and the latest attempt.
    pub span: Option<(Moment, Moment)>,
    /// The policy's version.
    pub policy: String,
    /// The first line that was not judged, when it ended early.
    pub stopped_before_line: Option<u64>,
    /// How long it took.
    pub seconds: f64,
    /// Lines a second.
    pub lines_per_second: u64,
}

/// How often a reason was given.
#[derive(Clone, Debug, Serialize)]
pub struct ReasonRow {
    /// Its code.
    pub reason: Reason,
    /// How often.
    pub count: u64,
}

/// How often an address failed.
#[derive(Clone, Debug, Serialize)]
pub struct AddressRow {
    /// The address.
    pub address: IpAddr,
    /// How often.
    pub failures: u64,
}

/// Counts while judging.
#[derive(Debug, Default)]
pub struct Tally {
    pub lines: u64,
    pub attempts: u64,
    pub judged: u64,
    pub malformed: u64,
    skipped: BTreeMap<&'static str, u64>,
    causes: BTreeMap<String, u64>,
    verdicts: BTreeMap<&'static str, u64>,
    reasons: HashMap<Reason, u64>,
    failures: Frequent<IpAddr>,
    labels: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    span: Option<(Moment, Moment)>,
}

/// One judged attempt, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    pub moment: Moment,
    pub failed_from: Option<IpAddr>,
    pub verdict: VerdictKind,
    pub reasons: &'a [Reason],
    pub label: Option<&'static str>,
}

impl Tally {
    /// A line that is no attempt.
    pub fn skip(&mut self, kind: &'static str) {
        *self.skipped.entry(kind).or_default() += 1;
    }

    /// A line that cannot be understood.
    pub fn malformed(&mut self, cause: &str) {
        self.malformed += 1;
        let known = self.causes.contains_key(cause) || self.causes.len() < MOST_CAUSES;
        let cause = if known { cause } else { "another reason" };
        *self.causes.entry(cause.to_owned()).or_default() += 1;
    }

    /// An attempt that was judged.
    pub fn judge(&mut self, counted: Counted<'_>) {
        self.judged += 1;
        let word = counted.verdict.word();
        *self.verdicts.entry(word).or_default() += 1;
        for reason in counted.reasons {
            *self.reasons.entry(*reason).or_default() += 1;
        }
        if let Some(address) = counted.failed_from {
            self.failures.count(address);
        }
        if let Some(label) = counted.label {
            let by_verdict = self.labels.entry(label).or_default();
            *by_verdict.entry(word).or_default() += 1;
        }
        let at = counted.moment;
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }

    /// The summary so far, without time and end.
    pub fn summary(self, policy: String) -> Summary {
        let mut reasons: Vec<_> = self.reasons.into_iter().collect();
        reasons.sort_by(|(one, many), (other, few)| {
            few.cmp(many).then_with(|| one.code().cmp(other.code()))
        });
        let reasons = reasons.into_iter();
        let rows = reasons.map(|(reason, count)| ReasonRow { reason, count });
        let addresses = self.failures.most(ROWS).into_iter();
        Summary {
            lines: self.lines,
            attempts: self.attempts,
            judged: self.judged,
            skipped: self.skipped,
            malformed: self.malformed,
            malformed_by_reason: self.causes,
            verdicts: self.verdicts,
            reasons: rows.take(ROWS).collect(),
            addresses_by_failures: addresses
                .map(|(address, failures)| AddressRow { address, failures })
                .collect(),
            address_counts_low_by: self.failures.low_by,
            labels: self.labels,
            span: self.span,
            policy,
            stopped_before_line: None,
            seconds: 0.0,
            lines_per_second: 0,
        }
    }
}

/// The most frequent values of a stream (Misra and Gries 1982): every count is at most `low_by` too
/// low.
#[derive(Debug)]
struct Frequent<T> {
    counts: HashMap<T, u64>,
    low_by: u64,
    most: usize,
}

impl<T> Default for Frequent<T> {
    fn default() -> Self {
        Self {
            counts: HashMap::new(),
            low_by: 0,
            most: MOST_ADDRESSES,
        }
    }
}

impl<T: Eq + Hash + Ord + Copy> Frequent<T> {
    fn count(&mut self, value: T) {
        if let Some(count) = self.counts.get_mut(&value) {
            *count += 1;
        } else if self.counts.len() < self.most {
            self.counts.insert(value, 1);
        } else {
            self.low_by += 1;
            self.counts.retain(|_, count| {
                *count -= 1;
                *count > 0
            });
        }
    }

    fn most(&self, rows: usize) -> Vec<(T, u64)> {
        let mut all: Vec<_> = self
            .counts
            .iter()
            .map(|(value, count)| (*value, *count))
            .collect();
        all.sort_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
        all.truncate(rows);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn causes_are_bounded() {
        let mut tally = Tally::default();
        for number in 0..1000 {
            tally.malformed(&format!("has {number} fields"));
        }
        let summary = tally.summary("p".into());
        assert_eq!(summary.malformed, 1000);
        assert_eq!(summary.malformed_by_reason.len(), MOST_CAUSES + 1);
        assert_eq!(summary.malformed_by_reason.values().sum::<u64>(), 1000);
    }

    proptest! {
        #[test]
        fn a_count_is_never_lower_than_told(values in proptest::collection::vec(0_u8..12, 0..300)) {
            let mut frequent = Frequent { most: 4, ..Frequent::default() };
            let mut exact: HashMap<u8, u64> = HashMap::new();
            for value in &values {
                frequent.count(*value);
                *exact.entry(*value).or_default() += 1;
            }
            prop_assert!(frequent.counts.len() <= 4);
            prop_assert!(frequent.low_by * 5 <= values.len() as u64);
            for (value, count) in exact {
                let told = frequent.counts.get(&value).copied().unwrap_or_default();
                prop_assert!(told <= count && count <= told + frequent.low_by);
            }
        }
    }
}
