//! The feed of attempts, for whoever follows it.
//!
//! **Invariant:** a page is bounded, and the next begins where it ended.

use super::rows::{client, country, ending, every, moment, strange, system, word};
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
            "SELECT a.at, a.decision, a.act, a.ending, a.account, a.known, a.address, a.system, \
             a.country, a.client, a.agent, a.device, a.strange, a.application FROM attempt a ",
            $rest
        )
    };
}

/// Decisions after one and before another in the order in which they were made, `?3` at most.
macro_rules! decided {
    () => {
        "(SELECT id, at FROM entry WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3) e"
    };
}

const LOOKED: &str = concat!("SELECT e.id FROM ", decided!(), " ORDER BY e.id");

/// A row of the feed is found from its entry, so that the feed needs no second index.
const DECIDED: &str = concat!(
    select!("JOIN "),
    decided!(),
    " ON a.at = e.at AND a.decision = e.id ORDER BY e.id"
);

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
    /// The first page of what is not before `since` and not after `until`.
    #[must_use]
    pub const fn between(since: Moment, until: Moment, limit: u32) -> Self {
        Self {
            after: (Moment(since.0.saturating_sub(1)), DecisionId([0xff; 16])),
            until,
            limit,
        }
    }

    /// The first page of what is not before `since`.
    #[must_use]
    pub const fn since(since: Moment, limit: u32) -> Self {
        Self::between(since, Moment(i64::MAX), limit)
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
            "WHERE a.at >= ?1 AND (a.at > ?1 OR a.decision > ?2) AND a.at <= ?3 \
             ORDER BY a.at, a.decision LIMIT ?4"
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

    /// The rows of the decisions that were made after `after` and before `until`, of which `most`
    /// are looked at, whenever it happened that they judged; and the last of these decisions, if
    /// there may be more.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn attempts_decided(
        &self,
        (after, until): (DecisionId, DecisionId),
        most: u32,
    ) -> Result<(Vec<Tried>, Option<DecisionId>), Fault> {
        let page = |text| Query::new(text, [after.into(), until.into(), most.into()]);
        let answers = self.db.read(vec![page(LOOKED), page(DECIDED)]).await?;
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let looked = every(&next(), |row| Ok(DecisionId(row.id16("id")?)))?;
        let last = looked.last().filter(|_| looked.len() >= most as usize);
        Ok((every(&next(), tried)?, last.copied()))
    }

    /// The row of one decision, taken at `at`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn attempt(&self, at: Moment, decision: DecisionId) -> Result<Option<Tried>, Fault> {
        let text = select!("WHERE a.at = ?1 AND a.decision = ?2");
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
