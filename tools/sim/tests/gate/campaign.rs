//! Campaigns: what was shown is what is done, by two people; each customer once, at a pace, and
//! no more once somebody stopped it.

use std::collections::BTreeMap;

use sekisho_core::bytes::Digest;
use sekisho_core::change::{Change, CredentialSet};
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::{CampaignId, CustomerId};
use sekisho_core::known::{
    CampaignKind, CampaignKnown, CampaignSet, CampaignState, CampaignWanted, FRESH, NoticeState,
    StaffRole,
};
use sekisho_core::moment::Span;
use sekisho_core::notice::CampaignNotice;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{
    CampaignAnswer, CampaignDraft, CampaignPreview, Gate, StaffAnswer, StaffBy, StaffClaim, Turns,
};
use sekisho_sim::installation::{Installation, LOGIN};
use sekisho_sim::sample;
use sekisho_store::Committal;

use super::guess::entries;
use super::staff_sign_in::{enrolled, signed_in};
use super::stop::{person, person_by};

pub(super) fn draft(here: &Installation, set: CampaignSet, rate: u16) -> CampaignDraft {
    CampaignDraft {
        wanted: CampaignWanted {
            kind: CampaignKind::CheckContact,
            text: None,
            set,
            as_of: here.gate.now(),
            rate,
        },
        named: Vec::new(),
    }
}

fn ground() -> Ground {
    Ground::parse("定期のお願い 2026-11").unwrap()
}

/// One who proposes and one who starts.
pub(super) async fn two(gate: &Gate) -> [StaffClaim; 2] {
    let sato = person(gate, "sato", &[StaffRole::Operations]).await;
    let tanaka = person_by(gate, &sato, ("tanaka", &[StaffRole::Approver])).await;
    [sato, tanaka]
}

fn altered(answer: CampaignAnswer) -> CampaignPreview {
    match answer {
        CampaignAnswer::Altered(preview) => *preview,
        other => panic!("{other:?}"),
    }
}

