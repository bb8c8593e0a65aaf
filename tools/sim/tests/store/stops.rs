//! Stops, the people who make them, and the epoch that decisions rest on.

use super::*;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::TokenHash;
use sekisho_core::change::{DeskChange, StaffChange, Stands, StopChange};
use sekisho_core::id::{CallId, GrantId, OperationId, StaffId, StopId};
use sekisho_core::known::{
    Left, StaffKnown, StaffName, StaffRole, StopKnown, StopMessage, StopProposal, StopScope, Way,
    Word,
};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::operation::OperationState;
use sekisho_core::text::Line;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{APPLICATION, NOON, long, raw};

pub(super) fn person(number: u64, name: &str) -> StaffKnown {
    StaffKnown {
        id: StaffId(raw(40, number)),
        name: StaffName::parse(name).unwrap(),
        roles: vec![StaffRole::Approver, StaffRole::Operations],
        hash: TokenHash(long(40, number)),
        created: NOON,
        given: NOON,
        founded: NOON,
        disabled: None,
        revision: 1,
    }
}

pub(super) fn added(number: u64, name: &str) -> Change {
    Change::Staff(StaffChange::Added(person(number, name)))
}

fn stop(number: u64, ends: Option<Moment>) -> StopKnown {
    StopKnown {
        id: StopId(raw(41, number)),
        scope: StopScope {
            kind: OperationKind::parse("withdraw"),
            application: Some(APPLICATION),
            channel: Word::parse("web"),
            segment: Word::parse("corporate"),
        },
        reason: Line::parse("案件 2020-9").unwrap(),
        message: StopMessage {
            ja: Line::parse("停止しています。").unwrap(),
            en: Line::parse("Stopped.").unwrap(),
        },
        left: vec![Left::Desk, Left::Paper],
        by: StaffId(raw(40, 1)),
        made: NOON,
        begins: Some(NOON),
        ends,
        proposal: None,
        lifted: None,
        revision: 1,
    }
}

fn made(stop: StopKnown, epoch: i64) -> Change {
    let stop = Box::new(stop);
    Change::Stop(StopChange::Made { stop, epoch })
}

/// Changes of every kind, for a database without stops.
pub(super) fn changes() -> Vec<Change> {
    vec![
        added(1, "sato"),
        made(stop(1, None), 0),
        Change::Desk(DeskChange::CallOpened {
            id: CallId(raw(42, 1)),
            customer: sample::customer(1),
            staff: person(1, "x1").id,
            at: NOON,
            ends: NOON.plus(Span::minutes(30)),
        }),
        Change::Desk(DeskChange::Asked {
            operation: OperationId(raw(10, 1)),
            call: CallId(raw(42, 1)),
            staff: person(1, "x1").id,
        }),
    ]
}

#[tokio::test]
async fn a_person_has_a_name_of_their_own_and_changes_at_the_revision_that_was_read() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, [added(1, "sato")]).await;
        stale(&store, 2, [added(2, "sato")]).await;
        let known = person(1, "sato");
        assert_eq!(store.staff(&known.name).await.unwrap(), Some(known.clone()));
        let id = known.id;
        let rotated = |revision, number| {
            let hash = TokenHash(long(40, number));
            let given = NOON.plus(Span::hours(1));
            Change::Staff(StaffChange::Rotated {
                id,
                revision,
                hash,
                given,
            })
        };
        let stands = |revision| Change::Stands(Stands::Staff { id, revision });
        apply(&store, 3, [rotated(1, 7)]).await;
        stale(&store, 4, [rotated(1, 8)]).await;
        stale(&store, 5, [stands(1)]).await;
        apply(&store, 6, [stands(2)]).await;
        let disabled = |revision| {
            let at = NOON;
            Change::Staff(StaffChange::Disabled { id, revision, at })
        };
        apply(&store, 7, [disabled(2)]).await;
        stale(&store, 8, [disabled(3)]).await;
        stale(&store, 9, [stands(3)]).await;
        let people = store.all_staff().await.unwrap();
        assert_eq!(people.len(), 1);
        let now = (people[0].disabled, people[0].hash, people[0].revision);
        assert_eq!(now, (Some(NOON), TokenHash(long(40, 7)), 3));
        assert_eq!(people[0].given, NOON.plus(Span::hours(1)));
    }
}

