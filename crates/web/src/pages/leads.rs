//! Where the forms of a page may lead: the content security policy of pages.
//!
//! Chromium applies `form-action` to every redirect that follows a form, over pages of ours too.
//! So the page whose form ends in an application names that application's origin beside our own.
//!
//! **Invariant:** no page allows a script, a style or an image of anybody else, nor inline ones.

use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::Response;

/// What every page says; `form-action` is completed with where its forms lead.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// An origin to which the forms of an answer may lead, in its extensions until it is dressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadsTo(String);

impl LeadsTo {
    /// The origin of an address, or the scheme of one that an app on a phone registered.
    pub fn of(uri: &str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':')?;
        let named = |b: u8| b.is_ascii_alphanumeric() || b"+.-".contains(&b);
        if scheme.is_empty() || !scheme.bytes().all(named) {
            return None;
        }
        if !matches!(scheme, "http" | "https") {
            return Some(Self(format!("{scheme}:")));
        }
        let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
        let sound = !authority.is_empty() && authority.bytes().all(plain);
        sound.then(|| Self(format!("{scheme}://{authority}")))
    }
}

/// An answer whose forms lead to `uri`, an address that gate gave out.
pub fn leading(mut response: Response, uri: Option<&str>) -> Response {
    if let Some(leads) = uri.and_then(LeadsTo::of) {
        response.extensions_mut().insert(leads);
    }
    response
}

/// Gives an answer its policy.
pub fn guard(response: &mut Response) {
    let leads = response.extensions_mut().remove::<LeadsTo>();
    let policy = match leads {
        Some(LeadsTo(source)) => HeaderValue::from_str(&format!("{POLICY} {source}")).ok(),
        None => None,
    };
    let policy = policy.unwrap_or(HeaderValue::from_static(POLICY));
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_source() {
        let cases = [
            (
                "https://broker.example/cb?x=y",
                Some("https://broker.example"),
            ),
            ("http://localhost:8472/cb", Some("http://localhost:8472")),
            ("https://broker.example", Some("https://broker.example")),
            ("jp.example.app:/cb", Some("jp.example.app:")),
            ("https://a; script-src *", None),
            ("https://a,b/", None),
            ("https:///x", None),
            ("https://user@evil.example/", None),
            ("/local", None),
            ("a b:/x", None),
        ];
        for (uri, source) in cases {
            assert_eq!(
                LeadsTo::of(uri),
                source.map(|s| LeadsTo(s.to_owned())),
                "{uri}"
            );
        }
    }

    #[test]
    fn a_policy_names_the_origin_in_its_last_place_only() {
        let mut response = leading(Response::default(), Some("https://broker.example/cb"));
        guard(&mut response);
        let policy = response.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.ends_with("; form-action 'self' https://broker.example"));
        let mut plain = Response::default();
        guard(&mut plain);
        let policy = plain.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.ends_with("; form-action 'self'") && !policy.contains("unsafe"));
    }
}
