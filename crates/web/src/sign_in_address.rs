//! Where the sign-in page is: an address of the operator's choice, and those it had before.
//!
//! Customers keep it in their bookmarks, so a former address leads to the present one; nothing of
//! what it was asked with is kept but what the page itself takes and checks.
//!
//! **Invariant:** a redirect leads to the present address on this very site, whatever is asked.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Method, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

use crate::observe;

/// Where the routes have it.
const ROUTE: &str = "/sign-in";

/// First parts of addresses that are taken by something else.
const TAKEN: &[&str] = &[
    ".well-known",
    "account",
    "approve",
    "assets",
    "authorize",
    "code",
    "confirm",
    "healthz",
    "history",
    "logout",
    "metrics",
    "openapi.json",
    "operations",
    "readyz",
    "recover",
    "report",
    "security",
    "sign-in",
    "sign-out",
    "sign-up",
    "signed-out",
    "thaw",
    "token",
    "userinfo",
    "v1",
];

/// The present address and the former ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInAddress {
    present: String,
    former: Vec<String>,
}

impl Default for SignInAddress {
    fn default() -> Self {
        Self {
            present: ROUTE.to_owned(),
            former: Vec::new(),
        }
    }
}

/// Why a path is not an address for the sign-in page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// Its form.
    #[error(
        "{0:?} must be a path such as /login or /member/login: lower-case letters, digits and -"
    )]
    Form(String),
    /// Something else is there.
    #[error("{0:?} begins with an address that the site needs for something else")]
    Taken(String),
}

impl SignInAddress {
    /// `present` with the `former` ones. `/sign-in` itself is always one of them.
    ///
    /// # Errors
    /// When one is no plain path of at most 64 characters, or is taken.
    pub fn new(present: &str, former: &[String]) -> Result<Self, NotAnAddress> {
        let former: Result<Vec<_>, _> = former.iter().map(|path| free(path)).collect();
        Ok(Self {
            present: free(present)?,
            former: former?,
        })
    }

    fn is_former(&self, path: &str) -> bool {
        path != self.present && (path == ROUTE || self.former.iter().any(|one| one == path))
    }
}

fn free(path: &str) -> Result<String, NotAnAddress> {
    if path == ROUTE {
        return Ok(path.to_owned());
    }
    let plain = |part: &str| {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !part.is_empty() && part.bytes().all(letter)
    };
    let parts = path.strip_prefix('/').map(|rest| rest.split('/'));
    let fits = path.len() <= 64 && parts.clone().is_some_and(|mut parts| parts.all(plain));
    if !fits {
        return Err(NotAnAddress::Form(path.to_owned()));
    }
    let first = parts.and_then(|mut parts| parts.next()).unwrap_or_default();
    if TAKEN.contains(&first) {
        return Err(NotAnAddress::Taken(path.to_owned()));
    }
    Ok(path.to_owned())
}

/// The site with its sign-in page at `address`. This comes before any route is looked for.
pub(crate) fn at(site: Router, address: SignInAddress) -> Router {
    if address == SignInAddress::default() {
        return site;
    }
    Router::new()
        .fallback_service(site)
        .layer(from_fn_with_state(Arc::new(address), lead))
        .layer(from_fn(observe::headers))
}

async fn lead(
    State(address): State<Arc<SignInAddress>>,
    mut request: Request,
    next: Next,
) -> Response {
    let (path, query) = (request.uri().path(), request.uri().query());
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if looks && address.is_former(path) {
        let mut response = Redirect::to(&format!("{}{query}", address.present)).into_response();
        // It may move again, so no browser is to remember this.
        let never = HeaderValue::from_static("no-store");
        response.headers_mut().insert(CACHE_CONTROL, never);
        return response;
    }
    if path == address.present {
        let uri = PathAndQuery::try_from(format!("{ROUTE}{query}")).map(Uri::from);
        if let Ok(uri) = uri {
            *request.uri_mut() = uri;
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list above is written by hand; the routes are what it is about.
    #[test]
    fn whatever_has_a_route_is_taken() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![folder];
        let mut routes = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    // The console is a site of its own.
                    folders.extend(Some(path).filter(|path| !path.ends_with("console")));
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for rest in text.split(".route(").skip(1) {
                    let Some(route) = rest.trim_start().strip_prefix("\"/") else {
                        continue;
                    };
                    let first = route.split(['/', '"']).next().unwrap();
                    assert!(first.is_empty() || TAKEN.contains(&first), "/{first}");
                    routes += 1;
                }
            }
        }
        assert!(routes > 60, "{routes} routes were looked at");
    }

    #[test]
    fn an_address_is_a_plain_path_that_is_free() {
        for path in ["/sign-in", "/login", "/member/login-2026"] {
            assert!(SignInAddress::new(path, &[]).is_ok(), "{path}");
        }
        for path in [
            "",
            "/",
            "login",
            "//evil.example",
            "/a//b",
            "/a/",
            "/ログイン",
            "/a?b",
            "/a%2fb",
            "/../a",
            "/security/login",
            "/v1",
            "/code",
        ] {
            assert!(SignInAddress::new(path, &[]).is_err(), "{path}");
            assert!(
                SignInAddress::new("/login", &[path.to_owned()]).is_err(),
                "{path}"
            );
        }
    }
}
