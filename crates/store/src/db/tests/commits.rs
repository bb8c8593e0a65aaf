//! Commits and reads.
//!
//! **Invariant:** a test states what must be there and what must not be there after each answer.

use super::*;
use crate::db::Committal;
use crate::fault::Fault;
use crate::fault_plan::FaultPoint;
use crate::sql::Value;
use std::sync::Arc;

#[tokio::test]
async fn what_is_committed_is_read_back_as_it_was() {
    for place in Place::each().await {
        let db = place.open(None).await;
        let text = "INSERT INTO gate (id, revision, passed, note) VALUES (?1, ?2, ?3, ?4)";
        for (n, revision, note) in [
            (1, i64::MIN, Value::Null),
            (2, i64::MAX, "箱根の関所 🚧 'quoted' ?1 $1".into()),
            (3, 0, "".into()),
        ] {
            let write = Write::one(text, [id(n).into(), revision.into(), true.into(), note]);
            assert_eq!(db.commit(vec![write]).await.unwrap(), Committal::Committed);
        }
        let all =
            "SELECT id, revision, passed, note, revision > 0 AS positive FROM gate ORDER BY id";
        let some = "SELECT revision FROM gate WHERE id = ?1 OR note = ?2 ORDER BY 1 LIMIT ?3";
        let params = [id(1).into(), "".into(), 5i64.into()];
        let found = db
            .read(vec![Query::new(all, []), Query::new(some, params)])
            .await
            .unwrap();
        let [first, second, third] = found[0].as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(
            (first.id16("id").unwrap(), first.int("revision").unwrap()),
            (id(1), i64::MIN)
        );
        assert_eq!(first.maybe_text("note").unwrap(), None);
        assert_eq!(second.int("revision").unwrap(), i64::MAX);
        assert_eq!(second.text("note").unwrap(), "箱根の関所 🚧 'quoted' ?1 $1");
        assert!(second.flag("positive").unwrap() && !third.flag("positive").unwrap());
        assert_eq!(third.text("note").unwrap(), "");
        assert_eq!(found[1].len(), 2);
    }
}

#[tokio::test]
async fn a_stale_revision_or_a_taken_place_writes_nothing() {
    for place in Place::each().await {
        let db = place.open(None).await;
        assert_eq!(
            db.commit(vec![new_gate(1), pass(1, 1)]).await.unwrap(),
            Committal::Committed
        );
        let stale = db
            .commit(vec![pass(2, 1), step(1, 7), pass(3, 1)])
            .await
            .unwrap();
        assert_eq!(stale, Committal::Stale);
        let taken = db
            .commit(vec![pass(4, 1), step(1, 1), pass(1, 1)])
            .await
            .unwrap();
        assert_eq!(taken, Committal::Stale);
        assert_eq!((passes(&db).await, revision(&db, 1).await), (1, 1));
        // The connection that was rolled back serves on.
        assert_eq!(
            db.commit(vec![pass(5, 1), step(1, 1)]).await.unwrap(),
            Committal::Committed
        );
        assert_eq!((passes(&db).await, revision(&db, 1).await), (2, 2));
    }
}

#[tokio::test]
async fn a_broken_reference_is_a_fault_and_writes_nothing() {
    for place in Place::each().await {
        let db = place.open(None).await;
        let fault = db.commit(vec![new_gate(1), pass(1, 9)]).await.unwrap_err();
        assert!(matches!(fault, Fault::Driver { .. }), "{fault:?}");
        assert_eq!(count(&db, "SELECT COUNT(*) AS n FROM gate").await, 0);
    }
}

#[tokio::test]
async fn a_fault_at_any_statement_leaves_all_or_nothing() {
    for place in Place::each().await {
        let plan = FaultPlan::default();
        let db = place.open(Some(plan.clone())).await;
        assert_eq!(
            db.commit(vec![new_gate(1)]).await.unwrap(),
            Committal::Committed
        );
        let commit = || vec![pass(1, 1), step(1, 1), pass(2, 1), pass(3, 1)];
        let points = (0..commit().len()).map(FaultPoint::BeforeStatement);
        for point in points.chain([FaultPoint::AtFlush]) {
            plan.arm(point);
            let fault = db.commit(commit()).await.unwrap_err();
            assert!(
                matches!(fault, Fault::Injected { .. }),
                "{point:?}: {fault:?}"
            );
            assert_eq!(
                (passes(&db).await, revision(&db, 1).await),
                (0, 1),
                "{point:?}"
            );
        }
        plan.arm(FaultPoint::AnswerLost);
        let fault = db.commit(commit()).await.unwrap_err();
        assert!(matches!(fault, Fault::Ambiguous { .. }), "{fault:?}");
        assert_eq!((passes(&db).await, revision(&db, 1).await), (3, 2));
    }
}

