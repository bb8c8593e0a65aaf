//! One condition alone, over the facts of the table.
//!
//! **Invariant:** it means what it would mean in a rule.

use super::check::Checker;
use super::facts::Row;
use super::fault::RuleFault;
use super::names::{Names, Role};
use super::parse::parse;
use super::program::{Program, Truth};

/// A condition that was checked and compiled.
#[derive(Clone, Debug)]
pub struct Condition {
    program: Program,
    place: u32,
    /// Steps that it takes at most.
    pub steps: u32,
}

impl Condition {
    /// Reads, checks and compiles `source`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(source: &str) -> Result<Self, RuleFault> {
        let tree = parse(source)?;
        let mut program = Program::default();
        let names = Names::default();
        let checker = Checker::new(&mut program, &names, Role::Signal);
        let (place, steps) = checker.condition(&tree)?;
        Ok(Self {
            program,
            place,
            steps,
        })
    }

    /// Whether it holds of these facts.
    #[must_use]
    pub fn truth(&self, row: &Row<'_>) -> Truth {
        self.program.truth(self.place, row)
    }
}
