//! `sekisho operation list`, `show`, `release` and `refuse`: operations that are held; and
//! `statement`, what a customer was shown.
//!
//! **Invariant:** of a payee the bank, the branch and three digits are printed unless a person
//! proved who they are, and nothing is released, refused or read without a reason that stays in the
//! record.

use sekisho_core::operation::OperationState;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Gate, HeldOperation, ReleaseAnswer};
use serde_json::{Value, json};

use super::staff::{UNPROVED, claimed, done};
use super::{Ended, Failure, Misuse};
use crate::arguments::OperationCommand;

/// Lists, shows, releases or refuses.
pub async fn run(gate: &Gate, command: OperationCommand) -> Result<Ended, Failure> {
    match command {
        OperationCommand::List {
            held: _,
            most,
            json,
            reason,
            by,
        } => {
            let (ground, by) = (ground(&reason)?, claimed(&by)?);
            for operation in done(gate.held_operations(&by, most, ground).await?)? {
                print(&operation, json);
            }
            Ok(Ended::Done)
        }
        OperationCommand::Show { id, reason, by } => {
            let (ground, by) = (ground(&reason)?, claimed(&by)?);
            match done(gate.held_operation(&by, id, ground).await?)? {
                Some(operation) => {
                    println!("{:#}", row(&operation));
                    Ok(Ended::Done)
                }
                None => Err(Misuse(format!("there is no operation {id}")).into()),
            }
        }
        OperationCommand::Release { id, reason, by } => {
            let (ground, by) = (ground(&reason)?, claimed(&by)?);
            answered(&id.to_string(), gate.release(&by, id, &ground).await?)
        }
        OperationCommand::Refuse { id, reason, by } => {
            let (ground, by) = (ground(&reason)?, claimed(&by)?);
            answered(&id.to_string(), gate.refuse_held(&by, id, &ground).await?)
        }
        OperationCommand::Statement { id, reason, by } => {
            let (ground, by) = (ground(&reason)?, claimed(&by)?);
            let Some(kept) = done(gate.reveal(&by, id, &ground).await?)? else {
                return Err(Misuse(format!("there is no operation {id}")).into());
            };
            for one in kept {
                let text: Value = serde_json::from_str(&one.text)?;
                let row = json!({
                    "at": one.at,
                    "decision": one.decision,
                    "digest": one.digest.to_string(),
                    "shown": text,
                });
                println!("{row:#}");
            }
            Ok(Ended::Done)
        }
    }
}

fn ground(reason: &str) -> Result<Ground, Failure> {
    Ground::parse(reason).map_err(|why| Misuse(format!("--reason {why}")).into())
}

fn answered(id: &str, answer: ReleaseAnswer) -> Result<Ended, Failure> {
    match answer {
        ReleaseAnswer::Released(OperationState::Confirmed) => {
            println!("{id} goes on as its customer confirmed it; the customer is told");
        }
        ReleaseAnswer::Released(_) => {
            println!("{id} waits for its customer's confirmation; the customer is told");
        }
        ReleaseAnswer::Refused => println!("{id} is refused; the customer is told"),
        ReleaseAnswer::Closed(reason) => {
            let why = reason.sentence();
            return Err(Misuse(format!("{id} is not held, or cannot be released: {why}")).into());
        }
        ReleaseAnswer::Unproved => return Err(Misuse(UNPROVED.to_owned()).into()),
        ReleaseAnswer::Unknown => {
            return Err(Misuse(format!("there is no operation {id}")).into());
        }
    }
    Ok(Ended::Done)
}

fn print(operation: &HeldOperation, json: bool) {
    if json {
        println!("{}", row(operation));
        return;
    }
    let hold = operation.hold.as_ref();
    let reasons: Vec<_> = hold
        .map(|hold| hold.reasons.iter().map(|reason| reason.code()).collect())
        .unwrap_or_default();
    let until = hold.and_then(|hold| hold.until);
    println!(
        "{}  {}  {}  {}  {}  {}  {}  {}",
        operation.id,
        operation.created,
        operation.customer,
        operation.kind,
        operation.amount.as_deref().unwrap_or("-"),
        operation.payee.as_deref().unwrap_or("-"),
        reasons.join(","),
        until.map_or_else(
            || "waits for a person".to_owned(),
            |until| format!("until {until}")
        ),
    );
}

fn row(operation: &HeldOperation) -> Value {
    let hold = operation.hold.as_ref();
    json!({
        "id": operation.id,
        "application": operation.application,
        "customer": operation.customer.as_str(),
        "kind": operation.kind,
        "state": operation.state,
        "created": operation.created,
        "amount": operation.amount,
        "payee": operation.payee,
        "confirmed_before": operation.confirmed,
        "held_since": hold.map(|hold| hold.at),
        "held_until": hold.and_then(|hold| hold.until),
        "refused_on": hold.map(|hold| hold.ends),
        "reasons": hold.map(|hold| hold.reasons.clone()),
    })
}
