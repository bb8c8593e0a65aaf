//! Decisions reach a SIEM: each once if nothing breaks, none lost whatever does, and in clear to
//! nobody.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sekisho_core::decision::Decision;
use sekisho_core::moment::Span;
use sekisho_core::siem::{Way, Wording, waits};
use sekisho_gate::{Batched, Clear, Gate, Lines, SiemOut, SignIn, Syslog};
use sekisho_sim::installation::{Installation, LOGIN, typed, visitor};
use sekisho_sim::sample;
use sekisho_store::{Committal, FaultPoint};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const PEM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../crates/web/tests/serve/pem"
);
const AWAY: [u8; 4] = [198, 51, 100, 9];

/// Installations that tell a SIEM.
async fn each() -> Vec<Installation> {
    let all = Installation::each("jsda-2025").await.unwrap();
    for here in &all {
        listened(&here.gate);
    }
    all
}

fn listened(gate: &Gate) {
    gate.tell_outside(vec![Way::Siem], Wording::default());
}

/// Another node that tells as well.
async fn node(here: &Installation) -> Gate {
    let gate = here.another_node().await.unwrap();
    listened(&gate);
    gate
}

async fn tries(gate: &Gate, number: usize) {
    let attempt = SignIn {
        login: format!("nobody{number}@example.jp"),
        ..typed("123456", &visitor(AWAY))
    };
    gate.sign_in(attempt).await.unwrap();
}

/// Everything that waits, batch by batch.
async fn sent_out(gate: &Gate, out: &SiemOut) {
    let mut batched = Batched::Elsewhere;
    for _ in 0..50 {
        batched = gate.stream_batch(out).await.unwrap();
        if batched == Batched::Nothing {
            return;
        }
    }
    panic!("something waits and is not taken: {batched:?}");
}

async fn waiting(here: &Installation) -> u32 {
    let store = here.place.store().await.unwrap();
    store.siem_waiting(Way::Siem).await.unwrap().count
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn uids(events: &[Value]) -> Vec<String> {
    let uids = events
        .iter()
        .map(|event| event["metadata"]["uid"].as_str().unwrap().to_owned());
    uids.collect()
}

fn different(events: &[Value]) -> usize {
    let mut all = uids(events);
    all.sort();
    all.dedup();
    all.len()
}

/// What a receiver does with a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    /// Reads to the end and closes.
    Good,
    /// Reads to the end once it is told to, and closes.
    Slow,
    /// Closes before it has read anything.
    Rude,
    /// Reads to the end and never closes.
    Silent,
}

