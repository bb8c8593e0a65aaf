//! For everything that a stop may stand in the way of: the stops that are not over, in the same
//! snapshot as what they are about; and for the acts "stop" and "lift", stops and people.
//!
//! **Invariant:** the epoch and the stops are of one snapshot.

use super::confirm::{BY_ID, operation};
use super::rows::{first, hash, kind, line, maybe_moment, maybe_word, moment, words};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::id::{ApplicationId, OperationId, StaffId, StopId};
use sekisho_core::known::{
    Left, OperationKnown, StaffKnown, StaffName, StaffRole, StopKnown, StopMessage, StopProposal,
    StopScope, StopsKnown,
};
use sekisho_core::moment::Moment;

/// The columns of a stop `s` as [`stop`] reads them.
macro_rules! stop_columns {
    () => {
        "s.id AS stop_id, s.kind AS stop_kind, s.application AS stop_application, \
         s.channel AS stop_channel, s.segment AS stop_segment, s.reason, s.message_ja, \
         s.message_en, s.remaining, s.made_by, s.made, s.begins, s.ends, s.proposed_by, \
         s.proposed, s.proposed_end, s.lifted_by, s.lifted, s.revision AS stop_revision"
    };
}

/// The epoch with every stop that is not over; one row without a stop where there is none.
///
/// As many stand as may stand by the clock of who made them; by a clock that is behind, more. So
/// there is room for many times that, and those that last longest come first.
const OPEN: &str = concat!(
    "SELECT e.epoch, ",
    stop_columns!(),
    " FROM stop_epoch e LEFT JOIN stop s ON s.lifted IS NULL AND (s.ends IS NULL OR s.ends > ?1) \
     WHERE e.one = 1 \
     ORDER BY CASE WHEN s.ends IS NULL THEN 0 ELSE 1 END, s.ends DESC, s.id LIMIT 2000"
);

const ONE: &str = concat!("SELECT ", stop_columns!(), " FROM stop s WHERE s.id = ?1");

const NEWEST: &str = concat!(
    "SELECT ",
    stop_columns!(),
    " FROM stop s ORDER BY s.made DESC, s.id LIMIT ?1"
);

/// The columns of a person as [`staff`] reads them.
macro_rules! staff_columns {
    () => {
        "SELECT id, name, roles, hash, created, given, disabled, revision, \
         (SELECT MIN(created) FROM staff) AS founded FROM staff "
    };
}

const STAFF: &str = concat!(staff_columns!(), "WHERE name = ?1");

const PROPOSER: &str = concat!(
    staff_columns!(),
    "WHERE id = (SELECT proposed_by FROM stop WHERE id = ?1)"
);

const ALL_STAFF: &str = concat!(staff_columns!(), "ORDER BY name LIMIT 1000");

pub(super) fn stops_query(at: Moment) -> Query {
    Query::new(OPEN, [at.into()])
}

/// What [`stops_query`] answers.
pub(super) fn stops(rows: &[Row], at: Moment) -> Result<StopsKnown, Fault> {
    let Some(row) = rows.first() else {
        return Err(Fault::Corrupt {
            table: "stop_epoch",
            what: "expected one row".to_owned(),
        });
    };
    let there = |row: &&Row| !matches!(row.maybe_bytes("stop_id"), Ok(None));
    Ok(StopsKnown {
        epoch: row.int("epoch")?,
        at,
        listed: rows
            .iter()
            .filter(there)
            .map(stop)
            .collect::<Result<_, _>>()?,
    })
}

