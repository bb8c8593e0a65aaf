//! Stops, and the epoch that decisions about operations rest on.
//!
//! On PostgreSQL a decision holds a shared lock from its first statement to the end of its commit,
//! and looks at the epoch in a statement after that, which under READ COMMITTED sees whatever was
//! committed before the lock was given. Whoever makes a stop holds the same lock alone. So a
//! decision lands before the stop, or sees its epoch and does not land. The lock is one in memory
//! and no row is written or marked by those who only look, so that none gets hot. SQLite has one
//! writer.
//!
//! **Invariant:** the lock comes before every row that a decision could wait for, so that nobody
//! waits in a circle.

use super::values::words;
use crate::sql::{Sql, Write};
use sekisho_core::change::StopChange;
use sekisho_core::id::StopId;
use sekisho_core::known::{StopKnown, StopProposal};
use sekisho_core::moment::Moment;

/// The lock is nobody else's: "sekistop" in ASCII.
const SHARED: Sql = Sql {
    sqlite: "UPDATE stop_epoch SET epoch = epoch WHERE one = 0",
    postgres: "SELECT pg_advisory_xact_lock_shared(8315170387662237552)",
};

const ALONE: Sql = Sql {
    sqlite: "UPDATE stop_epoch SET epoch = epoch WHERE one = 0",
    postgres: "SELECT pg_advisory_xact_lock(8315170387662237552)",
};

const EPOCH: Sql = Sql {
    sqlite: "UPDATE stop_epoch SET epoch = epoch WHERE one = 1 AND epoch = ?1",
    postgres: "SELECT 1 FROM stop_epoch WHERE one = 1 AND epoch = ?1",
};

/// The decision rests on this epoch.
pub(super) fn stands(epoch: i64) -> [Write; 2] {
    [Write::any(SHARED, []), Write::one(EPOCH, [epoch.into()])]
}

/// Another set of operations is stopped from this commit on.
fn counted(epoch: i64) -> [Write; 2] {
    let text = "UPDATE stop_epoch SET epoch = epoch + 1 WHERE one = 1 AND epoch = ?1";
    [Write::any(ALONE, []), Write::one(text, [epoch.into()])]
}

pub(super) fn writes(change: &StopChange) -> Vec<Write> {
    match change {
        StopChange::EndSet {
            id,
            revision,
            ends,
            epoch,
        } => {
            let text = "UPDATE stop SET ends = ?3, proposed_by = NULL, proposed = NULL, \
                        proposed_end = NULL, revision = revision + 1 \
                        WHERE id = ?1 AND revision = ?2 AND lifted IS NULL";
            let params = [(*id).into(), (*revision).into(), (*ends).into()];
            let [alone, counted] = counted(*epoch);
            vec![alone, counted, Write::one(text, params)]
        }
        StopChange::Lifted {
            id,
            revision,
            by,
            at,
            epoch,
        } => {
            let text = "UPDATE stop SET lifted_by = ?3, lifted = ?4, revision = revision + 1 \
                        WHERE id = ?1 AND revision = ?2 AND lifted IS NULL";
            let params = [(*id).into(), (*revision).into(), (*by).into(), (*at).into()];
            let [alone, counted] = counted(*epoch);
            vec![alone, counted, Write::one(text, params)]
        }
        StopChange::Made { stop, epoch } => {
            let [alone, counted] = counted(*epoch);
            vec![alone, counted, made(stop)]
        }
        StopChange::Proposed {
            id,
            revision,
            proposal,
        } => vec![proposed(*id, *revision, *proposal)],
    }
}

fn proposed(id: StopId, revision: i64, proposal: StopProposal) -> Write {
    let StopProposal { by, at, end } = proposal;
    Write::one(
        "UPDATE stop SET proposed_by = ?3, proposed = ?4, proposed_end = ?5, \
         revision = revision + 1 WHERE id = ?1 AND revision = ?2 AND lifted IS NULL",
        [id.into(), revision.into(), by.into(), at.into(), end.into()],
    )
}

fn made(stop: &StopKnown) -> Write {
    let word = |word: Option<&str>| word.map(crate::sql::Value::from).into();
    let scope = &stop.scope;
    let begins: Option<Moment> = stop.begins;
    Write::one(
        "INSERT INTO stop (id, kind, application, channel, segment, reason, message_ja, \
         message_en, remaining, made_by, made, begins, ends, revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        [
            stop.id.into(),
            word(scope.kind.as_ref().map(|kind| kind.as_str())),
            scope.application.into(),
            word(scope.channel.as_ref().map(|channel| channel.as_str())),
            word(scope.segment.as_ref().map(|segment| segment.as_str())),
            stop.reason.as_str().into(),
            stop.message.ja.as_str().into(),
            stop.message.en.as_str().into(),
            words(stop.left.iter().map(|left| left.word())),
            stop.by.into(),
            stop.made.into(),
            begins.into(),
            stop.ends.into(),
            stop.revision.into(),
        ],
    )
}
