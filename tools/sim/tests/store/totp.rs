//! Authenticator apps.
//!
//! **Invariant:** there is one for a customer, and a step of it is taken once, when confirmed.

use super::*;
use sekisho_core::change::TotpChange;
use sekisho_core::id::{CredentialId, SessionId};
use sekisho_core::known::TotpKnown;
use sekisho_core::moment::{Moment, Span};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, raw};

/// App `number` of customer 1, not confirmed.
fn totp(number: u64) -> TotpKnown {
    TotpKnown {
        id: CredentialId(raw(22, number)),
        customer: customer(1),
        session: SessionId(raw(8, 1)),
        secret: Sealed(vec![22; 90]),
        begun: NOON,
        confirmed: None,
        step: 0,
        last: None,
        revision: 1,
    }
}

fn begun(number: u64) -> Change {
    Change::Totp(TotpChange::Begun(Box::new(totp(number))))
}

fn confirmed(number: u64, step: i64) -> Change {
    Change::Totp(TotpChange::Confirmed {
        id: totp(number).id,
        revision: 1,
        step,
        at: NOON,
    })
}

fn used(revision: i64, step: i64) -> Change {
    Change::Totp(TotpChange::Used {
        id: totp(2).id,
        revision,
        step,
        at: NOON.plus(Span::hours(1)),
    })
}

fn undone(since: Moment) -> Change {
    let customer = customer(1);
    Change::Totp(TotpChange::Undone { customer, since })
}

fn removed(revision: i64) -> Change {
    let id = totp(2).id;
    Change::Totp(TotpChange::Removed { id, revision })
}

pub(super) fn changes() -> Vec<Change> {
    let undone = undone(NOON);
    vec![begun(2), confirmed(2, 5), used(2, 6), removed(3), undone]
}

#[tokio::test]
async fn an_app_counts_once_it_is_confirmed_and_each_step_of_it_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        assert_eq!(store.totp(customer(1)).await.unwrap(), None);
        apply(&store, 11, [begun(1)]).await;
        assert_eq!(store.totp(customer(1)).await.unwrap(), Some(totp(1)));
        // Begun anew: the first one is gone.
        apply(&store, 12, [begun(2)]).await;
        assert_eq!(store.totp(customer(1)).await.unwrap(), Some(totp(2)));
        stale(&store, 13, [confirmed(1, 5)]).await;
        stale(&store, 14, [used(1, 5)]).await;
        apply(&store, 15, [confirmed(2, 5)]).await;
        stale(&store, 16, [confirmed(2, 5)]).await;
        stale(&store, 17, [begun(3)]).await;
        stale(&store, 18, [used(2, 5)]).await;
        stale(&store, 19, [used(1, 6)]).await;
        apply(&store, 20, [used(2, 6)]).await;
        stale(&store, 21, [used(2, 7)]).await;
        stale(&store, 22, [used(3, 6)]).await;
        let expected = TotpKnown {
            confirmed: Some(NOON),
            step: 6,
            last: Some(NOON.plus(Span::hours(1))),
            revision: 3,
            ..totp(2)
        };
        assert_eq!(store.totp(customer(1)).await.unwrap(), Some(expected));
        assert_eq!(store.totp(customer(2)).await.unwrap(), None);
        stale(&store, 23, [removed(2)]).await;
        apply(&store, 24, [removed(3)]).await;
        assert_eq!(store.totp(customer(1)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_was_begun_since_then_is_gone_confirmed_or_not() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 11, [begun(1), confirmed(1, 5)]).await;
        apply(&store, 12, [undone(NOON.plus(Span(1)))]).await;
        assert!(store.totp(customer(1)).await.unwrap().is_some());
        apply(&store, 13, [undone(NOON)]).await;
        assert_eq!(store.totp(customer(1)).await.unwrap(), None);
    }
}
