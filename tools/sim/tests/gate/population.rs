//! Counting everybody: behind the clock, once, by whichever node is there.

use sekisho_core::known::{Census, Headcount};
use sekisho_core::moment::Span;
use sekisho_core::outcome::Outcome;
use sekisho_core::proof::Method;
use sekisho_core::sighting::Trait;
use sekisho_gate::{Caller, Gate};
use sekisho_sim::installation::Installation;
use sekisho_store::FaultPoint;

use super::judge::{asked, decided};

const ALL: Census = Census::Shown(Trait::ALL);

async fn all(here: &Installation) -> (u64, u64) {
    let store = here.place.store().await.unwrap();
    let Headcount { logins, customers } = store.population(&[ALL]).await.unwrap().all();
    (logins, customers)
}

/// One access that ends well.
async fn well(here: &Installation, caller: &Caller) {
    let mut request = asked(caller);
    request.verified = vec![Method::Password, Method::MailCode];
    decided(&here.gate, request).await;
    here.pass(Span::seconds(1));
}

async fn counted_out(gate: &Gate) {
    while gate.count_some().await.unwrap() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_well_counts_once_and_behind_the_clock() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let first = decided(&here.gate, asked(&caller)).await;
        here.pass(Span::seconds(61));
        counted_out(&here.gate).await;
        assert_eq!(
            all(&here).await,
            (0, 0),
            "what waits for proof teaches nothing"
        );
        let done = Outcome::Completed;
        here.gate
            .outcome(&caller, first.id, done, None)
            .await
            .unwrap();
        well(&here, &caller).await;
        counted_out(&here.gate).await;
        assert_eq!(all(&here).await, (0, 0), "others may still be committing");
        here.pass(Span::seconds(61));
        let other = here.another_node().await.unwrap();
        let (one, two) = tokio::join!(here.gate.count_some(), other.count_some());
        assert!(!one.unwrap() && !two.unwrap());
        counted_out(&other).await;
        assert_eq!(all(&here).await, (2, 1));
        // Its own entries are nothing to count, and make no more of themselves.
        here.pass(Span::minutes(5));
        let store = here.place.store().await.unwrap();
        let before = here.place.contents(&store).await.unwrap();
        counted_out(&here.gate).await;
        assert_eq!(here.place.contents(&store).await.unwrap(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_dies_and_a_clock_that_is_set_back_neither_lose_nor_double_the_counts() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        for _ in 0..3 {
            well(&here, &caller).await;
        }
        here.pass(Span::seconds(61));
        for point in [
            FaultPoint::BeforeStatement(3),
            FaultPoint::AtFlush,
            FaultPoint::AnswerLost,
        ] {
            here.faults.arm(point);
            let done = here.gate.count_some().await;
            assert_eq!(done.is_ok(), point == FaultPoint::AnswerLost, "{point:?}");
        }
        let again = here.another_node().await.unwrap();
        counted_out(&again).await;
        assert_eq!(all(&here).await, (3, 1));
        // Set back by less than the counting is late: nothing is missed.
        here.pass(Span::seconds(-30));
        well(&here, &caller).await;
        here.pass(Span::seconds(120));
        counted_out(&again).await;
        assert_eq!(all(&here).await, (4, 1));
        // By nearly an hour: what is counted stays, and it goes on once the clock is there again.
        here.pass(Span::minutes(-50));
        counted_out(&again).await;
        here.pass(Span::minutes(50));
        well(&here, &caller).await;
        here.pass(Span::seconds(61));
        counted_out(&again).await;
        assert_eq!(all(&here).await, (5, 1));
    }
}
