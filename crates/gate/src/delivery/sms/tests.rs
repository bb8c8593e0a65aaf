//! A gateway on this machine that accepts, refuses, hangs, breaks off and lies.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;

/// Certificates that another crate's tests have: `one` is `localhost`, from `authority`.
const PEM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/tests/serve/pem");

fn rendered() -> Rendered {
    Rendered {
        subject: String::new(),
        body: "【ひので証券】 コード: 123456 & more".to_owned(),
    }
}

fn tls() -> TlsAcceptor {
    let chain = CertificateDer::from_pem_file(format!("{PEM}/one.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(format!("{PEM}/one.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

/// Reads a request to the end of its body, answers and closes or, with no answer, holds on.
async fn spoken(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: Option<&str>,
) -> Option<String> {
    let mut read = Vec::new();
    loop {
        let mut some = [0; 4096];
        let length = stream.read(&mut some).await.ok().filter(|read| *read > 0)?;
        read.extend_from_slice(&some[..length]);
        let text = String::from_utf8_lossy(&read);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let wanted = head.split("content-length: ").nth(1)?;
        let wanted: usize = wanted.lines().next()?.parse().ok()?;
        if body.len() >= wanted {
            break;
        }
    }
    match answer {
        Some(answer) => {
            stream.write_all(answer.as_bytes()).await.ok()?;
            stream.shutdown().await.ok()?;
        }
        None => {
            let mut nothing = [0; 1];
            let _held = stream.read(&mut nothing).await;
        }
    }
    Some(String::from_utf8_lossy(&read).into_owned())
}

/// A gateway with that answer to everything; gives the requests.
async fn gateway(
    answer: Option<&'static str>,
    encrypted: Option<TlsAcceptor>,
) -> (u16, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (took, taken) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (took, encrypted) = (took.clone(), encrypted.clone());
            tokio::spawn(async move {
                let request = match encrypted {
                    None => spoken(stream, answer).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => spoken(stream, answer).await,
                        Err(_) => None,
                    },
                };
                let _ = request.map(|request| took.send(request));
            });
        }
    });
    (port, taken)
}

async fn sent(config: &SmsConfig) -> Delivery {
    let sms = Sms::new(config).unwrap();
    sms.send(NoticeId([7; 16]), "+819012345678", &rendered())
        .await
}

fn at(port: u16) -> SmsConfig {
    SmsConfig::plain(&format!("http://127.0.0.1:{port}/sms?x=1"))
}

#[tokio::test]
async fn a_plain_gateway_gets_json_with_a_key_that_stays_the_same() {
    let (port, mut taken) = gateway(Some("HTTP/1.1 202 Accepted\r\n\r\n"), None).await;
    for _ in 0..2 {
        assert_eq!(sent(&at(port)).await, Delivery::Accepted);
    }
    let first = taken.recv().await.unwrap();
    assert!(first.starts_with("POST /sms?x=1 HTTP/1.1\r\n"), "{first}");
    let (head, body) = first.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("idempotency-key: {}", NoticeId([7; 16]))));
    let read: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(read["to"], "+819012345678");
    assert_eq!(read["text"], rendered().body);
    assert_eq!(taken.recv().await.unwrap(), first);
}

#[tokio::test]
async fn twilios_shape_is_a_form_with_basic_authentication_over_tls() {
    let (port, mut taken) = gateway(Some("HTTP/1.1 201 Created\r\n\r\n{}"), Some(tls())).await;
    let token = SecretString::from("tanuki");
    let base = format!("https://localhost:{port}");
    let mut config = SmsConfig::twilio(&base, "AC123", token, "+15005550006");
    config.authorities = Some(std::fs::read(format!("{PEM}/authority.pem")).unwrap());
    assert_eq!(sent(&config).await, Delivery::Accepted);
    let request = taken.recv().await.unwrap();
    let expected = "POST /2010-04-01/Accounts/AC123/Messages.json HTTP/1.1\r\n";
    assert!(request.starts_with(expected), "{request}");
    assert!(request.contains("authorization: Basic QUMxMjM6dGFudWtp\r\n"));
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"));
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(body.starts_with("To=%2B819012345678&From=%2B15005550006&Body=%E3%80%90"));
    assert!(!format!("{:?}", Sms::new(&config).unwrap()).contains("tanuki"));
}

#[tokio::test]
async fn a_certificate_that_is_not_for_us_gets_no_message() {
    let (port, mut taken) = gateway(Some("HTTP/1.1 200 OK\r\n\r\n"), Some(tls())).await;
    let own = Some(std::fs::read(format!("{PEM}/authority.pem")).unwrap());
    for (host, authorities) in [("localhost", None), ("127.0.0.1", own)] {
        let mut config = SmsConfig::plain(&format!("https://{host}:{port}/"));
        config.authorities = authorities;
        let Delivery::Unavailable(why) = sent(&config).await else {
            panic!("it was believed")
        };
        assert!(why.contains("certificate"), "{why}");
    }
    assert!(taken.try_recv().is_err());
}

