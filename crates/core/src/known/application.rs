//! Applications, what their credentials may do, and the keys that sign.
//!
//! **Invariant:** a secret is known by its hash alone and a private key is sealed.

use crate::bytes::{Sealed, TokenHash};
use crate::id::{ApiCredentialId, ApplicationId};
use crate::moment::Moment;

/// An application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationKnown {
    /// The id, also the `client_id`.
    pub id: ApplicationId,
    /// The name shown to customers.
    pub name: String,
    /// Hash of the client secret; `None` for a public client (PKCE alone).
    pub secret: Option<TokenHash>,
    /// Exact redirect addresses.
    pub redirect_uris: Vec<String>,
    /// Exact addresses after sign-out.
    pub post_logout_uris: Vec<String>,
}

/// What an API credential may do. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiScope {
    /// `POST /v1/decisions` and outcomes.
    Decisions,
    /// `/v1/operations` and `/v1/grants`.
    Operations,
    /// `POST /v1/sweeps`: who was where, of every customer of every application.
    Sweeps,
}

impl ApiScope {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decisions => "decisions",
            Self::Operations => "operations",
            Self::Sweeps => "sweeps",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "decisions" => Some(Self::Decisions),
            "operations" => Some(Self::Operations),
            "sweeps" => Some(Self::Sweeps),
            _ => None,
        }
    }
}

/// An API credential that is not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCredentialKnown {
    /// The id.
    pub id: ApiCredentialId,
    /// Whose.
    pub application: ApplicationId,
    /// A name for people.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<ApiScope>,
    /// When it was made.
    pub created: Moment,
    /// When it was revoked.
    pub revoked: Option<Moment>,
}

/// A signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeyKnown {
    /// Key id, the thumbprint of RFC 7638.
    pub kid: String,
    /// The sealed private key.
    pub sealed: Sealed,
    /// The public key as JSON Web Key.
    pub public: String,
    /// When it was made and published; it signs a little later.
    pub created: Moment,
    /// Until when it is published; `None` of the newest.
    pub retires: Option<Moment>,
}
