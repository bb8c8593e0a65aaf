//! What a store would know, kept in memory: it learns from decisions and answers the facts of the
//! next attempt.
//!
//! **Invariant:** it answers what a database would after the same decisions; nothing is invented.

use std::collections::{HashMap, HashSet};

use sekisho_core::bytes::Digest;
use sekisho_core::change::Change;
use sekisho_core::context::Address;
use sekisho_core::decision::Decision;
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::judge::{Attempt, Facts};
use sekisho_core::known::{
    Census, CustomerKnown, CustomerState, Headcount, MOST_OTHERS, PopulationKnown, RiskKnown, Seen,
    Standing, TraitKnown,
};
use sekisho_core::moment::Moment;
use sekisho_core::sighting::{Ending, Scope, Sighting, Trait, TraitKind};
use sekisho_core::text::Reference;
use sekisho_core::verdict::Verdict;

/// Ten minutes, in microseconds.
const BUCKET: i64 = 600_000_000;

/// Everything learnt.
#[derive(Debug, Default)]
pub struct Memory {
    customers: HashMap<Reference, CustomerKnown>,
    own: HashMap<(Trait, CustomerId), Seen>,
    who: HashMap<Trait, HashSet<CustomerId>>,
    failures: HashMap<(Address, i64), u32>,
    largest: HashMap<(CustomerId, String), i64>,
    population: HashMap<Census, Headcount>,
    drawn: u64,
}

impl Memory {
    /// What is known for `attempt`.
    pub fn facts(&mut self, attempt: &Attempt) -> Facts {
        let customer = self.customers.get(&attempt.customer).cloned();
        let fields = attempt.operation.as_ref().map(|(_, fields)| fields);
        let payout = fields
            .and_then(|fields| fields.payout_account())
            .map(|account| half(Digest::of(account.index_text().as_bytes())));
        let id = customer.as_ref().map(|known| known.id);
        let mut traits = Trait::of_context(&attempt.context);
        traits.extend(payout.map(Trait::of_payout_account));
        let known = |seen: &Trait| TraitKnown {
            seen: *seen,
            own: id.and_then(|id| self.own.get(&(*seen, id)).copied()),
            others: self.others(*seen, id),
        };
        let risk = RiskKnown {
            traits: traits.iter().map(known).collect(),
            address_failures: self.failures_at(attempt),
            payout_change: None,
            largest: self.largest_of(attempt, id),
            population: self.population_of(&traits, attempt.at),
            ..RiskKnown::default()
        };
        Facts {
            stops: sekisho_core::known::StopsKnown::default(),
            customer,
            risk,
            standing: Standing::default(),
            payout,
            decision: DecisionId(self.fresh(attempt.at)),
            fresh_customer: CustomerId(self.fresh(attempt.at)),
        }
    }

    fn others(&self, seen: Trait, id: Option<CustomerId>) -> u32 {
        let counted = matches!(
            seen.kind,
            TraitKind::Address | TraitKind::Device | TraitKind::PayoutAccount
        );
        let who = self.who.get(&seen).filter(|_| counted);
        let many = who.map_or(0, |who| {
            who.len() - usize::from(id.is_some_and(|id| who.contains(&id)))
        });
        u32::try_from(many).map_or(MOST_OTHERS, |many| many.min(MOST_OTHERS))
    }

    fn population_of(&self, traits: &[Trait], at: Moment) -> PopulationKnown {
        let asked = Census::of_attempt(traits, at).into_iter();
        let counts = asked.filter_map(|what| Some((what, *self.population.get(&what)?)));
        PopulationKnown {
            counts: counts.collect(),
        }
    }

    fn failures_at(&self, attempt: &Attempt) -> u32 {
        let Some(address) = attempt.context.address else {
            return 0;
        };
        let now = attempt.at.0.div_euclid(BUCKET);
        let of = |bucket| self.failures.get(&(address, bucket)).copied();
        of(now - 1).unwrap_or(0) + of(now).unwrap_or(0)
    }

    fn largest_of(&self, attempt: &Attempt, id: Option<CustomerId>) -> Option<i64> {
        let (kind, _) = attempt.operation.as_ref()?;
        self.largest.get(&(id?, kind.as_str().to_owned())).copied()
    }

    /// Learns what was decided.
    pub fn learn(&mut self, attempt: &Attempt, decision: &Decision) {
        for change in &decision.changes {
            match change {
                Change::CustomerCreated {
                    id,
                    reference,
                    locale,
                    at,
                } => {
                    let known = CustomerKnown {
                        id: *id,
                        reference: reference.clone(),
                        state: CustomerState::Active,
                        revision: 1,
                        created: *at,
                        locale: *locale,
                        contact_changed: None,
                        contact_doubted: None,
                        passkey_removed: None,
                        pin_recovered: None,
                    };
                    self.customers.insert(reference.clone(), known);
                }
                Change::FailureCounted { address, at } => {
                    let bucket = at.0.div_euclid(BUCKET);
                    *self.failures.entry((*address, bucket)).or_default() += 1;
                }
                _ => {}
            }
        }
        self.count(decision);
        for sighting in &decision.sightings {
            self.see(sighting);
        }
        let amount = attempt.operation.as_ref().and_then(|(kind, fields)| {
            let money = fields.amount()?;
            Some((kind.as_str().to_owned(), money.minor()))
        });
        if let (Verdict::Allow, Some(customer), Some((kind, minor))) =
            (decision.verdict(), decision.entry.customer, amount)
        {
            let largest = self.largest.entry((customer, kind)).or_default();
            *largest = minor.max(*largest);
        }
    }

    /// As the worker that counts everybody would, but at once.
    fn count(&mut self, decision: &Decision) {
        let well = decision.access.as_ref();
        let Some(access) = well.filter(|access| access.ending == Ending::Success) else {
            return;
        };
        let traits = Trait::of_context(&access.context());
        for what in Census::of_access(&traits, access.at) {
            let count = self.population.entry(what).or_default();
            count.logins += 1;
            let new = count.logins == 1;
            if let Census::Shown(seen) = what {
                let before = self.own.get(&(seen, access.customer));
                count.customers += u64::from(before.is_none_or(|own| own.successes == 0));
            }
            if let Some(values) = what.values().filter(|_| new) {
                self.population.entry(values).or_default().logins += 1;
            }
        }
    }

    fn see(&mut self, sighting: &Sighting) {
        let Sighting {
            seen,
            customer,
            at,
            ending,
            scope,
        } = *sighting;
        let row = self.own.entry((seen, customer)).or_insert(Seen {
            first: at,
            first_success: None,
            last: at,
            successes: 0,
            failures: 0,
            guarded: 0,
        });
        row.last = at.max(row.last);
        if ending == Ending::Success {
            row.first_success = Some(row.first_success.map_or(at, |first| first.min(at)));
        }
        row.successes += i64::from(ending == Ending::Success);
        row.failures += i64::from(ending == Ending::Failure);
        row.guarded += i64::from(scope == Scope::Guarded && ending != Ending::Pending);
        self.who.entry(seen).or_default().insert(customer);
    }

    /// Sixteen bytes as gate's dice make them: milliseconds, then what looks like chance.
    fn fresh(&mut self, at: Moment) -> [u8; 16] {
        self.drawn += 1;
        let mut id = half(Digest::of(&self.drawn.to_be_bytes()));
        id[..6].copy_from_slice(&(at.0 / 1000).to_be_bytes()[2..]);
        id
    }
}

fn half(digest: Digest) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest.0[..16]);
    half
}
