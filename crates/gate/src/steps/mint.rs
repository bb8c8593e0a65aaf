//! Fresh sessions, devices and codes: drawn here, decided on in core.
//!
//! **Invariant:** a token leaves only towards the browser it was made for; what is decided on is
//! its hash.

use secrecy::SecretString;
use sekisho_core::bytes::{Digest, TokenHash};
use sekisho_core::change::Change;
use sekisho_core::decision::Decision;
use sekisho_core::device::FreshReuse;
use sekisho_core::id::{ChallengeId, DeviceId, NoticeId, SessionId};
use sekisho_core::moment::Moment;
use sekisho_core::step_up::{FreshChallenge, FreshSession};
use sekisho_seal::code::{CodeBinding, OneTimeCode};
use sekisho_seal::report_code::ReportCode;
use sekisho_seal::token::{Token, TokenKind};

use super::conversation::Opened;
use crate::fault::Fault;
use crate::gate::Gate;

/// Fresh values of a session, with the tokens for the cookies.
pub(crate) struct Minted {
    pub(crate) fresh: FreshSession,
    pub(crate) session: Token,
    pub(crate) device: Token,
}

impl Minted {
    /// What goes to the browser once `committed` opened the session: the device's token only if
    /// that decision remembers the device or gives it another one.
    pub(crate) fn opened(self, committed: &Decision, return_to: String) -> Opened {
        let device = Some(self.device).filter(|token| {
            committed.changes.iter().any(|change| match change {
                Change::DeviceRemembered(device) => device.token == token.hash(),
                Change::DeviceRotated(rotated) => rotated.issued == token.hash(),
                _ => false,
            })
        });
        Opened {
            session: self.session,
            device,
            return_to,
        }
    }
}

impl Gate {
    /// A code by which a customer can say "this was not me": its hash and its text.
    pub(crate) fn fresh_report(&self) -> Result<(TokenHash, SecretString), Fault> {
        let report = ReportCode::from_random(self.dice().bytes()?);
        Ok((self.keys().reports.hash(&report), report.display()))
    }

    /// For the message that a factor was locked: a report code, and the id of the message.
    pub(crate) fn fresh_locked(
        &self,
        now: Moment,
    ) -> Result<((TokenHash, SecretString), NoticeId), Fault> {
        Ok((self.fresh_report()?, NoticeId(self.dice().id(now)?)))
    }

    pub(crate) fn fresh_challenge(
        &self,
        now: Moment,
        bound: Digest,
    ) -> Result<FreshChallenge, Fault> {
        let id = ChallengeId(self.dice().id(now)?);
        let code = OneTimeCode::from_random(self.dice().bytes()?);
        let hash = self.keys().codes.hash(
            &code,
            CodeBinding {
                challenge: id,
                bound,
            },
        );
        Ok(FreshChallenge {
            id,
            code: code.digits().clone(),
            hash,
            notice: NoticeId(self.dice().id(now)?),
        })
    }

    pub(crate) fn mint_session(&self, now: Moment) -> Result<Minted, Fault> {
        let session = self.token(TokenKind::Session)?;
        let device = self.token(TokenKind::Device)?;
        let fresh = FreshSession {
            id: SessionId(self.dice().id(now)?),
            token: session.hash(),
            device: (DeviceId(self.dice().id(now)?), device.hash()),
            report: self.fresh_report()?,
            notice: NoticeId(self.dice().id(now)?),
            reuse: FreshReuse {
                report: self.fresh_report()?,
                notice: NoticeId(self.dice().id(now)?),
            },
        };
        Ok(Minted {
            fresh,
            session,
            device,
        })
    }
}
