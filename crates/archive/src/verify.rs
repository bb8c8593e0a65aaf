//! Compares every file with its receipt.
//!
//! **Invariant:** nothing is changed, and every difference is named by its file.

use std::collections::BTreeSet;

use sekisho_core::archive::{Kept, Part, Receipt};

use crate::append::receipt;
use crate::fault::Fault;
use crate::folder::{Folder, digest_of};

/// What is wrong with a part.
#[derive(Debug)]
pub enum Wrong {
    /// There is a receipt and no file.
    Missing,
    /// There is a file and no receipt.
    Unknown,
    /// The file is not the one of the receipt.
    Changed,
    /// The file is, and its rows are not: the receipt is wrong.
    OtherRows,
    /// It cannot be read.
    Unreadable(Fault),
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing; its receipt is there"),
            Self::Unknown => f.write_str("has no receipt"),
            Self::Changed => f.write_str("was changed since its receipt was made"),
            Self::OtherRows => f.write_str("does not hold the rows that its receipt says"),
            Self::Unreadable(fault) => write!(f, "cannot be read: {fault}"),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Verified {
    /// Parts that are as their receipts say.
    pub parts: u64,
    /// Their rows.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is not.
    pub wrong: Vec<(Part, Wrong)>,
}

/// Looks at everything; `each` is told of each part before it is read.
///
/// # Errors
/// Those of reading the folders themselves.
pub fn verify(folder: &Folder, mut each: impl FnMut(&Part)) -> Result<Verified, Fault> {
    let mut found = Verified::default();
    for kept in Kept::ALL {
        let files: BTreeSet<_> = folder.files(kept)?.into_iter().collect();
        let standing = folder.standing(kept)?;
        for part in files.iter().filter(|part| !standing.contains_key(part)) {
            found.wrong.push((part.clone(), Wrong::Unknown));
        }
        for (part, receipt) in standing {
            each(&part);
            let wrong = match receipt {
                Err(fault) => Some(Wrong::Unreadable(fault)),
                Ok(_) if !files.contains(&part) => Some(Wrong::Missing),
                Ok(receipt) => {
                    found.parts += 1;
                    found.rows += receipt.rows;
                    found.bytes += receipt.bytes;
                    wrong(folder, &part, &receipt)
                }
            };
            found.wrong.extend(wrong.map(|wrong| (part, wrong)));
        }
    }
    Ok(found)
}

/// What is wrong with one part.
fn wrong(folder: &Folder, part: &Part, expected: &Receipt) -> Option<Wrong> {
    let path = folder.file_of(part);
    let (bytes, digest) = match digest_of(&path) {
        Ok(found) => found,
        Err(fault) => return Some(Wrong::Unreadable(fault)),
    };
    // What is not the file that was kept is not read any further.
    if bytes != expected.bytes || digest.to_string() != expected.file_sha256 {
        return Some(Wrong::Changed);
    }
    match receipt(part, &path) {
        Ok(found) if found == *expected => None,
        Ok(_) => Some(Wrong::OtherRows),
        Err(fault) => Some(Wrong::Unreadable(fault)),
    }
}
