//! The application that waits for a customer to sign in.
//!
//! **Invariant:** its name and address come from the registration, never from the query.

use sekisho_core::id::AuthorizationId;

use super::arrival::Arrival;
use super::trouble::Trouble;
use crate::forms::ReturnTo;

/// Where a request of an application goes on once the customer has signed in.
const RESUME: &str = "/authorize/resume?id=";

/// An application that waits.
pub struct Waiting {
    /// Its name.
    pub application: String,
    /// The login that it suggested.
    pub hint: Option<String>,
    /// Where the browser goes in the end.
    pub redirect_uri: String,
}

/// Whether signing in answers an application.
pub fn is_resumed(return_to: &ReturnTo) -> bool {
    return_to.as_str().starts_with(RESUME)
}

/// The application behind `return_to`.
pub async fn waiting(arrival: &Arrival, return_to: &ReturnTo) -> Result<Option<Waiting>, Trouble> {
    let id = return_to.as_str().strip_prefix(RESUME);
    let Some(id) = id.and_then(|id| id.parse::<AuthorizationId>().ok()) else {
        return Ok(None);
    };
    let known = arrival.app().gate.authorization(id).await?;
    Ok(known.map(|(known, parameters, application)| Waiting {
        application,
        hint: parameters.login_hint,
        redirect_uri: known.redirect_uri,
    }))
}
