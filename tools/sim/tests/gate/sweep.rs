//! Sweeps: who may, what is in the record, and what a stolen account looks like.

use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::known::StaffRole;
use sekisho_core::moment::Span;
use sekisho_core::reason::Reason;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::{Finding, Handed, Look, Suspicion, Swept};
use sekisho_core::thaw::Ground;
use sekisho_gate::{StaffAnswer, StaffClaim, Sweep, SweepQuestion, WithdrawalQuestion};

use super::confirm::Story;
use super::guess::entries;
use super::stop::{person, person_by};

fn question(story: &Story) -> SweepQuestion {
    let now = story.here.gate.now();
    SweepQuestion {
        kinds: vec![OperationKind::parse("withdraw").unwrap()],
        from: now.minus(Span::days(7)),
        until: now.plus(Span::minutes(1)),
        application: None,
        traits: vec![TraitKind::Address],
        look: Look::USUAL,
        only: Vec::new(),
    }
}

fn ground() -> Ground {
    Ground::parse("他社での資金流出、案件 2020-9").unwrap()
}

async fn begun(story: &Story, by: &StaffClaim, question: SweepQuestion) -> Sweep {
    match story.here.gate.sweep(by, question, ground()).await.unwrap() {
        StaffAnswer::Done(sweep) => sweep,
        other => panic!("{other:?}"),
    }
}

