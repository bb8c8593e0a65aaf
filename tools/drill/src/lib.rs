//! Attacks that are played against a test installation from outside, over HTTP, and scored: what
//! was noticed and when, what was refused, and what got through. `docs/drills.md` says how.
//!
//! **Invariant:** a drill plays against this machine, or against addresses that whoever runs it
//! repeated as their own, and nowhere else.

pub mod alerts;
pub mod drills;
pub mod report;
mod run;
pub mod score;
pub mod target;

use std::time::{Duration, Instant};

use crate::drills::Name;
use crate::report::Report;
use crate::run::Run;
use crate::target::Target;

/// How a drill is played.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Attempts in a second at most.
    pub rate: f64,
    /// Longest time for all its steps.
    pub bound: Duration,
    /// How long an alert may take after the last attempt before it counts as missing. 30 seconds
    /// is what decision 0032 promises.
    pub patience: Duration,
    /// Another number plays from other addresses, with another program, so that one run does not
    /// meet what another one left.
    pub number: u32,
    /// Whom to ask for alerts.
    pub watch: alerts::Watch,
}

impl Settings {
    /// The usual ones for a run that begins now.
    #[must_use]
    pub fn usual(watch: alerts::Watch) -> Self {
        Self {
            rate: 20.0,
            bound: Duration::from_secs(300),
            patience: Duration::from_secs(30),
            number: number(),
            watch,
        }
    }
}

/// A number that differs from minute to minute and from process to process.
#[expect(
    clippy::disallowed_methods,
    reason = "a tool beside the product: the day and the second choose the addresses of a run"
)]
fn number() -> u32 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let second = u32::try_from(seconds % 1_000_000).unwrap_or_default();
    second.wrapping_add(std::process::id().wrapping_mul(256)) % 1_000_000
}

/// When something began; a drill measures seconds from outside.
#[expect(
    clippy::disallowed_methods,
    reason = "a tool beside the product: what it measures is its own waiting"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Plays a drill and scores it.
///
/// # Errors
/// When the target has not what the drill needs, or does not answer at all. That an attack was
/// refused is no error.
pub async fn play(name: Name, target: &Target, settings: Settings) -> anyhow::Result<Report> {
    let mut run = Run::begin(name, target, settings).await?;
    let ended = drills::play(name, &mut run).await;
    run.finish(ended).await
}
