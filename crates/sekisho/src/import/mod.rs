//! Customers of another system, taken over line by line.
//!
//! **Invariant:** a line was taken over, was there already, or is told with its number and why not.

pub mod line;

use std::io::Write;

use sekisho_core::text::Reference;
use sekisho_gate::{Fault, Gate, ImportLine, Imported};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::input::Input;
use crate::lines::Line;
use crate::progress::{Progress, per_second};
use crate::turns::Turns;

/// Lines under way at once: enough to fill the commits of a group.
const AT_ONCE: usize = 256;

/// What became of the lines.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Lines that were looked at; those before `--from-line` are not.
    pub lines: u64,
    /// Customers that are new.
    pub added: u64,
    /// Customers that were there already, by their reference or login.
    pub already_there: u64,
    /// Lines that were not accepted.
    pub refused: u64,
    /// Empty lines.
    pub empty: u64,
    /// Where to go on with `--from-line`, when it ended early.
    pub continue_from: Option<u64>,
    /// How long it took.
    pub seconds: f64,
    /// Lines a second.
    pub lines_per_second: u64,
}

/// What two lines may have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Shared {
    Login(String),
    Reference(Reference),
}

/// The answer to one line.
struct Answered {
    line: u64,
    result: Result<Imported, Fault>,
}

/// An import under way.
pub struct Import<W> {
    gate: Gate,
    turns: Turns<Shared, Answered>,
    from_line: u64,
    summary: Summary,
    progress: Progress,
    errors: W,
    /// The first line that is not done for good.
    next: u64,
    broken: bool,
    /// The last line that was looked at.
    taken: u64,
    bytes_read: u64,
}

impl<W: Write> Import<W> {
    /// An import that begins at `from_line` and tells of lines that are not accepted in `errors`.
    pub fn new(gate: Gate, from_line: u64, errors: W) -> Self {
        Self {
            gate,
            turns: Turns::new(AT_ONCE),
            from_line,
            summary: Summary::default(),
            progress: Progress::begin(None),
            errors,
            next: from_line,
            broken: false,
            taken: from_line.saturating_sub(1),
            bytes_read: 0,
        }
    }

    /// Takes over all of `input`, or as much as comes before `stop`.
    ///
    /// # Errors
    /// When the input ends badly, an answer cannot be told, or the database fails; the sentence
    /// says from which line to go on.
    pub async fn run(
        mut self,
        mut input: Input,
        stop: &CancellationToken,
    ) -> anyhow::Result<Summary> {
        self.progress = Progress::begin(input.bytes);
        let result = self.take_all(&mut input, stop).await;
        self.progress.clear();
        self.errors.flush()?;
        let next = self.next;
        result.map_err(|why: anyhow::Error| {
            why.context(format!("ended early; go on with --from-line {next}"))
        })?;
        let mut summary = self.summary;
        summary.seconds = self.progress.seconds();
        summary.lines_per_second = per_second(summary.lines, summary.seconds);
        summary.continue_from = stop.is_cancelled().then_some(self.taken + 1);
        Ok(summary)
    }

    async fn take_all(
        &mut self,
        input: &mut Input,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let read = self.read_all(input, stop).await;
        // What is under way is finished, whatever happened.
        loop {
            match self.answered().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(why) => return Err(read.err().unwrap_or(why)),
            }
        }
        read
    }

    async fn read_all(
        &mut self,
        input: &mut Input,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        loop {
            let batch = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                batch = input.next_batch() => batch?,
            };
            let Some(batch) = batch else { return Ok(()) };
            for line in batch.lines {
                if stop.is_cancelled() {
                    return Ok(());
                }
                if line.number >= self.from_line {
                    self.take(line).await?;
                }
            }
            self.bytes_read = batch.bytes_read;
        }
    }

    async fn take(&mut self, line: Line) -> anyhow::Result<()> {
        self.summary.lines += 1;
        let number = line.number;
        self.taken = number;
        let read = match line.text {
            Ok(text) if text.trim().is_empty() => {
                self.summary.empty += 1;
                return Ok(());
            }
            Ok(text) => line::read(&text, self.gate.now()),
            Err(fault) => Err(fault.to_string()),
        };
        match read {
            Ok(line) => self.begin(number, line).await,
            Err(why) => self.refuse(number, &why),
        }
    }

    async fn begin(&mut self, number: u64, line: ImportLine) -> anyhow::Result<()> {
        while self.turns.full() {
            self.answered().await?;
        }
        let touches = vec![
            Shared::Reference(line.reference.clone()),
            Shared::Login(line.login.as_str().to_owned()),
        ];
        let gate = self.gate.clone();
        self.turns.begin(touches, async move {
            let result = gate.import(line).await;
            let line = number;
            Answered { line, result }
        });
        Ok(())
    }

    /// Takes the oldest answer; whether there was one.
    async fn answered(&mut self) -> anyhow::Result<bool> {
        let Some(answered) = self.turns.oldest().await else {
            return Ok(false);
        };
        self.broken |= !matches!(answered, Ok(Answered { result: Ok(_), .. }));
        let Answered { line, result } = answered?;
        match result? {
            Imported::Added(_) => self.summary.added += 1,
            Imported::There => self.summary.already_there += 1,
            Imported::BadPin(why) => {
                self.refuse(line, &format!("transaction_pin_hash: {why}"))?;
            }
            Imported::BadHash(why) => self.refuse(line, &format!("password_hash: {why}"))?,
        }
        if !self.broken {
            self.next = line + 1;
        }
        let added = format!("{} added", self.summary.added);
        self.progress
            .tell(self.summary.lines, self.bytes_read, &added);
        Ok(true)
    }

    fn refuse(&mut self, line: u64, why: &str) -> anyhow::Result<()> {
        self.summary.refused += 1;
        self.progress.clear();
        writeln!(self.errors, "line {line}: {why}")?;
        Ok(())
    }
}
