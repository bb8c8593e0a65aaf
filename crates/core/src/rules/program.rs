//! Compiled conditions: one flat list of steps over one flat row.
//!
//! **Invariant:** running takes no more steps than were counted when the expression was checked,
//! allocates nothing and cannot fail; what goes wrong is a value.

use super::facts::Row;
use super::tree::Pair;
use crate::moment::Moment;

/// What became of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It does not hold.
    No,
    /// It holds.
    Yes,
    /// It depends on what is not known.
    Unknown,
    /// It could not be worked out: a sum beyond its bounds, a division by zero.
    Broken,
}

impl Truth {
    const fn of(flag: bool) -> Self {
        if flag { Self::Yes } else { Self::No }
    }
}

/// The range of what is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// Microseconds since 1970, in the years 1 to 9999 of the specification.
    Moment,
    /// Microseconds, up to ten thousand years.
    Span,
    /// 64 bits.
    Whole,
}

/// Ten thousand years of 365.25 days, as the specification bounds durations.
const LONGEST: i64 = 315_576_000_000 * 1_000_000;
/// The years 1 to 9999.
const MOMENTS: [i64; 2] = [-62_135_596_800_000_000, 253_402_300_799_999_999];

impl Range {
    pub(super) const fn holds(self, number: i64) -> bool {
        match self {
            Self::Moment => MOMENTS[0] <= number && number <= MOMENTS[1],
            Self::Span => -LONGEST <= number && number <= LONGEST,
            Self::Whole => true,
        }
    }
}

/// A step; numbers in it are places in the lists of the program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Test {
    /// All of these many tests, from a place in `members` on.
    All(u32, u32),
    /// One of them.
    Any(u32, u32),
    Cell(u8),
    /// Of two facts.
    Cells(Pair, u8, u8),
    Choice([u32; 3]),
    Constant(bool),
    Known(u8),
    Named(u8),
    Not(u32),
    Number(Pair, u32, u32),
    /// Of a fact and a number: the most common of all.
    NumberIs(Pair, u8, i64),
    /// Among these many, from a place in `wholes` on.
    NumberIn(u32, u32, u32),
    Real(Pair, u32, u32),
    Same(u32, u32),
    /// A text does this with another.
    Text(Match, u32, u32),
    TextIn(u32, u32, u32),
    /// One of the words whose bits are set.
    WordIn(u8, u64),
}

/// What one text is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Contains,
    EndsWith,
    Same,
    StartsWith,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Cell(u8),
    Choice(u32, [u32; 2]),
    Constant(i64),
    Minus(u32, Range),
    OfReal(u32),
    Score(u8),
    /// Characters of a text.
    Size(u32),
    Sum(Pair, [u32; 2], Range),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Real {
    Cell(u8),
    Choice(u32, [u32; 2]),
    Constant(f64),
    Minus(u32),
    OfNumber(u32),
    Sum(Pair, [u32; 2]),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Text {
    Cell(u8),
    Choice(u32, [u32; 2]),
    Constant(String),
}

/// Conditions that were checked, ready to run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Program {
    pub tests: Vec<Test>,
    pub numbers: Vec<Number>,
    pub reals: Vec<Real>,
    pub texts: Vec<Text>,
    pub members: Vec<u32>,
    pub wholes: Vec<i64>,
}

/// Why there is no value: [`Truth::Unknown`] or [`Truth::Broken`].
type Lack = Truth;

fn part<T>(list: &[T], from: u32, count: u32) -> &[T] {
    let (from, count) = (from as usize, count as usize);
    list.get(from..from + count).unwrap_or(&[])
}

