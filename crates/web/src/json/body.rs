//! One JSON document out of a body: UTF-8, one value, no name twice in an object, bounded in depth.
//!
//! **Invariant:** nothing is ignored; what this reader accepts, every other reader understands in
//! the same way.

use axum::http::{HeaderMap, header};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::problem::{Kind, Problem};

/// Deepest nesting. Our deepest document has four levels.
pub const DEEPEST: u8 = 16;

/// Reads a body that its headers call JSON.
///
/// # Errors
/// A problem that says where the text stops being acceptable.
pub fn parse(headers: &HeaderMap, bytes: &[u8]) -> Result<Value, Problem> {
    if !is_json(headers) {
        let detail = "Send the body with Content-Type: application/json.";
        return Err(Problem::new(Kind::UnsupportedMediaType, detail));
    }
    let text = std::str::from_utf8(bytes).map_err(|why| {
        let detail = format!("The body is not UTF-8 at byte {}.", why.valid_up_to());
        Problem::new(Kind::MalformedJson, detail)
    })?;
    document(text).map_err(|why| Problem::new(Kind::MalformedJson, format!("The body: {why}.")))
}

/// Reads a text.
///
/// # Errors
/// Where it stops being acceptable.
pub fn document(text: &str) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { left: DEEPEST }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// `application/json`, with no parameter but `charset=utf-8` (RFC 8259 section 11 defines none).
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(Ok(text)), None) = (types.next().map(|value| value.to_str()), types.next()) else {
        return false;
    };
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let parameters = parameters.trim().to_ascii_lowercase();
    essence.trim().eq_ignore_ascii_case("application/json")
        && matches!(
            parameters.as_str(),
            "" | "charset=utf-8" | "charset=\"utf-8\""
        )
}

#[derive(Clone, Copy)]
struct Strict {
    left: u8,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let left = self.left.checked_sub(1);
        let left = left.ok_or_else(|| E::custom(format!("nested deeper than {DEEPEST} levels")))?;
        Ok(Self { left })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                let name: String = name.chars().take(40).collect();
                return Err(A::Error::custom(format!(
                    "the name {name:?} stands there twice"
                )));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(body: &[u8]) -> Result<Value, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        parse(&headers, body)
    }

    #[test]
    fn a_document_is_read_as_it_stands() {
        let text = r#" {"a": [1, -2, 0.5, "é", null, true], "b": {}} "#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text.as_bytes()), Ok(expected));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for (body, says) in [
            (&br#"{"a":1,"a":2}"#[..], "\"a\" stands there twice"),
            (br#"{"a":1,"\u0061":2}"#, "\"a\" stands there twice"),
            (br#"{"b":{"a":1,"a":1}}"#, "\"a\" stands there twice"),
            (br#"{} {}"#, "trailing characters"),
            (br#"{"a":1,}"#, "trailing comma"),
            (br#"{"a":1"#, "EOF"),
            (b"", "EOF"),
            (b"{\"a\":\"\xff\"}", "not UTF-8 at byte 6"),
            (br#"{"a":"\ud800"}"#, "hex escape"),
            (br#"{"a":NaN}"#, "expected value"),
        ] {
            let problem = format!("{:?}", read(body));
            assert!(problem.contains("MalformedJson"), "{problem}");
            let said = problem.replace("\\\"", "\"");
            assert!(said.contains(says), "{said}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |deep: usize| format!("{}{}", "[".repeat(deep), "]".repeat(deep));
        assert!(read(nested(DEEPEST.into()).as_bytes()).is_ok());
        assert!(read(nested(usize::from(DEEPEST) + 1).as_bytes()).is_err());
        assert!(read(nested(30_000).as_bytes()).is_err());
    }

    #[test]
    fn only_json_is_taken_for_json() {
        for (value, fits) in [
            (Some("application/json"), true),
            (Some("Application/JSON; charset=UTF-8"), true),
            (Some("application/json; charset=shift_jis"), false),
            (Some("application/jsonp"), false),
            (Some("text/plain"), false),
            (None, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            }
            assert_eq!(is_json(&headers), fits, "{value:?}");
        }
    }
}
