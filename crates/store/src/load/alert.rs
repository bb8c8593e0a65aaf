//! For staff: the attacks that were found, and whom they touched.
//!
//! **Invariant:** what is read is bounded; the newest alerts and the worst touched come first.

use super::rows::{maybe_moment, moment, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::attack::{AlertKnown, AttackKind, Counts, MOST_NAMED, Touch, TouchedKnown};
use sekisho_core::id::{AlertId, CustomerId, StaffId};
use sekisho_core::moment::Moment;
use sekisho_core::text::Reference;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, label, first_at, last_at, raised, attempts, failures, accounts, \
             strangers, addresses, proved, entered, taken_by, taken, closed FROM alert WHERE ",
            $rest
        )
    };
}

/// Which alerts.
#[derive(Clone, Copy, Debug)]
pub struct AlertQuestion {
    /// Those that are closed, too.
    pub closed: bool,
    /// Whose last attempt was at or after this moment.
    pub since: Option<Moment>,
    /// So many at most.
    pub most: u32,
}

pub(super) use select;

impl Store {
    /// Alerts, the newest first.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn alerts(&self, asked: AlertQuestion) -> Result<Vec<AlertKnown>, Fault> {
        let text = select!(
            "last_at >= ?1 AND (closed IS NULL OR ?2 = 1) ORDER BY last_at DESC, id LIMIT ?3"
        );
        let since = asked.since.unwrap_or(Moment(i64::MIN));
        let params = [since.into(), asked.closed.into(), asked.most.into()];
        self.rows_of(Query::new(text, params), alert).await
    }

    /// Until when it was settled that a customer was entered; `None` if it never was.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn entering_settled(&self, id: CustomerId) -> Result<Option<Moment>, Fault> {
        let text = "SELECT MAX(touched) AS touched FROM entered WHERE customer = ?1";
        let query = Query::new(text, [id.into()]);
        let found = self
            .row_of(query, |row| maybe_moment(row, "touched"))
            .await?;
        Ok(found.flatten())
    }

    /// One alert, with whom it touched, who was entered first; [`MOST_NAMED`] at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn alert(
        &self,
        id: AlertId,
    ) -> Result<Option<(AlertKnown, Vec<TouchedKnown>)>, Fault> {
        let query = Query::new(select!("id = ?1"), [id.into()]);
        let Some(known) = self.row_of(query, alert).await? else {
            return Ok(None);
        };
        let text = "SELECT c.reference, a.touch, a.at FROM alert_customer a \
             JOIN customer c ON c.id = a.customer WHERE a.alert = ?1 \
             ORDER BY a.touch DESC, a.at, a.customer LIMIT ?2";
        let query = Query::new(text, [id.into(), (MOST_NAMED as u32).into()]);
        let touched = self.rows_of(query, touched).await?;
        Ok(Some((known, touched)))
    }
}

pub(super) fn alert(row: &Row) -> Result<AlertKnown, Fault> {
    Ok(AlertKnown {
        id: AlertId(row.id16("id")?),
        kind: word(row, "kind", AttackKind::parse)?,
        label: row.text("label")?.to_owned(),
        first: moment(row, "first_at")?,
        last: moment(row, "last_at")?,
        raised: moment(row, "raised")?,
        counts: Counts {
            attempts: row.narrow("attempts")?,
            failures: row.narrow("failures")?,
            accounts: row.narrow("accounts")?,
            strangers: row.narrow("strangers")?,
            addresses: row.narrow("addresses")?,
            proved: row.narrow("proved")?,
            entered: row.narrow("entered")?,
        },
        taken: row
            .maybe_fixed("taken_by")?
            .map(StaffId)
            .zip(maybe_moment(row, "taken")?),
        closed: maybe_moment(row, "closed")?,
    })
}

fn touched(row: &Row) -> Result<TouchedKnown, Fault> {
    let how = Touch::from_code(row.int("touch")?);
    Ok(TouchedKnown {
        reference: word(row, "reference", |text| Reference::parse(text).ok())?,
        how: how.ok_or_else(|| row.corrupt("touch", "a touch of this version"))?,
        at: moment(row, "at")?,
    })
}
