//! `sekisho log`.

use crate::place::{Place, Run};

fn logged(place: &Place, arguments: &[&str]) -> Run {
    place.run(&[&["log"][..], arguments].concat())
}

fn acted(place: &Place, name: &str) {
    place.run(&["application", "add", "--name", name]).done();
}

#[test]
fn what_is_done_at_the_machine_is_logged_proved_and_written_out() {
    let place = Place::ready();
    let nothing = logged(&place, &["checkpoint"]);
    assert_eq!(nothing.code, 1, "{nothing:?}");
    assert!(nothing.err.contains("nothing is logged"), "{}", nothing.err);

    acted(&place, "sato");
    let key = logged(&place, &["key"]).done();
    let checkpoint = logged(&place, &["checkpoint"]).done();
    let (origin, _) = key.split_once('+').unwrap();
    assert!(checkpoint.starts_with(&format!("{origin}\n1\n")));
    let verified = logged(&place, &["verify"]).done();
    assert_eq!(verified, "1 leaves; 0 decisions wait\n");

    logged(&place, &["export", "out"]).done();
    let written = place.read("out/checkpoint");
    // That it was taken out is in it.
    assert!(written.starts_with(&format!("{origin}\n2\n")), "{written}");
    assert_eq!(place.read("out/log.vkey"), key);
    let bundle = std::fs::read(place.path("out/tile/entries/000.p/2")).unwrap();
    let text = String::from_utf8_lossy(&bundle);
    let (_, rest) = text.split_once("\"uid\":\"dec_").unwrap();
    let id = format!("dec_{}", &rest[..26]);
    let proof = logged(&place, &["prove", &id]).done();
    assert!(proof.starts_with("c2sp.org/tlog-proof@v1\nindex "));
    let leaf = logged(&place, &["prove", &id, "--leaf"]).done();
    assert!(text.contains(leaf.trim_end()), "{leaf}");
    // A second time writes what is new alone, over what is there.
    logged(&place, &["export", "out"]).done();

    let mend = |reason: &str| logged(&place, &["mend", "--reason", reason]);
    assert_eq!(mend("case 7").done(), "nothing is to be mended\n");
    assert_eq!(mend("hanako@example.jp").code, 2);

    let nobody = logged(&place, &["prove", "dec_01234567890123456789012345"]);
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(nobody.err.contains("is not in the log"), "{}", nobody.err);
    for wrong in ["x", "cus_01234567890123456789012345"] {
        assert_eq!(logged(&place, &["prove", wrong]).code, 2, "{wrong}");
    }
    place.write("file", "");
    let nowhere = logged(&place, &["export", "file/in"]);
    assert_ne!(nowhere.code, 0, "{nowhere:?}");
}

#[test]
fn an_old_copy_in_the_place_of_the_database_is_found_by_a_checkpoint_that_was_kept() {
    let place = Place::ready();
    acted(&place, "sato");
    place.run(&["backup", "copy.db"]).done();
    acted(&place, "tanaka");
    place.write("kept", logged(&place, &["checkpoint"]).done());
    let verify = ["verify", "--checkpoint", "kept"];
    logged(&place, &verify).done();

    for left in ["sekisho.db-wal", "sekisho.db-shm"] {
        let _absent = std::fs::remove_file(place.path(left));
    }
    std::fs::rename(place.path("copy.db"), place.path("sekisho.db")).unwrap();
    logged(&place, &["verify"]).done();
    let cut_off = logged(&place, &verify);
    assert_eq!(cut_off.code, 1, "{cut_off:?}");
    assert!(cut_off.out.contains("fewer leaves"), "{}", cut_off.out);
    // It goes on from there, and is another.
    acted(&place, "suzuki");
    let other = logged(&place, &verify);
    assert_eq!(other.code, 1, "{other:?}");
    assert!(
        other.out.contains("not those of the checkpoint"),
        "{}",
        other.out
    );

    for (name, text) in [("none", ""), ("long", "x\n1\nAAAA\n\n\u{2014} x AAAA\n")] {
        place.write(name, text);
        let unread = logged(&place, &["verify", "--checkpoint", name]);
        assert_eq!(unread.code, 2, "{unread:?}");
    }
    let away = logged(&place, &["verify", "--checkpoint", "nowhere"]);
    assert_ne!(away.code, 0, "{away:?}");
}
