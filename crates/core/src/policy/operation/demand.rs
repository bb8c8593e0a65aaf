//! What one operation needs: the kind's own demand, joined with that of every tier that counts for
//! its amount.
//!
//! **Invariant:** a larger amount never needs less.

use super::OperationPolicy;
use crate::moment::Span;
use crate::money::Money;
use crate::operation::Fields;
use crate::policy::PasskeyDemand;
use crate::verdict::Requirement;

/// What one operation needs, whatever the risk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// What is asked; sorted, without repetition.
    pub require: Vec<Requirement>,
    /// What a passkey has to be that confirms it.
    pub passkey: PasskeyDemand,
    /// How long it waits after its confirmation.
    pub hold: Option<Span>,
}

impl OperationPolicy {
    /// What an operation of this kind with these fields needs.
    #[must_use]
    pub fn demand(&self, fields: &Fields) -> Demand {
        self.demand_at(fields.amount())
    }

    /// The same by the amount alone.
    #[must_use]
    pub fn demand_at(&self, amount: Option<&Money>) -> Demand {
        let mut demand = Demand {
            require: self.require.clone(),
            passkey: self.passkey.clone(),
            hold: None,
        };
        let mut hours = self.hold_hours;
        let counts = |tier: &&super::Tier| amount.is_none_or(|amount| tier.takes(amount));
        for tier in self.tier.iter().filter(counts) {
            demand.require.extend(&tier.require);
            if let Some(passkey) = &tier.passkey {
                demand.passkey = demand.passkey.join(passkey);
            }
            hours = hours.max(tier.hold_hours);
        }
        demand.require.sort_unstable();
        demand.require.dedup();
        demand.hold = (hours > 0).then(|| Span::hours(i64::from(hours)));
        demand
    }
}

impl Demand {
    /// Whether `wanted` is asked.
    #[must_use]
    pub fn asks(&self, wanted: Requirement) -> bool {
        self.require.contains(&wanted)
    }
}
