//! A browser without JavaScript: it keeps cookies, follows redirects on the site, fills in forms.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use sekisho_web::client::Peer;
use serde_json::json;

use crate::fixture::{Answer, CUSTOMER, LOGIN, PASSWORD, PEER, Site};

pub struct Browser<'a> {
    site: &'a Site,
    cookies: BTreeMap<String, String>,
    /// Headers that it sends with everything.
    pub headers: HeaderMap,
    /// From where it comes.
    pub peer: SocketAddr,
}

/// Everything but unreserved characters as `%XX`.
pub fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let one = |byte: u8| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// One parameter of an address, decoded.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || char::from(rest.next().unwrap()).to_digit(16).unwrap() as u8;
        bytes.push(if byte == b'%' {
            digit() * 16 + digit()
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

/// The value of an attribute that stands after `mark` on a page.
pub fn after(page: &str, mark: &str) -> String {
    let (_, rest) = page
        .split_once(mark)
        .unwrap_or_else(|| panic!("no {mark} in {page}"));
    rest.split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#38;", "&")
}

impl<'a> Browser<'a> {
    pub fn of(site: &'a Site) -> Self {
        Self {
            site,
            cookies: BTreeMap::new(),
            headers: HeaderMap::new(),
            peer: PEER.parse().unwrap(),
        }
    }

    /// Another browser with the same cookies.
    pub fn copied(&self) -> Self {
        Self {
            site: self.site,
            cookies: self.cookies.clone(),
            headers: self.headers.clone(),
            peer: self.peer,
        }
    }

    /// Another browser on the same device, in which nobody is signed in.
    pub fn on_the_same_device(&self) -> Self {
        let mut browser = self.copied();
        browser.cookies.remove("__Host-session");
        browser
    }

    /// Gives it a cookie.
    pub fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.into(), value.into());
    }

    /// Whether it has this cookie.
    pub fn holds(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    /// The token of a form for this browser's session, whether or not a page offers it.
    pub fn csrf(&self, form: &str) -> String {
        let session = &self.cookies["__Host-session"];
        self.site.gate.csrf_token(session, form)
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        request
            .headers_mut()
            .insert(header::COOKIE, cookies.parse().unwrap());
        request.headers_mut().extend(self.headers.clone());
        request.extensions_mut().insert(Peer(self.peer));
        let answer = self.site.send(request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.into(), value.into()),
            };
        }
        answer
    }

    /// Opens an address without following what it answers.
    pub async fn open(&mut self, path: &str) -> Answer {
        let path = path.trim_start_matches("https://id.example.jp");
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form without following what it answers.
    pub async fn submit(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form(pairs)));
        self.send(request.unwrap()).await
    }

    /// Follows redirects as long as they stay on the site; answers with the last page and the
    /// address that was not followed, if any.
    pub async fn follow(&mut self, mut answer: Answer) -> (Answer, Option<String>) {
        for _ in 0..10 {
            match answer.header("location").map(str::to_owned) {
                Some(place) if place.starts_with('/') => answer = self.open(&place).await,
                other => return (answer, other),
            }
        }
        panic!("it goes round in circles: {answer:?}");
    }

    /// Signs in on the page that `answer` is.
    pub async fn sign_in(&mut self, page: &Answer) -> Answer {
        assert!(
            page.text.contains("current-password"),
            "no sign-in page: {page:?}"
        );
        let csrf = after(&page.text, "name=\"csrf\" value=\"");
        let back = after(&page.text, "name=\"return_to\" value=\"");
        let fields = [
            ("csrf", csrf.as_str()),
            ("return_to", &back),
            ("login", LOGIN),
            ("password", PASSWORD),
        ];
        let answer = self.submit("/sign-in", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
        answer
    }
}

/// Lets the customer have been here before, so that the password is enough.
pub async fn familiar(site: &Site) {
    let body = json!({
        "customer": CUSTOMER, "act": "sign_in",
        "context": {"address": "203.0.113.7"}, "verified": ["password", "totp"],
    });
    let answer = site
        .post("/v1/decisions", Some(&site.broker.all), &body)
        .await;
    assert_eq!(answer.json()["verdict"], "allow");
}
