//! The feed of attempts: one row for each authentication that was judged, whoever was named, from
//! which windows, counters of the population and attacks across customers are found.
//!
//! The history of a customer ([`crate::access`]) has no row for names that nobody has, which is
//! most of what a list attack tries.
//!
//! **Invariant:** a row lands with the decision that judged it and is never changed; it holds no
//! name, address of a letter or number that a person typed.

use crate::access::Act;
use crate::bytes::Digest;
use crate::context::{Address, Context, Terminal};
use crate::decision::Decision;
use crate::id::{ApplicationId, CustomerId, DecisionId, DeviceId};
use crate::known::{RiskKnown, Strange};
use crate::moment::{Moment, Span};
use crate::sighting::{Ending, TraitKind};
use crate::verdict::Verdict;

/// For how long rows are kept: the longest window, and as much again for whoever reads late.
pub const KEPT: Span = Span::days(2);

/// Whose sign-in is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// A customer's.
    Customer(CustomerId),
    /// Nobody's, by a keyed hash of what was named: two names are two accounts, and the same one
    /// stays the same.
    Nobody([u8; 16]),
}

impl Account {
    /// What nobody could name: a passkey that proves nothing. All of them are one account.
    pub const NAMELESS: Self = Self::Nobody([0; 16]);

    /// By what accounts are told apart.
    #[must_use]
    pub const fn key(self) -> [u8; 16] {
        match self {
            Self::Customer(CustomerId(key)) | Self::Nobody(key) => key,
        }
    }

    /// The customer, if there is one.
    #[must_use]
    pub const fn customer(self) -> Option<CustomerId> {
        match self {
            Self::Customer(id) => Some(id),
            Self::Nobody(_) => None,
        }
    }
}

/// Who is named, and from where: what is known before anything is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whose sign-in is tried.
    pub account: Account,
    /// From where.
    pub context: Context,
    /// The device that the browser or application names, whoever's it is.
    pub device: Option<DeviceId>,
    /// Whether it was the customer's before, and an attempt there ended well.
    pub met: Strange,
    /// The first half of the digest of the whole `User-Agent` header.
    pub agent: Option<[u8; 16]>,
    /// Through which application.
    pub application: Option<ApplicationId>,
}

/// A whole `User-Agent` header as the feed tells it from others; `None` for an empty one.
#[must_use]
pub fn agent(header: &str) -> Option<[u8; 16]> {
    let digest = Digest::of(header.as_bytes()).0;
    let half = digest.first_chunk::<16>().copied();
    half.filter(|_| !header.is_empty())
}

impl RiskKnown {
    /// Whether the device that was asked about is one where the customer got in before.
    #[must_use]
    pub fn met(&self) -> Strange {
        let device = self
            .traits
            .iter()
            .find(|known| known.seen.kind == TraitKind::Device);
        let own = device.and_then(|known| known.own);
        match own.is_some_and(|own| own.successes > 0) {
            true => Strange::Known,
            false => Strange::New,
        }
    }
}

/// One row of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The decision that judged it.
    pub decision: DecisionId,
    /// When it was made.
    pub at: Moment,
    /// What was done: [`Act::SignIn`], the second step [`Act::StepUp`] or a sign-in for which two
    /// proofs were given at once, [`Act::Prove`] where a passkey was given, [`Act::Recover`] where
    /// a secret was typed, the code of [`Act::SignUp`], or [`Act::Outcome`] where an application
    /// said that what was asked for was proved.
    pub act: Act,
    /// Who is named, and from where.
    pub origin: Origin,
    /// How it ended; pending where the first proof was right and another one was asked for.
    pub ending: Ending,
}

impl Tried {
    /// The place of the row in the feed.
    #[must_use]
    pub const fn place(&self) -> (Moment, DecisionId) {
        (self.at, self.decision)
    }

    /// The address, if it is known.
    #[must_use]
    pub const fn address(&self) -> Option<Address> {
        self.origin.context.address
    }

    /// That what this row left pending ended well, as `decision` says.
    #[must_use]
    pub fn completed(&self, decision: &Decision) -> Self {
        Self {
            decision: decision.entry.id,
            at: decision.entry.at,
            act: decision.entry.act.clone(),
            origin: self.origin,
            ending: Ending::Success,
        }
    }
}

impl Decision {
    /// The same decision, whose row in the feed says that two proofs were given.
    pub fn twofold(self) -> Self {
        self.tried_as(Act::StepUp)
    }

    /// The same decision, whose row in the feed says that what was given cannot be typed elsewhere.
    pub fn bound(self) -> Self {
        self.tried_as(Act::Prove)
    }

    fn tried_as(mut self, act: Act) -> Self {
        if let Some(tried) = &mut self.tried {
            tried.act = act;
        }
        self
    }

    /// The same decision, with its row in the feed.
    pub fn tried(mut self, origin: Origin) -> Self {
        let ending = self.access.as_ref().map(|access| access.ending);
        let ending = ending.unwrap_or(match self.verdict() {
            Verdict::Allow => Ending::Success,
            Verdict::StepUp(_) | Verdict::Hold => Ending::Pending,
            Verdict::Refuse => Ending::Failure,
        });
        // Whose the device is says the history, not the feed.
        let context = Context {
            device: None,
            terminal: Terminal::Own,
            ..origin.context
        };
        self.tried = Some(Box::new(Tried {
            decision: self.entry.id,
            at: self.entry.at,
            act: self.entry.act.clone(),
            origin: Origin { context, ..origin },
            ending,
        }));
        self
    }
}
