//! What lies in an archive, by its names.
//!
//! **Invariant:** a name that is not there is no fault, and what cannot be read always is one: it
//! is never taken for something else than what was sought.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sekisho_core::archive::{Day, Kept, Part, Receipt};

use super::{Folder, RECEIPTS, digest_of, read_receipt};
use crate::fault::Fault;

impl Folder {
    /// The parts that have a file.
    ///
    /// # Errors
    /// Those of reading folders.
    pub fn files(&self, kept: Kept) -> Result<Vec<Part>, Fault> {
        parts(&self.root, kept, ".parquet")
    }

    /// The parts that have a file or a receipt. One whose receipt waits for its name has a file.
    ///
    /// # Errors
    /// Those of reading folders.
    pub fn known(&self, kept: Kept) -> Result<BTreeSet<Part>, Fault> {
        let receipts = self.root.join(RECEIPTS);
        let mut found: BTreeSet<_> = self.files(kept)?.into_iter().collect();
        found.extend(parts(&receipts, kept, ".json")?);
        Ok(found)
    }

    /// The receipt that counts now: of what was interrupted after its file got its name, the one
    /// that still waits for its own. `None` where there is no receipt.
    ///
    /// # Errors
    /// Those of reading.
    pub fn standing(&self, part: &Part) -> Result<Option<Receipt>, Fault> {
        let path = self.receipt_of(part);
        let next = path.with_extension("json.new");
        if let Some(receipt) = self.awaits(&next, part)? {
            return Ok(Some(receipt));
        }
        match read_receipt(&path, part) {
            Err(fault) if fault.is_absence() => Ok(None),
            read => read.map(Some),
        }
    }

    /// The receipt that waits for its name, if the file is the one that it is of.
    pub(super) fn awaits(&self, path: &Path, part: &Part) -> Result<Option<Receipt>, Fault> {
        let receipt = match read_receipt(path, part) {
            Ok(receipt) => receipt,
            // One that was written in half is none.
            Err(fault @ Fault::Io { .. }) if !fault.is_absence() => return Err(fault),
            Err(_) => return Ok(None),
        };
        match digest_of(&self.file_of(part)) {
            Ok((_, digest)) => Ok((digest.to_string() == receipt.file_sha256).then_some(receipt)),
            Err(fault) if fault.is_absence() => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Files that never got their name: whoever wrote them is gone.
    pub(super) fn drafts(&self, kept: Kept) -> Result<Vec<PathBuf>, Fault> {
        let root = self.root.join(kept.word());
        let mut folders = vec![root.clone()];
        let days = names(&root)?.into_iter();
        folders.extend(days.map(|day| root.join(day)).filter(|path| path.is_dir()));
        let mut found = Vec::new();
        for folder in folders {
            let drafts = names(&folder)?.into_iter();
            let drafts =
                drafts.filter(|name| name.starts_with(".part-") && name.ends_with(".parquet.new"));
            found.extend(drafts.map(|name| folder.join(name)));
        }
        Ok(found)
    }

    /// Receipts that do not have their name yet.
    pub(super) fn awaited(&self) -> Result<Vec<(PathBuf, Part)>, Fault> {
        let mut found = Vec::new();
        for kept in Kept::ALL {
            for part in parts(&self.root.join(RECEIPTS), kept, ".json.new")? {
                let path = self.receipt_of(&part).with_extension("json.new");
                found.push((path, part));
            }
        }
        Ok(found)
    }

    /// Files beside the parts that other engines would read with them. What begins with a dot or
    /// an underscore they leave out.
    ///
    /// # Errors
    /// Those of reading folders.
    pub fn strangers(&self, kept: Kept) -> Result<Vec<PathBuf>, Fault> {
        let root = self.root.join(kept.word());
        let parts = self.files(kept)?.into_iter();
        let own: BTreeSet<_> = parts.map(|part| self.file_of(&part)).collect();
        let (mut found, mut folders) = (Vec::new(), vec![root]);
        while let Some(folder) = folders.pop() {
            for path in entries(&folder)? {
                let name = path.file_name().unwrap_or_default();
                let hidden = matches!(name.as_encoded_bytes().first(), Some(b'.' | b'_'));
                match path.is_dir() {
                    _ if hidden || own.contains(&path) => {}
                    true => folders.push(path),
                    false => found.push(path),
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

/// What is in a folder; nothing where there is no such folder.
fn entries(path: &Path) -> Result<Vec<PathBuf>, Fault> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(Fault::io(path)(why)),
    };
    let entry = |entry: std::io::Result<fs::DirEntry>| entry.map(|entry| entry.path());
    let found: std::io::Result<_> = entries.map(entry).collect();
    found.map_err(Fault::io(path))
}

/// The names in a folder, sorted; none where there is no such folder.
fn names(path: &Path) -> Result<Vec<String>, Fault> {
    let found = entries(path)?.into_iter();
    let name = |path: PathBuf| path.file_name()?.to_owned().into_string().ok();
    let mut names: Vec<_> = found.filter_map(name).collect();
    names.sort_unstable();
    Ok(names)
}

fn parts(root: &Path, kept: Kept, ending: &str) -> Result<Vec<Part>, Fault> {
    let root = root.join(kept.word());
    let mut found = Vec::new();
    let mut of = |path: &Path, day: Option<Day>| -> Result<(), Fault> {
        let names = names(path)?;
        let named = names.iter().filter_map(|name| {
            let name = name.strip_prefix("part-")?.strip_suffix(ending)?;
            Part::new(kept, day, name).ok()
        });
        found.extend(named);
        Ok(())
    };
    if kept == Kept::Voided {
        of(&root, None)?;
        return Ok(found);
    }
    for name in names(&root)? {
        let day = name.strip_prefix("day=").and_then(|day| day.parse().ok());
        if let Some(day) = day {
            of(&root.join(&name), Some(day))?;
        }
    }
    Ok(found)
}
