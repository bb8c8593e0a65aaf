//! The second line against forms of other sites: where the browser says that a request comes from.
//!
//! The first line is a token in each form, which gate binds to a cookie and to the form's name.
//!
//! **Invariant:** a browser that says "another site" is never believed to be ours.

use axum::http::header::{HeaderMap, HeaderName, ORIGIN};

use crate::state::PublicUrl;

/// Name of the field that carries the token.
pub const FIELD: &str = "csrf";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the request may come from a page of ours: every header that a browser sent about it says
/// so.
///
/// A browser sends `Origin: null` from a sandboxed frame or under a stricter referrer policy than
/// ours; that is not us.
#[must_use]
pub fn is_ours(headers: &HeaderMap, public: &PublicUrl) -> bool {
    let origin = headers.get(ORIGIN).map(|value| value.as_bytes());
    let site = headers.get(SEC_FETCH_SITE).map(|value| value.as_bytes());
    origin.is_none_or(|origin| origin == public.origin().as_bytes())
        && site.is_none_or(|site| site == b"same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_our_own_pages_may_send_forms() {
        let public = PublicUrl::parse("https://id.example.jp").unwrap();
        let cases = [
            (None, None, true),
            (Some("https://id.example.jp"), Some("same-origin"), true),
            (Some("https://id.example.jp"), None, true),
            (Some("https://example.jp"), None, false),
            (Some("http://id.example.jp"), None, false),
            (Some("https://id.example.jp:8443"), None, false),
            (Some("null"), None, false),
            (None, Some("cross-site"), false),
            (None, Some("same-site"), false),
            (None, Some("none"), false),
        ];
        for (origin, site, ours) in cases {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            if let Some(site) = site {
                headers.insert(SEC_FETCH_SITE, HeaderValue::from_static(site));
            }
            assert_eq!(is_ours(&headers, &public), ours, "{origin:?} {site:?}");
        }
    }
}