#[tokio::test]
async fn what_concerns_the_message_ends_it_and_what_concerns_us_lets_it_wait() {
    let cases = [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", true),
        ("HTTP/1.0 422\r\n\r\n", true),
        ("HTTP/1.1 401 Unauthorized\r\n\r\n", false),
        ("HTTP/1.1 402 Payment Required\r\n\r\n", false),
        ("HTTP/1.1 404 Not Found\r\n\r\n", false),
        ("HTTP/1.1 429 Too Many Requests\r\n\r\n", false),
        (
            "HTTP/1.1 301 Moved\r\nlocation: https://elsewhere.example/\r\n\r\n",
            false,
        ),
        ("HTTP/1.1 503 Busy\r\n\r\n", false),
        ("HTTP/1.1 2000 OK\r\n\r\n", false),
        ("HTTP/1.1 200", false),
        ("SSH-2.0-x\r\n", false),
        ("", false),
    ];
    for (answer, ends) in cases {
        let (port, _taken) = gateway(Some(answer), None).await;
        let delivery = sent(&at(port)).await;
        match delivery {
            Delivery::Rejected(why) if ends => assert!(!why.contains("819012345678")),
            Delivery::Unavailable(_) if !ends => {}
            other => panic!("{answer:?}: {other:?}"),
        }
    }
    let (port, _taken) = gateway(Some("HTTP/1.1 409 Seen\r\n\r\n"), None).await;
    let twice_is_fine = SmsConfig {
        success: vec![200, 409],
        ..at(port)
    };
    assert_eq!(sent(&twice_is_fine).await, Delivery::Accepted);
    let (port, _taken) = gateway(Some("HTTP/1.1 202 Later\r\n\r\n"), None).await;
    let only = SmsConfig {
        success: vec![200],
        ..at(port)
    };
    assert!(matches!(sent(&only).await, Delivery::Unavailable(_)));
}

#[tokio::test]
async fn a_gateway_that_hangs_or_drips_is_left() {
    let (port, _taken) = gateway(None, None).await;
    let mut sms = Sms::new(&at(port)).unwrap();
    sms.line.patience = std::time::Duration::from_millis(300);
    let sent_to = |sms: Sms| async move {
        let to = "+819012345678";
        sms.send(NoticeId([7; 16]), to, &rendered()).await
    };
    let Delivery::Unavailable(why) = sent_to(sms.clone()).await else {
        panic!("nothing was answered")
    };
    assert!(why.contains("15 s"), "{why}");
    let (port, _taken) = gateway(Some("HTTP/1.1 200 OK\r\n\r\n"), None).await;
    sms.line = Line::new(&format!("https://localhost:{port}/"), None).unwrap();
    sms.line.patience = std::time::Duration::from_millis(300);
    let waited = sent_to(sms).await;
    assert!(
        matches!(waited, Delivery::Unavailable(_)),
        "it speaks no TLS and waits"
    );
    let long: &'static str = Box::leak("x".repeat(1 << 20).into_boxed_str());
    let (port, _taken) = gateway(Some(long), None).await;
    assert!(matches!(sent(&at(port)).await, Delivery::Unavailable(_)));
}

#[test]
fn what_cannot_be_used_is_told_before_anything_is_sent() {
    let secret = |url: &str, secret| {
        Sms::new(&SmsConfig {
            secret,
            ..SmsConfig::plain(url)
        })
    };
    let bearer = |token: &str| SmsSecret::Bearer(SecretString::from(token));
    for url in [
        "ftp://gateway/",
        "http://",
        "http://a b/",
        "http://u:p@gateway/",
        "http://a/\r\nx",
        "https://gateway:x/",
    ] {
        assert!(secret(url, SmsSecret::None).is_err(), "{url}");
    }
    assert!(secret("http://gateway", SmsSecret::None).is_ok());
    assert!(secret("http://gateway", bearer("x")).is_err(), "in clear");
    assert!(
        secret("http://[::1]:9700/", bearer("x")).is_ok(),
        "this machine"
    );
    assert!(secret("https://gateway/", bearer("x\r\ny: z")).is_err());
    let named = |name: &str| SmsSecret::Header {
        name: name.to_owned(),
        value: SecretString::from("x"),
    };
    assert!(secret("https://gateway/", named("X-Api-Key")).is_ok());
    assert!(secret("https://gateway/", named("Host")).is_err());
    assert!(secret("https://gateway/", named("a: b")).is_err());
}
