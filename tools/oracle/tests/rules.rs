//! The language of rules against the `cel` crate: expressions and facts made up by a seeded
//! generator mean the same to both.
//!
//! **Invariant:** what is unknown to us is an error to CEL, and nothing else is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use std::collections::{BTreeMap, HashMap};

use cel::{Context, Program, Value as Cel};
use sekisho_core::moment::Span;
use sekisho_core::rules::{Condition, FACTS, Kind, Row, Truth, Value};

/// A small generator of numbers, the same on every machine (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut next = self.0;
        next = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        next = (next ^ (next >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((next ^ (next >> 31)) % most as u64).unwrap()
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// A fact of a kind, by name.
fn fact(dice: &mut Dice, fits: impl Fn(Kind) -> bool) -> usize {
    let all: Vec<_> = (0..FACTS.len())
        .filter(|place| fits(FACTS[*place].kind))
        .collect();
    dice.of(&all)
}

fn flag(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return leaf(dice);
    }
    let deeper = depth - 1;
    match dice.below(13) {
        0 | 1 => format!("({} && {})", flag(dice, deeper), flag(dice, deeper)),
        2 | 3 => format!("({} || {})", flag(dice, deeper), flag(dice, deeper)),
        4 => format!("!({})", flag(dice, deeper)),
        5 => {
            let (test, one) = (flag(dice, deeper), flag(dice, deeper));
            format!("({test} ? {one} : {})", flag(dice, deeper))
        }
        6 => format!("({}) == ({})", flag(dice, deeper), flag(dice, deeper)),
        7 | 8 => {
            let sign = dice.of(&["<", "<=", ">", ">=", "==", "!="]);
            format!("{} {sign} {}", whole(dice, deeper), whole(dice, deeper))
        }
        9 => {
            let sign = dice.of(&["<", "<=", ">", ">=", "==", "!="]);
            format!("{} {sign} {}", real(dice, deeper), real(dice, deeper))
        }
        10 => {
            let list: Vec<_> = (0..dice.below(4)).map(|_| literal(dice)).collect();
            format!("({}) in [{}]", whole(dice, deeper), list.join(", "))
        }
        _ => leaf(dice),
    }
}

fn leaf(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => dice.of(&["true", "false"]).to_owned(),
        1 => FACTS[fact(dice, |kind| kind == Kind::Flag)].name.to_owned(),
        2 => format!("has({})", FACTS[dice.below(FACTS.len())].name),
        3..=5 => {
            let fact = FACTS[fact(dice, |kind| matches!(kind, Kind::Word(_)))];
            let Kind::Word(words) = fact.kind else {
                panic!("a word")
            };
            let (one, other) = (dice.of(words), dice.of(words));
            match dice.below(3) {
                0 => format!("{} == \"{one}\"", fact.name),
                1 => format!("'{one}' != {}", fact.name),
                _ => format!("{} in [\"{one}\", '{other}']", fact.name),
            }
        }
        6 => {
            let texts = [
                "\"\"",
                "'関所'",
                r#""a\"\u0062\x63\144""#,
                r"r'a\n'",
                "\"abcd\"",
            ];
            let (one, other) = (dice.of(&texts), dice.of(&texts));
            match dice.below(5) {
                0 => format!("{one}.contains({other})"),
                1 => format!("{one}.startsWith({other})"),
                2 => format!("{one}.endsWith({other})"),
                3 => format!("size({one}) == {}", dice.below(5)),
                _ => format!("{one} == {other}"),
            }
        }
        _ => format!("{} > {}", whole(dice, 0), whole(dice, 0)),
    }
}

fn literal(dice: &mut Dice) -> String {
    let all = [
        "0",
        "1",
        "-1",
        "7",
        "20",
        "0x1f",
        "1000",
        "9223372036854775807",
        "-9223372036854775808",
    ];
    dice.of(&all).to_owned()
}

