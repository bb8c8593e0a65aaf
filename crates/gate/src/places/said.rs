//! What every file says of an address, apart, and how the files are: for whoever runs them.
//!
//! **Invariant:** what is settled is what judges, from the same reading of the same files.

use std::net::IpAddr;
use std::path::PathBuf;

use sekisho_core::context::{Address, Country};
use sekisho_core::moment::Moment;
use sekisho_core::places::{Circle, Counts, Indicator};

use super::files::{FileKind, Held, Waiting, What};
use super::{Places, PlacesAt};

/// What one file says of an address.
#[derive(Clone, Debug)]
pub struct FileSaid {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: FileKind,
    /// When what it holds was made.
    pub made: Option<Moment>,
    /// The network operator.
    pub system: Option<u32>,
    /// The country.
    pub country: Option<Country>,
    /// The coordinates.
    pub circle: Option<Circle>,
    /// Whether the list has it; `None` of what is no list.
    pub listed: Option<bool>,
    /// Every indicator that names it, those before or after their time included.
    pub indicators: Vec<Indicator>,
}

/// How a file is.
#[derive(Clone, Debug)]
pub struct FileState {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: FileKind,
    /// When what was read of it was made.
    pub made: Option<Moment>,
    /// Ranges of a list, networks of indicators, nodes of a map.
    pub size: u64,
    /// What of a file of indicators was not taken.
    pub counts: Counts,
    /// Why what is there is not what counts, where it is so.
    pub broken: Option<String>,
}

pub(super) fn state(held: &Held, waiting: &Waiting) -> FileState {
    let counts = match &*held.what {
        What::Map(_) | What::List(..) => Counts::default(),
        What::Indicators(found) => found.counts,
    };
    FileState {
        path: held.path.clone(),
        kind: held.kind,
        made: held.made(),
        size: held.size(),
        counts,
        broken: waiting.broken.clone(),
    }
}

impl PlacesAt {
    /// What each file says of `address`, in their order.
    #[must_use]
    pub fn each(&self, address: IpAddr) -> Vec<FileSaid> {
        let settled = self.of(address);
        let of = |held: &Held| {
            let mut said = FileSaid {
                path: held.path.clone(),
                kind: held.kind,
                made: held.made(),
                system: None,
                country: None,
                circle: None,
                listed: None,
                indicators: Vec::new(),
            };
            let address = Address::from(address);
            match &*held.what {
                What::Map(map) => {
                    let found = map.of(address.ip());
                    said.system = found.system;
                    said.country = found.country;
                    said.circle = found.circle;
                }
                What::List(_, list) => said.listed = Some(list.names(address, settled.system)),
                What::Indicators(indicators) => {
                    let all = indicators.all().iter();
                    let naming = all.filter(|one| one.network.holds(address));
                    said.indicators = naming.copied().collect();
                }
            }
            said
        };
        self.held.iter().map(of).collect()
    }
}

impl Places {
    /// The age of the oldest file in seconds at `now`, of those that say when they were made.
    #[must_use]
    pub fn oldest(&self, now: Moment) -> Option<i64> {
        let held = self.held();
        let ages = held.iter().filter_map(|held| held.age(now));
        ages.map(sekisho_core::moment::Span::as_seconds).max()
    }
}
