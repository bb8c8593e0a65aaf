//! `sekisho serve`: from its start over an answer to its orderly end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};

use serde_json::Value;

use crate::place::{Place, signal};

/// A server under way.
struct Serving {
    child: Child,
    log: BufReader<ChildStdout>,
    address: String,
}

impl Serving {
    fn start(place: &Place, more: &[(&str, &str)]) -> Self {
        let mut command = place.command(&["serve", "--migrate"]);
        command
            .env("SEKISHO__SERVER__LISTEN", "127.0.0.1:0")
            .envs(more.iter().copied());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap());
        let address = loop {
            let line = read(&mut log);
            if line["message"] == "started" {
                break line["address"].as_str().unwrap().to_owned();
            }
        };
        Self {
            child,
            log,
            address,
        }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn fetch(&self, path: &str) -> String {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        ))
    }

    /// Stops it and answers what it logged until then.
    fn stop(mut self, name: &str) -> Vec<Value> {
        signal(name, self.child.id());
        let mut lines = Vec::new();
        loop {
            let line = read(&mut self.log);
            let last = line["message"] == "stopped";
            lines.push(line);
            if last {
                break;
            }
        }
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        lines
    }
}

impl Drop for Serving {
    /// A test that failed leaves no server behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(log: &mut BufReader<ChildStdout>) -> Value {
    let mut line = String::new();
    assert_ne!(log.read_line(&mut line).unwrap(), 0, "the log ended");
    serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line}"))
}

#[test]
fn it_migrates_answers_and_stops_on_either_signal() {
    let place = Place::empty();
    place.run(&["keys", "new", "sekisho.keys"]).done();
    for name in ["TERM", "INT"] {
        let serving = Serving::start(&place, &[]);
        for path in [
            "/healthz",
            "/readyz",
            "/metrics",
            "/openapi.json",
            "/sign-in",
        ] {
            let answer = serving.fetch(path);
            assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
        }
        assert!(
            serving
                .fetch("/metrics")
                .contains("sekisho_http_requests_total")
        );
        let lines = serving.stop(name);
        assert!(
            lines.iter().all(|line| line["timestamp"].is_string()),
            "{lines:?}"
        );
    }
}

#[test]
fn a_decision_is_answered_and_kept_over_a_restart() {
    let place = Place::ready();
    let added = place
        .run(&["application", "add", "--name", "Shop", "--json"])
        .done();
    let added: Value = serde_json::from_str(&added).unwrap();
    let id = added["client_id"].as_str().unwrap();
    let arguments = [
        "credential",
        "add",
        "--application",
        id,
        "--name",
        "x",
        "--scope",
        "decisions",
        "--json",
    ];
    let issued: Value = serde_json::from_str(&place.run(&arguments).done()).unwrap();
    let credential = issued["credential"].as_str().unwrap();

    let serving = Serving::start(&place, &[]);
    let body = r#"{"customer":"C-1","act":"sign_in","context":{"address":"203.0.113.9"}}"#;
    let answer = serving.ask(&format!(
        "POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         authorization: Bearer {credential}\r\nidempotency-key: k-1\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let decided: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let lines = serving.stop("TERM");
    let told = format!("{lines:?}");
    assert!(
        !told.contains(credential) && !told.contains("203.0.113.9"),
        "{told}"
    );

    let serving = Serving::start(&place, &[]);
    let path = format!("/v1/decisions/{}", decided["id"].as_str().unwrap());
    let answer = serving.ask(&format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         authorization: Bearer {credential}\r\n\r\n"
    ));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    serving.stop("TERM");
}

#[test]
fn metrics_can_be_kept_apart() {
    let place = Place::ready();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let port = port.to_string();
    let mut serving = Serving::start(&place, &[("SEKISHO__SERVER__METRICS_LISTEN", &port)]);
    assert!(serving.fetch("/metrics").starts_with("HTTP/1.1 404 "));
    serving.address = port;
    assert!(serving.fetch("/metrics").starts_with("HTTP/1.1 200 "));
    serving.stop("TERM");
}
