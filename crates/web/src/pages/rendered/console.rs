//! The console's pages, which are held to the same.
//!
//! **Invariant:** nothing is said of them here.

use super::{Sample, World, prompt};
use crate::console::rendered::Filling;

impl World {
    pub(super) fn console(&self) -> Vec<Sample> {
        let brand = self.brand();
        let filling = Filling {
            locale: self.locale,
            brand: &brand,
            text: &self.text,
            prompt: prompt(),
        };
        let pages = filling.pages().into_iter();
        let sample = |(name, erring, html)| Sample { name, erring, html };
        pages.map(sample).collect()
    }
}
