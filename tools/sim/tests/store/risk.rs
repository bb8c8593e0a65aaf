//! Sightings, failures by address, payout changes, amounts: what the rules want to know.
//!
//! **Invariant:** one customer's history never appears as another's.

use super::*;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::context::Address;
use sekisho_core::id::DeviceId;
use sekisho_core::known::{IdempotencyKnown, MOST_OTHERS, PayoutChangeKnown, RiskKnown, Strange};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::risk::travel::LOOKS_BACK;
use sekisho_core::sighting::{Ending, Scope, Trait};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{
    APPLICATION, NOON, address, customer, decision_id, index, raw, reference,
};
use sekisho_store::RiskQuestion;

fn question<'a>(traits: &'a [Trait], kind: Option<&'a OperationKind>) -> RiskQuestion<'a> {
    RiskQuestion {
        traits,
        address: Some(address()),
        kind,
        at: NOON,
    }
}

/// The same question by every way there is to ask it.
async fn ask(store: &Store, who: u64, question: &RiskQuestion<'_>) -> RiskKnown {
    let reference = reference(who).unwrap();
    let by_id = store.sign_in(Some(customer(who)), question).await.unwrap();
    let judge = store.judge(&reference, question, None, NOON).await.unwrap();
    let operate = store.operate(&reference, question, None).await.unwrap();
    assert_eq!(judge.customer, store.customer(customer(who)).await.unwrap());
    assert_eq!(operate.customer, judge.customer);
    assert_eq!(operate.channels, by_id.channels);
    assert_eq!((&judge.risk, &operate.risk), (&by_id.risk, &by_id.risk));
    by_id.risk
}

#[tokio::test]
async fn a_trait_is_counted_for_its_customer_and_its_others() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let [here, network] = Trait::of_address(address());
        let traits = [
            Trait::ALL,
            here,
            network,
            Trait::of_device(DeviceId(raw(9, 1))),
        ];
        let nothing = ask(&store, 1, &question(&traits, None)).await;
        assert!(
            nothing
                .traits
                .iter()
                .all(|known| known.own.is_none() && known.others == 0)
        );

        let endings = [
            (Ending::Success, Scope::Access),
            (Ending::Failure, Scope::Access),
            (Ending::Pending, Scope::Guarded),
            (Ending::Success, Scope::Guarded),
        ];
        for (number, (ending, scope)) in (10u64..).zip(endings) {
            let mut judged = sample::judged(number, 1);
            for sighting in &mut judged.sightings {
                (sighting.ending, sighting.scope) = (ending, scope);
                sighting.at = NOON.plus(Span::seconds(i64::try_from(number).unwrap()));
            }
            land(&store, &judged).await;
        }
        for who in 2..=4 {
            land(&store, &sample::judged(20 + who, who)).await;
        }
        let known = ask(&store, 1, &question(&traits, None)).await;
        let seen: Vec<_> = known.traits.iter().map(|known| known.seen).collect();
        assert_eq!(seen, traits);
        let own = known.traits[1].own.unwrap();
        assert_eq!((own.successes, own.failures, own.guarded), (2, 1, 1));
        assert_eq!(own.first, NOON.plus(Span::seconds(10)));
        assert_eq!(own.last, NOON.plus(Span::seconds(13)));
        let others: Vec<_> = known.traits.iter().map(|known| known.others).collect();
        assert_eq!(
            others,
            [0, 3, 0, 0],
            "only of addresses, devices and payout accounts"
        );
        assert_eq!(known.traits[0].own.unwrap().successes, 2);
    }
}

/// An access of the first customer.
fn access(
    number: u64,
    at: Moment,
    ending: Ending,
    last: Option<u8>,
) -> sekisho_core::decision::Decision {
    let mut judged = sample::judged(number, 1);
    judged.sightings.clear();
    let mut access = judged.access.take().unwrap();
    let of = |last: u8| Address::from(std::net::IpAddr::from([192, 0, 2, last]));
    (access.at, access.ending, access.address) = (at, ending, last.map(of));
    judged.entry.at = at;
    judged.access = Some(access);
    judged
}

