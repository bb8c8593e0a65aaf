//! Passwords known to attackers: a small list that is always there, and a table of any size that an
//! operator builds from a file.
//!
//! The table is a sorted set of 64-bit fingerprints, stored as a directory of buckets by the first
//! bits and four more bytes for each entry: about 4.3 bytes a password. A password that is not on
//! the list is taken for one when its bucket holds its next 32 bits: with `n` entries and `2^p`
//! buckets, `n / 2^(p + 32)` of all passwords. The builder chooses `p` so that a bucket holds 8 to
//! 16 entries, so that is below 16 / 2^32, one in 268 million, whatever the size.
//!
//! **Invariant:** a table that was read is whole: its length, order and checksum were looked at, so
//! probing it can neither fail nor leave its bounds.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::MOST_BYTES;

/// Passwords that are known to attackers.
#[derive(Debug, Default)]
pub struct DenyList {
    few: HashSet<String>,
    table: Option<DenyTable>,
    context: Vec<String>,
}

impl DenyList {
    /// A list of one password a line; lines longer than [`MOST_BYTES`] are left out.
    #[must_use]
    pub fn of_lines(text: &str) -> Self {
        let fits = |line: &&str| !line.is_empty() && line.len() <= MOST_BYTES;
        let lines = text.lines().map(str::trim).filter(fits);
        Self {
            few: lines.map(str::to_lowercase).collect(),
            ..Self::default()
        }
    }

    /// The small list that is always there: the most used passwords of published leaks.
    #[must_use]
    pub fn shipped() -> Self {
        Self::of_lines(include_str!("known.txt"))
    }

    /// Also what `table` holds.
    #[must_use]
    pub fn with(self, table: DenyTable) -> Self {
        Self {
            table: Some(table),
            ..self
        }
    }

    /// Also the words of this service: its name, its products (ASVS 5.0 6.1.2).
    #[must_use]
    pub fn naming(self, context: Vec<String>) -> Self {
        Self { context, ..self }
    }

    /// The words of this service.
    pub fn context(&self) -> impl Iterator<Item = &str> {
        self.context.iter().map(String::as_str)
    }

    /// Whether the normalised `password` is on the list, letter case aside.
    #[must_use]
    pub fn holds(&self, password: &str) -> bool {
        let folded = password.to_lowercase();
        let table = self.table.as_ref();
        self.few.contains(&folded) || table.is_some_and(|table| table.holds(of_folded(&folded)))
    }

    /// How many passwords are on the list; those on both parts count twice.
    #[must_use]
    pub fn len(&self) -> u64 {
        let few = u64::try_from(self.few.len()).unwrap_or(u64::MAX);
        few.saturating_add(self.table.as_ref().map_or(0, DenyTable::len))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The first 64 bits of SHA-256 of a normalised password, letter case aside.
#[must_use]
pub fn fingerprint(password: &str) -> u64 {
    of_folded(&password.to_lowercase())
}

fn of_folded(password: &str) -> u64 {
    let digest = Sha256::digest(password.as_bytes());
    let first = digest.iter().take(8);
    first.fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// What the file begins with, in ASCII.
const MAGIC: &[u8; 12] = b"sekisho-deny";
/// The version of the layout and of the folding and fingerprint before it.
const VERSION: u8 = 1;
/// Magic, version, bits of the directory, two bytes of nothing, the number of entries.
const HEADER: usize = 24;
/// SHA-256 of everything before it.
const CHECKSUM: usize = 32;

/// Where things are in a table of so many entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DenyLayout {
    entries: u64,
    bits: u32,
}

impl DenyLayout {
    /// Most entries: a table of one gigabyte.
    pub const MOST: u64 = 1 << 28;

    /// The layout for `entries`.
    ///
    /// # Errors
    /// [`DenyFault::Many`] above [`DenyLayout::MOST`].
    pub fn of(entries: u64) -> Result<Self, DenyFault> {
        if entries > Self::MOST {
            return Err(DenyFault::Many { entries });
        }
        let bits = entries.max(1).ilog2().saturating_sub(3).clamp(4, 24);
        Ok(Self { entries, bits })
    }

    /// The first bytes of the file.
    #[must_use]
    pub fn header(self) -> [u8; HEADER] {
        let mut header = [0; HEADER];
        header[..12].copy_from_slice(MAGIC);
        header[12] = VERSION;
        header[13] = u8::try_from(self.bits).unwrap_or(u8::MAX);
        header[16..].copy_from_slice(&self.entries.to_le_bytes());
        header
    }

    /// How many buckets there are. The directory that follows the header has, as four bytes each,
    /// little end first, how many entries lie in the buckets up to and with each.
    #[must_use]
    pub fn buckets(self) -> usize {
        1 << self.bits
    }

    /// The bucket of a fingerprint, and the four bytes that stand for it there. They follow the
    /// directory in the order of their fingerprints; the checksum, SHA-256 of everything, is last.
    #[must_use]
    pub fn place(self, fingerprint: u64) -> (usize, [u8; 4]) {
        let bucket = usize::try_from(fingerprint >> (64 - self.bits)).unwrap_or(0);
        let rest = (fingerprint << self.bits) >> 32;
        (bucket, u32::try_from(rest).unwrap_or(0).to_le_bytes())
    }

    /// The share of passwords not on the list that are taken for one.
    #[must_use]
    pub fn false_positives(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "2^28 is exact")]
        let entries = self.entries as f64;
        entries / f64::from(self.bits + 32).exp2()
    }
}

