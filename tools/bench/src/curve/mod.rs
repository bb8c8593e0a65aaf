//! `curve`: what a judged decision costs (gather, decide, commit through the gate) before ten
//! thousand, a hundred thousand and a million customers.
//!
//! **Invariant:** every size is asked the same way, and the sizes take turns.

pub mod seed;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use seed::Question;
use sekisho_core::id::ApplicationId;
use sekisho_core::policy::Policy;
use sekisho_gate::{Gate, Judged};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::report::{Report, shown};
use crate::rounds::{Begun, Latencies, Rates, Round};
use crate::stopwatch::Stopwatch;
use crate::{Plan, machine, place};

/// Decisions that wait at any time.
const IN_FLIGHT: usize = 64;
/// Length of a round.
const ROUND: Duration = Duration::from_secs(2);
/// The smallest size, with which the largest is compared.
const SMALLEST: u32 = 10_000;

/// One installation with so many customers.
struct Town {
    customers: u32,
    gate: Gate,
    application: ApplicationId,
    bytes_each: f64,
    asked: Arc<AtomicU64>,
    rates: Rates,
    latencies: Latencies,
}

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let runtime = crate::runtime(machine::cores())?;
    let folder = place::folder(&plan.folder)?;
    let mut towns = Vec::new();
    let mut customers = SMALLEST;
    while customers <= plan.largest.max(SMALLEST) {
        towns.push(settle(&runtime, &folder, customers)?);
        customers = customers.saturating_mul(10);
    }
    for town in &mut towns {
        town.round(&runtime)?;
        town.forget();
    }
    let whole = Stopwatch::start();
    while towns[0].rates.rounds() < 3 || whole.elapsed() < plan.budget {
        let turn = towns[0].rates.rounds();
        let many = towns.len();
        for place in 0..many {
            towns[(place + turn) % many].round(&runtime)?;
        }
    }
    report(towns)
}

fn report(mut towns: Vec<Town>) -> Result<Report> {
    let points: Vec<Value> = towns.iter_mut().map(Town::point).collect();
    let (Some(first), Some(last)) = (towns.first(), towns.last()) else {
        bail!("no size was measured");
    };
    let ratio = first.rates.over(&last.rates);
    let cost = |town: &Town| 1e6 / town.rates.median();
    let name = format!("µs a decision at {} customers", last.customers);
    Ok(Report::new("curve", cost(last), "µs a decision")
        .against(cost(first), ratio.median())
        .below("ratio", ratio.median(), 2.0)
        .with("value_is", name)
        .figure("bytes_a_customer", last.bytes_each)
        .with("accesses_a_customer", seed::ACCESSES)
        .with("points", points))
}

fn settle(runtime: &Runtime, folder: &TempDir, customers: u32) -> Result<Town> {
    let path: PathBuf = folder.path().join(format!("{customers}.db"));
    let whole = Stopwatch::start();
    let connection = runtime.block_on(place::connection(&path))?;
    seed::fill(connection, customers)?;
    let file = std::fs::File::open(&path)?;
    file.sync_all()?;
    let bytes_each = file.metadata()?.len() as f64 / f64::from(customers);
    eprintln!(
        "  {customers} customers seeded in {:.1} s, {bytes_each:.0} bytes each",
        whole.elapsed().as_secs_f64()
    );
    let store = runtime.block_on(place::store(&path))?;
    let gate = place::gate(store, Policy::profile(crate::PROFILE)?)?;
    let application = runtime.block_on(place::application(&gate))?;
    Ok(Town {
        customers,
        gate,
        application,
        bytes_each,
        asked: Arc::new(AtomicU64::new(0)),
        rates: Rates::default(),
        latencies: Latencies::default(),
    })
}

impl Town {
    fn round(&mut self, runtime: &Runtime) -> Result<()> {
        let whole = Begun::now();
        let mut tasks = Vec::with_capacity(IN_FLIGHT);
        for _ in 0..IN_FLIGHT {
            let (gate, asked) = (self.gate.clone(), Arc::clone(&self.asked));
            let policy = gate.policy();
            let (customers, application) = (self.customers, self.application);
            tasks.push(runtime.spawn(async move {
                let mut latencies = Latencies::default();
                while whole.elapsed() < ROUND {
                    let number = asked.fetch_add(1, Ordering::Relaxed);
                    let request = Question::of(number, customers)?.request(application, &policy)?;
                    let one = Stopwatch::start();
                    if !matches!(gate.judge(request).await?, Judged::Decided(_)) {
                        bail!("a fresh question was taken for one asked before");
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
        let done = latencies.count();
        let round = Round::of(done, whole);
        self.latencies.join(latencies);
        self.rates.push(round);
        let (customers, rate) = (self.customers, round.rate());
        eprintln!("  {customers} customers: {rate:.0} decisions/s");
        Ok(())
    }

    /// Drops what the first round measured, which fills caches.
    fn forget(&mut self) {
        self.rates = Rates::default();
        self.latencies = Latencies::default();
    }

    fn point(&mut self) -> Value {
        json!({
            "customers": self.customers,
            "decisions_a_second": shown(self.rates.median()),
            "best": shown(self.rates.best()),
            "p50_ms": shown(self.latencies.within(0.5) / 1e3),
            "p99_ms": shown(self.latencies.within(0.99) / 1e3),
            "cpu_us": shown(self.rates.cpu_us()),
            "bytes_written": shown(self.rates.bytes_written()),
            "bytes_a_customer": shown(self.bytes_each),
            "rounds": self.rates.rounds(),
        })
    }
}
