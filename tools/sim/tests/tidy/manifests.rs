//! The manifests: who may use whom, and what a crate may never take in (the design's table, which
//! ARCHITECTURE.md repeats for people).

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::source::{Finding, Source};

/// Which crates of ours each crate of the product may use. What only its tests use is not counted.
const EDGES: [(&str, &[&str]); 9] = [
    ("core", &[]),
    ("seal", &["core"]),
    ("store", &["core"]),
    ("gate", &["core", "seal", "store"]),
    ("web", &["core", "gate"]),
    ("vault", &["core", "seal"]),
    ("archive", &["core"]),
    ("assure", &["core"]),
    (
        "sekisho",
        &[
            "core", "seal", "store", "gate", "web", "vault", "archive", "assure",
        ],
    ),
];

const ASYNC: &[&str] = &[
    "tokio",
    "tokio-*",
    "futures",
    "futures-*",
    "async-*",
    "smol",
    "flume",
];
const SQL: &[&str] = &[
    "rusqlite",
    "libsqlite3-sys",
    "tokio-postgres",
    "postgres",
    "postgres-*",
    "sqlx",
    "sqlx-*",
    "diesel",
    "sea-orm",
    "deadpool*",
];
const HTTP: &[&str] = &[
    "axum", "axum-*", "hyper", "hyper-*", "http", "http-*", "tower", "tower-*", "reqwest", "ureq",
];
const CHANCE: &[&str] = &[
    "rand",
    "rand_*",
    "getrandom",
    "fastrand",
    "oorandom",
    "uuid",
    "ulid",
];
const CLOCKS: &[&str] = &["chrono", "quanta", "coarsetime", "web-time", "jiff"];
const WATCHING: &[&str] = &["tracing", "tracing-*", "log", "metrics", "metrics-*"];
const SETTINGS: &[&str] = &["clap", "figment", "config", "dotenvy", "envy"];
const COLUMNS: &[&str] = &[
    "arrow",
    "arrow-*",
    "parquet",
    "parquet-*",
    "datafusion",
    "datafusion-*",
];
const VAGUE_ERRORS: &[&str] = &["anyhow", "eyre", "color-eyre"];

/// What each crate never takes in, its tests apart.
const NEVER: [(&str, &[&[&str]]); 9] = [
    (
        "core",
        &[
            ASYNC,
            SQL,
            HTTP,
            CHANCE,
            CLOCKS,
            WATCHING,
            SETTINGS,
            COLUMNS,
            VAGUE_ERRORS,
        ],
    ),
    (
        "seal",
        &[
            ASYNC,
            SQL,
            HTTP,
            CHANCE,
            CLOCKS,
            WATCHING,
            SETTINGS,
            COLUMNS,
            VAGUE_ERRORS,
        ],
    ),
    (
        "store",
        &[HTTP, CHANCE, CLOCKS, SETTINGS, COLUMNS, VAGUE_ERRORS],
    ),
    ("gate", &[HTTP, SQL, SETTINGS, COLUMNS, VAGUE_ERRORS]),
    (
        "web",
        &[SQL, CHANCE, CLOCKS, SETTINGS, COLUMNS, VAGUE_ERRORS],
    ),
    ("vault", &[COLUMNS, VAGUE_ERRORS]),
    (
        "archive",
        &[ASYNC, SQL, HTTP, CHANCE, CLOCKS, WATCHING, VAGUE_ERRORS],
    ),
    ("assure", &[COLUMNS, VAGUE_ERRORS]),
    ("sekisho", &[SQL, COLUMNS]),
];

/// What is nowhere in the tree, however deep: libraries of C for cryptography (decision 0003), RSA
/// while its timing is open (0002), and drivers that hide the dialect (0001).
const NOWHERE: &[&str] = &[
    "openssl",
    "openssl-*",
    "native-tls",
    "aws-lc-*",
    "boring",
    "boring-*",
    "rsa",
    "sqlx-core",
];

pub fn edges(sources: &[Source]) -> Vec<Finding> {
    let manifests = sources.iter().filter(|source| is_manifest(source));
    manifests.flat_map(edges_of).collect()
}

