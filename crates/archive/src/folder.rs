//! Where things lie: the parts in Hive layout, their receipts in a tree of their own, so that a
//! folder that is gone is still known of.
//!
//! ```text
//! FOLDER/accesses/day=2026-03-01/part-….parquet
//! FOLDER/_receipts/accesses/day=2026-03-01/part-….json
//! ```
//!
//! **Invariant:** a part and its receipt change together: whatever is interrupted is finished or
//! taken back by whoever opens the folder to write next.

mod listing;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sekisho_core::archive::{Kept, Part, Receipt};
use sekisho_core::bytes::Digest;
use sha2::{Digest as _, Sha256};

use crate::fault::Fault;

/// Where receipts lie. Readers of Hive layouts leave out what begins with an underscore.
const RECEIPTS: &str = "_receipts";
/// A receipt is a few hundred bytes.
const LONGEST_RECEIPT: u64 = 4_096;

/// An archive.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

/// An archive that this process alone may write into.
#[derive(Debug)]
pub struct Writing {
    folder: Folder,
    /// Held until it is dropped, or the process ends.
    _lock: File,
}

/// A new file, or an empty one in place of an old one, that nobody else reads: addresses and
/// devices of everybody go there.
///
/// # Errors
/// Those of making it.
pub(crate) fn private(path: &Path) -> Result<File, Fault> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(Fault::io(path))
}

/// A folder, and those above it that are not there, likewise.
fn private_folder(path: &Path) -> Result<(), Fault> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(Fault::io(path))
}

/// Length and SHA-256 of a file.
///
/// # Errors
/// Those of reading it.
pub fn digest_of(path: &Path) -> Result<(u64, Digest), Fault> {
    let mut file = File::open(path).map_err(Fault::io(path))?;
    let (mut digest, mut bytes) = (Sha256::new(), 0u64);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(Fault::io(path))?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else {
            return Ok((bytes, Digest(digest.finalize().into())));
        };
        digest.update(chunk);
        bytes = bytes.saturating_add(read.try_into().unwrap_or(u64::MAX));
    }
}

