//! Registration: free and taken look alike, weak passwords are named, the code makes the customer.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::moment::Span;
use sekisho_core::reason::Reason;
use sekisho_gate::{Body, CodeAnswer, SignUp, SignUpAnswer};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, anywhere, other_code, visitor};

fn wish(login: &str, password: &str) -> SignUp {
    SignUp {
        login: login.to_owned(),
        password: SecretString::from(password.to_owned()),
        return_to: "/account".to_owned(),
        visitor: visitor([203, 0, 113, 7]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_registers_and_is_signed_in() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        for (login, masked) in [(LOGIN, "t***@e***.jp"), ("090-1234-5678", "***-****-5678")] {
            let answer = here.gate.sign_up(wish(login, PASSWORD)).await.unwrap();
            let SignUpAnswer::Sent { interaction } = answer else {
                panic!("{answer:?}")
            };
            let interaction = interaction.text().expose_secret();
            assert_eq!(
                here.gate
                    .conversation(interaction)
                    .await
                    .unwrap()
                    .unwrap()
                    .masked,
                masked
            );
            let code = here.code().await.unwrap();
            here.pass(Span::seconds(1));
            let home = visitor([203, 0, 113, 7]);
            let rows = here.gate.windows_kept().0;
            let wrong = other_code(&code);
            here.gate.answer(interaction, &wrong, &home).await.unwrap();
            let opened = here.gate.answer(interaction, &code, &home).await.unwrap();
            assert_eq!(here.gate.windows_kept().0, rows + 2, "each is an attempt");
            let CodeAnswer::Opened(opened) = opened else {
                panic!("{opened:?}")
            };
            let session = here
                .gate
                .session(opened.session.text().expose_secret(), &anywhere())
                .await
                .unwrap();
            assert_eq!(session.unwrap().methods().len(), 2);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_register_at_once_one_comes_first() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let home = visitor([203, 0, 113, 7]);
        let mut answers = Vec::new();
        for _ in 0..2 {
            here.pass(Span::seconds(1));
            let answer = here.gate.sign_up(wish(LOGIN, PASSWORD)).await.unwrap();
            let SignUpAnswer::Sent { interaction } = answer else {
                panic!("{answer:?}")
            };
            let code = here.code().await.unwrap();
            answers.push((interaction.text().expose_secret().to_owned(), code));
        }
        let answer = |at: usize| here.gate.answer(&answers[at].0, &answers[at].1, &home);
        let (first, second) = tokio::join!(answer(0), answer(1));
        let opened = |answer: &CodeAnswer| matches!(answer, CodeAnswer::Opened(_));
        assert!(opened(&first.unwrap()) ^ opened(&second.unwrap()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_login_looks_like_a_free_one_but_to_its_owner() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let answer = here.gate.sign_up(wish(LOGIN, PASSWORD)).await.unwrap();
        let SignUpAnswer::Sent { interaction } = answer else {
            panic!("{answer:?}")
        };
        let messages = here.messages().await.unwrap();
        assert!(
            matches!(messages.last().unwrap().body, Body::SignUpAgain),
            "no code for a taken login"
        );
        let shown = here
            .gate
            .conversation(interaction.text().expose_secret())
            .await
            .unwrap();
        assert_eq!(shown.unwrap().masked, "t***@e***.jp");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_acceptable_is_named() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let bad = here.gate.sign_up(wish("nobody", PASSWORD)).await.unwrap();
        assert!(matches!(bad, SignUpAnswer::BadLogin));
        for (password, reason) in [
            ("short", Reason::PasswordShort),
            ("password123", Reason::PasswordCommon),
            ("taro.yamada is me", Reason::PasswordPersonal),
            ("1qaz2wsx3edc", Reason::PasswordPattern),
            ("a violet\0umbrella", Reason::PasswordUnreadable),
        ] {
            let answer = here.gate.sign_up(wish(LOGIN, password)).await.unwrap();
            let SignUpAnswer::Findings(found) = answer else {
                panic!("{answer:?}")
            };
            assert!(found.findings.contains(&reason), "{found:?}");
        }
        assert!(
            here.messages().await.unwrap().is_empty(),
            "nobody is written to"
        );
    }
}
