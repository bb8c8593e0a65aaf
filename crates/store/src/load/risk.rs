//! What the risk rules want to know of one customer at one place.
//!
//! **Invariant:** the cost is bounded by the number of traits asked, whatever the number of
//! customers: every query is a probe of a key, and counting of others stops at [`MOST_OTHERS`].

use super::crowd::{Either, asked};
use super::population;
use super::rows::{every, first, maybe_moment, moment, strange};
use crate::Store;
use crate::commit::bucket;
use crate::fault::Fault;
use crate::sql::{Query, Row, Sql, Value};
use sekisho_core::access::OperationKind;
use sekisho_core::context::{Address, Place};
use sekisho_core::id::CustomerId;
use sekisho_core::known::{
    Census, MOST_OTHERS, PayoutChangeKnown, PreviousKnown, RiskKnown, Seen, TraitKnown,
};
use sekisho_core::moment::Moment;
use sekisho_core::risk::travel::LOOKS_BACK;
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

/// Traits that one statement asks for: what a context has, and a payout account.
const AT_ONCE: usize = 8;

/// The customer's own rows at up to [`AT_ONCE`] traits; a place that is not used is NULL and finds
/// nothing. PostgreSQL has to be told the types in the first place.
macro_rules! own {
    ($first:literal, $who:literal) => {
        concat!(
            "WITH asked (kind, value) AS (VALUES ",
            $first,
            ", (?4, ?5), (?6, ?7), (?8, ?9), (?10, ?11), (?12, ?13), (?14, ?15), (?16, ?17)) \
             SELECT s.kind, s.value, s.first_at, s.first_success, s.last_at, s.successes, \
             s.failures, s.guarded FROM asked AS a CROSS JOIN sighting AS s WHERE s.customer = ",
            $who,
            " AND s.kind = a.kind AND s.value = a.value"
        )
    };
    ($who:literal) => {
        Sql {
            sqlite: own!("(?2, ?3)", $who),
            postgres: own!("(CAST(?2 AS BIGINT), CAST(?3 AS BYTEA))", $who),
        }
    };
}

const OWN: Either = Either {
    id: own!("?1"),
    reference: own!("(SELECT id FROM customer WHERE reference = ?1)"),
};

/// What else is known of the customer; always one row.
macro_rules! about {
    ($who:literal) => {
        Sql::both(concat!(
            "SELECT (SELECT at FROM payout_change WHERE customer = ",
            $who,
            ") AS at, (SELECT strange FROM payout_change WHERE customer = ",
            $who,
            ") AS strange, (SELECT minor FROM largest_amount WHERE kind = ?2 AND customer = ",
            $who,
            ") AS minor"
        ))
    };
}

const ABOUT: Either = Either {
    id: about!("?1"),
    reference: about!("(SELECT id FROM customer WHERE reference = ?1)"),
};

/// Who was at the address, device and payout account, the customer included and one more than
/// [`MOST_OTHERS`] at most; and what failed from the address. Always one row.
///
/// Of a payout account only those count who really used it: whoever merely asks for somebody's
/// account must not make it look shared.
const CROWD: Sql = Sql::both(
    "SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM sighting \
         WHERE kind = 1 AND value = ?1 LIMIT 21) AS a) AS address, \
     (SELECT COUNT(*) FROM (SELECT 1 AS one FROM sighting \
         WHERE kind = 4 AND value = ?2 LIMIT 21) AS d) AS device, \
     (SELECT COUNT(*) FROM (SELECT 1 AS one FROM sighting \
         WHERE kind = 6 AND value = ?3 AND successes > 0 LIMIT 21) AS p) AS payout, \
     (SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM address_failure \
         WHERE address = ?4 AND bucket >= ?5 AND bucket <= ?6) AS failures, \
     (SELECT COUNT(*) FROM (SELECT 1 AS one FROM sighting WHERE voided IS NOT NULL \
         AND kind = 1 AND value = ?1 LIMIT 1) AS v) AS place_void, \
     (SELECT COUNT(*) FROM (SELECT 1 AS one FROM sighting WHERE voided IS NOT NULL \
         AND kind = 4 AND value = ?2 LIMIT 1) AS w) AS device_void, \
     (SELECT COUNT(*) FROM (SELECT 1 AS one FROM sighting WHERE voided IS NOT NULL \
         AND kind = 6 AND value = ?3 LIMIT 1) AS x) AS payee_void",
);

