//! `decide`: facts in memory → decision, shipped rules included, on one core.
//!
//! **Invariant:** nothing is measured but `core::judge::decide` and giving its decision back.

use std::hint::black_box;

use anyhow::{Result, anyhow};
use sekisho_core::judge::{Attempt, Facts, decide};
use sekisho_core::policy::Policy;

use crate::memory::Memory;
use crate::report::Report;
use crate::rounds::{Begun, Latencies, Rates, Round};
use crate::stopwatch::Stopwatch;
use crate::{Plan, attempts};

/// Attempts by which the memory gets its history before those that are measured.
const BEFORE: usize = 40_000;
/// Attempts of a round.
const ROUND: usize = 8_192;

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let policy = Policy::profile(crate::PROFILE)?;
    let (prepared, verdicts) = prepare(&policy)?;
    let (mut rates, mut latencies) = (Rates::default(), Latencies::default());
    let whole = Stopwatch::start();
    while rates.rounds() < 5 || whole.elapsed() < plan.budget {
        rates.push(round(&prepared, &policy));
        for (attempt, facts) in &prepared {
            let one = Stopwatch::start();
            drop(black_box(decide(attempt, facts, &policy)));
            latencies.push(one.elapsed());
        }
    }
    let p99 = latencies.within(0.99);
    // Of the core's time rather than the wall's: what else runs on the core is not ours.
    let rate = 1e6 / rates.cpu_us();
    Ok(
        Report::new("decide", rate, "decisions in a second of one core")
            .at_least("decisions/s", rate, 200_000.0)
            .below("p99 in µs", p99, 25.0)
            .figure("best", rates.best())
            .figure("p50_us", latencies.within(0.5))
            .figure("p99_us", p99)
            .figure("wall_median", rates.median())
            .with("rounds", rates.rounds())
            .with("verdicts", verdicts),
    )
}

fn round(prepared: &[(Attempt, Facts)], policy: &Policy) -> Round {
    let whole = Begun::now();
    for (attempt, facts) in prepared {
        drop(black_box(decide(
            black_box(attempt),
            black_box(facts),
            policy,
        )));
    }
    Round::of(prepared.len(), whole)
}

/// Attempts with what was known at their time, and how many got which verdict.
fn prepare(policy: &Policy) -> Result<(Vec<(Attempt, Facts)>, serde_json::Value)> {
    let world = attempts::world(4_000)?;
    let mut memory = Memory::default();
    let mut prepared = Vec::with_capacity(ROUND);
    let mut verdicts = std::collections::BTreeMap::<&str, usize>::new();
    for (number, attempt) in attempts::of(&world, policy)
        .take(BEFORE + ROUND)
        .enumerate()
    {
        let facts = memory.facts(&attempt);
        let decision = decide(&attempt, &facts, policy);
        memory.learn(&attempt, &decision);
        if number >= BEFORE {
            let kind = decision.verdict().kind();
            *verdicts.entry(kind.word()).or_default() += 1;
            prepared.push((attempt, facts));
        }
    }
    if prepared.len() < ROUND {
        return Err(anyhow!("the world has only {} attempts", prepared.len()));
    }
    Ok((prepared, serde_json::to_value(verdicts)?))
}
