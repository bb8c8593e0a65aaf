//! Guessing: in parallel, across restarts and resent codes, against owner and stranger.

use secrecy::ExposeSecret as _;
use sekisho_core::moment::Span;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Body, CodeAnswer, Reopened, Resent, SignInAnswer, Visitor};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, other_code, typed, visitor};

const HOME: [u8; 4] = [203, 0, 113, 7];
const AWAY: [u8; 4] = [198, 51, 100, 9];

/// Entries of `act` for `reason`.
pub(super) async fn entries(here: &Installation, act: &str, reason: &str) -> usize {
    let store = here.place.store().await.unwrap();
    let contents = here.place.contents(&store).await.unwrap();
    let fits = |row: &&String| row.contains(&format!("|{act}|")) && row.contains(reason);
    contents["entry"].iter().filter(fits).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_guesses_at_once_get_five_looks() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let away = visitor(AWAY);
        let answer = here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = answer else {
            panic!("{answer:?}")
        };
        let wrong = other_code(&here.code().await.unwrap());
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (gate, away, wrong) = (here.gate.clone(), away.clone(), wrong.clone());
            let interaction = interaction.text().expose_secret().to_owned();
            guesses.spawn(async move { gate.answer(&interaction, &wrong, &away).await.unwrap() });
        }
        let answers = guesses.join_all().await;
        assert!(
            !answers
                .iter()
                .any(|answer| matches!(answer, CodeAnswer::Opened(_)))
        );
        assert_eq!(entries(&here, "step_up", "code_wrong").await, 5);
        let right = here.code().await.unwrap();
        let late = here
            .gate
            .answer(interaction.text().expose_secret(), &right, &away)
            .await
            .unwrap();
        assert!(
            matches!(late, CodeAnswer::Over),
            "locked, even with the right code"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_restart_nor_resend_gives_more_looks() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let away = visitor(AWAY);
        let answer = here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = answer else {
            panic!("{answer:?}")
        };
        let interaction = interaction.text().expose_secret();
        for _ in 0..3 {
            let wrong = other_code(&here.code().await.unwrap());
            here.gate.answer(interaction, &wrong, &away).await.unwrap();
        }
        here.pass(Span::seconds(31));
        assert_eq!(
            here.gate.resend(interaction, &away).await.unwrap(),
            Resent::Sent
        );
        let node = here.another_node().await.unwrap();
        for _ in 0..20 {
            let wrong = other_code(&here.code().await.unwrap());
            node.answer(interaction, &wrong, &away).await.unwrap();
        }
        assert_eq!(entries(&here, "step_up", "code_wrong").await, 5);
        let right = here.code().await.unwrap();
        assert!(matches!(
            node.answer(interaction, &right, &away).await.unwrap(),
            CodeAnswer::Over
        ));
        here.pass(Span::hours(-1));
        let back = node.answer(interaction, &right, &away).await.unwrap();
        assert!(
            matches!(back, CodeAnswer::Over),
            "a clock set back does not unlock"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_lock_the_owner_out() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let opened = here.signed_in(&visitor(HOME)).await.unwrap();
        let device = opened.device.unwrap().text().expose_secret().to_owned();
        let owner = Visitor {
            device: Some(device.clone()),
            ..visitor(HOME)
        };
        for _ in 0..10 {
            let wrong = here
                .gate
                .sign_in(typed("wrong", &visitor(AWAY)))
                .await
                .unwrap();
            assert!(matches!(wrong, SignInAnswer::Refused));
        }
        let stranger = here
            .gate
            .sign_in(typed(PASSWORD, &visitor(AWAY)))
            .await
            .unwrap();
        assert!(
            matches!(stranger, SignInAnswer::Refused),
            "locked for whoever has no bound device"
        );
        let served = here.gate.sign_in(typed(PASSWORD, &owner)).await.unwrap();
        assert!(
            matches!(served, SignInAnswer::StepUp { .. }),
            "the owner is served throughout"
        );
        for _ in 0..10 {
            here.gate.sign_in(typed("wrong", &owner)).await.unwrap();
        }
        let locked = here.gate.sign_in(typed(PASSWORD, &owner)).await.unwrap();
        assert!(
            matches!(locked, SignInAnswer::Refused),
            "a stolen device gets no more tries than any"
        );
        here.pass(Span::minutes(16));
        let later = here.gate.sign_in(typed(PASSWORD, &owner)).await.unwrap();
        assert!(
            matches!(later, SignInAnswer::StepUp { .. }),
            "a lock runs out"
        );
    }
}

