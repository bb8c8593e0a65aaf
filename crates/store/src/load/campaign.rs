//! For the act "campaign": campaigns, whose turn is next, and what became of the messages.
//!
//! **Invariant:** a set is read in the order of ids, so that a walk from page to page meets
//! everybody once, and nobody is in it who came after its moment.

use super::rows::{line, maybe_moment, moment, word};
use super::stop::staff;
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Value};
use sekisho_core::bytes::Digest;
use sekisho_core::campaign::{CampaignText, LIFE, Reach};
use sekisho_core::id::{AlertId, CampaignId, CustomerId, StaffId};
use sekisho_core::known::{
    CampaignKind, CampaignKnown, CampaignSet, CampaignState, CampaignWanted, CustomerState,
    NoticeState, StaffKnown,
};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::text::Reference;

/// What became of the messages of a campaign, as long as it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CampaignMessages {
    /// In the outbox.
    pub waiting: i64,
    /// Accepted by the next server.
    pub sent: i64,
    /// Given up.
    pub dead: i64,
}

/// Messages of campaigns that wait in the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// All.
    pub all: i64,
    /// Which nobody tried to send yet.
    pub untried: i64,
}

macro_rules! campaigns {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, subject_ja, body_ja, subject_en, body_en, chosen, days, alert, \
             as_of, rate, ground, state, digest, counted, unknown, proposed_by, proposed, \
             started_by, started, stopped_by, stopped, stop_ground, finished, place, next_at, \
             sent, skipped, revision FROM campaign ",
            $rest
        )
    };
}

const PROPOSER: &str = "SELECT id, name, roles, hash, created, given, disabled, revision, \
     (SELECT MIN(created) FROM staff) AS founded FROM staff \
     WHERE id = (SELECT proposed_by FROM campaign WHERE id = ?1)";

/// How a customer `x` is reached.
macro_rules! reach {
    ($from:literal) => {
        concat!(
            "SELECT x.id, x.reference, x.state, (SELECT COUNT(*) FROM channel h \
             WHERE h.customer = x.id AND h.kind = 'mail' AND h.verified IS NOT NULL \
             AND h.retired IS NULL) AS mail, (SELECT COUNT(*) FROM channel h \
             WHERE h.customer = x.id AND h.kind = 'sms' AND h.verified IS NOT NULL \
             AND h.retired IS NULL) AS sms FROM ",
            $from
        )
    };
}

const ALL: &str = reach!("customer x WHERE x.id > ?1 AND x.created < ?3 ORDER BY x.id LIMIT ?2");

const OLD_PASSWORD: &str = reach!(
    "(SELECT customer FROM credential WHERE customer > ?1 AND set_at < ?3 \
     ORDER BY customer LIMIT ?2) s JOIN customer x ON x.id = s.customer ORDER BY x.id"
);

const ALERT: &str = reach!(
    "(SELECT customer FROM alert_customer WHERE alert = ?3 AND customer > ?1 AND at < ?4 \
     ORDER BY customer LIMIT ?2) s JOIN customer x ON x.id = s.customer ORDER BY x.id"
);

const CASES: &str = reach!(
    "(SELECT DISTINCT customer FROM case_file WHERE customer > ?1 AND opened < ?3 \
     AND (closed IS NULL OR closed >= ?4) ORDER BY customer LIMIT ?2) s \
     JOIN customer x ON x.id = s.customer ORDER BY x.id"
);

const LISTED: &str = reach!(
    "(SELECT customer FROM campaign_listed WHERE campaign = ?3 AND customer > ?1 \
     ORDER BY customer LIMIT ?2) s JOIN customer x ON x.id = s.customer ORDER BY x.id"
);

/// Names that are looked up in one statement.
const AT_ONCE: usize = 20;

const NAMED: &str = reach!(
    "customer x WHERE x.reference IN (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, \
     ?15, ?16, ?17, ?18, ?19, ?20)"
);

