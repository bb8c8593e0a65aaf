//! Rule sets through the gate: who may do what, that every node takes up what is in force, and that
//! what is in shadow has no effect.

use sekisho_core::known::StaffRole;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::reason::Reason;
use sekisho_core::rules::{RuleSet, Truth};
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{Adopted, Gate, StaffClaim};
use sekisho_sim::installation::Installation;

use super::judge::{asked, decided};
use super::stop::{person, person_by};

fn document(version: &str, verdict: &str) -> String {
    format!(
        "version = \"{version}\"\n[[rule]]\nreason = \"rule_everybody\"\nwhen = 'true'\n\
         verdict = \"{verdict}\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n"
    )
}

async fn add(gate: &Gate, by: &StaffClaim, version: &str, verdict: &str) -> Adopted {
    let document = document(version, verdict);
    let set = RuleSet::parse(&document).unwrap();
    gate.add_rules(by, set, document).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_set_goes_live_on_every_node_by_two_people_and_back_by_one() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let (gate, other) = (&here.gate, here.another_node().await.unwrap());
        let sato = person(gate, "sato", &[StaffRole::Operations, StaffRole::Approver]).await;
        let both = [StaffRole::Operations, StaffRole::Approver];
        let tanaka = person_by(gate, &sato, ("tanaka", &both)).await;
        here.pass(Span::minutes(1));
        assert_eq!(add(gate, &sato, "mine.1", "refuse").await, Adopted::Done);
        let there = Adopted::Refused(Reason::RulesThere);
        assert_eq!(add(gate, &tanaka, "mine.1", "hold").await, there);
        let untried = gate.approve_rules(&tanaka, "mine.1").await.unwrap();
        assert_eq!(untried, Adopted::Refused(Reason::RulesUntried));
        let unknown = gate.shadow_rules(&sato, Some("mine.2")).await.unwrap();
        assert_eq!(unknown, Adopted::Unknown);

        let shadowed = gate.shadow_rules(&sato, Some("mine.1")).await.unwrap();
        assert_eq!(shadowed, Adopted::Done);
        assert!(other.take_rules().await.unwrap());
        assert!(!other.take_rules().await.unwrap());
        let beside = decided(&other, asked(&caller)).await;
        assert_ne!(beside.verdict, VerdictKind::Refuse);
        assert_eq!(beside.policy, here.gate.policy().version);
        let store = here.place.store().await.unwrap();
        let found = store.decision(caller.application, beside.id).await;
        let entry = found.unwrap().unwrap().0.entry;
        let shadow = r#""shadow":{"rules":"mine.1","verdict":"refuse""#;
        assert!(entry.facts.contains(shadow), "{}", entry.facts);

        let own = gate.approve_rules(&sato, "mine.1").await.unwrap();
        assert_eq!(own, Adopted::Refused(Reason::SamePerson));
        let approved = gate.approve_rules(&tanaka, "mine.1").await.unwrap();
        assert_eq!(approved, Adopted::Done);
        assert!(other.take_rules().await.unwrap());
        let live = decided(&other, asked(&caller)).await;
        assert_eq!(live.verdict, VerdictKind::Refuse);
        assert!(live.policy.ends_with("+mine.1"), "{}", live.policy);

        assert_eq!(gate.roll_back_rules(&sato).await.unwrap(), Adopted::Done);
        assert!(other.take_rules().await.unwrap());
        let back = decided(&other, asked(&caller)).await;
        assert_eq!(back.verdict, beside.verdict);
        assert_eq!(back.policy, beside.policy);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_on_what_was_recorded_and_a_decision_is_explained() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let caller = here.application("a").await.unwrap();
        let first = decided(&here.gate, asked(&caller)).await;
        decided(&here.gate, asked(&caller)).await;
        let text = document("mine.1", "refuse").replace("'true'", "'customer.history == 0'");
        let set = RuleSet::parse(&text).unwrap();
        let span = (Moment(i64::MIN), Moment(i64::MAX));
        let mut told = 0;
        let tally = here
            .gate
            .back_test(&set, span, |tally| told = tally.entries);
        let tally = tally.await.unwrap();
        assert_eq!(
            (tally.entries, tally.judged(), told),
            (2, 2, 2),
            "{tally:?}"
        );
        let (turn, (count, examples)) = tally.turns.iter().next().unwrap();
        assert_eq!(
            (turn.was, turn.would_be),
            (first.verdict, VerdictKind::Refuse)
        );
        assert_eq!((*count, examples[0]), (2, first.id));
        let past = (Moment(i64::MIN), Moment(0));
        let none = here.gate.back_test(&set, past, |_| {}).await.unwrap();
        assert_eq!(none.entries, 0);

        let found = here.gate.explain(first.id).await.unwrap().unwrap();
        assert!(found.same);
        let (version, said) = found.rules.unwrap();
        assert_eq!(version, RuleSet::standard().version);
        let applied = |code: &str| said.iter().find(|rule| rule.reason == code).unwrap().truth;
        assert_eq!(applied("first_access"), Truth::Yes);
        assert_eq!(applied("network_new"), Truth::No);
    }
}
