//! The other program, `sekisho-archive`, and the part that is being sent to it.
//!
//! **Invariant:** what was sent is digested here, line by line, as it is sent; a receipt is only
//! compared with that. No child is waited for without end.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use sekisho_core::archive::{Cells, Part, Receipt, Rows};

use crate::commands::{Failure, Misuse};

pub const PROGRAM: &str = "sekisho-archive";
/// Where the other program keeps its receipts (docs/archive.md).
pub const RECEIPTS: &str = "_receipts";
/// A receipt is a few hundred bytes.
const LONGEST: u64 = 4_096;
/// A part is a hundred megabytes at most, which are written, flushed and read back. Our own figure.
const PATIENCE: Duration = Duration::from_mins(30);
/// How often it is looked whether a child that has said everything has ended, too.
const LOOK: Duration = Duration::from_millis(20);

/// The other program does not end.
#[derive(Debug, thiserror::Error)]
#[error("{PROGRAM} did not end in {} seconds, and was stopped; is the disk of the archive there?", .0.as_secs())]
pub struct Late(Duration);

/// The other program.
#[derive(Clone, Debug)]
pub struct Keeper {
    program: PathBuf,
    folder: PathBuf,
    patience: Duration,
}

impl Keeper {
    /// Beside this program, or else wherever programs are looked for.
    ///
    /// # Errors
    /// [`Misuse`] if it is not there or does not run.
    pub async fn find(folder: &Path) -> Result<Self, Failure> {
        let own = std::env::current_exe().context("this program's own place is not known")?;
        let beside = own.with_file_name(PROGRAM);
        let program = match beside.is_file() {
            true => beside,
            false => PathBuf::from(PROGRAM),
        };
        let keeper = Self {
            program,
            folder: folder.to_owned(),
            patience: PATIENCE,
        };
        let mut asked = Command::new(&keeper.program);
        let asked = asked.arg("--version").stdin(Stdio::null());
        let ran = match asked.stdout(Stdio::piped()).spawn() {
            Ok(child) => keeper.ended(child, |_| ()).await,
            Err(why) => Err(why.into()),
        };
        match ran {
            Ok(((), _, status)) if status.success() => Ok(keeper),
            _ => Err(Misuse(format!(
                "{PROGRAM} is neither beside this program ({}) nor on the PATH, or does not run; \
                 it is installed apart",
                own.display()
            ))
            .into()),
        }
    }

    /// Sends the rows of a part, also in place of other rows where a run was interrupted: what was
    /// sent, and the receipt that came back.
    ///
    /// # Errors
    /// [`Late`], and where the other program keeps nothing.
    pub async fn append(
        &self,
        (part, again): (&Part, bool),
        rows: Vec<Cells>,
    ) -> Result<(Rows, Receipt), Failure> {
        let kept = part.kept;
        let digested = tokio::task::spawn_blocking(move || (Rows::of(kept, &rows), rows));
        let (whole, rows) = digested.await?;
        let (count, digest) = (whole.count.to_string(), whole.digest().to_string());
        let mut said = vec!["--rows", &count, "--rows-sha256", &digest];
        said.extend(again.then_some("--again"));
        let child = self.begin(("append", &said), part, Stdio::piped())?;
        let send = move |input: Option<std::process::ChildStdin>| {
            let mut sent = Rows::default();
            if let Some(input) = input {
                let mut input = BufWriter::new(input);
                let mut send = || -> std::io::Result<()> {
                    for row in &rows {
                        let line = row.line(kept);
                        input.write_all(line.as_bytes())?;
                        sent.add(&line);
                    }
                    input.flush()
                };
                // Whoever stops reading says why by its end.
                let _ = send();
            }
            sent
        };
        let (sent, text, status) = self.ended(child, send).await?;
        Ok((sent, answered(part, &text, status)?))
    }

    /// Reads a part again.
    ///
    /// # Errors
    /// [`Late`], and where the other program cannot read it.
    pub async fn receipt(&self, part: &Part) -> Result<Receipt, Failure> {
        let child = self.begin(("receipt", &[]), part, Stdio::null())?;
        let ((), text, status) = self.ended(child, |_| ()).await?;
        answered(part, &text, status)
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
        command.arg("--").arg(&self.folder);
        let begun = command.stdin(input).stdout(Stdio::piped()).spawn();
        begun.with_context(|| format!("{} does not start", self.program.display()))
    }

