//! Networks that people of the firm list: what becomes of those who come from there, who may, and
//! what the person is told first.

use sekisho_core::known::{ListedAs, StaffRole};
use sekisho_core::list_network::NewListing;
use sekisho_core::moment::Span;
use sekisho_core::places::Network;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{Caller, Gate, JudgeRequest, SignInAnswer, StaffAnswer, StaffClaim};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};

use super::judge::{asked, decided};
use super::stop::{person, two};

const HOME: [u8; 4] = [203, 0, 113, 7];
const AWAY: [u8; 4] = [198, 51, 100, 9];

fn new(network: &str, listed: ListedAs, shown: u32) -> NewListing {
    NewListing {
        network: Network::parse(network).unwrap(),
        listed,
        life: Span::hours(4),
        reason: Ground::parse("列挙攻撃 案件 7").unwrap(),
        alert: None,
        shown,
    }
}

/// A sign-in with a password and a code, so that nothing asks for more.
fn proved(caller: &Caller, customer: &str, address: [u8; 4]) -> JudgeRequest {
    let mut request = asked(caller);
    request.customer = Reference::parse(customer).unwrap();
    request.context.address = Some(address.into());
    request.verified = vec![Method::Password, Method::MailCode];
    request
}

fn bare(caller: &Caller, customer: &str, address: [u8; 4]) -> JudgeRequest {
    JudgeRequest {
        verified: vec![Method::Password],
        ..proved(caller, customer, address)
    }
}

