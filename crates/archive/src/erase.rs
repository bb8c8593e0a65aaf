//! Takes one person out of every file that holds them.
//!
//! **Invariant:** a part is either as it was or without the person, with the receipt that says so;
//! what was interrupted is finished by running it again.

use sekisho_core::archive::{Cell, Cells, Kept, Part, Receipt};
use sekisho_core::id::CustomerId;

use crate::append::{kept_rows, receipt};
use crate::fault::Fault;
use crate::folder::Writing;
use crate::part_reader::PartReader;

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

/// Takes a customer out of everything that is kept; `each` is told of every part that held them.
///
/// # Errors
/// See [`Fault`]. A part that is not as its receipt says is not touched, whatever it holds.
pub fn erase(
    archive: &Writing,
    customer: CustomerId,
    mut each: impl FnMut(&Erased),
) -> Result<Vec<Erased>, Fault> {
    let mut done = Vec::new();
    for kept in Kept::ALL {
        for part in archive.folder().files(kept)? {
            let Some(erased) = erase_from(archive, &part, customer)? else {
                continue;
            };
            each(&erased);
            done.push(erased);
        }
    }
    Ok(done)
}

fn erase_from(
    archive: &Writing,
    part: &Part,
    customer: CustomerId,
) -> Result<Option<Erased>, Fault> {
    let kept = part.kept;
    let path = archive.folder().file_of(part);
    let reader = PartReader::open(kept, &path)?;
    let mut may = false;
    for group in 0..reader.groups() {
        may |= reader.may_hold(group, "customer", &[customer.0])?;
    }
    let theirs = Cell::Bytes(customer.0);
    let place = kept.column("customer").unwrap_or(usize::MAX);
    if !may {
        return Ok(None);
    }
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
    if erased == 0 {
        return Ok(None);
    }
    if receipt(part, &path)? != archive.folder().receipt(part)? {
        let why = "is not as its receipt says; run verify, and restore it first";
        return Err(Fault::unreadable(&path, why));
    }
    let mut rows = rows.into_iter();
    let receipt = kept_rows(archive, part, None, || Ok(rows.next()))?;
    Ok(Some(Erased {
        part: part.clone(),
        rows: erased,
        receipt,
    }))
}
