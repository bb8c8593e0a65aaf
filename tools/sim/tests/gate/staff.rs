//! People of the firm: who answers for whom, what is recorded of a claim, and that nobody is two.

use secrecy::SecretString;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::id::StopId;
use sekisho_core::known::{StaffName, StaffRole, StopScope, Way};
use sekisho_core::moment::Span;
use sekisho_core::reason::Reason;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{
    Gate, JudgeRequest, Judged, OperateRequest, StaffAnswer, StaffClaim, StopAnswer, When,
};

use super::confirm::{Story, request};
use super::guess::entries;
use super::stop::{made, new, person, person_by, two};

const OPERATIONS: &[StaffRole] = &[StaffRole::Operations];

fn name(text: &str) -> StaffName {
    StaffName::parse(text).unwrap()
}

fn refused<T>(answer: &StaffAnswer<T>, reason: Reason) -> bool {
    matches!(answer, StaffAnswer::Refused(said) if *said == reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn once_there_is_somebody_another_person_answers_for_whatever_is_done() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let sato = person(gate, "sato", OPERATIONS).await;
        let add = |by: Option<StaffClaim>| async move {
            let roles = OPERATIONS.to_vec();
            gate.add_staff(name("second"), roles, by.as_ref()).await
        };
        assert!(refused(&add(None).await.unwrap(), Reason::SamePerson));
        let wrong = StaffClaim {
            name: sato.name.clone(),
            secret: SecretString::from("skf_x".to_owned()),
        };
        assert!(matches!(
            add(Some(wrong)).await.unwrap(),
            StaffAnswer::Unproved
        ));
        let suzuki = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let desk = add(Some(suzuki.clone())).await.unwrap();
        assert!(refused(&desk, Reason::StaffRole));
        let rotated = gate.rotate_staff(&suzuki.name, None).await.unwrap();
        assert!(refused(&rotated, Reason::SamePerson));
        for by in [None, Some(&suzuki)] {
            let disabled = gate.disable_staff(&suzuki.name, by).await.unwrap();
            assert!(refused(&disabled, Reason::SamePerson));
        }
        let rotated = gate.rotate_staff(&suzuki.name, Some(&sato)).await.unwrap();
        assert!(matches!(rotated, StaffAnswer::Done(_)));
        let found = gate.disable_staff(&name("nobody"), Some(&sato)).await;
        assert!(refused(&found.unwrap(), Reason::StaffUnknown));
        assert!(entries(&story.here, "administer", "staff_rotated").await > 0);
        assert_eq!(gate.all_staff().await.unwrap().len(), 2);
    }
}