/// A receiver of syslog, in clear or over TLS.
struct Receiver {
    port: u16,
    manner: Arc<Mutex<Manner>>,
    go_on: Arc<Notify>,
    reached: Arc<Notify>,
    came: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Receiver {
    async fn start(encrypted: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = Self {
            port: listener.local_addr().unwrap().port(),
            manner: Arc::new(Mutex::new(Manner::Good)),
            go_on: Arc::default(),
            reached: Arc::default(),
            came: Arc::default(),
        };
        let (manner, came) = (Arc::clone(&here.manner), Arc::clone(&here.came));
        let (go_on, reached) = (Arc::clone(&here.go_on), Arc::clone(&here.reached));
        let acceptor = acceptor();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let manner = *manner.lock().unwrap();
                reached.notify_one();
                if manner == Manner::Slow {
                    go_on.notified().await;
                }
                let taken = match encrypted {
                    true => match acceptor.accept(stream).await {
                        Ok(stream) => taken(stream, manner).await,
                        Err(_) => continue,
                    },
                    false => taken_in_clear(stream, manner).await,
                };
                came.lock().unwrap().extend(taken);
            }
        });
        here
    }

    fn behaves(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    fn in_clear(&self) -> SiemOut {
        let url = format!("tcp://127.0.0.1:{}", self.port);
        let syslog = Syslog::new(&url, None, Clear::DangerLoopback, "broker.example").unwrap();
        SiemOut::Syslog(syslog.within(Duration::from_millis(1_500)))
    }

    fn events(&self) -> Vec<Value> {
        let connections = std::mem::take(&mut *self.came.lock().unwrap());
        connections.iter().flat_map(|all| unframed(all)).collect()
    }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(format!("{PEM}/one.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(format!("{PEM}/one.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

async fn taken_in_clear(stream: TcpStream, manner: Manner) -> Option<Vec<u8>> {
    if manner == Manner::Rude {
        // Dropped at once, so that what comes is answered with a reset.
        return None;
    }
    taken(stream, manner).await
}

async fn taken(
    mut stream: impl AsyncRead + Unpin + Send + 'static,
    manner: Manner,
) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    if manner == Manner::Silent {
        tokio::spawn(async move {
            std::future::pending::<()>().await;
            drop(stream);
        });
        return None;
    }
    Some(all)
}

/// Messages by their counted octets; each has to be as RFC 5424 says.
fn unframed(mut rest: &[u8]) -> Vec<Value> {
    let mut events = Vec::new();
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ').unwrap();
        let length: usize = std::str::from_utf8(&rest[..space])
            .unwrap()
            .parse()
            .unwrap();
        let (message, more) = rest[space + 1..].split_at(length);
        let message = std::str::from_utf8(message).unwrap();
        let parts: Vec<_> = message.splitn(8, ' ').collect();
        let [priority, time, host, name, process, id, data, json] = parts[..] else {
            panic!("{message}")
        };
        assert!(
            priority.starts_with("<8") && priority.ends_with(">1"),
            "{message}"
        );
        assert!(time.ends_with('Z') && time.len() >= 20, "{message}");
        assert_eq!((host, name), ("broker.example", "sekisho"));
        assert_eq!((process, id, data), ("-", "ocsf", "-"));
        events.push(serde_json::from_str(json).unwrap());
        rest = more;
    }
    events
}

fn file() -> (tempfile::TempDir, PathBuf, SiemOut) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    (folder, path.clone(), SiemOut::File(Lines::new(path)))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_decision_is_an_event_once() {
    for here in each().await {
        let (_folder, path, out) = file();
        here.customer("C-1", LOGIN).await.unwrap();
        tries(&here.gate, 1).await;
        here.signed_in(&visitor(AWAY)).await.unwrap();
        sent_out(&here.gate, &out).await;
        let events = lines(&path);
        assert_eq!(different(&events), events.len());
        let of = |word: &str| -> Vec<&Value> {
            let acts = events.iter();
            acts.filter(|event| event["unmapped"]["act"] == word)
                .collect()
        };
        assert_eq!(of("import").len(), 1);
        assert!(of("housekeep").is_empty());
        // A name that nobody has is there, with the address that a SIEM joins by and no name.
        let signed = of("sign_in");
        let unknown = signed.iter().find(|one| one["status_id"] == 2).unwrap();
        assert_eq!(unknown["src_endpoint"]["ip"], "198.51.100.9");
        let uid = unknown["user"]["uid"].as_str().unwrap();
        assert!(uid.starts_with("nobody_"), "{uid}");
        let known = signed.iter().find(|one| one["status_id"] == 99).unwrap();
        assert!(known["user"]["uid"].as_str().unwrap().starts_with("cus_"));
        assert_eq!(of("step_up").last().unwrap()["status_id"], 1);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("example.jp") && !text.contains("C-1"));
        // Nothing comes twice, from nobody; and what comes later comes alone.
        assert_eq!(
            here.gate.stream_batch(&out).await.unwrap(),
            Batched::Nothing
        );
        let other = node(&here).await;
        assert_eq!(other.stream_batch(&out).await.unwrap(), Batched::Nothing);
        tries(&other, 2).await;
        sent_out(&here.gate, &out).await;
        let later = lines(&path).split_off(events.len());
        assert_eq!(
            later
                .iter()
                .filter(|one| one["unmapped"]["act"] == "sign_in")
                .count(),
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_lands_after_a_later_one_was_sent_is_sent_too() {
    for here in each().await {
        let (_folder, path, out) = file();
        let store = here.place.store().await.unwrap();
        let land = async |number| {
            let decision: Decision = waits(sample::making(number, []), &[Way::Siem]);
            let landed = store.commit(&decision, &[]).await.unwrap();
            assert_eq!(landed, Committal::Committed);
        };
        for number in [5, 9, 2, 7, 1] {
            land(number).await;
            assert_eq!(
                here.gate.stream_batch(&out).await.unwrap(),
                Batched::Sent(1)
            );
        }
        land(4).await;
        land(3).await;
        assert_eq!(
            here.gate.stream_batch(&out).await.unwrap(),
            Batched::Sent(2)
        );
        let sent = uids(&lines(&path));
        let wanted = [5, 9, 2, 7, 1, 3, 4].map(|number| sample::decision_id(number).to_string());
        assert_eq!(sent, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_commit_and_send_at_the_same_time_lose_nothing_and_double_nothing() {
    for here in each().await {
        let (_folder, path, out) = file();
        let first = node(&here).await;
        // A node's dice are those of its moment.
        here.pass(Span::seconds(1));
        let nodes = [first, node(&here).await, here.gate.clone()];
        let mut tasks = tokio::task::JoinSet::new();
        for (number, gate) in nodes.iter().cloned().enumerate() {
            tasks.spawn(async move {
                for turn in 0..12 {
                    tries(&gate, 100 * number + turn).await;
                }
            });
        }
        for gate in &nodes {
            let (gate, out) = (gate.clone(), out.clone());
            tasks.spawn(async move {
                for _ in 0..12 {
                    gate.stream_batch(&out).await.unwrap();
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        sent_out(&nodes[1], &out).await;
        let events = lines(&path);
        assert_eq!(different(&events), events.len());
        let signed = events
            .iter()
            .filter(|one| one["unmapped"]["act"] == "sign_in");
        assert_eq!(signed.count(), 36);
        assert_eq!(waiting(&here).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_is_away_or_breaks_off_gets_everything_when_it_is_back() {
    for here in each().await {
        let receiver = Receiver::start(false).await;
        let out = receiver.in_clear();
        for number in 0..3 {
            tries(&here.gate, number).await;
        }
        let count = waiting(&here).await;
        assert!(count >= 3);
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("tcp://{}", nobody.local_addr().unwrap());
        drop(nobody);
        let away = Syslog::new(&url, None, Clear::DangerLoopback, "x").unwrap();
        let failed = here.gate.stream_batch(&SiemOut::Syslog(away)).await;
        assert!(
            failed
                .unwrap_err()
                .to_string()
                .contains("could not be reached")
        );
        for manner in [Manner::Rude, Manner::Silent] {
            receiver.behaves(manner);
            let batched = here.gate.stream_batch(&out).await;
            assert!(batched.is_err(), "{manner:?}: {batched:?}");
            assert_eq!(waiting(&here).await, count);
        }
        // Whoever runs the node is told once it has lasted.
        assert_eq!(here.gate.ready().await.unwrap(), None);
        here.pass(Span::minutes(6));
        assert!(here.gate.stream_batch(&out).await.is_err());
        assert!(
            here.gate
                .ready()
                .await
                .unwrap()
                .is_some_and(|note| note.contains("SIEM"))
        );
        // Another node, or this one after a restart, goes on.
        receiver.behaves(Manner::Good);
        assert!(receiver.events().is_empty());
        sent_out(&node(&here).await, &out).await;
        let events = receiver.events();
        assert_eq!(different(&events), usize::try_from(count).unwrap());
        assert_eq!(events.len(), different(&events));
        assert_eq!(
            here.gate.stream_batch(&out).await.unwrap(),
            Batched::Nothing
        );
        assert_eq!(here.gate.ready().await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_one_node_waits_for_a_slow_peer_another_sends_nothing() {
    for here in each().await {
        let receiver = Receiver::start(false).await;
        receiver.behaves(Manner::Slow);
        tries(&here.gate, 1).await;
        let (gate, out) = (here.gate.clone(), receiver.in_clear());
        let first = tokio::spawn(async move { gate.stream_batch(&out).await });
        receiver.reached.notified().await;
        let (other, out) = (node(&here).await, receiver.in_clear());
        assert_eq!(other.stream_batch(&out).await.unwrap(), Batched::Elsewhere);
        receiver.go_on.notify_one();
        assert!(matches!(first.await.unwrap().unwrap(), Batched::Sent(_)));
        assert_eq!(other.stream_batch(&out).await.unwrap(), Batched::Nothing);
        assert_eq!(
            different(&receiver.events()),
            receiver.events().len().max(1)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_dies_before_it_could_note_what_was_taken_sends_it_again_under_the_same_name() {
    for here in each().await {
        let (_folder, path, out) = file();
        tries(&here.gate, 1).await;
        // The claim is free: the first commit of a batch is the claim, the second takes the rows.
        let before = waiting(&here).await;
        let broken = async {
            here.faults.arm(FaultPoint::AtFlush);
            here.gate.stream_batch(&out).await
        };
        assert!(broken.await.is_err(), "no claim, so nothing was sent");
        assert!(lines(&path).is_empty());
        let slow = Receiver::start(false).await;
        slow.behaves(Manner::Slow);
        let (gate, clear) = (here.gate.clone(), slow.in_clear());
        let sending = tokio::spawn(async move { gate.stream_batch(&clear).await });
        slow.reached.notified().await;
        here.faults.arm(FaultPoint::AtFlush);
        slow.go_on.notify_one();
        assert!(sending.await.unwrap().is_err());
        assert_eq!(waiting(&here).await, before);
        here.pass(Span::minutes(2));
        sent_out(&node(&here).await, &out).await;
        assert_eq!(uids(&slow.events()), uids(&lines(&path)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_a_receiver_has_to_be_who_it_says() {
    let here = each().await.remove(0);
    let receiver = Receiver::start(true).await;
    let authority = std::fs::read(format!("{PEM}/authority.pem")).unwrap();
    let url = format!("tls://localhost:{}", receiver.port);
    tries(&here.gate, 1).await;
    let syslog = |authorities| Syslog::new(&url, authorities, Clear::Never, "broker.example");
    let strange = SiemOut::Syslog(syslog(None).unwrap());
    let failed = here.gate.stream_batch(&strange).await.unwrap_err();
    assert!(failed.to_string().contains("TLS failed"), "{failed}");
    let known = SiemOut::Syslog(syslog(Some(&authority)).unwrap());
    assert_eq!(here.gate.test_siem(&known).await.unwrap(), Ok(()));
    let tested = receiver.events();
    assert_eq!(tested[0]["activity_name"], "test");
    sent_out(&here.gate, &known).await;
    let events = receiver.events();
    assert!(!events.is_empty() && different(&events) == events.len());
}
