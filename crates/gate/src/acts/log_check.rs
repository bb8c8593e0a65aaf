//! Looks at the log: whether it is what was signed and whether the record is what was logged; a
//! proof for one decision; the files by which others check it.
//!
//! **Invariant:** nothing here trusts what the database says of the log but what a signature
//! covers.

use std::collections::BTreeMap;

use sekisho_core::bytes::Digest;
use sekisho_core::count::{before, moment_of};
use sekisho_core::id::DecisionId;
use sekisho_core::log::fits;
use sekisho_core::siem::is_event;
use sekisho_core::tlog::{self, Head, Missing, Tile, Tiles, WIDTH};
use sekisho_seal::note::{Checkpoint, tlog_proof};

use super::log::End;
use crate::fault::Fault;
use crate::gate::Gate;

/// Leaves or entries that are read at once.
const PAGE: u32 = 1_000;
/// Faults that are named; more are counted.
const NAMED: usize = 100;

/// What is wrong with the log or the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogWrong {
    /// An entry is another one than was logged.
    Altered(DecisionId),
    /// What was logged is not in the record any more.
    Gone(DecisionId),
    /// What the leaf was sealed with is gone, so nobody can say whether the entry is the one.
    Unsealed(DecisionId),
    /// An entry was never logged, and waits for nothing.
    Unlogged(DecisionId),
    /// A leaf is missing at this place.
    Hole(u64),
    /// The leaves are not those that were signed.
    Tree,
    /// A tile, by its path, is not what follows from the leaves.
    Tile(String),
    /// There are fewer leaves than when the checkpoint was taken that was kept.
    Shorter,
    /// The first leaves are not those of the checkpoint that was kept.
    OtherBeginning,
}

/// What a look at the whole log found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogChecked {
    /// How many leaves the newest checkpoint has.
    pub size: u64,
    /// How many decisions wait to be logged.
    pub waiting: u64,
    /// What is wrong, as far as it is named.
    pub wrong: Vec<LogWrong>,
    /// How much is wrong.
    pub many: u64,
}

impl LogChecked {
    fn note(&mut self, wrong: LogWrong) {
        self.many += 1;
        if self.wrong.len() < NAMED {
            self.wrong.push(wrong);
        }
    }
}

