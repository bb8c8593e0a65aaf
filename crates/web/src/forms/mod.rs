//! Forms as browsers send them, read strictly.
//!
//! **Invariant:** a form that was read is UTF-8, within its bounds, and names no field twice.

mod errors;
pub mod passkey;
mod return_to;

pub use errors::{Errors, FieldError};
pub use return_to::{ReturnTo, encode};

use sekisho_core::text::half_width;

/// Largest body of a form, in octets.
pub const MOST_BYTES: usize = 16 * 1024;
/// Most fields of a form. Ours have at most four; a browser's extensions may add some.
const MOST_FIELDS: usize = 32;

/// What a browser sent.
#[derive(Clone, Default)]
pub struct Form(Vec<(String, String)>);

/// A body that is no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a form in UTF-8 with each field once")]
pub struct NotAForm;

impl Form {
    /// Reads `application/x-www-form-urlencoded` (WHATWG URL standard, section 5.1), except that
    /// invalid UTF-8, an incomplete escape and a repeated field are refused instead of mended.
    ///
    /// # Errors
    /// What is refused.
    pub fn parse(body: &[u8]) -> Result<Self, NotAForm> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in body
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            let repeated = fields.iter().any(|(known, _)| *known == name);
            if repeated || fields.len() == MOST_FIELDS {
                return Err(NotAForm);
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// The text of a field as typed; empty when it was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// A code as typed: full-width letters made ordinary, spaces and hyphens of any kind dropped.
    #[must_use]
    pub fn code(&self, name: &str) -> String {
        let between = |c: &char| {
            c.is_whitespace()
                || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}')
        };
        half_width(self.text(name))
            .chars()
            .filter(|c| !between(c))
            .collect()
    }
}

fn decode(text: &[u8]) -> Result<String, NotAForm> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => u8::try_from(high * 16 + low).map_err(|_| NotAForm)?,
                _ => return Err(NotAForm),
            },
            plain => *plain,
        });
    }
    String::from_utf8(bytes).map_err(|_| NotAForm)
}

/// The value of `name` in a query, if it can be read and stands there once.
#[must_use]
pub fn in_query(query: Option<&str>, name: &str) -> Option<String> {
    let form = Form::parse(query?.as_bytes()).ok()?;
    let found = form.0.into_iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let form =
            Form::parse("login=a%40b.jp&note=a+b%2Bc&empty=&%E5%90%8D=%E5%80%A4&&x".as_bytes())
                .unwrap();
        assert_eq!(form.text("login"), "a@b.jp");
        assert_eq!(form.text("note"), "a b+c");
        assert_eq!(form.text("名"), "値");
        assert_eq!((form.text("empty"), form.text("absent")), ("", ""));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for body in ["a=%", "a=%4", "a=%zz", "a=%ff", "a=1&a=2", "%C3%28=1"] {
            assert!(Form::parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(Form::parse(b"a=\xff").is_err());
        let many: String = (0..40).map(|n| format!("f{n}=1&")).collect();
        assert!(Form::parse(many.as_bytes()).is_err());
    }

    #[test]
    fn a_code_may_be_typed_as_a_japanese_keyboard_sends_it() {
        let typed = [
            "123456",
            "１２３４５６",
            " 123 456 ",
            "123-456",
            "１２３ー４５６",
            "１２３　４５６",
        ];
        for typed in typed {
            let form = Form(vec![("code".into(), typed.into())]);
            assert_eq!(form.code("code"), "123456", "{typed}");
        }
    }

    #[test]
    fn a_query_is_read_like_a_form() {
        assert_eq!(
            in_query(Some("a=1&return_to=%2Fx%3Fy"), "return_to").as_deref(),
            Some("/x?y")
        );
        assert_eq!(in_query(Some("a=%ff"), "a"), None);
        assert_eq!(in_query(None, "a"), None);
    }
}
