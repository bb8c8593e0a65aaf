//! Client data (WebAuthn Level 3 §5.8.1): what the browser says about page, ceremony and challenge.
//!
//! Members that we do not know are allowed, as the specification foresees; members that repeat
//! are not, at any depth, since a second reader might take the other one.
//!
//! **Invariant:** a `ClientData` is UTF-8 JSON of at most [`MAX_LEN`] bytes without a repeated
//! member, and says `topOrigin` only together with `crossOrigin`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Refusal;
use super::payment::Payment;

/// Longer ones are not parsed. Ordinary ones have 200 bytes; a payment may carry its icon.
const MAX_LEN: usize = 32 * 1024;

/// Which ceremony the browser ran (`type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ceremony {
    /// `webauthn.create`
    Register,
    /// `webauthn.get`
    Assert,
    /// `payment.get`, Secure Payment Confirmation: the browser itself showed payee and amount.
    ConfirmPayment,
}

impl Ceremony {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "webauthn.create" => Self::Register,
            "webauthn.get" => Self::Assert,
            "payment.get" => Self::ConfirmPayment,
            _ => return None,
        })
    }
}

/// Where the page stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// `crossOrigin` is absent or false.
    SameOrigin,
    /// Inside a page of another origin, which Level 3 browsers name.
    CrossOrigin { top: Option<String> },
}

#[derive(Debug)]
pub(super) struct ClientData {
    pub ceremony: Ceremony,
    pub challenge: Vec<u8>,
    pub origin: String,
    pub frame: Frame,
    pub payment: Option<Payment>,
}

impl ClientData {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > MAX_LEN {
            return Err(Refusal::ClientDataShape);
        }
        let Ok(Unrepeated(Value::Object(members))) = serde_json::from_slice(bytes) else {
            return Err(Refusal::ClientDataShape);
        };
        let ceremony = text(&members, "type").ok_or(Refusal::ClientDataShape)?;
        let ceremony = Ceremony::parse(&ceremony).ok_or(Refusal::Ceremony)?;
        Self::members(&members, ceremony).ok_or(Refusal::ClientDataShape)
    }

    fn members(members: &Map<String, Value>, ceremony: Ceremony) -> Option<Self> {
        let crossed = match members.get("crossOrigin") {
            None => false,
            Some(crossed) => crossed.as_bool()?,
        };
        let top = optional_text(members, "topOrigin")?;
        let frame = match (crossed, top) {
            (false, None) => Frame::SameOrigin,
            (false, Some(_)) => return None,
            (true, top) => Frame::CrossOrigin { top },
        };
        let payment = match (ceremony, members.get("payment")) {
            (_, None) => None,
            // A browser may put a key of its own beside a new passkey, which we do not use.
            (Ceremony::Register, Some(_)) => None,
            (_, Some(payment)) => Some(Payment::parse(payment.as_object()?)?),
        };
        Some(Self {
            ceremony,
            challenge: URL_SAFE_NO_PAD.decode(text(members, "challenge")?).ok()?,
            origin: text(members, "origin")?,
            frame,
            payment,
        })
    }
}

pub(super) fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name)?.as_str().map(str::to_owned)
}

/// `None` when the member is there and is no text.
pub(super) fn optional_text(members: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    match members.get(name) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    }
}

/// JSON in which no object repeats a member. `serde_json` alone keeps the last one. Its limit on
/// nesting, 128, holds here too.
struct Unrepeated(Value);

impl<'de> Deserialize<'de> for Unrepeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading).map(Unrepeated)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated members")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(Unrepeated(item)) = items.next_element()? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some((name, Unrepeated(value))) = members.next_entry::<String, _>()? {
            if read.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is repeated"));
            }
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webauthn::payment::tests::PAYMENT;
    use proptest::prelude::*;

    const PLAIN: &str =
        r#"{"type":"webauthn.get","challenge":"AQID","origin":"https://example.org"}"#;

    fn refused(text: &str) -> Refusal {
        ClientData::parse(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn the_members_are_read() {
        let data = ClientData::parse(PLAIN.as_bytes()).unwrap();
        assert_eq!(data.ceremony, Ceremony::Assert);
        assert_eq!(data.challenge, [1, 2, 3]);
        assert_eq!(data.origin, "https://example.org");
        assert_eq!(data.frame, Frame::SameOrigin);
        let framed = PLAIN.replace('}', r#","crossOrigin":true,"topOrigin":"https://a.b"}"#);
        let top = Some("https://a.b".to_owned());
        let data = ClientData::parse(framed.as_bytes()).unwrap();
        assert_eq!(data.frame, Frame::CrossOrigin { top });
    }

    #[test]
    fn a_new_passkey_may_come_with_a_key_of_the_browser() {
        let made = PLAIN.replace("webauthn.get", "webauthn.create");
        let made = made.replace('}', r#","payment":{"browserBoundPublicKey":"AQ"}}"#);
        let data = ClientData::parse(made.as_bytes()).unwrap();
        assert_eq!((data.ceremony, data.payment), (Ceremony::Register, None));
    }

    #[test]
    fn what_two_readers_might_read_differently_is_refused() {
        let with = |members: &str| PLAIN.replace('}', &format!(",{members}}}"));
        for (what, text) in [
            ("repeated", with(r#""origin":"https://evil.example""#)),
            (
                "repeated by an escape",
                with(r#""\u006frigin":"https://e""#),
            ),
            ("repeated within", with(r#""x":[{"a":1,"a":1}]"#)),
            ("no boolean", with(r#""crossOrigin":"true""#)),
            ("top without cross", with(r#""topOrigin":"https://a.b""#)),
            (
                "top without cross",
                with(r#""crossOrigin":false,"topOrigin":"https://a.b""#),
            ),
            ("no text", with(r#""crossOrigin":true,"topOrigin":null"#)),
            ("padding", PLAIN.replace("AQID", "AQI=")),
            ("loose bits", PLAIN.replace("AQID", "AQJ")),
            ("not base64url", PLAIN.replace("AQID", "+/ID")),
            ("byte order mark", format!("\u{feff}{PLAIN}")),
            ("something after the end", format!("{PLAIN}{{}}")),
            ("no object", "[]".to_owned()),
            ("nothing", String::new()),
            ("cut off", PLAIN[..PLAIN.len() - 1].to_owned()),
            ("lacking", PLAIN.replace("origin", "o")),
            (
                "too long",
                with(&format!("\"x\":\"{}\"", "x".repeat(MAX_LEN))),
            ),
            (
                "too deep",
                with(&format!("\"x\":{}1{}", "[".repeat(200), "]".repeat(200))),
            ),
        ] {
            assert_eq!(
                refused(&text),
                Refusal::ClientDataShape,
                "{what}: {text:.200}"
            );
        }
        let other = PLAIN.replace("webauthn.get", "webauthn.GET");
        assert_eq!(refused(&other), Refusal::Ceremony);
    }

    proptest! {
        #[test]
        fn nothing_random_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = ClientData::parse(&bytes);
        }

        #[test]
        fn nothing_nearly_right_panics(at in 0usize..PAYMENT.len(), with: u8, cut: bool) {
            let mut bytes = PAYMENT.as_bytes().to_vec();
            bytes[at] = with;
            if cut {
                bytes.truncate(at);
                prop_assert!(ClientData::parse(&bytes).is_err());
            } else {
                let _ = ClientData::parse(&bytes);
            }
        }
    }
}
