//! Numbers, durations and moments: what is added, and what is compared.
//!
//! **Invariant:** whole numbers, numbers with a fraction, durations and moments are never mixed
//! unless the specification of CEL says what comes out.

use super::{Checked, Checker, Part, last, unlike};
use crate::moment::Moment;
use crate::rules::fault::{RuleFault, Spot};
use crate::rules::program::{Number, Range, Real, Test, is_moment};
use crate::rules::tree::{Literal, Pair, Shape, Tree};

impl Checker<'_> {
    pub(super) fn number<'t>(&mut self, range: Range, number: Number) -> Part<'t> {
        self.program.numbers.push(number);
        Part::Number(range, last(&self.program.numbers))
    }

    fn fraction<'t>(&mut self, real: Real) -> Part<'t> {
        self.program.reals.push(real);
        Part::Real(last(&self.program.reals))
    }

    pub(super) fn minus<'t>(&mut self, inner: &Tree) -> Checked<'t> {
        match self.part(inner)? {
            Part::Number(range @ (Range::Span | Range::Whole), place) => {
                Ok(self.number(range, Number::Minus(place, range)))
            }
            Part::Real(place) => Ok(self.fraction(Real::Minus(place))),
            other => {
                let problem = format!("- stands before a number, not before {}", other.called());
                Err(RuleFault::at(inner.spot, problem))
            }
        }
    }

    pub(super) fn converted<'t>(&mut self, name: &str, one: &'t Tree) -> Checked<'t> {
        let part = self.part(one)?;
        Ok(match (name, part) {
            ("int", Part::Real(real)) => self.number(Range::Whole, Number::OfReal(real)),
            ("int", Part::Number(Range::Whole, _)) | ("double", Part::Real(_)) => part,
            ("double", Part::Number(Range::Whole, number)) => self.fraction(Real::OfNumber(number)),
            (_, other) => {
                let problem = format!("{name}(…) takes a number, not {}", other.called());
                return Err(RuleFault::at(one.spot, problem));
            }
        })
    }

    pub(super) fn summed<'t>(&mut self, pair: Pair, both: &[Tree; 2], spot: Spot) -> Checked<'t> {
        use Range::{Moment, Span, Whole};
        let (one, other) = (self.part(&both[0])?, self.part(&both[1])?);
        let (range, places) = match (pair, one, other) {
            (_, Part::Number(Whole, one), Part::Number(Whole, other)) => (Whole, [one, other]),
            (Pair::Add | Pair::Subtract, Part::Number(Span, one), Part::Number(Span, other)) => {
                (Span, [one, other])
            }
            (Pair::Add | Pair::Subtract, Part::Number(Moment, one), Part::Number(Span, other)) => {
                (Moment, [one, other])
            }
            (Pair::Add, Part::Number(Span, one), Part::Number(Moment, other)) => {
                (Moment, [one, other])
            }
            (Pair::Subtract, Part::Number(Moment, one), Part::Number(Moment, other)) => {
                (Span, [one, other])
            }
            (Pair::Rest, Part::Real(_), Part::Real(_)) => {
                let problem = "% is for whole numbers";
                return Err(RuleFault::at(spot, problem));
            }
            (_, Part::Real(one), Part::Real(other)) => {
                return Ok(self.fraction(Real::Sum(pair, [one, other])));
            }
            (_, one, other) => return Err(unsummed(pair, &one, &other, spot)),
        };
        Ok(self.number(range, Number::Sum(pair, places, range)))
    }

    pub(super) fn compared<'t>(&mut self, pair: Pair, both: &[Tree; 2], spot: Spot) -> Checked<'t> {
        let (one, other) = (self.part(&both[0])?, self.part(&both[1])?);
        let equality = matches!(pair, Pair::Same | Pair::Other);
        let test = match (one, other) {
            (Part::Number(range, one), Part::Number(same, other)) if range == same => {
                self.shortest(pair, one, other)
            }
            (Part::Real(one), Part::Real(other)) => Test::Real(pair, one, other),
            _ if !equality => {
                let problem = format!(
                    "{} is for numbers, durations and moments of one kind, not for {} and {}",
                    pair.sign(),
                    one.called(),
                    other.called()
                );
                return Err(RuleFault::at(spot, problem));
            }
            (Part::Flag(one), Part::Flag(other)) => {
                return Ok(self.negated(pair, Test::Same(one, other)));
            }
            _ => return self.worded(pair, (&both[0], one), (&both[1], other)),
        };
        Ok(Part::Flag(self.test(test)))
    }

    /// `!=` is the opposite of `==`.
    pub(super) fn negated<'t>(&mut self, pair: Pair, same: Test) -> Part<'t> {
        let place = self.test(same);
        Part::Flag(match pair {
            Pair::Other => self.test(Test::Not(place)),
            _ => place,
        })
    }

    /// A fact beside a number, or beside a fact, is one step.
    fn shortest(&self, pair: Pair, one: u32, other: u32) -> Test {
        let number = |place: u32| self.program.numbers.get(place as usize).copied();
        match (number(one), number(other)) {
            (Some(Number::Cell(fact)), Some(Number::Constant(number))) => {
                Test::NumberIs(pair, fact, number)
            }
            (Some(Number::Constant(number)), Some(Number::Cell(fact))) => {
                Test::NumberIs(turned(pair), fact, number)
            }
            (Some(Number::Cell(one)), Some(Number::Cell(other))) => Test::Cells(pair, one, other),
            _ => Test::Number(pair, one, other),
        }
    }
}