impl Program {
    /// Whether the test at `place` holds of the row.
    pub fn truth(&self, place: u32, row: &Row<'_>) -> Truth {
        let Some(test) = self.tests.get(place as usize) else {
            return Truth::Broken;
        };
        match *test {
            Test::WordIn(fact, words) => match row.cell(fact) {
                Some(word) => Truth::of(words >> (word & 63) & 1 == 1),
                None => Truth::Unknown,
            },
            Test::NumberIs(pair, fact, number) => match row.cell(fact) {
                Some(cell) => Truth::of(compares(pair, &cell, &number)),
                None => Truth::Unknown,
            },
            Test::Cell(fact) => row.cell(fact).map_or(Truth::Unknown, |c| Truth::of(c == 1)),
            Test::Cells(pair, one, other) => match (row.cell(one), row.cell(other)) {
                (Some(one), Some(other)) => Truth::of(compares(pair, &one, &other)),
                _ => Truth::Unknown,
            },
            Test::Known(fact) => Truth::of(row.knows(fact)),
            Test::Named(name) => row
                .named
                .get(usize::from(name))
                .copied()
                .unwrap_or(Truth::Broken),
            Test::All(from, count) => self.joined(part(&self.members, from, count), row, Truth::No),
            Test::Any(from, count) => {
                self.joined(part(&self.members, from, count), row, Truth::Yes)
            }
            Test::Not(inner) => match self.truth(inner, row) {
                Truth::No => Truth::Yes,
                Truth::Yes => Truth::No,
                lack => lack,
            },
            Test::Constant(flag) => Truth::of(flag),
            _ => self.rarer(*test, row),
        }
    }

    /// What one member alone can decide is decided by it, whatever becomes of the rest: so the
    /// specification has `&&` and `||`.
    fn joined(&self, members: &[u32], row: &Row<'_>, decides: Truth) -> Truth {
        let mut lacking = None;
        for member in members {
            let truth = self.truth(*member, row);
            if truth == decides {
                return decides;
            }
            if truth >= Truth::Unknown {
                lacking = Some(lacking.map_or(truth, |lack: Truth| lack.min(truth)));
            }
        }
        match (lacking, decides) {
            (Some(lack), _) => lack,
            (None, Truth::No) => Truth::Yes,
            (None, _) => Truth::No,
        }
    }

    fn rarer(&self, test: Test, row: &Row<'_>) -> Truth {
        let found = match test {
            Test::Number(pair, one, other) => self
                .both(one, other, |place| self.number(place, row))
                .map(|(one, other)| compares(pair, &one, &other)),
            Test::Real(pair, one, other) => self
                .both(one, other, |place| self.real(place, row))
                .map(|(one, other)| compares(pair, &one, &other)),
            Test::Text(how, one, other) => self
                .both(one, other, |place| self.text(place, row))
                .map(|(one, other)| match how {
                    Match::Contains => one.contains(other),
                    Match::EndsWith => one.ends_with(other),
                    Match::Same => one == other,
                    Match::StartsWith => one.starts_with(other),
                }),
            Test::NumberIn(number, from, count) => self
                .number(number, row)
                .map(|number| part(&self.wholes, from, count).contains(&number)),
            Test::TextIn(text, from, count) => self.text(text, row).map(|text| {
                let all = self.texts.get(from as usize..(from + count) as usize);
                let same = |one: &Text| matches!(one, Text::Constant(one) if one == text);
                all.unwrap_or(&[]).iter().any(same)
            }),
            Test::Same(one, other) => self
                .both(one, other, |place| self.decided(place, row))
                .map(|(one, other)| one == other),
            Test::Choice([test, one, other]) => {
                return match self.truth(test, row) {
                    Truth::Yes => self.truth(one, row),
                    Truth::No => self.truth(other, row),
                    lack => lack,
                };
            }
            // Every other test was answered before this is asked.
            _ => return Truth::Broken,
        };
        found.map_or_else(|lack| lack, Truth::of)
    }

