//! JSON from outside: strict reading of a document and of its fields.
//!
//! **Invariant:** a document that could be read in two ways is read in none.

pub mod body;
pub mod fields;
