//! Authenticator apps: added, used in the place of a code, and every way to misuse one.

use secrecy::ExposeSecret as _;
use sekisho_core::moment::Span;
use sekisho_core::proof::Method;
use sekisho_gate::{
    Body, Claim, CodeAnswer, Enrolled, Gate, Session, SignIn, SignInAnswer, Totp, Visitor,
};
use sekisho_seal::totp::{TotpHash, TotpSecret, TotpStep};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, other_code, typed, visitor};

use super::passkey::{owner, session};

const HOME: [u8; 4] = [203, 0, 113, 7];
const STEP: Span = Span::seconds(30);

/// What the app makes of the letters that are typed into it (RFC 4648 section 6).
fn app(letters: &str) -> TotpSecret {
    let (mut bits, mut many, mut bytes) = (0u32, 0, Vec::new());
    for letter in letters.bytes().filter(|letter| *letter != b' ') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        (bits, many) = (bits << 5 | u32::from(value), many + 5);
        if many >= 8 {
            many -= 8;
            bytes.push((bits >> many & 255) as u8);
        }
    }
    TotpSecret::from_bytes(&bytes, TotpHash::Sha1).unwrap()
}

/// What the app shows now.
pub(super) fn now(here: &Installation, app: &TotpSecret) -> String {
    let code = app.code(TotpStep::at(here.gate.now()));
    code.expose_secret().to_owned()
}

/// An app that is being added in `session`, as what was typed into it.
async fn adding(here: &Installation, session: &Session) -> TotpSecret {
    let begun = here.gate.totp_begin(session).await.unwrap();
    assert_eq!(begun, Enrolled::Done);
    let shown = here.gate.totp(session, "ひので証券").await.unwrap();
    let Totp::Adding { secret, uri } = shown else {
        panic!("{shown:?}")
    };
    let letters = secret.expose_secret().replace(' ', "");
    assert!(uri.expose_secret().contains(&format!("?secret={letters}&")));
    app(secret.expose_secret())
}

/// Adds an app to the customer of `session`; its code of that moment is used up.
pub(super) async fn added(here: &Installation, session: &Session) -> TotpSecret {
    let app = adding(here, session).await;
    let code = now(here, &app);
    let done = here.gate.totp_confirm(session, &code).await.unwrap();
    assert_eq!(done, Enrolled::Done);
    app
}

async fn opened(here: &Installation) -> Session {
    let opened = here.signed_in(&visitor(HOME)).await.unwrap();
    session(here, &opened).await
}

/// The usual customer with an app.
async fn equipped(here: &Installation) -> (Session, TotpSecret) {
    here.customer("C-1", LOGIN).await.unwrap();
    let session = opened(here).await;
    let app = added(here, &session).await;
    here.pass(STEP);
    (session, app)
}

/// A sign-in that waits for its second proof.
async fn begun(gate: &Gate, login: &str, away: &Visitor) -> String {
    let typed = SignIn {
        login: login.to_owned(),
        ..typed(PASSWORD, away)
    };
    match gate.sign_in(typed).await.unwrap() {
        SignInAnswer::StepUp { interaction } => interaction.text().expose_secret().to_owned(),
        other => panic!("{other:?}"),
    }
}

fn away() -> Visitor {
    visitor([198, 51, 100, 9])
}

async fn answered(gate: &Gate, token: &str, code: &str) -> CodeAnswer {
    let claim = Claim::Totp(code);
    gate.answer(token, claim, &away()).await.unwrap()
}

