//! The score of an attempt as the product knows it: its traits, the customer's sightings of them,
//! and what is counted of everybody.
//!
//! **Invariant:** a trait that the attempt does not show is unknown, never new.

use super::{ADDRESS, Counts, Feature, Level, Population, Unlikely, Unseen, level, unlikely};
use crate::known::RiskKnown;
use crate::sighting::TraitKind;

/// What with: the family of browser and system alone. The data set has versions too, which change
/// every few weeks and are not kept here.
pub const FAMILY: [Level; 1] = [level("family", 1.0)];

/// The kinds of traits of [`ADDRESS`], in its order.
const PLACES: [TraitKind; 3] = [TraitKind::Address, TraitKind::System, TraitKind::Country];

/// The score of an attempt. `None` before the customer's first login, and while nothing is counted
/// of everybody. An address file that came later than the customer's first logins makes system and
/// country look less familiar than they are until enough logins came after it, which is the safe
/// direction.
#[must_use]
pub fn of_attempt(known: &RiskKnown) -> Option<Unlikely> {
    let population = &known.population;
    let all = population.all();
    if all.logins == 0 {
        return None;
    }
    let find = |kind: TraitKind| known.traits.iter().find(|known| known.seen.kind == kind);
    let own = |kind: TraitKind| {
        let seen = find(kind).and_then(|known| known.own);
        seen.map_or(0, |own| u64::try_from(own.successes).unwrap_or(0))
    };
    let count = |kind: TraitKind| {
        find(kind).map(|shown| Counts {
            own: own(kind),
            all: population.with(&shown.seen).logins,
            distinct: population.values(kind),
        })
    };
    let place: Vec<_> = ADDRESS
        .into_iter()
        .zip(PLACES)
        .map(|(level, kind)| (level, count(kind)))
        .collect();
    let client = FAMILY.map(|level| (level, count(TraitKind::Client)));
    let features = [
        Feature {
            name: "address",
            levels: &place,
        },
        Feature {
            name: "client",
            levels: &client,
        },
    ];
    let everybody = Population {
        logins: all.logins,
        customers: all.customers,
    };
    unlikely(&features, own(TraitKind::All), everybody, Unseen::Capped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Context, Country, Place};
    use crate::known::{Census, Headcount, PopulationKnown, Seen, TraitKnown};
    use crate::moment::Moment;
    use crate::sample::context;
    use crate::sighting::Trait;

    fn here() -> Context {
        Context {
            place: Place {
                system: Some(4713),
                country: Country::parse("JP"),
                ..Place::default()
            },
            client: Some(crate::client_family::ClientFamily::of("Firefox on Windows")),
            ..context()
        }
    }

    /// A customer with eight logins, seen with all traits of `context` but those of `new`.
    fn customer(context: &Context, new: &[TraitKind]) -> RiskKnown {
        let own = Seen {
            first: Moment(0),
            first_success: Some(Moment(0)),
            last: Moment(0),
            successes: 8,
            failures: 3,
            guarded: 0,
        };
        let traits = Trait::of_context(context);
        RiskKnown {
            traits: traits
                .into_iter()
                .map(|seen| TraitKnown {
                    seen,
                    own: (!new.contains(&seen.kind)).then_some(own),
                    others: 0,
                })
                .collect(),
            population: population(context),
            ..RiskKnown::default()
        }
    }

    fn population(context: &Context) -> PopulationKnown {
        let traits = Trait::of_context(context);
        let count = |logins| Headcount {
            logins,
            customers: 0,
        };
        let all = Headcount {
            logins: 10_000,
            customers: 1_250,
        };
        let [systems, countries] = [TraitKind::System, TraitKind::Country].map(Census::Values);
        let shown = traits.iter().skip(1);
        let shown = shown.map(|seen| (Census::Shown(*seen), count(500)));
        let fixed = [
            (Census::Shown(Trait::ALL), all),
            (systems, count(40)),
            (countries, count(9)),
        ];
        PopulationKnown {
            counts: fixed.into_iter().chain(shown).collect(),
        }
    }

    fn score(context: &Context, new: &[TraitKind]) -> f64 {
        let found = of_attempt(&customer(context, new));
        found.unwrap().score
    }

    #[test]
    fn an_attempt_is_scored_by_what_its_customer_showed_before() {
        use TraitKind::{Address, Client, Country, System};
        let here = here();
        let usual = score(&here, &[]);
        // A twentieth of all shows each value, this customer always; as frequent as the others.
        let address = (0.6 * 500.0 / 10_050.0 + 0.4 * 0.05) / 1.0;
        assert!(
            (usual / (address * 500.0 / 10_001.0) - 1.0).abs() < 1e-12,
            "{usual}"
        );
        let mut before = usual;
        let stranger: [&[TraitKind]; 4] = [
            &[Address],
            &[Address, System],
            &[Address, System, Country],
            &[Address, System, Country, Client],
        ];
        for new in stranger {
            let now = score(&here, new);
            assert!(now > before, "{new:?}: {now} after {before}");
            before = now;
        }
        assert!((before - 16.0).abs() < 1e-9, "{before}");
    }

    #[test]
    fn what_is_not_shown_is_unknown_and_nobody_counted_is_no_score() {
        let bare = Context {
            place: Place::default(),
            client: None,
            ..here()
        };
        let found = of_attempt(&customer(&bare, &[])).unwrap();
        assert_eq!(found.parts[0].unknown, ["system", "country"]);
        assert_eq!(found.parts[1].unknown, ["family"]);
        assert_eq!(found.parts[1].ratio, 1.0);
        let mut known = customer(&here(), &[]);
        assert!(of_attempt(&known).is_some());
        known.population = PopulationKnown::default();
        assert_eq!(of_attempt(&known), None);
        let first = customer(&here(), &[TraitKind::All]);
        assert_eq!(of_attempt(&first), None);
    }
}
