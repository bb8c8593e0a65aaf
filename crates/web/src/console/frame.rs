//! The frame around every page of the console: whose it is, who is signed in, where else to go.
//!
//! **Invariant:** every page names the operator first, that this is the console, and who is signed
//! in.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::known::StaffRole;
use sekisho_core::notice::Locale;
use sekisho_gate::StaffSession;

use super::assets::{CONSOLE_STYLE, CONSOLE_STYLE_TEXT};
use super::visit::Visit;
use crate::brand::Brand;
use crate::forms::{Errors, encode};
use crate::pages::Trouble;
use crate::pages::assets::{BRAND_STYLE, LOGO, STYLE, STYLE_TEXT};
use crate::pages::frame::versioned;
use crate::pages::trouble::said;
use crate::texts::{ConsoleWords, Texts, When, fill};

/// What templates know of who is signed in.
#[derive(Clone, Debug)]
pub struct Who {
    pub name: String,
    pub roles: String,
    pub ends: When,
    pub sign_out_csrf: String,
}

/// The frame.
#[derive(Clone, Debug)]
pub struct ConsoleFrame {
    pub t: Texts,
    pub lang: &'static str,
    pub other_lang: &'static str,
    pub other_language_href: String,
    pub title: String,
    pub heading: String,
    pub name: String,
    pub host: String,
    pub has_logo: bool,
    pub logo: &'static str,
    pub style: String,
    pub brand_style: String,
    pub console_style: String,
    pub path: String,
    pub who: Option<Who>,
}

impl ConsoleFrame {
    /// The frame of a page with this heading, for somebody who is not signed in.
    pub fn of(visit: &Visit, heading: &str) -> Self {
        let app = visit.app();
        let here = (visit.path(), visit.query());
        Self::branded(&app.brand, app.public.authority(), (visit.locale(), here)).headed(heading)
    }

    /// The frame of a page of somebody who is signed in.
    pub fn of_person(visit: &Visit, session: &StaffSession, heading: &str) -> Self {
        let words = visit.texts().console;
        let roles = session.roles().iter().map(|role| role_name(*role, words));
        let who = Who {
            name: session.name().to_string(),
            roles: roles.collect::<Vec<_>>().join(match visit.locale() {
                Locale::En => ", ",
                Locale::Ja => "・",
            }),
            ends: When::of(session.ends(), visit.locale()),
            sign_out_csrf: visit
                .gate()
                .csrf_token(visit.session_binding(), "console_sign_out"),
        };
        Self {
            who: Some(who),
            ..Self::of(visit, heading)
        }
    }

    /// The frame for a brand at a host, without a heading yet.
    pub(super) fn branded(
        brand: &Brand,
        host: &str,
        (locale, (path, query)): (Locale, (&str, Option<&str>)),
    ) -> Self {
        let other = match locale {
            Locale::En => Locale::Ja,
            Locale::Ja => Locale::En,
        };
        Self {
            t: Texts::of(locale),
            lang: locale.tag(),
            other_lang: other.tag(),
            other_language_href: switched(path, query, other),
            title: String::new(),
            heading: String::new(),
            name: brand.name(locale).to_owned(),
            host: host.to_owned(),
            has_logo: brand.logo().is_some(),
            logo: LOGO,
            style: versioned(STYLE, STYLE_TEXT),
            brand_style: versioned(BRAND_STYLE, &brand.style()),
            console_style: versioned(CONSOLE_STYLE, CONSOLE_STYLE_TEXT),
            path: path.to_owned(),
            who: None,
        }
    }

    /// The same frame with another heading.
    #[must_use]
    pub fn headed(mut self, heading: &str) -> Self {
        heading.clone_into(&mut self.heading);
        heading.clone_into(&mut self.title);
        self
    }

    /// The same frame, erring if anything is wrong.
    #[must_use]
    pub fn with(mut self, errors: &Errors) -> Self {
        if !errors.is_empty() {
            self = self.erring();
        }
        self
    }

