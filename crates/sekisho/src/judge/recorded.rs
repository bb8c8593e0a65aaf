//! What a line of a recorded log says: an attempt, nothing of interest, or nothing readable.
//!
//! **Invariant:** two names of a log never become one customer, whatever characters they are made
//! of.

use std::borrow::Cow;
use std::net::IpAddr;

use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::judge::Check;
use sekisho_core::moment::Moment;
use sekisho_core::operation::Fields;
use sekisho_core::proof::Method;
use sekisho_core::text::Reference;

/// An attempt that was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The customer as written in the log.
    pub customer: String,
    /// The same name as a reference.
    pub reference: Reference,
    /// When it was made.
    pub moment: Moment,
    /// From where, if the line says so.
    pub address: Option<IpAddr>,
    /// The program, if the line says so.
    pub user_agent: Option<String>,
    /// The application's device token, if the line says so.
    pub device: Option<String>,
    /// The guarded operation and its fields; `None` for signing in.
    pub operation: Option<(OperationKind, Fields)>,
    /// What had been verified.
    pub verified: Vec<Method>,
    /// How the check of it had ended.
    pub check: Check,
    /// What the log's keeper found out later, if it says so.
    pub label: Option<&'static str>,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// An attempt, made so many times in a row.
    Attempt(Box<Recorded>, u32),
    /// Not an attempt; the word says what instead.
    Other(&'static str),
}

/// A line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub Cow<'static, str>);

impl Malformed {
    /// With a reason made at run time.
    pub fn because(reason: impl Into<String>) -> Self {
        Self(Cow::Owned(reason.into()))
    }
}

impl From<&'static str> for Malformed {
    fn from(reason: &'static str) -> Self {
        Self(Cow::Borrowed(reason))
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The beginning of a reference that stands for a name which is none.
const ESCAPED: &str = "::";
/// The beginning of a reference that stands for an address.
const OF_ADDRESS: &str = "address:";

/// The reference of a name as a log has it. A name that is a reference stays as it is. In any other
/// the bytes beyond letters, digits, `.`, `_` and `-` become `:` and two hexadecimal digits, behind
/// `::`; what is too long for that becomes its SHA-256, cut to 28 bytes, behind `::sha256:`.
pub fn reference_of(name: &str) -> Reference {
    let reserved = name.starts_with(ESCAPED) || name.starts_with(OF_ADDRESS);
    if !reserved && let Ok(reference) = Reference::parse(name) {
        return reference;
    }
    let mut escaped = ESCAPED.to_owned();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!(":{byte:02x}"));
        }
        if escaped.len() > 64 {
            break;
        }
    }
    Reference::parse(&escaped).unwrap_or_else(|_| digest_of(name))
}

/// `::sha256:` and 54 hexadecimal digits: 216 bits, within the 64 characters of a reference.
fn digest_of(name: &str) -> Reference {
    let digits = Digest::of(name.as_bytes()).to_string();
    let short = format!("{ESCAPED}sha256:{}", digits.get(..54).unwrap_or(&digits));
    // Always a reference: 63 of its characters.
    Reference::parse(&short).unwrap_or_else(|_| reference_of("-"))
}

/// The reference that stands for an address where a log names nobody.
pub fn reference_of_address(address: IpAddr) -> Reference {
    let text = format!("{OF_ADDRESS}{address}");
    Reference::parse(&text).unwrap_or_else(|_| reference_of(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_references_and_stay_apart() {
        for (name, reference) in [
            ("root", "root"),
            ("C:1", "C:1"),
            ("-4324475583306591935", "-4324475583306591935"),
            ("", "::"),
            ("a b", "::a:20b"),
            ("taro@example.jp", "::taro:40example.jp"),
            ("::a:20b", ":::3a:3aa:3a20b"),
            ("address:10.0.0.1", "::address:3a10.0.0.1"),
        ] {
            assert_eq!(reference_of(name).as_str(), reference, "{name}");
        }
        let long = reference_of(&"太郎".repeat(20));
        assert!(long.as_str().starts_with("::sha256:"), "{long}");
        let ip: IpAddr = "2001:db8::1".parse().unwrap();
        assert_eq!(reference_of_address(ip).as_str(), "address:2001:db8::1");
    }

    proptest! {
        #[test]
        fn two_names_never_share_a_reference(one in ".{0,30}", other in ".{0,30}") {
            prop_assert_eq!(one == other, reference_of(&one) == reference_of(&other));
        }
    }
}
