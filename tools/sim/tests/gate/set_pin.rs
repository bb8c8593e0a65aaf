//! The transaction PIN: set, asked for beside the code of an operation, guessed, forgotten, undone.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::login::Login;
use sekisho_core::moment::Span;
use sekisho_core::notice::{Locale, PinEvent};
use sekisho_core::operation::OperationState;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::verdict::Requirement;
use sekisho_gate::{
    Answer, Body, ChangePassword, Claim, CodeAnswer, ConfirmAnswer, ConfirmSent, ImportLine,
    Imported, OperationView, PasswordAnswer, PinAnswer, PinRight, PinWish, Reported, Seen, Session,
    SetPin, SignInAnswer, Visitor,
};
use sekisho_sim::installation::{
    FOREIGN_HASH, Installation, LOGIN, PASSWORD, other_code, typed, visitor,
};

use super::confirm::Story;
use super::passkey::session;

const PIN: &str = "Kappa4Obi";
const OTHER: &str = "Tanuki7Mori";
const AWAY: [u8; 4] = [198, 51, 100, 9];

fn wish(right: PinRight, wanted: &str, visitor: &Visitor) -> SetPin {
    SetPin {
        right,
        wanted: SecretString::from(wanted),
        visitor: visitor.clone(),
    }
}

fn before(current: &str) -> PinRight {
    PinRight::Before(SecretString::from(current))
}

async fn set(story: &Story, right: PinRight, wanted: &str) -> PinAnswer {
    let typed = wish(right, wanted, &story.home);
    story
        .here
        .gate
        .set_pin(&story.session, typed)
        .await
        .unwrap()
}

/// Stories in which the customer has a PIN.
async fn each() -> Vec<Story> {
    let all = Story::settled_under("jp-legacy").await;
    for story in &all {
        assert_eq!(set(story, PinRight::First, PIN).await, PinAnswer::Set);
    }
    all
}

/// An operation whose code was sent, and the code.
async fn sent(story: &Story, amount: &str) -> (OperationView, String) {
    let (here, view) = (&story.here, story.created(amount).await);
    // Codes are sent at intervals.
    here.pass(Span::seconds(31));
    let sent = here.gate.confirm_send(&story.session, view.id, &story.home);
    assert_eq!(sent.await.unwrap(), ConfirmSent::Sent);
    let code = here.code().await.unwrap();
    (view, code)
}

async fn confirm(story: &Story, view: &OperationView, code: &str, pin: &str) -> ConfirmAnswer {
    let pin = SecretString::from(pin);
    let answer = Answer {
        claim: Claim::Code(code),
        pin: Some(&pin),
        seen: Seen::Own,
    };
    let gate = &story.here.gate;
    let confirmed = gate.confirm(&story.session, view.id, answer, &story.home);
    confirmed.await.unwrap()
}

async fn state(story: &Story, view: &OperationView) -> OperationState {
    let view = story.here.gate.operation(&story.caller, view.id).await;
    view.unwrap().unwrap().state
}

