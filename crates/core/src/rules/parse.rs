//! From tokens to a tree, by the grammar of CEL without maps, messages, indexing and macros but
//! `has`.
//!
//! **Invariant:** nothing is nested deeper than [`MOST_DEPTH`], so that whoever walks a tree can do
//! so by calling itself.

use super::fault::{RuleFault, Spot};
use super::token::{Token, tokens};
use super::tree::{Literal, Pair, Shape, Tree};

/// How deep brackets and signs are nested at most.
pub const MOST_DEPTH: usize = 32;
/// Most values of a list.
pub const MOST_LISTED: usize = 100;

/// Words that name nothing, as the specification has them.
const RESERVED: [&str; 19] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "while",
];

/// Reads an expression.
///
/// # Errors
/// The first thing that cannot be read, with its place.
pub fn parse(source: &str) -> Result<Tree, RuleFault> {
    let mut parser = Parser {
        tokens: tokens(source)?,
        next: 0,
        depth: 0,
    };
    let tree = parser.expression()?;
    match parser.peek() {
        Token::End => Ok(tree),
        _ => Err(parser.unexpected("an operator such as && or the end")),
    }
}

struct Parser {
    tokens: Vec<(Token, Spot)>,
    next: usize,
    depth: usize,
}

type Parsed = Result<Tree, RuleFault>;

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens
            .get(self.next)
            .map_or(&Token::End, |(token, _)| token)
    }

    fn spot(&self) -> Spot {
        let last = self.tokens.last().map(|(_, spot)| *spot);
        let here = self.tokens.get(self.next).map(|(_, spot)| *spot);
        here.or(last).unwrap_or_default()
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(found) if *found == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), RuleFault> {
        match self.sign(sign) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("{sign:?}"))),
        }
    }

    fn unexpected(&self, wanted: &str) -> RuleFault {
        let found = match self.peek() {
            Token::End => "the end".to_owned(),
            Token::Real(real) => real.to_string(),
            Token::Sign("[") => {
                return RuleFault::at(self.spot(), "values are not indexed; name the fact itself");
            }
            Token::Sign(sign) => format!("{sign:?}"),
            Token::Text(text) => format!("the text {text:?}"),
            Token::Whole(whole) => whole.to_string(),
            Token::Word(word) => {
                let advice = match word.as_str() {
                    "and" => " (write && for “and”)",
                    "or" => " (write || for “or”)",
                    "not" => " (write ! for “not”)",
                    _ => "",
                };
                format!("{word:?}{advice}")
            }
        };
        RuleFault::at(self.spot(), format!("expected {wanted} and found {found}"))
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, RuleFault>,
    ) -> Result<T, RuleFault> {
        if self.depth >= MOST_DEPTH {
            let problem = format!("nested deeper than {MOST_DEPTH}; use names of `[is]`");
            return Err(RuleFault::at(self.spot(), problem));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn expression(&mut self) -> Parsed {
        self.deeper(|this| {
            let spot = this.spot();
            let first = this.pairs(1)?;
            if !this.sign("?") {
                return Ok(first);
            }
            let one = this.pairs(1)?;
            this.expect(":")?;
            let other = this.expression()?;
            let shape = Shape::Choice(Box::new([first, one, other]));
            Ok(Tree { shape, spot })
        })
    }

    /// Operators that bind as tightly as `strength` or tighter, from left to right.
    fn pairs(&mut self, strength: u8) -> Parsed {
        if strength > 5 {
            return self.unary();
        }
        let spot = self.spot();
        let mut left = self.pairs(strength + 1)?;
        while let Some(pair) = self.pair().filter(|pair| pair.strength() == strength) {
            self.next += 1;
            let right = self.pairs(strength + 1)?;
            let shape = Shape::Pair(pair, Box::new([left, right]));
            left = Tree { shape, spot };
        }
        Ok(left)
    }

    fn pair(&self) -> Option<Pair> {
        Some(match self.peek() {
            Token::Word(word) if word == "in" => Pair::In,
            Token::Sign(sign) => match *sign {
                "||" => Pair::Or,
                "&&" => Pair::And,
                "==" => Pair::Same,
                "!=" => Pair::Other,
                "<" => Pair::Less,
                "<=" => Pair::Most,
                ">" => Pair::More,
                ">=" => Pair::Least,
                "+" => Pair::Add,
                "-" => Pair::Subtract,
                "*" => Pair::Times,
                "/" => Pair::Divide,
                "%" => Pair::Rest,
                _ => return None,
            },
            _ => return None,
        })
    }

    fn unary(&mut self) -> Parsed {
        let spot = self.spot();
        if self.sign("!") {
            let mixed = matches!(self.peek(), Token::Sign("-"));
            let inner = self.deeper(|this| if mixed { this.member() } else { this.unary() })?;
            let shape = Shape::Not(Box::new(inner));
            return Ok(Tree { shape, spot });
        }
        if !self.sign("-") {
            return self.member();
        }
        let negative = match *self.peek() {
            Token::Whole(whole) => 0_i64.checked_sub_unsigned(whole).map(Literal::Whole),
            Token::Real(real) => Some(Literal::Real(-real)),
            Token::Sign("!") => return Err(self.unexpected("a number")),
            _ => {
                let inner = self.deeper(Self::unary)?;
                let shape = Shape::Minus(Box::new(inner));
                return Ok(Tree { shape, spot });
            }
        };
        let Some(literal) = negative else {
            let problem = "whole numbers go down to -9223372036854775808";
            return Err(RuleFault::at(spot, problem));
        };
        self.next += 1;
        let shape = Shape::Literal(literal);
        self.members(Tree { shape, spot })
    }

    fn member(&mut self) -> Parsed {
        let primary = self.primary()?;
        self.members(primary)
    }

    fn members(&mut self, mut tree: Tree) -> Parsed {
        while self.sign(".") {
            let at = self.spot();
            let name = self.word("a name after the dot")?;
            let spot = tree.spot;
            let shape = if self.sign("(") {
                let with = self.listed(")")?;
                let on = Some(Box::new(tree));
                Shape::Call { on, name, with }
            } else if let Shape::Name(path) = tree.shape {
                Shape::Name(format!("{path}.{name}"))
            } else {
                let problem = "only names have parts; a computed value has none";
                return Err(RuleFault::at(at, problem));
            };
            tree = Tree { shape, spot };
        }
        Ok(tree)
    }

    fn word(&mut self, wanted: &str) -> Result<String, RuleFault> {
        let Token::Word(word) = self.peek() else {
            return Err(self.unexpected(wanted));
        };
        let word = word.clone();
        if RESERVED.contains(&word.as_str()) {
            return Err(self.unexpected(wanted));
        }
        self.next += 1;
        Ok(word)
    }

    fn primary(&mut self) -> Parsed {
        let spot = self.spot();
        let shape = match self.peek().clone() {
            Token::Whole(whole) => {
                let Ok(whole) = i64::try_from(whole) else {
                    let problem = "whole numbers go up to 9223372036854775807";
                    return Err(RuleFault::at(spot, problem));
                };
                self.literal(Literal::Whole(whole))
            }
            Token::Real(real) => self.literal(Literal::Real(real)),
            Token::Text(text) => self.literal(Literal::Text(text)),
            Token::Word(word) if word == "true" => self.literal(Literal::Flag(true)),
            Token::Word(word) if word == "false" => self.literal(Literal::Flag(false)),
            Token::Word(word) if word == "null" => {
                let problem = "there is no null; what is not known is asked with has(…)";
                return Err(RuleFault::at(spot, problem));
            }
            Token::Word(_) => {
                let name = self.word("a value")?;
                match self.sign("(") {
                    true => Shape::Call {
                        on: None,
                        name,
                        with: self.listed(")")?,
                    },
                    false => Shape::Name(name),
                }
            }
            Token::Sign("(") => {
                self.next += 1;
                let inner = self.expression()?;
                self.expect(")")?;
                return Ok(Tree { spot, ..inner });
            }
            Token::Sign("[") => {
                self.next += 1;
                Shape::List(self.deeper(|this| this.listed("]"))?)
            }
            Token::End | Token::Sign(_) => return Err(self.unexpected("a value")),
        };
        Ok(Tree { shape, spot })
    }

    fn literal(&mut self, literal: Literal) -> Shape {
        self.next += 1;
        Shape::Literal(literal)
    }

    fn listed(&mut self, end: &str) -> Result<Vec<Tree>, RuleFault> {
        let mut all = Vec::new();
        if self.sign(end) {
            return Ok(all);
        }
        loop {
            if all.len() >= MOST_LISTED {
                let problem = format!("a list has {MOST_LISTED} values at most");
                return Err(RuleFault::at(self.spot(), problem));
            }
            all.push(self.expression()?);
            // CEL lets a list, and not a call, end with a comma.
            let comma = self.sign(",");
            if self.sign(end) && (!comma || end == "]") {
                return Ok(all);
            }
            if !comma {
                return Err(self.unexpected(&format!("\",\" or {end:?}")));
            }
        }
    }
}
