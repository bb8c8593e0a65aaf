//! What is typed at random: it is read or refused, quickly, and what is printed is read back.

use super::super::RuleSet;
use super::super::fault::Spot;
use super::super::parse::{MOST_DEPTH, parse};
use super::super::token::MOST_TOKENS;
use super::super::tree::{Literal, Pair, Shape, Tree};
use super::{Dice, compiled};

const PAIRS: [Pair; 14] = [
    Pair::Add,
    Pair::And,
    Pair::Divide,
    Pair::In,
    Pair::Least,
    Pair::Less,
    Pair::More,
    Pair::Most,
    Pair::Other,
    Pair::Or,
    Pair::Rest,
    Pair::Same,
    Pair::Subtract,
    Pair::Times,
];

fn leaf(dice: &mut Dice) -> Shape {
    match dice.below(6) {
        0 => Shape::Literal(Literal::Flag(dice.below(2) == 0)),
        1 => Shape::Literal(Literal::Whole(dice.of(&[0, 7, -7, i64::MAX, i64::MIN]))),
        2 => Shape::Literal(Literal::Real(dice.of(&[0.5, -0.5, 1e300, -1e-7, 3.0]))),
        3 => Shape::Literal(Literal::Text(
            dice.of(&["", "a\"b\\", "\n\t\u{7}\u{85}", "関所", "'"])
                .to_owned(),
        )),
        _ => Shape::Name(dice.of(&["a.b", "device.seen", "x", "is.y"]).to_owned()),
    }
}

fn tree(dice: &mut Dice, depth: usize) -> Tree {
    let shape = if depth == 0 || dice.below(5) == 0 {
        leaf(dice)
    } else {
        let one = |dice: &mut Dice| tree(dice, depth - 1);
        match dice.below(8) {
            // A minus before a positive number is that number, negative.
            0 => Shape::Minus(Box::new(one(dice))),
            1 => Shape::Not(Box::new(one(dice))),
            2 => Shape::Choice(Box::new([one(dice), one(dice), one(dice)])),
            3 => Shape::List((0..dice.below(3)).map(|_| one(dice)).collect()),
            4 => Shape::Call {
                on: (dice.below(2) == 0).then(|| Box::new(one(dice))),
                name: dice.of(&["has", "size", "f"]).to_owned(),
                with: (0..dice.below(3)).map(|_| one(dice)).collect(),
            },
            _ => Shape::Pair(dice.of(&PAIRS), Box::new([one(dice), one(dice)])),
        }
    };
    let spot = Spot::default();
    Tree { shape, spot }
}

#[test]
fn what_is_printed_is_read_back_as_the_same_tree() {
    let mut dice = Dice(1);
    for round in 0..20_000 {
        let depth = 1 + round % 5;
        let tree = tree(&mut dice, depth);
        let text = tree.to_string();
        if text.len() > 3_000 {
            continue;
        }
        match parse(&text) {
            Ok(read) => assert_eq!(read, tree, "{text}"),
            Err(fault) => assert!(fault.problem.contains("at most"), "{text}: {fault}"),
        }
    }
}

const PIECES: [&str; 52] = [
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "?",
    ":",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    " in ",
    "true",
    "false",
    "null",
    "has(",
    "size(",
    "duration(",
    "\"1h\"",
    "device.seen",
    "network.seen",
    "\"new\"",
    "operation.amount",
    "operation.largest",
    "1",
    "0",
    "9223372036854775808",
    "1.5",
    "1e400",
    "0x",
    "0xffffffffffffffffff",
    "\"",
    "'",
    "\\u",
    "//",
    "\n",
    "関",
    "\u{0}",
    "payout.changed_ago",
    "place.reported",
    "&",
];

#[test]
fn what_is_typed_at_random_never_hurts() {
    let mut dice = Dice(2);
    let mut accepted = 0;
    for _ in 0..60_000 {
        let text: String = (0..dice.below(14)).map(|_| dice.of(&PIECES)).collect();
        if let Ok((program, test)) = compiled(&text) {
            accepted += 1;
            program.truth(test, &super::Row::default());
        }
    }
    assert!(accepted > 50, "{accepted}");
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..dice.below(40))
            .map(|_| dice.next().to_le_bytes()[0])
            .collect();
        let _ = compiled(&String::from_utf8_lossy(&bytes));
        let _ = RuleSet::parse(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn what_is_deep_or_long_is_refused_and_not_followed() {
    let deep = |open: &str, close: &str, times: usize| {
        format!("{}true{}", open.repeat(times), close.repeat(times))
    };
    assert!(compiled(&deep("(", ")", MOST_DEPTH - 1)).is_ok());
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("-", ""),
        ("f(", ")"),
        ("has(", ""),
    ] {
        let fault = compiled(&deep(open, close, 250)).err().unwrap();
        assert!(fault.problem.contains("nested deeper"), "{open}: {fault}");
    }
    let chain = |times: usize| format!("1 < {}", vec!["1"; times].join("+"));
    assert!(compiled(&chain(190)).is_ok());
    let fault = compiled(&chain(300)).err().unwrap();
    assert!(fault.problem.contains("steps"), "{fault}");
    let fault = compiled(&chain(MOST_TOKENS)).err().unwrap();
    assert!(fault.problem.contains("tokens at most"), "{fault}");
    let fault = compiled(&"x".repeat(5_000)).err().unwrap();
    assert!(fault.problem.contains("bytes at most"), "{fault}");
    let search = vec!["\"a\".contains(\"b\")"; 20].join(" || ");
    let fault = compiled(&search).err().unwrap();
    assert!(fault.problem.contains("steps"), "{fault}");
}
