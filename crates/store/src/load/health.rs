//! For the overview: how it goes with messages, and where attempts came from lately.
//!
//! **Invariant:** every count ends at a limit, from the end of an index where the newest stands.

use super::rows::{country, ending, every, maybe_moment, moment, system, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::context::Country;
use sekisho_core::health::{Carried, LATELY, MOST_MESSAGES};
use sekisho_core::known::NoticeState;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Carrier;
use sekisho_core::sighting::Ending;

/// Attempts that are looked at. Over 200,000 of one hour that takes 18 ms on PostgreSQL and 38 ms
/// on SQLite (measured, on a machine that was busy); 50,000 take 35 and 102.
pub const MOST_LATELY: u32 = 20_000;

/// What waits and was due first. Messages of campaigns wait by design, and are no sign of anything.
const WAITING: &str = "SELECT kind, COUNT(*) AS many, MIN(created) AS at FROM \
     (SELECT kind, created, campaign FROM notice WHERE state = ?1 ORDER BY next_at LIMIT ?2) w \
     WHERE campaign IS NULL GROUP BY kind";

/// What came to an end since a moment, the newest first.
const ENDED: &str = "SELECT kind, COUNT(*) AS many, MAX(next_at) AS at FROM \
     (SELECT kind, next_at, campaign FROM notice WHERE state = ?1 AND next_at >= ?3 \
     ORDER BY next_at DESC LIMIT ?2) e WHERE campaign IS NULL GROUP BY kind";

const LATELY_COUNTED: &str = "SELECT country, system, ending, COUNT(*) AS many, MIN(at) AS since \
     FROM (SELECT at, country, system, ending FROM attempt WHERE at >= ?1 \
     ORDER BY at DESC, decision DESC LIMIT ?2) a GROUP BY country, system, ending";

/// Attempts from one place that ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatelyCounted {
    /// The country, if an address file knew it.
    pub country: Option<Country>,
    /// The network operator, if an address file knew it.
    pub system: Option<u32>,
    /// How they ended.
    pub ending: Ending,
    /// How many.
    pub many: u64,
    /// When the first of them was.
    pub since: Moment,
}

impl Store {
    /// How it goes with the messages of each carrier, of the 5,000 of each state that were due
    /// first or ended last; those of campaigns left out.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn carried(&self, now: Moment) -> Result<[(Carrier, Carried); 3], Fault> {
        let [waiting, sent, dead] =
            [NoticeState::Waiting, NoticeState::Sent, NoticeState::Dead].map(NoticeState::word);
        let ended = |state: &'static str| {
            let since = now.minus(LATELY);
            Query::new(ENDED, [state.into(), MOST_MESSAGES.into(), since.into()])
        };
        let asked = vec![
            Query::new(WAITING, [waiting.into(), MOST_MESSAGES.into()]),
            ended(sent),
            ended(dead),
        ];
        let mut answers = self.db.read(asked).await?.into_iter();
        let mut next = || every(&answers.next().unwrap_or_default(), counted);
        let (waiting, sent, dead) = (next()?, next()?, next()?);
        let of = |all: &[Counted], carrier| {
            let found = all.iter().find(|(one, ..)| *one == carrier);
            found.map_or((0, None), |(_, many, at)| (*many, *at))
        };
        Ok(Carrier::ALL.map(|carrier| {
            let (sent, last_sent) = of(&sent, carrier);
            let (waiting, oldest) = of(&waiting, carrier);
            let carried = Carried {
                waiting,
                oldest,
                sent,
                last_sent,
                given_up: of(&dead, carrier).0,
            };
            (carrier, carried)
        }))
    }

    /// Where the attempts since a moment came from and how they ended, of the newest so many.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn attempts_lately(
        &self,
        since: Moment,
        most: u32,
    ) -> Result<Vec<LatelyCounted>, Fault> {
        let query = Query::new(LATELY_COUNTED, [since.into(), most.into()]);
        self.rows_of(query, |row| {
            Ok(LatelyCounted {
                country: country(row)?,
                system: system(row)?,
                ending: word(row, "ending", ending)?,
                many: u64::try_from(row.int("many")?).unwrap_or_default(),
                since: moment(row, "since")?,
            })
        })
        .await
    }
}

type Counted = (Carrier, i64, Option<Moment>);

fn counted(row: &Row) -> Result<Counted, Fault> {
    let carrier = word(row, "kind", Carrier::parse)?;
    Ok((carrier, row.int("many")?, maybe_moment(row, "at")?))
}
