//! `sekisho judge`, on made-up lines and on real logs.

use std::path::Path;

use serde_json::{Value, json};

use crate::place::{Place, Run, sample};

fn rows(out: &str) -> Vec<Value> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn summary(place: &Place, name: &str) -> Value {
    serde_json::from_str(&place.read(name)).unwrap()
}

/// Verdict and reasons of each row, which two runs have in common.
fn verdicts(out: &str) -> Vec<(Value, Value, Value, Value)> {
    let same = |row: &Value| {
        let part = |name: &str| row[name].clone();
        (
            part("line"),
            part("repetition"),
            part("verdict"),
            part("reasons"),
        )
    };
    rows(out).iter().map(same).collect()
}

const RBA: &str = "index,Login Timestamp,User ID,Round-Trip Time [ms],IP Address,Country,Region,\
    City,ASN,User Agent String,Browser Name and Version,OS Name and Version,Device Type,\
    Login Successful,Is Attack IP,Is Account Takeover\n";

fn rba(second: usize, user: &str, address: &str, end: &str) -> String {
    format!(
        "0,2020-02-03 12:43:{second:02}.5,{user},,{address},NO,-,-,1,\"Mozilla/5.0 (X11, Linux)\",\
         F,L,desktop,{end}\n"
    )
}

#[test]
fn what_is_learnt_from_a_line_counts_for_the_next() {
    let place = Place::empty();
    let mut text = RBA.to_owned();
    text.push_str(&rba(0, "7", "10.0.0.1", "True,False,False"));
    text.push_str(&rba(1, "7", "10.0.0.1", "True,False,False"));
    text.push_str(&rba(2, "7", "10.9.0.1", "True,True,True"));
    text.push_str(&rba(3, "8", "10.0.0.2", "maybe,False,False"));
    text.push_str("cut off\n");
    text.push_str(&rba(4, "8", "10.0.0.2", "False,False,False"));
    place.write("rba.csv", &text);
    let arguments = ["judge", "rba.csv", "--format", "rba", "--summary", "s.json"];
    let run = place.run(&arguments);
    assert_eq!(run.code, 3, "{run:?}");
    let rows = rows(&run.out);
    assert_eq!(rows.len(), 4);
    let reasons = |row: &Value| row["reasons"].to_string();
    assert!(reasons(&rows[0]).contains("first_access"));
    assert!(!reasons(&rows[1]).contains("_new") && !reasons(&rows[1]).contains("first_access"));
    assert!(reasons(&rows[2]).contains("network_new"), "{}", rows[2]);
    assert_eq!(rows[3]["verdict"], "refuse");
    assert_eq!(
        (&rows[3]["line"], &rows[2]["label"]),
        (&json!(7), &json!("account_takeover"))
    );
    assert!(run.err.contains("line 5 has a yes or no"), "{}", run.err);
    assert!(
        run.err.contains("line 6 has 1 fields, the header has 16"),
        "{}",
        run.err
    );

    let told = summary(&place, "s.json");
    assert_eq!(
        (&told["lines"], &told["attempts"], &told["judged"]),
        (&json!(7), &json!(4), &json!(4))
    );
    assert_eq!(
        (&told["malformed"], &told["skipped"]["header"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(told["labels"]["account_takeover"]["step_up"], 1);
    assert_eq!(
        told["addresses_by_failures"],
        json!([{"address": "10.0.0.2", "failures": 1}])
    );

    let doubted = place.run(&["judge", "rba.csv", "--format", "rba", "--step-ups", "unmet"]);
    assert!(
        doubted
            .out
            .lines()
            .all(|line| line.contains("first_access")),
        "{}",
        doubted.out
    );
}

#[test]
fn a_file_that_is_not_in_the_format_at_all_stops_with_2() {
    let place = Place::empty();
    let run = place.feed(&["judge", "-", "--format", "rba"], b"a,b,c\n1,2,3\n");
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("not the header of the data set"),
        "{}",
        run.err
    );
    let run = place.feed(&["judge", "-", "--format", "rba"], b"\xff\n");
    assert_eq!(run.code, 2);
    let nothing = place.feed(&["judge", "-", "--format", "combined"], b"");
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""));
}

#[test]
fn garbage_of_any_size_is_counted_and_stops_nothing() {
    let place = Place::empty();
    let mut input = vec![0xff_u8; 10];
    input.push(b'\n');
    input.extend(vec![b'x'; 5_000_000]);
    input.extend_from_slice(
        b"\n\nMar 27 13:06:56 h sshd[7]: Failed password for root from 1.2.3.4 port 5 ssh2\n",
    );
    let arguments = [
        "judge",
        "-",
        "--format",
        "openssh",
        "--year",
        "2020",
        "--rejects",
        "r.txt",
        "--summary",
        "s.json",
    ];
    let run = place.feed(&arguments, &input);
    assert_eq!(run.code, 3);
    assert_eq!(rows(&run.out)[0]["line"], 4);
    let rejects = "line 1 is not UTF-8 at byte 1\nline 2 is longer than 65536 bytes\n\
                   line 3 does not begin with a date\n";
    assert_eq!(place.read("r.txt"), rejects);
    assert_eq!(summary(&place, "s.json")["malformed"], 3);
}

