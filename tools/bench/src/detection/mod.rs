//! `detection`: what the three kinds of evidence see of attackers, and what that costs customers.
//!
//! Two generated years: one with the marginals of the public RBA login data set, for the paper's
//! question (how often is a customer asked so that attackers are caught), and one of a broker, for
//! hard negatives and list attacks. With `--rba FILE` the same questions are asked of that file
//! instead. Everything is judged as it would have been at its time ([`judged`]).
//!
//! **Invariant:** the worlds of the figures are not those that anything was tuned on.

mod alarms;
mod counters;
mod csv;
mod generated;
mod judged;
mod login;
mod reauthentication;
mod recall;
mod shipped;
mod windows;

use std::path::Path;

use anyhow::Result;
use sekisho_world::{Profile, Shares, World, WorldConfig};
use serde_json::{Value, json};

use self::judged::{Evidence, Judge, Stream};
use crate::Plan;
use crate::report::Report;

/// 1 October 2025 in Japan, in microseconds.
const BEGIN: i64 = 1_759_244_400_000_000;
/// Seeds of the worlds that the figures are made of, of the data set's kind and of the broker's;
/// whatever was tuned was tuned on 11 and 12.
const FIGURES: [u64; 2] = [101, 102];
const TUNING: [u64; 2] = [11, 12];
/// Customers of the two worlds, and of the broker's for the shipped rules.
const CUSTOMERS: [u32; 3] = [200_000, 40_000, 20_000];
/// Takeovers of a million customers a year: 80 times as many as a world has otherwise, so that the
/// intervals are narrow. They are judged and never learnt, so that it changes nothing else.
const TAKEOVERS: u32 = 40_000;

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    if let Some(path) = &plan.rba {
        return of_file(path);
    }
    let seeds = if plan.tuning { TUNING } else { FIGURES };
    let rba = figures(&stream(Profile::Rba, CUSTOMERS[0], seeds[0])?, seeds[0]);
    let broker = figures(&stream(Profile::Broker, CUSTOMERS[1], seeds[1])?, seeds[1]);
    let rules = shipped::verdicts(&world(Profile::Broker, CUSTOMERS[2], seeds[1])?)?;
    eprintln!("  shipped rules: {rules}");
    let challenged = |attacker: usize| {
        let row = &rba["reauthentication"]["unlikely"]["rows"][3 * attacker];
        let of = |key: &str| row[key][1].as_f64().unwrap_or(f64::INFINITY);
        (of("challenged"), of("challenged") - of("paper"))
    };
    let alerts = &broker["alarms"]["all_at_0.1_percent"]["alerts_per_10000_good"];
    let alerts = alerts.as_f64().unwrap_or(f64::INFINITY);
    let what = "of twelve logins challenged (median) so that .995 of naive attackers are";
    Ok(Report::new("detection", challenged(0).0, what)
        .below("more than the paper: naive", challenged(0).1, 1.5)
        .below("VPN", challenged(1).1, 1.5)
        .below("targeted", challenged(2).1, 1.5)
        .below("alerts per 10,000 good logins", alerts, 20.0)
        .with("seeds", json!(seeds))
        .with("as_the_data_set", rba)
        .with("broker", broker)
        .with("shipped_rules", rules))
}

fn of_file(path: &Path) -> Result<Report> {
    let found = figures(&csv::judge(path, FIGURES[0])?, FIGURES[0]);
    let auc = &found["recall"]["all"]["very_targeted"]["auc"][0];
    let value = auc.as_f64().unwrap_or(0.0);
    Ok(Report::new("detection", value, "area under the curve, takeovers").with("file", found))
}

fn world(profile: Profile, customers: u32, seed: u64) -> Result<World> {
    let config = WorldConfig::new(seed, customers, BEGIN).with_profile(profile);
    let shares = Shares {
        takeovers_per_million: TAKEOVERS,
        ..config.shares.clone()
    };
    Ok(World::new(WorldConfig { shares, ..config })?)
}

fn stream(profile: Profile, customers: u32, seed: u64) -> Result<Stream> {
    let world = world(profile, customers, seed)?;
    let mut judge = Judge::new(seed);
    for (over, login) in generated::logins(&world) {
        judge.see(over, &login);
    }
    Ok(judge.end())
}

fn figures(stream: &Stream, seed: u64) -> Value {
    let Stream {
        judged,
        campaigns,
        attempts,
        customers,
    } = stream;
    let tables = [Evidence::Published, Evidence::Unlikely];
    let tables: serde_json::Map<String, Value> = tables
        .into_iter()
        .map(|evidence| {
            let table = reauthentication::table(judged, evidence);
            print_table(evidence, &table);
            (evidence.word().to_owned(), table)
        })
        .collect();
    let recall = recall::measures(judged, *customers, seed);
    print_recall(&recall);
    let alarms = alarms::alarms(judged);
    let campaigns = alarms::campaigns(campaigns, judged);
    eprintln!("  alarms: {}", alarms["all_at_1_percent"]);
    eprintln!("  as the server has it: {}", alarms["live_at_1_percent"]);
    eprintln!("  likewise, rare: {}", alarms["live_rare_at_1_percent"]);
    eprintln!("  campaigns: {campaigns}");
    json!({
        "attempts": attempts,
        "customers": customers,
        "logins": judged.len(),
        "reauthentication": tables,
        "recall": recall,
        "alarms": alarms,
        "list_attacks": campaigns,
    })
}

fn print_table(evidence: Evidence, table: &Value) {
    eprintln!(
        "  challenges after {} logins, {}:",
        table["after"],
        evidence.word()
    );
    for row in table["rows"].as_array().into_iter().flatten() {
        eprintln!(
            "    {:14} caught {:5}  {:16} paper {:22} of {} customers",
            row["attacker"].as_str().unwrap_or(""),
            row["caught"],
            row["challenged"].to_string(),
            row["paper"].to_string(),
            row["customers"],
        );
    }
}

fn print_recall(recall: &Value) {
    for (evidence, classes) in recall.as_object().into_iter().flatten() {
        for (class, row) in classes.as_object().into_iter().flatten() {
            eprintln!(
                "    {evidence:10} {class:14} area {:24} recall at 1 % {:24} at 0.1 % {}",
                row["auc"].to_string(),
                row["recall_at_1_percent"].to_string(),
                row["recall_at_0.1_percent"],
            );
        }
    }
}
