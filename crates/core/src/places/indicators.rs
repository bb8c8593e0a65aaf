//! Threat indicators: addresses that somebody says attacks come from, for a time.
//!
//! **Invariant:** an indicator says nothing before its time and after it, by the moment that is
//! passed in; of a file that is damaged nothing is taken.

use std::collections::HashMap;

use super::cell::cells;
use super::network::{Network, number};
use super::source::Source;
use super::stix;
use crate::context::Address;
use crate::moment::Moment;

/// Most bytes of a file.
pub const MOST_INDICATOR_BYTES: usize = 64 << 20;
/// Most networks of a file.
pub const MOST_INDICATORS: usize = 500_000;
/// The shortest lengths of a network that is taken for an indicator, of IPv4 and of IPv6: beyond
/// that it names whole carriers.
const SHORTEST: (u8, u8) = (16, 32);

/// One network that was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// The network.
    pub network: Network,
    /// From when on; `None` for always.
    pub from: Option<Moment>,
    /// Until before when; `None` for ever.
    pub until: Option<Moment>,
    /// Who says so, and what it is.
    pub source: Option<Source>,
}

impl Indicator {
    /// Whether it says anything at `at`.
    #[must_use]
    pub fn stands(&self, at: Moment) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// What of a file is not among the indicators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Indicators of something else than addresses, or in a pattern that is not understood.
    pub unknown: u64,
    /// Networks so wide that they name everybody.
    pub wide: u64,
    /// Indicators that were taken back.
    pub revoked: u64,
    /// Objects that are no indicators.
    pub other: u64,
}

/// Why a text holds no indicators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndicatorFault {
    /// Too many bytes.
    #[error("it has more than 64 MiB")]
    Long,
    /// Bytes that are no text.
    #[error("it is no text")]
    NoText,
    /// Not STIX.
    #[error("line {line}: {why}, or it names more than {MOST_INDICATORS} networks")]
    NoBundle {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: &'static str,
    },
    /// A line of CSV that is not as it has to be.
    #[error("line {line} {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: &'static str,
    },
    /// Too many networks.
    #[error("it names more than {MOST_INDICATORS} networks")]
    Many,
}

/// What is being read.
#[derive(Debug, Default)]
pub(super) struct Building {
    pub all: Vec<Indicator>,
    pub counts: Counts,
}

impl Building {
    /// Takes one more; one that is too wide is kept, too, and sorted out at the end, so that its
    /// place among the others stays.
    pub fn add(&mut self, indicator: Indicator) -> Result<(), IndicatorFault> {
        self.all.push(indicator);
        match self.all.len() <= MOST_INDICATORS {
            true => Ok(()),
            false => Err(IndicatorFault::Many),
        }
    }
}

/// The indicators of a file, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Indicators {
    all: Vec<Indicator>,
    /// For each length that occurs: first numbers, sorted, with the place of the indicator.
    widths: Vec<(u8, Vec<(u128, u32)>)>,
    /// What else was in the file.
    pub counts: Counts,
}

