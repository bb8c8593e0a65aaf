//! The row of an attempt, from counters.
//!
//! **Invariant:** a column is unknown exactly if a counter that it needs is.

use super::Column;
use crate::known::{Census, PopulationKnown};
use crate::moment::Moment;
use crate::risk::real::ln;
use crate::sighting::{Trait, TraitKind};

/// What is counted of where an attempt comes from, whoever it names. Logins are those that ended
/// well; the attempt itself is not counted yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// All logins.
    pub logins: u64,
    /// Logins from the address.
    pub address_logins: Option<u64>,
    /// Customers who ever logged in from the address.
    pub address_customers: Option<u64>,
    /// Failures and attempts from the address of late.
    pub address_lately: Option<(u32, u32)>,
    /// Attempts from the address in the last hour.
    pub address_hour: Option<u32>,
    /// Logins from the network operator.
    pub system: Option<u64>,
    /// Logins from the country.
    pub country: Option<u64>,
    /// Logins with the client family.
    pub client: Option<u64>,
    /// Logins with the client family from the network operator.
    pub client_in_system: Option<u64>,
    /// Logins that came in the same hour of the day.
    pub hour: Option<u64>,
}

impl Setting {
    /// Of an attempt that shows these traits; what windows count is unknown. `None` while nothing
    /// is counted of everybody.
    #[must_use]
    pub fn of(traits: &[Trait], at: Moment, population: &PopulationKnown) -> Option<Self> {
        let all = population.all().logins;
        if all == 0 {
            return None;
        }
        let find = |kind| traits.iter().find(|seen: &&Trait| seen.kind == kind);
        let with = |kind| find(kind).map(|seen| population.with(seen));
        let address = with(TraitKind::Address);
        let together = find(TraitKind::System).zip(find(TraitKind::Client));
        let together = together.map(|(system, client)| Census::together(system, client));
        Some(Self {
            logins: all,
            address_logins: address.map(|count| count.logins),
            address_customers: address.map(|count| count.customers),
            address_lately: None,
            address_hour: None,
            system: with(TraitKind::System).map(|count| count.logins),
            country: with(TraitKind::Country).map(|count| count.logins),
            client: with(TraitKind::Client).map(|count| count.logins),
            client_in_system: together.map(|what| population.of(what).logins),
            hour: Some(population.of(Census::hour(at)).logins),
        })
    }

    /// The same before the access itself was counted, which it was by now.
    #[must_use]
    pub fn before(self) -> Self {
        let less = |count: Option<u64>| count.map(|count| count.saturating_sub(1));
        let first = self.address_logins == Some(1);
        Self {
            logins: self.logins.saturating_sub(1),
            address_logins: less(self.address_logins),
            address_customers: match first {
                true => less(self.address_customers),
                false => self.address_customers,
            },
            system: less(self.system),
            country: less(self.country),
            client: less(self.client),
            client_in_system: less(self.client_in_system),
            hour: less(self.hour),
            ..self
        }
    }

    /// The row of a forest with these columns.
    #[must_use]
    pub fn row_of(&self, columns: &[Column]) -> Vec<Option<f64>> {
        columns.iter().map(|column| self.value(*column)).collect()
    }

    /// The row, in the order of [`Column::ALL`].
    #[must_use]
    pub fn row(&self) -> [Option<f64>; Column::ALL.len()] {
        Column::ALL.map(|column| self.value(column))
    }

    fn value(&self, column: Column) -> Option<f64> {
        let grown = |count: u64| ln(count as f64 + 1.0);
        // Minus the logarithm of a share, with one more of both, so that nothing is infinitely
        // rare.
        let rarity =
            |part: u64, whole: u64| ln((whole.max(part) as f64 + 1.0) / (part as f64 + 1.0));
        match column {
            Column::AddressLogins => self.address_logins.map(grown),
            Column::AddressCustomers => self.address_customers.map(grown),
            Column::AddressFailures => self.address_lately.map(|(failures, attempts)| {
                f64::from(failures.min(attempts)) / f64::from(attempts.max(1))
            }),
            Column::System => self.system.map(|part| rarity(part, self.logins)),
            Column::Country => self.country.map(|part| rarity(part, self.logins)),
            Column::Client => self.client.map(|part| rarity(part, self.logins)),
            Column::ClientInSystem => {
                let (part, whole) = (self.client_in_system?, self.system?);
                Some(rarity(part, whole))
            }
            Column::Hour => self.hour.map(|part| rarity(part, self.logins)),
            Column::AddressRate => self.address_hour.map(|count| grown(u64::from(count))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_what_is_known_and_nothing_else() {
        assert_eq!(Setting::default().row(), [None; 9]);
        let setting = Setting {
            logins: 999,
            address_logins: Some(0),
            address_lately: Some((3, 4)),
            system: Some(99),
            country: Some(999),
            client_in_system: Some(9),
            ..Setting::default()
        };
        let row = setting.row();
        let of = |column: Column| row[column as usize];
        let near = |column, expected: f64| {
            let found: f64 = of(column).unwrap();
            assert!((found - expected).abs() < 1e-12, "{column:?}: {found}");
        };
        near(Column::AddressLogins, 0.0);
        near(Column::AddressFailures, 0.75);
        near(Column::System, 10.0_f64.ln());
        near(Column::Country, 0.0);
        near(Column::ClientInSystem, 10.0_f64.ln());
        assert_eq!(of(Column::AddressCustomers), None);
        assert_eq!(of(Column::Client), None);
    }
}
