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
        named: Vec::new(),
    }
}

fn before(span: Span) -> Moment {
    NOW.minus(span)
}

#[test]
fn a_place_is_what_the_table_says() {
    let day = Some(before(Span::hours(24)));
    let minute = Some(before(Span::minutes(1)));
    for (own, others, wanted) in [
        (day, 0, Finding::Usual),
        (day, 20, Finding::Usual),
        (day, 1_000, Finding::Usual),
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
            assert_eq!(found, Finding::Touched, "{first:?} {second:?}");
        }
    }
}
