//! For the act "housekeep": whether there is anything to remove.
//!
//! **Invariant:** what is found here is what the removal removes.

use crate::Store;
use crate::commit::{alerts_before, attempts_before, bucket, campaigns_before};
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::device::KEPT;
use sekisho_core::known::{CampaignState, NoticeState};
use sekisho_core::moment::Moment;

/// A request whose code is still there is removed after it, so it does not count.
const EXPIRED: &str = "SELECT 1 AS one WHERE \
     EXISTS (SELECT 1 FROM interaction WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM challenge WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM authorization_code WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM authorization_request r WHERE r.expires < ?1 AND NOT EXISTS \
         (SELECT 1 FROM authorization_code k WHERE k.request = r.id)) \
     OR EXISTS (SELECT 1 FROM session WHERE ends < ?1) \
     OR EXISTS (SELECT 1 FROM staff_session WHERE ends < ?1) \
     OR EXISTS (SELECT 1 FROM recovery WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM report_code WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM idempotency WHERE at < ?1) \
     OR EXISTS (SELECT 1 FROM spent_ticket WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM guess WHERE expires < ?1 AND locked_until < ?1) \
     OR EXISTS (SELECT 1 FROM notice WHERE expires < ?1 AND state <> ?3) \
     OR EXISTS (SELECT 1 FROM notice WHERE state IN (?4, ?5) AND next_at < ?2) \
     OR EXISTS (SELECT 1 FROM address_failure WHERE bucket < ?6) \
     OR EXISTS (SELECT 1 FROM device_token WHERE retired < ?7) \
     OR EXISTS (SELECT 1 FROM attempt WHERE at < ?8) \
     OR EXISTS (SELECT 1 FROM entered WHERE touched < ?8) \
     OR EXISTS (SELECT 1 FROM alert WHERE closed < ?9) \
     OR EXISTS (SELECT 1 FROM campaign WHERE changed < ?10 AND state <> ?11)";

impl Store {
    /// Whether anything expired before `before`, or was sent or given up before `messages`, and can
    /// be removed.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn has_expired(&self, before: Moment, messages: Moment) -> Result<bool, Fault> {
        let [waiting, sent, dead] =
            [NoticeState::Waiting, NoticeState::Sent, NoticeState::Dead].map(NoticeState::word);
        let params = [
            before.into(),
            messages.into(),
            waiting.into(),
            sent.into(),
            dead.into(),
            bucket(before).into(),
            before.minus(KEPT).into(),
            attempts_before(before).into(),
            alerts_before(before).into(),
            campaigns_before(before).into(),
            CampaignState::Running.word().into(),
        ];
        let query = Query::new(EXPIRED, params);
        Ok(self.row_of(query, |_| Ok(())).await?.is_some())
    }
}
