//! The chat of the monitoring team is told of attacks: once, when they get worse, and when it is
//! back.

use secrecy::SecretString;
use sekisho_core::attack::{Attack, AttackKind, Counts, decide};
use sekisho_core::id::DecisionId;
use sekisho_core::moment::Span;
use sekisho_core::notice::Locale;
use sekisho_core::siem::{Way, Wording, waits};
use sekisho_gate::{Batched, Chat, Clear, Hooks};
use sekisho_sim::installation::Installation;
use sekisho_store::Committal;

use super::webhook::{Receiver, hooks};

/// The attack as a worker finds it, or finds it again, with so many accounts entered.
async fn found(here: &Installation, number: u8, entered: u32) {
    let now = here.gate.now();
    let attack = Attack {
        kind: AttackKind::Spray,
        value: [7; 16],
        label: "198.51.100.0/24".to_owned(),
        first: now,
        last: now,
        counts: Counts {
            accounts: 50,
            entered,
            ..Counts::default()
        },
        touched: Vec::new(),
        alone: [].into(),
        owners: 0,
    };
    let decision = decide(attack, (DecisionId([number; 16]), now), &here.gate.policy());
    let decision = waits(decision, &[Way::Chat]);
    let store = here.place.store().await.unwrap();
    let landed = store.commit(&decision, &[]).await.unwrap();
    assert_eq!(landed, Committal::Committed);
}

fn room(receiver: &Receiver) -> Chat {
    let url = SecretString::from(receiver.url());
    Chat::new(hooks(), url, Locale::En).unwrap()
}

fn said(receiver: &Receiver) -> Vec<String> {
    let came = receiver.came();
    let texts = came.iter().map(|one| one.body["text"].as_str().unwrap());
    texts.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attack_is_told_once_and_again_when_it_gets_worse() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let wording = Wording {
            console: Some("https://console.example.jp".to_owned()),
            ..Wording::default()
        };
        here.gate.tell_outside(vec![Way::Chat], wording);
        let receiver = Receiver::start().await;
        let chat = room(&receiver);
        found(&here, 1, 0).await;
        let sent = here.gate.stream_batch(&chat).await.unwrap();
        assert_eq!(sent, Batched::Sent(1));
        let nothing = here.gate.stream_batch(&chat).await.unwrap();
        assert_eq!(nothing, Batched::Nothing);
        for (number, entered) in [(2, 0), (3, 2), (4, 3)] {
            here.pass(Span::minutes(1));
            found(&here, number, entered).await;
            here.gate.stream_batch(&chat).await.unwrap();
        }
        let said = said(&receiver);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("Attack (low)"), "{said:?}");
        assert!(said[1].starts_with("Attack, worse (high)"), "{said:?}");
        for text in &said {
            assert!(text.contains("https://console.example.jp/alerts/alr_"));
            assert!(!text.contains("198.51.100"), "no address: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_is_away_is_told_when_it_is_back() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.gate.tell_outside(vec![Way::Chat], Wording::default());
        let receiver = Receiver::start().await;
        let chat = room(&receiver);
        found(&here, 1, 1).await;
        receiver.answer_next(Some("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"));
        assert!(here.gate.stream_batch(&chat).await.is_err());
        here.pass(Span::minutes(6));
        receiver.answer_next(Some("HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"));
        assert!(here.gate.stream_batch(&chat).await.is_err());
        let said_so = here.gate.ready().await.unwrap();
        assert!(
            said_so.is_some_and(|note| note.contains("chat")),
            "{said_so:?}"
        );
        let sent = here.gate.stream_batch(&chat).await.unwrap();
        assert_eq!(sent, Batched::Sent(1));
        assert_eq!(here.gate.ready().await.unwrap(), None);
        let said = said(&receiver);
        assert_eq!(said.len(), 3, "told until it took it: {said:?}");
        assert_eq!(said[0], said[2]);
    }
}

#[test]
fn a_chat_is_told_over_https_alone() {
    let hooks = Hooks::new(None, Clear::Never).unwrap();
    let url = SecretString::from("http://chat.example.jp/hooks/1");
    assert!(Chat::new(hooks, url, Locale::Ja).is_err());
}
