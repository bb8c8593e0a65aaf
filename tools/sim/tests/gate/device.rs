//! Tokens of remembered devices that change with every sign-in, and copies of older ones.

use secrecy::ExposeSecret as _;
use sekisho_core::moment::Span;
use sekisho_gate::{Body, CodeAnswer, Gate, Opened, Session, SignInAnswer, Terminal, Visitor};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, anywhere, typed, visitor};

const HOME: [u8; 4] = [203, 0, 113, 7];
const AWAY: [u8; 4] = [198, 51, 100, 9];

/// A visitor with the device that came with `opened`, or else with the one before.
fn with(opened: &Opened, before: &Visitor) -> Visitor {
    let device = opened.device.as_ref();
    let device = device.map(|token| token.text().expose_secret().to_owned());
    Visitor {
        device: device.or_else(|| before.device.clone()),
        ..before.clone()
    }
}

/// The same cookies elsewhere.
fn away(visitor: &Visitor) -> Visitor {
    Visitor {
        address: Some(AWAY.into()),
        ..visitor.clone()
    }
}

/// A customer whose browser was remembered a day ago.
async fn remembered(here: &Installation) -> Visitor {
    here.customer("C-1", LOGIN).await.unwrap();
    let home = visitor(HOME);
    let opened = here.signed_in(&home).await.unwrap();
    assert!(opened.device.is_some());
    here.pass(Span::hours(24));
    with(&opened, &home)
}

async fn session(gate: &Gate, opened: &Opened) -> Option<Session> {
    let token = opened.session.text().expose_secret();
    gate.session(token, &anywhere()).await.unwrap()
}

async fn told_of_reuse(here: &Installation) -> usize {
    let messages = here.messages().await.unwrap();
    let reused = |body: &Body| matches!(body, Body::DeviceReused { .. });
    messages.iter().filter(|one| reused(&one.body)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_gives_another_token_and_a_lost_one_costs_nothing() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let mut owner = remembered(&here).await;
        let mut seen = vec![owner.device.clone()];
        for _ in 0..3 {
            // The answer never arrives; days later the browser comes with what it has.
            here.signed_in(&owner).await.unwrap();
            here.pass(Span::days(3));
            let opened = here.signed_in(&owner).await.unwrap();
            owner = with(&opened, &owner);
            assert!(!seen.contains(&owner.device));
            seen.push(owner.device.clone());
            here.pass(Span::days(3));
            let opened = here.signed_in(&owner).await.unwrap();
            let session = session(&here.gate, &opened).await.unwrap();
            let devices = here.gate.devices(&session, &owner).await.unwrap();
            assert_eq!((devices.len(), devices[0].this), (1, true), "one device");
        }
        assert_eq!(told_of_reuse(&here).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_sign_ins_with_one_token_are_no_reuse() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let owner = remembered(&here).await;
        let node = here.another_node().await.unwrap();
        let mut opened = Vec::new();
        // More at once would be too many tries at the password.
        for _ in 0..16 {
            let mut tabs = tokio::task::JoinSet::new();
            for gate in [&here.gate, &node, &here.gate, &node] {
                let (gate, typed) = (gate.clone(), typed(PASSWORD, &owner));
                tabs.spawn(async move { gate.sign_in(typed).await });
            }
            for answer in tabs.join_all().await {
                let SignInAnswer::Opened(answer) = answer.unwrap() else {
                    panic!("the device and the place are known")
                };
                opened.push(answer);
            }
        }
        // Whichever answer came last, its token goes on, and the others wait for their grace.
        for (number, last) in opened.iter().enumerate() {
            let owner = with(last, &owner);
            let answer = node.sign_in(typed(PASSWORD, &owner)).await.unwrap();
            assert!(matches!(answer, SignInAnswer::Opened(_)), "{number}");
            assert!(session(&here.gate, last).await.is_some());
        }
        assert_eq!(told_of_reuse(&here).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_older_token_ends_the_device_for_owner_and_thief() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let stolen = remembered(&here).await;
        // The owner goes on.
        let opened = here.signed_in(&stolen).await.unwrap();
        let owner = with(&opened, &stolen);
        here.pass(Span::days(1));
        let opened = here.signed_in(&owner).await.unwrap();
        let owner = with(&opened, &owner);
        here.pass(Span::minutes(4));
        let tab = here.signed_in(&stolen).await.unwrap();
        assert!(
            tab.device.is_none(),
            "within the grace it counts and gives no other"
        );
        here.pass(Span::minutes(1));
        let wrong = typed("wrong", &visitor(AWAY));
        here.gate.sign_in(wrong).await.unwrap();
        assert!(session(&here.gate, &opened).await.is_some());
        assert_eq!(told_of_reuse(&here).await, 0);

        let thief = away(&stolen);
        let wrong = here.gate.sign_in(typed("wrong", &thief)).await.unwrap();
        assert!(matches!(wrong, SignInAnswer::Refused));
        assert_eq!(told_of_reuse(&here).await, 1);
        for ended in [&opened, &tab] {
            assert!(session(&here.gate, ended).await.is_none());
        }
        for copy in [&thief, &owner, &stolen] {
            let answer = here.gate.sign_in(typed(PASSWORD, copy)).await.unwrap();
            assert!(matches!(answer, SignInAnswer::StepUp { .. }), "{answer:?}");
            // The next message is a later one.
            here.pass(Span::seconds(1));
        }
        assert_eq!(told_of_reuse(&here).await, 1, "told once");
        let again = here.signed_in(&owner).await.unwrap();
        let session = session(&here.gate, &again).await.unwrap();
        let devices = here.gate.devices(&session, &owner).await.unwrap();
        assert_eq!(devices.len(), 1, "remembered anew");
    }
}

/// A thief who comes first has the newer token; the owner's next sign-in shows it.
#[tokio::test(flavor = "multi_thread")]
async fn a_thief_who_was_faster_is_thrown_out_by_the_owner() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let owner = remembered(&here).await;
        let thief = away(&owner);
        let first = here.signed_in(&thief).await.unwrap();
        let thief = with(&first, &thief);
        here.pass(Span::minutes(1));
        let second = here.signed_in(&thief).await.unwrap();
        let thief = with(&second, &thief);
        here.pass(Span::minutes(6));
        assert!(session(&here.gate, &second).await.is_some());
        let answer = here.gate.sign_in(typed(PASSWORD, &owner)).await.unwrap();
        assert!(matches!(answer, SignInAnswer::StepUp { .. }), "{answer:?}");
        assert!(session(&here.gate, &second).await.is_none());
        assert_eq!(told_of_reuse(&here).await, 1);
        let answer = here.gate.sign_in(typed(PASSWORD, &thief)).await.unwrap();
        assert!(matches!(answer, SignInAnswer::StepUp { .. }), "{answer:?}");
    }
}

