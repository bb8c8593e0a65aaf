//! Rule sets through the gate: who may do what, that every node takes up what is in force, and that
//! what is in shadow has no effect.

use sekisho_core::bytes::Digest;
use sekisho_core::change::{Change, RuleChange, StaffChange};
use sekisho_core::id::{RuleSetId, StaffId};
use sekisho_core::known::{RuleChoice, RuleSetKnown, StaffRole};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::reason::Reason;
use sekisho_core::rules::{RuleSet, Truth};
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{Adopted, Gate, StaffAnswer, StaffClaim};
use sekisho_sim::installation::Installation;
use sekisho_sim::sample::making;
use sekisho_store::Committal;

use super::guess::entries;
use super::judge::{asked, decided};
use super::stop::{person, person_by};

pub(super) fn document(version: &str, verdict: &str) -> String {
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
        let digest = Digest::of(document("mine.1", "refuse").as_bytes());
        let there = Adopted::Refused(Reason::RulesThere);
        assert_eq!(add(gate, &tanaka, "mine.1", "hold").await, there);
        let untried = gate.approve_rules(&tanaka, "mine.1", digest).await.unwrap();
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

        let own = gate.approve_rules(&sato, "mine.1", digest).await.unwrap();
        assert_eq!(own, Adopted::Refused(Reason::SamePerson));
        let approved = gate.approve_rules(&tanaka, "mine.1", digest).await.unwrap();
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

        let desk = person(&here.gate, "suzuki", &[StaffRole::Desk]).await;
        let ground = || Ground::parse("案件 2026-140").unwrap();
        let refused = here.gate.explain(&desk, first.id, ground()).await.unwrap();
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        let sato = person_by(&here.gate, &desk, ("sato", &[StaffRole::Approver])).await;
        let found = here.gate.explain(&sato, first.id, ground()).await.unwrap();
        let StaffAnswer::Done(Some(found)) = found else {
            panic!("an explanation: {found:?}")
        };
        assert_eq!(entries(&here, "sweep", &first.id.to_string()).await, 2);
        assert!(found.same);
        let (version, said) = found.rules.unwrap();
        assert_eq!(version, RuleSet::standard().version);
        let applied = |code: &str| said.iter().find(|rule| rule.reason == code).unwrap().truth;
        assert_eq!(applied("first_access"), Truth::Yes);
        assert_eq!(applied("network_new"), Truth::No);
    }
}

/// What a newer version kept, or somebody wrote into the database.
fn unread(by: StaffId, version: &str, document: &str, digest: Digest) -> RuleSetKnown {
    RuleSetKnown {
        id: RuleSetId([version.as_bytes()[5]; 16]),
        version: version.to_owned(),
        digest,
        document: document.to_owned(),
        by,
        made: Moment(0),
        shadowed: None,
        approved: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_in_shadow_keeps_nothing_from_going_live_and_readiness_says_so() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let store = here.place.store().await.unwrap();
        let rules = |change| Change::Staff(StaffChange::Rules(Box::new(change)));
        let text = document("mine.1", "refuse");
        person(&here.gate, "sato", &[StaffRole::Operations]).await;
        let sato = here.gate.all_staff().await.unwrap()[0].id;
        let good = unread(sato, "mine.1", &text, Digest::of(text.as_bytes()));
        let strange = unread(sato, "mine.2", "関所", Digest::of("関所".as_bytes()));
        let other = text.replace("mine.1", "mine.3");
        let altered = unread(sato, "mine.3", &other, good.digest);
        let added = [&good, &strange, &altered].map(|set| rules(RuleChange::Added(set.clone())));
        let chosen = |epoch, live: &RuleSetKnown, shadow: Option<&RuleSetKnown>| {
            rules(RuleChange::Chosen {
                choice: RuleChoice {
                    epoch,
                    live: Some(live.id),
                    before: None,
                    shadow: shadow.map(|set| set.id),
                },
                shadowed: None,
                approved: None,
                at: Moment(0),
            })
        };
        let land = async |number, changes: Vec<Change>| {
            let landed = store.commit(&making(number, changes), &[]).await.unwrap();
            assert_eq!(landed, Committal::Committed);
        };
        land(9001, added.into()).await;
        land(9002, vec![chosen(0, &good, Some(&strange))]).await;
        let gate = &here.gate;
        assert!(gate.take_rules().await.unwrap());
        assert!(gate.policy().version.ends_with("+mine.1"));
        assert!(gate.policy().shadow.is_none());
        assert!(gate.ready().await.unwrap().unwrap().contains("shadow"));
        // Live, it is not taken up: those of before judge on, and readiness says that as well.
        for (number, set) in [(9003, &strange), (9004, &altered)] {
            land(
                number,
                vec![chosen(i64::try_from(number).unwrap() - 9002, set, None)],
            )
            .await;
            assert!(gate.take_rules().await.is_err());
            assert!(gate.policy().version.ends_with("+mine.1"));
            assert!(gate.ready().await.unwrap().unwrap().contains("live"));
        }
        land(9005, vec![chosen(3, &good, None)]).await;
        assert!(gate.take_rules().await.unwrap());
        assert_eq!(gate.ready().await.unwrap(), None);
    }
}
