//! What a held operation was confirmed with: that it counts as long as it is the customer's, and
//! that whoever looks at a hold is a person of the firm.

use sekisho_core::change::{Change, LimitChange};
use sekisho_core::decision::Decision;
use sekisho_core::known::{LimitKnown, OwnLimit, StaffRole};
use sekisho_core::moment::Span;
use sekisho_core::money::Currency;
use sekisho_core::operation::OperationState;
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_gate::{ConfirmAnswer, Enrolled, Redeemed, ReleaseAnswer, StaffAnswer, StaffClaim};
use sekisho_sim::sample::entry;
use sekisho_store::Committal;

use super::confirm::Story;
use super::confirm_passkey::enrolled;
use super::guess::entries;
use super::passkey::signed_in;
use super::stop::{person, person_by};

fn ground() -> Ground {
    Ground::parse("案件 2026-122").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_grant_does_not_outlive_the_passkey_that_gave_it() {
    for mut story in Story::each().await {
        let mut passkey = enrolled(&story).await;
        let held = story.held_with_passkey(&mut passkey).await;
        story.here.pass(Span::hours(24));
        assert_eq!(story.settled_now().await, 1);
        let grant = story.read(held.id).await.grant.unwrap();
        story.session = signed_in(&story.here, &mut passkey).await;
        let gate = &story.here.gate;
        let all = gate.passkeys(&story.session).await.unwrap().all;
        let gone = gate.discard(&story.session, all[0].id).await;
        assert_eq!(gone.unwrap(), Enrolled::Done);
        assert_eq!(story.read(held.id).await.grant, None, "none is handed out");
        let late = story.redeemed(&grant).await;
        assert!(matches!(late, Redeemed::Refused(Reason::GrantInvalid)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_beyond_a_limit_that_was_lowered_meanwhile_is_confirmed_again() {
    for story in Story::each().await {
        let mut passkey = enrolled(&story).await;
        let [within, beyond] = [
            story.held_with_passkey(&mut passkey).await,
            story.held_with_passkey(&mut passkey).await,
        ];
        let gate = &story.here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        // Both count: 150,000 yen each.
        let customer = story.session.customer();
        let store = story.here.place.store().await.unwrap();
        let known = store.restrict(customer).await.unwrap().limits;
        let to = LimitKnown {
            own: OwnLimit {
                each: None,
                day: Some(299_999),
            },
            revision: known[0].1.revision,
            ..LimitKnown::none(Currency::parse("JPY").unwrap())
        };
        let kind = known[0].0.clone();
        let set = Change::Limit(LimitChange::Set { customer, kind, to });
        let lowered = Decision::of(entry(9_500)).with([set]);
        let landed = store.commit(&lowered, &[]).await.unwrap();
        assert_eq!(landed, Committal::Committed);
        let released = async |id| gate.release(&sato, id, &ground()).await.unwrap();
        let waits = ReleaseAnswer::Released(OperationState::Pending);
        assert_eq!(released(beyond.id).await, waits);
        let goes_on = ReleaseAnswer::Released(OperationState::Confirmed);
        assert_eq!(released(within.id).await, goes_on);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_meanwhile_confirms_nothing() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let view = story.created("150000").await;
        let sent = gate.confirm_send(&story.session, view.id, &story.home);
        sent.await.unwrap();
        let code = story.here.code().await.unwrap();
        // A request that is under way knows the session from before.
        gate.sign_out(&story.session, &story.home).await.unwrap();
        let late = gate.confirm(&story.session, view.id, &code, &story.home);
        assert_eq!(late.await.unwrap(), ConfirmAnswer::Closed);
        let seen = story.read(view.id).await;
        assert_eq!(seen.state, OperationState::Pending);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_a_hold_or_a_statement_proves_who_they_are() {
    for story in Story::settled().await {
        let gate = &story.here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let desk = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let held = story.held("150000").await;
        let liar = StaffClaim {
            secret: desk.secret.clone(),
            ..sato.clone()
        };
        let unproved = gate.release(&liar, held.id, &ground()).await.unwrap();
        assert_eq!(unproved, ReleaseAnswer::Unproved);
        let role = ReleaseAnswer::Closed(Reason::StaffRole);
        let refused = gate.refuse_held(&desk, held.id, &ground()).await.unwrap();
        assert_eq!(refused, role);
        assert_eq!(entries(&story.here, "release", "staff_role").await, 1);
        let shown = story.confirmed("150001").await;
        let read = async |by: &StaffClaim| gate.reveal(by, shown.id, &ground()).await.unwrap();
        assert!(matches!(read(&liar).await, StaffAnswer::Unproved));
        let role = read(&desk).await;
        assert!(matches!(role, StaffAnswer::Refused(Reason::StaffRole)));
        let StaffAnswer::Done(Some(kept)) = read(&sato).await else {
            panic!("the statement")
        };
        assert_eq!(kept.len(), 1);
        let recorded = entries(&story.here, "administer", "reveal_statement").await;
        assert_eq!(recorded, 2, "who was refused as well");
    }
}
