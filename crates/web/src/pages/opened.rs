//! The moment a session is opened: new cookies, the old session ended, and on to where the customer
//! wanted to go.
//!
//! **Invariant:** a browser never keeps two sessions, and never one it had before it proved itself.

use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_gate::Opened;

use super::arrival::{Arrival, exposed, forget, remember};
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::ReturnTo;

/// Takes over a session that gate opened.
pub async fn welcome(arrival: &Arrival, opened: Opened) -> Result<Response, Trouble> {
    if let Some(old) = arrival.session().await? {
        arrival.app().gate.sign_out(&old, arrival.visitor()).await?;
    }
    let to = ReturnTo::parse_or_home(&opened.return_to);
    let mut response = Redirect::to(to.as_str()).into_response();
    let headers = response.headers_mut();
    remember(headers, cookies::SESSION, &exposed(&opened.session));
    if let Some(device) = &opened.device {
        remember(headers, cookies::DEVICE, &exposed(device));
    }
    forget(headers, cookies::INTERACTION);
    Ok(response)
}