#[tokio::test]
async fn where_the_customer_last_was_is_where_it_ended_well() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let at = |minutes| NOON.plus(Span::minutes(minutes));
        let all = [
            (Ending::Success, Some(1)),
            (Ending::Success, Some(2)),
            (Ending::Success, None),
            (Ending::Pending, Some(3)),
            (Ending::Failure, Some(4)),
        ];
        for (number, (ending, last)) in (1_u64..).zip(all) {
            let minutes = i64::try_from(number).unwrap() - 10;
            land(&store, &access(number, at(minutes), ending, last)).await;
        }
        let traits = [Trait::ALL];
        let previous = async |who, moment| {
            let asked = RiskQuestion {
                at: moment,
                ..question(&traits, None)
            };
            let known = ask(&store, who, &asked).await.previous;
            known.map(|known| (known.at, known.address.to_string()))
        };
        assert_eq!(
            previous(1, NOON).await,
            Some((at(-8), "192.0.2.2".to_owned()))
        );
        // What lies ahead of a line of a log is not what was before it.
        assert_eq!(
            previous(1, at(-9)).await,
            Some((at(-9), "192.0.2.1".to_owned()))
        );
        assert_eq!(previous(1, at(-10)).await, None);
        assert_eq!(previous(2, NOON).await, None);
        // Without an address of its own an attempt comes from nowhere.
        let nowhere = RiskQuestion {
            address: None,
            ..question(&traits, None)
        };
        let known = store.sign_in(Some(customer(1)), &nowhere).await.unwrap();
        assert_eq!(known.risk.previous, None);
        // Nobody hides it behind sign-ins that were begun and not ended.
        for number in 100..164 {
            land(&store, &access(number, at(-5), Ending::Pending, Some(9))).await;
        }
        let last = Some((at(-8), "192.0.2.2".to_owned()));
        assert_eq!(previous(1, NOON).await, last);
        // It is looked for within a week.
        assert_eq!(previous(1, at(-8).plus(LOOKS_BACK)).await, last);
        assert_eq!(
            previous(1, at(-8).plus(LOOKS_BACK).plus(Span(1))).await,
            None
        );
    }
}

#[tokio::test]
async fn counting_of_others_stops_and_a_stranger_counts_everybody() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let [here, _] = Trait::of_address(address());
        for who in 1..=5 {
            land(&store, &sample::judged(who, who)).await;
        }
        let stranger = store.sign_in(None, &question(&[here], None)).await.unwrap();
        assert!(stranger.channels.is_empty());
        assert_eq!(
            (stranger.risk.traits[0].own, stranger.risk.traits[0].others),
            (None, 5)
        );
        let unknown = reference(999).unwrap();
        let judge = store
            .judge(&unknown, &question(&[here], None), None, NOON)
            .await
            .unwrap();
        assert_eq!((judge.customer, judge.risk), (None, stranger.risk));
        for who in 6..=40 {
            land(&store, &sample::judged(who, who)).await;
        }
        let known = ask(&store, 1, &question(&[here], None)).await;
        assert_eq!(known.traits[0].others, MOST_OTHERS);
    }
}

#[tokio::test]
async fn failures_from_an_address_count_for_ten_to_twenty_minutes() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let failed = |at| Change::FailureCounted {
            address: address(),
            at,
        };
        let at = |minutes| NOON.plus(Span::minutes(minutes));
        for (number, minutes) in [(1, 0), (2, 9), (3, 10), (4, 11)] {
            apply(&store, number, [failed(at(minutes))]).await;
        }
        let failures = async |at: Moment| {
            let question = RiskQuestion {
                traits: &[],
                address: Some(address()),
                kind: None,
                at,
            };
            store
                .sign_in(None, &question)
                .await
                .unwrap()
                .risk
                .address_failures
        };
        assert_eq!(failures(at(11)).await, 4);
        assert_eq!(failures(at(20)).await, 2);
        assert_eq!(failures(at(30)).await, 0);
        assert_eq!(failures(at(9)).await, 2, "what lies ahead does not count");
        // An address keeps two buckets at most.
        apply(&store, 5, [failed(at(60))]).await;
        let rows = &place.contents(&store).await.unwrap()["address_failure"];
        assert_eq!(rows.len(), 1);
    }
}

