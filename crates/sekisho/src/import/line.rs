//! One line of an import: a JSON object that describes a customer of another system.
//!
//! **Invariant:** what is told of a line that is not accepted names its fields and never their
//! values.

use sekisho_core::login::Login;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::text::Reference;
use sekisho_gate::ImportLine;
use serde_json::{Map, Value};

use crate::nearest::suggestion;

/// The fields of a line.
const FIELDS: [&str; 7] = [
    "reference",
    "mail",
    "phone",
    "password_hash",
    "transaction_pin_hash",
    "verified",
    "locale",
];

/// Reads a line. A `verified` of `true` means verified at `now`.
///
/// # Errors
/// Everything that is wrong with it, in one sentence after the other.
pub fn read(text: &str, now: Moment) -> Result<ImportLine, String> {
    let value: Value = serde_json::from_str(text).map_err(|why| {
        let place = why.column();
        format!("not JSON, at character {place}")
    })?;
    let Value::Object(fields) = value else {
        return Err("not a JSON object".into());
    };
    let mut wrong = Vec::new();
    for name in fields
        .keys()
        .filter(|name| !FIELDS.contains(&name.as_str()))
    {
        let short: String = name.chars().take(40).collect();
        wrong.push(format!(
            "unknown field {short:?}, {}",
            suggestion(&short, &FIELDS)
        ));
    }
    let reference = reference(&fields, &mut wrong);
    let login = login(&fields, &mut wrong);
    let hash = text_of(&fields, "password_hash", &mut wrong).map(str::to_owned);
    let pin = text_of(&fields, "transaction_pin_hash", &mut wrong).map(str::to_owned);
    let verified = match fields.get("verified") {
        None | Some(Value::Null | Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(now),
        Some(Value::String(at)) if Moment::parse_rfc3339(at).is_some() => Moment::parse_rfc3339(at),
        Some(_) => {
            let forms = "true, false or a date and time such as \"2026-01-31T09:00:00+09:00\"";
            wrong.push(format!("verified must be {forms}"));
            None
        }
    };
    let locale = text_of(&fields, "locale", &mut wrong).map(Locale::parse);
    if locale == Some(None) {
        wrong.push("locale must be \"ja\" or \"en\"".into());
    }
    match (reference, login) {
        (Some(reference), Some(login)) if wrong.is_empty() => Ok(ImportLine {
            reference,
            login,
            hash,
            pin,
            verified,
            locale: locale.flatten().unwrap_or_default(),
        }),
        _ => Err(wrong.join("; ")),
    }
}

fn reference(fields: &Map<String, Value>, wrong: &mut Vec<String>) -> Option<Reference> {
    if !fields.contains_key("reference") {
        wrong.push("reference is missing".into());
    }
    let text = text_of(fields, "reference", wrong)?;
    Reference::parse(text)
        .map_err(|why| wrong.push(format!("reference cannot be used: {why}")))
        .ok()
}

/// The one of `mail` and `phone` that is there.
fn login(fields: &Map<String, Value>, wrong: &mut Vec<String>) -> Option<Login> {
    let mail = text_of(fields, "mail", wrong);
    let phone = text_of(fields, "phone", wrong);
    let (text, name) = match (mail, phone) {
        (Some(_), Some(_)) => {
            wrong.push("mail and phone are both there: give the one to sign in with".into());
            return None;
        }
        (None, None) => {
            wrong.push("mail or phone is missing".into());
            return None;
        }
        (Some(mail), None) => (mail, "mail"),
        (None, Some(phone)) => (phone, "phone"),
    };
    match (Login::parse(text), name) {
        (Ok(login @ Login::Mail(_)), "mail") | (Ok(login @ Login::Phone(_)), "phone") => {
            Some(login)
        }
        (_, "mail") => {
            wrong.push("mail is no mail address".into());
            None
        }
        _ => {
            wrong.push("phone is no phone number".into());
            None
        }
    }
}

fn text_of<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
    wrong: &mut Vec<String>,
) -> Option<&'a str> {
    match fields.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            wrong.push(format!("{name} must be a string"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Moment = Moment(1_795_219_200_000_000);

    #[test]
    fn a_whole_line_is_read() {
        let line = read(
            r#"{"reference":"C-1","mail":"Taro@Example.jp","password_hash":"$2b$12$x",
                "transaction_pin_hash":"$2b$12$y","verified":"2020-01-31T09:00:00+09:00","locale":"en"}"#,
            NOW,
        )
        .unwrap();
        assert_eq!(line.reference.as_str(), "C-1");
        assert_eq!(line.login, Login::Mail("taro@example.jp".into()));
        assert_eq!(line.hash.as_deref(), Some("$2b$12$x"));
        assert_eq!(line.pin.as_deref(), Some("$2b$12$y"));
        assert_eq!(line.locale, Locale::En);
        assert_eq!(line.verified.unwrap().to_string(), "2020-01-31T00:00:00Z");
        let line = read(
            r#"{"reference":"C-2","phone":"090-1234-5678","verified":true}"#,
            NOW,
        );
        let line = line.unwrap();
        assert_eq!(line.login, Login::Phone("+819012345678".into()));
        assert_eq!(
            (line.verified, line.locale, line.hash),
            (Some(NOW), Locale::Ja, None)
        );
    }

    #[test]
    fn everything_wrong_is_told_and_no_value_is() {
        for (line, told) in [
            (
                r#"{"referense":"C-1","mail":"tanuki"}"#,
                "unknown field \"referense\", did you mean reference?; reference is missing; \
                 mail is no mail address",
            ),
            (
                r#"{"reference":"tanuki@example.jp","phone":"x@example.jp","verified":1}"#,
                "reference cannot be used: a customer reference has 1 to 64 letters, digits, \
                 '.', '_', ':' or '-' (use your customer number, not a mail address); \
                 phone is no phone number; verified must be true, false or a date and time such \
                 as \"2026-01-31T09:00:00+09:00\"",
            ),
            (
                r#"{"reference":5,"mail":"a@example.jp","phone":"090-1234-5678","locale":"fr"}"#,
                "reference must be a string; mail and phone are both there: give the one to sign \
                 in with; locale must be \"ja\" or \"en\"",
            ),
            (r#"{"reference":"C-1"}"#, "mail or phone is missing"),
            (r#"["tanuki"]"#, "not a JSON object"),
            (r#"{"tanuki"}"#, "not JSON, at character 10"),
        ] {
            let why = read(line, NOW).unwrap_err();
            assert_eq!(why, told);
            assert!(!why.contains("tanuki"), "{why}");
        }
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(
            any in any::<String>(),
            name in "[a-z_]{1,12}",
            value in "\\PC{0,20}",
        ) {
            let _ = read(&any, NOW);
            let line = serde_json::json!({"reference": "C", "mail": "a@example.jp", name: value});
            let _ = read(&line.to_string(), NOW);
        }
    }
}
