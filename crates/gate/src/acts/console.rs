//! The console's lists and pages: the overview, alerts and cases, and what is done with them.
//!
//! **Invariant:** nothing that names a customer is read before [`Gate::may`] allowed it and the
//! entry that says who looks is committed.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_core::attack::AlertKnown;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::StaffId;
use sekisho_core::known::{CaseKnown, StaffName, StopKnown};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sighting::Ending;
use sekisho_store::{
    AlertList, AlertPlace, CaseList, CasePlace, NoticeCounts, OverdueCounted, WaitingCounted,
};
use serde_json::json;

use super::console_health::Lately;
use super::staff::StaffAnswer;
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::Gate;

/// Rows of a page.
const PAGE: u32 = 50;
/// Rows of a part of a file, and its parts at most: 10,000 rows.
const PART: u32 = 500;
const PARTS: usize = 20;

/// For so long after its end an hour may still get attempts, those of applications that tell late.
const LATE: Span = Span::minutes(15);

/// How attempts ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttemptsCounted {
    /// Proved and let through.
    pub succeeded: u64,
    /// A proof was wrong, or it was refused.
    pub failed: u64,
    /// More proof was asked for.
    pub stepped_up: u64,
}

impl AttemptsCounted {
    pub(super) fn add(&mut self, ending: Ending, many: u64) {
        let sum = match ending {
            Ending::Success => &mut self.succeeded,
            Ending::Failure => &mut self.failed,
            Ending::Pending => &mut self.stepped_up,
        };
        *sum += many;
    }

    /// All of them.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.succeeded + self.failed + self.stepped_up
    }
}

/// What the overview shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// When it was looked at.
    pub at: Moment,
    /// Attempts of this hour and the 23 before it, the oldest first.
    pub hours: Vec<(Moment, AttemptsCounted)>,
    /// What waits for somebody.
    pub waiting: WaitingCounted,
    /// What of it nobody has taken in time.
    pub overdue: OverdueCounted,
    /// Messages that wait, and that were given up.
    pub messages: NoticeCounts,
    /// What is stopped now.
    pub stops: Vec<StopKnown>,
    /// How it goes with what goes out, and where attempts came from lately.
    pub lately: Arc<Lately>,
}

impl Overview {
    /// Attempts of this hour.
    #[must_use]
    pub fn hour(&self) -> AttemptsCounted {
        self.hours
            .last()
            .map(|(_, counted)| *counted)
            .unwrap_or_default()
    }

    /// Attempts of all hours together.
    #[must_use]
    pub fn day(&self) -> AttemptsCounted {
        let add = |sum: AttemptsCounted, (_, one): &(Moment, AttemptsCounted)| AttemptsCounted {
            succeeded: sum.succeeded + one.succeeded,
            failed: sum.failed + one.failed,
            stepped_up: sum.stepped_up + one.stepped_up,
        };
        self.hours.iter().fold(AttemptsCounted::default(), add)
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// The names of people, by their ids.
pub type Names = BTreeMap<StaffId, StaffName>;

impl Gate {
    /// The overview. It names no customer and no person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn overview(&self, session: &StaffSession) -> Result<StaffAnswer<Overview>, Fault> {
        if let Err(reason) = self.may(session, ConsoleAct::Overview) {
            return Ok(StaffAnswer::Refused(reason));
        }
        let now = self.now();
        let hour = Span::hours(1).0;
        let first = Moment((now.0.div_euclid(hour) - 23) * hour);
        let hours = self.hours(first, now).await?;
        let stops = self.store().stops(now).await?;
        Ok(StaffAnswer::Done(Overview {
            at: now,
            hours,
            waiting: self.store().waiting_counted().await?,
            overdue: self.count_overdue().await?,
            messages: self.store().notice_counts().await?,
            stops: stops.standing().cloned().collect(),
            lately: Box::pin(self.lately(now)).await?,
        }))
    }

    /// Attempts of the 24 hours from `first` on. An hour that was over a quarter of an hour ago is
    /// counted once on each node, since no more come to it.
    async fn hours(
        &self,
        first: Moment,
        now: Moment,
    ) -> Result<Vec<(Moment, AttemptsCounted)>, Fault> {
        let hour = |more| first.plus(Span::hours(more));
        let kept = self.kept().hours().clone();
        let since = (0..24).map(hour).find(|at| !kept.contains_key(at));
        let mut hours: BTreeMap<_, _> = (0..24)
            .map(hour)
            .map(|at| (at, kept.get(&at).copied().unwrap_or_default()))
            .collect();
        let since = since.unwrap_or(now);
        for (_, sum) in hours.range_mut(since..) {
            *sum = AttemptsCounted::default();
        }
        for counted in self.store().attempts_by_hour(since).await? {
            if let Some(sum) = hours.get_mut(&counted.hour) {
                sum.add(counted.ending, counted.many);
            }
        }
        let over = |at: &Moment| at.plus(Span::hours(1)).plus(LATE) <= now;
        let whole = hours.iter().filter(|(at, _)| over(at));
        *self.kept().hours() = whole.map(|(at, sum)| (*at, *sum)).collect();
        Ok(hours.into_iter().collect())
    }

    /// A page of alerts, with the names of whom they name. A cursor that is not one of ours begins
    /// at the first row.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_alerts(
        &self,
        session: &StaffSession,
        list: AlertList,
        after: Option<&str>,
    ) -> Result<StaffAnswer<(Listed<AlertKnown>, Names)>, Fault> {
        let asked = json!({ "list": format!("{list:?}"), "after": after.is_some() });
        let looks = self
            .looks_at(session, ConsoleAct::AlertsShow, asked)
            .await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let page = self.alert_part((list, PAGE), after).await?;
        Ok(StaffAnswer::Done((page, self.names().await?)))
    }

