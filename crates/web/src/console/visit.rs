//! Who opens a page of the console: the language, the session, the place; and the clothes that
//! every answer gets.
//!
//! **Invariant:** a page's answer carries its language, `no-store` and a cookie that its forms are
//! bound to; nobody comes to a page whose act [`sekisho_gate::Gate::may`] refuses.

use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue,
    REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, VARY,
};
use axum::http::{StatusCode, request::Parts};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use secrecy::ExposeSecret as _;
use sekisho_core::console::ConsoleAct;
use sekisho_core::notice::Locale;
use sekisho_core::reason::Reason;
use sekisho_gate::{Gate, StaffSession, Token};

use super::frame::TroublePage;
use crate::cookies;
use crate::forms::{encode, in_query};
use crate::locale::{Choice, choose_by};
use crate::pages::Trouble;
use crate::problem::Problem;
use crate::state::{App, ClientAddress, RequestId};
use crate::texts::Texts;

/// The signed-in session of a person of the firm.
pub(super) const SESSION: &str = "__Host-console-session";
/// Somebody who is not signed in; forms are bound to it.
const VISITOR: &str = "__Host-console-visitor";
/// The language that was chosen.
const LANGUAGE: &str = "__Host-console-lang";

/// What its pages may load, and whom they may ask: the console alone. The overview asks for itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// Somebody who opens a page.
#[derive(Clone)]
pub struct Visit(Arc<Known>);

struct Known {
    app: App,
    locale: Locale,
    address: Option<IpAddr>,
    request: Option<Arc<str>>,
    path: String,
    query: Option<String>,
    session: Option<String>,
    binding: String,
}

impl Visit {
    fn of(app: App, request: &Request, binding: String) -> Self {
        let headers = request.headers();
        let query = request.uri().query().map(str::to_owned);
        let locale = choose_by(query.as_deref(), headers, LANGUAGE).locale();
        let (extensions, path) = (request.extensions(), request.uri().path());
        let number = extensions.get::<RequestId>();
        Self(Arc::new(Known {
            app,
            locale,
            address: extensions.get::<ClientAddress>().and_then(|one| one.0),
            request: number.map(|id| Arc::clone(&id.0)),
            path: path.to_owned(),
            query,
            session: cookies::read(headers, SESSION).map(str::to_owned),
            binding,
        }))
    }

    /// The same request once its session goes on under another cookie.
    pub fn renewed(&self, token: &Token) -> Self {
        let known = &self.0;
        Self(Arc::new(Known {
            app: known.app.clone(),
            locale: known.locale,
            address: known.address,
            request: known.request.clone(),
            path: known.path.clone(),
            query: known.query.clone(),
            session: Some(exposed(token)),
            binding: known.binding.clone(),
        }))
    }

    /// What everybody shares.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Every act.
    pub fn gate(&self) -> &Gate {
        &self.0.app.gate
    }

    /// The origin of the console, to which its passkeys belong.
    pub fn origin(&self) -> &str {
        self.0.app.public.origin()
    }

    /// The language of the page.
    pub fn locale(&self) -> Locale {
        self.0.locale
    }

    /// The words of the page.
    pub fn texts(&self) -> Texts {
        Texts::of(self.0.locale)
    }

    /// From where.
    pub fn address(&self) -> Option<IpAddr> {
        self.0.address
    }

    /// The id of the request, if the middleware gave it one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request.as_deref()
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The query as it came.
    pub fn query(&self) -> Option<&str> {
        self.0.query.as_deref()
    }

    /// One value of the query.
    pub fn asked(&self, name: &str) -> Option<String> {
        in_query(self.query(), name)
    }

    /// What forms of somebody who is not signed in are bound to.
    pub fn binding(&self) -> &str {
        &self.0.binding
    }

    /// What forms of somebody who is signed in are bound to.
    pub fn session_binding(&self) -> &str {
        self.0.session.as_deref().unwrap_or_default()
    }

    /// The live session, whatever for.
    pub async fn session(&self) -> Result<Option<StaffSession>, Trouble> {
        match &self.0.session {
            Some(cookie) => Ok(self.gate().staff_session(cookie).await?),
            None => Ok(None),
        }
    }

