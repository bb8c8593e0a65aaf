//! The feed of attempts, for whoever follows it.
//!
//! **Invariant:** a page is bounded, and the next begins where it ended.

use super::rows::{client, country, ending, moment, strange, system, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::access::Act;
use sekisho_core::attempt::{Account, Origin, Tried};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Place, Terminal};
use sekisho_core::id::{ApplicationId, CustomerId, DecisionId, DeviceId};
use sekisho_core::moment::Moment;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT at, decision, act, ending, account, known, address, system, country, client, \
             agent, device, strange, application FROM attempt WHERE ",
            $rest
        )
    };
}

/// Which part of the feed is asked.
#[derive(Clone, Copy, Debug)]
pub struct AttemptPage {
    /// After this place; see [`Tried::place`].
    pub after: (Moment, DecisionId),
    /// Until this moment, which is within.
    pub until: Moment,
    /// How many rows at most.
    pub limit: u32,
}

impl AttemptPage {
    /// The first page of what is not before `since`.
    #[must_use]
    pub const fn since(since: Moment, limit: u32) -> Self {
        Self {
            after: (Moment(since.0.saturating_sub(1)), DecisionId([0xff; 16])),
            until: Moment(i64::MAX),
            limit,
        }
    }

    /// The page that begins where `rows`, a page, ended; `None` if it was the last.
    #[must_use]
    pub fn next(self, rows: &[Tried]) -> Option<Self> {
        let last = rows.last().filter(|_| rows.len() >= self.limit as usize)?;
        let after = last.place();
        Some(Self { after, ..self })
    }
}

impl Store {
    /// Rows of the feed in its order, the oldest first. A row may appear before the end of what was
    /// read before: it is dated when its decision was taken and visible when that landed.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn attempts(&self, page: AttemptPage) -> Result<Vec<Tried>, Fault> {
        let text = select!(
            "at >= ?1 AND (at > ?1 OR decision > ?2) AND at <= ?3 ORDER BY at, decision LIMIT ?4"
        );
        let (at, decision) = page.after;
        let params = [
            at.into(),
            decision.into(),
            page.until.into(),
            page.limit.into(),
        ];
        self.rows_of(Query::new(text, params), tried).await
    }

    /// The row of one decision, taken at `at`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn attempt(&self, at: Moment, decision: DecisionId) -> Result<Option<Tried>, Fault> {
        let text = select!("at = ?1 AND decision = ?2");
        let query = Query::new(text, [at.into(), decision.into()]);
        self.row_of(query, tried).await
    }
}

fn tried(row: &Row) -> Result<Tried, Fault> {
    let account = row.id16("account")?;
    let client = client(row)?;
    Ok(Tried {
        decision: DecisionId(row.id16("decision")?),
        at: moment(row, "at")?,
        act: word(row, "act", Act::parse)?,
        ending: word(row, "ending", ending)?,
        origin: Origin {
            account: match row.flag("known")? {
                true => Account::Customer(CustomerId(account)),
                false => Account::Nobody(account),
            },
            context: Context {
                address: row.maybe_fixed("address")?.map(Address::from_bytes),
                place: Place {
                    system: system(row)?,
                    country: country(row)?,
                    ..Place::default()
                },
                client: client.map(|client| ClientFamily::parse(client.as_str())),
                device: None,
                terminal: Terminal::Own,
            },
            device: row.maybe_fixed("device")?.map(DeviceId),
            met: strange(row, "strange")?,
            agent: row.maybe_fixed("agent")?,
            application: row.maybe_fixed("application")?.map(ApplicationId),
        },
    })
}
