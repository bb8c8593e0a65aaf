//! Fingerprints of a list of any length, sorted on disk.
//!
//! They are dealt into 256 files without a name by their first byte; each is small enough to be
//! sorted in memory.
//!
//! **Invariant:** memory is the buffers and, one after the other, the fingerprints of one file: a
//! 256th of them, eight bytes each.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// How many files there are: one for each first byte.
const FILES: usize = 256;
const BUFFER: usize = 8 * 1024;

/// Fingerprints being collected.
#[derive(Debug)]
pub struct Spool(Vec<BufWriter<File>>);

/// Fingerprints in their order, each once.
#[derive(Debug)]
pub struct Sorted {
    files: Vec<File>,
    /// How many there are.
    pub count: u64,
}

impl Spool {
    /// Begins in `folder`.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        let made = (0..FILES).map(|_| {
            let file = tempfile::tempfile_in(folder)?;
            Ok(BufWriter::with_capacity(BUFFER, file))
        });
        Ok(Self(made.collect::<io::Result<_>>()?))
    }

    /// Takes one.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn put(&mut self, fingerprint: u64) -> io::Result<()> {
        let bytes = fingerprint.to_be_bytes();
        match self.0.get_mut(usize::from(bytes[0])) {
            Some(file) => file.write_all(&bytes),
            None => Ok(()),
        }
    }

    /// Sorts all, leaving each but once.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sort(self) -> io::Result<Sorted> {
        let mut sorted = Sorted {
            files: Vec::with_capacity(FILES),
            count: 0,
        };
        for writer in self.0 {
            let mut file = writer
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            let mut found: Vec<u64> = fingerprints(&file).collect::<io::Result<_>>()?;
            found.sort_unstable();
            found.dedup();
            file.set_len(0)?;
            file.rewind()?;
            let mut writer = BufWriter::new(&file);
            for each in &found {
                writer.write_all(&each.to_be_bytes())?;
            }
            writer.flush()?;
            drop(writer);
            sorted.count += u64::try_from(found.len()).unwrap_or(u64::MAX);
            sorted.files.push(file);
        }
        Ok(sorted)
    }
}

impl Sorted {
    /// All, from the first on.
    ///
    /// # Errors
    /// When a file cannot be read again.
    pub fn all(&mut self) -> io::Result<impl Iterator<Item = io::Result<u64>> + '_> {
        for file in &mut self.files {
            file.seek(SeekFrom::Start(0))?;
        }
        Ok(self.files.iter().flat_map(fingerprints))
    }
}

fn fingerprints(file: &File) -> impl Iterator<Item = io::Result<u64>> + '_ {
    let mut from = BufReader::with_capacity(64 * 1024, file);
    std::iter::from_fn(move || {
        let mut bytes = [0; 8];
        match from.read_exact(&mut bytes) {
            Ok(()) => Some(Ok(u64::from_be_bytes(bytes))),
            Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(why) => Some(Err(why)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_back_sorted_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::begin(folder.path()).unwrap();
        let numbers: Vec<u64> = (0..5000_u64)
            .map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        for number in numbers.iter().chain(&numbers[..100]) {
            spool.put(*number).unwrap();
        }
        let mut sorted = spool.sort().unwrap();
        assert_eq!(sorted.count, 5000);
        let mut expected = numbers;
        expected.sort_unstable();
        for _ in 0..2 {
            let all: io::Result<Vec<_>> = sorted.all().unwrap().collect();
            assert_eq!(all.unwrap(), expected);
        }
    }
}
