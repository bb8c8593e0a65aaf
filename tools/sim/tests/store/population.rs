//! What is counted of everybody.

use super::*;
use sekisho_core::access::Act;
use sekisho_core::bytes::Digest;
use sekisho_core::change::{Claimed, PopulationChange};
use sekisho_core::claim::Work;
use sekisho_core::count::{MOST, Uncounted, before, horizon};
use sekisho_core::entry::Entry;
use sekisho_core::id::DecisionId;
use sekisho_core::known::{Census, ForestKnown, Headcount};
use sekisho_core::moment::Span;
use sekisho_core::sighting::{Ending, Trait, TraitKind};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, address, customer, decision_id};

fn counted(seen: i64, to: DecisionId, more: Vec<(Census, Headcount)>) -> Change {
    Change::Population(Box::new(PopulationChange::Counted { seen, to, more }))
}

fn one(logins: u64, customers: u64) -> Headcount {
    Headcount { logins, customers }
}

fn forest(version: i64) -> ForestKnown {
    let bytes = vec![u8::try_from(version).unwrap(); 70_000];
    ForestKnown {
        version,
        digest: Digest::of(&bytes),
        bytes,
        grown: NOON.plus(Span::days(version)),
        rows: 1_024,
    }
}

fn grown(version: i64) -> Change {
    Change::Population(Box::new(PopulationChange::Grown(forest(version))))
}

fn claimed(seen: Option<i64>, until: i64) -> Change {
    let minutes = |minutes| NOON.plus(Span::minutes(minutes));
    let (work, seen, until) = (Work::Forest, seen.map(minutes), minutes(until));
    Change::Claimed(Claimed { work, seen, until })
}

#[tokio::test]
async fn work_is_claimed_as_it_was_seen() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let until = async || store.claimed(Work::Forest).await.unwrap();
        assert_eq!(until().await, None);
        apply(&store, 1, [claimed(None, 5)]).await;
        stale(&store, 2, [claimed(None, 6)]).await;
        stale(&store, 3, [claimed(Some(4), 6)]).await;
        apply(&store, 4, [claimed(Some(5), 6)]).await;
        assert_eq!(until().await, Some(NOON.plus(Span::minutes(6))));
        assert_eq!(store.claimed(Work::DailyLook).await.unwrap(), None);
    }
}

/// A change of every kind, for a database in which nobody counted yet.
pub(super) fn changes() -> Vec<Change> {
    let all = Census::Shown(Trait::ALL);
    let claimed = claimed(None, 5);
    vec![
        counted(0, decision_id(1), vec![(all, one(1, 1))]),
        grown(1),
        claimed,
    ]
}

#[tokio::test]
async fn counts_add_up_and_change_at_the_epoch_that_was_read() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let all = Census::Shown(Trait::ALL);
        let values = Census::Values(TraitKind::System);
        let more = vec![(all, one(5, 2)), (values, one(1, 0))];
        apply(&store, 1, [counted(0, decision_id(1), more.clone())]).await;
        stale(&store, 2, [counted(0, decision_id(2), more)]).await;
        let more = vec![(all, one(1, 0))];
        apply(&store, 3, [counted(1, decision_id(3), more)]).await;
        let known = store
            .population(&[all, values, Census::Hour(3)])
            .await
            .unwrap();
        assert_eq!(known.all(), one(6, 2));
        assert_eq!(known.values(TraitKind::System), 1);
        assert_eq!(known.counts.len(), 2);
        let read = store.uncounted(DecisionId([0xff; 16])).await.unwrap();
        assert_eq!((read.epoch, read.mark), (2, Some(decision_id(3))));
    }
}

