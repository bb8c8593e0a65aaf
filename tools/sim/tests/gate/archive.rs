//! Rows leave for the archive: nothing goes that is not kept, and whatever is interrupted is
//! finished by the next run.

use std::path::Path;

use sekisho_archive::append::{append, receipt};
use sekisho_archive::backtest::back_test;
use sekisho_archive::folder::{Folder, Writing};
use sekisho_archive::part_reader::PartReader;
use sekisho_archive::verify::verify;
use sekisho_core::archive::{AccessRow, Day, DecisionRow, Kept, Part, PartKept, Receipt, Rows};
use sekisho_core::change::{ArchiveChange, Change};
use sekisho_core::id::DecisionId;
use sekisho_core::known::StaffRole;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::reason::Reason;
use sekisho_core::risk::replay::Replay;
use sekisho_core::rules::RuleSet;
use sekisho_core::thaw::Ground;
use sekisho_gate::{ArchiveAnswer, ArchiveQuestion, Archiving, Batch, StaffAnswer, StaffClaim};

use super::confirm::Story;
use super::guess::entries;
use super::stop::person;

/// Rules that refuse everybody.
const STRICT: &str = "version = \"mine.1\"\n[[rule]]\nreason = \"rule_all\"\n\
     when = \"customer.history >= 0\"\nverdict = \"refuse\"\ncase = \"x\"\n\
     text.ja = \"x\"\ntext.en = \"x\"\n";

fn ground() -> Ground {
    Ground::parse("月次の保管、案件 2026-7").unwrap()
}

async fn begun(story: &Story, by: &StaffClaim) -> StaffAnswer<Archiving> {
    let before = story.here.gate.now().minus(Span::days(100));
    let question = ArchiveQuestion {
        before: Day::of(before),
        folder: "/archive".to_owned(),
    };
    story
        .here
        .gate
        .archive(by, question, ground())
        .await
        .unwrap()
}

async fn begin(story: &Story, by: &StaffClaim) -> Archiving {
    match begun(story, by).await {
        StaffAnswer::Done(archiving) => archiving,
        other => panic!("{other:?}"),
    }
}

fn kept_as(root: &Path, batch: &Batch) -> (Rows, Receipt) {
    let lines: String = batch
        .rows
        .iter()
        .map(|row| row.line(batch.part.kept))
        .collect();
    let archive = Writing::open(root).unwrap();
    let receipt = append(&archive, &batch.part, lines.as_bytes()).unwrap();
    (Rows::of(batch.part.kept, &batch.rows), receipt)
}

async fn keep(archiving: &Archiving, root: &Path, batch: &Batch) -> ArchiveAnswer {
    let (sent, receipt) = kept_as(root, batch);
    let of = (&batch.part, batch.span);
    archiving.keep(of, sent, &receipt).await.unwrap()
}

fn now(root: &Path, part: &Part) -> Receipt {
    let folder = Folder::open(root).unwrap();
    receipt(part, &folder.file_of(part)).unwrap()
}

async fn remove(archiving: &Archiving, root: &Path, kept: &PartKept) -> ArchiveAnswer {
    let receipt = now(root, &kept.part);
    archiving.remove(kept, &receipt).await.unwrap()
}

async fn all_left(story: &Story) -> Vec<AccessRow> {
    let store = story.here.place.store().await.unwrap();
    let all = (DecisionId([0; 16]), DecisionId([0xff; 16]));
    store.accesses_after(all, 1_000).await.unwrap()
}

