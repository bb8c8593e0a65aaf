//! What is counted of everybody, and what is still to be counted.
//!
//! **Invariant:** every question is a bounded number of probes of a key: counts by their own,
//! accesses through the entries that follow the mark.

use super::rows::{access, access_columns, every, first};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Sql, Value};
use sekisho_core::access::Access;
use sekisho_core::count::{MOST, Uncounted, first_shown};
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

/// Of the accesses of a customer that ended well within a day so many count at most, so that nobody
/// makes a place usual by going there often. Ours: more than nearly anybody has. Of the accesses
/// before it 64 at most are looked at.
macro_rules! within_share {
    () => {
        "(SELECT COUNT(*) FROM (SELECT b.ending FROM access b WHERE b.customer = a.customer \
         AND b.at > a.at - 86400000000 AND (b.at, b.decision) < (a.at, a.decision) \
         ORDER BY b.at DESC, b.decision DESC LIMIT 64) earlier \
         WHERE earlier.ending = 'success') < 8"
    };
}

pub(super) use within_share;

const MARK: &str = "SELECT epoch, mark FROM population_mark";

const LOOKED: &str = concat!("SELECT e.id FROM ", page!(), " ORDER BY e.id");

const ACCESSES: &str = concat!(
    "SELECT ",
    access_columns!(),
    " FROM ",
    page!(),
    " JOIN access a ON a.customer = e.customer AND a.at = e.at AND a.decision = e.id \
     WHERE a.ending = 'success' AND ",
    within_share!(),
    " ORDER BY e.id"
);

/// Which of these traits ended well for `?1` for the first time at `?2`: each is a key, however
/// much the customer was seen with.
macro_rules! firsts {
    ($first:literal) => {
        concat!(
            "WITH asked (kind, value) AS (VALUES ",
            $first,
            ", (?5, ?6), (?7, ?8), (?9, ?10), (?11, ?12), (?13, ?14), (?15, ?16), (?17, ?18), \
             (?19, ?20)) SELECT s.customer, s.kind, s.value \
             FROM asked AS a CROSS JOIN sighting AS s \
             WHERE s.customer = ?1 AND s.kind = a.kind AND s.value = a.value \
             AND s.first_success = ?2"
        )
    };
}

const FIRSTS: Sql = Sql {
    sqlite: firsts!("(?3, ?4)"),
    postgres: firsts!("(CAST(?3 AS BIGINT), CAST(?4 AS BYTEA))"),
};

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

/// What an access may have shown for the first time.
fn firsts(access: &Access) -> Query {
    let shown = first_shown(access).into_iter();
    let keys = shown.flat_map(|seen| [seen.kind.code().into(), seen.value.into()]);
    let unused = std::iter::repeat(Value::Null);
    let asked = [access.customer.into(), access.at.into()];
    let all = asked.into_iter().chain(keys).chain(unused);
    Query::new(FIRSTS, all.take(2 + 2 * AT_ONCE).collect::<Vec<_>>())
}

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
            firsts: Vec::new(),
            reported: every(&next(), |row| Ok(ended_well(row.text("facts")?)))?
                .into_iter()
                .flatten()
                .collect(),
        };
        let reported = read.reported.iter();
        let asked = reported.map(|id| Query::new(PENDING, [(*id).into()]));
        let answers = self.db.read(asked.collect()).await?;
        let waited: Result<Vec<_>, Fault> = answers.iter().flatten().map(access).collect();
        let mut read = read.with(waited?);
        let asked = read.accesses.iter().map(firsts).collect();
        let answers = self.db.read(asked).await?;
        let shown: Result<_, Fault> = answers.iter().flatten().map(first_seen).collect();
        read.firsts = shown?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_room_for_what_one_attempt_asks() {
        let last = format!("?{}))", 2 * AT_ONCE);
        assert!(COUNTS.sqlite.contains(&last) && COUNTS.postgres.contains(&last));
        let last = format!("?{}))", 2 + 2 * AT_ONCE);
        assert!(FIRSTS.sqlite.contains(&last) && FIRSTS.postgres.contains(&last));
    }
}
