//! Bench `sweep`: ten weeks of changed payout accounts against a year of everybody's accesses.
//!
//! **Invariant:** both sides give the same answer to every change before any time is taken.

pub mod fill;
pub mod year;

use anyhow::{Context as _, Result, ensure};
use sekisho_core::access::{Act, OperationKind};
use sekisho_core::id::CustomerId;
use sekisho_core::moment::Moment;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Finding, Look, PlaceKnown, Swept, places};
use sekisho_store::{ProcedurePage, Store};
use sekisho_world::{World, WorldConfig};
use serde_json::json;

use crate::Plan;
use crate::place;
use crate::report::Report;
use crate::rounds::{Begun, Round, alternate};
use crate::stopwatch::Stopwatch;
use fill::{customer_number, decision_id};
use year::{Answer, Year};

/// 1 October 2025, in microseconds.
const BEGIN: i64 = 1_759_244_400_000_000;

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let config = config(plan);
    let watch = Stopwatch::start();
    let world = World::new(config.clone())?;
    let year = Year::of(&world);
    let made = watch.elapsed();
    let (accesses, changes) = (year.len(), year.changes.len());
    eprintln!("  {accesses} accesses, {changes} changes, made in {made:.1?}");
    ensure!(
        changes > 0,
        "a world without a changed payout account; take more customers"
    );
    let folder = place::folder(&plan.folder)?;
    let file = folder.path().join("sweep.db");
    let runtime = crate::runtime(2)?;
    let watch = Stopwatch::start();
    let connection = runtime.block_on(place::connection(&file))?;
    let sightings = fill::fill(connection, &year, (config.customers, &fill::There::new()))?;
    let filled = watch.elapsed();
    let bytes = std::fs::metadata(&file)?.len();
    eprintln!("  {sightings} sightings, {bytes} bytes, written in {filled:.1?}");

    let store = runtime.block_on(place::store(&file))?;
    let begun = Stopwatch::start();
    let swept = runtime.block_on(sweep(&store))?;
    let first = begun.elapsed();
    compare(&swept, &year)?;
    eprintln!("  the same {changes} answers; the first sweep took {first:.2?}");
    let (mine, theirs) = alternate(
        plan.budget,
        || {
            let begun = Begun::now();
            Ok(Round::of(runtime.block_on(sweep(&store))?.len(), begun))
        },
        || {
            let begun = Begun::now();
            Ok(Round::of(year.naive(&Look::USUAL)?.len(), begun))
        },
    )?;
    runtime.block_on(store.close());
    let ratios = mine.over(&theirs);
    let milliseconds = |rate: f64| changes as f64 / rate * 1e3;
    let found = Finding::ALL.map(|finding| {
        let count = swept.iter().filter(|one| one.finding == finding).count();
        (finding.word().to_owned(), json!(count))
    });
    Ok(Report::new("sweep", mine.median(), "changes/s")
        .against(theirs.median(), ratios.median())
        .at_least("ratio", ratios.median(), 10.0)
        .figure("milliseconds", milliseconds(mine.median()))
        .figure("best_milliseconds", milliseconds(mine.best()))
        .figure("first_milliseconds", first.as_secs_f64() * 1e3)
        .figure("baseline_milliseconds", milliseconds(theirs.median()))
        .figure("worst_pair", ratios.worst())
        .with("accesses", accesses)
        .with("addresses", year.places.len())
        .with("changes", changes)
        .with("sightings", sightings)
        .with("bytes", bytes)
        .figure("seconds_to_make", made.as_secs_f64())
        .figure("seconds_to_write", filled.as_secs_f64())
        .with(
            "found",
            serde_json::Value::Object(found.into_iter().collect()),
        ))
}

/// The world of the year.
pub fn config(plan: &Plan) -> WorldConfig {
    let mut config = WorldConfig::sweep_sized(1, BEGIN);
    config.customers = config.customers.min(plan.largest);
    // Of an IPv6 address the network is looked up, which the loop knows nothing of.
    config.shares.ipv6 = 0.0;
    config
}

/// The sweep as gate runs it, page by page.
async fn sweep(store: &Store) -> Result<Vec<Swept>> {
    let kind = OperationKind::parse("payout_account_change").context("a kind")?;
    let (act, mut after, mut all) = (Act::Confirm(kind), None, Vec::new());
    loop {
        let page = ProcedurePage {
            act: &act,
            from: Moment(i64::MIN),
            until: Moment(i64::MAX),
            after,
            limit: 2_048,
        };
        let procedures = store.procedures(&page).await?;
        let Some(last) = procedures.last() else {
            return Ok(all);
        };
        after = Some((last.access.at, last.access.decision));
        let asked: Vec<(CustomerId, [u8; 16])> = procedures
            .iter()
            .flat_map(|one| {
                let seen = places(&one.access, &[TraitKind::Address]);
                seen.into_iter()
                    .map(|seen| (one.access.customer, seen.value))
            })
            .collect();
        let known = store
            .places(TraitKind::Address, &asked, &Look::USUAL)
            .await?;
        ensure!(
            known.len() == procedures.len(),
            "each change has an address"
        );
        let both = procedures.into_iter().zip(known);
        all.extend(both.map(|(one, known)| Swept::of(one, vec![known], &Look::USUAL)));
    }
}

fn compare(swept: &[Swept], year: &Year) -> Result<()> {
    let mut naive: Vec<_> = year.changes.iter().zip(year.naive(&Look::USUAL)?).collect();
    naive.sort_by_key(|(row, _)| (year.at[**row as usize], **row));
    ensure!(swept.len() == naive.len(), "as many answers");
    for (one, (row, wanted)) in swept.iter().zip(naive) {
        let [(known, _)] = one.places.as_slice() else {
            anyhow::bail!("one place each");
        };
        ensure!(
            one.procedure.access.decision.0 == decision_id(*row),
            "the same change"
        );
        let given = answer(known);
        ensure!(given == wanted, "change {row}: {given:?} is not {wanted:?}");
    }
    Ok(())
}

fn answer(known: &PlaceKnown) -> Answer {
    let named = known.named.iter();
    Answer {
        own: known.own,
        others: known.others,
        crowd: known.crowd,
        named: named
            .map(|other| (customer_number(other.customer.0), other.seen))
            .collect(),
    }
}
