//! The only place that draws random values.
//!
//! **Invariant:** outside tests every value comes from the operating system's generator; when that
//! fails, nothing is drawn and the act fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sekisho_core::bytes::Digest;
use sekisho_core::moment::Moment;

use crate::fault::Fault;

/// A source of random bytes.
#[derive(Clone, Debug, Default)]
pub struct Dice(Option<Arc<Seeded>>);

#[derive(Debug)]
struct Seeded {
    seed: u64,
    drawn: AtomicU64,
}

impl Dice {
    /// The operating system's generator.
    #[must_use]
    pub const fn system() -> Self {
        Self(None)
    }

    /// Predictable values: for tests and simulations.
    #[must_use]
    pub fn danger_seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Seeded {
            seed,
            drawn: AtomicU64::new(0),
        })))
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// [`Fault::Internal`] when the operating system has none to give.
    #[expect(
        clippy::disallowed_methods,
        reason = "these are gate's dice, the one place that may draw"
    )]
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], Fault> {
        let mut drawn = [0; N];
        match &self.0 {
            None => getrandom::fill(&mut drawn).map_err(|_| Fault::Internal {
                what: "no random bytes",
            })?,
            Some(seeded) => {
                for chunk in drawn.chunks_mut(32) {
                    let count = seeded.drawn.fetch_add(1, Ordering::SeqCst);
                    let block = Digest::of(format!("{}:{count}", seeded.seed).as_bytes());
                    chunk.copy_from_slice(&block.0[..chunk.len()]);
                }
            }
        }
        Ok(drawn)
    }

    /// Bytes of an identifier: 48 bits of milliseconds, then 80 random bits, so that rows made
    /// together lie together in an index (the layout of RFC 9562 version 7, without its marker
    /// bits).
    ///
    /// # Errors
    /// As [`Dice::bytes`].
    pub fn id(&self, now: Moment) -> Result<[u8; 16], Fault> {
        let mut id: [u8; 16] = self.bytes()?;
        let milliseconds = (now.0 / 1000).to_be_bytes();
        id[..6].copy_from_slice(&milliseconds[2..]);
        Ok(id)
    }
}
