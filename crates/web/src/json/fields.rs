//! The fields of an object: known names, right types, every mistake collected with its pointer.
//!
//! **Invariant:** an unknown name is never passed over, and one reading reports every mistake there
//! is.

use serde_json::{Map, Value};

use crate::problem::{FieldError, Kind, Problem};

/// Most mistakes that are listed; more would help nobody.
const MOST_LISTED: usize = 20;

/// The mistakes of one document.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<(Kind, FieldError)>);

impl Mistakes {
    /// Notes a mistake at `pointer`; `detail` is the rest of a sentence about the field.
    pub fn note(&mut self, kind: Kind, pointer: impl Into<String>, detail: impl Into<String>) {
        if self.0.len() < MOST_LISTED {
            let (detail, pointer) = (detail.into(), pointer.into());
            self.0.push((kind, FieldError { detail, pointer }));
        }
    }

    /// `value` if there was no mistake.
    ///
    /// # Errors
    /// A problem that lists them all.
    pub fn or<T>(self, value: Option<T>) -> Result<T, Problem> {
        match (self.0.first(), value) {
            (None, Some(value)) => Ok(value),
            (None, None) => Err(Problem::new(
                Kind::Internal,
                "The request could not be read.",
            )),
            (Some((kind, first)), _) => {
                let place = match first.pointer.as_str() {
                    "" => "The document",
                    pointer => pointer,
                };
                let problem = Problem::new(*kind, format!("{place} {}.", first.detail));
                Err(problem.with_errors(self.0.into_iter().map(|(_, error)| error).collect()))
            }
        }
    }
}

/// An object whose names are known.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    pointer: String,
    members: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// Opens the document itself.
    pub fn document(value: &'a Value, names: &[&str], mistakes: &mut Mistakes) -> Option<Self> {
        Self::open(value, String::new(), names, mistakes)
    }

    /// Opens an object that is at `pointer` of the document.
    pub fn open(
        value: &'a Value,
        pointer: String,
        names: &[&str],
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        let Value::Object(members) = value else {
            mistakes.note(Kind::WrongType, pointer, must_be("an object", value));
            return None;
        };
        for name in members
            .keys()
            .filter(|name| !names.contains(&name.as_str()))
        {
            let short: String = name.chars().take(40).collect();
            let pointer = format!("{pointer}/{}", escaped(&short));
            mistakes.note(Kind::UnknownField, pointer, unknown(&short, names));
        }
        Some(Self { pointer, members })
    }

    /// Where a member is.
    #[must_use]
    pub fn pointer(&self, name: &str) -> String {
        format!("{}/{name}", self.pointer)
    }

    /// The member, whatever it is.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    /// The member, which must be there.
    pub fn required(&self, name: &str, mistakes: &mut Mistakes) -> Option<&'a Value> {
        let found = self.members.get(name);
        if found.is_none() {
            mistakes.note(Kind::MissingField, self.pointer(name), "is missing");
        }
        found
    }

    /// The member as an object.
    pub fn object(&self, name: &str, names: &[&str], mistakes: &mut Mistakes) -> Option<Self> {
        Self::open(self.value(name)?, self.pointer(name), names, mistakes)
    }

    /// The member as a list.
    pub fn list(&self, name: &str, mistakes: &mut Mistakes) -> Option<&'a [Value]> {
        match self.value(name)? {
            Value::Array(items) => Some(items),
            other => {
                mistakes.note(
                    Kind::WrongType,
                    self.pointer(name),
                    must_be("a list", other),
                );
                None
            }
        }
    }

    /// The member as a text that `read` understands; its complaint is the rest of a sentence.
    pub fn text<T, E: std::fmt::Display>(
        &self,
        name: &str,
        mistakes: &mut Mistakes,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        read_text(self.value(name)?, &self.pointer(name), mistakes, read)
    }

    /// As [`Fields::text`], and the member must be there.
    pub fn required_text<T, E: std::fmt::Display>(
        &self,
        name: &str,
        mistakes: &mut Mistakes,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.required(name, mistakes)?;
        read_text(value, &self.pointer(name), mistakes, read)
    }
}

