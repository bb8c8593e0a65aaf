//! For the act "list_network", and for every node that judges by the list: which networks stand on
//! it, and how many customers are at home in one.
//!
//! **Invariant:** the epoch and the listings are of one snapshot, and counting people is bounded,
//! however many are there.

use super::rows::{first, line, maybe_moment, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Value};
use sekisho_core::id::{AlertId, ListingId, StaffId};
use sekisho_core::known::{ListedAs, ListingKnown, ListingsKnown, PeopleThere};
use sekisho_core::moment::Moment;
use sekisho_core::places::Network;
use sekisho_core::sighting::TraitKind;

macro_rules! columns {
    () => {
        "l.id AS listing_id, l.network, l.listed, l.reason, l.alert, l.made_by, l.made, l.ends, \
         l.ended_by, l.ended"
    };
}

const EPOCH: &str = "SELECT epoch FROM listing_epoch WHERE one = 1";

/// There is room for more than may stand, for clocks that are not the same.
const OPEN: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM listing l WHERE l.ended IS NULL AND l.ends > ?1 ORDER BY l.ends DESC, l.id LIMIT 2000"
);

const ONE: &str = concat!("SELECT ", columns!(), " FROM listing l WHERE l.id = ?1");

const NEWEST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM listing l ORDER BY l.made DESC, l.id DESC LIMIT ?1"
);

/// Rows that are looked at to count people; in a network of one carrier there may be millions.
const MOST_ROWS: i64 = 20_000;

/// Who was let in from there, of the first rows.
const PEOPLE: &str = "SELECT COUNT(*) AS looked, \
     COUNT(DISTINCT CASE WHEN s.first_success IS NULL THEN NULL ELSE s.customer END) AS people \
     FROM (SELECT customer, first_success FROM sighting \
     WHERE kind = ?1 AND value >= ?2 AND value <= ?3 LIMIT ?4) s";

fn listing(row: &Row) -> Result<ListingKnown, Fault> {
    let network = Network::parse(row.text("network")?);
    let listed = ListedAs::parse(row.text("listed")?);
    let by = row.maybe_fixed("ended_by")?.map(StaffId);
    Ok(ListingKnown {
        id: ListingId(row.id16("listing_id")?),
        network: network.map_err(|_| row.corrupt("network", "a network"))?,
        listed: listed.ok_or_else(|| row.corrupt("listed", "a word of this version"))?,
        reason: line(row, "reason")?,
        alert: row.maybe_fixed("alert")?.map(AlertId),
        by: StaffId(row.id16("made_by")?),
        made: moment(row, "made")?,
        ends: moment(row, "ends")?,
        ended: by.zip(maybe_moment(row, "ended")?),
    })
}

fn epoch(rows: &[Row]) -> Result<i64, Fault> {
    let corrupt = || Fault::Corrupt {
        table: "listing_epoch",
        what: "expected one row".to_owned(),
    };
    rows.first().ok_or_else(corrupt)?.int("epoch")
}

impl Store {
    /// Which change of the list was the last.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn listing_epoch(&self) -> Result<i64, Fault> {
        let answers = self.db.read(vec![Query::new(EPOCH, [])]).await?;
        epoch(answers.first().map_or(&[], Vec::as_slice))
    }

    /// The listings that are not over at `at`, and the one of an id.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn listings(
        &self,
        id: Option<ListingId>,
        at: Moment,
    ) -> Result<(Option<ListingKnown>, ListingsKnown), Fault> {
        let named: Value = id.into();
        let queries = vec![
            Query::new(ONE, [named]),
            Query::new(EPOCH, []),
            Query::new(OPEN, [at.into()]),
        ];
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = first(&answers.next().unwrap_or_default(), listing)?;
        let epoch = epoch(&answers.next().unwrap_or_default())?;
        let open = answers.next().unwrap_or_default();
        let standing = open.iter().map(listing).collect::<Result<_, _>>()?;
        Ok((found, ListingsKnown { epoch, standing }))
    }

    /// The newest listings, those that are over included.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn newest_listings(&self, most: u32) -> Result<Vec<ListingKnown>, Fault> {
        self.rows_of(Query::new(NEWEST, [most.into()]), listing)
            .await
    }

    /// How many customers were ever let in from `network`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn people_in(&self, network: Network) -> Result<PeopleThere, Fault> {
        let usual = if network.is_four() { 24 } else { 48 };
        let kind = match network.length() <= usual {
            true => TraitKind::Network,
            false => TraitKind::Address,
        };
        let (from, to) = network.span();
        let value = |number: u128| number.to_be_bytes();
        let params = [
            kind.code().into(),
            value(from).into(),
            value(to).into(),
            MOST_ROWS.into(),
        ];
        let read = |row: &Row| {
            Ok(PeopleThere {
                customers: row.narrow("people")?,
                more: row.int("looked")? >= MOST_ROWS,
            })
        };
        let answers = self.look_back(vec![Query::new(PEOPLE, params)]).await?;
        let rows = answers.into_iter().next().unwrap_or_default();
        Ok(first(&rows, read)?.unwrap_or_default())
    }
}
