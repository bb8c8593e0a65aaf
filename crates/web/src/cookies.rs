//! Cookies: those of customers by name, read strictly and written in one way; those of the console
//! stricter still.
//!
//! **Invariant:** every cookie is `__Host-`, `Secure`, `HttpOnly`, `SameSite=Lax` or `Strict`, and
//! for the whole site, so no sister domain, script or foreign form can plant or read one.

use axum::http::header::{COOKIE, HeaderMap, HeaderValue};

/// The signed-in session.
pub const SESSION: &str = "__Host-session";
/// A browser that was recognised before.
pub const DEVICE: &str = "__Host-device";
/// A sign-in or registration that waits for its code.
pub const INTERACTION: &str = "__Host-interaction";
/// Others use the browser too, as somebody said who signed in.
pub const SHARED: &str = "__Host-shared";
/// Somebody who is not signed in; forms are bound to it.
pub const VISITOR: &str = "__Host-visitor";
/// The language that was chosen.
pub const LANGUAGE: &str = "__Host-lang";

/// Longest value taken. Ours are below 100 octets.
const MOST_VALUE: usize = 512;
/// How long a browser is remembered, in seconds: the 400 days that browsers allow (RFC 6265bis,
/// section 5.5).
const LONG: u32 = 400 * 24 * 60 * 60;
/// What cookies of the console say.
const STRICT: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The value of one of our cookies.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .filter(|value| (1..=MOST_VALUE).contains(&value.len()) && value.bytes().all(plain))
}

fn header(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok()
}

/// A `Set-Cookie` that lasts until the browser closes, or 400 days for a device or a language.
#[must_use]
pub fn set(name: &str, value: &str) -> Option<HeaderValue> {
    let age = if matches!(name, DEVICE | LANGUAGE) {
        format!("; Max-Age={LONG}")
    } else {
        String::new()
    };
    header(&format!(
        "{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}"
    ))
}

/// A `Set-Cookie` that removes the cookie.
#[must_use]
pub fn clear(name: &str) -> Option<HeaderValue> {
    header(&format!(
        "{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    ))
}

/// A `Set-Cookie` of the console, which lasts until the browser closes and comes with nothing that
/// begins elsewhere.
#[must_use]
pub fn set_strict(name: &str, value: &str) -> Option<HeaderValue> {
    header(&format!("{name}={value}; {STRICT}"))
}

/// A `Set-Cookie` that removes a cookie of the console.
#[must_use]
pub fn clear_strict(name: &str) -> Option<HeaderValue> {
    header(&format!("{name}=; {STRICT}; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(text))])
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = headers("a=b; __Host-session=abc-_; __Host-lang=ja");
        assert_eq!(read(&headers, SESSION), Some("abc-_"));
        assert_eq!(read(&headers, LANGUAGE), Some("ja"));
        assert_eq!(read(&headers, DEVICE), None);
    }

    #[test]
    fn a_strange_value_is_no_cookie() {
        assert_eq!(read(&headers("__Host-session=a b"), SESSION), None);
        assert_eq!(read(&headers("__Host-session="), SESSION), None);
        assert_eq!(read(&headers("session=abc"), SESSION), None);
    }

    #[test]
    fn every_cookie_keeps_to_the_host() {
        for header in [set_strict(SESSION, "abc"), clear_strict(SESSION)] {
            let header = header.unwrap();
            let text = header.to_str().unwrap();
            assert!(text.contains("; Path=/; Secure; HttpOnly; SameSite=Strict"));
            assert!(!text.contains("Domain"), "{text}");
        }
        for header in [set(SESSION, "abc"), set(DEVICE, "abc"), clear(SESSION)] {
            let header = header.unwrap();
            let text = header.to_str().unwrap();
            assert!(
                text.contains("; Path=/; Secure; HttpOnly; SameSite=Lax"),
                "{text}"
            );
            assert!(!text.contains("Domain"), "{text}");
        }
    }
}
