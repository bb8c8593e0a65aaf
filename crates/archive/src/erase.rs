//! Takes one person out of every file that holds them.
//!
//! **Invariant:** a part is either as it was or without the person, with the receipt that says so;
//! no file is believed, not even about whom it does not hold, before its bytes are those that were
//! kept; what was interrupted is finished by running it again.

use std::path::{Path, PathBuf};

use sekisho_core::archive::{Cell, Cells, Kept, Part, Receipt};
use sekisho_core::id::CustomerId;

use crate::append::{kept_rows, receipt};
use crate::fault::Fault;
use crate::folder::Writing;
use crate::part_reader::PartReader;
use crate::verify::{Wrong, same_file, strangers};

/// A part that held the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Which.
    pub part: Part,
    /// How many rows were theirs.
    pub rows: u64,
    /// What it holds now.
    pub receipt: Receipt,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Erasure {
    /// The parts that held them.
    pub done: Vec<Erased>,
    /// What may hold them still: it is missing, or is not what was kept, or no part.
    pub left: Vec<(PathBuf, Wrong)>,
}

/// Takes a customer out of everything that is kept; `each` is told of every part that held them.
/// A part that is not as its receipt says is left as it is and told, and the others are gone
/// through all the same.
///
/// # Errors
/// Those of reading folders and of writing.
pub fn erase(
    archive: &Writing,
    customer: CustomerId,
    mut each: impl FnMut(&Erased),
) -> Result<Erasure, Fault> {
    let mut found = Erasure::default();
    let folder = archive.folder();
    for kept in Kept::ALL {
        for part in folder.known(kept)? {
            match same_file(folder, &part) {
                Err(wrong) => found.left.push((part.to_string().into(), wrong)),
                Ok(receipt) => match erase_from(archive, (&part, &receipt), customer)? {
                    Outcome::Gone(erased) => {
                        each(&erased);
                        found.done.push(erased);
                    }
                    Outcome::Never => {}
                    Outcome::Left(wrong) => found.left.push((part.to_string().into(), wrong)),
                },
            }
        }
        found.left.extend(strangers(folder, kept)?);
    }
    Ok(found)
}

/// What became of one part.
enum Outcome {
    /// They were there.
    Gone(Erased),
    /// They were not.
    Never,
    /// What it holds is not known.
    Left(Wrong),
}

fn erase_from(
    archive: &Writing,
    (part, expected): (&Part, &Receipt),
    customer: CustomerId,
) -> Result<Outcome, Fault> {
    let path = archive.folder().file_of(part);
    let (rows, erased) = match without(part, &path, customer) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Outcome::Never),
        Err(fault) => return Ok(Outcome::Left(Wrong::Unreadable(fault))),
    };
    if receipt(part, &path)? != *expected {
        return Ok(Outcome::Left(Wrong::OtherRows));
    }
    let mut rows = rows.into_iter();
    let receipt = kept_rows(archive, part, None, || Ok(rows.next()))?;
    Ok(Outcome::Gone(Erased {
        part: part.clone(),
        rows: erased,
        receipt,
    }))
}

/// The rows of a file that are not a customer's, and how many are; `None` where none is.
fn without(
    part: &Part,
    path: &Path,
    customer: CustomerId,
) -> Result<Option<(Vec<Cells>, u64)>, Fault> {
    let reader = PartReader::open(part.kept, path)?;
    let mut may = false;
    for group in 0..reader.groups() {
        may |= reader.may_hold(group, "customer", &[customer.0])?;
    }
    if !may {
        return Ok(None);
    }
    let theirs = Cell::Bytes(customer.0);
    let place = part.kept.column("customer").unwrap_or(usize::MAX);
    // A part has no more rows than are sent at once, so they are held.
    let (mut rows, mut erased): (Vec<Cells>, u64) = (Vec::new(), 0);
    reader.rows(|row| {
        if row.cells().get(place) == Some(&theirs) {
            erased += 1;
        } else {
            rows.push(row);
        }
        Ok(())
    })?;
    Ok((erased > 0).then_some((rows, erased)))
}
