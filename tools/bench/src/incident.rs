//! Bench `incident`: the whole answer to an incident, by the command as an operator gives it,
//! against a year of everybody's accesses.
//!
//! **Invariant:** what is timed is the program from its start to its end, and its report is
//! verified before the time counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use rusqlite::Connection;
use sekisho_world::World;
use serde_json::{Value, json};

use crate::Plan;
use crate::place;
use crate::report::Report;
use crate::stopwatch::Stopwatch;
use crate::sweep::config;
use crate::sweep::fill::{There, fill, reference};
use crate::sweep::year::Year;

/// What the broker took on 15 and 16 September 2020, by its own account, in seconds.
const BROKER: f64 = (17 * 3_600 + 50 * 60) as f64;

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let config = config(plan);
    let world = World::new(config.clone())?;
    let year = Year::of(&world);
    let (accesses, changes) = (year.len(), year.changes.len());
    eprintln!(
        "  {accesses} accesses, {changes} changes, {} withdrawals",
        year.withdrawals.len()
    );
    ensure!(changes > 0, "a world without a changed payout account");
    let folder = place::folder(&plan.folder)?;
    let there = Installation::of(folder.path())?;
    there.run(&["keys", "new", "sekisho.keys"], None)?;
    there.run(&["migrate"], None)?;
    there.run(
        &["staff", "add", "sato", "--role", "operations"],
        Some("secret"),
    )?;
    let secret = fs::read_to_string(folder.path().join("secret"))?;
    let mut words = secret.split_whitespace();
    let secret = words.find(|word| word.starts_with("skf_"));
    let secret = secret.context("a secret")?;
    fs::write(folder.path().join("secret"), secret)?;
    let known = there.customers(&year)?;
    let watch = Stopwatch::start();
    let connection = Connection::open(folder.path().join("sekisho.db"))?;
    fill(connection, &year, (config.customers, &known))?;
    eprintln!("  written in {:.1?}", watch.elapsed());
    let bytes = fs::metadata(folder.path().join("sekisho.db"))?.len();

    let from = year.asked_from().to_string();
    drop(year);
    let watch = Stopwatch::start();
    let told = there.run(&answer(&from), None)?;
    let seconds = watch.elapsed().as_secs_f64();
    eprint!("{told}");
    let verified = there.run(&["incident", "verify", "answered"], None)?;
    eprint!("{verified}");
    let report = fs::read_to_string(folder.path().join("answered/report.md"))?;
    ensure!(!report.is_empty(), "a report for people");
    let queued = there.count("SELECT COUNT(*) FROM notice")?;
    let cases = there.count("SELECT COUNT(*) FROM case_file")?;
    Ok(Report::new("incident", seconds, "s")
        .against(BROKER, BROKER / seconds)
        .below("seconds", seconds, 60.0)
        .with("accesses", accesses)
        .with("changes", changes)
        .with("cases", cases)
        .with("messages", queued)
        .with("bytes", bytes)
        .with("steps", steps(&told)))
}

/// What an operator types.
fn answer(from: &str) -> Vec<&str> {
    let stop = [
        "incident",
        "answer",
        "--kind",
        "payout_account_change",
        "--message-ja",
        "出金先口座の変更を停止しています。",
        "--message-en",
        "Payout accounts cannot be changed at the moment.",
    ];
    let look = ["--from", from, "--ask", "--folder", "answered"];
    let by = [
        "--reason",
        "bench",
        "--as",
        "sato",
        "--secret-file",
        "secret",
    ];
    stop.into_iter().chain(look).chain(by).collect()
}

/// The lines that begin with seconds.
fn steps(told: &str) -> Value {
    let lines = told.lines().filter_map(|line| {
        let (seconds, what) = line.trim().split_once(" s  ")?;
        Some(json!({"seconds": seconds.parse::<f64>().ok()?, "step": what}))
    });
    Value::Array(lines.collect())
}

/// A folder with the program before it.
struct Installation<'a> {
    folder: &'a Path,
    program: PathBuf,
}

impl<'a> Installation<'a> {
    fn of(folder: &'a Path) -> Result<Self> {
        let here = std::env::current_exe()?;
        let program = here.with_file_name(format!("sekisho{}", std::env::consts::EXE_SUFFIX));
        ensure!(
            program.is_file(),
            "{} is not there: cargo build --release -p sekisho",
            program.display()
        );
        Ok(Self { folder, program })
    }

    /// Runs it in the folder; what it says on standard error. Standard output goes to a file.
    fn run(&self, arguments: &[&str], out: Option<&str>) -> Result<String> {
        let out = match out {
            Some(name) => fs::File::create(self.folder.join(name))?.into(),
            None => Stdio::null(),
        };
        let ended = Command::new(&self.program)
            .args(arguments)
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(out)
            .output()?;
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        ensure!(ended.status.success(), "{arguments:?}: {told}");
        Ok(told)
    }

    /// Imports the customers whose changes are asked about, with an address of each to write to;
    /// the ids they got.
    fn customers(&self, year: &Year) -> Result<There> {
        let rows = year.changes.iter().chain(&year.withdrawals);
        let mut numbers: Vec<u32> = rows.map(|row| year.customers[*row as usize]).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let lines: String = numbers
            .iter()
            .map(|number| {
                let (reference, mail) = (reference(*number), format!("c{number}@example.jp"));
                let line = json!({"reference": reference, "mail": mail, "verified": true});
                format!("{line}\n")
            })
            .collect();
        fs::write(self.folder.join("customers.ndjson"), lines)?;
        let watch = Stopwatch::start();
        self.run(&["import", "customers", "customers.ndjson"], None)?;
        eprintln!(
            "  {} customers imported in {:.1?}",
            numbers.len(),
            watch.elapsed()
        );
        let connection = Connection::open(self.folder.join("sekisho.db"))?;
        let mut statement = connection.prepare("SELECT reference, id FROM customer")?;
        let mut rows = statement.query([])?;
        let mut there = There::new();
        while let Some(row) = rows.next()? {
            let (reference, id): (String, [u8; 16]) = (row.get(0)?, row.get(1)?);
            let number = reference.trim_start_matches("C-").parse()?;
            there.insert(number, id);
        }
        ensure!(there.len() == numbers.len(), "every customer is there");
        Ok(there)
    }

    fn count(&self, text: &str) -> Result<u64> {
        let connection = Connection::open(self.folder.join("sekisho.db"))?;
        Ok(connection
            .query_row(text, [], |row| row.get::<_, i64>(0))?
            .unsigned_abs())
    }
}
