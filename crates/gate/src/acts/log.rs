//! The log: what was decided is put into it, and what opens or shows takes effect together with
//! its leaf.
//!
//! **Invariant:** a checkpoint is signed in the commit that adds its leaves, and only over a tree
//! that grew from the last one that was signed.

use std::sync::{Mutex, PoisonError};

use secrecy::SecretBox;
use sekisho_core::bytes::{Digest, Sealed};
use sekisho_core::change::{Change, SiemChange};
use sekisho_core::decision::Decision;
use sekisho_core::entry::Entry;
use sekisho_core::log::{
    Leaf, LogChange, LogGrown, LogKnown, MOST, Salt, decide_began, decide_grown, is_first,
};
use sekisho_core::tlog::{self, Head};
use sekisho_seal::note::{LogKey, VerifierKey};

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;

/// What the log is in trouble with.
const SHORTER: &str = "the log in the database is shorter than this node saw it";
const OTHER: &str = "the log in the database is another than this node saw";
const UNSIGNED: &str = "the end of the log in the database is not what was signed";

/// The furthest end of the log that a node saw: how long it was, and its root.
#[derive(Debug, Default)]
pub(crate) struct LogSeen(Mutex<Option<(u64, Digest)>>);

impl LogSeen {
    fn get(&self) -> Option<(u64, Digest)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, end: (u64, Digest)) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.is_none_or(|(size, _)| size < end.0) {
            *seen = Some(end);
        }
    }
}

/// The end of the log, checked.
pub(super) struct End {
    pub(super) known: LogKnown,
    pub(super) head: Head,
    pub(super) key: LogKey,
}

/// What a commit would make of the log.
#[derive(Clone, Copy, Debug)]
struct Growth {
    from: u64,
    end: (u64, Digest),
}

