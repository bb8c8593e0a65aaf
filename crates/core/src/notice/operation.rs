//! What a customer is told of a guarded operation.
//!
//! **Invariant:** it names what was stored and never what a request said, and the account masked.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::NoticeKind;
use crate::bytes::TokenHash;
use crate::confirm::{amount_text, payee_text};
use crate::decision::Decision;
use crate::id::NoticeId;
use crate::known::{ChannelKnown, CustomerKnown};
use crate::moment::{Moment, Span};
use crate::operation::Fields;
use crate::policy::{OperationEffect, OperationPolicy, Policy};
use crate::report::issued;
use crate::step_up::told;

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationEvent {
    /// It was confirmed, or nothing had to be.
    Confirmed,
    /// Its grant was redeemed: the application carries it out.
    Redeemed,
    /// It was refused, or its confirmation failed too often.
    Refused,
}

impl OperationEvent {
    /// The word of the template, as stored.
    #[must_use]
    pub const fn template(self) -> &'static str {
        match self {
            Self::Confirmed => "operation_confirmed",
            Self::Redeemed => "operation_redeemed",
            Self::Refused => "operation_refused",
        }
    }
}

/// What a customer is told of an operation.
#[derive(Clone, Debug)]
pub struct OperationNotice {
    /// What became of it.
    pub event: OperationEvent,
    /// The code to type if it was not the customer.
    pub report: SecretString,
    /// What it is about.
    pub about: OperationAbout,
}

/// What an operation is about, as messages say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationAbout {
    /// Its name in the customer's language.
    pub operation: String,
    /// Amount as shown, if there is one.
    pub amount: Option<String>,
    /// Masked payee as shown, if there is one.
    pub payee: Option<String>,
    /// How many days ago the payout account was changed that the money goes to, where that is
    /// lately enough to be said.
    pub payout_changed_days: Option<u16>,
}

/// An operation whose customer is told.
#[derive(Clone, Copy, Debug)]
pub struct OperationSubject<'a> {
    /// Whose it is.
    pub customer: &'a CustomerKnown,
    /// How they are reached.
    pub channels: &'a [ChannelKnown],
    /// What the policy says of its kind.
    pub spec: &'a OperationPolicy,
    /// Its fields.
    pub fields: &'a Fields,
    /// When the payout account was last changed.
    pub payout_changed: Option<Moment>,
}

impl OperationSubject<'_> {
    /// How many days ago at `now` the payout account was changed that this moves money to, where
    /// that is lately. A change that lies ahead of the clock is one of today.
    #[must_use]
    pub fn payout_changed_days(&self, now: Moment, policy: &Policy) -> Option<u16> {
        if self.spec.effect != OperationEffect::MoneyOut {
            return None;
        }
        let past = now.since(self.payout_changed?);
        let days = past.as_seconds().max(0) / Span::days(1).as_seconds();
        let lately = past < policy.notice.payout_lately();
        lately.then(|| u16::try_from(days).unwrap_or(u16::MAX))
    }

    pub(crate) fn about(&self, now: Moment, policy: &Policy) -> OperationAbout {
        OperationAbout {
            operation: self.spec.name.in_locale(self.customer.locale).to_owned(),
            amount: amount_text(self.fields),
            payee: payee_text(self.fields),
            payout_changed_days: self.payout_changed_days(now, policy),
        }
    }
}

impl Decision {
    /// Tells every verified channel of the customer what became of an operation, with a report code
    /// for this decision, where the policy has it told.
    pub(crate) fn telling_operation(
        self,
        event: OperationEvent,
        subject: OperationSubject<'_>,
        fresh: (NoticeId, FreshReport),
        policy: &Policy,
    ) -> Self {
        if !policy.notice.tells(event) {
            return self;
        }
        let (at, (id, (code, report))) = (self.entry.at, fresh);
        let kind = NoticeKind::Operation(OperationNotice {
            event,
            report,
            about: subject.about(at, policy),
        });
        let expires = at.plus(kind.life(policy));
        let notices = told(subject.channels, (subject.customer, id), &kind, expires);
        if notices.is_empty() {
            return self;
        }
        let issued = issued(code, &self.entry, subject.customer.id, policy);
        self.with([issued]).telling(notices)
    }
}

/// A report code: its hash, which is stored, and its text, which is sent.
pub type FreshReport = (TokenHash, SecretString);
