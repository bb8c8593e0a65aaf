//! The verdict matrix: profile × act × place × what was proved, as a text file that a reviewer
//! reads in the diff. `SEKISHO_WRITE_TABLES=1 cargo test -p sekisho-core --test verdicts` writes it
//! anew.
//!
//! **Invariant:** a change of policy or rules that changes a verdict changes the file.

#![allow(
    clippy::unwrap_used,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use std::fmt::Write as _;

use sekisho_core::access::OperationKind;
use sekisho_core::policy::{OperationEffect, Policy};
use sekisho_core::proof::{Method, methods_text};
use sekisho_core::risk::{Familiarity, Features, judge};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verdicts.txt");
const PROFILES: [&str; 5] = [
    "jsda-2025",
    "nist-800-63b-4",
    "jp-legacy",
    "asvs-5-l2",
    "asvs-5-l3",
];
const ACTS: [&str; 3] = ["sign_in", "withdraw", "payout_account_change"];
const HELD: [&[Method]; 5] = [
    &[],
    &[Method::Password],
    &[Method::Password, Method::MailCode],
    &[Method::Password, Method::MailCode, Method::Confirmation],
    &[
        Method::Password,
        Method::MailCode,
        Method::Confirmation,
        Method::TransactionPin,
    ],
];

fn usual() -> Features {
    Features {
        address: Familiarity::Known,
        network: Familiarity::Known,
        device: Familiarity::Known,
        client: Familiarity::Known,
        payee: Familiarity::Known,
        settled: true,
        history: 40,
        largest: Some(100_000),
        amount: Some(100_000),
        ..Features::default()
    }
}

/// Nothing of the place was seen before.
fn strange() -> Features {
    Features {
        address: Familiarity::New,
        network: Familiarity::New,
        device: Familiarity::Unknown,
        client: Familiarity::New,
        ..usual()
    }
}

/// The places a customer may act from, and what may have happened before.
fn places() -> Vec<(&'static str, Features)> {
    let strange = strange();
    vec![
        ("usual", usual()),
        (
            "first access",
            Features {
                history: 0,
                device: Familiarity::Unknown,
                ..strange.clone()
            },
        ),
        ("strange place", strange.clone()),
        (
            "strange, known device",
            Features {
                device: Familiarity::Known,
                ..strange.clone()
            },
        ),
        (
            "strange, usual operator",
            Features {
                system: Familiarity::Known,
                client: Familiarity::Known,
                ..strange.clone()
            },
        ),
        (
            "guessing address",
            Features {
                address_failures: 50,
                device: Familiarity::Unknown,
                ..usual()
            },
        ),
        (
            "no address given",
            Features {
                address: Familiarity::Unknown,
                network: Familiarity::Unknown,
                ..usual()
            },
        ),
    ]
}

/// The same place, after what makes money worth a second look.
fn histories() -> Vec<(&'static str, Features)> {
    let fresh = |strange| Features {
        payout_change_hours: Some(5),
        payout_change_strange: strange,
        ..usual()
    };
    vec![
        ("payout changed today", fresh(false)),
        ("… from a strange place", fresh(true)),
        (
            "the thief's own place",
            Features {
                address: Familiarity::Recent,
                network: Familiarity::Recent,
                device: Familiarity::Recent,
                client: Familiarity::Recent,
                payee: Familiarity::New,
                ..usual()
            },
        ),
        (
            "new payee, usual place",
            Features {
                payee: Familiarity::New,
                ..usual()
            },
        ),
        (
            "reported place",
            Features {
                device: Familiarity::New,
                place_reported: true,
                ..usual()
            },
        ),
        (
            "reported device or payee",
            Features {
                party_reported: true,
                ..usual()
            },
        ),
        (
            "shared payout account",
            Features {
                payee: Familiarity::New,
                payout_others: 1,
                ..usual()
            },
        ),
        (
            "ten times the usual",
            Features {
                amount: Some(5_000_000),
                ..usual()
            },
        ),
    ]
}

/// The same place, after the customer is reached another way or set a PIN anew.
fn contacts() -> Vec<(&'static str, Features)> {
    vec![
        (
            "contact changed today",
            Features {
                contact_change_hours: Some(23),
                ..usual()
            },
        ),
        (
            "PIN forgotten today",
            Features {
                pin_recovery_hours: Some(23),
                ..usual()
            },
        ),
        (
            "PIN forgotten before",
            Features {
                pin_recovery_hours: Some(24),
                ..usual()
            },
        ),
        (
            "contact changed before",
            Features {
                contact_change_hours: Some(24),
                ..usual()
            },
        ),
    ]
}

fn table() -> String {
    let mut table = String::new();
    for profile in PROFILES {
        let policy = Policy::profile(profile).unwrap();
        for act in ACTS {
            let spec = OperationKind::parse(act).and_then(|kind| policy.operation.get(&kind));
            let always = spec.map_or(&policy.sign_in.require, |spec| &spec.require);
            let effect: Option<OperationEffect> = spec.map(|spec| spec.effect);
            writeln!(table, "\n{profile} · {act}").unwrap();
            for (place, features) in places().into_iter().chain(histories()).chain(contacts()) {
                let features = Features { effect, ..features };
                for held in HELD {
                    let judged = judge(&features, always, held, &policy);
                    let needs: Vec<_> = judged
                        .verdict
                        .requirements()
                        .iter()
                        .map(|r| r.word())
                        .collect();
                    let why: Vec<_> = judged.reasons.iter().map(|reason| reason.code()).collect();
                    let held = if held.is_empty() {
                        "-".to_owned()
                    } else {
                        methods_text(held)
                    };
                    let verdict = judged.verdict.kind().word();
                    let (needs, why) = (needs.join(" "), why.join(" "));
                    let line = format!("  {place:<26} {held:<48} {verdict:<8} {needs:<44} {why}");
                    writeln!(table, "{}", line.trim_end()).unwrap();
                }
            }
        }
    }
    table
}

#[test]
fn the_matrix_is_the_one_that_was_reviewed() {
    let table = table();
    if std::env::var_os("SEKISHO_WRITE_TABLES").is_some() {
        std::fs::write(TABLE, &table).unwrap();
    }
    let reviewed = std::fs::read_to_string(TABLE).unwrap_or_default();
    for (number, (now, then)) in table.lines().zip(reviewed.lines()).enumerate() {
        assert_eq!(now, then, "line {} of tests/verdicts.txt", number + 1);
    }
    assert_eq!(table.len(), reviewed.len());
}
