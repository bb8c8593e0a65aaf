//! Where a customer goes on to after signing in: a path of this installation, never another site.
//!
//! **Invariant:** a browser that follows a [`ReturnTo`] stays on this origin, whichever way it
//! repairs addresses.

/// A path and query on this origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

/// Longest path with its query, in octets.
const MOST: usize = 2000;

impl ReturnTo {
    /// Where a customer goes who asked for nothing else.
    pub const HOME: &'static str = "/account";

    /// Accepts one slash followed by anything but a slash, in visible ASCII without a backslash.
    ///
    /// Browsers drop tabs and line ends from addresses and read a backslash as a slash (WHATWG URL
    /// standard, sections 4.4 and 4.1), so `/\t/host` and `/\host` would leave this origin.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        let local = text.starts_with('/') && !text.starts_with("//");
        (visible && local && text.len() <= MOST).then(|| Self(text.to_owned()))
    }

    /// As [`Self::parse`], or the account's home.
    #[must_use]
    pub fn parse_or_home(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| Self(Self::HOME.to_owned()))
    }

    /// The path and query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `path` with this as its `return_to`, or alone when this is only the account's home.
    #[must_use]
    pub fn on(&self, path: &str) -> String {
        if self.0 == Self::HOME {
            path.to_owned()
        } else {
            format!("{path}?return_to={}", encode(&self.0))
        }
    }
}

/// Percent-encodes a value for a query; only unreserved characters stay (RFC 3986 section 2.3).
#[must_use]
pub fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len() + 16);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_ours_are_taken() {
        for path in ["/", "/account", "/oauth/resume?id=aut_0&x=%20", "/a//b"] {
            assert_eq!(ReturnTo::parse(path).map(|r| r.0).as_deref(), Some(path));
        }
    }

    #[test]
    fn other_sites_are_not() {
        for text in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " /account",
            "https://evil.example",
            "javascript:alert(1)",
            "/a b",
            "/\u{ff0f}evil.example",
            "/account\r\nSet-Cookie: a=b",
        ] {
            assert_eq!(ReturnTo::parse(text), None, "{text:?}");
        }
        assert_eq!(ReturnTo::parse(&format!("/{}", "a".repeat(MOST))), None);
    }

    #[test]
    fn a_way_back_survives_a_query() {
        let to = ReturnTo::parse("/confirm/opr_1?a=b&c=d").unwrap();
        assert_eq!(
            to.on("/sign-in"),
            "/sign-in?return_to=%2Fconfirm%2Fopr_1%3Fa%3Db%26c%3Dd"
        );
        assert_eq!(ReturnTo::parse_or_home("//evil").on("/sign-in"), "/sign-in");
    }
}
