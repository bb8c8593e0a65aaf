//! A browser without a screen: cookies, redirects, forms; at an address that a proxy header plays.
//!
//! Like the browsers people use, it keeps cookies by host and whatever the port, and takes secure
//! ones on this machine without TLS.
//!
//! **Invariant:** it sends what a page's form holds and what was typed, nothing else.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use reqwest::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE, USER_AGENT};
use reqwest::{Client, RequestBuilder, Response, Url};

use crate::{Seat, html};

/// Most redirects that are followed.
const MOST_HOPS: usize = 12;

/// A page that is shown.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its address.
    pub url: Url,
    /// Its status.
    pub status: u16,
    /// Its text.
    pub html: String,
}

impl Page {
    /// Whether it has a field with this name or autocompletion.
    pub fn has(&self, field: &str) -> bool {
        html::forms(&self.html).iter().any(|form| form.has(field))
    }

    /// What a person reads of it.
    pub fn text(&self) -> String {
        html::main_text(&self.html)
    }

    /// Whether it lies at `origin`.
    pub fn is_at(&self, origin: &str) -> bool {
        self.url.origin().ascii_serialization() == origin
    }

    /// For a step that was missed: where one is, and the beginning of what is read there.
    pub fn told(&self) -> String {
        let text: String = self.text().chars().take(160).collect();
        format!("{} {} «{text}»", self.status, self.url)
    }
}

/// A browser.
pub struct Browser {
    http: Client,
    seat: Seat,
    cookies: BTreeMap<String, String>,
    /// The origins that it may open; `None`: any.
    within: Option<Vec<String>>,
}

impl Browser {
    /// A fresh browser at a seat.
    pub const fn new(http: Client, seat: Seat) -> Self {
        Self {
            http,
            seat,
            cookies: BTreeMap::new(),
            within: None,
        }
    }

    /// The same browser, which opens nothing but pages of these addresses' origins, whatever a
    /// page or a redirect says.
    ///
    /// # Errors
    /// When one of them is no address.
    pub fn only(mut self, addresses: &[&str]) -> anyhow::Result<Self> {
        let origin = |text: &&str| {
            let url = Url::parse(text);
            url.map(|url| url.origin().ascii_serialization())
        };
        let origins: Result<_, _> = addresses.iter().map(origin).collect();
        self.within = Some(origins?);
        Ok(self)
    }

    /// Where it is.
    pub const fn seat(&self) -> &Seat {
        &self.seat
    }

    /// A copy of this browser's cookies in another one, as a thief has them.
    #[must_use]
    pub fn copied_to(&self, seat: Seat) -> Self {
        Self {
            http: self.http.clone(),
            seat,
            cookies: self.cookies.clone(),
            within: self.within.clone(),
        }
    }

    /// Opens an address.
    ///
    /// # Errors
    /// When nobody answers, or pages lead on without end.
    pub async fn open(&mut self, address: &str) -> anyhow::Result<Page> {
        let url = Url::parse(address)?;
        self.follow(self.http.get(url)).await
    }

    /// Follows the link with this text.
    ///
    /// # Errors
    /// When there is none, and those of [`Self::open`].
    pub async fn click(&mut self, page: &Page, text: &str) -> anyhow::Result<Page> {
        let to = html::link(&page.html, text);
        let to = to.with_context(|| format!("no link {text} on {}", page.told()))?;
        let url = page.url.join(&to)?;
        self.follow(self.http.get(url)).await
    }

    /// Types into the form that has the first of these fields, and submits it.
    ///
    /// # Errors
    /// When there is none, and those of [`Self::open`].
    pub async fn submit(&mut self, page: &Page, typed: &[(&str, &str)]) -> anyhow::Result<Page> {
        let first = typed.first().map_or("csrf", |(field, _)| field);
        let form = html::forms(&page.html)
            .into_iter()
            .find(|form| form.has(first));
        let form = form.with_context(|| format!("no form with {first} on {}", page.told()))?;
        self.send(page, &form, typed).await
    }

