//! Backup codes: made, used once in the place of another proof, and every way to misuse one.

use secrecy::ExposeSecret as _;
use sekisho_core::known::ChannelPurpose;
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::Span;
use sekisho_core::notice::BackupEvent;
use sekisho_core::operation::OperationState;
use sekisho_core::proof::Method;
use sekisho_gate::{
    BackupMade, Body, ChangeContact, Claim, CodeAnswer, ConfirmAnswer, ContactAnswer, Making,
    ProveAnswer, Reported, Session, SignIn, SignInAnswer, Visitor,
};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};

use super::confirm::Story;
use super::passkey::{owner, session};
use super::recover::{PHONE, code_to, reachable};

const HOME: [u8; 4] = [203, 0, 113, 7];

fn away() -> Visitor {
    visitor([198, 51, 100, 9])
}

async fn opened(here: &Installation) -> Session {
    let opened = here.signed_in(&visitor(HOME)).await.unwrap();
    session(here, &opened).await
}

/// A new set of the customer of `session`.
pub(super) async fn made(here: &Installation, session: &Session) -> Vec<String> {
    let made = here.gate.make_backup_codes(session, &visitor(HOME)).await;
    let BackupMade::Made(codes) = made.unwrap() else {
        panic!("the session is fresh")
    };
    // What is told next is told later.
    here.pass(Span::seconds(1));
    let text = |code: &secrecy::SecretString| code.expose_secret().to_owned();
    codes.iter().map(text).collect()
}

/// The usual customer with a set, and nobody's session needed.
async fn equipped(here: &Installation) -> (Session, Vec<String>) {
    here.customer("C-1", LOGIN).await.unwrap();
    let session = opened(here).await;
    let codes = made(here, &session).await;
    (session, codes)
}

