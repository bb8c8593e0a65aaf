//! Lines that come to an end, and their cells.
//!
//! **Invariant:** an input that was cut off anywhere, also between two lines, is an error.

use std::io::BufRead;
use std::path::Path;

use crate::append::LONGEST;
use crate::fault::Fault;

/// Lines that come to an end: the last one says `end` and how many there were.
pub(super) struct Lines<R> {
    from: R,
    count: u64,
    text: String,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn of(from: R) -> Self {
        let (count, text) = (0, String::new());
        Self { from, count, text }
    }

    /// The next line; `None` after the last one.
    fn next(&mut self) -> Result<Option<&str>, Fault> {
        self.text.clear();
        let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let mut bounded = std::io::Read::take(&mut self.from, most.saturating_add(1));
        let read = bounded.read_line(&mut self.text);
        read.map_err(Fault::io(Path::new("standard input")))?;
        if self.text.len() > LONGEST {
            let (line, most) = (self.count + 1, LONGEST);
            return Err(Fault::Long { line, most });
        }
        let Some(line) = self.text.strip_suffix('\n') else {
            return Err(Fault::Cut(self.count));
        };
        match line.strip_prefix("end ").map(str::parse::<u64>) {
            None => {
                self.count += 1;
                Ok(Some(line))
            }
            Some(count) if count == Ok(self.count) => Ok(None),
            Some(_) => Err(Fault::Cut(self.count)),
        }
    }

    /// Does something with every line, and says how many there were.
    pub(super) fn each(
        mut self,
        mut of: impl FnMut(&str) -> Result<(), Wrong>,
    ) -> Result<u64, Fault> {
        loop {
            let line = self.count + 1;
            let Some(text) = self.next()? else {
                return Ok(self.count);
            };
            of(text).map_err(|wrong| wrong.of_line(line))?;
        }
    }
}

/// What is wrong with a line, or that nobody reads what comes of it.
pub(super) enum Wrong {
    Line(String),
    Out(std::io::Error),
}

impl Wrong {
    fn of_line(self, line: u64) -> Fault {
        match self {
            Self::Line(why) => Fault::Stage { line, why },
            Self::Out(why) => Fault::io(Path::new("standard output"))(why),
        }
    }
}

impl From<std::io::Error> for Wrong {
    fn from(why: std::io::Error) -> Self {
        Self::Out(why)
    }
}

pub(super) fn wrong(why: impl std::fmt::Display) -> Wrong {
    Wrong::Line(why.to_string())
}

/// The cells of a line, with a tab between them.
pub(super) fn cells<const N: usize>(line: &str) -> Result<[&str; N], Wrong> {
    let cells: Vec<&str> = line.splitn(N, '\t').collect();
    cells
        .try_into()
        .map_err(|_| wrong(format!("has not {N} cells")))
}

pub(super) fn bytes(cell: &str) -> Result<[u8; 16], Wrong> {
    let plain = cell.len() == 32 && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = plain.then(|| u128::from_str_radix(cell, 16).ok()).flatten();
    let number = number.ok_or_else(|| wrong("needs 32 hexadecimal digits"))?;
    Ok(number.to_be_bytes())
}

pub(super) fn maybe_bytes(cell: &str) -> Result<Option<[u8; 16]>, Wrong> {
    Ok(match cell {
        "" => None,
        cell => Some(bytes(cell)?),
    })
}

pub(super) fn number<T: std::str::FromStr>(cell: &str) -> Result<T, Wrong> {
    let found = cell.parse();
    found.map_err(|_| wrong("needs a whole number"))
}

pub(super) fn hex(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

/// What was held is told after the last line; what is wrong with it stands at the end.
pub(super) fn ended(lines: u64, told: Option<Result<(), Wrong>>) -> Result<(), Fault> {
    let told = told.unwrap_or(Ok(()));
    told.map_err(|wrong| wrong.of_line(lines + 1))
}
