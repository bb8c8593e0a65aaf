//! What the catalogue of operations wants to know of a customer, for one kind.
//!
//! **Invariant:** the cost is bounded by what the customer did within a day, whatever the history.

use super::risk::RiskQuestion;
use super::rows::{first, maybe_moment, word};
use crate::fault::Fault;
use crate::sql::{Query, Row, Sql, Value};
use sekisho_core::access::OperationKind;
use sekisho_core::id::OperationId;
use sekisho_core::known::{ChoiceKnown, Lately, LimitKnown, OwnLimit, Raise, Standing, Weaker};
use sekisho_core::moment::Moment;
use sekisho_core::money::Currency;
use sekisho_core::operation::OperationState;
use sekisho_core::policy::{ALIVE, Choice, DAY};
use sekisho_core::text::Reference;

/// For whom, and for which kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose<'a> {
    /// The customer and kind of an operation.
    Operation(OperationId),
    /// The customer whom an application names so, and a kind.
    Reference(&'a Reference, &'a OperationKind),
}

/// The rows a customer may have for one kind: one for each currency.
macro_rules! asked {
    ($customer:literal, $kind:literal) => {
        Asked {
            lately: concat!(
                "SELECT c.contact_changed, c.pin_recovered, \
                 (SELECT MAX(at) FROM payout_change WHERE customer = c.id) AS payout, \
                 (SELECT MAX(created) FROM passkey WHERE customer = c.id) AS passkey, \
                 (SELECT MAX(confirmed) FROM totp WHERE customer = c.id) AS app, \
                 (SELECT MAX(created) FROM approver WHERE customer = c.id) AS phone, \
                 (SELECT MAX(made) FROM backup_set WHERE customer = c.id) AS codes, \
                 (SELECT MAX(set_at) FROM credential WHERE customer = c.id \
                  AND set_at > c.created) AS password, \
                 w.choice, w.next_choice, w.next_asked AS weaker_asked, \
                 w.next_from AS weaker_from, w.revision AS choice_revision \
                 FROM customer c LEFT JOIN own_choice w ON w.customer = c.id AND w.kind = ",
                $kind,
                " WHERE c.id = ",
                $customer
            ),
            limits: concat!(
                "SELECT currency, each_most, day_most, next_each, next_day, next_asked, \
                 next_from, raised, before_each, before_day, before_asked, revision \
                 FROM own_limit WHERE customer = ",
                $customer,
                " AND kind = ",
                $kind,
                " ORDER BY currency LIMIT 64"
            ),
            counted: concat!(
                "SELECT currency, CAST(SUM(amount) AS BIGINT) AS counted FROM operation \
                 WHERE customer = ",
                $customer,
                " AND kind = ",
                $kind,
                " AND currency IS NOT NULL AND counted > ?3 AND (state = ?5 OR state = ?6 \
                 AND counted > ?4 AND grant_until IS NULL) GROUP BY currency UNION ALL \
                 SELECT currency, CAST(SUM(amount) AS BIGINT) AS counted FROM operation \
                 WHERE customer = ",
                $customer,
                " AND kind = ",
                $kind,
                " AND currency IS NOT NULL AND counted IS NOT NULL \
                 AND (state = ?7 OR state = ?6 AND grant_until > ?4) \
                 GROUP BY currency"
            ),
        }
    };
}

/// The three questions; `?1` says who and `?2` which kind.
struct Asked {
    lately: &'static str,
    limits: &'static str,
    counted: &'static str,
}

const BY_REFERENCE: Asked = asked!("(SELECT id FROM customer WHERE reference = ?1)", "?2");
const BY_OPERATION: Asked = asked!(
    "(SELECT customer FROM operation WHERE id = ?1)",
    "(SELECT kind FROM operation WHERE id = ?2)"
);

