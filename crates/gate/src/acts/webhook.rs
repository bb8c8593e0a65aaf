//! Webhooks of applications, from the command line.
//!
//! **Invariant:** a secret is shown once, when it is made; the store has it sealed.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bytes::Sealed;
use sekisho_core::change::{Change, WebhookChange};
use sekisho_core::id::ApplicationId;
use sekisho_core::known::WebhookKnown;
use sekisho_core::moment::Span;
use sekisho_seal::webhook::WebhookSecret;

use crate::delivery::Hooks;
use crate::fault::Fault;
use crate::gate::Gate;
use crate::keys::Place;

/// For how long the secret before signs as well after a rotation.
const ROTATION: Span = Span::hours(24);

/// A webhook with what waits for it.
#[derive(Clone, Debug)]
pub struct WebhookView {
    /// The webhook. Its secrets are sealed.
    pub known: WebhookKnown,
    /// Operations whose present state was not told yet.
    pub waiting: i64,
}

impl Gate {
    /// Tells an application there from now on; answers the secret. A webhook that it had, and its
    /// secret, count no more.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn set_webhook(
        &self,
        application: ApplicationId,
        url: &str,
    ) -> Result<SecretString, Fault> {
        let (secret, sealed) = self.fresh_webhook_secret(application)?;
        let set = WebhookChange::Set {
            application,
            url: url.to_owned(),
            secret: sealed,
            at: self.now(),
        };
        self.administer_webhook(application, set).await?;
        Ok(secret)
    }

    /// Another secret, which signs beside the one before for a day. `None` when there is no
    /// webhook.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rotate_webhook(
        &self,
        application: ApplicationId,
    ) -> Result<Option<SecretString>, Fault> {
        if self.store().webhook(application).await?.is_none() {
            return Ok(None);
        }
        let (secret, sealed) = self.fresh_webhook_secret(application)?;
        let rotated = WebhookChange::Rotated {
            application,
            secret: sealed,
            until: self.now().plus(ROTATION),
        };
        self.administer_webhook(application, rotated).await?;
        Ok(Some(secret))
    }

    /// Tells an application nothing any more; `false` when it was told nothing before.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove_webhook(&self, application: ApplicationId) -> Result<bool, Fault> {
        if self.store().webhook(application).await?.is_none() {
            return Ok(false);
        }
        let removed = WebhookChange::Removed { application };
        self.administer_webhook(application, removed).await?;
        Ok(true)
    }

    /// Every webhook, with its last failure and what waits.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn webhooks(&self) -> Result<Vec<WebhookView>, Fault> {
        let mut views = Vec::new();
        for known in self.store().webhooks().await? {
            let waiting = self.store().untold_count(known.application).await?;
            views.push(WebhookView { known, waiting });
        }
        Ok(views)
    }

    /// Posts a message of the type `test` to an application's webhook and says what was answered.
    /// `None` when there is no webhook.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn test_webhook(
        &self,
        hooks: &Hooks,
        application: ApplicationId,
    ) -> Result<Option<Result<(), String>>, Fault> {
        let Some(webhook) = self.store().webhook(application).await? else {
            return Ok(None);
        };
        let now = self.now();
        let id = format!("test-{}", self.fresh_decision(now)?);
        let body = serde_json::json!({
            "type": "test",
            "timestamp": now,
            "data": {"application": application},
        });
        let body = body.to_string();
        let sent = self.post_signed(hooks, &webhook, &id, body.as_bytes());
        Ok(Some(sent.await?))
    }

    /// Posts `body` with the headers of Standard Webhooks; two signatures during a rotation.
    pub(crate) async fn post_signed(
        &self,
        hooks: &Hooks,
        webhook: &WebhookKnown,
        id: &str,
        body: &[u8],
    ) -> Result<Result<(), String>, Fault> {
        let now = self.now();
        let former = webhook.former.as_ref().filter(|(_, until)| now < *until);
        let mut signatures = Vec::new();
        for sealed in [Some(&webhook.secret), former.map(|(sealed, _)| sealed)] {
            let Some(sealed) = sealed else { continue };
            let place = Place::Webhook(webhook.application);
            let secret = WebhookSecret::of_text(self.keys().open(place, sealed)?);
            let signature = secret.sign(id, now.unix_seconds(), body);
            signatures.push(signature.ok_or(Fault::Internal {
                what: "the secret of a webhook cannot be read",
            })?);
        }
        let (seconds, signatures) = (now.unix_seconds().to_string(), signatures.join(" "));
        let headers = [
            ("content-type", "application/json"),
            ("user-agent", "Sekisho"),
            ("webhook-id", id),
            ("webhook-timestamp", seconds.as_str()),
            ("webhook-signature", signatures.as_str()),
        ];
        Ok(hooks.post(&webhook.url, &headers, body).await)
    }

    fn fresh_webhook_secret(
        &self,
        application: ApplicationId,
    ) -> Result<(SecretString, Sealed), Fault> {
        let secret = WebhookSecret::from_random(self.dice().bytes()?);
        let place = Place::Webhook(application);
        let text = secret.text();
        let sealed = self
            .keys()
            .seal(place, text.expose_secret().as_bytes(), self.dice())?;
        Ok((text.clone(), sealed))
    }

    async fn administer_webhook(
        &self,
        application: ApplicationId,
        change: WebhookChange,
    ) -> Result<(), Fault> {
        let change = Change::Webhook(Box::new(change));
        self.administer(&application.to_string(), vec![change])
            .await
    }
}
