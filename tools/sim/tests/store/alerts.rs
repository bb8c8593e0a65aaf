//! Alerts: what two nodes find of one attack, and what is closed.
//!
//! **Invariant:** an attack has one row, with the most that anybody counted.

use super::stops::added as person;
use super::*;
use sekisho_core::attack::{Attack, AttackKind, Counts, Touch, Touched};
use sekisho_core::change::AlertChange;
use sekisho_core::housekeep::{ALERTS_KEPT, KEPT};
use sekisho_core::id::{AlertId, StaffId};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::policy::DutyPolicy;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, raw};
use sekisho_store::{AlertList, AlertQuestion};

fn attack(failures: u32, minutes: i64, touched: &[(u64, Touch)]) -> Attack {
    let one = |(number, how): &(u64, Touch)| Touched::first(customer(*number), *how, NOON);
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
        owners: 0,
        alone: [].into(),
    }
}

fn after(minutes: i64) -> Moment {
    NOON.plus(Span::minutes(minutes))
}

fn raised(attack: Attack, minutes: i64) -> Change {
    let at = after(minutes);
    Change::Alert(Box::new(AlertChange::Raised { attack, at }))
}

/// An alert that touched these customers at these moments, and its id.
pub(super) fn touching(touched: &[(u64, Moment)]) -> (Change, AlertId) {
    let one = |(number, at): &(u64, Moment)| Touched::first(customer(*number), Touch::Tried, *at);
    let attack = Attack {
        touched: touched.iter().map(one).collect(),
        ..attack(1, 1, &[])
    };
    let id = attack.id();
    (raised(attack, 1), id)
}

fn closed(minutes: i64) -> Change {
    let id = attack(1, 0, &[]).id();
    let at = after(minutes);
    Change::Alert(Box::new(AlertChange::Closed { id, at }))
}

fn taken(by: u64, seen: Option<i64>, minutes: i64) -> Change {
    Change::Alert(Box::new(AlertChange::Taken {
        id: attack(1, 0, &[]).id(),
        by: StaffId(raw(40, by)),
        seen: seen.map(after),
        at: after(minutes),
    }))
}

/// Changes of every kind, where the first person is there.
pub(super) fn changes() -> Vec<Change> {
    let attack = attack(1, 1, &[(1, Touch::Tried)]);
    vec![
        raised(attack, 1),
        taken(1, None, 2),
        closed(2),
        settled(1, 1),
    ]
}

#[tokio::test]
async fn an_alert_is_in_the_hands_it_was_seen_in_and_nobodys_once_it_opens_again() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let people = [person(1, "sato"), person(2, "tanaka")];
        apply(&store, 1, people).await;
        apply(&store, 2, [raised(attack(9, 5, &[]), 5)]).await;
        let id = attack(1, 0, &[]).id();
        let hands = async || store.alert(id).await.unwrap().unwrap().0.taken;
        assert_eq!(hands().await, None);
        stale(&store, 3, [taken(1, Some(5), 6)]).await;
        apply(&store, 4, [taken(1, None, 6)]).await;
        stale(&store, 5, [taken(2, None, 7)]).await;
        assert_eq!(hands().await, Some((StaffId(raw(40, 1)), after(6))));
        apply(&store, 6, [taken(2, Some(6), 7)]).await;
        assert_eq!(hands().await, Some((StaffId(raw(40, 2)), after(7))));
        apply(&store, 7, [closed(8)]).await;
        stale(&store, 8, [taken(1, Some(7), 9)]).await;
        // What was found before does not take it from anybody; what goes on does.
        apply(&store, 9, [raised(attack(1, 7, &[]), 9)]).await;
        assert!(hands().await.is_some());
        apply(&store, 10, [raised(attack(1, 10, &[]), 10)]).await;
        assert_eq!(hands().await, None);
    }
}

