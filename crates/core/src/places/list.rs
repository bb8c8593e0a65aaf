//! A list of networks as text: one network, address or, in lists of somebody else's, network
//! operator (`AS64496`) a line; what follows `#` is a comment.
//!
//! **Invariant:** a list with a line that is none of these is refused as a whole with the number of
//! that line, so that half a list never stands for the whole; and no line is so wide that a slip
//! names a continent.

use super::listed::Label;
use super::network::{Network, NotANetwork};
use super::ranges::Ranges;
use crate::context::Address;

/// Most bytes of a list. The largest in public use have less than a tenth.
pub const MOST_LIST_BYTES: usize = 32 << 20;
/// Most lines of a list that name something.
pub const MOST_RANGES: usize = 1_000_000;

/// A list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    ranges: Ranges,
    systems: Vec<u32>,
}

/// Why a text is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// A line that cannot be read.
    #[error("line {line} {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: NotANetwork,
    },
    /// An operator's number where only networks are taken.
    #[error("line {line} names a network operator, and a list of your own names networks")]
    Operator {
        /// Counted from 1.
        line: usize,
    },
    /// Too wide.
    #[error("line {line} is wider than /{four} (IPv4) or /{six} (IPv6), so it looks like a slip")]
    Wide {
        /// Counted from 1.
        line: usize,
        /// Shortest length of IPv4.
        four: u8,
        /// Shortest length of IPv6.
        six: u8,
    },
    /// Too many lines.
    #[error("line {line} is one too many: {MOST_RANGES} networks at most")]
    Many {
        /// Counted from 1.
        line: usize,
    },
    /// Too many bytes.
    #[error("it has more than 32 MiB")]
    Long,
    /// Bytes that are no text.
    #[error("line {line} is no text")]
    NoText {
        /// Counted from 1.
        line: usize,
    },
}

/// The shortest lengths that a label may have, of IPv4 and of IPv6: what a registry gives to one
/// organisation at most, and for a list that refuses what one customer of a carrier is given.
#[must_use]
pub const fn shortest(label: Label) -> (u8, u8) {
    match label {
        Label::Deny => (16, 32),
        _ => (8, 16),
    }
}

impl List {
    /// Reads a list.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(bytes: &[u8], label: Label) -> Result<Self, ListFault> {
        if bytes.len() > MOST_LIST_BYTES {
            return Err(ListFault::Long);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (mut networks, mut systems) = (Vec::new(), Vec::new());
        for (line, bytes) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            let named = bytes.split(|byte| *byte == b'#').next().unwrap_or_default();
            let named = std::str::from_utf8(named).map_err(|_| ListFault::NoText { line })?;
            let named = named.trim();
            if named.is_empty() {
                continue;
            }
            match system(named) {
                Some(_) if label.is_own() => return Err(ListFault::Operator { line }),
                Some(number) => systems.push(number),
                None => networks.push(network(named, line, label)?),
            }
            if networks.len() + systems.len() > MOST_RANGES {
                return Err(ListFault::Many { line });
            }
        }
        systems.sort_unstable();
        systems.dedup();
        Ok(Self {
            ranges: Ranges::of(networks),
            systems,
        })
    }

    /// Whether it names the address, or the operator of its network.
    #[must_use]
    pub fn names(&self, address: Address, system: Option<u32>) -> bool {
        let named = |number: u32| self.systems.binary_search(&number).is_ok();
        self.ranges.hold(address) || system.is_some_and(named)
    }

    /// How many ranges and operators it has.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.ranges.count() + self.systems.len()
    }
}

/// `AS64496`.
fn system(text: &str) -> Option<u32> {
    let (letters, digits) = text.split_at_checked(2)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    (letters.eq_ignore_ascii_case("as") && plain)
        .then(|| digits.parse().ok())
        .flatten()
}

fn network(text: &str, line: usize, label: Label) -> Result<Network, ListFault> {
    let network = Network::parse(text).map_err(|why| ListFault::Line { line, why })?;
    let (four, six) = shortest(label);
    let least = if network.is_four() { four } else { six };
    match network.length() >= least {
        true => Ok(network),
        false => Err(ListFault::Wide { line, four, six }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Address {
        Address::from(text.parse::<std::net::IpAddr>().unwrap())
    }

    #[test]
    fn a_list_has_networks_addresses_operators_and_comments() {
        let text = "\u{feff}# exits\r\n198.51.100.0/25 # all\r\n2001:db8::1\r\n\r\nas64496\n";
        let list = List::parse(text.as_bytes(), Label::Hosting).unwrap();
        assert_eq!(list.count(), 3);
        assert!(list.names(of("198.51.100.127"), None));
        assert!(list.names(of("2001:db8::1"), None));
        assert!(!list.names(of("198.51.100.128"), Some(64_497)));
        assert!(list.names(of("198.51.100.128"), Some(64_496)));
        assert_eq!(List::parse(b"", Label::Tor).unwrap().count(), 0);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let wrong = |text: &[u8], label| List::parse(text, label).unwrap_err().to_string();
        assert_eq!(
            wrong(b"198.51.100.0/24\nexample.jp\n", Label::Tor),
            "line 2 is no address and no network such as 203.0.113.0/24 or 2001:db8::/32"
        );
        assert_eq!(wrong(b"\n\xff\n", Label::Tor), "line 2 is no text");
        let wide = wrong(b"10.0.0.0/15", Label::Deny);
        assert!(wide.starts_with("line 1 is wider than /16"), "{wide}");
        assert!(List::parse(b"10.0.0.0/15", Label::Tor).is_ok());
        assert!(List::parse(b"0.0.0.0/0", Label::Hosting).is_err());
        assert!(List::parse(b"2000::/3", Label::Hosting).is_err());
        let own = wrong(b"AS64496", Label::Allow);
        assert!(own.contains("names a network operator"), "{own}");
        assert!(List::parse(b"AS99999999999", Label::Vpn).is_err());
    }

    #[test]
    fn a_list_is_bounded() {
        let many = "1.1.1.1\n".repeat(MOST_RANGES + 1);
        let line = MOST_RANGES + 1;
        let found = List::parse(many.as_bytes(), Label::Tor);
        assert_eq!(found, Err(ListFault::Many { line }));
        let long = vec![b'#'; MOST_LIST_BYTES + 1];
        assert_eq!(List::parse(&long, Label::Tor), Err(ListFault::Long));
    }
}
