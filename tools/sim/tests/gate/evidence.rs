//! Scores: recorded with the decision, judged by rules, told again, and silent without counts.

use sekisho_core::claim::{self, Work};
use sekisho_core::count::LATE;
use sekisho_core::grow::FEWEST;
use sekisho_core::id::DecisionId;
use sekisho_core::known::StaffRole;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::risk::Features;
use sekisho_core::risk::replay::Replay;
use sekisho_core::rules::RuleSet;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{Caller, DecisionView, Gate, Growing, JudgeRequest, StaffAnswer, StaffClaim};
use sekisho_sim::installation::Installation;
use sekisho_store::Committal;
use tokio_util::sync::CancellationToken;

use super::judge::{asked, decided};
use super::stop::person;

/// A sign-in of a customer at an address, with a proof that lets it through.
fn proved(caller: &Caller, customer: u32, address: [u8; 4]) -> JudgeRequest {
    let mut request = asked(caller);
    request.customer = Reference::parse(&format!("C-{customer}")).unwrap();
    request.context.address = Some(address.into());
    request.verified = vec![Method::Password, Method::MailCode];
    request
}

/// Another node takes work, and is not heard of again.
pub(super) async fn claimed(here: &Installation, work: Work) {
    let store = here.place.store().await.unwrap();
    let (now, seen) = (here.gate.now(), store.claimed(work).await.unwrap());
    let at = (DecisionId((now.0 as u128).to_be_bytes()), now);
    let until = now.plus(work.span());
    let claimed = claim::decide(work, (seen, until), at, &here.gate.policy());
    let landed = store.commit(&claimed, &[]).await.unwrap();
    assert_eq!(landed, Committal::Committed);
    assert_eq!(store.claimed(work).await.unwrap(), Some(until));
}

async fn count(here: &Installation) {
    here.pass(LATE);
    here.pass(Span::seconds(1));
    while here.gate.count_some().await.unwrap() {}
}

