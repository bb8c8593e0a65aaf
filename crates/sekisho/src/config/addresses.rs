//! Section `addresses`: files that know something of addresses.
//!
//! **Invariant:** every file is named under what it is; a file that cannot be opened is a problem
//! before anything starts.

use std::path::PathBuf;

use sekisho_core::places::Label;
use sekisho_gate::AddressFiles;

use super::document::Document;

/// The keys of the lists.
const LISTS: [(&str, Label); Label::ALL.len()] = [
    ("addresses.tor", Label::Tor),
    ("addresses.vpn", Label::Vpn),
    ("addresses.hosting", Label::Hosting),
    ("addresses.moving", Label::Moving),
    ("addresses.allow", Label::Allow),
    ("addresses.deny", Label::Deny),
];

/// Reads the section.
pub(super) fn read(document: &mut Document<'_>) -> AddressFiles {
    let maps = document.or("addresses.files", Vec::new());
    let mut lists = Vec::new();
    for (key, label) in LISTS {
        let files: Vec<PathBuf> = document.or(key, Vec::new());
        lists.extend(files.into_iter().map(|file| (label, file)));
    }
    let indicators = document.or("addresses.indicators", Vec::new());
    AddressFiles {
        maps,
        lists,
        indicators,
    }
}

/// The key that names each file, with the file.
pub(super) fn named(files: &AddressFiles) -> impl Iterator<Item = (&'static str, &PathBuf)> {
    let maps = files.maps.iter().map(|file| ("addresses.files", file));
    let key = |label: Label| {
        let found = LISTS.iter().find(|(_, known)| *known == label);
        found.map_or("addresses.files", |(key, _)| key)
    };
    let lists = files.lists.iter();
    let lists = lists.map(move |(label, file)| (key(*label), file));
    let indicators = files.indicators.iter();
    let indicators = indicators.map(|file| ("addresses.indicators", file));
    maps.chain(lists).chain(indicators)
}
