//! Builds a deny list from passwords, one a line.
//!
//! **Invariant:** the file appears whole under its name or not at all, and never in place of
//! another; no line of the input is ever told, only its number.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use sekisho_core::password::{DenyLayout, fingerprint, is_unreadable, normalise};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::spool::{Sorted, Spool};
use crate::lines::{Line, Lines};
use crate::progress::Progress;

/// Longest line that is looked at: what is longer is no password.
const LONGEST_LINE: usize = 4096;
/// After so many lines it is looked whether somebody wants it to stop.
const BATCH: u64 = 4096;

/// What became of the lines.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Lines that were read.
    pub lines: u64,
    /// Passwords on the list: each once, letter case aside.
    pub entries: u64,
    /// Lines that were not accepted.
    pub refused: u64,
    /// Empty lines.
    pub empty: u64,
    /// Size of the list, in bytes.
    pub bytes: u64,
    /// The share of other passwords that it takes for one of its own.
    pub false_positives: f64,
    /// How long it took.
    pub seconds: f64,
}

/// Where the input comes from and where problems go.
pub struct Build<'a> {
    /// The passwords.
    pub from: Box<dyn BufRead + 'a>,
    /// Its size, if it is known.
    pub bytes: Option<u64>,
    /// Where lines that are not accepted are told.
    pub errors: Box<dyn Write + 'a>,
}

impl<'a> Build<'a> {
    /// From the file at `path`, or standard input for `-`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(path: &Path, errors: Box<dyn Write + 'a>) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self {
                from: Box::new(BufReader::new(io::stdin())),
                bytes: None,
                errors,
            });
        }
        let named = || format!("{} cannot be read", path.display());
        let file = File::open(path).with_context(named)?;
        let about = file.metadata().with_context(named)?;
        anyhow::ensure!(!about.is_dir(), "{} is a folder", path.display());
        Ok(Self {
            bytes: about.is_file().then_some(about.len()),
            from: Box::new(BufReader::with_capacity(256 * 1024, file)),
            errors,
        })
    }

    /// Builds the list at `to`.
    ///
    /// # Errors
    /// When `to` is there already, the input or the disk fails, there are too many entries, or
    /// `stop` is given.
    pub fn run(self, to: &Path, stop: &CancellationToken) -> anyhow::Result<Summary> {
        anyhow::ensure!(
            !to.exists(),
            "{} is there already and is not overwritten",
            to.display()
        );
        let folder = to.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let named = || format!("{} cannot be written to", folder.display());
        let mut spool = Spool::begin(folder).with_context(named)?;
        let mut progress = Progress::begin(self.bytes);
        let mut summary = self.read(&mut spool, &mut progress, stop)?;
        let mut sorted = spool.sort().with_context(named)?;
        let layout = DenyLayout::of(sorted.count)?;
        let mut made = tempfile::NamedTempFile::new_in(folder).with_context(named)?;
        write(made.as_file_mut(), layout, &mut sorted).with_context(named)?;
        readable_by_all(made.as_file()).with_context(named)?;
        super::open(made.path()).context("what was built cannot be read back")?;
        let kept = made.persist_noclobber(to);
        let kept = kept.with_context(|| format!("{} cannot be made", to.display()))?;
        summary.entries = sorted.count;
        summary.bytes = kept.metadata()?.len();
        summary.false_positives = layout.false_positives();
        summary.seconds = progress.seconds();
        Ok(summary)
    }

    fn read(
        mut self,
        spool: &mut Spool,
        progress: &mut Progress,
        stop: &CancellationToken,
    ) -> anyhow::Result<Summary> {
        let mut summary = Summary::default();
        let mut lines = Lines::new(self.from, LONGEST_LINE);
        while let Some(line) = lines.next_line()? {
            summary.lines = line.number;
            match one(&line) {
                Ok(Some(fingerprint)) => spool.put(fingerprint)?,
                Ok(None) => summary.empty += 1,
                Err(why) => {
                    summary.refused += 1;
                    progress.clear();
                    writeln!(self.errors, "line {}: {why}", line.number)?;
                }
            }
            if line.number % BATCH == 0 {
                anyhow::ensure!(!stop.is_cancelled(), "stopped as asked; nothing was made");
                let more = format!("{} refused", summary.refused);
                progress.tell(summary.lines, lines.bytes_read(), &more);
            }
        }
        progress.clear();
        self.errors.flush()?;
        Ok(summary)
    }
}

/// The fingerprint of a line; `None` for an empty one.
fn one(line: &Line) -> Result<Option<u64>, String> {
    let text = line.text.as_ref().map_err(ToString::to_string)?;
    if text.is_empty() {
        return Ok(None);
    }
    let password = normalise(text).ok_or("longer than any password")?;
    let password = password.expose_secret();
    if password.chars().any(is_unreadable) {
        return Err("holds a control character or one that Unicode has not assigned".to_owned());
    }
    Ok(Some(fingerprint(password)))
}

/// Writes through and sums up what was written.
struct Summed<W> {
    to: W,
    sum: Sha256,
}

impl<W: Write> Summed<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.to.write_all(bytes)
    }
}

fn write(to: &mut File, layout: DenyLayout, sorted: &mut Sorted) -> io::Result<()> {
    let mut counts = vec![0_u32; layout.buckets()];
    for fingerprint in sorted.all()? {
        let (bucket, _) = layout.place(fingerprint?);
        if let Some(count) = counts.get_mut(bucket) {
            *count += 1;
        }
    }
    let mut summed = Summed {
        to: BufWriter::with_capacity(256 * 1024, to),
        sum: Sha256::new(),
    };
    summed.put(&layout.header())?;
    let mut end = 0_u32;
    for count in counts {
        end += count;
        summed.put(&end.to_le_bytes())?;
    }
    for fingerprint in sorted.all()? {
        summed.put(&layout.place(fingerprint?).1)?;
    }
    let Summed { mut to, sum } = summed;
    to.write_all(&sum.finalize())?;
    to.flush()?;
    to.get_ref().sync_all()
}

/// The list is no secret, and the server may run as somebody else.
fn readable_by_all(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}
