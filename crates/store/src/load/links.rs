//! For the link view: who shares what with whom.
//!
//! **Invariant:** every read is bounded, whatever is shared by how many.

use super::rows::{maybe_moment, word};
use super::sweep::{reference, seen};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::id::CustomerId;
use sekisho_core::known::CustomerState;
use sekisho_core::links::{KINDS, Linked, LinkedCustomer, LinkedPlace, MOST_LISTED, MOST_OWN};
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::MOST_COUNTED;

/// What a customer shares with somebody, of what they were seen with last. Where somebody only
/// failed comes last: whoever knows a login makes such rows at will.
const SHARED: &str = "SELECT own.kind, own.value FROM (SELECT s.kind, s.value FROM sighting s \
     WHERE s.customer = ?1 AND s.kind = ?2 \
     ORDER BY CASE WHEN s.first_success IS NULL THEN 1 ELSE 0 END, s.last_at DESC LIMIT ?3) own \
     WHERE EXISTS (SELECT 1 FROM sighting o WHERE o.kind = own.kind AND o.value = own.value \
     AND o.customer <> ?1)";

/// The first at a place, in the order of their ids.
const THERE: &str = "SELECT s.customer, c.reference AS customer_reference, c.state, s.first_at, \
     s.first_success, s.last_at, s.successes, s.failures, s.guarded, s.voided FROM sighting s \
     JOIN customer c ON c.id = s.customer WHERE s.kind = ?1 AND s.value = ?2 \
     ORDER BY s.customer LIMIT ?3";

/// One customer at a place.
const ONE: &str = "SELECT s.customer, c.reference AS customer_reference, c.state, s.first_at, \
     s.first_success, s.last_at, s.successes, s.failures, s.guarded, s.voided FROM sighting s \
     JOIN customer c ON c.id = s.customer WHERE s.customer = ?3 AND s.kind = ?1 AND s.value = ?2";

const COUNTED: &str = "SELECT COUNT(*) AS people FROM (SELECT 1 AS one FROM sighting s \
     WHERE s.kind = ?1 AND s.value = ?2 LIMIT ?3) AS found";

impl Store {
    /// What this customer shares with others, of what they were seen with last.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn shared(&self, customer: CustomerId) -> Result<Vec<Trait>, Fault> {
        let ask = |kind: TraitKind| {
            let params = [customer.into(), kind.code().into(), MOST_OWN.into()];
            Query::new(SHARED, params)
        };
        let answers = self.look_back(KINDS.map(ask).to_vec()).await?;
        let read = |row: &Row| {
            let code = row.int("kind")?;
            let kind = TraitKind::from_code(code);
            let kind = kind.ok_or_else(|| row.corrupt("kind", "a kind of this version"))?;
            Ok(Trait {
                kind,
                value: row.id16("value")?,
            })
        };
        answers.iter().flatten().map(read).collect()
    }

    /// Who was at each of these places: all of them, or of a crowd those of `opened` and how many
    /// they are.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn linked(
        &self,
        places: &[Trait],
        opened: &[CustomerId],
    ) -> Result<Vec<LinkedPlace>, Fault> {
        let few = i64::from(MOST_LISTED) + 1;
        let ask = |place: &Trait| {
            let params = [place.kind.code().into(), place.value.into(), few.into()];
            Query::new(THERE, params)
        };
        let answers = self.look_back(places.iter().map(ask).collect()).await?;
        let mut found = Vec::with_capacity(places.len());
        for (place, rows) in places.iter().zip(&answers) {
            let there = rows.iter().map(linked).collect::<Result<Vec<_>, _>>()?;
            let people = u32::try_from(there.len()).unwrap_or(u32::MAX);
            let mut one = LinkedPlace {
                place: *place,
                people,
                there,
            };
            if one.is_crowd() {
                one.people = self.people_at(*place).await?;
                one.there = self.of_crowd(*place, opened).await?;
            }
            found.push(one);
        }
        Ok(found)
    }

    async fn people_at(&self, place: Trait) -> Result<u32, Fault> {
        let params = [
            place.kind.code().into(),
            place.value.into(),
            (i64::from(MOST_COUNTED) + 1).into(),
        ];
        let counted = self.row_of(Query::new(COUNTED, params), |row| row.narrow("people"));
        Ok(counted.await?.unwrap_or_default())
    }

    async fn of_crowd(&self, place: Trait, opened: &[CustomerId]) -> Result<Vec<Linked>, Fault> {
        let ask = |customer: &CustomerId| {
            let params = [
                place.kind.code().into(),
                place.value.into(),
                (*customer).into(),
            ];
            Query::new(ONE, params)
        };
        let answers = self.look_back(opened.iter().map(ask).collect()).await?;
        answers.iter().flatten().map(linked).collect()
    }
}

fn linked(row: &Row) -> Result<Linked, Fault> {
    Ok(Linked {
        customer: LinkedCustomer {
            id: CustomerId(row.id16("customer")?),
            reference: reference(row)?,
            state: word(row, "state", CustomerState::parse)?,
        },
        seen: seen(row)?,
        reported: maybe_moment(row, "voided")?.is_some(),
    })
}
