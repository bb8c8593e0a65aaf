//! How a customer is reached, and by what they sign in.
//!
//! **Invariant:** a channel that was replaced is kept, so that it can come back.

use crate::sql::Write;
use sekisho_core::bytes::CounterKey;
use sekisho_core::change::Change;
use sekisho_core::id::{ChannelId, CustomerId, DecisionId};
use sekisho_core::known::{ChannelKnown, ContactChangeKnown};
use sekisho_core::moment::Moment;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::ChannelAdded(_) => channel_added(change)?,
        Change::ChannelRestored { id } => channel_restored(*id),
        Change::ChannelRetired { id, at } => channel_retired(*id, *at),
        Change::ContactChanged(_) => contact_changed(change)?,
        Change::ContactUndone { decision, at } => contact_undone(*decision, *at),
        Change::CustomerContactChanged { id, revision, at } => {
            customer_contact_changed(*id, *revision, *at)
        }
        Change::LoginClaimed { name, customer } => login_claimed(*name, *customer),
        Change::LoginReleased { name, customer } => login_released(*name, *customer),
        Change::LoginRestored { name, customer } => login_restored(*name, *customer),
        other => return super::device::writes(other),
    };
    Some(vec![write])
}

fn channel_added(change: &Change) -> Option<Write> {
    let Change::ChannelAdded(ChannelKnown {
        id,
        customer,
        kind,
        purpose,
        sealed,
        index,
        verified,
    }) = change
    else {
        return None;
    };
    let text = "INSERT INTO channel (id, customer, kind, purpose, sealed, blind, verified) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let params = [
        (*id).into(),
        (*customer).into(),
        kind.word().into(),
        purpose.word().into(),
        sealed.into(),
        index.into(),
        (*verified).into(),
    ];
    Some(Write::one(text, params))
}

fn login_claimed(name: CounterKey, customer: CustomerId) -> Write {
    let text = "INSERT INTO login (name, customer) VALUES (?1, ?2)";
    Write::one(text, [name.0.to_vec().into(), customer.into()])
}

fn login_released(name: CounterKey, customer: CustomerId) -> Write {
    Write::any(
        "DELETE FROM login WHERE name = ?1 AND customer = ?2",
        [name.0.to_vec().into(), customer.into()],
    )
}

fn login_restored(name: CounterKey, customer: CustomerId) -> Write {
    Write::any(
        "INSERT INTO login (name, customer) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
        [name.0.to_vec().into(), customer.into()],
    )
}

fn channel_retired(id: ChannelId, at: Moment) -> Write {
    Write::one(
        "UPDATE channel SET retired = ?2 WHERE id = ?1 AND retired IS NULL",
        [id.into(), at.into()],
    )
}

fn channel_restored(id: ChannelId) -> Write {
    Write::one(
        "UPDATE channel SET retired = NULL WHERE id = ?1 AND retired IS NOT NULL",
        [id.into()],
    )
}

fn contact_changed(change: &Change) -> Option<Write> {
    let Change::ContactChanged(ContactChangeKnown {
        decision,
        customer,
        added,
        retired,
        at,
    }) = change
    else {
        return None;
    };
    let text = "INSERT INTO contact_change (decision, customer, added, retired, at) \
                VALUES (?1, ?2, ?3, ?4, ?5)";
    let params = [
        (*decision).into(),
        (*customer).into(),
        (*added).into(),
        (*retired).into(),
        (*at).into(),
    ];
    Some(Write::one(text, params))
}

fn contact_undone(decision: DecisionId, at: Moment) -> Write {
    Write::one(
        "UPDATE contact_change SET undone = ?2 WHERE decision = ?1 AND undone IS NULL",
        [decision.into(), at.into()],
    )
}

fn customer_contact_changed(id: CustomerId, revision: i64, at: Moment) -> Write {
    Write::one(
        "UPDATE customer SET contact_changed = ?3, revision = revision + 1 \
         WHERE id = ?1 AND revision = ?2",
        [id.into(), revision.into(), at.into()],
    )
}
