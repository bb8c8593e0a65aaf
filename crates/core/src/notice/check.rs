//! A customer is asked to look at something that was done in their name.
//!
//! **Invariant:** it says neither that something is wrong nor why the firm looks: whoever did it
//! may read it, too.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Clone, Debug)]
pub struct CheckNotice {
    /// The code to type if it was not the customer.
    pub report: SecretString,
    /// What it is about.
    pub about: CheckAbout,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAbout {
    /// Name of the operation in the customer's language.
    pub operation: String,
    /// How many days ago it was done, counted as periods of 24 hours.
    pub days: u16,
}
