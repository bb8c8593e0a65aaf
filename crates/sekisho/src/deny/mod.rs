//! Deny lists as files: building one from a list of passwords, reading it at start.
//!
//! **Invariant:** what is built is read back and checked before anybody sees it under its name.

pub mod build;
mod spool;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use sekisho_core::password::{DenyLayout, DenyTable};

/// Most bytes that a table can have: its entries, a directory of at most 2^24 buckets, both with
/// four bytes each, and what stands around them.
const MOST_BYTES: u64 = 4 * (DenyLayout::MOST + (1 << 24)) + 1024;

/// Reads a table.
///
/// # Errors
/// Says what is wrong with the file.
pub fn open(path: &Path) -> anyhow::Result<DenyTable> {
    let named = || path.display().to_string();
    let file = File::open(path).with_context(named)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(named)?;
    DenyTable::parse(bytes).with_context(named)
}
