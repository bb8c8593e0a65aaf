//! The frame around every page: whose it is, in which language, at which address, how to reach a
//! person.
//!
//! **Invariant:** every page names the operator first and the address it should be read at.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use sekisho_core::notice::Locale;

use super::arrival::Arrival;
use super::assets;
use crate::forms::{Errors, encode};
use crate::state::App;
use crate::texts::{Texts, fill};

/// What templates know of a customer who is signed in.
#[derive(Clone, Debug)]
pub struct Member {
    /// Token of the form that signs out.
    pub sign_out_csrf: String,
}

/// The frame.
#[derive(Clone, Debug)]
pub struct Frame {
    pub t: Texts,
    pub lang: &'static str,
    pub other_lang: &'static str,
    pub other_language_href: String,
    pub title: String,
    pub heading: String,
    pub name: String,
    pub support: String,
    pub host: String,
    pub address_line: String,
    pub has_logo: bool,
    pub logo: &'static str,
    pub style: String,
    pub brand_style: String,
    pub script: String,
    pub path: String,
    pub member: Option<Member>,
}

impl Frame {
    /// The frame of a page with this heading.
    pub fn of(arrival: &Arrival, heading: &str) -> Self {
        Self::at(
            arrival.app(),
            arrival.locale(),
            (arrival.path(), arrival.query()),
        )
        .headed(heading)
    }

    /// The frame of a page of a customer who is signed in.
    pub fn of_member(arrival: &Arrival, heading: &str) -> Self {
        let gate = &arrival.app().gate;
        let sign_out_csrf = gate.csrf_token(arrival.session_binding(), "sign_out");
        let mut frame = Self::of(arrival, heading);
        frame.member = Some(Member { sign_out_csrf });
        frame
    }

    fn at(app: &App, locale: Locale, here: (&str, Option<&str>)) -> Self {
        Self::branded(&app.brand, app.public.authority(), (locale, here))
    }

    /// The frame for a brand at a host, without a heading yet.
    pub(super) fn branded(
        brand: &crate::brand::Brand,
        host: &str,
        (locale, (path, query)): (Locale, (&str, Option<&str>)),
    ) -> Self {
        let t = Texts::of(locale);
        let other = match locale {
            Locale::En => Locale::Ja,
            Locale::Ja => Locale::En,
        };
        Self {
            t,
            lang: locale.tag(),
            other_lang: other.tag(),
            other_language_href: switched(path, query, other),
            title: String::new(),
            heading: String::new(),
            name: brand.name(locale).to_owned(),
            support: brand.support(locale).to_owned(),
            host: host.to_owned(),
            address_line: fill(t.frame.address, &[("host", &host)]),
            has_logo: brand.logo().is_some(),
            logo: assets::LOGO,
            style: versioned(assets::STYLE, assets::STYLE_TEXT),
            brand_style: versioned(assets::BRAND_STYLE, &brand.style()),
            script: versioned(assets::SCRIPT, assets::SCRIPT_TEXT),
            path: path.to_owned(),
            member: None,
        }
    }

    /// The same frame with another heading.
    #[must_use]
    pub fn headed(mut self, heading: &str) -> Self {
        heading.clone_into(&mut self.heading);
        heading.clone_into(&mut self.title);
        self
    }

    /// The same frame with a title that begins with the word for error.
    #[must_use]
    pub fn erring(mut self) -> Self {
        self.title = fill(self.t.frame.error_title, &[("title", &self.heading)]);
        self
    }

    /// The same frame, erring if anything is wrong.
    #[must_use]
    pub fn with(self, errors: &Errors) -> Self {
        if errors.is_empty() {
            self
        } else {
            self.erring()
        }
    }
}

/// This address in another language. Pages that only answer forms are left for the page with the
/// form.
fn switched(path: &str, query: Option<&str>, locale: Locale) -> String {
    let path = match path {
        "/approve/not-me" => "/approve",
        _ if path.starts_with("/security/push/") => "/security/push",
        _ if path.starts_with("/security/passkeys/") => "/security/passkeys",
        "/security/prove/code" | "/security/prove/passkey" => "/security/prove",
        _ if path.starts_with("/security/devices/") => "/security/devices",
        _ if path.starts_with("/security/sessions/") => "/security/sessions",
        _ if path.starts_with("/security/totp/") => "/security/totp",
        "/code/passkey" | "/code/resend" | "/code/totp" => "/code",
        _ if path.starts_with("/security/recovery/") => "/security",
        "/sign-in/passkey" => "/sign-in",
        _ => path
            .strip_suffix("/decline")
            .or_else(|| path.strip_suffix("/code"))
            .or_else(|| path.strip_suffix("/passkey"))
            .or_else(|| path.strip_suffix("/use"))
            .unwrap_or(path),
    };
    let path = if path.is_empty() { "/code" } else { path };
    let kept: Vec<&str> = query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .collect();
    let mut href = format!("{path}?");
    for pair in kept {
        href.push_str(pair);
        href.push('&');
    }
    href.push_str("lang=");
    href.push_str(&encode(locale.tag()));
    href
}

/// The address of a file with a mark that changes when its text does.
pub(crate) fn versioned(path: &str, text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{path}?v={:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_language_keeps_the_place() {
        let cases = [
            ("/sign-in", None, "/sign-in?lang=en"),
            (
                "/sign-in",
                Some("return_to=%2Fx&lang=ja"),
                "/sign-in?return_to=%2Fx&lang=en",
            ),
            ("/code", None, "/code?lang=en"),
            ("/code/resend", None, "/code?lang=en"),
            (
                "/security/sessions/ses_1",
                None,
                "/security/sessions?lang=en",
            ),
            ("/confirm/opr_1/code", None, "/confirm/opr_1?lang=en"),
            ("/confirm/opr_1/decline", None, "/confirm/opr_1?lang=en"),
        ];
        for (path, query, href) in cases {
            assert_eq!(switched(path, query, Locale::En), href);
        }
    }
}
