//! Changes in: a decision as the list of its writes.
//!
//! One small pure function for each kind of change says what is written and what has to hold for
//! it. The entry comes first, so that a decision that landed before is noticed before anything else
//! is written.
//!
//! **Invariant:** nothing is decided here; what a change does not say is not written.

mod alert;
mod application;
mod archive;
mod attempt;
mod backup_code;
mod campaign;
mod case;
mod challenge;
mod claim;
mod contact;
mod customer;
mod desk;
mod device;
mod entry;
mod hold;
mod housekeep;
mod limit;
mod listing;
mod log;
mod notice;
mod operation;
mod passkey;
mod pin;
mod population;
mod push;
mod recovery;
mod rules;
mod session;
mod siem;
mod signal;
mod staff;
mod staff_access;
mod stands;
mod stop;
mod totp;
mod values;
mod webhook;

pub(crate) use campaign::campaigns_before;
pub(crate) use entry::ending_word;
pub(crate) use hold::proof_stands;
pub(crate) use housekeep::{alerts_before, attempts_before};
pub(crate) use session::bucket;
pub(crate) use values::free;

use crate::fault::Fault;
use crate::sql::Write;
use sekisho_core::bytes::Sealed;
use sekisho_core::change::Change;
use sekisho_core::decision::Decision;

/// Everything that has to land together; `sealed` holds the sealed content of each notice, in
/// order.
pub(crate) fn writes(decision: &Decision, sealed: &[Sealed]) -> Result<Vec<Write>, Fault> {
    let unstorable = |what: &str| Fault::Unstorable {
        what: what.to_owned(),
    };
    if sealed.len() != decision.notices.len() {
        return Err(unstorable("each notice needs exactly one sealed content"));
    }
    let record = &decision.entry;
    let mut all = vec![entry::recorded(record)];
    for change in &decision.changes {
        // A change without a writer would be dropped in silence.
        let writes = change_writes(change).filter(|writes| !writes.is_empty());
        all.extend(writes.ok_or_else(|| unstorable("a change that no function writes"))?);
    }
    if let Some(access) = &decision.access {
        // The history is found through the entry, by these three.
        let same = access.decision == record.id
            && access.at == record.at
            && record.customer == Some(access.customer);
        if !same {
            return Err(unstorable("an access that belongs to another entry"));
        }
        all.push(entry::accessed(access));
    }
    if let Some(tried) = &decision.tried {
        if (tried.at, tried.decision) != (record.at, record.id) {
            return Err(unstorable("an attempt that belongs to another entry"));
        }
        all.push(attempt::tried(tried));
    }
    // In one order everywhere, so that commits about the same rows wait for each other and never in
    // a circle.
    let mut sightings: Vec<_> = decision.sightings.iter().collect();
    sightings.sort_by_key(|sighting| (sighting.seen, sighting.customer));
    all.extend(sightings.into_iter().map(entry::seen));
    let notices = decision.notices.iter().zip(sealed);
    all.extend(notices.map(|(notice, sealed)| notice::queued(notice, sealed, record.at)));
    Ok(all)
}

