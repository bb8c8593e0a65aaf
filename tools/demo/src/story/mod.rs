//! The story: a genuine withdrawal, grants that are played with, a stolen password, a hijack, and
//! "this was not me"; played over HTTP as people and programs would.
//!
//! **Invariant:** a step is told as seen only after what it says was seen.

mod genuine;
mod grants;
mod guess;
mod hijack;

use std::fmt::Display;

use anyhow::{Context as _, bail};
use reqwest::Client;
use sekisho_browser::api::Api;
use sekisho_browser::{Browser, Inbox, Page, Seat, http};

use crate::brokerage::Given;
use crate::cast::{Cast, PASSWORD, Player};
use crate::stage::{Addresses, Stage};

/// Longest time for the whole story.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);

/// Who tells what was seen.
pub struct Teller {
    http: Client,
    addresses: Addresses,
    api: Api,
    seen: u32,
}

/// Somebody at a browser, with the customer's messages in view.
pub struct Scene {
    browser: Browser,
    inbox: Inbox,
    player: Player,
}

/// Plays the story; `Ok` if every step of it was seen.
pub async fn play(stage: &Stage) -> anyhow::Result<()> {
    let (addresses, cast, given) = (&stage.addresses, &stage.cast, &stage.given);
    let mut teller = Teller::new(addresses.clone(), given)?;
    let played = tokio::time::timeout(PATIENCE, teller.play(cast)).await;
    played.context("the story took too long")??;
    println!("\nevery step was seen: {}", teller.seen);
    Ok(())
}

impl Teller {
    fn new(addresses: Addresses, given: &Given) -> anyhow::Result<Self> {
        let http = http()?;
        Ok(Self {
            api: Api::new(http.clone(), given.sekisho.clone(), given.token.clone()),
            http,
            addresses,
            seen: 0,
        })
    }

    async fn play(&mut self, cast: &Cast) -> anyhow::Result<()> {
        self.chapter("a genuine withdrawal from the usual place");
        let mut owner = self.scene(&cast.genuine, &cast.genuine.usual).await?;
        genuine::play(self, &mut owner).await?;
        self.chapter("grants, as a careless or dishonest application would use them");
        grants::play(self, &mut owner).await?;
        self.chapter("a stolen password, from a strange place");
        let mut thief = self.scene(&cast.genuine, &cast.attacker).await?;
        guess::play(self, &mut thief).await?;
        self.chapter(
            "a payout hijack by somebody who also lured the sign-in code out of the customer",
        );
        let mut hijacker = self.scene(&cast.victim, &cast.attacker).await?;
        let report = hijack::play(self, &mut hijacker).await?;
        self.chapter("this was not me");
        let mut victim = self.scene(&cast.victim, &cast.victim.usual).await?;
        hijack::report(self, &mut victim, &mut hijacker, &report).await
    }

    fn chapter(&self, title: &str) {
        println!("\n{title}");
    }

    /// Tells a step as seen, or says what was expected and what came.
    fn step(&mut self, what: &str, holds: bool, came: impl Display) -> anyhow::Result<()> {
        if !holds {
            println!("  ✗ {what}");
            bail!("expected: {what}; came: {came}");
        }
        println!("  ✓ {what}");
        self.seen += 1;
        Ok(())
    }

    async fn scene(&self, player: &Player, seat: &Seat) -> anyhow::Result<Scene> {
        let mail = player.customer.mail.clone();
        let messages = self.addresses.messages.clone();
        Ok(Scene {
            browser: Browser::new(self.http.clone(), seat.clone()),
            inbox: Inbox::open(self.http.clone(), messages, mail).await?,
            player: player.clone(),
        })
    }

    /// From the brokerage's first page to whatever follows the right password.
    async fn give_password(&self, scene: &mut Scene) -> anyhow::Result<Page> {
        let home = scene.browser.open(&self.addresses.broker).await?;
        let page = scene.browser.click(&home, "ログイン").await?;
        let mail = scene.player.customer.mail.clone();
        let typed = [("username", mail.as_str()), ("current-password", PASSWORD)];
        scene.browser.submit(&page, &typed).await
    }
}

/// A code that is not `right`: the `n`th after it.
fn wrong(right: &str, n: u32) -> String {
    let number: u32 = right.parse().unwrap_or_default();
    format!("{:06}", (number + n) % 1_000_000)
}
