//! Rules from the console: one person is one person, by whatever they show who they are, and a
//! trial is bounded and changes nothing.

use std::time::Duration;

use sekisho_core::bytes::Digest;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::DecisionId;
use sekisho_core::known::{FRESH, StaffRole};
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::rules::RuleSet;
use sekisho_gate::{Adopted, Gate, StaffAnswer, StaffBy, Tried};

use super::adopt::document;
use super::confirm::Story;
use super::judge::{asked, decided};
use super::staff_sign_in::{enrolled, signed_in};
use super::stop::{person, person_by};

/// Longer than any trial on a machine that is busy.
const LONG: Duration = Duration::from_secs(60);

async fn added<'a>(gate: &Gate, by: impl Into<StaffBy<'a>>, version: &str) -> Adopted {
    let document = document(version, "hold");
    let set = RuleSet::parse(&document).unwrap();
    gate.add_rules(by, set, document).await.unwrap()
}

fn digest(version: &str) -> Digest {
    Digest::of(document(version, "hold").as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_agrees_to_their_own_draft_whether_by_secret_or_by_session() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let both = [StaffRole::RuleAuthor, StaffRole::Approver];
        let sato = person(gate, "sato", &both).await;
        let tanaka = person_by(gate, &sato, ("tanaka", &both)).await;
        let (one, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let (two, _) = signed_in(gate, &mut enrolled(gate, &tanaka, 8).await).await;
        let add = (&one, ConsoleAct::RulesAdd);
        let shadow = (&one, ConsoleAct::RulesShadow);
        let approve = (&one, ConsoleAct::RulesApprove);
        let same = Adopted::Refused(Reason::SamePerson);

        assert_eq!(added(gate, &sato, "mine.1").await, Adopted::Done);
        let tried = gate.shadow_rules(shadow, Some("mine.1")).await.unwrap();
        assert_eq!(tried, Adopted::Done);
        let own = gate.approve_rules(approve, "mine.1", digest("mine.1"));
        assert_eq!(own.await.unwrap(), same, "added by secret");

        assert_eq!(added(gate, add, "mine.2").await, Adopted::Done);
        let tried = gate.shadow_rules(&sato, Some("mine.2")).await.unwrap();
        assert_eq!(tried, Adopted::Done);
        let own = gate.approve_rules(&sato, "mine.2", digest("mine.2"));
        assert_eq!(own.await.unwrap(), same, "added by session");
        let other = (&two, ConsoleAct::RulesApprove);
        let unlike = gate.approve_rules(other, "mine.2", digest("mine.1"));
        assert_eq!(unlike.await.unwrap(), Adopted::Refused(Reason::RulesOther));
        let live = gate.approve_rules(other, "mine.2", digest("mine.2"));
        assert_eq!(live.await.unwrap(), Adopted::Done);

        // A session proves nothing else than what it is for, and nothing after five minutes.
        let back = gate.roll_back_rules((&two, ConsoleAct::RulesRollBack));
        assert_eq!(back.await.unwrap(), Adopted::Unproved, "not their role");
        story.here.pass(FRESH);
        assert_eq!(added(gate, add, "mine.3").await, Adopted::Unproved);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_judges_the_newest_again_once_at_a_time_and_changes_nothing() {
    for story in Story::each().await {
        let (here, gate) = (&story.here, &story.here.gate);
        let caller = here.application("a").await.unwrap();
        let mut ids: Vec<DecisionId> = Vec::new();
        for _ in 0..3 {
            ids.push(decided(gate, asked(&caller)).await.id);
        }
        let sato = person(gate, "sato", &[StaffRole::RuleAuthor]).await;
        let desk = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let (author, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let (other, _) = signed_in(gate, &mut enrolled(gate, &desk, 8).await).await;
        let set = RuleSet::parse(&document("mine.1", "refuse")).unwrap();
        let refused = gate.try_rules(&other, &set, LONG).await.unwrap();
        assert!(matches!(refused, Tried::Refused(Reason::StaffRole)));
        let shown = gate.console_rule(&other, "mine.1").await.unwrap();
        assert!(matches!(shown, StaffAnswer::Refused(Reason::StaffRole)));

        let tried = || gate.try_rules(&author, &set, LONG);
        let mut trial = None;
        // The first may be over before the second begins.
        for _ in 0..1_000 {
            let both = tokio::join!(tried(), tried());
            let Tried::Done(first) = both.0.unwrap() else {
                panic!("the first is tried")
            };
            if matches!(both.1.unwrap(), Tried::Busy) {
                trial = Some(first);
                break;
            }
        }
        let trial = trial.expect("one at a time");
        let span = (Moment(i64::MIN), Moment(i64::MAX));
        let whole = gate.back_test(&set, span, |_| {}).await.unwrap();
        assert!(!trial.is_short && whole.entries >= 3);
        assert_eq!(trial.tally.entries, whole.entries);
        assert_eq!(trial.tally.reasons, whole.reasons);
        let short = gate.try_rules(&author, &set, Duration::ZERO).await.unwrap();
        let Tried::Done(short) = short else {
            panic!("the place is free again")
        };
        assert!(
            short.is_short,
            "what was judged in no time is said to be a part"
        );

        let store = here.place.store().await.unwrap();
        ids.sort_unstable();
        let floor = store.judged_floor(2).await.unwrap().unwrap();
        assert_eq!(floor, ids[1]);
        let last = DecisionId([u8::MAX; 16]);
        let page = store.newest_judged_entries(floor, last, 9).await.unwrap();
        let found: Vec<_> = page.iter().map(|(entry, _)| entry.id).collect();
        assert_eq!(found, [ids[2], ids[1]], "the newest first");
        let one = store.newest_judged_entries(floor, ids[2], 9).await.unwrap();
        assert_eq!((one.len(), one[0].0.id), (1, ids[1]));
        assert_eq!(store.judged_floor(4_000).await.unwrap(), None);
    }
}
