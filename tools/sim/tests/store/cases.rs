//! Cases, and how far the daily look has got.
//!
//! **Invariant:** a case that is closed stays as it is, and one procedure has one of each source.

use super::*;
use sekisho_core::access::{Act, OperationKind};
use sekisho_core::change::{CaseChange, CaseOpened};
use sekisho_core::id::{CaseId, DecisionId};
use sekisho_core::known::{CaseEnd, Worry};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sweep::{Finding, Suspicion};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, raw, reference};
use sekisho_store::{CaseList, CaseQuestion};

use super::stops::person;

fn opened(number: u64, worry: Worry, about: u64) -> Change {
    Change::Case(CaseChange::Opened(Box::new(CaseOpened {
        id: CaseId(raw(41, number)),
        customer: customer(1),
        worry,
        about: DecisionId(raw(42, about)),
        act: Act::Confirm(OperationKind::parse("withdraw").unwrap()),
        done: NOON.minus(Span::days(3)),
        asked: number == 3,
        by: None,
        at: NOON.plus(Span::minutes(i64::try_from(number).unwrap())),
    })))
}

fn taken(number: u64, revision: i64) -> Change {
    Change::Case(CaseChange::Taken {
        id: CaseId(raw(41, number)),
        revision,
        by: person(1, "x1").id,
        at: NOON,
    })
}

fn closed(number: u64, revision: i64) -> Change {
    Change::Case(CaseChange::Closed {
        id: CaseId(raw(41, number)),
        revision,
        by: person(1, "x1").id,
        at: NOON,
        end: CaseEnd::Fraud,
    })
}

fn asked(about: u64, worry: Worry) -> Change {
    let about = DecisionId(raw(42, about));
    Change::Case(CaseChange::Asked { about, worry })
}

fn noted(number: u64, about: u64) -> Change {
    Change::Case(CaseChange::Noted {
        id: CaseId(raw(41, about)),
        decision: DecisionId(raw(44, number)),
        by: person(1, "x1").id,
        at: NOON,
        sealed: sekisho_core::bytes::Sealed(vec![7; 40]),
    })
}

fn looked(seen: Option<Moment>, until: Moment) -> Change {
    Change::Case(CaseChange::Looked { seen, until })
}

const TOUCHED: Worry = Worry::Operation(Finding::Touched);
const ALARM: Worry = Worry::Withdrawal(Suspicion::Alarm);

/// After a person was added.
pub(super) fn changes() -> Vec<Change> {
    vec![
        opened(9, TOUCHED, 9),
        asked(9, TOUCHED),
        taken(9, 2),
        noted(9, 9),
        closed(9, 3),
        looked(None, NOON),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_procedure_has_one_case_of_each_source_and_the_most_worrying_come_first() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, sample::newcomer(1).unwrap()).await;
        let new = Worry::Operation(Finding::New);
        apply(&store, 2, [opened(1, new, 1)]).await;
        apply(&store, 3, [opened(2, ALARM, 1)]).await;
        apply(&store, 4, [opened(3, TOUCHED, 2)]).await;
        stale(&store, 5, [opened(4, TOUCHED, 2)]).await;
        stale(&store, 6, [opened(5, new, 2)]).await;
        let waiting = store.cases(&CaseQuestion::Waiting, 10).await.unwrap();
        let worries: Vec<_> = waiting.iter().map(|case| case.worry).collect();
        assert_eq!(worries, [ALARM, TOUCHED, new]);
        assert_eq!(store.waiting_cases().await.unwrap(), 3);
        let two = store.cases(&CaseQuestion::Waiting, 2).await.unwrap();
        assert_eq!(two, waiting[..2]);
        let of = CaseQuestion::Of(reference(1).unwrap());
        let newest = store.cases(&of, 10).await.unwrap();
        assert_eq!(newest[0].worry, TOUCHED);
        let since = CaseQuestion::Since(NOON.plus(Span::minutes(2)));
        assert_eq!(store.cases(&since, 10).await.unwrap().len(), 2);
        let about = |number| DecisionId(raw(42, number));
        let of = async |number, worry| store.case_about(about(number), worry).await.unwrap();
        assert_eq!(of(2, TOUCHED).await, (true, true));
        assert_eq!(of(2, ALARM).await, (false, true), "asked in the other one");
        assert_eq!(of(1, ALARM).await, (true, false));
        apply(&store, 7, [asked(1, ALARM)]).await;
        stale(&store, 8, [asked(1, ALARM)]).await;
        assert_eq!(of(1, new).await, (true, true));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_changed_as_it_was_seen_and_not_after_its_end() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, sample::newcomer(1).unwrap()).await;
        apply(&store, 2, [super::stops::added(1, "x1")]).await;
        apply(&store, 3, [opened(1, TOUCHED, 1)]).await;
        apply(&store, 4, [taken(1, 1)]).await;
        stale(&store, 5, [taken(1, 1)]).await;
        apply(&store, 6, [closed(1, 2)]).await;
        for again in [taken(1, 3), closed(1, 3)] {
            stale(&store, 7, [again]).await;
        }
        let (case, whose) = store.case(CaseId(raw(41, 1))).await.unwrap().unwrap();
        assert_eq!(whose, customer(1));
        let who = person(1, "x1").id;
        assert_eq!(case.closed, Some((who, NOON, CaseEnd::Fraud)));
        assert_eq!(case.taken, Some((who, NOON)));
        assert_eq!(store.case(CaseId(raw(41, 2))).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_look_goes_on_from_where_it_was_seen() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        assert_eq!(store.daily_look().await.unwrap(), None);
        let day = NOON.plus(Span::days(1));
        apply(&store, 1, [looked(None, NOON)]).await;
        stale(&store, 2, [looked(None, NOON)]).await;
        apply(&store, 3, [looked(Some(NOON), day)]).await;
        stale(&store, 4, [looked(Some(NOON), day)]).await;
        assert_eq!(store.daily_look().await.unwrap(), Some(day));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_without_a_gap_and_notes_stand_in_their_order() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, sample::newcomer(1).unwrap()).await;
        apply(&store, 2, [super::stops::added(1, "x1")]).await;
        let cases = (1..=9).map(|number| {
            opened(
                number,
                [TOUCHED, ALARM][usize::from(number % 2 == 0)],
                number,
            )
        });
        apply(&store, 3, cases).await;
        apply(
            &store,
            4,
            [taken(4, 1), taken(5, 1), noted(2, 4), noted(1, 4)],
        )
        .await;
        let person = person(1, "x1").id;
        for (list, many) in [
            (CaseList::Waiting, 9),
            (CaseList::All, 9),
            (CaseList::Of(person), 2),
        ] {
            let whole = store.case_page(list, None, 100).await.unwrap();
            assert_eq!(whole.len(), many, "{list:?}");
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let page = store.case_page(list, after, 2).await.unwrap();
                let Some(last) = page.last() else { break };
                let rank = i64::from(last.worry.place().unwrap());
                after = Some((rank, last.opened, last.id));
                paged.extend(page);
            }
            assert_eq!(paged, whole, "{list:?}");
        }
        let waiting = store.case_page(CaseList::Waiting, None, 100).await.unwrap();
        assert!(waiting[0].worry == ALARM && waiting[8].worry == TOUCHED);
        let notes = store.case_notes(CaseId(raw(41, 4))).await.unwrap();
        let order: Vec<_> = notes.iter().map(|note| note.decision).collect();
        assert_eq!(order, [DecisionId(raw(44, 1)), DecisionId(raw(44, 2))]);
        assert_eq!(store.waiting_counted().await.unwrap().cases, 9);
    }
}
