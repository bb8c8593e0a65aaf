//! The migrations in their order.
//!
//! **Invariant:** this list only grows at its end.

use crate::migrate::Migration;

pub(crate) const ALL: &[Migration] = &[];
