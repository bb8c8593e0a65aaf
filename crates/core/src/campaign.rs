//! The act "campaign": a message to a chosen set of customers.
//!
//! One person wants it, another starts it, and either kind of person stops it at once; a stopped
//! one goes on only if it is started again. What both people saw (the message, the set as of a
//! moment, how many there are) stands in the form: where it is another by now, or where there are
//! more, nothing is done. A set never grows after its moment, so that of as many or fewer whoever
//! gets a message was in what was shown; who was named has to be the same one for one.
//!
//! **Invariant:** nobody is sent anything but by two different people of whom both count as one of
//! two, and nobody's turn comes twice in a campaign.

mod lint;
mod turn;

pub use lint::{CampaignText, Finding, MOST_BODY, MOST_SUBJECT, Part, findings};
pub use turn::{TurnFacts, decide_end, decide_turn, due};

use crate::access::Act;
use crate::bytes::{Digest, Digesting};
use crate::change::{CampaignChange, Change, Stands};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CampaignId, CustomerId, DecisionId};
use crate::known::{
    CampaignKind, CampaignKnown, CampaignSet, CampaignState, CampaignWanted, StaffKnown, StaffRole,
};
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::text::Line;
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// Messages a minute at most, and if nobody says otherwise. Ours: a million customers take a night
/// at the first, and a mail server of a firm keeps up with the second.
pub const MOST_RATE: u16 = 6_000;
/// See [`MOST_RATE`].
pub const USUAL_RATE: u16 = 600;
/// Days that a set may count back at most: ten years.
pub const MOST_DAYS: u16 = 3_650;
/// Customers who can be named at most.
pub const MOST_LISTED: usize = 10_000;
/// Campaigns that are not over, at most; one that was stopped may go on for [`LIFE`].
pub const MOST_OPEN: i64 = 20;
/// For how long somebody may start what was proposed, or stopped: a set that is older is another.
pub const LIFE: Span = Span::days(7);
/// However often it was stopped: nobody remembers what was read so long ago.
pub const LONGEST: Span = Span::days(30);
/// For how long the set that was shown counts as what was shown.
pub const SHOWN: Span = Span::hours(1);

/// One customer of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Who.
    pub id: CustomerId,
    /// Whether there is a mail address to which notices go.
    pub mail: bool,
    /// Whether there is such a phone.
    pub sms: bool,
    /// Whether the account is frozen, so that nothing is sent.
    pub frozen: bool,
}

/// How many there are in a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// All.
    pub all: i64,
    /// By mail, who are not frozen.
    pub mail: i64,
    /// By text message, who are not frozen.
    pub sms: i64,
    /// Who are frozen, or reached by neither.
    pub nowhere: i64,
    /// How many of those who were named are no customers.
    pub unknown: i64,
}

/// What a person is shown before anything is done, and its digest: of the message, of what the set
/// is, and of those who were named if it is of these.
#[derive(Clone, Debug)]
pub struct Showing {
    digesting: Digesting,
    reached: Reached,
    named: bool,
}

/// What somebody was shown and agreed to: its digest, and how many customers there were.
pub type Agreed = (Digest, i64);

impl Showing {
    /// Begins with the message.
    #[must_use]
    pub fn of(wanted: &CampaignWanted, unknown: i64) -> Self {
        let mut digesting = Digesting::default();
        let said = serde_json::json!([wanted, unknown]).to_string();
        digesting.take(&Digest::of(said.as_bytes()).0);
        let reached = Reached {
            unknown,
            ..Reached::default()
        };
        let named = wanted.set == CampaignSet::Listed;
        Self {
            digesting,
            reached,
            named,
        }
    }

    /// Goes on with some of the set, in the order of their ids.
    pub fn take(&mut self, some: &[Reach]) {
        let sum = &mut self.reached;
        for one in some {
            // Somebody leaves a large set every minute, and comes into none: how many is enough.
            if self.named {
                self.digesting.take(&one.id.0);
            }
            sum.all += 1;
            sum.mail += i64::from(one.mail && !one.frozen);
            sum.sms += i64::from(one.sms && !one.frozen);
            sum.nowhere += i64::from(one.frozen || !(one.mail || one.sms));
        }
    }

