//! By what people of the firm come into the console: their passkeys, and the sessions that these
//! open.
//!
//! **Invariant:** a session that no passkey opened makes a first passkey and does nothing else.

use super::passkey::flags;
use crate::bytes::TokenHash;
use crate::id::{CredentialId, StaffId, StaffSessionId};

use crate::known::{Attestation, Backup, StaffKnown, Transport};
use crate::moment::{Moment, Span};
use crate::proof::UserSeen;
use crate::text::Line;

/// Without a request for so long a session is over: NIST SP 800-63B-4 section 2.3.3 for AAL3.
pub const IDLE: Span = Span::minutes(15);
/// So long a session lasts at most: a working day, within the 12 hours of the same section.
pub const LONGEST: Span = Span::hours(8);
/// For so long after a passkey signed a session does what cannot be undone. Ours.
pub const FRESH: Span = Span::minutes(5);
/// For so long a person who showed their secret may make a first passkey: as long as a prompt may
/// be answered.
pub const ENROLLING: Span = Span::minutes(10);
/// After so long another request is written down as the last one.
const SEEN: Span = Span::minutes(1);

/// A passkey of a person of the firm. Whoever made it was seen by the authenticator (WebAuthn's
/// UV), so it is asked for ever after.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffPasskeyKnown {
    /// The id.
    pub id: CredentialId,
    /// Whose.
    pub staff: StaffId,
    /// The domain of the console that it was made for.
    pub rp_id: String,
    /// The authenticator's own name for it (the credential id, at most 1023 bytes).
    pub handle: Vec<u8>,
    /// What the authenticator keeps as the name of its owner.
    pub user_handle: Vec<u8>,
    /// The public key as a COSE key (RFC 9052 section 7).
    pub public_key: Vec<u8>,
    /// Signatures so far, as the authenticator counts; 0 for one that does not count.
    pub sign_count: u32,
    /// Where it may be.
    pub backup: Backup,
    /// The model of the authenticator (AAGUID), as far as it says; zeros otherwise.
    pub aaguid: [u8; 16],
    /// Whether that is worth anything.
    pub attestation: Attestation,
    /// How the browser said that it is reached.
    pub transports: Vec<Transport>,
    /// The owner's name for it.
    pub name: Line<40>,
    /// When it was added.
    pub created: Moment,
    /// When it signed last.
    pub last: Option<Moment>,
    /// Counts up with every use.
    pub revision: i64,
}

impl std::fmt::Debug for StaffPasskeyKnown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, revision, .. } = self;
        write!(f, "StaffPasskeyKnown({id}, revision {revision})")
    }
}

impl StaffPasskeyKnown {
    /// The flags of Web Authentication Level 3 section 6.1 that are kept; see
    /// [`PasskeyKnown::flags`](crate::known::PasskeyKnown::flags).
    #[must_use]
    pub const fn flags(&self) -> u8 {
        flags(UserSeen::Verified, self.backup)
    }
}

/// A session in the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSessionKnown {
    /// The id.
    pub id: StaffSessionId,
    /// Hash of what the browser holds.
    pub token: TokenHash,
    /// Whose, as they are now.
    pub staff: StaffKnown,
    /// The passkey that opened it; `None` for one that a secret opened.
    pub passkey: Option<CredentialId>,
    /// Since when.
    pub opened: Moment,
    /// When the person proved last who they are.
    pub proved: Moment,
    /// The last request, to the minute.
    pub last: Moment,
    /// When it is over whatever happens.
    pub ends: Moment,
}

impl StaffSessionKnown {
    /// Whether it may be used.
    #[must_use]
    pub fn is_alive(&self, now: Moment) -> bool {
        self.staff.disabled.is_none() && now < self.ends && now.since(self.last) < IDLE
    }

    /// Whether this request is to be written down as the last one.
    #[must_use]
    pub fn is_due(&self, now: Moment) -> bool {
        now.since(self.last) >= SEEN
    }

    /// Whether the person proved who they are a short time ago.
    #[must_use]
    pub fn is_fresh(&self, now: Moment) -> bool {
        self.passkey.is_some() && now.since(self.proved) < FRESH
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::StaffRole;
    use crate::sample::{NOW, person};

    fn session() -> StaffSessionKnown {
        StaffSessionKnown {
            id: StaffSessionId([1; 16]),
            token: TokenHash([1; 32]),
            staff: person(1, &[StaffRole::Operations]),
            passkey: Some(CredentialId([2; 16])),
            opened: NOW,
            proved: NOW,
            last: NOW,
            ends: NOW.plus(LONGEST),
        }
    }

    #[test]
    fn a_session_is_over_after_a_quarter_of_an_hour_without_a_request_and_after_eight_hours() {
        let known = session();
        let within = |span: Span| known.is_alive(NOW.plus(span));
        assert!(within(Span(IDLE.0 - 1)) && !within(IDLE));
        let used = StaffSessionKnown {
            last: NOW.plus(Span(LONGEST.0 - 1)),
            ..known.clone()
        };
        assert!(used.is_alive(NOW.plus(Span(LONGEST.0 - 1))));
        assert!(!used.is_alive(NOW.plus(LONGEST)));
        let mut gone = known;
        gone.staff.disabled = Some(NOW);
        assert!(!gone.is_alive(NOW));
    }

    #[test]
    fn a_secret_is_no_fresh_proof_and_a_passkey_is_for_five_minutes() {
        let known = session();
        assert!(known.is_fresh(NOW.plus(Span(FRESH.0 - 1))));
        assert!(!known.is_fresh(NOW.plus(FRESH)));
        let first = StaffSessionKnown {
            passkey: None,
            ..known
        };
        assert!(!first.is_fresh(NOW));
    }
}