#[test]
fn requests_of_the_api_are_judged_by_the_policy_that_is_named() {
    let place = Place::empty();
    let payee = json!({
        "account_type": "ordinary", "bank": "0005", "branch": "123", "holder": "ヤマダ",
        "number": "1234567",
    });
    let withdraw = json!({
        "customer": "C-1", "act": "withdraw", "verified": ["password"],
        "operation": {"fields": {
            "amount": {"currency": "JPY", "value": "5000"}, "payee": payee,
        }},
        "context": {"address": "203.0.113.9", "moment": "2026-01-31T09:00:00+09:00"},
    });
    let mut without = withdraw.clone();
    without["context"] = json!({"address": "203.0.113.9"});
    place.write("a.ndjson", format!("{withdraw}\n{without}\n"));
    let arguments = [
        "judge",
        "a.ndjson",
        "--format",
        "ndjson",
        "--policy",
        "nist-800-63b-4",
    ];
    let run = place.run(&arguments);
    assert_eq!(run.code, 3);
    assert_eq!(rows(&run.out)[0]["act"], "withdraw");
    assert!(
        run.err
            .contains("line 2 is no attempt: /context/moment is missing"),
        "{}",
        run.err
    );
    assert!(run.err.contains("by policy nist-800-63b-4"), "{}", run.err);
    let wrong = place.run(&[
        "judge", "a.ndjson", "--format", "ndjson", "--policy", "nist",
    ]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
}

#[test]
fn a_named_database_keeps_what_was_judged() {
    let place = Place::ready();
    let arguments = [
        "judge",
        "-",
        "--format",
        "rba",
        "--database",
        "sqlite:sekisho.db",
    ];
    let input = RBA.to_owned() + &rba(0, "7", "10.0.0.1", "True,False,False");
    let nameless = place.feed(&arguments, input.as_bytes());
    assert_eq!(nameless.code, 2);
    assert!(
        nameless.err.contains("sekisho application add"),
        "{}",
        nameless.err
    );
    place.run(&["application", "add", "--name", "Shop"]).done();
    let first = place.feed(&arguments, input.as_bytes()).done();
    let again = place.feed(&arguments, input.as_bytes()).done();
    assert!(
        first.contains("first_access") && !again.contains("first_access"),
        "{again}"
    );
}

/// Judges a real log twice, since attempts are judged many at a time.
fn twice(place: &Place, path: &Path, format: &str) -> (Run, Run) {
    let path = path.to_str().unwrap();
    let run = |more: &[&str]| {
        let arguments = ["judge", path, "--format", format, "--year", "2017"];
        place.run(&[&arguments[..], more].concat())
    };
    (run(&["--summary", "s.json"]), run(&[]))
}

#[test]
fn a_real_log_of_an_ssh_server_is_judged_whole() {
    let Some(path) = sample("openssh-auth.log") else {
        return;
    };
    let place = Place::empty();
    let (one, other) = twice(&place, &path, "openssh");
    assert_eq!(one.code, 0, "{}", one.err);
    assert_eq!(verdicts(&one.out), verdicts(&other.out));
    let told = summary(&place, "s.json");
    assert_eq!(
        (&told["lines"], &told["malformed"]),
        (&json!(7121), &json!(0))
    );
    assert_eq!(
        (&told["attempts"], &told["judged"]),
        (&json!(943), &json!(1268))
    );
    // 190 passwords and 36 keys were accepted; the rest failed.
    assert_eq!(
        (&told["verdicts"]["step_up"], &told["verdicts"]["refuse"]),
        (&json!(226), &json!(1042))
    );
    let skipped: u64 = told["skipped"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(Value::as_u64)
        .sum();
    assert_eq!(skipped + 943, 7121);
    assert!(one.out.contains("\"address_guessing\""));
}

#[test]
fn a_real_log_of_a_web_server_is_judged_whole() {
    let Some(path) = sample("access-combined.log") else {
        return;
    };
    let place = Place::empty();
    let (one, other) = twice(&place, &path, "combined");
    assert_eq!(one.code, 3, "{}", one.err);
    assert_eq!(verdicts(&one.out), verdicts(&other.out));
    assert!(
        one.err
            .contains("line 8899 has a user agent whose quote does not end"),
        "{}",
        one.err
    );
    let told = summary(&place, "s.json");
    assert_eq!(
        (&told["lines"], &told["judged"]),
        (&json!(10_000), &json!(9999))
    );
    // Each of the 1,753 addresses is seen for the first time once.
    let first = told["reasons"].as_array().unwrap().iter();
    let first = first.filter(|row| row["reason"] == "first_access");
    assert_eq!(
        first.map(|row| &row["count"]).collect::<Vec<_>>(),
        [&json!(1753)]
    );
}
