//! Addresses with a query of ours.
//!
//! **Invariant:** whatever a value holds, it stays one value of the query.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// `address` with `pairs` added to its query; it has no fragment (RFC 6749 section 3.1.2).
#[must_use]
pub fn with_query(address: &str, pairs: &[(&str, &str)]) -> String {
    let mut uri = address.to_owned();
    let mut sign = if uri.contains('?') { '&' } else { '?' };
    for (name, value) in pairs {
        uri.push(sign);
        encode(name, &mut uri);
        uri.push('=');
        encode(value, &mut uri);
        sign = '&';
    }
    uri
}

/// Everything but the unreserved characters of RFC 3986 section 2.3 as `%XX`.
fn encode(text: &str, uri: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Sends the browser there with a GET (303), and lets nobody keep the answer.
#[must_use]
pub fn see_other(uri: &str) -> Response {
    match HeaderValue::from_str(uri) {
        Ok(place) => {
            let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            let headers = HeaderMap::from_iter([(header::LOCATION, place), no_store]);
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        // A registered address has been checked to be a header value; this one was altered in the
        // database.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_place() {
        let state = "a&b=c#d\r\n é";
        assert_eq!(
            with_query("https://rp.example/cb", &[("state", state), ("iss", "x")]),
            "https://rp.example/cb?state=a%26b%3Dc%23d%0D%0A%20%C3%A9&iss=x"
        );
        assert_eq!(
            with_query("https://rp.example/cb?a=1", &[("b", "2")]),
            "https://rp.example/cb?a=1&b=2"
        );
        assert_eq!(with_query("app:/cb", &[]), "app:/cb");
    }
}
