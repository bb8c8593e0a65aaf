//! Where in its document something is wrong: faults name a part and a place in its expression,
//! people look for a line.
//!
//! **Invariant:** a line that is named is one of the document, and is the one that is quoted.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::document::{Document, MOST_DOCUMENT};
use super::fault::{RuleFault, Spot};

/// Longest line that is quoted, in characters.
const MOST_QUOTED: usize = 200;

/// A fault and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Of which part of the document; empty for all of it.
    pub part: String,
    /// Where in the document; `None` for what is wrong with all of it.
    pub spot: Option<Spot>,
    /// The line; empty where there is none.
    pub quoted: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// The values that faults are about, with where they stand.
#[derive(Default, Deserialize)]
struct Places {
    version: Option<Spanned<String>>,
    #[serde(default)]
    is: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    signal: BTreeMap<String, SignalPlaces>,
    #[serde(default)]
    rule: Vec<RulePlaces>,
}

#[derive(Deserialize)]
struct SignalPlaces {
    weight: Spanned<i64>,
    when: Spanned<String>,
}

#[derive(Deserialize)]
struct RulePlaces {
    reason: Spanned<String>,
    when: Spanned<String>,
    case: Spanned<String>,
}

/// The same faults, with their lines in `document`. In an expression that is written with escapes
/// the column may be off, and the line is right.
#[must_use]
pub fn located(document: &str, faults: &[RuleFault]) -> Vec<Located> {
    let mut told = Vec::new();
    let unread = match document.len() > MOST_DOCUMENT {
        true => None,
        false => toml::from_str::<Document>(document).err(),
    };
    if let Some(why) = unread {
        let spot = why.span().map(|span| spot_at(document, span.start));
        told.push(of_document(document, ("", spot, why.message())));
        return told;
    }
    let places = match document.len() > MOST_DOCUMENT {
        true => Places::default(),
        false => toml::from_str(document).unwrap_or_default(),
    };
    for fault in faults {
        let spot = places.of(fault, document);
        told.push(of_document(document, (&fault.part, spot, &fault.problem)));
    }
    told
}

fn of_document(document: &str, (part, spot, problem): (&str, Option<Spot>, &str)) -> Located {
    let line = spot.and_then(|spot| document.lines().nth(spot.line as usize - 1));
    Located {
        part: part.to_owned(),
        spot,
        quoted: line
            .unwrap_or_default()
            .trim_end()
            .chars()
            .take(MOST_QUOTED)
            .collect(),
        problem: problem.trim_end().to_owned(),
    }
}

impl Places {
    fn of(&self, fault: &RuleFault, document: &str) -> Option<Spot> {
        let (kind, name) = fault.part.split_once(' ').unwrap_or((&fault.part, ""));
        let at = |span: Range<usize>| Some(spot_at(document, span.start));
        let within = |when: &Spanned<String>, other: Range<usize>| match fault.spot {
            Some(spot) => Some(in_text(document, &when.span(), spot)),
            None => at(other),
        };
        match kind {
            "version" => at(self.version.as_ref()?.span()),
            "is" => {
                let when = self.is.get(name)?;
                within(when, when.span())
            }
            "signal" => {
                let SignalPlaces { weight, when } = self.signal.get(name)?;
                let other = match fault.problem.starts_with("weight") {
                    true => weight.span(),
                    false => when.span(),
                };
                within(when, other)
            }
            "rule" => {
                let mut rules = self.rule.iter().rev();
                let rule = rules.find(|rule| rule.reason.get_ref() == name)?;
                let other = match fault.problem.starts_with("case") {
                    true => rule.case.span(),
                    false => rule.reason.span(),
                };
                within(&rule.when, other)
            }
            // A name that no condition and no signal may have.
            name => {
                let signal = || self.signal.get(name).map(|signal| signal.when.span());
                at(self.is.get(name).map(Spanned::span).or_else(signal)?)
            }
        }
    }
}

