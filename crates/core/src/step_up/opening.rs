//! The opening of a session, the same after a password alone and after a second proof.
//!
//! **Invariant:** every session that opens from a device that was not remembered is told to its
//! customer, with a code to say "this was not me", and a device is bound to a customer only by a
//! second factor.

use super::code::told;
use crate::bytes::TokenHash;
use crate::change::{Change, DeviceRemembered};
use crate::context::{Context, Terminal};
use crate::decision::Decision;
use crate::device::{FreshReuse, Presented};
use crate::elsewhere::ProofPlace;
use crate::id::{DeviceId, NoticeId, SessionId};
use crate::known::{ChannelKnown, CustomerKnown};
use crate::moment::{Moment, Span};
use crate::notice::NoticeKind;
use crate::policy::{Policy, SignInNotice};
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
    /// The hash of the next token of the browser's device, and an id for one that is remembered
    /// from now on if a second factor was proved.
    pub device: (DeviceId, TokenHash),
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
    /// For the message that a device was reused.
    pub reuse: FreshReuse,
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
    /// What the browser's device is to the customer.
    pub presented: Presented,
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
    /// not bind one. A browser that others use too is not remembered.
    pub fn session(
        self,
        mut decision: Decision,
        fresh: &FreshSession,
        policy: &Policy,
    ) -> Decision {
        let customer = self.customer.id;
        let recognised = self.presented.recognised();
        let (id, token) = fresh.device;
        let own = self.context.terminal == Terminal::Own;
        let bound = (own && recognised.is_none() && self.second_factor()).then_some(id);
        let device = recognised.or(bound);
        let client = self
            .context
            .client
            .and_then(|family| Line::parse(&family.to_string()).ok());
        let remembered = bound.map(|id| {
            Change::DeviceRemembered(DeviceRemembered {
                id,
                customer,
                token,
                client,
                at: self.now,
            })
        });
        let used = self.presented.used(customer, token, self.now);
        decision.changes.extend(remembered.or(used));
        decision.changes.push(Change::SessionOpened {
            id: fresh.id,
            token: fresh.token,
            customer,
            device,
            proved: self.now,
            methods: self.methods.clone(),
            ends: self
                .now
                .plus(Span::hours(i64::from(policy.session.absolute_hours))),
            place: ProofPlace::from(self.context),
        });
        match policy.notice.sign_in {
            SignInNotice::Unusual if recognised.is_some() => decision,
            SignInNotice::Always | SignInNotice::Unusual => self.told(decision, fresh, policy),
        }
    }

    /// Somebody signed in, with a code to say that it was somebody else.
    fn told(&self, decision: Decision, fresh: &FreshSession, policy: &Policy) -> Decision {
        let (code, report) = fresh.report.clone();
        let issued = crate::report::issued(code, &decision.entry, self.customer.id, policy);
        let kind = NoticeKind::SignedIn {
            report,
            place: self.context.describe(),
        };
        let expires = self.now.plus(kind.life(policy));
        let to = (self.customer, fresh.notice);
        let notices = told(self.channels, to, &kind, expires);
        decision.with([issued]).telling(notices)
    }

    fn second_factor(&self) -> bool {
        let meets = |method: &Method| method.meets(Requirement::SecondFactor);
        self.methods.iter().any(meets)
    }
}
