//! What a customer finds in the message box, read over HTTP.
//!
//! **Invariant:** a message is looked at once, in the order in which messages came.

use std::time::Duration;

use anyhow::Context as _;
use reqwest::Client;
use serde::Deserialize;

/// Longest wait for a message.
const PATIENCE: Duration = Duration::from_secs(30);

/// A message.
#[derive(Clone, Debug, Deserialize)]
pub struct Mail {
    number: usize,
    /// The address or phone number.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

impl Mail {
    /// The six digits of a code.
    pub fn code(&self) -> Option<String> {
        self.after("コード: ")
            .filter(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The code by which one says "this was not me".
    pub fn report(&self) -> Option<String> {
        self.after("連絡コード: ")
    }

    fn after(&self, label: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(label)?;
        rest.split_whitespace().next().map(str::to_owned)
    }
}

/// The messages to one customer that were not looked at yet.
pub struct Inbox {
    http: Client,
    messages: String,
    to: String,
    seen: usize,
}

impl Inbox {
    /// The messages to `to` from now on.
    pub async fn open(http: Client, messages: String, to: String) -> anyhow::Result<Self> {
        let mut inbox = Self {
            http,
            messages,
            to,
            seen: 0,
        };
        let all = inbox.fetch("messages.json").await?;
        inbox.seen = all.last().map_or(0, |mail| mail.number);
        Ok(inbox)
    }

    /// Every message to anybody since the inbox was opened, or since they were asked for last.
    ///
    /// # Errors
    /// When the message box does not answer.
    pub async fn all_new(&mut self) -> anyhow::Result<Vec<Mail>> {
        let mut all = self.fetch("messages.json").await?;
        all.retain(|mail| mail.number > self.seen);
        self.seen = all.last().map_or(self.seen, |mail| mail.number);
        Ok(all)
    }

    /// The code of the next message to this address or number that has one, whatever it is for;
    /// `None` if none came in time. Others before it are passed over.
    ///
    /// # Errors
    /// When the message box does not answer.
    pub async fn code_within(&mut self, patience: Duration) -> anyhow::Result<Option<String>> {
        self.found_within(patience, Mail::code).await
    }

    async fn found_within(
        &mut self,
        patience: Duration,
        find: impl Fn(&Mail) -> Option<String>,
    ) -> anyhow::Result<Option<String>> {
        let search = async {
            loop {
                let path = format!("messages.json?beyond={}", self.seen);
                for mail in self.fetch(&path).await? {
                    self.seen = mail.number;
                    let found = find(&mail).filter(|_| mail.to == self.to);
                    if found.is_some() {
                        return anyhow::Ok(found);
                    }
                }
            }
        };
        let found = tokio::time::timeout(patience, search).await;
        found.unwrap_or(Ok(None))
    }

    /// The report code of the next message that has one, as [`Self::code_within`].
    ///
    /// # Errors
    /// When the message box does not answer.
    pub async fn report_within(&mut self, patience: Duration) -> anyhow::Result<Option<String>> {
        self.found_within(patience, Mail::report).await
    }

    /// Every message to anybody, once no more came for two seconds.
    ///
    /// # Errors
    /// When the message box does not answer.
    pub async fn settled(&mut self) -> anyhow::Result<Vec<Mail>> {
        let mut all = self.all_new().await?;
        let next = Duration::from_secs(2);
        loop {
            let path = format!("messages.json?beyond={}", self.seen);
            let Ok(new) = tokio::time::timeout(next, self.fetch(&path)).await else {
                return Ok(all);
            };
            let new = new?;
            self.seen = new.last().map_or(self.seen, |mail| mail.number);
            all.extend(new);
        }
    }

    /// The next message whose subject holds `words`; those before it are passed over.
    pub async fn next(&mut self, words: &str) -> anyhow::Result<Mail> {
        let search = async {
            loop {
                let new = self
                    .fetch(&format!("messages.json?beyond={}", self.seen))
                    .await?;
                for mail in new {
                    self.seen = mail.number;
                    if mail.to == self.to && mail.subject.contains(words) {
                        return anyhow::Ok(mail);
                    }
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, search).await;
        found.with_context(|| format!("no mail about {words} to the customer within 30 s"))?
    }

    async fn fetch(&self, path: &str) -> anyhow::Result<Vec<Mail>> {
        let request = self.http.get(format!("{}/{path}", self.messages));
        let answer = request.timeout(PATIENCE).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}
