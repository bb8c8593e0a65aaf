//! Passkeys and the challenges they answer.
//!
//! **Invariant:** a passkey moves by its revision, a handle has one owner, a challenge one answer.

use super::*;
use sekisho_core::bytes::Digest;
use sekisho_core::id::CredentialId;
use sekisho_core::known::{Backup, PasskeyKnown};
use sekisho_core::moment::Span;
use sekisho_core::proof::UserSeen;
use sekisho_core::text::Line;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, long, raw};

/// Passkey `number` of customer 1.
pub(super) fn passkey(number: u64) -> PasskeyKnown {
    PasskeyKnown {
        id: CredentialId(raw(19, number)),
        customer: customer(1),
        handle: long(19, number).to_vec(),
        public_key: vec![7; 77],
        sign_count: u32::MAX,
        seen: UserSeen::Verified,
        backup: Backup::Eligible,
        aaguid: raw(20, number),
        name: Line::parse("携帯電話").unwrap(),
        created: NOON,
        last: None,
        revision: 1,
    }
}

pub(super) fn added(number: u64) -> Change {
    Change::PasskeyAdded(Box::new(passkey(number)))
}

pub(super) fn changes() -> Vec<Change> {
    let (id, at) = (passkey(1).id, NOON);
    vec![
        added(2),
        Change::PasskeyRenamed {
            id,
            revision: 1,
            name: Line::parse("鍵").unwrap(),
        },
        Change::PasskeyUsed {
            id,
            revision: 2,
            count: 5,
            backup: Backup::Copied,
            at,
        },
        Change::PasskeyRemoved { id, revision: 3 },
        spent(3),
        Change::PasskeysRemoved {
            customer: customer(2),
            since: NOON,
        },
    ]
}

fn spent(number: u64) -> Change {
    Change::TicketSpent {
        nonce: Digest(long(21, number)),
        expires: NOON.plus(Span::minutes(5)),
    }
}

#[tokio::test]
async fn a_passkey_is_found_by_its_handle_used_renamed_and_removed() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 11, [added(1), added(2)]).await;
        let all = store.passkeys(customer(1)).await.unwrap();
        assert_eq!(all, [passkey(1), passkey(2)]);
        assert!(store.passkeys(customer(2)).await.unwrap().is_empty());
        let (id, at) = (passkey(1).id, NOON.plus(Span::hours(1)));
        let name = Line::parse("鍵").unwrap();
        let used = Change::PasskeyUsed {
            id,
            revision: 1,
            count: 5,
            backup: Backup::Copied,
            at,
        };
        apply(&store, 12, [used.clone()]).await;
        stale(&store, 13, [used]).await;
        let renamed = Change::PasskeyRenamed {
            id,
            revision: 2,
            name: name.clone(),
        };
        apply(&store, 14, [renamed]).await;
        let handle = passkey(1).handle;
        let (known, owner) = store.passkey(&handle).await.unwrap().unwrap();
        let expected = PasskeyKnown {
            sign_count: 5,
            backup: Backup::Copied,
            last: Some(at),
            name,
            revision: 3,
            ..passkey(1)
        };
        assert_eq!((known, owner.id), (expected, customer(1)));
        let since = |at| Change::PasskeysRemoved {
            customer: customer(1),
            since: at,
        };
        apply(&store, 17, [since(NOON.plus(Span::minutes(1)))]).await;
        assert_eq!(store.passkeys(customer(1)).await.unwrap().len(), 2);
        let removed = |revision| Change::PasskeyRemoved { id, revision };
        stale(&store, 15, [removed(2)]).await;
        apply(&store, 16, [removed(3)]).await;
        assert!(store.passkey(&handle).await.unwrap().is_none());
        apply(&store, 18, [since(NOON)]).await;
        assert!(store.passkeys(customer(1)).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_handle_has_one_owner_and_a_challenge_one_answer() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 11, [added(1), spent(1)]).await;
        let taken = PasskeyKnown {
            id: CredentialId(raw(19, 9)),
            ..passkey(1)
        };
        let again = Change::PasskeyAdded(Box::new(taken));
        stale(&store, 12, [again]).await;
        stale(&store, 13, [spent(1)]).await;
        assert!(store.is_spent(Digest(long(21, 1))).await.unwrap());
        assert!(!store.is_spent(Digest(long(21, 2))).await.unwrap());
    }
}
