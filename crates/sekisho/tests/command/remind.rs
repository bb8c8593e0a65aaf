//! `sekisho remind passwords`.

use crate::place::Place;

#[test]
fn a_policy_that_reminds_nobody_says_so() {
    let place = Place::ready();
    let run = place.run(&["remind", "passwords", "--dry-run"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("password.remind_after_days"),
        "{}",
        run.err
    );
}
