//! The one place that maps gate's faults to HTTP: a problem for applications, a page for people.
//!
//! **Invariant:** of a fault a caller learns its kind and when to come back; the rest goes to the
//! log.

use sekisho_gate::{Fault, FaultKind};

use crate::pages::Trouble;
use crate::problem::{Kind, Problem};

/// Seconds after which a part that is away may be back.
const SOON: u32 = 5;

/// The kind, once the rest is in the log.
fn logged(fault: &Fault) -> FaultKind {
    tracing::error!(target: "fault", %fault, "an act could not be carried out");
    fault.kind()
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let again = |kind, seconds| {
            let detail = "Send it again later, with the same idempotency key if it had one.";
            Self::new(kind, detail).retry_after(seconds)
        };
        match logged(&fault) {
            FaultKind::Busy(seconds) => again(Kind::Overloaded, seconds.into()),
            FaultKind::Internal => {
                Self::new(Kind::Internal, "The log of this installation knows more.")
            }
            FaultKind::Unavailable => again(Kind::Unavailable, SOON),
        }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match logged(&fault) {
            FaultKind::Busy(seconds) => Self::Busy { seconds },
            FaultKind::Internal => Self::Internal,
            FaultKind::Unavailable => Self::Away,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::RETRY_AFTER;
    use axum::response::IntoResponse as _;

    #[test]
    fn a_busy_gate_says_when_to_come_back_and_nothing_else() {
        let busy = Problem::from(Fault::Overloaded {
            retry_after_seconds: 7,
        });
        assert_eq!(busy.kind(), Kind::Overloaded);
        assert_eq!(busy.into_response().headers()[RETRY_AFTER], "7");
        let broken = Problem::from(Fault::Internal { what: "the cellar" });
        assert_eq!(broken.kind(), Kind::Internal);
        assert!(!format!("{broken:?}").contains("cellar"));
    }
}
