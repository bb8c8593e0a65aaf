//! How far a long command got, on standard error: in place on a terminal, else a line now and then.
//!
//! **Invariant:** progress is told of work that is done, and never on standard output.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use tokio::time::Instant;

/// On a terminal, where a line is overwritten.
const OFTEN: Duration = Duration::from_millis(200);
/// In a log.
const SELDOM: Duration = Duration::from_secs(10);

/// Tells how far a command got.
#[derive(Debug)]
pub struct Progress {
    begun: Instant,
    told: Instant,
    terminal: bool,
    bytes: Option<u64>,
}

impl Progress {
    /// Begins now, with an input of so many bytes.
    pub fn begin(bytes: Option<u64>) -> Self {
        let now = Instant::now();
        Self {
            begun: now,
            told: now,
            terminal: std::io::stderr().is_terminal(),
            bytes,
        }
    }

    /// Seconds since the beginning.
    pub fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Tells, if it is time again, that `lines` lines and `bytes` bytes of input are done.
    pub fn tell(&mut self, lines: u64, bytes: u64, more: &str) {
        let pause = if self.terminal { OFTEN } else { SELDOM };
        if self.told.elapsed() < pause {
            return;
        }
        self.told = Instant::now();
        let share = self.bytes.filter(|all| *all > 0).map(|all| {
            let percent = bytes.saturating_mul(100) / all;
            format!(" ({percent} %)")
        });
        let rate = per_second(lines, self.seconds());
        let text = format!(
            "{lines} lines{}, {rate} a second, {more}",
            share.unwrap_or_default()
        );
        let mut error = std::io::stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = if self.terminal {
            write!(error, "\r\x1b[2K{text}").and_then(|()| error.flush())
        } else {
            writeln!(error, "{text}")
        };
    }

    /// Makes room on a terminal for a line that stays.
    pub fn clear(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[2K");
        }
    }
}

/// Whole ones a second.
pub fn per_second(count: u64, seconds: f64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a figure for people"
    )]
    let rate = (count as f64 / seconds.max(1e-6)) as u64;
    rate
}
