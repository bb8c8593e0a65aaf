//! The conformance suite of the store: every load and every change on SQLite and on PostgreSQL,
//! faults at every statement, races, crashes and full disks.
//!
//! **Invariant:** each test runs on every database that is at hand, each on one of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

mod alerts;
mod archive_sweep;
mod archives;
mod attempts;
mod backup_codes;
mod campaigns;
mod cases;
mod changes;
mod contacts;
mod crash;
mod customers;
mod devices;
mod faults;
mod holds;
mod housekeep;
mod listings;
mod operations;
mod outbox;
mod passkeys;
mod pins;
mod population;
mod push;
mod races;
mod recover;
mod risk;
mod rules;
mod schema;
mod security;
mod signals;
mod staff_access;
mod stops;
mod sweeps;
mod totp;
mod webhooks;

use sekisho_core::bytes::Sealed;
use sekisho_core::change::Change;
use sekisho_core::decision::Decision;
use sekisho_sim::sample;
use sekisho_store::{Committal, Store};

/// Commits and expects that it landed.
async fn land(store: &Store, decision: &Decision) {
    let sealed: Vec<_> = decision
        .notices
        .iter()
        .map(|_| Sealed(vec![7; 40]))
        .collect();
    let committal = store.commit(decision, &sealed).await.unwrap();
    assert_eq!(committal, Committal::Committed, "{:?}", decision.changes);
}

/// Commits `changes` as decision `number` and says how that ended.
async fn attempt(
    store: &Store,
    number: u64,
    changes: impl IntoIterator<Item = Change>,
) -> Committal {
    store
        .commit(&sample::making(number, changes), &[])
        .await
        .unwrap()
}

/// Commits `changes` as decision `number` and expects that it landed.
async fn apply(store: &Store, number: u64, changes: impl IntoIterator<Item = Change>) {
    land(store, &sample::making(number, changes)).await;
}

/// Commits `changes` as decision `number` and expects that their condition did not hold.
async fn stale(store: &Store, number: u64, changes: impl IntoIterator<Item = Change>) {
    assert_eq!(attempt(store, number, changes).await, Committal::Stale);
    assert!(
        !store
            .entry_exists(sample::decision_id(number))
            .await
            .unwrap()
    );
}

/// The application and the customer with number 1.
async fn found(store: &Store) {
    apply(store, 900, [sample::application()]).await;
    apply(store, 901, sample::newcomer(1).unwrap()).await;
}
