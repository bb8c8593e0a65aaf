//! Cases: what was found that a person has to look into.
//!
//! **Invariant:** one procedure has one case of each source, however often it is found.

use serde::Serialize;

use crate::access::Act;
use crate::id::{CaseId, DecisionId, StaffId};
use crate::moment::Moment;
use crate::sweep::{Finding, Suspicion};
use crate::text::Reference;

/// What a case is about, and how worrying it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worry {
    /// A procedure that a sweep over operations found.
    Operation(Finding),
    /// A withdrawal beside the change of the payout account before it.
    Withdrawal(Suspicion),
}

impl Worry {
    /// Everything that a case may be about.
    pub const ALL: [Self; 7] = [
        Self::Withdrawal(Suspicion::Alarm),
        Self::Operation(Finding::Reported),
        Self::Operation(Finding::Touched),
        Self::Withdrawal(Suspicion::Look),
        Self::Operation(Finding::New),
        Self::Operation(Finding::Shared),
        Self::Operation(Finding::Unknown),
    ];

    /// The word of the source: what was looked at.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Operation(_) => "operation",
            Self::Withdrawal(_) => "withdrawal",
        }
    }

    /// The word of what was found.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Operation(finding) => finding.word(),
            Self::Withdrawal(suspicion) => suspicion.word(),
        }
    }

    /// The worry of stored words.
    #[must_use]
    pub fn parse(source: &str, word: &str) -> Option<Self> {
        let named = |worry: &Self| worry.source() == source && worry.word() == word;
        Self::ALL.into_iter().find(named)
    }

    /// How soon somebody should look: 0 first. Nothing that is usual is a case.
    #[must_use]
    pub fn place(self) -> Option<u8> {
        let place = Self::ALL.iter().position(|worry| *worry == self)?;
        u8::try_from(place).ok()
    }
}

/// What a person who looked into it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseEnd {
    /// Somebody else did it.
    Fraud,
    /// The customer did it.
    Genuine,
    /// Nobody could tell.
    Unclear,
}

impl CaseEnd {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fraud, Self::Genuine, Self::Unclear];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fraud => "fraud",
            Self::Genuine => "genuine",
            Self::Unclear => "unclear",
        }
    }

    /// The end of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.word() == word)
    }
}

/// A case as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseKnown {
    /// The id.
    pub id: CaseId,
    /// Whose procedure.
    pub customer: Reference,
    /// What was found.
    pub worry: Worry,
    /// Which procedure.
    pub about: DecisionId,
    /// What was done.
    pub act: Act,
    /// When.
    pub done: Moment,
    /// Since when there is a case.
    pub opened: Moment,
    /// Who opened it; `None` for the daily look.
    pub opened_by: Option<StaffId>,
    /// Who looks into it, and since when.
    pub taken: Option<(StaffId, Moment)>,
    /// Who closed it, when, and with what.
    pub closed: Option<(StaffId, Moment, CaseEnd)>,
    /// Counts up with every change.
    pub revision: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_worry_is_found_again_by_its_words_and_what_is_usual_is_none() {
        for worry in Worry::ALL {
            assert_eq!(Worry::parse(worry.source(), worry.word()), Some(worry));
        }
        let listed = |worry: &Worry| worry.place().is_some();
        for finding in Finding::ALL {
            let usual = finding == Finding::Usual;
            assert_eq!(!listed(&Worry::Operation(finding)), usual, "{finding:?}");
        }
        for suspicion in Suspicion::ALL {
            let none = suspicion == Suspicion::None;
            assert_eq!(!listed(&Worry::Withdrawal(suspicion)), none);
        }
        for end in CaseEnd::ALL {
            assert_eq!(CaseEnd::parse(end.word()), Some(end));
        }
    }
}
