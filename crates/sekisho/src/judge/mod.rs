//! Judging a recorded log: lines in, verdicts out, by the same decision as live.
//!
//! **Invariant:** every line of the input is counted once, as attempt, skipped or malformed.

pub mod formats;
pub mod output;
pub mod recorded;
pub mod run;
pub mod tally;
