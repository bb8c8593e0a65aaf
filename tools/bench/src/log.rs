//! `log`: the durable decisions of `commit`, put into the log while they go on, against the same
//! without it.
//!
//! **Invariant:** a round is over when every decision of it is in the log, and the log is checked
//! in the end.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use sekisho_core::decision::Decision;
use sekisho_core::policy::Policy;
use sekisho_core::siem::{self, Way};
use sekisho_gate::Gate;
use sekisho_store::Store;
use tokio::runtime::Runtime;

use crate::commit::{CUSTOMERS, Decisions, through};
use crate::memory::Memory;
use crate::report::Report;
use crate::rounds::{Begun, Latencies, Round, alternate};
use crate::stopwatch::Stopwatch;
use crate::{Plan, attempts, place};

/// Before the log is looked at again where nothing waits.
const PAUSE: Duration = Duration::from_millis(10);

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let runtime = crate::runtime(crate::machine::cores())?;
    let folder = place::folder(&plan.folder)?;
    let open = |name: &str| runtime.block_on(place::store(&folder.path().join(name)));
    let (logging, plain) = (open("logged.db")?, open("plain.db")?);
    let policy = Policy::profile(crate::PROFILE)?;
    let gate = place::gate(logging.clone(), policy.clone())?;
    let world = attempts::world(CUSTOMERS)?;
    let decisions = RefCell::new(Decisions {
        attempts: attempts::of(&world, &policy),
        memory: Memory::default(),
        policy: &policy,
    });
    let round = || decisions.borrow_mut().round();
    let (mut latencies, mut others) = (Latencies::default(), Latencies::default());
    // The first round of each fills caches and pays for the first pages; it is not counted.
    logged(&runtime, (&gate, &logging), round()?)?;
    through(&runtime, &plain, round()?)?;

    let (mine, other) = alternate(
        plan.budget,
        || {
            let (round, taken) = logged(&runtime, (&gate, &logging), round()?)?;
            latencies.join(taken);
            Ok(round)
        },
        || {
            let (round, taken) = through(&runtime, &plain, round()?)?;
            others.join(taken);
            Ok(round)
        },
    )?;
    let looking = Stopwatch::start();
    let checked = runtime.block_on(gate.check_log(None, |_| ()))?;
    let looked = looking.elapsed().as_secs_f64();
    let checked = checked.unwrap_or_default();
    ensure!(checked.many == 0 && checked.waiting == 0, "{checked:?}");
    runtime.block_on(logging.close());
    runtime.block_on(plain.close());
    let ratio = mine.over(&other);
    Ok(Report::new(
        "log",
        mine.median(),
        "decisions/s durable and in the log, 64 in flight",
    )
    .against(other.median(), ratio.median())
    .at_least("ratio", ratio.median(), 0.75)
    .figure("best_ratio", mine.best() / other.best())
    .figure("worst_pair", ratio.worst())
    .figure("cpu_us", mine.cpu_us())
    .figure("baseline_cpu_us", other.cpu_us())
    .figure("p99_ms", latencies.within(0.99) / 1e3)
    .figure("baseline_p99_ms", others.within(0.99) / 1e3)
    .figure("verified_per_second", checked.size as f64 / looked)
    .with("leaves", checked.size))
}

/// All of `decisions` through the store and into the log, which is written meanwhile.
fn logged(
    runtime: &Runtime,
    (gate, store): (&Gate, &Store),
    decisions: Vec<Decision>,
) -> Result<(Round, Latencies)> {
    let waiting = decisions
        .into_iter()
        .map(|decision| siem::waits(decision, &[Way::Log]));
    let waiting: Vec<_> = waiting.collect();
    let (count, whole) = (waiting.len(), Begun::now());
    let over = Arc::new(AtomicBool::new(false));
    let growing = runtime.spawn({
        let (gate, over) = (gate.clone(), Arc::clone(&over));
        async move {
            loop {
                let last = over.load(Ordering::Acquire);
                match gate.grow_log().await {
                    Ok(0) if last => return Ok(()),
                    Ok(0) => tokio::time::sleep(PAUSE).await,
                    Ok(_) => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
    });
    let (_, latencies) = through(runtime, store, waiting)?;
    over.store(true, Ordering::Release);
    runtime.block_on(growing)??;
    Ok((Round::of(count, whole), latencies))
}
