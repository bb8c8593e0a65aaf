//! What follows by itself for customers who were entered by an attack.
//!
//! **Invariant:** a document that says nothing has only alerts.

use serde::Deserialize;

/// Attacks across customers.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttackPolicy {
    /// What becomes of a customer who was entered.
    pub entered: EnteredPolicy,
}

/// What becomes of a customer who was entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnteredPolicy {
    /// The account is frozen, and the customer is told on every channel.
    Freeze,
    /// The alert names them, and nothing else.
    #[default]
    Note,
}