fn read(root: &Path, part: &Part) -> Vec<AccessRow> {
    let path = Folder::open(root).unwrap().file_of(part);
    let mut rows = Vec::new();
    let reader = PartReader::open(Kept::Accesses, &path).unwrap();
    let read = reader.rows(|row| {
        rows.push(AccessRow::of(&row).unwrap());
        Ok(())
    });
    read.unwrap();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_are_over_move_in_order_and_nothing_is_lost_by_an_interruption() {
    for story in Story::settled().await {
        let by = person(&story.here.gate, "sato", &[StaffRole::Operations]).await;
        let old = all_left(&story).await;
        let days: Vec<_> = old
            .iter()
            .map(|row| Day::of_decision(row.access.decision))
            .collect();
        assert!(days.first() < days.last(), "days of two sign-ins: {days:?}");
        let nothing = begin(&story, &by).await;
        assert!(nothing.next(Kept::Accesses).await.unwrap().is_none());

        story.here.pass(Span::days(150));
        let _ = story.here.signed_in(&story.home).await.unwrap();
        let young = all_left(&story).await.split_off(old.len());
        assert!(!young.is_empty());
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let archiving = begin(&story, &by).await;
        let first = archiving.next(Kept::Accesses).await.unwrap().unwrap();
        assert_eq!(first.part.day, days.first().copied());

        // Killed before the part is noted: the same rows under the same name.
        kept_as(root, &first);
        let again = begin(&story, &by).await;
        let batch = again.next(Kept::Accesses).await.unwrap().unwrap();
        assert_eq!((&batch.part, &batch.rows), (&first.part, &first.rows));
        assert_eq!(keep(&again, root, &batch).await, ArchiveAnswer::Done(0));
        assert_eq!(keep(&archiving, root, &batch).await, ArchiveAnswer::Gone);
        assert_eq!(all_left(&story).await.len(), old.len() + young.len());

        // Killed before the rows were removed: the next run finds them.
        let last = begin(&story, &by).await;
        let waiting = last.waiting().await.unwrap();
        let [kept] = waiting.as_slice() else {
            panic!("{waiting:?}");
        };
        let count = u64::try_from(batch.rows.len()).unwrap();
        assert_eq!(remove(&last, root, kept).await, ArchiveAnswer::Done(count));
        assert!(last.waiting().await.unwrap().is_empty());
        let mut found = read(root, &batch.part);
        while let Some(batch) = last.next(Kept::Accesses).await.unwrap() {
            assert_eq!(keep(&last, root, &batch).await, ArchiveAnswer::Done(0));
            found.extend(read(root, &batch.part));
            for kept in last.waiting().await.unwrap() {
                let answer = remove(&last, root, &kept).await;
                assert!(matches!(answer, ArchiveAnswer::Done(_)));
            }
        }
        found.sort_by_key(|row| row.access.decision);
        assert_eq!(found, old, "every old access is in the archive");
        assert_eq!(all_left(&story).await, young, "and no young one is gone");
        assert!(story.here.gate.archived_until().await.unwrap().is_some());
        assert!(
            verify(&Folder::open(root).unwrap(), |_| {})
                .unwrap()
                .wrong
                .is_empty()
        );
        assert!(entries(&story.here, "archive", "proved").await > 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_came_after_its_part_was_kept_keeps_all_of_it_here() {
    for story in Story::settled().await {
        let by = person(&story.here.gate, "sato", &[StaffRole::Operations]).await;
        story.here.pass(Span::days(150));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let archiving = begin(&story, &by).await;
        let batch = archiving.next(Kept::Accesses).await.unwrap().unwrap();
        assert_eq!(keep(&archiving, root, &batch).await, ArchiveAnswer::Done(0));
        let [kept] = archiving.waiting().await.unwrap().try_into().unwrap();
        // A node whose clock is far behind.
        let now = story.here.gate.now();
        let then = batch
            .part
            .day
            .unwrap()
            .next()
            .begins()
            .minus(Span::seconds(5));
        story.here.pass(Span(then.0 - now.0));
        let _ = story.here.signed_in(&story.home).await;
        story.here.pass(Span(now.0 - then.0));
        let left = all_left(&story).await;
        let answer = remove(&archiving, root, &kept).await;
        assert_eq!(answer, ArchiveAnswer::Differs);
        assert_eq!(all_left(&story).await, left, "not one is gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_row_is_seen_also_where_others_have_gone_already() {
    for story in Story::settled().await {
        let by = person(&story.here.gate, "sato", &[StaffRole::Operations]).await;
        story.here.pass(Span::days(150));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let archiving = begin(&story, &by).await;
        let batch = archiving.next(Kept::Accesses).await.unwrap().unwrap();
        assert_eq!(keep(&archiving, root, &batch).await, ArchiveAnswer::Done(0));
        let [kept] = archiving.waiting().await.unwrap().try_into().unwrap();
        // Killed after the first commit of the removal, which took every row.
        let store = story.here.place.store().await.unwrap();
        let span = (kept.after, kept.upto);
        let gone = store.accesses_left(span, 1_000).await.unwrap();
        let upto = *gone.last().unwrap();
        let rows = u64::try_from(gone.len()).unwrap();
        let removed = Change::Archive(Box::new(ArchiveChange::Removed {
            part: kept.after,
            after: kept.after,
            upto,
            rows,
        }));
        let decision = sekisho_sim::sample::making(9_001, vec![removed]);
        let committed = store.commit(&decision, &[]).await.unwrap();
        assert_eq!(committed, sekisho_store::Committal::Committed);
        // Then a node whose clock is far behind.
        let now = story.here.gate.now();
        let then = batch.part.day.unwrap().next().begins();
        let then = then.minus(Span::seconds(5));
        story.here.pass(Span(then.0 - now.0));
        let _ = story.here.signed_in(&story.home).await;
        story.here.pass(Span(now.0 - then.0));
        let left = store.accesses_left(span, 1_000).await.unwrap();
        assert!(!left.is_empty() && left.len() <= gone.len(), "{left:?}");
        let again = begin(&story, &by).await;
        let [kept] = again.waiting().await.unwrap().try_into().unwrap();
        let answer = remove(&again, root, &kept).await;
        assert_eq!(answer, ArchiveAnswer::Differs);
        assert_eq!(store.accesses_left(span, 1_000).await.unwrap(), left);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_that_a_receipt_does_not_prove() {
    for story in Story::settled().await {
        let by = person(&story.here.gate, "sato", &[StaffRole::Operations]).await;
        story.here.pass(Span::days(150));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let archiving = begin(&story, &by).await;
        let before = all_left(&story).await;
        let batch = archiving.next(Kept::Accesses).await.unwrap().unwrap();
        let (sent, receipt) = kept_as(root, &batch);
        let of = (&batch.part, batch.span);
        let mut fewer = receipt.clone();
        fewer.rows -= 1;
        let mut other = receipt.clone();
        other.rows_sha256 = "0".repeat(64);
        for wrong in [fewer, other] {
            let answer = archiving.keep(of, sent.clone(), &wrong).await.unwrap();
            assert_eq!(answer, ArchiveAnswer::Differs);
        }
        assert!(archiving.waiting().await.unwrap().is_empty());
        assert_eq!(
            archiving.keep(of, sent, &receipt).await.unwrap(),
            ArchiveAnswer::Done(0)
        );

        // Somebody was taken out of the file: what it holds is not what was kept.
        let kept = archiving.waiting().await.unwrap().remove(0);
        let less = Batch {
            rows: batch.rows[1..].to_vec(),
            ..batch.clone()
        };
        kept_as(root, &less);
        assert_eq!(
            remove(&archiving, root, &kept).await,
            ArchiveAnswer::Differs
        );
        assert_eq!(all_left(&story).await, before);
        kept_as(root, &batch);
        assert!(matches!(
            remove(&archiving, root, &kept).await,
            ArchiveAnswer::Done(_)
        ));

        let desk = super::stop::person_by(&story.here.gate, &by, ("ito", &[StaffRole::Desk]));
        let refused = begun(&story, &desk.await).await;
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        let nobody = StaffClaim {
            secret: "not-a-secret".to_owned().into(),
            ..by
        };
        assert!(matches!(
            begun(&story, &nobody).await,
            StaffAnswer::Unproved
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_copied_with_what_they_were_judged_by() {
    for story in Story::settled().await {
        let by = person(&story.here.gate, "sato", &[StaffRole::Operations]).await;
        story.confirmed("150000").await;
        story.here.pass(Span::days(150));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let archiving = begin(&story, &by).await;
        let mut judged = 0;
        while let Some(batch) = archiving.next(Kept::Decisions).await.unwrap() {
            assert_eq!(keep(&archiving, root, &batch).await, ArchiveAnswer::Done(0));
            for row in &batch.rows {
                let row = DecisionRow::of(row).unwrap();
                judged += usize::from(Replay::of(&row.entry).is_some());
            }
        }
        assert!(judged > 1, "sign-ins and the withdrawal");
        let rules = RuleSet::parse(STRICT).unwrap();
        let always = (Moment(i64::MIN), Moment(i64::MAX));
        let here = story
            .here
            .gate
            .back_test(&rules, always, |_| {})
            .await
            .unwrap();
        let policy = story.here.gate.policy();
        let archive = Folder::open(root).unwrap();
        let there = back_test(&archive, (&rules, &policy), always, |_| {}).unwrap();
        assert!(!here.turns.is_empty(), "the rules change something");
        assert_eq!(there.object("x"), here.object("x"));
        let never = (Moment(i64::MIN), Moment(0));
        let none = back_test(&archive, (&rules, &policy), never, |_| {}).unwrap();
        assert_eq!(none.entries, 0);
        assert!(
            archiving.waiting().await.unwrap().is_empty(),
            "entries stay"
        );
        let voided = archiving.voided().await.unwrap();
        assert_eq!(
            keep(&archiving, root, &voided).await,
            ArchiveAnswer::Done(0)
        );
        assert!(
            verify(&Folder::open(root).unwrap(), |_| {})
                .unwrap()
                .wrong
                .is_empty()
        );
    }
}
