//! What one may say on the command line.
//!
//! **Invariant:** without a word, the demo runs on its usual ports in a folder that goes away.

use std::path::PathBuf;

use clap::{Parser, value_parser};
use sekisho_core::policy::Policy;
use sekisho_gate::{Push, PushConfig, Reach};

/// Brings up Sekisho on SQLite, a demo brokerage and a message box, on this machine alone.
#[derive(Clone, Debug, Parser)]
#[command(name = "sekisho-demo", version)]
pub struct Args {
    /// Port of Sekisho; the brokerage, the message box and the console take the next three. 0 takes
    /// free ones.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Keep everything in this folder, and use again what it holds.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Seed of the world.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Customers of the world.
    #[arg(long, default_value_t = 2_000, value_parser = value_parser!(u32).range(100..=1_000_000))]
    pub customers: u32,
    /// Play the story without a browser, on free ports; 0 if every step of it was seen, else 1.
    /// It stops a customer's account, so it plays in a folder that goes away.
    #[arg(long, conflicts_with_all = ["data", "serve_json"])]
    pub check: bool,
    /// Take free ports and write the addresses into this file when all of them answer.
    #[arg(long, value_name = "FILE")]
    pub serve_json: Option<PathBuf>,
    /// Nobody looks for attacks. It is for trying that a drill says so.
    #[arg(long)]
    pub danger_unwatched: bool,
    /// The profile that the policy begins with.
    #[arg(long, value_name = "PROFILE", default_value = Policy::DEFAULT)]
    pub policy: String,
    /// A push service on this machine, as host:port; without one nothing is approved on phones.
    #[arg(long, value_name = "HOST:PORT", requires = "push_authorities")]
    pub push_host: Option<String>,
    /// Certificates (PEM) that its own must come from.
    #[arg(long, value_name = "FILE")]
    pub push_authorities: Option<PathBuf>,
}

impl Args {
    /// The push service.
    pub fn push(&self) -> anyhow::Result<Option<Push>> {
        let Some((host, file)) = self.push_host.as_ref().zip(self.push_authorities.as_ref()) else {
            return Ok(None);
        };
        Ok(Some(Push::new(&PushConfig {
            hosts: vec![host.clone()],
            authorities: Some(std::fs::read(file)?),
            reach: Reach::DangerAnywhere,
            ..PushConfig::usual("mailto:security@hinode.example")
        })?))
    }

    /// The ports of Sekisho, the brokerage, the message box and the console.
    pub fn ports(&self) -> [u16; 4] {
        if self.check || self.serve_json.is_some() || self.port == 0 {
            return [0; 4];
        }
        [0, 1, 2, 3].map(|more| self.port.saturating_add(more))
    }
}
