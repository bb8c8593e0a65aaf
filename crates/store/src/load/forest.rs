//! Forests that were grown, and what one is grown from.
//!
//! **Invariant:** a page of accesses looks at a bounded number of decisions.

use super::population::within_share;
use super::rows::{access, access_columns, every, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::access::Access;
use sekisho_core::bytes::Digest;
use sekisho_core::id::DecisionId;
use sekisho_core::known::ForestKnown;

const VERSION: &str = "SELECT MAX(version) AS version FROM forest";

const NEWEST: &str = "SELECT version, digest, bytes, grown, grown_from FROM forest \
     ORDER BY version DESC LIMIT 2";

const LOOKED: &str = "SELECT id FROM entry WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3";

const ENDED_WELL: &str = concat!(
    "SELECT ",
    access_columns!(),
    " FROM (SELECT id, customer, at FROM entry WHERE id > ?1 AND id <= ?2 \
     ORDER BY id LIMIT ?3) e \
     JOIN access a ON a.customer = e.customer AND a.at = e.at AND a.decision = e.id \
     WHERE a.ending = 'success' AND ",
    within_share!(),
    " ORDER BY e.id"
);

fn forest(row: &Row) -> Result<ForestKnown, Fault> {
    Ok(ForestKnown {
        version: row.int("version")?,
        digest: Digest(row.fixed("digest")?),
        bytes: row.bytes("bytes")?.to_vec(),
        grown: moment(row, "grown")?,
        rows: row.narrow("grown_from")?,
    })
}

impl Store {
    /// The newest forest and the one before it.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn forests(&self) -> Result<Vec<ForestKnown>, Fault> {
        self.rows_of(Query::new(NEWEST, []), forest).await
    }

    /// The version of the newest forest; 0 where there is none.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn forest_version(&self) -> Result<i64, Fault> {
        let read = |row: &Row| row.maybe_int("version");
        let found = self.row_of(Query::new(VERSION, []), read).await?;
        Ok(found.flatten().unwrap_or(0))
    }

    /// The accesses that ended well among the decisions after one up to another, of which `most`
    /// are looked at; and the last of these.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn ended_well(
        &self,
        (after, until): (DecisionId, DecisionId),
        most: u32,
    ) -> Result<(Vec<Access>, Option<DecisionId>), Fault> {
        let page = |text| Query::new(text, [after.into(), until.into(), most.into()]);
        let answers = self.db.read(vec![page(LOOKED), page(ENDED_WELL)]).await?;
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let looked = every(&next(), |row| Ok(DecisionId(row.id16("id")?)))?;
        Ok((every(&next(), access)?, looked.last().copied()))
    }
}
