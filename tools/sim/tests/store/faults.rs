//! Faults: at every statement, at the flush, in place of the answer; and a disk that runs full.
//!
//! **Invariant:** after a fault the database holds all of a commit or nothing of it, and the fault
//! says which.

use super::changes::{everything, ground};
use super::*;
use sekisho_sim::place::Place;
use sekisho_sim::sample::decision_id;
use sekisho_store::{Fault, FaultPlan, FaultPoint};
use std::path::Path;
use std::process::Command;

#[tokio::test]
async fn a_fault_at_any_statement_leaves_nothing() {
    for place in Place::each().await.unwrap() {
        let plan = FaultPlan::default();
        let store = place.danger_store_with_faults(plan.clone()).await.unwrap();
        ground(&store).await;
        let before = place.contents(&store).await.unwrap();
        let decision = everything(1);
        let sealed = [Sealed(vec![1; 10])];
        plan.arm(FaultPoint::AtFlush);
        let fault = store.commit(&decision, &sealed).await.unwrap_err();
        assert!(matches!(fault, Fault::Injected { .. }), "{fault:?}");
        assert_eq!(place.contents(&store).await.unwrap(), before);

        let mut statements = 0;
        loop {
            plan.arm(FaultPoint::BeforeStatement(statements));
            match store.commit(&decision, &sealed).await {
                Err(Fault::Injected { .. }) => {
                    assert_eq!(
                        place.contents(&store).await.unwrap(),
                        before,
                        "{statements}"
                    );
                    statements += 1;
                }
                ended => {
                    assert_eq!(ended.unwrap(), Committal::Committed);
                    break;
                }
            }
        }
        assert!(statements > 50, "{statements} statements were broken");
        assert!(store.entry_exists(decision_id(1)).await.unwrap());
        assert_ne!(place.contents(&store).await.unwrap(), before);
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_can_be_asked_for() {
    for place in Place::each().await.unwrap() {
        let plan = FaultPlan::default();
        let store = place.danger_store_with_faults(plan.clone()).await.unwrap();
        plan.arm(FaultPoint::AnswerLost);
        let fault = store.commit(&sample::judged(1, 1), &[]).await.unwrap_err();
        assert!(matches!(fault, Fault::Ambiguous { .. }), "{fault:?}");
        assert!(store.entry_exists(decision_id(1)).await.unwrap());
        // Whoever tries again without asking changes nothing twice.
        assert_eq!(
            store.commit(&sample::judged(1, 1), &[]).await.unwrap(),
            Committal::Stale
        );
    }
}

/// A small volume of the test's own, unmounted when dropped.
struct Volume<'a>(&'a Path);

impl<'a> Volume<'a> {
    fn mount(at: &'a Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=1200k", "sekisho-sim"])
            .arg(at);
        let mounted = mount.output().is_ok_and(|ended| ended.status.success());
        mounted.then_some(Self(at))
    }
}

impl Drop for Volume<'_> {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.0).status();
        assert!(unmounted.unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_volume_that_runs_full_loses_nothing_that_was_acknowledged() {
    let mut place = Place::sqlite().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(_volume) = Volume::mount(folder.path()) else {
        println!("SKIPPED: this account may not mount a small volume");
        return;
    };
    place.config.url = format!("sqlite:{}", folder.path().join("sekisho.db").display());
    let store = place.store().await.unwrap();
    let (mut landed, mut full) = (Vec::new(), Vec::new());
    for round in 0..40u64 {
        let tasks: Vec<_> = (0..32u64)
            .map(|task| {
                let (store, number) = (store.clone(), round * 100 + task);
                let ended = async move { store.commit(&sample::judged(number, number), &[]).await };
                (number, tokio::spawn(ended))
            })
            .collect();
        for (number, task) in tasks {
            match task.await.unwrap() {
                Ok(Committal::Committed) => landed.push(number),
                Err(Fault::DiskFull) => full.push(number),
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(
        !landed.is_empty() && !full.is_empty(),
        "{} {}",
        landed.len(),
        full.len()
    );
    for (numbers, there) in [(&landed, true), (&full, false)] {
        for number in numbers {
            assert_eq!(
                store.entry_exists(decision_id(*number)).await.unwrap(),
                there,
                "{number}"
            );
        }
    }
    // Opened again on the full volume, it still answers.
    store.close().await;
    drop(store);
    let again = Store::open(&place.config).await.unwrap();
    for number in &landed {
        assert!(
            again.entry_exists(decision_id(*number)).await.unwrap(),
            "{number}"
        );
    }
}
