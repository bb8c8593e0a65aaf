//! The budgets of the design, measured: each bench against a baseline of the same process on the
//! same machine.
//!
//! **Invariant:** the last line on standard output is the result; everything on the way goes to
//! standard error.

mod attempts;
mod backtest;
mod commit;
mod console;
mod curve;
mod decide;
mod detection;
mod flood;
mod http;
mod incident;
mod log;
mod machine;
mod memory;
mod operation;
mod place;
mod report;
mod rounds;
mod sign_in;
mod stop;
mod stopwatch;
mod sweep;
mod timing;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::Parser;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use report::Report;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// The profile of every bench that does not say otherwise: the one that ships as default.
const PROFILE: &str = "jsda-2025";

/// One bench.
struct Bench {
    name: &'static str,
    what: &'static str,
    baseline: &'static str,
    aim: &'static str,
    run: fn(&Plan) -> Result<Report>,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "decide",
        what: "facts in memory to decision, shipped rules included",
        baseline: "none",
        aim: "at least 200,000 a second on one core, p99 below 25 µs",
        run: decide::run,
    },
    Bench {
        name: "commit",
        what: "durable decisions through the store, 64 in flight, SQLite on a file, full flush",
        baseline: "a hand-written loop of the same rows straight on the driver, 128 a transaction",
        aim: "at least 0.7 of it",
        run: commit::run,
    },
    Bench {
        name: "log",
        what: "the durable decisions of `commit`, each in the log when a round is over",
        baseline: "the same without the log",
        aim: "at least 0.4 of it",
        run: log::run,
    },
    Bench {
        name: "http",
        what: "POST /v1/decisions on 64 connections that are kept, on the listener as it ships",
        baseline: "the same server answering a constant document to the same requests",
        aim: "at least 0.4 of it, p99 below 20 ms",
        run: http::run,
    },
    Bench {
        name: "sign-in",
        what: "whole password sign-ins at the shipped cost of argon2id",
        baseline: "bare argon2id calls at that cost on the same cores",
        aim: "at least 0.95 of it",
        run: sign_in::run,
    },
    Bench {
        name: "curve",
        what: "a judged decision (gather, decide, commit) at 10,000, 100,000, 1,000,000 customers",
        baseline: "the same at 10,000 customers",
        aim: "less than twice its cost",
        run: curve::run,
    },
    Bench {
        name: "flood",
        what: "decisions while ten times as many sign-ins as there is room for go on and on",
        baseline: "the same without the flood",
        aim: "p99 below 50 ms",
        run: flood::run,
    },
    Bench {
        name: "timing",
        what: "how well the time of a refused sign-in tells unknown, wrong and locked apart",
        baseline: "what two samples of one kind differ by in one of a hundred cases",
        aim: "less than that, with a floor for imported hashes too",
        run: timing::run,
    },
    Bench {
        name: "operation",
        what: "withdrawals created, confirmed and redeemed, 64 in flight, on SQLite, and on PostgreSQL if SEKISHO_TEST_POSTGRES names one",
        baseline: "the durable decisions of `commit` on the same database",
        aim: "at most three commits a chain that a passkey confirms",
        run: operation::run,
    },
    Bench {
        name: "stop",
        what: "from the answer to a stop to the first refusal on the last of three nodes, on PostgreSQL if SEKISHO_TEST_POSTGRES names one",
        baseline: "none",
        aim: "p99 below a second, and nothing slips through",
        run: stop::run,
    },
    Bench {
        name: "sweep",
        what: "ten weeks of changed payout accounts against a year of all accesses, on a SQLite file",
        baseline: "a loop over the columns of that year in memory, one core",
        aim: "at least ten times as fast, with the same answers",
        run: sweep::run,
    },
    Bench {
        name: "incident",
        what: "sekisho incident answer, the whole command, against that year in a SQLite file",
        baseline: "the 17 h 50 min that the broker took",
        aim: "less than 60 s",
        run: incident::run,
    },
    Bench {
        name: "console",
        what: "the console's pages over 100,000 alerts and cases and a customer with 50,000 accesses, on a SQLite file",
        baseline: "the same over 100 of each",
        aim: "the slowest page below 200 ms",
        run: console::run,
    },
    Bench {
        name: "backtest",
        what: "recorded attempts through a new rule set, from a SQLite file and from memory",
        baseline: "reading the same rows without judging",
        aim: "at least 0.3 of it; from memory 500,000 a second of one core",
        run: backtest::run,
    },
    Bench {
        name: "detection",
        what: "what the three kinds of evidence see of attackers, and what that costs customers, on generated years or on the file that --rba names",
        baseline: "the figures of Wiefling et al. 2022",
        aim: "at most one of twelve logins challenged more than theirs, fewer than 20 alerts in 10,000 good logins",
        run: detection::run,
    },
];

