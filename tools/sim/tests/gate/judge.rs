//! The decision API: learning from outcomes, idempotency, other people's decisions.

use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::id::DecisionId;
use sekisho_core::judge::Check;
use sekisho_core::moment::Span;
use sekisho_core::operation::{FieldType, Fields};
use sekisho_core::outcome::Outcome;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{
    Caller, DecisionView, Gate, JudgeRequest, Judged, OutcomeAnswer, RequestContext,
};
use sekisho_sim::installation::Installation;
use serde_json::json;

const PHONE: &str = "Mozilla/5.0 (Linux; Android 15) Chrome/141.0 Mobile Safari/537.36";

fn request(caller: &Caller, address: [u8; 4], verified: &[Method]) -> JudgeRequest {
    JudgeRequest {
        way: sekisho_core::known::Way::default(),
        application: caller.application,
        customer: Reference::parse("C-9").unwrap(),
        operation: None,
        context: RequestContext {
            address: Some(address.into()),
            user_agent: Some(PHONE.to_owned()),
            device: None,
        },
        when: sekisho_gate::When::Now,
        verified: verified.to_vec(),
        check: Check::Passed,
        idempotency: None,
    }
}

/// Whether the customer may sign in with a password.
pub(super) fn asked(caller: &Caller) -> JudgeRequest {
    request(caller, [203, 0, 113, 7], &[Method::Password])
}

