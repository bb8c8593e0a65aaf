//! The page of what went wrong.
//!
//! **Invariant:** it is rendered for everything that can.

use super::{Sample, World, erring};
use crate::pages::trouble::{Trouble, TroublePage};

impl World {
    pub(super) fn troubles(&self) -> Vec<Sample> {
        [
            Trouble::Away,
            Trouble::Busy { seconds: 3 },
            Trouble::Expired,
            Trouble::Forged,
            Trouble::Internal,
            Trouble::Large,
            Trouble::Malformed,
            Trouble::Many,
            Trouble::Method,
            Trouble::Misdirected,
            Trouble::NotFound,
            Trouble::Role,
        ]
        .map(|trouble| {
            let request = Some(self.text.clone());
            let page = TroublePage::framed(self.frame("/x"), trouble, request);
            erring("trouble", &page)
        })
        .into()
    }
}
