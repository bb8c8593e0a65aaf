//! An address file in MaxMind's format (version 2.0 of its specification) of the ranges that the
//! world lives in, so that the installation knows country and network operator of an address as one
//! with a bought file would.
//!
//! The tree is one for IPv6; IPv4 lies below `::/96`.
//!
//! **Invariant:** what the file says of an address is what the world says of its range, and nothing
//! of addresses outside.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use sekisho_world::Network;

/// The file's name in the folder.
pub const NAME: &str = "places.mmdb";

/// Zeros between tree and data.
const GAP: usize = 16;
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// Where a branch of the tree leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    Nothing,
    Node(usize),
    /// Offset in the data.
    Data(usize),
}

/// The file for `networks`; `built` in seconds since the epoch.
///
/// # Errors
/// When two ranges of different operators overlap or the tree is too large.
pub fn write(networks: &[Network], built: u64) -> anyhow::Result<Vec<u8>> {
    let mut nodes = vec![[Branch::Nothing; 2]];
    let mut data = Vec::new();
    // Ranges of one operator share an entry.
    let mut entries = BTreeMap::new();
    for network in networks {
        let place = *entries
            .entry((network.number, network.country))
            .or_insert_with(|| {
                let place = data.len();
                data.extend(entry(network));
                place
            });
        let four = u128::from(u32::from(network.first));
        insert(&mut nodes, four, 96 + network.length, place)?;
        if let Some((six, length)) = network.six {
            insert(&mut nodes, u128::from(six), length, place)?;
        }
    }
    let mut file = Vec::new();
    for branch in nodes.iter().flatten() {
        let record = match *branch {
            Branch::Nothing => nodes.len(),
            Branch::Node(node) => node,
            Branch::Data(place) => nodes.len() + GAP + place,
        };
        file.extend(u32::try_from(record)?.to_be_bytes());
    }
    file.extend([0; GAP]);
    file.extend(data);
    file.extend(MARKER);
    file.extend(metadata(u32::try_from(nodes.len())?, built));
    Ok(file)
}

/// Puts the range of the first `length` bits of `bits` into the tree.
fn insert(
    nodes: &mut Vec<[Branch; 2]>,
    bits: u128,
    length: u8,
    place: usize,
) -> anyhow::Result<()> {
    let mut node = 0;
    for depth in 0..length {
        let side = usize::from(bits >> (127 - depth) & 1 == 1);
        if depth + 1 == length {
            let before = nodes[node][side];
            let fits = matches!(before, Branch::Nothing) || before == Branch::Data(place);
            ensure!(fits, "two ranges of the world overlap");
            nodes[node][side] = Branch::Data(place);
            return Ok(());
        }
        node = match nodes[node][side] {
            Branch::Node(next) => next,
            Branch::Nothing => {
                nodes.push([Branch::Nothing; 2]);
                nodes[node][side] = Branch::Node(nodes.len() - 1);
                nodes.len() - 1
            }
            Branch::Data(_) => None.context("two ranges of the world overlap")?,
        };
    }
    Ok(())
}

/// A control byte: type (1 to 7) and size (below 29).
fn control(kind: u8, size: usize) -> u8 {
    kind << 5 | u8::try_from(size.min(28)).unwrap_or(28)
}

fn text(text: &str) -> Vec<u8> {
    let text = text.as_bytes();
    let text = &text[..text.len().min(28)];
    [&[control(2, text.len())], text].concat()
}

fn number(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[control(kind, bytes.len())], bytes].concat()
}

fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![control(7, members.len())];
    for (name, value) in members {
        // Names are longer than a control byte can say: 29 means "29 and the next byte".
        match u8::try_from(name.len()) {
            Ok(length @ 29..) => bytes.extend([2 << 5 | 29, length - 29]),
            _ => bytes.push(control(2, name.len())),
        }
        bytes.extend(name.as_bytes());
        bytes.extend(value);
    }
    bytes
}

fn entry(network: &Network) -> Vec<u8> {
    let country = map(&[("iso_code", text(network.country.letters()))]);
    map(&[
        (
            "autonomous_system_number",
            number(6, &network.number.to_be_bytes()),
        ),
        ("country", country),
    ])
}

fn metadata(nodes: u32, built: u64) -> Vec<u8> {
    let short = |value: u16| number(5, &value.to_be_bytes());
    // Types above 7 are written as 0, with the type less 7 in the next byte.
    let epoch = [&[8, 9 - 7], &built.to_be_bytes()[..]].concat();
    let no_languages = vec![0, 11 - 7];
    map(&[
        ("binary_format_major_version", short(2)),
        ("binary_format_minor_version", short(0)),
        ("build_epoch", epoch),
        ("database_type", text("Sekisho-Demo")),
        (
            "description",
            map(&[("en", text("the ranges of the world"))]),
        ),
        ("ip_version", short(6)),
        ("languages", no_languages),
        ("node_count", number(6, &nodes.to_be_bytes())),
        ("record_size", short(32)),
    ])
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use sekisho_core::moment::Moment;
    use sekisho_gate::{AddressFiles, Places};
    use sekisho_world::{World, WorldConfig};

    #[test]
    fn every_access_is_placed_as_the_world_says() {
        let world = World::new(WorldConfig::new(5, 400, 1_759_244_400_000_000)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        std::fs::write(&path, write(world.networks(), 1_759_244_400).unwrap()).unwrap();
        let places = Places::open(&AddressFiles::maps([path])).unwrap();
        let places = places.at(Moment(0));
        let mut six = 0;
        for access in world.accesses() {
            let place = places.of(access.address);
            let country = place.country.map(|country| country.code().to_owned());
            assert_eq!(place.system, Some(access.network), "{}", access.address);
            assert_eq!(country.as_deref(), Some(access.country.letters()));
            six += u32::from(access.address.is_ipv6());
        }
        assert!(six > 0);
        for outside in ["127.0.0.1", "192.0.2.1", "2001:db8::1", "::1"] {
            let place = places.of(outside.parse::<IpAddr>().unwrap());
            assert_eq!(place, sekisho_core::context::Place::default(), "{outside}");
        }
    }
}
