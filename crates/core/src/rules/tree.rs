//! Expressions as trees, as they were written.
//!
//! **Invariant:** two trees are equal if they say the same, wherever they stand.

use super::fault::Spot;

/// A value that is written down.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `true` or `false`.
    Flag(bool),
    /// A number with a point or an exponent.
    Real(f64),
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// `+`
    Add,
    /// `&&`
    And,
    /// `/`
    Divide,
    /// `in`
    In,
    /// `>=`
    Least,
    /// `<`
    Less,
    /// `>`
    More,
    /// `<=`
    Most,
    /// `!=`
    Other,
    /// `||`
    Or,
    /// `%`
    Rest,
    /// `==`
    Same,
    /// `-`
    Subtract,
    /// `*`
    Times,
}

impl Pair {
    /// As it is written.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::And => "&&",
            Self::Divide => "/",
            Self::In => "in",
            Self::Least => ">=",
            Self::Less => "<",
            Self::More => ">",
            Self::Most => "<=",
            Self::Other => "!=",
            Self::Or => "||",
            Self::Rest => "%",
            Self::Same => "==",
            Self::Subtract => "-",
            Self::Times => "*",
        }
    }

    /// How tightly it binds; more is tighter.
    #[must_use]
    pub const fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::In | Self::Least | Self::Less | Self::More => 3,
            Self::Most | Self::Other | Self::Same => 3,
            Self::Add | Self::Subtract => 4,
            Self::Divide | Self::Rest | Self::Times => 5,
        }
    }
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A function, or a method of a value.
    Call {
        /// Of which value.
        on: Option<Box<Tree>>,
        /// Its name.
        name: String,
        /// With what.
        with: Vec<Tree>,
    },
    /// `condition ? one : other`
    Choice(Box<[Tree; 3]>),
    /// `[a, b]`
    List(Vec<Tree>),
    /// A literal.
    Literal(Literal),
    /// `-a`
    Minus(Box<Tree>),
    /// A fact, or a name of the document, with its dots.
    Name(String),
    /// `!a`
    Not(Box<Tree>),
    /// Two values.
    Pair(Pair, Box<[Tree; 2]>),
}

/// An expression and where it begins.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What it is.
    pub shape: Shape,
    /// Where.
    pub spot: Spot,
}

impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape
    }
}

impl Tree {
    /// All that a chain of one operator joins, from left to right: `a && b && c`.
    #[must_use]
    pub fn chain(&self, pair: Pair) -> Vec<&Self> {
        let mut all = Vec::new();
        let mut rest = self;
        while let Shape::Pair(found, both) = &rest.shape
            && *found == pair
        {
            all.push(&both[1]);
            rest = &both[0];
        }
        all.push(rest);
        all.reverse();
        all
    }
}
