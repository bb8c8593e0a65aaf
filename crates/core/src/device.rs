//! Remembered devices: by which token a browser is recognised, and what a token of yesterday says.
//!
//! Each time a session opens on a recognised device its browser gets another token. The one before
//! is retired as soon as its successor was seen: then the response arrived, so a lost one costs
//! nothing however late it is noticed. For [`GRACE`] after that it still counts, for requests that
//! were on their way at the same time. Whoever comes with it later holds a copy: a thief, or an
//! owner whose browser was restored from a backup, and nobody can tell which. So the whole device
//! is forgotten, its sessions end, and the customer is told. That is how refresh tokens are rotated
//! (RFC 9700 section 4.14.2), which gives no length for a grace; see
//! [0013](../../../docs/decisions/0013-device-tokens-rotate.md).
//!
//! **Invariant:** of two who hold copies of a device's token at most one is recognised once both
//! have signed in, and the other's next sign-in ends the device for both.

use crate::bytes::TokenHash;
use crate::change::{Change, DeviceRotated};
use crate::context::Context;
use crate::decision::Decision;
use crate::id::{CustomerId, DeviceId, NoticeId, SessionId};
use crate::known::{ChannelKnown, CustomerKnown, DeviceKnown};
use crate::moment::{Moment, Span};
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::step_up::told;
use secrecy::SecretString;

/// For how long a token counts after its successor was seen: longer than any request of ours is on
/// its way (30 seconds) and than a second tab that loads slowly, and shorter than a thief needs to
/// make use of a copy.
pub const GRACE: Span = Span::minutes(5);

/// For how long a retired token is known, in which it would be noticed: the life of the cookie, the
/// 400 days that browsers allow (RFC 6265bis section 5.5).
pub const KEPT: Span = Span::days(400);

/// What the device that a browser names is to a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presented {
    /// Remembered, and this is its current token, which is replaced when a session opens.
    Current(DeviceId, TokenHash),
    /// The customer took back that it is remembered: a second factor is asked wherever it is.
    Forgotten,
    /// Remembered, by a token that was replaced a moment ago.
    Recent(DeviceId),
    /// A copy of a token that was replaced long ago: the device is forgotten.
    Reused(DeviceId),
    /// Others use the browser too, as its visitor says: it is not remembered, whatever it names.
    Shared,
    /// The browser names none, or none of this customer's.
    #[default]
    Unknown,
}

impl Presented {
    /// What `device`, found by `token`, is to `customer`.
    #[must_use]
    pub fn of(
        device: &DeviceKnown,
        token: TokenHash,
        customer: Option<CustomerId>,
        now: Moment,
    ) -> Self {
        if customer != Some(device.customer) {
            return Self::Unknown;
        }
        match (device.forgotten, device.retired) {
            (Some(_), _) => Self::Forgotten,
            (None, None) => Self::Current(device.id, token),
            (None, Some(at)) if now.since(at) < GRACE => Self::Recent(device.id),
            (None, Some(_)) => Self::Reused(device.id),
        }
    }

    /// The device, if it is recognised.
    #[must_use]
    pub const fn recognised(self) -> Option<DeviceId> {
        match self {
            Self::Current(id, _) | Self::Recent(id) => Some(id),
            Self::Forgotten | Self::Reused(_) | Self::Shared | Self::Unknown => None,
        }
    }

    /// Why a second factor is asked wherever the browser is.
    #[must_use]
    pub const fn distrusted(self) -> Option<Reason> {
        match self {
            Self::Forgotten => Some(Reason::DeviceForgotten),
            Self::Reused(_) => Some(Reason::DeviceReused),
            Self::Current(..) | Self::Recent(_) | Self::Shared | Self::Unknown => None,
        }
    }

