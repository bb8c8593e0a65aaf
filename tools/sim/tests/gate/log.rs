//! The log: everything that is decided gets into it once; what was changed, left out or cut off
//! later is found; and who opens or shows things waits for it.

use std::collections::BTreeMap;

use sekisho_core::known::{StaffRole, StopScope};
use sekisho_core::moment::Span;
use sekisho_core::siem::{Way, is_event};
use sekisho_core::thaw::Ground;
use sekisho_core::tlog::{self, Tile};
use sekisho_gate::{
    Confidential, Fault, Gate, LogChecked, LogFile, LogMend, LogWrong, NewApplication, StaffAnswer,
};
use sekisho_seal::note::{Checkpoint, VerifierKey};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};
use tokio::task::JoinSet;

use super::stop::{made, new, person, person_by};

/// Customers and sign-ins, so that there is something to log.
async fn life(here: &Installation, customers: u32) {
    for number in 1..=customers {
        let (reference, login) = (format!("C-{number}"), format!("c{number}@example.jp"));
        here.customer(&reference, &login).await.unwrap();
    }
    here.customer("C-1000", LOGIN).await.unwrap();
    let home = visitor([203, 0, 113, 7]);
    here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
    here.pass(Span::seconds(1));
}

async fn drained(gate: &Gate) {
    while gate.grow_log().await.unwrap() > 0 {}
}

async fn kept(gate: &Gate) -> Checkpoint {
    let (note, key) = gate.checkpoint().await.unwrap().unwrap();
    key.open(&note).unwrap()
}