/// A text that `read` understands.
pub fn read_text<T, E: std::fmt::Display>(
    value: &Value,
    pointer: &str,
    mistakes: &mut Mistakes,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Option<T> {
    let Value::String(text) = value else {
        mistakes.note(Kind::WrongType, pointer, must_be("a string", value));
        return None;
    };
    match read(text) {
        Ok(read) => Some(read),
        Err(why) => {
            mistakes.note(Kind::InvalidValue, pointer, why.to_string());
            None
        }
    }
}

/// Complains about a word that is not one of `words`, with the nearest of them.
#[must_use]
pub fn not_one_of(given: &str, words: &[&str]) -> String {
    let listed = words.join(", ");
    match nearest(given, words) {
        Some(near) => format!("must be one of {listed}; did you mean {near}?"),
        None => format!("must be one of {listed}"),
    }
}

fn must_be(wanted: &str, given: &Value) -> String {
    let given = match given {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("must be {wanted} and is {given}")
}

fn unknown(name: &str, names: &[&str]) -> String {
    match nearest(name, names) {
        Some(near) => format!("is not known here; did you mean {near}?"),
        None => format!("is not known here; there are {}", names.join(", ")),
    }
}

/// The known name that was probably meant.
fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let given = given.to_lowercase();
    let far = |name: &&str| strsim::osa_distance(&given, name);
    let near = known.iter().copied().min_by_key(far)?;
    (far(&near) <= 1 + near.len() / 4).then_some(near)
}

/// One segment of a JSON pointer (RFC 6901 section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NAMES: &[&str] = &["act", "customer", "verified"];

    fn problem(value: &Value) -> Problem {
        let mut mistakes = Mistakes::default();
        let fields = Fields::document(value, NAMES, &mut mistakes);
        let read = fields.and_then(|fields| {
            fields.list("verified", &mut mistakes);
            fields.required_text("customer", &mut mistakes, |text| match text {
                "" => Err("is empty"),
                text => Ok(text.to_owned()),
            })
        });
        mistakes.or(read).unwrap_err()
    }

    #[test]
    fn every_mistake_is_listed_with_its_place() {
        let given = problem(&json!({"custmer": "x", "a/b~c": 1, "verified": "password"}));
        assert_eq!(given.kind(), Kind::UnknownField);
        let listed = serde_json::to_value(given.document("r")).unwrap();
        assert_eq!(
            listed["errors"],
            json!([
                {"detail": "is not known here; there are act, customer, verified",
                 "pointer": "/a~1b~0c"},
                {"detail": "is not known here; did you mean customer?", "pointer": "/custmer"},
                {"detail": "must be a list and is a string", "pointer": "/verified"},
                {"detail": "is missing", "pointer": "/customer"},
            ])
        );
    }

    #[test]
    fn the_first_mistake_names_the_problem() {
        for (value, kind) in [
            (json!([]), Kind::WrongType),
            (json!({}), Kind::MissingField),
            (json!({"customer": null}), Kind::WrongType),
            (json!({"customer": ""}), Kind::InvalidValue),
        ] {
            assert_eq!(problem(&value).kind(), kind, "{value}");
        }
    }

    #[test]
    fn a_thousand_mistakes_make_no_endless_answer() {
        let many: Map<String, Value> = (0..1000).map(|n| (format!("n{n}"), Value::Null)).collect();
        let listed = serde_json::to_value(problem(&Value::Object(many)).document("r")).unwrap();
        assert_eq!(listed["errors"].as_array().map(Vec::len), Some(MOST_LISTED));
    }

    #[test]
    fn the_nearest_word_is_offered_only_if_it_is_near() {
        assert!(not_one_of("pasword", &["password", "totp"]).ends_with("did you mean password?"));
        assert_eq!(
            not_one_of("x", &["password", "totp"]),
            "must be one of password, totp"
        );
    }
}
