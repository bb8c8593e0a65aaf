//! What the operator's files say of an address: maps in MaxMind's format (network operator,
//! country, coordinates), lists of networks, threat indicators; and what people of the firm listed.
//! Nothing is ever asked over the network.
//!
//! **Invariant:** without a file, or when two files disagree, the answer is "unknown", never a
//! guess; and what is asked of one attempt is asked of the same files, whole, whatever is read anew
//! meanwhile.

mod files;
mod map;
mod own;
mod said;

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use sekisho_core::context::{Accord, Address, Place};
use sekisho_core::known::RiskKnown;
use sekisho_core::moment::Moment;
use sekisho_core::places::{Circle, Label, Listed};

use self::files::{Held, Waiting, What};
use crate::fault::Fault;

pub use self::own::Own;

pub use self::files::{Became, FileKind, Looked};
pub use self::said::{FileSaid, FileState};

/// Which files there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressFiles {
    /// In MaxMind's format.
    pub maps: Vec<PathBuf>,
    /// One network a line, and what they are lists of.
    pub lists: Vec<(Label, PathBuf)>,
    /// STIX 2.1 or CSV.
    pub indicators: Vec<PathBuf>,
}

impl AddressFiles {
    /// Maps alone.
    #[must_use]
    pub fn maps(maps: impl IntoIterator<Item = PathBuf>) -> Self {
        Self {
            maps: maps.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Each with its kind.
    pub fn each(&self) -> impl Iterator<Item = (FileKind, &PathBuf)> {
        let maps = self.maps.iter().map(|path| (FileKind::Map, path));
        let lists = self.lists.iter();
        let lists = lists.map(|(label, path)| (FileKind::List(*label), path));
        let indicators = self.indicators.iter();
        let indicators = indicators.map(|path| (FileKind::Indicators, path));
        maps.chain(lists).chain(indicators)
    }
}

/// The files as they were read last. Cloning it is cheap, and all clones see the same.
#[derive(Clone, Debug, Default)]
pub struct Places(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    now: RwLock<Arc<Vec<Held>>>,
    waiting: Mutex<Vec<Waiting>>,
}

impl Places {
    /// Reads every file into memory.
    ///
    /// # Errors
    /// [`Fault::Config`] that names the file that cannot be read, and its line where it has lines.
    pub fn open(files: &AddressFiles) -> Result<Self, Fault> {
        let open = |(kind, path): (FileKind, &PathBuf)| {
            Held::read(kind, path).map_err(|why| Fault::Config {
                what: format!("{} {}: {why}", kind.called(), path.display()),
            })
        };
        let held = files.each().map(open).collect::<Result<Vec<_>, _>>()?;
        let waiting = held.iter().map(|_| Waiting::default()).collect();
        Ok(Self(Arc::new(Inner {
            now: RwLock::new(Arc::new(held)),
            waiting: Mutex::new(waiting),
        })))
    }

    fn held(&self) -> Arc<Vec<Held>> {
        let now = self.0.now.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&now)
    }

    /// The files of now, for what happens at `at`: indicators count for a time.
    #[must_use]
    pub fn at(&self, at: Moment) -> PlacesAt {
        PlacesAt {
            held: self.held(),
            own: Arc::default(),
            at,
        }
    }

    /// Whether there is any file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held().is_empty()
    }

    /// Looks at every file, and takes up those that are others than before and rest: two looks have
    /// to find a file the same, so that one that is just being written is left alone. It reads
    /// files, so it is called where that may take its time.
    ///
    /// What cannot be read stays as it was.
    #[must_use]
    pub fn look(&self) -> Vec<Looked> {
        // Held for the whole look, so that two of them never read the same file at once.
        let mut waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = self.held();
        let mut after = Vec::with_capacity(before.len());
        let mut looked = Vec::new();
        for (held, waiting) in before.iter().zip(waiting.iter_mut()) {
            let (became, next) = waiting.look(held);
            looked.extend(became.map(|became| Looked {
                path: held.path.clone(),
                kind: held.kind,
                became,
            }));
            after.push(next.unwrap_or_else(|| held.clone()));
        }
        let replaced = |one: &Looked| !matches!(one.became, Became::Broken(_));
        if looked.iter().any(replaced) {
            let mut now = self.0.now.write().unwrap_or_else(PoisonError::into_inner);
            *now = Arc::new(after);
        }
        looked
    }

