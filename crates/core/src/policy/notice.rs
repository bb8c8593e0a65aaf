//! Messages to customers: which are sent, what they may hold, for how long they count.
//!
//! **Invariant:** whatever is chosen here, a sign-in from a device that was not remembered is told.

use serde::Deserialize;

use crate::moment::Span;
use crate::notice::OperationEvent;

/// Messages to customers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticePolicy {
    /// Whether mail and text messages may carry a link.
    pub links: Links,
    /// Hours for which a report code in a notice works.
    pub report_hours: u16,
    /// Days for which it is kept that a message was sent, without its text and destination, so that
    /// "is this message from us?" has an answer.
    pub kept_days: u16,
    /// Which sign-ins are told.
    pub sign_in: SignInNotice,
    /// Sign-ins of a login that failed, none more than a day after the one before, of which the
    /// customer is told; once a day at most.
    pub failed_sign_ins: u16,
    /// Days after a change of the payout account for which money that leaves is told and shown
    /// with that change.
    pub payout_changed_days: u16,
    /// What is told of an operation that goes well; what is held or refused is always told.
    pub operation: Vec<OperationTold>,
}

/// Of which step of an operation that goes well the customer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationTold {
    /// It was confirmed, or nothing had to be.
    Confirmed,
    /// Its grant was redeemed, so that it is carried out.
    Redeemed,
}

/// Whether a message may carry a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Links {
    /// It may.
    Allow,
    /// It may not.
    Forbid,
}

/// Which sign-ins are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInNotice {
    /// Every one.
    Always,
    /// Those from a device that is not remembered.
    Unusual,
}

impl NoticePolicy {
    pub(super) fn bounds(&self) -> [(bool, &'static str, &'static str); 4] {
        let within = |value: u16, most: u16| (1..=most).contains(&value);
        [
            (
                within(self.report_hours, 8760) && within(self.kept_days, 3650),
                "notice",
                "needs report_hours of 1 to 8760 and kept_days of 1 to 3650",
            ),
            (
                within(self.failed_sign_ins, 100),
                "notice.failed_sign_ins",
                "must be 1 to 100",
            ),
            (
                within(self.payout_changed_days, 365),
                "notice.payout_changed_days",
                "must be 1 to 365",
            ),
            (
                !self.operation.is_empty(),
                "notice.operation",
                "must name confirmed, redeemed or both",
            ),
        ]
    }

    /// How long after a change of the payout account it is said of money that leaves.
    #[must_use]
    pub fn payout_lately(&self) -> Span {
        Span::days(i64::from(self.payout_changed_days))
    }

    /// Whether the customer is told of `event`.
    #[must_use]
    pub fn tells(&self, event: OperationEvent) -> bool {
        let told = |step| self.operation.contains(&step);
        match event {
            OperationEvent::Confirmed => told(OperationTold::Confirmed),
            OperationEvent::Redeemed => told(OperationTold::Redeemed),
            OperationEvent::Refused => true,
        }
    }
}
