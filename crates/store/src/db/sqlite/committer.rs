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

/// Folds the log into the database. The first statement reads the schema if another connection
/// changed it: the second would read it too, and keep the lock that it then waits for.
const FOLD_IN: &str = "SELECT 1 FROM sqlite_schema LIMIT 1; PRAGMA wal_checkpoint(TRUNCATE)";

/// After a batch in which a commit could not stand, so many are written carefully: whoever races
/// once is likely to race again at once.
const CAREFUL_BATCHES: u32 = 16;

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
    let mut careful = 0;
    while let Ok(first) = queue.recv() {
        let pace = if careful > 0 {
            Pace::Careful
        } else {
            Pace::Bold
        };
        let mut batch = Batch {
            waiting: Some(first),
            queue,
            taken: Vec::new(),
            close: None,
            pace,
        };
        batch.settle(connection);
        careful = match (pace, batch.pace) {
            (Pace::Bold, Pace::Careful) => CAREFUL_BATCHES,
            _ => u32::saturating_sub(careful, 1),
        };
        if batch.close.is_some() {
            // What the checkpoint leaves in the log is read from there at the next start.
            if let Err(error) = connection.execute_batch(FOLD_IN) {
                tracing::warn!(fault = %fault("checkpoint", &error), "the log was not folded in");
            }
            return batch.close;
        }
    }
    None
}

type Answer = Result<Committal, Fault>;

/// The commits that share one flush. They are taken from the queue while those before them are
/// being written, so that whoever was answered by the last flush is in time for this one.
struct Batch<'a> {
    waiting: Option<Request>,
    queue: &'a flume::Receiver<Request>,
    taken: Vec<Commit>,
    close: Option<oneshot::Sender<()>>,
    pace: Pace,
}

/// How a batch is written. A savepoint for each commit costs a quarter of the whole work, and is
/// needed only to undo one commit without the others, which is rare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Without savepoints; the first commit that cannot stand has the batch written again
    /// carefully.
    Bold,
    /// Each commit within a savepoint.
    Careful,
}

impl Batch<'_> {
    /// The next commit to write, unless the batch is full, nobody waits, or it is time to close.
    fn next(&mut self) -> Option<&Commit> {
        while self.close.is_none() && self.taken.len() < BATCH {
            match self.waiting.take().or_else(|| self.queue.try_recv().ok())? {
                // Whose asker has gone before it was begun is dropped: nobody was told about it.
                Request::Commit(commit) if commit.answer.is_closed() => {}
                Request::Commit(commit) => {
                    self.taken.push(commit);
                    return self.taken.last();
                }
                Request::Close(answer) => self.close = Some(answer),
            }
        }
        None
    }

    /// Commits the batch and answers everyone in it.
    fn settle(&mut self, connection: &Connection) {
        match self.flush(connection) {
            Ok(results) => {
                for (commit, result) in self.taken.drain(..).zip(results) {
                    let landed =
                        |committal| fault_plan::at_answer(commit.fault).map(|()| committal);
                    // The asker may have gone while the flush ran; the entry tells what happened.
                    let _ = commit.answer.send(result.and_then(landed));
                }
            }
            Err(fault) => {
                tracing::error!(commits = self.taken.len(), %fault, "a batch of commits failed");
                for commit in self.taken.drain(..) {
                    let _ = commit.answer.send(Err(fault.clone()));
                }
            }
        }
    }

    /// One transaction over the batch. An `Err` means that none of it was written.
    fn flush(&mut self, connection: &Connection) -> Result<Vec<Answer>, Fault> {
        let mut results = Vec::new();
        let ended = self
            .write(connection, &mut results)
            .and_then(|()| commit_all(connection));
        if ended.is_err() && !connection.is_autocommit() {
            run_cached(connection, "ROLLBACK")?;
        }
        ended.map(|()| results)
    }

    fn write(&mut self, connection: &Connection, results: &mut Vec<Answer>) -> Result<(), Fault> {
        while let Some(commit) = self.next() {
            let fault = commit.fault;
            if results.is_empty() {
                run_cached(connection, "BEGIN IMMEDIATE")?;
            }
            self.write_last(connection, results)?;
            fault_plan::at_flush(fault)?;
        }
        Ok(())
    }

    /// Writes the commit that was taken last; boldly as long as all of the batch can stand.
    fn write_last(
        &mut self,
        connection: &Connection,
        results: &mut Vec<Answer>,
    ) -> Result<(), Fault> {
        let Some(commit) = self.taken.last() else {
            return Ok(());
        };
        if self.pace == Pace::Careful {
            results.push(within_savepoint(connection, commit)?);
            return Ok(());
        }
        if let Ok(Committal::Committed) = apply(connection, commit) {
            results.push(Ok(Committal::Committed));
            return Ok(());
        }
        self.pace = Pace::Careful;
        if !connection.is_autocommit() {
            run_cached(connection, "ROLLBACK")?;
        }
        run_cached(connection, "BEGIN IMMEDIATE")?;
        results.clear();
        for commit in &self.taken {
            results.push(within_savepoint(connection, commit)?);
        }
        Ok(())
    }
}

/// A flush that failed for another reason than a full disk may yet be found in the log after a
/// crash.
fn commit_all(connection: &Connection) -> Result<(), Fault> {
    if connection.is_autocommit() {
        return Ok(());
    }
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
