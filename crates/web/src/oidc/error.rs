//! Error codes of RFC 6749 section 4.1.2.1 and 5.2, OpenID Connect Core section 3.1.2.6.
//!
//! **Invariant:** a description is a fixed sentence; nothing of the request comes back in it.

/// An error for the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OidcError {
    /// The registered code.
    pub code: &'static str,
    /// What to mend, in ASCII (RFC 6749 section 4.1.2.1).
    pub description: &'static str,
}

impl OidcError {
    /// An error.
    #[must_use]
    pub const fn new(code: &'static str, description: &'static str) -> Self {
        Self { code, description }
    }

    /// `invalid_request`.
    #[must_use]
    pub const fn invalid_request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }
}
