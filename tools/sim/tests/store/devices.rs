//! Tokens of remembered devices: issued, replaced, retired, raced for and removed.
//!
//! **Invariant:** a token that was retired gives no other one.

use super::*;
use sekisho_core::bytes::TokenHash;
use sekisho_core::change::{DeviceRemembered, DeviceRotated};
use sekisho_core::device::{GRACE, KEPT};
use sekisho_core::id::DeviceId;
use sekisho_core::known::DeviceKnown;
use sekisho_core::moment::{Moment, Span};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, long, raw};

fn token(number: u64) -> TokenHash {
    TokenHash(long(9, number))
}

fn later(minutes: i64) -> Moment {
    NOON.plus(Span::minutes(minutes))
}

fn remembered(number: u64) -> Change {
    Change::DeviceRemembered(DeviceRemembered {
        id: DeviceId(raw(9, number)),
        customer: customer(number),
        token: token(number),
        client: None,
        at: NOON,
    })
}

/// `to` replaces `from` on device 1.
fn rotated(from: u64, to: u64, at: Moment) -> DeviceRotated {
    DeviceRotated {
        id: DeviceId(raw(9, 1)),
        customer: customer(1),
        presented: token(from),
        issued: token(to),
        at,
        spared: at.minus(GRACE),
    }
}

fn change(from: u64, to: u64, at: Moment) -> [Change; 1] {
    [Change::DeviceRotated(rotated(from, to, at))]
}

async fn known(store: &Store, number: u64) -> DeviceKnown {
    store.device(token(number)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_token_is_retired_when_its_successor_comes_and_never_before() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        apply(&store, 1, [remembered(1), remembered(2)]).await;
        apply(&store, 2, change(1, 11, later(1))).await;
        // The answer was lost, and days later the first one comes again.
        apply(&store, 3, change(1, 12, later(9000))).await;
        assert_eq!(known(&store, 1).await.retired, None);
        assert_eq!(known(&store, 11).await.retired, Some(later(9000)));
        // Two tabs at once: either answer may be the one that stays.
        apply(&store, 4, change(1, 13, later(9001))).await;
        for number in [12, 13] {
            assert_eq!(known(&store, number).await.retired, None);
        }
        apply(&store, 5, change(12, 14, later(9002))).await;
        for number in [1, 13] {
            assert_eq!(known(&store, number).await.retired, Some(later(9002)));
        }
        assert_eq!(known(&store, 11).await.retired, Some(later(9000)), "stays");
        for number in [12, 14] {
            let device = known(&store, number).await;
            assert_eq!((device.retired, device.last), (None, later(9002)));
        }
        stale(&store, 6, change(13, 15, later(9003))).await;
        stale(&store, 7, change(99, 15, later(9003))).await;
        let mut foreign = rotated(2, 15, later(9003));
        stale(&store, 8, [Change::DeviceRotated(foreign)]).await;
        foreign.id = DeviceId(raw(9, 2));
        stale(&store, 9, [Change::DeviceRotated(foreign)]).await;
        assert_eq!(known(&store, 2).await.retired, None, "another device");
    }
}

/// The successor comes while the token that it replaced is presented 63 times more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_wins_a_race_no_token_of_the_winner_is_lost() {
    for place in Place::each().await.unwrap() {
        let stores = [place.store().await.unwrap(), place.store().await.unwrap()];
        found(&stores[0]).await;
        apply(&stores[0], 1, [remembered(1)]).await;
        apply(&stores[0], 2, change(1, 2, later(1))).await;
        let racers: Vec<_> = (0..64u64)
            .map(|racer| {
                let store = stores[usize::from(racer % 2 == 0)].clone();
                let from = if racer == 32 { 2 } else { 1 };
                let changes = change(from, 100 + racer, later(2));
                let decision = sample::making(10 + racer, changes);
                tokio::spawn(async move { store.commit(&decision, &[]).await })
            })
            .collect();
        let mut landed = Vec::new();
        for racer in racers {
            landed.push(racer.await.unwrap().unwrap() == Committal::Committed);
        }
        assert!(landed[32], "a current token is always taken");
        for number in [2, 132] {
            assert_eq!(known(&stores[0], number).await.retired, None, "{landed:?}");
        }
        assert_eq!(known(&stores[0], 1).await.retired, Some(later(2)));
        for (racer, landed) in (0..64).zip(landed).filter(|(racer, _)| *racer != 32) {
            let child = stores[1].device(token(100 + racer)).await.unwrap();
            assert_eq!(child.is_some(), landed, "{racer}");
            assert!(child.is_none_or(|child| child.retired.is_some()));
        }
    }
}

#[tokio::test]
async fn retired_tokens_are_known_as_long_as_a_browser_keeps_them() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, [remembered(1)]).await;
        apply(&store, 2, change(1, 2, NOON)).await;
        apply(&store, 3, change(2, 3, NOON)).await;
        for (number, span, stays) in [(4, 0, true), (5, 1, false)] {
            let before = NOON.plus(KEPT).plus(Span(span));
            let messages = NOON;
            assert_eq!(store.has_expired(before, messages).await.unwrap(), !stays);
            let removed = Change::ExpiredRemoved { before, messages };
            apply(&store, number, [removed]).await;
            assert_eq!(store.device(token(1)).await.unwrap().is_some(), stays);
        }
        assert!(store.device(token(3)).await.unwrap().is_some(), "current");
    }
}
