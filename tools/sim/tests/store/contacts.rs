//! Changes of contact and remembered devices: what is loaded afterwards, and what undoes them.
//!
//! **Invariant:** a channel that is retired and a device that is forgotten are found nowhere but
//! where they are asked for as such.

use super::*;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::{CounterKey, TokenHash};
use sekisho_core::change::{DeviceRemembered, HoldChange};
use sekisho_core::id::{ChannelId, DeviceId, OperationId, SessionId};
use sekisho_core::known::{ChannelKnown, ChannelPurpose, ContactChangeKnown};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::operation::OperationState;
use sekisho_core::text::Line;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, decision_id, hold, index, long, raw};

fn channel(number: u64) -> ChannelId {
    ChannelId(raw(4, number))
}

fn added(number: u64, purpose: ChannelPurpose) -> Change {
    Change::ChannelAdded(ChannelKnown {
        id: channel(number),
        customer: customer(1),
        kind: ChannelKind::Mail,
        purpose,
        sealed: Sealed(vec![4; 60]),
        index: index(number),
        verified: Some(NOON),
    })
}

fn changed(number: u64, to: u64, from: u64) -> Change {
    Change::ContactChanged(ContactChangeKnown {
        decision: decision_id(number),
        customer: customer(1),
        added: channel(to),
        retired: Some(channel(from)),
        at: NOON.plus(Span::minutes(i64::try_from(number).unwrap())),
    })
}

fn retired(number: u64) -> Change {
    Change::ChannelRetired {
        id: channel(number),
        at: NOON,
    }
}

fn restored(number: u64) -> Change {
    Change::ChannelRestored {
        id: channel(number),
    }
}

fn undone(number: u64) -> Change {
    Change::ContactUndone {
        decision: decision_id(number),
        at: NOON,
    }
}

async fn reached(store: &Store) -> Vec<ChannelId> {
    let channels = store.channels(customer(1)).await.unwrap();
    channels.iter().map(|channel| channel.id).collect()
}

#[tokio::test]
async fn a_retired_channel_is_no_login_and_comes_back() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let login = ChannelPurpose::Login;
        apply(&store, 10, [added(7, login), retired(1), changed(10, 7, 1)]).await;
        stale(&store, 11, [retired(1)]).await;
        assert_eq!(reached(&store).await, [channel(7)]);
        assert!(store.logins(&index(1)).await.unwrap().is_empty());
        assert_eq!(store.logins(&index(7)).await.unwrap().len(), 1);
        let known = store.channel(channel(1)).await.unwrap().unwrap();
        assert_eq!((known.id, known.purpose), (channel(1), login));
        apply(&store, 12, [added(8, login), retired(7), changed(12, 8, 7)]).await;

        let since = store.contact_changes(customer(1), NOON).await.unwrap();
        let order: Vec<_> = since
            .iter()
            .map(|known| (known.added, known.retired))
            .collect();
        assert_eq!(
            order,
            [
                (channel(8), Some(channel(7))),
                (channel(7), Some(channel(1)))
            ]
        );
        let twelve = NOON.plus(Span::minutes(12));
        for (owner, since, many) in [(1, twelve, 1), (1, twelve.plus(Span(1)), 0), (2, NOON, 0)] {
            let found = store.contact_changes(customer(owner), since).await.unwrap();
            assert_eq!(found.len(), many, "{since:?}");
        }
        apply(
            &store,
            13,
            [
                undone(12),
                retired(8),
                restored(7),
                undone(10),
                retired(7),
                restored(1),
            ],
        )
        .await;
        stale(&store, 14, [undone(12)]).await;
        stale(&store, 15, [restored(1)]).await;
        assert_eq!(reached(&store).await, [channel(1)]);
        assert_eq!(store.logins(&index(1)).await.unwrap().len(), 1);
        let left = store.contact_changes(customer(1), NOON).await.unwrap();
        assert_eq!(left, []);
    }
}

#[tokio::test]
async fn a_dedicated_address_is_told_and_does_not_sign_in() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 10, [added(7, ChannelPurpose::Notice)]).await;
        assert_eq!(reached(&store).await, [channel(1), channel(7)]);
        assert!(store.logins(&index(7)).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_released_login_is_free_and_given_back_unless_taken() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        let name = CounterKey([9; 16]);
        let claimed = |who| Change::LoginClaimed {
            name,
            customer: customer(who),
        };
        let restored = |who| Change::LoginRestored {
            name,
            customer: customer(who),
        };
        let released = |who| Change::LoginReleased {
            name,
            customer: customer(who),
        };
        apply(&store, 1, [claimed(1)]).await;
        stale(&store, 2, [claimed(2)]).await;
        apply(&store, 3, [released(2)]).await;
        stale(&store, 4, [claimed(2)]).await;
        apply(&store, 5, [released(1), restored(1)]).await;
        stale(&store, 6, [claimed(2)]).await;
        apply(&store, 7, [released(1)]).await;
        apply(&store, 8, [claimed(2)]).await;
        apply(&store, 9, [restored(1)]).await;
        apply(&store, 10, [released(1)]).await;
        stale(&store, 11, [claimed(1)]).await;
    }
}

