//! Webhooks, and what applications were told of their operations.

use super::*;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Sealed;
use sekisho_core::change::{HoldChange, WebhookChange};
use sekisho_core::id::OperationId;
use sekisho_core::moment::Span;
use sekisho_core::operation::OperationState;
use sekisho_core::reason::Reason;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{APPLICATION, NOON, customer, hold, raw};

const URL: &str = "https://broker.example/hooks";

fn hook(change: WebhookChange) -> Change {
    Change::Webhook(Box::new(change))
}

fn set() -> Change {
    hook(WebhookChange::Set {
        application: APPLICATION,
        url: URL.to_owned(),
        secret: Sealed(vec![7; 60]),
        at: NOON,
    })
}

/// A webhook from its beginning to its end.
pub(super) fn changes() -> Vec<Change> {
    let rotated = WebhookChange::Rotated {
        application: APPLICATION,
        secret: Sealed(vec![8; 60]),
        until: NOON.plus(Span::hours(24)),
    };
    let application = APPLICATION;
    vec![
        set(),
        hook(rotated),
        hook(WebhookChange::Removed { application }),
    ]
}

fn id(number: u64) -> OperationId {
    OperationId(raw(10, number))
}

fn asked(number: u64) -> Change {
    let withdraw = OperationKind::parse("withdraw").unwrap();
    let mut operation = sample::operation(number, &withdraw);
    operation.customer = customer(1);
    Change::OperationCreated(Box::new(operation))
}

fn ended(number: u64, revision: i64) -> Change {
    Change::Hold(Box::new(HoldChange::Ended {
        id: id(number),
        revision,
        reason: Reason::Cancelled,
    }))
}

fn claimed(number: u64, revision: i64, minute: i64) -> Change {
    hook(WebhookChange::Claimed {
        operation: id(number),
        revision,
        at: NOON.plus(Span::minutes(minute)),
        until: NOON.plus(Span::minutes(minute + 1)),
    })
}

fn told(number: u64, revision: i64) -> Change {
    hook(WebhookChange::Told {
        operation: id(number),
        revision,
        application: APPLICATION,
    })
}

#[tokio::test]
async fn tries_are_of_one_revision_and_another_address_begins_anew() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, [set(), asked(2), ended(2, 1)]).await;
        let postponed = |revision| {
            hook(WebhookChange::Postponed {
                operation: id(2),
                revision,
                application: APPLICATION,
                at: NOON,
                next: NOON.plus(Span::hours(1)),
                error: "answered 500".to_owned(),
            })
        };
        let due = async |minute| {
            let now = NOON.plus(Span::minutes(minute));
            let due = store.untold(APPLICATION, now, 9).await.unwrap();
            due.first().map(|one| (one.operation.revision, one.tries))
        };
        let failing = async || store.webhook(APPLICATION).await.unwrap().unwrap().failing;
        apply(&store, 2, [postponed(2)]).await;
        apply(&store, 3, [postponed(2)]).await;
        assert_eq!((due(0).await, due(60).await), (None, Some((2, 2))));
        assert_eq!(failing().await, Some(NOON));
        // It changed while the second revision was told: the third has all its tries, at once.
        apply(&store, 4, [ended(2, 2), postponed(2)]).await;
        assert_eq!(due(0).await, Some((3, 0)));
        apply(&store, 5, [postponed(3)]).await;
        assert_eq!((due(0).await, due(60).await), (None, Some((3, 1))));
        // It changes while it waits: the new state does not wait for the former's hour.
        apply(&store, 50, [ended(2, 3)]).await;
        assert_eq!(due(0).await, Some((4, 0)));
        // But for whoever tells of the former one right now, so that they do not overtake.
        apply(&store, 51, [claimed(2, 4, 0), ended(2, 4)]).await;
        assert_eq!((due(0).await, due(1).await), (None, Some((5, 0))));
        apply(&store, 52, [postponed(4)]).await;
        assert_eq!(due(0).await, Some((5, 0)));
        apply(&store, 53, [claimed(2, 5, 0), postponed(5)]).await;
        assert_eq!((due(0).await, due(60).await), (None, Some((5, 1))));
        apply(&store, 6, [set()]).await;
        assert_eq!((due(0).await, failing().await), (Some((5, 0)), None));
        apply(&store, 7, [postponed(5), told(2, 5)]).await;
        assert_eq!((due(99).await, failing().await), (None, None));
    }
}

#[tokio::test]
async fn an_operation_is_told_revision_by_revision_by_one_at_a_time() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, [asked(1), set(), asked(2)]).await;
        let due = async |minute| {
            let now = NOON.plus(Span::minutes(minute));
            let due = store.untold(APPLICATION, now, 9).await.unwrap();
            due.into_iter()
                .map(|one| (one.operation.id, one.operation.revision))
                .collect::<Vec<_>>()
        };
        assert!(due(0).await.is_empty(), "the first revision was answered");
        apply(&store, 2, [ended(1, 1), ended(2, 1)]).await;
        assert_eq!(due(0).await, [(id(2), 2)], "without a webhook none is told");
        assert_eq!(store.untold_count(APPLICATION).await.unwrap(), 1);
        apply(&store, 3, [claimed(2, 2, 0)]).await;
        stale(&store, 4, [claimed(2, 2, 0)]).await;
        assert!(due(0).await.is_empty());
        assert_eq!(due(1).await, [(id(2), 2)], "a claim runs out");
        // It changes while it is told: what was told is what was posted.
        apply(&store, 5, [ended(2, 2)]).await;
        stale(&store, 6, [claimed(2, 2, 1)]).await;
        apply(&store, 7, [told(2, 2)]).await;
        assert_eq!(due(0).await, [(id(2), 3)], "the newer one is due at once");
        // What comes late and what never was change nothing.
        apply(&store, 8, [told(2, 3), told(2, 2), told(2, 9)]).await;
        assert!(due(99).await.is_empty());
        apply(&store, 9, [ended(2, 3)]).await;
        assert_eq!(due(0).await, [(id(2), 4)]);
    }
}

#[tokio::test]
async fn what_is_over_is_not_held_in_bulk() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, [asked(1)]).await;
        let all = |at: sekisho_core::moment::Moment| {
            Change::Hold(Box::new(HoldChange::AllHeld {
                customer: customer(1),
                kinds: vec![OperationKind::parse("withdraw").unwrap()],
                hold: hold(at),
                confirmed: at.minus(Span::seconds(60)),
            }))
        };
        apply(&store, 2, [all(NOON.plus(Span::minutes(15)))]).await;
        let known = store.operation(id(1)).await.unwrap().unwrap();
        assert_eq!((known.state, known.revision), (OperationState::Pending, 1));
        apply(&store, 3, [all(NOON.plus(Span::minutes(14)))]).await;
        let known = store.operation(id(1)).await.unwrap().unwrap();
        assert_eq!(known.state, OperationState::Held);
        let held = known.hold.unwrap();
        assert_eq!(held.reasons, [Reason::ContactFresh]);
        let due = store
            .operations_due(held.until.unwrap(), None, 9)
            .await
            .unwrap();
        assert_eq!(due, [(held.until.unwrap(), id(1))]);
        let early = held.until.unwrap().minus(Span(1));
        assert!(
            store
                .operations_due(early, None, 9)
                .await
                .unwrap()
                .is_empty()
        );
    }
}
