//! For the act "archive": rows in the order of their decisions, and the parts that were kept.
//!
//! **Invariant:** a read is bounded by its page.

use super::procedure::done;
use super::rows::{access, access_columns, digest, maybe_moment, moment, word};
use super::sweep::reference;
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::archive::{AccessRow, Day, Done, Kept, Part, PartKept, VoidedRow};
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::moment::Moment;
use sekisho_core::sighting::{Trait, TraitKind};

/// Accesses after a decision and up to another.
const ACCESSES: &str = concat!(
    "SELECT ",
    access_columns!(),
    ", c.reference AS customer_reference, CASE WHEN ",
    done!(),
    " AND a.act NOT IN ('sign_in', 'step_up', 'sign_out') THEN 1 ELSE 0 END AS done \
     FROM entry d JOIN access a ON a.customer = d.customer AND a.at = d.at AND a.decision = d.id \
     JOIN customer c ON c.id = a.customer \
     WHERE d.id > ?1 AND d.id <= ?2 ORDER BY d.id LIMIT ?3"
);

/// The decision up to which a part has so many accesses left.
const LEFT: &str = "SELECT d.id FROM entry d \
     JOIN access a ON a.customer = d.customer AND a.at = d.at AND a.decision = d.id \
     WHERE d.id > ?1 AND d.id <= ?2 ORDER BY d.id LIMIT ?3";

const PARTS: &str = "SELECT kept, after, upto, day, held, digest, gone, removed FROM archive_part \
     WHERE kept = ?1 AND after > ?2 ORDER BY after LIMIT ?3";

const WAITING: &str = "SELECT kept, after, upto, day, held, digest, gone, removed FROM archive_part \
     WHERE kept = ?1 AND removed IS NULL ORDER BY after LIMIT ?2";

const LAST: &str = "SELECT kept, after, upto, day, held, digest, gone, removed FROM archive_part \
     WHERE kept = ?1 ORDER BY after DESC LIMIT 1";

/// Up to where rows have gone, or may have.
const GONE: &str = "SELECT MAX(day) AS day FROM archive_part WHERE kept = 'accesses'";

const VOIDED: &str = "SELECT s.kind, s.value, s.customer, s.first_at, s.last_at, s.voided, \
     c.reference AS customer_reference FROM sighting s JOIN customer c ON c.id = s.customer \
     WHERE s.voided IS NOT NULL AND s.kind = ?1 \
     AND (s.value > ?2 OR (s.value = ?2 AND s.customer > ?3)) \
     ORDER BY s.value, s.customer LIMIT ?4";

impl Store {
    /// Accesses of the decisions after one and up to another, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn accesses_after(
        &self,
        (after, upto): (DecisionId, DecisionId),
        most: u32,
    ) -> Result<Vec<AccessRow>, Fault> {
        let params = [after.into(), upto.into(), most.into()];
        self.rows_of(Query::new(ACCESSES, params), access_row).await
    }

    /// The decisions of accesses that are left between two decisions, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn accesses_left(
        &self,
        (after, upto): (DecisionId, DecisionId),
        most: u32,
    ) -> Result<Vec<DecisionId>, Fault> {
        let params = [after.into(), upto.into(), most.into()];
        let id = |row: &Row| Ok(DecisionId(row.id16("id")?));
        self.rows_of(Query::new(LEFT, params), id).await
    }

    /// The last part that was kept.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn last_part(&self, kept: Kept) -> Result<Option<PartKept>, Fault> {
        self.row_of(Query::new(LAST, [kept.word().into()]), part)
            .await
    }

    /// Parts that were kept and whose rows are still there, the oldest first, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn parts_to_remove(&self, most: u32) -> Result<Vec<PartKept>, Fault> {
        let params = [Kept::Accesses.word().into(), most.into()];
        self.rows_of(Query::new(WAITING, params), part).await
    }

    /// Parts that begin after a decision, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn parts_after(
        &self,
        kept: Kept,
        after: DecisionId,
        most: u32,
    ) -> Result<Vec<PartKept>, Fault> {
        let params = [kept.word().into(), after.into(), most.into()];
        self.rows_of(Query::new(PARTS, params), part).await
    }

    /// Before which moment accesses may have gone; `None` where none have.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn archived_until(&self) -> Result<Option<Moment>, Fault> {
        let day = |row: &Row| maybe_moment(row, "day");
        let found = self.row_of(Query::new(GONE, []), day).await?.flatten();
        Ok(found.map(|day| Day::of(day).next().begins()))
    }

    /// Traits of a kind that stand for fraud of a customer, after one of them, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn voided_after(
        &self,
        after: (Trait, CustomerId),
        most: u32,
    ) -> Result<Vec<VoidedRow>, Fault> {
        let (seen, customer) = after;
        let params = [
            seen.kind.code().into(),
            seen.value.into(),
            customer.into(),
            most.into(),
        ];
        self.rows_of(Query::new(VOIDED, params), voided).await
    }
}

fn access_row(row: &Row) -> Result<AccessRow, Fault> {
    Ok(AccessRow {
        access: access(row)?,
        reference: reference(row)?,
        done: if row.flag("done")? {
            Done::Yes
        } else {
            Done::No
        },
    })
}

fn part(row: &Row) -> Result<PartKept, Fault> {
    let kept = word(row, "kept", Kept::parse)?;
    let after = DecisionId(row.id16("after")?);
    let day = Day::of(moment(row, "day")?);
    Ok(PartKept {
        part: Part::after(kept, day, after),
        after,
        upto: DecisionId(row.id16("upto")?),
        rows: row.narrow("held")?,
        digest: digest(row, "digest")?,
        gone: row.narrow("gone")?,
        removed: maybe_moment(row, "removed")?,
    })
}

fn voided(row: &Row) -> Result<VoidedRow, Fault> {
    let kind = TraitKind::from_code(row.int("kind")?);
    Ok(VoidedRow {
        customer: CustomerId(row.id16("customer")?),
        reference: reference(row)?,
        seen: Trait {
            kind: kind.ok_or_else(|| row.corrupt("kind", "a kind of trait"))?,
            value: row.id16("value")?,
        },
        shown: (moment(row, "first_at")?, moment(row, "last_at")?),
        at: moment(row, "voided")?,
    })
}
