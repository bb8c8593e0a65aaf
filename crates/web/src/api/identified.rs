//! The `{id}` in a path.
//!
//! **Invariant:** what is no id at all is answered like an id that nobody has.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

/// The `{id}` as it came.
#[derive(Clone, Debug)]
pub struct Identified(Option<String>);

impl Identified {
    /// The id, if it is one.
    #[must_use]
    pub fn read<T: FromStr>(&self) -> Option<T> {
        self.0.as_ref()?.parse().ok()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Identified {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.ok().map(|Path(id)| id)))
    }
}
