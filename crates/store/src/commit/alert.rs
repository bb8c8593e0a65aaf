//! Alerts.
//!
//! **Invariant:** what two nodes find of one attack joins in one row, in whatever order it lands.

use crate::sql::Write;
use sekisho_core::attack::{Attack, Touched};
use sekisho_core::change::AlertChange;
use sekisho_core::moment::Moment;

/// What goes on after it was closed opens it again.
const RAISED: &str = "INSERT INTO alert (id, kind, value, label, first_at, last_at, raised, \
     attempts, failures, accounts, strangers, addresses, proved, entered) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
     ON CONFLICT (id) DO UPDATE SET label = excluded.label, \
     first_at = CASE WHEN excluded.first_at < alert.first_at \
         THEN excluded.first_at ELSE alert.first_at END, \
     last_at = CASE WHEN excluded.last_at > alert.last_at \
         THEN excluded.last_at ELSE alert.last_at END, \
     raised = CASE WHEN excluded.last_at > alert.closed \
         THEN excluded.raised ELSE alert.raised END, \
     taken_by = CASE WHEN excluded.last_at > alert.closed THEN NULL ELSE alert.taken_by END, \
     taken = CASE WHEN excluded.last_at > alert.closed THEN NULL ELSE alert.taken END, \
     closed = CASE WHEN excluded.last_at > alert.closed THEN NULL ELSE alert.closed END, \
     attempts = CASE WHEN excluded.attempts > alert.attempts \
         THEN excluded.attempts ELSE alert.attempts END, \
     failures = CASE WHEN excluded.failures > alert.failures \
         THEN excluded.failures ELSE alert.failures END, \
     accounts = CASE WHEN excluded.accounts > alert.accounts \
         THEN excluded.accounts ELSE alert.accounts END, \
     strangers = CASE WHEN excluded.strangers > alert.strangers \
         THEN excluded.strangers ELSE alert.strangers END, \
     addresses = CASE WHEN excluded.addresses > alert.addresses \
         THEN excluded.addresses ELSE alert.addresses END, \
     proved = CASE WHEN excluded.proved > alert.proved \
         THEN excluded.proved ELSE alert.proved END, \
     entered = CASE WHEN excluded.entered > alert.entered \
         THEN excluded.entered ELSE alert.entered END";

const TOUCHED: &str = "INSERT INTO alert_customer (alert, customer, touch, at) \
     VALUES (?1, ?2, ?3, ?4) ON CONFLICT (alert, customer) DO UPDATE SET \
     at = CASE WHEN excluded.touch > alert_customer.touch \
         THEN excluded.at ELSE alert_customer.at END, \
     touch = CASE WHEN excluded.touch > alert_customer.touch \
         THEN excluded.touch ELSE alert_customer.touch END";

pub(super) fn writes(change: &AlertChange) -> Vec<Write> {
    match change {
        AlertChange::Raised { attack, at } => raised(attack, *at),
        AlertChange::Closed { id, at } => vec![Write::one(
            "UPDATE alert SET closed = ?2 WHERE id = ?1 AND closed IS NULL",
            [(*id).into(), (*at).into()],
        )],
        AlertChange::Taken { id, by, seen, at } => vec![Write::one(
            "UPDATE alert SET taken_by = ?2, taken = ?4 \
             WHERE id = ?1 AND closed IS NULL AND COALESCE(taken, -1) = ?3",
            [
                (*id).into(),
                (*by).into(),
                seen.unwrap_or(Moment(-1)).into(),
                (*at).into(),
            ],
        )],
        AlertChange::Settled {
            alert,
            customer,
            touched,
            at,
        } => vec![Write::one(
            "INSERT INTO entered (customer, touched, alert, at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (customer, touched) DO NOTHING",
            [
                (*customer).into(),
                (*touched).into(),
                (*alert).into(),
                (*at).into(),
            ],
        )],
    }
}

fn raised(attack: &Attack, at: Moment) -> Vec<Write> {
    let (id, counts) = (attack.id(), &attack.counts);
    let row = Write::one(
        RAISED,
        [
            id.into(),
            attack.kind.word().into(),
            attack.value.into(),
            attack.label.as_str().into(),
            attack.first.into(),
            attack.last.into(),
            at.into(),
            counts.attempts.into(),
            counts.failures.into(),
            counts.accounts.into(),
            counts.strangers.into(),
            counts.addresses.into(),
            counts.proved.into(),
            counts.entered.into(),
        ],
    );
    // In one order everywhere, so that two nodes wait for each other and never in a circle.
    let mut touched: Vec<&Touched> = attack.touched.iter().collect();
    touched.sort_by_key(|one| one.customer);
    let one = |one: &Touched| {
        let params = [
            id.into(),
            one.customer.into(),
            (one.how as i64).into(),
            one.at.into(),
        ];
        Write::any(TOUCHED, params)
    };
    std::iter::once(row)
        .chain(touched.into_iter().map(one))
        .collect()
}
