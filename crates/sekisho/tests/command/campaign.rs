//! `sekisho campaign`.

use crate::place::Place;
use crate::stop::{by, secret};

#[test]
fn what_is_not_there_is_listed_as_nothing_and_stopped_by_nobody() {
    let place = Place::ready();
    let add = ["staff", "add", "sato", "--role", "operations"];
    let sato = secret(&place.run(&add).done());
    assert_eq!(place.run(&["campaign", "list", "--json"]).done(), "");
    let id = "cmp_01234567890123456789012345";
    let stop = ["campaign", "stop", id, "--as", "sato", "--reason"];
    let unknown = by(&place, &sato, &[&stop[..], &["文面の誤り"]].concat());
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.err.contains("no such campaign"), "{}", unknown.err);
    let personal = by(&place, &sato, &[&stop[..], &["a@b.example"]].concat());
    assert_eq!(personal.code, 2, "{personal:?}");
    let wrong = by(&place, "skf_x", &[&stop[..], &["文面の誤り"]].concat());
    assert!(wrong.err.contains("no such person"), "{}", wrong.err);
}
