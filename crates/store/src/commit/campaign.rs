//! Campaigns, and those who were named for one.
//!
//! **Invariant:** a turn is taken of what runs alone, and behind the turn that was seen.

use crate::sql::{Value, Write};
use sekisho_core::change::CampaignChange;
use sekisho_core::id::{CampaignId, CustomerId, StaffId};
use sekisho_core::known::{CampaignKnown, CampaignState, CustomerState, NoticeState};
use sekisho_core::moment::{Moment, Span};

const STARTED: &str = "UPDATE campaign SET state = ?5, started_by = ?3, started = ?4, \
     changed = ?4, next_at = ?4, revision = revision + 1 \
     WHERE id = ?1 AND revision = ?2 AND state IN (?6, ?7)";

const STOPPED: &str = "UPDATE campaign SET state = ?5, stopped_by = ?3, stopped = ?4, \
     changed = ?4, stop_ground = ?6, revision = revision + 1 \
     WHERE id = ?1 AND revision = ?2 AND state IN (?7, ?8)";

/// It is of no use from now on, so that nobody who has it tried again sends it. What is not due is
/// on its way at this moment, or was tried: it may arrive, and says so.
const RECALLED: &str = "UPDATE notice SET state = ?3, next_at = ?2, expires = ?2, \
     last_error = CASE WHEN next_at > ?2 THEN ?6 ELSE ?5 END \
     WHERE campaign = ?1 AND state = ?4";

/// Nobody is told twice by it: what was sent is sent, and what was tried or given up for another
/// reason says so.
const AGAIN: &str = "UPDATE notice SET state = ?3, next_at = ?2, expires = ?4, tries = 0, \
     last_error = NULL WHERE campaign = ?1 AND state = ?5 AND last_error = ?6 \
     AND EXISTS (SELECT 1 FROM customer x WHERE x.id = notice.customer AND x.state = ?7) \
     AND EXISTS (SELECT 1 FROM channel h WHERE h.id = notice.channel AND h.retired IS NULL)";

const WHY: &str = "its campaign was stopped";
const TRIED: &str = "its campaign was stopped after it was tried";

const TURN: &str = "UPDATE campaign SET place = ?4, sent = sent + ?5, skipped = skipped + ?6, \
     next_at = ?7 WHERE id = ?1 AND revision = ?2 AND place = ?3 AND state = ?8";

const FINISHED: &str = "UPDATE campaign SET state = ?5, finished = ?4, changed = ?4, \
     revision = revision + 1 WHERE id = ?1 AND revision = ?2 AND place = ?3 AND state = ?6";

const RUNNING: &str = CampaignState::Running.word();
const PROPOSED: &str = CampaignState::Proposed.word();

pub(super) fn writes(change: &CampaignChange) -> Vec<Write> {
    match change {
        CampaignChange::Finished {
            id,
            revision,
            seen,
            at,
        } => vec![Write::one(
            FINISHED,
            [
                (*id).into(),
                (*revision).into(),
                (*seen).into(),
                (*at).into(),
                CampaignState::Finished.word().into(),
                RUNNING.into(),
            ],
        )],
        CampaignChange::Proposed { campaign, listed } => {
            let named = listed.iter().map(|customer| named(campaign.id, *customer));
            std::iter::once(proposed(campaign)).chain(named).collect()
        }
        CampaignChange::Started {
            id,
            revision,
            by,
            at,
            expires,
        } => {
            let mut params = moved((*id, *revision), (*by, *at), CampaignState::Running);
            params.extend([PROPOSED.into(), CampaignState::Stopped.word().into()]);
            vec![Write::one(STARTED, params), again(*id, *at, *expires)]
        }
        CampaignChange::Stopped {
            id,
            revision,
            by,
            at,
            ground,
        } => {
            let mut params = moved((*id, *revision), (*by, *at), CampaignState::Stopped);
            params.extend([ground.as_str().into(), PROPOSED.into(), RUNNING.into()]);
            vec![Write::one(STOPPED, params), recalled(*id, *at)]
        }
        CampaignChange::Turn {
            id,
            revision,
            seen,
            customer,
            sent,
            next,
        } => vec![Write::one(
            TURN,
            [
                (*id).into(),
                (*revision).into(),
                (*seen).into(),
                (*customer).into(),
                (*sent).into(),
                (!*sent).into(),
                (*next).into(),
                RUNNING.into(),
            ],
        )],
    }
}

