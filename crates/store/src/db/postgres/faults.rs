//! PostgreSQL's error codes in the store's words.
//!
//! **Invariant:** the server's `DETAIL` and `HINT`, which quote values, are never kept.

use crate::fault::{Fault, Reported};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// Why a statement of a commit did not go through.
pub(super) enum Lost {
    /// Somebody else took the unique place first.
    Taken,
    /// A deadlock or a serialisation failure: the same statements may go through next time.
    Race,
    Fault(Fault),
}

impl From<Fault> for Lost {
    fn from(fault: Fault) -> Self {
        Lost::Fault(fault)
    }
}

impl From<Lost> for Fault {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Fault(fault) => fault,
            Lost::Taken | Lost::Race => Fault::unavailable("another transaction was in the way"),
        }
    }
}

/// Names the step for [`fault`], in the form `map_err` wants.
pub(super) fn during(step: &'static str) -> impl Fn(Error) -> Fault {
    move |error| fault(step, &error)
}

pub(super) fn classify(step: &'static str, error: &Error) -> Lost {
    match error.code() {
        Some(code) if *code == SqlState::UNIQUE_VIOLATION => Lost::Taken,
        Some(code)
            if *code == SqlState::T_R_DEADLOCK_DETECTED
                || *code == SqlState::T_R_SERIALIZATION_FAILURE =>
        {
            Lost::Race
        }
        _ => Lost::Fault(fault(step, error)),
    }
}

pub(super) fn fault(step: &'static str, error: &Error) -> Fault {
    let Some(told) = error.as_db_error() else {
        // Without an answer of the server's it is the connection (or our own use of the driver).
        let closed = error.is_closed()
            || std::error::Error::source(error).is_some_and(|s| s.is::<std::io::Error>());
        return if closed {
            Fault::unavailable(format!("the connection was lost during {step}"))
        } else {
            Fault::driver(
                step,
                Reported {
                    code: "driver".to_owned(),
                    message: error.to_string(),
                },
            )
        };
    };
    let code = told.code().code();
    match code {
        "53100" => Fault::DiskFull,
        // Connection trouble, shutdown, start-up, too many connections, statement and lock
        // timeouts.
        _ if code.starts_with("08")
            || code.starts_with("57")
            || code == "53300"
            || code == "55P03" =>
        {
            Fault::unavailable(format!("PostgreSQL said {code}: {}", told.message()))
        }
        _ => Fault::driver(
            step,
            Reported {
                code: format!("PostgreSQL {code}"),
                message: told.message().to_owned(),
            },
        ),
    }
}
