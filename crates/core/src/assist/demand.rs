//! What the catalogue asks of an operation that the desk asks for.
//!
//! Limits and cooling-off count as they do on the web; what would wait there is refused here, since
//! nobody waits on the telephone. What the kind asks of every operation, a second person stands in
//! for. What a tier or the customer asks beside that, nobody gives by telephone.
//!
//! **Invariant:** the desk carries nothing out that is beyond a limit, or that the web would hold
//! for something changed a short time ago.

use crate::access::OperationKind;
use crate::change::Change;
use crate::known::{CustomerKnown, Standing};
use crate::moment::{Moment, Span};
use crate::operation::Fields;
use crate::policy::{Demand, OperationEffect, OperationPolicy, Policy};
use crate::reason::Reason;
use crate::verdict::{Requirement, Verdict};

/// What is asked for, and of whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) customer: &'a CustomerKnown,
    pub(super) fields: &'a Fields,
    pub(super) standing: &'a Standing,
    pub(super) now: Moment,
}

impl Asked<'_> {
    fn demand(&self, spec: &OperationPolicy) -> Demand {
        spec.demand(self.fields, self.standing, self.now)
    }

    /// How long it waits beside, whoever agrees.
    pub(super) fn window(&self, spec: &OperationPolicy) -> Span {
        self.demand(spec).hold.unwrap_or_default()
    }

    /// What counts towards the limits once it is confirmed.
    pub(super) fn counted(&self, spec: &OperationPolicy, kind: &OperationKind) -> Option<Change> {
        let limit = self.demand(spec).limit?;
        Some(limit.counted(self.customer.id, kind))
    }

    /// Why it cannot be now.
    pub(super) fn refusal(&self, spec: &OperationPolicy, policy: &Policy) -> Option<Reason> {
        let demand = self.demand(spec);
        let weighed = demand.weigh(self.standing, self.now);
        if weighed.verdict != Verdict::Allow {
            return weighed.reasons.first().copied();
        }
        let met =
            |one: &Requirement| *one == Requirement::Confirmation || spec.require.contains(one);
        let tier = demand.passkey != spec.passkey
            || demand.fresh != spec.fresh_minutes.map(|one| Span::minutes(i64::from(one)));
        if tier || !demand.require.iter().all(met) {
            return Some(Reason::PolicyRequires);
        }
        if spec.effect == OperationEffect::Other && spec.require.is_empty() {
            return None;
        }
        let fresh = Span::hours(i64::from(policy.risk.contact_fresh_hours));
        let lately = |at: Option<Moment>| at.is_some_and(|at| self.now.since(at) < fresh);
        if lately(self.customer.contact_changed) {
            return Some(Reason::ContactFresh);
        }
        lately(self.customer.pin_recovered).then_some(Reason::PinFresh)
    }
}
