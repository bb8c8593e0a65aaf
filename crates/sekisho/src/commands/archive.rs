//! `sekisho archive`: sends parts to `sekisho-archive`, and has removed what its receipts prove.
//!
//! **Invariant:** one part that is not as it should be keeps its own rows where they are and nobody
//! else's, and the run says so by its end.

mod keeper;

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sekisho_core::archive::{Day, Kept, Part, PartKept};
use sekisho_core::moment::Span;
use sekisho_gate::{ArchiveAnswer, ArchiveQuestion, Archiving, Batch, Gate};
use serde_json::json;

use super::staff::{claimed, done};
use super::sweep::ground;
use super::{Ended, Failure, Misuse};
use crate::arguments::{ArchiveArguments, ArchiveCommand};
use crate::progress::Progress;
use keeper::{Keeper, Late, PROGRAM, RECEIPTS, Sending};

/// Archives.
pub async fn run(gate: &Gate, command: ArchiveCommand) -> Result<Ended, Failure> {
    let ArchiveCommand::Run(arguments) = command;
    let keeper = Keeper::find(&arguments.to).await?;
    let before = gate.now().minus(Span::days(arguments.older_than.into()));
    let question = ArchiveQuestion {
        before: Day::of(before),
        folder: arguments.to.display().to_string(),
    };
    let ground = ground(&arguments.reason)?;
    let _alone = alone(&arguments.to)?;
    let claim = claimed(&arguments.by)?;
    let archiving = done(gate.archive(&claim, question, ground).await?)?;
    for kept in [Kept::Accesses, Kept::Decisions] {
        if let Some(last) = archiving.last(kept).await? {
            known(&arguments.to, &last.part)?;
        }
    }
    let mut course = Course {
        archiving,
        keeper,
        folder: arguments.to.clone(),
        wrong: BTreeSet::new(),
        progress: Progress::begin(None),
        done: Done::default(),
    };
    let ran = course.run(&arguments).await;
    course.progress.clear();
    course.tell(arguments.json);
    ran?;
    match course.wrong.len() {
        0 => Ok(Ended::Done),
        wrong => anyhow::bail!(
            "{wrong} parts are not as they should be, and nothing was removed for them; all else was done. Look \
             at them with `{PROGRAM} verify`, and restore them from a backup of the archive"
        ),
    }
}

/// One run alone works on an archive: a second one would send what the first has removed already.
/// Held until it is dropped, or the process ends.
fn alone(folder: &Path) -> Result<File, Failure> {
    if !folder.is_dir() {
        let text = format!(
            "there is no folder {}; make it, on the disk where the archive is to be",
            folder.display()
        );
        return Err(Misuse(text).into());
    }
    let receipts = folder.join(RECEIPTS);
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(&receipts);
    made.with_context(|| format!("{} cannot be made", receipts.display()))?;
    let path = receipts.join("run");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path);
    let file = file.with_context(|| format!("{} cannot be made", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let text = format!("another run works on {}", folder.display());
            Err(Misuse(text).into())
        }
        Err(TryLockError::Error(why)) => {
            Err(why).with_context(|| format!("{} cannot be locked", path.display()))?
        }
    }
}

/// The day that was noted last has its receipts here, or had them before somebody was erased;
/// otherwise this is another folder.
fn known(folder: &Path, part: &Part) -> Result<(), Failure> {
    let receipt = folder.join(RECEIPTS).join(part.to_string());
    if receipt.parent().is_some_and(Path::is_dir) {
        return Ok(());
    }
    let text = format!(
        "{} is not the archive that this database knows: it has no receipts of the day of {part}, which was \
         kept last. Is the disk mounted?",
        folder.display()
    );
    Err(Misuse(text).into())
}

/// What was done.
#[derive(Default)]
struct Done {
    parts: u64,
    kept: u64,
    removed: u64,
    bytes: u64,
}

/// A run in course.
struct Course {
    archiving: Archiving,
    keeper: Keeper,
    folder: PathBuf,
    progress: Progress,
    done: Done,
    /// Parts that could not be kept, or not be removed.
    wrong: BTreeSet<Part>,
}