/// Measures what Sekisho is held to.
#[derive(Debug, Parser)]
#[command(name = "sekisho-bench", after_help = list())]
struct Arguments {
    /// Which bench, or all.
    name: String,
    /// One JSON object as the last line instead of some lines for people.
    #[arg(long)]
    json: bool,
    /// How long to measure each, preparations apart.
    #[arg(long, default_value_t = 10, value_name = "N")]
    seconds: u64,
    /// Most customers of `curve`: 10000, 100000, 1000000 (10000000 takes 30 GB and half an hour);
    /// and of `sweep`, where 1800000 make the year of the design (31.3 M accesses).
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    largest: u32,
    /// Where the databases are made; gone afterwards. Name a folder on the volume that is meant:
    /// one in memory flushes for nothing.
    #[arg(long, value_name = "PATH", default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
    /// The CSV of the RBA login data set (das-group/rba-dataset), for `detection` to be measured on
    /// instead of generated years.
    #[arg(long, value_name = "FILE")]
    rba: Option<PathBuf>,
    /// The seeds that limits were tuned on, for `detection`, instead of those of the figures.
    #[arg(long)]
    tuning: bool,
}

/// What every bench is told.
struct Plan {
    budget: Duration,
    largest: u32,
    folder: PathBuf,
    rba: Option<PathBuf>,
    tuning: bool,
}

fn list() -> String {
    let mut text = "Benches:\n".to_owned();
    for bench in BENCHES {
        text += &format!(
            "  {}\n      measures  {}\n      baseline  {}\n      aim       {}\n",
            bench.name, bench.what, bench.baseline, bench.aim
        );
    }
    text + "\nRatios are medians over pairs of rounds, bench and baseline in turn."
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let plan = Plan {
        budget: Duration::from_secs(arguments.seconds),
        largest: arguments.largest,
        folder: arguments.folder,
        rba: arguments.rba,
        tuning: arguments.tuning,
    };
    let wanted: Vec<_> = BENCHES
        .iter()
        .filter(|bench| arguments.name == "all" || arguments.name == bench.name)
        .collect();
    if wanted.is_empty() {
        let names: Vec<_> = BENCHES.iter().map(|bench| bench.name).collect();
        let (name, names) = (arguments.name, names.join(", "));
        return Err(anyhow!("no bench {name:?}; there are {names} and all"));
    }
    let mut objects = Vec::new();
    for bench in wanted {
        let object = measure(bench, &plan, arguments.json)?;
        objects.push(object);
    }
    if arguments.json && arguments.name == "all" {
        let met = objects.iter().all(|object| object["met"] == json!(true));
        println!(
            "{}",
            json!({"bench": "all", "met": met, "benches": objects})
        );
    }
    Ok(())
}

fn measure(bench: &Bench, plan: &Plan, as_json: bool) -> Result<Value> {
    eprintln!("{}: {}", bench.name, bench.what);
    let before = machine::describe(&plan.folder)?;
    let report = (bench.run)(plan)?.with("machine", before);
    let object = report.json();
    if as_json {
        println!("{object}");
    } else {
        println!("{}", report.text());
    }
    Ok(object)
}

/// What the nodes of this process count, as `sekisho serve` has it counted.
fn metrics() -> Result<PrometheusHandle> {
    static METRICS: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut kept = METRICS.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = match kept.take() {
        Some(handle) => handle,
        None => PrometheusBuilder::new().install_recorder()?,
    };
    Ok(kept.insert(handle).clone())
}

/// A runtime of so many workers.
fn runtime(workers: usize) -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()?)
}
