//! Mends the log: its end and its tiles follow its leaves again, where they were lost or written
//! over.
//!
//! **Invariant:** no leaf is changed or left out, and that it was mended is the next one; whoever
//! kept a checkpoint finds out whether the leaves are still those of then.

use sekisho_core::change::{Change, SiemChange};
use sekisho_core::decision::Decision;
use sekisho_core::log::{Leaf, LogChange, LogGrown, LogMended, Salt, mending};
use sekisho_core::siem;
use sekisho_core::thaw::Ground;
use sekisho_core::tlog::{self, Head, Tile};

use crate::fault::Fault;
use crate::gate::Gate;

/// Leaves that are read at once.
const PAGE: u32 = 1_000;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogMend {
    /// Nothing was wrong with its end or its tiles.
    Whole,
    /// It goes on from so many leaves.
    Mended(u64),
}

impl Gate {
    /// Signs the leaves that are there, in place of an end that is not what was signed. `progress`
    /// is told how many were read. `None` where there is no log.
    ///
    /// # Errors
    /// [`Fault::Log`] where a leaf is missing, [`Fault::Seal`] where this node's keys do not open
    /// the one that signs, [`Fault::Contended`] where the log grew meanwhile.
    pub async fn mend_log(
        &self,
        reason: &Ground,
        progress: impl FnMut(u64),
    ) -> Result<Option<LogMend>, Fault> {
        let Some(known) = self.store().log_known().await? else {
            return Ok(None);
        };
        let key = self.log_key(&known)?;
        let (mut head, mut tiles) = self.leaves_again(progress).await?;
        let end = self.log_end().await.ok().flatten();
        if tiles.is_empty() && end.is_some_and(|end| end.head == head) {
            return Ok(Some(LogMend::Whole));
        }
        let (from, now) = (head.size(), self.now());
        let at = (self.fresh_decision(now)?, now);
        let entry = mending((&known.note, from), reason, at, &self.policy());
        let leaf = Leaf::of(&entry, Salt(self.dice().bytes()?));
        tiles.extend(head.grow([tlog::leaf(leaf.data.as_bytes())]));
        let grown = LogGrown {
            from,
            leaves: vec![leaf],
            tiles,
            head: head.to_bytes(),
            note: key.sign(head.size(), head.root()),
            at: now,
        };
        let seen = known.note;
        let mended = LogChange::Mended(Box::new(LogMended { seen, grown }));
        let decision = Decision::of(entry).with([Change::Siem(SiemChange::Log(mended))]);
        match self
            .land(&siem::waits(decision, self.outward()), &[])
            .await?
        {
            true => Ok(Some(LogMend::Mended(head.size()))),
            false => Err(Fault::Contended { rounds: 1 }),
        }
    }

    /// What follows from the leaves: the end, and the tiles that are kept otherwise.
    async fn leaves_again(
        &self,
        mut progress: impl FnMut(u64),
    ) -> Result<(Head, Vec<(Tile, Vec<u8>)>), Fault> {
        let (mut head, mut tiles) = (Head::default(), Vec::new());
        loop {
            let page = self.store().log_leaves(head.size(), PAGE).await?;
            if page.is_empty() {
                return Ok((head, tiles));
            }
            for one in page {
                if one.place != head.size() {
                    return Err(Fault::Log {
                        what: "a leaf is missing; only a backup has it",
                    });
                }
                let full = head.grow([tlog::leaf(one.data.as_bytes())]);
                tiles.extend(self.tiles_that_differ(full).await?);
            }
            progress(head.size());
        }
    }

    /// Those of full tiles that are kept otherwise or not at all.
    pub(super) async fn tiles_that_differ(
        &self,
        full: Vec<(Tile, Vec<u8>)>,
    ) -> Result<Vec<(Tile, Vec<u8>)>, Fault> {
        let mut differ = Vec::new();
        for (tile, hashes) in full {
            let kept = self.store().log_tile(tile.level, tile.index).await?;
            if kept.as_ref() != Some(&hashes) {
                differ.push((tile, hashes));
            }
        }
        Ok(differ)
    }
}
