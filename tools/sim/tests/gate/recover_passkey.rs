//! Lost passkeys: had back by the password and another proof, twice, and every way to misuse that.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::known::RecoveryKind;
use sekisho_core::moment::Span;
use sekisho_gate::{
    Body, Recover, RecoverAnswer, RecoverProof, Reported, Session, SignInAnswer, Token,
};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};
use sekisho_world::passkey::Passkey;

use super::passkey::{made, name, owner, session, signed_in};

const HOME: [u8; 4] = [203, 0, 113, 7];

async fn begun(here: &Installation, login: &str, password: &str) -> String {
    // What is sent next is sent later.
    here.pass(Span::seconds(20));
    let wish = Recover {
        kind: RecoveryKind::Passkey,
        login: login.to_owned(),
        password: SecretString::from(password.to_owned()),
        visitor: visitor(HOME),
    };
    let token: Token = here.gate.recover(wish).await.unwrap().unwrap();
    token.text().expose_secret().to_owned()
}

async fn answered(here: &Installation, token: &str, proof: RecoverProof<'_>) -> RecoverAnswer {
    let typed = (RecoveryKind::Passkey, proof);
    let home = visitor(HOME);
    here.gate
        .answer_recovery(token, typed, &home)
        .await
        .unwrap()
}

/// Password and the code that was sent.
async fn by_code(here: &Installation) -> RecoverAnswer {
    let token = begun(here, LOGIN, PASSWORD).await;
    let code = here.code().await.unwrap();
    answered(here, &token, RecoverProof::Codes([code.as_str(), ""])).await
}

/// Password and a backup code.
async fn by_backup(here: &Installation, code: &str) -> RecoverAnswer {
    let token = begun(here, LOGIN, PASSWORD).await;
    answered(here, &token, RecoverProof::BackupCode(code)).await
}

/// The usual customer with backup codes and a passkey.
async fn equipped(here: &Installation) -> (Session, Vec<String>) {
    here.customer("C-1", LOGIN).await.unwrap();
    let home = visitor(HOME);
    let opened = here.signed_in(&home).await.unwrap();
    let session = session(here, &opened).await;
    let codes = super::backup_code::made(here, &session).await;
    let (_, offer) = made(here, &session, 7).await;
    let named = (name("携帯"), &home);
    here.gate.enrol(&session, &offer, named).await.unwrap();
    (session, codes)
}

async fn told(here: &Installation, wanted: fn(&Body) -> bool) -> usize {
    let messages = here.messages().await.unwrap();
    messages.iter().filter(|one| wanted(&one.body)).count()
}

async fn passkeys(here: &Installation, session: &Session) -> usize {
    let store = here.place.store().await.unwrap();
    store.passkeys(session.customer()).await.unwrap().len()
}

