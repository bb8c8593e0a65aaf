//! Whether this node is ready, and what whoever runs it has to know.
//!
//! **Invariant:** a trouble is said until the same look finds it gone.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sekisho_core::siem::Way;

use crate::fault::Fault;
use crate::gate::Gate;

/// What is noted where a file of addresses cannot be read.
const OLD_FILES: &str = "an address file cannot be read; what was read before counts";

/// What was found on this node.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    rules: Mutex<Option<&'static str>>,
    unsent: Mutex<BTreeMap<Way, &'static str>>,
}

impl Gate {
    /// Whether the database answers; and what whoever runs this node has to know of its rules, of
    /// the files of addresses, or of what is told outside, if anything.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ready(&self) -> Result<Option<&'static str>, Fault> {
        self.store().ready().await?;
        let rules = *held(&self.troubles().rules);
        let unsent = held(&self.troubles().unsent).values().next().copied();
        let files = || self.address_files().is_broken().then_some(OLD_FILES);
        Ok(rules.or_else(files).or(unsent))
    }

    pub(crate) fn note_unsent(&self, way: Way, note: Option<&'static str>) {
        let mut unsent = held(&self.troubles().unsent);
        match note {
            Some(note) => unsent.insert(way, note),
            None => unsent.remove(&way),
        };
    }

    pub(crate) fn note_rules(&self, note: Option<&'static str>) {
        *held(&self.troubles().rules) = note;
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