    /// Who was counted, and the digest.
    #[must_use]
    pub fn end(self) -> (Reached, Digest) {
        (self.reached, self.digesting.end())
    }
}

/// What is wanted.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// Another campaign, with those who were named if they were.
    Propose(Box<(CampaignWanted, Vec<CustomerId>, Ground)>),
    /// It is to run.
    Start,
    /// It is to run no more.
    Stop(Ground),
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who wants it.
    pub staff: StaffProved,
    /// The campaign of the id that was named.
    pub campaign: Option<CampaignKnown>,
    /// Who proposed it.
    pub proposer: Option<StaffKnown>,
    /// How many are not over.
    pub open: i64,
    /// What would be shown now.
    pub shown: (Reached, Digest),
    /// What the person says that they were shown.
    pub agreed: Option<Agreed>,
    /// Fresh values: the id of this decision, and the one that was named or that of another
    /// campaign.
    pub fresh: (DecisionId, CampaignId),
    /// Now.
    pub now: Moment,
}

type Outcome = Result<CampaignChange, Reason>;

/// Proposes, starts or stops, or says why not.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let outcome = match (attempt, &facts.campaign) {
        (Attempt::Propose(new), _) => proposed(new, facts),
        (Attempt::Start, Some(known)) => started(known, facts, policy),
        (Attempt::Stop(ground), Some(known)) => stopped(known, ground, facts),
        (Attempt::Start | Attempt::Stop(_), None) => Err(Reason::CampaignUnknown),
    };
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Campaign,
        actor: Actor::Staff(facts.staff.id()),
        customer: None,
        operation: None,
        verdict: match outcome {
            Ok(_) => Verdict::Allow,
            Err(_) => Verdict::Refuse,
        },
        reasons: vec![outcome.as_ref().err().copied().unwrap_or(Reason::Proved)],
        policy: policy.version.clone(),
        facts: recorded(attempt, facts),
    });
    let Ok(change) = outcome else { return decision };
    let starting = matches!(attempt, Attempt::Start);
    let proposer = facts.proposer.as_ref().filter(|_| starting);
    let proposer = proposer.map(|known| Stands::Staff {
        id: known.id,
        revision: known.revision,
    });
    decision
        .with([Change::Campaign(Box::new(change)), facts.staff.stands()])
        .with(proposer.map(Change::Stands))
}

/// Whether what somebody agreed to is what would be shown now, of as many or of fewer.
fn agreed(facts: &Facts, as_of: Moment) -> Result<(), Reason> {
    let (reached, digest) = &facts.shown;
    let fits = |(shown, many): Agreed| shown == *digest && reached.all <= many;
    (facts.agreed.is_some_and(fits) && as_of <= facts.now)
        .then_some(())
        .ok_or(Reason::CampaignOther)
}

fn proposed(new: &(CampaignWanted, Vec<CustomerId>, Ground), facts: &Facts) -> Outcome {
    let (wanted, listed, ground) = new;
    if !facts.staff.has(StaffRole::Operations) {
        return Err(Reason::StaffRole);
    }
    if let Some(reason) = facts.staff.unseasoned(facts.now) {
        return Err(reason);
    }
    agreed(facts, wanted.as_of)?;
    if facts.now.since(wanted.as_of) > SHOWN || !is_whole(wanted, listed) {
        return Err(Reason::CampaignOther);
    }
    if facts.shown.0.all == facts.shown.0.nowhere {
        return Err(Reason::CampaignEmpty);
    }
    if facts.open >= MOST_OPEN {
        return Err(Reason::CampaignMany);
    }
    Ok(CampaignChange::Proposed {
        campaign: Box::new(CampaignKnown {
            id: facts.fresh.1,
            wanted: wanted.clone(),
            ground: line(ground)?,
            state: CampaignState::Proposed,
            digest: facts.shown.1,
            counted: facts.shown.0.all,
            unknown: facts.shown.0.unknown,
            proposed: (facts.staff.id(), facts.now),
            started: None,
            stopped: None,
            finished: None,
            place: CampaignKnown::NOBODY,
            next: facts.now,
            sent: 0,
            skipped: 0,
            revision: 1,
        }),
        listed: listed.clone(),
    })
}

