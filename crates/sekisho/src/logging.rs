//! Log lines, and what becomes of a panic.
//!
//! **Invariant:** the payload of a panic, which may hold anything, is never logged; its place is.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Begins to log on standard output, as configured.
///
/// # Errors
/// When the filter is none, or logging has begun before.
pub fn begin(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.level)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter);
    let begun = match log.format {
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_current_span(true);
            lines
                .with_span_list(false)
                .with_writer(io::stdout)
                .try_init()
        }
        LogFormat::Text => {
            let lines = lines.with_ansi(io::stdout().is_terminal());
            lines.with_writer(io::stdout).try_init()
        }
    };
    begun.map_err(|why| anyhow::anyhow!(why))?;
    log_panics();
    Ok(())
}

/// Begins to log for a command whose standard output is its result: warnings, on standard error.
pub fn begin_quietly() {
    let lines = tracing_subscriber::fmt().with_env_filter(EnvFilter::new("warn"));
    let lines = lines.with_ansi(io::stderr().is_terminal());
    // A second beginning changes nothing.
    let _ = lines.with_writer(io::stderr).without_time().try_init();
    log_panics();
}

/// From now on a panic is a line of the log that says where it was, and nothing of what it was
/// about.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed");
        tracing::error!(place, thread, "a bug: something that cannot be happened");
    }));
}