fn moved(
    (id, revision): (CampaignId, i64),
    (by, at): (StaffId, Moment),
    to: CampaignState,
) -> Vec<Value> {
    vec![
        id.into(),
        revision.into(),
        by.into(),
        at.into(),
        to.word().into(),
    ]
}

fn recalled(id: CampaignId, at: Moment) -> Write {
    Write::any(
        RECALLED,
        [
            id.into(),
            at.into(),
            NoticeState::Dead.word().into(),
            NoticeState::Waiting.word().into(),
            WHY.into(),
            TRIED.into(),
        ],
    )
}

fn again(id: CampaignId, at: Moment, expires: Moment) -> Write {
    Write::any(
        AGAIN,
        [
            id.into(),
            at.into(),
            NoticeState::Waiting.word().into(),
            expires.into(),
            NoticeState::Dead.word().into(),
            WHY.into(),
            CustomerState::Active.word().into(),
        ],
    )
}

fn named(id: CampaignId, customer: CustomerId) -> Write {
    Write::one(
        "INSERT INTO campaign_listed (campaign, customer) VALUES (?1, ?2)",
        [id.into(), customer.into()],
    )
}

fn proposed(campaign: &CampaignKnown) -> Write {
    let wanted = &campaign.wanted;
    let part = |place: usize| -> Value {
        let text = wanted.text.as_ref();
        text.map(|text| text.parts()[place].as_str()).into()
    };
    Write::one(
        "INSERT INTO campaign (id, kind, subject_ja, body_ja, subject_en, body_en, chosen, days, \
         alert, as_of, rate, ground, state, digest, counted, unknown, proposed_by, proposed, \
         changed, place, next_at, sent, skipped, revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
         ?18, ?19, ?20, ?21, ?22, ?23)",
        [
            campaign.id.into(),
            wanted.kind.word().into(),
            part(0),
            part(1),
            part(2),
            part(3),
            wanted.set.word().into(),
            wanted.set.days().map(i64::from).into(),
            wanted.set.alert().into(),
            wanted.as_of.into(),
            i64::from(wanted.rate).into(),
            campaign.ground.as_str().into(),
            campaign.state.word().into(),
            campaign.digest.into(),
            campaign.counted.into(),
            campaign.unknown.into(),
            campaign.proposed.0.into(),
            campaign.proposed.1.into(),
            campaign.place.into(),
            campaign.next.into(),
            campaign.sent.into(),
            campaign.skipped.into(),
            campaign.revision.into(),
        ],
    )
}

/// Those who were named go before the campaign.
const LISTED: &str = "DELETE FROM campaign_listed WHERE (campaign, customer) IN \
     (SELECT l.campaign, l.customer FROM campaign c JOIN campaign_listed l ON l.campaign = c.id \
     WHERE c.changed < ?1 AND c.state <> ?3 LIMIT ?2)";

const CAMPAIGNS: &str = "DELETE FROM campaign WHERE id IN (SELECT id FROM campaign \
     WHERE changed < ?1 AND state <> ?3 AND NOT EXISTS (SELECT 1 FROM campaign_listed \
     WHERE campaign_listed.campaign = campaign.id) LIMIT ?2)";

/// A campaign that does not run is kept for [`sekisho_core::housekeep::CAMPAIGNS_KEPT`].
pub(crate) fn campaigns_before(before: Moment) -> Moment {
    let longer = sekisho_core::housekeep::CAMPAIGNS_KEPT.0 - sekisho_core::housekeep::KEPT.0;
    before.minus(Span(longer))
}

/// What was changed last before `before` and does not run, so many rows at most.
pub(super) fn removed(before: Moment, most: i64) -> [Write; 2] {
    let before = campaigns_before(before);
    [LISTED, CAMPAIGNS].map(|text| Write::any(text, [before.into(), most.into(), RUNNING.into()]))
}
