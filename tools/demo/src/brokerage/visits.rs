//! Whoever is at the brokerage's pages: sessions, sign-ins under way, forms, language, place.
//!
//! **Invariant:** a session is known by a cookie that nobody can guess, and a form acts only with
//! the token of its session.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use sekisho_core::moment::{Moment, Span};

use super::oidc::Pending;
use crate::page::cookie;

/// The cookie of a session.
pub const SESSION: &str = "hinode_session";
/// The cookie of a sign-in under way.
pub const LOGIN: &str = "hinode_login";
/// The cookie of a browser.
pub const DEVICE: &str = "hinode_device";
/// The cookie of a chosen language.
pub const LANGUAGE: &str = "hinode_language";

/// How long a session lives.
const SESSION_LIFE: Span = Span::hours(1);
/// How long a sign-in may take.
const LOGIN_LIFE: Span = Span::minutes(20);
/// Sessions and sign-ins that are remembered at most, of each.
const MOST: usize = 10_000;

/// Somebody who signed in.
#[derive(Clone, Debug)]
pub struct Member {
    /// The customer's number.
    pub customer: String,
    /// Methods that the ID token named, in the words of Sekisho's API.
    pub verified: Vec<&'static str>,
    /// For signing out.
    pub id_token: String,
    /// The token of this session's forms.
    pub csrf: String,
}

/// Values that are forgotten after their time.
struct Kept<T> {
    life: Span,
    values: Mutex<HashMap<String, (Moment, T)>>,
}

impl<T: Clone> Kept<T> {
    fn new(life: Span) -> Self {
        Self {
            life,
            values: Mutex::default(),
        }
    }

    fn put(&self, key: String, value: T, now: Moment) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if values.len() >= MOST {
            values.retain(|_, (until, _)| *until > now);
        }
        if values.len() < MOST {
            values.insert(key, (now.plus(self.life), value));
        }
    }

    fn find(&self, key: &str, now: Moment) -> Option<T> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let found = values.get(key).filter(|(until, _)| *until > now);
        found.map(|(_, value)| value.clone())
    }

    fn take(&self, key: &str, now: Moment) -> Option<T> {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let found = values.remove(key).filter(|(until, _)| *until > now);
        found.map(|(_, value)| value)
    }
}

/// Everybody who is there.
pub struct Visits {
    members: Kept<Member>,
    logins: Kept<Pending>,
}

impl Default for Visits {
    fn default() -> Self {
        Self {
            members: Kept::new(SESSION_LIFE),
            logins: Kept::new(LOGIN_LIFE),
        }
    }
}

impl Visits {
    /// Remembers a sign-in under way.
    pub fn begin(&self, key: String, pending: Pending, now: Moment) {
        self.logins.put(key, pending, now);
    }

    /// The sign-in that this browser began; it is answered once.
    pub fn answered(&self, headers: &HeaderMap, now: Moment) -> Option<Pending> {
        self.logins.take(cookie(headers, LOGIN)?, now)
    }

    /// Opens a session.
    pub fn open(&self, key: String, member: Member, now: Moment) {
        self.members.put(key, member, now);
    }

    /// Who is there.
    pub fn member(&self, headers: &HeaderMap, now: Moment) -> Option<Member> {
        self.members.find(cookie(headers, SESSION)?, now)
    }

    /// Ends the session.
    pub fn close(&self, headers: &HeaderMap, now: Moment) {
        if let Some(key) = cookie(headers, SESSION) {
            self.members.take(key, now);
        }
    }
}

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Language {
    /// `ja` or `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.get(..2)? {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// What was chosen before, else the first that the browser names, else Japanese.
    pub fn of(headers: &HeaderMap) -> Self {
        let chosen = cookie(headers, LANGUAGE).and_then(Self::parse);
        let named = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.split(',').find_map(|tag| Self::parse(tag.trim())));
        chosen.or(named).unwrap_or(Self::Ja)
    }
}

/// The address of the browser. The brokerage listens on this machine alone and believes whatever
/// stands before it, so that `X-Forwarded-For` can play places.
pub fn address(headers: &HeaderMap) -> String {
    let forwarded = headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|text| text.rsplit(',').next());
    last.map_or("127.0.0.1", str::trim).to_owned()
}

/// The `User-Agent`, as much of it as the API takes.
pub fn user_agent(headers: &HeaderMap) -> String {
    let text = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    text.unwrap_or_default().chars().take(1_024).collect()
}

/// `amr` values (RFC 8176) in the words of the API; those we know nothing of are left out.
pub fn verified(amr: &[String]) -> Vec<&'static str> {
    let word = |value: &String| match value.as_str() {
        "pwd" => Some("password"),
        "otp" => Some("mail_code"),
        "sms" => Some("sms_code"),
        "hwk" => Some("passkey"),
        _ => None,
    };
    amr.iter().filter_map(word).collect()
}
