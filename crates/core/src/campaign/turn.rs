//! The turns of a campaign: one customer after another, in the order of their ids, so many a
//! minute.
//!
//! **Invariant:** a message is queued in the commit that says whose turn it was, and nobody is told
//! whose account is frozen.

use crate::access::Act;
use crate::change::{CampaignChange, Change, Stands};
use crate::decision::Decision;
use crate::entry::Entry;
use crate::id::{CustomerId, DecisionId, NoticeId};
use crate::known::{
    CampaignKind, CampaignKnown, CampaignState, ChannelKnown, CustomerKnown, CustomerState,
};
use crate::moment::{Moment, Span};
use crate::notice::{CampaignNotice, CampaignTold, NoticeKind};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::step_up::told;
use crate::verdict::Verdict;

/// How far ahead turns may be taken, so that a worker that looks once a second keeps the pace.
const AHEAD: Span = Span::seconds(1);

/// What is known when a customer's turn comes.
#[derive(Debug)]
pub struct TurnFacts {
    /// The campaign.
    pub campaign: CampaignKnown,
    /// The customer, who is the next of the set.
    pub customer: CustomerKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// Now.
    pub now: Moment,
}

/// Whether a turn may be taken at `now`.
#[must_use]
pub fn due(campaign: &CampaignKnown, now: Moment) -> bool {
    campaign.state == CampaignState::Running && campaign.next < now.plus(AHEAD)
}

fn notice(campaign: &CampaignKnown, customer: &CustomerKnown) -> NoticeKind {
    let told = match (campaign.wanted.kind, &campaign.wanted.text) {
        (CampaignKind::CheckContact, _) => CampaignTold::CheckContact,
        (CampaignKind::PhishingWarning, Some(text)) => {
            let (subject, body) = text.in_locale(customer.locale);
            CampaignTold::Warning {
                subject: subject.to_owned(),
                body: body.to_owned(),
            }
        }
        // A warning without words is never proposed.
        (CampaignKind::OldPassword | CampaignKind::PhishingWarning, _) => CampaignTold::OldPassword,
    };
    NoticeKind::Campaign(CampaignNotice {
        campaign: campaign.id,
        told,
    })
}

/// Queues the message for the customer whose turn it is, or passes over them.
pub fn decide_turn(facts: &TurnFacts, policy: &Policy) -> Decision {
    let (campaign, customer) = (&facts.campaign, &facts.customer);
    let kind = notice(campaign, customer);
    let expires = facts.now.plus(kind.life(policy));
    let to = (customer, facts.fresh.1);
    let notices = told(&facts.channels, to, &kind, expires);
    let reason = match customer.state {
        CustomerState::Frozen => Some(Reason::Frozen),
        CustomerState::Active if notices.is_empty() => Some(Reason::CampaignNowhere),
        CustomerState::Active => None,
    };
    let recorded = serde_json::json!({ "campaign": campaign.id });
    let at = (facts.fresh.0, facts.now);
    let mut entry = Entry::of_worker(Act::Campaign, at, recorded.to_string(), policy);
    entry.customer = Some(customer.id);
    entry.reasons = vec![reason.unwrap_or(Reason::CampaignSent)];
    if reason.is_some() {
        entry.verdict = Verdict::Refuse;
    }
    // Who is passed over takes no time of the others.
    let pause = Span(Span::minutes(1).0 / i64::from(campaign.wanted.rate.max(1)));
    let turn = CampaignChange::Turn {
        id: campaign.id,
        revision: campaign.revision,
        seen: campaign.place,
        customer: customer.id,
        sent: reason.is_none(),
        next: match reason {
            None => campaign.next.max(facts.now).plus(pause),
            Some(_) => campaign.next,
        },
    };
    let stands = Stands::Customer {
        id: customer.id,
        revision: customer.revision,
    };
    let decision = Decision::of(entry);
    let decision = decision.with([Change::Campaign(Box::new(turn)), Change::Stands(stands)]);
    match reason {
        None => decision.telling(notices),
        Some(_) => decision,
    }
}

/// Everybody's turn has come, that of `seen` last.
pub fn decide_end(
    campaign: &CampaignKnown,
    seen: CustomerId,
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let recorded = serde_json::json!({ "campaign": campaign.id, "finished": true });
    let entry = Entry::of_worker(Act::Campaign, at, recorded.to_string(), policy);
    let change = CampaignChange::Finished {
        id: campaign.id,
        revision: campaign.revision,
        seen,
        at: at.1,
    };
    Decision::of(entry).with([Change::Campaign(Box::new(change))])
}
