//! The outbox and report codes.
//!
//! **Invariant:** a message is found by exactly the workers that may take it.

use super::*;
use sekisho_core::bytes::TokenHash;
use sekisho_core::health::Carried;
use sekisho_core::id::NoticeId;
use sekisho_core::known::NoticeState;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::{Carrier, Locale};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, decision_id, long, notice, raw};
use sekisho_store::{Fault, NoticeCounts};

#[tokio::test]
async fn a_message_waits_with_its_sealed_content() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let decision = sample::making(0, []).telling([notice(1), notice(2)]);
        let sealed = [Sealed(vec![1; 30]), Sealed(vec![2; 30])];
        assert_eq!(
            store.commit(&decision, &sealed).await.unwrap(),
            Committal::Committed
        );
        let due = store.notices_due(Carrier::Mail, NOON, 10).await.unwrap();
        assert_eq!(due.len(), 2);
        assert_eq!(
            (due[0].id, due[0].customer),
            (NoticeId(raw(11, 1)), Some(customer(1)))
        );
        assert_eq!((due[0].kind, due[0].locale), (Carrier::Mail, Locale::Ja));
        assert_eq!(
            (due[0].template.as_str(), &due[0].sealed),
            ("frozen", &sealed[0])
        );
        assert_eq!((due[0].created, due[0].tries), (NOON, 0));
        assert_eq!(
            (due[0].state, due[0].last_error.as_deref()),
            (NoticeState::Waiting, None)
        );
        assert_eq!(
            store
                .notices_due(Carrier::Mail, NOON, 1)
                .await
                .unwrap()
                .len(),
            1
        );
    }
}

/// The first of two messages, with the moments its tests use.
async fn two_messages(store: &Store) -> (NoticeId, Moment, Moment) {
    land(
        store,
        &sample::making(0, []).telling([notice(1), notice(2)]),
    )
    .await;
    (NoticeId(raw(11, 1)), NOON, NOON.plus(Span::minutes(2)))
}

#[tokio::test]
async fn a_message_is_claimed_by_one_and_tried_later() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let (id, at, until) = two_messages(&store).await;
        apply(&store, 1, [Change::NoticeClaimed { id, at, until }]).await;
        stale(&store, 2, [Change::NoticeClaimed { id, at, until }]).await;
        assert_eq!(
            store
                .notices_due(Carrier::Mail, NOON, 10)
                .await
                .unwrap()
                .len(),
            1
        );
        let due = store.notices_due(Carrier::Mail, until, 10).await.unwrap();
        assert_eq!(due.len(), 2, "a worker that died");

        let next = NOON.plus(Span::minutes(10));
        let error = "421 try\0later".to_owned();
        apply(
            &store,
            3,
            [Change::NoticePostponed {
                id,
                at,
                next,
                error,
            }],
        )
        .await;
        let known = store.notice(id).await.unwrap().unwrap();
        assert_eq!((known.tries, known.state), (1, NoticeState::Waiting));
        assert_eq!(known.last_error.as_deref(), Some("421 try\u{fffd}later"));
        let due = store.notices_due(Carrier::Mail, until, 10).await.unwrap();
        assert!(due.iter().all(|due| due.id != id));
        assert_eq!(
            store
                .notices_due(Carrier::Mail, next, 10)
                .await
                .unwrap()
                .len(),
            2
        );
    }
}

#[tokio::test]
async fn a_dead_message_is_seen_revived_and_sent() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let (id, at, _) = two_messages(&store).await;
        let error = "550 no such mailbox".to_owned();
        let dropped = Change::NoticeDropped {
            id,
            at,
            error: error.clone(),
        };
        apply(&store, 4, [dropped.clone()]).await;
        stale(&store, 5, [dropped]).await;
        stale(&store, 6, [Change::NoticeSent { id, at }]).await;
        let counts = store.notice_counts().await.unwrap();
        assert_eq!(
            counts,
            NoticeCounts {
                waiting: 1,
                dead: 1
            }
        );
        let dead = store.notices(NoticeState::Dead, None, 10).await.unwrap();
        assert_eq!((dead.len(), dead[0].tries), (1, 1));
        assert_eq!(dead[0].last_error.as_deref(), Some(&*error));

        apply(&store, 7, [Change::NoticeRevived { id, at }]).await;
        stale(&store, 8, [Change::NoticeRevived { id, at }]).await;
        assert_eq!(store.notice(id).await.unwrap().unwrap().tries, 0);
        apply(&store, 9, [Change::NoticeSent { id, at }]).await;
        let sent = store.notice(id).await.unwrap().unwrap();
        assert_eq!((sent.state, sent.tries), (NoticeState::Sent, 1));
        assert!(store.notice(NoticeId([0; 16])).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_decision_without_the_content_of_its_messages_is_not_stored() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let decision = sample::making(1, []).telling([notice(1)]);
        let refused = store.commit(&decision, &[]).await;
        assert!(
            matches!(refused, Err(Fault::Unstorable { .. })),
            "{refused:?}"
        );
        let mut odd = sample::judged(2, 1);
        odd.access.as_mut().unwrap().customer = customer(2);
        let refused = store.commit(&odd, &[]).await;
        assert!(
            matches!(refused, Err(Fault::Unstorable { .. })),
            "{refused:?}"
        );
        assert!(!store.entry_exists(decision_id(1)).await.unwrap());
        assert!(!store.entry_exists(decision_id(2)).await.unwrap());
    }
}

