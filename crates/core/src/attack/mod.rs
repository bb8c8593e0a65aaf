//! Attacks across customers: what no single attempt shows, found in the windows over all of them.
//!
//! Each is an alert for staff, with whom it touched and who was really entered. It has one row for
//! what it goes by (an address, a program, a device), which is updated as it goes on.
//!
//! **Invariant:** finding an attack changes nothing about a customer; the same rows and limits find
//! the same attacks, on whichever node.

mod found;
#[cfg(test)]
mod tests;
mod work;

pub use found::found;
pub use work::{decide_close, decide_take};

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;

use serde::Serialize;

use crate::access::Act;
use crate::bytes::Digest;
use crate::change::{AlertChange, Change, Stands};
use crate::decision::Decision;
use crate::entry::Entry;
use crate::id::{AlertId, CustomerId, DecisionId, NoticeId, StaffId};
use crate::known::{ChannelKnown, CrowdKnown, CustomerKnown, CustomerState};
use crate::moment::{Moment, Span};
use crate::policy::{EnteredPolicy, Policy};
use crate::reason::Reason;
use crate::text::Reference;

/// Most customers that are named with an alert; all are counted.
pub const MOST_NAMED: usize = 1_000;

/// Kinds of attacks. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttackKind {
    /// One device, many accounts.
    Device,
    /// Names are tried to find out who is a customer: nearly all belong to nobody.
    Enumeration,
    /// One address, many accounts.
    List,
    /// Many customers register one payout account.
    PayoutAccount,
    /// Codes go to numbers where nobody types them, for whoever earns on the messages.
    Pumping,
    /// One network, many accounts, about one try each.
    Spray,
    /// One program behind many addresses, many accounts.
    Stuffing,
    /// A network operator from which sign-ins ended well before, and fail now.
    Turned,
}

impl AttackKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Device,
        Self::Enumeration,
        Self::List,
        Self::PayoutAccount,
        Self::Pumping,
        Self::Spray,
        Self::Stuffing,
        Self::Turned,
    ];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Enumeration => "enumeration",
            Self::List => "list",
            Self::PayoutAccount => "payout_account",
            Self::Pumping => "pumping",
            Self::Spray => "spray",
            Self::Stuffing => "stuffing",
            Self::Turned => "turned",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How much there is of an attack, within the longest window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Attempts that go by the same thing.
    pub attempts: u32,
    /// Those of them that failed.
    pub failures: u32,
    /// Accounts that were tried, whether they exist or not.
    pub accounts: u32,
    /// Those of them that nobody has.
    pub strangers: u32,
    /// Addresses it came from.
    pub addresses: u32,
    /// Customers whose first proof was right, on a device that was not theirs.
    pub proved: u32,
    /// Customers who were entered: signed in on a device that was not theirs, by something that can
    /// be passed on.
    pub entered: u32,
}

/// What an attack did to a customer, the least first. The numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// Was tried.
    Tried = 0,
    /// The first proof was right, and a second was asked for and not given.
    Proved = 1,
    /// Was entered.
    Entered = 2,
}

impl Touch {
    /// The touch of a stored number.
    #[must_use]
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::Tried,
            1 => Self::Proved,
            2 => Self::Entered,
            _ => return None,
        })
    }
}

/// A customer whom an attack touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Who.
    pub customer: CustomerId,
    /// How far it came.
    pub how: Touch,
    /// When that was first seen.
    pub at: Moment,
    /// When it came as far as that for the last time.
    pub last: Moment,
}

impl Touched {
    /// Touched once.
    #[must_use]
    pub const fn first(customer: CustomerId, how: Touch, at: Moment) -> Self {
        Self {
            customer,
            how,
            at,
            last: at,
        }
    }

    /// Touched again: the furthest counts.
    pub fn again(&mut self, how: Touch, at: Moment) {
        match how.cmp(&self.how) {
            Ordering::Less => {}
            Ordering::Equal => self.last = self.last.max(at),
            Ordering::Greater => *self = Self::first(self.customer, how, at),
        }
    }
}