/// The last access that ended well and whose address is known, between two moments: however many
/// there were since that did not, so that nobody hides it behind them.
macro_rules! previous {
    ($who:literal) => {
        Sql::both(concat!(
            "SELECT at, address FROM access WHERE customer = ",
            $who,
            " AND at <= ?2 AND at >= ?3 AND ending = 'success' AND address IS NOT NULL \
             ORDER BY at DESC, decision DESC LIMIT 1"
        ))
    };
}

const PREVIOUS: Either = Either {
    id: previous!("?1"),
    reference: previous!("(SELECT id FROM customer WHERE reference = ?1)"),
};

impl Who<'_> {
    fn query(self, text: &Either, more: impl IntoIterator<Item = Value>) -> Query {
        let (sql, who): (Sql, Value) = match self {
            Who::Id(id) => (text.id, id.into()),
            Who::Reference(reference) => (text.reference, reference.as_str().into()),
        };
        Query::new(sql, std::iter::once(who).chain(more).collect::<Vec<_>>())
    }
}

/// The queries whose rows [`decode`] takes, in its order.
pub(super) fn queries(who: Who<'_>, question: &RiskQuestion<'_>) -> Vec<Query> {
    let own = question.traits.chunks(AT_ONCE).map(|traits| {
        let asked = traits
            .iter()
            .flat_map(|seen| [seen.kind.code().into(), seen.value.into()]);
        let unused = std::iter::repeat(Value::Null);
        who.query(&OWN, asked.chain(unused).take(2 * AT_ONCE))
    });
    let kind = question.kind.map(|kind| Value::from(kind.as_str()));
    let about = who.query(&ABOUT, [kind.into()]);
    let shared = shared(question).map(|(seen, text)| who.query(text, [seen.value.into()]));
    let counted = census(question);
    let everybody = population::queries(&counted);
    let lately = [question.at.into(), question.at.minus(LOOKS_BACK).into()];
    let previous = travels(question).then(|| who.query(&PREVIOUS, lately));
    let mine = own.chain([about, crowd(question)]).chain(shared);
    mine.chain(everybody).chain(previous).collect()
}

/// What is asked of everybody, where the attempt itself is asked about and not a payee alone.
fn census(question: &RiskQuestion<'_>) -> Vec<Census> {
    match question.traits.contains(&Trait::ALL) {
        true => Census::of_attempt(question.traits, question.at),
        false => Vec::new(),
    }
}

/// Whether it is asked where the customer last was: of an attempt that comes from somewhere.
fn travels(question: &RiskQuestion<'_>) -> bool {
    question.address.is_some() && question.traits.contains(&Trait::ALL)
}

