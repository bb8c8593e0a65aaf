//! The pool on which slow hashes run: as many at once as there are cores to spare, a bounded number
//! waiting, no network with more than its share of either.
//!
//! Whoever wants a hash asks to be let in before anything else is done for them: who is sent away
//! has cost no query, no commit, and has used up nobody's tries.
//!
//! **Invariant:** a flood of sign-ins fills this pool and nothing else; whoever finds it full is
//! told when to come back.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::fault::Fault;

/// Longest time after which somebody is asked to come back, in seconds.
const LONGEST_WAIT: u64 = 60;

/// A bounded pool.
#[derive(Clone, Debug)]
pub struct HashPool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    running: Arc<Semaphore>,
    inside: Mutex<Inside>,
    at_once: usize,
    most: usize,
    floor: Duration,
    /// What a hash took lately, in microseconds.
    pace: AtomicU64,
    /// The longest that a hash took, in microseconds.
    longest: AtomicU64,
}

/// Who is inside: running or waiting.
#[derive(Debug, Default)]
struct Inside {
    all: usize,
    by_network: HashMap<Option<u128>, usize>,
}

/// Leave to hash, for one act. It takes itself off the count when it is dropped, also when the
/// waiting request is given up.
#[derive(Debug)]
pub struct Admitted {
    pool: HashPool,
    network: Option<u128>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut inside = self.pool.inside();
        inside.all = inside.all.saturating_sub(1);
        if let Some(count) = inside.by_network.get_mut(&self.network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                inside.by_network.remove(&self.network);
            }
        }
        gauge(inside.all);
    }
}

impl HashPool {
    /// A pool that runs `at_once` hashes and lets `most_waiting` wait.
    #[must_use]
    pub fn new(at_once: usize, most_waiting: usize) -> Self {
        Self::with_floor(at_once, most_waiting, Duration::ZERO)
    }

    /// The same, of which no hash is answered before `floor` has gone since it began: hashes that
    /// were taken over from another system cost what they cost there, and an answer that comes
    /// earlier or later than for an unknown name says who is a customer. The core is free
    /// meanwhile; the place inside is not.
    #[must_use]
    pub fn with_floor(at_once: usize, most_waiting: usize, floor: Duration) -> Self {
        let at_once = at_once.max(1);
        Self(Arc::new(Inner {
            running: Arc::new(Semaphore::new(at_once)),
            inside: Mutex::default(),
            at_once,
            most: at_once.saturating_add(most_waiting),
            floor,
            pace: AtomicU64::new(0),
            longest: AtomicU64::new(0),
        }))
    }

    /// Lets somebody at `address` in, if there is room: no network (/24, /48) takes more than half
    /// of it, rounded up, so that a flood from one place leaves room for the others.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when there is none, with the time in which what is inside is done.
    pub fn enter(&self, address: Option<IpAddr>) -> Result<Admitted, Fault> {
        let network = address.map(network);
        let mut inside = self.inside();
        let share = self.0.most.div_ceil(2);
        let here = inside.by_network.get(&network).copied().unwrap_or(0);
        if inside.all >= self.0.most || here >= share {
            drop(inside);
            metrics::counter!("sekisho_hash_pool_refused_total").increment(1);
            return Err(Fault::Overloaded {
                retry_after_seconds: self.retry_after_seconds(),
            });
        }
        inside.all += 1;
        inside.by_network.insert(network, here + 1);
        gauge(inside.all);
        drop(inside);
        Ok(Admitted {
            pool: self.clone(),
            network,
        })
    }