/// An attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attack {
    /// What kind.
    pub kind: AttackKind,
    /// By what it goes: an address, a network, the digest of a user agent, a device.
    pub value: [u8; 16],
    /// The same for people.
    pub label: String,
    /// The first failure that belongs to it and is still in the windows.
    pub first: Moment,
    /// The last attempt.
    pub last: Moment,
    /// How much.
    pub counts: Counts,
    /// Whom it touched, who was entered first: all of these, and else [`MOST_NAMED`] at most.
    pub touched: Vec<Touched>,
    /// How many customers got in by the same thing within the window on a device of theirs.
    pub owners: u32,
    /// Who was entered with a password alone.
    pub alone: HashSet<CustomerId>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nobody's proof was right.
    Low,
    /// Some were, and a second one was asked for.
    Medium,
    /// Somebody was entered, or money is concerned.
    High,
}

impl Severity {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How bad an attack of this kind and size is.
#[must_use]
pub const fn severity(kind: AttackKind, counts: &Counts) -> Severity {
    match kind {
        AttackKind::PayoutAccount | AttackKind::Pumping => Severity::High,
        _ if counts.entered > 0 => Severity::High,
        _ if counts.proved > 0 => Severity::Medium,
        _ => Severity::Low,
    }
}

/// Most attacks that are told at once.
const MOST: usize = 100;

/// The worst of them, a hundred at most: whoever makes noise does not drown what got in.
#[must_use]
pub fn worst(mut attacks: Vec<Attack>) -> Vec<Attack> {
    attacks.sort_by_key(|attack| {
        let counts = &attack.counts;
        let worst = (
            severity(attack.kind, counts),
            counts.entered,
            counts.proved,
            counts.failures,
        );
        (Reverse(worst), attack.kind, attack.value)
    });
    attacks.truncate(MOST);
    attacks
}

impl Attack {
    /// The id of its alert, which is the same on every node and each time.
    #[must_use]
    pub fn id(&self) -> AlertId {
        let named = [self.kind.word().as_bytes(), b"\0", &self.value].concat();
        let digest = Digest::of(&named).0;
        AlertId(digest.first_chunk::<16>().copied().unwrap_or_default())
    }

    /// Text messages that a guard against pumping held back for one reason.
    #[must_use]
    pub fn pumping(reason: Reason, held: u32, (first, last): (Moment, Moment)) -> Self {
        let code = reason.code();
        let digest = Digest::of(code.as_bytes()).0;
        Self {
            kind: AttackKind::Pumping,
            value: digest.first_chunk::<16>().copied().unwrap_or_default(),
            label: code.to_owned(),
            first,
            last,
            counts: Counts {
                attempts: held,
                failures: held,
                ..Counts::default()
            },
            touched: Vec::new(),
            owners: 0,
            alone: HashSet::new(),
        }
    }
}

impl Attack {
    /// A payout account that several customers registered, as a signal says.
    #[must_use]
    pub fn shared(crowd: &CrowdKnown, (first, last): (Moment, Moment)) -> Self {
        Self {
            kind: AttackKind::PayoutAccount,
            value: crowd.seen.value,
            label: crowd.seen.text(),
            first,
            last,
            counts: Counts {
                attempts: crowd.others.saturating_add(1),
                accounts: crowd.others.saturating_add(1),
                ..Counts::default()
            },
            touched: Vec::new(),
            owners: 0,
            alone: HashSet::new(),
        }
    }

    /// The same attack, seen twice: the most of each count.
    pub fn join(&mut self, other: &Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.counts.attempts = self.counts.attempts.max(other.counts.attempts);
        self.counts.accounts = self.counts.accounts.max(other.counts.accounts);
    }
}

/// An alert, as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertKnown {
    /// The id.
    pub id: AlertId,
    /// What kind.
    pub kind: AttackKind,
    /// By what it goes.
    pub label: String,
    /// The first failure that belongs to it.
    pub first: Moment,
    /// The last attempt.
    pub last: Moment,
    /// When it was found.
    pub raised: Moment,
    /// The most there was of it within the longest window.
    pub counts: Counts,
    /// Who looks into it, and since when.
    pub taken: Option<(StaffId, Moment)>,
    /// When it was closed; `None` while it is open.
    pub closed: Option<Moment>,
}

