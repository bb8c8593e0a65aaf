//! The acts "stop" and "lift", and what everybody else is told of stops.
//!
//! **Invariant:** neither an application nor a customer learns who of the firm it was, or why.

use sekisho_core::access::OperationKind;
use sekisho_core::entry::Entry;
use sekisho_core::id::{ApplicationId, StopId};
use sekisho_core::known::{Left, StaffKnown, StopKnown, StopMessage, Word};
use sekisho_core::moment::Moment;
use sekisho_core::outcome::Outcome;
use sekisho_core::reason::Reason;
use sekisho_core::stop::{Attempt, Facts, NewStop, decide, refusing};
use sekisho_core::verdict::Verdict;

use super::judge::DecisionView;
use super::staff::{Proved, StaffBy};
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// How many of the newest stops are listed for staff, beside those that are not over.
const LISTED: u32 = 200;

/// Stops, as staff see them.
#[derive(Clone, Debug)]
pub struct ListedStops {
    /// They, newest first.
    pub stops: Vec<StopKnown>,
    /// The people whom they name.
    pub people: Vec<StaffKnown>,
    /// There may be older ones, all of which are over: so many of the newest were looked at.
    pub older: Option<u32>,
}

/// A stop, as applications and customers are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopTold {
    /// The id.
    pub id: StopId,
    /// The kind of operation; `None` for all.
    pub kind: Option<OperationKind>,
    /// The channel; `None` for all.
    pub channel: Option<Word>,
    /// The segment of customers; `None` for all.
    pub segment: Option<Word>,
    /// What is said.
    pub message: StopMessage,
    /// What is left.
    pub left: Vec<Left>,
    /// Since when.
    pub since: Moment,
    /// Until when, if that is known.
    pub until: Option<Moment>,
}

impl From<&StopKnown> for StopTold {
    fn from(known: &StopKnown) -> Self {
        Self {
            id: known.id,
            kind: known.scope.kind.clone(),
            channel: known.scope.channel.clone(),
            segment: known.scope.segment.clone(),
            message: known.message.clone(),
            left: known.left.clone(),
            since: known.begins.unwrap_or(known.made),
            until: known.ends,
        }
    }
}

/// What became of the wish of a person of the firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopAnswer {
    /// It is done.
    Done(StopId),
    /// It waits for a second person.
    Proposed(StopId),
    /// The rules say no.
    Refused(Reason),
    /// No such stop.
    Unknown,
    /// They did not prove who they are.
    Unproved,
}

impl Gate {
    /// Makes a stop. From the moment this is answered no operation that it covers is confirmed or
    /// redeemed, on any node.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn stop(
        &self,
        claim: impl Into<StaffBy<'_>>,
        new: NewStop,
    ) -> Result<StopAnswer, Fault> {
        let attempt = Attempt::Make(Box::new(new));
        self.change_stop(claim.into(), &attempt, None).await
    }

    /// Gives a stop a later end, or none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn extend_stop(
        &self,
        claim: impl Into<StaffBy<'_>>,
        id: StopId,
        ends: Option<Moment>,
    ) -> Result<StopAnswer, Fault> {
        self.change_stop(claim.into(), &Attempt::Extend(ends), Some(id))
            .await
    }

    /// Wants a stop to end, at once or at an earlier moment than it would, or agrees to that.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn lift_stop(
        &self,
        claim: impl Into<StaffBy<'_>>,
        id: StopId,
        end: Option<Moment>,
    ) -> Result<StopAnswer, Fault> {
        self.change_stop(claim.into(), &Attempt::Lift(end), Some(id))
            .await
    }

    async fn change_stop(
        &self,
        claim: StaffBy<'_>,
        attempt: &Attempt,
        id: Option<StopId>,
    ) -> Result<StopAnswer, Fault> {
        for _ in 0..ROUNDS {
            let Some(Proved { staff, .. }) = self.prove_staff(claim).await? else {
                return Ok(StopAnswer::Unproved);
            };
            let now = self.now();
            let (stop, proposer, stops) = match id {
                Some(id) => self.store().stop_and_proposer(id, now).await?,
                None => (None, None, self.store().stops(now).await?),
            };
            let fresh = (self.fresh_decision(now)?, StopId(self.dice().id(now)?));
            let facts = Facts {
                staff,
                named: id,
                stop,
                proposer,
                stops,
                fresh,
                now,
            };
            let decision = decide(attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let about = id.unwrap_or(fresh.1);
            let reason = committed.reasons().first().copied();
            return Ok(match committed.verdict() {
                Verdict::Allow => StopAnswer::Done(about),
                Verdict::Hold => StopAnswer::Proposed(about),
                _ if reason == Some(Reason::StopUnknown) => StopAnswer::Unknown,
                Verdict::Refuse | Verdict::StepUp(_) => {
                    StopAnswer::Refused(reason.unwrap_or(Reason::StopOver))
                }
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Every stop that is not over and the newest of those that are, with the people whom they
    /// name, for staff.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn listed_stops(&self) -> Result<ListedStops, Fault> {
        let open = self.store().stops(self.now()).await?.listed;
        let mut stops = self.store().newest_stops(LISTED).await?;
        let whole = u32::try_from(stops.len()).is_ok_and(|count| count < LISTED);
        stops.retain(|stop| open.iter().all(|one| one.id != stop.id));
        stops.extend(open);
        stops.sort_by_key(|stop| std::cmp::Reverse((stop.made, stop.id)));
        Ok(ListedStops {
            stops,
            people: self.store().all_staff().await?,
            older: (!whole).then_some(LISTED),
        })
    }

    /// What is stopped now for operations of this application.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn stops_for(&self, application: ApplicationId) -> Result<Vec<StopTold>, Fault> {
        let stops = self.store().stops(self.now()).await?;
        let own = |stop: &&StopKnown| stop.scope.application.is_none_or(|id| id == application);
        Ok(stops.standing().filter(own).map(StopTold::from).collect())
    }

    /// What is stopped now, for customers. It is not known here of which segments a customer is, so
    /// a stop for one segment is told where an operation meets it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn stops_shown(&self) -> Result<Vec<StopTold>, Fault> {
        let stops = self.store().stops(self.now()).await?;
        let general = |stop: &&StopKnown| stop.scope.segment.is_none();
        Ok(stops
            .standing()
            .filter(general)
            .map(StopTold::from)
            .collect())
    }

    /// How many stops stand.
    pub(crate) async fn count_stops(&self) -> Result<usize, Fault> {
        Ok(self.store().stops(self.now()).await?.standing().count())
    }

    /// A decision as its application sees it, with the stop that refused if one did.
    pub(crate) async fn decision_view(
        &self,
        entry: &Entry,
        outcome: Option<Outcome>,
    ) -> Result<DecisionView, Fault> {
        let mut view = DecisionView::of(entry, outcome);
        if let Some(id) = refusing(entry) {
            let (found, _) = self.store().stop(id, self.now()).await?;
            view.stop = found.as_ref().map(StopTold::from);
        }
        Ok(view)
    }
}
