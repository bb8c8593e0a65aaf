//! The wish to stop: SIGINT or SIGTERM.
//!
//! **Invariant:** the first wish lets what is under way be finished; a second one ends the process.

use tokio::signal;
use tokio_util::sync::CancellationToken;

/// Given when somebody wants the process to stop.
///
/// # Errors
/// When the operating system does not tell of signals.
pub fn on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    #[cfg(unix)]
    let mut ended = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            #[cfg(unix)]
            tokio::select! {
                _ = ended.recv() => {}
                _ = signal::ctrl_c() => {}
            }
            #[cfg(not(unix))]
            let _ = signal::ctrl_c().await;
            if told.is_cancelled() {
                std::process::exit(130);
            }
            told.cancel();
        }
    });
    Ok(stop)
}
