//! Operations that wait: released by time or by a person, cancelled by the customer, ended by a
//! freeze; and what somebody might try who cannot wait.

use sekisho_core::id::OperationId;
use sekisho_core::known::StaffRole;
use sekisho_core::moment::Span;
use sekisho_core::notice::{HoldEvent, Locale};
use sekisho_core::operation::OperationState;
use sekisho_core::reason::Reason;
use sekisho_core::siem::{Way, Wording};
use sekisho_core::thaw::Ground;
use sekisho_gate::{
    Body, Cancelled, ConfirmAnswer, OperateRequest, Operated, OperationView, Redeemed,
    ReleaseAnswer, RequestContext, StaffAnswer, Waits,
};
use sekisho_sim::installation::visitor;
use sekisho_world::passkey::Passkey;

use super::confirm::{Story, handed, request};
use super::confirm_passkey::{enrolled, prompt, shown};
use super::grant::parts;
use super::guess::entries;
use super::passkey::{answered, session, signed_in};
use super::stop::{person, person_by};

const AWAY: [u8; 4] = [198, 51, 100, 9];

fn ground() -> Ground {
    Ground::parse("折り返し電話で本人と確認、案件 2026-120").unwrap()
}

impl Story {
    pub(super) async fn read(&self, id: OperationId) -> OperationView {
        let view = self.here.gate.operation(&self.caller, id).await;
        view.unwrap().unwrap()
    }

    /// A withdrawal to a new account, asked for from a new place, by a customer who is settled
    /// elsewhere.
    pub(super) async fn held(&self, amount: &str) -> OperationView {
        let asked = OperateRequest {
            context: RequestContext {
                address: Some(AWAY.into()),
                user_agent: Some("curl/8".to_owned()),
                device: None,
            },
            ..request(&self.caller, amount)
        };
        let Operated::Created(view) = self.here.gate.operate(asked).await.unwrap() else {
            panic!("not created")
        };
        assert_eq!(view.state, OperationState::Held);
        view
    }

    /// A withdrawal that a passkey of today confirmed, and which is held for that.
    pub(super) async fn held_with_passkey(&self, passkey: &mut Passkey) -> OperationView {
        let view = self.created("150000").await;
        let answer = answered(passkey, &prompt(&shown(self, view.id).await));
        let gate = &self.here.gate;
        let answer = gate.confirm(&self.session, view.id, &answer, &self.home);
        assert_eq!(answer.await.unwrap(), ConfirmAnswer::Held);
        self.read(view.id).await
    }

    /// Everything that is due is done.
    pub(super) async fn settled_now(&self) -> usize {
        let gate = &self.here.gate;
        gate.settle_due(gate.now(), 64).await.unwrap()
    }

    pub(super) async fn redeemed(&self, grant: &str) -> Redeemed {
        let gate = &self.here.gate;
        let handed = handed(grant, None);
        gate.redeem(&self.caller, handed).await.unwrap()
    }