#[tokio::test]
async fn a_stop_is_kept_whole_and_counts_the_epoch_whenever_another_set_is_stopped() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, [added(1, "sato"), added(2, "tanaka")]).await;
        assert_eq!(store.stops(NOON).await.unwrap().epoch, 0);
        let later = NOON.plus(Span::hours(2));
        let known = stop(1, Some(later));
        stale(&store, 2, [made(known.clone(), 1)]).await;
        apply(&store, 3, [made(known.clone(), 0)]).await;
        let stops = store.stops(NOON).await.unwrap();
        assert_eq!((stops.epoch, stops.listed), (1, vec![known.clone()]));
        assert!(store.stops(later).await.unwrap().listed.is_empty());
        let proposal = StopProposal {
            by: StaffId(raw(40, 2)),
            at: NOON,
            end: Some(NOON.plus(Span::hours(1))),
        };
        let (id, revision) = (known.id, 1);
        let proposed = Change::Stop(StopChange::Proposed {
            id,
            revision,
            proposal,
        });
        apply(&store, 4, [proposed.clone()]).await;
        stale(&store, 5, [proposed]).await;
        let (found, stops) = store.stop(id, NOON).await.unwrap();
        assert_eq!(
            found.as_ref().and_then(|stop| stop.proposal),
            Some(proposal)
        );
        assert_eq!(stops.epoch, 1, "a wish stops and lifts nothing");
        let end_set = |revision, epoch| {
            let ends = None;
            Change::Stop(StopChange::EndSet {
                id,
                revision,
                ends,
                epoch,
            })
        };
        stale(&store, 6, [end_set(2, 0)]).await;
        apply(&store, 7, [end_set(2, 1)]).await;
        let lifted = |revision, epoch| {
            let (by, at) = (StaffId(raw(40, 2)), NOON);
            Change::Stop(StopChange::Lifted {
                id,
                revision,
                by,
                at,
                epoch,
            })
        };
        apply(&store, 8, [lifted(3, 2)]).await;
        stale(&store, 9, [lifted(4, 3)]).await;
        let stops = store.stops(NOON).await.unwrap();
        assert_eq!((stops.epoch, stops.listed.len()), (3, 0));
        let all = store.newest_stops(10).await.unwrap();
        assert_eq!(all[0].lifted, Some((StaffId(raw(40, 2)), NOON)));
        assert_eq!((all[0].ends, all[0].proposal), (None, None));
    }
}

#[tokio::test]
async fn a_node_whose_clock_is_behind_sees_what_stands_among_all_that_is_over_elsewhere() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, [added(1, "sato")]).await;
        for number in 1..=100 {
            let over = stop(number, Some(NOON.plus(Span::minutes(1))));
            let epoch = i64::try_from(number).unwrap() - 1;
            apply(&store, 1 + number, [made(over, epoch)]).await;
        }
        let standing = [stop(201, Some(NOON.plus(Span::hours(2)))), stop(202, None)];
        for (epoch, standing) in (100..).zip(&standing) {
            let number = u64::try_from(epoch).unwrap() + 2;
            apply(&store, number, [made(standing.clone(), epoch)]).await;
        }
        let listed = store.stops(NOON).await.unwrap().listed;
        assert_eq!(listed.len(), 102);
        assert!(standing.iter().all(|one| listed.contains(one)));
    }
}

#[tokio::test]
async fn an_operation_keeps_by_which_channel_it_was_asked_for() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let said = [
            Way::default(),
            Way {
                channel: Word::parse("web"),
                segments: Some(Vec::new()),
            },
            Way {
                channel: None,
                segments: Some(vec![Word::parse("a").unwrap(), Word::parse("b-2").unwrap()]),
            },
        ];
        for (number, way) in (1..).zip(said) {
            let mut operation = sample::operation(number, &OperationKind::parse("x").unwrap());
            operation.customer = sample::customer(1);
            operation.way = way.clone();
            let id = operation.id;
            apply(
                &store,
                number,
                [Change::OperationCreated(Box::new(operation))],
            )
            .await;
            let (known, _) = store.operation_and_stops(id, NOON).await.unwrap().unwrap();
            assert_eq!(known.way, way);
        }
    }
}

/// Confirmations that saw no stop, committed from two nodes while a third one makes it: what is
/// confirmed when the stop was answered is all that ever is.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_decision_lands_before_the_stop_or_not_at_all() {
    for place in Place::each().await.unwrap() {
        let nodes = [
            place.store().await.unwrap(),
            place.store().await.unwrap(),
            place.store().await.unwrap(),
        ];
        found(&nodes[0]).await;
        apply(&nodes[0], 902, [added(1, "sato")]).await;
        for number in 1..=200 {
            let mut operation = sample::operation(number, &OperationKind::parse("x").unwrap());
            operation.customer = sample::customer(1);
            apply(
                &nodes[0],
                number,
                [Change::OperationCreated(Box::new(operation))],
            )
            .await;
        }
        let epoch = nodes[0].stops(NOON).await.unwrap().epoch;
        let mut racing = tokio::task::JoinSet::new();
        for number in 1..=200_u64 {
            let store = nodes[usize::from(number % 2 == 0)].clone();
            let grant = sekisho_core::change::GrantIssued {
                id: GrantId(raw(17, number)),
                methods: Vec::new(),
                acr: None,
                proved: NOON,
            };
            let moved = Change::OperationMoved {
                id: OperationId(raw(10, number)),
                revision: 1,
                to: OperationState::Confirmed,
                at: NOON,
                grant: Some(grant),
            };
            let stands = Change::Stands(Stands::Stops { epoch });
            let decision = sample::making(1000 + number, [stands, moved]);
            racing.spawn(async move { store.commit(&decision, &[]).await });
        }
        let first = racing.join_next().await.unwrap().unwrap();
        assert_eq!(first.unwrap(), Committal::Committed);
        apply(&nodes[2], 2000, [made(stop(1, None), epoch)]).await;
        let at_the_stop = confirmed(&nodes[2]).await;
        let mut landed = 1;
        for answer in racing.join_all().await {
            landed += usize::from(answer.unwrap() == Committal::Committed);
        }
        let after = confirmed(&nodes[0]).await;
        assert_eq!((after, landed), (at_the_stop, at_the_stop));
    }
}

async fn confirmed(store: &Store) -> usize {
    let mut found = 0;
    for number in 1..=200 {
        let known = store.operation(OperationId(raw(10, number))).await.unwrap();
        found += usize::from(known.unwrap().state == OperationState::Confirmed);
    }
    found
}