fn whole(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.below(3) == 0 {
        return match dice.below(2) {
            0 => literal(dice),
            _ => FACTS[fact(dice, |kind| kind == Kind::Whole)]
                .name
                .to_owned(),
        };
    }
    let deeper = depth - 1;
    match dice.below(8) {
        0 => format!("-({})", whole(dice, deeper)),
        1 => {
            let (test, one) = (flag(dice, deeper), whole(dice, deeper));
            format!("({test} ? {one} : {})", whole(dice, deeper))
        }
        2 => format!("int({})", real(dice, deeper)),
        _ => {
            let sign = dice.of(&["+", "-", "*", "/", "%"]);
            format!("({} {sign} {})", whole(dice, deeper), whole(dice, deeper))
        }
    }
}

fn real(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.below(3) == 0 {
        return dice
            .of(&["0.0", "0.5", "-2.5", "1e3", "1.5e-3", "3.0"])
            .to_owned();
    }
    let deeper = depth - 1;
    match dice.below(5) {
        0 => format!("double({})", whole(dice, deeper)),
        1 => format!("-({})", real(dice, deeper)),
        // Never something that is no number: by the specification every comparison with that is
        // false, while the `cel` crate calls it an error.
        2 => format!("({} / 0.25)", real(dice, deeper)),
        _ => {
            let sign = dice.of(&["+", "-", "*"]);
            format!("({} {sign} {})", real(dice, deeper), real(dice, deeper))
        }
    }
}

/// Facts made up, for both: what may be unknown is so every third time.
fn facts(dice: &mut Dice) -> (Row<'static>, Context<'static, 'static>) {
    let mut row = Row::default();
    let mut maps: BTreeMap<&str, HashMap<String, Cel>> = BTreeMap::new();
    for (place, fact) in FACTS.iter().enumerate() {
        let (group, name) = fact.name.split_once('.').unwrap();
        let map = maps.entry(group).or_default();
        if fact.optional && dice.below(3) == 0 {
            continue;
        }
        let wholes = [0, 1, -1, 20, 1000, i64::MAX, i64::MIN];
        let (ours, theirs) = match fact.kind {
            Kind::Flag => {
                let flag = dice.below(2) == 0;
                (Value::Flag(flag), Cel::Bool(flag))
            }
            Kind::Whole => {
                let whole = dice.of(&wholes);
                (Value::Whole(whole), Cel::Int(whole))
            }
            Kind::Word(words) => {
                let word = dice.below(words.len());
                (Value::Word(word), Cel::from(words[word]))
            }
            Kind::Real => (Value::Real(0.5), Cel::Float(0.5)),
            Kind::Text => (Value::Text("abc"), Cel::from("abc")),
            // Without chrono it has no such values; only whether they are there is compared.
            Kind::Span | Kind::Moment => (Value::Span(Span(1)), Cel::Int(1)),
        };
        row.set(place, ours);
        map.insert(name.to_owned(), theirs);
    }
    let mut context = Context::default();
    for (group, map) in maps {
        context.add_variable_from_value(group, map);
    }
    (row, context)
}

#[test]
fn what_we_say_is_what_cel_says() {
    let mut dice = Dice(5);
    let mut said = [0_usize; 3];
    for round in 0..3_000 {
        let depth = 1 + round % 4;
        let source = flag(&mut dice, depth);
        let ours = match Condition::parse(&source) {
            Ok(condition) => condition,
            Err(fault) if fault.problem.contains("at most") => continue,
            Err(fault) if fault.problem.contains("steps") => continue,
            Err(fault) => panic!("{source}: {fault}"),
        };
        let theirs = Program::compile(&source).unwrap_or_else(|why| panic!("{source}: {why}"));
        for _ in 0..8 {
            let (row, context) = facts(&mut dice);
            let ours = match ours.truth(&row) {
                Truth::No => Some(false),
                Truth::Yes => Some(true),
                Truth::Unknown | Truth::Broken => None,
            };
            let result = theirs.execute(&context);
            let theirs = match &result {
                Ok(Cel::Bool(flag)) => Some(*flag),
                Ok(other) => panic!("{source}: {other:?}"),
                Err(_) => None,
            };
            said[ours.map_or(2, usize::from)] += 1;
            assert_eq!(ours, theirs, "{source}\n{result:?}");
        }
    }
    assert!(said.iter().all(|count| *count > 1_000), "{said:?}");
}
