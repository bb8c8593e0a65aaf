//! Rules on what was recorded: the decisions of the archive, judged again by the function that
//! judges live.
//!
//! **Invariant:** the tally is the one that the database's back-test makes of the same decisions.

use sekisho_core::archive::{DecisionRow, Kept};
use sekisho_core::moment::Moment;
use sekisho_core::policy::Policy;
use sekisho_core::risk::replay::{Tally, rules_of};
use sekisho_core::rules::RuleSet;

use crate::fault::Fault;
use crate::folder::Folder;
use crate::part_reader::PartReader;

/// Tries rules on the decisions from one moment until before another, by the thresholds of a
/// policy; `each` is told after every row group. Of what was decided before it was recorded what
/// rules said, only the shipped rules are known here.
///
/// # Errors
/// Those of reading.
pub fn back_test(
    folder: &Folder,
    (rules, policy): (&RuleSet, &Policy),
    (from, until): (Moment, Moment),
    mut each: impl FnMut(&Tally),
) -> Result<Tally, Fault> {
    let mut tally = Tally::default();
    for part in folder.files(Kept::Decisions)? {
        let path = folder.file_of(&part);
        let reader = PartReader::open(Kept::Decisions, &path)?;
        for group in 0..reader.groups() {
            let within = |(first, last): (i64, i64)| first < until.0 && last >= from.0;
            if !reader.range(group, "at").is_none_or(within) {
                continue;
            }
            reader.group_rows(group, |row| {
                let row = DecisionRow::of(&row).map_err(|why| Fault::unreadable(&path, why))?;
                let DecisionRow { entry, truth } = row;
                if entry.at >= from && entry.at < until {
                    let then = || rules_of(&entry).is_none().then(RuleSet::standard);
                    tally.add((&entry, truth), rules, then, policy);
                }
                Ok(())
            })?;
            each(&tally);
        }
    }
    Ok(tally)
}
