//! `sekisho customer thaw` and `sekisho customer reopen`.
//!
//! **Invariant:** no account is thawed and no factor opened without a reason that stays in the
//! record.

use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Gate, Reopened, Thawed};

use super::{Ended, Failure, Misuse};
use crate::arguments::CustomerCommand;

/// Thaws an account, or opens its factors.
pub async fn run(gate: &Gate, command: CustomerCommand) -> Result<Ended, Failure> {
    match command {
        CustomerCommand::Reopen { reference, reason } => {
            let (reference, ground) = read(&reference, &reason)?;
            reopened(&reference, gate.reopen(&reference, ground).await?)
        }
        CustomerCommand::Thaw { reference, reason } => {
            let (reference, ground) = read(&reference, &reason)?;
            thawed(&reference, gate.thaw(&reference, ground).await?)
        }
    }
}

fn read(reference: &str, reason: &str) -> Result<(Reference, Ground), Failure> {
    let reference = Reference::parse(reference).map_err(|why| Misuse(why.to_string()))?;
    let ground = Ground::parse(reason).map_err(|why| Misuse(format!("--reason {why}")))?;
    Ok((reference, ground))
}

fn reopened(reference: &Reference, reopened: Reopened) -> Result<Ended, Failure> {
    match reopened {
        Reopened::Reopened => {
            println!(
                "{reference} can try password and codes again; every verified channel is told"
            );
            Ok(Ended::Done)
        }
        Reopened::NotLocked => Err(Misuse(format!(
            "neither password nor codes of {reference} are locked"
        ))
        .into()),
        Reopened::Unknown => Err(unknown(reference)),
    }
}

fn thawed(reference: &Reference, thawed: Thawed) -> Result<Ended, Failure> {
    match thawed {
        Thawed::Thawed => {
            println!("{reference} can sign in again; every verified channel is told");
            Ok(Ended::Done)
        }
        Thawed::NotFrozen => Err(Misuse(format!("{reference} is not frozen")).into()),
        Thawed::Unknown => Err(unknown(reference)),
    }
}

fn unknown(reference: &Reference) -> Failure {
    Misuse(format!("there is no customer {reference}")).into()
}
