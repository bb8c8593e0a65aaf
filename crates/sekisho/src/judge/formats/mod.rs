//! The formats of logs that can be judged, each a pure function from a line to its meaning.
//!
//! **Invariant:** no line makes a reader panic; what cannot be understood says why.

pub mod combined;
pub mod openssh;
pub mod rba;
