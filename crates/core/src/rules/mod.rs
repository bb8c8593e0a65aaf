//! Rules that people write: a language of conditions over typed facts, and documents of them.
//!
//! The language is a part of CEL, the Common Expression Language: its syntax, and its meaning where
//! it says what something means. There are no comprehensions, no maps and no regular expressions,
//! so what an expression costs is known when it is saved. `docs/rules.md` explains it to those who
//! write rules; decision 0028 why it is this.
//!
//! From text to [`tree`] ([`token`], [`parse`], and back by `print`), from there to a program that
//! is checked against the [`facts`] ([`names`], `check`, `program`); [`document`] and [`set`] are a
//! whole rule set.
//!
//! **Invariant:** whatever a document holds, reading it ends, and what was accepted runs in a
//! bounded number of steps.

mod alone;
mod build;
mod check;
pub mod condition;
mod differences;
pub mod document;
pub mod facts;
pub mod fault;
mod guard;
mod lines;
mod located;
pub mod names;
pub mod parse;
mod program;
pub mod set;
mod source;
#[cfg(test)]
mod tests;
pub mod token;
pub mod tree;

pub use condition::Condition;
pub use differences::differences;
pub use document::{Evidence, with_version};
pub use facts::{FACTS, Fact, Given, Kind, Row, Value};
pub use fault::{RuleFault, Spot};
pub use lines::{Line, Side, between};
pub use located::{Located, located};
pub use program::Truth;
pub use set::{Effect, Rule, RuleSet, STANDARD};