fn is_manifest(source: &Source) -> bool {
    source
        .package()
        .is_some_and(|package| source.path == format!("{package}/Cargo.toml"))
}

fn edges_of(source: &Source) -> Vec<Finding> {
    let table: Table = match source.text.parse() {
        Ok(table) => table,
        Err(fault) => return vec![source.finding(0, format!("is not a manifest: {fault}"))],
    };
    let package = source.package().unwrap_or_default();
    if package.starts_with("examples/") {
        return on_its_own(source, &table);
    }
    let Some(name) = package.strip_prefix("crates/") else {
        return Vec::new();
    };
    let Some((_, allowed)) = EDGES.iter().find(|(row, _)| *row == name) else {
        return vec![source.finding(0, format!("crates/{name} has no row in the table of edges"))];
    };
    let never = NEVER
        .iter()
        .find(|(row, _)| *row == name)
        .map_or(&[][..], |(_, lists)| lists);
    let mut found = Vec::new();
    for used in dependencies(&table) {
        let at = source.text.find(used.as_str()).unwrap_or_default();
        if let Some(ours) = used.strip_prefix("sekisho-") {
            if !allowed.contains(&ours) {
                found.push(source.finding(at, format!("{name} may not use {ours}")));
            }
        } else if never.iter().any(|list| matches_any(list, &used)) {
            found.push(source.finding(at, format!("{name} may never take in {used}")));
        }
    }
    found
}

/// An example is copied into other people's trees, where our crates are not.
fn on_its_own(source: &Source, table: &Table) -> Vec<Finding> {
    let used = dependencies(table).into_iter();
    let ours = used.filter(|used| used.starts_with("sekisho-"));
    ours.map(|used| source.finding(0, format!("an example may not use {used}")))
        .collect()
}

/// The packages that a manifest needs outside its tests, by their real names.
fn dependencies(table: &Table) -> Vec<String> {
    let for_targets = table
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(|targets| targets.values().filter_map(Value::as_table));
    let mut names = Vec::new();
    for scope in for_targets.chain([table]) {
        for kind in ["dependencies", "build-dependencies"] {
            for (name, wanted) in scope
                .get(kind)
                .and_then(Value::as_table)
                .into_iter()
                .flatten()
            {
                let renamed = wanted.get("package").and_then(Value::as_str);
                names.push(renamed.unwrap_or(name).to_owned());
            }
        }
    }
    names
}

/// Whether a name is on a list, where `x-*` stands for every name that begins with `x-`.
fn matches_any(list: &[&str], name: &str) -> bool {
    list.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *pattern,
    })
}

pub fn lints(source: &Source) -> Vec<Finding> {
    if !is_manifest(source) {
        return Vec::new();
    }
    let table: Table = source.text.parse().unwrap_or_default();
    let inherited = table
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(Value::as_bool);
    if inherited == Some(true) {
        return Vec::new();
    }
    vec![source.finding(0, "does not take the lints of the workspace")]
}