    /// What was sent to a child and what it said, after its end.
    async fn ended<T: Send + 'static>(
        &self,
        mut child: Child,
        send: impl FnOnce(Option<std::process::ChildStdin>) -> T + Send + 'static,
    ) -> Result<(T, String, ExitStatus), Failure> {
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let spoken = tokio::task::spawn_blocking(move || -> std::io::Result<_> {
            let sent = send(input);
            let mut text = String::new();
            if let Some(output) = output {
                output.take(LONGEST).read_to_string(&mut text)?;
            }
            Ok((sent, text))
        });
        let end = async {
            let (sent, text) = spoken.await??;
            loop {
                if let Some(status) = child.try_wait()? {
                    return Ok((sent, text, status));
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        if let Ok(ended) = tokio::time::timeout(self.patience, end).await {
            return ended;
        }
        // One that waits for a disk does not even hear that.
        let _ = child.kill();
        Err(Late(self.patience).into())
    }
}

/// What the other program answered.
fn answered(part: &Part, text: &str, status: ExitStatus) -> Result<Receipt, Failure> {
    if !status.success() {
        anyhow::bail!("{PROGRAM} could not keep or read {part}; nothing was removed for it");
    }
    serde_json::from_str(text).with_context(|| format!("{PROGRAM} answered no receipt of {part}"))
}

/// The part that is being sent, as it is noted in the archive until the database has it: a run that
/// was interrupted may put other rows in its place, and nobody else may.
#[derive(Debug)]
pub struct Sending {
    path: PathBuf,
    /// Whether a run before this one was interrupted while it sent the same part.
    pub again: bool,
}

impl Sending {
    /// Notes that a part is about to be sent.
    ///
    /// # Errors
    /// Those of reading and writing.
    pub fn mark(folder: &Path, part: &Part) -> Result<Self, Failure> {
        let name = part.to_string();
        let file = format!("sending-{}", part.kept.word());
        let path = folder.join(RECEIPTS).join(file);
        let again = match fs::read_to_string(&path) {
            Ok(before) => before == name,
            Err(why) if why.kind() == ErrorKind::NotFound => false,
            Err(why) => {
                return Err(why).with_context(|| format!("{} cannot be read", path.display()));
            }
        };
        let sending = Self { path, again };
        if !again {
            let written = sending.write(&name);
            written.with_context(|| format!("{} cannot be written", sending.path.display()))?;
        }
        Ok(sending)
    }

    /// Notes that the other program refused it, so that the part is what it was before.
    ///
    /// # Errors
    /// Those of writing.
    pub fn refused(self) -> Result<(), Failure> {
        // What was interrupted before is not finished by this.
        if self.again {
            return Ok(());
        }
        self.done()
    }

    /// Notes that it was sent, and is in the record.
    ///
    /// # Errors
    /// Those of writing.
    pub fn done(self) -> Result<(), Failure> {
        fs::remove_file(&self.path)
            .and_then(|()| self.flush_folder())
            .with_context(|| format!("{} cannot be removed", self.path.display()))
    }

    fn write(&self, name: &str) -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.write_all(name.as_bytes())?;
        file.sync_all()?;
        self.flush_folder()
    }

    fn flush_folder(&self) -> std::io::Result<()> {
        self.path
            .parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use sekisho_core::archive::Kept;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn a_program_that_does_not_end_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("hangs");
        fs::write(&program, "#!/bin/sh\nexec 1>&-\nexec sleep 600\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let keeper = Keeper {
            program,
            folder: folder.path().to_owned(),
            patience: Duration::from_millis(200),
        };
        let read = keeper.receipt(&Part::voided()).await;
        assert!(read.is_err_and(|why| why.is::<Late>()));
        let kept = keeper.append((&Part::voided(), false), Vec::new()).await;
        assert!(kept.is_err_and(|why| why.is::<Late>()));
    }

    #[test]
    fn only_a_run_that_was_interrupted_sends_a_part_again() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join(RECEIPTS)).unwrap();
        let part = |kept: Kept, name: &str| {
            let day = "2026-03-01".parse().unwrap();
            Part::new(kept, Some(day), name).unwrap()
        };
        let one = part(Kept::Accesses, "one");
        let other = part(Kept::Decisions, "one");
        let mark = |part: &Part| Sending::mark(root, part).unwrap();
        assert!(!mark(&one).again);
        // Interrupted; what another kind sends does not make that forgotten.
        mark(&other).done().unwrap();
        let again = mark(&one);
        assert!(again.again);
        again.refused().unwrap();
        let again = mark(&one);
        assert!(
            again.again,
            "what was interrupted is not finished by a refusal"
        );
        again.done().unwrap();
        // One that was refused at once was not interrupted.
        mark(&one).refused().unwrap();
        assert!(!mark(&one).again);
        assert!(!mark(&part(Kept::Accesses, "two")).again, "of another part");
    }
}
