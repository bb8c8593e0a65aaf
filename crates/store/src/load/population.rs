//! What is counted of everybody, and what is still to be counted.
//!
//! **Invariant:** every question is a bounded number of probes of a key: counts by their own,
//! accesses through the entries that follow the mark.

use super::rows::{access, access_columns, every, first};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Sql, Value};
use sekisho_core::count::{MOST, Uncounted};
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::known::{Census, Headcount, PopulationKnown};
use sekisho_core::outcome::ended_well;
use sekisho_core::sighting::{Trait, TraitKind};

/// Counts that one statement asks for: what one attempt shows.
const AT_ONCE: usize = Census::MOST;

/// A place that is not used is NULL and finds nothing. PostgreSQL has to be told the types in the
/// first place.
macro_rules! counts {
    ($first:literal) => {
        concat!(
            "WITH asked (kind, value) AS (VALUES ",
            $first,
            ", (?3, ?4), (?5, ?6), (?7, ?8), (?9, ?10), (?11, ?12), (?13, ?14), (?15, ?16), \
             (?17, ?18)) SELECT p.kind, p.value, p.logins, p.customers \
             FROM asked AS a CROSS JOIN population AS p \
             WHERE p.kind = a.kind AND p.value = a.value"
        )
    };
}

const COUNTS: Sql = Sql {
    sqlite: counts!("(?1, ?2)"),
    postgres: counts!("(CAST(?1 AS BIGINT), CAST(?2 AS BYTEA))"),
};

/// The decisions after the mark up to `?1`, `?3` at most; without a mark those after `?2`. Their
/// ids are ordered by the moment at which they were made.
macro_rules! page {
    () => {
        "(SELECT id, customer, at FROM entry WHERE id > \
         COALESCE((SELECT mark FROM population_mark), ?2) AND id <= ?1 ORDER BY id LIMIT ?3) e"
    };
}

const MARK: &str = "SELECT epoch, mark FROM population_mark";

const LOOKED: &str = concat!("SELECT e.id FROM ", page!(), " ORDER BY e.id");

const ACCESSES: &str = concat!(
    "SELECT ",
    access_columns!(),
    " FROM ",
    page!(),
    " JOIN access a ON a.customer = e.customer AND a.at = e.at AND a.decision = e.id \
     WHERE a.ending = 'success' ORDER BY e.id"
);

/// The traits that ended well for the first time at the very moment of such an access.
const FIRSTS: &str = concat!(
    "SELECT s.customer, s.kind, s.value FROM ",
    page!(),
    " JOIN access a ON a.customer = e.customer AND a.at = e.at AND a.decision = e.id \
     JOIN sighting s ON s.customer = a.customer \
     WHERE a.ending = 'success' AND s.first_success = a.at"
);

/// What the outcomes among them are of.
const OUTCOMES: &str = concat!(
    "SELECT o.facts FROM ",
    page!(),
    " JOIN entry o ON o.id = e.id WHERE o.act = 'outcome'"
);

/// The access of one decision, which waited for more proof.
const PENDING: &str = concat!(
    "SELECT ",
    access_columns!(),
    " FROM entry e JOIN access a ON a.customer = e.customer AND a.at = e.at \
     AND a.decision = e.id WHERE e.id = ?1 AND a.ending = 'pending'"
);

const PENDING_FIRSTS: &str = "SELECT s.customer, s.kind, s.value FROM entry e \
     JOIN access a ON a.customer = e.customer AND a.at = e.at AND a.decision = e.id \
     JOIN sighting s ON s.customer = a.customer \
     WHERE e.id = ?1 AND a.ending = 'pending' AND s.first_success = a.at";

/// The queries whose rows [`decode`] takes.
pub(super) fn queries(asked: &[Census]) -> impl Iterator<Item = Query> {
    asked.chunks(AT_ONCE).map(|asked| {
        let keys = asked.iter().flat_map(|what| {
            let (kind, value) = what.key();
            [kind.into(), value.into()]
        });
        let unused = std::iter::repeat(Value::Null);
        Query::new(
            COUNTS,
            keys.chain(unused).take(2 * AT_ONCE).collect::<Vec<_>>(),
        )
    })
}

/// Takes from `answers` what [`queries`] asked.
pub(super) fn decode(
    asked: &[Census],
    answers: &mut impl Iterator<Item = Vec<Row>>,
) -> Result<PopulationKnown, Fault> {
    let mut counts = Vec::with_capacity(asked.len());
    for _ in asked.chunks(AT_ONCE) {
        counts.extend(every(&answers.next().unwrap_or_default(), count)?);
    }
    Ok(PopulationKnown { counts })
}

fn count(row: &Row) -> Result<(Census, Headcount), Fault> {
    let what = Census::of_key(row.int("kind")?, row.id16("value")?);
    let count = Headcount {
        logins: row.narrow("logins")?,
        customers: row.narrow("customers")?,
    };
    Ok((
        what.ok_or_else(|| row.corrupt("kind", "one of this version"))?,
        count,
    ))
}

fn first_seen(row: &Row) -> Result<(CustomerId, Trait), Fault> {
    let kind = TraitKind::from_code(row.int("kind")?);
    let seen = Trait {
        kind: kind.ok_or_else(|| row.corrupt("kind", "one of this version"))?,
        value: row.id16("value")?,
    };
    Ok((CustomerId(row.id16("customer")?), seen))
}

impl Store {
    /// What is counted of everybody.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn population(&self, asked: &[Census]) -> Result<PopulationKnown, Fault> {
        let answers = self.db.read(queries(asked).collect()).await?;
        decode(asked, &mut answers.into_iter())
    }

    /// What follows the mark up to this decision, [`MOST`] decisions at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn uncounted(&self, until: DecisionId) -> Result<Uncounted, Fault> {
        let page = |text: &'static str| {
            let begin = Value::from([0_u8; 16]);
            Query::new(text, [until.into(), begin, MOST.into()])
        };
        let asked = vec![
            Query::new(MARK, []),
            page(LOOKED),
            page(ACCESSES),
            page(FIRSTS),
            page(OUTCOMES),
        ];
        let mut answers = self.db.read(asked).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let mark = first(&next(), |row| {
            let mark = row.maybe_fixed("mark")?.map(DecisionId);
            Ok((row.int("epoch")?, mark))
        })?;
        let (epoch, mark) = mark.unwrap_or_default();
        let looked = every(&next(), |row| Ok(DecisionId(row.id16("id")?)))?;
        let read = Uncounted {
            epoch,
            mark,
            looked: (
                u32::try_from(looked.len()).unwrap_or(u32::MAX),
                looked.last().copied(),
            ),
            accesses: every(&next(), access)?,
            firsts: every(&next(), first_seen)?,
            reported: every(&next(), |row| Ok(ended_well(row.text("facts")?)))?
                .into_iter()
                .flatten()
                .collect(),
        };
        let one = |text: &'static str| {
            let ids = read.reported.iter();
            ids.map(move |id| Query::new(text, [(*id).into()]))
        };
        let asked: Vec<_> = one(PENDING).chain(one(PENDING_FIRSTS)).collect();
        let answers = self.db.read(asked).await?;
        let (waited, first) = answers.split_at(read.reported.len());
        let waited: Result<_, Fault> = waited.iter().flatten().map(access).collect();
        let first: Result<_, Fault> = first.iter().flatten().map(first_seen).collect();
        Ok(read.with(waited?, first?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_room_for_what_one_attempt_asks() {
        let last = format!("?{}))", 2 * AT_ONCE);
        assert!(COUNTS.sqlite.contains(&last) && COUNTS.postgres.contains(&last));
    }
}