impl Indicators {
    /// Reads a STIX bundle (it begins with `{`) or CSV: `value,valid_until,source,label` with a
    /// line of names or without; `fallback` is the source of what names none.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(bytes: &[u8], fallback: &str) -> Result<Self, IndicatorFault> {
        if bytes.len() > MOST_INDICATOR_BYTES {
            return Err(IndicatorFault::Long);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| IndicatorFault::NoText)?;
        let text = text.trim_start_matches('\u{feff}');
        let fallback = Source::of(fallback);
        let building = match text.trim_start().starts_with('{') {
            true => stix::read(text, fallback)?,
            false => comma_separated(text, fallback)?,
        };
        Ok(Self::of(building))
    }

    fn of(mut building: Building) -> Self {
        let before = building.all.len();
        let (four, six) = SHORTEST;
        building.all.retain(|one| {
            let least = if one.network.is_four() { four } else { six };
            one.network.length() >= least
        });
        building.counts.wide += (before - building.all.len()) as u64;
        building.all = merged(building.all);
        let mut widths: Vec<(u8, Vec<(u128, u32)>)> = Vec::new();
        for (place, indicator) in (0_u32..).zip(&building.all) {
            let width = indicator.network.width();
            let key = (indicator.network.span().0, place);
            match widths.iter_mut().find(|(known, _)| *known == width) {
                Some((_, keys)) => keys.push(key),
                None => widths.push((width, vec![key])),
            }
        }
        for (_, keys) in &mut widths {
            keys.sort_unstable();
        }
        // The narrowest first: it says most.
        widths.sort_unstable_by_key(|(width, _)| std::cmp::Reverse(*width));
        Self {
            all: building.all,
            widths,
            counts: building.counts,
        }
    }

    /// What is said of `address` at `at`, the narrowest first.
    pub fn naming(&self, address: Address, at: Moment) -> impl Iterator<Item = &Indicator> {
        let asked = number(address);
        self.widths.iter().flat_map(move |(width, keys)| {
            let free = 128 - u32::from(*width);
            let first = asked & u128::MAX.checked_shl(free).unwrap_or(0);
            let begin = keys.partition_point(|(key, _)| *key < first);
            let same = keys[begin..]
                .iter()
                .take_while(move |(key, _)| *key == first);
            let found = same.filter_map(|(_, place)| self.all.get(*place as usize));
            found.filter(move |indicator| indicator.stands(at))
        })
    }

    /// All of them, expired ones included.
    #[must_use]
    pub fn all(&self) -> &[Indicator] {
        &self.all
    }

    /// How many say something at `at`.
    #[must_use]
    pub fn standing(&self, at: Moment) -> usize {
        self.all.iter().filter(|one| one.stands(at)).count()
    }
}

/// What one source says of one network, once for each time that it says so without a break: a feed
/// that repeats a network a hundred thousand times is not walked for each attempt.
fn merged(all: Vec<Indicator>) -> Vec<Indicator> {
    let mut groups: Vec<Vec<Indicator>> = Vec::new();
    let mut known: HashMap<(Network, Option<Source>), usize> = HashMap::new();
    for one in all {
        let next = groups.len();
        let place = *known.entry((one.network, one.source)).or_insert(next);
        match groups.get_mut(place) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let mut merged: Vec<Indicator> = Vec::with_capacity(groups.len());
    for mut group in groups {
        let begin = merged.len();
        // Nothing sorts before every moment, as always does.
        group.sort_unstable_by_key(|one| one.from);
        for one in group {
            let last = merged[begin..].last_mut();
            let meets = |last: &&mut Indicator| last.until.is_none_or(|end| one.from <= Some(end));
            match last.filter(meets) {
                // Nothing is longer than for ever.
                Some(last) => last.until = last.until.zip(one.until).map(|(a, b)| a.max(b)),
                None => merged.push(one),
            }
        }
    }
    merged
}

fn comma_separated(text: &str, fallback: Option<Source>) -> Result<Building, IndicatorFault> {
    let mut building = Building::default();
    for (line, text) in (1_usize..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let cells = cells(text, 4);
        let cell = |place: usize| cells.get(place).map_or("", String::as_str);
        if building.all.is_empty() && cell(0).eq_ignore_ascii_case("value") {
            continue;
        }
        let wrong = |why| IndicatorFault::Line { line, why };
        let network = Network::parse(cell(0));
        let network = network.map_err(|_| wrong("does not begin with an address or a network"))?;
        let until = match cell(1) {
            _ if cells.len() < 2 => return Err(wrong("has no second cell: until when it counts")),
            "" => None,
            said => Some(end(said).ok_or_else(|| {
                wrong("says until when it counts in no form such as 2026-12-31 or RFC 3339")
            })?),
        };
        let who = Source::of(cell(2)).or(fallback);
        building.add(Indicator {
            network,
            from: None,
            until,
            source: stix::joined(who, Source::of(cell(3))),
        })?;
    }
    Ok(building)
}

/// A moment, or the end of a day in UTC.
fn end(text: &str) -> Option<Moment> {
    match text.len() {
        10 => Moment::parse_rfc3339(&format!("{text}T00:00:00Z"))
            .map(|begin| begin.plus(crate::moment::Span::days(1))),
        _ => Moment::parse_rfc3339(text),
    }
}

#[cfg(test)]
mod tests;