/// The backup is a copy like any other; what it costs is one code.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_restored_from_a_backup_needs_a_code_and_is_remembered_anew() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let backup = remembered(&here).await;
        let mut browser = backup.clone();
        for _ in 0..3 {
            let opened = here.signed_in(&browser).await.unwrap();
            browser = with(&opened, &browser);
            here.pass(Span::days(30));
        }
        let answer = here.gate.sign_in(typed(PASSWORD, &backup)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = answer else {
            panic!("{answer:?}")
        };
        let code = here.code().await.unwrap();
        here.pass(Span::seconds(1));
        let token = interaction.text().expose_secret();
        let answer = here.gate.answer(token, &code, &backup).await.unwrap();
        let CodeAnswer::Opened(opened) = answer else {
            panic!("{answer:?}")
        };
        let restored = with(&opened, &backup);
        assert_ne!(restored.device, backup.device);
        here.pass(Span::days(1));
        let answer = here.gate.sign_in(typed(PASSWORD, &restored)).await.unwrap();
        assert!(matches!(answer, SignInAnswer::Opened(_)), "{answer:?}");
        assert_eq!(told_of_reuse(&here).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_others_use_is_not_remembered_and_teaches_nothing() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let owner = remembered(&here).await;
        let store = here.place.store().await.unwrap();
        let before = here.place.contents(&store).await.unwrap();
        let shop = Visitor {
            terminal: Terminal::Shared,
            ..visitor(AWAY)
        };
        let opened = here.signed_in(&shop).await.unwrap();
        assert!(opened.device.is_none());
        assert!(session(&here.gate, &opened).await.is_some());
        let after = here.place.contents(&store).await.unwrap();
        assert_eq!(before["device"], after["device"]);
        // What waited for the code was seen there; that it ended well is not counted.
        let there: Vec<_> = after["sighting"]
            .iter()
            .filter(|row| row.contains("c63364"))
            .collect();
        assert!(!there.is_empty());
        assert!(
            there.iter().all(|row| row.ends_with("|0|0|0|NULL|NULL")),
            "{there:?}"
        );
        assert_eq!(
            before["access"].len() + 2,
            after["access"].len(),
            "and it is history"
        );
        // A device cookie on such a terminal counts for nothing, and is not used up.
        let told = Visitor {
            terminal: Terminal::Shared,
            ..owner.clone()
        };
        assert!(here.signed_in(&told).await.unwrap().device.is_none());
        assert!(here.signed_in(&owner).await.unwrap().device.is_some());
        assert_eq!(told_of_reuse(&here).await, 0);
    }
}