impl Gate {
    /// Puts what waits into the log, so many decisions at most; answers how many.
    ///
    /// # Errors
    /// Those of the store, and [`Fault::Log`] where the log is not what was signed.
    pub async fn grow_log(&self) -> Result<usize, Fault> {
        for _ in 0..ROUNDS {
            let waiting = self.store().log_waiting(MOST).await?;
            if waiting.is_empty() {
                return Ok(0);
            }
            let (grown, growth) = self.grown(&waiting).await?;
            let id = self.fresh_decision(grown.at)?;
            let decision = decide_grown(grown, id, &self.policy());
            if self.commit(decision).await?.is_some() {
                self.log_grew(growth);
                return Ok(waiting.len());
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Commits a decision, together with its leaf where it takes effect with that or not at all;
    /// whether it landed. Where others grew the log meanwhile, the leaf goes behind theirs.
    pub(crate) async fn land_logged(
        &self,
        decision: &mut Decision,
        sealed: &[Sealed],
    ) -> Result<bool, Fault> {
        if !is_first(&decision.entry) {
            return self.land(decision, sealed).await;
        }
        let own = decision.changes.len();
        for _ in 0..ROUNDS {
            decision.changes.truncate(own);
            let entries = std::slice::from_ref(&decision.entry);
            let (grown, growth) = self.grown(entries).await?;
            let grown = LogChange::Grown(Box::new(grown));
            decision.changes.push(Change::Siem(SiemChange::Log(grown)));
            if self.land(decision, sealed).await? {
                self.log_grew(growth);
                return Ok(true);
            }
            let known = self.store().log_known().await?;
            if known.is_some_and(|known| known.size == growth.from) {
                return Ok(false);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Keeps in mind how far the log came.
    fn log_grew(&self, growth: Growth) {
        self.log_seen().note(growth.end);
        let more = growth.end.0.saturating_sub(growth.from);
        metrics::counter!("sekisho_log_leaves_total").increment(more);
    }

    /// What more leaves make of the log as it stands; it begins if there is none.
    async fn grown(&self, entries: &[Entry]) -> Result<(LogGrown, Growth), Fault> {
        let mut found = self.log_end().await?;
        if found.is_none() {
            self.begin_log().await?;
            found = self.log_end().await?;
        }
        let Some(End { head, key, .. }) = found else {
            return Err(Fault::Contended { rounds: 1 });
        };
        let leaves = entries
            .iter()
            .map(|entry| Ok(Leaf::of(entry, Salt(self.dice().bytes()?))));
        let leaves = leaves.collect::<Result<Vec<_>, Fault>>()?;
        let (from, mut head) = (head.size(), head);
        let tiles = head.grow(leaves.iter().map(|leaf| tlog::leaf(leaf.data.as_bytes())));
        let end = (head.size(), head.root());
        let grown = LogGrown {
            from,
            leaves,
            tiles,
            head: head.to_bytes(),
            note: key.sign(end.0, end.1),
            at: self.now(),
        };
        Ok((grown, Growth { from, end }))
    }

    /// The end of the log, which is what was signed and goes on from what this node saw.
    pub(super) async fn log_end(&self) -> Result<Option<End>, Fault> {
        // In this order: what others of this node see meanwhile is in the database by then.
        let seen = self.log_seen().get();
        let Some(known) = self.store().log_known().await? else {
            return match seen {
                Some(_) => Err(log(SHORTER)),
                None => Ok(None),
            };
        };
        let key = self.log_key(&known)?;
        let head = Head::from_bytes(&known.head).ok_or_else(|| log(UNSIGNED))?;
        let signed = key
            .verifier()
            .open(&known.note)
            .map_err(|_| log(UNSIGNED))?;
        let end = (head.size(), head.root());
        if end != (signed.size, signed.root) || known.size != head.size() {
            return Err(log(UNSIGNED));
        }
        match seen {
            Some((size, _)) if end.0 < size => Err(log(SHORTER)),
            Some((size, root)) if end.0 == size && end.1 != root => Err(log(OTHER)),
            _ => Ok(Some(End { known, head, key })),
        }
    }

    /// What signs.
    pub(super) fn log_key(&self, known: &LogKnown) -> Result<LogKey, Fault> {
        let place = Place::Log(&known.origin);
        let seed = self.keys().open_bytes(place, &known.key)?;
        let key = LogKey::new(&known.origin, &SecretBox::new(Box::new(seed)));
        key.map_err(|_| log(UNSIGNED))
    }

    /// The log begins, if no other node did it meanwhile.
    async fn begin_log(&self) -> Result<(), Fault> {
        let now = self.now();
        let (_, host) = self
            .issuer()
            .split_once("://")
            .unwrap_or(("", self.issuer()));
        let origin = format!("{}/log", host.trim_end_matches('/'));
        let seed: [u8; 32] = self.dice().bytes()?;
        let sealed = self.keys().seal(Place::Log(&origin), &seed, self.dice())?;
        let key = LogKey::new(&origin, &SecretBox::new(Box::new(seed)));
        let key = key.map_err(|_| log("the public URL makes no name for a log"))?;
        let head = Head::default();
        let began = LogKnown {
            key: sealed,
            verifier: key.verifier().to_string(),
            size: 0,
            note: key.sign(0, head.root()),
            head: head.to_bytes(),
            at: now,
            origin,
        };
        let decision = decide_began(began, self.fresh_decision(now)?, &self.policy());
        self.land(&decision, &[]).await.map(|_| ())
    }

    /// The newest checkpoint, and the key that everybody verifies it by; `None` before the first
    /// decision is logged.
    ///
    /// # Errors
    /// As [`Self::grow_log`].
    pub async fn checkpoint(&self) -> Result<Option<(String, VerifierKey)>, Fault> {
        let end = self.log_end().await?;
        Ok(end.map(|end| (end.known.note, end.key.verifier().clone())))
    }
}

fn log(what: &'static str) -> Fault {
    metrics::counter!("sekisho_log_faults_total").increment(1);
    Fault::Log { what }
}
