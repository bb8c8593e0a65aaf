//! The link view: who shares what with whom, and what is not shown of it.

use std::net::IpAddr;

use sekisho_core::access::Act;
use sekisho_core::context::Address;
use sekisho_core::decision::Decision;
use sekisho_core::entry::{Actor, Entry};
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::known::StaffRole;
use sekisho_core::links::{Links, MOST_LISTED};
use sekisho_core::moment::Span;
use sekisho_core::reason::Reason;
use sekisho_core::sighting::{Ending, Scope, Sighting, Trait, TraitKind};
use sekisho_core::text::Reference;
use sekisho_core::verdict::Verdict;
use sekisho_gate::{Gate, StaffAnswer, StaffSession};
use sekisho_sim::installation::{Installation, visitor};
use sekisho_store::Committal;

use super::guess::entries;
use super::staff_sign_in::{enrolled, signed_in};
use super::stop::{person, person_by};

const SHARED: [u8; 4] = [198, 51, 100, 9];
const CROWDED: [u8; 4] = [192, 0, 2, 1];

async fn id(here: &Installation, reference: &str) -> CustomerId {
    let store = here.place.store().await.unwrap();
    let reference = Reference::parse(reference).unwrap();
    let known = store.customer_by_reference(&reference).await.unwrap();
    known.unwrap().id
}

async fn links(gate: &Gate, session: &StaffSession, of: &[CustomerId]) -> Links {
    match gate.console_links(session, of).await.unwrap() {
        StaffAnswer::Done(Some(links)) => links,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_at_one_address_are_joined_and_a_crowd_is_counted() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        for number in 1..=22 {
            let login = format!("p{number}@example.jp");
            here.customer(&format!("C-{number}"), &login).await.unwrap();
            here.signed_in_as(&login, &visitor(CROWDED)).await.unwrap();
            if number <= 3 {
                here.signed_in_as(&login, &visitor(SHARED)).await.unwrap();
            }
        }
        here.signed_in_as("p4@example.jp", &visitor([203, 0, 113, 4]))
            .await
            .unwrap();
        let gate = &here.gate;
        let sato = person(gate, "sato", &[StaffRole::Monitor]).await;
        let (session, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;

        let (first, second) = (id(&here, "C-1").await, id(&here, "C-2").await);
        let found = links(gate, &session, &[first]).await;
        assert_eq!(found.places.len(), 2, "{found:?}");
        let (few, crowd) = (&found.places[0], &found.places[1]);
        assert_eq!((few.people, few.there.len(), few.is_crowd()), (3, 3, false));
        assert_eq!(
            (crowd.people, crowd.there.len()),
            (22, 1),
            "counted, not listed"
        );
        assert!(crowd.people > MOST_LISTED && crowd.is_crowd());
        assert_eq!(crowd.there[0].customer.id, first);
        assert_eq!(found.people.len(), 3);
        let both = links(gate, &session, &[first, second]).await;
        assert_eq!(both.opened, [first, second]);
        assert_eq!(both.places[1].there.len(), 2);

        let fourth = links(gate, &session, &[id(&here, "C-4").await]).await;
        assert_eq!(fourth.places.len(), 1, "what nobody shares is not there");
        let nobody = gate.console_links(&session, &[CustomerId([9; 16])]);
        assert!(matches!(nobody.await.unwrap(), StaffAnswer::Done(None)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_at_an_address_is_asked_by_value_and_by_role_and_the_look_is_recorded() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        for number in 1..=2 {
            let login = format!("p{number}@example.jp");
            here.customer(&format!("C-{number}"), &login).await.unwrap();
            here.signed_in_as(&login, &visitor(SHARED)).await.unwrap();
        }
        let gate = &here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let desk = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let (session, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let (desk, _) = signed_in(gate, &mut enrolled(gate, &desk, 8).await).await;
        let at = |address: [u8; 4]| Trait::of_address(Address::from(IpAddr::from(address)))[0];
        let answer = gate.console_links_at(&session, at(SHARED)).await.unwrap();
        let StaffAnswer::Done(Some(found)) = answer else {
            panic!("somebody was there")
        };
        assert_eq!(found.places[0].place.kind, TraitKind::Address);
        assert_eq!((found.people.len(), found.opened.len()), (2, 0));
        let nobody = gate.console_links_at(&session, at(CROWDED)).await.unwrap();
        assert!(matches!(nobody, StaffAnswer::Done(None)));
        assert_eq!(entries(&here, "look", "links_show").await, 2);

        let refused = gate.console_links_at(&desk, at(SHARED)).await.unwrap();
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        let of = [id(&here, "C-1").await];
        let refused = gate.console_links(&desk, &of).await.unwrap();
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        let store = here.place.store().await.unwrap();
        let kept = here.place.contents(&store).await.unwrap()["entry"].join("\n");
        assert!(kept.contains("198.51.100.0/24") && !kept.contains("198.51.100.9"));
    }
}

/// Whoever knows a login can fail at it from as many addresses as they like.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_fails_at_hides_nothing_that_is_shared() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        for number in 1..=2 {
            let login = format!("p{number}@example.jp");
            here.customer(&format!("C-{number}"), &login).await.unwrap();
            here.signed_in_as(&login, &visitor(SHARED)).await.unwrap();
        }
        let (gate, first) = (&here.gate, id(&here, "C-1").await);
        here.pass(Span::hours(1));
        let now = here.gate.now();
        let mut decision = Decision::of(Entry {
            id: DecisionId([7; 16]),
            at: now,
            act: Act::SignIn,
            actor: Actor::Customer,
            customer: Some(first),
            operation: None,
            verdict: Verdict::Refuse,
            reasons: vec![Reason::TriesExhausted],
            policy: "test".to_owned(),
            facts: "{}".to_owned(),
        });
        let failed = |last: u8| Sighting {
            seen: Trait::of_address(Address::from(IpAddr::from([203, 0, 113, last])))[0],
            customer: first,
            at: now,
            ending: Ending::Failure,
            scope: Scope::Access,
        };
        decision.sightings = (0..u8::MAX).map(failed).collect();
        let store = here.place.store().await.unwrap();
        let committed = store.commit(&decision, &[]).await.unwrap();
        assert_eq!(committed, Committal::Committed);
        let sato = person(gate, "sato", &[StaffRole::Monitor]).await;
        let (session, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let found = links(gate, &session, &[first]).await;
        assert_eq!(found.places.len(), 1, "{found:?}");
    }
}
