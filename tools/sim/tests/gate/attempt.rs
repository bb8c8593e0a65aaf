//! The feed of attempts and what rules ask of it: on one node, on another, and after a restart.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use sekisho_core::judge::Check;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::outcome::Outcome;
use sekisho_core::proof::Method;
use sekisho_core::risk::paced::PaceSeen;
use sekisho_core::sighting::Ending;
use sekisho_gate::{Gate, JudgeRequest, SignIn, SignInAnswer, Visitor, When};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};
use sekisho_store::AttemptPage;

use super::guess::entries;
use super::judge::{asked, decided};

const HOME: [u8; 4] = [203, 0, 113, 7];
const AWAY: [u8; 4] = [198, 51, 100, 9];

/// Whoever is at `address` tries a login that nobody has.
async fn tries(gate: &Gate, number: usize, from: &Visitor) {
    let attempt = SignIn {
        login: format!("nobody{number}@example.jp"),
        ..typed("123456", from)
    };
    let answer = gate.sign_in(attempt).await.unwrap();
    assert!(matches!(answer, SignInAnswer::Refused));
}

/// What the windows said at the newest sign-in of the usual customer, the decision API included.
async fn paced(here: &Installation) -> Option<PaceSeen> {
    let store = here.place.store().await.unwrap();
    let contents = here.place.contents(&store).await.unwrap();
    let rows = contents["entry"]
        .iter()
        .filter(|row| row.contains("|sign_in|"));
    let mut facts = rows.filter_map(|row| {
        let (begin, end) = (row.find("{\"address\"")?, row.rfind('}')?);
        serde_json::from_str::<serde_json::Value>(&row[begin..=end]).ok()
    });
    let newest = facts.next_back().unwrap();
    serde_json::from_value(newest["pace"].clone()).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_has_one_row_and_no_name_in_it() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let from = visitor(AWAY);
        tries(&here.gate, 1, &from).await;
        tries(&here.gate, 2, &from).await;
        tries(&here.gate, 1, &from).await;
        here.gate.sign_in(typed("wrong", &from)).await.unwrap();
        here.signed_in(&from).await.unwrap();
        let caller = here.application("a").await.unwrap();
        let first = decided(&here.gate, asked(&caller)).await;
        let done = here
            .gate
            .outcome(&caller, first.id, Outcome::Completed, None);
        done.await.unwrap();
        let failed = JudgeRequest {
            check: Check::Failed,
            verified: vec![Method::Password],
            ..asked(&caller)
        };
        decided(&here.gate, failed).await;

        let store = here.place.store().await.unwrap();
        let rows = store
            .attempts(AttemptPage::since(Moment(0), 99))
            .await
            .unwrap();
        let mut said: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row.act.word(),
                    row.ending,
                    row.origin.account.customer().is_some(),
                )
            })
            .collect();
        let row = |act: &str, ending, known| (act.to_owned(), ending, known);
        let wanted = [
            row("outcome", Ending::Success, true),
            row("sign_in", Ending::Failure, false),
            row("sign_in", Ending::Failure, false),
            row("sign_in", Ending::Failure, false),
            row("sign_in", Ending::Failure, true),
            row("sign_in", Ending::Failure, true),
            row("sign_in", Ending::Pending, true),
            row("sign_in", Ending::Pending, true),
            row("step_up", Ending::Success, true),
        ];
        said.sort_by_key(|(act, ending, known)| (act.clone(), wanted_place(*ending), *known));
        assert_eq!(said, wanted);
        let nobody = rows
            .iter()
            .filter(|row| row.origin.account.customer().is_none());
        let accounts: BTreeSet<_> = nobody.map(|row| row.origin.account.key()).collect();
        // Two names that nobody has; whom an application names for the first time is its customer.
        assert_eq!(accounts.len(), 2);
        let contents = here.place.contents(&store).await.unwrap();
        assert!(contents["attempt"].iter().all(|row| !row.contains('@')));
    }
}

