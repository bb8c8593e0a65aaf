//! Operations that wait: their holds and the end of these.
//!
//! **Invariant:** what is due is what has a moment in `due`, and nothing else has one.

use super::operation::grant_cells;
use super::values::words;
use super::webhook::moves;
use crate::sql::{Value, Write};
use sekisho_core::access::OperationKind;
use sekisho_core::change::{HoldChange, Released};
use sekisho_core::hold::{HeldGrant, Hold};
use sekisho_core::id::{CustomerId, OperationId};
use sekisho_core::moment::Moment;
use sekisho_core::operation::OperationState;
use sekisho_core::reason::Reason;

/// Whether what a held operation was confirmed with is still its customer's. Of a code nothing is
/// kept that could be gone; it is voided where it happens ([`CODES_VOIDED`]).
macro_rules! proof_stands {
    () => {
        "(operation.held_by IS NULL \
         OR EXISTS (SELECT 1 FROM passkey p \
           WHERE p.id = operation.held_by AND p.customer = operation.customer) \
         OR EXISTS (SELECT 1 FROM totp t \
           WHERE t.id = operation.held_by AND t.customer = operation.customer) \
         OR EXISTS (SELECT 1 FROM approver a \
           WHERE a.id = operation.held_by AND a.customer = operation.customer))"
    };
}

pub(crate) use proof_stands;

/// The grant that an operation has no more.
macro_rules! without_grant {
    () => {
        "grant_id = NULL, grant_methods = NULL, grant_proved = NULL, grant_acr = NULL, \
         confirmed = NULL, grant_until = NULL, held_by = NULL, counted = NULL"
    };
}

/// Only a grant that is still of use is held: what was never redeemed in its time is over. What is
/// held already waits for the longer of the two, and still for a person if it did.
const ALL_HELD: &str = concat!(
    "UPDATE operation SET state = ?3, ",
    moves!(),
    ", held_at = ?4, \
     held_until = CASE WHEN state = ?3 AND (held_until IS NULL OR held_until > ?5) \
     THEN held_until ELSE ?5 END, \
     expires = CASE WHEN state = ?3 AND expires > ?6 THEN expires ELSE ?6 END, \
     due = CASE WHEN state = ?3 AND due > ?7 THEN due ELSE ?7 END, \
     held_reasons = CASE WHEN state = ?3 THEN held_reasons || ' ' || ?8 ELSE ?8 END, ",
    without_grant!(),
    " WHERE customer = ?1 AND kind = ?2 AND ((state IN (?3, ?9) AND expires > ?4) \
     OR (state = ?10 AND COALESCE(grant_until > ?4, confirmed > ?11)))"
);

const HELD: &str = concat!(
    "UPDATE operation SET state = ?3, ",
    moves!(),
    ", held_at = ?4, \
     held_until = ?5, expires = ?6, due = ?7, held_reasons = ?8, held_by = ?9, \
     grant_id = ?10, grant_methods = ?11, grant_proved = ?12, confirmed = ?13, counted = ?13, \
     grant_acr = ?14 \
     WHERE id = ?1 AND revision = ?2"
);

const RELEASED_CONFIRMED: &str = concat!(
    "UPDATE operation SET state = ?3, ",
    moves!(),
    ", grant_until = ?4, due = NULL \
     WHERE id = ?1 AND revision = ?2 AND grant_id IS NOT NULL AND ",
    proof_stands!()
);

const RELEASED_PENDING: &str = concat!(
    "UPDATE operation SET state = ?3, ",
    moves!(),
    ", expires = ?4, due = ?4, ",
    without_grant!(),
    " WHERE id = ?1 AND revision = ?2"
);

/// What is held waits on without its confirmation; what was released waits for another one, no
/// longer than its grant would have lived.
const CODES_VOIDED: [&str; 2] = [
    concat!(
        "UPDATE operation SET ",
        moves!(),
        ", ",
        without_grant!(),
        " WHERE customer = ?1 AND state = ?2 AND grant_id IS NOT NULL AND held_by IS NULL"
    ),
    concat!(
        "UPDATE operation SET state = ?3, ",
        moves!(),
        ", expires = grant_until, \
         due = grant_until, ",
        without_grant!(),
        " WHERE customer = ?1 AND state = ?2 AND grant_until IS NOT NULL AND held_by IS NULL"
    ),
];

const ALL_ENDED: &str = concat!(
    "UPDATE operation SET state = ?2, ",
    moves!(),
    ", ended = ?3, \
     due = NULL WHERE customer = ?1 AND state IN (?4, ?5, ?6)"
);

