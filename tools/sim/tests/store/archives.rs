//! What leaves for the archive: what is listed, what goes, and what does not.

use super::*;
use sekisho_core::archive::{Day, Done, Kept, Part, PartKept};
use sekisho_core::bytes::Digest;
use sekisho_core::change::{ArchiveChange, SightingsVoided};
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, address, customer, decision_id};

const ALL: (DecisionId, DecisionId) = (DecisionId([0; 16]), DecisionId([0xff; 16]));

fn day() -> Day {
    Day::of(NOON)
}

fn part(number: u64, (after, upto): (u64, u64)) -> PartKept {
    let after = decision_id(after);
    PartKept {
        part: Part::after(Kept::Accesses, day(), after),
        after,
        upto: decision_id(upto),
        rows: number,
        digest: Digest([7; 32]),
        gone: 0,
        removed: None,
    }
}

pub(super) fn kept(number: u64, span: (u64, u64), rows: u64) -> ArchiveChange {
    let kept = PartKept {
        rows,
        ..part(number, span)
    };
    ArchiveChange::Kept { kept, at: NOON }
}

fn removed(part: u64, (after, upto): (u64, u64)) -> ArchiveChange {
    ArchiveChange::Removed {
        part: decision_id(part),
        after: decision_id(after),
        upto: decision_id(upto),
        rows: upto - after,
    }
}

fn cleared(part: u64) -> ArchiveChange {
    ArchiveChange::Cleared {
        kept: Kept::Accesses,
        part: decision_id(part),
        at: NOON,
    }
}

async fn tried(store: &Store, number: u64, change: ArchiveChange) -> Committal {
    let decision = sample::making(number, vec![Change::Archive(Box::new(change))]);
    store.commit(&decision, &[]).await.unwrap()
}

async fn left(store: &Store) -> Vec<DecisionId> {
    store.accesses_left(ALL, 100).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn accesses_go_only_from_parts_that_were_kept() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        for number in 1..=6 {
            land(&store, &sample::judged(number, 1)).await;
        }
        let ids: Vec<_> = (1..=6).map(decision_id).collect();
        let page = store.accesses_after(ALL, 4).await.unwrap();
        let listed: Vec<_> = page.iter().map(|row| row.access.decision).collect();
        assert_eq!(listed, ids[..4]);
        assert!(page.iter().all(|row| row.done == Done::No));
        let after = (decision_id(4), decision_id(5));
        assert_eq!(store.accesses_after(after, 4).await.unwrap().len(), 1);
        assert_eq!(store.archived_until().await.unwrap(), None);

        // Nothing is kept, so nothing goes, and nothing can be said to be gone.
        assert_eq!(
            tried(&store, 801, removed(0, (0, 3))).await,
            Committal::Stale
        );
        assert_eq!(left(&store).await, ids);
        assert_eq!(tried(&store, 802, cleared(0)).await, Committal::Stale);
        assert_eq!(
            tried(&store, 803, kept(1, (0, 3), 3)).await,
            Committal::Committed
        );
        assert_eq!(
            tried(&store, 804, kept(1, (0, 3), 3)).await,
            Committal::Stale
        );
        let known = PartKept {
            rows: 3,
            ..part(1, (0, 3))
        };
        let waiting = store.parts_to_remove(9).await.unwrap();
        assert_eq!(waiting, std::slice::from_ref(&known));
        assert_eq!(store.last_part(Kept::Accesses).await.unwrap(), Some(known));
        assert_eq!(store.last_part(Kept::Decisions).await.unwrap(), None);
        assert_eq!(
            store.archived_until().await.unwrap(),
            Some(day().next().begins())
        );

        // No more than the part, and not from another one.
        for (number, change) in [(805, removed(0, (0, 4))), (806, removed(1, (1, 3)))] {
            assert_eq!(tried(&store, number, change).await, Committal::Stale);
            assert_eq!(left(&store).await, ids);
        }
        // Nor where another row has come between those that were counted.
        let fewer = ArchiveChange::Removed {
            part: decision_id(0),
            after: decision_id(0),
            upto: decision_id(2),
            rows: 1,
        };
        assert_eq!(tried(&store, 812, fewer).await, Committal::Stale);
        assert_eq!(left(&store).await, ids);
        assert_eq!(
            tried(&store, 807, removed(0, (0, 2))).await,
            Committal::Committed
        );
        assert_eq!(left(&store).await, ids[2..]);
        let waiting = store.parts_to_remove(9).await.unwrap();
        assert_eq!((waiting[0].rows, waiting[0].gone), (3, 2));
        assert_eq!(tried(&store, 808, cleared(0)).await, Committal::Stale);
        assert_eq!(
            tried(&store, 809, removed(0, (2, 3))).await,
            Committal::Committed
        );
        assert_eq!(left(&store).await, ids[3..]);
        assert_eq!(tried(&store, 810, cleared(0)).await, Committal::Committed);
        assert_eq!(tried(&store, 811, cleared(0)).await, Committal::Stale);
        assert!(store.parts_to_remove(9).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_for_fraud_is_listed_in_pages() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        land(&store, &sample::judged(1, 1)).await;
        let first = Trait {
            kind: TraitKind::Address,
            value: [0; 16],
        };
        let nobody = CustomerId([0; 16]);
        assert!(
            store
                .voided_after((first, nobody), 9)
                .await
                .unwrap()
                .is_empty()
        );
        let void = Change::SightingsVoided(SightingsVoided {
            customer: customer(1),
            traits: Trait::of_address(address()).to_vec(),
            since: NOON,
            at: NOON,
        });
        apply(&store, 801, [void]).await;
        let page = store.voided_after((first, nobody), 9).await.unwrap();
        let [one] = page.as_slice() else {
            panic!("the network is of another kind: {page:?}");
        };
        assert_eq!(one.seen.value, address().bytes());
        assert_eq!((one.customer, one.at), (customer(1), NOON));
        let after = (one.seen, one.customer);
        assert!(store.voided_after(after, 9).await.unwrap().is_empty());
    }
}
