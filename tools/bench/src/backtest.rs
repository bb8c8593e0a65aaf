//! `backtest`: recorded attempts through a new rule set, from a file and from memory.
//!
//! **Invariant:** what is judged again was recorded by the product itself, and both sides read the
//! same rows.

use std::hint::black_box;

use anyhow::{Result, bail};
use sekisho_core::decision::Decision;
use sekisho_core::entry::Entry;
use sekisho_core::id::DecisionId;
use sekisho_core::judge::decide;
use sekisho_core::moment::Moment;
use sekisho_core::policy::Policy;
use sekisho_core::risk::replay::Tally;
use sekisho_core::rules::RuleSet;
use sekisho_store::{Committal, Store};
use tokio::task::JoinSet;

use crate::memory::Memory;
use crate::report::Report;
use crate::rounds::{Begun, Rates, Round, alternate};
use crate::{Plan, attempts, place};

/// Attempts by which the memory gets its history before those that are recorded.
const BEFORE: usize = 20_000;
/// Attempts that are recorded.
const RECORDED: usize = 40_000;
/// Commits that wait at any time.
const IN_FLIGHT: usize = 64;
/// Entries of a page of the baseline: those of the product.
const PAGE: u32 = 2_000;
/// Everything there is.
const ALWAYS: (Moment, Moment) = (Moment(i64::MIN), Moment(i64::MAX));

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let policy = Policy::profile(crate::PROFILE)?;
    let entries = recorded(&policy)?;
    let text =
        sekisho_core::rules::STANDARD.replacen("version = \"standard.", "version = \"mine.", 1);
    let rules = match RuleSet::parse(&text) {
        Ok(rules) => rules,
        Err(faults) => bail!("the shipped rules under another name: {faults:?}"),
    };
    let runtime = crate::runtime(crate::machine::cores())?;
    let folder = place::folder(&plan.folder)?;
    let store = runtime.block_on(place::store(&folder.path().join("backtest.db")))?;
    runtime.block_on(kept(&store, &entries))?;
    let gate = place::gate(store.clone(), policy.clone())?;

    let mut pure = Rates::default();
    for _ in 0..5 {
        pure.push(judged(&entries, &rules, &policy)?);
    }
    let (ours, theirs) = alternate(
        plan.budget,
        || {
            let begun = Begun::now();
            let tally = runtime.block_on(gate.back_test(&rules, ALWAYS, |_| {}))?;
            if tally.judged() != entries.len() as u64 {
                bail!("{} of {} were judged again", tally.judged(), entries.len());
            }
            Ok(Round::of(entries.len(), begun))
        },
        || {
            let begun = Begun::now();
            let read = runtime.block_on(read(&store))?;
            Ok(Round::of(read, begun))
        },
    )?;
    let ratio = ours.over(&theirs);
    // Of the core's time rather than the wall's: what else runs on the core is not ours.
    let alone = 1e6 / pure.cpu_us();
    let bytes: usize = entries.iter().map(|entry| entry.facts.len()).sum();
    Ok(
        Report::new("backtest", ours.median(), "recorded attempts a second")
            .against(theirs.median(), ratio.median())
            .at_least("ratio", ratio.median(), 0.3)
            .at_least("from memory, of one core", alone, 500_000.0)
            .figure("from_memory_a_core", alone)
            .figure("bytes_of_facts", bytes as f64 / entries.len() as f64)
            .with("worst_pair", crate::report::shown(ratio.worst())),
    )
}

/// Entries as the product records them.
fn recorded(policy: &Policy) -> Result<Vec<Entry>> {
    let world = attempts::world(4_000)?;
    let mut memory = Memory::default();
    let mut entries = Vec::with_capacity(RECORDED);
    let attempts = attempts::of(&world, policy).take(BEFORE + RECORDED);
    for (number, attempt) in attempts.enumerate() {
        let facts = memory.facts(&attempt);
        let decision = decide(&attempt, &facts, policy);
        memory.learn(&attempt, &decision);
        if number >= BEFORE {
            let mut entry = decision.entry;
            // As gate gives them: the moment first.
            let [_, _, milliseconds @ ..] = (entry.at.0 / 1_000).to_be_bytes();
            let mut id = [0; 16];
            id[..6].copy_from_slice(&milliseconds);
            id[8..].copy_from_slice(&(number as u64).to_be_bytes());
            entry.id = DecisionId(id);
            entries.push(entry);
        }
    }
    if entries.len() < RECORDED {
        bail!("the world has only {} attempts", entries.len());
    }
    Ok(entries)
}

async fn kept(store: &Store, entries: &[Entry]) -> Result<()> {
    for some in entries.chunks(IN_FLIGHT) {
        let mut waiting = JoinSet::new();
        for entry in some {
            let (store, decision) = (store.clone(), Decision::of(entry.clone()));
            waiting.spawn(async move { store.commit(&decision, &[]).await });
        }
        while let Some(done) = waiting.join_next().await {
            if done?? != Committal::Committed {
                bail!("an entry was not kept");
            }
        }
    }
    Ok(())
}

async fn read(store: &Store) -> Result<usize> {
    let (mut after, mut count) = (DecisionId([0; 16]), 0);
    loop {
        let page = store.judged_entries(after, ALWAYS, PAGE).await?;
        let Some((last, _)) = page.last() else {
            return Ok(count);
        };
        after = last.id;
        count += black_box(&page).len();
    }
}

fn judged(entries: &[Entry], rules: &RuleSet, policy: &Policy) -> Result<Round> {
    let begun = Begun::now();
    let mut tally = Tally::default();
    for entry in entries {
        tally.add((entry, None), rules, || None, policy);
    }
    if black_box(&tally).judged() != entries.len() as u64 {
        bail!("only {} were judged again", tally.judged());
    }
    Ok(Round::of(entries.len(), begun))
}
