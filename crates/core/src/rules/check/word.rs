//! Texts, words and lists: equality and membership.
//!
//! **Invariant:** a fact that has a few words is only ever compared with these.

use super::{Checked, Checker, Part, fact_name, length, unlike};
use crate::rules::fault::{RuleFault, Spot, nearest};
use crate::rules::program::{Number, Range, Test, Text};
use crate::rules::tree::{Literal, Pair, Shape, Tree};

type Words = &'static [&'static str];

impl Checker<'_> {
    /// `==` and `!=` of texts and words.
    pub(super) fn worded<'t>(
        &mut self,
        pair: Pair,
        (one_tree, one): (&Tree, Part<'_>),
        (other_tree, other): (&Tree, Part<'_>),
    ) -> Checked<'t> {
        let test = match (one, other) {
            (Part::Word(one, words), Part::Word(other, same)) if words == same => {
                return Ok(Part::Flag(self.test(Test::Cells(pair, one, other))));
            }
            (Part::Word(fact, words), _) => one_word(fact, words, other_tree)?,
            (_, Part::Word(fact, words)) => one_word(fact, words, one_tree)?,
            (Part::Text(one), Part::Text(other)) => Test::Text(super::Match::Same, one, other),
            (one, other) => return Err(unlike(&one, &other, other_tree.spot)),
        };
        Ok(self.negated(pair, test))
    }

    /// `one in [a, b]`
    pub(super) fn listed<'t>(&mut self, one: &Tree, list: &Tree) -> Checked<'t> {
        let part = self.part(one)?;
        let Part::List(values) = self.part(list)? else {
            let problem = "after in comes a list of literals: [1, 2]";
            return Err(RuleFault::at(list.spot, problem));
        };
        self.step(1 + length(values) / 8, list.spot)?;
        let test = match part {
            Part::Word(fact, words) => {
                let bits = values.iter().map(|value| bit(fact, words, value));
                let all: Result<Vec<_>, _> = bits.collect();
                Test::WordIn(fact, all?.into_iter().fold(0, |all, bit| all | bit))
            }
            Part::Text(text) => {
                let texts: Result<Vec<_>, _> = values.iter().map(literal_text).collect();
                let (from, texts) = (length(&self.program.texts), texts?);
                let count = length(&texts);
                self.program
                    .texts
                    .extend(texts.into_iter().map(Text::Constant));
                Test::TextIn(text, from, count)
            }
            Part::Number(range, number) => {
                let wholes: Result<Vec<_>, _> = values
                    .iter()
                    .map(|value| self.constant(range, value))
                    .collect();
                let (from, wholes) = (length(&self.program.wholes), wholes?);
                let count = length(&wholes);
                self.program.wholes.extend(wholes);
                Test::NumberIn(number, from, count)
            }
            Part::Flag(_) | Part::List(_) | Part::Real(_) => {
                let problem = format!("{} is not looked for in a list", part.called());
                return Err(RuleFault::at(one.spot, problem));
            }
        };
        Ok(Part::Flag(self.test(test)))
    }

    /// A number of a list, of the same kind as what is looked for.
    fn constant(&mut self, range: Range, value: &Tree) -> Result<i64, RuleFault> {
        let problem = "a list holds literals of the kind of what is looked for";
        match self.part(value)? {
            Part::Number(same, place) if same == range => {
                match self.program.numbers.get(place as usize) {
                    Some(Number::Constant(number)) => Ok(*number),
                    _ => Err(RuleFault::at(value.spot, problem)),
                }
            }
            _ => Err(RuleFault::at(value.spot, problem)),
        }
    }
}

fn literal_text(value: &Tree) -> Result<String, RuleFault> {
    match &value.shape {
        Shape::Literal(Literal::Text(text)) => Ok(text.clone()),
        _ => Err(RuleFault::at(
            value.spot,
            "a text is looked for among texts",
        )),
    }
}

fn one_word(fact: u8, words: Words, value: &Tree) -> Result<Test, RuleFault> {
    Ok(Test::WordIn(fact, bit(fact, words, value)?))
}

/// The bit of one of the words of a fact.
fn bit(fact: u8, words: Words, value: &Tree) -> Result<u64, RuleFault> {
    let fact = fact_name(fact);
    let text = literal_text(value).map_err(|_| not_a_word(fact, words, value.spot))?;
    match words.iter().position(|word| *word == text) {
        Some(place) => Ok(1 << place),
        None => {
            let advice = match nearest(&text, words.iter().copied()) {
                Some(near) => format!("; did you mean {near:?}?"),
                None => String::new(),
            };
            let all = words.join(", ");
            let problem = format!("{fact} is never {text:?} but one of {all}{advice}");
            Err(RuleFault::at(value.spot, problem))
        }
    }
}

fn not_a_word(fact: &str, words: Words, spot: Spot) -> RuleFault {
    let all = words.join(", ");
    RuleFault::at(
        spot,
        format!("{fact} is compared with one of its words: {all}"),
    )
}
