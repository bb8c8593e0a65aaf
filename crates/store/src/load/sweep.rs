//! For the act "sweep": who was at a place.
//!
//! **Invariant:** a read is bounded by its page, and counting of others stops at
//! [`MOST_COUNTED`]; the cost of a place does not grow with the number of customers.

use std::collections::HashMap;

use super::rows::{first, maybe_moment, moment, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Sql, Value};
use sekisho_core::id::CustomerId;
use sekisho_core::known::Seen;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::{CrowdKnown, Look, MOST_COUNTED, MOST_READ, OtherSeen, PlaceKnown};
use sekisho_core::text::Reference;

/// Who was at a place, by customer.
const THERE: &str = "SELECT s.customer, c.reference AS customer_reference, s.first_at, \
     s.first_success, s.last_at, s.successes, s.failures, s.guarded FROM sighting s \
     JOIN customer c ON c.id = s.customer WHERE s.kind = ?1 AND s.value = ?2 AND s.customer > ?3 \
     ORDER BY s.customer LIMIT ?4";

/// Places that one statement asks for.
const AT_ONCE: usize = 256;

/// Records of a customer and a value, sixteen bytes each, one behind the other in `?1`, the number
/// of the last in `?2`. Both databases cut them in the same way; only PostgreSQL has to be told the
/// types, and only SQLite the order of the join.
macro_rules! asked {
    ($bytes:literal, $last:literal, $rest:literal) => {
        concat!(
            "WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n \
             WHERE i < ",
            $last,
            "), asked (i, customer, value) AS (SELECT i, substr(",
            $bytes,
            ", CAST(i * 32 + 1 AS INTEGER), 16), substr(",
            $bytes,
            ", CAST(i * 32 + 17 AS INTEGER), 16) FROM n) ",
            $rest
        )
    };
    ($rest:literal) => {
        Sql {
            sqlite: asked!("?1", "?2", $rest),
            postgres: asked!("CAST(?1 AS BYTEA)", "CAST(?2 AS BIGINT)", $rest),
        }
    };
}

const OWN: Sql = asked!(
    "SELECT a.i, s.first_at, s.first_success, s.last_at, s.successes, s.failures, s.guarded \
     FROM asked a CROSS JOIN sighting s \
     WHERE s.customer = a.customer AND s.kind = ?3 AND s.value = a.value"
);

const COUNTED: Sql = asked!(
    "SELECT a.i, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM sighting s WHERE s.kind = ?3 \
     AND s.value = a.value LIMIT ?4) AS found) AS customers, \
     (SELECT COUNT(*) FROM (SELECT 1 AS one FROM sighting s WHERE s.voided IS NOT NULL \
     AND s.kind = ?3 AND s.value = a.value LIMIT 1) AS void) AS reported FROM asked a"
);

/// Of the first at a place, in the order of their ids: the longest there are read, and any others
/// would do. Of columns that the index has, so that no row is looked for.
const CROWD: &str = "SELECT COUNT(*) AS people, \
     CAST(COUNT(*) - COUNT(few.first_success) AS BIGINT) AS failing, \
     MIN(few.first_at) AS first_at FROM (SELECT s.first_success, s.first_at FROM sighting s \
     WHERE s.kind = ?1 AND s.value = ?2 ORDER BY s.customer LIMIT ?3) AS few";

/// By the value of a place: how many were there, and what is known of the first of them.
type Crowds = HashMap<[u8; 16], (u32, CrowdKnown)>;

const NAMED: Sql = asked!(
    "SELECT a.i, s.customer, c.reference AS customer_reference, s.first_at, s.first_success, s.last_at, s.successes, \
     s.failures, s.guarded FROM asked a CROSS JOIN sighting s CROSS JOIN customer c \
     WHERE s.kind = ?3 AND s.value = a.value AND c.id = s.customer ORDER BY a.i, s.customer"
);

