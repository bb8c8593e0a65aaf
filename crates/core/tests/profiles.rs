//! Every key of every shipped profile, side by side, as a checked-in file; and that the page about
//! the policy names each.
//!
//! `SEKISHO_WRITE_TABLES=1` writes the file anew; the difference is then read like code.
//!
//! **Invariant:** a profile changes only together with this file, and a key only with its page.

#![allow(
    clippy::unwrap_used,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const PROFILES: [&str; 5] = [
    "jsda-2025",
    "nist-800-63b-4",
    "asvs-5-l2",
    "asvs-5-l3",
    "jp-legacy",
];

/// Adds every value below `value` under its path; a table that is a value of its own (`name`,
/// `fields`) stays whole.
fn flatten(path: &str, value: &toml::Value, into: &mut BTreeMap<String, String>) {
    let whole = path.ends_with(".name") || path.ends_with(".fields");
    match value {
        toml::Value::Table(table) if !whole => {
            for (key, inner) in table {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten(&path, inner, into);
            }
        }
        other => {
            into.insert(path.to_owned(), other.to_string());
        }
    }
}

fn profile(name: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/policy");
    let text = fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let mut keys = BTreeMap::new();
    flatten("", &toml::Value::Table(table), &mut keys);
    keys
}

fn keys(profiles: &[BTreeMap<String, String>]) -> BTreeSet<&String> {
    profiles.iter().flat_map(BTreeMap::keys).collect()
}

#[test]
fn the_profiles_are_what_the_file_says() {
    let profiles = PROFILES.map(profile);
    let mut text = String::from(
        "# Every key of every shipped profile; `-` where a profile has none.\n\
         # Written by SEKISHO_WRITE_TABLES=1 cargo test -p sekisho-core --test profiles\n",
    );
    for key in keys(&profiles) {
        writeln!(text, "\n{key}").unwrap();
        for (name, profile) in PROFILES.iter().zip(&profiles) {
            let value = profile.get(key).map_or("-", String::as_str);
            writeln!(text, "  {name:<15} {value}").unwrap();
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/profiles.txt");
    if std::env::var_os("SEKISHO_WRITE_TABLES").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == text,
        "profiles.txt is not what the profiles say: write it anew and read the difference"
    );
}

#[test]
fn the_page_about_the_policy_names_every_key() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    let page = fs::read_to_string(page).unwrap();
    let profiles = PROFILES.map(profile);
    let missing: Vec<_> = keys(&profiles)
        .into_iter()
        .map(|key| general(key))
        .filter(|key| !page.contains(&format!("`{key}`")))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// The key as the page has it: `operation.KIND.require` for `operation.withdraw.require`.
fn general(key: &str) -> String {
    let parts: Vec<_> = key.split('.').collect();
    match parts.as_slice() {
        ["operation", _, "limit", _, rest @ ..] => {
            format!("operation.KIND.limit.CURRENCY.{}", rest.join("."))
        }
        ["operation", _, rest @ ..] => format!("operation.KIND.{}", rest.join(".")),
        ["text", "country", _, rest @ ..] => format!("text.country.NAME.{}", rest.join(".")),
        ["factor", _] => "factor.METHOD".to_owned(),
        _ => key.to_owned(),
    }
}