#[tokio::test]
async fn messages_are_paged_without_gap_or_repetition() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let decision = sample::making(1, []).telling((1..=11).map(notice));
        land(&store, &decision).await;
        let mut seen = Vec::new();
        while seen.len() < 20 {
            let after = seen.last().copied();
            let page = store.notices(NoticeState::Waiting, after, 3).await.unwrap();
            if page.is_empty() {
                break;
            }
            seen.extend(page.iter().map(|one| (one.created, one.id)));
        }
        assert_eq!(seen.len(), 11);
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
    }
}

#[tokio::test]
async fn a_report_code_is_used_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let code = TokenHash(long(18, 1));
        let expires = NOON.plus(Span::hours(72));
        let decision = decision_id(1);
        let issued = Change::ReportCodeIssued(sekisho_core::change::ReportCodeIssued {
            code,
            decision,
            customer: customer(1),
            expires,
        });
        apply(&store, 1, [issued]).await;
        let known = store.report(code).await.unwrap().unwrap();
        assert_eq!((known.decision, known.customer.id), (decision, customer(1)));
        assert_eq!((known.expires, known.used), (expires, None));
        apply(&store, 2, [Change::ReportCodeUsed { code, at: NOON }]).await;
        stale(&store, 3, [Change::ReportCodeUsed { code, at: NOON }]).await;
        assert_eq!(store.report(code).await.unwrap().unwrap().used, Some(NOON));
        assert!(store.report(TokenHash([0; 32])).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_flood_to_one_customer_waits_behind_the_others() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let flood = (1..=40).map(|number| {
            let mut one = notice(number);
            one.customer = Some(customer(1));
            one
        });
        land(&store, &sample::making(1, []).telling(flood)).await;
        let mut newcomers = [notice(52), notice(53)];
        for newcomer in &mut newcomers {
            newcomer.customer = None;
        }
        let late = sample::making(9, []).telling([notice(51)]);
        land(&store, &late.telling(newcomers)).await;
        let now = NOON.plus(Span::minutes(1));
        let due = store.notices_due(Carrier::Mail, now, 5).await.unwrap();
        let ids: Vec<_> = due.iter().map(|one| one.id).collect();
        let wanted = [1, 51, 52, 53, 2].map(|number| NoticeId(raw(11, number)));
        assert_eq!(ids, wanted);
        assert!(
            store
                .notices_due(Carrier::Sms, now, 5)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

/// A message of `carrier`, queued at `at`.
async fn queued(store: &Store, number: u64, carrier: Carrier, at: Moment) -> NoticeId {
    let mut told = notice(number);
    told.to.kind = carrier;
    let id = told.id;
    let mut decision = sample::making(number, []);
    decision.entry.at = at;
    land(store, &decision.telling([told])).await;
    id
}

#[tokio::test]
async fn how_it_goes_with_messages_is_told_by_carrier_and_of_the_last_hour() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let ago = |minutes| NOON.minus(Span::minutes(minutes));
        let none = store.carried(NOON).await.unwrap();
        assert_eq!(
            none,
            Carrier::ALL.map(|carrier| (carrier, Carried::default()))
        );
        let mut ids = Vec::new();
        for (number, carrier, minutes) in [
            (1, Carrier::Mail, 90),
            (2, Carrier::Mail, 50),
            (3, Carrier::Mail, 40),
            (4, Carrier::Mail, 4),
            (5, Carrier::Mail, 3),
            (6, Carrier::Sms, 2),
            (7, Carrier::Sms, 1),
            (8, Carrier::Push, 200),
        ] {
            ids.push(queued(&store, number, carrier, ago(minutes)).await);
        }
        let error = || "not now".to_owned();
        let dropped = |id, minutes| Change::NoticeDropped {
            id,
            at: ago(minutes),
            error: error(),
        };
        let sent = |id, minutes| Change::NoticeSent {
            id,
            at: ago(minutes),
        };
        // One was sent before the hour, one within it, one given up before it and one within.
        let changes = [
            sent(ids[0], 61),
            sent(ids[1], 60),
            sent(ids[2], 30),
            dropped(ids[5], 1),
            dropped(ids[7], 61),
            // Tried in vain it waits as long as before.
            Change::NoticePostponed {
                id: ids[3],
                at: ago(1),
                next: NOON.plus(Span::minutes(9)),
                error: error(),
            },
        ];
        for (number, change) in (20..).zip(changes) {
            apply(&store, number, [change]).await;
        }
        let [mail, push, sms] = store.carried(NOON).await.unwrap();
        let expected = Carried {
            waiting: 2,
            oldest: Some(ago(4)),
            sent: 2,
            last_sent: Some(ago(30)),
            given_up: 0,
        };
        assert_eq!(mail, (Carrier::Mail, expected));
        assert_eq!(push, (Carrier::Push, Carried::default()));
        let expected = Carried {
            waiting: 1,
            oldest: Some(ago(1)),
            given_up: 1,
            ..Carried::default()
        };
        assert_eq!(sms, (Carrier::Sms, expected));
    }
}
