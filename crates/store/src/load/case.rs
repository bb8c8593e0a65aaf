//! For the act "case": cases, the most worrying first, and what opening them takes.
//!
//! **Invariant:** a read is bounded by its page.

use super::rows::{first, maybe_moment, moment, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Value};
use sekisho_core::access::Act;
use sekisho_core::id::{CaseId, CustomerId, DecisionId, StaffId};
use sekisho_core::known::{CaseEnd, CaseKnown, Worry};
use sekisho_core::moment::Moment;
use sekisho_core::text::Reference;

/// Which cases.
#[derive(Clone, Debug)]
pub enum CaseQuestion {
    /// Those of a customer, open and closed, the newest first.
    Of(Reference),
    /// Those that were opened at this moment or later, the newest first.
    Since(Moment),
    /// Those that are open, the most worrying first and the oldest of them first.
    Waiting,
}

/// The columns of a case, whose table is `f` and whose customer is `c`.
macro_rules! cases {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, c.reference, f.customer, f.source, f.found, f.about, f.act, f.done, \
             f.opened, f.opened_by, f.taken_by, f.taken, f.closed_by, f.closed, f.ending, \
             f.revision FROM case_file f JOIN customer c ON c.id = f.customer ",
            $rest
        )
    };
}

pub(super) use cases;

impl Store {
    /// Cases, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn cases(&self, asked: &CaseQuestion, most: u32) -> Result<Vec<CaseKnown>, Fault> {
        let (text, by): (_, Option<Value>) = match asked {
            CaseQuestion::Of(reference) => (
                cases!("WHERE c.reference = ?2 ORDER BY f.opened DESC, f.id DESC LIMIT ?1"),
                Some(reference.as_str().into()),
            ),
            CaseQuestion::Since(moment) => (
                cases!("WHERE f.opened >= ?2 ORDER BY f.opened DESC, f.id DESC LIMIT ?1"),
                Some((*moment).into()),
            ),
            CaseQuestion::Waiting => (
                cases!("WHERE f.closed IS NULL ORDER BY f.place, f.opened, f.id LIMIT ?1"),
                None,
            ),
        };
        let params: Vec<Value> = std::iter::once(most.into()).chain(by).collect();
        self.rows_of(Query::new(text, params), case).await
    }

    /// The case of an id, and whose it is.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn case(&self, id: CaseId) -> Result<Option<(CaseKnown, CustomerId)>, Fault> {
        let query = Query::new(cases!("WHERE f.id = ?1"), [id.into()]);
        let rows = self.db.read(vec![query]).await?;
        let whose = |row: &Row| Ok((case(row)?, CustomerId(row.id16("customer")?)));
        first(rows.first().map_or(&[][..], Vec::as_slice), whose)
    }

    /// Whether there is a case of this source about a procedure, and whether its customer was asked
    /// about it in any case.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn case_about(&self, about: DecisionId, worry: Worry) -> Result<(bool, bool), Fault> {
        let text = "SELECT source, asked FROM case_file WHERE about = ?1";
        let of = |row: &Row| Ok((row.text("source")? == worry.source(), row.flag("asked")?));
        let found = self.rows_of(Query::new(text, [about.into()]), of).await?;
        let there = found.iter().any(|(same, _)| *same);
        Ok((there, found.iter().any(|(_, asked)| *asked)))
    }

    /// How many cases are open.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn waiting_cases(&self) -> Result<u64, Fault> {
        let text = "SELECT COUNT(*) AS waiting FROM case_file WHERE closed IS NULL";
        let rows = self.db.read(vec![Query::new(text, [])]).await?;
        let waiting = first(rows.first().map_or(&[][..], Vec::as_slice), |row| {
            row.int("waiting")
        })?;
        Ok(u64::try_from(waiting.unwrap_or_default()).unwrap_or_default())
    }

    /// Until when the daily look has got.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn daily_look(&self) -> Result<Option<Moment>, Fault> {
        let text = "SELECT until FROM daily_look WHERE one = 1";
        let rows = self.db.read(vec![Query::new(text, [])]).await?;
        let until = |row: &Row| maybe_moment(row, "until");
        Ok(first(rows.first().map_or(&[][..], Vec::as_slice), until)?.flatten())
    }
}

pub(super) fn case(row: &Row) -> Result<CaseKnown, Fault> {
    let person = |column: &str| -> Result<Option<StaffId>, Fault> {
        Ok(row.maybe_fixed(column)?.map(StaffId))
    };
    let worry = Worry::parse(row.text("source")?, row.text("found")?);
    let ending = row.maybe_text("ending")?.map(CaseEnd::parse);
    let ending = match ending {
        Some(None) => return Err(row.corrupt("ending", "what a case was")),
        Some(Some(end)) => Some(end),
        None => None,
    };
    let closed = person("closed_by")?
        .zip(maybe_moment(row, "closed")?)
        .zip(ending);
    Ok(CaseKnown {
        id: CaseId(row.id16("id")?),
        customer: word(row, "reference", |text| Reference::parse(text).ok())?,
        worry: worry.ok_or_else(|| row.corrupt("found", "what a case is of"))?,
        about: DecisionId(row.id16("about")?),
        act: word(row, "act", Act::parse)?,
        done: moment(row, "done")?,
        opened: moment(row, "opened")?,
        opened_by: person("opened_by")?,
        taken: person("taken_by")?.zip(maybe_moment(row, "taken")?),
        closed: closed.map(|((by, at), end)| (by, at, end)),
        revision: row.int("revision")?,
    })
}
