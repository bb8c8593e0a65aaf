//! The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header): a request that may be
//! sent again.
//!
//! **Invariant:** a key stands for one request of one application: its address and its document,
//! whatever the white space in it.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use sekisho_core::bytes::Digest;
use serde_json::Value;

use crate::problem::{Kind, Problem};

/// The request header.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The answer's header: `true` when it was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Its only value.
pub const YES: HeaderValue = HeaderValue::from_static("true");
/// Most characters of a key.
const LONGEST: usize = 64;

/// The key and the digest of the request, if there is a key.
///
/// # Errors
/// When the key is not 1 to 64 visible ASCII characters, or there are two.
pub fn of(
    headers: &HeaderMap,
    path: &str,
    document: &Value,
) -> Result<Option<(String, Digest)>, Problem> {
    let mut values = headers.get_all(KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let bytes = value.as_bytes();
    let fits = (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    match (fits, std::str::from_utf8(bytes), values.next()) {
        (true, Ok(key), None) => {
            let request = Digest::of(format!("{path}\n{}", sorted(document)).as_bytes());
            Ok(Some((key.to_owned(), request)))
        }
        _ => Err(Problem::new(
            Kind::BadHeader,
            "Idempotency-Key takes one value of 1 to 64 visible ASCII characters.",
        )),
    }
}

/// The document with the names of its objects in order.
fn sorted(document: &Value) -> Value {
    match document {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut names: Vec<_> = members.iter().collect();
            names.sort_unstable_by_key(|(name, _)| *name);
            let members = names.into_iter();
            members
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect()
        }
        leaf => leaf.clone(),
    }
}

/// What is answered when the key belongs to another request.
#[must_use]
pub fn reused() -> Problem {
    let detail = "This Idempotency-Key was sent before with another request; take a fresh one.";
    Problem::new(Kind::IdempotencyKeyReused, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn digest(path: &str, document: &str) -> Digest {
        let headers = HeaderMap::from_iter([(KEY, HeaderValue::from_static("k-1"))]);
        let document = serde_json::from_str(document).unwrap();
        of(&headers, path, &document).unwrap().unwrap().1
    }

    #[test]
    fn white_space_and_order_make_no_other_request_and_everything_else_does() {
        let first = digest("/v1/a", r#"{"a": 1, "b": [{"c": 2, "d": 3}]}"#);
        assert_eq!(digest("/v1/a", r#"{"b":[{"d":3,"c":2}],"a":1}"#), first);
        assert_ne!(
            digest("/v1/b", r#"{"a": 1, "b": [{"c": 2, "d": 3}]}"#),
            first
        );
        assert_ne!(
            digest("/v1/a", r#"{"a": 1, "b": [{"c": 2, "d": 4}]}"#),
            first
        );
    }

    #[test]
    fn a_key_is_one_short_visible_word() {
        let document = json!({});
        for (values, fits) in [
            (&["k-1"][..], true),
            (&["\"8e03978e-40d5-43dd-bc93-6894a57f9324\""], true),
            (&[""], false),
            (&["a b"], false),
            (&["a", "b"], false),
            (&["\u{e9}"], false),
            (
                &["0123456789012345678901234567890123456789012345678901234567890123"],
                true,
            ),
            (
                &["01234567890123456789012345678901234567890123456789012345678901234"],
                false,
            ),
        ] {
            let value = |text: &&str| (KEY, HeaderValue::from_bytes(text.as_bytes()).unwrap());
            let mut headers = HeaderMap::new();
            for (name, value) in values.iter().map(value) {
                headers.append(name, value);
            }
            assert_eq!(of(&headers, "/", &document).is_ok(), fits, "{values:?}");
        }
        assert_eq!(of(&HeaderMap::new(), "/", &document), Ok(None));
    }
}
