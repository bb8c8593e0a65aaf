//! Transaction PINs.
//!
//! **Invariant:** a customer has one at most, and a hash is replaced only in the revision that was
//! seen.

use crate::sql::{Value, Write};
use sekisho_core::change::PinChange;
use sekisho_core::known::PinBefore;
use sekisho_core::moment::Moment;

pub(super) fn writes(change: &PinChange) -> Vec<Write> {
    match change {
        PinChange::Added {
            id,
            customer,
            hash,
            at,
            begun,
        } => vec![Write::one(
            "INSERT INTO pin (id, customer, hash, set_at, begun, revision) \
             VALUES (?1, ?2, ?3, ?4, ?5, 1)",
            [
                (*id).into(),
                (*customer).into(),
                hash.as_str().into(),
                (*at).into(),
                Value::from(*begun),
            ],
        )],
        PinChange::Recovered {
            customer,
            revision,
            at,
        } => vec![Write::one(
            "UPDATE customer SET pin_recovered = ?3, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2",
            [(*customer).into(), (*revision).into(), (*at).into()],
        )],
        PinChange::Rehashed { id, revision, hash } => vec![Write::one(
            "UPDATE pin SET hash = ?3, revision = revision + 1 WHERE id = ?1 AND revision = ?2",
            [(*id).into(), (*revision).into(), hash.as_str().into()],
        )],
        PinChange::Set {
            id,
            revision,
            hash,
            at,
            before,
        } => {
            let [former, replaced] = kept(before.as_ref());
            vec![Write::one(
                "UPDATE pin SET hash = ?3, set_at = ?4, before_hash = ?5, before_at = ?6, \
                 revision = revision + 1 WHERE id = ?1 AND revision = ?2",
                [
                    (*id).into(),
                    (*revision).into(),
                    hash.as_str().into(),
                    (*at).into(),
                    former,
                    replaced,
                ],
            )]
        }
        PinChange::Undone { customer, since } => vec![
            Write::any(
                "DELETE FROM pin WHERE customer = ?1 AND begun >= ?2",
                [(*customer).into(), (*since).into()],
            ),
            Write::any(
                "UPDATE pin SET hash = before_hash, before_hash = NULL, before_at = NULL, \
                 revision = revision + 1 \
                 WHERE customer = ?1 AND before_hash IS NOT NULL AND set_at >= ?2",
                [(*customer).into(), (*since).into()],
            ),
        ],
    }
}

fn kept(before: Option<&PinBefore>) -> [Value; 2] {
    let hash = before.map(|before| before.hash.as_str());
    let replaced: Option<Moment> = before.map(|before| before.replaced);
    [Value::from(hash), Value::from(replaced)]
}
