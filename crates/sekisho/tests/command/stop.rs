//! `sekisho staff` and `sekisho stop`.

use crate::place::{Place, Run};

pub fn secret(out: &str) -> String {
    let line = out.lines().find_map(|line| line.strip_prefix("secret  "));
    line.unwrap().to_owned()
}

pub fn by(place: &Place, secret: &str, arguments: &[&str]) -> Run {
    let mut command = place.command(arguments);
    command.env("SEKISHO_STAFF_SECRET", secret);
    command.output().unwrap().into()
}

const ADD: &[&str] = &[
    "stop",
    "add",
    "--kind",
    "payout_account_change",
    "--channel",
    "web",
    "--left",
    "desk",
    "--reason",
    "案件 2026-121",
    "--message-ja",
    "停止しています。",
    "--message-en",
    "Stopped.",
    "--as",
];

#[test]
fn one_person_stops_and_two_lift() {
    let place = Place::ready();
    let add = ["staff", "add", "sato", "--role", "operations"];
    let sato = secret(&place.run(&add).done());
    let add = ["staff", "add", "tanaka", "--role", "operations"];
    let alone = place.run(&add);
    assert_eq!(alone.code, 2);
    assert!(alone.err.contains("add --as"), "{}", alone.err);
    let tanaka = by(&place, &sato, &[&add[..], &["--as", "sato"]].concat());
    let tanaka = secret(&tanaka.done());
    let add = ["staff", "add", "sato", "--role", "desk", "--as", "tanaka"];
    let run = by(&place, &tanaka, &add);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("of this name already"), "{}", run.err);
    let wrong = by(&place, &tanaka, &[ADD, &["sato"]].concat());
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("no such person"), "{}", wrong.err);
    assert_eq!(place.run(&["stop", "list"]).done(), "");
    let out = by(&place, &sato, &[ADD, &["sato"]].concat()).done();
    let id = out.split_whitespace().next().unwrap().to_owned();
    assert!(
        id.starts_with("stp_") && out.contains("every node"),
        "{out}"
    );
    let lift = |name, secret| by(&place, secret, &["stop", "lift", &id, "--as", name]);
    let asked = lift("sato", &sato).done();
    assert!(asked.contains("a second, different person"), "{asked}");
    let again = lift("sato", &sato);
    assert_eq!(again.code, 2);
    assert!(
        again.err.contains("you asked for it yourself"),
        "{}",
        again.err
    );
    let listed = place.run(&["stop", "list"]).done();
    assert!(listed.contains("stands; sato asked"), "{listed}");
    assert!(lift("tanaka", &tanaka).done().contains("lifted"));
    let row: serde_json::Value =
        serde_json::from_str(&place.run(&["stop", "list", "--json"]).done()).unwrap();
    assert_eq!(
        (row["stands"].as_bool(), row["by"].as_str()),
        (Some(false), Some("sato"))
    );
}

#[test]
fn the_secret_comes_from_a_file_or_standard_input_and_never_from_an_argument() {
    let place = Place::ready();
    let run = place.run(&["staff", "add", "sato", "--role", "operations"]);
    let secret = secret(&run.done());
    let by_argument = place.run(&[ADD, &["sato", "--secret", &secret]].concat());
    assert_eq!(by_argument.code, 2);
    place.write("secret", format!("{secret}\n"));
    place
        .run(&[ADD, &["sato", "--secret-file", "secret"]].concat())
        .done();
    let typed = format!("{secret}\n");
    place
        .feed(&[ADD, &["sato"]].concat(), typed.as_bytes())
        .done();
    // There is nobody else who could answer for it.
    place.run(&["staff", "disable", "sato"]).done();
    let gone = place.feed(&[ADD, &["sato"]].concat(), typed.as_bytes());
    assert_eq!(gone.code, 2, "{gone:?}");
    let listed = place.run(&["staff", "list"]).done();
    assert!(
        listed.contains("disabled") && !listed.contains(&secret),
        "{listed}"
    );
}

#[test]
fn what_cannot_be_stopped_is_said_before_anything_is_tried() {
    let place = Place::ready();
    for (option, value, says) in [
        ("--kind", "nonsense", "--kind must be one of"),
        ("--channel", "W e b", "--channel"),
        ("--until", "tomorrow", "--until is a date and time"),
        ("--reason", "taro@example.jp", "--reason"),
    ] {
        let mut arguments: Vec<&str> = ADD.to_vec();
        match arguments.iter().position(|known| *known == option) {
            Some(place) => arguments[place + 1] = value,
            None => {
                let last = arguments.pop().unwrap();
                arguments.extend([option, value, last]);
            }
        }
        arguments.push("sato");
        let run = by(&place, "skf_x", &arguments);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(says), "{}", run.err);
    }
}

#[test]
fn a_network_is_listed_for_a_time_and_what_is_settled_says_so() {
    let place = Place::ready();
    let add = ["staff", "add", "sato", "--role", "operations"];
    let sato = secret(&place.run(&add).done());
    let deny = |network, more: &[&str]| {
        let arguments = [
            "network", "deny", network, "--reason", "案件 7", "--as", "sato",
        ];
        by(&place, &sato, &[&arguments[..], more].concat())
    };
    for wrong in ["203.0.113.7/24", "example.jp"] {
        let run = deny(wrong, &[]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains("invalid value"), "{}", run.err);
    }
    let wide = deny("203.0.0.0/15", &[]);
    assert!(
        wide.code == 2 && wide.err.contains("wider than /16"),
        "{wide:?}"
    );
    let long = deny("203.0.113.0/24", &["--hours", "721"]);
    assert_eq!(long.code, 2, "{long:?}");
    let out = deny("203.0.113.0/24", &["--hours", "2"]).done();
    let id = out.split_whitespace().next().unwrap().to_owned();
    assert!(id.starts_with("lst_"), "{out}");

    let told = place.run(&["address", "203.0.113.7"]).done();
    assert!(
        told.contains("listed: deny") && told.contains(&id),
        "{told}"
    );
    let row = place.run(&["address", "198.51.100.1", "--json"]).done();
    let row: serde_json::Value = serde_json::from_str(&row).unwrap();
    assert_eq!(row["settled"]["listed"]["deny"], false);

    let end = ["network", "end", &id, "--reason", "終息", "--as", "sato"];
    by(&place, &sato, &end).done();
    let again = by(&place, &sato, &end);
    assert!(
        again.code == 2 && again.err.contains("no more"),
        "{again:?}"
    );
    let row = place.run(&["network", "list", "--json"]).done();
    let row: serde_json::Value = serde_json::from_str(&row).unwrap();
    assert_eq!(row["stands"], false);
    assert_eq!(
        (&row["by"], &row["ended_by"]),
        (&"sato".into(), &"sato".into())
    );
    let told = place.run(&["address", "203.0.113.7"]).done();
    assert!(!told.contains("listed"), "{told}");
}
