//! What a customer is told of the support desk.
//!
//! **Invariant:** whoever was taken for the customer, the customer is told of it.

use secrecy::SecretString;

use crate::moment::Span;
use crate::policy::Policy;

/// A message about a call.
#[derive(Clone, Debug)]
pub enum DeskNotice {
    /// A code to read to the person who calls back.
    Code {
        /// The code.
        code: SecretString,
        /// Minutes for which it works.
        minutes: u16,
    },
    /// Somebody was taken for the customer at the desk.
    Identified {
        /// The code to type if it was not the customer.
        report: SecretString,
    },
}

impl DeskNotice {
    /// For how long it is of use.
    #[must_use]
    pub fn life(&self, policy: &Policy) -> Span {
        match self {
            Self::Code { .. } => policy.code_life(),
            Self::Identified { .. } => policy.report_life(),
        }
    }

    /// The word of the template, as stored.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        match self {
            Self::Code { .. } => "desk_code",
            Self::Identified { .. } => "desk_identified",
        }
    }
}
