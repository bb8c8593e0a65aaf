//! What a customer is told of an operation that waits.
//!
//! **Invariant:** whoever reads of a hold or its end can say "this was not me".

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{FreshReport, NoticeKind, OperationAbout, OperationSubject};
use crate::decision::Decision;
use crate::id::NoticeId;
use crate::known::{ChannelKnown, CustomerKnown, OperationKnown};
use crate::moment::Moment;
use crate::operation::Fields;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::report::issued;
use crate::step_up::told;

/// News of an operation that waits.
#[derive(Clone, Debug)]
pub struct HoldNotice {
    /// The code to type if it was not the customer.
    pub report: SecretString,
    /// What it is about.
    pub about: OperationAbout,
    /// What happened.
    pub event: HoldEvent,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldEvent {
    /// The customer cancelled it.
    Cancelled,
    /// It was refused while it waited.
    Ended,
    /// It is held.
    Held {
        /// Why.
        reasons: Vec<Reason>,
        /// Hours until time releases it; `None` when a person looks at it.
        hours: Option<u16>,
    },
    /// It is released, and the customer confirms it now.
    ToConfirm {
        /// Hours in which that is possible.
        hours: u16,
    },
    /// It is released and goes on as it was confirmed.
    GoesOn,
}

impl OperationAbout {
    /// What a stored operation is about; of one whose fields cannot be read any more its name.
    #[must_use]
    pub(crate) fn of(
        operation: &OperationKnown,
        fields: Option<&Fields>,
        now: Moment,
        policy: &Policy,
    ) -> Self {
        let customer = &operation.customer;
        match (policy.operation.get(&operation.kind), fields) {
            (Some(spec), Some(fields)) => OperationSubject {
                customer,
                channels: &[],
                spec,
                fields,
                payout_changed: operation.payout_changed,
            }
            .about(now, policy),
            _ => Self {
                operation: policy.name_of(&operation.kind, customer.locale),
                amount: None,
                payee: None,
                payout_changed_days: None,
            },
        }
    }
}

impl Decision {
    /// Tells every verified channel of the customer, with a report code for this decision.
    pub(crate) fn telling_hold(
        self,
        (event, about): (HoldEvent, OperationAbout),
        to: (&CustomerKnown, &[ChannelKnown]),
        fresh: (NoticeId, FreshReport),
        policy: &Policy,
    ) -> Self {
        let ((customer, channels), (id, (code, report))) = (to, fresh);
        let kind = NoticeKind::Hold(HoldNotice {
            report,
            about,
            event,
        });
        let expires = self.entry.at.plus(kind.life(policy));
        let notices = told(channels, (customer, id), &kind, expires);
        if notices.is_empty() {
            return self;
        }
        let issued = issued(code, &self.entry, customer.id, policy);
        self.with([issued]).telling(notices)
    }
}
