//! For the log: what waits for it, where it ends, its leaves and tiles.
//!
//! **Invariant:** a page is bounded, and each of its rows is found by keys.

use super::rows::{entry, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::bytes::Sealed;
use sekisho_core::entry::Entry;
use sekisho_core::id::DecisionId;
use sekisho_core::log::{LogKnown, Salt};
use sekisho_core::siem::Way;

/// The columns of an entry `e`.
macro_rules! entry_columns {
    () => {
        "e.id, e.at, e.act, e.actor, e.application, e.customer, e.operation, e.verdict, \
         e.requirements, e.reasons, e.policy, e.facts, e.staff"
    };
}

const WAITING: &str = concat!(
    "SELECT ",
    entry_columns!(),
    " FROM siem_waiting w JOIN entry e ON e.id = w.decision WHERE w.way = ?1 \
     ORDER BY w.decision LIMIT ?2"
);

const LEAVES: &str = concat!(
    "SELECT l.position, l.decision, l.salt, l.data, CASE WHEN e.id IS NULL THEN 0 ELSE 1 END AS there, ",
    entry_columns!(),
    " FROM log_leaf l LEFT JOIN entry e ON e.id = l.decision WHERE l.position >= ?1 \
     ORDER BY l.position LIMIT ?2"
);

const ENTRIES: &str = concat!(
    "SELECT ",
    entry_columns!(),
    ", l.position, w.way FROM entry e LEFT JOIN log_leaf l ON l.decision = e.id \
     LEFT JOIN siem_waiting w ON w.way = ?3 AND w.decision = e.id \
     WHERE e.id > ?1 ORDER BY e.id LIMIT ?2"
);

/// A leaf as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Where it stands, from 0 on.
    pub place: u64,
    /// Of which decision it is.
    pub decision: DecisionId,
    /// What its seal was made with.
    pub salt: Option<Salt>,
    /// The leaf.
    pub data: String,
    /// The entry that has this id now.
    pub entry: Option<Entry>,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The entry.
    pub entry: Entry,
    /// Its place in the log.
    pub place: Option<u64>,
    /// Whether it waits for one.
    pub waits: bool,
}

impl Store {
    /// Where the log ends.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn log_known(&self) -> Result<Option<LogKnown>, Fault> {
        let text = "SELECT origin, key, verifier, size, head, note, at FROM log_head \
             WHERE number = 1";
        self.row_of(Query::new(text, []), |row| {
            Ok(LogKnown {
                origin: row.text("origin")?.to_owned(),
                key: Sealed(row.bytes("key")?.to_vec()),
                verifier: row.text("verifier")?.to_owned(),
                size: place(row, "size")?,
                head: row.bytes("head")?.to_vec(),
                note: row.text("note")?.to_owned(),
                at: moment(row, "at")?,
            })
        })
        .await
    }

    /// What waits for the log, the oldest first, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn log_waiting(&self, most: u32) -> Result<Vec<Entry>, Fault> {
        let query = Query::new(WAITING, [Way::Log.code().into(), most.into()]);
        self.rows_of(query, entry).await
    }

    /// The place of a decision in the log.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn log_place(&self, id: DecisionId) -> Result<Option<u64>, Fault> {
        let text = "SELECT position FROM log_leaf WHERE decision = ?1";
        let query = Query::new(text, [id.into()]);
        self.row_of(query, |row| place(row, "position")).await
    }

    /// Leaves from a place on, so many at most, with their entries.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn log_leaves(&self, from: u64, most: u32) -> Result<Vec<Logged>, Fault> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let query = Query::new(LEAVES, [from.into(), most.into()]);
        self.rows_of(query, |row| {
            let entry = match row.flag("there")? {
                true => Some(entry(row)?),
                false => None,
            };
            Ok(Logged {
                place: place(row, "position")?,
                decision: DecisionId(row.id16("decision")?),
                salt: row.maybe_fixed("salt")?.map(Salt),
                data: row.text("data")?.to_owned(),
                entry,
            })
        })
        .await
    }

    /// Entries after one, in the order of their ids, so many at most, and where they stand.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn log_entries(&self, after: DecisionId, most: u32) -> Result<Vec<Placed>, Fault> {
        let params = [after.into(), most.into(), Way::Log.code().into()];
        self.rows_of(Query::new(ENTRIES, params), |row| {
            let found = row.maybe_int("position")?;
            Ok(Placed {
                entry: entry(row)?,
                place: found.map(|_| place(row, "position")).transpose()?,
                waits: row.maybe_int("way")?.is_some(),
            })
        })
        .await
    }

    /// The hashes of a full tile.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn log_tile(&self, level: u8, number: u64) -> Result<Option<Vec<u8>>, Fault> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let text = "SELECT hashes FROM log_tile WHERE level = ?1 AND number = ?2";
        let query = Query::new(text, [i64::from(level).into(), number.into()]);
        self.row_of(query, |row| Ok(row.bytes("hashes")?.to_vec()))
            .await
    }
}

fn place(row: &Row, column: &str) -> Result<u64, Fault> {
    let found = row.int(column)?;
    u64::try_from(found).map_err(|_| row.corrupt(column, "a number of leaves"))
}
