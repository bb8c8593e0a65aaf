//! The outbox: messages wait for a server, are retried, end as dead, and can be sent again.

use sekisho_core::known::NoticeState;
use sekisho_core::moment::Span;
use sekisho_gate::{Channels, Mail, MailConfig, Sms, SmsConfig, TlsMode};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A mail server that answers `data` to the end of each mail; gives the mails it took.
async fn server(answer: &'static str) -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (took, taken) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let took = took.clone();
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let _greeted = write.write_all(b"220 here\r\n").await;
                let mut mail: Option<String> = None;
                while let Ok(Some(line)) = lines.next_line().await {
                    let reply = match (&mut mail, line.as_str()) {
                        (Some(text), ".") => {
                            let _sent = took.send(std::mem::take(text));
                            mail = None;
                            answer
                        }
                        (Some(text), line) => {
                            text.push_str(line);
                            text.push('\n');
                            continue;
                        }
                        (None, "DATA") => {
                            mail = Some(String::new());
                            "354 go on"
                        }
                        (None, "QUIT") => "221 bye",
                        (None, _) => "250 ok",
                    };
                    if write
                        .write_all(format!("{reply}\r\n").as_bytes())
                        .await
                        .is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
    (port, taken)
}

fn channels(port: u16) -> Channels {
    let mail = Mail::new(MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        tls: TlsMode::DangerNone,
        credentials: None,
        from: "ひので証券 <no-reply@example.jp>".to_owned(),
    });
    Channels::new("ひので証券".to_owned(), Some(mail.unwrap()), None)
}

/// A code.
async fn one_message(here: &Installation) {
    here.customer("C-1", LOGIN).await.unwrap();
    here.gate
        .sign_in(typed(PASSWORD, &visitor([203, 0, 113, 7])))
        .await
        .unwrap();
}

/// The notice of a sign-in, which is of use for three days.
async fn one_notice(here: &Installation) {
    here.customer("C-1", LOGIN).await.unwrap();
    here.signed_in(&visitor([203, 0, 113, 7])).await.unwrap();
    let (port, _taken) = server("250 taken").await;
    here.pass(Span::seconds(-1));
    here.gate.deliver_due(&channels(port)).await.unwrap();
    here.pass(Span::seconds(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_travels_over_smtp_and_is_sent_once() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        one_message(&here).await;
        let (port, mut taken) = server("250 taken").await;
        assert_eq!(here.gate.deliver_due(&channels(port)).await.unwrap(), 1);
        let mail = taken.recv().await.unwrap();
        assert!(
            mail.contains("To: taro.yamada@example.jp") && mail.contains("Message-ID: <ntc_"),
            "{mail}"
        );
        assert_eq!(here.gate.deliver_due(&channels(port)).await.unwrap(), 0);
        assert_eq!(
            here.gate
                .notices(NoticeState::Sent, 10)
                .await
                .unwrap()
                .len(),
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_a_message_once() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        one_message(&here).await;
        let (port, mut taken) = server("250 taken").await;
        let (node, channels) = (here.another_node().await.unwrap(), channels(port));
        let both = tokio::join!(
            here.gate.deliver_due(&channels),
            node.deliver_due(&channels)
        );
        assert_eq!(both.0.unwrap() + both.1.unwrap(), 1);
        assert!(taken.recv().await.is_some() && taken.try_recv().is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_go_waits_longer_and_longer_and_ends_where_it_is_seen() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        one_notice(&here).await;
        let (port, _taken) = server("451 not now").await;
        let channels = channels(port);
        let mut tries = 0;
        while here
            .gate
            .notices(NoticeState::Dead, 10)
            .await
            .unwrap()
            .is_empty()
        {
            tries += here.gate.deliver_due(&channels).await.unwrap();
            assert_eq!(
                here.gate.deliver_due(&channels).await.unwrap(),
                0,
                "it waits"
            );
            here.pass(Span::hours(1));
            assert!(tries < 100);
        }
        assert_eq!(tries, 32);
        let dead = here.gate.notices(NoticeState::Dead, 10).await.unwrap();
        assert_eq!(
            dead[0].last_error.as_deref(),
            Some("the mail server answered 451")
        );
        let (port, mut taken) = server("250 taken").await;
        assert!(here.gate.resend_notice(dead[0].id).await.unwrap());
        assert!(
            !here.gate.resend_notice(dead[0].id).await.unwrap(),
            "it is not dead any more"
        );
        here.gate.deliver_due(&self::channels(port)).await.unwrap();
        assert!(taken.recv().await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_does_not_exist_is_given_up_at_once() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        one_message(&here).await;
        let (port, _taken) = server("550 no such mailbox taro.yamada@example.jp").await;
        here.gate.deliver_due(&channels(port)).await.unwrap();
        let dead = here.gate.notices(NoticeState::Dead, 10).await.unwrap();
        assert_eq!(
            dead[0].last_error.as_deref(),
            Some("the mail server answered 550"),
            "no address is kept"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_has_expired_is_dropped_where_it_is_seen() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        one_message(&here).await;
        here.pass(Span::minutes(10));
        let (port, mut taken) = server("250 taken").await;
        assert_eq!(here.gate.deliver_due(&channels(port)).await.unwrap(), 1);
        assert!(
            taken.try_recv().is_err(),
            "a code that does not work helps nobody"
        );
        let dead = here.gate.notices(NoticeState::Dead, 10).await.unwrap();
        let error = dead[0].last_error.as_deref();
        assert_eq!(error, Some("it had expired before it could be sent"));
        assert!(!here.gate.resend_notice(dead[0].id).await.unwrap());
        let store = here.place.store().await.unwrap();
        let entries = here
            .place
            .contents(&store)
            .await
            .unwrap()
            .remove("entry")
            .unwrap();
        let dropped = |row: &&String| row.contains("|deliver|") && row.contains("|expired|");
        // The drop, and the operator's wish to send it all the same.
        assert_eq!(entries.iter().filter(dropped).count(), 2);
    }
}

/// A gateway that takes connections and never says anything.
async fn silent() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_gateway_keeps_no_mail_waiting() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        for number in 0..20 {
            let phone = format!("+8190000000{number:02}");
            here.customer(&format!("P-{number}"), &phone).await.unwrap();
            let mut wish = typed(PASSWORD, &visitor([203, 0, 113, 7]));
            wish.login = phone;
            here.gate.sign_in(wish).await.unwrap();
        }
        let (port, mut taken) = server("250 taken").await;
        let mail = Mail::new(MailConfig {
            host: "127.0.0.1".to_owned(),
            port,
            tls: TlsMode::DangerNone,
            credentials: None,
            from: "no-reply@example.jp".to_owned(),
        });
        let sms = Sms::new(&SmsConfig::plain(&format!(
            "http://127.0.0.1:{}/",
            silent().await
        )))
        .unwrap();
        let channels = Channels::new("ひので証券".to_owned(), Some(mail.unwrap()), Some(sms));
        let (gate, stop) = (here.gate.clone(), CancellationToken::new());
        let until = stop.clone();
        let worker = tokio::spawn(async move { gate.deliver(channels, until).await });
        one_message(&here).await;
        // A text message may take 15 seconds to fail.
        let soon = std::time::Duration::from_secs(10);
        let mail = tokio::time::timeout(soon, taken.recv()).await;
        assert!(
            mail.expect("mail does not wait for text messages")
                .is_some()
        );
        stop.cancel();
        worker.abort();
    }
}
