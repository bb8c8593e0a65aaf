//! `/security/freeze`: the customer switches their own account off, in one step with one
//! confirmation, from any page behind the sign-in.
//!
//! **Invariant:** whoever freezes an account has read on the same page what stops.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::arrival::{Arrival, forget};
use super::frame::Frame;
use super::posted::Posted;
use super::trouble::Trouble;
use crate::cookies;

const FORM: &str = "freeze";

#[derive(Template)]
#[template(path = "freeze.html")]
pub struct FreezePage {
    pub f: Frame,
    pub csrf: String,
}

pub async fn ask(arrival: Arrival) -> Result<Response, Trouble> {
    arrival.member().await?;
    let gate = &arrival.app().gate;
    let page = FreezePage {
        f: Frame::of_member(&arrival, arrival.texts().freeze.title),
        csrf: gate.csrf_token(arrival.session_binding(), FORM),
    };
    Ok(arrival.shown(&page))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    posted.proves_member(FORM)?;
    let gate = &arrival.app().gate;
    gate.freeze(&session, arrival.visitor()).await?;
    let mut response = Redirect::to("/report/done").into_response();
    forget(response.headers_mut(), cookies::SESSION);
    Ok(response)
}
