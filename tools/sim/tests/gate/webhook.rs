//! Applications are told by webhook: signed, in order, again and again until they have it; and what
//! a receiver may do that fails, hangs, lies or forgets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::id::{ApplicationId, OperationId};
use sekisho_core::moment::Span;
use sekisho_core::tell::MOST_TRIES;
use sekisho_gate::{Clear, Gate, Hooks, WebhookView};
use sekisho_seal::webhook::WebhookSecret;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::confirm::{Story, handed};

const PEM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../crates/web/tests/serve/pem"
);
const OK: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// What came: its headers in lower case, and its body.
#[derive(Clone, Debug)]
pub(super) struct Came {
    head: String,
    pub(super) body: Value,
    raw: String,
}

impl Came {
    fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        let line = self.head.lines().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_default()
    }

    fn revision(&self) -> i64 {
        self.body["data"]["revision"].as_i64().unwrap()
    }

    /// Whether one of the signatures is that of `secret`.
    fn is_signed_with(&self, secret: &SecretString) -> bool {
        let secret = WebhookSecret::of_text(secret.clone());
        let seconds = self.header("webhook-timestamp").parse().unwrap();
        let id = self.header("webhook-id");
        let right = secret.sign(id, seconds, self.raw.as_bytes()).unwrap();
        self.header("webhook-signature")
            .split(' ')
            .any(|one| one == right)
    }
}

/// An HTTPS server of the application's own, which answers as it is told to.
pub(super) struct Receiver {
    port: u16,
    /// What it answers next; `None` hangs.
    answers: Arc<Mutex<VecDeque<Option<&'static str>>>>,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            port: listener.local_addr().unwrap().port(),
            answers: Arc::default(),
            came: Arc::default(),
        };
        let certificate = CertificateDer::from_pem_file(format!("{PEM}/one.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(format!("{PEM}/one.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key);
        let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
        let (answers, came) = (Arc::clone(&receiver.answers), Arc::clone(&receiver.came));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answers) = (acceptor.clone(), Arc::clone(&answers));
                let came = Arc::clone(&came);
                tokio::spawn(async move {
                    let mut stream = acceptor.accept(stream).await.ok()?;
                    let message = read(&mut stream).await?;
                    came.lock().ok()?.push(message);
                    let answer = answers.lock().ok()?.pop_front().unwrap_or(Some(OK));
                    match answer {
                        Some(answer) => {
                            stream.write_all(answer.as_bytes()).await.ok()?;
                            stream.shutdown().await.ok()
                        }
                        None => std::future::pending().await,
                    }
                });
            }
        });
        receiver
    }

    pub(super) fn url(&self) -> String {
        format!("https://localhost:{}/hooks/sekisho?v=1", self.port)
    }

    pub(super) fn answer_next(&self, answer: Option<&'static str>) {
        self.answers.lock().unwrap().push_back(answer);
    }

    pub(super) fn came(&self) -> Vec<Came> {
        std::mem::take(&mut *self.came.lock().unwrap())
    }
}

