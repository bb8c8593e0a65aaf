//! Input that nobody has verified yet.
//!
//! **Invariant:** a claimed value cannot be mistaken for a known one; it must be taken out by name.

/// A value that a caller claims; verification turns it into something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed<T>(T);

impl<T> Claimed<T> {
    /// Marks `value` as claimed.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Looks at the claim.
    pub const fn claim(&self) -> &T {
        &self.0
    }
}
