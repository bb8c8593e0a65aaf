//! Digests of several fields, and the base64url text that OAuth and JOSE write digests in.
//!
//! **Invariant:** the text of a digest is always 43 characters of base64url without padding, and
//! only that text parses back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sekisho_core::bytes::Digest;
use sha2::{Digest as _, Sha256};

use crate::framing::write_field;

/// SHA-256 of several fields under a label, each with its length before it, so that neither moving
/// a boundary nor using the same fields for something else gives the same digest.
#[must_use]
pub fn of_fields(label: &str, fields: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    write_field(&mut |bytes| hasher.update(bytes), label.as_bytes());
    for field in fields {
        write_field(&mut |bytes| hasher.update(bytes), field);
    }
    Digest(hasher.finalize().into())
}

/// The left 16 bytes as base64url, as `at_hash` wants them (OpenID Connect Core section 3.1.3.6).
#[must_use]
pub fn left_half(digest: &Digest) -> String {
    URL_SAFE_NO_PAD.encode(&digest.0[..16])
}

/// base64url without padding, 43 characters.
#[must_use]
pub fn base64url(digest: &Digest) -> String {
    URL_SAFE_NO_PAD.encode(digest.0)
}

/// The inverse of [`base64url`]; `None` for anything else.
#[must_use]
pub fn parse_base64url(text: &str) -> Option<Digest> {
    if text.len() != 43 {
        return None;
    }
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()?
        .try_into()
        .ok()
        .map(Digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back_and_nothing_else() {
        let digest = Digest::of(b"abc");
        let text = base64url(&digest);
        assert_eq!(parse_base64url(&text), Some(digest));
        assert_eq!(text, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        for wrong in [
            &text[..42],
            &format!("{text}="),
            &text.replace(&text[..1], "+"),
            "",
        ] {
            assert_eq!(parse_base64url(wrong), None, "{wrong}");
        }
        // 43 characters carry 258 bits: the last two must be zero.
        assert_eq!(parse_base64url(&format!("{}B", "A".repeat(42))), None);
    }

    #[test]
    fn boundaries_and_labels_count() {
        let digest = of_fields("op", &[b"ab", b"c"]);
        assert_ne!(digest, of_fields("op", &[b"a", b"bc"]));
        assert_ne!(digest, of_fields("opa", &[b"b", b"c"]));
        assert_ne!(digest, of_fields("other", &[b"ab", b"c"]));
    }
}
