//! Messages, report codes and decisions, as they are read again.
//!
//! **Invariant:** the text and destination of a message are sealed.

use crate::access::Act;
use crate::bytes::Sealed;
use crate::change::{Change, SightingsVoided};
use crate::id::{ChannelId, CustomerId, DecisionId, NoticeId};
use crate::known::CustomerKnown;
use crate::moment::Moment;
use crate::notice::{Carrier, Locale};
use crate::risk::Features;
use crate::sighting::Trait;

/// A message in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeKnown {
    /// The id.
    pub id: NoticeId,
    /// To whom, if a customer is known.
    pub customer: Option<CustomerId>,
    /// By what it travels.
    pub kind: Carrier,
    /// Through which of the customer's channels, if it was one of theirs.
    pub channel: Option<ChannelId>,
    /// The word of its [`crate::notice::NoticeKind`].
    pub template: String,
    /// The language.
    pub locale: Locale,
    /// Destination and parameters, sealed by gate; empty once they are removed.
    pub sealed: Sealed,
    /// Until when they are of use; `None` once they are removed.
    pub expires: Option<Moment>,
    /// When it was queued.
    pub created: Moment,
    /// Deliveries tried.
    pub tries: i64,
    /// Where it stands.
    pub state: NoticeState,
    /// What the next server said last.
    pub last_error: Option<String>,
}

/// Where a message stands. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// Given up after the last try; an operator can resend it.
    Dead,
    /// Accepted by the next server.
    Sent,
    /// Waits for its next try.
    Waiting,
}

impl NoticeState {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
        }
    }

    /// The state of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "dead" => Some(Self::Dead),
            "sent" => Some(Self::Sent),
            "waiting" => Some(Self::Waiting),
            _ => None,
        }
    }
}

/// What a report code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportKnown {
    /// The decision the notice told of.
    pub decision: DecisionId,
    /// The customer.
    pub customer: CustomerKnown,
    /// When the code ends.
    pub expires: Moment,
    /// When it was used.
    pub used: Option<Moment>,
}

/// What a decision was about that a customer says was not them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedKnown {
    /// Whose.
    pub customer: CustomerId,
    /// What was done.
    pub act: Act,
    /// When.
    pub at: Moment,
}

/// A decision, as an application reads it again.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionKnown {
    /// The entry.
    pub entry: crate::entry::Entry,
    /// What the application reported later.
    pub outcome: Option<crate::outcome::Outcome>,
}

/// What an access that turns out to be fraud had taught.
#[derive(Clone, Debug, PartialEq)]
pub struct TaughtKnown {
    /// Its row of the history.
    pub access: crate::access::Access,
    /// The features it was judged by, as JSON, and those of the operation it confirmed.
    pub facts: [Option<String>; 2],
    /// When its network or device first ended well for the customer.
    pub first: Option<Moment>,
}

impl TaughtKnown {
    /// The change that voids it; `None` when nothing was said of the place, so nothing was taught.
    #[must_use]
    pub fn voided(&self, at: Moment) -> Option<Change> {
        let read = |facts: &String| serde_json::from_str(facts).ok();
        let judged: Vec<Features> = self.facts.iter().flatten().filter_map(read).collect();
        let payees = judged.iter().find(|features| features.payout.is_some());
        let payees = payees.into_iter().flat_map(Features::payees);
        let mut traits = Trait::of_context(&self.access.context());
        traits.extend(payees.map(Trait::of_payout_account));
        traits.retain(|seen| *seen != Trait::ALL);
        let since = self.first.unwrap_or(self.access.at).min(self.access.at);
        let void = SightingsVoided {
            customer: self.access.customer,
            traits,
            since,
            at,
        };
        let some = !void.traits.is_empty();
        some.then_some(Change::SightingsVoided(void))
    }
}
