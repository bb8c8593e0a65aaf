//! The transaction PIN at the confirmation of an operation.
//!
//! Which of the two was wrong is recorded and not shown (PSD2 RTS article 4(3)(a)).
//!
//! **Invariant:** whoever guesses one of PIN and second proof uses up its own tries, and with the
//! last of them the operation ends.

use super::{Attempt, Ended, Facts};
use crate::change::Change;
use crate::policy::OperationPolicy;
use crate::proof::Method;
use crate::reason::Reason;
use crate::step_up::{Admission, PinTried};

impl Facts {
    /// Why the transaction PIN does not do, where one is asked for.
    pub(super) fn pin_lacks(&self, spec: &OperationPolicy) -> Option<Reason> {
        if !self.shown.asks_pin(spec, self.now) {
            return None;
        }
        let tried = self.pin.as_ref();
        tried.map_or(Some(Reason::PinNeeded), PinTried::lacks)
    }

    /// Whether that was the last admitted try at either, of an operation that is open. Why it was
    /// refused makes no difference: whether the operation ends must not tell which of the two was
    /// right.
    pub(super) fn is_last(&self, ending: Ended) -> bool {
        let pin = self.pin.as_ref().and_then(|tried| tried.admission);
        let last = self.admission == Admission::Last || pin == Some(Admission::Last);
        let open = self.shown.closed(self.now).is_none();
        matches!(ending, Ended::Refused(_)) && open && last
    }

    /// A right one of the two starts counting anew, though the other was wrong: a slip of the
    /// finger in one does not lock the other.
    pub(super) fn partly_right(&self, attempt: &Attempt, ending: Ended) -> Vec<Change> {
        match (ending, &self.factor, &self.pin) {
            (Ended::Refused(Reason::PinWrong), Some(_), _) => {
                self.tried.cleared([attempt.tries; 2])
            }
            (Ended::Refused(Reason::CodeWrong), _, Some(pin)) => {
                vec![Change::TriesCleared { key: pin.tries }]
            }
            _ => Vec::new(),
        }
    }

    /// What the PIN changes when the operation is confirmed, and how it stands in the grant.
    pub(super) fn pin_used(&self) -> (Vec<Change>, Option<Method>) {
        match &self.pin {
            Some(pin) if pin.lacks().is_none() => (pin.used(), Some(Method::TransactionPin)),
            _ => (Vec::new(), None),
        }
    }
}
