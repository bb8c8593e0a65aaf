//! From a tree back to text, with no bracket that is not needed.
//!
//! **Invariant:** what is printed is read back as the same tree.

use std::fmt::{self, Display, Formatter, Write};

use super::tree::{Literal, Shape, Tree};

/// Tighter than every operator between two values.
const UNARY: u8 = 6;
/// What needs no brackets anywhere.
const MEMBER: u8 = 7;

impl Display for Tree {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.shape {
            Shape::Literal(literal) => literal.fmt(f),
            Shape::Name(name) => f.write_str(name),
            Shape::Not(inner) => {
                f.write_char('!')?;
                let same = matches!(inner.shape, Shape::Not(_));
                within(f, inner, if same { 0 } else { MEMBER })
            }
            Shape::Minus(inner) => {
                f.write_char('-')?;
                let negative = match &inner.shape {
                    Shape::Minus(_) => true,
                    Shape::Literal(literal) => literal.is_negative(),
                    _ => false,
                };
                // A minus that stands right before a digit belongs to the number.
                match (negative, begins_with_digit(inner)) {
                    (true, _) => within(f, inner, 0),
                    (false, true) => within(f, inner, MEMBER + 1),
                    (false, false) => within(f, inner, MEMBER),
                }
            }
            Shape::Pair(pair, both) => {
                within(f, &both[0], pair.strength())?;
                write!(f, " {} ", pair.sign())?;
                within(f, &both[1], pair.strength() + 1)
            }
            Shape::Choice(three) => {
                within(f, &three[0], 1)?;
                f.write_str(" ? ")?;
                within(f, &three[1], 1)?;
                write!(f, " : {}", three[2])
            }
            Shape::Call { on, name, with } => {
                if let Some(on) = on {
                    within(f, on, MEMBER)?;
                    f.write_char('.')?;
                }
                write!(f, "{name}(")?;
                listed(f, with)?;
                f.write_char(')')
            }
            Shape::List(values) => {
                f.write_char('[')?;
                listed(f, values)?;
                f.write_char(']')
            }
        }
    }
}

fn begins_with_digit(tree: &Tree) -> bool {
    match &tree.shape {
        Shape::Literal(Literal::Whole(_) | Literal::Real(_)) => true,
        Shape::Call { on: Some(on), .. } => begins_with_digit(on),
        _ => false,
    }
}

fn listed(f: &mut Formatter<'_>, values: &[Tree]) -> fmt::Result {
    for (number, value) in values.iter().enumerate() {
        let comma = if number == 0 { "" } else { ", " };
        write!(f, "{comma}{value}")?;
    }
    Ok(())
}

/// In brackets, if it binds less tightly than `strength`.
fn within(f: &mut Formatter<'_>, tree: &Tree, strength: u8) -> fmt::Result {
    let own = match &tree.shape {
        Shape::Choice(_) => 0,
        Shape::Pair(pair, _) => pair.strength(),
        Shape::Minus(_) | Shape::Not(_) => UNARY,
        Shape::Literal(literal) if literal.is_negative() => UNARY,
        Shape::Call { .. } | Shape::List(_) | Shape::Literal(_) | Shape::Name(_) => MEMBER,
    };
    match own < strength {
        true => write!(f, "({tree})"),
        false => tree.fmt(f),
    }
}

impl Literal {
    fn is_negative(&self) -> bool {
        match self {
            Self::Real(real) => real.is_sign_negative(),
            Self::Whole(whole) => *whole < 0,
            Self::Flag(_) | Self::Text(_) => false,
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Whole(whole) => write!(f, "{whole}"),
            // Always with a point or an exponent.
            Self::Real(real) => write!(f, "{real:?}"),
            Self::Text(text) => {
                f.write_char('"')?;
                for letter in text.chars() {
                    match letter {
                        '"' => f.write_str("\\\"")?,
                        '\\' => f.write_str("\\\\")?,
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        _ if letter.is_control() => write!(f, "\\u{:04x}", u32::from(letter))?,
                        _ => f.write_char(letter)?,
                    }
                }
                f.write_char('"')
            }
        }
    }
}
