//! Whoever sweeps, and what of it stands in the record.
//!
//! **Invariant:** a [`Sweeper`] is handed out only once the entry that says who it is and why is
//! committed.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_core::bytes::Digest;
use sekisho_core::change::Change;
use sekisho_core::id::{ApplicationId, CustomerId};
use sekisho_core::proof::StaffProved;
use sekisho_core::reason::Reason;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::{Attempt, Facts, Handed, Look, PlaceKnown, Who, decide};
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use tokio::sync::OwnedSemaphorePermit;

use crate::acts::staff::{Proved, StaffAnswer, StaffBy};
use crate::fault::Fault;
use crate::gate::Gate;
use crate::steps::caller::Caller;

/// Whoever sweeps, and why: what stands in the record before and after.
#[derive(Debug)]
pub(in crate::acts) struct Sweeper {
    pub(in crate::acts) gate: Gate,
    pub(in crate::acts) by: By,
    pub(in crate::acts) ground: Ground,
    /// Held for as long as a program sweeps.
    pub(in crate::acts) _place: Option<OwnedSemaphorePermit>,
}

/// Sweeps of programs that a node carries out at the same time: each reads as fast as it can, and
/// decisions read the same database.
pub(crate) const MOST_PROGRAMS: usize = 2;

/// Who it is.
#[derive(Debug)]
pub(in crate::acts) enum By {
    /// A person.
    Staff(StaffProved),
    /// A program of the firm.
    Program(ApplicationId),
    /// The daily look.
    Worker,
}

impl Gate {
    /// Puts into the record what a program asks; `None` while others are under way.
    pub(in crate::acts) async fn swept_by(
        &self,
        caller: &Caller,
        ground: Ground,
        asked: serde_json::Value,
    ) -> Result<Option<Sweeper>, Fault> {
        let Ok(place) = Arc::clone(self.sweeps()).try_acquire_owned() else {
            return Ok(None);
        };
        let sweeper = Sweeper {
            gate: self.clone(),
            by: By::Program(caller.application),
            ground,
            _place: Some(place),
        };
        sweeper.note(&Attempt::Begin(asked)).await?;
        Ok(Some(sweeper))
    }

    /// Proves who looks at something, and puts into the record what and why.
    pub(crate) async fn looking(
        &self,
        claim: StaffBy<'_>,
        ground: Ground,
        asked: serde_json::Value,
    ) -> Result<StaffAnswer<()>, Fault> {
        let looks = self.begun(claim, ground, Attempt::Look(asked)).await?;
        Ok(looks.map(|_| ()))
    }

    /// Proves who sweeps, and puts into the record what they ask.
    pub(in crate::acts) async fn sweeper(
        &self,
        claim: StaffBy<'_>,
        ground: Ground,
        asked: serde_json::Value,
    ) -> Result<StaffAnswer<Sweeper>, Fault> {
        self.begun(claim, ground, Attempt::Begin(asked)).await
    }

    async fn begun(
        &self,
        claim: StaffBy<'_>,
        ground: Ground,
        asked: Attempt,
    ) -> Result<StaffAnswer<Sweeper>, Fault> {
        let Some(Proved { staff, .. }) = self.prove_staff(claim).await? else {
            return Ok(StaffAnswer::Unproved);
        };
        let sweeper = Sweeper {
            gate: self.clone(),
            by: By::Staff(staff),
            ground,
            _place: None,
        };
        Ok(match sweeper.note(&asked).await? {
            None => StaffAnswer::Done(sweeper),
            Some(reason) => StaffAnswer::Refused(reason),
        })
    }
}

impl Sweeper {
    /// What is known of the places of each, in the order asked.
    pub(in crate::acts) async fn places(
        &self,
        asked: &[(CustomerId, Vec<Trait>)],
        look: &Look,
    ) -> Result<Vec<Vec<PlaceKnown>>, Fault> {
        let mut known: Vec<Vec<PlaceKnown>> = vec![Vec::new(); asked.len()];
        let mut by_kind: BTreeMap<TraitKind, Vec<(usize, CustomerId, [u8; 16])>> = BTreeMap::new();
        for (index, (who, places)) in asked.iter().enumerate() {
            for place in places {
                let asked = (index, *who, place.value);
                by_kind.entry(place.kind).or_default().push(asked);
            }
        }
        for (kind, asked) in by_kind {
            let whose: Vec<_> = asked.iter().map(|(_, who, value)| (*who, *value)).collect();
            let found = self.gate.store().places(kind, &whose, look).await?;
            for ((index, ..), place) in asked.into_iter().zip(found) {
                if let Some(known) = known.get_mut(index) {
                    known.push(place);
                }
            }
        }
        Ok(known)
    }

    pub(in crate::acts) fn who(&self) -> Who<'_> {
        match &self.by {
            By::Staff(staff) => Who::Staff(staff),
            By::Program(application) => Who::Program(*application),
            By::Worker => Who::Worker,
        }
    }

    /// Notes what the daily look found, and that it has got so far; whether that landed.
    pub(in crate::acts) async fn note_daily(
        &self,
        found: serde_json::Value,
        looked: Change,
    ) -> Result<bool, Fault> {
        let now = self.gate.now();
        let facts = Facts {
            who: self.who(),
            decision: self.gate.fresh_decision(now)?,
            now,
        };
        let attempt = Attempt::End(Handed::Whole, found, Digest::of(b""));
        let decided = decide(&attempt, &self.ground, &facts, &self.gate.policy());
        Ok(self.gate.commit(decided.with([looked])).await?.is_some())
    }

    /// Commits what is to be noted; the reason if the rules say no.
    pub(in crate::acts) async fn note(&self, attempt: &Attempt) -> Result<Option<Reason>, Fault> {
        let now = self.gate.now();
        let facts = Facts {
            who: self.who(),
            decision: self.gate.fresh_decision(now)?,
            now,
        };
        let decided = decide(attempt, &self.ground, &facts, &self.gate.policy());
        let refused = (decided.entry.verdict != Verdict::Allow)
            .then(|| decided.entry.reasons.first().copied())
            .flatten();
        match self.gate.commit(decided).await? {
            Some(_) => Ok(refused),
            // The person was disabled or got another secret meanwhile.
            None => Ok(Some(Reason::StaffRole)),
        }
    }
}
