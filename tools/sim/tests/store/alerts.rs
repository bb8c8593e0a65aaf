//! Alerts: what two nodes find of one attack, and what is closed.
//!
//! **Invariant:** an attack has one row, with the most that anybody counted.

use super::*;
use sekisho_core::attack::{Attack, AttackKind, Counts, Touch, Touched};
use sekisho_core::change::AlertChange;
use sekisho_core::moment::{Moment, Span};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer};
use sekisho_store::AlertQuestion;

fn attack(failures: u32, minutes: i64, touched: &[(u64, Touch)]) -> Attack {
    let one = |(number, how): &(u64, Touch)| Touched {
        customer: customer(*number),
        how: *how,
        at: NOON,
    };
    Attack {
        kind: AttackKind::List,
        value: [7; 16],
        label: "198.51.100.9".to_owned(),
        first: NOON,
        last: after(minutes),
        counts: Counts {
            attempts: failures + 1,
            failures,
            accounts: failures,
            strangers: 1,
            addresses: 1,
            proved: 0,
            entered: 1,
        },
        touched: touched.iter().map(one).collect(),
    }
}

fn after(minutes: i64) -> Moment {
    NOON.plus(Span::minutes(minutes))
}

fn raised(attack: Attack, minutes: i64) -> Change {
    let at = after(minutes);
    Change::Alert(Box::new(AlertChange::Raised { attack, at }))
}

fn closed(minutes: i64) -> Change {
    let id = attack(1, 0, &[]).id();
    let at = after(minutes);
    Change::Alert(Box::new(AlertChange::Closed { id, at }))
}

pub(super) fn changes() -> Vec<Change> {
    let attack = attack(1, 1, &[(1, Touch::Tried)]);
    vec![raised(attack, 1), closed(2)]
}

#[tokio::test]
async fn what_two_nodes_find_joins_and_what_goes_on_opens_again() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        let tried = [(1, Touch::Tried), (2, Touch::Entered)];
        apply(&store, 1, [raised(attack(9, 5, &tried), 5)]).await;
        // Another node is behind, and has seen what this one has not.
        apply(&store, 2, [raised(attack(4, 3, &[(1, Touch::Proved)]), 6)]).await;
        let id = attack(1, 0, &[]).id();
        let (known, touched) = store.alert(id).await.unwrap().unwrap();
        assert_eq!((known.counts.failures, known.last), (9, after(5)));
        assert_eq!((known.raised, known.closed), (after(5), None));
        let how: Vec<_> = touched.iter().map(|one| one.how).collect();
        assert_eq!(how, [Touch::Entered, Touch::Proved]);

        let open = AlertQuestion {
            closed: false,
            since: Some(after(5)),
            most: 9,
        };
        let count = async || store.alerts(open).await.unwrap().len();
        assert_eq!(count().await, 1);
        apply(&store, 3, [closed(8)]).await;
        stale(&store, 4, [closed(9)]).await;
        assert_eq!(count().await, 0);
        // What was found before it was closed does not open it; what goes on does.
        apply(&store, 5, [raised(attack(12, 7, &[]), 9)]).await;
        assert_eq!(count().await, 0);
        apply(&store, 6, [raised(attack(3, 10, &[]), 10)]).await;
        let again = store.alerts(open).await.unwrap();
        assert_eq!(
            (again.len(), again[0].raised, again[0].counts.failures),
            (1, after(10), 12)
        );
        let later = AlertQuestion {
            since: Some(after(11)),
            ..open
        };
        assert_eq!(store.alerts(later).await.unwrap(), []);
    }
}
