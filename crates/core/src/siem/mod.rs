//! What the firm's own watch gets: decisions as events of OCSF 1.8.0, for a SIEM.
//!
//! A decision that is worth an event is noted in the very commit that makes it, in a list of what
//! waits; a worker takes from the list what was sent. So an entry that lands late is late and never
//! lost: no place in an order says what was read already.
//!
//! **Invariant:** an event names a customer by id alone and holds no way to reach anybody; the same
//! entry gives the same event, whichever node makes it.

mod chat;
mod event;
mod finding;
mod table;
#[cfg(test)]
mod tests;

pub use chat::{ToldAlerts, chat};
pub use event::{VERSION, bare, event, test_event};

use crate::access::Act;
use crate::attempt::Account;
use crate::change::{Change, SiemChange};
use crate::client_family::ClientFamily;
use crate::context::{Address, Place};
use crate::decision::Decision;
use crate::entry::Entry;
use crate::id::{AlertId, DecisionId, DeviceId};
use crate::log;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::verdict::Verdict;

/// Most events that are sent at once. Ours: at a kilobyte and a half each less than a megabyte,
/// which every receiver takes within the wait for it.
pub const MOST: u32 = 500;

/// Where decisions are told. The numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// Every event, to a SIEM.
    Siem = 0,
    /// Alerts and cases, to a chat of the team.
    Chat = 1,
    /// Every event, into the log of this installation, but those that bring their leaf along.
    Log = 2,
}

impl Way {
    /// The word in metrics and logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Siem => "siem",
            Self::Chat => "chat",
            Self::Log => "log",
        }
    }

    /// The stored number.
    #[must_use]
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// Whether a decision is told there.
    #[must_use]
    pub fn wants(self, entry: &Entry) -> bool {
        match self {
            Self::Siem => is_event(entry),
            Self::Log => is_event(entry) && !log::is_first(entry),
            Self::Chat => is_finding(entry),
        }
    }
}

/// Whether an entry is an event: everything is, but what a node does to keep house (sending events
/// is among it, which would never end), and steps that go on to a decision of their own.
#[must_use]
pub fn is_event(entry: &Entry) -> bool {
    match entry.act {
        Act::Housekeep => false,
        // A try that is reserved, a message that is taken up: what comes of it is recorded next.
        Act::Reserve | Act::Deliver | Act::Tell => {
            entry.verdict != Verdict::Allow || !entry.reasons.is_empty()
        }
        _ => true,
    }
}

/// Whether an entry is about an alert or a case, and did something to it.
#[must_use]
pub fn is_finding(entry: &Entry) -> bool {
    let about = match entry.act {
        // Who is frozen in the course of an attack is named in an entry of their own.
        Act::Alert => entry.customer.is_none(),
        // Not where the customer of a case that is there was asked.
        Act::Case => !entry.facts.contains(r#""again":true"#),
        _ => false,
    };
    about && entry.verdict == Verdict::Allow
}

/// An entry with what the history and the feed have of it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The entry.
    pub entry: Entry,
    /// From where; `None` where nothing is known or it is not kept any more.
    pub address: Option<Address>,
    /// What was known of the address.
    pub place: Place,
    /// The device, if it was recognised.
    pub device: Option<DeviceId>,
    /// With which kind of program.
    pub client: Option<ClientFamily>,
    /// Whose sign-in was tried, where it was one.
    pub account: Option<Account>,
    /// Of an alert: when it was found.
    pub raised: Option<Moment>,
}

impl Recorded {
    /// An entry of which nothing else is known.
    #[must_use]
    pub fn bare(entry: Entry) -> Self {
        Self {
            entry,
            address: None,
            place: Place::default(),
            device: None,
            client: None,
            account: None,
            raised: None,
        }
    }

    /// Of which alert it tells, where it is one.
    #[must_use]
    pub fn alert(&self) -> Option<AlertId> {
        let facts: serde_json::Value = match self.entry.act {
            Act::Alert => serde_json::from_str(&self.entry.facts).ok()?,
            _ => return None,
        };
        facts["alert"].as_str()?.parse().ok()
    }
}

/// Whether events say from where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addresses {
    /// They do: a SIEM joins what it knows by the address.
    #[default]
    Sent,
    /// They do not.
    Withheld,
}

/// How events are written here.
#[derive(Clone, Debug, Default)]
pub struct Wording {
    /// Whether they say from where.
    pub addresses: Addresses,
    /// The address of the console without a slash at its end, for links; `None` without a console.
    pub console: Option<String>,
}

/// What `decision` adds to the lists of what waits.
pub fn waits(decision: Decision, ways: &[Way]) -> Decision {
    let id = decision.entry.id;
    let wanted: Vec<_> = ways
        .iter()
        .filter(|way| way.wants(&decision.entry))
        .map(|way| Change::Siem(SiemChange::Waits { way: *way, id }))
        .collect();
    decision.with(wanted)
}

/// That a batch was sent: it waits no more.
pub fn decide_sent(
    (way, sent): (Way, Vec<DecisionId>),
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let recorded = serde_json::json!({ "told": way.word(), "events": sent.len() });
    let entry = Entry::of_worker(Act::Housekeep, at, recorded.to_string(), policy);
    Decision::of(entry).with([Change::Siem(SiemChange::Sent { way, sent })])
}