/// Whether everything is there and within its bound. Forms see to that before.
fn is_whole(wanted: &CampaignWanted, listed: &[CustomerId]) -> bool {
    let words = (wanted.kind == CampaignKind::PhishingWarning) == wanted.text.is_some();
    let days = wanted
        .set
        .days()
        .is_none_or(|days| (1..=MOST_DAYS).contains(&days));
    let named =
        listed.len() <= MOST_LISTED && (listed.is_empty() || wanted.set == CampaignSet::Listed);
    words && days && named && (1..=MOST_RATE).contains(&wanted.rate)
}

fn line(ground: &Ground) -> Result<Line<200>, Reason> {
    Line::parse(ground.as_str()).map_err(|_| Reason::CampaignOther)
}

/// Since when a campaign waits for somebody to start it.
fn waits(known: &CampaignKnown) -> Option<Moment> {
    match (known.state, &known.stopped) {
        (CampaignState::Proposed, _) => Some(known.proposed.1),
        (CampaignState::Stopped, Some((_, at, _))) => Some(*at),
        _ => None,
    }
}

/// Whether somebody may start it still.
#[must_use]
pub fn is_startable(known: &CampaignKnown, now: Moment) -> bool {
    // What was stopped before anybody started it was refused.
    let refused = known.state == CampaignState::Stopped && known.started.is_none();
    let is_old = now.since(known.proposed.1) >= LONGEST;
    !refused && !is_old && waits(known).is_some_and(|since| now.since(since) < LIFE)
}

fn started(known: &CampaignKnown, facts: &Facts, policy: &Policy) -> Outcome {
    if !facts.staff.has(StaffRole::Approver) {
        return Err(Reason::StaffRole);
    }
    if !is_startable(known, facts.now) {
        return Err(Reason::CampaignOver);
    }
    if known.proposed.0 == facts.staff.id() {
        return Err(Reason::SamePerson);
    }
    if let Some(reason) = facts.staff.unseasoned(facts.now) {
        return Err(reason);
    }
    // A wish ends with the right of whose it was.
    let stands = |one: &&StaffKnown| {
        let may = one.disabled.is_none() && one.roles.contains(&StaffRole::Operations);
        one.id == known.proposed.0 && may && one.seasoned() <= known.proposed.1
    };
    if facts.proposer.as_ref().filter(stands).is_none() {
        return Err(Reason::CampaignOver);
    }
    agreed(facts, known.wanted.as_of)?;
    Ok(CampaignChange::Started {
        id: known.id,
        revision: known.revision,
        by: facts.staff.id(),
        at: facts.now,
        expires: facts.now.plus(policy.report_life()),
    })
}

fn stopped(known: &CampaignKnown, ground: &Ground, facts: &Facts) -> Outcome {
    let roles = [StaffRole::Operations, StaffRole::Approver];
    if !roles.iter().any(|role| facts.staff.has(*role)) {
        return Err(Reason::StaffRole);
    }
    if !matches!(
        known.state,
        CampaignState::Proposed | CampaignState::Running
    ) {
        return Err(Reason::CampaignOver);
    }
    Ok(CampaignChange::Stopped {
        id: known.id,
        revision: known.revision,
        by: facts.staff.id(),
        at: facts.now,
        ground: line(ground)?,
    })
}

/// What an auditor reads of it. What was said in the firm's own words stands in full.
fn recorded(attempt: &Attempt, facts: &Facts) -> String {
    let (reached, digest) = &facts.shown;
    let recorded = match attempt {
        Attempt::Propose(new) => serde_json::json!({
            "campaign": facts.fresh.1,
            "digest": digest,
            "ground": new.2.as_str(),
            "many": reached.all,
            "propose": new.0,
        }),
        Attempt::Start => serde_json::json!({
            "campaign": facts.fresh.1,
            "agreed": facts.agreed.map(|(_, many)| many),
            "digest": digest,
            "many": reached.all,
            "start": true,
        }),
        Attempt::Stop(ground) => serde_json::json!({
            "campaign": facts.fresh.1,
            "ground": ground.as_str(),
            "stop": true,
        }),
    };
    recorded.to_string()
}

#[cfg(test)]
mod tests;