async fn features(gate: &Gate, sato: &StaffClaim, view: &DecisionView) -> (Features, bool) {
    let ground = Ground::parse("案件 2026-141").unwrap();
    let found = gate.explain(sato, view.id, ground).await.unwrap();
    let StaffAnswer::Done(Some(found)) = found else {
        panic!("an explanation")
    };
    (Replay::of(&found.entry).unwrap().features, found.same)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_at_a_usual_place_is_asked_once_everybody_is_counted() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let sato = person(&here.gate, "sato", &[StaffRole::Operations]).await;
        // Many live behind one network; the victim comes now and then from one address of it.
        for customer in 0..30 {
            let host = u8::try_from(customer % 6).unwrap();
            for _ in 0..4 {
                decided(&here.gate, proved(&caller, customer, [203, 0, 113, host])).await;
            }
        }
        let (earlier, victim) = (76, 77);
        for customer in [earlier, victim] {
            decided(&here.gate, proved(&caller, customer, [203, 0, 113, 200])).await;
        }
        here.pass(Span::hours(100));
        // Another address of the network, another browser: no single thing is strange.
        let stranger = |customer| {
            let mut request = proved(&caller, customer, [203, 0, 113, 3]);
            request.verified = vec![Method::Password];
            request.context.user_agent = Some("Mozilla/5.0 (X11; Linux) Firefox/140.0".to_owned());
            request
        };
        let before = decided(&here.gate, stranger(earlier)).await;
        assert_eq!(before.verdict, VerdictKind::Allow, "{:?}", before.reasons);
        let (silent, _) = features(&here.gate, &sato, &before).await;
        assert!(silent.scores.is_silent() && silent.because.is_empty());

        count(&here).await;
        let after = decided(&here.gate, stranger(victim)).await;
        let (scored, same) = features(&here.gate, &sato, &after).await;
        let score = scored.scores.unlikely.unwrap();
        assert!(same && score > 0, "{scored:?}");
        assert!(
            scored
                .because
                .iter()
                .any(|part| part.what == "system" && part.weight.is_none())
        );
        assert!(
            score >= i64::from(here.gate.policy().risk.unlikely),
            "{scored:?}"
        );
        assert!(after.reasons.contains(&Reason::PlaceUnlikely));
        assert_eq!(after.verdict, VerdictKind::StepUp);

        // The customer where the customer always is.
        let mut own = proved(&caller, victim, [203, 0, 113, 200]);
        own.verified = vec![Method::Password];
        let own = decided(&here.gate, own).await;
        let (usual, _) = features(&here.gate, &sato, &own).await;
        assert!(usual.scores.unlikely.unwrap() * 10 < score, "{usual:?}");
        assert_eq!(own.verdict, VerdictKind::Allow);

        // Another rule set is tried on exactly these.
        let text = "version = \"mine.1\"\n[[rule]]\nreason = \"rule_other\"\n\
             when = 'has(evidence.unlikely) && evidence.unlikely >= SCORE'\nverdict = \"step_up\"\n\
             require = [\"second_factor\"]\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n";
        let rules = RuleSet::parse(&text.replace("SCORE", &score.to_string())).unwrap();
        let always = (Moment(i64::MIN), Moment(i64::MAX));
        let tally = here.gate.back_test(&rules, always, |_| {}).await.unwrap();
        let applied: Vec<_> = tally
            .reasons
            .iter()
            .filter(|(reason, _)| reason.code() == "rule_other")
            .map(|(_, counts)| *counts)
            .collect();
        assert_eq!(applied, [(0, 1)]);
        assert_eq!(tally.otherwise, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forest_is_grown_kept_and_taken_up_and_what_cannot_be_read_is_unknown() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let sato = person(&here.gate, "sato", &[StaffRole::Operations]).await;
        let on = CancellationToken::new();
        // Too few: no node reads everything again before an hour is over.
        here.gate.tend_forest(&on).await.unwrap();
        assert_eq!(here.gate.grow_forest(&on).await.unwrap(), Growing::Few);
        for number in 0..u32::try_from(FEWEST).unwrap() + 40 {
            let host = u8::try_from(number % 40).unwrap();
            decided(
                &here.gate,
                proved(&caller, number % 150, [203, 0, 113, host]),
            )
            .await;
            here.pass(Span::seconds(30));
        }
        count(&here).await;
        let ended = CancellationToken::new();
        ended.cancel();
        let grown = here.gate.grow_forest(&ended).await.unwrap();
        assert_eq!(grown, Growing::Stopped);
        here.gate.tend_forest(&ended).await.unwrap();
        assert_eq!(
            here.gate.forests().await.unwrap(),
            [],
            "who ends grows none"
        );
        claimed(&here, Work::Forest).await;
        here.gate.tend_forest(&on).await.unwrap();
        assert_eq!(here.gate.forests().await.unwrap(), [], "another node does");
        here.pass(Work::Forest.span());
        here.gate.tend_forest(&on).await.unwrap();
        let held = here.gate.policy().forest.clone().unwrap();
        assert_eq!(held.version, 1);
        // Not a second one on the same day; the other node takes up the same.
        here.gate.tend_forest(&on).await.unwrap();
        let other = here.another_node().await.unwrap();
        assert!(other.take_forest().await.unwrap());
        assert_eq!(other.policy().forest, Some(held));

        let scored = async |gate: &Gate, address: [u8; 4]| {
            let view = decided(gate, proved(&caller, 5, address)).await;
            features(gate, &sato, &view).await.0
        };
        let usual = scored(&here.gate, [203, 0, 113, 5]).await;
        let rare = scored(&here.gate, [198, 51, 100, 9]).await;
        assert_eq!(rare.forest, Some(1));
        assert!(rare.scores.rare > usual.scores.rare, "{rare:?} {usual:?}");
        assert!(
            rare.because
                .iter()
                .any(|part| part.what == "address_logins")
        );

        here.pass(Span::hours(25));
        let both = tokio::join!(here.gate.tend_forest(&on), other.tend_forest(&on));
        both.0.and(both.1).unwrap();
        let kept: Vec<_> = other.forests().await.unwrap();
        let versions: Vec<_> = kept.iter().map(|known| known.version).collect();
        assert_eq!(versions, [2, 1], "one of them claimed it");
    }
}
