//! Signals, who else was seen with a phone, a device or a payout account, and what is registered.
//!
//! **Invariant:** a customer is never one of their own others.

use super::*;
use sekisho_core::access::{Act, OperationKind};
use sekisho_core::bytes::CounterKey;
use sekisho_core::change::{SightingsVoided, SignalChange, SignalRaised};
use sekisho_core::id::DeviceId;
use sekisho_core::known::{CrowdKnown, MOST_OTHERS};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sighting::{Ending, Scope, Sighting, Trait, TraitKind};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, decision_id, reference};
use sekisho_store::{RiskQuestion, SignalQuestion};

/// The traits that say something of a person.
const SHARED: [Trait; 3] = [
    Trait::of_device(DeviceId([4; 16])),
    Trait::of_payout_account([6; 16]),
    Trait::of_phone(CounterKey([7; 16])),
];

fn raised(seen: Trait, others: u32, at: Moment) -> Change {
    Change::Signal(SignalChange::Raised(Box::new(SignalRaised {
        customer: customer(1),
        crowd: CrowdKnown {
            seen,
            others,
            first: Some(NOON),
            reported: others > 1,
            registered: 0,
        },
        act: Act::SignUp,
        entry: decision_id(1),
        at,
    })))
}

fn registered(registered: i64) -> Change {
    let seen = SHARED[1];
    Change::Signal(SignalChange::Registered { seen, registered })
}

pub(super) fn changes() -> Vec<Change> {
    vec![raised(SHARED[2], 1, NOON), registered(0)]
}

/// Customer `who` shows everything that can be shared, `minutes` after noon.
async fn shows(store: &Store, who: u64, ending: Ending, minutes: i64) {
    let mut decision = sample::making(100 + who, []);
    let sighting = |seen| Sighting {
        seen,
        customer: customer(who),
        at: NOON.plus(Span::minutes(minutes)),
        ending,
        scope: Scope::Guarded,
    };
    decision.sightings = SHARED.into_iter().map(sighting).collect();
    land(store, &decision).await;
}

async fn people(store: &Store, most: u64) {
    found(store).await;
    for who in 2..=most {
        apply(store, 900 + who, sample::newcomer(who).unwrap()).await;
    }
}

/// The same question by each way there is to ask it.
async fn asked(store: &Store, who: u64) -> Vec<CrowdKnown> {
    let by_id = store.crowd(customer(who), &SHARED).await.unwrap();
    let kind = OperationKind::parse("withdraw").unwrap();
    let question = RiskQuestion {
        traits: &SHARED,
        address: None,
        kind: Some(&kind),
        at: NOON,
    };
    let reference = reference(who).unwrap();
    let operate = store.operate(&reference, &question, None).await.unwrap();
    let judge = store.judge(&reference, &question, None, NOON);
    assert_eq!(operate.risk.crowd, by_id);
    assert_eq!(judge.await.unwrap().risk.crowd, by_id);
    let question = RiskQuestion {
        kind: None,
        ..question
    };
    let signing_in = store.sign_in(Some(customer(who)), &question).await.unwrap();
    assert!(
        signing_in.risk.crowd.is_empty(),
        "only asked for operations"
    );
    by_id
}

#[tokio::test]
async fn others_are_those_for_whom_it_ended_well_and_never_oneself() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store, 6).await;
        shows(&store, 1, Ending::Success, 0).await;
        shows(&store, 2, Ending::Pending, 1).await;
        shows(&store, 3, Ending::Failure, 2).await;
        for (who, others) in [(1, 0), (2, 1), (6, 1)] {
            for (seen, known) in SHARED.iter().zip(asked(&store, who).await) {
                let expected = CrowdKnown {
                    seen: *seen,
                    others,
                    first: (others > 0).then_some(NOON),
                    reported: false,
                    registered: 0,
                };
                assert_eq!(known, expected, "{who}");
            }
        }
        shows(&store, 4, Ending::Success, 4).await;
        let void = SightingsVoided {
            customer: customer(4),
            traits: SHARED.to_vec(),
            since: NOON,
            at: NOON.plus(Span::minutes(5)),
        };
        apply(&store, 50, [Change::SightingsVoided(void), registered(0)]).await;
        for known in asked(&store, 1).await {
            // What was reported counts for all others.
            assert_eq!((known.others, known.reported), (1, true));
            assert_eq!(known.first, Some(NOON.plus(Span::minutes(4))));
            let account = known.seen.kind == TraitKind::PayoutAccount;
            assert_eq!(known.registered, i64::from(account));
        }
        for known in asked(&store, 4).await {
            assert_eq!((known.others, known.reported), (1, false));
        }
    }
}

#[tokio::test]
async fn counting_stops_at_its_bound() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store, 1).await;
        for who in 2..=40 {
            shows(&store, who, Ending::Success, 0).await;
        }
        for known in asked(&store, 1).await {
            assert_eq!(known.others, MOST_OTHERS);
        }
    }
}

#[tokio::test]
async fn a_signal_of_the_same_takes_the_place_of_the_one_before_and_the_newest_come_first() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store, 2).await;
        let later = |hours| NOON.plus(Span::hours(hours));
        apply(&store, 1, [raised(SHARED[2], 1, NOON)]).await;
        apply(&store, 2, [raised(SHARED[1], 1, later(1))]).await;
        apply(&store, 3, [raised(SHARED[2], 3, later(2))]).await;
        let ask = async |customer: Option<u64>, kind, since, most| {
            let asked = SignalQuestion {
                customer: customer.map(|who| reference(who).unwrap()),
                kind,
                since,
                most,
            };
            store.signals(&asked).await.unwrap()
        };
        let all = ask(None, None, None, 10).await;
        let shown: Vec<_> = all
            .iter()
            .map(|one| (one.crowd.seen, one.crowd.others, one.raised, one.at))
            .collect();
        assert_eq!(
            shown,
            [
                (SHARED[2], 3, NOON, later(2)),
                (SHARED[1], 1, later(1), later(1))
            ]
        );
        assert!(all[0].crowd.reported && !all[1].crowd.reported);
        assert_eq!(all[0].customer, reference(1).unwrap());
        assert_eq!((&all[0].act, all[0].entry), (&Act::SignUp, decision_id(1)));
        assert_eq!(ask(Some(1), None, None, 10).await, all);
        assert!(ask(Some(2), None, None, 10).await.is_empty());
        let kind = Some(TraitKind::PayoutAccount);
        assert_eq!(ask(None, kind, None, 10).await, all[1..]);
        assert_eq!(ask(None, None, Some(later(2)), 10).await, all[..1]);
        assert_eq!(ask(None, None, None, 1).await, all[..1]);
    }
}

#[tokio::test]
async fn what_was_registered_since_it_was_looked_at_is_stale() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store, 1).await;
        apply(&store, 2, [registered(0)]).await;
        stale(&store, 3, [registered(0)]).await;
        apply(&store, 4, [registered(1)]).await;
        stale(&store, 5, [registered(1)]).await;
        let known = store.crowd(customer(1), &SHARED).await.unwrap();
        assert_eq!(known[1].registered, 2);
    }
}
