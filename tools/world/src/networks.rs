//! Where accesses come from: real address ranges with their AS number, country and use.
//!
//! The table is `data/networks.tsv`; its last column says how each row is known.
//!
//! **Invariant:** every address that the world hands out lies inside a prefix of the table, and is
//! reported with that row's AS number and country.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::WorldFault;
use crate::dice::{Dice, finalize};
use crate::table::Table;

const TABLE: Table = Table {
    name: "networks.tsv",
    text: include_str!("../data/networks.tsv"),
};

/// What a network is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NetworkKind {
    /// A home line with an address of its own, for months at a time.
    Fixed,
    /// A home line behind MAP-E or DS-Lite: strangers share its IPv4 address.
    SharedFixed,
    /// A phone network behind carrier-grade NAT: hundreds share an address.
    Mobile,
    /// A company's line: colleagues share an address.
    Office,
    /// A service that signs in for its users: thousands share a few addresses.
    Aggregator,
    /// Wireless on board of a plane.
    InFlight,
    /// Homes, hotels and phones outside Japan.
    Abroad,
    /// Home lines outside Japan that attackers rent as proxies.
    Proxy,
    /// Rented servers.
    Hosting,
    /// Exits of VPN providers.
    Vpn,
}

impl NetworkKind {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Fixed, "fixed"),
        (Self::SharedFixed, "shared_fixed"),
        (Self::Mobile, "mobile"),
        (Self::Office, "office"),
        (Self::Aggregator, "aggregator"),
        (Self::InFlight, "in_flight"),
        (Self::Abroad, "abroad"),
        (Self::Proxy, "proxy"),
        (Self::Hosting, "hosting"),
        (Self::Vpn, "vpn"),
    ];
}

/// An ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country(pub [u8; 2]);

impl Country {
    /// Japan.
    pub const JAPAN: Self = Self(*b"JP");

    pub(crate) fn is_japan(self) -> bool {
        self == Self::JAPAN
    }

    /// The two letters.
    pub fn letters(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("??")
    }
}

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Network {
    /// Autonomous system number.
    pub number: u32,
    /// Who holds the range, in words.
    pub holder: &'static str,
    /// What it is used for.
    pub kind: NetworkKind,
    /// Where it is used.
    pub country: Country,
    /// First address of the IPv4 prefix.
    pub first: Ipv4Addr,
    /// Length of the IPv4 prefix.
    pub length: u8,
    /// First address and length of the IPv6 prefix, for home lines that have one.
    pub six: Option<(Ipv6Addr, u8)>,
    /// How the row is known; the codes are explained at the head of the table.
    pub source: &'static str,
    weight: u32,
}

impl Network {
    /// Addresses in the IPv4 prefix.
    pub fn size(&self) -> u32 {
        1 << (32 - u32::from(self.length))
    }

    /// Whether `address` lies in one of this row's prefixes.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(four) => u32::from(four).wrapping_sub(u32::from(self.first)) < self.size(),
            IpAddr::V6(six) => self.six.is_some_and(|(first, length)| {
                (u128::from(six) ^ u128::from(first)) >> (128 - u32::from(length)) == 0
            }),
        }
    }

    /// The address at `offset` (modulo the size).
    pub(crate) fn at(&self, offset: u32) -> IpAddr {
        let inside = offset & (self.size() - 1);
        IpAddr::V4(Ipv4Addr::from(u32::from(self.first) | inside))
    }

    /// An address spread over the whole prefix by `key`; never a network's .0 or .255.
    pub(crate) fn scattered(&self, key: u64) -> IpAddr {
        let spread = finalize(key) as u32;
        self.at((spread & !0xff) | (1 + (spread & 0xff) % 254))
    }

    /// An IPv6 address: the line's /56 by `line`, the privacy address of the day by `host`.
    pub(crate) fn scattered_six(&self, line: u64, host: u64) -> Option<IpAddr> {
        let (first, length) = self.six?;
        let free = 56_u32.saturating_sub(u32::from(length));
        let line = u128::from(finalize(line)) & ((1 << free) - 1);
        let bits = u128::from(first) | (line << 72) | u128::from(finalize(host));
        Some(IpAddr::V6(Ipv6Addr::from(bits)))
    }
}

/// The whole table, grouped by kind.
#[derive(Debug, Clone)]
pub(crate) struct Networks {
    rows: Vec<Network>,
    /// For each kind the rows (by index) and their weights.
    groups: Vec<(NetworkKind, Vec<u16>, Vec<u32>)>,
}