async fn list(gate: &Gate, by: &StaffClaim, new: NewListing) -> Result<String, Reason> {
    match gate.list_network(by, new).await.unwrap() {
        StaffAnswer::Done(id) => Ok(id.to_string()),
        StaffAnswer::Refused(reason) => Err(reason),
        StaffAnswer::Unproved => panic!("a person"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_network_is_refused_on_every_node_until_it_ends_and_the_record_says_by_whom() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let (gate, other) = (&here.gate, here.another_node().await.unwrap());
        let [sato, tanaka] = two(gate).await;
        assert!(gate.take_networks().await.unwrap());
        assert!(!gate.take_networks().await.unwrap());
        let id = list(gate, &sato, new("203.0.113.0/24", ListedAs::Deny, 0)).await;
        let id = id.unwrap();

        let refused = decided(gate, proved(&caller, "C-1", HOME)).await;
        assert_eq!(refused.verdict, VerdictKind::Refuse);
        assert!(refused.reasons.contains(&Reason::AddressDenied));
        let elsewhere = decided(gate, proved(&caller, "C-1", AWAY)).await;
        assert_eq!(elsewhere.verdict, VerdictKind::Allow);
        // Another node judges as before until it looks.
        let unaware = decided(&other, proved(&caller, "C-2", HOME)).await;
        assert_eq!(unaware.verdict, VerdictKind::Allow);
        assert!(other.take_networks().await.unwrap());
        assert!(!other.take_networks().await.unwrap());
        let aware = decided(&other, proved(&caller, "C-2", HOME)).await;
        assert_eq!(aware.verdict, VerdictKind::Refuse);

        // What was recorded names the listing, and comes out the same again.
        let ground = Ground::parse("案件 7").unwrap();
        let told = gate.explain(&sato, refused.id, ground).await.unwrap();
        let StaffAnswer::Done(Some(told)) = told else {
            panic!("an explanation")
        };
        assert!(told.same);
        assert!(told.entry.facts.contains(&id), "{}", told.entry.facts);

        // Anybody else in the role ends it, once.
        let end = |by: StaffClaim| {
            let ground = Ground::parse("終息").unwrap();
            let id = id.parse().unwrap();
            async move { gate.end_listing(&by, id, ground).await.unwrap() }
        };
        assert!(matches!(end(tanaka).await, StaffAnswer::Done(_)));
        let again = end(sato).await;
        assert!(matches!(again, StaffAnswer::Refused(Reason::ListingNone)));
        let back = decided(gate, proved(&caller, "C-1", HOME)).await;
        assert_eq!(back.verdict, VerdictKind::Allow);
        assert!(other.take_networks().await.unwrap());
        let listed = gate.listed_networks().await.unwrap();
        assert_eq!(listed.listings.len(), 1);
        assert!(listed.listings[0].ended.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_network_that_is_asked_more_a_second_factor_lets_in() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let gate = &here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        decided(gate, proved(&caller, "C-1", HOME)).await;
        let usual = decided(gate, bare(&caller, "C-1", HOME)).await;
        assert_eq!(usual.verdict, VerdictKind::Allow);
        let wanted = new("203.0.113.0/24", ListedAs::Ask, 1);
        list(gate, &sato, wanted).await.unwrap();
        let asked = decided(gate, bare(&caller, "C-1", HOME)).await;
        assert_eq!(asked.verdict, VerdictKind::StepUp);
        assert!(asked.reasons.contains(&Reason::AddressIndicator));
        let enough = decided(gate, proved(&caller, "C-1", HOME)).await;
        assert_eq!(enough.verdict, VerdictKind::Allow);
        // It ends by itself, though nobody reads the database.
        here.pass(Span::hours(4));
        let over = decided(gate, bare(&caller, "C-1", HOME)).await;
        assert!(!over.reasons.contains(&Reason::AddressIndicator));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lists_a_network_saw_how_many_are_at_home_there() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let gate = &here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        for customer in ["C-1", "C-2", "C-3"] {
            decided(gate, proved(&caller, customer, HOME)).await;
            decided(gate, proved(&caller, customer, HOME)).await;
        }
        // Who was asked for more and gave nothing was never let in.
        decided(gate, bare(&caller, "C-4", [203, 0, 113, 8])).await;
        for (network, people) in [
            ("203.0.113.7", 3),
            ("203.0.113.0/24", 3),
            ("203.0.0.0/16", 3),
            ("203.0.113.8/29", 0),
            ("203.0.113.0/29", 3),
            ("198.51.100.0/24", 0),
            ("2001:db8::/32", 0),
        ] {
            let there = gate.people_in(Network::parse(network).unwrap());
            let there = there.await.unwrap();
            assert_eq!((there.customers, there.more), (people, false), "{network}");
        }
        let deny = |shown| list(gate, &sato, new("203.0.113.0/24", ListedAs::Deny, shown));
        assert_eq!(deny(2).await, Err(Reason::ListingAltered));
        assert!(gate.listed_networks().await.unwrap().listings.is_empty());
        let still = decided(gate, proved(&caller, "C-1", HOME)).await;
        assert_eq!(still.verdict, VerdictKind::Allow);
        deny(3).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lists_without_the_role_and_two_at_once_both_do() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let gate = &here.gate;
        let [sato, tanaka] = two(gate).await;
        let wide = list(gate, &sato, new("203.0.0.0/15", ListedAs::Deny, 0)).await;
        assert_eq!(wide, Err(Reason::ListingWide));
        let add = |by, number: u8| {
            let network = format!("203.0.{number}.0/24");
            async move { list(gate, by, new(&network, ListedAs::Deny, 0)).await }
        };
        let both = tokio::join!(add(&sato, 1), add(&tanaka, 2), add(&sato, 3));
        assert!(
            both.0.is_ok() && both.1.is_ok() && both.2.is_ok(),
            "{both:?}"
        );
        assert_eq!(gate.listed_networks().await.unwrap().listings.len(), 3);
        let by = super::stop::person_by(gate, &sato, ("mori", &[StaffRole::Monitor])).await;
        let refused = list(gate, &by, new("198.51.100.0/24", ListedAs::Ask, 0)).await;
        assert_eq!(refused, Err(Reason::StaffRole));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_password_from_a_refused_network_reads_as_a_wrong_one() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let gate = &here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        list(gate, &sato, new("203.0.113.0/24", ListedAs::Deny, 0))
            .await
            .unwrap();
        for password in [PASSWORD, "never this one 7"] {
            let answer = gate.sign_in(typed(password, &visitor(HOME))).await.unwrap();
            assert!(matches!(answer, SignInAnswer::Refused), "{answer:?}");
        }
        let elsewhere = gate.sign_in(typed(PASSWORD, &visitor(AWAY))).await.unwrap();
        assert!(!matches!(elsewhere, SignInAnswer::Refused), "{elsewhere:?}");
    }
}