impl Course {
    async fn run(&mut self, arguments: &ArchiveArguments) -> Result<(), Failure> {
        if !arguments.keep {
            self.remove().await?;
        }
        for kept in [Kept::Accesses, Kept::Decisions] {
            while let Some(batch) = self.archiving.next(kept).await? {
                // Those after it would leave a hole.
                if !self.keep(batch).await? {
                    break;
                }
                if !arguments.keep {
                    self.remove().await?;
                }
            }
        }
        let voided = self.archiving.voided().await?;
        self.keep(voided).await?;
        Ok(())
    }

    /// Sends a part, and notes it if its receipt proves it; whether it did.
    async fn keep(&mut self, batch: Batch) -> Result<bool, Failure> {
        let Batch { part, span, rows } = batch;
        let sending = Sending::mark(&self.folder, &part)?;
        let kept = self.keeper.append((&part, sending.again), rows).await;
        let Some((sent, receipt)) = self.or_wrong(&part, kept)? else {
            sending.refused()?;
            return Ok(false);
        };
        let (rows, bytes) = (sent.count, receipt.bytes);
        let answer = self.archiving.keep((&part, span), sent, &receipt).await?;
        let noted = settled(&part, &answer);
        if self.or_wrong(&part, noted)?.is_none() {
            return Ok(false);
        }
        sending.done()?;
        self.done.parts += 1;
        self.done.kept += rows;
        self.done.bytes += bytes;
        self.told(&part);
        Ok(true)
    }

    /// Removes what was kept and is still there, after its files were read again.
    async fn remove(&mut self) -> Result<(), Failure> {
        for kept in self.archiving.waiting().await? {
            if !self.wrong.contains(&kept.part) {
                self.remove_one(&kept).await?;
            }
        }
        Ok(())
    }

    async fn remove_one(&mut self, kept: &PartKept) -> Result<(), Failure> {
        let read = self.keeper.receipt(&kept.part).await;
        let Some(receipt) = self.or_wrong(&kept.part, read)? else {
            return Ok(());
        };
        let answer = self.archiving.remove(kept, &receipt).await?;
        let removed = settled(&kept.part, &answer);
        if let Some(removed) = self.or_wrong(&kept.part, removed)? {
            self.done.removed += removed;
            self.told(&kept.part);
        }
        Ok(())
    }

    /// What was done; `None` where the part is wrong, which is told and does not stop the run.
    fn or_wrong<T>(&mut self, part: &Part, done: Result<T, Failure>) -> Result<Option<T>, Failure> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(why) if why.is::<Late>() || why.is::<Elsewhere>() => Err(why),
            Err(why) => {
                self.progress.clear();
                eprintln!("sekisho: {}", super::told(&why));
                self.wrong.insert(part.clone());
                Ok(None)
            }
        }
    }

    fn told(&mut self, part: &Part) {
        let Done { kept, removed, .. } = self.done;
        let more = format!("{removed} removed, {part}");
        self.progress.tell(kept, 0, &more);
    }

    fn tell(&self, as_json: bool) {
        let Done {
            parts,
            kept,
            removed,
            bytes,
        } = self.done;
        let seconds = self.progress.seconds();
        let wrong: Vec<_> = self.wrong.iter().map(Part::to_string).collect();
        if as_json {
            let told = json!({
                "parts": parts, "kept": kept, "removed": removed, "bytes": bytes,
                "seconds": seconds, "wrong": wrong,
            });
            println!("{told}");
        } else {
            println!("{parts} parts, {kept} rows kept in {bytes} bytes, {removed} rows removed");
        }
    }
}

/// Why a run cannot go on: what it works on is in other hands.
#[derive(Debug, thiserror::Error)]
#[error("{0} was kept by another run, or you may not any more; run it again")]
struct Elsewhere(Part);

/// How many rows went, or why none did.
fn settled(part: &Part, answer: &ArchiveAnswer) -> Result<u64, Failure> {
    match answer {
        ArchiveAnswer::Done(removed) => Ok(*removed),
        ArchiveAnswer::Differs => {
            anyhow::bail!("{part} does not hold what was sent or noted; nothing was removed for it")
        }
        ArchiveAnswer::Gone => Err(Elsewhere(part.clone()).into()),
    }
}