/// The queries whose rows [`decode`] takes, in its order.
pub(super) fn queries(whose: Whose<'_>, at: Moment) -> [Query; 3] {
    let (asked, who): (_, [Value; 2]) = match whose {
        Whose::Operation(id) => (BY_OPERATION, [id.into(), id.into()]),
        Whose::Reference(reference, kind) => (
            BY_REFERENCE,
            [reference.as_str().into(), kind.as_str().into()],
        ),
    };
    let [redeemed, confirmed, held] = [
        OperationState::Redeemed,
        OperationState::Confirmed,
        OperationState::Held,
    ]
    .map(|state| Value::from(state.word()));
    let mut more = who.to_vec();
    let [day, alive] = [at.minus(DAY), at.minus(ALIVE)].map(Value::from);
    more.extend([day, alive, redeemed, confirmed, held]);
    [
        Query::new(Sql::both(asked.lately), who.clone()),
        Query::new(Sql::both(asked.limits), who),
        Query::new(Sql::both(asked.counted), more),
    ]
}

/// The same where a kind was asked for; nothing otherwise.
pub(super) fn of_kind(
    question: &RiskQuestion<'_>,
    answers: &mut impl Iterator<Item = Vec<Row>>,
) -> Result<Standing, Fault> {
    match question.kind {
        Some(_) => decode(answers),
        None => Ok(Standing::default()),
    }
}

/// Takes from `answers` what [`queries`] asked.
pub(super) fn decode(answers: &mut impl Iterator<Item = Vec<Row>>) -> Result<Standing, Fault> {
    let about = answers.next().unwrap_or_default();
    let (lately, choice) = first(&about, about_customer)?.unwrap_or_default();
    let mut standing = Standing {
        lately,
        choice,
        ..Standing::default()
    };
    for row in answers.next().unwrap_or_default() {
        standing.limits.push(limit(&row)?);
    }
    for row in answers.next().unwrap_or_default() {
        let sum = row.int("counted")?;
        standing.counted.push((currency(&row)?, sum));
    }
    Ok(standing)
}

fn currency(row: &Row) -> Result<Currency, Fault> {
    word(row, "currency", Currency::parse)
}

fn about_customer(row: &Row) -> Result<(Lately, Option<ChoiceKnown>), Fault> {
    let mut factor = None;
    for column in ["app", "phone", "codes"] {
        factor = factor.max(maybe_moment(row, column)?);
    }
    let lately = Lately {
        payout_account: maybe_moment(row, "payout")?,
        contact: maybe_moment(row, "contact_changed")?,
        pin: maybe_moment(row, "pin_recovered")?,
        passkey: maybe_moment(row, "passkey")?,
        factor,
        password: maybe_moment(row, "password")?,
    };
    Ok((lately, choice(row)?))
}

/// A row of `own_choice`, or nothing of an outer join.
pub(super) fn choice(row: &Row) -> Result<Option<ChoiceKnown>, Fault> {
    let Some(revision) = row.maybe_int("choice_revision")? else {
        return Ok(None);
    };
    let choice = |column| match row.maybe_text(column)? {
        None => Ok(None),
        Some(_) => word(row, column, Choice::parse).map(Some),
    };
    let next = match maybe_moment(row, "weaker_from")? {
        None => None,
        Some(from) => Some(Weaker {
            to: choice("next_choice")?,
            asked: maybe_moment(row, "weaker_asked")?.unwrap_or(from),
            from,
        }),
    };
    let known = ChoiceKnown {
        own: choice("choice")?,
        next,
        revision,
    };
    Ok(Some(known))
}

/// A row of `own_limit`.
pub(super) fn limit(row: &Row) -> Result<LimitKnown, Fault> {
    let next = match maybe_moment(row, "next_from")? {
        None => None,
        Some(from) => Some(Raise {
            to: OwnLimit {
                each: row.maybe_int("next_each")?,
                day: row.maybe_int("next_day")?,
            },
            asked: maybe_moment(row, "next_asked")?.unwrap_or(from),
            from,
        }),
    };
    Ok(LimitKnown {
        currency: currency(row)?,
        own: OwnLimit {
            each: row.maybe_int("each_most")?,
            day: row.maybe_int("day_most")?,
        },
        next,
        raised: maybe_moment(row, "raised")?,
        before: match maybe_moment(row, "before_asked")? {
            None => None,
            Some(asked) => {
                let each = row.maybe_int("before_each")?;
                let day = row.maybe_int("before_day")?;
                Some((OwnLimit { each, day }, asked))
            }
        },
        revision: row.int("revision")?,
    })
}
