//! What becomes of an operation that was answered.
//!
//! **Invariant:** it is confirmed only by what meets every requirement of its kind and amount, and
//! of the decision that admitted it.

use super::Facts;
use crate::bound::Bound;
use crate::policy::{OperationEffect, OperationPolicy, Policy};
use crate::proof::FactorProved;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::step_up::{Admission, Tried};
use crate::verdict::Verdict;

/// What becomes of the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Confirmed,
    /// A rule holds it.
    Held(Reason),
    /// Everything was right, and the policy lets it go through on no account now.
    Over(Reason),
    Refused(Reason),
    /// Confirmed, and it waits as every one like it does.
    Waits,
}

impl Ended {
    pub(super) const fn verdict(self) -> Verdict {
        match self {
            Self::Confirmed => Verdict::Allow,
            Self::Held(_) | Self::Waits => Verdict::Hold,
            Self::Over(_) | Self::Refused(_) => Verdict::Refuse,
        }
    }

    pub(super) fn reasons(self) -> Vec<Reason> {
        match self {
            Self::Confirmed => vec![Reason::Confirmed],
            Self::Held(reason) | Self::Over(reason) | Self::Refused(reason) => vec![reason],
            Self::Waits => vec![Reason::Confirmed, Reason::HoldWindow],
        }
    }

    pub(super) const fn of_visit(self) -> Ending {
        match self {
            Self::Confirmed => Ending::Success,
            Self::Held(_) | Self::Waits => Ending::Pending,
            Self::Over(_) | Self::Refused(_) => Ending::Failure,
        }
    }
}

/// Money that a passkey of today, added elsewhere, would move waits, and so does what an app or a
/// phone of today would: whoever took a session over and knew a second factor adds one of their
/// own, and the customer has to have had time to read of it.
pub(super) fn judged(facts: &Facts, spec: &OperationPolicy, policy: &Policy) -> Ended {
    if let Some(reason) = refusal(facts, spec, policy) {
        return Ended::Refused(reason);
    }
    let demand = facts.shown.demand(spec, facts.now);
    let fresh = match &facts.factor {
        Some(FactorProved::Passkey(passkey)) => {
            let Some(known) = facts.shown.passkeys.find(passkey.credential()) else {
                return Ended::Refused(Reason::PasskeyMismatch);
            };
            if !demand.passkey.met(known, passkey.signed()) {
                return Ended::Refused(Reason::PasskeyKind);
            }
            let waits = !known.is_settled(facts.now, policy);
            waits.then_some(Reason::PasskeyFresh)
        }
        Some(other) => {
            let waits = facts.since.is_fresh(other, facts.now, policy);
            waits.then_some(Reason::FactorFresh)
        }
        None => None,
    };
    let money = match spec.effect {
        OperationEffect::MoneyOut | OperationEffect::PayoutChange => fresh,
        OperationEffect::Other => None,
    };
    let weighed = demand.weigh(&facts.shown.standing, facts.now);
    let against = weighed.reasons.first().copied();
    match (weighed.verdict, against) {
        (Verdict::Allow, _) | (_, None) => {}
        (Verdict::Refuse, Some(reason)) => return Ended::Over(reason),
        (Verdict::Hold | Verdict::StepUp(_), Some(reason)) => return Ended::Held(reason),
    }
    match (money, demand.hold) {
        (Some(reason), _) => Ended::Held(reason),
        (None, Some(_)) => Ended::Waits,
        (None, None) => Ended::Confirmed,
    }
}

fn refusal(facts: &Facts, spec: &OperationPolicy, policy: &Policy) -> Option<Reason> {
    let operation = &facts.shown.operation;
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    let shown = &facts.shown;
    let closed = shown.closed(facts.now);
    if let Some(reason) = closed.or_else(|| shown.barred(spec, facts.device, facts.now)) {
        return Some(reason);
    }
    let bound = Bound::Operation {
        id: operation.id,
        fields: operation.digest,
        customer: operation.customer.id,
    }
    .digest();
    let wanted = facts.shown.wants_passkey(spec, facts.now, policy);
    if wanted && !matches!(facts.tried, Tried::Passkey) {
        return Some(Reason::PasskeyNeeded);
    }
    // Kept to get in again; what is on paper is bound to no amount and no payee.
    if matches!(facts.tried, Tried::BackupCode(_)) {
        return Some(Reason::PolicyRequires);
    }
    if let Some(reason) = facts.pin_lacks(spec) {
        return Some(reason);
    }
    let lacks = facts.tried.lacks(facts.factor.as_ref(), bound, facts.now);
    lacks.or_else(|| {
        let factor = facts.factor.as_ref()?;
        let unmet = !facts.shown.meets(spec, factor, facts.now);
        factor
            .forbidden(policy)
            .or_else(|| unmet.then_some(Reason::PolicyRequires))
    })
}
