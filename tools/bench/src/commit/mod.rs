//! `commit`: durable decisions through the store, 64 in flight, against a hand-written loop of the
//! same rows straight on the driver.
//!
//! **Invariant:** both write the same rows into files with the same schema, and the bench fails
//! when the files differ in the end.

mod by_hand;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};
use rusqlite::Connection;
use sekisho_core::attempt::agent;
use sekisho_core::decision::Decision;
use sekisho_core::judge::{Attempt, decide};
use sekisho_core::policy::Policy;
use sekisho_store::{Committal, Store};
use tokio::runtime::Runtime;

use crate::memory::Memory;
use crate::report::Report;
use crate::rounds::{Begun, Latencies, Round, alternate};
use crate::stopwatch::Stopwatch;
use crate::{Plan, attempts, place};
use by_hand::ByHand;

/// Commits that wait at any time.
const IN_FLIGHT: usize = 64;
/// Decisions of a round.
const ROUND: usize = 4_096;
/// Customers of the world: as many accesses a year as a minute of rounds needs.
pub const CUSTOMERS: u32 = 40_000;

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let runtime = crate::runtime(crate::machine::cores())?;
    let folder = place::folder(&plan.folder)?;
    let (ours, theirs) = (
        folder.path().join("store.db"),
        folder.path().join("hand.db"),
    );
    let store = runtime.block_on(place::store(&ours))?;
    let mut by_hand = ByHand::new(runtime.block_on(place::connection(&theirs))?);
    let policy = Policy::profile(crate::PROFILE)?;
    let world = attempts::world(CUSTOMERS)?;
    let mut decisions = Decisions {
        attempts: attempts::of(&world, &policy),
        memory: Memory::default(),
        policy: &policy,
    };
    let mut latencies = Latencies::default();

    // The first round fills caches and pays for the first pages; it is not counted.
    let first = decisions.round()?;
    by_hand.write(&by_hand::rows(&first)?)?;
    through(&runtime, &store, first)?;

    // Each pair writes one round of decisions twice, so it is made before either is measured.
    let mut ready = Pair::default();
    let ready = std::cell::RefCell::new(&mut ready);
    let decisions = std::cell::RefCell::new(&mut decisions);
    let next = |side: fn(&mut Pair) -> &mut Option<Vec<Decision>>| -> Result<Vec<Decision>> {
        let mut ready = ready.borrow_mut();
        if let Some(round) = side(&mut ready).take() {
            return Ok(round);
        }
        let round = decisions.borrow_mut().round()?;
        **ready = Pair {
            ours: Some(round.clone()),
            theirs: Some(round),
        };
        side(&mut ready)
            .take()
            .ok_or_else(|| anyhow::anyhow!("no round"))
    };
    let (mine, other) = alternate(
        plan.budget,
        || {
            let (round, taken) = through(&runtime, &store, next(|pair| &mut pair.ours)?)?;
            latencies.join(taken);
            Ok(round)
        },
        || {
            let rows = by_hand::rows(&next(|pair| &mut pair.theirs)?)?;
            by_hand.write(&rows)
        },
    )?;
    runtime.block_on(store.close());
    drop(by_hand);
    same(&ours, &theirs)?;
    let ratio = mine.over(&other);
    Ok(
        Report::new("commit", mine.median(), "durable decisions/s, 64 in flight")
            .against(other.median(), ratio.median())
            .at_least("ratio", ratio.median(), 0.7)
            .figure("best_ratio", mine.best() / other.best())
            .figure("worst_pair", ratio.worst())
            .figure("cpu_us", mine.cpu_us())
            .figure("baseline_cpu_us", other.cpu_us())
            .figure("p50_ms", latencies.within(0.5) / 1e3)
            .figure("p99_ms", latencies.within(0.99) / 1e3)
            .with("pairs", ratio.rounds()),
    )
}

/// One round of decisions for either side.
#[derive(Default)]
struct Pair {
    ours: Option<Vec<Decision>>,
    theirs: Option<Vec<Decision>>,
}

/// Decisions to write, made of attempts in their order.
pub struct Decisions<'a, I> {
    /// The attempts.
    pub attempts: I,
    /// What is known by then.
    pub memory: Memory,
    /// The policy that judges them.
    pub policy: &'a Policy,
}

impl<I: Iterator<Item = Attempt>> Decisions<'_, I> {
    /// The next round of them.
    pub fn round(&mut self) -> Result<Vec<Decision>> {
        let mut round = Vec::with_capacity(ROUND);
        for attempt in self.attempts.by_ref().take(ROUND) {
            let facts = self.memory.facts(&attempt);
            let client = attempt.context.client.map(|client| client.to_string());
            let agent = client.as_deref().and_then(agent);
            let mut decision = decide(&attempt, &facts, self.policy);
            if attempt.operation.is_none() {
                decision = decision.tried(attempt.origin(&facts, agent));
            }
            self.memory.learn(&attempt, &decision);
            round.push(decision);
        }
        if round.len() < ROUND {
            bail!("the world's year is over: give a shorter --seconds");
        }
        Ok(round)
    }
}

/// All of `decisions` through the store.
pub fn through(
    runtime: &Runtime,
    store: &Store,
    decisions: Vec<Decision>,
) -> Result<(Round, Latencies)> {
    let decisions: Arc<[Decision]> = decisions.into();
    let next = Arc::new(AtomicUsize::new(0));
    let whole = Begun::now();
    let mut tasks = Vec::with_capacity(IN_FLIGHT);
    for _ in 0..IN_FLIGHT {
        let (store, decisions, next) = (store.clone(), Arc::clone(&decisions), Arc::clone(&next));
        tasks.push(runtime.spawn(async move {
            let mut latencies = Latencies::default();
            while let Some(decision) = decisions.get(next.fetch_add(1, Ordering::Relaxed)) {
                let one = Stopwatch::start();
                if store.commit(decision, &[]).await? != Committal::Committed {
                    bail!("a commit found the database changed under it");
                }
                latencies.push(one.elapsed());
            }
            Ok(latencies)
        }));
    }
    let mut latencies = Latencies::default();
    for task in tasks {
        latencies.join(runtime.block_on(task)??);
    }
    Ok((Round::of(decisions.len(), whole), latencies))
}

/// Fails unless both files say the same of every table that was written.
fn same(ours: &std::path::Path, theirs: &std::path::Path) -> Result<()> {
    let connection = Connection::open(ours)?;
    let other = theirs.to_str().unwrap_or_default();
    connection.execute("ATTACH DATABASE ?1 AS hand", [other])?;
    for table in by_hand::TABLES {
        let text = format!(
            "SELECT (SELECT COUNT(*) FROM main.{table}), (SELECT COUNT(*) FROM hand.{table}), \
             (SELECT COUNT(*) FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM hand.{table}))"
        );
        let counted =
            connection.query_row(&text, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let (mine, other, different): (i64, i64, i64) = counted?;
        if mine != other || different != 0 {
            bail!("table {table}: {mine} rows, {other} by hand, {different} of them differ");
        }
        eprintln!("  {table}: {mine} rows, the same on both sides");
    }
    Ok(())
}
