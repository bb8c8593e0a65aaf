//! Who else was seen with what a customer registers.
//!
//! **Invariant:** the cost is bounded: counting of others stops at [`MOST_OTHERS`], whatever they
//! share.

use super::rows::{first, maybe_moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Sql, Value};
use sekisho_core::id::CustomerId;
use sekisho_core::known::{CrowdKnown, MOST_OTHERS};
use sekisho_core::sighting::{Trait, TraitKind};

/// One question in the two ways of naming a customer, `?1` in both; `?2` is the value. The kind is
/// part of the text, so that the index of payout accounts that were really used is found.
pub(super) struct Either {
    pub(super) id: Sql,
    pub(super) reference: Sql,
}

/// Always one row.
macro_rules! crowd {
    ($kind:literal, $who:literal) => {
        Sql::both(concat!(
            "SELECT COUNT(*) AS others, MIN(o.first_at) AS earliest, MAX(o.voided) AS voided, \
             (SELECT revision FROM registration WHERE kind = ",
            $kind,
            " AND value = ?2) AS registered FROM (SELECT first_at, voided FROM sighting \
             WHERE kind = ",
            $kind,
            " AND value = ?2 AND successes > 0 AND customer NOT IN \
             (SELECT id FROM customer WHERE ",
            $who,
            " = ?1) LIMIT 20) AS o"
        ))
    };
    ($kind:literal) => {
        Either {
            id: crowd!($kind, "id"),
            reference: crowd!($kind, "reference"),
        }
    };
}

const DEVICE: Either = crowd!("4");
const PAYOUT_ACCOUNT: Either = crowd!("6");
const PHONE: Either = crowd!("7");

/// The question about a trait; `None` for what says nothing of a person.
pub(super) fn asked(seen: &Trait) -> Option<&'static Either> {
    match seen.kind {
        TraitKind::Device => Some(&DEVICE),
        TraitKind::PayoutAccount => Some(&PAYOUT_ACCOUNT),
        TraitKind::Phone => Some(&PHONE),
        _ => None,
    }
}

/// The row that is answered about `seen`.
pub(super) fn crowd(seen: Trait, rows: &[Row]) -> Result<CrowdKnown, Fault> {
    let known = first(rows, |row| {
        Ok(CrowdKnown {
            seen,
            others: row.narrow::<u32>("others")?.min(MOST_OTHERS),
            first: maybe_moment(row, "earliest")?,
            reported: row.maybe_int("voided")?.is_some(),
            registered: row.maybe_int("registered")?.unwrap_or_default(),
        })
    })?;
    known.ok_or_else(|| Fault::Corrupt {
        table: "sighting",
        what: "expected one row".to_owned(),
    })
}

impl Store {
    /// Who beside `customer` was seen with each of `traits` that says something of a person.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn crowd(
        &self,
        customer: CustomerId,
        traits: &[Trait],
    ) -> Result<Vec<CrowdKnown>, Fault> {
        let asked: Vec<_> = traits
            .iter()
            .filter_map(|seen| Some((*seen, asked(seen)?)))
            .collect();
        let query = |(seen, text): &(Trait, &Either)| {
            let params: [Value; 2] = [customer.into(), seen.value.into()];
            Query::new(text.id, params)
        };
        let answers = self.db.read(asked.iter().map(query).collect()).await?;
        let answered = asked.iter().zip(&answers);
        answered
            .map(|((seen, _), rows)| crowd(*seen, rows))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_name_the_numbers_of_core() {
        let kinds = [
            (TraitKind::Device, DEVICE),
            (TraitKind::PayoutAccount, PAYOUT_ACCOUNT),
            (TraitKind::Phone, PHONE),
        ];
        for (kind, text) in kinds {
            let kind = format!("kind = {} ", kind.code());
            assert_eq!(text.id.sqlite.matches(&kind).count(), 2);
            assert_eq!(text.reference.sqlite.matches(&kind).count(), 2);
            let limit = format!(" LIMIT {MOST_OTHERS})");
            assert!(text.id.sqlite.contains(&limit));
        }
    }
}
