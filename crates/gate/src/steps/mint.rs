//! Fresh sessions, devices and codes: drawn here, decided on in core.
//!
//! **Invariant:** a token leaves only towards the browser it was made for; what is decided on is
//! its hash.

use sekisho_core::bytes::Digest;
use sekisho_core::change::Change;
use sekisho_core::context::Context;
use sekisho_core::decision::Decision;
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
    pub(crate) device: Option<Token>,
}

impl Minted {
    /// What goes to the browser once `committed` opened the session: the device's token only if
    /// that decision remembers the device.
    pub(crate) fn opened(self, committed: &Decision, return_to: String) -> Opened {
        let remembered = |change: &Change| matches!(change, Change::DeviceRemembered { .. });
        let bound = committed.changes.iter().any(remembered);
        Opened {
            session: self.session,
            device: self.device.filter(|_| bound),
            return_to,
        }
    }
}

impl Gate {
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

    pub(crate) fn mint_session(&self, now: Moment, context: &Context) -> Result<Minted, Fault> {
        let session = self.token(TokenKind::Session)?;
        let device = match context.device {
            Some(_) => None,
            None => Some((
                DeviceId(self.dice().id(now)?),
                self.token(TokenKind::Device)?,
            )),
        };
        let report = ReportCode::from_random(self.dice().bytes()?);
        let fresh = FreshSession {
            id: SessionId(self.dice().id(now)?),
            token: session.hash(),
            device: device.as_ref().map(|(id, token)| (*id, token.hash())),
            report: (self.keys().reports.hash(&report), report.display()),
            notice: NoticeId(self.dice().id(now)?),
        };
        Ok(Minted {
            fresh,
            session,
            device: device.map(|(_, token)| token),
        })
    }
}
