//! The `payment` member of client data: what the browser showed before the passkey signed (Secure
//! Payment Confirmation, `CollectedClientAdditionalPaymentData`), and its comparison with what was
//! asked.
//!
//! **Invariant:** whatever a browser says it showed is what was asked, member by member and byte by
//! byte, and nothing beside it; an answer that holds a member that we do not know is refused.

use sekisho_core::confirm::PaymentAsked;
use serde_json::{Map, Value};

use super::Refusal;
use super::client_data::{optional_text, text};
use super::expectation::RelyingParty;

/// What the browser says it showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Payment {
    rp_id: String,
    /// The page that asked, outermost frame.
    top_origin: String,
    payee_name: Option<String>,
    payee_origin: Option<String>,
    /// Code and decimal text of the total.
    total: [String; 2],
    /// What is paid with: name and icon. An icon that could not be shown is empty.
    instrument: [String; 2],
    rest: Rest,
}

/// Whether anything else was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Nothing,
    /// Logos, details of the instrument, or a member that came after this was written.
    Something,
}

impl Payment {
    pub(super) fn parse(members: &Map<String, Value>) -> Option<Self> {
        let total = members.get("total")?.as_object()?;
        let instrument = members.get("instrument")?.as_object()?;
        // The member was called `rp` before the specification settled on `rpId`; both may be there.
        let (rp, rp_id) = (text(members, "rp"), text(members, "rpId"));
        if rp.is_some() && rp_id.is_some() && rp != rp_id {
            return None;
        }
        Some(Self {
            rp_id: rp_id.or(rp)?,
            top_origin: text(members, "topOrigin")?,
            payee_name: optional_text(members, "payeeName")?,
            payee_origin: optional_text(members, "payeeOrigin")?,
            total: [text(total, "currency")?, text(total, "value")?],
            instrument: [text(instrument, "displayName")?, text(instrument, "icon")?],
            rest: rest(members, total, instrument),
        })
    }

    /// Compares every member with what the page was to ask for.
    pub(super) fn check(&self, rp: &RelyingParty, asked: &PaymentAsked) -> Result<(), Refusal> {
        let PaymentAsked {
            payee,
            total,
            instrument,
            icon,
        } = asked;
        let currency = total.currency();
        let same = self.rp_id == rp.id
            && rp.origins.contains(&self.top_origin)
            && self.payee_name.as_ref() == Some(payee)
            && self.payee_origin.is_none()
            && self.total == [currency.code(), &total.value()]
            && self.instrument == [instrument.as_str(), icon]
            && self.rest == Rest::Nothing;
        same.then_some(()).ok_or(Refusal::Payment)
    }
}

