//! Checks what an expression says against the facts there are, and compiles it.
//!
//! **Invariant:** what was compiled asks of every value only what its kind can answer, and takes at
//! most [`MOST_COST`] steps.

mod number;
mod word;

use super::facts::{FACTS, Kind};
use super::fault::{RuleFault, Spot};
use super::names::{Meaning, Names, Role};
use super::program::{Match, Number, Program, Range, Real, Test, Text};
use super::tree::{Literal, Pair, Shape, Tree};

/// Most steps of an expression; a search in a text counts as [`SEARCH`].
pub const MOST_COST: u32 = 400;
/// Steps that a search in a text counts as; no text of a fact is longer than 200 characters.
const SEARCH: u32 = 25;

/// What a part of an expression is, with its place in the program.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part<'t> {
    Flag(u32),
    Number(Range, u32),
    Real(u32),
    Text(u32),
    /// A fact that is one of these words.
    Word(u8, &'static [&'static str]),
    /// A list of literals.
    List(&'t [Tree]),
}

impl Part<'_> {
    /// What it is called in a sentence.
    const fn called(&self) -> &'static str {
        match self {
            Self::Flag(_) => "true or false",
            Self::Number(Range::Moment, _) => "a moment",
            Self::Number(Range::Span, _) => "a duration",
            Self::Number(Range::Whole, _) => "a whole number",
            Self::Real(_) => "a number with a fraction",
            Self::Text(_) => "a text",
            Self::Word(..) => "a word",
            Self::List(_) => "a list",
        }
    }
}

/// Compiles expressions into one program.
pub(super) struct Checker<'p> {
    pub program: &'p mut Program,
    pub names: &'p Names,
    pub role: Role,
    cost: u32,
}

type Checked<'t> = Result<Part<'t>, RuleFault>;

impl<'p> Checker<'p> {
    pub fn new(program: &'p mut Program, names: &'p Names, role: Role) -> Self {
        Self {
            program,
            names,
            role,
            cost: 0,
        }
    }

    /// Compiles a condition: its place in the program, and its steps.
    pub fn condition(mut self, tree: &Tree) -> Result<(u32, u32), RuleFault> {
        let place = self.flag(tree)?;
        Ok((place, self.cost))
    }

    fn step(&mut self, steps: u32, spot: Spot) -> Result<(), RuleFault> {
        self.cost += steps;
        match self.cost <= MOST_COST {
            true => Ok(()),
            false => {
                let problem = format!("this takes more than {MOST_COST} steps; use `[is]`");
                Err(RuleFault::at(spot, problem))
            }
        }
    }

    fn test(&mut self, test: Test) -> u32 {
        self.program.tests.push(test);
        last(&self.program.tests)
    }

    fn flag(&mut self, tree: &Tree) -> Result<u32, RuleFault> {
        match self.part(tree)? {
            Part::Flag(place) => Ok(place),
            other => {
                let problem = format!("expected true or false and found {}", other.called());
                Err(RuleFault::at(tree.spot, problem))
            }
        }
    }

