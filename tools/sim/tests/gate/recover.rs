//! Getting back what was lost: a frozen account and a forgotten password, and those who have no
//! business there.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::known::RecoveryKind;
use sekisho_core::moment::Span;
use sekisho_gate::{
    Body, ChangeContact, ChooseAnswer, CodeAnswer, ContactAnswer, Message, Opened, Recover,
    RecoverAnswer, RecoverProof, Reported, Session, SignInAnswer, Token, Visitor,
};
use sekisho_sim::installation::{
    Installation, LOGIN, PASSWORD, anywhere, other_code, typed, visitor,
};

const HOME: [u8; 4] = [203, 0, 113, 7];
const AWAY: [u8; 4] = [198, 51, 100, 9];
pub(super) const PHONE: &str = "090-1234-5678";
const NEW: &str = "a very different sentence";

fn wish(kind: RecoveryKind, login: &str, password: &str) -> Recover {
    Recover {
        kind,
        login: login.to_owned(),
        password: SecretString::from(password.to_owned()),
        visitor: visitor(HOME),
    }
}

async fn begun(here: &Installation, wish: Recover) -> String {
    // What is sent next is sent later.
    here.pass(Span::seconds(20));
    let token: Token = here.gate.recover(wish).await.unwrap().unwrap();
    token.text().expose_secret().to_owned()
}

async fn session(here: &Installation, opened: &Opened) -> Option<Session> {
    let token = opened.session.text().expose_secret();
    here.gate.session(token, &anywhere()).await.unwrap()
}

async fn bodies(here: &Installation) -> Vec<Body> {
    let messages = here.messages().await.unwrap();
    messages.into_iter().map(|message| message.body).collect()
}

/// The newest code that went to whoever `to` begins with.
pub(super) async fn code_to(here: &Installation, to: &str) -> Option<String> {
    let messages = here.messages().await.unwrap();
    let code = |message: &Message| match &message.body {
        Body::Code { code, .. } if message.to.contains(to) => Some(code.clone()),
        _ => None,
    };
    messages.iter().rev().find_map(code)
}

/// The newest report code of a recovery that began.
async fn veto(here: &Installation) -> String {
    let found = bodies(here).await.into_iter().rev();
    let report = |body| match body {
        Body::RecoveryBegun(begun) => Some(begun.report),
        _ => None,
    };
    found.filter_map(report).next().unwrap()
}

/// Password and code for a frozen account.
async fn thaw(here: &Installation) -> RecoverAnswer {
    let token = begun(here, wish(RecoveryKind::Thaw, LOGIN, PASSWORD)).await;
    let code = here.code().await.unwrap();
    let typed = (RecoveryKind::Thaw, [code.as_str(), ""]);
    let home = visitor(HOME);
    here.gate
        .answer_recovery(&token, typed, &home)
        .await
        .unwrap()
}

/// Both codes for a forgotten password.
async fn forgot(here: &Installation, who: &Visitor) -> RecoverAnswer {
    let token = begun(here, wish(RecoveryKind::Password, LOGIN, "")).await;
    let mail = code_to(here, "@").await.unwrap();
    let sms = code_to(here, "+81").await.unwrap();
    let typed = (RecoveryKind::Password, [mail.as_str(), sms.as_str()]);
    here.gate.answer_recovery(&token, typed, who).await.unwrap()
}

async fn frozen(here: &Installation) {
    here.customer("C-1", LOGIN).await.unwrap();
    let opened = here.signed_in(&visitor(HOME)).await.unwrap();
    let session = session(here, &opened).await.unwrap();
    here.gate.freeze(&session, &visitor(HOME)).await.unwrap();
    here.pass(Span::seconds(1));
}

/// A customer with a mail address and a phone, and a session.
pub(super) async fn reachable(here: &Installation) -> Opened {
    here.customer("C-1", LOGIN).await.unwrap();
    let home = visitor(HOME);
    let opened = here.signed_in(&home).await.unwrap();
    let known = session(here, &opened).await.unwrap();
    let wanted = ChangeContact {
        purpose: sekisho_core::known::ChannelPurpose::Login,
        replaces: None,
        current: LOGIN.into(),
        wanted: PHONE.to_owned(),
        visitor: home.clone(),
    };
    let ContactAnswer::Sent { interaction } =
        here.gate.change_contact(&known, wanted).await.unwrap()
    else {
        panic!("a code goes to the phone")
    };
    let code = code_to(here, "+81").await.unwrap();
    let token = interaction.text().expose_secret();
    let answer = here.gate.answer(token, &code, &home).await.unwrap();
    assert!(matches!(answer, CodeAnswer::Changed { .. }), "{answer:?}");
    here.pass(Span::days(2));
    let opened = here.signed_in(&home).await.unwrap();
    here.pass(Span::seconds(1));
    opened
}