fn stop(row: &Row) -> Result<StopKnown, Fault> {
    let staff = |column| Ok::<_, Fault>(row.maybe_fixed(column)?.map(StaffId));
    let by_and_when = |by, at| Ok::<_, Fault>(staff(by)?.zip(maybe_moment(row, at)?));
    let end = maybe_moment(row, "proposed_end")?;
    let proposal = by_and_when("proposed_by", "proposed")?;
    Ok(StopKnown {
        id: StopId(row.id16("stop_id")?),
        scope: StopScope {
            kind: match row.maybe_text("stop_kind")? {
                Some(_) => Some(kind(row, "stop_kind")?),
                None => None,
            },
            application: row.maybe_fixed("stop_application")?.map(ApplicationId),
            channel: maybe_word(row, "stop_channel")?,
            segment: maybe_word(row, "stop_segment")?,
        },
        reason: line(row, "reason")?,
        message: StopMessage {
            ja: line(row, "message_ja")?,
            en: line(row, "message_en")?,
        },
        left: words(row, "remaining", Left::parse)?,
        by: StaffId(row.id16("made_by")?),
        made: moment(row, "made")?,
        begins: maybe_moment(row, "begins")?,
        ends: maybe_moment(row, "ends")?,
        proposal: proposal.map(|(by, at)| StopProposal { by, at, end }),
        lifted: by_and_when("lifted_by", "lifted")?,
        revision: row.int("stop_revision")?,
    })
}

pub(super) fn staff(row: &Row) -> Result<StaffKnown, Fault> {
    let name = StaffName::parse(row.text("name")?);
    Ok(StaffKnown {
        id: StaffId(row.id16("id")?),
        name: name.map_err(|_| row.corrupt("name", "a name of staff"))?,
        roles: words(row, "roles", StaffRole::parse)?,
        hash: hash(row, "hash")?,
        created: moment(row, "created")?,
        given: moment(row, "given")?,
        founded: moment(row, "founded")?,
        disabled: maybe_moment(row, "disabled")?,
        revision: row.int("revision")?,
    })
}

impl Store {
    /// The stops that are not over at `at`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn stops(&self, at: Moment) -> Result<StopsKnown, Fault> {
        let answers = self.db.read(vec![stops_query(at)]).await?;
        stops(answers.first().map_or(&[], Vec::as_slice), at)
    }

    /// The operation with this id, and the stops that are not over at `at`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn operation_and_stops(
        &self,
        id: OperationId,
        at: Moment,
    ) -> Result<Option<(OperationKnown, StopsKnown)>, Fault> {
        let queries = vec![Query::new(BY_ID, [id.into()]), stops_query(at)];
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = first(&answers.next().unwrap_or_default(), operation)?;
        let stops = stops(&answers.next().unwrap_or_default(), at)?;
        Ok(found.map(|found| (found, stops)))
    }

    /// A stop, and those that are not over at `at`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn stop(
        &self,
        id: StopId,
        at: Moment,
    ) -> Result<(Option<StopKnown>, StopsKnown), Fault> {
        let queries = vec![Query::new(ONE, [id.into()]), stops_query(at)];
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = first(&answers.next().unwrap_or_default(), stop)?;
        Ok((found, stops(&answers.next().unwrap_or_default(), at)?))
    }

    /// The same, and who proposed to lift that stop.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn stop_and_proposer(
        &self,
        id: StopId,
        at: Moment,
    ) -> Result<(Option<StopKnown>, Option<StaffKnown>, StopsKnown), Fault> {
        let queries = vec![
            Query::new(ONE, [id.into()]),
            Query::new(PROPOSER, [id.into()]),
            stops_query(at),
        ];
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = first(&answers.next().unwrap_or_default(), stop)?;
        let proposer = first(&answers.next().unwrap_or_default(), staff)?;
        let stops = stops(&answers.next().unwrap_or_default(), at)?;
        Ok((found, proposer, stops))
    }

    /// The newest stops, those that are over included.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn newest_stops(&self, most: u32) -> Result<Vec<StopKnown>, Fault> {
        self.rows_of(Query::new(NEWEST, [most.into()]), stop).await
    }

    /// The person of this name.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn staff(&self, name: &StaffName) -> Result<Option<StaffKnown>, Fault> {
        self.row_of(Query::new(STAFF, [name.as_str().into()]), staff)
            .await
    }

    /// Every person, by name, 1000 at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn all_staff(&self) -> Result<Vec<StaffKnown>, Fault> {
        self.rows_of(Query::new(ALL_STAFF, []), staff).await
    }
}
