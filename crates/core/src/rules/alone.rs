//! Whether an expression can hold by nothing but where an address file says that somebody is.
//!
//! Such a file is wrong often enough (two of them name different countries for one address in
//! seventeen) and whoever travels is honest more often than not: nobody is refused by it alone.
//! What somebody wants and how long they are a customer (`operation.…`, `customer.…`) is nothing
//! that speaks against them, so it makes no difference.
//!
//! **Invariant:** an expression counts as resting on the place alone if one of its alternatives
//! names nothing else; it is told by its form, so what always holds may still stand in between.

use super::facts::FACTS;
use super::names::{Meaning, Names, Role};
use super::tree::{Literal, Pair, Shape, Tree};

/// On what the alternatives rest by which an expression can hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rests {
    /// One of them on nothing that was found out.
    nothing: bool,
    /// One of them on the place alone.
    pub place: bool,
    /// One of them on something else.
    other: bool,
}

/// On what rests that it holds, and that it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Both {
    pub yes: Rests,
    pub no: Rests,
}

const NOTHING: Rests = Rests {
    nothing: true,
    place: false,
    other: false,
};
const PLACE: Rests = Rests {
    nothing: false,
    place: true,
    other: false,
};
const OTHER: Rests = Rests {
    nothing: false,
    place: false,
    other: true,
};

impl Rests {
    const fn or(self, also: Self) -> Self {
        Self {
            nothing: self.nothing || also.nothing,
            place: self.place || also.place,
            other: self.other || also.other,
        }
    }

    const fn and(self, also: Self) -> Self {
        Self {
            nothing: self.nothing && also.nothing,
            place: self.place && (also.place || also.nothing) || self.nothing && also.place,
            other: self.other && also.is_possible() || also.other && self.is_possible(),
        }
    }

    const fn is_possible(self) -> bool {
        self.nothing || self.place || self.other
    }
}

/// The names of a document, with what is known of each.
pub(super) struct Known<'a> {
    pub names: &'a Names,
    /// Of each condition and signal.
    pub named: &'a [Both],
}

impl Known<'_> {
    /// On what `tree` rests.
    pub fn both(&self, tree: &Tree) -> Both {
        match &tree.shape {
            Shape::Not(inner) => {
                let Both { yes, no } = self.both(inner);
                Both { yes: no, no: yes }
            }
            Shape::Pair(pair @ (Pair::And | Pair::Or), two) => {
                let (one, other) = (self.both(&two[0]), self.both(&two[1]));
                match pair {
                    Pair::And => Both {
                        yes: one.yes.and(other.yes),
                        no: one.no.or(other.no),
                    },
                    _ => Both {
                        yes: one.yes.or(other.yes),
                        no: one.no.and(other.no),
                    },
                }
            }
            Shape::Choice(three) => {
                let [test, one, other] = three.each_ref().map(|tree| self.both(tree));
                let joined = |one: Rests, other: Rests| test.yes.and(one).or(test.no.and(other));
                Both {
                    yes: joined(one.yes, other.yes),
                    no: joined(one.no, other.no),
                }
            }
            Shape::Name(name) => self.name(name, tree),
            // What never holds is no alternative.
            Shape::Literal(Literal::Flag(flag)) => {
                let (yes, no) = match flag {
                    true => (NOTHING, Rests::default()),
                    false => (Rests::default(), NOTHING),
                };
                Both { yes, no }
            }
            _ => {
                let all = parts(tree).into_iter().map(|part| self.value(part));
                let rests = all.fold(NOTHING, Rests::and);
                Both {
                    yes: rests,
                    no: rests,
                }
            }
        }
    }

    /// On what the value of a part rests, whichever it is.
    fn value(&self, tree: &Tree) -> Rests {
        let Both { yes, no } = self.both(tree);
        yes.or(no)
    }

    fn name(&self, name: &str, tree: &Tree) -> Both {
        let same = |rests| Both {
            yes: rests,
            no: rests,
        };
        match self.names.find(name, Role::Rule, tree.spot) {
            Ok(Meaning::Fact(fact, _)) => {
                let name = FACTS.get(usize::from(fact)).map_or("", |fact| fact.name);
                same(of_fact(name))
            }
            Ok(Meaning::Named(place)) => {
                let found = self.named.get(usize::from(place)).copied();
                found.unwrap_or(same(OTHER))
            }
            Ok(Meaning::Score(_)) => {
                let signals = self.named.iter().skip(self.names.is.len());
                let any = signals.fold(Rests::default(), |all, one| all.or(one.yes));
                same(if any.is_possible() { any } else { OTHER })
            }
            Err(_) => same(OTHER),
        }
    }
}

