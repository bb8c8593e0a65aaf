//! A whole confirmation that is held all the same: what confirmed it is too new to move money, or
//! the policy lets every operation like it wait.
//!
//! **Invariant:** what was proved is kept with the hold, so that its release asks for nothing again
//! that still counts, and names with what it was proved.

use super::ended::Ended;
use super::{Attempt, Facts, used_up};
use crate::change::{Change, HoldChange};
use crate::decision::Decision;
use crate::hold::{HeldGrant, Hold, given_by};
use crate::notice::HoldEvent;
use crate::passkey::wait;
use crate::policy::{OperationPolicy, Policy};
use crate::proof::FactorProved;

/// The operation is held with what was proved.
pub(super) fn held(
    decision: Decision,
    answered: (&Attempt, &Facts, Ended),
    factor: &FactorProved,
    rules: (&OperationPolicy, &Policy),
) -> Decision {
    let ((attempt, facts, ended), (spec, policy)) = (answered, rules);
    let operation = &facts.shown.operation;
    let window = facts.shown.demand(spec, facts.now).hold.unwrap_or_default();
    let heals = match ended {
        Ended::Waits => window,
        _ => wait(policy).max(window),
    };
    let hold = Hold::new(decision.reasons(), heals, facts.now, policy);
    let held = HeldGrant {
        grant: facts.grant(factor),
        by: given_by(factor),
    };
    let change = HoldChange::Held {
        id: operation.id,
        revision: operation.revision,
        hold: hold.clone(),
        held,
    };
    let event = HoldEvent::Held {
        hours: hold.hours(facts.now),
        reasons: hold.reasons,
    };
    let about = facts.shown.subject(spec).about(facts.now, policy);
    let to = (&operation.customer, facts.shown.channels.as_slice());
    let fresh = (facts.fresh.notice, facts.fresh.report.clone());
    used_up(decision, attempt, facts, factor)
        .with([Change::Hold(Box::new(change))])
        .telling_hold((event, about), to, fresh, policy)
}
