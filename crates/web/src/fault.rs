//! The one place that maps gate's faults to HTTP.
//!
//! **Invariant:** of a fault a caller learns its kind and when to come back; the rest goes to the
//! log.

use axum::http::StatusCode;
use sekisho_gate::{Fault, FaultKind};

use crate::problem::{Kind, Problem};

/// Seconds after which a part that is away may be back.
const SOON: u32 = 5;

/// A fault as HTTP knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The status.
    pub status: StatusCode,
    /// Seconds after which it is worth trying again.
    pub retry_after: Option<u32>,
    kind: Kind,
}

/// Maps a fault, and logs what a caller does not learn.
#[must_use]
pub fn failed(fault: &Fault) -> Failed {
    tracing::error!(target: "fault", %fault, "an act could not be carried out");
    let (kind, retry_after) = match fault.kind() {
        FaultKind::Busy(seconds) => (Kind::Overloaded, Some(u32::from(seconds))),
        FaultKind::Internal => (Kind::Internal, None),
        FaultKind::Unavailable => (Kind::Unavailable, Some(SOON)),
    };
    Failed {
        status: kind.status(),
        retry_after,
        kind,
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let failed = failed(&fault);
        match failed.retry_after {
            Some(seconds) => Self::new(failed.kind, "Nothing was lost; send it again later.")
                .retry_after(seconds),
            None => Self::new(failed.kind, "The log of this installation knows more."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_gate_says_when_to_come_back_and_nothing_else() {
        let busy = Fault::Overloaded {
            retry_after_seconds: 7,
        };
        assert_eq!(failed(&busy).status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(failed(&busy).retry_after, Some(7));
        let broken = Fault::Internal {
            what: "secret place",
        };
        assert_eq!(failed(&broken).status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!format!("{:?}", Problem::from(broken)).contains("secret"));
    }
}
