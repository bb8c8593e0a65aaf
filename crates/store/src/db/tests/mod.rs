//! What the engine promises, tried on both databases.
//!
//! PostgreSQL is tried when `SEKISHO_TEST_POSTGRES` holds the `postgres://` address of an account
//! that may create databases; otherwise each test says that it did without.
//!
//! **Invariant:** every test has a database of its own.

mod commits;
mod migrations;
mod server;

use super::Db;
use crate::config::StoreConfig;
use crate::fault_plan::FaultPlan;
use crate::migrate::Migration;
use crate::sql::{Query, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

static SCHEMA: [Migration; 1] = [Migration {
    version: 1,
    name: "gate",
    text: "CREATE TABLE gate (id {bytes} NOT NULL PRIMARY KEY, revision {int} NOT NULL,
               passed {int} NOT NULL, note TEXT){keyed};
           CREATE TABLE pass (id {bytes} NOT NULL PRIMARY KEY, gate {bytes} NOT NULL
               REFERENCES gate (id), moment {int} NOT NULL){rows};
           CREATE INDEX pass_by_gate ON pass (gate, moment);",
}];

/// A database for one test, gone when dropped.
pub(super) struct Place {
    pub config: StoreConfig,
    _folder: TempDir,
    drop: Option<(String, String)>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("sekisho.db").display());
        Place {
            config: StoreConfig::new(url),
            _folder: folder,
            drop: None,
        }
    }

    pub async fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("SEKISHO_TEST_POSTGRES") else {
            println!("SKIPPED on PostgreSQL: SEKISHO_TEST_POSTGRES is not set");
            return None;
        };
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("engine_{}_{number}", std::process::id());
        on_server(&server, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        let mut config = StoreConfig::new(format!("{base}/{name}"));
        config.pg_connections = 8;
        let folder = tempfile::tempdir().unwrap();
        Some(Place {
            config,
            _folder: folder,
            drop: Some((server, name)),
        })
    }

    /// One place on each database that is at hand.
    pub async fn each() -> Vec<Self> {
        let mut places = vec![Place::sqlite()];
        places.extend(Place::postgres().await);
        places
    }

    pub async fn open(&self, plan: Option<FaultPlan>) -> Db {
        let db = Db::open(&self.config, plan).await.unwrap();
        db.migrate(&SCHEMA).await.unwrap();
        db
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((server, name)) = self.drop.take() else {
            return;
        };
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let text = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            runtime.unwrap().block_on(on_server(&server, &text));
        });
        dropping.join().unwrap();
    }
}

async fn on_server(url: &str, text: &str) {
    let (client, driver) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let driving = tokio::spawn(driver);
    client.batch_execute(text).await.unwrap();
    drop(client);
    driving.await.unwrap().unwrap();
}

fn id(n: u32) -> [u8; 16] {
    let mut id = [0; 16];
    id[12..].copy_from_slice(&n.to_be_bytes());
    id
}

fn new_gate(n: u32) -> Write {
    let text = "INSERT INTO gate (id, revision, passed, note) VALUES (?1, ?2, 0, ?3)";
    Write::one(text, [id(n).into(), 1i64.into(), format!("関{n}").into()])
}

/// The write that a decision taken on `revision` makes.
fn step(n: u32, revision: i64) -> Write {
    let text = "UPDATE gate SET revision = revision + 1, passed = passed + 1 \
                WHERE id = ?1 AND revision = ?2";
    Write::one(text, [id(n).into(), revision.into()])
}

fn pass(n: u32, gate: u32) -> Write {
    let text = "INSERT INTO pass (id, gate, moment) VALUES (?1, ?2, ?3)";
    Write::one(text, [id(n).into(), id(gate).into(), i64::from(n).into()])
}

async fn count(db: &Db, text: &'static str) -> i64 {
    db.read(vec![Query::new(text, [])]).await.unwrap()[0][0]
        .int("n")
        .unwrap()
}

async fn passes(db: &Db) -> i64 {
    count(db, "SELECT COUNT(*) AS n FROM pass").await
}

async fn revision(db: &Db, gate: u32) -> i64 {
    let query = Query::new("SELECT revision FROM gate WHERE id = ?1", [id(gate).into()]);
    db.read(vec![query]).await.unwrap()[0][0]
        .int("revision")
        .unwrap()
}