pub(super) async fn decided(gate: &Gate, request: JudgeRequest) -> DecisionView {
    let judged = gate.judge(request).await.unwrap();
    let Judged::Decided(view) = judged else {
        panic!("{judged:?}")
    };
    view
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_ended_well_becomes_usual() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let password = [Method::Password];
        let home = [203, 0, 113, 7];
        let first = decided(&here.gate, request(&caller, home, &password)).await;
        assert_eq!(first.verdict, VerdictKind::StepUp);
        assert!(first.reasons.contains(&Reason::FirstAccess));
        let still = decided(&here.gate, request(&caller, home, &password)).await;
        assert!(
            still.reasons.contains(&Reason::FirstAccess),
            "a pending access teaches nothing"
        );
        let done = here
            .gate
            .outcome(&caller, first.id, Outcome::Completed, None)
            .await
            .unwrap();
        assert_eq!(done, OutcomeAnswer::Recorded);
        let usual = decided(&here.gate, request(&caller, home, &password)).await;
        assert_eq!(
            (usual.verdict, usual.reasons.as_slice()),
            (VerdictKind::Allow, [].as_slice())
        );
        let strange = decided(&here.gate, request(&caller, [198, 51, 100, 9], &password)).await;
        assert_eq!(strange.verdict, VerdictKind::StepUp);
        assert!(strange.reasons.contains(&Reason::NetworkNew));
        let proved = [Method::Password, Method::MailCode];
        let proved = decided(&here.gate, request(&caller, [198, 51, 100, 9], &proved)).await;
        assert_eq!(proved.verdict, VerdictKind::Allow);
        let failed = JudgeRequest {
            check: Check::Failed,
            ..request(&caller, home, &password)
        };
        assert_eq!(
            decided(&here.gate, failed).await.verdict,
            VerdictKind::Refuse
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gives_the_same_decision_and_nobody_elses() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let other = here.application("b").await.unwrap();
        let keyed = |caller: &Caller, body: &[u8]| JudgeRequest {
            idempotency: Some(("k-1".to_owned(), Digest::of(body))),
            ..request(caller, [203, 0, 113, 7], &[])
        };
        let first = decided(&here.gate, keyed(&caller, b"one")).await;
        let again = here.gate.judge(keyed(&caller, b"one")).await.unwrap();
        assert!(matches!(again, Judged::Replayed(view) if view.id == first.id));
        let store = here.place.store().await.unwrap();
        let stored = here.place.contents(&store).await.unwrap()["idempotency"].join("\n");
        let plain = Digest::of(b"one").to_string();
        assert!(!stored.is_empty() && !stored.contains("k-1"), "{stored}");
        assert!(!stored.to_lowercase().contains(&plain), "{stored}");
        let reused = here.gate.judge(keyed(&caller, b"two")).await.unwrap();
        assert!(matches!(reused, Judged::KeyReused));
        assert_ne!(
            decided(&here.gate, keyed(&other, b"one")).await.id,
            first.id
        );
        assert!(
            here.gate
                .decision(&other, first.id)
                .await
                .unwrap()
                .is_none()
        );
        let foreign = here
            .gate
            .outcome(&other, first.id, Outcome::Completed, None)
            .await
            .unwrap();
        assert_eq!(foreign, OutcomeAnswer::NotFound);
        let missing = DecisionId([9; 16]);
        let missing = here
            .gate
            .outcome(&caller, missing, Outcome::Completed, None)
            .await
            .unwrap();
        assert_eq!(missing, OutcomeAnswer::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_used_at_once_from_many_sides_decides_once() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let mut racing = tokio::task::JoinSet::new();
        for _ in 0..32 {
            let gate = here.gate.clone();
            let mut request = request(&caller, [203, 0, 113, 7], &[]);
            request.idempotency = Some(("k-1".to_owned(), Digest::of(b"one")));
            racing.spawn(async move { gate.judge(request).await.unwrap() });
        }
        let answers = racing.join_all().await;
        let decided = answers
            .iter()
            .filter(|answer| matches!(answer, Judged::Decided(_)))
            .count();
        let replayed = answers
            .iter()
            .filter(|answer| matches!(answer, Judged::Replayed(_)))
            .count();
        assert_eq!((decided, replayed), (1, 31));
    }
}

fn payout(caller: &Caller, kind: &str, address: [u8; 4], number: &str) -> JudgeRequest {
    let account = json!({"account_type": "ordinary", "bank": "0005", "branch": "123", "holder": "ヤマダ", "number": number});
    let (types, value) = match kind {
        "withdraw" => (
            vec![
                ("amount", FieldType::Money),
                ("payee", FieldType::PayoutAccount),
            ],
            json!({"amount": {"currency": "JPY", "value": "1000"}, "payee": account}),
        ),
        _ => (
            vec![("payout_account", FieldType::PayoutAccount)],
            json!({"payout_account": account}),
        ),
    };
    let types = types
        .into_iter()
        .map(|(name, kind)| (name.to_owned(), kind))
        .collect();
    let fields = Fields::parse(&value, &types).unwrap();
    let everything = [
        Method::Password,
        Method::MailCode,
        Method::Confirmation,
        Method::TransactionPin,
    ];
    JudgeRequest {
        operation: Some((OperationKind::parse(kind).unwrap(), fields)),
        ..request(caller, address, &everything)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thiefs_own_sign_in_does_not_make_his_place_the_customers() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let (home, away) = ([203, 0, 113, 7], [198, 51, 100, 9]);
        let proved = [Method::Password, Method::MailCode];
        let gate = &here.gate;
        // A customer whose home is settled, with a payee of long standing.
        decided(gate, request(&caller, home, &proved)).await;
        decided(gate, payout(&caller, "withdraw", home, "1111111")).await;
        here.pass(Span::days(10));
        let usual = decided(gate, payout(&caller, "withdraw", home, "1111111")).await;
        assert_eq!(
            (usual.verdict, usual.reasons.len()),
            (VerdictKind::Allow, 0)
        );
        // The thief signs in with password and code, then asks for money to a new account: held.
        let entered = decided(gate, request(&caller, away, &proved)).await;
        assert_eq!(entered.verdict, VerdictKind::Allow);
        let direct = decided(gate, payout(&caller, "withdraw", away, "9999999")).await;
        assert_eq!(direct.verdict, VerdictKind::Hold);
        assert!(direct.reasons.contains(&Reason::PayeeNewPlaceNew));
        // Or he changes the payout account first, and waits a day: held too.
        let change = decided(
            gate,
            payout(&caller, "payout_account_change", away, "9999999"),
        )
        .await;
        gate.outcome(&caller, change.id, Outcome::Completed, None)
            .await
            .unwrap();
        here.pass(Span::hours(24));
        let later = decided(gate, payout(&caller, "withdraw", away, "9999999")).await;
        assert_eq!(later.verdict, VerdictKind::Hold);
        // The owner at home pays whom the owner always paid, and only learns that the account is
        // fresh.
        let owner = decided(gate, payout(&caller, "withdraw", home, "1111111")).await;
        assert!(owner.reasons.contains(&Reason::PayoutAccountFreshStrange));
        // An address that was not given makes nothing harmless.
        let hidden = JudgeRequest {
            context: RequestContext::default(),
            ..payout(&caller, "withdraw", away, "8888888")
        };
        assert_eq!(decided(gate, hidden).await.verdict, VerdictKind::Hold);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fraud_that_was_reported_settles_nothing_and_is_seen_by_others() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let (home, away) = ([203, 0, 113, 7], [198, 51, 100, 9]);
        let proved = [Method::Password, Method::MailCode];
        let gate = &here.gate;
        decided(gate, request(&caller, home, &proved)).await;
        decided(gate, payout(&caller, "withdraw", home, "1111111")).await;
        here.pass(Span::days(10));
        // A patient thief, whose place has settled before he asks for money.
        decided(gate, request(&caller, away, &proved)).await;
        here.pass(Span::days(4));
        let taken = decided(gate, payout(&caller, "withdraw", away, "9999999")).await;
        assert_eq!(taken.verdict, VerdictKind::Allow);
        gate.outcome(&caller, taken.id, Outcome::ConfirmedFraud, None)
            .await
            .unwrap();

        let place = decided(gate, payout(&caller, "withdraw", away, "8888888")).await;
        assert!(
            place.reasons.contains(&Reason::PayeeNewPlaceNew),
            "{place:?}"
        );
        let payee = decided(gate, payout(&caller, "withdraw", home, "9999999")).await;
        assert_eq!(payee.verdict, VerdictKind::Hold);
        assert!(payee.reasons.contains(&Reason::PartyReported), "{payee:?}");
        let owner = decided(gate, payout(&caller, "withdraw", home, "1111111")).await;
        assert_eq!(
            (owner.verdict, owner.reasons.len()),
            (VerdictKind::Allow, 0)
        );

        let next = |address, number| JudgeRequest {
            customer: Reference::parse("C-2").unwrap(),
            ..payout(&caller, "withdraw", address, number)
        };
        let next_place = decided(gate, next(away, "7777777")).await;
        assert!(next_place.reasons.contains(&Reason::PlaceReported));
        let next_payee = decided(gate, next([192, 0, 2, 1], "9999999")).await;
        assert_eq!(next_payee.verdict, VerdictKind::Hold);
        assert!(next_payee.reasons.contains(&Reason::PartyReported));
    }
}
