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
    to: String,
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