/// The one list of changes without a catch-all: a new kind of change does not compile until it has
/// a place.
fn change_writes(change: &Change) -> Option<Vec<Write>> {
    match change {
        Change::ApiCredentialIssued { .. }
        | Change::ApiCredentialRevoked { .. }
        | Change::ApplicationRegistered { .. }
        | Change::AuthorizationRequested(_)
        | Change::CodeIssued(_)
        | Change::CodeRedeemed { .. }
        | Change::SigningKeyAdded { .. }
        | Change::SigningKeyRetired { .. } => application::writes(change),
        Change::AmountMoved { .. }
        | Change::ContactChanged(_)
        | Change::ContactUndone { .. }
        | Change::ChannelAdded(_)
        | Change::ChannelRestored { .. }
        | Change::ChannelRetired { .. }
        | Change::CustomerContactChanged { .. }
        | Change::DeviceForgotten { .. }
        | Change::DeviceNamed { .. }
        | Change::CredentialAdded { .. }
        | Change::CredentialRehashed { .. }
        | Change::CredentialSet(_)
        | Change::PasswordVoided(_)
        | Change::CustomerCreated { .. }
        | Change::DeviceRemembered(_)
        | Change::DeviceRotated(_)
        | Change::LoginClaimed { .. }
        | Change::PayoutAccountChanged { .. }
        | Change::ReportCodeIssued(_)
        | Change::ReportCodeUsed { .. } => customer::writes(change),
        Change::CustomerFrozen { .. } | Change::CustomerThawed { .. } => customer::writes(change),
        Change::LoginReleased { .. } | Change::LoginRestored { .. } => customer::writes(change),
        Change::TicketSpent { .. }
        | Change::PasskeyAdded(_)
        | Change::PasskeyRemoved(_)
        | Change::PasskeyRenamed { .. }
        | Change::PasskeyUsed(_)
        | Change::PasskeysRemoved(_) => passkey::writes(change),
        Change::Alert(_) | Change::Archive(_) | Change::Campaign(_) => own(change),
        Change::BackupCode(_) | Change::Pin(_) | Change::Push(_) | Change::Totp(_) => own(change),
        Change::Desk(_) | Change::Staff(_) | Change::Stands(_) | Change::Stop(_) => own(change),
        Change::Case(_) | Change::Hold(_) | Change::Signal(_) | Change::Webhook(_) => own(change),
        Change::Claimed(_) | Change::Population(_) | Change::Siem(_) => own(change),
        Change::RecoveryBegun(_) | Change::RecoveryEnded(_) => recovery::writes(change),
        Change::Limit(change) => Some(limit::writes(change)),
        Change::ExpiredRemoved { .. } | Change::SightingsVoided(_) => housekeep::writes(change),
        Change::IdempotencyKept { .. }
        | Change::OperationCreated(_)
        | Change::OperationMoved { .. }
        | Change::OutcomeRecorded { .. }
        | Change::StatementKept(_) => operation::writes(change),
        Change::NoticeClaimed { .. } | Change::NoticePostponed { .. } => notice::writes(change),
        Change::NoticeRevived { .. } | Change::NoticeDropped { .. } => notice::writes(change),
        Change::NoticeSent { .. } => notice::writes(change),
        Change::ChallengeSent { .. }
        | Change::ChallengeUsed { .. }
        | Change::CodeTexted(_)
        | Change::FailureCounted { .. }
        | Change::InteractionClosed { .. }
        | Change::InteractionCodeSent { .. }
        | Change::InteractionOpened { .. }
        | Change::OtherSessionsEnded { .. }
        | Change::SessionOpened { .. }
        | Change::SessionProved(_)
        | Change::SessionsEnded { .. } => session::writes(change),
        Change::SessionEnded { .. } | Change::SessionSeen { .. } | Change::SessionStrange(_) => {
            session::writes(change)
        }
        Change::TryPaced { .. } | Change::TryReserved { .. } => session::writes(change),
        Change::TriesCleared { .. } | Change::TriesOpened { .. } => session::writes(change),
    }
}

/// What has one change of its own, with the kinds of it within.
fn own(change: &Change) -> Option<Vec<Write>> {
    Some(match change {
        Change::Alert(change) => alert::writes(change),
        Change::Archive(change) => archive::writes(change),
        Change::BackupCode(change) => backup_code::writes(change),
        Change::Campaign(change) => campaign::writes(change),
        Change::Case(change) => vec![case::write(change)],
        Change::Hold(change) => hold::writes(change),
        Change::Claimed(claimed) => vec![claim::write(*claimed)],
        Change::Pin(change) => pin::writes(change),
        Change::Population(change) => population::writes(change),
        Change::Push(change) => push::writes(change),
        Change::Desk(change) => desk::writes(change),
        Change::Siem(change) => siem::writes(change),
        Change::Signal(change) => signal::writes(change),
        Change::Staff(change) => staff::writes(change),
        Change::Stands(stands) => stands::writes(*stands),
        Change::Stop(change) => stop::writes(change),
        Change::Totp(change) => totp::writes(change),
        Change::Webhook(change) => webhook::writes(change),
        _ => return None,
    })
}