fn of_fact(name: &str) -> Rests {
    let (family, _) = name.split_once('.').unwrap_or((name, ""));
    match family {
        "country" | "travel" => PLACE,
        _ if name == "place.torn" => PLACE,
        "policy" | "customer" | "operation" => NOTHING,
        _ => OTHER,
    }
}

/// The parts of an expression that is no condition of conditions.
fn parts(tree: &Tree) -> Vec<&Tree> {
    match &tree.shape {
        Shape::Minus(inner) => vec![inner],
        Shape::Pair(_, two) => two.iter().collect(),
        Shape::List(values) => values.iter().collect(),
        Shape::Call { on, with, .. } => on.iter().map(AsRef::as_ref).chain(with).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::RuleSet;

    fn refused(when: &str, verdict: &str) -> bool {
        let text = format!(
            "version = \"mine.1\"\n[is]\nabroad = 'country.seen == \"new\"'\n\
             home = 'country.seen == \"known\" || device.seen == \"known\"'\n\
             [signal.far]\nevidence = \"unlikely\"\nweight = 50\nwhen = 'travel.speed > 900'\n\
             [[rule]]\nreason = \"rule_one\"\nwhen = '''{when}'''\nverdict = \"{verdict}\"\n\
             case = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n"
        );
        match RuleSet::parse(&text) {
            Ok(_) => false,
            Err(faults) => {
                let said: Vec<_> = faults.iter().map(ToString::to_string).collect();
                assert!(said.iter().all(|fault| fault.contains("alone")), "{said:?}");
                true
            }
        }
    }

    #[test]
    fn nobody_is_refused_for_a_country_alone() {
        for when in [
            "is.abroad",
            "country.seen != \"known\"",
            "!has(country.seen)",
            "has(country.seen) && country.seen in [\"new\"]",
            "is.abroad && customer.history > 3",
            "is.abroad && has(operation.effect) && operation.effect == \"money_out\"",
            "device.seen == \"new\" || is.abroad",
            "!(country.seen == \"known\" && device.seen == \"known\")",
            "travel.speed > 1000",
            "signal.far",
            "score.total >= 50",
            "place.torn",
            "device.seen == \"new\" ? address.failures > 3 : is.abroad || true && is.abroad",
            "customer.settled ? is.abroad : false",
            "int(double(travel.speed)) / 2 > policy.rare",
        ] {
            let alone = refused(when, "refuse");
            // The device is named in this one, and it holds by the country only where it is known.
            assert_eq!(
                alone,
                !when.starts_with("device.seen == \"new\" ?"),
                "{when}"
            );
            assert!(
                !refused(when, "step_up\"\nrequire = [\"second_factor\"]\n#"),
                "{when}"
            );
            assert!(!refused(when, "hold"), "{when}");
        }
    }

    #[test]
    fn what_rests_on_more_may_refuse() {
        for when in [
            "is.abroad && device.seen == \"new\"",
            "is.abroad && address.listed_deny",
            "!is.home",
            "address.listed_deny",
            "true",
            "customer.history > 3 && operation.amount > 1000",
            "signal.far && address.failures > 3",
            "evidence.unlikely >= 5000",
            "is.abroad ? address.listed_tor : false",
        ] {
            assert!(!refused(when, "refuse"), "{when}");
        }
    }
}
