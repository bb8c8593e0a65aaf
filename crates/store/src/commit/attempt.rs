//! The feed of attempts.
//!
//! **Invariant:** rows are only ever added at the end, and removed from the beginning.

use super::ending_word;
use crate::sql::{Value, Write};
use sekisho_core::attempt::Tried;
use sekisho_core::moment::Moment;

pub(super) fn tried(tried: &Tried) -> Write {
    let (origin, context) = (&tried.origin, &tried.origin.context);
    let known = origin.account.customer().is_some();
    let country = context.place.country.as_ref();
    let client = context.client.map(|family| Value::from(family.to_string()));
    Write::one(
        "INSERT INTO attempt (at, decision, act, ending, account, known, address, system, \
         country, client, agent, device, strange, application) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        [
            tried.at.into(),
            tried.decision.into(),
            tried.act.word().into(),
            ending_word(tried.ending).into(),
            origin.account.key().into(),
            known.into(),
            context.address.into(),
            context.place.system.into(),
            country.map(|country| Value::from(country.code())).into(),
            client.into(),
            origin.agent.into(),
            origin.device.into(),
            origin.met.into(),
            origin.application.into(),
        ],
    )
}

/// The oldest `most` rows before `before`, and what is of the very same moment as the last of them.
pub(super) fn removed(before: Moment, most: i64) -> Write {
    Write::any(
        "DELETE FROM attempt WHERE at <= (SELECT MAX(oldest.at) FROM \
         (SELECT at FROM attempt WHERE at < ?1 ORDER BY at LIMIT ?2) AS oldest)",
        [before.into(), most.into()],
    )
}
