//! What happens at the support desk.
//!
//! **Invariant:** rows are only ever added.

use crate::sql::Write;
use sekisho_core::change::DeskChange;

pub(super) fn writes(change: &DeskChange) -> Vec<Write> {
    vec![match change {
        DeskChange::Asked {
            operation,
            call,
            staff,
        } => Write::one(
            "INSERT INTO desk_operation (operation, call, staff) VALUES (?1, ?2, ?3)",
            [(*operation).into(), (*call).into(), (*staff).into()],
        ),
        DeskChange::CallOpened {
            id,
            customer,
            staff,
            at,
            ends,
        } => Write::one(
            "INSERT INTO desk_call (id, customer, staff, opened, ends) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            [
                (*id).into(),
                (*customer).into(),
                (*staff).into(),
                (*at).into(),
                (*ends).into(),
            ],
        ),
    }]
}
