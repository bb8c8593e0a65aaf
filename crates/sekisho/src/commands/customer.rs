//! `sekisho customer thaw`.
//!
//! **Invariant:** no account is thawed without a reason that stays in the record.

use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Gate, Thawed};

use super::{Ended, Failure, Misuse};
use crate::arguments::CustomerCommand;

/// Thaws.
pub async fn run(gate: &Gate, command: CustomerCommand) -> Result<Ended, Failure> {
    let CustomerCommand::Thaw { reference, reason } = command;
    let reference = Reference::parse(&reference).map_err(|why| Misuse(why.to_string()))?;
    let ground = Ground::parse(&reason).map_err(|why| Misuse(format!("--reason {why}")))?;
    match gate.thaw(&reference, ground).await? {
        Thawed::Thawed => {
            println!("{reference} can sign in again; every verified channel is told");
            Ok(Ended::Done)
        }
        Thawed::NotFrozen => Err(Misuse(format!("{reference} is not frozen")).into()),
        Thawed::Unknown => Err(Misuse(format!("there is no customer {reference}")).into()),
    }
}
