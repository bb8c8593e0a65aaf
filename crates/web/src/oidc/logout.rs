//! `/logout`: an application ends the session (OpenID Connect RP-Initiated Logout 1.0).
//!
//! Without an ID token of the session the customer is asked on the page `/sign-out`, and goes
//! nowhere else afterwards.
//!
//! **Invariant:** a session ends without a question only for an application that shows an ID token
//! of this very session, and nobody is sent to an address that this application did not register.

use axum::extract::Request;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use sekisho_gate::{Gate, LogoutHint};

use super::authorize::misdirected;
use super::parameters::Parameters;
use super::uri::{see_other, with_query};
use crate::cookies;
use crate::pages::{Arrival, Trouble, cleared};

/// The page that asks, and that says so when nobody is signed in any more.
const SIGN_OUT: &str = "/sign-out";

/// Ends the session, or asks whether it should.
///
/// # Errors
/// A page, when the application names an address that it did not register.
pub async fn logout(arrival: Arrival, request: Request) -> Result<Response, Trouble> {
    let parameters = Parameters::read(request)
        .await
        .map_err(|_| Trouble::Malformed)?;
    let gate = &arrival.app().gate;
    let hint = match parameters.one("id_token_hint") {
        Some(token) => gate.end_session_hint(token).await?,
        None => None,
    };
    let Some(hint) = hint else {
        return Ok(see_other(SIGN_OUT));
    };
    let named = parameters.one("client_id");
    if named.is_some_and(|named| named != hint.application.to_string()) {
        return Err(misdirected("client_id is not the one of id_token_hint"));
    }
    let target = target(gate, hint, &parameters).await?;
    match arrival.session().await? {
        Some(session) if session.id() != hint.session => return Ok(see_other(SIGN_OUT)),
        Some(session) => gate.sign_out(&session, arrival.visitor()).await?,
        None => {}
    }
    let mut response = see_other(&target);
    if let Some(gone) = cookies::clear(cookies::SESSION) {
        response.headers_mut().append(SET_COOKIE, gone);
    }
    cleared(response.headers_mut(), &arrival);
    Ok(response)
}

/// A form from another site brings no cookie of ours (`SameSite=Lax`); the same as a GET does.
///
/// # Errors
/// A page, when the form cannot be read.
pub async fn posted(request: Request) -> Result<Response, Trouble> {
    let parameters = Parameters::read(request)
        .await
        .map_err(|_| Trouble::Malformed)?;
    let names = [
        "id_token_hint",
        "client_id",
        "post_logout_redirect_uri",
        "state",
    ];
    let pairs = names
        .iter()
        .filter_map(|name| Some((*name, parameters.one(name)?)));
    Ok(see_other(&with_query(
        "/logout",
        &pairs.collect::<Vec<_>>(),
    )))
}

/// Where the browser goes then.
async fn target(gate: &Gate, hint: LogoutHint, parameters: &Parameters) -> Result<String, Trouble> {
    let Some(wanted) = parameters.one("post_logout_redirect_uri") else {
        return Ok(SIGN_OUT.to_owned());
    };
    let application = gate.application(hint.application).await?;
    let mut known = application
        .into_iter()
        .flat_map(|known| known.post_logout_uris);
    let state = parameters.one("state").map(|state| ("state", state));
    let found = known.find(|uri| uri == wanted);
    let found = found.ok_or_else(|| misdirected("post_logout_redirect_uri is not registered"))?;
    Ok(with_query(&found, state.as_slice()))
}
