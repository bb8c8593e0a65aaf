//! A network as people write it: `203.0.113.0/24`, `2001:db8::/32`, or one address.
//!
//! **Invariant:** both families lie in one space, IPv4 as its mapped form, and no IPv6 network
//! holds that form: whoever names networks of IPv6 names nobody on IPv4.

use std::net::IpAddr;

use crate::context::Address;

/// Where IPv4 lies: `::ffff:0:0/96` (RFC 4291 section 2.5.5.2).
const MAPPED: u128 = 0xffff_0000_0000;

/// A network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    first: u128,
    /// Bits of the whole space that are the same in all of it.
    width: u8,
}

/// Why a text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANetwork {
    /// No address before the slash, or no length after it.
    #[error("is no address and no network such as 203.0.113.0/24 or 2001:db8::/32")]
    Unreadable,
    /// `203.0.113.7/24`.
    #[error("has bits beyond its length")]
    Beyond,
    /// `::/8`.
    #[error("is a network of IPv6 that holds all of IPv4")]
    Mapped,
}

impl Network {
    /// Reads an address, or a network by its first address and its length.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NotANetwork> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().map_err(|_| NotANetwork::Unreadable)?;
        let (offset, most) = if written.is_ipv4() {
            (96, 32)
        } else {
            (0, 128)
        };
        let length = match length {
            None => most,
            Some(text) if text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit()) => text
                .parse()
                .ok()
                .filter(|length| *length <= most)
                .ok_or(NotANetwork::Unreadable)?,
            Some(_) => return Err(NotANetwork::Unreadable),
        };
        let (first, width) = (number(Address::from(written)), offset + length);
        let network = Self { first, width };
        if first & !network.mask() != 0 {
            return Err(NotANetwork::Beyond);
        }
        if width < 96 && network.holds_number(MAPPED) {
            return Err(NotANetwork::Mapped);
        }
        Ok(network)
    }

    /// The network of one address.
    #[must_use]
    pub fn of(address: Address) -> Self {
        Self {
            first: number(address),
            width: 128,
        }
    }

    fn mask(&self) -> u128 {
        let free = 128 - u32::from(self.width);
        u128::MAX.checked_shl(free).unwrap_or(0)
    }

    fn holds_number(&self, number: u128) -> bool {
        number & self.mask() == self.first
    }

    /// Whether `address` lies in it.
    #[must_use]
    pub fn holds(&self, address: Address) -> bool {
        self.holds_number(number(address))
    }

    /// First and last address as numbers.
    #[must_use]
    pub fn span(&self) -> (u128, u128) {
        (self.first, self.first | !self.mask())
    }

    /// Whether it is of IPv4.
    #[must_use]
    pub fn is_four(&self) -> bool {
        self.width >= 96 && self.first >> 32 == MAPPED >> 32
    }

    /// The length as it is written: up to 32 or up to 128.
    #[must_use]
    pub fn length(&self) -> u8 {
        if self.is_four() {
            self.width - 96
        } else {
            self.width
        }
    }

    /// The first address.
    #[must_use]
    pub fn first(&self) -> Address {
        Address::from_bytes(self.first.to_be_bytes())
    }

    /// Of all addresses of both families, the bits that are the same.
    pub(super) const fn width(&self) -> u8 {
        self.width
    }

    /// Every address, where there are at most `most`.
    #[must_use]
    pub fn addresses(&self, most: u128) -> Option<Vec<Address>> {
        let (first, last) = self.span();
        let few = last - first < most;
        few.then(|| {
            let all = first..=last;
            all.map(|one| Address::from_bytes(one.to_be_bytes()))
                .collect()
        })
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = self.first();
        match self.width {
            128 => write!(f, "{first}"),
            _ => write!(f, "{first}/{}", self.length()),
        }
    }
}

/// An address as a number in the space of both families.
pub(super) fn number(address: Address) -> u128 {
    u128::from_be_bytes(address.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::from(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn networks_are_read_as_they_are_written() {
        for text in [
            "203.0.113.0/24",
            "203.0.113.7",
            "10.0.0.0/8",
            "2001:db8::/32",
            "2001:db8::1",
            "0.0.0.0/0",
        ] {
            assert_eq!(Network::parse(text).unwrap().to_string(), text);
        }
        let mapped = Network::parse("::ffff:203.0.113.0/120").unwrap();
        assert_eq!(mapped.to_string(), "203.0.113.0/24");
        assert!(
            Network::parse("203.0.113.0/24")
                .unwrap()
                .holds(address("203.0.113.255"))
        );
        assert!(
            !Network::parse("203.0.113.0/24")
                .unwrap()
                .holds(address("203.0.114.0"))
        );
    }

    #[test]
    fn what_is_none_is_refused() {
        use NotANetwork::{Beyond, Mapped, Unreadable};
        for (text, why) in [
            ("203.0.113.7/24", Beyond),
            ("2001:db8::1/32", Beyond),
            ("::/0", Mapped),
            ("::/80", Mapped),
            ("203.0.113.0/33", Unreadable),
            ("203.0.113.0/+8", Unreadable),
            ("203.0.113.0/", Unreadable),
            ("203.0.113", Unreadable),
            ("203.0.113.0/24/8", Unreadable),
            ("", Unreadable),
            ("example.jp", Unreadable),
        ] {
            assert_eq!(Network::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_small_network_can_be_counted_out() {
        let all = Network::parse("203.0.113.8/30").unwrap().addresses(128);
        assert_eq!(all.unwrap().len(), 4);
        assert_eq!(Network::parse("10.0.0.0/8").unwrap().addresses(128), None);
        let whole = Network::parse("1::/16").unwrap();
        assert_eq!(whole.addresses(u128::MAX >> 20), None);
    }
}