fn waits(answer: &RecoverAnswer) -> bool {
    matches!(answer, RecoverAnswer::Waiting { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_account_thaws_after_a_day_and_the_same_proofs() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        frozen(&here).await;
        let refused = here
            .gate
            .sign_in(typed(PASSWORD, &visitor(HOME)))
            .await
            .unwrap();
        assert!(matches!(refused, SignInAnswer::Refused));
        assert!(waits(&thaw(&here).await));
        here.pass(Span::hours(23));
        assert!(waits(&thaw(&here).await), "asking again shortens nothing");
        let told = |body: &&Body| matches!(body, Body::RecoveryBegun(begun) if begun.hours == 24);
        assert_eq!(
            bodies(&here).await.iter().filter(told).count(),
            1,
            "told once"
        );
        here.pass(Span::hours(1));
        let answer = thaw(&here).await;
        assert!(matches!(answer, RecoverAnswer::Given), "{answer:?}");
        let thawed = |body: &Body| matches!(body, Body::Thawed { .. });
        assert!(bodies(&here).await.iter().any(thawed));
        // What is sent next is sent later.
        here.pass(Span::seconds(1));
        here.signed_in(&visitor(HOME)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_channel_ends_a_recovery_and_one_that_is_forgotten_runs_out() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        frozen(&here).await;
        assert!(waits(&thaw(&here).await));
        let report = veto(&here).await;
        let home = visitor(HOME);
        let answer = here.gate.report_code(&report, &home).await.unwrap();
        assert_eq!(answer, Reported::Frozen);
        here.pass(Span::hours(25));
        assert!(waits(&thaw(&here).await), "it began anew");
        here.pass(Span::days(8));
        assert!(
            waits(&thaw(&here).await),
            "nobody came while it could be ended"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_wrong_and_not_frozen_look_alike_and_send_nothing() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let before = here.messages().await.unwrap().len();
        for (kind, login, password) in [
            (RecoveryKind::Thaw, LOGIN, PASSWORD),
            (RecoveryKind::Thaw, LOGIN, "wrong"),
            (RecoveryKind::Thaw, "nobody@example.jp", PASSWORD),
            (RecoveryKind::Thaw, "not a login", "\0"),
            // This customer has no phone.
            (RecoveryKind::Password, LOGIN, ""),
            (RecoveryKind::Password, "nobody@example.jp", ""),
            (RecoveryKind::Password, "\u{202e}", ""),
        ] {
            let token = begun(&here, wish(kind, login, password)).await;
            let home = visitor(HOME);
            assert!(here.gate.conversation(&token).await.unwrap().is_none());
            let other = here.gate.answer(&token, "000000", &home).await.unwrap();
            assert!(matches!(other, CodeAnswer::Over), "{other:?}");
            let typed = (kind, ["000000", "000000"]);
            for nth in 1..=6 {
                let answer = here.gate.answer_recovery(&token, typed, &home);
                let answer = answer.await.unwrap();
                let wrong = matches!(answer, RecoverAnswer::Wrong);
                assert_eq!(wrong, nth < 5, "{login:?} {nth} {answer:?}");
            }
        }
        assert_eq!(here.messages().await.unwrap().len(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_after_two_codes_a_day_and_two_codes() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let opened = reachable(&here).await;
        let home = visitor(HOME);
        assert!(waits(&forgot(&here, &home).await));
        let told = bodies(&here).await;
        let begun = |body: &&Body| matches!(body, Body::RecoveryBegun(_));
        assert_eq!(
            told.iter().filter(begun).count(),
            2,
            "by mail and by text message"
        );
        here.pass(Span::hours(24));
        let RecoverAnswer::Choose { interaction } = forgot(&here, &home).await else {
            panic!("a new password may be chosen")
        };
        let token = interaction.text().expose_secret();
        let typed_codes = (RecoveryKind::Password, ["000000", "000000"]);
        let again = here.gate.answer_recovery(token, typed_codes, &home).await;
        assert!(
            matches!(again.unwrap(), RecoverAnswer::Over),
            "no codes here"
        );
        let choose = async |password: &str| {
            let wanted = SecretString::from(password.to_owned());
            here.gate
                .choose_password(token, &wanted, &home)
                .await
                .unwrap()
        };
        assert!(matches!(choose("short").await, ChooseAnswer::Findings(_)));
        assert!(matches!(choose(NEW).await, ChooseAnswer::Set));
        assert!(matches!(choose(NEW).await, ChooseAnswer::Over), "once");
        assert!(
            session(&here, &opened).await.is_none(),
            "everybody is signed out"
        );
        let old = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        assert!(matches!(old, SignInAnswer::Refused));
        let new = here.gate.sign_in(typed(NEW, &home)).await.unwrap();
        assert!(matches!(new, SignInAnswer::StepUp { .. }), "{new:?}");
        let changed = |body: &Body| matches!(body, Body::PasswordChanged { .. });
        assert!(bodies(&here).await.iter().any(changed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_sees_a_recovery_and_ends_it_at_any_time() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let opened = reachable(&here).await;
        let owner = session(&here, &opened).await.unwrap();
        assert!(here.gate.recoveries(&owner).await.unwrap().is_empty());
        assert!(waits(&forgot(&here, &visitor(AWAY)).await));
        let shown = here.gate.recoveries(&owner).await.unwrap();
        assert_eq!(shown[0].kind, RecoveryKind::Password);
        here.pass(Span::hours(24));
        let opened = here.signed_in(&visitor(HOME)).await.unwrap();
        let owner = session(&here, &opened).await.unwrap();
        let RecoverAnswer::Choose { interaction } = forgot(&here, &visitor(AWAY)).await else {
            panic!("it is due")
        };
        // The thief has both codes and sits before the last page.
        let kind = RecoveryKind::Password;
        assert!(here.gate.cancel_recovery(&owner, kind).await.unwrap());
        assert!(!here.gate.cancel_recovery(&owner, kind).await.unwrap());
        let wanted = SecretString::from(NEW.to_owned());
        let token = interaction.text().expose_secret();
        let away = visitor(AWAY);
        let late = here
            .gate
            .choose_password(token, &wanted, &away)
            .await
            .unwrap();
        assert!(matches!(late, ChooseAnswer::Over), "{late:?}");
        let home = visitor(HOME);
        let old = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        assert!(matches!(old, SignInAnswer::StepUp { .. }), "{old:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_codes_are_guessed_no_more_often_than_one_and_lock_nobody_out() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        reachable(&here).await;
        let token = begun(&here, wish(RecoveryKind::Password, LOGIN, "")).await;
        let mail = code_to(&here, "@").await.unwrap();
        let sms = code_to(&here, "+81").await.unwrap();
        let home = visitor(HOME);
        // Each code in the place of the other, and one of them alone.
        for codes in [[&sms, &mail], [&mail, &mail], [&other_code(&mail), &sms]] {
            let typed = (RecoveryKind::Password, codes.map(String::as_str));
            let answer = here.gate.answer_recovery(&token, typed, &home).await;
            assert!(matches!(answer.unwrap(), RecoverAnswer::Wrong));
        }
        let mut guesses = tokio::task::JoinSet::new();
        for guess in 0..64 {
            let (gate, token, mail) = (here.gate.clone(), token.clone(), mail.clone());
            let home = home.clone();
            guesses.spawn(async move {
                let wrong = format!("{guess:06}");
                let typed = (RecoveryKind::Password, [mail.as_str(), wrong.as_str()]);
                gate.answer_recovery(&token, typed, &home).await.unwrap()
            });
        }
        let looked = |answer: &RecoverAnswer| matches!(answer, RecoverAnswer::Wrong);
        let looked = guesses
            .join_all()
            .await
            .iter()
            .filter(|one| looked(one))
            .count();
        assert!(looked <= 1, "{looked} beside the last");
        let typed_right = (RecoveryKind::Password, [mail.as_str(), sms.as_str()]);
        let right = here.gate.answer_recovery(&token, typed_right, &home).await;
        assert!(matches!(right.unwrap(), RecoverAnswer::Over), "locked");
        here.pass(Span::seconds(1));
        here.signed_in(&visitor(AWAY)).await.unwrap();
        let again = forgot(&here, &home).await;
        assert!(
            matches!(again, RecoverAnswer::Over),
            "another conversation brings no tries"
        );
        here.pass(Span::minutes(16));
        assert!(waits(&forgot(&here, &home).await), "and the lock ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_last_steps_one_sets_the_password() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        reachable(&here).await;
        let home = visitor(HOME);
        assert!(waits(&forgot(&here, &home).await));
        here.pass(Span::hours(24));
        let RecoverAnswer::Choose { interaction } = forgot(&here, &home).await else {
            panic!("it is due")
        };
        let mut last = tokio::task::JoinSet::new();
        for number in 0..64 {
            let (gate, home) = (here.gate.clone(), home.clone());
            let token = interaction.text().expose_secret().to_owned();
            let wanted = SecretString::from(format!("{NEW} {number}"));
            last.spawn(async move { gate.choose_password(&token, &wanted, &home).await });
        }
        let answers = last.join_all().await;
        let set = |answer: &&Result<ChooseAnswer, _>| matches!(answer, Ok(ChooseAnswer::Set));
        assert_eq!(answers.iter().filter(set).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_phone_sets_a_password_by_mail_and_backup_codes() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        let opened = here.signed_in(&home).await.unwrap();
        let mine = session(&here, &opened).await.unwrap();
        let codes = super::backup_code::made(&here, &mine).await;
        let forgot = async |mail: Option<&str>, backup: &str| {
            let token = begun(&here, wish(RecoveryKind::Password, LOGIN, "")).await;
            let sent = code_to(&here, "@").await.unwrap();
            let proof = RecoverProof::CodeAndBackup(mail.unwrap_or(&sent), backup);
            let typed = (RecoveryKind::Password, proof);
            let answer = here.gate.answer_recovery(&token, typed, &home).await;
            answer.unwrap()
        };
        let wrong = forgot(Some("000000"), &codes[0]).await;
        assert!(matches!(wrong, RecoverAnswer::Wrong), "the paper alone");
        let wrong = forgot(None, "0000-0000-0000-0000").await;
        assert!(matches!(wrong, RecoverAnswer::Wrong), "the mailbox alone");
        assert!(waits(&forgot(None, &codes[0]).await));
        here.pass(Span::hours(24));
        let used = forgot(None, &codes[0]).await;
        assert!(matches!(used, RecoverAnswer::Wrong), "it was used");
        let RecoverAnswer::Choose { interaction } = forgot(None, &codes[1]).await else {
            panic!("a new password may be chosen")
        };
        let (token, wanted) = (interaction.text().expose_secret(), SecretString::from(NEW));
        let set = here.gate.choose_password(token, &wanted, &home).await;
        assert!(matches!(set.unwrap(), ChooseAnswer::Set));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_tried_where_accounts_are_had_back_is_found_too() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.gate.replay_attempts().await.unwrap();
        here.customer("C-1", LOGIN).await.unwrap();
        let rows = || here.gate.windows_kept().0;
        // Names alone prove nothing, and are no attempts.
        begun(&here, wish(RecoveryKind::Password, LOGIN, "")).await;
        begun(&here, wish(RecoveryKind::Password, "nobody@example.jp", "")).await;
        assert_eq!(rows(), 0);
        for number in 0..11 {
            let login = format!("nobody{number}@example.jp");
            let thaw = wish(RecoveryKind::Thaw, &login, "123456");
            here.gate.recover(thaw).await.unwrap();
        }
        let token = begun(&here, wish(RecoveryKind::Thaw, LOGIN, "wrong")).await;
        assert_eq!(rows(), 12);
        let typed = (RecoveryKind::Thaw, ["000000", ""]);
        here.gate
            .answer_recovery(&token, typed, &visitor(HOME))
            .await
            .unwrap();
        assert_eq!(rows(), 13);
        assert_eq!(here.gate.find_attacks().await.unwrap(), 1);
    }
}
