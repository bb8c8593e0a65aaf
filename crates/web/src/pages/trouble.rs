//! What can go wrong with a page, and the page that says so.
//!
//! **Invariant:** a customer reads what to do next and the number of the request; the cause goes to
//! the log alone.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::arrival::Arrival;
use super::frame::Frame;
use crate::texts::{TroubleWords, fill};

/// Why there is no page to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A part of the installation is away.
    Away,
    /// Too much waits.
    Busy {
        /// When to come back.
        seconds: u16,
    },
    /// What the page was about is over.
    Expired,
    /// The form was not one of ours, or too old.
    Forged,
    /// The fault lies with the installation.
    Internal,
    /// The body was too large.
    Large,
    /// The body was no form.
    Malformed,
    /// Too many tries.
    Many,
    /// There is a page, but not for this method.
    Method,
    /// An application sent the customer here with a request that cannot be right.
    Misdirected,
    /// There is no such page, or not for this customer.
    NotFound,
    /// A person of the firm has to show first once more who they are, and comes back.
    ProveAgain,
    /// A person of the firm is in no role that may do this.
    Role,
    /// Nobody is signed in: the customer is sent to sign in and comes back.
    SignIn,
}

impl Trouble {
    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Away | Self::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Expired => StatusCode::GONE,
            Self::Forged | Self::Role => StatusCode::FORBIDDEN,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Large => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed | Self::Misdirected => StatusCode::BAD_REQUEST,
            Self::Many => StatusCode::TOO_MANY_REQUESTS,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::ProveAgain | Self::SignIn => StatusCode::SEE_OTHER,
        }
    }

    /// Seconds after which another try makes sense.
    #[must_use]
    pub const fn retry_after(self) -> Option<u16> {
        match self {
            Self::Busy { seconds } => Some(seconds),
            Self::Away => Some(5),
            _ => None,
        }
    }
}

/// The bare answer; `dress` makes a page of it.
impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The page.
#[derive(Template)]
#[template(path = "trouble.html")]
pub struct TroublePage {
    pub f: Frame,
    pub text: String,
    pub request: Option<String>,
}

impl TroublePage {
    /// The page of `trouble`.
    pub fn of(arrival: &Arrival, trouble: Trouble) -> Self {
        let request = arrival.request_id().map(str::to_owned);
        Self::framed(Frame::of(arrival, ""), trouble, request)
    }

    /// The page of `trouble` in a given frame.
    pub fn framed(frame: Frame, trouble: Trouble, request: Option<String>) -> Self {
        let (heading, text) = said(trouble, frame.t.trouble);
        Self {
            text,
            f: frame.headed(heading).erring(),
            request,
        }
    }
}

/// The heading and the text of what went wrong.
pub(crate) fn said(trouble: Trouble, words: &'static TroubleWords) -> (&'static str, String) {
    let (heading, text) = match trouble {
        Trouble::Away => (words.away, words.away_text),
        Trouble::Busy { .. } => (words.busy, words.busy_text),
        Trouble::Expired => (words.expired, words.expired_text),
        Trouble::Forged => (words.forged, words.forged_text),
        Trouble::Internal => (words.internal, words.internal_text),
        Trouble::Large => (words.large, words.large_text),
        Trouble::Malformed => (words.malformed, words.malformed_text),
        Trouble::Many => (words.many, words.many_text),
        Trouble::Misdirected => (words.misdirected, words.misdirected_text),
        Trouble::Method => (words.method, words.method_text),
        Trouble::Role => (words.role, words.role_text),
        Trouble::NotFound | Trouble::ProveAgain | Trouble::SignIn => {
            (words.not_found, words.not_found_text)
        }
    };
    let seconds = trouble.retry_after().unwrap_or_default();
    (heading, fill(text, &[("seconds", &seconds)]))
}
