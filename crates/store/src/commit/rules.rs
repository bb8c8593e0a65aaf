//! Rule sets, and the one row that says which are in force.
//!
//! **Invariant:** the row changes at the epoch that was read, and a document never.

use crate::sql::Write;
use sekisho_core::change::RuleChange;
use sekisho_core::known::{RuleChoice, RuleSetKnown};

pub(super) fn writes(change: &RuleChange) -> Vec<Write> {
    match change {
        RuleChange::Added(set) => vec![added(set)],
        RuleChange::Chosen {
            choice,
            shadowed,
            approved,
            at,
        } => {
            let shadowed = shadowed.map(|id| {
                let text = "UPDATE rule_set SET shadowed = ?2 WHERE id = ?1";
                Write::one(text, [id.into(), (*at).into()])
            });
            let approved = approved.map(|(id, by)| {
                let text = "UPDATE rule_set SET approved_by = ?2, approved = ?3 WHERE id = ?1";
                Write::one(text, [id.into(), by.into(), (*at).into()])
            });
            let chosen = [chosen(*choice)].into_iter();
            chosen.chain(shadowed).chain(approved).collect()
        }
    }
}

fn chosen(choice: RuleChoice) -> Write {
    Write::one(
        "UPDATE rule_choice SET epoch = epoch + 1, live = ?2, former = ?3, shadow = ?4 \
         WHERE one = 1 AND epoch = ?1",
        [
            choice.epoch.into(),
            choice.live.into(),
            choice.before.into(),
            choice.shadow.into(),
        ],
    )
}

fn added(set: &RuleSetKnown) -> Write {
    Write::one(
        "INSERT INTO rule_set (id, version, digest, document, made_by, made) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        [
            set.id.into(),
            set.version.as_str().into(),
            set.digest.into(),
            set.document.as_str().into(),
            set.by.into(),
            set.made.into(),
        ],
    )
}