    /// Whether what is there of any file is not what counts.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.states().iter().any(|one| one.broken.is_some())
    }

    /// How every file is.
    #[must_use]
    pub fn states(&self) -> Vec<FileState> {
        let waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let held = self.held();
        let both = held.iter().zip(waiting.iter());
        both.map(|(held, waiting)| said::state(held, waiting))
            .collect()
    }
}

/// What files say at a moment.
#[derive(Clone, Debug)]
pub struct PlacesAt {
    held: Arc<Vec<Held>>,
    own: Arc<Own>,
    at: Moment,
}

impl PlacesAt {
    /// The same, with networks that people of the firm listed.
    #[must_use]
    pub fn with(mut self, own: Arc<Own>) -> Self {
        self.own = own;
        self
    }

    /// What they say of `address`, settled.
    #[must_use]
    pub fn of(&self, address: IpAddr) -> Place {
        let mut systems = Agreement::Silent;
        let mut countries = Agreement::Silent;
        let mut circles = Circles::Silent;
        for held in self.held.iter() {
            if let What::Map(map) = &*held.what {
                let found = map.of(address);
                systems = systems.heard(found.system);
                countries = countries.heard(found.country);
                circles = circles.heard(found.circle);
            }
        }
        let torn = countries == Agreement::Torn || circles == Circles::Torn;
        let system = systems.settled();
        Place {
            system,
            country: countries.settled(),
            circle: match circles {
                Circles::One(circle) if !torn => Some(circle),
                _ => None,
            },
            accord: if torn { Accord::Torn } else { Accord::One },
            listed: self.listed(Address::from(address), system),
        }
    }

    fn listed(&self, address: Address, system: Option<u32>) -> Listed {
        let mut listed = self.own.of(address, self.at);
        for held in self.held.iter() {
            match &*held.what {
                What::Map(_) => {}
                What::List(label, list) => {
                    listed = listed.heard(*label, list.names(address, system));
                }
                What::Indicators(indicators) => {
                    let first = indicators.naming(address, self.at).next();
                    listed.indicator = Some(listed.indicator == Some(true) || first.is_some());
                    listed.source = listed.source.or(first.and_then(|one| one.source));
                }
            }
        }
        listed
    }

    /// The same, with what the files say of where the customer last was.
    #[must_use]
    pub fn placed(&self, mut known: RiskKnown) -> RiskKnown {
        if let Some(previous) = &mut known.previous {
            previous.place = self.of(previous.address.ip());
        }
        known
    }
}

/// What several files say of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Agreement<T> {
    Silent,
    One(T),
    Torn,
}

impl<T: Copy + PartialEq> Agreement<T> {
    fn heard(self, said: Option<T>) -> Self {
        match (self, said) {
            (same, None) => same,
            (Self::Silent, Some(said)) => Self::One(said),
            (Self::One(before), Some(said)) if before == said => self,
            (Self::One(_) | Self::Torn, Some(_)) => Self::Torn,
        }
    }

    fn settled(self) -> Option<T> {
        match self {
            Self::One(said) => Some(said),
            Self::Silent | Self::Torn => None,
        }
    }
}

/// What several files say of coordinates: they agree if one line can be in all their circles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Circles {
    Silent,
    One(Circle),
    Torn,
}

impl Circles {
    fn heard(self, said: Option<Circle>) -> Self {
        match (self, said) {
            (same, None) => same,
            (Self::Silent, Some(said)) => Self::One(said),
            (Self::One(before), Some(said)) => before.agreed(said).map_or(Self::Torn, Self::One),
            (Self::Torn, Some(_)) => Self::Torn,
        }
    }
}

#[cfg(test)]
mod tests;