/// What is there beside the members that are compared. An empty list of logos is what browsers
/// write when none were asked for; the browser's own key was not shown to anybody.
fn rest(
    members: &Map<String, Value>,
    total: &Map<String, Value>,
    instrument: &Map<String, Value>,
) -> Rest {
    let expected = |(name, value): (&String, &Value)| match name.as_str() {
        "rp" | "rpId" | "topOrigin" | "payeeName" | "payeeOrigin" => true,
        "total" | "instrument" => true,
        "browserBoundPublicKey" => value.is_string(),
        "paymentEntitiesLogos" => value.as_array().is_some_and(Vec::is_empty),
        _ => false,
    };
    let of_instrument = |(name, value): (&String, &Value)| match name.as_str() {
        "displayName" | "icon" => true,
        "iconMustBeShown" => value.as_bool() == Some(true),
        _ => false,
    };
    let expected = members.iter().all(expected)
        && total
            .keys()
            .all(|name| name == "currency" || name == "value")
        && instrument.iter().all(of_instrument);
    if expected {
        Rest::Nothing
    } else {
        Rest::Something
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::webauthn::client_data::ClientData;
    use crate::webauthn::expectation::Framing;
    use sekisho_core::money::Money;

    /// As Chromium 156 wrote it with a virtual authenticator.
    pub(in super::super) const PAYMENT: &str = r#"{"type":"payment.get","challenge":"AQID",
        "origin":"http://localhost:8080","crossOrigin":false,"payment":{"rpId":"localhost",
        "topOrigin":"http://localhost:8080","payeeName":"ヤマダ タロウ 0001-123 1234567",
        "paymentEntitiesLogos":[],"total":{"value":"50000","currency":"JPY"},
        "instrument":{"icon":"http://localhost:8080/i.png","displayName":"出金 (証券)"}}}"#;

    fn asked() -> PaymentAsked {
        PaymentAsked {
            payee: "ヤマダ タロウ 0001-123 1234567".to_owned(),
            total: Money::parse("50000", "JPY").unwrap(),
            instrument: "出金 (証券)".to_owned(),
            icon: "http://localhost:8080/i.png".to_owned(),
        }
    }

    fn checked(text: &str, asked: &PaymentAsked) -> Result<(), Refusal> {
        let rp = RelyingParty {
            id: "localhost".to_owned(),
            origins: vec!["http://localhost:8080".to_owned()],
            framing: Framing::Refuse,
        };
        let data = ClientData::parse(text.as_bytes())?;
        data.payment.unwrap().check(&rp, asked)
    }

    #[test]
    fn what_a_browser_showed_is_what_was_asked() {
        assert_eq!(checked(PAYMENT, &asked()), Ok(()));
        for (member, with) in [
            ("\"rpId\"", "\"rp\""),
            ("\"rpId\"", "\"rp\":\"localhost\",\"rpId\""),
            ("\"paymentEntitiesLogos\":[],", ""),
            ("\"total\"", "\"browserBoundPublicKey\":\"AQ\",\"total\""),
            ("\"icon\"", "\"iconMustBeShown\":true,\"icon\""),
        ] {
            let other = PAYMENT.replace(member, with);
            assert_ne!(other, PAYMENT);
            assert_eq!(checked(&other, &asked()), Ok(()), "{with}");
        }
        let cents = PaymentAsked {
            total: Money::parse("12.5", "USD").unwrap(),
            ..asked()
        };
        let usd = PAYMENT
            .replace("JPY", "USD")
            .replace("\"50000\"", "\"12.50\"");
        assert_eq!(checked(&usd, &cents), Ok(()));
    }

    /// Each member, one at a time: changed, added, or gone.
    #[test]
    fn any_difference_is_refused() {
        for (from, to) in [
            ("\"rpId\":\"localhost\"", "\"rpId\":\"evil.example\""),
            (
                "\"topOrigin\":\"http://localhost:8080\"",
                "\"topOrigin\":\"http://localhost:8081\"",
            ),
            ("1234567\"", "7654321\""),
            ("ヤマダ", "ヤマタ\u{3099}"),
            (
                "\"payeeName\"",
                "\"payeeOrigin\":\"https://a.example\",\"payeeName\"",
            ),
            ("\"payeeName\":\"ヤマダ タロウ 0001-123 1234567\",", ""),
            ("\"50000\"", "\"50001\""),
            ("\"50000\"", "\"050000\""),
            ("\"50000\"", "\"50000.00\""),
            ("\"50000\"", "\"5e4\""),
            ("JPY", "USD"),
            ("JPY", "jpy"),
            ("出金", "入金"),
            ("/i.png", "/j.png"),
            ("http://localhost:8080/i.png", ""),
            ("[]", r#"[{"url":"https://a.example/l.png","label":"A"}]"#),
            ("[]", "null"),
            ("\"icon\"", "\"details\":\"****1234\",\"icon\""),
            ("\"icon\"", "\"iconMustBeShown\":false,\"icon\""),
            ("\"currency\"", "\"currencySystem\":\"x\",\"currency\""),
            ("\"total\"", "\"recurring\":\"monthly\",\"total\""),
            ("\"total\"", "\"browserBoundPublicKey\":1,\"total\""),
        ] {
            let other = PAYMENT.replace(from, to);
            assert_ne!(other, PAYMENT, "{from}");
            assert_eq!(checked(&other, &asked()), Err(Refusal::Payment), "{to}");
        }
        for (from, to) in [
            ("\"value\":\"50000\",", ""),
            (",\"currency\":\"JPY\"", ""),
            ("\"50000\"", "50000"),
            ("\"rpId\"", "\"rp\":\"evil.example\",\"rpId\""),
            ("\"payeeName\":\"ヤ", "\"payeeName\":null,\"x\":\"ヤ"),
            ("\"instrument\":", "\"instruments\":"),
        ] {
            let other = PAYMENT.replace(from, to);
            assert_ne!(other, PAYMENT, "{from}");
            let refused = checked(&other, &asked());
            assert_eq!(refused, Err(Refusal::ClientDataShape), "{to}");
        }
    }

    /// The same the other way round: the stored operation is another one.
    #[test]
    fn any_other_operation_is_refused() {
        for other in [
            PaymentAsked {
                payee: "ヤマダ ハナコ 0001-123 1234567".to_owned(),
                ..asked()
            },
            PaymentAsked {
                total: Money::parse("50001", "JPY").unwrap(),
                ..asked()
            },
            PaymentAsked {
                total: Money::parse("50000", "KRW").unwrap(),
                ..asked()
            },
            PaymentAsked {
                instrument: "出金".to_owned(),
                ..asked()
            },
            PaymentAsked {
                icon: "http://localhost:8080/other.png".to_owned(),
                ..asked()
            },
        ] {
            let refused = checked(PAYMENT, &other);
            assert_eq!(refused, Err(Refusal::Payment), "{other:?}");
        }
    }
}
