//! The overview's words for what goes out and for the address files, and where attempts came from.

use std::sync::Arc;

use sekisho_core::health::Health;
use sekisho_core::known::StaffRole;
use sekisho_core::moment::Span;
use sekisho_core::notice::Carrier;
use sekisho_core::places::Label;
use sekisho_core::siem::{Way, Wording};
use sekisho_gate::{
    AddressFiles, Channels, Gate, Lately, Lines, Part, Places, SiemOut, SignIn, StaffAnswer,
    StaffSession,
};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};

use super::staff_sign_in::{enrolled, signed_in};
use super::stop::{person, person_by};

const MAIL: Part = Part::Carrier(Carrier::Mail);
const SIEM: Part = Part::Way(Way::Siem);

async fn looked(gate: &Gate, session: &StaffSession) -> Arc<Lately> {
    match gate.overview(session).await.unwrap() {
        StaffAnswer::Done(overview) => overview.lately,
        other => panic!("{other:?}"),
    }
}

fn word(lately: &Lately, part: Part) -> Option<Health> {
    let found = lately.parts.iter().find(|one| one.part == part);
    found.unwrap().health
}

/// A code for the customer, and a name that nobody has.
async fn tried(gate: &Gate) {
    for login in [LOGIN, "nobody@example.jp"] {
        let attempt = SignIn {
            login: login.to_owned(),
            ..typed(PASSWORD, &visitor([203, 0, 113, 7]))
        };
        gate.sign_in(attempt).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_becomes_slow_and_failing_and_is_asked_once_for_all() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let gate = &here.gate;
        here.customer("C-1", LOGIN).await.unwrap();
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let desk = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let mut key = enrolled(gate, &sato, 7).await;
        let (one, _) = signed_in(gate, &mut key).await;
        let (two, _) = signed_in(gate, &mut enrolled(gate, &desk, 9).await).await;
        let first = looked(gate, &one).await;
        assert_eq!(word(&first, MAIL), Some(Health::Quiet));
        assert_eq!(word(&first, SIEM), None, "it is not set up");
        assert_eq!((first.counted, first.since), (0, None));
        assert!(first.files.is_none(), "nobody looked at them");
        tried(gate).await;
        let none = Channels::new("x".to_owned(), None, None);
        assert!(gate.deliver_due(&none).await.unwrap() > 0);
        gate.look_at_places().await;
        // Within ten seconds it is what the first was shown, for everybody.
        here.pass(Span::seconds(9));
        assert!(Arc::ptr_eq(&first, &looked(gate, &two).await));
        here.pass(Span::seconds(1));
        let (next, other) = tokio::join!(looked(gate, &one), looked(gate, &two));
        assert!(Arc::ptr_eq(&next, &other) && !Arc::ptr_eq(&first, &next));
        assert_eq!((next.counted, next.countries.unknown.all()), (2, 2));
        assert_eq!(next.systems.unknown.failed, 1);
        assert_eq!(next.files.unwrap().health, Health::Quiet, "there are none");
        let mail = next.parts.iter().find(|one| one.part == MAIL).unwrap();
        assert_eq!((mail.health, mail.waiting), (Some(Health::InOrder), 1));
        assert!(mail.failed.is_some() && mail.oldest.is_some());
        here.pass(Span::seconds(50));
        let slow = looked(gate, &one).await;
        assert_eq!(word(&slow, MAIL), Some(Health::Slow));
        here.pass(Span::minutes(4));
        let failing = looked(gate, &one).await;
        assert_eq!(word(&failing, MAIL), Some(Health::Failing));
        // Another node asks for itself, says the same, and knows of no failure of its own.
        let node = here.another_node().await.unwrap();
        let there = looked(&node, &one).await;
        let mail = there.parts.iter().find(|one| one.part == MAIL).unwrap();
        assert_eq!((mail.health, mail.failed), (Some(Health::Failing), None));
        assert_eq!(there.counted, 2);
        here.pass(Span::minutes(56));
        let (one, _) = signed_in(gate, &mut key).await;
        assert_eq!(looked(gate, &one).await.counted, 0, "the hour is over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_siem_that_takes_nothing_is_slow_then_failing_and_then_in_order() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let gate = &here.gate;
        gate.tell_outside(vec![Way::Siem], Wording::default());
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let (one, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let now = looked(gate, &one).await;
        assert_eq!(word(&now, SIEM), Some(Health::InOrder));
        // A file in a folder that is not there.
        let folder = tempfile::tempdir().unwrap();
        let lost = Lines::new(folder.path().join("not/there.ndjson"));
        assert!(gate.stream_batch(&SiemOut::File(lost)).await.is_err());
        let failed = gate.now();
        for (span, expected) in [
            (Span::seconds(61), Health::Slow),
            (Span::minutes(4), Health::Failing),
        ] {
            here.pass(span);
            let now = looked(gate, &one).await;
            let siem = now.parts.iter().find(|one| one.part == SIEM).unwrap();
            assert_eq!((siem.health, siem.failed), (Some(expected), Some(failed)));
            assert!(siem.waiting > 0 && siem.given_up.is_none());
        }
        let taken = SiemOut::File(Lines::new(folder.path().join("events.ndjson")));
        gate.stream_batch(&taken).await.unwrap();
        here.pass(Span::seconds(10));
        let now = looked(gate, &one).await;
        assert_eq!(word(&now, SIEM), Some(Health::InOrder));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_file_that_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tor.txt");
    let written = |text: &str| std::fs::write(&path, text).unwrap();
    let files = AddressFiles {
        lists: vec![(Label::Tor, path.clone())],
        ..AddressFiles::default()
    };
    written("198.51.100.0/24\n");
    let places = Places::open(&files).unwrap();
    let all = Installation::each_placing("jsda-2025", &places).await;
    for here in all.unwrap() {
        let gate = &here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let (one, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        for (text, health, broken) in [
            ("198.51.100.0/24\n", Health::InOrder, 0),
            ("what is this\n", Health::Failing, 1),
        ] {
            written(text);
            // A new file is read when two looks found it the same.
            for _ in 0..3 {
                gate.look_at_places().await;
            }
            here.pass(Span::seconds(10));
            let found = looked(gate, &one).await.files.unwrap();
            assert_eq!((found.health, found.read.broken), (health, broken));
            assert_eq!(found.failed.is_some(), broken > 0);
        }
    }
}
