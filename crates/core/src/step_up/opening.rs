//! The opening of a session, the same after a password alone and after a second proof.
//!
//! **Invariant:** every session that opens is told to its customer, with a code to say "this was
//! not me", and a device is bound to a customer only by a second factor.

use super::code::told;
use crate::bytes::TokenHash;
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::id::{DeviceId, NoticeId, SessionId};
use crate::known::{ChannelKnown, CustomerKnown};
use crate::moment::{Moment, Span};
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::proof::Method;
use crate::text::Line;
use crate::verdict::Requirement;
use secrecy::SecretString;

/// Everything a new session needs that is random.
#[derive(Clone, Debug)]
pub struct FreshSession {
    /// The id.
    pub id: SessionId,
    /// Hash of the token in the cookie.
    pub token: TokenHash,
    /// A device that is remembered with it if a second factor was proved: its id and the hash of
    /// its token. `None` when the browser already has one.
    pub device: Option<(DeviceId, TokenHash)>,
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
}

/// What opening a session needs; the same after a password alone and after a second proof.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Whose session.
    pub customer: &'a CustomerKnown,
    /// How it was proved.
    pub methods: Vec<Method>,
    /// From where.
    pub context: &'a Context,
    /// Where the notice goes.
    pub channels: &'a [ChannelKnown],
    /// Now.
    pub now: Moment,
}

impl Opening<'_> {
    /// Adds to `decision` the session, the device, the report code and the notice that somebody
    /// signed in.
    ///
    /// A bound device has tries of its own at every secret, so whoever has only the password must
    /// not bind one.
    pub fn session(
        self,
        mut decision: Decision,
        fresh: &FreshSession,
        policy: &Policy,
    ) -> Decision {
        let customer = self.customer.id;
        let bound = fresh.device.filter(|_| self.second_factor());
        let device = bound.map(|(id, _)| id).or(self.context.device);
        let client = self
            .context
            .client
            .and_then(|family| Line::parse(&family.to_string()).ok());
        if let Some((id, token)) = bound {
            decision.changes.push(Change::DeviceRemembered {
                id,
                customer,
                token,
                client,
                at: self.now,
            });
        } else if let Some(id) = self.context.device {
            decision
                .changes
                .push(Change::DeviceSeen { id, at: self.now });
        }
        decision.changes.push(Change::SessionOpened {
            id: fresh.id,
            token: fresh.token,
            customer,
            device,
            proved: self.now,
            methods: self.methods,
            ends: self
                .now
                .plus(Span::hours(i64::from(policy.session.absolute_hours))),
        });
        let (code, report) = fresh.report.clone();
        decision.changes.push(Change::ReportCodeIssued {
            code,
            decision: decision.entry.id,
            customer,
            expires: self.now.plus(policy.report_life()),
        });
        let kind = NoticeKind::SignedIn {
            report,
            place: self.context.describe(),
        };
        let expires = self.now.plus(kind.life(policy));
        let to = (self.customer, fresh.notice);
        decision
            .notices
            .extend(told(self.channels, to, &kind, expires));
        decision
    }

    fn second_factor(&self) -> bool {
        let meets = |method: &Method| method.meets(Requirement::SecondFactor);
        self.methods.iter().any(meets)
    }
}
