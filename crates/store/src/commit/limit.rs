//! Limits and choices of customers' own.
//!
//! **Invariant:** a row changes only at the revision that was read.

use crate::sql::{Value, Write};
use sekisho_core::access::OperationKind;
use sekisho_core::change::LimitChange;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{ChoiceKnown, LimitKnown};
use sekisho_core::policy::Choice;

/// The row as it was seen, if there was one.
macro_rules! seen {
    ($set:literal) => {
        concat!(
            "UPDATE own_limit SET ",
            $set,
            "revision = revision + 1 \
             WHERE customer = ?1 AND kind = ?2 AND currency = ?3 AND revision = ?4"
        )
    };
}

/// The lower of what counts and what counted before a raise.
const TAKEN_BACK: &str = "UPDATE own_limit SET \
     each_most = CASE WHEN before_each IS NULL OR each_most < before_each THEN each_most \
     ELSE before_each END, \
     day_most = CASE WHEN before_day IS NULL OR day_most < before_day THEN day_most \
     ELSE before_day END, \
     before_each = NULL, before_day = NULL, before_asked = NULL, revision = revision + 1 \
     WHERE customer = ?1 AND before_asked >= ?2";

pub(super) fn writes(change: &LimitChange) -> Vec<Write> {
    match change {
        LimitChange::Chosen { customer, kind, to } => vec![chosen(*customer, kind, to)],
        LimitChange::Counted {
            customer,
            kind,
            seen,
        } => vec![counted(*customer, kind, seen)],
        LimitChange::Ended {
            customer,
            since,
            at,
        } => {
            let params = || [(*customer).into(), (*since).into(), (*at).into()];
            vec![
                Write::any(TAKEN_BACK, [(*customer).into(), (*since).into()]),
                Write::any(
                    "UPDATE own_limit SET next_each = NULL, next_day = NULL, next_asked = NULL, \
                     next_from = NULL, revision = revision + 1 WHERE customer = ?1 \
                     AND next_from IS NOT NULL AND (next_asked >= ?2 OR next_from > ?3)",
                    params(),
                ),
                Write::any(
                    "UPDATE own_choice SET next_choice = NULL, next_asked = NULL, \
                     next_from = NULL, revision = revision + 1 WHERE customer = ?1 \
                     AND next_from IS NOT NULL AND (next_asked >= ?2 OR next_from > ?3)",
                    params(),
                ),
            ]
        }
        LimitChange::Set { customer, kind, to } => vec![set(*customer, kind, to)],
    }
}

fn key(customer: CustomerId, kind: &OperationKind, limit: &LimitKnown) -> Vec<Value> {
    vec![
        customer.into(),
        kind.as_str().into(),
        limit.currency.code().into(),
        limit.revision.into(),
    ]
}

fn counted(customer: CustomerId, kind: &OperationKind, seen: &LimitKnown) -> Write {
    let mut params = key(customer, kind, seen);
    if seen.revision > 0 {
        return Write::one(seen!(""), params);
    }
    params.truncate(3);
    Write::one(
        "INSERT INTO own_limit (customer, kind, currency, revision) VALUES (?1, ?2, ?3, 1)",
        params,
    )
}

fn set(customer: CustomerId, kind: &OperationKind, to: &LimitKnown) -> Write {
    let mut params = key(customer, kind, to);
    let next = to.next;
    params.extend([
        to.own.each.into(),
        to.own.day.into(),
        next.and_then(|next| next.to.each).into(),
        next.and_then(|next| next.to.day).into(),
        next.map(|next| next.asked).into(),
        next.map(|next| next.from).into(),
        to.raised.into(),
        to.before.and_then(|(limit, _)| limit.each).into(),
        to.before.and_then(|(limit, _)| limit.day).into(),
        to.before.map(|(_, asked)| asked).into(),
    ]);
    if to.revision > 0 {
        let text = seen!(
            "each_most = ?5, day_most = ?6, next_each = ?7, next_day = ?8, next_asked = ?9, \
             next_from = ?10, raised = ?11, before_each = ?12, before_day = ?13, \
             before_asked = ?14, "
        );
        return Write::one(text, params);
    }
    params[3] = 1i64.into();
    Write::one(
        "INSERT INTO own_limit (customer, kind, currency, revision, each_most, day_most, \
         next_each, next_day, next_asked, next_from, raised, before_each, before_day, \
         before_asked) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params,
    )
}

fn chosen(customer: CustomerId, kind: &OperationKind, to: &ChoiceKnown) -> Write {
    let word = |choice: Option<Choice>| Value::from(choice.map(Choice::word));
    let next = to.next;
    let mut params: Vec<Value> = vec![
        customer.into(),
        kind.as_str().into(),
        to.revision.into(),
        word(to.own),
        word(next.and_then(|next| next.to)),
        next.map(|next| next.asked).into(),
        next.map(|next| next.from).into(),
    ];
    if to.revision > 0 {
        return Write::one(
            "UPDATE own_choice SET choice = ?4, next_choice = ?5, next_asked = ?6, \
             next_from = ?7, revision = revision + 1 \
             WHERE customer = ?1 AND kind = ?2 AND revision = ?3",
            params,
        );
    }
    params[2] = 1i64.into();
    Write::one(
        "INSERT INTO own_choice (customer, kind, revision, choice, next_choice, next_asked, \
         next_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params,
    )
}