#[tokio::test]
async fn a_change_of_contact_is_known_of_the_customer_and_holds_open_operations() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let kind = |word| OperationKind::parse(word).unwrap();
        for (number, word) in [(1, "withdraw"), (2, "trade"), (3, "withdraw")] {
            let mut operation = sample::operation(number, &kind(word));
            operation.customer = customer(1);
            if number == 3 {
                operation.state = OperationState::Refused;
            }
            apply(
                &store,
                number,
                [Change::OperationCreated(Box::new(operation))],
            )
            .await;
        }
        let changed = |revision| Change::CustomerContactChanged {
            id: customer(1),
            revision,
            at: NOON,
        };
        let held = |at: Moment| {
            Change::Hold(Box::new(HoldChange::AllHeld {
                customer: customer(1),
                kinds: vec![kind("withdraw"), kind("payout_account_change")],
                hold: hold(at),
                confirmed: at.minus(Span::seconds(60)),
            }))
        };
        apply(&store, 10, [changed(1), held(NOON)]).await;
        stale(&store, 11, [changed(1)]).await;
        let known = store.customer(customer(1)).await.unwrap().unwrap();
        assert_eq!((known.contact_changed, known.revision), (Some(NOON), 2));
        let mut states = Vec::new();
        for number in 1..=3 {
            let operation = store.operation(OperationId(raw(10, number))).await.unwrap();
            let operation = operation.unwrap();
            states.push((operation.state, operation.revision));
        }
        let expected = [
            (OperationState::Held, 2),
            (OperationState::Pending, 1),
            (OperationState::Refused, 1),
        ];
        assert_eq!(states, expected);
        // What is held already waits anew, and never for less.
        let later = NOON.plus(Span::hours(1));
        for (number, at) in [(12, later), (13, NOON)] {
            apply(&store, number, [held(at)]).await;
            let operation = store.operation(OperationId(raw(10, 1))).await.unwrap();
            let operation = operation.unwrap();
            assert_eq!(operation.state, OperationState::Held);
            let until = operation.hold.unwrap().until;
            assert_eq!(until, hold(later).until, "{number}");
        }
    }
}

#[tokio::test]
async fn a_device_is_listed_named_and_forgotten_by_its_customer_alone() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        let (id, token) = (DeviceId(raw(9, 1)), TokenHash(long(9, 1)));
        let remembered = Change::DeviceRemembered(DeviceRemembered {
            id,
            customer: customer(1),
            token,
            client: Line::parse("firefox/linux").ok(),
            at: NOON,
        });
        apply(&store, 1, [remembered, sample::session(1)]).await;
        let mut other = sample::session(2);
        if let Change::SessionOpened {
            customer: whose,
            device,
            ..
        } = &mut other
        {
            (*whose, *device) = (customer(1), Some(id));
        }
        apply(&store, 2, [other]).await;
        let named = |who| Change::DeviceNamed {
            id,
            customer: customer(who),
            name: Some(Sealed(vec![9; 40])),
        };
        stale(&store, 3, [named(2)]).await;
        apply(&store, 4, [named(1)]).await;
        let listed = store.devices(customer(1)).await.unwrap();
        assert_eq!((listed.len(), listed[0].id), (1, id));
        assert_eq!(listed[0].name, Some(Sealed(vec![9; 40])));
        assert_eq!((listed[0].created, listed[0].last), (NOON, NOON));
        assert!(store.devices(customer(2)).await.unwrap().is_empty());

        let forgotten = |who| Change::DeviceForgotten {
            id,
            customer: customer(who),
            but: SessionId(raw(8, 1)),
            at: NOON,
        };
        stale(&store, 5, [forgotten(2)]).await;
        let known = store.device(token).await.unwrap().unwrap();
        assert_eq!((known.forgotten, known.retired), (None, None));
        apply(&store, 6, [forgotten(1)]).await;
        stale(&store, 7, [forgotten(1)]).await;
        stale(&store, 8, [named(1)]).await;
        assert!(store.devices(customer(1)).await.unwrap().is_empty());
        let known = store.device(token).await.unwrap().unwrap();
        assert_eq!((known.customer, known.forgotten), (customer(1), Some(NOON)));
        let session = |number| TokenHash(long(8, number));
        assert!(
            store.session(session(1)).await.unwrap().is_some(),
            "this one"
        );
        assert!(store.session(session(2)).await.unwrap().is_none());
    }
}
