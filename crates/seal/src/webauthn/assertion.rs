//! Verifying an assertion: WebAuthn Level 3 §7.2.
//!
//! **Invariant:** an [`Asserted`] is signed by the recorded key over our challenge, on our page,
//! for our relying party. A counter that went backwards is told, not refused: synced passkeys have
//! none, and what a possible copy means is for the rules.

use sekisho_core::confirm::PaymentAsked;
use sekisho_core::proof::Screen;
use sha2::{Digest as _, Sha256};

use super::Refusal;
use super::authenticator_data::{AuthenticatorData, Flags};
use super::client_data::{Ceremony, ClientData};
use super::cose::PublicKey;
use super::expectation::{RelyingParty, UserVerification};

/// What is stored of the credential (§4, "credential record").
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub credential_id: &'a [u8],
    pub public_key: &'a PublicKey,
    /// The customer's handle that was given to the authenticator, at most 64 bytes.
    pub user_handle: &'a [u8],
    /// The counter after the last assertion.
    pub sign_count: u32,
    /// The flags at registration.
    pub flags: Flags,
}

/// Whether it was known whom to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identified {
    /// The customer gave a name or has a session: the handle may be missing.
    Beforehand,
    /// The passkey itself says who it is: it must name the customer of the record.
    ByPasskey,
}

/// What the assertion is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssertionKind<'a> {
    /// Anything but the next.
    Proof,
    /// The confirmation of an operation that the browser itself may have shown (Secure Payment
    /// Confirmation): then exactly this, and otherwise our page did.
    Confirmation(&'a PaymentAsked),
}

impl AssertionKind<'_> {
    /// Whether the ceremony is one of these, and which screen that makes it.
    fn screen(self, rp: &RelyingParty, data: &ClientData) -> Result<Screen, Refusal> {
        match (data.ceremony, &data.payment, self) {
            (Ceremony::Assert, None, _) => Ok(Screen::Page),
            (Ceremony::ConfirmPayment, Some(shown), Self::Confirmation(asked)) => {
                shown.check(rp, asked).map(|()| Screen::Browser)
            }
            (Ceremony::Register, ..) | (Ceremony::ConfirmPayment, _, Self::Proof) => {
                Err(Refusal::Ceremony)
            }
            (Ceremony::Assert, Some(_), _) | (Ceremony::ConfirmPayment, None, _) => {
                Err(Refusal::Payment)
            }
        }
    }
}

/// What is expected of an assertion.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    pub rp: &'a RelyingParty,
    /// The challenge that was given to the browser.
    pub challenge: &'a [u8],
    pub kind: AssertionKind<'a>,
    pub identified: Identified,
    pub verification: UserVerification,
}

/// What the browser sent back, decoded from base64url.
#[derive(Clone, Copy, Debug)]
pub struct AssertionResponse<'a> {
    pub credential_id: &'a [u8],
    pub client_data_json: &'a [u8],
    pub authenticator_data: &'a [u8],
    pub signature: &'a [u8],
    pub user_handle: Option<&'a [u8]>,
}

/// What the counter says (§6.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Zero before and after: this authenticator does not count.
    Unused,
    /// Greater than before.
    Advanced,
    /// Not greater than before: there may be a copy of the key. The signal for the rules.
    Regressed { stored: u32, received: u32 },
}

/// A verified assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Asserted {
    /// Flags now: whether the user was verified, whether the passkey is backed up.
    pub flags: Flags,
    /// The counter now, to be stored.
    pub sign_count: u32,
    pub counter: Counter,
    /// The page.
    pub origin: String,
    /// Who showed what was signed. The browser only for [`AssertionKind::Confirmation`], and
    /// compared member by member with what was asked.
    pub screen: Screen,
}

/// Verifies an assertion by the credential of `record`.
///
/// # Errors
/// The first step that did not hold.
pub fn assert(
    expected: &Assertion<'_>,
    record: &Record<'_>,
    response: &AssertionResponse<'_>,
) -> Result<Asserted, Refusal> {
    if response.credential_id != record.credential_id {
        return Err(Refusal::Credential);
    }
    check_handle(expected.identified, record, response)?;
    let client_data = ClientData::parse(response.client_data_json)?;
    let rp = expected.rp;
    let screen = expected.kind.screen(rp, &client_data)?;
    rp.check(expected.challenge, &client_data)?;
    let data = AuthenticatorData::parse(response.authenticator_data)?;
    data.check(&rp.id)?;
    expected.verification.check(data.flags, record.flags)?;
    if data.flags.backup_eligible() != record.flags.backup_eligible() {
        return Err(Refusal::BackupEligibilityChanged);
    }
    let hash = Sha256::digest(response.client_data_json);
    let signed = [response.authenticator_data, &hash].concat();
    let check = record.public_key.verify(&signed, response.signature);
    if !check.matched() {
        return Err(Refusal::Signature);
    }
    Ok(Asserted {
        flags: data.flags,
        sign_count: data.sign_count,
        counter: Counter::of(record.sign_count, data.sign_count),
        origin: client_data.origin,
        screen,
    })
}

fn check_handle(
    identified: Identified,
    record: &Record<'_>,
    response: &AssertionResponse<'_>,
) -> Result<(), Refusal> {
    match (identified, response.user_handle) {
        (_, Some(handle)) if handle == record.user_handle => Ok(()),
        // Level 2 clients send an empty handle where there is none.
        (Identified::Beforehand, None | Some([])) => Ok(()),
        _ => Err(Refusal::UserHandle),
    }
}

impl Counter {
    fn of(stored: u32, received: u32) -> Self {
        match (stored, received) {
            (0, 0) => Self::Unused,
            _ if received > stored => Self::Advanced,
            _ => Self::Regressed { stored, received },
        }
    }
}
