//! Where what waits to be told outside is told: a SIEM, or a chat of the monitoring team.
//!
//! **Invariant:** a page counts as told only when the other side took it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::claim::Work;
use sekisho_core::notice::Locale;
use sekisho_core::siem::{Recorded, ToldAlerts, Way, Wording, chat, event};
use serde_json::json;

use super::hook::Hooks;
use super::siem::{SiemOut, Told};
use crate::fault::Fault;

/// A way out.
pub trait Outlet: Send + Sync {
    /// Which list it takes from, and as whose work.
    fn way(&self) -> (Way, Work);

    /// Hands a page over.
    fn hand(
        &self,
        page: &[Recorded],
        wording: &Wording,
    ) -> impl Future<Output = Result<(), String>> + Send;
}

impl Outlet for SiemOut {
    fn way(&self) -> (Way, Work) {
        (Way::Siem, Work::Siem)
    }

    async fn hand(&self, page: &[Recorded], wording: &Wording) -> Result<(), String> {
        let told = page.iter().map(|recorded| {
            let (json, severity) = event(recorded, wording);
            Told {
                at: recorded.entry.at,
                json: json.to_string(),
                severity,
            }
        });
        let told: Vec<_> = told.collect();
        self.send(&told).await
    }
}

/// An incoming webhook of a chat, which takes `{"text": …}`: Slack, Mattermost, Rocket.Chat and
/// Google Chat do.
#[derive(Clone)]
pub struct Chat {
    hooks: Hooks,
    // Whoever has it writes in the room.
    url: SecretString,
    locale: Locale,
    told: Arc<Mutex<ToldAlerts>>,
}

impl std::fmt::Debug for Chat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chat")
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

impl Chat {
    /// The room at `url`, told in this language.
    ///
    /// # Errors
    /// [`Fault::Config`] for an address that cannot be used.
    pub fn new(hooks: Hooks, url: SecretString, locale: Locale) -> Result<Self, Fault> {
        hooks
            .check(url.expose_secret())
            .map_err(|why| Fault::Config {
                what: format!("siem.chat_file: {why}"),
            })?;
        Ok(Self {
            hooks,
            url,
            locale,
            told: Arc::default(),
        })
    }

    fn told(&self) -> MutexGuard<'_, ToldAlerts> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn say(&self, text: &str) -> Result<(), String> {
        let body = json!({ "text": text }).to_string();
        let headers = [("content-type", "application/json")];
        let url = self.url.expose_secret();
        self.hooks.post(url, &headers, body.as_bytes()).await
    }

    /// Says that nothing happened.
    ///
    /// # Errors
    /// Says what the other side did.
    pub async fn test(&self) -> Result<(), String> {
        self.say(match self.locale {
            Locale::En => "Sekisho: a test, nothing happened",
            Locale::Ja => "Sekisho: 接続の確認です。何も起きていません。",
        })
        .await
    }
}

impl Outlet for Chat {
    fn way(&self) -> (Way, Work) {
        (Way::Chat, Work::SiemChat)
    }

    async fn hand(&self, page: &[Recorded], wording: &Wording) -> Result<(), String> {
        let told = self.told().clone();
        let Some((text, now)) = chat(page, &told, (self.locale, wording)) else {
            return Ok(());
        };
        self.say(&text).await?;
        *self.told() = now;
        Ok(())
    }
}
