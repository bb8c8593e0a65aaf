//! Growing the forest, once a day by the node that claims it, and taking up the newest on every
//! node. Where there is too little to grow it from, that is looked at again after an hour.
//!
//! **Invariant:** a forest that cannot be read is none: what it would say is unknown, and nobody is
//! stopped by that.

use std::time::Duration;

use sekisho_core::access::Access;
use sekisho_core::claim::Work;
use sekisho_core::count::{horizon, moment_of};
use sekisho_core::grow::{self, EVERY, LOOK_BACK, Reservoir};
use sekisho_core::known::{Census, ForestKnown, PopulationKnown};
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::gate::Gate;

/// Between two looks whether there is another forest, or time for one.
const PAUSE: Duration = Duration::from_secs(60);
/// Decisions that are looked at together.
const PAGE: u32 = 2_000;
/// Accesses whose counts are read together.
const TOGETHER: usize = 64;

/// What became of growing a forest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growing {
    /// There are too few accesses that ended well.
    Few,
    /// It is kept, with this version, grown from so many accesses.
    Kept(i64, u32),
    /// Another node was faster.
    Overtaken,
    /// The node ends.
    Stopped,
}

impl Gate {
    /// Grows a forest a day, and takes up the newest, until `stop`.
    pub async fn keep_forest(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(fault) = self.tend_forest(&stop).await {
                tracing::warn!(error = %fault, "the forest is looked at again later");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Grows a forest if the newest is old and no other node does, and takes up the newest.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tend_forest(&self, stop: &CancellationToken) -> Result<(), Fault> {
        let newest = self.forests().await?.into_iter().next();
        let now = self.now();
        // A forest from the future was grown by a clock that was wrong.
        let old = |grown| grown > now || now.since(grown) >= EVERY;
        if newest.is_none_or(|known| old(known.grown))
            && let Some(claim) = self.claim(Work::Forest).await?
        {
            let grown = self.grow_forest(stop).await;
            tracing::debug!(?grown, "a forest");
            // Whoever did not get to the end leaves it to the next one who looks.
            if matches!(grown, Ok(Growing::Stopped) | Err(_)) {
                self.let_go(claim).await?;
            }
            grown?;
        }
        self.take_forest().await.map(|_| ())
    }

    /// The newest forests, two at most.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forests(&self) -> Result<Vec<ForestKnown>, Fault> {
        Ok(self.store().forests().await?)
    }

    /// Takes up the newest forest, if it is another than before; whether it can be read. Where it
    /// cannot, the one before it is taken, and else none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn take_forest(&self) -> Result<bool, Fault> {
        let version = self.store().forest_version().await?;
        let held = self.policy().forest.as_ref().map_or(0, |held| held.version);
        if version == held {
            return Ok(true);
        }
        let forests = self.forests().await?;
        let read = forests.iter().find_map(ForestKnown::read);
        let newest = forests.first().map(|known| known.version);
        let readable = newest == read.as_ref().map(|read| read.version);
        metrics::gauge!("sekisho_forest_unreadable").set(u32::from(!readable));
        if !readable {
            tracing::error!(version, "the newest forest cannot be read on this node");
        }
        self.adopt_forest(read);
        Ok(readable)
    }

    /// Grows a forest from what ended well lately and is counted.
    ///
    /// # Errors
    /// Those of the store, and [`Fault::Internal`] when growing it failed.
    pub async fn grow_forest(&self, stop: &CancellationToken) -> Result<Growing, Fault> {
        let before = self.store().forest_version().await?;
        let now = self.now();
        let drawn: [u8; 8] = self.dice().bytes()?;
        let seed = u64::from_be_bytes(drawn);
        let mut reservoir = Reservoir::new(seed);
        let until = horizon(now);
        let mut after = horizon(moment_of(until).minus(LOOK_BACK));
        loop {
            if stop.is_cancelled() {
                return Ok(Growing::Stopped);
            }
            let (accesses, last) = self.store().ended_well((after, until), PAGE).await?;
            accesses.into_iter().for_each(|one| reservoir.offer(one));
            let Some(last) = last else { break };
            after = last;
        }
        let mut rows = Vec::with_capacity(reservoir.held().len());
        for some in reservoir.held().chunks(TOGETHER) {
            if stop.is_cancelled() {
                return Ok(Growing::Stopped);
            }
            self.rows(some, &mut rows).await?;
        }
        let count = rows.len();
        let grown = tokio::task::spawn_blocking(move || grow::forest(&rows, seed)).await;
        let grown = grown.map_err(|_| Fault::Internal {
            what: "a forest could not be grown",
        })?;
        let Some(forest) = grown else {
            return Ok(Growing::Few);
        };
        let at = (self.fresh_decision(now)?, now);
        let decision = grow::decide((&forest, count), before, at, &self.policy());
        Ok(match self.commit(decision).await? {
            Some(_) => Growing::Kept(before + 1, u32::try_from(count).unwrap_or(u32::MAX)),
            None => Growing::Overtaken,
        })
    }

    async fn rows(
        &self,
        accesses: &[Access],
        rows: &mut Vec<Vec<Option<f64>>>,
    ) -> Result<(), Fault> {
        let mut asked: Vec<Census> = accesses.iter().flat_map(grow::asked).collect();
        asked.sort_unstable();
        asked.dedup();
        let mut found = self.store().population(&asked).await?.counts;
        found.sort_unstable_by_key(|(what, _)| *what);
        for access in accesses {
            let mine = grow::asked(access).into_iter().filter_map(|what| {
                let place = found
                    .binary_search_by_key(&what, |(known, _)| *known)
                    .ok()?;
                found.get(place).copied()
            });
            let population = PopulationKnown {
                counts: mine.collect(),
            };
            rows.extend(grow::row(access, &population));
        }
        Ok(())
    }
}