impl Networks {
    pub(crate) fn load() -> Result<Self, WorldFault> {
        let mut rows = Vec::new();
        for row in TABLE.rows::<8>()? {
            let kind = NetworkKind::ALL
                .iter()
                .find(|(_, word)| *word == row.cells[2]);
            let country = row.cells[3].as_bytes().try_into();
            let (four, length) = row.cells[4].split_once('/').ok_or(row.fault("prefix"))?;
            let length: u8 = length.parse().map_err(|_| row.fault("prefix length"))?;
            let first: Ipv4Addr = four.parse().map_err(|_| row.fault("prefix"))?;
            if !(8..=24).contains(&length) || u32::from(first) << length != 0 {
                return Err(row.fault("prefix length"));
            }
            rows.push(Network {
                number: row.parse(0, "AS number")?,
                holder: row.cells[1],
                kind: kind.ok_or(row.fault("kind"))?.0,
                country: Country(country.map_err(|_| row.fault("country"))?),
                first,
                length,
                six: parse_six(row.cells[5]).map_err(|reason| row.fault(reason))?,
                source: row.cells[7],
                weight: row.parse(6, "weight")?,
            });
        }
        let groups = NetworkKind::ALL.map(|(kind, _)| group(kind, &rows)).into();
        Ok(Self { rows, groups })
    }

    pub(crate) fn all(&self) -> &[Network] {
        &self.rows
    }

    pub(crate) fn row(&self, index: u16) -> &Network {
        &self.rows[usize::from(index)]
    }

    /// The row's part of the weight of all rows of `kinds`.
    pub(crate) fn share(&self, row: &Network, kinds: &[NetworkKind]) -> f64 {
        let all: u32 = self
            .rows
            .iter()
            .filter(|r| kinds.contains(&r.kind))
            .map(|r| r.weight)
            .sum();
        f64::from(row.weight) / f64::from(all.max(1))
    }

    /// A row of one of `kinds`, by weight.
    pub(crate) fn pick(&self, dice: &mut Dice, kinds: &[NetworkKind]) -> u16 {
        self.pick_where(dice, kinds, |_| true)
    }

    /// A row of one of `kinds` that `accepts`, by weight.
    pub(crate) fn pick_where(
        &self,
        dice: &mut Dice,
        kinds: &[NetworkKind],
        accepts: impl Fn(&Network) -> bool,
    ) -> u16 {
        let fits = |index: &u16| accepts(self.row(*index));
        let groups = || {
            self.groups
                .iter()
                .filter(|(kind, _, _)| kinds.contains(kind))
        };
        let weights = || {
            groups()
                .flat_map(|(_, rows, weights)| rows.iter().zip(weights))
                .filter(|(i, _)| fits(i))
        };
        let mut left = dice.below(weights().map(|(_, w)| *w).sum());
        for (index, weight) in weights() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *index,
            }
        }
        0
    }
}

fn group(kind: NetworkKind, rows: &[Network]) -> (NetworkKind, Vec<u16>, Vec<u32>) {
    let of_kind = || rows.iter().enumerate().filter(|(_, row)| row.kind == kind);
    (
        kind,
        of_kind().map(|(i, _)| i as u16).collect(),
        of_kind().map(|(_, r)| r.weight).collect(),
    )
}

fn parse_six(cell: &str) -> Result<Option<(Ipv6Addr, u8)>, &'static str> {
    if cell == "-" {
        return Ok(None);
    }
    let (first, length) = cell.split_once('/').ok_or("IPv6 prefix")?;
    let first = first.parse().map_err(|_| "IPv6 prefix")?;
    let length: u8 = length.parse().map_err(|_| "IPv6 prefix length")?;
    if !(16..=56).contains(&length) || u128::from(first) << length != 0 {
        return Err("IPv6 prefix length");
    }
    Ok(Some((first, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_no_two_prefixes_overlap() {
        let networks = Networks::load().unwrap();
        for (index, one) in networks.all().iter().enumerate() {
            for other in &networks.all()[index + 1..] {
                assert!(
                    !one.contains(other.first.into()),
                    "{} {}",
                    one.first,
                    other.first
                );
                assert!(
                    !other.contains(one.first.into()),
                    "{} {}",
                    one.first,
                    other.first
                );
            }
        }
        for (kind, rows, _) in &networks.groups {
            assert!(!rows.is_empty(), "{kind:?} has no row");
        }
    }

    #[test]
    fn addresses_stay_inside_their_prefix() {
        let networks = Networks::load().unwrap();
        for row in networks.all() {
            for key in 0..2_000 {
                assert!(row.contains(row.scattered(key)));
                if let Some(six) = row.scattered_six(key, key * 3) {
                    assert!(row.contains(six), "{six} outside {:?}", row.six);
                }
            }
        }
    }
}
