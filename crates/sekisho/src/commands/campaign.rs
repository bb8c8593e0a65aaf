//! `sekisho campaign list` and `stop`. They work straight on the database, so also when no server
//! runs.
//!
//! **Invariant:** no customer is named.

use sekisho_core::id::StaffId;
use sekisho_core::known::CampaignKnown;
use sekisho_gate::{CampaignAnswer, Gate, Names};
use serde_json::json;

use super::staff::{UNPROVED, claimed, why};
use super::sweep::ground;
use super::{Ended, Failure, Misuse};
use crate::arguments::CampaignCommand;

/// Lists or stops.
pub async fn run(gate: &Gate, command: CampaignCommand) -> Result<Ended, Failure> {
    match command {
        CampaignCommand::List { json } => {
            let (campaigns, names) = gate.newest_campaigns().await?;
            for campaign in &campaigns {
                if json {
                    println!("{}", row(campaign, &names));
                } else {
                    println!("{}", line(campaign, &names));
                }
            }
        }
        CampaignCommand::Stop {
            campaign,
            reason,
            by,
        } => {
            let (claim, ground) = (claimed(&by)?, ground(&reason)?);
            let text = match gate.stop_campaign(&claim, (campaign, ground)).await? {
                CampaignAnswer::Done(id) => {
                    println!("{id} is stopped, on every node from now on");
                    return Ok(Ended::Done);
                }
                CampaignAnswer::Refused(reason) => why(gate, reason, &by).await?,
                CampaignAnswer::Unknown => "there is no such campaign".to_owned(),
                CampaignAnswer::Unproved | CampaignAnswer::Altered(_) => UNPROVED.to_owned(),
            };
            return Err(Misuse(text).into());
        }
    }
    Ok(Ended::Done)
}

fn name(id: StaffId, names: &Names) -> String {
    names
        .get(&id)
        .map_or_else(|| id.to_string(), ToString::to_string)
}

fn row(campaign: &CampaignKnown, names: &Names) -> serde_json::Value {
    let stopped = campaign.stopped.as_ref();
    json!({
        "id": campaign.id,
        "kind": campaign.wanted.kind,
        "set": campaign.wanted.set,
        "rate": campaign.wanted.rate,
        "state": campaign.state,
        "customers": campaign.counted,
        "sent": campaign.sent,
        "skipped": campaign.skipped,
        "waiting": campaign.waiting(),
        "ground": campaign.ground,
        "proposed_by": name(campaign.proposed.0, names),
        "proposed": campaign.proposed.1,
        "started_by": campaign.started.map(|(by, _)| name(by, names)),
        "started": campaign.started.map(|(_, at)| at),
        "stopped_by": stopped.map(|(by, ..)| name(*by, names)),
        "stopped": stopped.map(|(_, at, _)| at),
        "finished": campaign.finished,
    })
}

fn line(campaign: &CampaignKnown, names: &Names) -> String {
    let (by, at) = campaign.proposed;
    format!(
        "{}  {:<9} {:<16} {}\n    {} of {} sent, {} passed over, {} to come; proposed by {} ({at}); {}",
        campaign.id,
        campaign.state.word(),
        campaign.wanted.kind.word(),
        campaign.wanted.set.word(),
        campaign.sent,
        campaign.counted,
        campaign.skipped,
        campaign.waiting(),
        name(by, names),
        campaign.ground.as_str(),
    )
}
