//! The act "sweep" over addresses: which customers were seen at them.
//!
//! **Invariant:** as of every sweep, the entry is committed before a row is read.

use sekisho_core::bytes::Digest;
use sekisho_core::id::CustomerId;
use sekisho_core::moment::Moment;
use sekisho_core::sighting::Trait;
use sekisho_core::sweep::{Attempt, Handed, OtherSeen};
use sekisho_core::thaw::Ground;
use serde_json::json;

use super::staff::{StaffAnswer, StaffClaim};
use super::sweep::Sweeper;
use crate::fault::Fault;
use crate::gate::Gate;

/// Customers of one page.
const PAGE: u32 = 1_000;

/// Addresses of one sweep: a list of reported ones, not a table of the internet.
pub const MOST_ADDRESSES: usize = 100_000;

/// Of a list, so many stand in the record by themselves: who looked up one person's address is to
/// be seen there.
const KEPT: usize = 100;

/// A sweep over addresses in course.
#[derive(Debug)]
pub struct AddressSweep {
    by: Sweeper,
    /// The places that are still to be looked at, the present one last.
    places: Vec<Trait>,
    since: Option<Moment>,
    after: CustomerId,
    asked: usize,
    /// How many of the places had somebody, and how many rows were handed out.
    found: (u64, u64),
    /// Whether the present place had somebody.
    hit: bool,
}

impl Gate {
    /// Begins a sweep over addresses or networks in the name of a person. More than
    /// [`MOST_ADDRESSES`] are cut off.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep_addresses(
        &self,
        claim: &StaffClaim,
        mut places: Vec<Trait>,
        since: Option<Moment>,
        ground: Ground,
    ) -> Result<StaffAnswer<AddressSweep>, Fault> {
        places.truncate(MOST_ADDRESSES);
        let listed: Vec<String> = places.iter().map(Trait::text).collect();
        places.reverse();
        let asked = json!({
            "addresses": listed.len(),
            "first": listed.iter().take(KEPT).collect::<Vec<_>>(),
            "list": Digest::of(listed.join("\n").as_bytes()).to_string(),
            "since": since,
        });
        let by = self.sweeper(claim.into(), ground, asked).await?;
        Ok(by.map(|by| AddressSweep {
            by,
            asked: places.len(),
            places,
            since,
            after: CustomerId([0; 16]),
            found: (0, 0),
            hit: false,
        }))
    }
}

impl AddressSweep {
    /// The next customers at a place; `None` after the last place. A page may be empty.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&mut self) -> Result<Option<(Trait, Vec<OtherSeen>)>, Fault> {
        let Some(place) = self.places.last().copied() else {
            return Ok(None);
        };
        let store = self.by.gate.store();
        let mut page = store.there(place, self.after, PAGE).await?;
        let whole = u32::try_from(page.len()).is_ok_and(|count| count == PAGE);
        if let Some(last) = page.last() {
            self.after = last.customer;
        }
        if let Some(since) = self.since {
            page.retain(|other| other.seen.last >= since);
        }
        self.hit |= !page.is_empty();
        self.found.1 += u64::try_from(page.len()).unwrap_or(u64::MAX);
        if !whole {
            self.places.pop();
            self.after = CustomerId([0; 16]);
            self.found.0 += u64::from(self.hit);
            self.hit = false;
        }
        Ok(Some((place, page)))
    }

    /// How many places were asked, how many of those looked at had somebody, and how many rows that
    /// made.
    #[must_use]
    pub fn tally(&self) -> (usize, u64, u64) {
        (self.asked, self.found.0, self.found.1)
    }

    /// Ends the sweep: the counts, how much was handed out and its digest stay in the record.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end(self, handed: Handed, digest: Digest) -> Result<(), Fault> {
        let (asked, hit, rows) = self.tally();
        let found = json!({"addresses": asked, "seen": hit, "rows": rows});
        self.by.note(&Attempt::End(handed, found, digest)).await?;
        Ok(())
    }
}
