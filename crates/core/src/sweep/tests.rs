use super::*;
use crate::access::OperationKind;
use crate::context::Address;
use crate::sighting::Ending;
use crate::verdict::VerdictKind;

const NOW: Moment = Moment(1_700_000_000_000_000);

fn seen(first_success: Option<Moment>) -> Seen {
    Seen {
        first: Moment(0),
        first_success,
        last: NOW,
        successes: 3,
        failures: 1,
        guarded: 0,
    }
}

fn place(own: Option<Moment>, others: u32) -> PlaceKnown {
    PlaceKnown {
        seen: Trait::ALL,
        own: own.map(|first| seen(Some(first))),
        others,
        crowd: CrowdKnown {
            read: others.min(MOST_READ),
            failing: 0,
            first: Some(Moment(0)),
            reported: false,
        },
        named: Vec::new(),
    }
}

fn before(span: Span) -> Moment {
    NOW.minus(span)
}

#[test]
fn a_place_is_what_the_table_says() {
    let day = Some(before(Span::hours(24)));
    let month = Some(before(Span::days(30)));
    let minute = Some(before(Span::minutes(1)));
    for (own, others, wanted) in [
        (day, 0, Finding::Usual),
        (day, 1, Finding::Touched),
        (day, 20, Finding::Touched),
        (day, 1_000, Finding::Shared),
        (month, 1, Finding::Usual),
        (month, 1_000, Finding::Usual),
        (minute, 0, Finding::New),
        (minute, 1, Finding::Touched),
        (None, 0, Finding::New),
        (None, 1, Finding::Touched),
        (None, 20, Finding::Touched),
        (None, 21, Finding::Shared),
        (None, 1_000, Finding::Shared),
    ] {
        let found = Finding::of_place(&place(own, others), NOW, &Look::USUAL);
        assert_eq!(found, wanted, "{own:?} {others}");
    }
    let failed = PlaceKnown {
        own: Some(seen(None)),
        ..place(None, 0)
    };
    let found = Finding::of_place(&failed, NOW, &Look::USUAL);
    assert_eq!(found, Finding::New, "failing somewhere makes nothing usual");
}

#[test]
fn a_crowd_in_the_way_of_an_attack_is_no_carrier() {
    let carrier = place(None, 1_000);
    let of = |crowd| {
        let place = PlaceKnown {
            crowd,
            ..carrier.clone()
        };
        Finding::of_place(&place, NOW, &Look::USUAL)
    };
    let crowd = carrier.crowd;
    assert_eq!(of(crowd), Finding::Shared);
    let half = CrowdKnown {
        failing: 50,
        ..crowd
    };
    assert_eq!(of(half), Finding::Shared);
    let sprayed = CrowdKnown {
        failing: 51,
        ..crowd
    };
    assert_eq!(of(sprayed), Finding::Touched);
    let young = CrowdKnown {
        first: Some(before(Span::days(29))),
        ..crowd
    };
    assert_eq!(of(young), Finding::Touched, "all came within the month");
    let reported = CrowdKnown {
        reported: true,
        ..crowd
    };
    assert_eq!(of(reported), Finding::Reported);
    let own = PlaceKnown {
        crowd: reported,
        ..place(Some(Moment(0)), 0)
    };
    let found = Finding::of_place(&own, NOW, &Look::USUAL);
    assert_eq!(
        found,
        Finding::Reported,
        "even where the customer always was"
    );
}

#[test]
fn several_places_are_what_the_table_says() {
    use Finding::{New, Shared, Touched, Unknown, Usual};
    for (found, wanted) in [
        (vec![], Unknown),
        (vec![Usual], Usual),
        (vec![New, Usual], Usual),
        (vec![Shared, Usual], Usual),
        (vec![Touched, Usual], Touched),
        (vec![Shared, New], New),
        (vec![Shared, Touched, New], Touched),
    ] {
        assert_eq!(Finding::of_places(found.clone()), wanted, "{found:?}");
    }
}

#[test]
fn the_places_of_an_access_are_those_it_has() {
    let kind = OperationKind::parse("withdraw").unwrap();
    let address: Address = std::net::IpAddr::from([192, 0, 2, 7]).into();
    let access = Access {
        decision: DecisionId([1; 16]),
        customer: CustomerId([2; 16]),
        at: NOW,
        act: Act::Confirm(kind),
        ending: Ending::Success,
        verdict: VerdictKind::Allow,
        address: Some(address),
        system: None,
        country: None,
        device: None,
        client: None,
        application: None,
    };
    let asked = [TraitKind::Device, TraitKind::Network, TraitKind::Address];
    let [own, network] = Trait::of_address(address);
    assert_eq!(places(&access, &asked), [network, own]);
    let twice = [TraitKind::Address, TraitKind::Address];
    assert_eq!(places(&access, &twice), [own]);
    let six: Address = "2001:db8:1::7".parse::<std::net::IpAddr>().unwrap().into();
    let [_, network] = Trait::of_address(six);
    let access = Access {
        address: Some(six),
        ..access
    };
    assert_eq!(places(&access, &asked), [network]);
}

#[test]
fn who_else_was_there_never_makes_it_better_until_they_are_a_crowd() {
    for own in [None, Some(0), Some(1), Some(23), Some(24), Some(9_000)] {
        let own = own.map(|hours| before(Span::hours(hours)));
        let found =
            (0..=20).map(|others| Finding::of_place(&place(own, others), NOW, &Look::USUAL));
        assert!(found.is_sorted(), "{own:?}");
    }
}

#[test]
fn one_more_place_of_others_is_never_overlooked() {
    for first in Finding::ALL {
        for second in Finding::ALL {
            let found = Finding::of_places([first, second, Finding::Touched]);
            assert!(found >= Finding::Touched, "{first:?} {second:?}");
        }
    }
}