/// A file of the log, as others read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// Where it belongs.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Gate {
    /// Reads the whole log and the record since the first decision in it. `kept` is a checkpoint of
    /// before, by which a log is found out that was cut off or written anew. `progress` is told how
    /// many leaves were read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn check_log(
        &self,
        kept: Option<&Checkpoint>,
        mut progress: impl FnMut(u64),
    ) -> Result<Option<LogChecked>, Fault> {
        let Some(End { head: signed, .. }) = self.log_end().await? else {
            return Ok(None);
        };
        let mut found = LogChecked {
            size: signed.size(),
            ..LogChecked::default()
        };
        let (mut head, mut beginning, mut first) = (Head::default(), None, None);
        while head.size() < signed.size() {
            let page = self.store().log_leaves(head.size(), PAGE).await?;
            let left = signed.size() - head.size();
            let page: Vec<_> = page.into_iter().zip(0..left).map(|(one, _)| one).collect();
            if page.is_empty() {
                found.note(LogWrong::Hole(head.size()));
                break;
            }
            for one in page {
                if kept.is_some_and(|kept| kept.size == head.size()) {
                    beginning = Some(head.root());
                }
                if one.place != head.size() {
                    found.note(LogWrong::Hole(head.size()));
                    return Ok(Some(found));
                }
                let full = head.grow([tlog::leaf(one.data.as_bytes())]);
                for (tile, _) in self.tiles_that_differ(full).await? {
                    found.note(LogWrong::Tile(tile.path()));
                }
                first = Some(first.map_or(one.decision, |first| one.decision.min(first)));
                match (one.entry, one.salt) {
                    (None, _) => found.note(LogWrong::Gone(one.decision)),
                    (_, None) => found.note(LogWrong::Unsealed(one.decision)),
                    (Some(entry), Some(salt)) if !fits(&entry, salt, &one.data) => {
                        found.note(LogWrong::Altered(one.decision));
                    }
                    _ => {}
                }
            }
            progress(head.size());
        }
        if head.root() != signed.root() {
            found.note(LogWrong::Tree);
        }
        if let Some(kept) = kept {
            let beginning = beginning.or((kept.size == head.size()).then(|| head.root()));
            match beginning {
                None => found.note(LogWrong::Shorter),
                Some(root) if root != kept.root => found.note(LogWrong::OtherBeginning),
                Some(_) => {}
            }
        }
        if let Some(first) = first {
            self.check_record(first, &mut found).await?;
        }
        Ok(Some(found))
    }

    /// Whether everything that was decided since the first that is in the log is in it, too, or
    /// waits for it.
    async fn check_record(&self, first: DecisionId, found: &mut LogChecked) -> Result<(), Fault> {
        let mut after = before(moment_of(first));
        loop {
            let page = self.store().log_entries(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.entry.id;
            for one in page.iter().filter(|one| one.place.is_none()) {
                match one.waits {
                    true => found.waiting += 1,
                    false if is_event(&one.entry) => found.note(LogWrong::Unlogged(one.entry.id)),
                    false => {}
                }
            }
        }
    }

    /// The proof that a decision is in the log (C2SP tlog-proof), and its leaf; `None` if it is
    /// not.
    ///
    /// # Errors
    /// Those of the store, and [`Fault::Log`] where the log is not what was signed.
    pub async fn log_proof(&self, id: DecisionId) -> Result<Option<(String, String)>, Fault> {
        // In this order, so that the end lies behind the place.
        let place = self.store().log_place(id).await?;
        let (Some(place), Some(end)) = (place, self.log_end().await?) else {
            return Ok(None);
        };
        let head = end.head;
        let Some(leaf) = self.store().log_leaves(place, 1).await?.into_iter().next() else {
            return Ok(None);
        };
        let mut tiles = Tiles::new();
        let proof = loop {
            match tlog::inclusion(&head, &tiles, place) {
                Ok(proof) => break proof.unwrap_or_default(),
                Err(missing) => self.read_tile(&mut tiles, missing).await?,
            }
        };
        let hash = tlog::leaf(leaf.data.as_bytes());
        let root = head.root();
        if !tlog::verify_inclusion(&hash, (place, head.size()), &proof, &root) {
            return Err(Fault::Log {
                what: "its leaves are not those that were signed",
            });
        }
        Ok(Some((
            tlog_proof(place, &proof, &end.known.note),
            leaf.data,
        )))
    }

    async fn read_tile(&self, tiles: &mut Tiles, missing: Missing) -> Result<(), Fault> {
        let Missing { level, index } = missing;
        let found = self.store().log_tile(level, index).await?;
        let whole = found.filter(|bytes| bytes.len() == WIDTH * size_of::<Digest>());
        // One that is there and is asked for again cannot be read.
        match whole.filter(|_| !tiles.contains_key(&(level, index))) {
            Some(bytes) => tiles.insert((level, index), bytes),
            None => {
                return Err(Fault::Log {
                    what: "a tile is missing",
                });
            }
        };
        Ok(())
    }

    /// As [`Self::log_files`], to a person at the machine: that it was taken out is in it.
    ///
    /// # Errors
    /// As there.
    pub async fn export_log(
        &self,
        there: impl Fn(&str) -> bool,
        write: impl FnMut(LogFile) -> Result<(), Fault>,
    ) -> Result<Option<u64>, Fault> {
        if self.store().log_known().await?.is_some() {
            self.administer("log export", Vec::new()).await?;
        }
        self.log_files(there, write).await
    }

    /// The files of the log that are not among `there`, as C2SP tlog-tiles names them, handed on
    /// one by one; the checkpoint comes last, so that whoever is stopped has the old one and what
    /// it covers.
    ///
    /// # Errors
    /// Those of the store, [`Fault::Log`], and what `write` answers.
    pub async fn log_files(
        &self,
        there: impl Fn(&str) -> bool,
        mut write: impl FnMut(LogFile) -> Result<(), Fault>,
    ) -> Result<Option<u64>, Fault> {
        let Some(End { known, head, key }) = self.log_end().await? else {
            return Ok(None);
        };
        for (tile, bytes) in head.partial() {
            let path = tile.path();
            write(LogFile { path, bytes })?;
        }
        self.export_full(&head, &there, &mut write).await?;
        let entries = head.size().div_ceil(WIDTH as u64);
        for index in 0..entries {
            let from = index * WIDTH as u64;
            let width = (head.size() - from).min(WIDTH as u64);
            let path = tlog::path_of_entries(index, u16::try_from(width).unwrap_or(256));
            if there(&path) {
                continue;
            }
            let most = u32::try_from(width).unwrap_or(256);
            let leaves = self.store().log_leaves(from, most).await?;
            if leaves.len() as u64 != width {
                return Err(Fault::Log {
                    what: "a leaf is missing",
                });
            }
            let bundle = tlog::bundle(leaves.iter().map(|leaf| leaf.data.as_bytes()));
            let bytes = bundle.ok_or(Fault::Log {
                what: "a leaf is too long",
            })?;
            write(LogFile { path, bytes })?;
        }
        let key = format!("{}\n", key.verifier());
        for (path, text) in [("log.vkey", key), ("checkpoint", known.note)] {
            let (path, bytes) = (path.to_owned(), text.into_bytes());
            write(LogFile { path, bytes })?;
        }
        Ok(Some(head.size()))
    }

    async fn export_full(
        &self,
        head: &Head,
        there: &impl Fn(&str) -> bool,
        write: &mut impl FnMut(LogFile) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let full = (0_u8..8).map(|level| (level, head.size() >> (8 * (u32::from(level) + 1))));
        let full: BTreeMap<u8, u64> = full.take_while(|(_, count)| *count > 0).collect();
        for (level, count) in full {
            for index in 0..count {
                let width = 256;
                let tile = Tile {
                    level,
                    index,
                    width,
                };
                let path = tile.path();
                if there(&path) {
                    continue;
                }
                let bytes = self.store().log_tile(level, index).await?;
                let bytes = bytes.ok_or(Fault::Log {
                    what: "a tile is missing",
                })?;
                write(LogFile { path, bytes })?;
            }
        }
        Ok(())
    }
}
