//! `/report`: "this was not me", by the code of a notice, without signing in.
//!
//! **Invariant:** whoever freezes an account has read on the same page what stops.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::text::half_width;
use sekisho_gate::Reported;

use super::arrival::{Arrival, forget};
use super::frame::Frame;
use super::posted::Posted;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::Errors;

const FORM: &str = "report";

#[derive(Template)]
#[template(path = "report.html")]
pub struct ReportPage {
    pub f: Frame,
    pub csrf: String,
    pub code: String,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "report_done.html")]
pub struct ReportDonePage {
    pub f: Frame,
}

pub async fn show(arrival: Arrival) -> Response {
    arrival.shown(&page(&arrival, String::new(), Errors::none()))
}

fn page(arrival: &Arrival, code: String, errors: Errors) -> ReportPage {
    ReportPage {
        f: Frame::of(arrival, arrival.texts().report.title).with(&errors),
        csrf: arrival.app().gate.csrf_token(arrival.binding(), FORM),
        code,
        errors,
    }
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(FORM)?;
    let Posted { arrival, form } = posted;
    let words = arrival.texts().report;
    let code = form.code("code");
    let wrong = if code.is_empty() {
        words.missing
    } else {
        match arrival
            .app()
            .gate
            .report_code(&code, arrival.visitor())
            .await?
        {
            Reported::Frozen => {
                let mut response = Redirect::to("/report/done").into_response();
                if arrival.session().await?.is_none() {
                    forget(response.headers_mut(), cookies::SESSION);
                }
                return Ok(response);
            }
            Reported::Unknown => words.unknown,
            Reported::Wait => return Err(Trouble::Many),
        }
    };
    let typed = half_width(form.text("code").trim());
    Ok(arrival.again(&page(&arrival, typed, Errors::one("code", wrong))))
}

pub async fn done(arrival: Arrival) -> Response {
    let f = Frame::of(&arrival, arrival.texts().report.done);
    arrival.shown(&ReportDonePage { f })
}
