//! "This was not me": by the code of a notice and from the history.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::known::{ChannelPurpose, RecoveryKind};
use sekisho_core::moment::Span;
use sekisho_core::notice::FreezeEvent;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{
    Body, ChangeContact, CodeAnswer, ContactAnswer, Message, Recover, RecoverAnswer, Reported,
    Session, SignInAnswer, Thawed, Totp,
};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, anywhere, typed, visitor};

use super::passkey::session;
use super::totp;

const HOME: [u8; 4] = [203, 0, 113, 7];
const AWAY: [u8; 4] = [198, 51, 100, 9];
const THIEF: &str = "thief@example.net";

#[tokio::test(flavor = "multi_thread")]
async fn a_report_code_freezes_the_account_once() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let thief = here.signed_in(&visitor([198, 51, 100, 9])).await.unwrap();
        let messages = here.messages().await.unwrap();
        let report = messages.iter().find_map(|message| match &message.body {
            Body::SignedIn { report, .. } => Some(report.clone()),
            _ => None,
        });
        let report = report.unwrap();
        let home = visitor(HOME);
        assert_eq!(
            here.gate.report_code("WRONG-00000", &home).await.unwrap(),
            Reported::Unknown
        );
        let lower = report.to_lowercase();
        assert_eq!(
            here.gate.report_code(&lower, &home).await.unwrap(),
            Reported::Frozen
        );
        assert_eq!(
            here.gate.report_code(&report, &home).await.unwrap(),
            Reported::Unknown,
            "used"
        );
        assert!(
            here.gate
                .session(thief.session.text().expose_secret(), &anywhere())
                .await
                .unwrap()
                .is_none()
        );
        let refused = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        assert!(matches!(refused, SignInAnswer::Refused));
        let messages = here.messages().await.unwrap();
        assert!(
            messages
                .iter()
                .any(|message| matches!(message.body, Body::Frozen { .. }))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn report_codes_are_guessed_no_better_than_passwords_and_expire() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        here.signed_in(&home).await.unwrap();
        for _ in 0..5 {
            let wrong = here.gate.report_code("0000000000", &home).await.unwrap();
            assert_eq!(wrong, Reported::Unknown);
        }
        assert_eq!(
            here.gate.report_code("0000000000", &home).await.unwrap(),
            Reported::Wait
        );
        let messages = here.messages().await.unwrap();
        let report = messages.iter().find_map(|message| match &message.body {
            Body::SignedIn { report, .. } => Some(report.clone()),
            _ => None,
        });
        here.pass(Span::hours(73));
        let late = here
            .gate
            .report_code(&report.unwrap(), &home)
            .await
            .unwrap();
        assert_eq!(late, Reported::Unknown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_leads_to_the_same_end() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let opened = here.signed_in(&visitor(HOME)).await.unwrap();
        let cookie = opened.session.text().expose_secret();
        let session = here
            .gate
            .session(cookie, &anywhere())
            .await
            .unwrap()
            .unwrap();
        let page = here.gate.history(&session, None).await.unwrap();
        let about = page.rows.first().unwrap().decision;
        assert_eq!(
            here.gate.report_access(&session, about).await.unwrap(),
            Reported::Frozen
        );
        assert!(
            here.gate
                .session(cookie, &anywhere())
                .await
                .unwrap()
                .is_none()
        );
        let store = here.place.store().await.unwrap();
        let contents = here.place.contents(&store).await.unwrap();
        let void = |row: &&String| !row.ends_with("|NULL");
        let voided: Vec<_> = contents["sighting"].iter().filter(void).collect();
        assert!(voided.len() >= 3, "address, network and device: {voided:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_gives_the_network_its_tries_back() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        here.signed_in(&home).await.unwrap();
        let messages = here.messages().await.unwrap();
        let report = messages.iter().find_map(|message| match &message.body {
            Body::SignedIn { report, .. } => Some(report.clone()),
            _ => None,
        });
        let report = report.unwrap();
        let wrong = ["0000000000"; 4];
        for code in wrong {
            let answer = here.gate.report_code(code, &home).await.unwrap();
            assert_eq!(answer, Reported::Unknown);
        }
        let answer = here.gate.report_code(&report, &home).await.unwrap();
        assert_eq!(answer, Reported::Frozen);
        for code in wrong {
            let answer = here.gate.report_code(code, &home).await.unwrap();
            assert_eq!(answer, Reported::Unknown);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_told_once_with_a_code_that_freezes() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let away = visitor([198, 51, 100, 9]);
        for _ in 0..8 {
            here.gate.sign_in(typed("wrong", &away)).await.unwrap();
            here.pass(Span::seconds(1));
        }
        let messages = here.messages().await.unwrap();
        let codes: Vec<_> = messages
            .iter()
            .filter_map(|message| match &message.body {
                Body::Locked { report } => Some(report.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(codes.len(), 1);
        let answer = here.gate.report_code(&codes[0], &visitor(HOME)).await;
        assert_eq!(answer.unwrap(), Reported::Frozen);
    }
}

/// The stranger's address takes the place of the customer's.
async fn taken_over(here: &Installation, session: &Session) {
    let who = visitor(AWAY);
    let wanted = ChangeContact {
        purpose: ChannelPurpose::Login,
        replaces: None,
        current: LOGIN.into(),
        wanted: THIEF.to_owned(),
        visitor: who.clone(),
    };
    let sent = here.gate.change_contact(session, wanted).await.unwrap();
    let ContactAnswer::Sent { interaction } = sent else {
        panic!("a code goes to the new address: {sent:?}")
    };
    let code = here.code().await.unwrap();
    let token = interaction.text().expose_secret();
    let answer = here.gate.answer(token, &code, &who).await.unwrap();
    assert!(matches!(answer, CodeAnswer::Changed { .. }), "{answer:?}");
}

/// The codes that were sent so far.
async fn codes(here: &Installation) -> usize {
    let messages = here.messages().await.unwrap();
    let code = |message: &&Message| matches!(message.body, Body::Code { .. });
    messages.iter().filter(code).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reported_sign_in_takes_back_what_was_done_after_it_and_no_code_thaws() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let opened = here.signed_in(&visitor(AWAY)).await.unwrap();
        let stranger = session(&here, &opened).await;
        let messages = here.messages().await.unwrap();
        let report = messages.iter().find_map(|message| match &message.body {
            Body::SignedIn { report, .. } => Some(report.clone()),
            _ => None,
        });
        here.pass(Span::minutes(1));
        totp::added(&here, &stranger).await;
        taken_over(&here, &stranger).await;
        here.pass(Span::hours(20));

        let home = visitor(HOME);
        let answer = here.gate.report_code(&report.unwrap(), &home).await;
        assert_eq!(answer.unwrap(), Reported::Frozen);
        let messages = here.messages().await.unwrap();
        let freeze = FreezeEvent::Doubted;
        let told = |message: &&Message| message.body == Body::Frozen { freeze };
        let to: Vec<_> = messages.iter().filter(told).map(|one| &one.to).collect();
        assert_eq!(to, [THIEF, LOGIN], "whoever of them is the owner");

        let before = codes(&here).await;
        for login in [LOGIN, THIEF] {
            let wish = Recover {
                kind: RecoveryKind::Thaw,
                login: login.to_owned(),
                password: SecretString::from(PASSWORD.to_owned()),
                visitor: visitor(AWAY),
            };
            let token = here.gate.recover(wish).await.unwrap().unwrap();
            let token = token.text().expose_secret();
            let typed = (RecoveryKind::Thaw, ["000000", ""]);
            let answer = here.gate.answer_recovery(token, typed, &home).await;
            assert!(matches!(answer.unwrap(), RecoverAnswer::Wrong));
        }
        assert_eq!(codes(&here).await, before, "nothing is sent");

        let reference = Reference::parse("C-1").unwrap();
        let ground = Ground::parse("窓口で運転免許証を確認").unwrap();
        let thawed = here.gate.thaw(&reference, ground).await.unwrap();
        assert_eq!(thawed, Thawed::Thawed);
        here.pass(Span::seconds(40));
        let opened = here.signed_in(&home).await.unwrap();
        let owner = session(&here, &opened).await;
        let app = here.gate.totp(&owner, "x").await;
        assert!(matches!(app, Ok(Totp::Absent)), "{app:?}");
    }
}
