//! The one thread that writes. It gathers the commits that wait, writes each within a savepoint and
//! flushes once for all of them.
//!
//! **Invariant:** nobody is told `Committed` before the flush that made the commit durable has
//! returned.

use super::faults::{during, fault, is_taken};
use super::reader::run_cached;
use crate::db::Committal;
use crate::fault::Fault;
use crate::fault_plan::{self, FaultPoint};
use crate::sql::{Expect, Write};
use rusqlite::{Connection, ErrorCode, params_from_iter};
use tokio::sync::oneshot;

/// Commits that share one flush at most. Larger batches gain little on any disk measured and make
/// the first one wait for the last.
const BATCH: usize = 128;

/// What the committer is asked to do.
pub(super) enum Request {
    Commit(Commit),
    Close(oneshot::Sender<()>),
}

/// A commit that waits.
pub(super) struct Commit {
    pub writes: Vec<Write>,
    pub fault: Option<FaultPoint>,
    pub answer: oneshot::Sender<Result<Committal, Fault>>,
}

/// Commits until asked to close, then refuses, until the last store handle is gone and the queue is
/// empty.
pub(super) fn run(connection: Connection, queue: &flume::Receiver<Request>) {
    let closing = serve(&connection, queue);
    drop(connection);
    // Nobody waits any more where a send fails.
    if let Some(answer) = closing {
        let _ = answer.send(());
    }
    while let Ok(request) = queue.recv() {
        let _ = match request {
            Request::Commit(commit) => commit
                .answer
                .send(Err(Fault::unavailable("the store is closed")))
                .is_ok(),
            Request::Close(answer) => answer.send(()).is_ok(),
        };
    }
}

/// Ends with the one who asked to close, if anybody did.
fn serve(connection: &Connection, queue: &flume::Receiver<Request>) -> Option<oneshot::Sender<()>> {
    let mut batch = Vec::with_capacity(BATCH);
    while let Ok(first) = queue.recv() {
        let mut close = None;
        for request in std::iter::once(first).chain(queue.try_iter()) {
            match request {
                Request::Commit(commit) => batch.push(commit),
                Request::Close(answer) => close = Some(answer),
            }
            if batch.len() == BATCH || close.is_some() {
                break;
            }
        }
        settle(connection, &mut batch);
        if close.is_some() {
            // What the checkpoint leaves in the log is read from there at the next start.
            if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
                tracing::warn!(fault = %fault("checkpoint", &error), "the log was not folded in");
            }
            return close;
        }
    }
    None
}

/// Commits the batch and answers everyone in it.
fn settle(connection: &Connection, batch: &mut Vec<Commit>) {
    // A commit whose asker has gone before it was begun is dropped: nobody was told anything about
    // it.
    batch.retain(|commit| !commit.answer.is_closed());
    if batch.is_empty() {
        return;
    }
    match flush(connection, batch) {
        Ok(results) => {
            for (commit, result) in batch.drain(..).zip(results) {
                let told = result
                    .and_then(|committal| fault_plan::at_answer(commit.fault).map(|()| committal));
                // The asker may have gone while the flush ran; the entry tells what happened.
                let _ = commit.answer.send(told);
            }
        }
        Err(fault) => {
            tracing::error!(commits = batch.len(), %fault, "a batch of commits failed");
            for commit in batch.drain(..) {
                let _ = commit.answer.send(Err(fault.clone()));
            }
        }
    }
}

type Answer = Result<Committal, Fault>;

/// One transaction over the batch. An `Err` means that none of it was written.
fn flush(connection: &Connection, batch: &[Commit]) -> Result<Vec<Answer>, Fault> {
    run_cached(connection, "BEGIN IMMEDIATE")?;
    let written = batch
        .iter()
        .try_fold(Vec::with_capacity(batch.len()), |mut done, commit| {
            done.push(within_savepoint(connection, commit)?);
            fault_plan::at_flush(commit.fault)?;
            Ok(done)
        });
    let ended = written.and_then(|done| commit_all(connection).map(|()| done));
    if ended.is_err() && !connection.is_autocommit() {
        run_cached(connection, "ROLLBACK")?;
    }
    ended
}

/// A flush that failed for another reason than a full disk may yet be found in the log after a
/// crash.
fn commit_all(connection: &Connection) -> Result<(), Fault> {
    let mut statement = connection
        .prepare_cached("COMMIT")
        .map_err(during("commit"))?;
    match statement.execute([]) {
        Ok(_) => Ok(()),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) => {
            Err(Fault::Ambiguous {
                what: "the volume failed during the flush".to_owned(),
            })
        }
        Err(error) => Err(fault("commit", &error)),
    }
}

/// The outer `Err` ends the batch, the inner one only this commit.
fn within_savepoint(connection: &Connection, commit: &Commit) -> Result<Answer, Fault> {
    run_cached(connection, "SAVEPOINT one")?;
    let result = apply(connection, commit);
    if connection.is_autocommit() {
        return Err(result
            .err()
            .unwrap_or_else(|| Fault::unavailable("the transaction was lost")));
    }
    match result {
        Ok(Committal::Committed) => {}
        Err(fault @ (Fault::DiskFull | Fault::Corrupt { .. })) => return Err(fault),
        Ok(Committal::Stale) | Err(_) => run_cached(connection, "ROLLBACK TO one")?,
    }
    run_cached(connection, "RELEASE one")?;
    Ok(result)
}

fn apply(connection: &Connection, commit: &Commit) -> Answer {
    for (index, write) in commit.writes.iter().enumerate() {
        fault_plan::before(commit.fault, index)?;
        let mut statement = connection
            .prepare_cached(write.sql.sqlite)
            .map_err(during("prepare"))?;
        match statement.execute(params_from_iter(&write.params)) {
            Ok(changed) if write.expect == Expect::One && changed != 1 => {
                return Ok(Committal::Stale);
            }
            Ok(_) => {}
            Err(error) if is_taken(&error) => return Ok(Committal::Stale),
            Err(error) => return Err(fault("write", &error)),
        }
    }
    Ok(Committal::Committed)
}
