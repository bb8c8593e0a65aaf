//! `sekisho deny-list`.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::place::{Place, Run};

fn probed(place: &Place, passwords: &str) -> Run {
    let mut command = place.command(&["deny-list", "probe", "x.deny"]);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(passwords.as_bytes()).unwrap();
    drop(input);
    child.wait_with_output().unwrap().into()
}

#[test]
fn what_was_built_is_found_and_lines_that_are_no_password_are_told_by_number() {
    let place = Place::empty();
    let mut list: Vec<u8> = b"Tanuki-1\n\ntanuki-1\r\nca\xffe\nnul\0here\n".to_vec();
    list.extend((0..3000).flat_map(|number| format!("kitsune{number}\n").into_bytes()));
    list.extend("ＴＡＮＵＫＩ２\n".as_bytes());
    list.extend([b'x'; 5000]);
    place.write("list.txt", &list);
    let run = place.run(&["deny-list", "build", "list.txt", "x.deny", "--json"]);
    assert_eq!(run.code, 3, "{run:?}");
    let told: Value = serde_json::from_str(&run.out).unwrap();
    for (name, count) in [
        ("lines", 3007),
        ("entries", 3002),
        ("refused", 3),
        ("empty", 1),
    ] {
        assert_eq!(told[name], count, "{name} {told}");
    }
    for line in [
        "line 4: not UTF-8 at byte 3",
        "line 5: holds a control",
        "line 3007: longer",
    ] {
        assert!(run.err.contains(line), "{line} is not in {}", run.err);
    }
    assert!(!run.err.contains("nuki"), "{}", run.err);
    let answers = probed(&place, "TANUKI-1\ntanuki2\nkitsune2999\nkitsune3000\n").done();
    assert_eq!(answers, "1\tlisted\n2\tlisted\n3\tlisted\n4\tnot listed\n");

    let again = place.run(&["deny-list", "build", "list.txt", "x.deny"]);
    assert!(again.err.contains("is not overwritten"), "{again:?}");
}

#[test]
fn a_damaged_or_too_short_list_keeps_the_server_from_starting() {
    let place = Place::ready();
    let text: String = (0..2000)
        .map(|number| format!("kitsune{number}\n"))
        .collect();
    place.write("list.txt", &text);
    place
        .run(&["deny-list", "build", "list.txt", "x.deny"])
        .done();
    let check = |config: &str| {
        place.write("sekisho.toml", config);
        place.run(&["config", "check"])
    };
    let named = "[passwords]\ndeny_list = \"x.deny\"\n";
    check(named).done();
    let short = check(&format!("{named}[policy]\nprofile = \"asvs-5-l2\"\n"));
    assert_eq!(short.code, 2, "{short:?}");
    let told = [short.out, short.err].concat();
    assert!(
        told.contains("the policy asvs-5-l2.") && told.contains("wants 3000"),
        "{told}"
    );

    let mut bytes = std::fs::read(place.path("x.deny")).unwrap();
    bytes[4000] ^= 1;
    place.write("x.deny", &bytes);
    let damaged = place.run(&["serve"]);
    assert_eq!(damaged.code, 2, "{damaged:?}");
    assert!(
        damaged.err.contains("its checksum is not that"),
        "{damaged:?}"
    );
    place.write("x.deny", "password\n");
    let foreign = check(named);
    let told = [foreign.out, foreign.err].concat();
    assert!(told.contains("x.deny: is no deny list"), "{told}");
}
