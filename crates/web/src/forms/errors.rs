//! What is wrong with a form that was sent, field by field.
//!
//! **Invariant:** an error is shown twice, beside its field and in the summary, in the same words.

use std::borrow::Cow;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Id of the field; empty when it is about the form as a whole.
    pub field: Cow<'static, str>,
    /// A sentence for the customer.
    pub text: String,
}

/// Everything that is wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    /// Nothing is wrong.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One error.
    #[must_use]
    pub fn one(field: &'static str, text: impl Into<String>) -> Self {
        let mut errors = Self::none();
        errors.add(field, text);
        errors
    }

    /// Adds an error.
    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.add_to(field, text);
    }

    /// The same for a field of which there are several.
    pub fn add_to(&mut self, field: impl Into<Cow<'static, str>>, text: impl Into<String>) {
        let (field, text) = (field.into(), text.into());
        self.0.push(FieldError { field, text });
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }

    /// The first error of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.text.as_str())
    }
}