impl Folder {
    /// An archive in this folder, which has to be there.
    ///
    /// # Errors
    /// [`Fault::Misuse`] if it is not.
    pub fn open(root: &Path) -> Result<Self, Fault> {
        if !root.is_dir() {
            let told = format!("there is no folder {}", root.display());
            return Err(Fault::Misuse(told));
        }
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file of a part.
    #[must_use]
    pub fn file_of(&self, part: &Part) -> PathBuf {
        self.root.join(part.to_string())
    }

    /// The receipt of a part.
    #[must_use]
    pub fn receipt_of(&self, part: &Part) -> PathBuf {
        let path = self.root.join(RECEIPTS).join(part.to_string());
        path.with_extension("json")
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// [`Fault::Unreadable`] if it is none of this part.
    pub fn receipt(&self, part: &Part) -> Result<Receipt, Fault> {
        read_receipt(&self.receipt_of(part), part)
    }
}

fn read_receipt(path: &Path, part: &Part) -> Result<Receipt, Fault> {
    let file = File::open(path).map_err(Fault::io(path))?;
    let mut text = String::new();
    let read = file.take(LONGEST_RECEIPT).read_to_string(&mut text);
    read.map_err(|why| match why.kind() {
        ErrorKind::InvalidData => Fault::unreadable(path, why),
        _ => Fault::io(path)(why),
    })?;
    let receipt: Receipt =
        serde_json::from_str(&text).map_err(|why| Fault::unreadable(path, why))?;
    if receipt.of().as_ref() != Ok(part) {
        return Err(Fault::unreadable(path, "is the receipt of another part"));
    }
    Ok(receipt)
}

fn flushed(path: &Path) -> Result<(), Fault> {
    let file = File::open(path).map_err(Fault::io(path))?;
    file.sync_all().map_err(Fault::io(path))
}

/// A file or folder and every folder up to the root of the archive: a name that was made is not
/// durable before its folder is.
fn flush_up(root: &Path, path: &Path) -> Result<(), Fault> {
    let inside = path.ancestors().take_while(|path| path.starts_with(root));
    inside.into_iter().try_for_each(flushed)
}

fn renamed(root: &Path, from: &Path, to: &Path) -> Result<(), Fault> {
    fs::rename(from, to).map_err(Fault::io(to))?;
    flush_up(root, to)
}

impl Writing {
    /// Opens an archive to write into, in a folder that is there, and finishes or takes back what
    /// was interrupted.
    ///
    /// # Errors
    /// [`Fault::Locked`] while another process writes.
    pub fn open(root: &Path) -> Result<Self, Fault> {
        // A disk that is not mounted is not to be taken for a new archive.
        Folder::open(root)?;
        let receipts = root.join(RECEIPTS);
        private_folder(&receipts)?;
        let path = receipts.join("lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(&path).map_err(Fault::io(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Fault::Locked(root.to_owned())),
            Err(TryLockError::Error(why)) => return Err(Fault::io(&path)(why)),
        }
        let writing = Self {
            folder: Folder::open(root)?,
            _lock: lock,
        };
        writing.settle()?;
        Ok(writing)
    }

    /// The archive.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Where the new file of a part is written before it has its name. Readers leave out what
    /// begins with a dot.
    ///
    /// # Errors
    /// Those of making folders.
    pub fn draft_of(&self, part: &Part) -> Result<PathBuf, Fault> {
        let file = self.folder.file_of(part);
        let parent = file.parent().unwrap_or(&self.folder.root);
        private_folder(parent)?;
        Ok(parent.join(format!(".part-{}.parquet.new", part.name())))
    }

    /// Gives a draft its name, in place of what had it, together with its receipt.
    ///
    /// # Errors
    /// Those of writing; what was done is then finished by the next who opens the folder.
    pub fn put(&self, part: &Part, draft: &Path, receipt: &Receipt) -> Result<(), Fault> {
        let path = self.folder.receipt_of(part);
        let parent = path.parent().unwrap_or(&self.folder.root);
        private_folder(parent)?;
        let next = path.with_extension("json.new");
        let text =
            serde_json::to_string_pretty(receipt).map_err(|why| Fault::unreadable(&next, why))?;
        let mut file = private(&next)?;
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.write_all(b"\n"));
        written.map_err(Fault::io(&next))?;
        let root = &self.folder.root;
        flush_up(root, &next)?;
        flushed(draft)?;
        renamed(root, draft, &self.folder.file_of(part))?;
        renamed(root, &next, &path)
    }

    /// Takes a part away with its receipt, the receipt last.
    ///
    /// # Errors
    /// Those of writing.
    pub fn remove(&self, part: &Part) -> Result<(), Fault> {
        for path in [self.folder.file_of(part), self.folder.receipt_of(part)] {
            match fs::remove_file(&path) {
                Err(why) if why.kind() != ErrorKind::NotFound => {
                    return Err(Fault::io(&path)(why));
                }
                _ => flush_up(&self.folder.root, path.parent().unwrap_or(&path))?,
            }
        }
        Ok(())
    }

    /// Finishes what was interrupted between a file and its receipt, and takes back what was
    /// interrupted before.
    fn settle(&self) -> Result<(), Fault> {
        for kept in Kept::ALL {
            for path in self.folder.drafts(kept)? {
                fs::remove_file(&path).map_err(Fault::io(&path))?;
            }
        }
        for (path, part) in self.folder.awaited()? {
            if self.folder.awaits(&path, &part)?.is_some() {
                renamed(&self.folder.root, &path, &self.folder.receipt_of(&part))?;
            } else {
                fs::remove_file(&path).map_err(Fault::io(&path))?;
            }
        }
        Ok(())
    }
}