/// 64 who saw the same revision: one wins each round, and what the losers wrote is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_saw_the_same_revision_one_commits() {
    for place in Place::each().await {
        let db = Arc::new(place.open(None).await);
        assert_eq!(
            db.commit(vec![new_gate(1)]).await.unwrap(),
            Committal::Committed
        );
        for round in 1..=5i64 {
            let racers = (0..64u32).map(|racer| {
                let (db, number) = (Arc::clone(&db), u32::try_from(round).unwrap() * 100 + racer);
                tokio::spawn(async move { db.commit(vec![pass(number, 1), step(1, round)]).await })
            });
            let mut won = 0;
            for racer in racers.collect::<Vec<_>>() {
                match racer.await.unwrap().unwrap() {
                    Committal::Committed => won += 1,
                    Committal::Stale => {}
                }
            }
            assert_eq!(won, 1);
            assert_eq!(
                (passes(&db).await, revision(&db, 1).await),
                (round, round + 1)
            );
        }
    }
}

/// The queries of one request never see a commit between them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_of_several_queries_sees_one_snapshot() {
    for place in Place::each().await {
        let db = Arc::new(place.open(None).await);
        assert_eq!(
            db.commit(vec![new_gate(1)]).await.unwrap(),
            Committal::Committed
        );
        let writer = Arc::clone(&db);
        let writing = tokio::spawn(async move {
            for n in 1..=150u32 {
                let done = writer.commit(vec![step(1, i64::from(n)), pass(n, 1)]).await;
                assert_eq!(done.unwrap(), Committal::Committed);
            }
        });
        while !writing.is_finished() {
            let queries = vec![
                Query::new("SELECT passed FROM gate", []),
                Query::new("SELECT COUNT(*) AS n FROM pass", []),
                Query::new("SELECT passed FROM gate", []),
            ];
            let found = db.read(queries).await.unwrap();
            let seen = [(0, "passed"), (1, "n"), (2, "passed")]
                .map(|(place, column)| found[place][0].int(column).unwrap());
            assert!(seen[0] == seen[1] && seen[1] == seen[2], "{seen:?}");
        }
        writing.await.unwrap();
    }
}

#[tokio::test]
async fn a_closed_store_has_kept_what_it_accepted_and_takes_no_more() {
    for place in Place::each().await {
        let db = place.open(None).await;
        assert_eq!(
            db.commit(vec![new_gate(1)]).await.unwrap(),
            Committal::Committed
        );
        db.close().await;
        let refused = db.commit(vec![new_gate(2)]).await;
        assert!(
            matches!(refused, Err(Fault::Unavailable { .. })),
            "{refused:?}"
        );
        let again = place.open(None).await;
        assert_eq!(count(&again, "SELECT COUNT(*) AS n FROM gate").await, 1);
    }
}

/// What was accepted before the store closes is answered, and the answer is true.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_waits_for_what_was_accepted() {
    for place in Place::each().await {
        let db = Arc::new(place.open(None).await);
        let commits: Vec<_> = (1..=200)
            .map(|n| {
                let db = Arc::clone(&db);
                tokio::spawn(async move { db.commit(vec![new_gate(n)]).await })
            })
            .collect();
        assert_eq!(
            db.commit(vec![new_gate(0)]).await.unwrap(),
            Committal::Committed
        );
        db.close().await;
        let mut landed = 1;
        for commit in commits {
            match commit.await.unwrap() {
                Ok(committal) => {
                    assert_eq!(committal, Committal::Committed);
                    landed += 1;
                }
                Err(fault) => assert!(matches!(fault, Fault::Unavailable { .. }), "{fault:?}"),
            }
        }
        let again = place.open(None).await;
        assert_eq!(
            count(&again, "SELECT COUNT(*) AS n FROM gate").await,
            landed
        );
    }
}
