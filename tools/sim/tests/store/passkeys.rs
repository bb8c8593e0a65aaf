//! Passkeys and the challenges they answer.
//!
//! **Invariant:** a passkey moves by its revision, a handle has one owner, a challenge one answer.

use super::*;
use sekisho_core::bytes::Digest;
use sekisho_core::change::{AddedFrom, PasskeyAdded, PasskeyRemoved, PasskeyUsed, PasskeysRemoved};
use sekisho_core::id::{CredentialId, SessionId};
use sekisho_core::known::{Attestation, Backup, PasskeyKnown, Strange, Transport};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::proof::UserSeen;
use sekisho_core::text::Line;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, long, raw};

/// Passkey `number` of customer 1.
pub(super) fn passkey(number: u64) -> PasskeyKnown {
    PasskeyKnown {
        id: CredentialId(raw(19, number)),
        customer: customer(1),
        rp_id: "id.example.jp".to_owned(),
        handle: long(19, number).to_vec(),
        user_handle: raw(22, 1).to_vec(),
        public_key: vec![7; 77],
        sign_count: u32::MAX,
        seen: UserSeen::Verified,
        backup: Backup::Eligible,
        aaguid: raw(20, number),
        attestation: Attestation::Rooted,
        transports: vec![Transport::Hybrid, Transport::Internal],
        name: Line::parse("携帯電話").unwrap(),
        place: Strange::Known,
        created: NOON,
        last: None,
        revision: 1,
    }
}

/// It is added to the customer at `revision`, in their session 1.
pub(super) fn added(number: u64, revision: i64) -> Change {
    adding(passkey(number), revision)
}

fn adding(passkey: PasskeyKnown, revision: i64) -> Change {
    Change::PasskeyAdded(Box::new(PasskeyAdded {
        passkey,
        revision,
        session: SessionId(raw(8, 1)),
    }))
}

fn removed(number: u64, revision: i64) -> Change {
    Change::PasskeyRemoved(PasskeyRemoved {
        id: passkey(number).id,
        revision,
        customer: customer(1),
        locks: Some(NOON.plus(Span::hours(2))),
    })
}

pub(super) fn changes() -> Vec<Change> {
    let (id, at) = (passkey(1).id, NOON);
    vec![
        added(2, 2),
        Change::PasskeyRenamed {
            id,
            revision: 1,
            name: Line::parse("鍵").unwrap(),
        },
        Change::PasskeyUsed(PasskeyUsed {
            id,
            revision: 2,
            count: 5,
            backup: Backup::Copied,
            at,
        }),
        removed(1, 3),
        spent(3),
        gone(2, NOON, AddedFrom::New, NOON),
    ]
}

fn gone(owner: u64, since: Moment, from: AddedFrom, at: Moment) -> Change {
    Change::PasskeysRemoved(PasskeysRemoved {
        customer: customer(owner),
        since,
        from,
        at,
    })
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
        apply(&store, 10, [sample::session(1)]).await;
        apply(&store, 11, [added(1, 1), added(2, 2)]).await;
        let all = store.passkeys(customer(1)).await.unwrap();
        assert_eq!(all, [passkey(1), passkey(2)]);
        assert!(store.passkeys(customer(2)).await.unwrap().is_empty());
        let (id, at) = (passkey(1).id, NOON.plus(Span::hours(1)));
        let name = Line::parse("鍵").unwrap();
        let used = Change::PasskeyUsed(PasskeyUsed {
            id,
            revision: 1,
            count: 5,
            backup: Backup::Copied,
            at,
        });
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
        let later = NOON.plus(Span::hours(3));
        let since = |since| gone(1, since, AddedFrom::Anywhere, later);
        apply(&store, 17, [since(NOON.plus(Span::minutes(1)))]).await;
        assert_eq!(store.passkeys(customer(1)).await.unwrap().len(), 2);
        stale(&store, 15, [removed(1, 2)]).await;
        apply(&store, 16, [removed(1, 3)]).await;
        assert!(store.passkey(&handle).await.unwrap().is_none());
        let owner = store.customer(customer(1)).await.unwrap().unwrap();
        let gone = Some(NOON.plus(Span::hours(2)));
        assert_eq!((owner.passkey_removed, owner.revision), (gone, 4));
        apply(&store, 18, [since(NOON)]).await;
        assert!(store.passkeys(customer(1)).await.unwrap().is_empty());
        // Where there was none left, nothing was removed and nothing is locked for longer.
        apply(&store, 19, [since(NOON)]).await;
        let owner = store.customer(customer(1)).await.unwrap().unwrap();
        assert_eq!((owner.passkey_removed, owner.revision), (Some(later), 5));
    }
}

#[tokio::test]
async fn of_several_those_from_a_new_place_may_go_alone() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 10, [sample::session(1)]).await;
        let elsewhere = PasskeyKnown {
            place: Strange::New,
            ..passkey(2)
        };
        let here = PasskeyKnown {
            place: Strange::Known,
            ..passkey(1)
        };
        apply(&store, 11, [adding(here.clone(), 1), adding(elsewhere, 2)]).await;
        apply(&store, 12, [gone(1, NOON, AddedFrom::New, NOON)]).await;
        assert_eq!(store.passkeys(customer(1)).await.unwrap(), [here]);
        let owner = store.customer(customer(1)).await.unwrap().unwrap();
        assert_eq!((owner.passkey_removed, owner.revision), (Some(NOON), 4));
    }
}

#[tokio::test]
async fn a_handle_has_one_owner_and_a_challenge_one_answer() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 10, [sample::session(1)]).await;
        apply(&store, 11, [added(1, 1), spent(1)]).await;
        let taken = PasskeyKnown {
            id: CredentialId(raw(19, 9)),
            ..passkey(1)
        };
        stale(&store, 12, [adding(taken, 2)]).await;
        stale(&store, 13, [spent(1)]).await;
        assert!(store.is_spent(Digest(long(21, 1))).await.unwrap());
        assert!(!store.is_spent(Digest(long(21, 2))).await.unwrap());
    }
}

#[tokio::test]
async fn a_passkey_is_added_to_what_was_seen_and_in_a_session_that_lives() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        stale(&store, 10, [added(1, 1)]).await;
        apply(&store, 11, [sample::session(1)]).await;
        apply(&store, 12, [added(1, 1)]).await;
        // Another one that saw the customer without it.
        stale(&store, 13, [added(2, 1)]).await;
        let (id, session) = (customer(1), SessionId(raw(8, 1)));
        apply(
            &store,
            14,
            [Change::CustomerFrozen {
                id,
                revision: 2,
                doubted: None,
            }],
        )
        .await;
        stale(&store, 15, [added(2, 3)]).await;
        apply(&store, 16, [Change::CustomerThawed { id, revision: 3 }]).await;
        let ended = Change::SessionEnded {
            id: session,
            at: NOON,
        };
        apply(&store, 17, [ended]).await;
        stale(&store, 18, [added(2, 4)]).await;
        assert_eq!(store.passkeys(id).await.unwrap(), [passkey(1)]);
    }
}
