//! Phones that approve, and what they are asked.
//!
//! **Invariant:** a customer has one request at most, and it is approved and used once.

use super::*;
use sekisho_core::bytes::{Digest, TokenHash};
use sekisho_core::change::{DeviceRemembered, PushChange};
use sekisho_core::id::{ChallengeId, CredentialId, DecisionId, DeviceId, OperationId, SessionId};
use sekisho_core::known::{ApproverKnown, PushAbout, PushKeyKnown, PushKnown};
use sekisho_core::moment::Span;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, long, raw};

/// A phone of customer 1 on device `device`.
fn phone(number: u64, device: u64) -> ApproverKnown {
    ApproverKnown {
        id: CredentialId(raw(31, number)),
        customer: customer(1),
        device: DeviceId(raw(9, device)),
        sealed: Sealed(vec![31; 300]),
        key: "key".to_owned(),
        created: NOON,
        last: None,
    }
}

fn request(number: u64) -> PushKnown {
    PushKnown {
        id: ChallengeId(raw(32, number)),
        customer: customer(1),
        about: PushAbout::Operation(OperationId(raw(10, 1))),
        bound: Digest([32; 32]),
        secret: TokenHash(long(32, number)),
        sealed: Sealed(vec![32; 120]),
        asker: Some(DeviceId(raw(9, 7))),
        decision: DecisionId(raw(12, 1)),
        sent: NOON,
        expires: NOON.plus(Span::minutes(10)),
        wrong: 0,
        approved: None,
        revision: 1,
    }
}

fn added(phone: ApproverKnown) -> Change {
    Change::Push(PushChange::ApproverAdded(Box::new(phone)))
}

fn removed(number: u64, of: u64) -> Change {
    Change::Push(PushChange::ApproverRemoved {
        id: phone(number, 1).id,
        customer: customer(of),
    })
}

fn asked(number: u64, seen: Option<u64>) -> Change {
    Change::Push(PushChange::Asked {
        request: Box::new(request(number)),
        seen: seen.map(|seen| request(seen).id),
    })
}

fn approved(number: u64, revision: i64, by: u64) -> Change {
    Change::Push(PushChange::Approved {
        id: request(number).id,
        revision,
        approver: phone(by, 1).id,
        at: NOON.plus(Span::minutes(1)),
    })
}

fn missed(number: u64, revision: i64) -> Change {
    let id = request(number).id;
    Change::Push(PushChange::Missed { id, revision })
}

fn spent(number: u64, revision: i64) -> Change {
    let id = request(number).id;
    Change::Push(PushChange::Spent { id, revision })
}

fn ended(number: u64, revision: i64) -> Change {
    let id = request(number).id;
    Change::Push(PushChange::Ended { id, revision })
}

fn key(number: u8) -> Change {
    Change::Push(PushChange::KeyAdded {
        kid: format!("key-{number}"),
        sealed: Sealed(vec![number; 90]),
        at: NOON.plus(Span(i64::from(number))),
    })
}

fn device(number: u64) -> Change {
    Change::DeviceRemembered(DeviceRemembered {
        id: DeviceId(raw(9, number)),
        customer: customer(1),
        token: TokenHash(long(9, number)),
        client: None,
        at: NOON,
    })
}

pub(super) fn changes() -> Vec<Change> {
    vec![
        device(41),
        added(phone(1, 41)),
        asked(1, None),
        missed(1, 1),
        approved(1, 2, 1),
        spent(1, 3),
        asked(2, None),
        ended(2, 1),
        removed(1, 1),
        key(1),
    ]
}

#[tokio::test]
async fn a_phone_is_a_remembered_device_and_goes_with_it() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        stale(&store, 11, [added(phone(1, 1))]).await;
        apply(&store, 12, [device(1), added(phone(1, 1))]).await;
        let known = store.approvers(customer(1)).await.unwrap();
        assert_eq!(known, [phone(1, 1)]);
        // Added anew on the same device: the first one is gone.
        apply(&store, 13, [added(phone(2, 1))]).await;
        let known = store.approvers(customer(1)).await.unwrap();
        assert_eq!(known, [phone(2, 1)]);
        stale(&store, 14, [removed(1, 1)]).await;
        stale(&store, 15, [removed(2, 2)]).await;
        let forgotten = Change::DeviceForgotten {
            id: DeviceId(raw(9, 1)),
            customer: customer(1),
            but: SessionId(raw(8, 1)),
            at: NOON,
        };
        apply(&store, 16, [forgotten]).await;
        assert!(store.approvers(customer(1)).await.unwrap().is_empty());
        stale(&store, 17, [added(phone(3, 1))]).await;
        apply(&store, 18, [device(2), added(phone(4, 2)), asked(1, None)]).await;
        let everything = Change::SessionsEnded {
            customer: customer(1),
            at: NOON,
        };
        apply(&store, 19, [everything]).await;
        assert!(store.approvers(customer(1)).await.unwrap().is_empty());
        assert_eq!(store.push(customer(1)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn one_request_is_open_and_approved_and_used_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 11, [device(1), added(phone(1, 1)), asked(1, None)]).await;
        stale(&store, 12, [asked(2, None)]).await;
        stale(&store, 13, [asked(2, Some(3))]).await;
        apply(&store, 14, [asked(2, Some(1))]).await;
        assert_eq!(store.push_of(request(1).secret).await.unwrap(), None);
        let known = store.push(customer(1)).await.unwrap();
        assert_eq!(known, Some(request(2)));
        assert_eq!(store.push_of(request(2).secret).await.unwrap(), known);
        apply(&store, 15, [missed(2, 1)]).await;
        stale(&store, 16, [missed(2, 1)]).await;
        stale(&store, 17, [spent(2, 2)]).await;
        stale(&store, 18, [approved(2, 1, 1)]).await;
        stale(&store, 19, [approved(2, 2, 9)]).await;
        apply(&store, 20, [approved(2, 2, 1)]).await;
        stale(&store, 21, [approved(2, 3, 1)]).await;
        stale(&store, 22, [missed(2, 3)]).await;
        let expected = PushKnown {
            wrong: 1,
            approved: Some((phone(1, 1).id, NOON.plus(Span::minutes(1)))),
            revision: 3,
            ..request(2)
        };
        assert_eq!(store.push(customer(1)).await.unwrap(), Some(expected));
        let phones = store.approvers(customer(1)).await.unwrap();
        assert_eq!(phones[0].last, Some(NOON.plus(Span::minutes(1))));
        apply(&store, 23, [spent(2, 3)]).await;
        stale(&store, 24, [spent(2, 3)]).await;
        assert_eq!(store.push(customer(1)).await.unwrap(), None);
        apply(&store, 25, [asked(3, None), ended(3, 1)]).await;
        assert_eq!(store.push(customer(1)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_newest_key_comes_first_and_none_goes() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 11, [key(1)]).await;
        apply(&store, 12, [key(2)]).await;
        let known = store.push_keys().await.unwrap();
        let kids: Vec<_> = known
            .iter()
            .map(|PushKeyKnown { kid, .. }| kid.as_str())
            .collect();
        assert_eq!(kids, ["key-2", "key-1"]);
    }
}