/// The line and the column of an offset.
fn spot_at(document: &str, offset: usize) -> Spot {
    let before = document.get(..offset).unwrap_or(document);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let spot = Spot {
        line: number(line),
        column: number(column.chars().count() + 1),
    };
    // An error at the very end of a document stands behind its last line.
    let lines = number(document.lines().count().max(1));
    match spot.line > lines {
        true => Spot {
            line: lines,
            column: 1,
        },
        false => spot,
    }
}

/// A place in the expression that is written in `span`, quotes and all.
fn in_text(document: &str, span: &Range<usize>, spot: Spot) -> Spot {
    let raw = document.get(span.clone()).unwrap_or_default();
    let marks = match () {
        () if raw.starts_with("'''") || raw.starts_with("\"\"\"") => {
            // A line break behind these marks is none of the text.
            let rest = &raw[3..];
            match rest.starts_with("\r\n") {
                true => 5,
                false => 3 + usize::from(rest.starts_with('\n')),
            }
        }
        () => usize::from(raw.starts_with(['\'', '"'])),
    };
    let first = spot_at(document, span.start + marks);
    let line = first.line + spot.line - 1;
    let last = spot_at(document, span.end).line;
    if line > last {
        return first;
    }
    let column = match spot.line {
        1 => first.column + spot.column - 1,
        _ => spot.column,
    };
    Spot { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn told(document: &str) -> Vec<(String, u32, u32, String)> {
        let faults = RuleSet::parse(document).unwrap_err();
        let all = located(document, &faults);
        all.into_iter()
            .map(|one| {
                let spot = one.spot.unwrap();
                (one.part, spot.line, spot.column, one.quoted)
            })
            .collect()
    }

    const RULE: &str = "verdict = \"hold\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n";

    #[test]
    fn a_fault_is_told_by_the_line_of_the_document() {
        let document = format!(
            "version = \"a b\"\n[is]\nfar = 'contry.seen == \"new\"'\n[signal.many]\n\
             evidence = \"fast\"\nweight = 0\nwhen = '''\naddress.others > 1 &&\n  \
             addres.failures > 2'''\n[[rule]]\nreason = \"rule_all\"\nwhen = \"is.fa\"\n{RULE}\
             [[rule]]\nreason = \"rule_two\"\nwhen = 'true'\n{RULE}[[rule]]\n\
             reason = \"rule_two\"\nwhen = 'true'\n{RULE}"
        );
        let quoted = |line: usize| document.lines().nth(line - 1).unwrap().to_owned();
        let all = told(&document);
        let expected = [
            ("version", 1, 11),
            ("is far", 3, 8),
            ("signal many", 6, 10),
            ("signal many", 9, 3),
            ("rule rule_all", 12, 9),
            ("rule rule_two", 25, 10),
        ];
        for (part, line, column) in expected {
            let one = (part.to_owned(), line, column, quoted(line as usize));
            assert!(all.contains(&one), "{one:?} in {all:?}");
        }
    }

    #[test]
    fn what_is_no_document_is_told_by_its_line_too() {
        let all = told("version = \"a\"\n[[rule]]\nreason = rule_x\n");
        assert_eq!((all[0].1, all[0].3.as_str()), (3, "reason = rule_x"));
        let unknown = told("version = \"a\"\n[iss]\nfar = 'true'\n");
        assert_eq!((unknown[0].1, unknown[0].3.as_str()), (2, "[iss]"));
        let long = "#".repeat(MOST_DOCUMENT + 1);
        let faults = RuleSet::parse(&long).unwrap_err();
        assert_eq!(located(&long, &faults)[0].spot, None);
        let whole = "version = \"a\"\n[[rule]]\nreason = \"rule_x\"\nwhen = '''\n\n'''";
        for cut in 0..=whole.len() {
            let document = &whole[..cut];
            let faults = RuleSet::parse(document).unwrap_err();
            for one in located(document, &faults) {
                let Some(spot) = one.spot else { continue };
                assert!((1..=document.lines().count().max(1) as u32).contains(&spot.line));
            }
        }
    }
}
