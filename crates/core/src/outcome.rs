//! The act "outcome": an application reports how a judged act ended (`POST
//! /v1/decisions/{id}/outcome`).
//!
//! Only what ended well teaches the rules what is usual for a customer, and what was fraud is
//! forgotten for this customer and remembered for all others.
//!
//! **Invariant:** an outcome is recorded for a decision of the same application only.

use serde::{Deserialize, Serialize};

use crate::access::{Access, Act, Visit};
use crate::attempt::Tried;
use crate::bytes::Digest;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{ApplicationId, DecisionId};
use crate::known::{CrowdKnown, DecisionKnown, TaughtKnown};
use crate::moment::Moment;
use crate::policy::{OperationEffect, Policy};
use crate::reason::Reason;
use crate::risk::Features;
use crate::sighting::{Ending, Trait};
use crate::signal::registered;
use crate::verdict::Verdict;

/// How it ended. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The customer gave up.
    Abandoned,
    /// It was carried out.
    Completed,
    /// It was fraud, as an investigation found.
    ConfirmedFraud,
    /// It was the customer, as an investigation found.
    ConfirmedGenuine,
}

impl Outcome {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Abandoned => "abandoned",
            Self::Completed => "completed",
            Self::ConfirmedFraud => "confirmed_fraud",
            Self::ConfirmedGenuine => "confirmed_genuine",
        }
    }

    /// The outcome of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "abandoned" => Self::Abandoned,
            "completed" => Self::Completed,
            "confirmed_fraud" => Self::ConfirmedFraud,
            "confirmed_genuine" => Self::ConfirmedGenuine,
            _ => return None,
        })
    }
}

/// What is reported.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// By which application.
    pub application: ApplicationId,
    /// How it ended.
    pub outcome: Outcome,
    /// The key under which the application may report again, and the digest of its request.
    pub idempotency: Option<(String, Digest)>,
}

/// What is known. A decision of another application is not found.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The decision it is about.
    pub judged: DecisionKnown,
    /// Its row in the history.
    pub access: Option<Access>,
    /// What it taught, when it was fraud.
    pub taught: Option<TaughtKnown>,
    /// Its row of the feed, of an attempt to sign in.
    pub tried: Option<Tried>,
    /// Who else was seen with its payout accounts.
    pub crowd: Vec<CrowdKnown>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Records an outcome.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let judged = &facts.judged.entry;
    let mut decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Outcome,
        actor: Actor::Application(attempt.application),
        customer: judged.customer,
        operation: judged.operation,
        verdict: Verdict::Allow,
        reasons: vec![Reason::Proved],
        policy: policy.version.clone(),
        facts: format!(
            r#"{{"decision":"{}","outcome":"{}"}}"#,
            judged.id,
            attempt.outcome.word()
        ),
    });
    decision.changes.push(Change::OutcomeRecorded {
        decision: judged.id,
        outcome: attempt.outcome,
        at: facts.now,
    });
    decision
        .changes
        .extend(forgotten(attempt.outcome, facts.taught.as_ref(), facts.now));
    let good = matches!(
        attempt.outcome,
        Outcome::Completed | Outcome::ConfirmedGenuine
    );
    let already = facts.judged.outcome.is_some() || judged.verdict == Verdict::Refuse;
    if let (true, false, Some(access)) = (good, already, &facts.access) {
        decision.changes.extend(learn(access, judged));
        if access.ending == Ending::Pending {
            decision.sightings = taught(access, judged);
            let features: Features = serde_json::from_str(&judged.facts).unwrap_or_default();
            let crowd = registered(features.effect, &facts.crowd);
            decision = decision.registering(access.customer, crowd, policy);
            let tried = facts.tried.as_ref();
            decision.tried = tried.map(|tried| Box::new(tried.completed(&decision)));
        }
    }
    decision
        .changes
        .extend(
            attempt
                .idempotency
                .clone()
                .map(|(key, request)| Change::IdempotencyKept {
                    application: attempt.application,
                    key,
                    request,
                    decision: facts.decision,
                    operation: None,
                    at: facts.now,
                }),
        );
    decision
}

/// What a person of the firm found out about a decision. What it taught is voided if it was fraud;
/// if it was not, it teaches nothing that it had not taught when it ended.
pub(crate) fn found(
    outcome: Outcome,
    judged: &(DecisionId, Option<TaughtKnown>),
    at: Moment,
) -> Vec<Change> {
    let (decision, taught) = judged;
    let mut changes = vec![Change::OutcomeRecorded {
        decision: *decision,
        outcome,
        at,
    }];
    changes.extend(forgotten(outcome, taught.as_ref(), at));
    changes
}

fn forgotten(outcome: Outcome, taught: Option<&TaughtKnown>, at: Moment) -> Option<Change> {
    let taught = taught.filter(|_| outcome == Outcome::ConfirmedFraud);
    taught?.voided(at)
}

/// The decision that ended well, by what the entry of its outcome recorded.
#[must_use]
pub fn ended_well(facts: &str) -> Option<DecisionId> {
    #[derive(serde::Deserialize)]
    struct Recorded {
        decision: String,
        outcome: String,
    }
    let recorded: Recorded = serde_json::from_str(facts).ok()?;
    let good = [Outcome::Completed, Outcome::ConfirmedGenuine].map(Outcome::word);
    let well = good.contains(&recorded.outcome.as_str());
    well.then(|| recorded.decision.parse().ok())?
}

/// What a completed operation tells of the customer.
fn learn(access: &Access, judged: &Entry) -> Option<Change> {
    let features: Features = serde_json::from_str(&judged.facts).ok()?;
    let Act::Operate(kind) = &access.act else {
        return None;
    };
    match features.effect? {
        OperationEffect::MoneyOut => features.amount.map(|minor| Change::AmountMoved {
            customer: access.customer,
            kind: kind.clone(),
            minor,
        }),
        OperationEffect::PayoutChange => Some(Change::PayoutAccountChanged {
            customer: access.customer,
            at: access.at,
            strange: features.strange(),
        }),
        OperationEffect::Other => None,
    }
}

/// The sightings of an access that was pending and ended well.
fn taught(access: &Access, judged: &Entry) -> Vec<crate::sighting::Sighting> {
    let context = access.context();
    let visit = Visit {
        customer: access.customer,
        context: &context,
        application: access.application,
        ending: Ending::Success,
    };
    let features: Features = serde_json::from_str(&judged.facts).unwrap_or_default();
    let account: Vec<_> = features.payees().map(Trait::of_payout_account).collect();
    visit.sightings(judged, &account)
}
