//! What files of the operator's say of an address: where it is ([`Circle`]), on which lists it
//! stands ([`List`]), and whether it was named as a threat ([`Indicators`]). The texts are read
//! here; the files, and MaxMind's format, are the gate's.
//!
//! **Invariant:** whatever a file holds, reading it is bounded in time and memory, and what it does
//! not say clearly is not known.

mod cell;
mod circle;
mod indicators;
mod list;
mod listed;
mod loose;
mod network;
mod pattern;
mod ranges;
mod source;
mod stix;

pub use circle::Circle;
pub use indicators::{
    Counts, Indicator, IndicatorFault, Indicators, MOST_INDICATOR_BYTES, MOST_INDICATORS,
};
pub use list::{List, ListFault, MOST_LIST_BYTES, MOST_RANGES, shortest};
pub use listed::{Label, Listed};
pub use network::{Network, NotANetwork};
pub use ranges::Ranges;
pub use source::Source;
