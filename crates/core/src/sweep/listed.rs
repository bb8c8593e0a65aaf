//! A procedure of a list that others kept: a system of the firm that Sekisho does not guard, or
//! guards since yesterday.
//!
//! **Invariant:** whether the customer is known here changes who counts as "others", and nothing
//! else of what its place says.

use crate::context::{Address, Context, Place, Terminal};
use crate::id::CustomerId;
use crate::moment::Moment;
use crate::sighting::{Trait, TraitKind};
use crate::text::Reference;

use super::places_of;

/// Procedures of one list: a hundred times those of the incident that all this is measured by.
pub const MOST_LISTED: usize = 1_000_000;

/// A row of such a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The line of the list, or the place in it, from 1.
    pub line: u64,
    /// What the application calls the customer.
    pub reference: Reference,
    /// The customer, if there is one of that reference here.
    pub customer: Option<CustomerId>,
    /// When it was done.
    pub at: Moment,
    /// From where.
    pub address: Address,
}

impl Listed {
    /// Whose own history counts; nobody has the id that stands for whoever is not known.
    #[must_use]
    pub fn whose(&self) -> CustomerId {
        self.customer.unwrap_or(CustomerId([0; 16]))
    }

    /// Its places, as [`super::places`] has them of an access.
    #[must_use]
    pub fn places(&self, kinds: &[TraitKind]) -> Vec<Trait> {
        let context = Context {
            address: Some(self.address),
            place: Place::default(),
            client: None,
            device: None,
            terminal: Terminal::Own,
        };
        places_of(&context, kinds)
    }
}
