//! The act "sweep": after an incident, which procedures of a time were done from a place that was
//! not the customer's, and who else was seen there.
//!
//! A broker whose customers' payout accounts had been changed took seventeen hours to answer that
//! for 10,005 changes (its own account of September 2020); here each place is two probes of the
//! sightings.
//!
//! **Invariant:** what a sweep finds of one procedure depends on nothing but that procedure, its
//! places and the look; and whoever sweeps is in the log before the first row is read.

use serde::Serialize;

use crate::access::{Access, Act};
use crate::bytes::Digest;
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{ApplicationId, CustomerId, DecisionId, StaffId};
use crate::known::{Seen, StaffRole};
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::sighting::{Trait, TraitKind};
use crate::text::Reference;
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// Where counting of others stops. A place of more customers than that belongs to a carrier, an
/// office or an account aggregator, whatever the exact number.
pub const MOST_COUNTED: u32 = 1_000;

/// How others at a place are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// How long before the procedure the customer must have been somewhere for it to be theirs
    /// where nobody else was: the sign-in of a thief a minute before makes nothing usual.
    pub familiar: Span,
    /// The same where others were, too; and how old a place of many must be to be a carrier's. A
    /// thief who comes back on the third day has the place of all the others whom he robs.
    pub settled: Span,
    /// Others are named up to this many; a place of more is shared, and they are counted only.
    pub shared_from: u32,
}

impl Look {
    /// A day, thirty days, and twenty others: ours. More than twenty customers at one address is no
    /// household.
    pub const USUAL: Self = Self {
        familiar: Span::hours(24),
        settled: Span::days(30),
        shared_from: 20,
    };
}

/// Something that was done, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// The row of the history.
    pub access: Access,
    /// What the application calls the customer.
    pub reference: Reference,
}

/// Another customer who was seen at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSeen {
    /// Who.
    pub customer: CustomerId,
    /// What the application calls them.
    pub reference: Reference,
    /// Since when, until when, how often.
    pub seen: Seen,
}

/// What is known of a place with respect to one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceKnown {
    /// The place: an address, a network, a device.
    pub seen: Trait,
    /// The customer's own history with it.
    pub own: Option<Seen>,
    /// How many others were seen there, at most [`MOST_COUNTED`].
    pub others: u32,
    /// All who were there, the customer included, where they are more than are named.
    pub crowd: CrowdKnown,
    /// They by name, where there are no more than [`Look::shared_from`].
    pub named: Vec<OtherSeen>,
}

/// What is known of all who were seen at a place, from [`MOST_READ`] of them at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrowdKnown {
    /// How many were read.
    pub read: u32,
    /// How many of them never got in there.
    pub failing: u32,
    /// When the first of them came.
    pub first: Option<Moment>,
    /// Whether anybody reported fraud from there.
    pub reported: bool,
}

/// Customers at a place who are read to tell a carrier's address from an attacker's.
pub const MOST_READ: u32 = 100;

impl CrowdKnown {
    /// Whether so many people at one place look like an attack and not like a carrier: most of them
    /// never got in, or none of them came before it was young.
    fn is_attack(&self, at: Moment, look: &Look) -> bool {
        let young = self
            .first
            .is_none_or(|first| at.since(first) < look.settled);
        young || self.failing.saturating_mul(2) > self.read
    }
}

/// What was found, the least worrying first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The customer had been there long before.
    Usual,
    /// Nothing was recorded by which to tell.
    Unknown,
    /// Not the customer's, and so many others' that it says nothing.
    Shared,
    /// Not the customer's, and nobody else's.
    New,
    /// Not the customer's, and a few others were seen there too, or many in the way of an attack.
    Touched,
    /// Fraud was reported from there.
    Reported,
}

impl Finding {
    /// All of them, the least worrying first.
    pub const ALL: [Self; 6] = [
        Self::Usual,
        Self::Unknown,
        Self::Shared,
        Self::New,
        Self::Touched,
        Self::Reported,
    ];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Unknown => "unknown",
            Self::Shared => "shared",
            Self::New => "new",
            Self::Touched => "touched",
            Self::Reported => "reported",
        }
    }

    /// What a place says of something done there at a moment.
    #[must_use]
    pub fn of_place(place: &PlaceKnown, at: Moment, look: &Look) -> Self {
        if place.crowd.reported {
            return Self::Reported;
        }
        let own = place.own.and_then(|own| own.first_success);
        let needed = if place.others == 0 {
            look.familiar
        } else {
            look.familiar.max(look.settled)
        };
        if own.is_some_and(|first| at.since(first) >= needed) {
            return Self::Usual;
        }
        match place.others {
            0 => Self::New,
            others if others > look.shared_from && !place.crowd.is_attack(at, look) => Self::Shared,
            _ => Self::Touched,
        }
    }

    /// What several places say together. One that a few others touched outweighs everything; after
    /// that, one place of the customer's own is enough: a known device on a train.
    #[must_use]
    pub fn of_places(found: impl IntoIterator<Item = Self>) -> Self {
        let found: Vec<_> = found.into_iter().collect();
        let worst = found.iter().copied().max().unwrap_or(Self::Unknown);
        if worst < Self::Touched && found.contains(&Self::Usual) {
            return Self::Usual;
        }
        worst
    }
}

/// What was found of one procedure: of our history, or of a list that others kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept<P = Procedure> {
    /// The procedure.
    pub procedure: P,
    /// Each place that was looked at, and what it says.
    pub places: Vec<(PlaceKnown, Finding)>,
    /// All together.
    pub finding: Finding,
}

