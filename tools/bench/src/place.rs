//! An installation to measure: a database in a temporary folder, and a gate before it.
//!
//! **Invariant:** the database is a file with full flush, as the product opens it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rusqlite::Connection;
use sekisho_core::id::ApplicationId;
use sekisho_core::known::ApiScope;
use sekisho_core::password::DenyList;
use sekisho_core::policy::Policy;
use sekisho_gate::{
    Argon2Cost, Caller, Clock, Confidential, Dice, Gate, HashPool, Keys, NewApplication, Parts,
    Places,
};
use sekisho_seal::{KeyRing, Kid};
use sekisho_store::{Store, StoreConfig};
use tempfile::TempDir;

use crate::machine;

/// A folder that is gone when the bench ends.
pub fn folder(below: &Path) -> Result<TempDir> {
    tempfile::Builder::new()
        .prefix("sekisho-bench-")
        .tempdir_in(below)
        .with_context(|| format!("no folder can be made in {}", below.display()))
}

/// A store on a migrated file.
pub async fn store(path: &Path) -> Result<Store> {
    let store = Store::open(&StoreConfig::new(format!("sqlite:{}", path.display()))).await?;
    store.migrate().await?;
    Ok(store)
}

/// A connection of our own to a new file with the store's schema, which no store has opened, with
/// the pragmas of the store's committer.
pub async fn connection(path: &Path) -> Result<Connection> {
    let migrated = store(&path.with_extension("empty")).await?;
    migrated.backup_to(path).await?;
    migrated.close().await;
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF;
         PRAGMA mmap_size = 268435456;
         PRAGMA wal_autocheckpoint = 8192;
         PRAGMA cache_size = -65536;",
    )?;
    Ok(connection)
}

/// A gate over `store` at the cost of passwords that ships.
pub fn gate(store: Store, policy: Policy) -> Result<Gate> {
    gate_with(store, policy, HashPool::new(machine::cores(), 256))
}

/// The same with a pool of one's own.
pub fn gate_with(store: Store, policy: Policy, pool: HashPool) -> Result<Gate> {
    let line = KeyRing::generate_line(&Kid::parse("bench")?, Dice::system().bytes()?);
    let keys = Keys::new(&line, Argon2Cost::OWASP)?;
    Ok(Gate::new(Parts {
        store,
        keys: Arc::new(keys),
        policy: Arc::new(policy),
        places: Places::default(),
        deny: DenyList::shipped(),
        issuer: "https://id.example.jp".to_owned(),
        clock: Clock::system(),
        dice: Dice::system(),
        pool,
        anchors: Arc::default(),
        push: None,
    }))
}

/// The same at a clock of the bench's own, for people who have to have been there for some days.
/// Passwords are hashed at no cost: nothing is said about them.
pub fn gate_at(store: Store, policy: Policy, clock: Clock) -> Result<Gate> {
    let line = KeyRing::generate_line(&Kid::parse("bench")?, Dice::system().bytes()?);
    let keys = Keys::new(&line, Argon2Cost::danger_below_floor(64, 1, 1)?)?;
    Ok(Gate::new(Parts {
        store,
        keys: Arc::new(keys),
        policy: Arc::new(policy),
        places: Places::default(),
        deny: DenyList::shipped(),
        issuer: "https://id.example.jp".to_owned(),
        clock,
        dice: Dice::system(),
        pool: HashPool::new(machine::cores(), 256),
        anchors: Arc::default(),
        push: None,
    }))
}

/// An application with a credential for operations.
pub async fn caller(gate: &Gate) -> Result<Caller> {
    let application = application(gate).await?;
    let scopes = vec![ApiScope::Operations];
    let issued = gate.issue_credential(application, "bench".to_owned(), scopes.clone());
    Ok(Caller {
        application,
        credential: issued.await?.0,
        scopes,
    })
}

/// An application that asks.
pub async fn application(gate: &Gate) -> Result<ApplicationId> {
    let new = NewApplication {
        name: "bench".to_owned(),
        redirect_uris: Vec::new(),
        post_logout_uris: Vec::new(),
        confidential: Confidential::Yes,
    };
    Ok(gate.register_application(new).await?.id)
}