async fn checked(gate: &Gate, kept: Option<&Checkpoint>) -> LogChecked {
    gate.check_log(kept, |_| ()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_log_every_decision_once_and_the_record_is_what_was_logged() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        assert_eq!(here.gate.checkpoint().await.unwrap(), None);
        assert_eq!(here.gate.check_log(None, |_| ()).await.unwrap(), None);
        life(&here, 8).await;
        let other = here.another_node().await.unwrap();
        for _ in 0..20 {
            let (one, two) = tokio::join!(here.gate.grow_log(), other.grow_log());
            if one.unwrap() + two.unwrap() == 0 {
                break;
            }
        }
        let store = here.place.store().await.unwrap();
        let first = sekisho_core::id::DecisionId([0; 16]);
        let entries = store.log_entries(first, 10_000).await.unwrap();
        let mut places: Vec<_> = entries
            .iter()
            .filter(|one| is_event(&one.entry))
            .map(|one| one.place.unwrap())
            .collect();
        places.sort_unstable();
        let size = places.len() as u64;
        assert!(size > 8, "{size}");
        assert_eq!(places, (0..size).collect::<Vec<_>>());
        let found = checked(&other, None).await;
        let expected = LogChecked {
            size,
            ..LogChecked::default()
        };
        assert_eq!(found, expected);
        // What is logged names nobody.
        for leaf in store.log_leaves(0, 10_000).await.unwrap() {
            let entry = leaf.entry.unwrap();
            let named = entry.customer.map(|id| id.to_string());
            assert!(
                named.is_none_or(|id| !leaf.data.contains(&id)),
                "{}",
                leaf.data
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changes_in_the_database_is_found() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        life(&here, 3).await;
        drained(&here.gate).await;
        let run = async |sql: &str| here.place.danger_run(sql).await.unwrap();
        let target = "(SELECT decision FROM log_leaf WHERE position = 1)";
        run(&format!(
            "UPDATE entry SET facts = '{{\"x\":1}}' WHERE id = {target}"
        ))
        .await;
        let found = checked(&here.gate, None).await;
        assert!(
            matches!(found.wrong[..], [LogWrong::Altered(_)]),
            "{found:?}"
        );
        // Without its salt nobody can say what it was, and nothing here takes salts away.
        run(&format!(
            "UPDATE log_leaf SET salt = NULL WHERE decision = {target}"
        ))
        .await;
        let found = checked(&here.gate, None).await;
        assert!(
            matches!(found.wrong[..], [LogWrong::Unsealed(_)]),
            "{found:?}"
        );
        run(&format!("DELETE FROM entry WHERE id = {target}")).await;
        let found = checked(&here.gate, None).await;
        assert!(matches!(found.wrong[..], [LogWrong::Gone(_)]), "{found:?}");

        here.customer("C-2000", "late@example.jp").await.unwrap();
        let waits = checked(&here.gate, None).await;
        assert!(waits.waiting > 0 && waits.many == 1, "{waits:?}");
        run("DELETE FROM siem_waiting").await;
        let found = checked(&here.gate, None).await;
        assert_eq!(found.many, 1 + waits.waiting);
        assert!(matches!(found.wrong[1], LogWrong::Unlogged(_)), "{found:?}");

        run("UPDATE log_leaf SET data = REPLACE(data, 'allow', 'refus') WHERE position = 0").await;
        let found = checked(&here.gate, None).await;
        assert!(found.wrong.contains(&LogWrong::Tree), "{found:?}");
        run("DELETE FROM log_leaf WHERE position = 0").await;
        let found = checked(&here.gate, None).await;
        assert_eq!(found.wrong[..], [LogWrong::Hole(0)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_cut_off_or_written_anew_is_found_by_what_was_kept() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        life(&here, 3).await;
        drained(&here.gate).await;
        let early = kept(&here.gate).await;
        // As a backup has it.
        let run = async |sql: &str| here.place.danger_run(sql).await.unwrap();
        run("CREATE TABLE kept_head AS SELECT * FROM log_head").await;
        here.customer("C-2000", "late@example.jp").await.unwrap();
        drained(&here.gate).await;
        let late = kept(&here.gate).await;
        assert!(late.size > early.size);
        for kept in [&early, &late] {
            assert_eq!(checked(&here.gate, Some(kept)).await.many, 0);
        }
        let other = Checkpoint {
            root: late.root,
            ..early.clone()
        };
        let found = checked(&here.gate, Some(&other)).await;
        assert_eq!(found.wrong, [LogWrong::OtherBeginning]);

        // The newest leaves go, with their entries, and the end is the one of before.
        run(&format!(
            "DELETE FROM entry WHERE id IN (SELECT decision FROM log_leaf WHERE position >= {0}); \
             DELETE FROM log_leaf WHERE position >= {0}; DELETE FROM log_head; \
             INSERT INTO log_head SELECT * FROM kept_head; DROP TABLE kept_head",
            early.size
        ))
        .await;
        let fresh = here.another_node().await.unwrap();
        assert_eq!(checked(&fresh, None).await.many, 0, "nothing shows it here");
        let found = checked(&fresh, Some(&late)).await;
        assert_eq!(found.wrong, [LogWrong::Shorter]);
        // A node that ran meanwhile needs no checkpoint.
        here.customer("C-2001", "later@example.jp").await.unwrap();
        let fault = here.gate.grow_log().await.unwrap_err();
        assert!(matches!(fault, Fault::Log { .. }), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_or_shows_does_it_with_the_log_or_not_and_who_stops_does_not_need_it() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let gate = &here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations, StaffRole::Approver]).await;
        let tanaka = person_by(gate, &sato, ("tanaka", &[StaffRole::Desk])).await;
        // No worker runs: it was put there with what was done.
        let before = kept(gate).await.size;
        let roles = vec![StaffRole::Desk, StaffRole::Operations];
        let assigned = gate
            .assign_staff(&tanaka.name, roles.clone(), Some(&sato))
            .await;
        assert!(matches!(assigned.unwrap(), StaffAnswer::Done(())));
        assert!(kept(gate).await.size > before);

        // Somebody writes over the end, without the key.
        let broken = "UPDATE log_head SET note = 'x' || note";
        here.place.danger_run(broken).await.unwrap();
        let roles = vec![StaffRole::Desk];
        for _ in 0..2 {
            let refused = gate
                .assign_staff(&tanaka.name, roles.clone(), Some(&sato))
                .await;
            assert!(matches!(refused, Err(Fault::Log { .. })), "{refused:?}");
        }
        // And nothing was done.
        let store = here.place.store().await.unwrap();
        let staff = store.staff(&tanaka.name).await.unwrap().unwrap();
        assert!(staff.roles.contains(&StaffRole::Operations), "{staff:?}");
        // What closes does not wait, nor does a customer.
        made(gate, &sato, new(StopScope::default(), None)).await;
        life(&here, 1).await;
        assert!(gate.checkpoint().await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_proves_itself() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        life(&here, 300).await;
        drained(&here.gate).await;
        let mut files = BTreeMap::new();
        let collect = |LogFile { path, bytes }: LogFile| {
            assert!(files.insert(path, bytes).is_none());
            Ok(())
        };
        let size = here
            .gate
            .export_log(|_| false, collect)
            .await
            .unwrap()
            .unwrap();
        assert!(size > 256, "{size}");
        let text = |path: &str| String::from_utf8(files[path].clone()).unwrap();
        let key = VerifierKey::parse(text("log.vkey").trim()).unwrap();
        let checkpoint = key.open(&text("checkpoint")).unwrap();
        assert_eq!(checkpoint.size, size);
        let mut hashes = Vec::new();
        for index in 0..size.div_ceil(256) {
            let width = u16::try_from((size - index * 256).min(256)).unwrap();
            let entries = tlog::unbundle(&files[&tlog::path_of_entries(index, width)]).unwrap();
            let some: Vec<_> = entries.into_iter().map(tlog::leaf).collect();
            let tile = Tile {
                level: 0,
                index,
                width,
            };
            let written: Vec<u8> = some.iter().flat_map(|hash| hash.0).collect();
            assert_eq!(files[&tile.path()], written);
            hashes.extend(some);
        }
        assert_eq!(tlog::root(&hashes), checkpoint.root);
        let store = here.place.store().await.unwrap();
        for place in [0, 1, 255, 256, size - 1] {
            let leaf = store.log_leaves(place, 1).await.unwrap().remove(0);
            let (proof, data) = here.gate.log_proof(leaf.decision).await.unwrap().unwrap();
            assert_eq!(data, leaf.data);
            assert!(proof.starts_with(&format!("c2sp.org/tlog-proof@v1\nindex {place}\n")));
            assert!(proof.ends_with(&text("checkpoint")), "{proof}");
        }
        let nobody = sekisho_core::id::DecisionId([9; 16]);
        assert_eq!(here.gate.log_proof(nobody).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_on_two_nodes_bring_their_leaves_along_and_nobody_is_taken_for_a_forger() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.pass(Span::seconds(1));
        let other = here.another_node().await.unwrap();
        let mut tasks = JoinSet::new();
        for number in 0..24 {
            let gate = [&here.gate, &other][number % 2].clone();
            tasks.spawn(async move {
                let new = NewApplication {
                    name: format!("broker {number}"),
                    redirect_uris: Vec::new(),
                    post_logout_uris: Vec::new(),
                    confidential: Confidential::Yes,
                };
                match gate.register_application(new).await {
                    Ok(_) => 1,
                    // Many at once on one row: whoever lost every round is told to try again.
                    Err(Fault::Contended { .. }) => 0,
                    Err(fault) => panic!("{fault}"),
                }
            });
        }
        let mut done = 0;
        while let Some(one) = tasks.join_next().await {
            done += one.unwrap();
        }
        assert!(done > 0);
        // Nothing had to wait, and what was refused left nothing behind.
        let found = checked(&here.gate, None).await;
        let expected = LogChecked {
            size: done,
            ..LogChecked::default()
        };
        assert_eq!(found, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_logs_what_waits_and_readiness_says_when_the_log_was_touched() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        life(&here, 2).await;
        let waits = waiting(&here).await;
        assert!(waits > 0);
        assert_eq!(
            u32::try_from(here.gate.log_batch().await.unwrap()).unwrap(),
            waits
        );
        assert_eq!(here.gate.log_batch().await.unwrap(), 0);
        assert_eq!(waiting(&here).await, 0);
        // Somebody touches it while something waits, and puts it back.
        here.customer("C-2000", "late@example.jp").await.unwrap();
        let kept = "CREATE TABLE kept_note AS SELECT note FROM log_head";
        here.place.danger_run(kept).await.unwrap();
        let broken = "UPDATE log_head SET note = 'x' || note";
        here.place.danger_run(broken).await.unwrap();
        assert_eq!(here.gate.ready().await.unwrap(), None);
        let fault = here.gate.log_batch().await.unwrap_err();
        assert!(matches!(fault, Fault::Log { .. }), "{fault}");
        let said = here.gate.ready().await.unwrap().unwrap();
        assert!(said.contains("not what was signed"), "{said}");
        let mended = "UPDATE log_head SET note = (SELECT note FROM kept_note)";
        here.place.danger_run(mended).await.unwrap();
        assert!(here.gate.log_batch().await.unwrap() > 0);
        assert_eq!(here.gate.ready().await.unwrap(), None);
    }
}

async fn waiting(here: &Installation) -> u32 {
    let store = here.place.store().await.unwrap();
    store.siem_waiting(Way::Log).await.unwrap().count
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_written_over_is_mended_from_the_leaves_and_no_leaf_with_it() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let gate = &here.gate;
        let ground = Ground::parse("case 2026-130").unwrap();
        let mend = async || gate.mend_log(&ground, |_| ()).await;
        assert_eq!(mend().await.unwrap(), None);
        life(&here, 300).await;
        drained(gate).await;
        assert_eq!(mend().await.unwrap(), Some(LogMend::Whole));
        let before = kept(gate).await;
        let run = async |sql: &str| here.place.danger_run(sql).await.unwrap();

        // A tile alone.
        run("UPDATE log_tile SET hashes = salt FROM log_leaf WHERE log_leaf.position = 7").await;
        let found = checked(gate, None).await;
        let tile = LogWrong::Tile("tile/0/000".to_owned());
        assert_eq!(found.wrong, [tile]);
        let mended = Some(LogMend::Mended(before.size + 1));
        assert_eq!(mend().await.unwrap(), mended);
        assert_eq!(checked(gate, Some(&before)).await.many, 0);

        // The end, and what it says of the size.
        for broken in [
            "UPDATE log_head SET note = 'x' || note",
            "UPDATE log_head SET size = 3",
            "UPDATE log_head SET head = key",
        ] {
            let size = kept(gate).await.size;
            run(broken).await;
            assert!(gate.checkpoint().await.is_err(), "{broken}");
            assert_eq!(mend().await.unwrap(), Some(LogMend::Mended(size + 1)));
            let found = checked(gate, Some(&before)).await;
            let expected = LogChecked {
                size: size + 1,
                ..LogChecked::default()
            };
            assert_eq!(found, expected, "{broken}");
        }
        here.customer("C-2000", "late@example.jp").await.unwrap();
        drained(gate).await;

        // A leaf that somebody changed is signed, too, and found by what was kept.
        run("UPDATE log_leaf SET data = REPLACE(data, 'allow', 'refus') WHERE position = 0").await;
        assert!(checked(gate, None).await.wrong.contains(&LogWrong::Tree));
        mend().await.unwrap();
        let found = checked(gate, Some(&before)).await;
        assert!(matches!(
            found.wrong[..],
            [LogWrong::Altered(_), LogWrong::OtherBeginning]
        ));
        run("DELETE FROM log_leaf WHERE position = 5").await;
        assert!(matches!(mend().await, Err(Fault::Log { .. })));
    }
}
