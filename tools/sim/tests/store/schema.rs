//! The schema: the same on both databases, migrated by many nodes at once, and told when it is
//! missing.
//!
//! **Invariant:** a database is at one version, whoever migrated it.

use super::*;
use sekisho_sim::place::Place;
use sekisho_store::{Fault, MigrationFault, TypeClass};

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_keys() {
    let mut schemas = Vec::new();
    for place in Place::each().await.unwrap() {
        schemas.push(place.store().await.unwrap().schema().await.unwrap());
    }
    assert!(schemas[0].tables.len() > 20);
    for (name, table) in &schemas[0].tables {
        assert!(!table.unique.is_empty(), "{name} has no key");
        for column in &table.columns {
            assert!(
                !matches!(column.class, TypeClass::Foreign(_)),
                "{name}.{}",
                column.name
            );
        }
    }
    for schema in &schemas[1..] {
        for (name, table) in &schema.tables {
            assert_eq!(Some(table), schemas[0].tables.get(name), "{name}");
        }
        assert_eq!(schema, &schemas[0]);
    }
}

/// Words that would name a person, were they not sealed: none is a column.
#[tokio::test]
async fn no_column_is_for_personal_data_in_clear() {
    let place = Place::sqlite().unwrap();
    let schema = place.store().await.unwrap().schema().await.unwrap();
    let personal = [
        "mail", "email", "phone", "login", "password", "user", "birth",
    ];
    for (name, table) in &schema.tables {
        for column in &table.columns {
            assert!(
                !personal.contains(&column.name.as_str()),
                "{name}.{}",
                column.name
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_nodes_may_migrate_at_once_and_again() {
    for place in Place::each_empty().await.unwrap() {
        let nodes: Vec<_> = (0..4)
            .map(|_| {
                let config = place.config.clone();
                tokio::spawn(async move {
                    let store = Store::open(&config).await.unwrap();
                    let ran = store.migrate().await.unwrap();
                    assert!(store.ready().await.is_ok());
                    ran
                })
            })
            .collect();
        let mut ran = Vec::new();
        for node in nodes {
            ran.extend(node.await.unwrap());
        }
        assert_eq!(
            ran,
            (1..=files()).collect::<Vec<_>>(),
            "each once, in order"
        );
        assert!(
            place
                .store()
                .await
                .unwrap()
                .migrate()
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_database_that_was_not_migrated_is_not_ready() {
    for place in Place::each_empty().await.unwrap() {
        let store = Store::open(&place.config).await.unwrap();
        let fault = store.ready().await.unwrap_err();
        assert!(matches!(
            fault,
            Fault::Migration(MigrationFault::Pending { found: 0, .. })
        ));
        assert!(fault.to_string().contains("sekisho migrate"), "{fault}");
        store.migrate().await.unwrap();
        store.ready().await.unwrap();
    }
}

#[tokio::test]
async fn a_copy_made_while_running_holds_everything() {
    let place = Place::sqlite().unwrap();
    let store = place.store().await.unwrap();
    found(&store).await;
    land(&store, &sample::judged(1, 1)).await;
    let mut copy = Place::sqlite().unwrap();
    let path = copy.folder.path().join("sekisho.db");
    store.backup_to(&path).await.unwrap();
    copy.config.url = format!("sqlite:{}", path.display());
    let restored = copy.store().await.unwrap();
    restored.ready().await.unwrap();
    let contents = copy.contents(&restored).await.unwrap();
    assert_eq!(contents, place.contents(&store).await.unwrap());
    land(&restored, &sample::judged(2, 1)).await;
}

/// How many migrations there are, counted where they lie.
fn files() -> i64 {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/store/migrations");
    std::fs::read_dir(folder)
        .unwrap()
        .count()
        .try_into()
        .unwrap()
}
