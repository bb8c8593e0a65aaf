//! What a relying party expects of every answer, and the comparison with what came.
//!
//! **Invariant:** pages are compared as whole origins, byte by byte: no suffixes, no patterns.

use sekisho_core::moment::Moment;

use super::Refusal;
use super::authenticator_data::Flags;
use super::certificate::Certificate;
use super::client_data::{ClientData, Frame};
use crate::Check;

/// Whose passkeys they are, and on which pages they may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain that the credentials belong to, `broker.example`.
    pub id: String,
    /// The origins of our pages as a browser writes them, `https://login.broker.example`.
    pub origins: Vec<String>,
    /// Whether our page may stand inside others.
    pub framing: Framing,
}

/// Whether a page of ours may ask for a passkey inside a page of another origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Never: the safe choice, since what surrounds the frame can dress it up.
    Refuse,
    /// Inside pages of these origins (`topOrigin`).
    Within {
        tops: Vec<String>,
        unnamed: UnnamedTop,
    },
}

/// What to do when the browser says "framed" and not by whom, as Level 2 browsers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnnamedTop {
    Refuse,
    Accept,
}

/// What is asked of user verification (UV).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserVerification {
    /// It must be seen.
    Required,
    /// It must be seen if it was seen at registration: who once had a PIN keeps it. At a
    /// registration the same as [`UserVerification::Preferred`].
    AsRegistered,
    /// It is reported and may be missing.
    Preferred,
}

impl UserVerification {
    pub(super) fn check(self, flags: Flags, registered: Flags) -> Result<(), Refusal> {
        let needed = match self {
            Self::Required => true,
            Self::AsRegistered => registered.user_verified(),
            Self::Preferred => false,
        };
        if needed && !flags.user_verified() {
            return Err(Refusal::VerificationMissing);
        }
        Ok(())
    }
}

/// Certificates to which an attestation may lead.
#[derive(Debug, Default)]
pub struct Anchors(pub(super) Vec<Certificate>);

impl Anchors {
    /// Reads roots, each one certificate in DER.
    ///
    /// # Errors
    /// [`Refusal::AttestationCertificate`] when one is no certificate.
    pub fn new(roots: &[Vec<u8>]) -> Result<Self, Refusal> {
        let roots = roots.iter().map(|der| Certificate::parse(der));
        roots.collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is done with the chain of an attestation, after its signature was found right.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// It is returned unjudged.
    Record,
    /// It is judged, the result is returned.
    Judge { anchors: &'a Anchors, at: Moment },
    /// It must lead to one of the roots; `none` and self attestation are refused.
    Require { anchors: &'a Anchors, at: Moment },
}

impl RelyingParty {
    /// The steps on client data that §7.1 and §7.2 share, but for the ceremony.
    pub(super) fn check(&self, challenge: &[u8], data: &ClientData) -> Result<(), Refusal> {
        // An empty challenge would be a bug of the caller that lets every answer be replayed.
        if challenge.is_empty() || !Check::of(challenge, &data.challenge).matched() {
            return Err(Refusal::Challenge);
        }
        if !self.origins.contains(&data.origin) {
            return Err(Refusal::Origin);
        }
        if !self.framed_as_expected(&data.frame) {
            return Err(Refusal::Framing);
        }
        Ok(())
    }

    fn framed_as_expected(&self, frame: &Frame) -> bool {
        match (frame, &self.framing) {
            (Frame::SameOrigin, _) => true,
            (Frame::CrossOrigin { .. }, Framing::Refuse) => false,
            (Frame::CrossOrigin { top: Some(top) }, Framing::Within { tops, .. }) => {
                tops.contains(top)
            }
            (Frame::CrossOrigin { top: None }, Framing::Within { unnamed, .. }) => {
                *unnamed == UnnamedTop::Accept
            }
        }
    }
}
