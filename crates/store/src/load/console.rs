//! For the console: pages of alerts and cases, notes, and what the overview counts.
//!
//! **Invariant:** a page is read from an index that has its order, from where the one before it
//! ended, however long the list is.

use super::alert::{alert, select as alerts};
use super::case::{case, cases};
use super::rows::{ending, moment, sealed, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Value};
use sekisho_core::attack::{AlertKnown, Severity};
use sekisho_core::bytes::Sealed;
use sekisho_core::id::{AlertId, CaseId, DecisionId, StaffId};
use sekisho_core::known::{CaseKnown, Worry};
use sekisho_core::moment::Moment;
use sekisho_core::operation::OperationState;
use sekisho_core::policy::DutyPolicy;
use sekisho_core::sighting::Ending;
use sekisho_core::sweep::{Finding, Suspicion};

/// Which alerts, in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertList {
    /// All of them, the newest first.
    All,
    /// Those that are open, the newest first.
    Open,
    /// Those that are open, with the most accounts entered first.
    Worst,
}

/// Where a page of alerts ended: accounts entered, last attempt, id.
pub type AlertPlace = (i64, Moment, AlertId);

/// Which cases, in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseList {
    /// All of them, the newest first.
    All,
    /// Those that this person looks into, the most worrying first.
    Of(StaffId),
    /// Those that are open, the most worrying first and the oldest of them first.
    Waiting,
}

/// Where a page of cases ended: how worrying, when it was opened, id.
pub type CasePlace = (i64, Moment, CaseId);

/// Attempts of an hour that ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourCounted {
    /// The first moment of the hour.
    pub hour: Moment,
    /// How they ended.
    pub ending: Ending,
    /// How many.
    pub many: u64,
}

/// A note in a case, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteKnown {
    /// The decision that kept it; also its key.
    pub decision: DecisionId,
    /// Who wrote it.
    pub staff: StaffId,
    /// When.
    pub at: Moment,
    /// What.
    pub sealed: Sealed,
}

/// What waits for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitingCounted {
    /// Alerts that are open.
    pub alerts: i64,
    /// Cases that are open.
    pub cases: i64,
    /// Operations that are held.
    pub held: i64,
}

/// What nobody has taken in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OverdueCounted {
    /// Alerts.
    pub alerts: i64,
    /// Cases.
    pub cases: i64,
}

const HOURS: &str = "SELECT at / 3600000000 AS hour, ending, COUNT(*) AS many FROM attempt \
     WHERE at >= ?1 GROUP BY at / 3600000000, ending ORDER BY 1, 2";

/// How far is counted what waits: more are as many as nobody looks through.
pub const MOST_COUNTED: i64 = 10_000;

const WAITING: &str = "SELECT \
     (SELECT COUNT(*) FROM (SELECT 1 FROM alert WHERE closed IS NULL LIMIT ?2) a) AS alerts, \
     (SELECT COUNT(*) FROM (SELECT 1 FROM case_file WHERE closed IS NULL LIMIT ?2) c) AS cases, \
     (SELECT COUNT(*) FROM (SELECT 1 FROM operation WHERE state = ?1 AND due IS NOT NULL \
      LIMIT ?2) o) AS held";

/// High are those by which somebody was entered and those about money ([`severity`]).
///
/// [`severity`]: sekisho_core::attack::severity
const OVERDUE: &str = "SELECT \
     (SELECT COUNT(*) FROM (SELECT 1 FROM alert WHERE closed IS NULL AND taken IS NULL \
      AND raised < ?1 AND raised < CASE \
      WHEN entered > 0 OR kind IN ('payout_account', 'pumping') THEN ?1 \
      WHEN proved > 0 THEN ?2 ELSE ?3 END LIMIT ?6) a) AS alerts, \
     (SELECT COUNT(*) FROM (SELECT 1 FROM case_file WHERE closed IS NULL AND taken_by IS NULL \
      AND opened < ?4 AND opened < CASE WHEN place <= 1 THEN ?4 ELSE ?5 END LIMIT ?6) c) AS cases";

const NOTES: &str = "SELECT decision, staff, at, sealed FROM case_note WHERE case_file = ?1 \
     ORDER BY at, decision LIMIT 500";

/// An hour in microseconds.
const HOUR: i64 = 3_600_000_000;

