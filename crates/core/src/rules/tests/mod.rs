//! What the language means, what it refuses, and that nothing which is typed can hurt it.

mod fuzz;
mod language;
mod standard;
mod table;

use super::check::Checker;
use super::facts::{FACTS, Row, Value};
use super::fault::RuleFault;
use super::names::{Names, Role};
use super::parse::parse;
use super::program::{Program, Truth};

/// A small generator of numbers, the same on every machine (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut next = self.0;
        next = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        next = (next ^ (next >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        next ^ (next >> 31)
    }

    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }

    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

fn place(name: &str) -> usize {
    FACTS.iter().position(|fact| fact.name == name).unwrap()
}

fn compiled(source: &str) -> Result<(Program, u32), RuleFault> {
    let tree = parse(source)?;
    let mut program = Program::default();
    let names = Names::default();
    let (test, _) = Checker::new(&mut program, &names, Role::Rule).condition(&tree)?;
    Ok((program, test))
}

fn truth(source: &str, facts: &[(&str, Value<'static>)]) -> Truth {
    let (program, test) = compiled(source).unwrap_or_else(|fault| panic!("{source}: {fault}"));
    let mut row = Row::default();
    for (name, value) in facts {
        row.set(place(name), *value);
    }
    program.truth(test, &row)
}