impl<P> Swept<P> {
    /// Judges the places of something that was done at a moment.
    #[must_use]
    pub fn at(procedure: P, at: Moment, places: Vec<PlaceKnown>, look: &Look) -> Self {
        let judged = |place: PlaceKnown| {
            let finding = Finding::of_place(&place, at, look);
            (place, finding)
        };
        let places: Vec<_> = places.into_iter().map(judged).collect();
        Self {
            finding: Finding::of_places(places.iter().map(|(_, finding)| *finding)),
            procedure,
            places,
        }
    }
}

impl Swept {
    /// Judges the places of one procedure.
    #[must_use]
    pub fn of(procedure: Procedure, places: Vec<PlaceKnown>, look: &Look) -> Self {
        let at = procedure.access.at;
        Self::at(procedure, at, places, look)
    }
}

/// The traits of an access that a sweep looks at, in the order asked, each once. For an IPv6
/// address stands its /48: a host takes any address of its network that it likes (RFC 8981).
#[must_use]
pub fn places(access: &Access, kinds: &[TraitKind]) -> Vec<Trait> {
    places_of(&access.context(), kinds)
}

/// The same of where something came from.
#[must_use]
pub fn places_of(context: &Context, kinds: &[TraitKind]) -> Vec<Trait> {
    let all = Trait::of_context(context);
    let six = context
        .address
        .is_some_and(|address| address.ip().is_ipv6());
    let mut found: Vec<Trait> = Vec::with_capacity(kinds.len());
    for kind in kinds {
        let wanted = match kind {
            TraitKind::Address if six => TraitKind::Network,
            kind => *kind,
        };
        let seen = all.iter().find(|seen| seen.kind == wanted);
        found.extend(seen.filter(|seen| !found.contains(seen)));
    }
    found
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// To sweep for what was asked, in words that are kept.
    Begin(serde_json::Value),
    /// To look at what is held, or at why something was decided.
    Look(serde_json::Value),
    /// To note what came out, and the digest of what was handed out.
    End(Handed, serde_json::Value, Digest),
}

/// How much of what there was was handed out. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Handed {
    /// All of it was given to what carries it there.
    Whole,
    /// The one who asked read no further, or looking on failed.
    Cut,
}

impl Handed {
    /// The lesser of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match self {
            Self::Whole => other,
            Self::Cut => Self::Cut,
        }
    }

    /// By whether it went well to the end.
    pub const fn of<T, E>(result: &Result<T, E>) -> Self {
        match result {
            Ok(_) => Self::Whole,
            Err(_) => Self::Cut,
        }
    }
}

impl Attempt {
    /// Who may. Whoever may release what is held looks at it first.
    const fn roles(&self) -> &'static [StaffRole] {
        match self {
            Self::Look(_) => &[StaffRole::Operations, StaffRole::Approver],
            Self::Begin(_) | Self::End(..) => &[StaffRole::Operations],
        }
    }
}

/// Who sweeps.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// A person of the firm.
    Staff(&'a StaffProved),
    /// A program of the firm that watches, by its credential.
    Program(ApplicationId),
    /// The daily look.
    Worker,
}

impl Who<'_> {
    /// Whether they may sweep.
    #[must_use]
    pub fn may(&self) -> bool {
        self.is_of(&[StaffRole::Operations])
    }

    /// Whether they are in one of these roles.
    fn is_of(&self, roles: &[StaffRole]) -> bool {
        match self {
            Self::Staff(staff) => roles.iter().any(|role| staff.has(*role)),
            Self::Program(_) | Self::Worker => true,
        }
    }

    /// Who they are, as entries have it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Staff(staff) => Actor::Staff(staff.id()),
            Self::Program(application) => Actor::Application(*application),
            Self::Worker => Actor::Worker,
        }
    }

    /// The person.
    #[must_use]
    pub fn staff(&self) -> Option<StaffId> {
        match self {
            Self::Staff(staff) => Some(staff.id()),
            Self::Program(_) | Self::Worker => None,
        }
    }

    /// The person is as they were proved when the decision lands.
    pub(crate) fn stands(&self) -> Option<Change> {
        match self {
            Self::Staff(staff) => Some(staff.stands()),
            Self::Program(_) | Self::Worker => None,
        }
    }
}

/// What is known.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Who it is.
    pub who: Who<'a>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Lets a person in the role for it sweep, and keeps why, what and what came out.
pub fn decide(attempt: &Attempt, ground: &Ground, facts: &Facts<'_>, policy: &Policy) -> Decision {
    let may = facts.who.is_of(attempt.roles());
    let recorded = match attempt {
        Attempt::Begin(asked) => serde_json::json!({
            "subject": "sweep", "ground": ground.as_str(), "asked": asked,
        }),
        Attempt::Look(asked) => serde_json::json!({
            "subject": "look", "ground": ground.as_str(), "asked": asked,
        }),
        Attempt::End(handed, found, digest) => serde_json::json!({
            "subject": "sweep", "ground": ground.as_str(), "found": found,
            "handed_out": handed, "digest": digest.to_string(),
        }),
    };
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Sweep,
        actor: facts.who.actor(),
        customer: None,
        operation: None,
        verdict: if may { Verdict::Allow } else { Verdict::Refuse },
        reasons: vec![if may {
            Reason::Proved
        } else {
            Reason::StaffRole
        }],
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    });
    match attempt {
        Attempt::Begin(_) | Attempt::Look(_) => decision.with(facts.who.stands()),
        // What was handed out is noted whatever became of the person meanwhile.
        Attempt::End(..) => decision,
    }
}

mod daily;
mod gather;
mod listed;
#[cfg(test)]
mod tests;
mod told;
mod withdrawal;

pub use daily::due;
pub use gather::{Gathered, Shown};
pub use listed::{Listed, MOST_LISTED};
pub use told::HEADER;
pub use withdrawal::{Matched, Suspicion};
