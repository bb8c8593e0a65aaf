//! The text file of the catalogue: made from the profiles as written, and read back.
//!
//! **Invariant:** nothing here asks the crate what an operation needs.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use sekisho_core::money::Money;

pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/catalogue.txt");
pub const PROFILES: [&str; 5] = [
    "jsda-2025",
    "nist-800-63b-4",
    "asvs-5-l2",
    "asvs-5-l3",
    "jp-legacy",
];

/// What the file says of a kind from an amount on.
#[derive(Debug)]
pub struct Line {
    pub profile: String,
    pub kind: String,
    /// An amount of the line: its least one, or for the last one of a kind that of a currency that
    /// no tier names.
    pub amount: Option<Money>,
    pub require: Vec<String>,
}

fn words(table: &toml::Table, key: &str) -> BTreeSet<String> {
    let list = table.get(key).and_then(toml::Value::as_array);
    let words = list.into_iter().flatten().filter_map(toml::Value::as_str);
    words.map(str::to_owned).collect()
}

/// The rest of a line: every key of its own but those that the columns say, as written.
fn rest(table: &toml::Table) -> String {
    let shown = [
        "name", "fields", "require", "effect", "tier", "from", "label",
    ];
    let others = table
        .iter()
        .filter(|(key, _)| !shown.contains(&key.as_str()));
    let others: Vec<_> = others
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    others.join("; ")
}

fn lines(profile: &str, kind: &str, spec: &toml::Table) -> String {
    let effect = spec["effect"].as_str().unwrap();
    let mut text = format!("\n{profile} · {kind} · {effect}\n");
    let mut require = words(spec, "require");
    let mut line = |from: &str, require: &BTreeSet<String>, rest: &str| {
        let require: Vec<_> = require.iter().map(String::as_str).collect();
        let line = format!("  {from:<20} {:<48} {rest}", require.join(" "));
        writeln!(text, "{}", line.trim_end()).unwrap();
    };
    line("any", &require, &rest(spec));
    let tiers = spec.get("tier").and_then(toml::Value::as_array);
    for tier in tiers
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table)
    {
        require.extend(words(tier, "require"));
        let from = tier["from"].as_table().unwrap().iter();
        let from: Vec<_> = from
            .map(|(currency, value)| format!("{currency} {}", value.as_str().unwrap()))
            .collect();
        line(&from.join(", "), &require, &rest(tier));
    }
    text
}

/// The file as the profiles say it.
pub fn made() -> String {
    let mut text = String::from(
        "# What each kind of operation requires, by profile and amount, whatever the risk; a tier has what\n\
         # is above it as well, and so has an amount in a currency that is not named. Behind it, the rest.\n\
         # Written by SEKISHO_WRITE_TABLES=1 cargo test -p sekisho-core --test catalogue\n",
    );
    for profile in PROFILES {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/policy/{profile}.toml"));
        let table: toml::Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
        for (kind, spec) in table["operation"].as_table().unwrap() {
            text.push_str(&lines(profile, kind, spec.as_table().unwrap()));
        }
    }
    text
}

fn money(text: &str) -> Money {
    let (currency, value) = text.split_once(' ').unwrap();
    Money::parse(value, currency).unwrap()
}

/// The lines of the file as it is kept; the last of a kind once more for a currency without tiers.
pub fn read() -> Vec<Line> {
    let kept = std::fs::read_to_string(FILE).unwrap();
    let mut all: Vec<Line> = Vec::new();
    let mut head = (String::new(), String::new());
    for line in kept.lines().filter(|line| !line.starts_with('#')) {
        if let Some((profile, kind)) = line.split_once(" · ").filter(|_| !line.starts_with(' ')) {
            let (kind, _) = kind.split_once(" · ").unwrap();
            again(&mut all);
            head = (profile.to_owned(), kind.to_owned());
        } else if !line.is_empty() {
            let from = line.get(2..22).unwrap_or(&line[2..]).trim();
            let require = line
                .get(23..71)
                .unwrap_or(line.get(23..).unwrap_or_default());
            all.push(Line {
                profile: head.0.clone(),
                kind: head.1.clone(),
                amount: match from {
                    "any" => None,
                    first => Some(money(first.split(", ").next().unwrap())),
                },
                require: require.split_whitespace().map(str::to_owned).collect(),
            });
        }
    }
    again(&mut all);
    all
}

/// Another line as the last one, in a currency that no tier names.
fn again(all: &mut Vec<Line>) {
    let Some(last) = all.last().filter(|last| last.amount.is_some()) else {
        return;
    };
    let line = Line {
        profile: last.profile.clone(),
        kind: last.kind.clone(),
        amount: Some(money("KWD 0.001")),
        require: last.require.clone(),
    };
    all.push(line);
}
