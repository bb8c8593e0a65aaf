//! `sekisho network ask`, `deny`, `end` and `list`: networks on the firm's own list. It works
//! straight on the database, so also when no server runs.
//!
//! **Invariant:** what was refused is said in a sentence, and changed nothing.

use sekisho_core::id::{ListingId, StaffId};
use sekisho_core::known::{ListedAs, ListingKnown, StaffKnown};
use sekisho_core::list_network::NewListing;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Gate, StaffAnswer};
use serde_json::json;

use super::staff::{claimed, done};
use super::{Ended, Failure, Misuse};
use crate::arguments::{NetworkArguments, NetworkCommand};

/// Lists a network, ends a listing, or shows them.
pub async fn run(gate: &Gate, command: NetworkCommand) -> Result<Ended, Failure> {
    match command {
        NetworkCommand::Ask(arguments) => made(gate, ListedAs::Ask, &arguments).await?,
        NetworkCommand::Deny(arguments) => made(gate, ListedAs::Deny, &arguments).await?,
        NetworkCommand::End { id, reason, by } => {
            let claim = claimed(&by)?;
            done(gate.end_listing(&claim, id, ground(&reason)?).await?)?;
            println!("{id} is ended, on every node within seconds");
        }
        NetworkCommand::List { json } => list(gate, json).await?,
    }
    Ok(Ended::Done)
}

fn ground(reason: &str) -> Result<Ground, Failure> {
    Ground::parse(reason).map_err(|why| Misuse(format!("--reason {why}")).into())
}

async fn made(gate: &Gate, listed: ListedAs, wanted: &NetworkArguments) -> Result<(), Failure> {
    let new = NewListing {
        network: wanted.network,
        listed,
        life: Span::hours(wanted.hours.into()),
        reason: ground(&wanted.reason)?,
        alert: wanted.alert,
        shown: wanted.customers,
    };
    let network = new.network;
    let answer = gate.list_network(&claimed(&wanted.by)?, new).await?;
    if matches!(answer, StaffAnswer::Refused(Reason::ListingAltered)) {
        let there = gate.people_in(network).await?;
        let number = there.customers;
        let more = if there.more { " or more" } else { "" };
        return Err(Misuse(format!(
            "{number}{more} customers were let in from {network} before, and nothing is listed yet; \
             if they are meant, too, say --customers {number}"
        ))
        .into());
    }
    let id = done(answer)?;
    println!(
        "{id} is listed, on every node within seconds, for {} h",
        wanted.hours
    );
    Ok(())
}

async fn list(gate: &Gate, json: bool) -> Result<(), Failure> {
    let listed = gate.listed_networks().await?;
    let now = gate.now();
    for one in &listed.listings {
        if json {
            println!("{}", row(one, &listed.people, now));
        } else {
            printed(one, &listed.people, now);
        }
    }
    if let Some(newest) = listed.older {
        eprintln!(
            "Every network that stands on the list, and of the newest {newest} those that do no \
             more; older ones are in the record."
        );
    }
    Ok(())
}

fn name(id: StaffId, people: &[StaffKnown]) -> String {
    let found = people.iter().find(|known| known.id == id);
    found.map_or_else(|| id.to_string(), |known| known.name.to_string())
}

fn row(one: &ListingKnown, people: &[StaffKnown], now: Moment) -> serde_json::Value {
    json!({
        "id": one.id,
        "network": one.network.to_string(),
        "listed": one.listed,
        "stands": one.stands(now),
        "reason": one.reason,
        "alert": one.alert,
        "by": name(one.by, people),
        "made": one.made,
        "ends": one.ends,
        "ended": one.ended.map(|(_, at)| at),
        "ended_by": one.ended.map(|(by, _)| name(by, people)),
    })
}

fn state(one: &ListingKnown, people: &[StaffKnown], now: Moment) -> String {
    match one.ended {
        Some((by, at)) => format!("ended {at} by {}", name(by, people)),
        None if one.stands(now) => format!("stands until {}", one.ends),
        None => "over".to_owned(),
    }
}

fn printed(one: &ListingKnown, people: &[StaffKnown], now: Moment) {
    let id: ListingId = one.id;
    let (network, listed) = (one.network, one.listed.word());
    println!("{id}  {network}  {listed}  {}", state(one, people, now));
    println!(
        "    since {} by {}: {}",
        one.made,
        name(one.by, people),
        one.reason
    );
}