fn events(messages: &[sekisho_gate::Message]) -> Vec<PinEvent> {
    let event = |message: &sekisho_gate::Message| match &message.body {
        Body::PinSet(set) => Some(set.event),
        _ => None,
    };
    messages.iter().filter_map(event).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_takes_pin_and_code_together() {
    for story in Story::settled_under("jp-legacy").await {
        let gate = &story.here.gate;
        let (view, code) = sent(&story, "150000").await;
        let needed = &view.decision.requirements;
        assert!(needed.contains(&Requirement::TransactionPin), "{view:?}");
        let shown = gate.shown(&story.session, view.id, Locale::Ja).await;
        assert!(matches!(shown.unwrap().unwrap().pin, PinWish::Unset(_)));
        let unset = confirm(&story, &view, &code, PIN).await;
        assert_eq!(unset, ConfirmAnswer::Wrong, "there is none");
        assert_eq!(set(&story, PinRight::First, PIN).await, PinAnswer::Set);
        let none = gate.confirm(&story.session, view.id, &code, &story.home);
        assert_eq!(none.await.unwrap(), ConfirmAnswer::PinMissing);
        for (code, pin) in [
            (code.clone(), OTHER),
            (code.clone(), PASSWORD),
            (other_code(&code), PIN),
        ] {
            let wrong = confirm(&story, &view, &code, pin).await;
            assert_eq!(wrong, ConfirmAnswer::Wrong);
        }
        assert_eq!(state(&story, &view).await, OperationState::Pending);
        let right = confirm(&story, &view, &code, PIN).await;
        assert!(matches!(right, ConfirmAnswer::Confirmed));
        let view = gate.operation(&story.caller, view.id).await.unwrap();
        assert_eq!(view.unwrap().state, OperationState::Confirmed);
        assert_eq!(
            events(&story.here.messages().await.unwrap()),
            [PinEvent::First]
        );
        let store = story.here.place.store().await.unwrap();
        let operations = story.here.place.contents(&store).await.unwrap();
        let by = Method::TransactionPin.word();
        assert!(operations["operation"].iter().any(|row| row.contains(by)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_pins_at_once_get_five_looks_and_lock_nothing_else() {
    for story in each().await {
        let here = &story.here;
        let (view, code) = sent(&story, "150000").await;
        let node = here.another_node().await.unwrap();
        let mut guesses = tokio::task::JoinSet::new();
        for number in 0..64 {
            let gate = if number % 2 == 0 {
                here.gate.clone()
            } else {
                node.clone()
            };
            let (session, id, home) = (story.session.clone(), view.id, story.home.clone());
            let code = code.clone();
            guesses.spawn(async move {
                let pin = SecretString::from(format!("Guess{number}wrong"));
                let answer = Answer {
                    claim: Claim::Code(&code),
                    pin: Some(&pin),
                    seen: Seen::Own,
                };
                gate.confirm(&session, id, answer, &home).await.unwrap()
            });
        }
        let answers = guesses.join_all().await;
        let through = |answer: &ConfirmAnswer| matches!(answer, ConfirmAnswer::Confirmed);
        assert!(!answers.iter().any(through));
        let store = here.place.store().await.unwrap();
        let entries = here.place.contents(&store).await.unwrap();
        let looked =
            |row: &&String| row.contains("|confirm:withdraw|") && row.contains("pin_wrong");
        let looked = entries["entry"].iter().filter(looked).count();
        // Those that came after the last one ended the operation find it closed.
        assert!((1..=5).contains(&looked), "{looked}");
        assert_eq!(state(&story, &view).await, OperationState::Refused);
        // Locked, on another node and for another operation as well.
        let (next, code) = sent(&story, "150001").await;
        assert_eq!(
            confirm(&story, &next, &code, PIN).await,
            ConfirmAnswer::Closed
        );
        assert_eq!(set(&story, before(PIN), OTHER).await, PinAnswer::Wait);
        // Signing in with password and code is not touched.
        here.pass(Span::seconds(1));
        let opened = here.signed_in(&visitor(AWAY)).await.unwrap();
        assert!(
            session(here, &opened)
                .await
                .methods()
                .contains(&Method::Password)
        );
        here.pass(Span::minutes(16));
        let late = confirm(&story, &next, &code, PIN).await;
        assert_eq!(late, ConfirmAnswer::Wrong, "the code's time is over");
        let (last, code) = sent(&story, "150002").await;
        let right = confirm(&story, &last, &code, PIN).await;
        assert!(matches!(right, ConfirmAnswer::Confirmed), "{right:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_the_password_locks_no_pin_and_a_slip_in_one_no_other() {
    for story in each().await {
        let here = &story.here;
        for _ in 0..6 {
            let wrong = here.gate.sign_in(typed("wrong horse", &story.home)).await;
            assert!(matches!(wrong.unwrap(), SignInAnswer::Refused));
        }
        let (view, code) = sent(&story, "150000").await;
        // Three slips in each, in turns: a right code opens the codes, a right PIN the PINs. With
        // the fifth try at either in a row the operation ends, whichever of the two was right.
        for _ in 0..3 {
            let wrong = confirm(&story, &view, &code, OTHER).await;
            assert_eq!(wrong, ConfirmAnswer::Wrong);
        }
        for _ in 0..3 {
            let wrong = confirm(&story, &view, &other_code(&code), PIN).await;
            assert_eq!(wrong, ConfirmAnswer::Wrong);
        }
        for _ in 0..3 {
            let wrong = confirm(&story, &view, &code, OTHER).await;
            assert_eq!(wrong, ConfirmAnswer::Wrong);
        }
        let right = confirm(&story, &view, &code, PIN).await;
        assert!(matches!(right, ConfirmAnswer::Confirmed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pin_and_password_are_never_the_same_whichever_is_set_last() {
    for story in Story::each_under("jp-legacy").await {
        let here = &story.here;
        let change = |current: &str, wanted: &str| ChangePassword {
            current: SecretString::from(current),
            wanted: SecretString::from(wanted),
            visitor: story.home.clone(),
        };
        let first = change(PASSWORD, "Hatake5Yama");
        let changed = here.gate.change_password(&story.session, first).await;
        assert!(matches!(changed.unwrap(), PasswordAnswer::Changed));
        for same in ["hATAKE5yAMA", "Ｈａｔａｋｅ５Ｙａｍａ"] {
            let refused = set(&story, PinRight::First, same).await;
            assert_eq!(refused, PinAnswer::Findings(vec![Reason::PinIsPassword]));
        }
        assert_eq!(set(&story, PinRight::First, PIN).await, PinAnswer::Set);
        for same in [PIN, "kAPPA4oBI"] {
            let typed = change("Hatake5Yama", same);
            let refused = here.gate.change_password(&story.session, typed).await;
            assert!(matches!(refused.unwrap(), PasswordAnswer::Pin), "{same}");
        }
        // Whoever may set one has no more comparisons with the other than a guesser has tries.
        let typed = change("Hatake5Yama", "Momiji3Kawa");
        let sixth = here.gate.change_password(&story.session, typed).await;
        assert!(matches!(sixth.unwrap(), PasswordAnswer::Wait));
        assert_eq!(set(&story, before(PIN), OTHER).await, PinAnswer::Wait);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_is_set_in_a_fresh_session_and_changed_with_the_one_before() {
    for story in each().await {
        let here = &story.here;
        assert_eq!(set(&story, PinRight::First, OTHER).await, PinAnswer::Moved);
        assert_eq!(
            set(&story, before(OTHER), "Sakura9Ike").await,
            PinAnswer::Wrong
        );
        let short = PinAnswer::Findings(vec![Reason::PasswordShort]);
        assert_eq!(set(&story, before(PIN), "Ab3cd").await, short);
        let same = PinAnswer::Findings(vec![Reason::PinSame]);
        assert_eq!(set(&story, before(PIN), PIN).await, same);
        here.pass(Span::minutes(16));
        assert_eq!(set(&story, before(PIN), OTHER).await, PinAnswer::Prove);
        assert_eq!(
            set(&story, PinRight::Forgotten, OTHER).await,
            PinAnswer::Prove
        );
        // A sign-in by the password alone is not enough.
        let SignInAnswer::Opened(plain) = here
            .gate
            .sign_in(typed(PASSWORD, &story.home))
            .await
            .unwrap()
        else {
            panic!("the place is usual")
        };
        let plain: Session = session(here, &plain).await;
        assert_eq!(plain.methods(), [Method::Password]);
        let weak = wish(before(PIN), OTHER, &story.home);
        assert_eq!(
            here.gate.set_pin(&plain, weak).await.unwrap(),
            PinAnswer::Prove
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_pin_is_told_holds_money_and_is_taken_back_by_the_code_of_its_notice() {
    for story in each().await {
        let here = &story.here;
        let (open, _) = sent(&story, "150000").await;
        assert_eq!(
            set(&story, PinRight::Forgotten, OTHER).await,
            PinAnswer::Set
        );
        assert_eq!(state(&story, &open).await, OperationState::Held);
        let messages = here.messages().await.unwrap();
        assert_eq!(events(&messages), [PinEvent::First, PinEvent::Forgotten]);
        let report = messages
            .iter()
            .rev()
            .find_map(|message| match &message.body {
                Body::PinSet(set) => Some(set.report.clone()),
                _ => None,
            });
        let reported = here
            .gate
            .report_code(&report.unwrap(), &visitor(AWAY))
            .await;
        assert!(matches!(reported.unwrap(), Reported::Frozen));
        let store = here.place.store().await.unwrap();
        let customer = story.session.customer();
        // The first one was set within the life of a report code as well, so none is left.
        assert_eq!(store.pin(customer).await.unwrap(), None);
        let known = store.customer(customer).await.unwrap().unwrap();
        assert_eq!(known.pin_recovered, Some(here.gate.now()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_pin_from_a_place_of_today_is_told_and_money_waits() {
    for story in Story::each_under("jp-legacy").await {
        let (open, _) = sent(&story, "150000").await;
        assert_eq!(set(&story, PinRight::First, PIN).await, PinAnswer::Set);
        assert_eq!(state(&story, &open).await, OperationState::Held);
        let messages = story.here.messages().await.unwrap();
        assert_eq!(events(&messages), [PinEvent::FirstElsewhere]);
        let store = story.here.place.store().await.unwrap();
        let known = store.customer(story.session.customer()).await.unwrap();
        assert!(known.unwrap().pin_recovered.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hash_of_another_system_is_taken_over_and_renewed_at_the_first_right_use() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let login = Login::parse(LOGIN).unwrap();
        let line = |pin: &str| ImportLine {
            reference: Reference::parse("C-1").unwrap(),
            login: login.clone(),
            hash: Some(FOREIGN_HASH.to_owned()),
            pin: Some(pin.to_owned()),
            verified: Some(here.gate.now()),
            locale: Locale::Ja,
        };
        let bad = here.gate.import(line("{MD5}x")).await.unwrap();
        assert!(matches!(bad, Imported::BadPin(_)), "{bad:?}");
        let added = here.gate.import(line(FOREIGN_HASH)).await.unwrap();
        let Imported::Added(customer) = added else {
            panic!("{added:?}")
        };
        let story = Story::of(here).await;
        let store = story.here.place.store().await.unwrap();
        let known = store.pin(customer).await.unwrap().unwrap();
        assert_eq!((known.hash.as_str(), known.revision), (FOREIGN_HASH, 1));
        let (view, code) = sent(&story, "150000").await;
        let wrong = confirm(&story, &view, &code, OTHER).await;
        assert_eq!(wrong, ConfirmAnswer::Wrong);
        let right = confirm(&story, &view, &code, PASSWORD).await;
        assert!(matches!(right, ConfirmAnswer::Confirmed));
        let renewed = store.pin(customer).await.unwrap().unwrap();
        assert!(renewed.hash.contains("$argon2id$"), "{}", renewed.hash);
        assert_eq!((renewed.revision, renewed.set), (2, known.set));
        let (next, code) = sent(&story, "150001").await;
        let right = confirm(&story, &next, &code, PASSWORD).await;
        assert!(matches!(right, ConfirmAnswer::Confirmed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_pin_and_no_policy_without_pins_sets_one() {
    for story in Story::each().await {
        assert_eq!(set(&story, PinRight::First, PIN).await, PinAnswer::Moved);
        assert!(story.here.gate.pin(&story.session).await.unwrap().is_none());
        let (view, code) = sent(&story, "150000").await;
        // What came with it is not looked at where it is not asked for.
        let right = confirm(&story, &view, &code, "anything").await;
        assert!(matches!(right, ConfirmAnswer::Confirmed));
    }
    for story in each().await {
        let here = &story.here;
        here.customer("C-2", "hanako@example.jp").await.unwrap();
        let (view, _) = sent(&story, "150000").await;
        // What is sent next is sent later.
        here.pass(Span::seconds(1));
        let typed = sekisho_gate::SignIn {
            login: "hanako@example.jp".to_owned(),
            ..typed(PASSWORD, &visitor(AWAY))
        };
        let SignInAnswer::StepUp { interaction } = here.gate.sign_in(typed).await.unwrap() else {
            panic!("the first access takes a code")
        };
        let code = here.code().await.unwrap();
        let token = interaction.text().expose_secret();
        let answer = here
            .gate
            .answer(token, &code, &visitor(AWAY))
            .await
            .unwrap();
        let CodeAnswer::Opened(opened) = answer else {
            panic!("the code was right")
        };
        let other = session(here, &opened).await;
        let pin = SecretString::from(PIN);
        let answer = Answer {
            claim: Claim::Code(&code),
            pin: Some(&pin),
            seen: Seen::Own,
        };
        let away = visitor(AWAY);
        let strange = here.gate.confirm(&other, view.id, answer, &away);
        assert_eq!(strange.await.unwrap(), ConfirmAnswer::Closed);
        let first = wish(before(PIN), OTHER, &visitor(AWAY));
        let none = here.gate.set_pin(&other, first).await.unwrap();
        assert_eq!(none, PinAnswer::Moved, "hanako has none");
    }
}