/// What others may have, too, of an operation.
fn shared<'a>(
    question: &RiskQuestion<'a>,
) -> impl Iterator<Item = (Trait, &'static Either)> + use<'a> {
    let traits = question.kind.map(|_| question.traits).unwrap_or_default();
    traits.iter().filter_map(|seen| Some((*seen, asked(seen)?)))
}

fn crowd(question: &RiskQuestion<'_>) -> Query {
    let value = |kind: TraitKind| -> Value {
        let found = question.traits.iter().find(|seen| seen.kind == kind);
        found.map(|seen| Value::from(seen.value)).into()
    };
    let now = bucket(question.at);
    let address = question.address.map(|address| address.counted());
    let params = [
        value(TraitKind::Address),
        value(TraitKind::Device),
        value(TraitKind::PayoutAccount),
        address.map(Value::from).into(),
        (now - 1).into(),
        now.into(),
    ];
    Query::new(CROWD, params)
}

/// Takes from `answers` what [`queries`] asked.
pub(super) fn decode(
    question: &RiskQuestion<'_>,
    answers: &mut impl Iterator<Item = Vec<Row>>,
) -> Result<RiskKnown, Fault> {
    let mut mine = Vec::with_capacity(question.traits.len());
    for _ in question.traits.chunks(AT_ONCE) {
        mine.extend(every(&answers.next().unwrap_or_default(), own)?);
    }
    let about = answers.next().unwrap_or_default();
    let payout_change = first(&about, payout_change)?.flatten();
    let largest = first(&about, |row| row.maybe_int("minor"))?.flatten();
    let crowd = first(&answers.next().unwrap_or_default(), Crowd::read)?.unwrap_or_default();
    let shared = shared(question)
        .map(|(seen, _)| super::crowd::crowd(seen, &answers.next().unwrap_or_default()));
    let shared = shared.collect::<Result<_, _>>()?;
    let population = population::decode(&census(question), answers)?;
    let previous = match travels(question) {
        true => first(&answers.next().unwrap_or_default(), previous)?,
        false => None,
    };
    let known = |seen: &Trait| {
        let found = mine
            .iter()
            .find(|(place, _)| *place == (seen.kind.code(), seen.value));
        let own = found.map(|(_, own)| *own);
        TraitKnown {
            seen: *seen,
            own,
            others: crowd.others(seen.kind, own),
        }
    };
    Ok(RiskKnown {
        traits: question.traits.iter().map(known).collect(),
        address_failures: crowd.failures,
        payout_change,
        largest,
        place_reported: crowd.place_void,
        device_reported: crowd.device_void,
        payee_reported: crowd.payee_void,
        crowd: shared,
        population,
        pace: None,
        previous,
    })
}

/// The row of [`CROWD`].
#[derive(Default)]
struct Crowd {
    address: u32,
    device: u32,
    payout: u32,
    failures: u32,
    place_void: bool,
    device_void: bool,
    payee_void: bool,
}

impl Crowd {
    fn read(row: &Row) -> Result<Self, Fault> {
        Ok(Crowd {
            address: row.narrow("address")?,
            device: row.narrow("device")?,
            payout: row.narrow("payout")?,
            failures: u32::try_from(row.int("failures")?).unwrap_or(u32::MAX),
            place_void: row.flag("place_void")?,
            device_void: row.flag("device_void")?,
            payee_void: row.flag("payee_void")?,
        })
    }

    /// How many there are beside the customer, where a shared trait says something about a person.
    fn others(&self, kind: TraitKind, own: Option<Seen>) -> u32 {
        let (all, customer) = match kind {
            TraitKind::Address => (self.address, own.is_some()),
            TraitKind::Device => (self.device, own.is_some()),
            TraitKind::PayoutAccount => (self.payout, own.is_some_and(|own| own.successes > 0)),
            _ => return 0,
        };
        all.saturating_sub(u32::from(customer)).min(MOST_OTHERS)
    }
}

fn payout_change(row: &Row) -> Result<Option<PayoutChangeKnown>, Fault> {
    let Some(at) = maybe_moment(row, "at")? else {
        return Ok(None);
    };
    let strange = strange(row, "strange")?;
    Ok(Some(PayoutChangeKnown { at, strange }))
}

fn previous(row: &Row) -> Result<PreviousKnown, Fault> {
    Ok(PreviousKnown {
        at: moment(row, "at")?,
        address: Address::from_bytes(row.id16("address")?),
        place: Place::default(),
    })
}

/// A trait as stored, and the customer's history with it.
fn own(row: &Row) -> Result<((i64, [u8; 16]), Seen), Fault> {
    let seen = Seen {
        first: moment(row, "first_at")?,
        first_success: maybe_moment(row, "first_success")?,
        last: moment(row, "last_at")?,
        successes: row.int("successes")?,
        failures: row.int("failures")?,
        guarded: row.int("guarded")?,
    };
    Ok(((row.int("kind")?, row.id16("value")?), seen))
}

impl Store {
    /// What is known of several places or payees of one customer, in the order asked, in one read.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn risks(
        &self,
        customer: &Reference,
        questions: &[RiskQuestion<'_>],
    ) -> Result<Vec<RiskKnown>, Fault> {
        let asked = |question| queries(Who::Reference(customer), question);
        let mut answers = self
            .db
            .read(questions.iter().flat_map(asked).collect())
            .await?
            .into_iter();
        questions
            .iter()
            .map(|question| decode(question, &mut answers))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_name_the_numbers_of_core() {
        let kinds = [
            TraitKind::Address,
            TraitKind::Device,
            TraitKind::PayoutAccount,
        ];
        for kind in kinds {
            assert_eq!(
                CROWD
                    .sqlite
                    .matches(&format!("kind = {} ", kind.code()))
                    .count(),
                2
            );
        }
        let limit = format!(" LIMIT {})", MOST_OTHERS + 1);
        assert_eq!(CROWD.sqlite.matches(&limit).count(), kinds.len());
        let last = format!("?{}))", 2 * AT_ONCE + 1);
        assert!(OWN.id.sqlite.contains(&last) && OWN.reference.postgres.contains(&last));
    }
}
