//! Races: many at one counter, one code, one operation, one message.
//!
//! **Invariant:** of many who may do a thing once, one does.

use super::customers::code_sent;
use super::*;
use sekisho_core::bytes::{CounterKey, Digest, TokenHash};
use sekisho_core::change::{CredentialSet, SignalChange};
use sekisho_core::id::{ChallengeId, NoticeId, OperationId};
use sekisho_core::moment::Span;
use sekisho_core::operation::OperationState;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, long, notice, raw};

/// Commits 64 decisions at once, from two handles on one database, and counts how many landed.
async fn race(stores: &[Store; 2], first: u64, change: impl Fn(u64) -> Vec<Change>) -> usize {
    let racers: Vec<_> = (0..64u64)
        .map(|racer| {
            let store = stores[usize::from(racer % 2 == 0)].clone();
            let decision = sample::making(first + racer, change(racer));
            tokio::spawn(async move { store.commit(&decision, &[]).await })
        })
        .collect();
    let mut landed = 0;
    for racer in racers {
        landed += usize::from(racer.await.unwrap().unwrap() == Committal::Committed);
    }
    landed
}

/// Two handles, as two nodes have them.
async fn nodes(place: &Place) -> [Store; 2] {
    [place.store().await.unwrap(), place.store().await.unwrap()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_guesses_get_no_more_tries_than_the_limit() {
    for place in Place::each().await.unwrap() {
        let stores = nodes(&place).await;
        let reserve = |at| move |_| vec![sample::reserved(CounterKey([1; 16]), 5, at)];
        assert_eq!(race(&stores, 0, reserve(NOON)).await, 5);
        // Closed, opened and asked again: the lock stands.
        for store in &stores {
            store.close().await;
        }
        let stores = nodes(&place).await;
        assert_eq!(
            race(&stores, 100, reserve(NOON.plus(Span::minutes(14)))).await,
            0
        );
        assert_eq!(
            race(&stores, 200, reserve(NOON.plus(Span::minutes(15)))).await,
            5
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_passkeys_added_at_once_one_lands() {
    for place in Place::each().await.unwrap() {
        let stores = nodes(&place).await;
        found(&stores[0]).await;
        apply(&stores[0], 902, [sample::session(1)]).await;
        let added = |racer| vec![super::passkeys::added(racer + 1, 1)];
        assert_eq!(race(&stores, 0, added).await, 1);
        let known = stores[0].passkeys(customer(1)).await.unwrap();
        assert_eq!(known.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_use_one_backup_code_one_does() {
    for place in Place::each().await.unwrap() {
        let stores = nodes(&place).await;
        found(&stores[0]).await;
        apply(&stores[0], 902, [super::backup_codes::first()]).await;
        let used = |_| vec![super::backup_codes::used(1, 3)];
        assert_eq!(race(&stores, 0, used).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_an_operation_and_a_message_are_taken_by_one() {
    for place in Place::each().await.unwrap() {
        let stores = nodes(&place).await;
        let store = &stores[0];
        found(store).await;
        let kind = sekisho_core::access::OperationKind::parse("withdraw").unwrap();
        let operation = Change::OperationCreated(Box::new(sample::operation(1, &kind)));
        let ground = [operation, code_sent(1, Digest([1; 32]), Some(1))];
        land(store, &sample::making(902, ground).telling([notice(1)])).await;

        let (at, until) = (NOON.plus(Span::seconds(1)), NOON.plus(Span::minutes(2)));
        let used = |_| {
            vec![Change::ChallengeUsed {
                id: ChallengeId(raw(13, 1)),
                at,
            }]
        };
        assert_eq!(race(&stores, 0, used).await, 1);
        let id = OperationId(raw(10, 1));
        let (revision, to, grant) = (1, OperationState::Refused, None);
        let moved = |_| {
            let grant = grant.clone();
            vec![Change::OperationMoved {
                id,
                revision,
                to,
                at,
                grant,
            }]
        };
        assert_eq!(race(&stores, 100, moved).await, 1);
        let id = NoticeId(raw(11, 1));
        let at = NOON.plus(Span::seconds(2));
        let claimed = |_| vec![Change::NoticeClaimed { id, at, until }];
        assert_eq!(race(&stores, 200, claimed).await, 1);
    }
}

/// A freeze against sign-ins that were decided just before: no session outlives it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_outlives_a_freeze() {
    for place in Place::each().await.unwrap() {
        let stores = nodes(&place).await;
        found(&stores[0]).await;
        let session = |racer| {
            let mut session = sample::session(100 + racer);
            if let Change::SessionOpened {
                customer: whose, ..
            } = &mut session
            {
                *whose = customer(1);
            }
            session
        };
        let freeze = vec![
            Change::CustomerFrozen {
                id: customer(1),
                revision: 1,
                doubted: None,
            },
            Change::SessionsEnded {
                customer: customer(1),
                at: NOON,
            },
        ];
        let act = |racer| {
            if racer == 32 {
                freeze.clone()
            } else {
                vec![session(racer)]
            }
        };
        let landed = race(&stores, 0, act).await;
        assert!(landed >= 1);
        for racer in 0..64 {
            let token = TokenHash(long(8, 100 + racer));
            assert_eq!(
                stores[0].session(token).await.unwrap(),
                None,
                "{racer} of {landed}"
            );
        }
    }
}

/// A change of the password against sign-ins that proved the one before: none outlives it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_outlives_the_password_that_opened_it() {
    for place in Place::each().await.unwrap() {
        let stores = nodes(&place).await;
        found(&stores[0]).await;
        let id = sekisho_core::id::CredentialId(raw(5, 1));
        let proved = sekisho_core::known::CredentialSeen { id, revision: 1 };
        let opened = |racer| {
            let mut session = sample::session(100 + racer);
            if let Change::SessionOpened { customer: of, .. } = &mut session {
                *of = customer(1);
            }
            vec![
                Change::Stands(sekisho_core::change::Stands::Password(proved)),
                session,
            ]
        };
        let act = |racer| match racer {
            32 => vec![
                Change::CredentialSet(CredentialSet {
                    id,
                    revision: 1,
                    hash: "another".into(),
                    at: NOON,
                }),
                Change::OtherSessionsEnded {
                    customer: customer(1),
                    but: sekisho_core::id::SessionId(raw(8, 1)),
                    at: NOON,
                },
            ],
            _ => opened(racer),
        };
        assert!(race(&stores, 0, act).await >= 1);
        for racer in 0..64 {
            let token = TokenHash(long(8, 100 + racer));
            assert_eq!(stores[0].session(token).await.unwrap(), None, "{racer}");
        }
        let late = attempt(&stores[0], 990, opened(90)).await;
        assert_eq!(late, Committal::Stale);
    }
}

/// The same traits of the same customers from all sides: nothing is lost and nobody waits for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counters_of_a_busy_place_lose_nothing() {
    for place in Place::each().await.unwrap() {
        let stores = nodes(&place).await;
        let tasks: Vec<_> = (0..200u64)
            .map(|number| {
                let store = stores[usize::from(number % 2 == 0)].clone();
                let mut judged = sample::judged(number, number % 3);
                if number % 5 == 0 {
                    judged.sightings.reverse();
                }
                tokio::spawn(async move { store.commit(&judged, &[]).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap(), Committal::Committed);
        }
        let traits = [sekisho_core::sighting::Trait::ALL];
        let question = sekisho_store::RiskQuestion {
            traits: &traits,
            address: None,
            kind: None,
            at: NOON,
        };
        let mut total = 0;
        for who in 0..3 {
            let known = stores[1]
                .sign_in(Some(customer(who)), &question)
                .await
                .unwrap();
            total += known.risk.traits[0].own.unwrap().successes;
        }
        assert_eq!(total, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_register_one_payout_account_at_once_one_lands() {
    for place in Place::each().await.unwrap() {
        let stores = nodes(&place).await;
        let seen = sekisho_core::sighting::Trait::of_payout_account([6; 16]);
        let register = |registered| {
            move |_| {
                let change = SignalChange::Registered { seen, registered };
                vec![Change::Signal(change)]
            }
        };
        assert_eq!(race(&stores, 0, register(0)).await, 1);
        assert_eq!(race(&stores, 100, register(1)).await, 1);
    }
}
