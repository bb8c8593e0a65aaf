//! Calls: what a crate may not say even though its manifest lets it, because the standard library
//! or a dependency it needs has it too.

use crate::source::{Finding, Source};

/// Words of code by crate. A word stands for itself; `a::b` is found with any `std::` before it.
const FORBIDDEN: [(&str, &str, &[&str]); 12] = [
    ("core", "knows no clock", CLOCK),
    ("core", "is synchronous", &["async", "await", "tokio"]),
    ("core", "touches no file, network or environment", WORLD),
    ("core", "draws no chance", CHANCE),
    ("core", "prints nothing", PRINTING),
    ("seal", "knows no clock", CLOCK),
    ("seal", "draws no chance", CHANCE),
    ("seal", "touches no file, network or environment", WORLD),
    ("store", "knows no clock", CLOCK),
    ("store", "draws no chance", CHANCE),
    (
        "store",
        "reads no environment",
        &["std::env", "env::var", "std::process"],
    ),
    ("web", "knows no clock", CLOCK),
];

const CLOCK: &[&str] = &[
    "SystemTime",
    "Instant",
    "now_utc",
    "now_local",
    "UNIX_EPOCH",
];
const CHANCE: &[&str] = &["OsRng", "thread_rng", "getrandom", "RandomState", "SysRng"];
const WORLD: &[&str] = &[
    "std::fs",
    "fs::read",
    "fs::write",
    "File::open",
    "std::env",
    "env::var",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "UnixStream",
    "std::process",
    "std::thread",
];
const PRINTING: &[&str] = &["println", "eprintln", "print", "eprint"];

/// Beginnings of SQL, which belongs to the store alone.
const SQL: [&str; 4] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];
/// SQL by which a database would read its own clock or dice: those come as parameters.
const SQL_OF_ITS_OWN: [&str; 8] = [
    "current_timestamp",
    "current_date",
    "now()",
    "clock_timestamp(",
    "datetime('now",
    "random()",
    "randomblob(",
    "gen_random_uuid(",
];
/// At most so many files turn a value into an answer (`impl IntoResponse`).
const ANSWERING_FILES: usize = 2;

fn product(source: &Source) -> Option<&str> {
    source
        .package()?
        .strip_prefix("crates/")
        .filter(|_| source.is_rust())
}

pub fn forbidden(source: &Source) -> Vec<Finding> {
    let Some(name) = product(source) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (_, reason, words) in FORBIDDEN.iter().filter(|(row, ..)| *row == name) {
        for word in *words {
            let places = whole_words(source, word);
            found.extend(places.map(|at| source.finding(at, format!("{word}: {name} {reason}"))));
        }
    }
    if name != "store" {
        let quoted = source.text.match_indices('"').map(|(quote, _)| quote + 1);
        let sql = quoted.filter(|at| {
            SQL.iter()
                .any(|start| source.text[*at..].starts_with(start))
        });
        let outside = sql.filter(|at| !source.in_test(*at));
        found.extend(outside.map(|at| source.finding(at, format!("SQL in {name}"))));
    }
    if name == "store" {
        let lower = source.text.to_ascii_lowercase();
        for call in SQL_OF_ITS_OWN {
            let outside = outside_tests(source, lower.match_indices(call));
            found.extend(outside.map(|at| {
                source.finding(
                    at,
                    format!("{call}: time and chance are parameters of a statement"),
                )
            }));
        }
    }
    found
}

fn whole_words<'a>(source: &'a Source, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let code = source.code.as_str();
    outside_tests(source, code.match_indices(word)).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
    })
}

fn outside_tests<'a>(
    source: &'a Source,
    places: impl Iterator<Item = (usize, &'a str)> + 'a,
) -> impl Iterator<Item = usize> + 'a {
    places.map(|(at, _)| at).filter(|at| !source.in_test(*at))
}

/// A pause of fewer milliseconds than this polls a process that is not ours, such as a database
/// that is starting; nothing else can be waited for in so short a time.
const POLL_BELOW_MS: u32 = 10;

fn is_poll(arguments: &str) -> bool {
    let millis = arguments.split_once("from_millis(").map(|(_, rest)| rest);
    let number = millis.and_then(|rest| rest.split(')').next()?.parse().ok());
    number.is_some_and(|millis: u32| millis < POLL_BELOW_MS)
}

/// Tests wait for events, never for time, and none is left out.
pub fn tests(source: &Source) -> Vec<Finding> {
    if !source.is_rust() {
        return Vec::new();
    }
    let left_out = source.code.match_indices("#[ignore").map(|(at, _)| at);
    let mut found: Vec<Finding> = left_out
        .map(|at| source.finding(at, "a test that does not run proves nothing"))
        .collect();
    let words = source.identifiers().into_iter();
    let sleeps = words.filter(|(at, word)| {
        let rest = &source.code[at + word.len()..];
        let line = rest.lines().next().unwrap_or_default();
        *word == "sleep" && rest.starts_with('(') && source.in_test(*at) && !is_poll(line)
    });
    found.extend(
        sleeps.map(|(at, _)| source.finding(at, "a test waits for an event, not for time")),
    );
    found
}

