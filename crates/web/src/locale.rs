//! Which language a page is in: what was just chosen, what was chosen before, what the browser
//! prefers, Japanese.
//!
//! **Invariant:** a language is one of those offered, whatever the request says.

use axum::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use sekisho_core::notice::Locale;

use crate::cookies;

/// The language of a request, and whether it was chosen by this very request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Chosen now (`?lang=en`), to be remembered.
    Chosen(Locale),
    /// Remembered or negotiated.
    Found(Locale),
}

impl Choice {
    /// The language.
    #[must_use]
    pub const fn locale(self) -> Locale {
        match self {
            Self::Chosen(locale) | Self::Found(locale) => locale,
        }
    }
}

/// The language of a request with this query.
#[must_use]
pub fn choose(query: Option<&str>, headers: &HeaderMap) -> Choice {
    choose_by(query, headers, cookies::LANGUAGE)
}

/// The same where the language is remembered in another cookie.
#[must_use]
pub fn choose_by(query: Option<&str>, headers: &HeaderMap, cookie: &str) -> Choice {
    let asked = query
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .and_then(Locale::parse);
    if let Some(locale) = asked {
        return Choice::Chosen(locale);
    }
    let remembered = cookies::read(headers, cookie).and_then(Locale::parse);
    Choice::Found(remembered.unwrap_or_else(|| negotiate(headers)))
}

/// The best of the languages in `Accept-Language` (RFC 9110 section 12.5.4); Japanese when none is
/// offered.
fn negotiate(headers: &HeaderMap) -> Locale {
    let accepted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|header| header.to_str().ok())
        .unwrap_or_default();
    let mut best = (0, Locale::Ja);
    for range in accepted.split(',').take(20) {
        let (tag, rest) = range.split_once(';').unwrap_or((range, ""));
        let weight = weight(rest.trim());
        match Locale::parse(tag.trim()) {
            Some(locale) if weight > best.0 => best = (weight, locale),
            _ => {}
        }
    }
    best.1
}

/// A quality value in thousandths; 1000 without one, 0 for one that cannot be read.
fn weight(parameter: &str) -> u16 {
    if parameter.is_empty() {
        return 1000;
    }
    let Some(value) = parameter.strip_prefix("q=") else {
        return 0;
    };
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let digits = decimals.len() <= 3 && decimals.bytes().all(|b| b.is_ascii_digit());
    match (whole, digits) {
        ("1", true) => 1000,
        ("0", true) => format!("{decimals:0<3}").parse().unwrap_or_default(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE;

    #[test]
    fn the_browser_is_heard() {
        let cases = [
            ("", Locale::Ja),
            ("en-GB,en;q=0.9", Locale::En),
            ("fr-FR,fr;q=0.9,en;q=0.5,ja;q=0.4", Locale::En),
            ("fr", Locale::Ja),
            ("en;q=0.3, ja;q=0.8", Locale::Ja),
            ("ja,en;q=0.9", Locale::Ja),
            ("en;q=0", Locale::Ja),
            ("en;q=nan", Locale::Ja),
        ];
        for (header, locale) in cases {
            let value = HeaderValue::from_static(header);
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, value)]);
            assert_eq!(choose(None, &headers), Choice::Found(locale), "{header}");
        }
    }

    #[test]
    fn a_choice_beats_memory_and_memory_beats_the_browser() {
        let cookie = HeaderValue::from_static("__Host-lang=ja");
        let accepted = HeaderValue::from_static("en");
        let headers = HeaderMap::from_iter([(COOKIE, cookie), (ACCEPT_LANGUAGE, accepted)]);
        assert_eq!(choose(None, &headers), Choice::Found(Locale::Ja));
        assert_eq!(
            choose(Some("lang=en"), &headers),
            Choice::Chosen(Locale::En)
        );
        assert_eq!(
            choose(Some("a=b&lang=xx"), &headers),
            Choice::Found(Locale::Ja)
        );
    }
}