    /// In how many seconds everything that fits inside is done, at the pace of late.
    fn retry_after_seconds(&self) -> u16 {
        let rounds = self.0.most.div_ceil(self.0.at_once);
        let rounds = u64::try_from(rounds).unwrap_or(u64::MAX);
        let pace = self.0.pace.load(Ordering::Relaxed);
        let seconds = rounds.saturating_mul(pace).div_ceil(1_000_000);
        u16::try_from(seconds.clamp(1, LONGEST_WAIT)).unwrap_or(1)
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        // Counting cannot panic half-way, so what a panicking thread left is whole.
        self.0.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The longest, and a moving average over about eight hashes.
    fn took(&self, time: Duration) {
        let now = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if self.0.longest.fetch_max(now, Ordering::Relaxed) < now {
            metrics::gauge!("sekisho_hash_longest_seconds").set(time.as_secs_f64());
        }
        let before = self.0.pace.load(Ordering::Relaxed);
        let pace = if before == 0 {
            now
        } else {
            before - before / 8 + now / 8
        };
        self.0.pace.store(pace, Ordering::Relaxed);
    }
}

impl Admitted {
    /// Runs `work` on a blocking thread, when its turn has come.
    ///
    /// # Errors
    /// [`Fault::Internal`] when the work panicked.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let permit = Arc::clone(&self.pool.0.running).acquire_owned().await;
        let permit = permit.map_err(|_| Fault::Internal {
            what: "the hash pool is closed",
        })?;
        let pool = self.pool.clone();
        let done = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let done = work();
            pool.took(begun.elapsed());
            drop(permit);
            (done, begun)
        });
        let (done, begun) = done.await.map_err(|_| Fault::Internal {
            what: "a hash did not come back",
        })?;
        tokio::time::sleep_until(begun + self.pool.0.floor).await;
        Ok(done)
    }
}

fn gauge(inside: usize) {
    metrics::gauge!("sekisho_hash_pool_inside").set(u32::try_from(inside).unwrap_or(u32::MAX));
}

/// The /24 or /48 that an address is in.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(four) => u128::from(u32::from(four) >> 8),
        IpAddr::V6(six) => u128::from(six) >> 80 << 80,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(third: u8) -> Option<IpAddr> {
        Some(IpAddr::from([203, 0, third, 7]))
    }

    #[tokio::test]
    async fn a_cheap_hash_is_answered_no_earlier_than_a_dear_one() {
        let floor = Duration::from_millis(100);
        let pool = HashPool::with_floor(1, 2, floor);
        let begun = Instant::now();
        let quick = pool.enter(at(1)).unwrap();
        assert_eq!(quick.run(|| 1).await.unwrap(), 1);
        assert!(begun.elapsed() >= floor);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_finds_it_full_is_sent_away_and_the_rest_are_served() {
        let pool = HashPool::new(1, 2);
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let admitted: Vec<_> = (1..=3)
            .map(|place| pool.enter(at(place)).unwrap())
            .collect();
        for place in 4..40 {
            let refused = pool.enter(at(place)).unwrap_err();
            assert!(matches!(
                refused,
                Fault::Overloaded {
                    retry_after_seconds: 1..=60
                }
            ));
        }
        let mut served = Vec::new();
        let mut admitted = admitted.into_iter();
        let first = admitted.next().unwrap();
        served.push(tokio::spawn(async move {
            first.run(move || u32::from(gate.recv().is_ok())).await
        }));
        for next in admitted {
            served.push(tokio::spawn(async move { next.run(|| 1).await }));
        }
        open.send(()).unwrap();
        for one in served {
            assert_eq!(one.await.unwrap().unwrap(), 1);
        }
        assert_eq!(pool.inside().all, 0);
        assert!(pool.inside().by_network.is_empty());
        assert!(pool.enter(at(1)).is_ok());
    }

    #[test]
    fn one_network_takes_half_and_the_others_find_room() {
        let pool = HashPool::new(2, 6);
        let inside: Vec<_> = (0..4).map(|_| pool.enter(at(9)).unwrap()).collect();
        assert!(pool.enter(at(9)).is_err());
        assert!(pool.enter(Some(IpAddr::from([203, 0, 9, 200]))).is_err());
        let other = pool.enter(at(10)).unwrap();
        assert!(pool.enter(None).is_ok());
        drop(inside);
        assert!(pool.enter(at(9)).is_ok());
        drop(other);
        let six = |text: &str| network(text.parse().unwrap());
        assert_eq!(six("2001:db8:1:2::3"), six("2001:db8:1:ff::9"));
        assert_ne!(six("2001:db8:1::"), six("2001:db8:2::"));
        assert_eq!(six("::ffff:203.0.9.7"), six("203.0.9.8"));
    }

    #[test]
    fn the_time_to_come_back_follows_the_pace() {
        let pool = HashPool::new(2, 62);
        assert_eq!(pool.retry_after_seconds(), 1);
        pool.took(Duration::from_millis(100));
        assert_eq!(pool.retry_after_seconds(), 4);
        pool.took(Duration::from_secs(1000));
        assert_eq!(pool.retry_after_seconds(), 60);
    }
}
