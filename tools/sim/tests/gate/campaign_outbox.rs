//! Campaigns beside what somebody waits for: codes go first, and the workers of two nodes share the
//! work.

use std::time::Duration;

use sekisho_core::known::{CampaignSet, CampaignState};
use sekisho_core::moment::Span;
use sekisho_core::notice::{CampaignNotice, Carrier};
use sekisho_gate::{Channels, Mail, MailConfig, TlsMode};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::campaign::{draft, known, many, proposed, started, told, two};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_goes_before_a_campaign_that_has_waited_for_longer() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 60).await;
        here.customer("C-1000", LOGIN).await.unwrap();
        here.pass(Span::seconds(1));
        let [sato, tanaka] = two(&here.gate).await;
        let draft = draft(&here, CampaignSet::All, 6_000);
        let id = proposed(&here.gate, &sato, &draft).await;
        started(&here.gate, &tanaka, id).await;
        assert_eq!(here.gate.take_turns().await.unwrap().sent, 61);
        here.pass(Span::minutes(1));
        let home = visitor([203, 0, 113, 7]);
        here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        let store = here.place.store().await.unwrap();
        let due = store.notices_due(Carrier::Mail, here.gate.now(), 2).await;
        let due = due.unwrap();
        assert_eq!(due[0].template, "code");
        assert!(CampaignNotice::is_template(&due[1].template));
    }
}

/// What the mail server did.
#[derive(Debug, PartialEq, Eq)]
enum Did {
    Hang,
    Take,
}

/// Takes mails to the usual customer, and never answers for anybody else.
async fn picky() -> (u16, UnboundedReceiver<Did>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (did, done) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, did.clone()));
        }
    });
    (port, done)
}

async fn talk(stream: TcpStream, did: UnboundedSender<Did>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut reply = Some("220 here");
    let mut in_mail = false;
    loop {
        if let Some(text) = reply
            && write
                .write_all(format!("{text}\r\n").as_bytes())
                .await
                .is_err()
        {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else {
            return;
        };
        reply = match line.as_str() {
            "." if in_mail => {
                in_mail = false;
                let _said = did.send(Did::Take);
                Some("250 taken")
            }
            _ if in_mail => None,
            "DATA" => {
                in_mail = true;
                Some("354 go on")
            }
            "QUIT" => Some("221 bye"),
            line if line.starts_with("RCPT") && !line.contains(LOGIN) => {
                let _said = did.send(Did::Hang);
                None
            }
            _ => Some("250 ok"),
        };
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_stuck_with_a_campaign_still_takes_a_code() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 40).await;
        let [sato, tanaka] = two(&here.gate).await;
        let draft = draft(&here, CampaignSet::All, 6_000);
        let id = proposed(&here.gate, &sato, &draft).await;
        started(&here.gate, &tanaka, id).await;
        assert_eq!(here.gate.take_turns().await.unwrap().sent, 40);
        here.customer("C-1000", LOGIN).await.unwrap();
        let (port, mut done) = picky().await;
        let mail = Mail::new(MailConfig {
            host: "127.0.0.1".to_owned(),
            port,
            tls: TlsMode::DangerNone,
            credentials: None,
            from: "no-reply@example.jp".to_owned(),
        });
        let channels = Channels::new("ひので証券".to_owned(), Some(mail.unwrap()), None);
        let (gate, stop) = (here.gate.clone(), CancellationToken::new());
        let until = stop.clone();
        let worker = tokio::spawn(async move { gate.deliver(channels, until).await });
        let soon = Duration::from_secs(20);
        for _ in 0..8 {
            let hung = tokio::time::timeout(soon, done.recv()).await;
            assert_eq!(hung.expect("its slots fill"), Some(Did::Hang));
        }
        let home = visitor([203, 0, 113, 7]);
        here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        let next = tokio::time::timeout(soon, done.recv()).await;
        assert_eq!(next.expect("a code does not wait"), Some(Did::Take));
        stop.cancel();
        worker.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_of_two_nodes_bring_a_campaign_to_its_end_and_let_go() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 20).await;
        let [sato, tanaka] = two(&here.gate).await;
        let draft = draft(&here, CampaignSet::All, 6_000);
        let id = proposed(&here.gate, &sato, &draft).await;
        started(&here.gate, &tanaka, id).await;
        let stop = CancellationToken::new();
        let nodes = [here.gate.clone(), here.another_node().await.unwrap()];
        let workers = nodes.map(|node| {
            let until = stop.clone();
            tokio::spawn(async move { node.run_campaigns(until).await })
        });
        let end = tokio::time::timeout(Duration::from_secs(30), async {
            while known(&here, id).await.state != CampaignState::Finished {
                tokio::task::yield_now().await;
            }
        });
        end.await.expect("it ends");
        stop.cancel();
        for worker in workers {
            worker.await.unwrap();
        }
        let told = told(&here).await;
        assert_eq!(told.len(), 20);
        assert!(told.values().all(|count| *count == 1), "{told:?}");
    }
}
