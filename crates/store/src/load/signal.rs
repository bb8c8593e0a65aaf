//! For staff: the signals that were raised.
//!
//! **Invariant:** what is read is bounded, and the newest come first.

use super::rows::{maybe_moment, moment, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Value};
use sekisho_core::access::Act;
use sekisho_core::id::DecisionId;
use sekisho_core::known::{CrowdKnown, SignalKnown};
use sekisho_core::moment::Moment;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::text::Reference;

/// Which signals.
#[derive(Clone, Debug)]
pub struct SignalQuestion {
    /// Of this customer only.
    pub customer: Option<Reference>,
    /// Of this kind only.
    pub kind: Option<TraitKind>,
    /// Raised last at or after this moment.
    pub since: Option<Moment>,
    /// So many at most.
    pub most: u32,
}

/// `?1` to `?2` are the kinds, `?3` the moment, `?4` how many.
macro_rules! newest {
    ($only:literal) => {
        concat!(
            "SELECT c.reference, s.kind, s.value, s.others, s.first_at, s.reported, s.act, \
             s.entry, s.raised, s.at FROM signal s JOIN customer c ON c.id = s.customer \
             WHERE s.kind >= ?1 AND s.kind <= ?2 AND s.at >= ?3",
            $only,
            " ORDER BY s.at DESC, s.customer, s.kind, s.value LIMIT ?4"
        )
    };
}

impl Store {
    /// Signals, the newest first.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn signals(&self, asked: &SignalQuestion) -> Result<Vec<SignalKnown>, Fault> {
        let (least, most) = match asked.kind {
            Some(kind) => (kind.code(), kind.code()),
            None => (0, i64::from(u8::MAX)),
        };
        let since = asked.since.unwrap_or(Moment(i64::MIN));
        let mut params: Vec<Value> =
            vec![least.into(), most.into(), since.into(), asked.most.into()];
        let text = match &asked.customer {
            None => newest!(""),
            Some(reference) => {
                params.push(reference.as_str().into());
                newest!(" AND c.reference = ?5")
            }
        };
        self.rows_of(Query::new(text, params), signal).await
    }
}

fn signal(row: &Row) -> Result<SignalKnown, Fault> {
    let kind = TraitKind::from_code(row.int("kind")?);
    Ok(SignalKnown {
        customer: word(row, "reference", |text| Reference::parse(text).ok())?,
        crowd: CrowdKnown {
            seen: Trait {
                kind: kind.ok_or_else(|| row.corrupt("kind", "a kind of traits"))?,
                value: row.id16("value")?,
            },
            others: row.narrow("others")?,
            first: maybe_moment(row, "first_at")?,
            reported: row.flag("reported")?,
            registered: 0,
        },
        act: word(row, "act", Act::parse)?,
        entry: DecisionId(row.id16("entry")?),
        raised: moment(row, "raised")?,
        at: moment(row, "at")?,
    })
}
