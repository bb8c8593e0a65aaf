//! A file, or standard input, as batches of lines, read by a thread of its own.
//!
//! **Invariant:** at most a few batches are in memory, however fast the input comes.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Context as _;
use sekisho_core::moment::Moment;
use tokio::sync::mpsc;

use crate::lines::{Line, Lines};

/// Longest line that is read, in bytes.
pub const LONGEST_LINE: usize = 64 * 1024;
/// A batch ends with this many lines or bytes.
const BATCH_LINES: usize = 256;
const BATCH_BYTES: u64 = 256 * 1024;
/// Batches that wait.
const WAITING: usize = 4;

/// What was read, and how far it got.
#[derive(Debug)]
pub struct Batch {
    /// In order.
    pub lines: Vec<Line>,
    /// Bytes of the input up to here.
    pub bytes_read: u64,
}

/// Where lines come from.
#[derive(Debug)]
pub struct Input {
    batches: mpsc::Receiver<io::Result<Batch>>,
    /// Size in bytes, if it is known.
    pub bytes: Option<u64>,
    /// When the file was last changed.
    pub changed: Option<Moment>,
}

impl Input {
    /// Begins to read the file, or standard input for `-`.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let named = || format!("{} cannot be read", path.display());
        if path == Path::new("-") {
            return Ok(Self::of(BufReader::new(io::stdin()), None, None));
        }
        let file = File::open(path).with_context(named)?;
        let about = file.metadata().with_context(named)?;
        anyhow::ensure!(!about.is_dir(), "{} is a folder", path.display());
        let changed = about
            .modified()
            .ok()
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
            .and_then(|since| i64::try_from(since.as_micros()).ok())
            .map(Moment);
        let bytes = about.is_file().then_some(about.len());
        Ok(Self::of(
            BufReader::with_capacity(256 * 1024, file),
            bytes,
            changed,
        ))
    }

    fn of(
        from: impl BufRead + Send + 'static,
        bytes: Option<u64>,
        changed: Option<Moment>,
    ) -> Self {
        let (send, batches) = mpsc::channel(WAITING);
        // Not one of the runtime's threads: a terminal that says nothing would keep it from ending.
        std::thread::spawn(move || read(Lines::new(from, LONGEST_LINE), &send));
        Self {
            batches,
            bytes,
            changed,
        }
    }

    /// The next batch; `None` at the end.
    ///
    /// # Errors
    /// When the input cannot be read on.
    pub async fn next_batch(&mut self) -> io::Result<Option<Batch>> {
        self.batches.recv().await.transpose()
    }
}

fn read(mut lines: Lines<impl BufRead>, send: &mpsc::Sender<io::Result<Batch>>) {
    loop {
        let batch = match batch(&mut lines) {
            Ok(batch) if batch.lines.is_empty() => return,
            other => other,
        };
        let failed = batch.is_err();
        if send.blocking_send(batch).is_err() || failed {
            return;
        }
    }
}

fn batch(lines: &mut Lines<impl BufRead>) -> io::Result<Batch> {
    let begun = lines.bytes_read();
    let mut found = Vec::new();
    while found.len() < BATCH_LINES && lines.bytes_read() - begun < BATCH_BYTES {
        match lines.next_line()? {
            Some(line) => found.push(line),
            None => break,
        }
    }
    Ok(Batch {
        lines: found,
        bytes_read: lines.bytes_read(),
    })
}

/// A file to write beside the result, which must not be there yet: nothing is overwritten.
///
/// # Errors
/// When it is there or cannot be made.
pub fn new_file(path: &PathBuf) -> anyhow::Result<io::BufWriter<File>> {
    let file = File::options().write(true).create_new(true).open(path);
    let file = file.with_context(|| format!("{} cannot be made", path.display()))?;
    Ok(io::BufWriter::new(file))
}
