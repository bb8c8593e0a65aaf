//! Filling an installation with a world: its customers by import, its year through the decision
//! API, by the same commits as in production.
//!
//! The world is the same for the same seed and first day; ids and keys are fresh in every folder.
//!
//! **Invariant:** accesses that may influence each other are judged in the order in which they
//! happened.

mod customers;
mod lanes;
mod year;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;
use sekisho_core::known::ApiScope;
use sekisho_core::moment::{Moment, Span};
use sekisho_gate::{Confidential, Dice, Gate, NewApplication};
use sekisho_world::{World, WorldConfig};

pub use year::payout;

use crate::folder::{Folder, Note};
use crate::installation::BRAND;

/// Japan's offset from UTC.
const JAPAN: Span = Span::hours(9);

/// The configuration of the world whose year ends with yesterday.
pub fn config(seed: u64, customers: u32, now: Moment) -> WorldConfig {
    let day = Span::hours(24).0;
    let midnight = (now.0 + JAPAN.0).div_euclid(day) * day - JAPAN.0;
    WorldConfig::new(seed, customers, midnight - 365 * day)
}

/// Fills the installation and marks the folder as filled.
pub async fn fill(gate: &Gate, world: &World, folder: &Folder) -> anyhow::Result<()> {
    let began = gate.now();
    customers::import(gate, world, &Dice::system()).await?;
    let application = gate
        .register_application(NewApplication {
            name: BRAND.to_owned(),
            redirect_uris: Vec::new(),
            post_logout_uris: Vec::new(),
            confidential: Confidential::Yes,
        })
        .await?;
    let scopes = vec![ApiScope::Decisions];
    let (_, token) = gate
        .issue_credential(application.id, "the year".to_owned(), scopes)
        .await?;
    let caller = gate.caller(token.text().expose_secret()).await?;
    let caller = caller.context("a fresh credential is not known")?;
    let counts = year::judge(gate, world, &caller).await?;
    if counts.judged() == 0 {
        bail!("the world has no accesses");
    }
    let took = gate.now().since(began).0 / 100_000;
    let config = world.config();
    eprintln!(
        "seeded in {}.{} s: {} customers, {counts}",
        took / 10,
        took % 10,
        config.customers
    );
    folder.finish(&Note {
        seed: config.seed,
        customers: config.customers,
        start: config.start,
    })
}
