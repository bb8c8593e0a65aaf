//! For the overview: how it goes with what goes out and with the address files, and where attempts
//! came from within the hour.
//!
//! **Invariant:** however many people look, a node asks the database once in [`FOR`], and all of
//! them are shown the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sekisho_core::context::Country;
use sekisho_core::count::moment_of;
use sekisho_core::health::{self, FilesRead, Health};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Carrier;
use sekisho_core::siem::Way;
use sekisho_core::sighting::Ending;
use sekisho_store::{LatelyCounted, MOST_LATELY};

use super::console::AttemptsCounted;
use crate::fault::Fault;
use crate::gate::Gate;

/// For so long what was asked is shown again: two looks of a page that looks every five seconds.
const FOR: Span = Span::seconds(10);

/// Places that have a row of their own.
const TOP: usize = 10;

/// Of what the overview says how it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Messages to customers.
    Carrier(Carrier),
    /// What is told outside.
    Way(Way),
    /// Address files.
    Files,
}

/// How it goes with something that goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartHealth {
    /// With what.
    pub part: Part,
    /// How; `None` where it is not configured.
    pub health: Option<Health>,
    /// How much waits.
    pub waiting: i64,
    /// Since when what has waited longest does.
    pub oldest: Option<Moment>,
    /// How much was given up within the hour; `None` of what is never given up.
    pub given_up: Option<i64>,
    /// When it failed on this node for the last time since this started.
    pub failed: Option<Moment>,
}

/// How it goes with the address files, on this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilesHealth {
    /// How.
    pub health: Health,
    /// What was found at the last look.
    pub read: FilesRead,
    /// When one could not be read for the last time since this node started.
    pub failed: Option<Moment>,
}

/// Places by how many attempts came from there, the most first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked<K> {
    /// Ten at most.
    pub top: Vec<(K, AttemptsCounted)>,
    /// How many other places there are, and what came from there.
    pub others: (usize, AttemptsCounted),
    /// What came from nobody knows where.
    pub unknown: AttemptsCounted,
}

/// What the overview shows of what goes out, and of where attempts came from.
#[derive(Clone, Debug)]
pub struct Lately {
    /// When it was asked.
    pub at: Moment,
    /// What goes out.
    pub parts: Vec<PartHealth>,
    /// The address files; `None` where nobody looked at them yet.
    pub files: Option<FilesHealth>,
    /// Attempts by country.
    pub countries: Ranked<Country>,
    /// Attempts by network operator (its AS number).
    pub systems: Ranked<u32>,
    /// How many attempts were counted.
    pub counted: u64,
    /// Since when, if there were more within the hour than are counted.
    pub since: Option<Moment>,
}

/// What a node keeps between two looks.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    hours: Mutex<BTreeMap<Moment, AttemptsCounted>>,
    failed: Mutex<BTreeMap<Part, Moment>>,
    files: Mutex<Option<FilesRead>>,
    lately: tokio::sync::Mutex<Option<Arc<Lately>>>,
}

