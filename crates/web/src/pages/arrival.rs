//! Who opens a page: the language, the cookies, the place; and the clothes that every answer gets.
//!
//! **Invariant:** a page's answer carries its language, `no-store` and a visitor cookie, whatever
//! became of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, HeaderValue, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
    USER_AGENT, VARY,
};
use axum::http::{HeaderMap, StatusCode, request::Parts};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use secrecy::ExposeSecret as _;
use sekisho_core::notice::Locale;
use sekisho_gate::{Session, Terminal, Token, Visitor};

use super::leads::guard;
use super::trouble::{Trouble, TroublePage};
use crate::cookies;
use crate::forms::{ReturnTo, in_query};
use crate::locale::{Choice, choose};
use crate::problem::Problem;
use crate::state::{App, ClientAddress, RequestId};
use crate::texts::Texts;

/// Longest `User-Agent` that is looked at, in octets.
const MOST_USER_AGENT: usize = 512;

/// Somebody who opens a page.
#[derive(Clone)]
pub struct Arrival(Arc<Known>);

struct Known {
    app: App,
    locale: Locale,
    visitor: Visitor,
    request: Option<Arc<str>>,
    path: String,
    query: Option<String>,
    session: Option<String>,
    interaction: Option<String>,
    binding: String,
}

impl Arrival {
    fn of(app: App, request: &Request, binding: String) -> Self {
        let headers = request.headers();
        let query = request.uri().query().map(str::to_owned);
        let locale = choose(query.as_deref(), headers).locale();
        let cookie = |name| cookies::read(headers, name).map(str::to_owned);
        let address = request.extensions().get::<ClientAddress>();
        let visitor = Visitor {
            address: address.and_then(|address| address.0),
            user_agent: user_agent(headers),
            device: cookie(cookies::DEVICE),
            terminal: match cookie(cookies::SHARED) {
                Some(_) => Terminal::Shared,
                None => Terminal::Own,
            },
            locale,
        };
        Self(Arc::new(Known {
            app,
            locale,
            visitor,
            request: request
                .extensions()
                .get::<RequestId>()
                .map(|id| Arc::clone(&id.0)),
            path: request.uri().path().to_owned(),
            query,
            session: cookie(cookies::SESSION),
            interaction: cookie(cookies::INTERACTION),
            binding,
        }))
    }

    /// What everybody shares.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// The language of the page.
    pub fn locale(&self) -> Locale {
        self.0.locale
    }

    /// The words of the page.
    pub fn texts(&self) -> Texts {
        Texts::of(self.0.locale)
    }

    /// Who is there, as gate wants to know it.
    pub fn visitor(&self) -> &Visitor {
        &self.0.visitor
    }

    /// The same on a terminal as the visitor names it now.
    pub fn visitor_at(&self, terminal: Terminal) -> Visitor {
        Visitor {
            terminal,
            ..self.0.visitor.clone()
        }
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

    /// The cookie of a conversation in progress.
    pub fn interaction(&self) -> Option<&str> {
        self.0.interaction.as_deref()
    }

    /// What forms of somebody who is not signed in are bound to.
    pub fn binding(&self) -> &str {
        &self.0.binding
    }

    /// What forms of somebody who is signed in are bound to.
    pub fn session_binding(&self) -> &str {
        self.0.session.as_deref().unwrap_or_default()
    }

    /// The live session, if there is one.
    pub async fn session(&self) -> Result<Option<Session>, Trouble> {
        match &self.0.session {
            Some(cookie) => Ok(self.app().gate.session(cookie, self.visitor()).await?),
            None => Ok(None),
        }
    }

    /// The live session; without one the customer is asked to sign in and comes back.
    pub async fn member(&self) -> Result<Session, Trouble> {
        self.session().await?.ok_or(Trouble::SignIn)
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

    fn way_in(&self) -> String {
        let query = self
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        let here = ReturnTo::parse_or_home(&format!("{}{query}", self.path()));
        let href = here.on("/sign-in");
        let mark = if href.contains('?') { '&' } else { '?' };
        format!("{href}{mark}told=needed")
    }
}

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Trouble::Internal)
    }
}

fn user_agent(headers: &HeaderMap) -> String {
    let text = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    text.unwrap_or_default()
        .chars()
        .take(MOST_USER_AGENT)
        .collect()
}

/// Finds out who opens a page, and dresses the answer: trouble becomes a page, language and cookies
/// are said.
pub async fn dress(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let known = cookies::read(request.headers(), cookies::VISITOR).map(str::to_owned);
    let fresh = match &known {
        Some(_) => None,
        None => app.gate.fresh_visitor().ok(),
    };
    let choice = choose(request.uri().query(), request.headers());
    let binding = known
        .or_else(|| fresh.as_ref().map(exposed))
        .unwrap_or_default();
    let arrival = Arrival::of(app, &request, binding);
    request.extensions_mut().insert(arrival.clone());
    let mut response = next.run(request).await;
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        response = troubled(&arrival, trouble);
    }
    if response.extensions().get::<Problem>().is_some() {
        return response;
    }
    guard(&mut response);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Stricter would make browsers send `Origin: null` with our own forms.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    headers.insert(
        CONTENT_LANGUAGE,
        HeaderValue::from_static(arrival.locale().tag()),
    );
    if let Choice::Chosen(locale) = choice {
        remember(headers, cookies::LANGUAGE, locale.tag());
    }
    if let Some(token) = fresh {
        remember(headers, cookies::VISITOR, &exposed(&token));
    }
    response
}

fn troubled(arrival: &Arrival, trouble: Trouble) -> Response {
    if trouble == Trouble::SignIn {
        return Redirect::to(&arrival.way_in()).into_response();
    }
    let mut response = arrival.page(trouble.status(), &TroublePage::of(arrival, trouble));
    response.extensions_mut().remove::<Trouble>();
    if let Some(seconds) = trouble.retry_after() {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A token for a cookie.
pub(super) fn exposed(token: &Token) -> String {
    token.text().expose_secret().to_owned()
}

/// Adds a cookie to an answer.
pub(super) fn remember(headers: &mut HeaderMap, name: &str, value: &str) {
    if let Some(cookie) = cookies::set(name, value) {
        headers.append(SET_COOKIE, cookie);
    }
}

/// Removes a cookie with an answer.
pub(super) fn forget(headers: &mut HeaderMap, name: &str) {
    if let Some(cookie) = cookies::clear(name) {
        headers.append(SET_COOKIE, cookie);
    }
}
