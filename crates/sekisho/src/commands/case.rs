//! `sekisho case`: what was found that somebody has to look into.
//!
//! **Invariant:** nothing is listed to nobody: who looks and why is in the record first.

use sekisho_core::case::Attempt;
use sekisho_core::id::StaffId;
use sekisho_core::known::{CaseKnown, StaffKnown};
use sekisho_core::text::Reference;
use sekisho_gate::Gate;
use sekisho_store::CaseQuestion;
use serde_json::json;

use super::staff::{claimed, done};
use super::sweep::{ground, moment};
use super::{Ended, Failure, Misuse};
use crate::arguments::{CaseCommand, OfCase};

/// Lists, takes or closes.
pub async fn run(gate: &Gate, command: CaseCommand) -> Result<Ended, Failure> {
    match command {
        CaseCommand::Close { of, was } => {
            change(gate, &of, Attempt::Close(was.into())).await?;
            println!("{} is closed", of.id);
        }
        CaseCommand::List {
            customer,
            since,
            most,
            json,
            reason,
            by,
        } => {
            let asked = match (customer, since) {
                (Some(customer), _) => {
                    let reference = Reference::parse(&customer);
                    CaseQuestion::Of(reference.map_err(|why| Misuse(format!("--customer {why}")))?)
                }
                (None, Some(since)) => CaseQuestion::Since(moment("--since", &since)?),
                (None, None) => CaseQuestion::Waiting,
            };
            let (claim, ground) = (claimed(&by)?, ground(&reason)?);
            let cases = done(gate.cases(&claim, (&asked, most), ground).await?)?;
            let people = gate.all_staff().await?;
            for case in &cases {
                if json {
                    println!("{}", row(case, &people));
                } else {
                    println!("{}", line(case, &people));
                }
            }
            if cases.len() == usize::try_from(most).unwrap_or(usize::MAX) {
                eprintln!("there may be more: --most");
            }
        }
        CaseCommand::Take(of) => {
            change(gate, &of, Attempt::Take).await?;
            println!("{} is yours", of.id);
        }
    }
    Ok(Ended::Done)
}

async fn change(gate: &Gate, of: &OfCase, attempt: Attempt) -> Result<(), Failure> {
    let (claim, ground) = (claimed(&of.by)?, ground(&of.reason)?);
    let answer = gate.change_case(&claim, (of.id, attempt), &ground).await?;
    done(answer)
}

fn name(id: StaffId, people: &[StaffKnown]) -> String {
    let found = people.iter().find(|known| known.id == id);
    found.map_or_else(|| id.to_string(), |known| known.name.to_string())
}

fn row(case: &CaseKnown, people: &[StaffKnown]) -> serde_json::Value {
    json!({
        "id": case.id,
        "customer": case.customer.as_str(),
        "source": case.worry.source(),
        "found": case.worry.word(),
        "about": case.about.to_string(),
        "act": case.act,
        "done": case.done,
        "opened": case.opened,
        "opened_by": case.opened_by.map(|id| name(id, people)),
        "taken_by": case.taken.map(|(id, _)| name(id, people)),
        "taken": case.taken.map(|(_, at)| at),
        "closed_by": case.closed.map(|(id, ..)| name(id, people)),
        "closed": case.closed.map(|(_, at, _)| at),
        "was": case.closed.map(|(.., end)| end),
    })
}

fn line(case: &CaseKnown, people: &[StaffKnown]) -> String {
    let state = match (case.closed, case.taken) {
        (Some((by, at, end)), _) => format!("{} at {at} by {}", end.word(), name(by, people)),
        (None, Some((by, at))) => format!("taken at {at} by {}", name(by, people)),
        (None, None) => "waits".to_owned(),
    };
    let (source, found) = (case.worry.source(), case.worry.word());
    let by = case.opened_by.map_or_else(
        || "the daily look".to_owned(),
        |by| format!("{} ({})", name(by, people), case.opened),
    );
    format!(
        "{}  {found:<8} {source:<10} {}  {} at {}\n    {state}; opened by {by}; {}",
        case.id,
        case.customer,
        case.act.word(),
        case.done,
        case.about,
    )
}
