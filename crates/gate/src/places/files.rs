//! One file: reading it, and telling when it has become another.
//!
//! **Invariant:** a file is read whole or not at all, bounded by its size, and only once two looks
//! found it the same; what came out of a file before stays until what follows it was read.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sekisho_core::moment::{Moment, Span};
use sekisho_core::places::{Indicators, Label, List, MOST_INDICATOR_BYTES, MOST_LIST_BYTES};

use super::map::Map;

/// Most bytes of a map: several times the largest that is sold.
const MOST_MAP_BYTES: usize = 2 << 30;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Threat indicators.
    Indicators,
    /// A list of networks.
    List(Label),
    /// A map in MaxMind's format.
    Map,
}

impl FileKind {
    /// In messages.
    #[must_use]
    pub const fn called(self) -> &'static str {
        match self {
            Self::Indicators => "indicator file",
            Self::List(_) => "address list",
            Self::Map => "address file",
        }
    }

    /// The key that names such files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Indicators => "indicators",
            Self::List(label) => label.word(),
            Self::Map => "files",
        }
    }

    const fn most(self) -> usize {
        match self {
            Self::Indicators => MOST_INDICATOR_BYTES,
            Self::List(_) => MOST_LIST_BYTES,
            Self::Map => MOST_MAP_BYTES,
        }
    }
}

/// What came out of a file.
#[derive(Debug)]
pub(super) enum What {
    Indicators(Indicators),
    List(Label, List),
    Map(Map),
}

/// By what a file is told from another of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    changed: Option<Moment>,
    place: (u64, u64),
}

impl Stamp {
    fn of(meta: &fs::Metadata) -> Self {
        let changed = meta.modified().ok();
        let since = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        Self {
            length: meta.len(),
            changed: since
                .and_then(|since| i64::try_from(since.as_micros()).ok())
                .map(Moment),
            place: place(meta),
        }
    }

    fn at(path: &Path) -> Result<Self, String> {
        let meta = fs::metadata(path).map_err(|why| why.to_string())?;
        // Whatever else there is could be read for ever.
        match meta.is_file() {
            true => Ok(Self::of(&meta)),
            false => Err("it is no file".to_owned()),
        }
    }
}

/// A file that was moved in has another inode, whatever its time.
#[cfg(unix)]
fn place(meta: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn place(_: &fs::Metadata) -> (u64, u64) {
    (0, 0)
}

/// A file and what came out of it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub kind: FileKind,
    pub path: PathBuf,
    pub stamp: Stamp,
    pub what: Arc<What>,
}

impl Held {
    /// Reads a file.
    pub fn read(kind: FileKind, path: &Path) -> Result<Self, String> {
        let stamp = Stamp::at(path)?;
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|why| why.to_string())?;
        let bound = u64::try_from(kind.most()).unwrap_or(u64::MAX);
        let read = file.take(bound.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|why| why.to_string())?;
        if bytes.len() > kind.most() {
            return Err(format!("it has more than {} MiB", kind.most() >> 20));
        }
        if Stamp::at(path)? != stamp {
            return Err("it is being written".to_owned());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let what = match kind {
            FileKind::Map => What::Map(Map::read(bytes)?),
            FileKind::List(label) => {
                let list = List::parse(&bytes, label).map_err(|why| why.to_string())?;
                What::List(label, list)
            }
            FileKind::Indicators => {
                let read = Indicators::parse(&bytes, &name).map_err(|why| why.to_string())?;
                What::Indicators(read)
            }
        };
        Ok(Self {
            kind,
            path: path.to_owned(),
            stamp,
            what: Arc::new(what),
        })
    }

    /// How many things it names.
    pub fn size(&self) -> u64 {
        match &*self.what {
            What::Map(map) => map.nodes(),
            What::List(_, list) => list.count() as u64,
            What::Indicators(found) => found.all().len() as u64,
        }
    }

    /// What it becomes in the place of `before`: a download that failed leaves a file of no length,
    /// or one that was cut. A list of the operator's own may be emptied, by one with a comment.
    fn after(&self, before: &Self) -> Result<Became, String> {
        let (size, was) = (self.size(), before.size());
        let own = matches!(self.kind, FileKind::List(label) if label.is_own());
        match () {
            () if was == 0 => Ok(Became::Replaced),
            () if size == 0 && (!own || self.stamp.length == 0) => Err("it is empty".to_owned()),
            () if size < was / 2 => Ok(Became::Shrunk { was, size }),
            () => Ok(Became::Replaced),
        }
    }

    /// When what it holds was made, as far as it says.
    pub fn made(&self) -> Option<Moment> {
        match &*self.what {
            What::Map(map) => map.built().or(self.stamp.changed),
            What::Indicators(_) | What::List(..) => self.stamp.changed,
        }
    }

    /// How old that is.
    pub fn age(&self, now: Moment) -> Option<Span> {
        self.made().map(|made| now.since(made))
    }
}

/// What a look found of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is another, and cannot be read, for this reason: what was read before still counts.
    Broken(String),
    /// It was another, and was taken up.
    Replaced,
    /// Likewise, and names less than half of what it named.
    Shrunk {
        /// How many things it named.
        was: u64,
        /// How many it names.
        size: u64,
    },
}

/// A file of which something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: FileKind,
    /// What was found.
    pub became: Became,
}

/// What is known of a file beside what was read of it.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// How the last look found it, where that is not what was read.
    seen: Option<Stamp>,
    /// What could not be read, so that it is tried once.
    tried: Option<Stamp>,
    /// Why what is there is not what counts.
    pub broken: Option<String>,
}

impl Waiting {
    /// Looks at a file: what is to be told, if anything, and what follows `held`.
    pub fn look(&mut self, held: &Held) -> (Option<Became>, Option<Held>) {
        let stamp = match Stamp::at(&held.path) {
            Err(why) => {
                self.seen = None;
                return (self.is_broken(why), None);
            }
            Ok(stamp) => stamp,
        };
        if stamp == held.stamp {
            *self = Self::default();
            return (None, None);
        }
        if self.tried == Some(stamp) {
            return (None, None);
        }
        if self.seen.replace(stamp) != Some(stamp) {
            return (None, None);
        }
        match Held::read(held.kind, &held.path) {
            Ok(next) if next.stamp == stamp => match next.after(held) {
                Ok(became) => {
                    *self = Self::default();
                    (Some(became), Some(next))
                }
                Err(why) => {
                    self.tried = Some(stamp);
                    (self.is_broken(why), None)
                }
            },
            // It changed again between the look and the reading.
            Ok(_) => (None, None),
            Err(why) => {
                self.tried = Some(stamp);
                (self.is_broken(why), None)
            }
        }
    }

    /// Told once, until it is another reason.
    fn is_broken(&mut self, why: String) -> Option<Became> {
        let known = self.broken.as_ref() == Some(&why);
        self.broken = Some(why.clone());
        (!known).then_some(Became::Broken(why))
    }
}
