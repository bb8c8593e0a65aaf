//! Faults on order, so that a test can break a commit at every statement and look at what is left.
//!
//! **Invariant:** a plan reaches a store only through
//! [`Store::danger_open_with_faults`](crate::Store).

use crate::fault::Fault;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the next commit shall break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultPoint {
    /// Before the statement with this index (from 0) runs.
    BeforeStatement(usize),
    /// When every statement has run, in place of the flush: nothing may be left of the commit.
    AtFlush,
    /// After the flush, in place of the answer: all of the commit is there, the caller cannot know.
    AnswerLost,
}

/// A handle, shared with the store, through which a test arms one fault at a time.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    next: Arc<Mutex<Option<FaultPoint>>>,
}

impl FaultPlan {
    /// Breaks the next commit at `point`, and only that one.
    pub fn arm(&self, point: FaultPoint) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(point);
    }

    pub(crate) fn take(&self) -> Option<FaultPoint> {
        self.next
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Fails if the fault on order strikes before statement `index`.
pub(crate) fn before(point: Option<FaultPoint>, index: usize) -> Result<(), Fault> {
    match point {
        Some(FaultPoint::BeforeStatement(n)) if n == index => Err(Fault::Injected {
            at: "before a statement",
        }),
        _ => Ok(()),
    }
}

/// Fails if the fault on order strikes in place of the flush.
pub(crate) fn at_flush(point: Option<FaultPoint>) -> Result<(), Fault> {
    match point {
        Some(FaultPoint::AtFlush) => Err(Fault::Injected {
            at: "in place of the flush",
        }),
        _ => Ok(()),
    }
}

/// Fails if the fault on order swallows the answer of a commit that landed.
pub(crate) fn at_answer(point: Option<FaultPoint>) -> Result<(), Fault> {
    match point {
        Some(FaultPoint::AnswerLost) => Err(Fault::Ambiguous {
            what: "the answer was dropped on order".into(),
        }),
        _ => Ok(()),
    }
}
