//! `/account`: home of a customer who is signed in.
//!
//! **Invariant:** it shows how the customer got in and when somebody did before, so that a
//! stranger's visit is noticed.

use askama::Template;
use axum::response::Response;
use sekisho_core::access::{Access, Act};
use sekisho_core::moment::Moment;
use sekisho_core::sighting::Ending;

use super::arrival::Arrival;
use super::frame::Frame;
use super::row::Row;
use super::stop::StopLine;
use super::trouble::Trouble;
use crate::texts::When;

#[derive(Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub f: Frame,
    pub reference: String,
    pub proved: When,
    pub last: Option<Row>,
    /// What is stopped now.
    pub stops: Vec<StopLine>,
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let gate = &arrival.app().gate;
    let history = gate.history(&session, None).await?;
    let earlier = history
        .rows
        .iter()
        .find(|access| is_earlier(access, session.proved()));
    let locale = arrival.locale();
    let page = AccountPage {
        f: Frame::of_member(&arrival, arrival.texts().account.title),
        reference: session.reference().to_string(),
        proved: When::of(session.proved(), locale),
        stops: StopLine::each(&gate.stops_shown().await?, &gate.policy(), locale),
        last: earlier.map(|access| Row::of(access, None, &gate.policy(), locale)),
    };
    Ok(arrival.shown(&page))
}

/// Whether somebody got in before the session was opened.
fn is_earlier(access: &Access, opened: Moment) -> bool {
    matches!(access.act, Act::SignIn | Act::StepUp | Act::SignUp)
        && access.ending == Ending::Success
        && access.at < opened
}