/// What `code` gets in a conversation that a right password began.
async fn answered(here: &Installation, visitor: &Visitor, code: Option<&str>) -> CodeAnswer {
    let answer = here.gate.sign_in(typed(PASSWORD, visitor)).await.unwrap();
    let SignInAnswer::StepUp { interaction } = answer else {
        panic!("{answer:?}")
    };
    let sent = here.code().await.unwrap();
    // The next message is a later one.
    here.pass(Span::seconds(1));
    let interaction = interaction.text().expose_secret();
    let code = code.unwrap_or(&sent);
    here.gate.answer(interaction, code, visitor).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_with_the_password_cannot_lock_the_owners_codes() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-2", "stranger@example.jp").await.unwrap();
        let mut own = typed(PASSWORD, &visitor(AWAY));
        own.login = "stranger@example.jp".to_owned();
        let SignInAnswer::StepUp { interaction } = here.gate.sign_in(own).await.unwrap() else {
            panic!("the stranger has an account too")
        };
        let (code, token) = (
            here.code().await.unwrap(),
            interaction.text().expose_secret(),
        );
        let bound = here
            .gate
            .answer(token, &code, &visitor(AWAY))
            .await
            .unwrap();
        let CodeAnswer::Opened(bound) = bound else {
            panic!("{bound:?}")
        };
        here.pass(Span::seconds(1));

        here.customer("C-1", LOGIN).await.unwrap();
        let opened = here.signed_in(&visitor(HOME)).await.unwrap();
        let on = |device: sekisho_seal::token::Token, address| Visitor {
            device: Some(device.text().expose_secret().to_owned()),
            ..visitor(address)
        };
        let owner = on(opened.device.unwrap(), HOME);
        let stranger = on(bound.device.unwrap(), AWAY);
        for n in 1..=5 {
            let wrong = answered(&here, &visitor(AWAY), Some("no code")).await;
            assert_eq!(matches!(wrong, CodeAnswer::Over), n == 5, "{wrong:?}");
        }
        for stranger in [visitor(AWAY), stranger] {
            let late = answered(&here, &stranger, None).await;
            assert!(matches!(late, CodeAnswer::Over), "{late:?}");
        }
        let served = answered(&here, &owner, None).await;
        assert!(matches!(served, CodeAnswer::Opened(_)), "{served:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn locks_grow_and_a_hundred_failures_close_the_password() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let away = visitor(AWAY);
        let mut waits = Vec::new();
        let mut waited = Span::minutes(0);
        // Tries without pause: whatever is not locked is looked at.
        while waited < Span::days(60) {
            let before = entries(&here, "sign_in", "credential_mismatch").await;
            here.gate.sign_in(typed("wrong", &away)).await.unwrap();
            if entries(&here, "sign_in", "credential_mismatch").await == before {
                let minutes = Span::minutes(15 << waits.len().min(7)).min(Span::days(1));
                here.pass(minutes);
                waited = Span(waited.0 + minutes.0);
                waits.push(minutes);
            }
        }
        assert_eq!(entries(&here, "sign_in", "credential_mismatch").await, 100);
        let right = here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        assert!(matches!(right, SignInAnswer::Refused), "closed");
        // Growing locks: the hundredth try took two weeks.
        assert!(waits.len() > 20);
        here.gate.remove_expired().await.unwrap();
        let right = here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        assert!(
            matches!(right, SignInAnswer::Refused),
            "housekeeping opens nothing"
        );
        // What is sent next is sent later.
        here.pass(Span::seconds(1));
        let reopen = async |reference: &str| {
            let ground = Ground::parse("seen at the window, case 2026-115").unwrap();
            let reference = Reference::parse(reference).unwrap();
            here.gate.reopen(&reference, ground).await.unwrap()
        };
        assert_eq!(reopen("C-2").await, Reopened::Unknown);
        assert_eq!(reopen("C-1").await, Reopened::Reopened);
        assert_eq!(entries(&here, "administer", "case 2026-115").await, 1);
        let told = here.messages().await.unwrap().pop().unwrap();
        assert!(matches!(told.body, Body::Reopened { .. }));
        let right = here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        assert!(matches!(right, SignInAnswer::StepUp { .. }), "{right:?}");
        assert_eq!(reopen("C-1").await, Reopened::NotLocked);
    }
}