pub fn answers(sources: &[Source]) -> Vec<Finding> {
    let files: Vec<Finding> = sources
        .iter()
        .filter(|source| product(source) == Some("web"))
        .filter_map(|source| {
            let at = source.code.find("IntoResponse for ")?;
            let text = format!("more than {ANSWERING_FILES} files implement IntoResponse");
            (!source.in_test(at)).then(|| source.finding(at, text))
        })
        .collect();
    if files.len() > ANSWERING_FILES {
        files
    } else {
        Vec::new()
    }
}

/// Tests from outside that `./check` does not name are run by nobody.
pub fn outside(sources: &[Source]) -> Vec<Finding> {
    let check = sources.iter().find(|source| source.path == "check");
    let named = check.map(|check| check.text.as_str()).unwrap_or_default();
    let from_outside = sources.iter().filter(|source| {
        source.path.starts_with("e2e/")
            && source.path.ends_with(".test.mjs")
            && !named.contains(&source.path)
    });
    from_outside
        .map(|source| source.finding(0, "is in no step of ./check"))
        .collect()
}

#[cfg(test)]
mod rules {
    use super::*;

    #[test]
    fn a_test_that_no_step_names_is_found() {
        let test = Source::new("e2e/push.test.mjs", "");
        let found = |step: &str| {
            let check = Source::new("check", step);
            outside(&[check, Source::new(&test.path, "")]).len()
        };
        assert_eq!(found("node --test e2e/push.test.mjs"), 0);
        assert_eq!(found("node --test e2e/pages.test.mjs"), 1);
    }

    fn of(name: &str, text: &str) -> usize {
        forbidden(&Source::new(&format!("crates/{name}/src/a.rs"), text)).len()
    }

    #[test]
    fn time_chance_and_the_world_are_found() {
        for (name, text) in [
            ("core", "let t = std::time::SystemTime::now();"),
            ("core", "use std::time::Instant;"),
            ("core", "async fn f() {}"),
            ("core", "std::fs::read(p)"),
            ("core", "use std::net::TcpStream;"),
            ("core", "std::env::var(k)"),
            ("core", "println!()"),
            ("core", "OffsetDateTime::now_utc()"),
            ("seal", "getrandom::fill(&mut b)"),
            ("seal", "SigningKey::random(&mut OsRng)"),
            ("store", "let t = Instant::now();"),
            ("web", "let t = Instant::now();"),
            ("store", "let q = \"insert into t values (now())\";"),
            ("store", "let q = \"select CURRENT_TIMESTAMP\";"),
            ("gate", "let q = \"SELECT 1\";"),
            ("web", "let q = \"DELETE FROM t\";"),
        ] {
            assert_ne!(of(name, text), 0, "{name}: {text}");
        }
    }

    #[test]
    fn what_is_allowed_is_not_found() {
        for (name, text) in [
            ("core", "use std::net::IpAddr;"),
            ("core", "// an Instant\nlet s = \"SystemTime\";"),
            ("core", "struct Instantaneous;"),
            ("core", "#[cfg(test)]\nmod tests {\n use std::fs;\n}"),
            ("gate", "let t = Instant::now();"),
            ("store", "let q = \"SELECT a FROM t\";"),
        ] {
            assert_eq!(of(name, text), 0, "{name}: {text}");
        }
    }

    #[test]
    fn sleeping_and_ignored_tests_are_found() {
        let of = |text: &str| tests(&Source::new("crates/gate/tests/a.rs", text)).len();
        assert_eq!(of("#[test]\nfn f() { std::thread::sleep(d); }"), 1);
        assert_eq!(
            of("#[test]\nfn f() { sleep(Duration::from_millis(10)).await; }"),
            1
        );
        assert_eq!(
            of("#[test]\nfn f() { sleep(Duration::from_millis(9)).await; }"),
            0
        );
        assert_eq!(of(concat!("#[ig", "nore]\n#[test]\nfn f() {}")), 1);
        assert_eq!(of("#[test]\nfn f() { wait_until(done); }"), 0);
        let worker = Source::new("crates/gate/src/a.rs", "tokio::time::sleep(d).await");
        assert_eq!(tests(&worker), vec![]);
    }

    #[test]
    fn a_third_file_that_answers_is_found() {
        let web = |name: &str| {
            let path = format!("crates/web/src/{name}.rs");
            Source::new(&path, "impl IntoResponse for Page {}")
        };
        assert_eq!(answers(&[web("a"), web("b")]), vec![]);
        assert_eq!(answers(&[web("a"), web("b"), web("c")]).len(), 3);
    }
}
