//! `/security/telephone-code`: the code that a customer reads to the support desk.
//!
//! **Invariant:** a code is shown in the answer to the form that made it and nowhere else.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::ExposeSecret as _;
use sekisho_gate::TelephoneCode;

use super::arrival::Arrival;
use super::frame::Frame;
use super::posted::Posted;
use super::prove::way_to_prove;
use super::trouble::Trouble;
use crate::texts::{When, fill};

const PATH: &str = "/security/telephone-code";
const MAKE: &str = "telephone_code";

#[derive(Template)]
#[template(path = "telephone_code.html")]
pub struct TelephoneCodePage {
    pub f: Frame,
    pub csrf: String,
    /// The code, and what is said of its end.
    pub code: Option<(String, String)>,
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    arrival.member().await?;
    let gate = &arrival.app().gate;
    let page = TelephoneCodePage {
        f: Frame::of_member(&arrival, arrival.texts().telephone_code.title),
        csrf: gate.csrf_token(arrival.session_binding(), MAKE),
        code: None,
    };
    Ok(arrival.shown(&page))
}

pub async fn make(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(MAKE)?;
    let arrival = &posted.arrival;
    let gate = &arrival.app().gate;
    let (code, until) = match gate.telephone_code(&session).await? {
        TelephoneCode::Made(code, until) => (code, until),
        TelephoneCode::ProveAgain => return Ok(way_to_prove(PATH)),
        TelephoneCode::Refused => return Ok(Redirect::to(PATH).into_response()),
    };
    let words = arrival.texts().telephone_code;
    let until = When::of(until, arrival.locale());
    let page = TelephoneCodePage {
        f: Frame::of_member(arrival, words.shown_title),
        csrf: gate.csrf_token(arrival.session_binding(), MAKE),
        code: Some((
            code.expose_secret().to_owned(),
            fill(words.until, &[("when", &until.text)]),
        )),
    };
    Ok(arrival.shown(&page))
}
