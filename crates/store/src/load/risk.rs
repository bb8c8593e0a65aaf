//! What the risk rules want to know of one customer at one place.
//!
//! **Invariant:** the cost is bounded by the number of traits asked, whatever the number of
//! customers: every query is a probe of a primary key, and counting of others stops at
//! [`MOST_OTHERS`].

use super::rows::{every, first, maybe_moment, moment, strange};
use crate::commit::bucket;
use crate::fault::Fault;
use crate::sql::{Query, Row, Sql, Value};
use sekisho_core::access::OperationKind;
use sekisho_core::context::Address;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{MOST_OTHERS, PayoutChangeKnown, RiskKnown, Seen, TraitKnown};
use sekisho_core::moment::Moment;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::text::Reference;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct RiskQuestion<'a> {
    /// The traits of the attempt; see [`Trait::of_context`].
    pub traits: &'a [Trait],
    /// The address whose failures count.
    pub address: Option<Address>,
    /// The kind of operation whose largest amount is asked.
    pub kind: Option<&'a OperationKind>,
    /// The moment of the attempt.
    pub at: Moment,
}

/// By what the customer is named.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who<'a> {
    /// By id; `None` for an unknown login, of which nothing is known.
    Id(Option<CustomerId>),
    /// By the application's reference, so that one round trip is enough.
    Reference(&'a Reference),
}

/// The same text for both ways of naming a customer, `?1` in both.
macro_rules! for_either {
    ($before:literal, $after:literal) => {
        Either {
            id: concat!($before, "?1", $after),
            reference: concat!(
                $before,
                "(SELECT id FROM customer WHERE reference = ?1)",
                $after
            ),
        }
    };
}

struct Either {
    id: &'static str,
    reference: &'static str,
}

const OWN: Either = for_either!(
    "SELECT first_at, first_success, last_at, successes, failures, guarded FROM sighting \
     WHERE kind = ?2 AND value = ?3 AND customer = ",
    ""
);

const OTHERS: Either = for_either!(
    "SELECT COUNT(*) AS others FROM (SELECT 1 AS one FROM sighting \
     WHERE kind = ?2 AND value = ?3 AND customer IS DISTINCT FROM ",
    " LIMIT ?4) AS counted"
);

/// Of a payout account only those count who really used it: whoever merely asks for somebody's
/// account must not make it look shared.
const OTHERS_PAID: Either = for_either!(
    "SELECT COUNT(*) AS others FROM (SELECT 1 AS one FROM sighting \
     WHERE kind = ?2 AND value = ?3 AND successes > 0 AND customer IS DISTINCT FROM ",
    " LIMIT ?4) AS counted"
);

const PAYOUT_CHANGE: Either = for_either!(
    "SELECT at, strange FROM payout_change WHERE customer = ",
    ""
);

const LARGEST: Either = for_either!(
    "SELECT minor FROM largest_amount WHERE kind = ?2 AND customer = ",
    ""
);

const FAILURES: &str = "SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) AS failures \
     FROM address_failure WHERE address = ?1 AND bucket >= ?2 AND bucket <= ?3";

impl Who<'_> {
    fn query(self, text: &Either, more: impl IntoIterator<Item = Value>) -> Query {
        let (sql, who): (Sql, Value) = match self {
            Who::Id(id) => (text.id.into(), id.into()),
            Who::Reference(reference) => (text.reference.into(), reference.as_str().into()),
        };
        Query::new(sql, std::iter::once(who).chain(more).collect::<Vec<_>>())
    }
}

/// Whether others are counted: where a shared trait says something about a person.
const fn counts_others(kind: TraitKind) -> bool {
    matches!(
        kind,
        TraitKind::Address | TraitKind::Device | TraitKind::PayoutAccount
    )
}

/// The queries whose rows [`decode`] takes, in its order.
pub(super) fn queries(who: Who<'_>, question: &RiskQuestion<'_>) -> Vec<Query> {
    let mut queries = Vec::with_capacity(question.traits.len() * 2 + 3);
    for seen in question.traits {
        let place = || [seen.kind.code().into(), seen.value.into()];
        queries.push(who.query(&OWN, place()));
        if counts_others(seen.kind) {
            let most = Value::from(MOST_OTHERS);
            let text = match seen.kind {
                TraitKind::PayoutAccount => &OTHERS_PAID,
                _ => &OTHERS,
            };
            queries.push(who.query(text, place().into_iter().chain([most])));
        }
    }
    queries.push(who.query(&PAYOUT_CHANGE, []));
    if let Some(kind) = question.kind {
        queries.push(who.query(&LARGEST, [kind.as_str().into()]));
    }
    if let Some(address) = question.address {
        let now = bucket(question.at);
        let params = [address.counted().into(), (now - 1).into(), now.into()];
        queries.push(Query::new(FAILURES, params));
    }
    queries
}

/// Takes from `answers` what [`queries`] asked.
pub(super) fn decode(
    question: &RiskQuestion<'_>,
    answers: &mut impl Iterator<Item = Vec<Row>>,
) -> Result<RiskKnown, Fault> {
    let mut next = || answers.next().unwrap_or_default();
    let mut known = RiskKnown::default();
    for seen in question.traits {
        let own = first(&next(), own)?;
        let others = if counts_others(seen.kind) {
            every(&next(), |row| row.narrow("others"))?
                .first()
                .copied()
                .unwrap_or_default()
        } else {
            0
        };
        known.traits.push(TraitKnown {
            seen: *seen,
            own,
            others,
        });
    }
    known.payout_change = first(&next(), |row| {
        Ok(PayoutChangeKnown {
            at: moment(row, "at")?,
            strange: strange(row, "strange")?,
        })
    })?;
    if question.kind.is_some() {
        known.largest = first(&next(), |row| row.int("minor"))?;
    }
    if question.address.is_some() {
        let failures = first(&next(), |row| row.int("failures"))?.unwrap_or_default();
        known.address_failures = u32::try_from(failures).unwrap_or(u32::MAX);
    }
    Ok(known)
}

fn own(row: &Row) -> Result<Seen, Fault> {
    Ok(Seen {
        first: moment(row, "first_at")?,
        first_success: maybe_moment(row, "first_success")?,
        last: moment(row, "last_at")?,
        successes: row.int("successes")?,
        failures: row.int("failures")?,
        guarded: row.int("guarded")?,
    })
}