/// A sign-in that waits for its second proof.
async fn begun(here: &Installation, login: &str) -> String {
    let typed = SignIn {
        login: login.to_owned(),
        ..typed(PASSWORD, &away())
    };
    match here.gate.sign_in(typed).await.unwrap() {
        SignInAnswer::StepUp { interaction } => interaction.text().expose_secret().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn answered(here: &Installation, token: &str, code: &str) -> CodeAnswer {
    let claim = Claim::BackupCode(code);
    let answer = here.gate.answer(token, claim, &away()).await.unwrap();
    here.pass(Span::seconds(1));
    answer
}

async fn signs_in(here: &Installation, code: &str) -> bool {
    let token = begun(here, LOGIN).await;
    matches!(answered(here, &token, code).await, CodeAnswer::Opened(_))
}

/// What was told of backup codes, the newest last.
async fn told(here: &Installation) -> Vec<(BackupEvent, String)> {
    let messages = here.messages().await.unwrap();
    let event = |message: &sekisho_gate::Message| match &message.body {
        Body::BackupCodes(told) => Some((told.event, told.report.clone())),
        _ => None,
    };
    messages.iter().filter_map(event).collect()
}

async fn events(here: &Installation) -> Vec<BackupEvent> {
    told(here).await.into_iter().map(|told| told.0).collect()
}

async fn left(here: &Installation, session: &Session) -> Option<(usize, bool)> {
    let (view, _) = here.gate.backup_codes(session).await.unwrap();
    view.map(|view| (view.left, view.few))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_once_and_its_return_is_told_once() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (mine, codes) = equipped(&here).await;
        assert_eq!(codes.len(), 10);
        assert_eq!(left(&here, &mine).await, Some((10, false)));
        let (token, second) = (begun(&here, LOGIN).await, begun(&here, LOGIN).await);
        assert!(
            here.gate
                .conversation(&token)
                .await
                .unwrap()
                .unwrap()
                .backup_code
        );
        let wide: String = codes[4]
            .to_lowercase()
            .chars()
            .filter_map(|letter| char::from_u32(u32::from(letter) + 0xfee0))
            .collect();
        let CodeAnswer::Opened(opened) = answered(&here, &token, &wide).await else {
            panic!("{wide} is the code")
        };
        let session = session(&here, &opened).await;
        assert_eq!(session.methods(), [Method::Password, Method::BackupCode]);
        for _ in 0..2 {
            let again = answered(&here, &second, &codes[4]).await;
            assert!(matches!(again, CodeAnswer::Wrong), "as a wrong one");
        }
        let expected = [
            BackupEvent::Made,
            BackupEvent::Used { left: 9 },
            BackupEvent::Again,
        ];
        assert_eq!(events(&here).await, expected);
        assert_eq!(left(&here, &mine).await, Some((9, false)));
        // A wrong one is told to nobody.
        let wrong = answered(&here, &second, "0000-0000-0000-0000").await;
        assert!(matches!(wrong, CodeAnswer::Wrong));
        assert_eq!(events(&here).await.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_bring_one_code_at_once_one_gets_in() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, codes) = equipped(&here).await;
        let mut tokens = Vec::new();
        for _ in 0..8 {
            tokens.push(begun(&here, LOGIN).await);
        }
        let racers = tokens.into_iter().map(|token| {
            let (gate, code) = (here.gate.clone(), codes[0].clone());
            tokio::spawn(async move {
                gate.answer(&token, Claim::BackupCode(&code), &away())
                    .await
                    .unwrap()
            })
        });
        let racers: Vec<_> = racers.collect();
        let mut in_ = 0;
        for racer in racers {
            in_ += usize::from(matches!(racer.await.unwrap(), CodeAnswer::Opened(_)));
        }
        assert_eq!(in_, 1);
        let used = |event: &&BackupEvent| matches!(event, BackupEvent::Used { .. });
        assert_eq!(events(&here).await.iter().filter(used).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_set_ends_the_one_before_and_no_code_is_anybody_elses() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (mine, codes) = equipped(&here).await;
        here.customer("C-2", "hanako@example.jp").await.unwrap();
        let other = begun(&here, "hanako@example.jp").await;
        let strange = answered(&here, &other, &codes[0]).await;
        assert!(matches!(strange, CodeAnswer::Wrong));
        let newer = made(&here, &mine).await;
        assert!(!signs_in(&here, &codes[0]).await);
        for (used, code) in newer.iter().enumerate() {
            assert_eq!(left(&here, &mine).await, Some((10 - used, used >= 7)));
            assert!(signs_in(&here, code).await);
            here.pass(Span::hours(1));
        }
        assert_eq!(left(&here, &mine).await, Some((0, true)));
        let token = begun(&here, LOGIN).await;
        assert!(
            !here
                .gate
                .conversation(&token)
                .await
                .unwrap()
                .unwrap()
                .backup_code
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_made_in_a_fresh_session_and_with_the_passkey_where_there_is_one() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (session, codes) = equipped(&here).await;
        here.pass(Span::minutes(11));
        let (_, making) = here.gate.backup_codes(&session).await.unwrap();
        assert_eq!(making, Making::ProveAgain);
        let late = here.gate.make_backup_codes(&session, &visitor(HOME)).await;
        assert!(matches!(late.unwrap(), BackupMade::ProveAgain));
        // A backup code shows once more who is there.
        let claim = Claim::BackupCode(&codes[0]);
        let proved = here
            .gate
            .prove_session(&session, claim, &visitor(HOME))
            .await;
        assert!(matches!(proved.unwrap(), ProveAnswer::Proved(_)));
        let (_, making) = here.gate.backup_codes(&session).await.unwrap();
        assert_eq!(making, Making::Open);
        let used = BackupEvent::Used { left: 9 };
        assert_eq!(events(&here).await.last(), Some(&used));
    }
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (session, _) = owner(&here, &visitor(HOME)).await;
        let made = here.gate.make_backup_codes(&session, &visitor(HOME)).await;
        assert!(matches!(made.unwrap(), BackupMade::ProveAgain));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_code_confirms_no_operation() {
    for story in Story::each().await {
        let codes = made(&story.here, &story.session).await;
        let (here, gate) = (&story.here, &story.here.gate);
        let view = story.created("150000").await;
        let claim = Claim::BackupCode(&codes[0]);
        let answer = gate
            .confirm(&story.session, view.id, claim, &story.home)
            .await;
        assert_eq!(answer.unwrap(), ConfirmAnswer::Wrong);
        let view = gate.operation(&story.caller, view.id).await.unwrap();
        assert_eq!(view.unwrap().state, OperationState::Pending);
        assert_eq!(
            left(here, &story.session).await,
            Some((10, false)),
            "unused"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_codes_are_guessed_no_more_often_than_any_other_factor() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, codes) = equipped(&here).await;
        let token = begun(&here, LOGIN).await;
        for _ in 0..5 {
            answered(&here, &token, "0000-0000-0000-0000").await;
        }
        assert!(!signs_in(&here, &codes[0]).await, "locked");
        here.pass(Span::minutes(16));
        assert!(signs_in(&here, &codes[0]).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_ends_codes_that_were_made_lately_and_no_older_ones() {
    for (age, ended) in [(Span::hours(1), true), (Span::hours(73), false)] {
        for here in Installation::each("jsda-2025").await.unwrap() {
            equipped(&here).await;
            here.pass(age);
            let session = opened(&here).await;
            let page = here.gate.history(&session, None).await.unwrap();
            let about = page.rows.first().unwrap().decision;
            let reported = here.gate.report_access(&session, about).await.unwrap();
            assert_eq!(reported, Reported::Frozen);
            let store = here.place.store().await.unwrap();
            let known = store.backup_codes(session.customer()).await.unwrap();
            assert_eq!(known.is_none(), ended);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_the_phone_puts_another_number_in_its_place() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let opened = reachable(&here).await;
        let mine = session(&here, &opened).await;
        let codes = made(&here, &mine).await;
        let token = begun(&here, LOGIN).await;
        let CodeAnswer::Opened(opened) = answered(&here, &token, &codes[0]).await else {
            panic!("the code is right")
        };
        let there = session(&here, &opened).await;
        let store = here.place.store().await.unwrap();
        let channels = store.channels(there.customer()).await.unwrap();
        let phone = channels
            .iter()
            .find(|one| one.kind == ChannelKind::Sms)
            .unwrap()
            .id;
        let change = |current: &str| ChangeContact {
            purpose: ChannelPurpose::Login,
            replaces: Some(phone),
            current: current.to_owned().into(),
            wanted: "080-8765-4321".to_owned(),
            visitor: away(),
        };
        let wrong = here
            .gate
            .change_contact(&there, change("090-1111-2222"))
            .await;
        assert!(matches!(wrong.unwrap(), ContactAnswer::Mismatch));
        let asked = here
            .gate
            .change_contact(&there, change(PHONE))
            .await
            .unwrap();
        let ContactAnswer::Sent { interaction } = asked else {
            panic!("{asked:?}")
        };
        let code = code_to(&here, "+81808765").await.unwrap();
        let token = interaction.text().expose_secret();
        let done = here.gate.answer(token, &code, &away()).await;
        assert!(matches!(done.unwrap(), CodeAnswer::Changed { .. }));
        let changed = |message: &&sekisho_gate::Message| match &message.body {
            Body::ContactChanged { .. } => message.to.contains("+81901234"),
            _ => false,
        };
        let messages = here.messages().await.unwrap();
        assert_eq!(
            messages.iter().filter(changed).count(),
            2,
            "when it came and when it went"
        );
        let store = here.place.store().await.unwrap();
        let left = store.channels(there.customer()).await.unwrap();
        assert!(left.iter().all(|one| one.id != phone));
    }
}