/// What a person of the firm was given instead of their secret.
async fn rotated(gate: &Gate, about: &StaffClaim, by: &StaffClaim) -> StaffClaim {
    match gate.rotate_staff(&about.name, Some(by)).await.unwrap() {
        StaffAnswer::Done(secret) => StaffClaim {
            name: about.name.clone(),
            secret: secret.text().clone(),
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_out_secrets_is_not_the_second_person_by_one_of_them() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let [sato, tanaka] = two(gate).await;
        story.here.pass(Span::days(30));
        // Before anything is there to be agreed to: a new person, and another's secret.
        let second = person_by(gate, &sato, ("second", OPERATIONS)).await;
        let taken = rotated(gate, &tanaka, &sato).await;
        story.here.pass(Span::hours(1));
        let id = made(gate, &sato, new(StopScope::default(), None)).await;
        let fresh = StopAnswer::Refused(Reason::StaffFresh);
        let proposed = StopAnswer::Proposed(id);
        // Neither asks, for the thief to agree as themselves, nor agrees.
        for by in [&second, &taken] {
            assert_eq!(gate.lift_stop(by, id, None).await.unwrap(), fresh);
        }
        assert_eq!(gate.lift_stop(&sato, id, None).await.unwrap(), proposed);
        // Renewing what was taken makes it no older.
        let renewed = rotated(gate, &taken, &taken).await;
        story.here.pass(Span::hours(22));
        for by in [&second, &renewed] {
            assert_eq!(gate.lift_stop(by, id, None).await.unwrap(), fresh);
        }
        // A week is long enough for others to see who was given one.
        story.here.pass(Span::hours(6 * 24 + 1));
        assert_eq!(gate.lift_stop(&second, id, None).await.unwrap(), proposed);
        let done = StopAnswer::Done(id);
        assert_eq!(gate.lift_stop(&renewed, id, None).await.unwrap(), done);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_renews_their_own_secret_agrees_as_before_and_the_old_one_is_gone() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let [sato, tanaka] = two(gate).await;
        story.here.pass(Span::days(30));
        let renewed = rotated(gate, &tanaka, &tanaka).await;
        let id = made(gate, &sato, new(StopScope::default(), None)).await;
        let asked = gate.lift_stop(&sato, id, None).await.unwrap();
        assert_eq!(asked, StopAnswer::Proposed(id));
        let old = gate.lift_stop(&tanaka, id, None).await.unwrap();
        assert_eq!(old, StopAnswer::Unproved);
        let agreed = gate.lift_stop(&renewed, id, None).await.unwrap();
        assert_eq!(agreed, StopAnswer::Done(id));
        assert!(entries(&story.here, "administer", "staff_renewed").await > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_goes_with_its_proposer_and_another_end_takes_its_place() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let [sato, tanaka] = two(gate).await;
        let yamada = person_by(gate, &sato, ("yamada", OPERATIONS)).await;
        let id = made(gate, &sato, new(StopScope::default(), None)).await;
        let lift = |by: StaffClaim, hours: Option<i64>| async move {
            let end = hours.map(|hours| gate.now().plus(Span::hours(hours)));
            gate.lift_stop(&by, id, end).await.unwrap()
        };
        // What nobody means does not keep others from theirs.
        let proposed = StopAnswer::Proposed(id);
        assert_eq!(lift(yamada.clone(), Some(99)).await, proposed);
        assert_eq!(lift(sato.clone(), None).await, proposed);
        let gone = gate.disable_staff(&sato.name, Some(&yamada)).await.unwrap();
        assert!(matches!(gone, StaffAnswer::Done(())));
        assert_eq!(lift(tanaka.clone(), None).await, proposed);
        assert_eq!(lift(yamada, None).await, StopAnswer::Done(id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_fails_leaves_an_entry_and_a_mistyped_id_costs_nothing() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let [sato, tanaka] = two(gate).await;
        let nothing = StopId([9; 16]);
        for _ in 0..12 {
            let unknown = gate.lift_stop(&sato, nothing, None).await.unwrap();
            assert_eq!(unknown, StopAnswer::Unknown);
        }
        assert_eq!(entries(&story.here, "lift", "stop_unknown").await, 12);
        assert_eq!(entries(&story.here, "lift", &nothing.to_string()).await, 12);
        let wrong = StaffClaim {
            secret: tanaka.secret,
            ..sato.clone()
        };
        for _ in 0..7 {
            let unproved = gate.lift_stop(&wrong, nothing, None).await.unwrap();
            assert_eq!(unproved, StopAnswer::Unproved);
        }
        let here = &story.here;
        assert_eq!(entries(here, "prove", "credential_mismatch").await, 5);
        assert_eq!(entries(here, "prove", "tries_exhausted").await, 2);
        let unproved = gate.lift_stop(&sato, nothing, None).await.unwrap();
        assert_eq!(unproved, StopAnswer::Unproved);
    }
}

async fn judged(gate: &Gate, asked: &JudgeRequest) -> (VerdictKind, bool, bool) {
    match gate.judge(asked.clone()).await.unwrap() {
        Judged::Decided(view) => (view.verdict, false, view.stop.is_some()),
        Judged::Replayed(view) => (view.verdict, true, view.stop.is_some()),
        Judged::KeyReused => panic!("the same request"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_let_through_before_a_stop_is_not_let_through_again_under_its_key() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let [sato, tanaka] = two(gate).await;
        let OperateRequest {
            customer, fields, ..
        } = request(&story.caller, "150000");
        let asked = JudgeRequest {
            application: story.caller.application,
            customer,
            operation: OperationKind::parse("withdraw").map(|kind| (kind, fields)),
            way: Way::default(),
            context: sekisho_gate::RequestContext::default(),
            when: When::Now,
            verified: Vec::new(),
            check: sekisho_core::judge::Check::Passed,
            idempotency: Some(("k-1".to_owned(), Digest::of(b"one"))),
        };
        let (before, ..) = judged(gate, &asked).await;
        assert_ne!(before, VerdictKind::Refuse);
        assert_eq!(judged(gate, &asked).await, (before, true, false));
        let id = made(gate, &sato, new(StopScope::default(), None)).await;
        let stopped = (VerdictKind::Refuse, false, true);
        assert_eq!(judged(gate, &asked).await, stopped);
        assert_eq!(judged(gate, &asked).await, stopped);
        // A line of a log of before is judged by the rules, and not by what is stopped today.
        let line = JudgeRequest {
            when: When::Recorded(gate.now().minus(Span::hours(3))),
            idempotency: None,
            ..asked.clone()
        };
        let (line, ..) = judged(gate, &line).await;
        assert_ne!(line, VerdictKind::Refuse);
        for by in [&sato, &tanaka] {
            gate.lift_stop(by, id, None).await.unwrap();
        }
        assert_eq!(judged(gate, &asked).await, (before, true, false));
    }
}
