//! Other people's implementations of what we wrote ourselves, as oracles in tests. There is nothing
//! here beside the tests.
//!
//! **Invariant:** nothing that ships uses this crate.
