//! `/logout`: an application ends the session (OpenID Connect RP-Initiated Logout 1.0).
//!
//! Without an ID token of the session the customer is asked on the page `/sign-out`, and goes
//! nowhere else afterwards.
//!
//! **Invariant:** a session ends without a question only for an application that shows an ID token
//! of this very session, and nobody is sent to an address that this application did not register.

use axum::extract::{Request, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::response::Response;
use sekisho_gate::{Fault, LogoutHint, Visitor};

use super::page::{Stranded, broken, stranded};
use super::parameters::Parameters;
use super::uri::{see_other, with_query};
use crate::state::{App, ClientAddress};
use crate::{cookies, locale};

/// The page that asks, and that says so when nobody is signed in any more.
const SIGN_OUT: &str = "/sign-out";

/// Ends the session, or asks whether it should.
pub async fn logout(State(app): State<App>, request: Request) -> Response {
    let cookie = cookies::read(request.headers(), cookies::SESSION).map(str::to_owned);
    let visitor = visitor(&request);
    let Ok(parameters) = Parameters::read(request).await else {
        return stranded(Stranded::Unreadable);
    };
    let ended = end(&app, cookie.as_deref(), &visitor, &parameters).await;
    ended.unwrap_or_else(|fault| broken(&fault))
}

/// A form from another site brings no cookie of ours (`SameSite=Lax`); the same as a GET does.
pub async fn posted(request: Request) -> Response {
    let Ok(parameters) = Parameters::read(request).await else {
        return stranded(Stranded::Unreadable);
    };
    let names = [
        "id_token_hint",
        "client_id",
        "post_logout_redirect_uri",
        "state",
    ];
    let pairs = names
        .iter()
        .filter_map(|name| Some((*name, parameters.one(name)?)));
    see_other(&with_query("/logout", &pairs.collect::<Vec<_>>()))
}

fn visitor(request: &Request) -> Visitor {
    let headers = request.headers();
    let address = request.extensions().get::<ClientAddress>();
    let user_agent = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Visitor {
        address: address.and_then(|ClientAddress(address)| *address),
        user_agent: user_agent.unwrap_or_default().to_owned(),
        device: cookies::read(headers, cookies::DEVICE).map(str::to_owned),
        locale: locale::choose(request.uri().query(), headers).locale(),
    }
}

async fn end(
    app: &App,
    cookie: Option<&str>,
    visitor: &Visitor,
    parameters: &Parameters,
) -> Result<Response, Fault> {
    let hint = match parameters.one("id_token_hint") {
        Some(token) => app.gate.end_session_hint(token).await?,
        None => None,
    };
    let Some(hint) = hint else {
        return Ok(see_other(SIGN_OUT));
    };
    let named = parameters.one("client_id");
    if named.is_some_and(|named| named != hint.application.to_string()) {
        return Ok(stranded(Stranded::UnknownApplication));
    }
    let Some(target) = target(app, hint, parameters).await? else {
        return Ok(stranded(Stranded::UnregisteredAddress));
    };
    let session = match cookie {
        Some(cookie) => app.gate.session(cookie).await?,
        None => None,
    };
    match session {
        Some(session) if session.id() != hint.session => return Ok(see_other(SIGN_OUT)),
        Some(session) => app.gate.sign_out(&session, visitor).await?,
        None => {}
    }
    let mut response = see_other(&target);
    if let Some(gone) = cookies::clear(cookies::SESSION) {
        response.headers_mut().insert(SET_COOKIE, gone);
    }
    Ok(response)
}

/// Where the browser goes then; `None` when the application did not register the address.
async fn target(
    app: &App,
    hint: LogoutHint,
    parameters: &Parameters,
) -> Result<Option<String>, Fault> {
    let Some(wanted) = parameters.one("post_logout_redirect_uri") else {
        return Ok(Some(SIGN_OUT.to_owned()));
    };
    let application = app.gate.application(hint.application).await?;
    let mut known = application
        .into_iter()
        .flat_map(|known| known.post_logout_uris);
    let state = parameters.one("state").map(|state| ("state", state));
    let found = known.find(|uri| uri == wanted);
    Ok(found.map(|uri| with_query(&uri, state.as_slice())))
}
