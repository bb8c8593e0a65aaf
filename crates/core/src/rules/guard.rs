//! What can be said of an expression before it runs: which facts it needs to be known, and whether
//! evidence only ever speaks against.
//!
//! **Invariant:** a document in which more evidence could soften a verdict is not accepted.

use super::facts::FACTS;
use super::fault::RuleFault;
use super::names::{Meaning, Names, Role};
use super::tree::{Pair, Shape, Tree};

/// Facts as bits, in the order of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Guard {
    /// If one of these is not known, nothing may come out.
    pub open: u128,
    /// If one of these is not known, it does not hold.
    no: u128,
    /// If one of these is not known, it holds.
    yes: u128,
}

/// The names of the facts whose bits are set.
pub(super) fn facts_of(bits: u128) -> impl Iterator<Item = &'static str> {
    let all = FACTS.iter().enumerate();
    all.filter(move |(place, _)| bits >> place & 1 == 1)
        .map(|(_, fact)| fact.name)
}

/// What `tree` needs to be known; `named` is the same of each condition and signal.
pub(super) fn guard(tree: &Tree, names: &Names, named: &[Guard]) -> Guard {
    let inner = |tree: &Tree| guard(tree, names, named);
    match &tree.shape {
        Shape::Literal(_) | Shape::List(_) => Guard::default(),
        Shape::Name(name) => match names.find(name, Role::Rule, tree.spot) {
            Ok(Meaning::Fact(fact, _)) => {
                let optional = FACTS
                    .get(usize::from(fact))
                    .is_some_and(|fact| fact.optional);
                Guard {
                    open: u128::from(optional) << fact,
                    ..Guard::default()
                }
            }
            Ok(Meaning::Named(place)) => named.get(usize::from(place)).copied().unwrap_or_default(),
            Ok(Meaning::Score(_)) | Err(_) => Guard::default(),
        },
        Shape::Not(negated) => {
            let Guard { open, no, yes } = inner(negated);
            Guard {
                open,
                no: yes,
                yes: no,
            }
        }
        Shape::Pair(pair @ (Pair::And | Pair::Or), _) => {
            let members: Vec<_> = tree.chain(*pair).into_iter().map(inner).collect();
            joined(*pair, &members)
        }
        Shape::Choice(three) => {
            let [test, one, other] = three.each_ref().map(inner);
            Guard {
                open: test.open | (one.open & !test.no) | (other.open & !test.yes),
                no: one.no & other.no & !test.open,
                yes: one.yes & other.yes & !test.open,
            }
        }
        Shape::Call { on, name, with } => {
            let values = on.iter().map(AsRef::as_ref).chain(with);
            let open = values.map(inner).fold(0, |all, one| all | one.open);
            match name.as_str() {
                "has" => Guard {
                    open: 0,
                    no: open,
                    yes: 0,
                },
                _ => Guard {
                    open,
                    ..Guard::default()
                },
            }
        }
        Shape::Minus(value) => Guard {
            open: inner(value).open,
            ..Guard::default()
        },
        Shape::Pair(_, both) => Guard {
            open: inner(&both[0]).open | inner(&both[1]).open,
            ..Guard::default()
        },
    }
}

fn joined(pair: Pair, members: &[Guard]) -> Guard {
    let any = |of: fn(&Guard) -> u128| members.iter().map(of).fold(0, |all, one| all | one);
    let all = |of: fn(&Guard) -> u128| members.iter().map(of).fold(u128::MAX, |all, one| all & one);
    let (no, yes) = match pair {
        Pair::And => (any(|one| one.no), all(|one| one.yes)),
        _ => (all(|one| one.no), any(|one| one.yes)),
    };
    let decided = if pair == Pair::And { no } else { yes };
    Guard {
        open: any(|one| one.open) & !decided,
        no,
        yes,
    }
}

/// Evidence only ever speaks against: signals are not negated, and of scores it is asked whether
/// they are high.
pub(super) fn speaks_against(tree: &Tree, positive: bool) -> Result<(), RuleFault> {
    if !mentions(tree) {
        return Ok(());
    }
    let both = |pair: &[Tree; 2]| {
        speaks_against(&pair[0], positive)?;
        speaks_against(&pair[1], positive)
    };
    match &tree.shape {
        Shape::Name(_) if positive => Ok(()),
        Shape::Call { on, with, .. } if positive && asks_of_a_score(on.as_deref(), with) => Ok(()),
        Shape::Not(inner) => speaks_against(inner, !positive),
        Shape::Pair(Pair::And | Pair::Or, pair) => both(pair),
        Shape::Pair(Pair::Least | Pair::More, pair)
            if positive && is_score(&pair[0]) && !mentions(&pair[1]) =>
        {
            Ok(())
        }
        Shape::Pair(Pair::Most | Pair::Less, pair)
            if positive && is_score(&pair[1]) && !mentions(&pair[0]) =>
        {
            Ok(())
        }
        Shape::Choice(three) if !mentions(&three[0]) => {
            speaks_against(&three[1], positive)?;
            speaks_against(&three[2], positive)
        }
        _ => {
            let problem = "evidence only speaks against: name a signal without !, and ask of a \
                 score whether it is >= a number; what speaks for somebody is a condition of [is]";
            Err(RuleFault::at(tree.spot, problem))
        }
    }
}

fn is_score(tree: &Tree) -> bool {
    let score = |name: &str| name.starts_with("score.") || name.starts_with("evidence.");
    matches!(&tree.shape, Shape::Name(name) if score(name))
}

/// `has(evidence.x)`.
fn asks_of_a_score(on: Option<&Tree>, with: &[Tree]) -> bool {
    on.is_none() && matches!(with, [one] if is_score(one))
}

/// Whether it names any evidence.
pub(super) fn mentions(tree: &Tree) -> bool {
    match &tree.shape {
        Shape::Literal(_) => false,
        Shape::Name(name) => name.starts_with("signal.") || is_score(tree),
        Shape::Not(inner) | Shape::Minus(inner) => mentions(inner),
        Shape::Pair(_, both) => both.iter().any(mentions),
        Shape::Choice(three) => three.iter().any(mentions),
        Shape::List(values) => values.iter().any(mentions),
        Shape::Call { on, with, .. } => {
            on.iter().any(|on| mentions(on)) || with.iter().any(mentions)
        }
    }
}
