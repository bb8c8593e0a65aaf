//! Holds and the confirmations that wait with them: what voids these, what is left to people, and
//! what limits come back.

use super::*;
use sekisho_core::access::OperationKind;
use sekisho_core::change::{GrantIssued, HoldChange, LimitChange, PushChange, Released};
use sekisho_core::hold::{HeldGrant, Hold};
use sekisho_core::id::{CredentialId, DeviceId, GrantId, OperationId};
use sekisho_core::known::{ApproverKnown, LimitKnown, OperationKnown, OwnLimit};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::money::Currency;
use sekisho_core::operation::OperationState;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::release::Proof;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, raw};

fn kind() -> OperationKind {
    OperationKind::parse("withdraw").unwrap()
}

fn id(number: u64) -> OperationId {
    OperationId(raw(10, number))
}

fn asked(number: u64) -> Change {
    let mut operation = sample::operation(number, &kind());
    operation.customer = sample::customer(1);
    Change::OperationCreated(Box::new(operation))
}

fn held(number: u64, hold: Hold, by: Option<CredentialId>) -> Change {
    let grant = GrantIssued {
        id: GrantId(raw(17, number)),
        methods: vec![Method::MailCode, Method::Confirmation],
        acr: None,
        proved: NOON,
    };
    Change::Hold(Box::new(HoldChange::Held {
        id: id(number),
        revision: 1,
        hold,
        held: HeldGrant { grant, by },
    }))
}

fn hold(hours: i64) -> Hold {
    Hold {
        at: NOON,
        until: Some(NOON.plus(Span::hours(hours))),
        ends: NOON.plus(Span::days(7)),
        reasons: vec![Reason::ContactFresh],
    }
}

fn released(number: u64, revision: i64) -> Change {
    Change::Hold(Box::new(HoldChange::Released {
        id: id(number),
        revision,
        to: Released::Confirmed,
        at: NOON,
        until: NOON.plus(Span::hours(24)),
    }))
}

async fn read(store: &Store, number: u64) -> OperationKnown {
    store.operation(id(number)).await.unwrap().unwrap()
}

fn phone(number: u64) -> ApproverKnown {
    ApproverKnown {
        id: CredentialId(raw(31, number)),
        customer: sample::customer(1),
        device: DeviceId(raw(8, number)),
        sealed: sekisho_core::bytes::Sealed(vec![1]),
        key: "key".into(),
        created: NOON.plus(Span::hours(i64::try_from(number).unwrap())),
        last: None,
    }
}

/// A device of the customer, so that a phone can be one.
fn device(number: u64) -> Change {
    Change::DeviceRemembered(sekisho_core::change::DeviceRemembered {
        id: phone(number).device,
        customer: sample::customer(1),
        token: sekisho_core::bytes::TokenHash(sekisho_sim::sample::long(8, number)),
        client: None,
        at: NOON,
    })
}

#[tokio::test]
async fn what_a_code_confirmed_is_void_when_the_account_is_taken_back() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let passkey = Some(CredentialId(raw(30, 9)));
        apply(&store, 1, [asked(1), asked(2), asked(3)]).await;
        apply(
            &store,
            2,
            [held(1, hold(24), None), held(2, hold(24), None)],
        )
        .await;
        apply(&store, 3, [held(3, hold(24), passkey), released(2, 2)]).await;
        assert_eq!(read(&store, 2).await.state, OperationState::Confirmed);
        let voided = HoldChange::CodesVoided {
            customer: sample::customer(1),
        };
        apply(&store, 4, [Change::Hold(Box::new(voided))]).await;
        let (one, two, three) = tokio::join!(read(&store, 1), read(&store, 2), read(&store, 3));
        assert_eq!((one.state, one.revision), (OperationState::Held, 3));
        assert!(one.grant.is_none() && one.hold.is_some());
        assert_eq!((two.state, two.revision), (OperationState::Pending, 4));
        assert!(two.grant.is_none() && two.expires == NOON.plus(Span::hours(24)));
        assert!(three.grant.is_some() && three.revision == 2);
    }
}

