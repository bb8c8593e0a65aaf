//! `sekisho application webhook set`, `rotate`, `remove`, `list` and `test`.
//!
//! **Invariant:** a secret is printed once, when it is made, and never again.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::id::ApplicationId;
use sekisho_gate::{Hooks, WebhookView};
use serde_json::{Value, json};

use super::{Ended, Failure, Misuse};
use crate::arguments::WebhookCommand;
use crate::installation::Installation;

/// Sets, rotates, removes, lists or tests.
pub async fn run(here: &Installation, command: WebhookCommand) -> Result<Ended, Failure> {
    let gate = &here.gate;
    match command {
        WebhookCommand::Set { id, url, json } => {
            known(here, id).await?;
            here.hooks
                .check(&url)
                .map_err(|why| Misuse(format!("--url: {why}")))?;
            shown(id, &gate.set_webhook(id, &url).await?, json);
        }
        WebhookCommand::Rotate { id, json } => {
            let secret = gate.rotate_webhook(id).await?;
            shown(id, &secret.ok_or_else(|| none(id))?, json);
        }
        WebhookCommand::Remove { id } => {
            if !gate.remove_webhook(id).await? {
                return Err(none(id).into());
            }
            println!("{id} is told nothing any more; it can still ask");
        }
        WebhookCommand::List { json } => {
            for webhook in gate.webhooks().await? {
                print(&webhook, json);
            }
        }
        WebhookCommand::Test { id } => return tested(id, here).await,
    }
    Ok(Ended::Done)
}

async fn known(here: &Installation, id: ApplicationId) -> Result<(), Failure> {
    match here.gate.application(id).await? {
        Some(_) => Ok(()),
        None => Err(Misuse(format!("there is no application {id}")).into()),
    }
}

async fn tested(id: ApplicationId, here: &Installation) -> Result<Ended, Failure> {
    let hooks: &Hooks = &here.hooks;
    match here.gate.test_webhook(hooks, id).await? {
        None => Err(none(id).into()),
        Some(Ok(())) => {
            println!("the receiver accepted a message of the type test");
            Ok(Ended::Done)
        }
        Some(Err(why)) => Err(Failure::msg(why)),
    }
}

fn none(id: ApplicationId) -> Misuse {
    Misuse(format!("{id} has no webhook"))
}

fn shown(id: ApplicationId, secret: &SecretString, as_json: bool) {
    let secret = secret.expose_secret();
    if as_json {
        println!("{}", json!({"application": id, "secret": secret}));
    } else {
        println!("secret  {secret}");
        println!("It is shown this once. Every message to {id} is signed with it.");
    }
}

fn print(webhook: &WebhookView, json: bool) {
    if json {
        println!("{}", row(webhook));
        return;
    }
    let known = &webhook.known;
    println!(
        "{}  {}  {} waiting",
        known.application, known.url, webhook.waiting
    );
    if let Some((_, until)) = &known.former {
        println!("    the secret before signs as well until {until}");
    }
    if let Some((at, why)) = &known.failed {
        println!("    failed {at}: {why}");
    }
    if let Some(since) = known.failing {
        println!("    nothing was accepted since {since}");
    }
    if known.given_up > 0 {
        println!("    {} given up", known.given_up);
    }
}

fn row(webhook: &WebhookView) -> Value {
    let known = &webhook.known;
    json!({
        "application": known.application,
        "url": known.url,
        "created": known.created,
        "former_until": known.former.as_ref().map(|(_, until)| until),
        "waiting": webhook.waiting,
        "failed_at": known.failed.as_ref().map(|(at, _)| at),
        "failing_since": known.failing,
        "last_error": known.failed.as_ref().map(|(_, why)| why),
        "given_up": known.given_up,
    })
}