    /// The change that comes with a session on the device.
    #[must_use]
    pub fn used(self, customer: CustomerId, issued: TokenHash, at: Moment) -> Option<Change> {
        match self {
            Self::Current(id, presented) => Some(Change::DeviceRotated(DeviceRotated {
                id,
                customer,
                presented,
                issued,
                at,
                spared: at.minus(GRACE),
            })),
            // A recent one was used a moment ago, and its browser has a newer token.
            Self::Recent(_) | Self::Forgotten | Self::Reused(_) | Self::Shared | Self::Unknown => {
                None
            }
        }
    }
}

/// What telling of a reuse needs that is random.
#[derive(Clone, Debug)]
pub struct FreshReuse {
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
}

/// Where a device was reused, and who is told.
#[derive(Clone, Copy, Debug)]
pub struct Reuse<'a> {
    /// Whose device.
    pub customer: &'a CustomerKnown,
    /// Where the customer is reached.
    pub channels: &'a [ChannelKnown],
    /// From where the token came.
    pub context: &'a Context,
    /// The session of the same decision, which is on no device.
    pub session: SessionId,
}

impl Reuse<'_> {
    /// Adds the end of a reused device to `decision`, whatever else that says.
    pub fn ended(
        self,
        mut decision: Decision,
        presented: Presented,
        fresh: &FreshReuse,
        policy: &Policy,
    ) -> Decision {
        let Presented::Reused(id) = presented else {
            return decision;
        };
        let at = decision.entry.at;
        let reasons = &mut decision.entry.reasons;
        if !reasons.contains(&Reason::DeviceReused) {
            reasons.push(Reason::DeviceReused);
        }
        let (code, report) = fresh.report.clone();
        let kind = NoticeKind::DeviceReused {
            report,
            place: self.context.describe(),
        };
        let to = (self.customer, fresh.notice);
        let notices = told(self.channels, to, &kind, at.plus(kind.life(policy)));
        let forgotten = Change::DeviceForgotten {
            id,
            customer: self.customer.id,
            but: self.session,
            at,
        };
        let issued = crate::report::issued(code, &decision.entry, self.customer.id, policy);
        decision.with([forgotten, issued]).telling(notices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::NOW;

    fn known(retired: Option<Moment>, forgotten: Option<Moment>) -> DeviceKnown {
        DeviceKnown {
            id: DeviceId([7; 16]),
            customer: CustomerId([1; 16]),
            last: NOW,
            retired,
            forgotten,
        }
    }

    #[test]
    fn a_token_counts_until_its_successor_was_seen_and_a_moment_longer() {
        let (id, token) = (DeviceId([7; 16]), TokenHash([3; 32]));
        let owner = Some(CustomerId([1; 16]));
        let short = NOW.minus(Span(GRACE.0 - 1));
        for (retired, forgotten, customer, expected) in [
            (None, None, owner, Presented::Current(id, token)),
            (Some(NOW), None, owner, Presented::Recent(id)),
            (Some(short), None, owner, Presented::Recent(id)),
            (Some(NOW.minus(GRACE)), None, owner, Presented::Reused(id)),
            // A clock that was set back makes no thief.
            (Some(NOW.plus(GRACE)), None, owner, Presented::Recent(id)),
            (
                Some(NOW.minus(GRACE)),
                Some(NOW),
                owner,
                Presented::Forgotten,
            ),
            (None, Some(NOW), owner, Presented::Forgotten),
            (
                Some(NOW.minus(GRACE)),
                None,
                Some(CustomerId([2; 16])),
                Presented::Unknown,
            ),
            (None, None, None, Presented::Unknown),
        ] {
            let seen = Presented::of(&known(retired, forgotten), token, customer, NOW);
            assert_eq!(seen, expected);
            let counts = matches!(seen, Presented::Current(..) | Presented::Recent(_));
            assert_eq!(seen.recognised().is_some(), counts);
            let used = seen.used(CustomerId([1; 16]), TokenHash([4; 32]), NOW);
            let current = matches!(seen, Presented::Current(..));
            assert_eq!(used.is_some(), current, "a retired token gives no other");
        }
    }
}
