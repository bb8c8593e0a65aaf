//! Section `webhook`: how applications are told what becomes of their operations.
//!
//! **Invariant:** nothing travels in clear unless the section says so, and then to this machine
//! alone.

use std::path::PathBuf;

use sekisho_gate::Clear;

use super::document::Document;
use super::setting::HookClear;

/// Section `webhook`.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Certificates that those of the receivers must come from, in the place of the public ones.
    pub authorities: Option<PathBuf>,
    clear: HookClear,
}

impl Webhook {
    /// What may be told in clear.
    #[must_use]
    pub const fn clear(&self) -> Clear {
        match self.clear {
            HookClear::DangerLoopback => Clear::DangerLoopback,
            HookClear::Never => Clear::Never,
        }
    }
}

pub(super) fn read(document: &mut Document<'_>) -> Webhook {
    Webhook {
        authorities: document.optional("webhook.authorities"),
        clear: document.or("webhook.clear", HookClear::Never),
    }
}
