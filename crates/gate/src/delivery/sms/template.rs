//! The body of a request, with places for id, number and text.
//!
//! **Invariant:** a value that is filled in cannot end the string or field it stands in, and is
//! never looked at for places again.

use super::SmsBody;

/// What is filled in.
#[derive(Clone, Copy)]
pub(super) struct Filling<'a> {
    pub(super) id: &'a str,
    pub(super) to: &'a str,
    pub(super) text: &'a str,
}

#[derive(Clone, Debug)]
enum Part {
    Id,
    Text,
    To,
    Verbatim(String),
}

/// A template that was understood.
#[derive(Clone, Debug)]
pub(super) struct Template {
    parts: Vec<Part>,
    content_type: &'static str,
    escape: fn(&str) -> String,
}

impl Template {
    pub(super) fn new(body: &SmsBody) -> Result<Self, &'static str> {
        let (text, content_type, escape): (_, _, fn(&str) -> String) = match body {
            SmsBody::Form(text) => (text, "application/x-www-form-urlencoded", form_escaped),
            SmsBody::Json(text) => (text, "application/json", json_escaped),
        };
        let template = Self {
            parts: parts(text),
            content_type,
            escape,
        };
        let has = |wanted: fn(&Part) -> bool| template.parts.iter().any(wanted);
        if !has(|part| matches!(part, Part::To)) || !has(|part| matches!(part, Part::Text)) {
            return Err("the body must have a place for {to} and one for {text}");
        }
        let sample = template.fill(&Filling {
            id: "\"",
            to: "\\",
            text: "\n",
        });
        match body {
            SmsBody::Json(_) if serde_json::from_str::<serde_json::Value>(&sample).is_err() => {
                Err("the body is not JSON, or a place stands outside of a string")
            }
            SmsBody::Form(_) if !sample.bytes().all(|b| b.is_ascii_graphic()) => {
                Err("the body is not a form")
            }
            SmsBody::Form(_) | SmsBody::Json(_) => Ok(template),
        }
    }

    pub(super) const fn content_type(&self) -> &'static str {
        self.content_type
    }

    pub(super) fn fill(&self, filling: &Filling<'_>) -> String {
        let filled = self.parts.iter().map(|part| match part {
            Part::Id => (self.escape)(filling.id),
            Part::Text => (self.escape)(filling.text),
            Part::To => (self.escape)(filling.to),
            Part::Verbatim(text) => text.clone(),
        });
        filled.collect()
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let place = [
            ("{id}", Part::Id),
            ("{text}", Part::Text),
            ("{to}", Part::To),
        ]
        .into_iter()
        .filter_map(|(word, part)| Some((rest.find(word)?, word.len(), part)))
        .min_by_key(|(at, ..)| *at);
        let Some((at, length, part)) = place else {
            break;
        };
        parts.push(Part::Verbatim(rest[..at].to_owned()));
        parts.push(part);
        rest = &rest[at + length..];
    }
    parts.push(Part::Verbatim(rest.to_owned()));
    parts
}

/// The inside of a JSON string.
fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As `application/x-www-form-urlencoded` wants it (WHATWG URL section 5.2).
pub(super) fn form_escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(3 * text.len());
    for byte in text.bytes() {
        match byte {
            b'*' | b'-' | b'.' | b'_' => escaped.push(char::from(byte)),
            b' ' => escaped.push('+'),
            _ if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
            _ => {
                let _infallible = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILLING: Filling<'_> = Filling {
        id: "ntc_1",
        to: "+819012345678",
        text: "コード: \"123456\"\n{to} & more\\",
    };

    #[test]
    fn values_stay_inside_their_strings_and_are_not_looked_at_again() {
        let json = r#"{"messages":[{"destination":"{to}","body":"[x] {text}"}],"ref":"{id}"}"#;
        let template = Template::new(&SmsBody::Json(json.into())).unwrap();
        let read: serde_json::Value = serde_json::from_str(&template.fill(&FILLING)).unwrap();
        assert_eq!(read["messages"][0]["destination"], FILLING.to);
        let body = format!("[x] {}", FILLING.text);
        assert_eq!(read["messages"][0]["body"], body);
        assert_eq!(read["ref"], "ntc_1");
        let template = Template::new(&SmsBody::Form("to={to}&text={text}".into())).unwrap();
        let form = "to=%2B819012345678&text=%E3%82%B3%E3%83%BC%E3%83%89%3A+%22123456%22%0A\
                    %7Bto%7D+%26+more%5C";
        assert_eq!(template.fill(&FILLING), form);
    }

    #[test]
    fn a_template_that_would_lose_something_is_refused() {
        for body in [
            SmsBody::Json(r#"{"to":"{to}"}"#.into()),
            SmsBody::Json(r#"{"to":{to},"text":"{text}"}"#.into()),
            SmsBody::Json(r#"{"to":"{to}","text":"{text}""#.into()),
            SmsBody::Form("to={to}".into()),
            SmsBody::Form("to={to}&text={text}\r\n".into()),
        ] {
            assert!(Template::new(&body).is_err(), "{body:?}");
        }
    }
}
