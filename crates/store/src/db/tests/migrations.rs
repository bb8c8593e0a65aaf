//! Migrations, the shape they give, and copies.
//!
//! **Invariant:** both databases end with the same shape.

use super::*;
use crate::db::Committal;
use crate::fault::{Fault, MigrationFault};
use crate::schema::{Presence, TypeClass};
use std::path::Path;

static LATER: [Migration; 2] = [
    Migration {
        version: 1,
        name: "gate",
        text: SCHEMA[0].text,
    },
    Migration {
        version: 2,
        name: "road",
        text: "CREATE TABLE road (id {int} PRIMARY KEY){rows};",
    },
];

static BROKEN: [Migration; 2] = [
    Migration {
        version: 1,
        name: "gate",
        text: SCHEMA[0].text,
    },
    Migration {
        version: 2,
        name: "half",
        text: "CREATE TABLE half (id {int}); NONSENSE;",
    },
];

static ALTERED: [Migration; 1] = [Migration {
    version: 1,
    name: "gate",
    text: "CREATE TABLE gate (id {int});",
}];

#[tokio::test]
async fn run_once_and_in_order_and_never_backwards() {
    for place in Place::each().await {
        let db = Db::open(&place.config, None).await.unwrap();
        assert_eq!(db.migrate(&SCHEMA).await.unwrap(), [1]);
        assert_eq!(db.migrate(&SCHEMA).await.unwrap(), [0i64; 0]);
        assert!(db.migrate(&BROKEN).await.is_err());
        assert!(!db.schema().await.unwrap().tables.contains_key("half"));
        let altered = db.migrate(&ALTERED).await.unwrap_err();
        assert!(
            matches!(altered, Fault::Migration(MigrationFault::Altered { .. })),
            "{altered}"
        );
        assert_eq!(db.migrate(&LATER).await.unwrap(), [2]);
        let newer = db.migrate(&SCHEMA).await.unwrap_err();
        assert!(newer.to_string().contains("version 2"), "{newer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_may_migrate_at_once() {
    for place in Place::each().await {
        let nodes = (0..4).map(|_| {
            let config = place.config.clone();
            tokio::spawn(async move {
                let db = Db::open(&config, None).await.unwrap();
                db.migrate(&LATER).await.unwrap().len()
            })
        });
        let mut ran = Vec::new();
        for node in nodes.collect::<Vec<_>>() {
            ran.push(node.await.unwrap());
        }
        ran.sort_unstable();
        assert_eq!(ran, [0, 0, 0, 2]);
    }
}

#[tokio::test]
async fn both_databases_get_the_same_shape() {
    let mut shapes = Vec::new();
    for place in Place::each().await {
        shapes.push(place.open(None).await.schema().await.unwrap());
    }
    let gate = &shapes[0].tables["gate"];
    assert_eq!(gate.columns[0].class, TypeClass::Bytes);
    assert_eq!(gate.columns[3].presence, Presence::Optional);
    assert!(gate.unique.contains(&vec!["id".to_owned()]));
    assert!(
        shapes[0].tables["pass"]
            .indexed
            .contains(&vec!["gate".into(), "moment".into()])
    );
    for shape in &shapes[1..] {
        assert_eq!(shape, &shapes[0]);
    }
}

#[tokio::test]
async fn a_copy_of_a_running_database_opens_and_holds_everything() {
    let place = Place::sqlite();
    let db = place.open(None).await;
    for n in 0..50 {
        assert_eq!(
            db.commit(vec![new_gate(n)]).await.unwrap(),
            Committal::Committed
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    db.backup_to(&copy).await.unwrap();
    assert!(
        db.backup_to(&copy).await.is_err(),
        "an existing file is never overwritten"
    );
    assert_eq!(
        db.commit(vec![new_gate(99)]).await.unwrap(),
        Committal::Committed
    );
    let config = StoreConfig::new(format!("sqlite:{}", copy.display()));
    let opened = Db::open(&config, None).await.unwrap();
    assert_eq!(count(&opened, "SELECT COUNT(*) AS n FROM gate").await, 50);
    assert_eq!(opened.schema().await.unwrap(), db.schema().await.unwrap());
    if let Some(place) = Place::postgres().await {
        let told = place
            .open(None)
            .await
            .backup_to(Path::new("/nowhere"))
            .await
            .unwrap_err();
        assert!(told.to_string().contains("pg_dump"), "{told}");
    }
}
