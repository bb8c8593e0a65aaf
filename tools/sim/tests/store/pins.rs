//! Transaction PINs.
//!
//! **Invariant:** there is one for a customer, it changes in the revision that was seen alone, and
//! what somebody else set within a span is undone whole.

use super::*;
use sekisho_core::change::PinChange;
use sekisho_core::id::CredentialId;
use sekisho_core::known::{PinBefore, PinKnown};
use sekisho_core::moment::{Moment, Span};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, raw};

fn id(number: u64) -> CredentialId {
    CredentialId(raw(23, number))
}

/// PIN `number` of that customer.
fn added(number: u64, owner: u64, begun: Option<Moment>) -> Change {
    Change::Pin(PinChange::Added {
        id: id(number),
        customer: customer(owner),
        hash: format!("hash {number}"),
        at: NOON,
        begun,
    })
}

fn set(revision: i64, hash: &str, before: Option<(&str, Moment)>) -> Change {
    Change::Pin(PinChange::Set {
        id: id(1),
        revision,
        hash: hash.to_owned(),
        at: NOON.plus(Span::hours(1)),
        before: before.map(|(hash, replaced)| PinBefore {
            hash: hash.to_owned(),
            replaced,
        }),
    })
}

fn rehashed(revision: i64) -> Change {
    Change::Pin(PinChange::Rehashed {
        id: id(1),
        revision,
        hash: "stronger".to_owned(),
    })
}

fn recovered(revision: i64) -> Change {
    Change::Pin(PinChange::Recovered {
        customer: customer(1),
        revision,
        at: NOON,
    })
}

fn undone(owner: u64, since: Moment) -> Change {
    let customer = customer(owner);
    Change::Pin(PinChange::Undone { customer, since })
}

pub(super) fn changes() -> Vec<Change> {
    vec![
        added(1, 1, None),
        rehashed(1),
        set(2, "another", Some(("stronger", NOON))),
        undone(1, NOON),
    ]
}

async fn hash(store: &Store, owner: u64) -> Option<String> {
    let pin = store.pin(customer(owner)).await.unwrap();
    pin.map(|pin| pin.hash)
}

#[tokio::test]
async fn a_pin_is_one_for_a_customer_and_changes_in_the_revision_that_was_seen() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        assert_eq!(store.pin(customer(1)).await.unwrap(), None);
        stale(&store, 11, [rehashed(1)]).await;
        apply(&store, 12, [added(1, 1, None)]).await;
        stale(&store, 13, [added(2, 1, None)]).await;
        let expected = PinKnown {
            id: id(1),
            customer: customer(1),
            hash: "hash 1".to_owned(),
            revision: 1,
            set: NOON,
            before: None,
        };
        assert_eq!(store.pin(customer(1)).await.unwrap(), Some(expected));
        stale(&store, 14, [rehashed(2)]).await;
        apply(&store, 15, [rehashed(1)]).await;
        let (before, later) = (Some(("stronger", NOON)), NOON.plus(Span::hours(1)));
        stale(&store, 16, [set(1, "another", before)]).await;
        apply(&store, 17, [set(2, "another", before)]).await;
        let expected = PinKnown {
            id: id(1),
            customer: customer(1),
            hash: "another".to_owned(),
            revision: 3,
            set: later,
            before: Some(PinBefore {
                hash: "stronger".to_owned(),
                replaced: NOON,
            }),
        };
        assert_eq!(store.pin(customer(1)).await.unwrap(), Some(expected));
        assert_eq!(store.pin(customer(2)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_recovery_is_known_with_the_customer_once_in_its_revision() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let reference = sample::reference(1).unwrap();
        let known = store.customer_by_reference(&reference).await.unwrap();
        let known = known.unwrap();
        assert_eq!(known.pin_recovered, None);
        stale(&store, 11, [recovered(known.revision + 1)]).await;
        apply(&store, 12, [recovered(known.revision)]).await;
        stale(&store, 13, [recovered(known.revision)]).await;
        let after = store.customer_by_reference(&reference).await.unwrap();
        let after = after.unwrap();
        assert_eq!(after.pin_recovered, Some(NOON));
        assert_eq!(after.revision, known.revision + 1);
    }
}

#[tokio::test]
async fn what_was_set_since_a_moment_is_undone_and_nothing_older() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        let since = NOON;
        let just = Moment(NOON.0 - 1);
        // Taken over from elsewhere: it stays, as does one that was begun before.
        apply(&store, 11, [added(1, 1, None), added(2, 2, Some(just))]).await;
        apply(&store, 12, [undone(1, since), undone(2, since)]).await;
        assert_eq!(hash(&store, 1).await.as_deref(), Some("hash 1"));
        assert_eq!(hash(&store, 2).await.as_deref(), Some("hash 2"));
        apply(&store, 13, [undone(2, just)]).await;
        assert_eq!(hash(&store, 2).await, None);
        // The one before comes back, once; when it had been replaced for the first time says
        // nothing of who set the last.
        apply(&store, 14, [set(1, "a stranger's", Some(("hash 1", just)))]).await;
        apply(&store, 15, [undone(1, NOON.plus(Span::hours(2)))]).await;
        assert_eq!(hash(&store, 1).await.as_deref(), Some("a stranger's"));
        apply(&store, 16, [undone(1, since)]).await;
        assert_eq!(hash(&store, 1).await.as_deref(), Some("hash 1"));
        apply(&store, 17, [undone(1, since)]).await;
        let known = store.pin(customer(1)).await.unwrap().unwrap();
        assert_eq!((known.hash.as_str(), known.revision), ("hash 1", 3));
        assert_eq!(known.before, None);
    }
}