/// Why bytes are no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DenyFault {
    /// Not begun as one.
    #[error("is no deny list: build one with `sekisho deny-list build`")]
    Foreign,
    /// Of another version.
    #[error(
        "is a deny list of version {found}, and this binary reads version {VERSION}: build it anew"
    )]
    Version {
        /// Its version.
        found: u8,
    },
    /// Cut off, or longer than it says.
    #[error("is damaged: {bytes} bytes, and it should be {expected}")]
    Length {
        /// Its length.
        bytes: u64,
        /// What it should be.
        expected: u64,
    },
    /// Changed after it was built.
    #[error("is damaged: its checksum is not that of its content")]
    Checksum,
    /// Nothing that the builder makes.
    #[error("is damaged: its directory is not in order")]
    Directory,
    /// Too many entries.
    #[error("would have {entries} entries, and there may be at most 268435456")]
    Many {
        /// How many.
        entries: u64,
    },
}

/// A table in memory.
pub struct DenyTable {
    layout: DenyLayout,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for DenyTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DenyTable({} entries)", self.layout.entries)
    }
}

impl DenyTable {
    /// Reads and checks the bytes of a file.
    ///
    /// # Errors
    /// Says what is wrong with them, as the rest of a sentence that begins with the file.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, DenyFault> {
        let header = bytes.get(..HEADER).ok_or(DenyFault::Foreign)?;
        if &header[..12] != MAGIC {
            return Err(DenyFault::Foreign);
        }
        if header[12] != VERSION {
            return Err(DenyFault::Version { found: header[12] });
        }
        let mut entries = [0; 8];
        entries.copy_from_slice(&header[16..]);
        let layout = DenyLayout::of(u64::from_le_bytes(entries))?;
        if layout.header() != header {
            return Err(DenyFault::Directory);
        }
        let expected = (HEADER + CHECKSUM) as u64 + 4 * (layout.buckets() as u64 + layout.entries);
        if bytes.len() as u64 != expected {
            let bytes = bytes.len() as u64;
            return Err(DenyFault::Length { bytes, expected });
        }
        let (content, checksum) = bytes.split_at(bytes.len() - CHECKSUM);
        if Sha256::digest(content).as_slice() != checksum {
            return Err(DenyFault::Checksum);
        }
        let table = Self { layout, bytes };
        let ends: Vec<_> = (0..layout.buckets()).map(|at| table.end(at)).collect();
        let last = ends.last().copied().unwrap_or(0) as u64;
        if !ends.is_sorted() || last != layout.entries {
            return Err(DenyFault::Directory);
        }
        Ok(table)
    }

    /// Where bucket `at` ends, as a count of entries.
    fn end(&self, at: usize) -> usize {
        let from = HEADER + 4 * at;
        let four = self
            .bytes
            .get(from..from + 4)
            .and_then(|four| four.try_into().ok());
        four.map_or(0, |four| u32::from_le_bytes(four) as usize)
    }

    /// Whether the table holds a fingerprint.
    #[must_use]
    pub fn holds(&self, fingerprint: u64) -> bool {
        let (bucket, rest) = self.layout.place(fingerprint);
        let begin = bucket.checked_sub(1).map_or(0, |before| self.end(before));
        let entries = HEADER + 4 * self.layout.buckets();
        let range = entries + 4 * begin..entries + 4 * self.end(bucket);
        let held = self.bytes.get(range).unwrap_or_default();
        held.chunks_exact(4).any(|entry| entry == rest)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.layout.entries
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The layout, for what is told of it.
    #[must_use]
    pub fn layout(&self) -> DenyLayout {
        self.layout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table as the builder writes it.
    fn built(passwords: impl IntoIterator<Item = String>) -> Vec<u8> {
        let mut found: Vec<_> = passwords
            .into_iter()
            .map(|text| fingerprint(&text))
            .collect();
        found.sort_unstable();
        found.dedup();
        let layout = DenyLayout::of(found.len() as u64).unwrap();
        let mut ends = vec![0_u32; layout.buckets()];
        for each in &found {
            ends[layout.place(*each).0] += 1;
        }
        let mut sum = 0;
        let mut bytes = layout.header().to_vec();
        for count in ends {
            sum += count;
            bytes.extend(u32::to_le_bytes(sum));
        }
        bytes.extend(found.iter().flat_map(|each| layout.place(*each).1));
        let checksum = Sha256::digest(&bytes);
        bytes.extend(checksum);
        bytes
    }

    #[test]
    fn what_was_put_in_is_found_and_little_else() {
        let many = (0..20_000).map(|number| format!("Pass-{number}"));
        let table = DenyTable::parse(built(many)).unwrap();
        assert_eq!(table.len(), 20_000);
        let list = DenyList::default().with(table);
        assert!((0..20_000).all(|number| list.holds(&format!("pASS-{number}"))));
        // 20 000 / 2^43 of 200 000 strangers: none is expected.
        let strangers = (20_000..220_000).filter(|number| list.holds(&format!("pass-{number}")));
        assert_eq!(strangers.count(), 0);
        let rate = DenyLayout::of(1_000_000).unwrap().false_positives();
        assert!(rate < 16.0 / 4_294_967_296.0, "{rate}");
        let million = DenyLayout::of(1_000_000).unwrap();
        assert!(HEADER + CHECKSUM + 4 * (million.buckets() + 1_000_000) < 4_400_000);
    }

    #[test]
    fn an_empty_table_holds_nothing() {
        let table = DenyTable::parse(built([])).unwrap();
        assert!(table.is_empty() && !table.holds(0) && !table.holds(u64::MAX));
    }

    #[test]
    fn a_damaged_table_is_refused_and_says_how() {
        let whole = built((0..100).map(|number| number.to_string()));
        let refusal = |bytes: &[u8]| DenyTable::parse(bytes.to_vec()).unwrap_err();
        assert_eq!(refusal(b"password\n123456\n"), DenyFault::Foreign);
        assert_eq!(refusal(b""), DenyFault::Foreign);
        assert!(matches!(
            refusal(&whole[..whole.len() - 1]),
            DenyFault::Length { .. }
        ));
        assert!(matches!(
            refusal(&[&whole[..], b"x"].concat()),
            DenyFault::Length { .. }
        ));
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            assert!(DenyTable::parse(bytes).is_err(), "byte {at}");
        }
        let mut newer = whole.clone();
        newer[12] = 2;
        assert_eq!(refusal(&newer), DenyFault::Version { found: 2 });
        let mut vast = whole.clone();
        vast[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(matches!(refusal(&vast), DenyFault::Many { .. }));
    }

    #[test]
    fn a_directory_out_of_order_is_refused_with_a_right_checksum_too() {
        let mut bytes = built((0..100).map(|number| number.to_string()));
        bytes.truncate(bytes.len() - CHECKSUM);
        bytes[HEADER..HEADER + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let checksum = Sha256::digest(&bytes);
        bytes.extend(checksum);
        assert_eq!(DenyTable::parse(bytes).unwrap_err(), DenyFault::Directory);
    }
}