fn wanted_place(ending: Ending) -> u8 {
    match ending {
        Ending::Success => 2,
        Ending::Failure => 0,
        Ending::Pending => 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_saw_another_knows_and_a_restart_does_not_forget() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let other = here.another_node().await.unwrap();
        here.gate.replay_attempts().await.unwrap();
        other.replay_attempts().await.unwrap();
        let begun = here.gate.now();
        for number in 0..12 {
            tries(&here.gate, number, &visitor(AWAY)).await;
            here.pass(Span::seconds(1));
        }
        let right = typed(PASSWORD, &visitor(AWAY));
        // The node that saw them knows at once; the attempt itself is not among them.
        here.gate.sign_in(right.clone()).await.unwrap();
        assert_eq!(entries(&here, "sign_in", "pace_high").await, 1);
        let mine = paced(&here).await.unwrap();
        // 12 failures less twice the usual share of them, of 8; and 12 accounts, of 5.
        assert!((1_049..=1_050).contains(&mine.beyond[0].unwrap()));
        assert_eq!(mine.beyond[1], Some(2_400));
        // Another one when it has read the feed: within a second, by its worker.
        here.pass(Span::seconds(1));
        other.sign_in(right.clone()).await.unwrap();
        assert_eq!(entries(&here, "sign_in", "pace_high").await, 1);
        other.read_attempts(begun).await.unwrap();
        other.read_attempts(begun).await.unwrap();
        here.pass(Span::seconds(1));
        other.sign_in(right.clone()).await.unwrap();
        assert_eq!(entries(&here, "sign_in", "pace_high").await, 2);
        assert_eq!(paced(&here).await.unwrap().beyond, mine.beyond, "once each");
        // One that begins says nothing before it has read the last day, and then the same.
        let third = here.another_node().await.unwrap();
        here.pass(Span::seconds(1));
        third.sign_in(right.clone()).await.unwrap();
        assert_eq!(paced(&here).await, None);
        assert_eq!(third.replay_attempts().await.unwrap(), 16);
        here.pass(Span::seconds(1));
        third.sign_in(right.clone()).await.unwrap();
        assert_eq!(paced(&here).await.unwrap().beyond, mine.beyond);
        // Ten minutes later the address is quiet.
        here.pass(Span::minutes(10));
        third.sign_in(right).await.unwrap();
        let later = paced(&here).await.unwrap();
        assert_eq!(later.beyond[0], Some(0));
        assert_eq!(later.beyond[2], Some(1_500), "accounts of a day: 12, of 8");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_device_is_not_disturbed_by_what_others_do_at_its_address() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        here.gate.replay_attempts().await.unwrap();
        here.customer("C-1", LOGIN).await.unwrap();
        let opened = here.signed_in(&visitor(HOME)).await.unwrap();
        let device = opened.device.unwrap().text().expose_secret().to_owned();
        let owner = Visitor {
            device: Some(device),
            ..visitor(HOME)
        };
        for number in 0..40 {
            tries(&here.gate, number, &visitor(HOME)).await;
        }
        let served = here.gate.sign_in(typed(PASSWORD, &owner)).await.unwrap();
        assert!(matches!(served, SignInAnswer::Opened(_)), "{served:?}");
        assert_eq!(entries(&here, "sign_in", "pace_high").await, 0);
        let stranger = typed(PASSWORD, &visitor(HOME));
        let stranger = here.gate.sign_in(stranger).await.unwrap();
        assert!(matches!(stranger, SignInAnswer::StepUp { .. }));
        assert_eq!(entries(&here, "sign_in", "pace_high").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_application_told_late_reaches_the_other_nodes() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let other = here.another_node().await.unwrap();
        let caller = here.application("a").await.unwrap();
        here.pass(Span::days(2));
        other.replay_attempts().await.unwrap();
        let begun = here.gate.now();
        let told = JudgeRequest {
            when: When::Told(begun.minus(Span::hours(3))),
            check: Check::Failed,
            ..asked(&caller)
        };
        decided(&here.gate, told).await;
        here.pass(Span::seconds(30));
        let late = begun.minus(Span::seconds(90));
        assert_eq!(other.read_attempts(late).await.unwrap(), 0);
        assert_eq!(other.windows_kept().0, 0);
        assert_eq!(other.read_decided(late).await.unwrap(), 1);
        assert_eq!(other.windows_kept().0, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_days_ahead_blinds_nobody_once_it_is_right() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let gate = &here.gate;
        gate.replay_attempts().await.unwrap();
        here.pass(Span::days(3));
        assert_eq!(gate.windows_kept().0, 0);
        here.pass(Span::days(-3));
        for number in 0..12 {
            tries(gate, number, &visitor(AWAY)).await;
        }
        // What is kept of before is unknown until it was read, and then what it is.
        assert_eq!(gate.replay_attempts().await.unwrap(), 12);
        assert_eq!(gate.windows_kept().0, 12);
        assert_eq!(gate.find_attacks().await.unwrap(), 1);
    }
}
