//! What waits to be told outside, with what the history and the feed have of it.
//!
//! **Invariant:** a page is bounded, and each of its rows is found by keys.

use super::rows::{client, country, entry, every, first, moment, system};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::attempt::Account;
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Place};
use sekisho_core::health::MOST_TOLD;
use sekisho_core::id::{CustomerId, DecisionId, DeviceId};
use sekisho_core::moment::Moment;
use sekisho_core::siem::{Recorded, Way};

/// The oldest `?2` that wait. An alert is found by its id, which stands in the facts, and is asked
/// for apart.
const PAGE: &str = "SELECT e.id, e.at, e.act, e.actor, e.application, e.customer, e.operation, \
     e.verdict, e.requirements, e.reasons, e.policy, e.facts, e.staff, \
     COALESCE(a.address, t.address) AS address, COALESCE(a.system, t.system) AS system, \
     COALESCE(a.country, t.country) AS country, a.device, \
     COALESCE(a.client, t.client) AS client, t.account, COALESCE(t.known, 0) AS known \
     FROM siem_waiting w JOIN entry e ON e.id = w.decision \
     LEFT JOIN access a ON a.customer = e.customer AND a.at = e.at AND a.decision = e.id \
     LEFT JOIN attempt t ON t.at = e.at AND t.decision = e.id \
     WHERE w.way = ?1 ORDER BY w.decision LIMIT ?2";

const COUNTED: &str = "SELECT COUNT(*) AS count FROM \
     (SELECT decision FROM siem_waiting WHERE way = ?1 LIMIT ?2) AS waits";

const OLDEST: &str = "SELECT decision FROM siem_waiting WHERE way = ?1 ORDER BY decision LIMIT 1";

/// What waits on one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiemWaiting {
    /// How many decisions, a hundred thousand at most.
    pub count: u32,
    /// The oldest.
    pub oldest: Option<DecisionId>,
}

impl Store {
    /// What waits to be told, the oldest decisions first, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn siem_page(&self, way: Way, most: u32) -> Result<Vec<Recorded>, Fault> {
        let query = Query::new(PAGE, [way.code().into(), most.into()]);
        let mut page = self.rows_of(query, recorded).await?;
        for one in &mut page {
            if let Some(alert) = one.alert() {
                let text = "SELECT raised FROM alert WHERE id = ?1";
                let query = Query::new(text, [alert.into()]);
                one.raised = self.row_of(query, |row| moment(row, "raised")).await?;
            }
        }
        Ok(page)
    }

    /// How much waits to be told, and since when.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn siem_waiting(&self, way: Way) -> Result<SiemWaiting, Fault> {
        let asked = vec![
            Query::new(COUNTED, [way.code().into(), MOST_TOLD.into()]),
            Query::new(OLDEST, [way.code().into()]),
        ];
        let mut answers = self.db.read(asked).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let count = first(&next(), |row| row.narrow("count"))?.unwrap_or_default();
        let oldest = every(&next(), |row| Ok(DecisionId(row.id16("decision")?)))?;
        Ok(SiemWaiting {
            count,
            oldest: oldest.first().copied(),
        })
    }
}

fn recorded(row: &Row) -> Result<Recorded, Fault> {
    let known = row.flag("known")?;
    let account = row.maybe_fixed("account")?.map(|key| match known {
        true => Account::Customer(CustomerId(key)),
        false => Account::Nobody(key),
    });
    let raised: Option<Moment> = None;
    Ok(Recorded {
        entry: entry(row)?,
        address: row.maybe_fixed("address")?.map(Address::from_bytes),
        place: Place {
            system: system(row)?,
            country: country(row)?,
            ..Place::default()
        },
        device: row.maybe_fixed("device")?.map(DeviceId),
        client: client(row)?.map(|client| ClientFamily::parse(client.as_str())),
        account,
        raised,
    })
}