#[tokio::test]
async fn what_nobody_takes_in_time_is_counted() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, [person(1, "sato")]).await;
        let duty = DutyPolicy::default();
        let overdue = async |minutes| {
            let found = store.overdue_counted(&duty, after(minutes)).await;
            found.unwrap().alerts
        };
        // Somebody was entered: it is due after a quarter of an hour.
        apply(&store, 2, [raised(attack(9, 0, &[]), 0)]).await;
        assert_eq!((overdue(15).await, overdue(16).await), (0, 1));
        // The others have longer.
        for (number, proved, due) in [(3, 1, 60), (4, 0, 480)] {
            let mut other = attack(9, 0, &[]);
            other.value = [number; 16];
            (other.counts.proved, other.counts.entered) = (proved, 0);
            apply(&store, number.into(), [raised(other, 0)]).await;
            let before = i64::from(number) - 2;
            assert_eq!(overdue(due).await, before);
            assert_eq!(overdue(due + 1).await, before + 1);
        }
        apply(&store, 9, [taken(1, None, 6)]).await;
        assert_eq!(overdue(481).await, 2);
    }
}

fn settled(number: u64, minutes: i64) -> Change {
    Change::Alert(Box::new(AlertChange::Settled {
        alert: attack(1, 0, &[]).id(),
        customer: customer(number),
        touched: after(minutes),
        at: after(minutes + 1),
    }))
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

#[tokio::test]
async fn what_was_done_about_an_entry_is_done_once_for_each_moment() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let until = async || store.entering_settled(customer(1)).await.unwrap();
        assert_eq!(until().await, None);
        // Whatever the alert is, and whether it is there.
        apply(&store, 1, [settled(1, 3)]).await;
        stale(&store, 2, [settled(1, 3)]).await;
        assert_eq!(until().await, Some(after(3)));
        apply(&store, 3, [settled(1, 5)]).await;
        apply(&store, 4, [settled(2, 9)]).await;
        assert_eq!(until().await, Some(after(5)));
    }
}

#[tokio::test]
async fn alerts_that_were_closed_a_year_ago_are_removed_and_open_ones_stay() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let tried = [(1, Touch::Tried)];
        let mut open = attack(5, 0, &tried);
        open.value = [8; 16];
        let (gone, stays) = (attack(1, 0, &[]).id(), open.id());
        apply(
            &store,
            1,
            [raised(attack(5, 0, &tried), 0), raised(open, 0)],
        )
        .await;
        apply(&store, 2, [closed(1), settled(1, 1)]).await;
        let over = after(1).plus(ALERTS_KEPT).minus(KEPT);
        let messages = NOON;
        for (before, has) in [(over, false), (over.plus(Span(1)), true)] {
            // What is of two days is over long before.
            if !has {
                apply(&store, 3, [removed(before)]).await;
                assert_eq!(store.entering_settled(customer(1)).await.unwrap(), None);
            }
            assert_eq!(store.has_expired(before, messages).await.unwrap(), has);
        }
        apply(&store, 4, [removed(over.plus(Span(1)))]).await;
        assert_eq!(store.alert(gone).await.unwrap(), None);
        let (_, touched) = store.alert(stays).await.unwrap().unwrap();
        assert_eq!(touched.len(), 1);
        let contents = place.contents(&store).await.unwrap();
        assert_eq!(contents["alert_customer"].len(), 1);
    }
}

fn removed(before: Moment) -> Change {
    Change::ExpiredRemoved {
        before,
        messages: NOON,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_alerts_follow_one_another_without_a_gap_in_each_order() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let found = (1..=9).map(|number| {
            let mut one = attack(9, i64::from(number / 2), &[]);
            one.value = [number; 16];
            one.counts.entered = u32::from(number % 3);
            raised(one, 10)
        });
        apply(&store, 1, found).await;
        let all = store.alert_page(AlertList::All, None, 100).await.unwrap();
        let id = all[0].id;
        let at = after(11);
        apply(
            &store,
            2,
            [Change::Alert(Box::new(AlertChange::Closed { id, at }))],
        )
        .await;
        for (list, many) in [
            (AlertList::All, 9),
            (AlertList::Open, 8),
            (AlertList::Worst, 8),
        ] {
            let whole = store.alert_page(list, None, 100).await.unwrap();
            assert_eq!(whole.len(), many, "{list:?}");
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let page = store.alert_page(list, after, 2).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some((i64::from(last.counts.entered), last.last, last.id));
                paged.extend(page);
            }
            assert_eq!(paged, whole, "{list:?}");
        }
        let worst = store.alert_page(AlertList::Worst, None, 100).await.unwrap();
        assert!(worst.is_sorted_by_key(|one| std::cmp::Reverse(one.counts.entered)));
        assert_eq!(store.waiting_counted().await.unwrap().alerts, 8);
    }
}