    fn erring(mut self) -> Self {
        self.title = fill(self.t.frame.error_title, &[("title", &self.heading)]);
        self
    }

    /// Until when the session lasts.
    pub fn until(&self, when: &str) -> String {
        fill(self.t.console.until, &[("when", &when)])
    }

    /// `page` where this is the page itself, for `aria-current`; `true` below it.
    pub fn current(&self, section: &str) -> Option<&'static str> {
        let below = self.path.strip_prefix(section)?;
        match below {
            "" => Some("page"),
            _ if section != "/" && below.starts_with('/') => Some("true"),
            _ => None,
        }
    }
}

/// The name of a role.
pub(super) const fn role_name(role: StaffRole, words: &ConsoleWords) -> &'static str {
    match role {
        StaffRole::Administrator => words.administrator,
        StaffRole::Approver => words.approver,
        StaffRole::Auditor => words.auditor,
        StaffRole::Desk => words.desk,
        StaffRole::Monitor => words.monitor,
        StaffRole::Operations => words.operations,
        StaffRole::RuleAuthor => words.rule_author,
    }
}

/// Lists whose rows have pages of their own.
const LISTS: [&str; 6] = [
    "/alerts/",
    "/cases/",
    "/customers/",
    "/networks/",
    "/operations/",
    "/rules/",
];

/// This page in another language. What only answers forms is left for the page with the form.
fn switched(path: &str, query: Option<&str>, locale: Locale) -> String {
    let path = match path {
        _ if path.starts_with("/passkeys/") => "/passkeys",
        _ if path.starts_with("/stops/") => "/stops",
        "/networks/look" => "/networks",
        _ if LISTS.iter().any(|list| path.starts_with(list)) => {
            let steps = [
                "/approve", "/close", "/end", "/note", "/respond", "/reveal", "/shadow", "/take",
            ];
            let step = steps.iter().find_map(|step| path.strip_suffix(step));
            step.unwrap_or(path)
        }
        _ => path,
    };
    let pairs = query.unwrap_or_default().split('&');
    let kept = pairs.filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
    let mut href = format!("{path}?");
    for pair in kept {
        href.push_str(pair);
        href.push('&');
    }
    href + "lang=" + &encode(locale.tag())
}

/// The page that says what went wrong.
#[derive(Template)]
#[template(path = "console/trouble.html")]
pub struct TroublePage {
    pub f: ConsoleFrame,
    pub text: String,
    pub request: Option<String>,
}

impl TroublePage {
    /// The page of `trouble`.
    pub fn of(visit: &Visit, trouble: Trouble) -> Self {
        let request = visit.request_id().map(str::to_owned);
        Self::framed(ConsoleFrame::of(visit, ""), trouble, request)
    }

    /// The page of `trouble` in a given frame.
    pub fn framed(frame: ConsoleFrame, trouble: Trouble, request: Option<String>) -> Self {
        let (heading, text) = said(trouble, frame.t.trouble);
        Self {
            text,
            f: frame.headed(heading).erring(),
            request,
        }
    }
}

/// Onward to a page of the console.
pub(super) fn onward(to: &str) -> Response {
    Redirect::to(to).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_language_keeps_the_place() {
        for (path, query, href) in [
            ("/", None, "/?lang=en"),
            (
                "/alerts",
                Some("before=1&lang=ja"),
                "/alerts?before=1&lang=en",
            ),
            ("/passkeys/crd_1/remove", None, "/passkeys?lang=en"),
            ("/cases/cas_1/take", None, "/cases/cas_1?lang=en"),
            ("/rules/mine.2/approve", None, "/rules/mine.2?lang=en"),
            ("/rules/new", None, "/rules/new?lang=en"),
            ("/networks/look", None, "/networks?lang=en"),
            ("/networks/lst_1/end", None, "/networks/lst_1?lang=en"),
        ] {
            assert_eq!(switched(path, query, Locale::En), href);
        }
    }
}
