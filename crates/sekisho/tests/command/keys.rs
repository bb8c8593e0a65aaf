//! `sekisho keys`, `migrate` and `backup`.

use crate::place::{Place, Run};

#[test]
#[cfg(unix)]
fn a_key_file_is_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::empty();
    place
        .run(&["keys", "new", "a.keys", "--kid", "first"])
        .done();
    let mode = std::fs::metadata(place.path("a.keys"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = place.read("a.keys");
    let line = text.lines().find(|line| !line.starts_with('#')).unwrap();
    assert!(line.starts_with("sekisho-key-v1 first "), "{line}");
    let again = place.run(&["keys", "new", "a.keys"]);
    assert_eq!(again.code, 2);
    assert_eq!(place.read("a.keys"), text);
    assert_eq!(
        place
            .run(&["keys", "new", "b.keys", "--kid", "no/name"])
            .code,
        2
    );
    place.run(&["keys", "new", "b.keys"]).done();
    assert_ne!(place.read("b.keys").lines().nth(1), Some(line));
}

#[test]
fn migrating_twice_and_from_two_nodes_at_once_is_safe() {
    let place = Place::empty();
    let start = || place.command(&["migrate"]).output();
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(start);
        let other = scope.spawn(start);
        (one.join().unwrap().unwrap(), other.join().unwrap().unwrap())
    });
    let (one, other) = (Run::from(one).done(), Run::from(other).done());
    let idle = |out: &str| out.contains("nothing to do");
    assert!(idle(&one) != idle(&other), "{one} {other}");
    assert!(idle(&place.run(&["migrate"]).done()));
}

#[test]
#[cfg(unix)]
fn a_backup_is_private_and_can_be_served_from() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::ready();
    place
        .run(&["application", "add", "--name", "ひので証券"])
        .done();
    place.run(&["backup", "copy.db"]).done();
    let mode = std::fs::metadata(place.path("copy.db"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let listed = place
        .run(&["application", "list", "--database", "sqlite:copy.db"])
        .done();
    assert!(listed.contains("ひので証券"), "{listed}");
    assert_eq!(place.run(&["backup", "copy.db"]).code, 2);
}