/// The same, read from the right.
const fn turned(pair: Pair) -> Pair {
    match pair {
        Pair::Less => Pair::More,
        Pair::Most => Pair::Least,
        Pair::More => Pair::Less,
        Pair::Least => Pair::Most,
        same => same,
    }
}

fn unsummed(pair: Pair, one: &Part<'_>, other: &Part<'_>, spot: Spot) -> RuleFault {
    let numeric = |part: &Part<'_>| matches!(part, Part::Number(..) | Part::Real(_));
    if numeric(one) && numeric(other) {
        return unlike(one, other, spot);
    }
    let (sign, one, other) = (pair.sign(), one.called(), other.called());
    RuleFault::at(
        spot,
        format!("{sign} is for numbers, not for {one} and {other}"),
    )
}

/// `duration("1h30m")` and `timestamp("2026-12-01T09:00:00+09:00")`, in microseconds.
pub(super) fn written(name: &str, one: &Tree) -> Result<(Range, i64), RuleFault> {
    let Shape::Literal(Literal::Text(text)) = &one.shape else {
        let problem = format!("{name}(…) takes a text that is written down");
        return Err(RuleFault::at(one.spot, problem));
    };
    let (range, number, advice) = match name {
        "duration" => (
            Range::Span,
            span(text),
            "durations are like \"1h30m\", of h, m, s, ms and us; a day is 24h",
        ),
        _ => (
            Range::Moment,
            moment(text),
            "moments are like \"2026-12-01T09:00:00+09:00\"",
        ),
    };
    let number = number.filter(|number| range.holds(*number));
    number
        .map(|number| (range, number))
        .ok_or_else(|| RuleFault::at(one.spot, advice))
}

fn moment(text: &str) -> Option<i64> {
    let moment = Moment::parse_rfc3339(text)?;
    is_moment(moment).then_some(moment.0)
}

/// Microseconds of a duration as Go and CEL write it, if it has no finer part.
fn span(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut all: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|next: char| !next.is_ascii_digit() && next != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|next: char| next.is_ascii_digit() || next == '.');
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        rest = after;
        let unit: i128 = match unit {
            "h" => 3_600_000_000,
            "m" => 60_000_000,
            "s" => 1_000_000,
            "ms" => 1_000,
            "us" | "µs" => 1,
            _ => return None,
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && part.is_empty()) || whole.len() > 15 || part.len() > 12 {
            return None;
        }
        let digits: i128 = format!("0{whole}{part}").parse().ok()?;
        let scale = 10_i128.pow(u32::try_from(part.len()).ok()?);
        if digits * unit % scale != 0 {
            return None;
        }
        all += digits * unit / scale;
    }
    i64::try_from(if negative { -all } else { all }).ok()
}
