//! The client's address: who is really at the other end, also behind proxies that the operator
//! trusts.
//!
//! **Invariant:** a header changes the address only when the peer that sent it is a trusted proxy.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

/// The usual header of proxies; it has no standard.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Most hops that are looked at, from the right. A longer chain is not of our proxies' making.
const MOST_HOPS: usize = 16;

/// The other end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// A network in CIDR notation, such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

/// Why a text is not a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a network such as 10.0.0.0/8 or 2001:db8::/32 without bits after its prefix")]
pub struct NotANetwork(String);

impl Network {
    /// Whether `address` lies in the network. IPv4 and its IPv4-mapped IPv6 form are one.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => same_prefix(
                first.to_bits(),
                address.to_bits(),
                32 - u32::from(self.prefix),
            ),
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let shift = 128 - u32::from(self.prefix);
                first.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

fn same_prefix(first: u32, address: u32, shift: u32) -> bool {
    first.checked_shr(shift) == address.checked_shr(shift)
}

impl std::str::FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let fault = || NotANetwork(text.chars().take(60).collect());
        let (address, prefix) = text
            .split_once('/')
            .map_or((text, None), |(a, p)| (a, Some(p)));
        let first: IpAddr = address.parse().map_err(|_| fault())?;
        if first.to_canonical() != first {
            return Err(fault());
        }
        let widest = if first.is_ipv4() { 32 } else { 128 };
        let prefix: u8 = match prefix {
            None => widest,
            Some(digits) => digits.parse().map_err(|_| fault())?,
        };
        let rest = match first {
            IpAddr::V4(v4) => v4.to_bits().checked_shl(prefix.into()).unwrap_or(0) != 0,
            IpAddr::V6(v6) => v6.to_bits().checked_shl(prefix.into()).unwrap_or(0) != 0,
        };
        if prefix > widest || rest {
            return Err(fault());
        }
        Ok(Self { first, prefix })
    }
}

/// Networks of the operator's choosing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// This machine alone.
    #[must_use]
    pub fn loopback() -> Self {
        let v4 = IpAddr::from([127, 0, 0, 0]);
        let v6 = IpAddr::from(std::net::Ipv6Addr::LOCALHOST);
        Self(vec![
            Network {
                first: v4,
                prefix: 8,
            },
            Network {
                first: v6,
                prefix: 128,
            },
        ])
    }

    /// Whether one of them contains `address`.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromIterator<Network> for Networks {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

/// The client's address: the peer, or when that is a trusted proxy the right-most address it
/// reports that is not a trusted proxy itself. Only `X-Forwarded-For` is read: most proxies pass a
/// `Forwarded` header (RFC 7239) through as it came, so to believe both is to believe the visitor.
/// A hop that is not an address ends the search at the last one that was.
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &Networks) -> IpAddr {
    let mut client = peer.to_canonical();
    for hop in plain_hops(headers).into_iter().rev().take(MOST_HOPS) {
        if !trusted.contain(client) {
            break;
        }
        match hop {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// The hops of every `X-Forwarded-For` header, left to right; `None` for what is no address.
fn plain_hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let mut hops = Vec::new();
    for value in headers.get_all(X_FORWARDED_FOR) {
        match value.to_str() {
            Ok(text) => hops.extend(text.split(',').map(|hop| node(hop.trim()))),
            Err(_) => hops.push(None),
        }
    }
    hops
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare
        .unwrap_or(text)
        .parse()
        .or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn trusted() -> Networks {
        ["10.0.0.0/8", "2001:db8:ffff::/48"]
            .iter()
            .map(|text| text.parse::<Network>().unwrap())
            .collect()
    }

    fn seen(peer: &str, lines: &[(&str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        client_address(peer.parse().unwrap(), &headers, &trusted()).to_string()
    }

    #[test]
    fn a_stranger_who_claims_to_be_somebody_else_stays_who_he_is() {
        for claim in [
            ("x-forwarded-for", "198.51.100.7"),
            ("x-forwarded-for", "10.0.0.1"),
            ("forwarded", "for=198.51.100.7"),
        ] {
            assert_eq!(seen("203.0.113.9", &[claim]), "203.0.113.9", "{claim:?}");
            assert_eq!(seen("::ffff:203.0.113.9", &[claim]), "203.0.113.9");
            assert_eq!(seen("2001:db8::9", &[claim]), "2001:db8::9");
        }
    }

    #[test]
    fn the_rightmost_untrusted_hop_counts_and_what_stands_left_of_it_does_not() {
        for (lines, expected) in [
            (&[("x-forwarded-for", "198.51.100.7")][..], "198.51.100.7"),
            (
                &[("x-forwarded-for", "1.2.3.4, 198.51.100.7")],
                "198.51.100.7",
            ),
            (
                &[("x-forwarded-for", "198.51.100.7, 10.2.0.1")],
                "198.51.100.7",
            ),
            (
                &[
                    ("x-forwarded-for", "1.2.3.4"),
                    ("x-forwarded-for", "198.51.100.7"),
                ],
                "198.51.100.7",
            ),
            (
                &[
                    ("x-forwarded-for", "198.51.100.7"),
                    ("x-forwarded-for", "10.9.9.9"),
                ],
                "198.51.100.7",
            ),
            (&[("x-forwarded-for", "10.1.1.1, 10.2.0.1")], "10.1.1.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(seen("10.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn ports_brackets_and_quotes_are_read() {
        for (name, value, expected) in [
            ("x-forwarded-for", "198.51.100.7:4711", "198.51.100.7"),
            ("x-forwarded-for", "2001:db8::7", "2001:db8::7"),
            ("x-forwarded-for", "[2001:db8::7]", "2001:db8::7"),
            ("x-forwarded-for", "[2001:db8::7]:4711", "2001:db8::7"),
            ("x-forwarded-for", "::ffff:198.51.100.7", "198.51.100.7"),
        ] {
            assert_eq!(seen("10.0.0.1", &[(name, value)]), expected, "{value}");
        }
    }

    #[test]
    fn garbage_ends_the_search_at_the_last_hop_that_was_an_address() {
        for (name, value) in [
            ("x-forwarded-for", "198.51.100.7, unknown"),
            ("x-forwarded-for", "198.51.100.7, "),
            ("x-forwarded-for", "198.51.100.7, 999.1.1.1"),
            ("x-forwarded-for", "198.51.100.7, \u{e9}"),
        ] {
            assert_eq!(seen("10.0.0.1", &[(name, value)]), "10.0.0.1", "{value}");
        }
        // A proxy appends to the one header and passes the other through as the visitor wrote it.
        let both = [
            ("forwarded", "for=192.0.2.1"),
            ("x-forwarded-for", "198.51.100.7"),
        ];
        assert_eq!(seen("10.0.0.1", &both), "198.51.100.7");
    }

    #[test]
    fn networks_are_read_strictly() {
        for good in [
            "0.0.0.0/0",
            "::/0",
            "192.0.2.1",
            "2001:db8::/32",
            "10.0.0.0/8",
        ] {
            assert!(good.parse::<Network>().is_ok(), "{good}");
        }
        for bad in [
            "10.0.0.1/8",
            "10.0.0.0/33",
            "::/129",
            "::ffff:10.0.0.0/104",
            "",
            "x/8",
            "1/",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("198.51.100.7".parse().unwrap()));
        assert!(!all.contains("2001:db8::1".parse().unwrap()));
        assert!(Networks::loopback().contain("::1".parse().unwrap()));
        assert!(!Networks::loopback().contain("128.0.0.1".parse().unwrap()));
    }
}
