//! The audit entry: the record that every decision leaves, committed with its changes.
//!
//! **Invariant:** an entry holds codes, ids and features, never personal data in clear and never a
//! secret.

use crate::access::Act;
use crate::id::{ApplicationId, CustomerId, DecisionId, OperationId, StaffId};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An application, by API credential or as an OpenID Connect client.
    Application(ApplicationId),
    /// A person at the hosted pages.
    Customer,
    /// A person with access to the machine (command line).
    Operator,
    /// A person of the firm who proved who they are.
    Staff(StaffId),
    /// A worker of the server.
    Worker,
}

impl Actor {
    /// The word as stored.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Application(_) => "application",
            Self::Customer => "customer",
            Self::Operator => "operator",
            Self::Staff(_) => "staff",
            Self::Worker => "worker",
        }
    }

    /// The application, if it was one.
    #[must_use]
    pub const fn application(&self) -> Option<ApplicationId> {
        match self {
            Self::Application(id) => Some(*id),
            Self::Customer | Self::Operator | Self::Staff(_) | Self::Worker => None,
        }
    }

    /// The person of the firm, if it was one.
    #[must_use]
    pub const fn staff(&self) -> Option<StaffId> {
        match self {
            Self::Staff(id) => Some(*id),
            Self::Application(_) | Self::Customer | Self::Operator | Self::Worker => None,
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The decision.
    pub id: DecisionId,
    /// When it was taken.
    pub at: Moment,
    /// What was attempted.
    pub act: Act,
    /// Who attempted it.
    pub actor: Actor,
    /// About whom, if a customer is known.
    pub customer: Option<CustomerId>,
    /// About which operation.
    pub operation: Option<OperationId>,
    /// What was decided.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Version of the policy that decided.
    pub policy: String,
    /// The judged features as compact JSON, enough to explain and to judge again; `{}` when nothing
    /// was judged.
    pub facts: String,
}

impl Entry {
    /// What a worker did about nobody in particular; `facts` as above.
    #[must_use]
    pub fn of_worker(
        act: Act,
        (id, at): (DecisionId, Moment),
        facts: String,
        policy: &Policy,
    ) -> Self {
        Self {
            id,
            at,
            act,
            actor: Actor::Worker,
            customer: None,
            operation: None,
            verdict: Verdict::Allow,
            reasons: Vec::new(),
            policy: policy.version.clone(),
            facts,
        }
    }
}