/// A customer whom an attack touched, as staff see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedKnown {
    /// How applications name the customer.
    pub reference: Reference,
    /// How far it came.
    pub how: Touch,
    /// When.
    pub at: Moment,
}

/// Puts an attack into its alert.
pub fn decide(mut attack: Attack, at: (DecisionId, Moment), policy: &Policy) -> Decision {
    attack.touched.truncate(MOST_NAMED);
    let recorded = serde_json::json!({
        "alert": attack.id(),
        "kind": attack.kind,
        "label": attack.label,
        "first": attack.first,
        "last": attack.last,
        "counts": attack.counts,
    });
    let entry = Entry::of_worker(Act::Alert, at, recorded.to_string(), policy);
    Decision::of(entry).with([Change::Alert(Box::new(AlertChange::Raised {
        attack,
        at: at.1,
    }))])
}

/// For so long nobody is frozen again for being entered. Ours: who was thawed signs in from a
/// device that is not known any more, and may do so in the midst of the same attack; a thief who
/// comes back within the day is left to what the rules ask for.
pub const FREEZE_PAUSE: Span = Span::days(1);

/// Most customers who are frozen at once; the rest are when it is looked at next.
pub const MOST_FROZEN: usize = 100;

impl Attack {
    /// Who was entered and is frozen where the policy says so. Only where one customer in ten or
    /// fewer was entered, so that the program of a whole town freezes nobody; names that nobody has
    /// cost a stranger nothing, and do not count. A program that customers use on devices of theirs
    /// is one with which others come on a new device, too: it freezes nobody either. Nor is anybody
    /// frozen who gave a second proof each time: a person decides.
    pub fn frozen(&self, policy: &Policy) -> impl Iterator<Item = &Touched> {
        let counts = &self.counts;
        let clear =
            counts.entered.saturating_mul(10) <= counts.accounts.saturating_sub(counts.strangers);
        let common = self.kind == AttackKind::Stuffing && self.owners > 0;
        let freeze = policy.attack.entered == EnteredPolicy::Freeze && clear && !common;
        let entered = self.touched.iter().filter(|one| one.how == Touch::Entered);
        entered.filter(move |one| freeze && self.alone.contains(&one.customer))
    }
}

/// Freezes the account of a customer who was entered: sessions end, and every channel is told. That
/// it was done for what happened until `touched` is recorded with it, so that it is done once,
/// whichever alert tells of it, and again for what happens later. Of an account that is frozen
/// already only that is recorded: whoever thaws it proved who they are.
pub fn decide_freeze(
    (alert, touched): (AlertId, Moment),
    known: (&CustomerKnown, &[ChannelKnown]),
    fresh: (DecisionId, NoticeId, Moment),
    policy: &Policy,
) -> Decision {
    let (id, notice, at) = fresh;
    let customer = known.0;
    let freezes = customer.state == CustomerState::Active;
    let recorded = serde_json::json!({ "alert": alert, "entered": touched, "frozen": freezes });
    let entry = Entry {
        customer: Some(customer.id),
        reasons: freezes
            .then_some(Reason::AttackEntered)
            .into_iter()
            .collect(),
        ..Entry::of_worker(Act::Alert, (id, at), recorded.to_string(), policy)
    };
    let settled = Change::Alert(Box::new(AlertChange::Settled {
        alert,
        customer: customer.id,
        touched,
        at,
    }));
    let decision = Decision::of(entry).with([settled]);
    if freezes {
        return crate::freeze::frozen(decision, known, notice, policy);
    }
    let stands = Stands::Customer {
        id: customer.id,
        revision: customer.revision,
    };
    decision.with([Change::Stands(stands)])
}