async fn all(sweep: &mut Sweep) -> Vec<Swept> {
    let mut all = Vec::new();
    while let Some(page) = sweep.next().await.unwrap() {
        all.extend(page);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_at_home_is_usual_until_the_place_has_to_be_older() {
    for story in Story::settled().await {
        let by = person(&story.here.gate, "sato", &[StaffRole::Operations]).await;
        story.confirmed("150000").await;
        let mut sweep = begun(&story, &by, question(&story)).await;
        let found = all(&mut sweep).await;
        let [one] = found.as_slice() else {
            panic!("asked for and confirmed is one operation: {found:?}");
        };
        assert_eq!(one.procedure.reference.as_str(), "C-1");
        assert_eq!(one.procedure.access.act.word(), "confirm:withdraw");
        assert_eq!(one.finding, Finding::Usual);
        assert_eq!(
            sweep
                .end(Handed::Whole, Digest::of(b""))
                .await
                .unwrap()
                .all(),
            1
        );
        assert_eq!(entries(&story.here, "sweep", "proved").await, 2);
        assert_eq!(
            entries(&story.here, "sweep", r#""handed_out":"whole""#).await,
            1
        );

        let cut = begun(&story, &by, question(&story)).await;
        cut.end(Handed::Cut, Digest::of(b"")).await.unwrap();
        assert_eq!(
            entries(&story.here, "sweep", r#""handed_out":"cut""#).await,
            1
        );

        let mut older = question(&story);
        older.look.familiar = Span::days(30);
        let mut sweep = begun(&story, &by, older).await;
        assert_eq!(all(&mut sweep).await[0].finding, Finding::New);

        // Somebody else sits where the withdrawal was confirmed, a little later.
        story.here.pass(Span::minutes(1));
        story.here.customer("C-2", "jiro@example.jp").await.unwrap();
        let there = story
            .here
            .signed_in_as("jiro@example.jp", &story.home)
            .await;
        let _ = there.unwrap();
        let mut older = question(&story);
        older.look.familiar = Span::days(30);
        let mut sweep = begun(&story, &by, older).await;
        let touched = all(&mut sweep).await.remove(0);
        assert_eq!(touched.finding, Finding::Touched);
        let [(place, _)] = touched.places.as_slice() else {
            panic!("one place was asked: {touched:?}");
        };
        let names: Vec<_> = place
            .named
            .iter()
            .map(|other| other.reference.as_str())
            .collect();
        assert_eq!(names, ["C-2"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_in_the_role_reads_nothing_and_is_in_the_record() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let other = person(gate, "sato", &[StaffRole::Operations]).await;
        let desk = person_by(gate, &other, ("desk", &[StaffRole::Desk])).await;
        let answer = gate.sweep(&desk, question(&story), ground()).await.unwrap();
        assert!(
            matches!(answer, StaffAnswer::Refused(Reason::StaffRole)),
            "{answer:?}"
        );
        assert_eq!(entries(&story.here, "sweep", "staff_role").await, 1);
        let liar = StaffClaim {
            name: other.name,
            secret: desk.secret,
        };
        let answer = gate.sweep(&liar, question(&story), ground()).await.unwrap();
        assert!(matches!(answer, StaffAnswer::Unproved), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_at_an_address_is_found_by_the_address_and_its_network() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let by = person(gate, "sato", &[StaffRole::Operations]).await;
        let home = story.home.address.unwrap().into();
        let nobody = std::net::IpAddr::from([192, 0, 2, 200]).into();
        let places = Trait::of_address(home).into_iter();
        let places: Vec<_> = places.chain(Trait::of_address(nobody)).collect();
        for (since, found) in [(None, 2), (Some(gate.now().plus(Span::hours(1))), 0)] {
            let answer = gate
                .sweep_addresses(&by, places.clone(), since, ground())
                .await;
            let StaffAnswer::Done(mut sweep) = answer.unwrap() else {
                panic!("it begins");
            };
            let mut rows = Vec::new();
            while let Some((place, page)) = sweep.next().await.unwrap() {
                rows.extend(page.into_iter().map(|other| (place, other)));
            }
            assert_eq!(rows.len(), found);
            for (place, other) in &rows {
                assert!(places[..2].contains(place), "{place:?}");
                assert_eq!(other.reference.as_str(), "C-1");
            }
            assert_eq!(sweep.tally(), (4, found as u64, found as u64));
            sweep.end(Handed::Whole, Digest::of(b"")).await.unwrap();
        }
        assert_eq!(entries(&story.here, "sweep", "proved").await, 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_who_waits_is_found_by_the_place_of_the_change() {
    for mut story in Story::settled().await {
        let gate = story.here.gate.clone();
        let by = person(&gate, "sato", &[StaffRole::Operations]).await;
        story.payout_account_changed("7654321").await;
        story.here.pass(Span::days(5));
        let opened = story.here.signed_in(&story.home).await.unwrap();
        story.session = super::passkey::session(&story.here, &opened).await;
        story.here.pass(Span::seconds(1));
        let view = story.created("1000").await;
        story.carried_out(&view).await;
        let now = gate.now();
        // Three days before the change the place was first seen: long enough for a household, not
        // for whoever asks for four.
        let usual = (Look::USUAL.familiar, 90, Suspicion::None, true);
        let strange = (Span::days(4), 90, Suspicion::Alarm, true);
        let forgotten = (Span::days(4), 2, Suspicion::None, false);
        for (familiar, back, wanted, there) in [usual, strange, forgotten] {
            let question = WithdrawalQuestion {
                from: now.minus(Span::hours(24)),
                until: now.plus(Span::minutes(1)),
                back: Span::days(back),
                traits: vec![TraitKind::Address, TraitKind::Device],
                look: Look {
                    familiar,
                    ..Look::USUAL
                },
                only: Vec::new(),
            };
            let answer = gate.sweep_withdrawals(&by, question, ground()).await;
            let StaffAnswer::Done(mut sweep) = answer.unwrap() else {
                panic!("it begins");
            };
            let mut all = Vec::new();
            while let Some(page) = sweep.next().await.unwrap() {
                all.extend(page);
            }
            let [one] = all.as_slice() else {
                panic!("one withdrawal: {all:?}");
            };
            assert_eq!((one.suspicion, one.change.is_some()), (wanted, there));
            assert_eq!(one.same, there);
            assert_eq!(sweep.tally().iter().sum::<u64>(), 1);
            sweep.end(Handed::Whole, Digest::of(b"")).await.unwrap();
        }
    }
}
