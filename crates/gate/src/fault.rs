//! What can go wrong around a decision. A refusal is never here.
//!
//! **Invariant:** a fault names what failed for the log; what a visitor sees of it is one of three
//! words.

/// Why an act could not be carried out. Nothing was changed, unless [`Fault::Store`] says that it
/// is unknown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// More work waits than there is room for.
    #[error("too much work waits; come back in {retry_after_seconds} s")]
    Overloaded {
        /// When to come back.
        retry_after_seconds: u16,
    },
    /// The state changed under the decision again and again.
    #[error("the state changed {rounds} times while the act was decided")]
    Contended {
        /// How often it was tried.
        rounds: u8,
    },
    /// The database failed or is away.
    #[error("the store: {0}")]
    Store(#[from] sekisho_store::Fault),
    /// A key is missing or a stored value is broken.
    #[error("the seal: {0}")]
    Seal(#[from] sekisho_seal::Fault),
    /// The log cannot be written, or is not what was signed.
    #[error("the log: {what}")]
    Log {
        /// Which.
        what: &'static str,
    },
    /// The configuration asks for what cannot be.
    #[error("{what}")]
    Config {
        /// A sentence for the operator.
        what: String,
    },
    /// What should not happen.
    #[error("internal: {what}")]
    Internal {
        /// Where.
        what: &'static str,
    },
}

/// What a visitor may know of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Come back after that many seconds.
    Busy(u16),
    /// The fault lies with the installation.
    Internal,
    /// A part of the installation is away; come back soon.
    Unavailable,
}

impl Fault {
    /// The kind, for the one place that maps faults to answers.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        use sekisho_store::Fault as StoreFault;
        match self {
            Self::Overloaded {
                retry_after_seconds,
            } => FaultKind::Busy(*retry_after_seconds),
            Self::Contended { .. } | Self::Store(StoreFault::Overloaded { .. }) => {
                FaultKind::Busy(1)
            }
            Self::Store(
                StoreFault::Unavailable { .. }
                | StoreFault::DiskFull
                | StoreFault::Ambiguous { .. },
            )
            | Self::Log { .. } => FaultKind::Unavailable,
            Self::Store(_) | Self::Seal(_) | Self::Config { .. } | Self::Internal { .. } => {
                FaultKind::Internal
            }
        }
    }
}