    /// Alerts for a file, 10,000 at most, with the names of whom they name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn export_alerts(
        &self,
        session: &StaffSession,
        list: AlertList,
    ) -> Result<StaffAnswer<(Vec<AlertKnown>, Names)>, Fault> {
        let asked = json!({ "of": "alerts", "list": format!("{list:?}") });
        let looks = self.looks_at(session, ConsoleAct::Export, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..PARTS {
            let page = self.alert_part((list, PART), after.as_deref()).await?;
            all.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(StaffAnswer::Done((all, self.names().await?)))
    }

    async fn alert_part(
        &self,
        (list, most): (AlertList, u32),
        after: Option<&str>,
    ) -> Result<Listed<AlertKnown>, Fault> {
        let after = after.and_then(|text| {
            let (entered, last, id) = parts(text)?;
            let place: AlertPlace = (entered, last, id.parse().ok()?);
            Some(place)
        });
        let rows = self.store().alert_page(list, after, most + 1).await?;
        let place = |row: &AlertKnown| format!("{}.{}.{}", row.counts.entered, row.last.0, row.id);
        Ok(listed(rows, most, place))
    }

    /// A page of cases, with the names of whom they name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_cases(
        &self,
        session: &StaffSession,
        list: CaseList,
        after: Option<&str>,
    ) -> Result<StaffAnswer<(Listed<CaseKnown>, Names)>, Fault> {
        let asked = json!({ "list": format!("{list:?}"), "after": after.is_some() });
        let looks = self.looks_at(session, ConsoleAct::CasesShow, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let page = self.case_part((list, PAGE), after).await?;
        Ok(StaffAnswer::Done((page, self.names().await?)))
    }

    /// Cases for a file, 10,000 at most, with the names of whom they name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn export_cases(
        &self,
        session: &StaffSession,
        list: CaseList,
    ) -> Result<StaffAnswer<(Vec<CaseKnown>, Names)>, Fault> {
        let asked = json!({ "of": "cases", "list": format!("{list:?}") });
        let looks = self.looks_at(session, ConsoleAct::Export, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let (mut all, mut after) = (Vec::new(), None);
        for _ in 0..PARTS {
            let page = self.case_part((list, PART), after.as_deref()).await?;
            all.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(StaffAnswer::Done((all, self.names().await?)))
    }

    async fn case_part(
        &self,
        (list, most): (CaseList, u32),
        after: Option<&str>,
    ) -> Result<Listed<CaseKnown>, Fault> {
        let after = after.and_then(|text| {
            let (place, opened, id) = parts(text)?;
            let place: CasePlace = (place, opened, id.parse().ok()?);
            Some(place)
        });
        let rows = self.store().case_page(list, after, most + 1).await?;
        let place = |row: &CaseKnown| {
            let place = row.worry.place().unwrap_or(u8::MAX);
            format!("{place}.{}.{}", row.opened.0, row.id)
        };
        Ok(listed(rows, most, place))
    }

    pub(super) async fn names(&self) -> Result<Names, Fault> {
        let people = self.store().all_staff().await?;
        Ok(people.into_iter().map(|one| (one.id, one.name)).collect())
    }
}

/// The parts of a cursor.
fn parts(text: &str) -> Option<(i64, Moment, &str)> {
    let mut parts = text.splitn(3, '.');
    let first = parts.next()?.parse().ok()?;
    let at = Moment(parts.next()?.parse().ok()?);
    Some((first, at, parts.next()?))
}

/// A page of rows that were asked for with one more.
pub(super) fn listed<T>(mut rows: Vec<T>, most: u32, place: impl Fn(&T) -> String) -> Listed<T> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(place);
    Listed { rows, next }
}