impl Store {
    /// A campaign, and who proposed it.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn campaign(
        &self,
        id: CampaignId,
    ) -> Result<Option<(CampaignKnown, Option<StaffKnown>)>, Fault> {
        let queries = vec![
            Query::new(campaigns!("WHERE id = ?1"), [id.into()]),
            Query::new(PROPOSER, [id.into()]),
        ];
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = super::first(&answers.next().unwrap_or_default(), campaign)?;
        let proposer = super::first(&answers.next().unwrap_or_default(), staff)?;
        Ok(found.map(|found| (found, proposer)))
    }

    /// A page of campaigns, the newest first, after the last one of the page before.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn campaigns(
        &self,
        after: Option<(Moment, CampaignId)>,
        most: u32,
    ) -> Result<Vec<CampaignKnown>, Fault> {
        let (at, id) = after.unwrap_or((Moment(i64::MAX), CampaignId([0xff; 16])));
        let text = campaigns!(
            "WHERE proposed < ?1 OR (proposed = ?1 AND id < ?2) \
             ORDER BY proposed DESC, id DESC LIMIT ?3"
        );
        let params = [at.into(), id.into(), most.into()];
        self.rows_of(Query::new(text, params), campaign).await
    }

    /// Those that run, the one first whose next turn has been due for longest.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn campaigns_running(&self) -> Result<Vec<CampaignKnown>, Fault> {
        let text = campaigns!("WHERE state = ?1 ORDER BY next_at, id LIMIT 100");
        let params = [CampaignState::Running.word().into()];
        self.rows_of(Query::new(text, params), campaign).await
    }

    /// How many run, or wait for somebody to start them for the first time.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn campaigns_open(&self, now: Moment) -> Result<i64, Fault> {
        let text = "SELECT COUNT(*) AS many FROM campaign \
             WHERE state = ?1 OR (state = ?2 AND proposed > ?3)";
        let params = [
            CampaignState::Running.word().into(),
            CampaignState::Proposed.word().into(),
            now.minus(LIFE).into(),
        ];
        let many = self.row_of(Query::new(text, params), |row| row.int("many"));
        Ok(many.await?.unwrap_or_default())
    }

    /// Customers of the set of a campaign after one, in the order of their ids, so many at most.
    /// Those who were named are found only once it is proposed.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn campaign_set(
        &self,
        (id, wanted): (CampaignId, &CampaignWanted),
        after: CustomerId,
        most: u32,
    ) -> Result<Vec<Reach>, Fault> {
        let ago = |days: u16| wanted.as_of.minus(Span::days(i64::from(days))).into();
        let as_of = || wanted.as_of.into();
        let (text, own): (_, Vec<Value>) = match wanted.set {
            CampaignSet::All => (ALL, vec![as_of()]),
            CampaignSet::Alert(alert) => (ALERT, vec![alert.into(), as_of()]),
            CampaignSet::Cases(days) => (CASES, vec![as_of(), ago(days)]),
            CampaignSet::Listed => (LISTED, vec![id.into()]),
            CampaignSet::OldPassword(days) => (OLD_PASSWORD, vec![ago(days)]),
        };
        let params: Vec<Value> = [after.into(), most.into()].into_iter().chain(own).collect();
        self.rows_of(Query::new(text, params), reach).await
    }

    /// Those of these names who are customers, each once, in the order of their ids.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn campaign_named(&self, named: &[Reference]) -> Result<Vec<Reach>, Fault> {
        let query = |some: &[Reference]| {
            let names = some.iter().map(|one| Value::from(one.as_str()));
            let unused = std::iter::repeat(Value::Null);
            Query::new(NAMED, names.chain(unused).take(AT_ONCE).collect::<Vec<_>>())
        };
        let queries = named.chunks(AT_ONCE).map(query).collect();
        let answers = self.db.read(queries).await?;
        let mut found: Vec<Reach> = answers
            .iter()
            .flatten()
            .map(reach)
            .collect::<Result<_, _>>()?;
        found.sort_by_key(|one| one.id);
        found.dedup();
        Ok(found)
    }

    /// What became of the messages of a campaign.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn campaign_messages(&self, id: CampaignId) -> Result<CampaignMessages, Fault> {
        let text = "SELECT state, COUNT(*) AS many FROM notice WHERE campaign = ?1 GROUP BY state";
        let read = |row: &Row| Ok((word(row, "state", NoticeState::parse)?, row.int("many")?));
        let mut counted = CampaignMessages::default();
        for (state, many) in self.rows_of(Query::new(text, [id.into()]), read).await? {
            match state {
                NoticeState::Waiting => counted.waiting = many,
                NoticeState::Sent => counted.sent = many,
                NoticeState::Dead => counted.dead = many,
            }
        }
        Ok(counted)
    }

    /// How many messages of campaigns wait in the outbox and how many of these nobody tried yet,
    /// counted among `most`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn campaign_backlog(&self, most: u32) -> Result<Backlog, Fault> {
        let text = "SELECT COUNT(*) AS every, COUNT(CASE WHEN tries = 0 THEN 1 END) AS fresh \
             FROM (SELECT tries FROM notice WHERE campaign IS NOT NULL AND state = ?1 LIMIT ?2) w";
        let params = [NoticeState::Waiting.word().into(), most.into()];
        let backlog = self.row_of(Query::new(text, params), |row| {
            let (all, untried) = (row.int("every")?, row.int("fresh")?);
            Ok(Backlog { all, untried })
        });
        Ok(backlog.await?.unwrap_or_default())
    }
}

