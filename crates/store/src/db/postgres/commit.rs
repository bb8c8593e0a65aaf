//! One commit on PostgreSQL: everything sent at once, the changed rows counted, then the flush.
//!
//! **Invariant:** `COMMIT` is sent only after every expectation was seen to hold.

use super::Connection;
use super::faults::{Lost, classify};
use super::pipeline::in_order;
use crate::db::Committal;
use crate::fault::Fault;
use crate::fault_plan::{self, FaultPoint};
use crate::sql::{Expect, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// How one try ended, with no transaction left open.
pub(super) enum Outcome {
    Settled(Committal),
    /// The server chose another transaction over this one; it may be tried again.
    GivenUp,
}

/// Whether `COMMIT` was sent, known even when the future that sent it is gone.
#[derive(Default)]
pub(super) struct Progress {
    flushing: AtomicBool,
}

impl Progress {
    /// What a lost connection means at this point.
    pub fn fault_of(&self, what: &str) -> Fault {
        if self.flushing.load(Ordering::SeqCst) {
            Fault::Ambiguous {
                what: what.to_owned(),
            }
        } else {
            Fault::unavailable(what)
        }
    }
}

pub(super) async fn attempt(
    connection: &mut Connection,
    writes: &[Write],
    fault: Option<FaultPoint>,
    progress: &Progress,
) -> Result<Outcome, Fault> {
    progress.flushing.store(false, Ordering::SeqCst);
    match statements(connection, writes, fault).await {
        Ok(Committal::Committed) => {}
        Ok(Committal::Stale) => return rolled_back(connection, Committal::Stale).await,
        Err(Lost::Taken) => return rolled_back(connection, Committal::Stale).await,
        Err(Lost::Race) => {
            connection
                .client
                .batch_execute("ROLLBACK")
                .await
                .map_err(|e| classify("rollback", &e))?;
            return Ok(Outcome::GivenUp);
        }
        Err(Lost::Fault(fault)) => return Err(fault),
    }
    fault_plan::at_flush(fault)?;
    progress.flushing.store(true, Ordering::SeqCst);
    match connection.client.batch_execute("COMMIT").await {
        Ok(()) => {}
        Err(error) if error.as_db_error().is_none() => {
            return Err(progress.fault_of("the connection was lost during the flush"));
        }
        Err(error) => match classify("commit", &error) {
            Lost::Taken => return Ok(Outcome::Settled(Committal::Stale)),
            Lost::Race => return Ok(Outcome::GivenUp),
            // The server going away while it commits says so in words before it hangs up.
            Lost::Fault(Fault::Unavailable { what }) => return Err(progress.fault_of(&what)),
            Lost::Fault(fault) => return Err(fault),
        },
    }
    fault_plan::at_answer(fault)?;
    Ok(Outcome::Settled(Committal::Committed))
}

async fn rolled_back(connection: &Connection, committal: Committal) -> Result<Outcome, Fault> {
    connection
        .client
        .batch_execute("ROLLBACK")
        .await
        .map_err(|e| classify("rollback", &e))?;
    Ok(Outcome::Settled(committal))
}

/// Sends `BEGIN` and the writes in one go. A fault on order cuts the list short and then fails, so
/// that what ran before it has to be undone by the server.
async fn statements(
    connection: &mut Connection,
    writes: &[Write],
    fault: Option<FaultPoint>,
) -> Result<Committal, Lost> {
    let mut prepared = Vec::with_capacity(writes.len());
    let mut broken = Ok(());
    for (index, write) in writes.iter().enumerate() {
        broken = fault_plan::before(fault, index);
        if broken.is_err() {
            break;
        }
        prepared.push((connection.prepared(write.sql.postgres).await?, write));
    }
    let client = &connection.client;
    let begin = client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED");
    let all = prepared
        .iter()
        .map(|(statement, write)| client.execute_raw(statement, &write.params));
    let (begun, counts) = in_order(begin, all.collect()).await;
    begun.map_err(|error| classify("begin", &error))?;
    for (count, (_, write)) in counts.into_iter().zip(&prepared) {
        let changed = count.map_err(|error| classify("write", &error))?;
        if write.expect == Expect::One && changed != 1 {
            return Ok(Committal::Stale);
        }
    }
    broken?;
    Ok(Committal::Committed)
}
