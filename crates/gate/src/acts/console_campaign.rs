//! Campaigns as they are shown to people of the firm.
//!
//! **Invariant:** no customer is named; whoever may start a campaign is shown what that would start
//! now.

use sekisho_core::campaign::is_startable;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::CampaignId;
use sekisho_core::known::CampaignKnown;
use sekisho_core::moment::Moment;
use sekisho_store::CampaignMessages;
use serde_json::json;

use super::campaign::CampaignPreview;
use super::console::{Listed, Names, listed};
use super::staff::StaffAnswer;
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::Gate;

/// Rows of a page.
const PAGE: u32 = 50;
/// Rows of a file.
const MOST_EXPORTED: u32 = 10_000;

/// One campaign, as it is shown.
#[derive(Clone, Debug)]
pub struct CampaignView {
    /// It.
    pub known: CampaignKnown,
    /// What became of its messages.
    pub messages: CampaignMessages,
    /// What whoever starts it would start now, if this person may.
    pub preview: Option<CampaignPreview>,
    /// Whether somebody may start it still.
    pub startable: bool,
    /// The people whom it names.
    pub names: Names,
}

impl Gate {
    /// A page of campaigns, the newest first, with the people whom they name. A cursor that is not
    /// one of ours begins at the first row.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_campaigns(
        &self,
        session: &StaffSession,
        after: Option<&str>,
    ) -> Result<StaffAnswer<(Listed<CampaignKnown>, Names)>, Fault> {
        if let Err(reason) = self.may(session, ConsoleAct::CampaignsShow) {
            return Ok(StaffAnswer::Refused(reason));
        }
        let after = after.and_then(|text| {
            let (at, id) = text.split_once('.')?;
            Some((Moment(at.parse().ok()?), id.parse().ok()?))
        });
        let rows = self.store().campaigns(after, PAGE + 1).await?;
        let place = |row: &CampaignKnown| format!("{}.{}", row.proposed.1.0, row.id);
        let page = listed(rows, PAGE, place);
        Ok(StaffAnswer::Done((page, self.names().await?)))
    }

    /// The newest campaigns for a file, 10,000 at most, with the people whom they name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn export_campaigns(
        &self,
        session: &StaffSession,
    ) -> Result<StaffAnswer<(Vec<CampaignKnown>, Names)>, Fault> {
        let asked = json!({ "of": "campaigns" });
        let looks = self.looks_at(session, ConsoleAct::Export, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let all = self.store().campaigns(None, MOST_EXPORTED).await?;
        Ok(StaffAnswer::Done((all, self.names().await?)))
    }

    /// The newest campaigns, for whoever is at the machine, with the people whom they name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn newest_campaigns(&self) -> Result<(Vec<CampaignKnown>, Names), Fault> {
        Ok((
            self.store().campaigns(None, 200).await?,
            self.names().await?,
        ))
    }

    /// One campaign; `None` if there is none of that id. Whoever may start it is shown what that
    /// would start now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_campaign(
        &self,
        session: &StaffSession,
        id: CampaignId,
    ) -> Result<StaffAnswer<Option<CampaignView>>, Fault> {
        if let Err(reason) = self.may(session, ConsoleAct::CampaignsShow) {
            return Ok(StaffAnswer::Refused(reason));
        }
        let Some((known, _)) = self.store().campaign(id).await? else {
            return Ok(StaffAnswer::Done(None));
        };
        let startable = is_startable(&known, self.now());
        let other = known.proposed.0 != session.staff();
        let may = other && self.may(session, ConsoleAct::CampaignStart).is_ok();
        let preview = match may && startable {
            true => Some(self.walked(id, known.wanted.clone(), known.unknown).await?),
            false => None,
        };
        Ok(StaffAnswer::Done(Some(CampaignView {
            messages: self.store().campaign_messages(id).await?,
            names: self.names().await?,
            preview,
            startable,
            known,
        })))
    }
}