impl Store {
    /// Reads for whoever looks back, in their turn.
    pub(super) async fn look_back(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, Fault> {
        // It is never closed; if it were, whoever looks back would not have to wait.
        let _turn = self.looking_back.acquire().await;
        self.db.read(queries).await
    }

    /// Customers who were at a place, after one of them; `limit` at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn there(
        &self,
        place: Trait,
        after: CustomerId,
        limit: u32,
    ) -> Result<Vec<OtherSeen>, Fault> {
        let params = [
            place.kind.code().into(),
            place.value.into(),
            after.into(),
            limit.into(),
        ];
        let answers = self.look_back(vec![Query::new(THERE, params)]).await?;
        answers.iter().flatten().map(other).collect()
    }

    /// What is known of each customer's place, in the order asked; all traits are of one kind.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn places(
        &self,
        kind: TraitKind,
        asked: &[(CustomerId, [u8; 16])],
        look: &Look,
    ) -> Result<Vec<PlaceKnown>, Fault> {
        let (one, other) = asked.split_at(asked.len() / 2);
        let both = tokio::try_join!(
            self.places_in_turn(kind, one, look),
            self.places_in_turn(kind, other, look)
        );
        let (mut known, others) = both?;
        known.extend(others);
        Ok(known)
    }

    async fn places_in_turn(
        &self,
        kind: TraitKind,
        asked: &[(CustomerId, [u8; 16])],
        look: &Look,
    ) -> Result<Vec<PlaceKnown>, Fault> {
        let crowds = self.crowds(kind, asked, look).await?;
        let mut known = Vec::with_capacity(asked.len());
        for chunk in asked.chunks(AT_ONCE) {
            known.extend(self.places_at_once(kind, chunk, (look, &crowds)).await?);
        }
        Ok(known)
    }

    /// Who was at each of the places, each looked at once however often it is asked.
    async fn crowds(
        &self,
        kind: TraitKind,
        asked: &[(CustomerId, [u8; 16])],
        look: &Look,
    ) -> Result<Crowds, Fault> {
        let nobody = CustomerId([0; 16]);
        let mut distinct: Vec<_> = asked.iter().map(|(_, value)| (nobody, *value)).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let limits = [MOST_COUNTED.saturating_add(1)];
        let mut crowds = Crowds::with_capacity(distinct.len());
        for chunk in distinct.chunks(AT_ONCE) {
            let counted_of = vec![ask(COUNTED, chunk, kind, &limits)];
            let answers = self.look_back(counted_of).await?;
            let counted = by_place(answers.first().map_or(&[], Vec::as_slice), counted)?;
            let mut many = Vec::new();
            for (place, (customers, reported)) in counted {
                let Some((_, value)) = chunk.get(place).copied() else {
                    continue;
                };
                if customers > look.shared_from {
                    many.push(value);
                }
                let crowd = CrowdKnown {
                    reported,
                    ..CrowdKnown::default()
                };
                crowds.insert(value, (customers, crowd));
            }
            self.look_at_crowds(kind, &many, &mut crowds).await?;
        }
        Ok(crowds)
    }

    /// Reads the first of those who were at places of many.
    async fn look_at_crowds(
        &self,
        kind: TraitKind,
        many: &[[u8; 16]],
        crowds: &mut Crowds,
    ) -> Result<(), Fault> {
        let query = |value: &[u8; 16]| {
            let params = [kind.code().into(), (*value).into(), MOST_READ.into()];
            Query::new(CROWD, params)
        };
        let answers = self.look_back(many.iter().map(query).collect()).await?;
        for (value, rows) in many.iter().zip(&answers) {
            let read = first(rows, |row| {
                let read: u32 = row.narrow("people")?;
                Ok((read, row.narrow("failing")?, maybe_moment(row, "first_at")?))
            })?;
            if let Some(((_, crowd), (read, failing, first))) = crowds.get_mut(value).zip(read) {
                (crowd.read, crowd.failing, crowd.first) = (read, failing, first);
            }
        }
        Ok(())
    }

    async fn places_at_once(
        &self,
        kind: TraitKind,
        asked: &[(CustomerId, [u8; 16])],
        (look, crowds): (&Look, &Crowds),
    ) -> Result<Vec<PlaceKnown>, Fault> {
        let answers = self.look_back(vec![ask(OWN, asked, kind, &[])]).await?;
        let own = by_place(answers.first().map_or(&[], Vec::as_slice), seen)?;
        let mut known: Vec<_> = asked
            .iter()
            .map(|(_, value)| {
                let (others, crowd) = crowds.get(value).copied().unwrap_or_default();
                PlaceKnown {
                    seen: Trait {
                        kind,
                        value: *value,
                    },
                    own: None,
                    others,
                    crowd,
                    named: Vec::new(),
                }
            })
            .collect();
        for (place, seen) in own {
            if let Some(known) = known.get_mut(place) {
                known.own = Some(seen);
                known.others = known.others.saturating_sub(1);
            }
        }
        for known in &mut known {
            known.others = known.others.min(MOST_COUNTED);
        }
        self.name(kind, asked, look, &mut known).await?;
        Ok(known)
    }

    /// Names the others where they are few.
    async fn name(
        &self,
        kind: TraitKind,
        asked: &[(CustomerId, [u8; 16])],
        look: &Look,
        known: &mut [PlaceKnown],
    ) -> Result<(), Fault> {
        let few = |place: &PlaceKnown| (1..=look.shared_from).contains(&place.others);
        let places: Vec<usize> = (0..known.len())
            .filter(|place| known.get(*place).is_some_and(few))
            .collect();
        let pairs: Vec<_> = places
            .iter()
            .filter_map(|place| asked.get(*place).copied())
            .collect();
        if pairs.is_empty() {
            return Ok(());
        }
        let answers = self.look_back(vec![ask(NAMED, &pairs, kind, &[])]).await?;
        for (index, other) in by_place(answers.first().map_or(&[], Vec::as_slice), other)? {
            let Some((place, (customer, _))) = places.get(index).zip(pairs.get(index)) else {
                continue;
            };
            if other.customer != *customer
                && let Some(known) = known.get_mut(*place)
            {
                known.named.push(other);
            }
        }
        Ok(())
    }
}