fn done(answer: CampaignAnswer) -> CampaignId {
    match answer {
        CampaignAnswer::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

/// What is shown to whoever agreed to nothing yet.
async fn shown(gate: &Gate, by: &StaffClaim, draft: &CampaignDraft) -> CampaignPreview {
    altered(
        gate.propose_campaign(by, (draft, ""), ground())
            .await
            .unwrap(),
    )
}

pub(super) async fn proposed(gate: &Gate, by: &StaffClaim, draft: &CampaignDraft) -> CampaignId {
    let digest = shown(gate, by, draft).await.agreement();
    done(
        gate.propose_campaign(by, (draft, &digest), ground())
            .await
            .unwrap(),
    )
}

pub(super) async fn started<'a>(gate: &Gate, by: impl Into<StaffBy<'a>>, id: CampaignId) {
    let by = by.into();
    let preview = altered(gate.start_campaign(by, (id, "")).await.unwrap());
    let digest = preview.agreement();
    done(gate.start_campaign(by, (id, &digest)).await.unwrap());
}

pub(super) async fn known(here: &Installation, id: CampaignId) -> CampaignKnown {
    let store = here.place.store().await.unwrap();
    store.campaign(id).await.unwrap().unwrap().0
}

/// How many messages of campaigns each customer has, in whatever state.
pub(super) async fn told(here: &Installation) -> BTreeMap<CustomerId, usize> {
    let mut told = BTreeMap::new();
    for state in [NoticeState::Waiting, NoticeState::Sent, NoticeState::Dead] {
        for notice in here.gate.notices(state, 1_000).await.unwrap() {
            if CampaignNotice::is_template(&notice.template) {
                *told.entry(notice.customer.unwrap()).or_default() += 1;
            }
        }
    }
    told
}

pub(super) async fn many(here: &Installation, many: u32) {
    for number in 1..=many {
        let (reference, login) = (format!("C-{number}"), format!("c{number}@example.jp"));
        here.customer(&reference, &login).await.unwrap();
    }
    // Who came at the very moment of a set is not in it.
    here.pass(Span::seconds(1));
}

async fn id_of(here: &Installation, reference: &str) -> CustomerId {
    let store = here.place.store().await.unwrap();
    let reference = Reference::parse(reference).unwrap();
    store
        .customer_by_reference(&reference)
        .await
        .unwrap()
        .unwrap()
        .id
}

async fn lands(here: &Installation, number: u64, change: Change) {
    let store = here.place.store().await.unwrap();
    let decision = sample::making(number, [change]);
    let landed = store.commit(&decision, &[]).await.unwrap();
    assert_eq!(landed, Committal::Committed);
}

async fn frozen(here: &Installation, reference: &str) {
    let store = here.place.store().await.unwrap();
    let id = id_of(here, reference).await;
    let revision = store.customer(id).await.unwrap().unwrap().revision;
    let doubted = None;
    let change = Change::CustomerFrozen {
        id,
        revision,
        doubted,
    };
    lands(here, 78, change).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_at_once_tell_each_customer_once_at_the_pace_that_was_chosen() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 30).await;
        let [sato, tanaka] = two(&here.gate).await;
        let draft = draft(&here, CampaignSet::All, 600);
        let id = proposed(&here.gate, &sato, &draft).await;
        let nothing = here.gate.take_turns().await.unwrap();
        assert_eq!(nothing, Turns::default(), "one person sends nothing");
        started(&here.gate, &tanaka, id).await;
        // Who comes later is in no set of before.
        here.customer("C-99", LOGIN).await.unwrap();
        let other = here.another_node().await.unwrap();
        let mut sent = Vec::new();
        for _ in 0..6 {
            let (one, two) = tokio::join!(here.gate.take_turns(), other.take_turns());
            sent.push(one.unwrap().sent + two.unwrap().sent);
            here.pass(Span::seconds(1));
        }
        assert_eq!(sent.iter().sum::<u64>(), 30, "{sent:?}");
        assert!(
            sent.iter().all(|sent| *sent <= 10),
            "600 a minute: {sent:?}"
        );
        let told = told(&here).await;
        assert_eq!(told.len(), 30);
        assert!(told.values().all(|count| *count == 1), "{told:?}");
        let end = known(&here, id).await;
        assert_eq!(
            (end.state, end.sent, end.skipped),
            (CampaignState::Finished, 30, 0)
        );
        assert_eq!(entries(&here, "campaign", "campaign_sent").await, 30);
        assert_eq!(other.take_turns().await.unwrap(), Turns::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_stops_at_once_and_going_on_takes_another_start_and_repeats_nothing() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 25).await;
        let [sato, tanaka] = two(&here.gate).await;
        let draft = draft(&here, CampaignSet::All, 600);
        let id = proposed(&here.gate, &sato, &draft).await;
        started(&here.gate, &tanaka, id).await;
        assert_eq!(here.gate.take_turns().await.unwrap().sent, 10);
        // Another person stops it, on another node, while turns are taken.
        here.pass(Span::seconds(1));
        let other = here.another_node().await.unwrap();
        let (taken, stopped) = tokio::join!(
            here.gate.take_turns(),
            other.stop_campaign(&sato, (id, ground()))
        );
        done(stopped.unwrap());
        let before = 10 + taken.unwrap().sent;
        here.pass(Span::seconds(5));
        assert_eq!(here.gate.take_turns().await.unwrap(), Turns::default());
        let waiting = here
            .gate
            .notices(NoticeState::Waiting, 1_000)
            .await
            .unwrap();
        let left = waiting
            .iter()
            .filter(|one| CampaignNotice::is_template(&one.template));
        assert_eq!(left.count(), 0, "what waited is called back");
        let again = here
            .gate
            .stop_campaign(&tanaka, (id, ground()))
            .await
            .unwrap();
        assert!(matches!(
            again,
            CampaignAnswer::Refused(Reason::CampaignOver)
        ));

        started(&here.gate, &tanaka, id).await;
        for _ in 0..5 {
            here.gate.take_turns().await.unwrap();
            here.pass(Span::seconds(1));
        }
        let end = known(&here, id).await;
        assert_eq!((end.state, end.sent), (CampaignState::Finished, 25));
        let told = told(&here).await;
        assert!(told.values().all(|count| *count == 1), "{told:?}");
        assert_eq!(told.len(), 25, "{before} before the stop");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_begins_again_goes_on_where_it_stood_and_who_was_frozen_is_passed_over() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 12).await;
        let [sato, tanaka] = two(&here.gate).await;
        let draft = draft(&here, CampaignSet::All, 60);
        let id = proposed(&here.gate, &sato, &draft).await;
        started(&here.gate, &tanaka, id).await;
        // The ids of customers are in the order in which they came.
        frozen(&here, "C-9").await;
        for _ in 0..20 {
            // Everything that was in memory is gone each time.
            let node = here.another_node().await.unwrap();
            let turns = node.take_turns().await.unwrap();
            assert!(turns.sent <= 1, "{turns:?}");
            here.pass(Span::seconds(1));
        }
        let end = known(&here, id).await;
        assert_eq!(
            (end.state, end.sent, end.skipped),
            (CampaignState::Finished, 11, 1)
        );
        let told = told(&here).await;
        assert!(told.values().all(|count| *count == 1));
        assert!(!told.contains_key(&id_of(&here, "C-9").await));
        assert_eq!(entries(&here, "campaign", "frozen").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_more_or_another_message_by_now_is_shown_again_and_nothing_is_done() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 3).await;
        here.pass(Span::days(400));
        let gate = &here.gate;
        let [sato, tanaka] = two(gate).await;
        let draft = draft(&here, CampaignSet::OldPassword(365), 600);
        let first = shown(gate, &sato, &draft).await;
        assert_eq!((first.reached.all, first.reached.mail), (3, 3));
        let changed = async |reference, number| {
            let store = here.place.store().await.unwrap();
            let id = id_of(&here, reference).await;
            let known = store.credential(id).await.unwrap().unwrap();
            let set = CredentialSet {
                id: known.id,
                revision: known.revision,
                hash: known.hash,
                at: gate.now(),
            };
            lands(&here, number, Change::CredentialSet(set)).await;
        };
        // Who leaves the set between the page and its button is no reason to ask again.
        changed("C-1", 80).await;
        let digest = first.agreement();
        let again = gate.propose_campaign(&sato, (&draft, &digest), ground());
        let id = done(again.await.unwrap());
        assert_eq!(known(&here, id).await.counted, 2);
        let view = altered(gate.start_campaign(&tanaka, (id, "")).await.unwrap());
        assert_eq!(view.reached.all, 2);
        changed("C-2", 81).await;
        // A form that says fewer than there are, or another message, does nothing.
        for other in [
            format!("{}.0", view.digest),
            format!("{}.2", Digest([7; 32])),
            view.digest.to_string(),
            format!("{}.many", view.digest),
        ] {
            let start = gate.start_campaign(&tanaka, (id, &other)).await.unwrap();
            assert_eq!(altered(start).reached.all, 1, "{other}");
        }
        assert_eq!(known(&here, id).await.state, CampaignState::Proposed);
        let agreed = view.agreement();
        done(gate.start_campaign(&tanaka, (id, &agreed)).await.unwrap());
        here.gate.take_turns().await.unwrap();
        assert_eq!(told(&here).await.len(), 1);

        // What was shown an hour ago is shown again, with a set of now.
        let old = shown(gate, &sato, &draft).await;
        here.pass(Span::minutes(61));
        let digest = old.agreement();
        let late = gate.propose_campaign(&sato, (&draft, &digest), ground());
        assert_eq!(altered(late.await.unwrap()).wanted.as_of, gate.now());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_are_named_are_counted_and_who_is_nobody_is_said() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 4).await;
        let gate = &here.gate;
        let [sato, tanaka] = two(gate).await;
        let mut draft = draft(&here, CampaignSet::Listed, 6_000);
        let named = ["C-3", "C-1", "C-3", "C-404", "C-405"];
        draft.named = named.map(|one| Reference::parse(one).unwrap()).to_vec();
        let preview = shown(gate, &sato, &draft).await;
        assert_eq!((preview.reached.all, preview.reached.unknown), (2, 2));
        let id = proposed(gate, &sato, &draft).await;
        started(gate, &tanaka, id).await;
        gate.take_turns().await.unwrap();
        gate.take_turns().await.unwrap();
        let told = told(&here).await;
        let expected = [id_of(&here, "C-1").await, id_of(&here, "C-3").await];
        assert_eq!(told.keys().copied().collect::<Vec<_>>(), expected);
        draft.named.drain(..3);
        let preview = shown(gate, &sato, &draft).await;
        let digest = preview.agreement();
        let nobody = gate.propose_campaign(&sato, (&draft, &digest), ground());
        let nobody = nobody.await.unwrap();
        assert!(matches!(
            nobody,
            CampaignAnswer::Refused(Reason::CampaignEmpty)
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_is_refused_by_secret_and_by_session() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        many(&here, 2).await;
        let gate = &here.gate;
        let both = [StaffRole::Operations, StaffRole::Approver];
        let sato = person(gate, "sato", &both).await;
        let desk = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let tanaka = person_by(gate, &sato, ("tanaka", &[StaffRole::Approver])).await;
        let draft = draft(&here, CampaignSet::All, 600);
        for by in [&desk, &tanaka] {
            let refused = gate.propose_campaign(by, (&draft, ""), ground()).await;
            let refused = refused.unwrap();
            assert!(matches!(
                refused,
                CampaignAnswer::Refused(Reason::StaffRole)
            ));
        }
        let id = proposed(gate, &sato, &draft).await;
        let own = gate.start_campaign(&sato, (id, "")).await.unwrap();
        assert!(matches!(own, CampaignAnswer::Refused(Reason::SamePerson)));
        let (session, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let start = (&session, ConsoleAct::CampaignStart);
        let own = gate.start_campaign(start, (id, "")).await.unwrap();
        assert!(matches!(own, CampaignAnswer::Refused(Reason::SamePerson)));
        let unknown = (CampaignId([7; 16]), ground());
        let unknown = gate.stop_campaign(&sato, unknown).await.unwrap();
        assert!(matches!(unknown, CampaignAnswer::Unknown));
        let (other, _) = signed_in(gate, &mut enrolled(gate, &tanaka, 8).await).await;
        let view = gate.console_campaign(&other, id).await.unwrap();
        let StaffAnswer::Done(Some(view)) = view else {
            panic!("{view:?}")
        };
        assert_eq!(view.preview.unwrap().reached.all, 2);
        here.pass(FRESH);
        let late = (&other, ConsoleAct::CampaignStart);
        let late = gate.start_campaign(late, (id, "")).await.unwrap();
        assert!(matches!(late, CampaignAnswer::Unproved));
        // Whose wish it was may no more.
        let roles = vec![StaffRole::Desk];
        let assigned = gate.assign_staff(&sato.name, roles, Some(&tanaka)).await;
        assert!(matches!(assigned.unwrap(), StaffAnswer::Done(())));
        let over = gate.start_campaign(&tanaka, (id, "")).await.unwrap();
        assert!(matches!(
            over,
            CampaignAnswer::Refused(Reason::CampaignOver)
        ));
    }
}
