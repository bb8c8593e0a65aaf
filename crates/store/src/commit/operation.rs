//! Guarded operations, their grants, and how judged acts ended.
//!
//! **Invariant:** an operation changes its state only at the revision that was read.

use super::hold::hold_cells;
use super::values::{free, methods, words};
use super::webhook::moves;
use crate::sql::{Value, Write};
use sekisho_core::change::{Change, GrantIssued, OperationCreated, StatementKept};
use sekisho_core::id::DecisionId;
use sekisho_core::moment::Moment;
use sekisho_core::operation::OperationState;
use sekisho_core::outcome::Outcome;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::IdempotencyKept { .. } => idempotency_kept(change)?,
        Change::OperationCreated(operation) => created(operation),
        Change::StatementKept(kept) => statement_kept(kept),
        Change::OperationMoved { .. } => moved(change)?,
        Change::OutcomeRecorded {
            decision,
            outcome,
            at,
        } => outcome_recorded(*decision, *outcome, *at),
        _ => return None,
    };
    Some(vec![write])
}

/// The cells of a grant: id, methods, moment of the proof, moment of the confirmation, how
/// strongly.
pub(super) fn grant_cells(grant: Option<&GrantIssued>, at: Moment) -> [Value; 5] {
    match grant {
        Some(grant) => [
            grant.id.into(),
            methods(&grant.methods),
            grant.proved.into(),
            at.into(),
            grant.acr.map(Value::from).into(),
        ],
        None => [const { Value::Null }; 5],
    }
}

/// The answer to the request tells the application of the first revision; without a webhook it is
/// told of none.
fn created(operation: &OperationCreated) -> Write {
    let mut params = vec![
        operation.id.into(),
        operation.application.into(),
        operation.customer.into(),
        operation.kind.as_str().into(),
        (&operation.fields).into(),
        operation.digest.into(),
        operation.state.word().into(),
        operation.return_uri.as_deref().map(Value::from).into(),
        operation.decision.into(),
        operation.strange.into(),
        operation.at.into(),
        operation.expires.into(),
    ];
    let pending = (operation.state == OperationState::Pending).then_some(operation.expires);
    let [held_at, until, _, due, reasons] = hold_cells(operation.hold.as_ref());
    let due = match pending {
        Some(expires) => expires.into(),
        None => due,
    };
    params.extend(grant_cells(operation.grant.as_ref(), operation.at));
    params.push(words(operation.required.iter().map(|one| one.word())));
    let nonce = operation.nonce.as_ref();
    params.push(nonce.map(|nonce| Value::from(nonce.as_str())).into());
    params.extend([due, held_at, until, reasons]);
    let channel = operation.way.channel.as_ref();
    params.push(channel.map(|word| Value::from(word.as_str())).into());
    let segments = operation.way.segments.as_ref();
    let joined = segments.map(|all| words(all.iter().map(|word| word.as_str())));
    params.push(joined.into());
    let amount = operation.amount;
    let counted = operation.grant.as_ref().map(|_| operation.at);
    params.extend([
        amount.map(|money| money.minor()).into(),
        amount
            .map(|money| money.currency().code().to_owned())
            .into(),
        counted.into(),
    ]);
    Write::one(
        "INSERT INTO operation (id, application, customer, kind, fields, digest, state, \
         return_uri, decision, strange, created, expires, grant_id, grant_methods, grant_proved, \
         confirmed, grant_acr, required, nonce, due, held_at, held_until, held_reasons, channel, \
         segments, amount, currency, counted, told_revision, revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
         ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, \
         (SELECT 1 FROM webhook w WHERE w.application = ?2), 1)",
        params,
    )
}

/// A grant that is there stays; a redeemed one is marked so, and the answer to its redemption tells
/// the application. From either moment on it counts towards limits. Nothing that moves in this way
/// waits any more.
fn moved(change: &Change) -> Option<Write> {
    let Change::OperationMoved {
        id,
        revision,
        to,
        at,
        grant,
    } = change
    else {
        return None;
    };
    let redeemed = (*to == OperationState::Redeemed).then_some(*at);
    let mut params = vec![
        (*id).into(),
        (*revision).into(),
        to.word().into(),
        redeemed.into(),
    ];
    params.extend(grant_cells(grant.as_ref(), *at));
    let text = concat!(
        "UPDATE operation SET state = ?3, ",
        moves!(),
        ", due = NULL, \
                redeemed = COALESCE(?4, redeemed), grant_id = COALESCE(?5, grant_id), \
                grant_methods = COALESCE(?6, grant_methods), \
                grant_proved = COALESCE(?7, grant_proved), confirmed = COALESCE(?8, confirmed), \
                grant_acr = COALESCE(?9, grant_acr), counted = COALESCE(?4, ?8, counted), \
                told_revision = CASE \
                WHEN ?4 IS NOT NULL AND told_revision IS NOT NULL THEN revision + 1 \
                ELSE told_revision END \
                WHERE id = ?1 AND revision = ?2"
    );
    Some(Write::one(text, params))
}

/// One for each answer that was right: an operation that was held may be confirmed again.
fn statement_kept(kept: &StatementKept) -> Write {
    Write::one(
        "INSERT INTO statement (operation, decision, digest, sealed, at) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        [
            kept.operation.into(),
            kept.decision.into(),
            kept.digest.into(),
            (&kept.sealed).into(),
            kept.at.into(),
        ],
    )
}

fn outcome_recorded(decision: DecisionId, outcome: Outcome, at: Moment) -> Write {
    Write::one(
        "INSERT INTO outcome (decision, outcome, at) VALUES (?1, ?2, ?3) \
         ON CONFLICT (decision) DO UPDATE SET outcome = excluded.outcome, at = excluded.at",
        [decision.into(), outcome.word().into(), at.into()],
    )
}

fn idempotency_kept(change: &Change) -> Option<Write> {
    let Change::IdempotencyKept {
        application,
        key,
        request,
        decision,
        operation,
        at,
    } = change
    else {
        return None;
    };
    let text = "INSERT INTO idempotency \
                (application, request_key, request, decision, operation, at) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let params = [
        (*application).into(),
        free(key),
        (*request).into(),
        (*decision).into(),
        (*operation).into(),
        (*at).into(),
    ];
    Some(Write::one(text, params))
}
