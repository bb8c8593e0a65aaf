//! SHA-256 digests as values, and their base64url text.
//!
//! **Invariant:** the text of a digest is always 43 characters of base64url without padding, and
//! only that text parses back.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::framing::write_field;

/// A SHA-256 digest. Of what, the name around it says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest32(pub [u8; 32]);

impl Digest32 {
    /// SHA-256 of the bytes as they are.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// SHA-256 of several fields under a label, each with its length before it, so that neither
    /// moving a boundary nor using the same fields for something else gives the same digest.
    #[must_use]
    pub fn of_fields(label: &str, fields: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        write_field(&mut |bytes| hasher.update(bytes), label.as_bytes());
        for field in fields {
            write_field(&mut |bytes| hasher.update(bytes), field);
        }
        Self(hasher.finalize().into())
    }

    /// base64url without padding, 43 characters.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The inverse of [`Digest32::text`]; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl fmt::Debug for Digest32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest32({})", self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_value() {
        // FIPS 180-2, appendix B.1
        let hex: String = Digest32::of(b"abc")
            .0
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(
            hex,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn text_and_back_and_nothing_else() {
        let digest = Digest32::of(b"abc");
        assert_eq!(Digest32::parse(&digest.text()), Some(digest));
        assert_eq!(digest.text().len(), 43);
        let text = digest.text();
        for wrong in [
            &text[..42],
            &format!("{text}="),
            &text.replace(&text[..1], "+"),
            "",
        ] {
            assert_eq!(Digest32::parse(wrong), None, "{wrong}");
        }
        // 43 characters carry 258 bits: the last two must be zero.
        assert_eq!(Digest32::parse(&format!("{}B", "A".repeat(42))), None);
    }

    #[test]
    fn boundaries_and_labels_count() {
        let digest = Digest32::of_fields("op", &[b"ab", b"c"]);
        assert_ne!(digest, Digest32::of_fields("op", &[b"a", b"bc"]));
        assert_ne!(digest, Digest32::of_fields("opa", &[b"b", b"c"]));
        assert_ne!(digest, Digest32::of_fields("other", &[b"ab", b"c"]));
    }
}
