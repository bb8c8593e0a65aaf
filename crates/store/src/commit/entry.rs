//! What every decision leaves: its entry, the row of the history, and what was seen.
//!
//! **Invariant:** entries and accesses are only ever added.

use super::values::words;
use crate::sql::{Value, Write};
use sekisho_core::access::Access;
use sekisho_core::change::{Change, SightingsVoided};
use sekisho_core::entry::Entry;
use sekisho_core::sighting::{Ending, Scope, Sighting, Trait, TraitKind};

pub(super) fn recorded(entry: &Entry) -> Write {
    Write::one(
        "INSERT INTO entry (id, at, act, actor, application, customer, operation, verdict, \
         requirements, reasons, policy, facts, staff) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        [
            entry.id.into(),
            entry.at.into(),
            entry.act.word().into(),
            entry.actor.word().into(),
            entry.actor.application().into(),
            entry.customer.into(),
            entry.operation.into(),
            entry.verdict.kind().word().into(),
            words(
                entry
                    .verdict
                    .requirements()
                    .iter()
                    .map(|requirement| requirement.word()),
            ),
            words(entry.reasons.iter().map(|reason| reason.code())),
            entry.policy.as_str().into(),
            entry.facts.as_str().into(),
            entry.actor.staff().into(),
        ],
    )
}

pub(super) fn accessed(access: &Access) -> Write {
    Write::one(
        "INSERT INTO access (customer, at, decision, act, ending, verdict, address, system, \
         country, device, client, application) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        [
            access.customer.into(),
            access.at.into(),
            access.decision.into(),
            access.act.word().into(),
            ending_word(access.ending).into(),
            access.verdict.word().into(),
            access.address.into(),
            access.system.into(),
            access
                .country
                .as_ref()
                .map(|country| Value::from(country.code()))
                .into(),
            access.device.into(),
            access
                .client
                .as_ref()
                .map(|client| Value::from(client.as_str()))
                .into(),
            access.application.into(),
        ],
    )
}

/// The word of an ending, as stored with an access.
pub(crate) const fn ending_word(ending: Ending) -> &'static str {
    match ending {
        Ending::Failure => "failure",
        Ending::Pending => "pending",
        Ending::Success => "success",
    }
}

/// One observation joins those before: what ended counts, what is pending only moves the moments.
pub(super) fn seen(sighting: &Sighting) -> Write {
    let (success, failure) = match sighting.ending {
        Ending::Success => (1i64, 0i64),
        Ending::Failure => (0, 1),
        Ending::Pending => (0, 0),
    };
    let guarded = match sighting.scope {
        Scope::Guarded => success + failure,
        Scope::Access => 0,
    };
    Write::one(
        "INSERT INTO sighting \
         (kind, value, customer, first_at, last_at, successes, failures, guarded, first_success) \
         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (kind, value, customer) DO UPDATE SET \
         first_at = CASE WHEN excluded.first_at < sighting.first_at \
             THEN excluded.first_at ELSE sighting.first_at END, \
         last_at = CASE WHEN excluded.last_at > sighting.last_at \
             THEN excluded.last_at ELSE sighting.last_at END, \
         first_success = CASE WHEN sighting.voided IS NOT NULL AND sighting.kind IN (4, 6) \
             THEN NULL WHEN sighting.first_success IS NULL \
             OR excluded.first_success < sighting.first_success \
             THEN COALESCE(excluded.first_success, sighting.first_success) \
             ELSE sighting.first_success END, \
         successes = sighting.successes + excluded.successes, \
         failures = sighting.failures + excluded.failures, \
         guarded = sighting.guarded + excluded.guarded",
        [
            sighting.seen.kind.code().into(),
            sighting.seen.value.into(),
            sighting.customer.into(),
            sighting.at.into(),
            success.into(),
            failure.into(),
            guarded.into(),
            (success == 1).then_some(sighting.at).into(),
        ],
    )
}

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    match change {
        Change::SightingsVoided(void) => Some(voided(void)),
        _ => None,
    }
}

/// What is particular to whoever it was (address, network, device, payout account, phone) is void
/// whatever its age: the thief may have settled it before. What a town shares (operator, country,
/// client) only if it was first seen with it. A trait without a row gets one, so that others see
/// it.
fn voided(void: &SightingsVoided) -> Vec<Write> {
    let particular = |kind| {
        use TraitKind::{Address, Device, Network, PayoutAccount, Phone};
        matches!(kind, Address | Network | Device | PayoutAccount | Phone)
    };
    let write = |seen: &Trait| {
        let text = if particular(seen.kind) {
            "INSERT INTO sighting \
             (kind, value, customer, first_at, last_at, successes, failures, guarded, voided) \
             VALUES (?1, ?2, ?3, ?4, ?4, 0, 0, 0, ?5) \
             ON CONFLICT (kind, value, customer) DO UPDATE SET first_success = NULL, \
             voided = excluded.voided"
        } else {
            "UPDATE sighting SET first_success = NULL, voided = ?5 \
             WHERE kind = ?1 AND value = ?2 AND customer = ?3 AND first_success >= ?4"
        };
        let (kind, value) = (seen.kind.code().into(), seen.value.into());
        let (customer, since, at) = (void.customer.into(), void.since.into(), void.at.into());
        let params = [kind, value, customer, since, at];
        Write::any(text, params)
    };
    // In one order everywhere, as the sightings themselves.
    let traits = void.traits.iter();
    let mut ordered: Vec<_> = traits.filter(|seen| **seen != Trait::ALL).collect();
    ordered.sort();
    ordered.into_iter().map(write).collect()
}
