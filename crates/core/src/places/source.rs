//! Who said something of an address, in few words.
//!
//! **Invariant:** one line of at most 64 bytes without hidden characters, so that what a file of
//! somebody else's calls itself deceives nobody who reads it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::is_hidden;

/// Bytes of the longest.
const LONGEST: usize = 64;

/// The name of a source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source([u8; LONGEST]);

impl Source {
    /// What is left of `text` without what deceives; `None` where that is nothing.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut letters = [0; LONGEST];
        let mut filled = 0;
        for letter in text.trim().chars().filter(|letter| !is_hidden(*letter)) {
            let width = letter.len_utf8();
            let Some(place) = letters.get_mut(filled..filled + width) else {
                break;
            };
            letter.encode_utf8(place);
            filled += width;
        }
        (filled > 0).then_some(Self(letters))
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.words())
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words())
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.words())
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::of(&text).ok_or_else(|| serde::de::Error::custom("no name of a source"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_one_short_line() {
        let of = |text: &str| Source::of(text).map(|source| source.words().to_owned());
        assert_eq!(of("  CERT \u{202e}evil\n "), Some("CERT evil".to_owned()));
        assert_eq!(of(" \n\u{200b}"), None);
        let long = "あ".repeat(40);
        assert_eq!(of(&long), Some("あ".repeat(21)));
        let source = Source::of("警察庁 2026-11").unwrap();
        let json = serde_json::to_string(&source).unwrap();
        assert_eq!(serde_json::from_str::<Source>(&json).unwrap(), source);
    }
}
