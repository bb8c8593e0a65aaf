//! `sekisho customer thaw` and `sekisho customer reopen`.

use crate::place::Place;

#[test]
fn whom_nobody_knows_is_not_reopened_and_a_reason_is_needed() {
    let place = Place::ready();
    let run = place.run(&[
        "customer",
        "reopen",
        "C-1",
        "--reason",
        "seen at the window",
    ]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("there is no customer C-1"), "{}", run.err);
    let run = place.run(&["customer", "reopen", "C-1"]);
    assert_eq!(run.code, 2, "a reason is needed");
    let run = place.run(&["customer", "reopen", "C-1", "--reason", "090-1234-5678"]);
    assert!(run.err.contains("--reason"), "{}", run.err);
}

#[test]
fn passkeys_of_nobody_are_not_discarded_and_a_reason_is_needed() {
    let place = Place::ready();
    let reason = ["--reason", "seen at the window"];
    let run = place.run(&[&["customer", "discard-passkeys", "C-1"][..], &reason].concat());
    assert_eq!(run.code, 2);
    assert!(run.err.contains("there is no customer C-1"), "{}", run.err);
    let run = place.run(&["customer", "discard-passkeys", "C-1"]);
    assert_eq!(run.code, 2, "a reason is needed");
}

#[test]
fn what_cannot_be_thawed_is_told_and_a_reason_names_no_person() {
    let place = Place::ready();
    let run = place.run(&["customer", "thaw", "C-1", "--reason", "seen at the window"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("there is no customer C-1"), "{}", run.err);
    let run = place.run(&["customer", "thaw", "C-1"]);
    assert_eq!(run.code, 2, "a reason is needed");
    for reason in ["", "called from taro@example.jp", "090-1234-5678"] {
        let run = place.run(&["customer", "thaw", "C-1", "--reason", reason]);
        assert_eq!(run.code, 2);
        assert!(run.err.contains("--reason"), "{}", run.err);
    }
    let run = place.run(&["customer", "thaw", "a@b.jp", "--reason", "x"]);
    assert!(run.err.contains("customer reference"), "{}", run.err);
}
