//! Recoveries: one of a kind, begun anew when it is over, ended once and by a freeze.
//!
//! **Invariant:** of many that would begin one, one does.

use super::changes::recovery;
use super::*;
use sekisho_core::known::{RecoveryKind, RecoveryKnown};
use sekisho_core::moment::Span;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer};

#[tokio::test]
async fn one_of_a_kind_waits_until_it_is_over_or_ended() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let (first, again) = (recovery(1), recovery(2));
        apply(&store, 1, [Change::RecoveryBegun(first)]).await;
        stale(&store, 2, [Change::RecoveryBegun(again)]).await;
        let thaw = RecoveryKnown {
            kind: RecoveryKind::Thaw,
            ..recovery(3)
        };
        apply(&store, 3, [Change::RecoveryBegun(thaw)]).await;
        let known = store.recoveries(customer(1)).await.unwrap();
        assert_eq!(known, [first, thaw]);
        assert!(store.recoveries(customer(2)).await.unwrap().is_empty());
        let late = RecoveryKnown {
            begun: first.expires,
            due: first.expires.plus(Span::days(1)),
            expires: first.expires.plus(Span::days(8)),
            ..again
        };
        apply(&store, 4, [Change::RecoveryBegun(late)]).await;
        stale(&store, 5, [Change::RecoveryEnded(first)]).await;
        apply(&store, 6, [Change::RecoveryEnded(late)]).await;
        stale(&store, 7, [Change::RecoveryEnded(late)]).await;
        assert_eq!(store.recoveries(customer(1)).await.unwrap(), [thaw]);
        for (number, who, left) in [(8, 2, 1), (9, 1, 0)] {
            let customer = customer(who);
            let ended = Change::SessionsEnded { customer, at: NOON };
            apply(&store, number, [ended]).await;
            let known = store.recoveries(sekisho_sim::sample::customer(1)).await;
            assert_eq!(known.unwrap().len(), left, "of customer {who}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_that_begin_or_end_one_does() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        for (round, change) in [
            (100, Change::RecoveryBegun as fn(RecoveryKnown) -> Change),
            (200, Change::RecoveryEnded),
        ] {
            let racers: Vec<_> = (0..64u64)
                .map(|racer| {
                    let store = store.clone();
                    let decision = sample::making(round + racer, [change(recovery(1))]);
                    tokio::spawn(async move { store.commit(&decision, &[]).await })
                })
                .collect();
            let mut landed = 0;
            for racer in racers {
                landed += usize::from(racer.await.unwrap().unwrap() == Committal::Committed);
            }
            assert_eq!(landed, 1);
        }
    }
}