const LEFT_TO_PEOPLE: &str = concat!(
    "UPDATE operation SET ",
    moves!(),
    ", held_until = NULL, \
     due = expires, held_reasons = held_reasons || ' ' || ?3 \
     WHERE id = ?1 AND revision = ?2 AND state = ?4"
);

pub(super) fn writes(change: &HoldChange) -> Vec<Write> {
    match change {
        HoldChange::AllEnded { customer, reason } => vec![all_ended(*customer, *reason)],
        HoldChange::CodesVoided { customer } => codes_voided(*customer),
        HoldChange::LeftToPeople {
            id,
            revision,
            reason,
        } => vec![Write::one(
            LEFT_TO_PEOPLE,
            [
                (*id).into(),
                (*revision).into(),
                reason.code().into(),
                OperationState::Held.word().into(),
            ],
        )],
        HoldChange::AllHeld {
            customer,
            kinds,
            hold,
            confirmed,
        } => {
            let held = |kind| all_held(*customer, kind, hold, *confirmed);
            kinds.iter().map(held).collect()
        }
        HoldChange::Ended {
            id,
            revision,
            reason,
        } => vec![ended((*id, *revision), *reason)],
        HoldChange::Held {
            id,
            revision,
            hold,
            held: grant,
        } => vec![held((*id, *revision), hold, grant)],
        HoldChange::Released {
            id,
            revision,
            to,
            at: _,
            until,
        } => vec![released((*id, *revision), *to, *until)],
    }
}

/// The cells of a hold: since when, until when, its end, when it is due, why.
pub(super) fn hold_cells(hold: Option<&Hold>) -> [Value; 5] {
    let Some(hold) = hold else {
        return [const { Value::Null }; 5];
    };
    [
        hold.at.into(),
        hold.until.into(),
        hold.ends.into(),
        hold.due().into(),
        words(hold.reasons.iter().map(|reason| reason.code())),
    ]
}

/// What waits for its confirmation or was confirmed and not yet redeemed, is held now.
fn all_held(customer: CustomerId, kind: &OperationKind, hold: &Hold, confirmed: Moment) -> Write {
    let mut params = vec![
        customer.into(),
        kind.as_str().into(),
        OperationState::Held.word().into(),
    ];
    params.extend(hold_cells(Some(hold)));
    params.extend([
        OperationState::Pending.word().into(),
        OperationState::Confirmed.word().into(),
        confirmed.into(),
    ]);
    Write::any(ALL_HELD, params)
}

fn all_ended(customer: CustomerId, reason: Reason) -> Write {
    let words = [
        OperationState::Pending,
        OperationState::Held,
        OperationState::Confirmed,
    ];
    let mut params: Vec<Value> = vec![
        customer.into(),
        OperationState::Refused.word().into(),
        reason.code().into(),
    ];
    params.extend(words.map(|state| state.word().into()));
    Write::any(ALL_ENDED, params)
}

fn codes_voided(customer: CustomerId) -> Vec<Write> {
    let [held, released] = CODES_VOIDED;
    let [waits, pending, confirmed] = [
        OperationState::Held,
        OperationState::Pending,
        OperationState::Confirmed,
    ]
    .map(|state| Value::from(state.word()));
    vec![
        Write::any(held, [customer.into(), waits]),
        Write::any(released, [customer.into(), confirmed, pending]),
    ]
}

fn ended(at: (OperationId, i64), reason: Reason) -> Write {
    let text = concat!(
        "UPDATE operation SET state = ?3, ",
        moves!(),
        ", ended = ?4, due = NULL WHERE id = ?1 AND revision = ?2"
    );
    let refused = OperationState::Refused.word();
    let params = [
        at.0.into(),
        at.1.into(),
        refused.into(),
        reason.code().into(),
    ];
    Write::one(text, params)
}

fn held(at: (OperationId, i64), hold: &Hold, held: &HeldGrant) -> Write {
    let mut params = vec![at.0.into(), at.1.into(), OperationState::Held.word().into()];
    params.extend(hold_cells(Some(hold)));
    params.push(held.by.into());
    params.extend(grant_cells(Some(&held.grant), hold.at));
    Write::one(HELD, params)
}

fn released(at: (OperationId, i64), to: Released, until: Moment) -> Write {
    let (text, state) = match to {
        Released::Confirmed => (RELEASED_CONFIRMED, OperationState::Confirmed),
        Released::Pending => (RELEASED_PENDING, OperationState::Pending),
    };
    let params = [at.0.into(), at.1.into(), state.word().into(), until.into()];
    Write::one(text, params)
}