fn reach(row: &Row) -> Result<Reach, Fault> {
    let state = word(row, "state", CustomerState::parse)?;
    Ok(Reach {
        id: CustomerId(row.id16("id")?),
        mail: row.int("mail")? > 0,
        sms: row.int("sms")? > 0,
        frozen: state == CustomerState::Frozen,
    })
}

fn wanted(row: &Row) -> Result<CampaignWanted, Fault> {
    let days = match row.maybe_int("days")? {
        Some(_) => Some(row.narrow("days")?),
        None => None,
    };
    let alert = row.maybe_fixed("alert")?.map(AlertId);
    let set = CampaignSet::parse(row.text("chosen")?, days, alert);
    let part = |column| -> Result<Option<String>, Fault> {
        Ok(row.maybe_text(column)?.map(str::to_owned))
    };
    let parts = (
        part("subject_ja")?,
        part("body_ja")?,
        part("subject_en")?,
        part("body_en")?,
    );
    let text = match parts {
        (Some(a), Some(b), Some(c), Some(d)) => Some(CampaignText::stored([a, b, c, d])),
        _ => None,
    };
    Ok(CampaignWanted {
        kind: word(row, "kind", CampaignKind::parse)?,
        text,
        set: set.ok_or_else(|| row.corrupt("chosen", "a set of this version"))?,
        as_of: moment(row, "as_of")?,
        rate: row.narrow("rate")?,
    })
}

fn campaign(row: &Row) -> Result<CampaignKnown, Fault> {
    let person = |column: &str| -> Result<Option<StaffId>, Fault> {
        Ok(row.maybe_fixed(column)?.map(StaffId))
    };
    let stop_ground = match row.maybe_text("stop_ground")? {
        Some(_) => Some(line(row, "stop_ground")?),
        None => None,
    };
    let stopped = person("stopped_by")?.zip(maybe_moment(row, "stopped")?);
    Ok(CampaignKnown {
        id: CampaignId(row.id16("id")?),
        wanted: wanted(row)?,
        ground: line(row, "ground")?,
        state: word(row, "state", CampaignState::parse)?,
        digest: Digest(row.fixed("digest")?),
        counted: row.int("counted")?,
        unknown: row.int("unknown")?,
        proposed: (StaffId(row.id16("proposed_by")?), moment(row, "proposed")?),
        started: person("started_by")?.zip(maybe_moment(row, "started")?),
        stopped: stopped
            .zip(stop_ground)
            .map(|((by, at), why)| (by, at, why)),
        finished: maybe_moment(row, "finished")?,
        place: CustomerId(row.id16("place")?),
        next: moment(row, "next_at")?,
        sent: row.int("sent")?,
        skipped: row.int("skipped")?,
        revision: row.int("revision")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_a_place_for_each_of_a_chunk() {
        assert!(NAMED.ends_with(&format!("?{AT_ONCE})")));
    }
}
