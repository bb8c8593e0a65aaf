//! Limits on messages: nobody can have a stranger's mailbox filled, and honest customers never
//! notice.

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::moment::Span;
use sekisho_gate::{Body, CodeAnswer, Resent, SignInAnswer, SignUp, SignUpAnswer, Visitor};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};

/// What `jsda-2025` says.
const MESSAGES: usize = 10;
const MESSAGES_PER_NETWORK: usize = 50;

async fn register(here: &Installation, login: &str, from: [u8; 4]) -> String {
    let mut visitor = visitor(from);
    visitor.address = Some(IpAddr::from(from));
    let wish = SignUp {
        login: login.to_owned(),
        password: SecretString::from(PASSWORD.to_owned()),
        return_to: "/account".to_owned(),
        visitor,
    };
    let answer = here.gate.sign_up(wish).await.unwrap();
    let SignUpAnswer::Sent { interaction } = answer else {
        panic!("every answer is the same: {answer:?}")
    };
    interaction.text().expose_secret().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_a_login_over_and_over_fills_no_mailbox() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        for (login, before) in [("free@example.jp", 0), (LOGIN, MESSAGES)] {
            let mut last = String::new();
            for round in 0..MESSAGES + 3 {
                let network = u8::try_from(round).unwrap();
                last = register(&here, login, [203, 0, network, 7]).await;
            }
            let sent = here.messages().await.unwrap().len() - before;
            assert_eq!(sent, MESSAGES, "{login}");
            assert!(here.gate.conversation(&last).await.unwrap().is_some());
            here.pass(Span::seconds(31));
            assert_eq!(
                here.gate
                    .resend(&last, &visitor([203, 0, 113, 7]))
                    .await
                    .unwrap(),
                Resent::Over
            );
        }
        here.pass(Span::minutes(16));
        register(&here, "free@example.jp", [203, 0, 113, 7]).await;
        let sent = here.messages().await.unwrap().len();
        assert_eq!(sent, 2 * MESSAGES + 1, "a lock runs out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_writes_to_fifty_strangers_at_most() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        for number in 0..MESSAGES_PER_NETWORK + 5 {
            let host = u8::try_from(number).unwrap();
            register(&here, &format!("u{number}@example.jp"), [203, 0, 113, host]).await;
        }
        assert_eq!(here.messages().await.unwrap().len(), MESSAGES_PER_NETWORK);
        register(&here, "u99@example.jp", [198, 51, 100, 9]).await;
        let sent = here.messages().await.unwrap().len();
        assert_eq!(sent, MESSAGES_PER_NETWORK + 1, "others are served");
        // A carrier's customers share their addresses: what is over waits for the next place, and
        // the network does not stay shut.
        for n in 0..3 {
            here.pass(Span::seconds(18));
            for again in 0..2 {
                let login = format!("late{n}-{again}@example.jp");
                register(&here, &login, [203, 0, 113, 7]).await;
            }
            let sent = here.messages().await.unwrap().len();
            assert_eq!(sent, MESSAGES_PER_NETWORK + 2 + n, "one for each pause");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_with_the_password_fills_no_mailbox_and_the_right_code_counts_anew() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let away = visitor([198, 51, 100, 9]);
        let mut first = None;
        for _ in 0..MESSAGES + 3 {
            let answer = here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
            let SignInAnswer::StepUp { interaction } = answer else {
                panic!("{answer:?}")
            };
            let text = interaction.text().expose_secret().to_owned();
            here.pass(Span::seconds(31));
            let resent = here.gate.resend(&text, &away).await.unwrap();
            assert_ne!(resent, Resent::Over);
            if first.is_none() {
                first = Some((text, here.code().await.unwrap()));
            }
        }
        assert_eq!(here.messages().await.unwrap().len(), MESSAGES);
        let (interaction, code) = first.unwrap();
        let opened = here.gate.answer(&interaction, &code, &away).await.unwrap();
        assert!(matches!(opened, CodeAnswer::Opened(_)), "{opened:?}");
        let before = here.messages().await.unwrap().len();
        here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        assert_eq!(here.messages().await.unwrap().len(), before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_a_taken_login_gets_no_code_by_asking_again() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let interaction = register(&here, LOGIN, [203, 0, 113, 7]).await;
        here.pass(Span::seconds(31));
        assert_eq!(
            here.gate
                .resend(&interaction, &visitor([203, 0, 113, 7]))
                .await
                .unwrap(),
            Resent::Sent
        );
        let messages = here.messages().await.unwrap();
        assert_eq!(messages.len(), 2);
        let again = |message: &sekisho_gate::Message| matches!(message.body, Body::SignUpAgain);
        assert!(messages.iter().all(again));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_with_the_password_cannot_hold_back_the_owners_codes() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor([203, 0, 113, 7]);
        let opened = here.signed_in(&home).await.unwrap();
        let owner = Visitor {
            device: Some(opened.device.unwrap().text().expose_secret().to_owned()),
            ..home
        };
        let away = visitor([198, 51, 100, 9]);
        for _ in 0..MESSAGES + 3 {
            here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        }
        let before = here.messages().await.unwrap().len();
        here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        assert_eq!(
            here.messages().await.unwrap().len(),
            before,
            "enough is enough"
        );
        let answer = here.gate.sign_in(typed(PASSWORD, &owner)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(here.messages().await.unwrap().len(), before + 1);
        here.pass(Span::seconds(31));
        let text = interaction.text().expose_secret();
        assert_eq!(here.gate.resend(text, &owner).await.unwrap(), Resent::Sent);
    }
}