async fn read(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<Came> {
    let mut all = Vec::new();
    loop {
        let mut some = [0; 4096];
        let length = stream.read(&mut some).await.ok().filter(|read| *read > 0)?;
        all.extend_from_slice(&some[..length]);
        let text = String::from_utf8_lossy(&all).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let wanted = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= wanted?.parse().ok()? {
            return Some(Came {
                head: head.to_owned(),
                body: serde_json::from_str(body).ok()?,
                raw: body.to_owned(),
            });
        }
    }
}

pub(super) fn hooks() -> Hooks {
    let authority = std::fs::read(format!("{PEM}/authority.pem")).unwrap();
    Hooks::new(Some(&authority), Clear::Never).unwrap()
}

async fn only(gate: &Gate) -> WebhookView {
    let mut all = gate.webhooks().await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

impl Story {
    fn application(&self) -> ApplicationId {
        self.caller.application
    }

    async fn hooked(&self, receiver: &Receiver) -> SecretString {
        let gate = &self.here.gate;
        let set = gate.set_webhook(self.application(), &receiver.url()).await;
        set.unwrap()
    }

    async fn tell(&self) -> usize {
        self.here.gate.tell_due(&hooks()).await.unwrap()
    }

    async fn cancelled(&self, id: OperationId) {
        let gate = &self.here.gate;
        let done = gate.cancel(&self.session, id, &self.home).await.unwrap();
        assert_eq!(done, sekisho_gate::Cancelled::Cancelled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_once_signed_and_without_its_fields() {
    for story in Story::each().await {
        let (receiver, gate) = (Receiver::start().await, &story.here.gate);
        let before = story.created("1").await;
        let secret = story.hooked(&receiver).await;
        assert!(secret.expose_secret().starts_with("whsec_"));
        let view = story.created("150000").await;
        assert_eq!(story.tell().await, 0, "the answer to the request told it");
        story.cancelled(view.id).await;
        story.cancelled(before.id).await;
        assert_eq!(only(gate).await.waiting, 1);
        assert_eq!(story.tell().await, 1);
        let came = receiver.came();
        let [told] = &came[..] else {
            panic!("{came:?}")
        };
        assert!(told.head.starts_with("POST /hooks/sekisho?v=1 HTTP/1.1"));
        assert_eq!(told.header("webhook-id"), format!("{}-2", view.id));
        assert_eq!(told.header("content-type"), "application/json");
        assert!(told.is_signed_with(&secret));
        assert!(!told.is_signed_with(&"whsec_AAAA".into()));
        assert_eq!(told.body["type"], "operation.refused");
        let data = &told.body["data"];
        assert_eq!(data["operation"], view.id.to_string());
        assert_eq!(data["ended"], "cancelled");
        assert_eq!(data["customer"], "C-1");
        for absent in ["150", "0005", "1234567", "ヤマダ", "example.jp"] {
            assert!(!told.raw.contains(absent), "{absent}: {}", told.raw);
        }
        assert_eq!((story.tell().await, only(gate).await.waiting), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_shown_and_tried_again_with_the_newest_state() {
    for story in Story::each().await {
        let (receiver, gate) = (Receiver::start().await, &story.here.gate);
        story.hooked(&receiver).await;
        let view = story.created("1").await;
        story.here.pass(Span::minutes(10));
        gate.settle_due(gate.now(), 9).await.unwrap();
        for answer in [
            "HTTP/1.1 500 Oops\r\n\r\n",
            "HTTP/1.1 302 Found\r\nlocation: https://evil.example/\r\n\r\n",
            "no HTTP at all\r\n",
        ] {
            receiver.answer_next(Some(answer));
        }
        for said in ["answered 500", "answered 302", "broke off"] {
            assert_eq!(story.tell().await, 1);
            assert_eq!(story.tell().await, 0, "not at once again");
            let (_, why) = only(gate).await.known.failed.unwrap();
            assert!(why.contains(said), "{why}");
            story.here.pass(Span::minutes(2));
        }
        assert_eq!(story.tell().await, 1);
        let came = receiver.came();
        let ids: Vec<_> = came.iter().map(|one| one.header("webhook-id")).collect();
        assert_eq!(
            ids,
            vec![format!("{}-2", view.id); 4],
            "one id for one state"
        );
        assert!(
            came.iter()
                .all(|one| one.body["data"]["ended"] == "expired")
        );
        assert_eq!(only(gate).await.waiting, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_operation_states_come_in_order_however_often_they_fail() {
    for story in Story::each().await {
        let (receiver, gate) = (Receiver::start().await, &story.here.gate);
        story.hooked(&receiver).await;
        let view = story.created("1").await;
        let sent = gate.confirm_send(&story.session, view.id, &story.home);
        sent.await.unwrap();
        let code = story.here.code().await.unwrap();
        gate.confirm(&story.session, view.id, &code, &story.home)
            .await
            .unwrap();
        receiver.answer_next(Some("HTTP/1.1 503 Busy\r\n\r\n"));
        assert_eq!(story.tell().await, 1);
        // It changes while the older state waits for its next try: the newer one takes its place.
        story.cancelled(view.id).await;
        story.here.pass(Span::minutes(2));
        assert_eq!(story.tell().await, 1);
        assert_eq!(story.tell().await, 0);
        let came = receiver.came();
        let told: Vec<_> = came.iter().map(Came::revision).collect();
        assert_eq!(told, [2, 3]);
        assert_eq!(came[1].body["type"], "operation.refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_in_bulk_is_told_and_a_redemption_is_not() {
    for story in Story::each().await {
        let (receiver, gate) = (Receiver::start().await, &story.here.gate);
        story.hooked(&receiver).await;
        let (first, second) = (story.created("1").await, story.created("2").await);
        let sent = gate.confirm_send(&story.session, first.id, &story.home);
        sent.await.unwrap();
        let code = story.here.code().await.unwrap();
        gate.confirm(&story.session, first.id, &code, &story.home)
            .await
            .unwrap();
        let grant = gate.operation(&story.caller, first.id).await.unwrap();
        let grant = grant.unwrap().grant.unwrap();
        gate.redeem(&story.caller, handed(&grant, None))
            .await
            .unwrap();
        assert_eq!(
            story.tell().await,
            0,
            "the answer to the redemption told it"
        );
        gate.freeze(&story.session, &story.home).await.unwrap();
        assert_eq!(story.tell().await, 1);
        let came = receiver.came();
        assert_eq!(came[0].body["data"]["operation"], second.id.to_string());
        assert_eq!(came[0].body["type"], "operation.refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_tell_once_and_a_dead_one_lets_go() {
    for story in Story::each().await {
        let (receiver, gate) = (Receiver::start().await, &story.here.gate);
        story.hooked(&receiver).await;
        for amount in ["1", "2", "3"] {
            let view = story.created(amount).await;
            story.cancelled(view.id).await;
        }
        let other = story.here.another_node().await.unwrap();
        let hooks = hooks();
        let (one, two) = tokio::join!(gate.tell_due(&hooks), other.tell_due(&hooks));
        assert_eq!(one.unwrap() + two.unwrap(), 3);
        assert_eq!(receiver.came().len(), 3);

        // A node dies between the post and its record: the post comes again, under the same id.
        let view = story.created("4").await;
        story.cancelled(view.id).await;
        receiver.answer_next(None);
        let dead = {
            let (gate, hooks) = (other.clone(), hooks.clone());
            tokio::spawn(async move { gate.tell_due(&hooks).await })
        };
        let mut first = receiver.came();
        while first.is_empty() {
            tokio::task::yield_now().await;
            first = receiver.came();
        }
        dead.abort();
        assert_eq!(story.tell().await, 0, "its claim stands for a while");
        story.here.pass(Span::minutes(1));
        assert_eq!(story.tell().await, 1);
        let again = receiver.came();
        let id = |came: &[Came]| came[0].header("webhook-id").to_owned();
        assert_eq!(id(&first), id(&again));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_keeps_nobody_else_waiting() {
    for story in Story::each().await {
        let (stuck, quick) = (Receiver::start().await, Receiver::start().await);
        let gate = &story.here.gate;
        story.hooked(&stuck).await;
        let other = story.here.application("つきみ証券").await.unwrap();
        let url = quick.url();
        gate.set_webhook(other.application, &url).await.unwrap();
        for number in 0..6 {
            stuck.answer_next(None);
            let view = story.created(&format!("{}", 10 + number)).await;
            story.cancelled(view.id).await;
        }
        let asked = super::confirm::request(&other, "7");
        let sekisho_gate::Operated::Created(view) = gate.operate(asked).await.unwrap() else {
            panic!("not created")
        };
        story.cancelled(view.id).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let worker = tokio::spawn({
            let (gate, stop) = (gate.clone(), stop.clone());
            async move { gate.tell(hooks(), stop).await }
        });
        let mut told = quick.came();
        while told.is_empty() {
            tokio::task::yield_now().await;
            told = quick.came();
        }
        assert_eq!(told[0].body["data"]["operation"], view.id.to_string());
        assert!(stuck.came().len() <= 4, "no more than its own share");
        worker.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_not_one_is_a_failure_that_is_shown() {
    for story in Story::each().await {
        let (receiver, gate) = (Receiver::start().await, &story.here.gate);
        let application = story.application();
        story.hooked(&receiver).await;
        let view = story.created("1").await;
        story.cancelled(view.id).await;
        // Nobody signed it that the public knows.
        let public = Hooks::new(None, Clear::Never).unwrap();
        assert_eq!(gate.tell_due(&public).await.unwrap(), 1);
        let (_, why) = only(gate).await.known.failed.unwrap();
        assert!(why.contains("certificate"), "{why}");
        // The right authority, and another name.
        let elsewhere = format!("https://127.0.0.1:{}/x", receiver.port);
        gate.set_webhook(application, &elsewhere).await.unwrap();
        let said = gate.test_webhook(&hooks(), application).await.unwrap();
        assert!(said.unwrap().unwrap_err().contains("certificate"));
        assert!(receiver.came().is_empty(), "nothing was said to it");
        assert_eq!(only(gate).await.waiting, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_secrets_sign_for_a_day_and_what_is_removed_tells_nothing() {
    for story in Story::each().await {
        let (receiver, gate) = (Receiver::start().await, &story.here.gate);
        let application = story.application();
        let first = story.hooked(&receiver).await;
        let second = gate.rotate_webhook(application).await.unwrap().unwrap();
        let test = async || {
            let said = gate.test_webhook(&hooks(), application).await.unwrap();
            said.unwrap().unwrap();
            receiver.came().remove(0)
        };
        let both = test().await;
        assert_eq!(both.body["type"], "test");
        assert!(both.is_signed_with(&first) && both.is_signed_with(&second));
        story.here.pass(Span::hours(24));
        let new = test().await;
        assert!(!new.is_signed_with(&first) && new.is_signed_with(&second));
        assert!(gate.remove_webhook(application).await.unwrap());
        assert!(!gate.remove_webhook(application).await.unwrap());
        assert!(gate.rotate_webhook(application).await.unwrap().is_none());
        let view = story.created("1").await;
        story.here.pass(Span::minutes(10));
        gate.settle_due(gate.now(), 9).await.unwrap();
        assert_eq!(story.tell().await, 0);
        let read = gate.operation(&story.caller, view.id).await.unwrap();
        assert_eq!(read.unwrap().revision, 2, "it can still be asked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_takes_for_days_is_given_up_and_the_next_state_is_not() {
    let mut all = Story::each().await;
    let story = all.remove(0);
    let (receiver, gate) = (Receiver::start().await, &story.here.gate);
    story.hooked(&receiver).await;
    let view = story.created("1").await;
    let sent = gate.confirm_send(&story.session, view.id, &story.home);
    sent.await.unwrap();
    let code = story.here.code().await.unwrap();
    gate.confirm(&story.session, view.id, &code, &story.home)
        .await
        .unwrap();
    for _ in 0..MOST_TRIES {
        receiver.answer_next(Some("HTTP/1.1 500 Oops\r\n\r\n"));
        assert_eq!(story.tell().await, 1);
        story.here.pass(Span::minutes(76));
    }
    assert_eq!(story.tell().await, 0);
    let webhook = only(gate).await;
    assert_eq!((webhook.waiting, webhook.known.given_up), (0, 1));
}
