//! The transaction PIN beside a second proof.
//!
//! **Invariant:** it counts beside another proof and never in the place of one, and its tries are
//! its own.

use crate::bytes::CounterKey;
use crate::change::{Change, PinChange};
use crate::known::PinKnown;
use crate::proof::PinProved;
use crate::reason::Reason;
use crate::step_up::Admission;

/// What came of a transaction PIN with an answer.
#[derive(Debug)]
pub struct PinTried {
    /// The stored one, if there is one.
    pub known: Option<PinKnown>,
    /// The proof, if what was typed was right.
    pub proof: Option<PinProved>,
    /// Whether the try was admitted; `None` when nothing was typed.
    pub admission: Option<Admission>,
    /// The counter of its tries.
    pub tries: CounterKey,
    /// The same PIN under a better hash, if the stored one is to be renewed.
    pub rehash: Option<String>,
}

impl PinTried {
    /// Why it does not do; `None` when it does.
    #[must_use]
    pub fn lacks(&self) -> Option<Reason> {
        match (self.admission, &self.known, &self.proof) {
            (None, ..) | (_, None, _) => Some(Reason::PinNeeded),
            (Some(Admission::Locked), ..) => Some(Reason::TriesExhausted),
            (Some(_), Some(known), Some(proof))
                if (known.id, known.revision) == (proof.credential(), proof.revision()) =>
            {
                None
            }
            (Some(_), Some(_), _) => Some(Reason::PinWrong),
        }
    }

    /// What follows from a right one: counting starts anew, and its hash is renewed.
    #[must_use]
    pub fn used(&self) -> Vec<Change> {
        let mut changes = vec![Change::TriesCleared { key: self.tries }];
        if let (Some(known), Some(hash)) = (&self.known, &self.rehash) {
            changes.push(Change::Pin(PinChange::Rehashed {
                id: known.id,
                revision: known.revision,
                hash: hash.clone(),
            }));
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CredentialId, CustomerId};
    use crate::sample::NOW;

    fn tried(admission: Option<Admission>, revision: Option<i64>) -> PinTried {
        let id = CredentialId([3; 16]);
        PinTried {
            known: Some(PinKnown {
                id,
                customer: CustomerId([1; 16]),
                hash: "x".into(),
                revision: 7,
                set: NOW,
                before: None,
            }),
            proof: revision.map(|revision| PinProved::assert_pin(id, revision)),
            admission,
            tries: CounterKey([4; 16]),
            rehash: None,
        }
    }

    #[test]
    fn only_a_right_pin_of_this_revision_that_was_admitted_does() {
        let admitted = Some(Admission::Admitted);
        assert_eq!(tried(admitted, Some(7)).lacks(), None);
        assert_eq!(tried(Some(Admission::Last), Some(7)).lacks(), None);
        for (tried, reason) in [
            (tried(None, Some(7)), Reason::PinNeeded),
            (tried(admitted, None), Reason::PinWrong),
            (tried(admitted, Some(6)), Reason::PinWrong),
            (
                tried(Some(Admission::Locked), Some(7)),
                Reason::TriesExhausted,
            ),
        ] {
            assert_eq!(tried.lacks(), Some(reason));
        }
        let none = PinTried {
            known: None,
            ..tried(admitted, Some(7))
        };
        assert_eq!(none.lacks(), Some(Reason::PinNeeded));
    }
}
