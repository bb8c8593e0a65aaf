//! A new password in the place of one that was forgotten.
//!
//! **Invariant:** it is set once for each recovery, and only while that is in course.

use super::{ended, money_waits, noted};
use crate::access::{Act, Visit};
use crate::bytes::TokenHash;
use crate::change::{Change, CredentialSet};
use crate::change_password::Wanted;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::hold::all_ended;
use crate::id::{DecisionId, NoticeId};
use crate::known::{
    ChannelKnown, CredentialKnown, CustomerKnown, CustomerState, InteractionKnown, RecoveryKind,
    RecoveryKnown,
};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::reopen::{FactorTries, opened};
use crate::sighting::Ending;
use crate::step_up::told;
use crate::verdict::Verdict;
use secrecy::SecretString;

/// What is known.
#[derive(Debug)]
pub struct ChooseFacts {
    /// The conversation, which was opened by the proofs.
    pub interaction: InteractionKnown,
    /// The recovery.
    pub recovery: Option<RecoveryKnown>,
    /// The password that was forgotten.
    pub credential: Option<CredentialKnown>,
    /// The one that is wanted.
    pub wanted: Wanted,
    /// The counters of the customer's factors.
    pub factors: Vec<FactorTries>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: this decision, the code for "this was not me", and the notice.
    pub fresh: (DecisionId, (TokenHash, SecretString), NoticeId),
    /// Now.
    pub now: Moment,
}

/// Sets the password. Every session and device ends, since a thief may have had the old one.
pub fn choose(context: &Context, facts: &ChooseFacts, policy: &Policy) -> Decision {
    let customer = facts.interaction.customer.as_ref();
    let usable = usable(facts);
    let (verdict, reasons) = match (&usable, &facts.wanted) {
        (Err(reason), _) => (Verdict::Refuse, vec![*reason]),
        (Ok(_), Wanted::Hash(_)) => (Verdict::Allow, vec![Reason::Proved]),
        (Ok(_), Wanted::Refused(findings)) => (Verdict::Refuse, findings.clone()),
        (Ok(_), Wanted::Pin) => (Verdict::Refuse, vec![Reason::PinIsPassword]),
        (Ok(_), Wanted::Same) => (Verdict::Refuse, vec![Reason::PasswordSame]),
    };
    let allowed = verdict == Verdict::Allow;
    let mut decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Recover,
        actor: Actor::Customer,
        customer: customer.map(|customer| customer.id),
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: noted(RecoveryKind::Password),
    });
    let (Ok((customer, recovery, known)), Wanted::Hash(hash)) = (usable, &facts.wanted) else {
        return decision;
    };
    let visit = Visit {
        customer: customer.id,
        context,
        application: None,
        ending: Ending::Pending,
    };
    decision.access = allowed.then(|| visit.access(&decision.entry));
    let (code, report) = facts.fresh.1.clone();
    let kind = NoticeKind::PasswordChanged {
        report,
        place: context.describe(),
    };
    let expires = facts.now.plus(kind.life(policy));
    let notices = told(&facts.channels, (customer, facts.fresh.2), &kind, expires);
    let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
    let InteractionKnown { id, revision, .. } = facts.interaction;
    decision
        .with([
            Change::InteractionClosed { id, revision },
            ended(recovery),
            Change::CredentialSet(CredentialSet {
                id: known.id,
                revision: known.revision,
                hash: hash.clone(),
                at: facts.now,
            }),
            all_ended(customer.id, Reason::SessionMissing),
            Change::SessionsEnded {
                customer: customer.id,
                at: facts.now,
            },
            issued,
        ])
        .with(opened(&facts.factors, facts.now, policy))
        .with(money_waits(
            (customer.id, customer.revision),
            facts.now,
            policy,
        ))
        .telling(notices)
}

fn usable(
    facts: &ChooseFacts,
) -> Result<(&CustomerKnown, &RecoveryKnown, &CredentialKnown), Reason> {
    let customer = facts.interaction.customer.as_ref().ok_or(Reason::Expired)?;
    if customer.state == CustomerState::Frozen {
        return Err(Reason::Frozen);
    }
    let due = |one: &&RecoveryKnown| {
        one.customer == customer.id
            && one.kind == RecoveryKind::Password
            && one.due <= facts.now
            && one.expires > facts.now
    };
    let recovery = facts.recovery.as_ref().filter(due);
    let open = facts.interaction.expires > facts.now;
    match (recovery, &facts.credential) {
        (Some(recovery), Some(known)) if open => Ok((customer, recovery, known)),
        _ => Err(Reason::Expired),
    }
}