pub fn lock(source: &Source) -> Vec<Finding> {
    if source.path != "Cargo.lock" {
        return Vec::new();
    }
    let table: Table = source.text.parse().unwrap_or_default();
    let packages = table.get("package").and_then(Value::as_array);
    let Some(packages) = packages.filter(|packages| !packages.is_empty()) else {
        return vec![source.finding(0, "names no package, so nothing was checked")];
    };
    let mut found = Vec::new();
    let mut sources: BTreeMap<&str, &str> = BTreeMap::new();
    for package in packages {
        let name = package
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let at = source
            .text
            .find(&format!("name = \"{name}\""))
            .unwrap_or_default();
        if matches_any(NOWHERE, name) {
            found.push(source.finding(at, format!("{name} is banned, however deep it lies")));
        }
        if let Some(from) = package.get("source").and_then(Value::as_str) {
            sources.insert(from, name);
        }
    }
    let foreign = sources.iter().filter(|(from, _)| {
        !(from.starts_with("registry+https://github.com/rust-lang/") && from.ends_with(".io-index"))
    });
    found.extend(foreign.map(|(from, name)| {
        let at = source.text.find(*from).unwrap_or_default();
        source.finding(
            at,
            format!("{name} comes from {from}, not from the usual registry"),
        )
    }));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(package: &str, dependencies: &str) -> usize {
        let path = format!("{package}/Cargo.toml");
        edges(&[Source::new(&path, dependencies)]).len()
    }

    #[test]
    fn an_edge_that_is_not_in_the_table_is_found() {
        for (package, used, findings) in [
            ("crates/seal", "core", 0),
            ("crates/core", "seal", 1),
            ("crates/store", "seal", 1),
            ("crates/web", "store", 1),
            ("crates/web", "seal", 1),
            ("crates/gate", "web", 1),
            ("crates/sekisho", "web", 0),
            ("crates/sekisho", "world", 1),
            ("crates/gate", "world", 1),
            ("crates/surprise", "core", 1),
            ("tools/sim", "world", 0),
            ("examples/rust", "core", 1),
            ("examples/rust", "web", 1),
        ] {
            for kind in [
                "dependencies",
                "target.'cfg(unix)'.dependencies",
                "build-dependencies",
            ] {
                let text = format!("[{kind}]\nsekisho-{used}.workspace = true\n");
                assert_eq!(of(package, &text), findings, "{package} {text}");
            }
        }
    }

    #[test]
    fn the_tests_of_a_crate_may_use_the_tools() {
        assert_eq!(
            of(
                "crates/gate",
                "[dev-dependencies]\nsekisho-world.workspace = true\n"
            ),
            0
        );
    }

    #[test]
    fn a_crate_that_may_never_be_taken_in_is_found() {
        for (package, used) in [
            ("core", "tokio"),
            ("core", "futures-util"),
            ("core", "rusqlite"),
            ("core", "axum"),
            ("core", "rand_chacha"),
            ("core", "tracing"),
            ("seal", "getrandom"),
            ("store", "rand"),
            ("store", "anyhow"),
            ("gate", "axum"),
            ("archive", "rusqlite"),
            ("archive", "tokio"),
            ("sekisho", "parquet"),
            ("gate", "rusqlite"),
            ("web", "tokio-postgres"),
            ("web", "parquet"),
            ("sekisho", "arrow-array"),
        ] {
            let package = format!("crates/{package}");
            assert_eq!(
                of(&package, &format!("[dependencies]\n{used} = \"1\"\n")),
                1,
                "{used}"
            );
            let renamed = format!("[dependencies]\nx = {{ package = \"{used}\" }}\n");
            assert_eq!(of(&package, &renamed), 1, "{used} under another name");
            assert_eq!(
                of(&package, &format!("[dev-dependencies]\n{used} = \"1\"\n")),
                0
            );
        }
        assert_eq!(of("crates/archive", "[dependencies]\nparquet = \"1\"\n"), 0);
        assert_eq!(of("crates/core", "[dependencies]\nserde = \"1\"\n"), 0);
    }

    #[test]
    fn a_manifest_with_its_own_lints_is_found() {
        let of = |text: &str| lints(&Source::new("crates/core/Cargo.toml", text)).len();
        assert_eq!(of("[lints]\nworkspace = true\n"), 0);
        assert_eq!(of("[lints.clippy]\nall = \"allow\"\n"), 1);
        assert_eq!(of(""), 1);
    }

    #[test]
    fn a_banned_package_is_found_however_deep() {
        let of = |name: &str, from: &str| {
            let text = format!("[[package]]\nname = \"{name}\"\nsource = \"{from}\"\n");
            lock(&Source::new("Cargo.lock", &text)).len()
        };
        let usual = concat!("registry+https://github.com/rust-lang/crates", ".io-index");
        assert_eq!(of("ring", usual), 0);
        for name in ["openssl-sys", "native-tls", "aws-lc-rs", "rsa"] {
            assert_eq!(of(name, usual), 1, "{name}");
        }
        assert_eq!(of("ring", "git+https://example.org/ring"), 1);
        assert_eq!(lock(&Source::new("Cargo.lock", "version = 4\n")).len(), 1);
    }
}
