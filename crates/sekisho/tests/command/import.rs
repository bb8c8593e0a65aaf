//! `sekisho import customers`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::place::{Place, signal};

const HASH: &str = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

fn customer(number: usize) -> String {
    let line = json!({
        "reference": format!("C-{number}"),
        "mail": format!("tanuki{number}@example.jp"),
        "password_hash": HASH,
        "verified": true,
    });
    format!("{line}\n")
}

fn summary(out: &str) -> Value {
    serde_json::from_str(out).unwrap()
}

#[test]
fn lines_are_taken_over_once_and_the_rest_is_told() {
    let place = Place::ready();
    let mut text: String = (1..=300).map(customer).collect();
    text.push_str(&customer(7).replace("C-7\"", "C-other\""));
    text.push_str("{\"referense\":\"X\",\"mail\":\"tanuki@example.jp\"}\n\n");
    text.push_str(&customer(400).replace("$2b$12$", "$1$"));
    text.push_str("{\n");
    place.write("c.ndjson", &text);
    let run = place.run(&["import", "customers", "c.ndjson", "--json"]);
    assert_eq!(run.code, 3, "{run:?}");
    let told = summary(&run.out);
    for (name, count) in [
        ("lines", 305),
        ("added", 300),
        ("already_there", 1),
        ("refused", 3),
        ("empty", 1),
    ] {
        assert_eq!(told[name], count, "{name} {told}");
    }
    for line in [
        "line 302: unknown field \"referense\", did you mean reference?; reference is missing",
        "line 304: password_hash: unknown scheme; supported are argon2",
        "line 305: not JSON, at character",
    ] {
        assert!(run.err.contains(line), "{line} is not in {}", run.err);
    }
    assert!(!run.err.contains("tanuki"), "{}", run.err);

    let again = place.run(&[
        "import",
        "customers",
        "c.ndjson",
        "--json",
        "--errors",
        "e.txt",
    ]);
    let told = summary(&again.out);
    assert_eq!(
        (&told["added"], &told["already_there"]),
        (&json!(0), &json!(301))
    );
    assert_eq!(place.read("e.txt").lines().count(), 3);
    assert_eq!(again.err, "");
    let clobbering = place.run(&["import", "customers", "c.ndjson", "--errors", "e.txt"]);
    assert_eq!(clobbering.code, 1, "{clobbering:?}");

    let arguments = ["import", "customers", "-", "--json", "--from-line", "300"];
    let rest = place.feed(&arguments, text.as_bytes());
    assert_eq!(summary(&rest.out)["lines"], 6);
    let database = std::fs::read(place.path("sekisho.db")).unwrap();
    let planted = b"tanuki7@example.jp";
    assert!(!database.windows(planted.len()).any(|part| part == planted));
}

#[test]
fn a_line_without_end_is_refused_and_the_next_one_read() {
    let place = Place::ready();
    let mut text = vec![b'x'; 3_000_000];
    text.extend_from_slice(b"\n\xff\n");
    text.extend_from_slice(customer(1).as_bytes());
    let run = place.feed(&["import", "customers", "-", "--json"], &text);
    assert_eq!(run.code, 3);
    assert_eq!(
        run.err,
        "line 1: longer than 65536 bytes\nline 2: not UTF-8 at byte 1\n"
    );
    assert_eq!(summary(&run.out)["added"], 1);
}

#[test]
fn stopped_early_it_finishes_and_says_where_to_go_on() {
    let place = Place::ready();
    let mut command = place.command(&["import", "customers", "-", "--json"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A batch is passed on when it is full: 256 lines, the last of them a bad one that is told.
    let mut batch: String = (1..=255).map(customer).collect();
    batch.push_str("bad\n");
    stdin.write_all(batch.as_bytes()).unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    assert!(line.starts_with("line 256: not JSON"), "{line}");
    signal("INT", child.id());
    let mut out = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let told = summary(&out);
    assert_eq!(
        (&told["added"], &told["continue_from"]),
        (&json!(255), &json!(257))
    );
    drop(stdin);
}
