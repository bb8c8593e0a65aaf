//! What the rules say of what the desk asks for: they see the payees and the customer as on the
//! web, and nothing of a place, since a call has none.
//!
//! Where they hold, the second person agrees only by saying what was looked at. What they ask of a
//! customer beside a second factor and a look at what is confirmed, nobody gives by telephone.
//!
//! **Invariant:** what the rules refuse is refused, and nothing that they hold is agreed to
//! without a ground that stays in the record.

use super::demand::Asked;
use crate::context::{Context, Place, Terminal};
use crate::hold::holding;
use crate::known::RiskKnown;
use crate::operate::strictest;
use crate::policy::{OperationPolicy, Policy};
use crate::reason::Reason;
use crate::risk::{Features, Judgement, Subject, judge};
use crate::verdict::{Requirement, Verdict};

/// A payee by its keyed index, with what the rules want to know of it; of what has no payee one
/// without.
pub type Payee = (Option<[u8; 16]>, RiskKnown);

/// What the rules said.
#[derive(Debug)]
pub(super) struct Said {
    judged: Judgement,
    features: Features,
}

impl Said {
    pub(super) fn of(
        asked: &Asked<'_>,
        spec: &OperationPolicy,
        payees: &[Payee],
        policy: &Policy,
    ) -> Self {
        let nowhere = Context {
            address: None,
            place: Place::default(),
            client: None,
            device: None,
            terminal: Terminal::Shared,
        };
        let of_payee = |(payout, risk): &Payee| {
            let subject = Subject {
                effect: Some(spec.effect),
                amount: asked.fields.amount().map(|money| money.minor()),
                payout: *payout,
                contact_changed: asked.customer.contact_changed,
                pin_recovered: asked.customer.pin_recovered,
                settle: policy.settle(),
                // What is rare of a place says nothing where there is none.
                ..Subject::default()
            };
            let features = Features::of(&nowhere, risk, subject, asked.now);
            (judge(&features, &[], &[], policy), features)
        };
        let all = payees.iter().map(of_payee).reduce(strictest);
        let (judged, features) = all.unwrap_or_else(|| of_payee(&(None, RiskKnown::default())));
        // An outcome teaches, or takes back, every one of them.
        let features = features.of_batch(payees.iter().filter_map(|(payout, _)| *payout));
        Self { judged, features }
    }

    /// Why it cannot be, whoever agrees.
    pub(super) fn refusal(&self, policy: &Policy) -> Option<Reason> {
        if self.judged.verdict == Verdict::Refuse {
            let refuses = |reason: &&Reason| policy.rules.refuses(**reason);
            let first = self.judged.reasons.iter().find(refuses);
            return Some(first.copied().unwrap_or(Reason::PolicyRequires));
        }
        let passkey = self
            .judged
            .required
            .contains(&Requirement::PhishingResistant);
        passkey.then_some(Reason::PolicyRequires)
    }

    /// For what a person has to look at it; nothing where no rule holds it.
    pub(super) fn holding(&self, policy: &Policy) -> Vec<Reason> {
        match self.judged.verdict {
            Verdict::Hold => holding(&self.judged.reasons, &self.features, policy),
            Verdict::Allow | Verdict::Refuse | Verdict::StepUp(_) => Vec::new(),
        }
    }

    /// Every rule that applied.
    pub(super) fn reasons(&self) -> &[Reason] {
        &self.judged.reasons
    }

    /// The facts of an entry: what was judged, and beside it the members of `more`.
    pub(super) fn recorded(&self, more: serde_json::Value) -> String {
        let judged = self.judged.recorded(&self.features);
        match (serde_json::from_str(&judged), more) {
            (Ok(serde_json::Value::Object(mut members)), serde_json::Value::Object(more)) => {
                members.extend(more);
                serde_json::Value::Object(members).to_string()
            }
            (_, more) => more.to_string(),
        }
    }
}