impl Kept {
    /// Hours whose attempts were counted, and come to no more.
    pub fn hours(&self) -> MutexGuard<'_, BTreeMap<Moment, AttemptsCounted>> {
        held(&self.hours)
    }

    /// It failed on this node.
    pub fn note_failed(&self, part: Part, at: Moment) {
        held(&self.failed).insert(part, at);
    }

    /// What a look at the address files found.
    pub fn note_files(&self, read: FilesRead) {
        *held(&self.files) = Some(read);
    }

    fn failed(&self, part: Part) -> Option<Moment> {
        held(&self.failed).get(&part).copied()
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gate {
    /// As it was asked lately. Whoever comes while it is asked waits for the same answer.
    pub(super) async fn lately(&self, now: Moment) -> Result<Arc<Lately>, Fault> {
        let mut kept = self.kept().lately.lock().await;
        let is_fresh = |one: &&Arc<Lately>| now.since(one.at) < FOR && one.at.since(now) < FOR;
        if let Some(one) = kept.as_ref().filter(is_fresh) {
            return Ok(Arc::clone(one));
        }
        let fresh = Arc::new(self.look_lately(now).await?);
        *kept = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    async fn look_lately(&self, now: Moment) -> Result<Lately, Fault> {
        let mut parts = Vec::with_capacity(6);
        for (carrier, carried) in self.store().carried(now).await? {
            parts.push(PartHealth {
                part: Part::Carrier(carrier),
                health: Some(carried.health(now)),
                waiting: carried.waiting,
                oldest: carried.oldest,
                given_up: Some(carried.given_up),
                failed: self.kept().failed(Part::Carrier(carrier)),
            });
        }
        for way in [Way::Log, Way::Siem, Way::Chat] {
            parts.push(self.way_health(way, now).await?);
        }
        let since = now.minus(health::LATELY);
        let rows = self.store().attempts_lately(since, MOST_LATELY).await?;
        let counted = rows.iter().map(|row| row.many).sum();
        let first = rows.iter().map(|row| row.since).min();
        let read = *held(&self.kept().files);
        Ok(Lately {
            at: now,
            parts,
            files: read.map(|read| FilesHealth {
                health: read.health(now),
                read,
                failed: self.kept().failed(Part::Files),
            }),
            countries: ranked(rows.iter().map(|row| (row.country, row))),
            systems: ranked(rows.iter().map(|row| (row.system, row))),
            counted,
            since: first.filter(|_| counted >= u64::from(MOST_LATELY)),
        })
    }

    async fn way_health(&self, way: Way, now: Moment) -> Result<PartHealth, Fault> {
        let part = Part::Way(way);
        let mut found = PartHealth {
            part,
            health: None,
            waiting: 0,
            oldest: None,
            given_up: None,
            failed: self.kept().failed(part),
        };
        if self.outward().contains(&way) {
            let waits = self.store().siem_waiting(way).await?;
            found.waiting = waits.count.into();
            found.oldest = waits.oldest.map(moment_of);
            found.health = Some(health::told(found.oldest, now));
        }
        Ok(found)
    }
}

/// Sums by place, the most attempts first and in the order of places among as many.
fn ranked<'a, K: Ord + Copy>(
    rows: impl Iterator<Item = (Option<K>, &'a LatelyCounted)>,
) -> Ranked<K> {
    let (mut sums, mut unknown) = (BTreeMap::<K, _>::new(), AttemptsCounted::default());
    for (place, row) in rows {
        let sum = match place {
            Some(place) => sums.entry(place).or_default(),
            None => &mut unknown,
        };
        sum.add(row.ending, row.many);
    }
    let mut top: Vec<_> = sums.into_iter().collect();
    top.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.all()));
    let rest = top.split_off(top.len().min(TOP));
    let mut others = AttemptsCounted::default();
    for (_, sum) in &rest {
        others.add(Ending::Success, sum.succeeded);
        others.add(Ending::Failure, sum.failed);
        others.add(Ending::Pending, sum.stepped_up);
    }
    Ranked {
        top,
        others: (rest.len(), others),
        unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(system: Option<u32>, ending: Ending, many: u64) -> LatelyCounted {
        LatelyCounted {
            country: None,
            system,
            ending,
            many,
            since: Moment(0),
        }
    }

    #[test]
    fn ten_places_have_a_row_and_nothing_is_left_out_of_the_sum() {
        let mut rows: Vec<_> = (1..=13)
            .map(|system| row(Some(system), Ending::Failure, u64::from(system)))
            .collect();
        rows.push(row(Some(1), Ending::Success, 20));
        rows.push(row(Some(2), Ending::Pending, 2));
        rows.push(row(None, Ending::Pending, 900));
        let found = ranked(rows.iter().map(|row| (row.system, row)));
        let places: Vec<_> = found.top.iter().map(|(system, _)| *system).collect();
        // Of as many, 2 + 2 and 4, the lower number first; both come last and one falls out.
        assert_eq!(places, [1, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
        assert_eq!(found.top[0].1.succeeded, 20);
        assert_eq!((found.others.0, found.others.1.all()), (3, 4 + 3 + 4));
        assert_eq!(found.others.1.stepped_up, 2);
        assert_eq!(found.unknown.stepped_up, 900);
        let all: u64 = found.top.iter().map(|(_, sum)| sum.all()).sum();
        let sum = all + found.others.1.all() + found.unknown.all();
        assert_eq!(sum, rows.iter().map(|row| row.many).sum::<u64>());
        let none = ranked(rows[..0].iter().map(|row| (row.system, row)));
        assert_eq!((none.top.len(), none.others.0), (0, 0));
    }
}
