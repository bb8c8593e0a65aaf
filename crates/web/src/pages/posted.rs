//! A form that a browser sent to one of our pages.
//!
//! **Invariant:** no handler sees a form that came from another site, was too large or was not
//! UTF-8.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};

use super::arrival::Arrival;
use super::trouble::Trouble;
use crate::csrf;
use crate::forms::{Form, MOST_BYTES};
use crate::state::App;

/// A form and who sent it.
pub struct Posted {
    pub arrival: Arrival,
    pub form: Form,
}

impl FromRequest<App> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &App) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        let arrival = Arrival::from_request_parts(&mut parts, app).await?;
        if !csrf::is_ours(&parts.headers, &app.public) {
            return Err(Trouble::Forged);
        }
        if !is_form(&parts.headers) {
            return Err(Trouble::Malformed);
        }
        if announced(&parts.headers).is_some_and(|length| length > MOST_BYTES) {
            return Err(Trouble::Large);
        }
        let body = to_bytes(body, MOST_BYTES)
            .await
            .map_err(|fault| too_large(&fault))?;
        let form = Form::parse(&body).map_err(|_| Trouble::Malformed)?;
        Ok(Self { arrival, form })
    }
}

impl Posted {
    /// Whether the form carries the token that `name` has for whoever holds `binding`.
    pub fn proves(&self, binding: &str, name: &str) -> Result<(), Trouble> {
        let given = self.form.text(csrf::FIELD);
        let held = !binding.is_empty();
        if held && self.arrival.app().gate.csrf_check(binding, name, given) {
            Ok(())
        } else {
            Err(Trouble::Forged)
        }
    }

    /// As [`Self::proves`] for somebody who is not signed in.
    pub fn proves_visitor(&self, name: &str) -> Result<(), Trouble> {
        self.proves(self.arrival.binding(), name)
    }

    /// As [`Self::proves`] for somebody who is signed in.
    pub fn proves_member(&self, name: &str) -> Result<(), Trouble> {
        self.proves(self.arrival.session_binding(), name)
    }
}

pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    essence
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

pub(crate) fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A body that broke off is no form; one that went on and on is too large.
pub(crate) fn too_large(fault: &axum::Error) -> Trouble {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(fault);
    while let Some(inner) = cause {
        if inner.is::<http_body_util::LengthLimitError>() {
            return Trouble::Large;
        }
        cause = inner.source();
    }
    Trouble::Malformed
}