    /// Presses the button of the form that goes to an address with this ending.
    ///
    /// # Errors
    /// When there is none, and those of [`Self::open`].
    pub async fn press(&mut self, page: &Page, ending: &str) -> anyhow::Result<Page> {
        let mut forms = html::forms(&page.html).into_iter();
        let form = forms.find(|form| form.action.ends_with(ending));
        let form = form.with_context(|| format!("no form to {ending} on {}", page.told()))?;
        self.send(page, &form, &[]).await
    }

    async fn send(
        &mut self,
        page: &Page,
        form: &html::Form,
        typed: &[(&str, &str)],
    ) -> anyhow::Result<Page> {
        let value = |input: &html::Input| {
            let typed = typed.iter().find(|(field, _)| input.is(field));
            typed.map_or_else(|| input.value.clone(), |(_, text)| (*text).to_owned())
        };
        let pairs: Vec<_> = form
            .inputs
            .iter()
            .map(|input| (input.name.as_str(), value(input)))
            .collect();
        let url = page.url.join(&form.action)?;
        let origin = page.url.origin().ascii_serialization();
        let request = self.http.post(url).header("origin", origin).form(&pairs);
        self.follow(request).await
    }

    async fn follow(&mut self, request: RequestBuilder) -> anyhow::Result<Page> {
        let mut request = request;
        for _ in 0..MOST_HOPS {
            let dressed = self.dressed(request).build()?;
            self.may_open(dressed.url())?;
            let answer = self.http.execute(dressed).await?;
            self.keep_cookies(&answer);
            let (url, status) = (answer.url().clone(), answer.status());
            let location = answer
                .headers()
                .get(LOCATION)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned);
            if let (true, Some(to)) = (status.is_redirection(), location) {
                request = self.http.get(url.join(&to)?);
                continue;
            }
            let html = answer.text().await?;
            if let Some(to) = html::refresh(&html) {
                request = self.http.get(url.join(&to)?);
                continue;
            }
            return Ok(Page {
                url,
                status: status.as_u16(),
                html,
            });
        }
        bail!("sent from page to page {MOST_HOPS} times")
    }

    fn may_open(&self, url: &Url) -> anyhow::Result<()> {
        let origin = url.origin().ascii_serialization();
        let allowed = self.within.as_ref().is_none_or(|all| all.contains(&origin));
        ensure!(allowed, "sent on to {origin}, which is not to be opened");
        Ok(())
    }

    fn dressed(&self, request: RequestBuilder) -> RequestBuilder {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header(USER_AGENT, &self.seat.user_agent)
            .header("x-forwarded-for", self.seat.address.to_string())
            .header(ACCEPT_LANGUAGE, "ja-JP,ja;q=0.9");
        if pairs.is_empty() {
            return request;
        }
        request.header(COOKIE, pairs.join("; "))
    }

    fn keep_cookies(&mut self, answer: &Response) {
        for value in answer.headers().get_all(SET_COOKIE) {
            let text = value.to_str().unwrap_or_default();
            let mut parts = text.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_what_was_named_is_opened() {
        let seat = Seat {
            address: "198.51.100.9".parse().unwrap(),
            user_agent: String::new(),
        };
        let free = Browser::new(crate::http().unwrap(), seat);
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(free.may_open(&url("https://id.example.jp/")).is_ok());
        let bound = free.only(&["http://localhost:8080/x"]).unwrap();
        let copied = bound.copied_to(bound.seat().clone());
        for browser in [bound, copied] {
            assert!(
                browser
                    .may_open(&url("http://localhost:8080/sign-in"))
                    .is_ok()
            );
            for other in [
                "https://id.example.jp/confirm/1",
                "http://localhost:8081/",
                "https://localhost:8080/",
                "http://localhost.example.jp:8080/",
            ] {
                assert!(browser.may_open(&url(other)).is_err(), "{other}");
            }
        }
    }
}
