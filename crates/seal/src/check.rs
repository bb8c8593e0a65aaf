//! The answer of every comparison in this crate.
//!
//! **Invariant:** a `Check` is computed in time that depends on lengths alone, never on where two
//! secrets first differ.

use subtle::{Choice, ConstantTimeEq};

/// Whether what was claimed is what was expected. Not a verdict: the rules decide what follows.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Match,
    Mismatch,
}

impl Check {
    /// Compares two byte strings in time that depends on their lengths only.
    pub fn of(expected: &[u8], claimed: &[u8]) -> Self {
        expected.ct_eq(claimed).into()
    }

    /// `true` for [`Check::Match`].
    #[must_use]
    pub fn matched(self) -> bool {
        self == Self::Match
    }
}

impl From<Choice> for Check {
    fn from(choice: Choice) -> Self {
        if bool::from(choice) {
            Self::Match
        } else {
            Self::Mismatch
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_content_and_length() {
        assert_eq!(Check::of(b"same", b"same"), Check::Match);
        assert_eq!(Check::of(b"same", b"sane"), Check::Mismatch);
        assert_eq!(Check::of(b"same", b"samee"), Check::Mismatch);
        assert_eq!(Check::of(b"", b""), Check::Match);
    }
}
