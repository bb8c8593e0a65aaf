//! The worker of campaigns: it takes the turns of those that run, so many a minute.
//!
//! Whose turn was last stands in the campaign, and each turn names it: of two nodes that take the
//! same turn one does, and whoever begins again goes on where it stood. One node at a time does it,
//! to save the work of losing. Little waits in the outbox at a time, so that a stop stops and a
//! mail server that is slow holds the campaign up and not the outbox.
//!
//! **Invariant:** nothing is known of a campaign between two turns but what is stored.

use std::time::Duration;

use sekisho_core::campaign::{Reach, TurnFacts, decide_end, decide_turn, due};
use sekisho_core::change::{CampaignChange, Change};
use sekisho_core::claim::Work;
use sekisho_core::id::{CustomerId, NoticeId};
use sekisho_core::known::CampaignKnown;
use sekisho_core::moment::Moment;
use sekisho_core::verdict::Verdict;
use tokio_util::sync::CancellationToken;

use super::claim::Claim;
use crate::fault::Fault;
use crate::gate::Gate;

/// How often it looks; turns may be taken a second ahead.
const PAUSE: Duration = Duration::from_secs(1);
/// Turns of one campaign at a time.
const BATCH: u32 = 256;
/// Messages of campaigns that wait in the outbox for their first try at most, or about.
const BACKLOG: i64 = 400;
/// With those that are tried again, which are a mailbox here and there as long as servers take
/// anything. Of more it is counted no further.
const MOST_WAITING: u32 = 5_000;

/// What came of one look at the campaigns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// Customers to whom a message was queued.
    pub sent: u64,
    /// Customers who were passed over.
    pub skipped: u64,
    /// Campaigns that came to their end.
    pub finished: u64,
}

/// What became of a turn.
enum Turn {
    /// A message was queued, or not, and the next turn is due then.
    Taken {
        sent: bool,
        notices: usize,
        next: Moment,
    },
    /// Another node was faster, the campaign was stopped, or the customer changed meanwhile.
    Lost,
}

impl Gate {
    /// Takes turns until `stop`.
    pub async fn run_campaigns(&self, stop: CancellationToken) {
        let mut claim = None;
        while !stop.is_cancelled() {
            if let Err(fault) = self.claimed_turns(&mut claim).await {
                tracing::warn!(error = %fault, "campaigns will be gone on with");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
        if let Some(claim) = claim
            && let Err(fault) = self.let_go(claim).await
        {
            tracing::debug!(error = %fault, "a claim is left to run out");
        }
    }

    async fn claimed_turns(&self, held: &mut Option<Claim>) -> Result<(), Fault> {
        if self.store().campaigns_running().await?.is_empty() {
            if let Some(claim) = held.take() {
                self.let_go(claim).await?;
            }
            return Ok(());
        }
        let mut claim = match held.take() {
            Some(claim) => claim,
            None => match self.claim(Work::Campaign).await? {
                Some(claim) => claim,
                None => return Ok(()),
            },
        };
        if self.renew(&mut claim).await? {
            *held = Some(claim);
            self.take_turns().await?;
        }
        Ok(())
    }

    /// Takes the turns that are due in every campaign that runs, as a worker does. One in which a
    /// turn cannot be taken keeps no other waiting.
    ///
    /// # Errors
    /// Those of the store, where the campaigns cannot be read.
    pub async fn take_turns(&self) -> Result<Turns, Fault> {
        let mut turns = Turns::default();
        let running = self.store().campaigns_running().await?;
        if running.is_empty() {
            return Ok(turns);
        }
        let waits = self.store().campaign_backlog(MOST_WAITING).await?;
        let left = i64::from(MOST_WAITING) - waits.all;
        let left = left.min(BACKLOG - waits.untried).max(0);
        let mut room = usize::try_from(left).unwrap_or_default();
        for campaign in running {
            let id = campaign.id;
            if let Err(fault) = self.turns_of(campaign, &mut room, &mut turns).await {
                metrics::counter!("sekisho_campaign_faults_total").increment(1);
                tracing::warn!(campaign = %id, error = %fault, "a turn will be tried again");
            }
        }
        Ok(turns)
    }

    async fn turns_of(
        &self,
        mut campaign: CampaignKnown,
        room: &mut usize,
        turns: &mut Turns,
    ) -> Result<(), Fault> {
        if *room == 0 || !due(&campaign, self.now()) {
            return Ok(());
        }
        let of = (campaign.id, &campaign.wanted);
        let page = self.store().campaign_set(of, campaign.place, BATCH).await?;
        if page.is_empty() {
            return self.end_campaign(&campaign, turns).await;
        }
        for Reach { id, .. } in page {
            if *room == 0 || !due(&campaign, self.now()) {
                break;
            }
            match self.take_turn(&campaign, id).await? {
                Turn::Lost => break,
                Turn::Taken {
                    sent,
                    notices,
                    next,
                } => {
                    *room = room.saturating_sub(notices);
                    (campaign.place, campaign.next) = (id, next);
                    let (count, outcome) = match sent {
                        true => (&mut turns.sent, "sent"),
                        false => (&mut turns.skipped, "skipped"),
                    };
                    *count += 1;
                    metrics::counter!("sekisho_campaign_turns_total", "outcome" => outcome)
                        .increment(1);
                }
            }
        }
        Ok(())
    }

    async fn take_turn(&self, campaign: &CampaignKnown, id: CustomerId) -> Result<Turn, Fault> {
        let Some(customer) = self.store().customer(id).await? else {
            return Ok(Turn::Lost);
        };
        let now = self.now();
        let facts = TurnFacts {
            campaign: campaign.clone(),
            channels: self.store().channels(id).await?,
            customer,
            fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
            now,
        };
        let Some(landed) = self.commit(decide_turn(&facts, &self.policy())).await? else {
            return Ok(Turn::Lost);
        };
        let next = landed.changes.iter().find_map(|change| match change {
            Change::Campaign(change) => match **change {
                CampaignChange::Turn { next, .. } => Some(next),
                _ => None,
            },
            _ => None,
        });
        Ok(Turn::Taken {
            sent: *landed.verdict() == Verdict::Allow,
            notices: landed.notices.len(),
            next: next.unwrap_or(campaign.next),
        })
    }

    async fn end_campaign(&self, campaign: &CampaignKnown, turns: &mut Turns) -> Result<(), Fault> {
        let now = self.now();
        let at = (self.fresh_decision(now)?, now);
        let decision = decide_end(campaign, campaign.place, at, &self.policy());
        if self.commit(decision).await?.is_some() {
            turns.finished += 1;
            let (sent, skipped) = (campaign.sent, campaign.skipped);
            tracing::info!(campaign = %campaign.id, sent, skipped, "a campaign came to its end");
        }
        Ok(())
    }
}
