//! The machine under the figures: how many cores, how busy, how fast its volume flushes.
//!
//! **Invariant:** what it reports is measured at the moment, never remembered.

use std::fs::{self, OpenOptions};
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::report::shown;
use crate::rounds::Latencies;
use crate::stopwatch::Stopwatch;

/// Cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What one needs to know to read figures from here. The flush is that of a 4 KiB write into a file
/// in `place`: some microseconds there mean memory, and commits that cost nothing.
pub fn describe(place: &Path) -> Result<Value> {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Option<f64> = load.split(' ').next().and_then(|text| text.parse().ok());
    let (mut flushes, whole) = (Latencies::default(), Stopwatch::start());
    let path = place.join("flush");
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .open(&path)?;
    while whole.elapsed() < Duration::from_millis(300) {
        let one = Stopwatch::start();
        file.rewind()?;
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        flushes.push(one.elapsed());
    }
    fs::remove_file(&path)?;
    Ok(json!({
        "cores": cores(),
        "load": load,
        "flush_us": shown(flushes.within(0.5)),
    }))
}

/// What the process used so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    /// Of all threads together.
    pub cpu: Duration,
    /// Bytes handed to the volume.
    pub written: u64,
}

impl Used {
    /// Until now; zero where the system does not tell (it is Linux that does).
    pub fn now() -> Self {
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // The name in brackets may hold spaces; user and system time are the 12th and 13th after
        // it.
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 = after
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|text| text.parse::<u64>().ok())
            .sum();
        let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
        let written = io
            .lines()
            .find_map(|line| line.strip_prefix("write_bytes: "));
        Self {
            // The kernel tells hundredths of a second, whatever its own tick is.
            cpu: Duration::from_millis(ticks * 10),
            written: written.and_then(|text| text.parse().ok()).unwrap_or(0),
        }
    }

    /// Since `before`.
    pub fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            written: self.written.saturating_sub(before.written),
        }
    }
}