#[tokio::test]
async fn what_ended_well_is_read_after_the_mark_and_up_to_the_horizon() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let far = DecisionId([0xff; 16]);
        for (number, who, ending) in [
            (1, 1, Ending::Success),
            (2, 2, Ending::Pending),
            (3, 1, Ending::Success),
            (4, 3, Ending::Failure),
        ] {
            let mut judged = sample::judged(number, who);
            judged.entry.at = NOON.plus(Span::seconds(i64::try_from(number).unwrap()));
            for sighting in &mut judged.sightings {
                (sighting.at, sighting.ending) = (judged.entry.at, ending);
            }
            if let Some(access) = &mut judged.access {
                (access.at, access.ending) = (judged.entry.at, ending);
            }
            land(&store, &judged).await;
        }
        let read = store.uncounted(far).await.unwrap();
        let decisions = |read: &Uncounted| -> Vec<_> {
            read.accesses.iter().map(|access| access.decision).collect()
        };
        assert_eq!(decisions(&read), [decision_id(1), decision_id(3)]);
        assert_eq!((read.epoch, read.mark), (0, None));
        let shown = Trait::of_address(address())[0];
        assert!(read.firsts.contains(&(customer(1), shown)));
        assert!(read.firsts.iter().all(|(who, _)| *who == customer(1)));
        assert!(read.looked.0 <= MOST && read.looked.1.is_some());

        // It counts after all once the application says that it ended well.
        let mut told = sample::making(5, []);
        told.entry.act = sekisho_core::access::Act::Outcome;
        told.entry.facts = format!(
            r#"{{"decision":"{}","outcome":"completed"}}"#,
            decision_id(2)
        );
        land(&store, &told).await;
        apply(&store, 6, [counted(0, decision_id(4), Vec::new())]).await;
        let read = store.uncounted(far).await.unwrap();
        assert_eq!(decisions(&read), [decision_id(2)]);
        assert_eq!(read.reported, [decision_id(2)]);
        let none = store
            .uncounted(horizon(NOON.minus(Span::days(9_999))))
            .await;
        assert_eq!(none.unwrap().looked, (0, None));
    }
}

#[tokio::test]
async fn the_newest_forest_and_the_one_before_it_are_kept_and_a_version_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        assert_eq!(store.forest_version().await.unwrap(), 0);
        for version in 1..=3 {
            let number = u64::try_from(version).unwrap();
            apply(&store, number, [grown(version)]).await;
        }
        stale(&store, 4, [grown(3)]).await;
        assert_eq!(store.forests().await.unwrap(), [forest(3), forest(2)]);
        assert_eq!(store.forest_version().await.unwrap(), 3);
    }
}

#[tokio::test]
async fn what_the_record_noted_is_found_by_its_digest_and_its_time() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let mut ids = Vec::new();
        for (number, act) in [(1, Act::Sweep), (2, Act::Alert)] {
            let at = NOON.plus(Span::seconds(number));
            let id = DecisionId(before(at).0.map(|byte| byte | u8::from(byte == 0)));
            let digest = Digest([u8::try_from(number).unwrap(); 32]);
            let facts = format!("{{\"digest\":\"{digest}\"}}");
            let policy = sekisho_core::policy::Policy::profile("jsda-2025").unwrap();
            let entry = Entry::of_worker(act, (id, at), facts, &policy);
            land(&store, &sekisho_core::decision::Decision::of(entry)).await;
            ids.push(digest);
        }
        let around = (NOON, NOON.plus(Span::minutes(1)));
        let has = async |digest, span| store.is_noted(digest, span).await.unwrap();
        assert!(has(ids[0], around).await);
        assert!(!has(ids[1], around).await, "no sweep");
        assert!(!has(Digest([9; 32]), around).await);
        assert!(!has(ids[0], (around.1, around.1.plus(Span::days(1)))).await);
    }
}

#[tokio::test]
async fn a_customer_counts_eight_times_in_a_day_at_most() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        for number in 1..=12_u64 {
            let mut judged = sample::judged(number, 1);
            // The last one comes a day later.
            let late = if number == 12 { 25 * 60 } else { 0 };
            let minutes = i64::try_from(number).unwrap() + late;
            judged.entry.at = NOON.plus(Span::minutes(minutes));
            for sighting in &mut judged.sightings {
                (sighting.at, sighting.ending) = (judged.entry.at, Ending::Success);
            }
            if let Some(access) = &mut judged.access {
                (access.at, access.ending) = (judged.entry.at, Ending::Success);
            }
            land(&store, &judged).await;
        }
        let far = DecisionId([0xff; 16]);
        let expected: Vec<_> = (1..=8).chain([12]).map(decision_id).collect();
        let read = store.uncounted(far).await.unwrap();
        let mine = |accesses: &[sekisho_core::access::Access]| -> Vec<_> {
            accesses.iter().map(|access| access.decision).collect()
        };
        assert_eq!(mine(&read.accesses), expected);
        let everything = (DecisionId([0; 16]), far);
        let (grown, _) = store.ended_well(everything, 100).await.unwrap();
        assert_eq!(mine(&grown), expected);
        // What is shown for the first time is asked of what the access shows.
        assert!(read.firsts.iter().all(|(who, _)| *who == customer(1)));
        let shown = Trait::of_address(address())[0];
        assert_eq!(
            read.firsts
                .iter()
                .filter(|(_, seen)| *seen == shown)
                .count(),
            1
        );
    }
}
