//! `sekisho customer thaw`, `reopen` and `discard-passkeys`.
//!
//! **Invariant:** no account is thawed, no factor opened and no passkey removed without a reason
//! that stays in the record.

use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Discarded, Gate, Reopened, Thawed};

use super::{Ended, Failure, Misuse};
use crate::arguments::CustomerCommand;

/// Thaws an account, or opens its factors.
pub async fn run(gate: &Gate, command: CustomerCommand) -> Result<Ended, Failure> {
    match command {
        CustomerCommand::DiscardPasskeys { reference, reason } => {
            let (reference, ground) = read(&reference, &reason)?;
            discarded(&reference, gate.discard_lost(&reference, ground).await?)
        }
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

fn discarded(reference: &Reference, discarded: Discarded) -> Result<Ended, Failure> {
    match discarded {
        Discarded::Discarded => {
            println!(
                "{reference} has no passkey and no session any more; every verified channel is told"
            );
            Ok(Ended::Done)
        }
        Discarded::None => Err(Misuse(format!("{reference} has no passkey")).into()),
        Discarded::Unknown => Err(unknown(reference)),
    }
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
