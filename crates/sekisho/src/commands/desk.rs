//! `sekisho desk call`, `identify`, `show`, `operate` and `approve`.
//!
//! **Invariant:** what is printed of a customer is masked, but the number that is called back.

use std::path::Path;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use sekisho_core::access::OperationKind;
use sekisho_core::assist;
use sekisho_core::id::OperationId;
use sekisho_core::operation::{Fields, OperationState};
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Assisted, CallBack, DeskRequest, Gate};

use super::staff::{UNPROVED, claimed, why};
use super::{Ended, Failure, Misuse};
use crate::arguments::{By, DeskCommand};

/// Identifies, shows, operates or approves.
pub async fn run(gate: &Gate, command: DeskCommand) -> Result<Ended, Failure> {
    // By the rules that are live, as a server does.
    gate.take_rules().await?;
    match command {
        DeskCommand::Approve {
            operation,
            reason,
            by,
        } => agree(gate, operation, (reason.as_deref(), &by)).await?,
        DeskCommand::Call { reference, by } => call_back(gate, &reference, &by).await?,
        DeskCommand::Identify {
            reference,
            code,
            call,
            by,
        } => {
            let reference = Reference::parse(&reference).map_err(|why| Misuse(why.to_string()))?;
            let read = (
                code.as_str(),
                call.map_or(assist::By::Page, assist::By::CallBack),
            );
            let answer = gate.identify(&claimed(&by)?, &reference, read).await?;
            let call = done((gate, &by), answer).await?;
            println!("{call}");
            println!("{reference} is who calls; the call counts for half an hour");
        }
        DeskCommand::Operate {
            call,
            kind,
            application,
            fields,
            by,
        } => {
            let request = DeskRequest {
                application,
                fields: read(gate, &kind, &fields)?,
                kind: known(gate, &kind)?,
            };
            if gate.application(application).await?.is_none() {
                return Err(Misuse(format!("there is no application {application}")).into());
            }
            let answer = gate
                .operate_for_caller(&claimed(&by)?, call, request)
                .await?;
            let (id, state) = done((gate, &by), answer).await?;
            println!("{id}");
            match state {
                OperationState::Held => println!(
                    "It waits for a second, different person: sekisho desk approve {id} --as …"
                ),
                _ => println!("It is confirmed; its application can carry it out"),
            }
        }
        DeskCommand::Show { call, by } => {
            let answer = gate.look_at_caller(&claimed(&by)?, call).await?;
            let shown = done((gate, &by), answer).await?;
            println!("{}  {}", shown.reference, shown.state.word());
            for channel in shown.channels {
                let standing = match channel.verified {
                    Some(_) => "verified",
                    None => "not verified",
                };
                println!("    {}  {standing}", channel.masked);
            }
            println!("    the call counts until {}", shown.ends);
        }
    }
    Ok(Ended::Done)
}

async fn agree(
    gate: &Gate,
    operation: OperationId,
    (reason, by): (Option<&str>, &By),
) -> Result<(), Failure> {
    let ground = reason.map(Ground::parse).transpose();
    let ground = ground.map_err(|why| Misuse(format!("--reason {why}")))?;
    let claim = claimed(by)?;
    let answer = gate.agree_at_desk(&claim, operation, ground).await?;
    let id = done((gate, by), answer).await?;
    println!("{id} is confirmed; its application can carry it out, and the customer is told");
    Ok(())
}

async fn call_back(gate: &Gate, reference: &str, by: &By) -> Result<(), Failure> {
    let reference = Reference::parse(reference).map_err(|why| Misuse(why.to_string()))?;
    let answer = gate.call_back(&claimed(by)?, &reference).await?;
    let CallBack { call, number } = done((gate, by), answer).await?;
    println!("{call}");
    println!("A code is on its way to the phone of {reference}. Call this number and no other:");
    println!("    {}", number.expose_secret());
    println!(
        "sekisho desk identify {reference} --call {call} --code … --as {}",
        by.name
    );
    Ok(())
}

async fn done<T>((gate, by): (&Gate, &By), answer: Assisted<T>) -> Result<T, Failure> {
    let text = match answer {
        Assisted::Done(done) => return Ok(done),
        Assisted::Held(reasons) => {
            let all: Vec<_> = reasons.iter().map(|reason| reason.sentence()).collect();
            format!(
                "rules hold it; look at it, and agree with --reason and what you looked at:\n  {}",
                all.join("\n  ")
            )
        }
        Assisted::Refused(Reason::SamePerson) => {
            "not by you: a call is of who took it, and a second, different person agrees".to_owned()
        }
        Assisted::Refused(reason) => why(gate, reason, by).await?,
        Assisted::Unknown => "there is no such customer, call, operation or kind".to_owned(),
        Assisted::Unproved => UNPROVED.to_owned(),
    };
    Err(Misuse(text).into())
}

fn known(gate: &Gate, kind: &str) -> Result<OperationKind, Failure> {
    let policy = gate.policy();
    let found = OperationKind::parse(kind).filter(|kind| policy.operation.contains_key(kind));
    found.ok_or_else(|| {
        let words: Vec<_> = policy.operation.keys().map(OperationKind::as_str).collect();
        Misuse(format!("--kind must be one of {}", words.join(", "))).into()
    })
}

fn read(gate: &Gate, kind: &str, file: &Path) -> Result<Fields, Failure> {
    let policy = gate.policy();
    let kind = known(gate, kind)?;
    let spec = policy.operation.get(&kind).context("the kind is gone")?;
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let value = serde_json::from_str(&text).map_err(|why| Misuse(format!("--fields {why}")))?;
    let fields = Fields::parse(&value, &spec.fields);
    fields.map_err(|fault| Misuse(format!("--fields {} {}", fault.path, fault.problem)).into())
}
