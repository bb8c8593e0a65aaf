//! What the catalogue of operations wants to know of a customer, for one kind: what changed lately,
//! limits and choice of their own, and what counts towards the limits.
//!
//! **Invariant:** it is of one snapshot with the operation that it is for, and a limit carries the
//! revision that a confirmation rests on.

use crate::moment::Moment;
use crate::money::Currency;
use crate::policy::Choice;

/// What the catalogue wants to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// When what was last changed.
    pub lately: Lately,
    /// The customer's own limits for this kind, one for each currency at most.
    pub limits: Vec<LimitKnown>,
    /// The customer's own choice for this kind.
    pub choice: Option<ChoiceKnown>,
    /// What counts towards the limits of a day, by currency, in minor units.
    pub counted: Vec<(Currency, i64)>,
}

/// When each thing was last changed that a cooling-off may follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lately {
    /// The payout account.
    pub payout_account: Option<Moment>,
    /// A way to reach the customer.
    pub contact: Option<Moment>,
    /// The transaction PIN, without the one before.
    pub pin: Option<Moment>,
    /// A passkey was added.
    pub passkey: Option<Moment>,
    /// Another factor was added: an authenticator app, a phone that approves, backup codes.
    pub factor: Option<Moment>,
    /// The password, after the first one.
    pub password: Option<Moment>,
}

/// A customer's own limits for a kind and currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitKnown {
    /// The currency.
    pub currency: Currency,
    /// What counts until `next` does.
    pub own: OwnLimit,
    /// A raise: what it is raised to, when that was asked for, and from when on it counts.
    pub next: Option<Raise>,
    /// When a raise before that one came to count.
    pub raised: Option<Moment>,
    /// What counted before the raises of late, and when the last of them was asked for: a report
    /// takes them back all the same.
    pub before: Option<(OwnLimit, Moment)>,
    /// Counts up with every change, and with everything that is confirmed under them.
    pub revision: i64,
}

/// The customer's own limits, in minor units; none where the policy's alone counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnLimit {
    /// Of one operation.
    pub each: Option<i64>,
    /// Of all within 24 hours.
    pub day: Option<i64>,
}

/// A raise of limits that waits, or that came to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raise {
    /// To what.
    pub to: OwnLimit,
    /// When it was asked for.
    pub asked: Moment,
    /// From when on it counts.
    pub from: Moment,
}

/// A customer's own choice for a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChoiceKnown {
    /// What counts until `next` does; none: nothing but the policy.
    pub own: Option<Choice>,
    /// A weaker one, when it was asked for, and from when on it counts.
    pub next: Option<Weaker>,
    /// Counts up with every change.
    pub revision: i64,
}

/// A weaker choice that waits, or that came to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weaker {
    /// To what; none: back to the policy.
    pub to: Option<Choice>,
    /// When it was asked for.
    pub asked: Moment,
    /// From when on it counts.
    pub from: Moment,
}

impl OwnLimit {
    /// The lower of both, each by itself.
    #[must_use]
    pub fn lower(self, other: Self) -> Self {
        let lower = |mine: Option<i64>, theirs: Option<i64>| match (mine, theirs) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (one, None) | (None, one) => one,
        };
        Self {
            each: lower(self.each, other.each),
            day: lower(self.day, other.day),
        }
    }
}

impl LimitKnown {
    /// Of a customer who never set any, and confirmed nothing under one.
    #[must_use]
    pub const fn none(currency: Currency) -> Self {
        let own = OwnLimit {
            each: None,
            day: None,
        };
        Self {
            currency,
            own,
            next: None,
            raised: None,
            before: None,
            revision: 0,
        }
    }

    /// What counts at `now`.
    #[must_use]
    pub fn at(&self, now: Moment) -> OwnLimit {
        match self.next {
            Some(raise) if raise.from <= now => raise.to,
            _ => self.own,
        }
    }

    /// When the last raise came to count.
    #[must_use]
    pub fn last_raise(&self, now: Moment) -> Option<Moment> {
        let next = self.next.filter(|raise| raise.from <= now);
        next.map(|raise| raise.from).max(self.raised)
    }
}

impl ChoiceKnown {
    /// What counts at `now`.
    #[must_use]
    pub fn at(&self, now: Moment) -> Option<Choice> {
        match self.next {
            Some(weaker) if weaker.from <= now => weaker.to,
            _ => self.own,
        }
    }
}

impl Standing {
    /// The customer's own limits in `currency`.
    #[must_use]
    pub fn limit(&self, currency: Currency) -> LimitKnown {
        let found = self.limits.iter().find(|known| known.currency == currency);
        found.copied().unwrap_or(LimitKnown::none(currency))
    }

    /// What counts towards the limit of a day in `currency`, in minor units.
    #[must_use]
    pub fn counted(&self, currency: Currency) -> i64 {
        let of = self.counted.iter().filter(|(known, _)| *known == currency);
        of.fold(0, |sum: i64, (_, minor)| sum.saturating_add(*minor))
    }

    /// When a limit of this kind was last raised.
    #[must_use]
    pub fn last_raise(&self, now: Moment) -> Option<Moment> {
        let raised = self.limits.iter().filter_map(|known| known.last_raise(now));
        raised.max()
    }
}
