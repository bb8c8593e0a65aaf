//! The act "discard": a customer removes a passkey, or staff remove those that were lost.
//!
//! **Invariant:** a passkey is removed only in a fresh session that was proved by a passkey, or
//! with a ground that the entry keeps; every verified channel is told.

use crate::access::Act;
use crate::bytes::TokenHash;
use crate::change::{Change, PasskeyRemoved};
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::entry::{Actor, Entry};
use crate::hold::all_ended;
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, CustomerKnown, PasskeyKnown};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::passkey::Usable;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::step_up::told;
use crate::thaw::Ground;
use crate::verdict::Verdict;
use secrecy::SecretString;

/// Removes a passkey.
pub fn decide(owner: &Owner, passkey: &PasskeyKnown, policy: &Policy) -> Decision {
    let own = passkey.customer == owner.customer();
    let reason = match owner.refusal(policy) {
        Some(reason) => Some(reason),
        None => (!own).then_some(Reason::PasskeyMismatch),
    };
    let decision = Decision::of(owner.entry(Act::Discard, reason, policy));
    if reason.is_some() {
        return decision;
    }
    let removed = removed(passkey, &owner.usable, owner.now);
    let decision = decision
        .with(owner.stands())
        .with([Change::PasskeyRemoved(removed)]);
    let kind = NoticeKind::PasskeyRemoved {
        report: owner.report.1.clone(),
        name: passkey.name.as_str().to_owned(),
    };
    owner.told(decision, &kind, policy)
}

/// What it locked stays locked for a while, unless it was of no use.
pub(crate) fn removed(passkey: &PasskeyKnown, usable: &Usable, now: Moment) -> PasskeyRemoved {
    PasskeyRemoved {
        id: passkey.id,
        revision: passkey.revision,
        customer: passkey.customer,
        locks: usable.find(passkey.id).map(|_| now),
    }
}

/// What is known when staff remove the passkeys of a customer who lost them.
#[derive(Clone, Debug)]
pub struct LostFacts {
    /// The customer.
    pub customer: CustomerKnown,
    /// The passkeys there are.
    pub passkeys: Vec<PasskeyKnown>,
    /// Those that will do.
    pub usable: Usable,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// A code to say that it was somebody else: its hash, and as it is told.
    pub report: (TokenHash, SecretString),
    /// Now.
    pub now: Moment,
}

/// Removes every passkey of a customer, or says that there is none. Every session ends with them,
/// since it is not known who has the device now.
pub fn decide_lost(ground: &Ground, facts: &LostFacts, policy: &Policy) -> Decision {
    let none = facts.passkeys.is_empty();
    let recorded = serde_json::json!({
        "subject": "discard",
        "ground": ground.as_str(),
        "passkeys": facts.passkeys.len(),
    });
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Administer,
        actor: Actor::Operator,
        customer: Some(facts.customer.id),
        operation: None,
        verdict: if none {
            Verdict::Refuse
        } else {
            Verdict::Allow
        },
        reasons: none
            .then_some(Reason::PasskeyMismatch)
            .into_iter()
            .collect(),
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    });
    if none {
        return decision;
    }
    let removed = facts
        .passkeys
        .iter()
        .map(|known| Change::PasskeyRemoved(removed(known, &facts.usable, facts.now)));
    let names: Vec<_> = facts
        .passkeys
        .iter()
        .map(|known| known.name.as_str())
        .collect();
    let (code, report) = facts.report.clone();
    let kind = NoticeKind::PasskeyRemoved {
        report,
        name: names.join(" / "),
    };
    let expires = facts.now.plus(kind.life(policy));
    let notices = told(
        &facts.channels,
        (&facts.customer, facts.fresh.1),
        &kind,
        expires,
    );
    let issued = crate::report::issued(code, &decision.entry, facts.customer.id, policy);
    let ended = Change::SessionsEnded {
        customer: facts.customer.id,
        at: facts.now,
    };
    decision
        .with(removed)
        .with([all_ended(facts.customer.id, Reason::SessionMissing)])
        .with([ended, issued])
        .telling(notices)
}
