//! The scopes of stops against operations, as a text file that a reviewer reads in the diff.
//! `SEKISHO_WRITE_TABLES=1 cargo test -p sekisho-core --test stops` writes it anew.
//!
//! **Invariant:** a change of what a stop covers changes the file.

#![allow(
    clippy::unwrap_used,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use std::fmt::Write as _;

use sekisho_core::access::OperationKind;
use sekisho_core::id::ApplicationId;
use sekisho_core::known::{StopScope, Way, Word};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stops.txt");
const BROKER: ApplicationId = ApplicationId([1; 16]);
const BANK: ApplicationId = ApplicationId([2; 16]);
const PAYOUT: &str = "payout_account_change";

fn kind(word: &str) -> OperationKind {
    OperationKind::parse(word).unwrap()
}

fn word(text: &str) -> Word {
    Word::parse(text).unwrap()
}

fn scopes() -> Vec<(&'static str, StopScope)> {
    let all = StopScope::default;
    let payout = || StopScope {
        kind: Some(kind(PAYOUT)),
        ..all()
    };
    let web = |scope| StopScope {
        channel: Some(word("web")),
        ..scope
    };
    let corporate = |scope| StopScope {
        segment: Some(word("corporate")),
        ..scope
    };
    let broker = |scope| StopScope {
        application: Some(BROKER),
        ..scope
    };
    vec![
        ("everything", all()),
        ("payout", payout()),
        ("web", web(all())),
        ("payout web", web(payout())),
        ("corporate", corporate(all())),
        ("broker", broker(all())),
        ("all four", broker(corporate(web(payout())))),
        (
            "desk",
            StopScope {
                channel: Some(Word::desk()),
                ..all()
            },
        ),
    ]
}

fn said(channel: Option<&str>, segments: Option<&[&str]>) -> Way {
    Way {
        channel: channel.map(word),
        segments: segments.map(|words| words.iter().copied().map(word).collect()),
    }
}

type Asked = (&'static str, &'static str, ApplicationId, Way);

fn asked() -> Vec<Asked> {
    let corporate: Option<&[&str]> = Some(&["gold", "corporate"]);
    let gold: Option<&[&str]> = Some(&["gold"]);
    vec![
        ("says nothing", PAYOUT, BROKER, Way::default()),
        ("says web", PAYOUT, BROKER, said(Some("web"), None)),
        ("says app", PAYOUT, BROKER, said(Some("app"), None)),
        ("desk", PAYOUT, BROKER, said(Some("desk"), None)),
        (
            "web, corporate",
            PAYOUT,
            BROKER,
            said(Some("web"), corporate),
        ),
        ("web, gold", PAYOUT, BROKER, said(Some("web"), gold)),
        (
            "web, no segment",
            PAYOUT,
            BROKER,
            said(Some("web"), Some(&[])),
        ),
        ("at the bank", PAYOUT, BANK, said(Some("web"), corporate)),
        (
            "withdraws",
            "withdraw",
            BROKER,
            said(Some("web"), corporate),
        ),
        ("withdraws, silent", "withdraw", BANK, Way::default()),
    ]
}

#[test]
fn what_a_stop_covers() {
    let scopes = scopes();
    let mut table = format!("{:<18}", "");
    for (name, _) in &scopes {
        write!(table, " | {name:<7}").unwrap();
    }
    table = table.trim_end().to_owned() + "\n";
    for (name, of, application, way) in asked() {
        write!(table, "{name:<18}").unwrap();
        for (head, scope) in &scopes {
            let covers = scope.covers((&kind(of), application), &way);
            let cell = if covers { "stopped" } else { "-" };
            write!(table, " | {cell:<width$}", width = head.len().max(7)).unwrap();
        }
        table = table.trim_end().to_owned() + "\n";
    }
    if std::env::var_os("SEKISHO_WRITE_TABLES").is_some() {
        std::fs::write(TABLE, &table).unwrap();
    }
    let kept = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert_eq!(kept, table, "see the module's first lines");
}
