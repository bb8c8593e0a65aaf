//! Rule sets, and which of them are in force.

use super::*;
use sekisho_core::bytes::Digest;
use sekisho_core::change::{RuleChange, StaffChange};
use sekisho_core::id::{RuleSetId, StaffId};
use sekisho_core::known::{RuleChoice, RuleSetKnown};
use sekisho_core::moment::Span;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, raw};

use super::stops::added as person;

fn set(number: u64, version: &str) -> RuleSetKnown {
    RuleSetKnown {
        id: RuleSetId(raw(43, number)),
        version: version.to_owned(),
        digest: Digest::of(version.as_bytes()),
        document: "version = \"関所\"".to_owned(),
        by: StaffId(raw(40, 1)),
        made: NOON,
        shadowed: None,
        approved: None,
    }
}

fn change(change: RuleChange) -> Change {
    Change::Staff(StaffChange::Rules(Box::new(change)))
}

fn added(number: u64, version: &str) -> Change {
    change(RuleChange::Added(set(number, version)))
}

fn chosen(choice: RuleChoice, approved: Option<RuleSetId>) -> Change {
    change(RuleChange::Chosen {
        choice,
        shadowed: choice.shadow,
        approved: approved.map(|id| (id, StaffId(raw(40, 2)))),
        at: NOON.plus(Span::hours(1)),
    })
}

/// Changes of every kind, for a database with people and without rule sets.
pub(super) fn changes() -> Vec<Change> {
    let choice = RuleChoice {
        epoch: 0,
        shadow: Some(RuleSetId(raw(43, 1))),
        ..RuleChoice::default()
    };
    vec![added(1, "mine.1"), chosen(choice, None)]
}

#[tokio::test]
async fn what_is_in_force_changes_at_the_epoch_that_was_read_and_versions_are_unique() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, [person(1, "sato"), person(2, "tanaka")]).await;
        assert_eq!(store.rules_in_force().await.unwrap(), Default::default());
        apply(&store, 2, [added(1, "mine.1")]).await;
        stale(&store, 3, [added(2, "mine.1")]).await;
        apply(&store, 4, [added(2, "mine.2")]).await;
        let (one, two) = (set(1, "mine.1"), set(2, "mine.2"));
        let shadow = RuleChoice {
            epoch: 0,
            shadow: Some(one.id),
            ..RuleChoice::default()
        };
        apply(&store, 5, [chosen(shadow, None)]).await;
        stale(&store, 6, [chosen(shadow, None)]).await;
        let live = RuleChoice {
            epoch: 1,
            live: Some(one.id),
            before: None,
            shadow: Some(two.id),
        };
        apply(&store, 7, [chosen(live, Some(one.id))]).await;
        let later = Some(NOON.plus(Span::hours(1)));
        let one = RuleSetKnown {
            shadowed: later,
            approved: Some(StaffId(raw(40, 2))).zip(later),
            ..one
        };
        let two = RuleSetKnown {
            shadowed: later,
            ..two
        };
        let choice = RuleChoice { epoch: 2, ..live };
        let (found, mut sets) = store.rules_in_force().await.unwrap();
        sets.sort_by_key(|set| set.id);
        assert_eq!((found, sets), (choice, vec![one.clone(), two]));
        let found = store.rule_set("mine.1").await.unwrap();
        assert_eq!(found, (choice, Some(one)));
        assert_eq!(store.rule_set("mine.3").await.unwrap(), (choice, None));
        assert_eq!(store.newest_rule_sets().await.unwrap().1.len(), 2);
    }
}
