//! Compares every file with its receipt.
//!
//! **Invariant:** nothing is changed, and every difference is named by its file.

use std::path::{Path, PathBuf};

use sekisho_core::archive::{Kept, Part, Receipt};

use crate::append::receipt;
use crate::fault::Fault;
use crate::folder::{Folder, digest_of};

/// How often a part is looked at before it is called wrong: a run may put another file in its
/// place while it is read.
const LOOKS: u8 = 3;

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
    /// It has no name of a part, and other engines read it with them.
    Stranger,
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
            Self::Stranger => f.write_str("is no part; other programs read it as one"),
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
    /// What is not as its receipt says, by its path within the archive.
    pub wrong: Vec<(PathBuf, Wrong)>,
}

/// Looks at everything; `each` is told of each part before it is read. Parts may be kept
/// meanwhile: of one that is being replaced the new file counts.
///
/// # Errors
/// Those of reading the folders themselves, and [`Fault::Misuse`] where there is nothing at all.
pub fn verify(folder: &Folder, mut each: impl FnMut(&Part)) -> Result<Verified, Fault> {
    let mut found = Verified::default();
    for kept in Kept::ALL {
        for part in folder.known(kept)? {
            each(&part);
            found.add(part, |part| looked(folder, part));
        }
        found.wrong.extend(strangers(folder, kept)?);
    }
    if found.parts == 0 && found.wrong.is_empty() {
        let root = folder.root().display();
        let why = format!("there is nothing in {root} that could be verified: no file, no receipt");
        return Err(Fault::Misuse(why));
    }
    Ok(found)
}

impl Verified {
    fn add(&mut self, part: Part, look: impl Fn(&Part) -> Result<Receipt, Wrong>) {
        let mut last = look(&part);
        for _ in 1..LOOKS {
            if last.is_ok() {
                break;
            }
            last = look(&part);
        }
        match last {
            Ok(receipt) => {
                self.parts += 1;
                self.rows += receipt.rows;
                self.bytes += receipt.bytes;
            }
            Err(wrong) => self.wrong.push((part.to_string().into(), wrong)),
        }
    }
}

/// What other programs would read beside the parts, by its path within the archive.
///
/// # Errors
/// Those of reading folders.
pub(crate) fn strangers(folder: &Folder, kept: Kept) -> Result<Vec<(PathBuf, Wrong)>, Fault> {
    let within = |path: PathBuf| match path.strip_prefix(folder.root()) {
        Ok(path) => path.to_owned(),
        Err(_) => path,
    };
    let found = folder.strangers(kept)?.into_iter();
    Ok(found.map(|path| (within(path), Wrong::Stranger)).collect())
}

/// The receipt of a part whose file is the one that was kept, by its bytes.
pub(crate) fn same_file(folder: &Folder, part: &Part) -> Result<Receipt, Wrong> {
    let path = folder.file_of(part);
    let expected = match folder.standing(part) {
        Ok(Some(receipt)) => receipt,
        Ok(None) if is_there(&path) => return Err(Wrong::Unknown),
        Ok(None) => return Err(Wrong::Missing),
        Err(fault) => return Err(Wrong::Unreadable(fault)),
    };
    match digest_of(&path) {
        Ok((bytes, digest))
            if bytes == expected.bytes && digest.to_string() == expected.file_sha256 =>
        {
            Ok(expected)
        }
        Ok(_) => Err(Wrong::Changed),
        Err(fault) if fault.is_absence() => Err(Wrong::Missing),
        Err(fault) => Err(Wrong::Unreadable(fault)),
    }
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The receipt of a part that is as it says. What is not the file that was kept is not read any
/// further than its bytes.
fn looked(folder: &Folder, part: &Part) -> Result<Receipt, Wrong> {
    let expected = same_file(folder, part)?;
    match receipt(part, &folder.file_of(part)) {
        Ok(found) if found == expected => Ok(expected),
        Ok(_) => Err(Wrong::OtherRows),
        Err(fault) => Err(Wrong::Unreadable(fault)),
    }
}
