//! The networks that people of the firm listed, as this node read them last.
//!
//! **Invariant:** a listing counts until it ends and no longer, whether the database answers or
//! not; where none stands, there is no such list, and nobody is said not to be on it.

use sekisho_core::context::Address;
use sekisho_core::known::{ListedAs, ListingsKnown};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::places::{Label, Listed, Network, Source};

/// How far the clock of the node that judges may be behind that of the one where it was made. A
/// line of a log from before is judged by what counted then.
const BEHIND: Span = Span::minutes(10);

#[derive(Debug)]
struct Standing {
    network: Network,
    listed: ListedAs,
    begins: Moment,
    ends: Moment,
    /// Its id, by which a decision tells which one it was.
    source: Option<Source>,
}

/// They, and which change of them was the last.
#[derive(Debug, Default)]
pub struct Own {
    epoch: Option<i64>,
    standing: Vec<Standing>,
}

impl From<ListingsKnown> for Own {
    fn from(known: ListingsKnown) -> Self {
        let standing = known.standing.into_iter().map(|one| Standing {
            network: one.network,
            listed: one.listed,
            begins: one.made.minus(BEHIND),
            ends: one.ends,
            source: Source::of(&one.id.to_string()),
        });
        Self {
            epoch: Some(known.epoch),
            standing: standing.collect(),
        }
    }
}

impl Own {
    /// Which change was the last; `None` before any were read.
    pub(crate) const fn epoch(&self) -> Option<i64> {
        self.epoch
    }

    fn standing(&self, at: Moment) -> impl Iterator<Item = &Standing> {
        let counts = move |one: &&Standing| (one.begins..one.ends).contains(&at);
        self.standing.iter().filter(counts)
    }

    /// How many count at `at`.
    pub(crate) fn count(&self, at: Moment) -> usize {
        self.standing(at).count()
    }

    /// What they say of an address. Of several that name it the strictest is named.
    pub(super) fn of(&self, address: Address, at: Moment) -> Listed {
        let mut told = Listed::default();
        let mut strictest = None;
        for one in self.standing(at) {
            let named = one.network.holds(address);
            match one.listed {
                ListedAs::Ask => told.indicator = Some(named || told.indicator == Some(true)),
                ListedAs::Deny => told = told.heard(Label::Deny, named),
            }
            if named && strictest < Some(one.listed) {
                (strictest, told.source) = (Some(one.listed), one.source);
            }
        }
        told
    }
}
