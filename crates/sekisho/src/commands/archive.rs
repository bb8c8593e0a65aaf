//! `sekisho archive`: sends parts to `sekisho-archive`, and has removed what its receipts prove.
//!
//! **Invariant:** what was sent is digested here, line by line, as it is sent; a receipt is only
//! compared with that.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use sekisho_core::archive::{Cells, Day, Kept, Part, Receipt, Rows};
use sekisho_core::moment::Span;
use sekisho_gate::{ArchiveAnswer, ArchiveQuestion, Archiving, Batch, Gate};
use serde_json::json;

use super::staff::{claimed, done};
use super::sweep::ground;
use super::{Ended, Failure, Misuse};
use crate::arguments::{ArchiveArguments, ArchiveCommand};
use crate::progress::Progress;

const PROGRAM: &str = "sekisho-archive";
/// Where the other program keeps its receipts (docs/archive.md).
const RECEIPTS: &str = "_receipts";
/// A receipt is a few hundred bytes.
const LONGEST: u64 = 4_096;

/// Archives.
pub async fn run(gate: &Gate, command: ArchiveCommand) -> Result<Ended, Failure> {
    let ArchiveCommand::Run(arguments) = command;
    let keeper = Keeper {
        program: program()?,
        folder: arguments.to.clone(),
    };
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
        progress: Progress::begin(None),
        done: Done::default(),
    };
    let ran = course.run(&arguments).await;
    course.progress.clear();
    course.tell(arguments.json);
    ran.map(|()| Ended::Done)
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

/// Beside this program, or else wherever programs are looked for.
fn program() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().context("this program's own place is not known")?;
    let beside = own.with_file_name(PROGRAM);
    let program = match beside.is_file() {
        true => beside,
        false => PathBuf::from(PROGRAM),
    };
    let mut asked = Command::new(&program);
    let asked = asked.arg("--version").stdin(Stdio::null());
    match asked.stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(program),
        _ => Err(Misuse(format!(
            "{PROGRAM} is neither beside this program ({}) nor on the PATH, or does not run; \
             it is installed apart",
            own.display()
        ))
        .into()),
    }
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
    progress: Progress,
    done: Done,
}

impl Course {
    async fn run(&mut self, arguments: &ArchiveArguments) -> Result<(), Failure> {
        if !arguments.keep {
            self.remove().await?;
        }
        for kept in [Kept::Accesses, Kept::Decisions] {
            while let Some(batch) = self.archiving.next(kept).await? {
                self.keep(batch).await?;
                if !arguments.keep {
                    self.remove().await?;
                }
            }
        }
        let voided = self.archiving.voided().await?;
        self.keep(voided).await
    }

    /// Sends a part, and notes it if its receipt proves it.
    async fn keep(&mut self, batch: Batch) -> Result<(), Failure> {
        let Batch { part, span, rows } = batch;
        let (keeper, to) = (self.keeper.clone(), part.clone());
        let sent = tokio::task::spawn_blocking(move || keeper.append(&to, &rows));
        let (sent, receipt) = sent.await??;
        let (rows, bytes) = (sent.count, receipt.bytes);
        settled(
            &part,
            &self.archiving.keep((&part, span), sent, &receipt).await?,
        )?;
        self.done.parts += 1;
        self.done.kept += rows;
        self.done.bytes += bytes;
        self.told(&part);
        Ok(())
    }

    /// Removes what was kept and is still there, after its files were read again.
    async fn remove(&mut self) -> Result<(), Failure> {
        for kept in self.archiving.waiting().await? {
            let (keeper, part) = (self.keeper.clone(), kept.part.clone());
            let receipt = tokio::task::spawn_blocking(move || keeper.receipt(&part)).await??;
            let answer = self.archiving.remove(&kept, &receipt).await?;
            self.done.removed += settled(&kept.part, &answer)?;
            self.told(&kept.part);
        }
        Ok(())
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
        if as_json {
            let told = json!({
                "parts": parts, "kept": kept, "removed": removed, "bytes": bytes,
                "seconds": seconds,
            });
            println!("{told}");
        } else {
            println!("{parts} parts, {kept} rows kept in {bytes} bytes, {removed} rows removed");
        }
    }
}

/// How many rows went, or why none did.
fn settled(part: &Part, answer: &ArchiveAnswer) -> Result<u64, Failure> {
    match answer {
        ArchiveAnswer::Done(removed) => Ok(*removed),
        ArchiveAnswer::Differs => anyhow::bail!(
            "{part} does not hold what was sent or noted; nothing was removed for it. Look at it \
             with `{PROGRAM} verify`, and restore it from a backup of the archive"
        ),
        ArchiveAnswer::Gone => {
            anyhow::bail!("{part} was kept by another run, or you may not any more; run it again")
        }
    }
}

/// The other program.
#[derive(Clone)]
struct Keeper {
    program: PathBuf,
    folder: PathBuf,
}

impl Keeper {
    /// Sends the rows of a part: what was sent, and the receipt that came back.
    fn append(&self, part: &Part, rows: &[Cells]) -> Result<(Rows, Receipt), Failure> {
        let whole = Rows::of(part.kept, rows);
        let said = [
            "--rows",
            &whole.count.to_string(),
            "--rows-sha256",
            &whole.digest().to_string(),
        ];
        let mut child = self.begin(("append", &said), part, Stdio::piped())?;
        let mut sent = Rows::default();
        if let Some(input) = child.stdin.take() {
            let mut input = BufWriter::new(input);
            let mut send = || -> std::io::Result<()> {
                for row in rows {
                    let line = row.line(part.kept);
                    input.write_all(line.as_bytes())?;
                    sent.add(&line);
                }
                input.flush()
            };
            // Whoever stops reading says why by its end.
            let _ = send();
        }
        Ok((sent, answered(child, part)?))
    }

    /// Reads a part again.
    fn receipt(&self, part: &Part) -> Result<Receipt, Failure> {
        answered(self.begin(("receipt", &[]), part, Stdio::null())?, part)
    }

    fn begin(
        &self,
        (act, more): (&str, &[&str]),
        part: &Part,
        input: Stdio,
    ) -> Result<Child, Failure> {
        let mut command = Command::new(&self.program);
        command.args([act, "--kind", part.kept.word(), "--part", part.name()]);
        command.args(more);
        if let Some(day) = part.day {
            command.args(["--day", &day.to_string()]);
        }
        command.arg("--").arg(Path::new(&self.folder));
        let begun = command.stdin(input).stdout(Stdio::piped()).spawn();
        begun.with_context(|| format!("{} does not start", self.program.display()))
    }
}

/// What the other program answered.
fn answered(mut child: Child, part: &Part) -> Result<Receipt, Failure> {
    let mut text = String::new();
    if let Some(output) = child.stdout.take() {
        output.take(LONGEST).read_to_string(&mut text)?;
    }
    let status = child.wait()?;
    if !status.success() {
        anyhow::bail!("{PROGRAM} could not keep or read {part}; nothing was removed for it");
    }
    serde_json::from_str(&text).with_context(|| format!("{PROGRAM} answered no receipt of {part}"))
}