    /// What was told of holds, in order.
    async fn told_of_holds(&self) -> Vec<HoldEvent> {
        let messages = self.here.messages().await.unwrap();
        let told = messages
            .into_iter()
            .filter_map(|message| match message.body {
                Body::Hold(told) => Some(told.event),
                _ => None,
            });
        told.collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_releases_to_the_customer_who_confirms_and_not_a_moment_earlier() {
    for mut story in Story::settled().await {
        let held = story.held("150000").await;
        let hold = held.hold.clone().unwrap();
        assert_eq!(hold.reasons, [Reason::PayeeNewPlaceNew]);
        let left = hold.until.unwrap().since(hold.at);
        assert_eq!(left, Span::hours(24));
        assert_eq!((held.confirm_path, held.grant), (None, None));
        story.here.pass(Span(left.0 - 1));
        assert_eq!(story.settled_now().await, 0);
        // The clock goes back and comes again.
        story.here.pass(Span::hours(-1));
        assert_eq!(story.settled_now().await, 0);
        story.here.pass(Span(Span::hours(1).0 + 1));
        assert_eq!(story.settled_now().await, 1);
        assert_eq!(story.settled_now().await, 0);
        let released = story.read(held.id).await;
        assert_eq!(released.state, OperationState::Pending);
        assert_eq!((released.hold, released.grant), (None, None));
        assert!(released.confirm_path.is_some() && released.revision > held.revision);
        let opened = story.here.signed_in(&story.home).await.unwrap();
        story.session = session(&story.here, &opened).await;
        story.here.pass(Span::minutes(1));
        let gate = &story.here.gate;
        let sent = gate.confirm_send(&story.session, held.id, &story.home);
        sent.await.unwrap();
        let code = story.here.code().await.unwrap();
        let confirmed = gate.confirm(&story.session, held.id, &code, &story.home);
        assert_eq!(confirmed.await.unwrap(), ConfirmAnswer::Confirmed);
        let grant = story.read(held.id).await.grant.unwrap();
        assert!(matches!(
            story.redeemed(&grant).await,
            Redeemed::Redeemed(_)
        ));
        let told = story.told_of_holds().await;
        let [
            HoldEvent::Held { reasons, hours },
            HoldEvent::ToConfirm { .. },
        ] = &told[..]
        else {
            panic!("{told:?}")
        };
        assert_eq!(
            (&reasons[..], *hours),
            (&[Reason::PayeeNewPlaceNew][..], Some(24))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_when_it_was_held_goes_on_and_is_redeemed_once() {
    for story in Story::each().await {
        let mut passkey = enrolled(&story).await;
        let held = story.held_with_passkey(&mut passkey).await;
        assert_eq!((held.state, held.grant), (OperationState::Held, None));
        story.here.pass(Span::hours(24));
        assert_eq!(story.settled_now().await, 1);
        let first = story.read(held.id).await;
        assert_eq!(first.state, OperationState::Confirmed);
        let first = first.grant.unwrap();
        story.here.pass(Span::seconds(60));
        let second = story.read(held.id).await.grant.unwrap();
        let [[_, one], [_, two]] = [parts(&first), parts(&second)];
        assert_eq!(
            (&one["jti"], &one["grant_until"]),
            (&two["jti"], &two["grant_until"])
        );
        let seconds = |claims: &serde_json::Value, name: &str| claims[name].as_i64().unwrap();
        for claims in [&one, &two] {
            assert_eq!(seconds(claims, "exp") - seconds(claims, "iat"), 60);
            assert!(seconds(claims, "exp") <= seconds(claims, "grant_until"));
            assert_eq!(claims["acr"], "phr");
        }
        // The first token is over though the grant is not.
        let late = story.redeemed(&first).await;
        assert!(matches!(late, Redeemed::Refused(Reason::GrantInvalid)));
        assert!(matches!(
            story.redeemed(&second).await,
            Redeemed::Redeemed(_)
        ));
        for grant in [&first, &second] {
            let again = story.redeemed(grant).await;
            assert!(matches!(again, Redeemed::Refused(Reason::GrantInvalid)));
        }
        assert_eq!(story.read(held.id).await.grant, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grant_of_a_released_operation_has_an_end() {
    for story in Story::each().await {
        let mut passkey = enrolled(&story).await;
        let held = story.held_with_passkey(&mut passkey).await;
        story.here.pass(Span::hours(24));
        story.settled_now().await;
        story
            .here
            .pass(Span(Span::hours(24).0 - Span::seconds(30).0));
        let last = story.read(held.id).await.grant.unwrap();
        let [_, claims] = parts(&last);
        assert_eq!(claims["exp"], claims["grant_until"]);
        story.here.pass(Span::seconds(30));
        assert_eq!(story.read(held.id).await.grant, None);
        let late = story.redeemed(&last).await;
        assert!(matches!(late, Redeemed::Refused(Reason::GrantInvalid)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_does_not_outlive_the_passkey_that_gave_it() {
    for mut story in Story::each().await {
        let mut passkey = enrolled(&story).await;
        let held = story.held_with_passkey(&mut passkey).await;
        story.session = signed_in(&story.here, &mut passkey).await;
        let gate = &story.here.gate;
        let all = gate.passkeys(&story.session).await.unwrap().all;
        let gone = gate.discard(&story.session, all[0].id).await;
        assert_eq!(gone.unwrap(), sekisho_gate::Enrolled::Done);
        story.here.pass(Span::hours(24));
        assert_eq!(story.settled_now().await, 1);
        let released = story.read(held.id).await;
        assert_eq!(released.state, OperationState::Pending);
        assert_eq!(released.grant, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_released_after_the_machine_stood_still_can_be_confirmed() {
    for story in Story::settled().await {
        let gate = &story.here.gate;
        let held = story.held("150000").await;
        let due = held.hold.unwrap().until.unwrap();
        // Six days on the clock, of which the worker saw what the hold took.
        story.here.pass(Span::days(6));
        assert_eq!(gate.settle_due(due, 64).await.unwrap(), 1);
        let released = story.read(held.id).await;
        assert_eq!(released.state, OperationState::Pending);
        assert!(released.expires > gate.now().plus(Span::hours(23)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_releases_refuses_and_says_why() {
    for story in Story::settled().await {
        let gate = &story.here.gate;
        // What is told outside is no part of what came of it.
        gate.tell_outside(vec![Way::Siem], Wording::default());
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let (first, second) = (story.held("150000").await, story.held("150001").await);
        let listed = async || match gate.held_operations(&sato, 100, ground()).await.unwrap() {
            StaffAnswer::Done(listed) => listed,
            other => panic!("{other:?}"),
        };
        let desk = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let refused = gate.held_operations(&desk, 100, ground()).await.unwrap();
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        let refused = gate
            .held_operation(&desk, first.id, ground())
            .await
            .unwrap();
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        let seen = gate
            .held_operation(&sato, first.id, ground())
            .await
            .unwrap();
        assert!(matches!(seen, StaffAnswer::Done(Some(_))));
        // Who looked, at what and why, is in the record, of whoever might not as well.
        assert_eq!(
            entries(&story.here, "sweep", &first.id.to_string()).await,
            2
        );
        assert_eq!(entries(&story.here, "sweep", "案件 2026-120").await, 3);
        let listing = listed;
        let listed = listing().await;
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0].payee.as_deref(), Some("0005-123 ****567"));
        let released = gate.release(&sato, first.id, &ground()).await.unwrap();
        assert_eq!(released, ReleaseAnswer::Released(OperationState::Pending));
        let refused = gate.refuse_held(&sato, second.id, &ground()).await.unwrap();
        assert_eq!(refused, ReleaseAnswer::Refused);
        let ended = story.read(second.id).await;
        assert_eq!(
            (ended.state, ended.ended),
            (OperationState::Refused, Some(Reason::StaffRefused))
        );
        for id in [first.id, second.id] {
            let again = gate.release(&sato, id, &ground()).await.unwrap();
            assert_eq!(again, ReleaseAnswer::Closed(Reason::OperationClosed));
        }
        let unknown = gate.release(&sato, OperationId([0; 16]), &ground()).await;
        assert_eq!(unknown.unwrap(), ReleaseAnswer::Unknown);
        assert!(listing().await.is_empty());
        let told = story.told_of_holds().await;
        assert!(told.contains(&HoldEvent::Ended), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_confirms_or_releases_is_refused() {
    for story in Story::settled().await {
        let (held, pending) = (story.held("1").await, story.created("2").await);
        story.here.pass(Span::minutes(10));
        assert_eq!(story.settled_now().await, 1);
        let late = story.read(pending.id).await;
        assert_eq!(
            (late.state, late.ended),
            (OperationState::Refused, Some(Reason::Expired))
        );
        assert_eq!(late.revision, 2);
        story.here.pass(Span::hours(24));
        story.settled_now().await;
        story.here.pass(Span::hours(24));
        assert_eq!(
            story.settled_now().await,
            1,
            "it was not confirmed in its day"
        );
        let over = story.read(held.id).await;
        assert_eq!(over.ended, Some(Reason::Expired));
        assert_eq!(story.settled_now().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_sees_what_waits_and_cancels_it() {
    for story in Story::settled().await {
        let gate = &story.here.gate;
        let (held, pending) = (story.held("1").await, story.created("2").await);
        let waiting = gate.waiting_operations(&story.session, Locale::En).await;
        let waiting = waiting.unwrap();
        assert_eq!(waiting.len(), 2);
        let of = |id| waiting.iter().find(|one| one.id == id).unwrap();
        assert!(matches!(&of(held.id).waits, Waits::Time(_, why) if why.len() == 1));
        assert!(matches!(of(pending.id).waits, Waits::Confirmation(_)));
        for id in [held.id, pending.id] {
            let done = gate.cancel(&story.session, id, &story.home).await;
            assert_eq!(done.unwrap(), Cancelled::Cancelled);
            let again = gate.cancel(&story.session, id, &story.home).await;
            assert_eq!(again.unwrap(), Cancelled::Closed);
            assert_eq!(story.read(id).await.ended, Some(Reason::Cancelled));
        }
        let waiting = gate.waiting_operations(&story.session, Locale::En).await;
        assert!(waiting.unwrap().is_empty());
        story.here.pass(Span::hours(24));
        assert_eq!(story.settled_now().await, 0);
        let told = story.told_of_holds().await;
        let cancelled = told.iter().filter(|event| **event == HoldEvent::Cancelled);
        assert_eq!(cancelled.count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_customer_neither_sees_nor_cancels_it() {
    for story in Story::settled().await {
        let held = story.held("1").await;
        story.here.customer("C-2", "jiro@example.jp").await.unwrap();
        let gate = &story.here.gate;
        let away = visitor(AWAY);
        let other = story.here.signed_in_as("jiro@example.jp", &away);
        let other = session(&story.here, &other.await.unwrap()).await;
        let waiting = gate.waiting_operations(&other, Locale::Ja).await.unwrap();
        assert!(waiting.is_empty());
        let unknown = gate.cancel(&other, held.id, &away).await;
        assert_eq!(unknown.unwrap(), Cancelled::Unknown);
        assert_eq!(story.read(held.id).await.state, OperationState::Held);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_frozen_customer_is_released() {
    for story in Story::each().await {
        let mut passkey = enrolled(&story).await;
        let held = story.held_with_passkey(&mut passkey).await;
        let gate = &story.here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        gate.freeze(&story.session, &story.home).await.unwrap();
        let refused = gate.release(&sato, held.id, &ground()).await.unwrap();
        assert_eq!(refused, ReleaseAnswer::Closed(Reason::OperationClosed));
        story.here.pass(Span::hours(24));
        assert_eq!(story.settled_now().await, 0);
        let view = story.read(held.id).await;
        assert_eq!((view.state, view.grant), (OperationState::Refused, None));
        assert_eq!(view.ended, Some(Reason::Frozen));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_release_refusal_cancelling_and_freeze_at_once_one_has_its_way() {
    for mut story in Story::each().await {
        let mut passkey = enrolled(&story).await;
        let sato = person(&story.here.gate, "sato", &[StaffRole::Approver]).await;
        let ground = ground();
        for round in 0..3 {
            let held = story.held_with_passkey(&mut passkey).await;
            story.here.pass(Span::hours(24));
            story.session = signed_in(&story.here, &mut passkey).await;
            let (gate, id) = (&story.here.gate, held.id);
            let node = story.here.another_node().await.unwrap();
            let (released, refused, cancelled, one, two) = tokio::join!(
                gate.release(&sato, id, &ground),
                gate.refuse_held(&sato, id, &ground),
                gate.cancel(&story.session, id, &story.home),
                gate.settle_due(gate.now(), 64),
                node.settle_due(node.now(), 64),
            );
            let released = matches!(released, Ok(ReleaseAnswer::Released(_)));
            let refused = matches!(refused, Ok(ReleaseAnswer::Refused));
            // What was released a moment ago may still be cancelled.
            let cancelled = matches!(cancelled, Ok(Cancelled::Cancelled));
            let settled = one.unwrap() + two.unwrap();
            let ends = usize::from(released) + usize::from(refused) + settled;
            assert!(ends <= 1 && (ends == 1 || cancelled), "round {round}");
            let view = story.read(id).await;
            let goes_on = view.state == OperationState::Confirmed;
            assert_eq!(goes_on, !refused && !cancelled, "round {round}");
            assert_eq!(view.grant.is_some(), goes_on);
            // Each passkey is of today again, so that the next one is held as well.
            let removed = gate.passkeys(&story.session).await.unwrap().all;
            gate.discard(&story.session, removed[0].id).await.unwrap();
            passkey = enrolled(&story).await;
        }
    }
}