#[tokio::test]
async fn what_a_phone_confirmed_stands_with_that_phone_and_no_other() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let add = |number| Change::Push(PushChange::ApproverAdded(Box::new(phone(number))));
        apply(&store, 1, [device(51), device(52), add(51), add(52)]).await;
        let by = Some(phone(51).id);
        apply(&store, 2, [asked(1), held(1, hold(24), by)]).await;
        let proof = async || {
            let known = store.release(id(1), NOON).await.unwrap().unwrap();
            let grant = known.operation.grant.unwrap().id;
            let same = store.grant_proof(grant).await.unwrap();
            assert_eq!(known.proof, same);
            same
        };
        let removed = |number| {
            let ApproverKnown { id, customer, .. } = phone(number);
            Change::Push(PushChange::ApproverRemoved { id, customer })
        };
        assert_eq!(proof().await, Proof::Stands);
        apply(&store, 3, [removed(52)]).await;
        assert_eq!(proof().await, Proof::Stands, "the newest phone is another");
        apply(&store, 4, [removed(51)]).await;
        assert_eq!(proof().await, Proof::Absent);
        stale(&store, 5, [released(1, 2)]).await;
    }
}

#[tokio::test]
async fn what_is_left_to_people_is_due_at_its_end_and_what_ends_says_why() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, [asked(1), held(1, hold(24), None), asked(2)]).await;
        let left = |revision| {
            Change::Hold(Box::new(HoldChange::LeftToPeople {
                id: id(1),
                revision,
                reason: Reason::PartyReported,
            }))
        };
        stale(&store, 2, [left(1)]).await;
        apply(&store, 3, [left(2)]).await;
        let known = read(&store, 1).await.hold.unwrap();
        let both = vec![Reason::ContactFresh, Reason::PartyReported];
        assert_eq!((known.until, known.reasons), (None, both));
        let due = async |at: Moment| store.operations_due(at, None, 9).await.unwrap();
        assert!(
            !due(NOON.plus(Span::hours(25)))
                .await
                .iter()
                .any(|one| one.1 == id(1))
        );
        assert!(
            due(NOON.plus(Span::days(7)))
                .await
                .iter()
                .any(|one| one.1 == id(1))
        );
        let ended = HoldChange::AllEnded {
            customer: sample::customer(1),
            reason: Reason::Frozen,
        };
        apply(&store, 4, [Change::Hold(Box::new(ended))]).await;
        for number in [1, 2] {
            let known = read(&store, number).await;
            let ended = (known.state, known.ended);
            assert_eq!(ended, (OperationState::Refused, Some(Reason::Frozen)));
        }
        assert!(due(NOON.plus(Span::days(9))).await.is_empty());
    }
}

#[tokio::test]
async fn what_is_due_is_read_page_by_page_to_the_end() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        for number in 1..=5 {
            apply(
                &store,
                number,
                [asked(number), held(number, hold(24), None)],
            )
            .await;
        }
        let now = NOON.plus(Span::hours(24));
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = store.operations_due(now, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(*last);
            all.extend(page.into_iter().map(|(_, id)| id));
        }
        assert_eq!(all, [1, 2, 3, 4, 5].map(id));
    }
}

#[tokio::test]
async fn a_report_brings_the_limit_back_that_counted_before_the_raises() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let own = |each, day| OwnLimit { each, day };
        let yen = Currency::parse("JPY").unwrap();
        let set = |revision, own, before| {
            Change::Limit(LimitChange::Set {
                customer: sample::customer(1),
                kind: kind(),
                to: LimitKnown {
                    own,
                    before,
                    revision,
                    ..LimitKnown::none(yen)
                },
            })
        };
        let before = (own(Some(100), None), NOON);
        apply(&store, 1, [set(0, own(Some(900), Some(50)), Some(before))]).await;
        let ended = |since| {
            Change::Limit(LimitChange::Ended {
                customer: sample::customer(1),
                since,
                at: NOON,
            })
        };
        let limits = async || {
            let known = store.restrict(sample::customer(1)).await.unwrap();
            known.limits[0].1
        };
        apply(&store, 2, [ended(NOON.plus(Span::hours(1)))]).await;
        assert_eq!(
            limits().await.before,
            Some(before),
            "it was asked for earlier"
        );
        apply(&store, 3, [ended(NOON)]).await;
        let now = limits().await;
        assert_eq!((now.own, now.before), (own(Some(100), Some(50)), None));
    }
}
