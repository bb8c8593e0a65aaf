//! Keeps rows: lines in, a part with its receipt out.
//!
//! **Invariant:** no part gets its name before it was read back from its file, row by row.

use std::io::{BufRead, BufWriter, Read as _};
use std::path::Path;

use sekisho_core::archive::{Cell, Cells, Day, Kept, Part, Receipt, Rows};
use sekisho_core::id::DecisionId;

use crate::fault::Fault;
use crate::folder::{Writing, digest_of, private};
use crate::part_reader::PartReader;
use crate::part_writer::PartWriter;

/// The longest line: the recorded facts of a batch of payees are some kilobytes.
pub const LONGEST: usize = 1 << 20;

/// Lines of rows.
pub struct Lines<R> {
    from: R,
    line: u64,
    text: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The lines of an input.
    pub fn of(from: R) -> Self {
        let (line, text) = (0, Vec::new());
        Self { from, line, text }
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`Fault::Line`] or [`Fault::Long`], with the number of the line.
    pub fn next(&mut self, kept: Kept) -> Result<Option<Cells>, Fault> {
        self.text.clear();
        let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let mut bounded = (&mut self.from).take(most.saturating_add(1));
        let read = bounded.read_until(b'\n', &mut self.text);
        let input = Path::new("standard input");
        if read.map_err(Fault::io(input))? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let line = self.line;
        if self.text.len() > LONGEST {
            let most = LONGEST;
            return Err(Fault::Long { line, most });
        }
        let text = std::str::from_utf8(&self.text);
        let text = text.map_err(|why| Fault::unreadable(input, why))?;
        let row = Cells::parse(kept, text);
        row.map(Some).map_err(|why| Fault::Line { line, why })
    }
}

/// The day of the decision of a row.
fn day_of(kept: Kept, row: &Cells) -> Option<Day> {
    let place = kept.column("decision")?;
    match row.cells().get(place) {
        Some(Cell::Bytes(id)) => Some(Day::of_decision(DecisionId(*id))),
        _ => None,
    }
}

/// Rows that are to come, as whoever sends them counted them before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// How many.
    pub rows: u64,
    /// SHA-256 over their lines, in hexadecimal digits.
    pub rows_sha256: String,
    /// Whether the part may have other rows by now, which these replace: whoever kept those was
    /// interrupted before they were noted. Nobody else's are replaced.
    pub again: bool,
}

/// Keeps the rows of a part, in place of what it held.
///
/// # Errors
/// See [`Fault`]; the part is then what it was before.
pub fn append(to: &Writing, part: &Part, from: impl BufRead) -> Result<Receipt, Fault> {
    append_whole(to, part, None, from)
}

/// The same of rows that are known before: whoever sends them may die, and the end of the input
/// is then not the end of the rows.
///
/// # Errors
/// [`Fault::Torn`] where others came, [`Fault::Fewer`] where the part of a day has more,
/// [`Fault::Other`] where it has others, and those of [`append`].
pub fn append_whole(
    to: &Writing,
    part: &Part,
    whole: Option<&Whole>,
    from: impl BufRead,
) -> Result<Receipt, Fault> {
    let kept = part.kept;
    // Of a day that is over nothing is added; fewer rows are those of another database, or what
    // another run left.
    let standing = match part.day {
        Some(_) => to.folder().standing(part)?,
        None => None,
    };
    if let (Some(whole), Some(standing)) = (whole, standing) {
        let path = to.folder().file_of(part);
        if whole.rows < standing.rows {
            let standing = standing.rows;
            return Err(Fault::Fewer { path, standing });
        }
        if !whole.again && whole.rows_sha256 != standing.rows_sha256 {
            return Err(Fault::Other { path });
        }
    }
    let mut lines = Lines::of(from);
    let mut before: Option<Cells> = None;
    kept_rows(to, part, whole, || {
        let Some(row) = lines.next(kept)? else {
            return Ok(None);
        };
        let line = lines.line;
        if part.day.is_some() && day_of(kept, &row) != part.day {
            return Err(Fault::Day(line));
        }
        if before
            .as_ref()
            .is_some_and(|before| before.key(kept) >= row.key(kept))
        {
            return Err(Fault::Order(line));
        }
        before = Some(row.clone());
        Ok(Some(row))
    })
}

/// Writes what `next` gives, reads it back, and gives it its name.
///
/// # Errors
/// See [`Fault`]; the part is then what it was before.
pub(crate) fn kept_rows(
    to: &Writing,
    part: &Part,
    whole: Option<&Whole>,
    mut next: impl FnMut() -> Result<Option<Cells>, Fault>,
) -> Result<Receipt, Fault> {
    let draft = to.draft_of(part)?;
    let written = write(part.kept, &draft, &mut next);
    let receipt = written.and_then(|rows| {
        let is = |whole: &Whole| {
            whole.rows == rows.count && whole.rows_sha256 == rows.digest().to_string()
        };
        if !whole.is_none_or(is) {
            return Err(Fault::Torn(rows.count));
        }
        let receipt = receipt(part, &draft)?;
        if receipt.is_of(part, &rows) {
            Ok(receipt)
        } else {
            Err(Fault::ReadBack(draft.clone()))
        }
    });
    let put = receipt.and_then(|receipt| {
        to.put(part, &draft, &receipt)?;
        Ok(receipt)
    });
    if put.is_err() {
        // What went wrong is told; that the draft stays is not worse.
        let _ = std::fs::remove_file(&draft);
    }
    put
}

fn write(
    kept: Kept,
    path: &Path,
    next: &mut impl FnMut() -> Result<Option<Cells>, Fault>,
) -> Result<Rows, Fault> {
    let wrong = |why| Fault::unreadable(path, why);
    let file = private(path)?;
    let mut writer = PartWriter::begin(kept, BufWriter::new(&file)).map_err(wrong)?;
    let mut rows = Rows::default();
    while let Some(row) = next()? {
        rows.add(&row.line(kept));
        writer.add(&row).map_err(wrong)?;
    }
    writer.end().map_err(wrong)?;
    file.sync_all().map_err(Fault::io(path))?;
    Ok(rows)
}

/// Reads a file and says what it holds.
///
/// # Errors
/// Those of reading, and [`Fault::Unreadable`] where rows are not in their order.
pub fn receipt(part: &Part, path: &Path) -> Result<Receipt, Fault> {
    let kept = part.kept;
    let (bytes, file) = digest_of(path)?;
    let mut rows = Rows::default();
    let mut before: Option<Cells> = None;
    PartReader::open(kept, path)?.rows(|row| {
        if before
            .as_ref()
            .is_some_and(|before| before.key(kept) >= row.key(kept))
        {
            return Err(Fault::unreadable(path, "rows are not in their order"));
        }
        rows.add(&row.line(kept));
        before = Some(row);
        Ok(())
    })?;
    Ok(Receipt {
        kept,
        day: part.day,
        part: part.name().to_owned(),
        rows: rows.count,
        rows_sha256: rows.digest().to_string(),
        bytes,
        file_sha256: file.to_string(),
    })
}