fn waits(answer: &RecoverAnswer) -> bool {
    matches!(answer, RecoverAnswer::Waiting { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_passkeys_go_after_a_day_and_the_same_proofs_and_another_one_is_added() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (mine, _) = owner(&here, &visitor(HOME)).await;
        assert!(waits(&by_code(&here).await));
        let begun = |body: &Body| match body {
            Body::RecoveryBegun(begun) => begun.recovery == RecoveryKind::Passkey,
            _ => false,
        };
        assert_eq!(told(&here, begun).await, 1);
        here.pass(Span::hours(23));
        assert!(
            waits(&by_code(&here).await),
            "asking again shortens nothing"
        );
        assert_eq!(passkeys(&here, &mine).await, 1);
        here.pass(Span::hours(1));
        let answer = by_code(&here).await;
        assert!(matches!(answer, RecoverAnswer::Given), "{answer:?}");
        assert_eq!(passkeys(&here, &mine).await, 0);
        let gone = |body: &Body| matches!(body, Body::PasskeyRemoved { .. });
        assert_eq!(told(&here, gone).await, 1);
        here.pass(Span::seconds(1));
        let opened = here.signed_in(&visitor(HOME)).await.unwrap();
        let session = session(&here, &opened).await;
        let (_, offer) = made(&here, &session, 8).await;
        let home = visitor(HOME);
        let named = (name("新しい携帯"), &home);
        here.gate.enrol(&session, &offer, named).await.unwrap();
        assert_eq!(passkeys(&here, &mine).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_code_stands_in_for_the_code_that_is_sent_each_time_another_one() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (mine, codes) = equipped(&here).await;
        assert!(waits(&by_backup(&here, &codes[0]).await));
        here.pass(Span::hours(24));
        let used = by_backup(&here, &codes[0]).await;
        assert!(matches!(used, RecoverAnswer::Wrong), "{used:?}");
        let answer = by_backup(&here, &codes[1]).await;
        assert!(matches!(answer, RecoverAnswer::Given), "{answer:?}");
        assert_eq!(passkeys(&here, &mine).await, 0);
        let backup = |body: &Body| matches!(body, Body::BackupCodes(_));
        assert_eq!(told(&here, backup).await, 4, "made, used, used again, used");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_that_signs_after_all_ends_it() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (mine, mut passkey): (Session, Passkey) = owner(&here, &visitor(HOME)).await;
        assert!(waits(&by_code(&here).await));
        here.pass(Span::hours(1));
        signed_in(&here, &mut passkey).await;
        here.pass(Span::hours(23));
        let answer = by_code(&here).await;
        assert!(matches!(answer, RecoverAnswer::Over), "{answer:?}");
        assert_eq!(passkeys(&here, &mine).await, 1);
        let ended = |body: &Body| matches!(body, Body::RecoveryEnded { .. });
        assert_eq!(told(&here, ended).await, 1);
        // Asked for anew, it waits anew.
        assert!(waits(&by_code(&here).await));
        here.pass(Span::hours(24));
        assert!(matches!(by_code(&here).await, RecoverAnswer::Given));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_the_message_ends_it_and_freezes() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (mine, _) = owner(&here, &visitor(HOME)).await;
        // Long enough ago that the report does not take the passkey itself.
        here.pass(Span::days(4));
        assert!(waits(&by_code(&here).await));
        let messages = here.messages().await.unwrap();
        let report = messages.iter().find_map(|message| match &message.body {
            Body::RecoveryBegun(begun) => Some(begun.report.clone()),
            _ => None,
        });
        let (report, home) = (report.unwrap(), visitor(HOME));
        let reported = here.gate.report_code(&report, &home).await;
        assert_eq!(reported.unwrap(), Reported::Frozen);
        here.pass(Span::hours(24));
        let token = begun(&here, LOGIN, PASSWORD).await;
        let proof = RecoverProof::Codes(["000000", ""]);
        assert!(matches!(
            answered(&here, &token, proof).await,
            RecoverAnswer::Wrong
        ));
        assert_eq!(passkeys(&here, &mine).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_nothing_to_lose_or_no_password_gets_no_code() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, codes) = equipped(&here).await;
        here.customer("C-2", "hanako@example.jp").await.unwrap();
        let before = here.messages().await.unwrap().len();
        for (login, password) in [
            (LOGIN, "wrong"),
            ("hanako@example.jp", PASSWORD),
            ("nobody@example.jp", PASSWORD),
            ("\u{202e}", ""),
        ] {
            let token = begun(&here, login, password).await;
            for proof in [
                RecoverProof::BackupCode(&codes[0]),
                RecoverProof::Codes(["000000", ""]),
            ] {
                let answer = answered(&here, &token, proof).await;
                assert!(matches!(answer, RecoverAnswer::Wrong), "{login} {answer:?}");
            }
        }
        assert_eq!(here.messages().await.unwrap().len(), before);
        assert!(waits(&by_backup(&here, &codes[0]).await), "it was not used");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_code_alone_neither_thaws_nor_brings_a_password() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (mine, codes) = equipped(&here).await;
        here.gate.freeze(&mine, &visitor(HOME)).await.unwrap();
        here.pass(Span::days(1));
        for kind in [RecoveryKind::Thaw, RecoveryKind::Password] {
            let wish = Recover {
                kind,
                login: LOGIN.to_owned(),
                password: SecretString::from(PASSWORD.to_owned()),
                visitor: visitor(HOME),
            };
            let token = here.gate.recover(wish).await.unwrap().unwrap();
            let typed = (kind, RecoverProof::BackupCode(&codes[0]));
            let text = token.text().expose_secret();
            let home = visitor(HOME);
            let answer = here.gate.answer_recovery(text, typed, &home).await;
            assert!(matches!(answer.unwrap(), RecoverAnswer::Wrong));
        }
        let still = here.gate.sign_in(typed(PASSWORD, &visitor(HOME))).await;
        assert!(matches!(still.unwrap(), SignInAnswer::Refused));
    }
}
