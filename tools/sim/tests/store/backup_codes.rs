//! Backup codes.
//!
//! **Invariant:** a customer has one set, it takes the place of the one that was seen alone, and a
//! code of it is used once.

use super::*;
use sekisho_core::bytes::TokenHash;
use sekisho_core::change::BackupChange;
use sekisho_core::id::CredentialId;
use sekisho_core::known::{BackupCodeKnown, BackupSetKnown};
use sekisho_core::moment::{Moment, Span};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, raw};

fn id(number: u64) -> CredentialId {
    CredentialId(raw(24, number))
}

fn hash(set: u8, code: u8) -> TokenHash {
    let mut hash = [set; 32];
    hash[0] = code;
    TokenHash(hash)
}

/// Set `number` of that customer, of ten codes.
fn set(number: u8, owner: u64) -> BackupSetKnown {
    let unused = |code| BackupCodeKnown {
        hash: hash(number, code),
        used: None,
        again: None,
    };
    BackupSetKnown {
        id: id(u64::from(number)),
        customer: customer(owner),
        made: NOON,
        codes: (0..10).map(unused).collect(),
    }
}

fn made(number: u8, owner: u64, before: Option<u64>) -> Change {
    Change::BackupCode(BackupChange::Made {
        set: Box::new(set(number, owner)),
        before: before.map(id),
    })
}

pub(super) fn used(number: u8, code: u8) -> Change {
    Change::BackupCode(BackupChange::Used {
        set: id(u64::from(number)),
        code: hash(number, code),
        at: NOON.plus(Span::hours(1)),
    })
}

fn again(number: u8, code: u8) -> Change {
    Change::BackupCode(BackupChange::Again {
        set: id(u64::from(number)),
        code: hash(number, code),
        at: NOON.plus(Span::hours(2)),
    })
}

fn removed(owner: u64, since: Moment) -> Change {
    let customer = customer(owner);
    Change::BackupCode(BackupChange::Removed { customer, since })
}

pub(super) fn changes() -> Vec<Change> {
    vec![made(1, 1, None), used(1, 3), again(1, 3), removed(1, NOON)]
}

/// The set of customer 1.
pub(super) fn first() -> Change {
    made(1, 1, None)
}

async fn known(store: &Store, owner: u64) -> Option<BackupSetKnown> {
    store.backup_codes(customer(owner)).await.unwrap()
}

#[tokio::test]
async fn a_set_takes_the_place_of_the_one_that_was_seen() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        assert_eq!(known(&store, 1).await, None);
        apply(&store, 11, [made(1, 1, None)]).await;
        assert_eq!(known(&store, 1).await, Some(set(1, 1)));
        stale(&store, 12, [made(2, 1, None)]).await;
        stale(&store, 13, [made(2, 1, Some(7))]).await;
        // Nobody replaces the set of another customer.
        stale(&store, 14, [made(2, 2, Some(1))]).await;
        apply(&store, 15, [made(2, 1, Some(1))]).await;
        assert_eq!(known(&store, 1).await, Some(set(2, 1)));
        stale(&store, 16, [used(1, 3)]).await;
        assert_eq!(known(&store, 2).await, None);
    }
}

#[tokio::test]
async fn a_code_is_used_once_and_its_return_is_told_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 11, [made(1, 1, None)]).await;
        stale(&store, 12, [again(1, 3)]).await;
        apply(&store, 13, [used(1, 3)]).await;
        stale(&store, 14, [used(1, 3)]).await;
        stale(&store, 15, [used(1, 11)]).await;
        apply(&store, 16, [again(1, 3)]).await;
        stale(&store, 17, [again(1, 3)]).await;
        let mut expected = set(1, 1);
        expected.codes[3].used = Some(NOON.plus(Span::hours(1)));
        expected.codes[3].again = Some(NOON.plus(Span::hours(2)));
        assert_eq!(known(&store, 1).await, Some(expected.clone()));
        assert_eq!(expected.left(), 9);
    }
}

#[tokio::test]
async fn a_set_that_was_made_since_a_moment_is_removed_whole_and_no_older_one() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        apply(&store, 11, [made(1, 1, None), made(2, 2, None)]).await;
        apply(&store, 12, [removed(1, Moment(NOON.0 + 1))]).await;
        assert_eq!(known(&store, 1).await, Some(set(1, 1)));
        apply(&store, 13, [used(1, 3)]).await;
        apply(&store, 14, [removed(1, NOON)]).await;
        assert_eq!(known(&store, 1).await, None);
        assert_eq!(known(&store, 2).await, Some(set(2, 2)));
        // There is none any more, so that another one has no place to take.
        apply(&store, 15, [made(3, 1, None)]).await;
    }
}
