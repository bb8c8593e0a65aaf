//! What the suites of this crate stand on: databases to harm and decisions to commit.
//!
//! **Invariant:** nothing here stands in for a part of the product; a suite runs the real ones.

pub mod installation;
pub mod place;
pub mod sample;
mod server;