impl Store {
    /// A page of alerts after one, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn alert_page(
        &self,
        list: AlertList,
        after: Option<AlertPlace>,
        most: u32,
    ) -> Result<Vec<AlertKnown>, Fault> {
        let (entered, last, id) =
            after.unwrap_or((i64::MAX, Moment(i64::MAX), AlertId([0xff; 16])));
        let by_time = || vec![most.into(), last.into(), id.into()];
        let (text, params): (_, Vec<Value>) = match list {
            AlertList::All => (
                alerts!("(last_at, id) < (?2, ?3) ORDER BY last_at DESC, id DESC LIMIT ?1"),
                by_time(),
            ),
            AlertList::Open => (
                alerts!(
                    "closed IS NULL AND (last_at, id) < (?2, ?3) \
                     ORDER BY last_at DESC, id DESC LIMIT ?1"
                ),
                by_time(),
            ),
            AlertList::Worst => (
                alerts!(
                    "closed IS NULL AND (entered, last_at, id) < (?4, ?2, ?3) \
                     ORDER BY entered DESC, last_at DESC, id DESC LIMIT ?1"
                ),
                by_time().into_iter().chain([entered.into()]).collect(),
            ),
        };
        self.rows_of(Query::new(text, params), alert).await
    }

    /// A page of cases after one, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn case_page(
        &self,
        list: CaseList,
        after: Option<CasePlace>,
        most: u32,
    ) -> Result<Vec<CaseKnown>, Fault> {
        let first = (-1, Moment(i64::MIN), CaseId([0; 16]));
        let (place, opened, id) = after.unwrap_or(first);
        let worst = || vec![most.into(), place.into(), opened.into(), id.into()];
        let (text, params): (_, Vec<Value>) = match list {
            CaseList::All => {
                let newest = (Moment(i64::MAX), CaseId([0xff; 16]));
                let (opened, id) = after.map_or(newest, |(_, opened, id)| (opened, id));
                (
                    cases!(
                        "WHERE (f.opened, f.id) < (?2, ?3) \
                         ORDER BY f.opened DESC, f.id DESC LIMIT ?1"
                    ),
                    vec![most.into(), opened.into(), id.into()],
                )
            }
            CaseList::Of(staff) => (
                cases!(
                    "WHERE f.closed IS NULL AND f.taken_by = ?5 \
                     AND (f.place, f.opened, f.id) > (?2, ?3, ?4) \
                     ORDER BY f.place, f.opened, f.id LIMIT ?1"
                ),
                worst().into_iter().chain([staff.into()]).collect(),
            ),
            CaseList::Waiting => (
                cases!(
                    "WHERE f.closed IS NULL AND (f.place, f.opened, f.id) > (?2, ?3, ?4) \
                     ORDER BY f.place, f.opened, f.id LIMIT ?1"
                ),
                worst(),
            ),
        };
        self.rows_of(Query::new(text, params), case).await
    }

    /// What nobody has taken in time, of each so many as [`MOST_COUNTED`] and one more.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn overdue_counted(
        &self,
        duty: &DutyPolicy,
        now: Moment,
    ) -> Result<OverdueCounted, Fault> {
        let alert = |severity| now.minus(duty.alert_span(severity)).into();
        let case = |worry| now.minus(duty.case_span(worry)).into();
        let params = [
            alert(Severity::High),
            alert(Severity::Medium),
            alert(Severity::Low),
            case(Worry::Withdrawal(Suspicion::Alarm)),
            case(Worry::Operation(Finding::Unknown)),
            (MOST_COUNTED + 1).into(),
        ];
        let found = self.row_of(Query::new(OVERDUE, params), |row| {
            Ok(OverdueCounted {
                alerts: row.int("alerts")?,
                cases: row.int("cases")?,
            })
        });
        Ok(found.await?.unwrap_or_default())
    }

    /// The notes of a case, the oldest first, 500 at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn case_notes(&self, id: CaseId) -> Result<Vec<NoteKnown>, Fault> {
        self.rows_of(Query::new(NOTES, [id.into()]), |row| {
            Ok(NoteKnown {
                decision: DecisionId(row.id16("decision")?),
                staff: StaffId(row.id16("staff")?),
                at: moment(row, "at")?,
                sealed: sealed(row, "sealed")?,
            })
        })
        .await
    }

    /// How the attempts since a moment ended, hour by hour.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn attempts_by_hour(&self, since: Moment) -> Result<Vec<HourCounted>, Fault> {
        self.rows_of(Query::new(HOURS, [since.into()]), |row| {
            Ok(HourCounted {
                hour: Moment(row.int("hour")?.saturating_mul(HOUR)),
                ending: word(row, "ending", ending)?,
                many: u64::try_from(row.int("many")?).unwrap_or_default(),
            })
        })
        .await
    }

    /// What waits for somebody, of each so many as [`MOST_COUNTED`] and one more.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn waiting_counted(&self) -> Result<WaitingCounted, Fault> {
        let query = Query::new(
            WAITING,
            [
                OperationState::Held.word().into(),
                (MOST_COUNTED + 1).into(),
            ],
        );
        let found = self.row_of(query, |row| {
            Ok(WaitingCounted {
                alerts: row.int("alerts")?,
                cases: row.int("cases")?,
                held: row.int("held")?,
            })
        });
        Ok(found.await?.unwrap_or_default())
    }
}
