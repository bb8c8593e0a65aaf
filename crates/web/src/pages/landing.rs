//! `/`: the first page.
//!
//! **Invariant:** it leads to three places and asks for nothing.

use askama::Template;
use axum::response::Response;

use super::arrival::Arrival;
use super::frame::Frame;
use crate::texts::fill;

#[derive(Template)]
#[template(path = "landing.html")]
pub struct LandingPage {
    pub f: Frame,
    pub lead: String,
}

impl LandingPage {
    pub fn framed(frame: Frame) -> Self {
        let lead = fill(frame.t.landing.lead, &[("name", &frame.name)]);
        let heading = frame.t.landing.title;
        Self {
            f: frame.headed(heading),
            lead,
        }
    }
}

pub async fn show(arrival: Arrival) -> Response {
    arrival.shown(&LandingPage::framed(Frame::of(&arrival, "")))
}
