//! Customers, how they are reached, what they prove with, and what is known of their money.
//!
//! **Invariant:** a customer's row changes only together with its revision.

use crate::sql::Write;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::TokenHash;
use sekisho_core::change::{Change, CredentialSet, PasswordVoided, ReportCodeIssued};
use sekisho_core::id::{CredentialId, CustomerId, DecisionId};
use sekisho_core::known::{CustomerState, Strange};
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::text::Reference;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::AmountMoved {
            customer,
            kind,
            minor,
        } => amount_moved(*customer, kind, *minor),
        Change::CredentialAdded {
            id,
            customer,
            hash,
            at,
        } => credential_added(*id, *customer, hash, *at),
        Change::CredentialRehashed { id, revision, hash } => {
            credential_rehashed(*id, *revision, hash)
        }
        Change::CredentialSet(CredentialSet {
            id,
            revision,
            hash,
            at,
        }) => credential_set(*id, *revision, hash, *at),
        Change::PasswordVoided(PasswordVoided { id, revision, at }) => {
            password_voided(*id, *revision, *at)
        }
        Change::CustomerCreated {
            id,
            reference,
            locale,
            at,
        } => created(*id, reference, *locale, *at),
        Change::CustomerFrozen {
            id,
            revision,
            doubted,
        } => frozen(*id, *revision, *doubted),
        Change::CustomerThawed { id, revision } => thawed(*id, *revision),
        Change::PayoutAccountChanged {
            customer,
            at,
            strange,
        } => payout_account_changed(*customer, *at, *strange),
        Change::ReportCodeIssued(ReportCodeIssued {
            code,
            decision,
            customer,
            expires,
        }) => report_code_issued(*code, *decision, *customer, *expires),
        Change::ReportCodeUsed { code, at } => report_code_used(*code, *at),
        other => return super::contact::writes(other),
    };
    Some(vec![write])
}

fn created(id: CustomerId, reference: &Reference, locale: Locale, at: Moment) -> Write {
    Write::one(
        "INSERT INTO customer (id, reference, state, locale, created, revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, 1)",
        [
            id.into(),
            reference.as_str().into(),
            CustomerState::Active.word().into(),
            locale.tag().into(),
            at.into(),
        ],
    )
}

fn frozen(id: CustomerId, revision: i64, doubted: Option<Moment>) -> Write {
    Write::one(
        "UPDATE customer SET state = ?3, contact_doubted = COALESCE(contact_doubted, ?4), \
         revision = revision + 1 WHERE id = ?1 AND revision = ?2",
        [
            id.into(),
            revision.into(),
            CustomerState::Frozen.word().into(),
            doubted.into(),
        ],
    )
}

/// Whoever thawed it made sure who the customer is.
fn thawed(id: CustomerId, revision: i64) -> Write {
    Write::one(
        "UPDATE customer SET state = ?3, contact_doubted = NULL, revision = revision + 1 \
         WHERE id = ?1 AND revision = ?2",
        [
            id.into(),
            revision.into(),
            CustomerState::Active.word().into(),
        ],
    )
}

fn credential_added(id: CredentialId, customer: CustomerId, hash: &str, at: Moment) -> Write {
    Write::one(
        "INSERT INTO credential (id, customer, hash, set_at, revision) VALUES (?1, ?2, ?3, ?4, 1)",
        [id.into(), customer.into(), hash.into(), at.into()],
    )
}

fn credential_rehashed(id: CredentialId, revision: i64, hash: &str) -> Write {
    Write::one(
        "UPDATE credential SET hash = ?3, revision = revision + 1 WHERE id = ?1 AND revision = ?2",
        [id.into(), revision.into(), hash.into()],
    )
}

fn credential_set(id: CredentialId, revision: i64, hash: &str, at: Moment) -> Write {
    Write::one(
        "UPDATE credential SET hash = ?3, set_at = ?4, void_at = NULL, revision = revision + 1 \
         WHERE id = ?1 AND revision = ?2",
        [id.into(), revision.into(), hash.into(), at.into()],
    )
}

fn password_voided(id: CredentialId, revision: i64, at: Moment) -> Write {
    Write::one(
        "UPDATE credential SET void_at = ?3, revision = revision + 1 \
         WHERE id = ?1 AND revision = ?2 AND void_at IS NULL",
        [id.into(), revision.into(), at.into()],
    )
}

fn payout_account_changed(customer: CustomerId, at: Moment, strange: Strange) -> Write {
    Write::any(
        "INSERT INTO payout_change (customer, at, strange) VALUES (?1, ?2, ?3) \
         ON CONFLICT (customer) DO UPDATE SET at = excluded.at, strange = excluded.strange \
         WHERE payout_change.at <= excluded.at",
        [customer.into(), at.into(), strange.into()],
    )
}

fn amount_moved(customer: CustomerId, kind: &OperationKind, minor: i64) -> Write {
    Write::any(
        "INSERT INTO largest_amount (customer, kind, minor) VALUES (?1, ?2, ?3) \
         ON CONFLICT (customer, kind) DO UPDATE SET minor = excluded.minor \
         WHERE largest_amount.minor < excluded.minor",
        [customer.into(), kind.as_str().into(), minor.into()],
    )
}

fn report_code_issued(
    code: TokenHash,
    decision: DecisionId,
    customer: CustomerId,
    expires: Moment,
) -> Write {
    Write::one(
        "INSERT INTO report_code (code, decision, customer, expires) VALUES (?1, ?2, ?3, ?4)",
        [
            code.into(),
            decision.into(),
            customer.into(),
            expires.into(),
        ],
    )
}

fn report_code_used(code: TokenHash, at: Moment) -> Write {
    Write::one(
        "UPDATE report_code SET used = ?2 WHERE code = ?1 AND used IS NULL",
        [code.into(), at.into()],
    )
}
