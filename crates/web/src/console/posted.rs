//! A form that a browser sent to a page of the console.
//!
//! **Invariant:** no page acts on a form that came from another site, was too large or was not
//! UTF-8.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};

use super::visit::Visit;
use crate::csrf;
use crate::forms::{Form, MOST_BYTES};
use crate::pages::Trouble;
use crate::pages::posted::{announced, is_form, too_large};
use crate::state::App;

/// A form and who sent it.
pub struct Posted {
    pub visit: Visit,
    pub form: Form,
}

/// A form with a document in it, which is longer than others.
pub struct PostedLong(pub Posted);

/// Largest body of such a form, in octets: a rule set of 256 KiB with every letter escaped, and
/// the rest of the form.
pub const MOST_LONG: usize = 1024 * 1024;

impl FromRequest<App> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &App) -> Result<Self, Trouble> {
        Self::read(request, app, MOST_BYTES).await
    }
}

impl FromRequest<App> for PostedLong {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &App) -> Result<Self, Trouble> {
        Posted::read(request, app, MOST_LONG).await.map(Self)
    }
}

impl Posted {
    async fn read(request: Request, app: &App, most: usize) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        if !csrf::is_ours(&parts.headers, &app.public) {
            return Err(Trouble::Forged);
        }
        if !is_form(&parts.headers) {
            return Err(Trouble::Malformed);
        }
        if announced(&parts.headers).is_some_and(|length| length > most) {
            return Err(Trouble::Large);
        }
        let body = to_bytes(body, most)
            .await
            .map_err(|fault| too_large(&fault))?;
        let form = Form::parse(&body).map_err(|_| Trouble::Malformed)?;
        Ok(Self { visit, form })
    }

    fn proves(&self, binding: &str, name: &str) -> Result<(), Trouble> {
        let given = self.form.text(csrf::FIELD);
        let held = !binding.is_empty();
        if held && self.visit.gate().csrf_check(binding, name, given) {
            Ok(())
        } else {
            Err(Trouble::Forged)
        }
    }

    /// Whether the form carries the token that `name` has for this browser.
    pub fn proves_visitor(&self, name: &str) -> Result<(), Trouble> {
        self.proves(self.visit.binding(), name)
    }

    /// The same for this session.
    pub fn proves_session(&self, name: &str) -> Result<(), Trouble> {
        self.proves(self.visit.session_binding(), name)
    }
}
