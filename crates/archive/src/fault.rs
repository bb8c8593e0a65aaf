//! What can go wrong with an archive.
//!
//! **Invariant:** every fault names the file or the line that it is about.

use std::path::{Path, PathBuf};

use sekisho_core::archive::NotARow;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The world failed.
    #[error("{path}: {why}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// Not a file of this archive, or one that somebody changed.
    #[error("{path}: {why}")]
    Unreadable {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A line of the input is no row.
    #[error("line {line} {why}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// Why.
        why: NotARow,
    },
    /// A line of the input is not in its order.
    #[error("line {0} does not come after the line before it; rows are sorted by their key")]
    Order(u64),
    /// A line of the input is too long.
    #[error("line {line} is longer than {most} bytes")]
    Long {
        /// Its number, from 1.
        line: u64,
        /// The bound.
        most: usize,
    },
    /// A row belongs to another day.
    #[error("line {0} is of a decision of another day")]
    Day(u64),
    /// What was read back is not what was written.
    #[error("{0}: what was read back is not what was written")]
    ReadBack(PathBuf),
    /// Other rows came than were said, so whoever sent them did not get to the end.
    #[error("the input ended after {0} rows, which are not those that were said; nothing was kept")]
    Torn(u64),
    /// The lines of a stage did not come to their end.
    #[error("the input broke off after {0} lines: its end did not come, or said another number")]
    Cut(u64),
    /// A line of a stage is none, or stands where it may not.
    #[error("line {line} {why}")]
    Stage {
        /// Its number, from 1.
        line: u64,
        /// Why.
        why: String,
    },
    /// The part has more rows than are to come.
    #[error("{path} has {standing} rows, more than are to come; it is left as it is")]
    Fewer {
        /// The file.
        path: PathBuf,
        /// How many it has.
        standing: u64,
    },
    /// The part has other rows than are to come.
    #[error(
        "{path} has other rows than are to come, and no run was interrupted at it: another database \
         was archived here. It is left as it is; archive this database into a folder of its own"
    )]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else writes here.
    #[error("{0}: another process writes into this archive")]
    Locked(PathBuf),
    /// The request cannot be carried out as it was made.
    #[error("{0}")]
    Misuse(String),
}

impl Fault {
    /// Whether it is about a name that is not there.
    pub(crate) fn is_absence(&self) -> bool {
        matches!(self, Self::Io { why, .. } if why.kind() == std::io::ErrorKind::NotFound)
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |why| Self::Io { path, why }
    }

    pub(crate) fn unreadable(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }
}
