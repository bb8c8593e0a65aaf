//! How long a connection is kept: while requests come, and not for ever.
//!
//! **Invariant:** from the moment a connection is asked to close it has a bounded time for what is
//! being answered; then it is cut.

use std::pin::Pin;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Limits;

/// How many requests of a connection are being answered: from when their head was read until the
/// last piece of the answer was found. While a piece waits for the other end to take it the
/// connection rests, so that whoever does not read is no different from whoever does not ask.
#[derive(Clone, Debug)]
pub(super) struct Busy(watch::Sender<usize>);

impl Busy {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Counts one until the answer is dropped.
    pub(super) fn answering(&self) -> Answering {
        self.0.send_modify(|busy| *busy += 1);
        Answering(self.clone())
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Answering(Busy);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.send_modify(|busy| *busy -= 1);
    }
}

/// When a connection has to end.
pub(super) struct Life {
    pub(super) limits: Limits,
    pub(super) busy: Busy,
    /// The listener ends.
    pub(super) closing: CancellationToken,
}

/// Why a connection was asked to close.
#[derive(Clone, Copy, Debug)]
enum Over {
    Closing,
    Idle,
    Old,
}

impl Life {
    /// Carries `connection` until it ends by itself or has ended after `close` was asked of it.
    pub(super) async fn carry<C>(self, connection: C, close: impl FnOnce(Pin<&mut C>))
    where
        C: Future<Output = Result<(), hyper::Error>>,
    {
        let mut connection = std::pin::pin!(connection);
        let over = tokio::select! {
            result = &mut connection => return ended(result),
            over = self.over() => over,
        };
        tracing::debug!(target: "serve", ?over, "a connection is asked to close");
        close(connection.as_mut());
        match timeout(self.limits.drain, connection).await {
            Ok(result) => ended(result),
            Err(_) => tracing::debug!(target: "serve", ?over, "a connection was cut"),
        }
    }

    async fn over(&self) -> Over {
        let mut busy = self.busy.0.subscribe();
        let mut age = std::pin::pin!(sleep(self.limits.age));
        loop {
            let idle = *busy.borrow_and_update() == 0;
            tokio::select! {
                () = self.closing.cancelled() => return Over::Closing,
                () = &mut age => return Over::Old,
                () = sleep(self.limits.idle), if idle => return Over::Idle,
                _ = busy.changed() => {}
            }
        }
    }
}

fn ended(result: Result<(), hyper::Error>) {
    if let Err(why) = result {
        tracing::debug!(target: "serve", %why, "a connection ended early");
    }
}