fn ask(sql: Sql, asked: &[(CustomerId, [u8; 16])], kind: TraitKind, limits: &[u32]) -> Query {
    let mut bytes = Vec::with_capacity(32 * asked.len());
    for (customer, value) in asked {
        bytes.extend_from_slice(&customer.0);
        bytes.extend_from_slice(value);
    }
    let last = i64::try_from(asked.len())
        .unwrap_or(i64::MAX)
        .saturating_sub(1);
    let mut params = vec![Value::Bytes(bytes), last.into(), kind.code().into()];
    params.extend(limits.iter().map(|limit| Value::from(*limit)));
    Query::new(sql, params)
}

fn by_place<T>(
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, Fault>,
) -> Result<Vec<(usize, T)>, Fault> {
    let one = |row: &Row| Ok((row.narrow("i")?, read(row)?));
    rows.iter().map(one).collect()
}

pub(super) fn reference(row: &Row) -> Result<Reference, Fault> {
    word(row, "customer_reference", |text| {
        Reference::parse(text).ok()
    })
}

fn counted(row: &Row) -> Result<(u32, bool), Fault> {
    Ok((row.narrow("customers")?, row.flag("reported")?))
}

pub(super) fn seen(row: &Row) -> Result<Seen, Fault> {
    Ok(Seen {
        first: moment(row, "first_at")?,
        first_success: maybe_moment(row, "first_success")?,
        last: moment(row, "last_at")?,
        successes: row.int("successes")?,
        failures: row.int("failures")?,
        guarded: row.int("guarded")?,
    })
}

fn other(row: &Row) -> Result<OtherSeen, Fault> {
    Ok(OtherSeen {
        customer: CustomerId(row.id16("customer")?),
        reference: reference(row)?,
        seen: seen(row)?,
    })
}