    /// The live session, for what a page asks by itself: it counts as no request.
    pub async fn watching(&self) -> Result<Option<StaffSession>, Trouble> {
        match &self.0.session {
            Some(cookie) => Ok(self.gate().watched_session(cookie).await?),
            None => Ok(None),
        }
    }

    /// The live session of somebody who may do this now; nobody else gets any further.
    pub async fn person(&self, act: ConsoleAct) -> Result<StaffSession, Trouble> {
        let session = self.session().await?.ok_or(Trouble::SignIn)?;
        match self.gate().may(&session, act) {
            Ok(()) => Ok(session),
            Err(reason) => Err(refusal(reason)),
        }
    }

    /// A page.
    pub fn page(&self, status: StatusCode, page: &impl Template) -> Response {
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(fault) => {
                tracing::error!(%fault, "a page could not be rendered");
                Trouble::Internal.into_response()
            }
        }
    }

    /// A page that is as it should be.
    pub fn shown(&self, page: &impl Template) -> Response {
        self.page(StatusCode::OK, page)
    }

    /// The page of a form again, with what is wrong.
    pub fn again(&self, page: &impl Template) -> Response {
        self.page(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    /// The page to which somebody comes back who has to prove first who they are.
    fn way_back(&self, to: &str) -> String {
        let mut parts = self.path().split('/').skip(1);
        let page = match (parts.next(), parts.next()) {
            (
                Some(
                    list @ ("alerts" | "campaigns" | "cases" | "customers" | "decisions"
                    | "operations" | "rules"),
                ),
                Some(one),
            ) => format!("/{list}/{one}"),
            (Some("networks"), Some(one)) if one != "look" => format!("/networks/{one}"),
            (Some(first), _) => format!("/{first}"),
            (None, _) => "/".to_owned(),
        };
        format!("{to}?return_to={}", encode(&page))
    }
}

/// What stands in the way of somebody whom the rules refuse something.
pub(super) fn refusal(reason: Reason) -> Trouble {
    match reason {
        Reason::ProofStale => Trouble::ProveAgain,
        Reason::SessionMissing => Trouble::SignIn,
        _ => Trouble::Role,
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Trouble::Internal)
    }
}

/// Finds out who opens a page, and dresses the answer: trouble becomes a page, language and cookies
/// are said.
pub async fn dress(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let known = cookies::read(request.headers(), VISITOR).map(str::to_owned);
    let fresh = match &known {
        Some(_) => None,
        None => app.gate.fresh_visitor().ok(),
    };
    let choice = choose_by(request.uri().query(), request.headers(), LANGUAGE);
    let binding = known
        .or_else(|| fresh.as_ref().map(exposed))
        .unwrap_or_default();
    let visit = Visit::of(app, &request, binding);
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        response = troubled(&visit, trouble);
    }
    if response.extensions().get::<Problem>().is_some() {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Stricter would make browsers send `Origin: null` with our own forms.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    let tag = visit.locale().tag();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(tag));
    if let Choice::Chosen(locale) = choice {
        remember(headers, LANGUAGE, locale.tag());
    }
    if let Some(token) = fresh {
        remember(headers, VISITOR, &exposed(&token));
    }
    response
}

fn troubled(visit: &Visit, trouble: Trouble) -> Response {
    let to = match trouble {
        Trouble::SignIn => Some("/sign-in"),
        Trouble::ProveAgain => Some("/prove"),
        _ => None,
    };
    if let Some(to) = to {
        return Redirect::to(&visit.way_back(to)).into_response();
    }
    let mut response = visit.page(trouble.status(), &TroublePage::of(visit, trouble));
    response.extensions_mut().remove::<Trouble>();
    if let Some(seconds) = trouble.retry_after() {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}

/// A token for a cookie.
pub(super) fn exposed(token: &Token) -> String {
    token.text().expose_secret().to_owned()
}

/// Adds a cookie to an answer.
pub(super) fn remember(headers: &mut HeaderMap, name: &str, value: &str) {
    if let Some(cookie) = cookies::set_strict(name, value) {
        headers.append(SET_COOKIE, cookie);
    }
}

/// Removes a cookie with an answer.
pub(super) fn forget(headers: &mut HeaderMap, name: &str) {
    if let Some(cookie) = cookies::clear_strict(name) {
        headers.append(SET_COOKIE, cookie);
    }
}
