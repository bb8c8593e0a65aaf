//! What one operation needs: the kind's own demand, joined with that of every tier that counts for
//! its amount, and with what the customer chose.
//!
//! **Invariant:** a larger amount never needs less.

use super::{Choice, Cooling, Limit, OperationPolicy, Tier};
use crate::known::Standing;
use crate::moment::{Moment, Span};
use crate::money::Money;
use crate::operation::Fields;
use crate::policy::PasskeyDemand;
use crate::risk::Judgement;
use crate::verdict::{Requirement, Verdict};

/// What one operation needs, whatever the risk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// What is asked; sorted, without repetition.
    pub require: Vec<Requirement>,
    /// What a passkey has to be that confirms it.
    pub passkey: PasskeyDemand,
    /// How old the last proof in the session may be when it is confirmed.
    pub fresh: Option<Span>,
    /// How long it waits after its confirmation.
    pub hold: Option<Span>,
    /// What it waits for or is refused for, after something was changed.
    pub cooling: Vec<Cooling>,
    /// The limits that count.
    pub limit: Option<Limit>,
    /// What the customer chose.
    pub chosen: Option<Choice>,
}

impl OperationPolicy {
    /// What an operation of this kind with these fields needs.
    #[must_use]
    pub fn demand(&self, fields: &Fields, known: &Standing, now: Moment) -> Demand {
        self.demand_at(fields.amount(), known, now)
    }

    /// The same by the amount alone.
    #[must_use]
    pub fn demand_at(&self, amount: Option<&Money>, known: &Standing, now: Moment) -> Demand {
        let chosen = self.chosen(known, now);
        let mut demand = match chosen {
            Some(Choice::None) => Demand::default(),
            Some(Choice::Ask(_)) | None => Demand {
                require: self.require.clone(),
                passkey: self.passkey.clone(),
                fresh: self.fresh_minutes.map(minutes),
                ..Demand::default()
            },
        };
        if let Some(Choice::Ask(requirement)) = chosen {
            let confirmed = [Requirement::Confirmation, requirement];
            demand.require.extend(confirmed);
        }
        demand.chosen = chosen;
        demand.cooling.clone_from(&self.cooling);
        demand.limit = amount.and_then(|amount| self.limit.demand(amount, known, now));
        let mut hours = self.hold_hours;
        let counts = |tier: &&Tier| amount.is_none_or(|amount| tier.takes(amount));
        for tier in self.tier.iter().filter(counts) {
            demand.join(tier);
            hours = hours.max(tier.hold_hours);
        }
        demand.hold = (hours > 0).then(|| Span::hours(i64::from(hours)));
        // Both are looked at when it is confirmed.
        if demand.fresh.is_some() || demand.asks(Requirement::BoundDevice) {
            demand.require.push(Requirement::Confirmation);
        }
        demand.require.sort_unstable();
        demand.require.dedup();
        demand
    }

    /// What the customer chose, as long as the policy lets it be chosen.
    #[must_use]
    pub fn chosen(&self, known: &Standing, now: Moment) -> Option<Choice> {
        let chosen = known.choice.and_then(|choice| choice.at(now));
        chosen.filter(|choice| self.choice.contains(choice))
    }
}

fn minutes(minutes: u16) -> Span {
    Span::minutes(i64::from(minutes))
}

impl Demand {
    fn join(&mut self, tier: &Tier) {
        self.require.extend(&tier.require);
        self.cooling.extend(&tier.cooling);
        if let Some(passkey) = &tier.passkey {
            self.passkey = self.passkey.join(passkey);
        }
        let fresh = tier.fresh_minutes.map(minutes);
        self.fresh = match (self.fresh, fresh) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (one, None) | (None, one) => one,
        };
    }

    /// Whether `wanted` is asked.
    #[must_use]
    pub fn asks(&self, wanted: Requirement) -> bool {
        self.require.contains(&wanted)
    }

    /// What stands against the operation at `now`, whatever is proved: its limits, and what was
    /// changed a short time ago.
    #[must_use]
    pub fn weigh(&self, known: &Standing, now: Moment) -> Judgement {
        let mut judged = Judgement {
            verdict: Verdict::Allow,
            reasons: Vec::new(),
            required: Vec::new(),
            basis: None,
        };
        if let Some(reason) = self.limit.as_ref().and_then(Limit::beyond) {
            judged = judged.with(Verdict::Refuse, reason);
        }
        for cooling in self.cooling.iter().filter(|one| one.runs(known, now)) {
            judged = judged.with(cooling.verdict(), cooling.after.reason());
        }
        judged
    }
}
