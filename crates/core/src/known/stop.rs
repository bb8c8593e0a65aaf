//! Stops: operations that are switched off, for whom, and what is said of it.
//!
//! **Invariant:** whether a stop covers an operation is decided here alone, and what an operation
//! leaves unsaid of itself is taken for covered.

use crate::access::OperationKind;
use crate::id::{ApplicationId, StaffId, StopId};
use crate::moment::Moment;
use crate::notice::Locale;
use crate::text::Line;

/// Most stops that stand at a time.
pub const MOST_STOPS: usize = 100;
/// Most of them that one person made, so that nobody fills all places alone.
pub const MOST_STOPS_EACH: usize = 20;
/// Most segments that an operation is said to be of.
pub const MOST_SEGMENTS: usize = 8;
/// The channel of operations that the support desk asks for.
pub const DESK: &str = "desk";

/// A short word that the operator chose: a channel such as `web`, or a segment of customers such as
/// `corporate`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Word(String);

impl Word {
    /// Accepts 1 to 40 letters `a`–`z`, digits, `_` and `-` that start with a letter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        let starts = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        (starts && text.len() <= 40 && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// The channel of operations that the support desk asks for.
    #[must_use]
    pub fn desk() -> Self {
        Self(DESK.to_owned())
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// By which channel an operation was asked for, and of which segments its customer is, as far as it
/// was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The channel; `None` when it was not said.
    pub channel: Option<Word>,
    /// The segments; `None` when nothing was said of them, which is not the same as none.
    pub segments: Option<Vec<Word>>,
}

/// What a stop covers. What is not named is covered whatever it is; what is named has to be met all
/// together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StopScope {
    /// The kind of operation.
    pub kind: Option<OperationKind>,
    /// The application that asks.
    pub application: Option<ApplicationId>,
    /// The channel.
    pub channel: Option<Word>,
    /// The segment of customers.
    pub segment: Option<Word>,
}

impl StopScope {
    /// Whether an operation is covered. One that does not say its channel is covered by a stop for
    /// any channel, and likewise with segments: else leaving a word out would be the way around.
    #[must_use]
    pub fn covers(&self, asked: (&OperationKind, ApplicationId), way: &Way) -> bool {
        let (kind, application) = asked;
        let channel = match (&self.channel, &way.channel) {
            (Some(stopped), Some(said)) => stopped == said,
            (None, _) | (_, None) => true,
        };
        let segment = match (&self.segment, &way.segments) {
            (Some(stopped), Some(said)) => said.contains(stopped),
            (None, _) | (_, None) => true,
        };
        let kind = self.kind.as_ref().is_none_or(|stopped| stopped == kind);
        let application = self
            .application
            .is_none_or(|stopped| stopped == application);
        kind && application && channel && segment
    }
}

/// A channel that is left to a customer while another is stopped. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// The app on a phone.
    App,
    /// A branch of the firm.
    Branch,
    /// The support desk, by telephone.
    Desk,
    /// A form on paper.
    Paper,
    /// The web.
    Web,
}

impl Left {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::App, Self::Branch, Self::Desk, Self::Paper, Self::Web];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Branch => "branch",
            Self::Desk => "desk",
            Self::Paper => "paper",
            Self::Web => "web",
        }
    }

    /// The channel of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|left| left.word() == word)
    }

    /// What customers call it.
    #[must_use]
    pub const fn name(self, locale: Locale) -> &'static str {
        match (self, locale) {
            (Self::App, Locale::Ja) => "アプリ",
            (Self::App, Locale::En) => "the app",
            (Self::Branch, Locale::Ja) => "店頭",
            (Self::Branch, Locale::En) => "a branch",
            (Self::Desk, Locale::Ja) => "お客様サポートセンター",
            (Self::Desk, Locale::En) => "the support desk",
            (Self::Paper, Locale::Ja) => "書面",
            (Self::Paper, Locale::En) => "a form on paper",
            (Self::Web, Locale::Ja) => "ウェブ",
            (Self::Web, Locale::En) => "the web",
        }
    }
}

/// What customers are told of a stop, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopMessage {
    /// In Japanese.
    pub ja: Line<300>,
    /// In English.
    pub en: Line<300>,
}

impl StopMessage {
    /// In this language.
    #[must_use]
    pub fn in_locale(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ja => self.ja.as_str(),
            Locale::En => self.en.as_str(),
        }
    }
}

/// That a person wants a stop to end, and waits for a second one to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopProposal {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Moment,
    /// The earlier end that is wanted; `None` for at once.
    pub end: Option<Moment>,
}

/// A stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopKnown {
    /// The id.
    pub id: StopId,
    /// What it covers.
    pub scope: StopScope,
    /// Why, for staff.
    pub reason: Line<200>,
    /// What customers are told.
    pub message: StopMessage,
    /// What is left to them.
    pub left: Vec<Left>,
    /// Who made it.
    pub by: StaffId,
    /// When it was made.
    pub made: Moment,
    /// When it begins; `None` with its commit, whatever clocks say.
    pub begins: Option<Moment>,
    /// When it ends by itself.
    pub ends: Option<Moment>,
    /// Who wants it to end earlier.
    pub proposal: Option<StopProposal>,
    /// By whom and when it was lifted.
    pub lifted: Option<(StaffId, Moment)>,
    /// Counts up with every change.
    pub revision: i64,
}

impl StopKnown {
    /// Whether it is over at `now`.
    #[must_use]
    pub fn is_over(&self, now: Moment) -> bool {
        self.lifted.is_some() || self.ends.is_some_and(|end| end <= now)
    }

    /// Whether it is in force at `now`.
    #[must_use]
    pub fn stands(&self, now: Moment) -> bool {
        !self.is_over(now) && self.begins.is_none_or(|begin| begin <= now)
    }
}

/// The stops that are not over, and the count of every change of any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StopsKnown {
    /// Counts up whenever a stop is made or gets another end.
    pub epoch: i64,
    /// The moment for which they were asked.
    pub at: Moment,
    /// Those that are not over, [`MOST_STOPS`] at most.
    pub listed: Vec<StopKnown>,
}

impl StopsKnown {
    /// Those in force.
    pub fn standing(&self) -> impl Iterator<Item = &StopKnown> {
        self.listed.iter().filter(|stop| stop.stands(self.at))
    }

    /// The stop that stands in the way of an operation; of several the one that lasts longest, so
    /// that nobody is told to come back too early.
    #[must_use]
    pub fn stopping(
        &self,
        asked: (&OperationKind, ApplicationId),
        way: &Way,
    ) -> Option<&StopKnown> {
        let last = |stop: &&StopKnown| (stop.ends.is_none(), stop.ends, stop.id);
        let covers = |stop: &&StopKnown| stop.scope.covers(asked, way);
        self.standing().filter(covers).max_by_key(last)
    }
}