    fn both<T>(
        &self,
        one: u32,
        other: u32,
        value: impl Fn(u32) -> Result<T, Lack>,
    ) -> Result<(T, T), Lack> {
        match (value(one), value(other)) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (Err(one), Err(other)) => Err(one.min(other)),
            (Err(lack), Ok(_)) | (Ok(_), Err(lack)) => Err(lack),
        }
    }

    fn decided(&self, place: u32, row: &Row<'_>) -> Result<bool, Lack> {
        match self.truth(place, row) {
            Truth::No => Ok(false),
            Truth::Yes => Ok(true),
            lack => Err(lack),
        }
    }

    fn number(&self, place: u32, row: &Row<'_>) -> Result<i64, Lack> {
        let number = self.numbers.get(place as usize).ok_or(Truth::Broken)?;
        match *number {
            Number::Cell(fact) => row.cell(fact).ok_or(Truth::Unknown),
            Number::Constant(number) => Ok(number),
            Number::Score(score) => {
                let found = row.scores.get(usize::from(score)).copied();
                found.ok_or(Truth::Broken)
            }
            Number::Choice(test, [one, other]) => match self.decided(test, row)? {
                true => self.number(one, row),
                false => self.number(other, row),
            },
            Number::Minus(inner, range) => {
                let minus = self.number(inner, row)?.checked_neg();
                minus.filter(|n| range.holds(*n)).ok_or(Truth::Broken)
            }
            Number::OfReal(real) => whole(self.real(real, row)?).ok_or(Truth::Broken),
            Number::Size(text) => {
                i64::try_from(self.text(text, row)?.chars().count()).map_err(|_| Truth::Broken)
            }
            Number::Sum(pair, [one, other], range) => {
                let (one, other) = self.both(one, other, |place| self.number(place, row))?;
                let sum = match pair {
                    Pair::Add => one.checked_add(other),
                    Pair::Subtract => one.checked_sub(other),
                    Pair::Times => one.checked_mul(other),
                    Pair::Divide => one.checked_div(other),
                    Pair::Rest => one.checked_rem(other),
                    _ => None,
                };
                sum.filter(|sum| range.holds(*sum)).ok_or(Truth::Broken)
            }
        }
    }

    fn real(&self, place: u32, row: &Row<'_>) -> Result<f64, Lack> {
        match *self.reals.get(place as usize).ok_or(Truth::Broken)? {
            Real::Cell(fact) => {
                let bits = row.cell(fact).ok_or(Truth::Unknown)?;
                Ok(f64::from_bits(bits.cast_unsigned()))
            }
            Real::Constant(real) => Ok(real),
            Real::Choice(test, [one, other]) => match self.decided(test, row)? {
                true => self.real(one, row),
                false => self.real(other, row),
            },
            Real::Minus(inner) => Ok(-self.real(inner, row)?),
            #[expect(
                clippy::cast_precision_loss,
                reason = "so the specification has double(int)"
            )]
            Real::OfNumber(number) => Ok(self.number(number, row)? as f64),
            Real::Sum(pair, [one, other]) => {
                let (one, other) = self.both(one, other, |place| self.real(place, row))?;
                Ok(match pair {
                    Pair::Add => one + other,
                    Pair::Subtract => one - other,
                    Pair::Times => one * other,
                    Pair::Divide => one / other,
                    _ => f64::NAN,
                })
            }
        }
    }

    fn text<'r>(&'r self, place: u32, row: &Row<'r>) -> Result<&'r str, Lack> {
        match self.texts.get(place as usize).ok_or(Truth::Broken)? {
            Text::Cell(fact) => row.text(*fact).ok_or(Truth::Unknown),
            Text::Constant(text) => Ok(text),
            Text::Choice(test, [one, other]) => match self.decided(*test, row)? {
                true => self.text(*one, row),
                false => self.text(*other, row),
            },
        }
    }
}

#[inline]
fn compares<T: PartialOrd>(pair: Pair, one: &T, other: &T) -> bool {
    match pair {
        Pair::Less => one < other,
        Pair::Most => one <= other,
        Pair::More => one > other,
        Pair::Least => one >= other,
        Pair::Same => one == other,
        Pair::Other => one != other,
        _ => false,
    }
}

/// Towards zero, if it can be held.
fn whole(real: f64) -> Option<i64> {
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "so the specification has int(double)"
    )]
    (real > -BOUND && real < BOUND).then_some(real as i64)
}

/// Whether a moment can be written in a rule.
pub(super) fn is_moment(moment: Moment) -> bool {
    Range::Moment.holds(moment.0)
}