    fn part<'t>(&mut self, tree: &'t Tree) -> Checked<'t> {
        self.step(1, tree.spot)?;
        match &tree.shape {
            Shape::Literal(literal) => Ok(self.literal(literal)),
            Shape::Name(name) => self.name(name, tree.spot),
            Shape::Not(inner) => {
                let inner = self.flag(inner)?;
                Ok(Part::Flag(self.test(Test::Not(inner))))
            }
            Shape::Minus(inner) => self.minus(inner),
            Shape::List(values) => Ok(Part::List(values)),
            Shape::Choice(three) => self.choice(three),
            Shape::Call { on, name, with } => match on {
                Some(on) => self.method(on, name, with, tree.spot),
                None => self.function(name, with, tree.spot),
            },
            Shape::Pair(pair @ (Pair::And | Pair::Or), _) => self.joined(*pair, tree),
            Shape::Pair(Pair::In, both) => self.listed(&both[0], &both[1]),
            Shape::Pair(pair, both) => match pair.strength() {
                3 => self.compared(*pair, both, tree.spot),
                _ => self.summed(*pair, both, tree.spot),
            },
        }
    }

    fn literal<'t>(&mut self, literal: &Literal) -> Part<'t> {
        match literal {
            Literal::Flag(flag) => Part::Flag(self.test(Test::Constant(*flag))),
            Literal::Real(real) => {
                self.program.reals.push(Real::Constant(*real));
                Part::Real(last(&self.program.reals))
            }
            Literal::Text(text) => {
                self.program.texts.push(Text::Constant(text.clone()));
                Part::Text(last(&self.program.texts))
            }
            Literal::Whole(whole) => self.number(Range::Whole, Number::Constant(*whole)),
        }
    }

    fn name<'t>(&mut self, name: &str, spot: Spot) -> Checked<'t> {
        let (fact, kind) = match self.names.find(name, self.role, spot)? {
            Meaning::Fact(fact, kind) => (fact, kind),
            Meaning::Named(named) => return Ok(Part::Flag(self.test(Test::Named(named)))),
            Meaning::Score(score) => return Ok(self.number(Range::Whole, Number::Score(score))),
        };
        Ok(match kind {
            Kind::Flag => Part::Flag(self.test(Test::Cell(fact))),
            Kind::Moment => self.number(Range::Moment, Number::Cell(fact)),
            Kind::Span => self.number(Range::Span, Number::Cell(fact)),
            Kind::Whole => self.number(Range::Whole, Number::Cell(fact)),
            Kind::Word(words) => Part::Word(fact, words),
            Kind::Real => {
                self.program.reals.push(Real::Cell(fact));
                Part::Real(last(&self.program.reals))
            }
            Kind::Text => {
                self.program.texts.push(Text::Cell(fact));
                Part::Text(last(&self.program.texts))
            }
        })
    }

    fn joined<'t>(&mut self, pair: Pair, tree: &Tree) -> Checked<'t> {
        let members = tree.chain(pair);
        let members: Result<Vec<_>, _> = members.into_iter().map(|one| self.flag(one)).collect();
        let members = members?;
        let from = length(&self.program.members);
        let count = length(&members);
        self.program.members.extend(members);
        Ok(Part::Flag(self.test(match pair {
            Pair::And => Test::All(from, count),
            _ => Test::Any(from, count),
        })))
    }

    fn choice<'t>(&mut self, three: &'t [Tree; 3]) -> Checked<'t> {
        let test = self.flag(&three[0])?;
        let (one, other) = (self.part(&three[1])?, self.part(&three[2])?);
        Ok(match (one, other) {
            (Part::Flag(one), Part::Flag(other)) => {
                Part::Flag(self.test(Test::Choice([test, one, other])))
            }
            (Part::Number(range, one), Part::Number(same, other)) if range == same => {
                self.number(range, Number::Choice(test, [one, other]))
            }
            (Part::Real(one), Part::Real(other)) => {
                self.program.reals.push(Real::Choice(test, [one, other]));
                Part::Real(last(&self.program.reals))
            }
            (Part::Text(one), Part::Text(other)) => {
                self.program.texts.push(Text::Choice(test, [one, other]));
                Part::Text(last(&self.program.texts))
            }
            (one, other) => return Err(unlike(&one, &other, three[2].spot)),
        })
    }

    fn function<'t>(&mut self, name: &str, with: &'t [Tree], spot: Spot) -> Checked<'t> {
        let [one] = with else {
            let problem = match FUNCTIONS.contains(&name) {
                true => format!("{name}(…) takes one value"),
                false => self.no_function(name),
            };
            return Err(RuleFault::at(spot, problem));
        };
        match name {
            "has" => self.has(one),
            "double" | "int" => self.converted(name, one),
            "duration" | "timestamp" => number::written(name, one)
                .map(|(range, number)| self.number(range, Number::Constant(number))),
            "size" => self.size(one),
            _ => Err(RuleFault::at(spot, self.no_function(name))),
        }
    }

    fn no_function(&self, name: &str) -> String {
        let advice = match name {
            "all" | "exists" | "exists_one" | "filter" | "map" | "matches" => {
                "it could take unbounded time, so it is not part of the language of rules"
            }
            _ => {
                "there are has, double, int, duration, timestamp and size, and of a text \
                  contains, startsWith, endsWith and size"
            }
        };
        format!("there is no {name}(…); {advice}")
    }

    fn has<'t>(&mut self, one: &Tree) -> Checked<'t> {
        let fact = match &one.shape {
            Shape::Name(name) => match self.names.find(name, self.role, one.spot)? {
                Meaning::Fact(fact, _) => Some(fact),
                Meaning::Named(_) | Meaning::Score(_) => None,
            },
            _ => None,
        };
        match fact {
            Some(fact) => Ok(Part::Flag(self.test(Test::Known(fact)))),
            None => {
                let problem = "has(…) takes the name of a fact";
                Err(RuleFault::at(one.spot, problem))
            }
        }
    }

    fn method<'t>(&mut self, on: &Tree, name: &str, with: &[Tree], spot: Spot) -> Checked<'t> {
        let how = match name {
            "contains" => Match::Contains,
            "endsWith" => Match::EndsWith,
            "startsWith" => Match::StartsWith,
            "size" if with.is_empty() => return self.size(on),
            _ => return Err(RuleFault::at(spot, self.no_function(name))),
        };
        let [other] = with else {
            let problem = format!("{name}(…) takes one text");
            return Err(RuleFault::at(spot, problem));
        };
        self.step(SEARCH, spot)?;
        let (one, other) = (self.text(on)?, self.text(other)?);
        Ok(Part::Flag(self.test(Test::Text(how, one, other))))
    }

    fn text(&mut self, tree: &Tree) -> Result<u32, RuleFault> {
        match self.part(tree)? {
            Part::Text(place) => Ok(place),
            Part::Word(..) => {
                let problem = "this is one of a few words; compare it with == or in";
                Err(RuleFault::at(tree.spot, problem))
            }
            other => {
                let problem = format!("expected a text and found {}", other.called());
                Err(RuleFault::at(tree.spot, problem))
            }
        }
    }

    fn size<'t>(&mut self, one: &Tree) -> Checked<'t> {
        self.step(SEARCH, one.spot)?;
        let text = self.text(one)?;
        Ok(self.number(Range::Whole, Number::Size(text)))
    }
}

const FUNCTIONS: [&str; 6] = ["double", "duration", "has", "int", "size", "timestamp"];

fn unlike(one: &Part<'_>, other: &Part<'_>, spot: Spot) -> RuleFault {
    let advice = match (one, other) {
        (Part::Number(Range::Whole, _), Part::Real(_))
        | (Part::Real(_), Part::Number(Range::Whole, _)) => {
            "; write double(…) around the whole one"
        }
        (Part::Number(Range::Span, _), Part::Number(Range::Whole, _))
        | (Part::Number(Range::Whole, _), Part::Number(Range::Span, _)) => {
            "; write durations as duration(\"24h\")"
        }
        _ => "",
    };
    let (one, other) = (one.called(), other.called());
    RuleFault::at(spot, format!("{one} does not go with {other}{advice}"))
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// The place of what was added last.
fn last<T>(list: &[T]) -> u32 {
    length(list).saturating_sub(1)
}

/// The name of a fact, for sentences.
fn fact_name(fact: u8) -> &'static str {
    FACTS.get(usize::from(fact)).map_or("", |fact| fact.name)
}