#[tokio::test]
async fn failures_of_one_host_count_together_whatever_address_it_takes() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let at = |text: &str| Address::from(text.parse::<std::net::IpAddr>().unwrap());
        for (number, host) in [
            (1, "2001:db8::1"),
            (2, "2001:db8::2"),
            (3, "2001:db8:0:1::1"),
        ] {
            let failed = Change::FailureCounted {
                address: at(host),
                at: NOON,
            };
            apply(&store, number, [failed]).await;
        }
        for (host, failures) in [("2001:db8::3", 2), ("2001:db8:0:1::1", 1), ("192.0.2.1", 0)] {
            let question = RiskQuestion {
                traits: &[],
                address: Some(at(host)),
                kind: None,
                at: NOON,
            };
            let found = store.sign_in(None, &question).await.unwrap().risk;
            assert_eq!(found.address_failures, failures, "{host}");
        }
    }
}

#[tokio::test]
async fn the_newest_payout_change_and_the_largest_amount_stay() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let withdraw = OperationKind::parse("withdraw").unwrap();
        let asked = question(&[], Some(&withdraw));
        assert_eq!(ask(&store, 1, &asked).await, RiskKnown::default());
        let change = |at, strange| Change::PayoutAccountChanged {
            customer: customer(1),
            at,
            strange,
        };
        let later = NOON.plus(Span::hours(1));
        apply(&store, 1, [change(later, Strange::New)]).await;
        apply(&store, 2, [change(NOON, Strange::Known)]).await;
        let moved = |kind: &str, minor| Change::AmountMoved {
            customer: customer(1),
            kind: OperationKind::parse(kind).unwrap(),
            minor,
        };
        let amounts = [
            moved("withdraw", 500),
            moved("withdraw", 90),
            moved("trade", 7_000),
        ];
        apply(&store, 3, amounts).await;
        let known = ask(&store, 1, &asked).await;
        assert_eq!(
            known.payout_change,
            Some(PayoutChangeKnown {
                at: later,
                strange: Strange::New
            })
        );
        assert_eq!(known.largest, Some(500));
        assert_eq!(ask(&store, 1, &question(&[], None)).await.largest, None);
        let latest = later.plus(Span::hours(1));
        apply(
            &store,
            4,
            [change(latest, Strange::Known), moved("withdraw", 501)],
        )
        .await;
        let known = ask(&store, 1, &asked).await;
        let expected = PayoutChangeKnown {
            at: latest,
            strange: Strange::Known,
        };
        assert_eq!(
            (known.payout_change, known.largest),
            (Some(expected), Some(501))
        );
        assert!(store.logins(&index(1)).await.unwrap().len() == 1);
    }
}

#[tokio::test]
async fn an_idempotency_key_is_taken_once_for_each_application() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let kept = |application, decision| Change::IdempotencyKept {
            application,
            key: "k-1".to_owned(),
            request: Digest([8; 32]),
            decision,
            operation: None,
            at: NOON,
        };
        let other = sekisho_core::id::ApplicationId([9; 16]);
        apply(&store, 1, [kept(APPLICATION, decision_id(1))]).await;
        stale(&store, 2, [kept(APPLICATION, decision_id(2))]).await;
        apply(&store, 3, [kept(other, decision_id(3))]).await;
        let first = IdempotencyKnown {
            request: Digest([8; 32]),
            decision: decision_id(1),
            operation: None,
        };
        assert_eq!(
            store.idempotency(APPLICATION, "k-1").await.unwrap(),
            Some(first)
        );
        assert_eq!(store.idempotency(APPLICATION, "K-1").await.unwrap(), None);
        let (asked, name) = (question(&[], None), reference(1).unwrap());
        let key = Some((APPLICATION, "k-1"));
        let judge = store.judge(&name, &asked, key, NOON).await.unwrap();
        let operate = store.operate(&name, &asked, key).await.unwrap();
        assert_eq!(
            (judge.idempotency, operate.idempotency),
            (Some(first), Some(first))
        );
        assert_eq!(operate.channels.len(), 1);
    }
}
