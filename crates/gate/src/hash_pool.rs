//! The pool on which slow hashes run: as many at once as there are cores to spare, a bounded number
//! waiting.
//!
//! **Invariant:** a flood of sign-ins fills this pool and nothing else; whoever finds it full is
//! told when to come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use crate::fault::Fault;

/// A bounded pool.
#[derive(Clone, Debug)]
pub struct HashPool {
    running: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    most_waiting: usize,
}

/// Takes itself off the count of those who wait, also when the waiting request is given up.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl HashPool {
    /// A pool that runs `at_once` hashes and lets `most_waiting` wait.
    #[must_use]
    pub fn new(at_once: usize, most_waiting: usize) -> Self {
        let running = Arc::new(Semaphore::new(at_once.max(1)));
        Self {
            running,
            waiting: Arc::new(AtomicUsize::new(0)),
            most_waiting,
        }
    }

    /// Runs `work` on a blocking thread.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many wait already.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let place = Place(Arc::clone(&self.waiting));
        let before = self.waiting.fetch_add(1, Ordering::SeqCst);
        metrics::gauge!("sekisho_hash_pool_waiting")
            .set(u32::try_from(before + 1).unwrap_or(u32::MAX));
        if before >= self.most_waiting {
            metrics::counter!("sekisho_hash_pool_refused_total").increment(1);
            return Err(Fault::Overloaded {
                retry_after_seconds: 5,
            });
        }
        let permit = Arc::clone(&self.running).acquire_owned().await;
        let permit = permit.map_err(|_| Fault::Internal {
            what: "the hash pool is closed",
        })?;
        drop(place);
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(|_| Fault::Internal {
            what: "a hash did not come back",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_finds_it_full_is_sent_away_and_the_rest_are_served() {
        let pool = HashPool::new(1, 2);
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(move || gate.recv().is_ok()).await }
        });
        while pool.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let second = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| 2).await }
        });
        let third = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|| 3).await }
        });
        while pool.waiting.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(
            pool.run(|| 4).await,
            Err(Fault::Overloaded { .. })
        ));
        open.send(()).unwrap();
        assert!(first.await.unwrap().unwrap());
        assert_eq!(
            second.await.unwrap().unwrap() + third.await.unwrap().unwrap(),
            5
        );
        assert_eq!(pool.waiting.load(Ordering::SeqCst), 0);
    }
}
