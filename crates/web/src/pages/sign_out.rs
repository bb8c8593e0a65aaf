//! `/sign-out` and `/signed-out`.
//!
//! **Invariant:** only a form of ours signs anybody out; a link from elsewhere merely asks.

use askama::Template;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Redirect, Response};

use sekisho_gate::Terminal;

use super::arrival::{Arrival, forget};
use super::frame::Frame;
use super::posted::Posted;
use super::trouble::Trouble;
use crate::cookies;

const FORM: &str = "sign_out";

/// Takes every trace of this site out of a browser (W3C Clear Site Data section 3.1).
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const EVERYTHING: HeaderValue = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");

#[derive(Template)]
#[template(path = "sign_out.html")]
pub struct SignOutPage {
    pub f: Frame,
    pub csrf: String,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
    pub f: Frame,
}

pub async fn ask(arrival: Arrival) -> Result<Response, Trouble> {
    if arrival.session().await?.is_none() {
        return Ok(Redirect::to("/signed-out").into_response());
    }
    let csrf = arrival
        .app()
        .gate
        .csrf_token(arrival.session_binding(), FORM);
    let f = Frame::of(&arrival, arrival.texts().sign_out.title);
    Ok(arrival.shown(&SignOutPage { f, csrf }))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    if let Some(session) = arrival.session().await? {
        posted.proves_member(FORM)?;
        arrival
            .app()
            .gate
            .sign_out(&session, arrival.visitor())
            .await?;
    }
    let mut response = Redirect::to("/signed-out").into_response();
    let headers = response.headers_mut();
    forget(headers, cookies::SESSION);
    cleared(headers, arrival);
    Ok(response)
}

/// A browser that others use too keeps nothing.
pub fn cleared(headers: &mut HeaderMap, arrival: &Arrival) {
    if arrival.visitor().terminal == Terminal::Shared {
        headers.insert(CLEAR_SITE_DATA, EVERYTHING);
    }
}

pub async fn done(arrival: Arrival) -> Response {
    let f = Frame::of(&arrival, arrival.texts().sign_out.done);
    arrival.shown(&SignedOutPage { f })
}