fn told(messages: &[sekisho_gate::Message], wanted: fn(&Body) -> bool) -> usize {
    let bodies = messages.iter().map(|message| &message.body);
    bodies.filter(|body| wanted(body)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_added_by_its_code_told_shown_no_more_and_removed() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let (gate, session) = (&here.gate, opened(&here).await);
        assert!(matches!(gate.totp(&session, "x").await, Ok(Totp::Absent)));
        let app = adding(&here, &session).await;
        let right = now(&here, &app);
        // It proves nothing until it is confirmed, and not by a wrong code.
        let token = begun(gate, LOGIN, &away()).await;
        assert!(!gate.conversation(&token).await.unwrap().unwrap().totp);
        assert!(matches!(
            answered(gate, &token, &right).await,
            CodeAnswer::Wrong
        ));
        let wrong = gate.totp_confirm(&session, &other_code(&right)).await;
        assert_eq!(wrong.unwrap(), Enrolled::Refused);
        let wide: String = right
            .chars()
            .filter_map(|digit| char::from_u32(u32::from(digit) + 0xfee0))
            .collect();
        let done = gate.totp_confirm(&session, &wide).await.unwrap();
        assert_eq!(done, Enrolled::Done);
        let messages = here.messages().await.unwrap();
        let added = |body: &Body| matches!(body, Body::TotpAdded { .. });
        assert_eq!(told(&messages, added), 1);
        let shown = gate.totp(&session, "x").await.unwrap();
        assert!(matches!(
            shown,
            Totp::Added {
                last: None,
                removable: true,
                ..
            }
        ));
        assert_eq!(gate.totp_begin(&session).await.unwrap(), Enrolled::Full);
        assert_eq!(gate.totp_remove(&session).await.unwrap(), Enrolled::Done);
        let messages = here.messages().await.unwrap();
        let removed = |body: &Body| matches!(body, Body::TotpRemoved { .. });
        assert_eq!(told(&messages, removed), 1);
        here.pass(STEP);
        let late = answered(gate, &token, &now(&here, &app)).await;
        assert!(matches!(late, CodeAnswer::Wrong));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_and_confirmed_in_its_own_fresh_session_only() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let (one, two) = (opened(&here).await, opened(&here).await);
        let gate = &here.gate;
        let app = adding(&here, &one).await;
        assert!(matches!(gate.totp(&two, "x").await, Ok(Totp::Absent)));
        let code = now(&here, &app);
        let other = gate.totp_confirm(&two, &code).await.unwrap();
        assert_eq!(other, Enrolled::Refused);
        here.pass(Span::minutes(11));
        assert!(matches!(gate.totp(&one, "x").await, Ok(Totp::ProveAgain)));
        let late = gate.totp_confirm(&one, &now(&here, &app)).await.unwrap();
        assert_eq!(late, Enrolled::ProveAgain);
        assert_eq!(gate.totp_begin(&one).await.unwrap(), Enrolled::ProveAgain);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_passkey_adds_an_app_with_it_only() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (session, _) = owner(&here, &visitor(HOME)).await;
        let begun = here.gate.totp_begin(&session).await.unwrap();
        assert_eq!(begun, Enrolled::ProveAgain);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_the_app_signs_in_once_and_only_its_own_customer() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, app) = equipped(&here).await;
        here.customer("C-2", "hanako@example.jp").await.unwrap();
        let gate = &here.gate;
        let (token, second) = (
            begun(gate, LOGIN, &away()).await,
            begun(gate, LOGIN, &away()).await,
        );
        assert!(gate.conversation(&token).await.unwrap().unwrap().totp);
        let other = begun(gate, "hanako@example.jp", &away()).await;
        let code = now(&here, &app);
        let strange = answered(gate, &other, &code).await;
        assert!(matches!(strange, CodeAnswer::Wrong));
        let CodeAnswer::Opened(opened) = answered(gate, &token, &code).await else {
            panic!("the code was right")
        };
        let session = session(&here, &opened).await;
        assert_eq!(session.methods(), [Method::Password, Method::Totp]);
        let again = answered(gate, &second, &code).await;
        assert!(matches!(again, CodeAnswer::Wrong), "used");
        here.pass(STEP);
        let next = answered(gate, &second, &now(&here, &app)).await;
        assert!(matches!(next, CodeAnswer::Opened(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_at_once_with_one_code_on_two_nodes_one_gets_in() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, app) = equipped(&here).await;
        let nodes = [here.another_node().await.unwrap(), here.gate.clone()];
        let mut tokens = Vec::new();
        for _ in 0..4 {
            tokens.push(begun(&here.gate, LOGIN, &away()).await);
        }
        let code = now(&here, &app);
        let mut tries = tokio::task::JoinSet::new();
        for number in 0..16 {
            let (node, token) = (nodes[number % 2].clone(), tokens[number % 4].clone());
            let code = code.clone();
            tries.spawn(async move { answered(&node, &token, &code).await });
        }
        let answers = tries.join_all().await;
        let opened = answers
            .iter()
            .filter(|answer| matches!(answer, CodeAnswer::Opened(_)));
        assert_eq!(opened.count(), 1, "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_lock_the_app_and_nothing_else() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, app) = equipped(&here).await;
        let gate = &here.gate;
        let token = begun(gate, LOGIN, &away()).await;
        let wrong = other_code(&now(&here, &app));
        for _ in 0..4 {
            let answer = answered(gate, &token, &wrong).await;
            assert!(matches!(answer, CodeAnswer::Wrong));
        }
        let fifth = answered(gate, &token, &wrong).await;
        assert!(matches!(fifth, CodeAnswer::Over));
        let right = answered(gate, &token, &now(&here, &app)).await;
        assert!(matches!(right, CodeAnswer::Over), "locked");
        let messages = here.messages().await.unwrap();
        let locked = |body: &Body| matches!(body, Body::Locked { .. });
        assert_eq!(told(&messages, locked), 1);
        // The code that was sent has tries of its own.
        let sent = here.code().await.unwrap();
        let sent = gate.answer(&token, &sent, &away()).await.unwrap();
        assert!(matches!(sent, CodeAnswer::Opened(_)));
        here.pass(Span::minutes(16));
        let token = begun(gate, LOGIN, &away()).await;
        let right = answered(gate, &token, &now(&here, &app)).await;
        assert!(matches!(right, CodeAnswer::Opened(_)), "the lock ran out");
    }
}
