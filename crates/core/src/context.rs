//! Where an attempt comes from: address, network, client, device.
//!
//! **Invariant:** everything here was read by a trusted edge (our own listener, or an application
//! with a credential); what a customer's browser merely says about its address never gets in.

use std::net::{IpAddr, Ipv6Addr};

use serde::Serialize;

use crate::client_family::ClientFamily;
use crate::id::DeviceId;
use crate::places::{Circle, Listed};

/// An address; IPv4 is kept as its IPv4-mapped IPv6 form (RFC 4291 section 2.5.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; 16]);

impl Address {
    /// From sixteen bytes as stored.
    #[must_use]
    pub const fn from_bytes(raw: [u8; 16]) -> Self {
        Self(raw)
    }

    /// The sixteen bytes.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 16] {
        self.0
    }

    /// The ordinary form.
    #[must_use]
    pub fn ip(&self) -> IpAddr {
        Ipv6Addr::from(self.0).to_canonical()
    }

    /// The /24 (IPv4) or /48 (IPv6) network: the usual size of one line or one site.
    #[must_use]
    pub fn network(&self) -> [u8; 16] {
        let mut masked = self.0;
        let kept = if self.ip().is_ipv4() { 15 } else { 6 };
        masked[kept..].fill(0);
        masked
    }

    /// What failures are counted by: the address (IPv4) or its /64 (IPv6), within which one host
    /// takes any address it likes (RFC 4291 section 2.5.4, RFC 8981).
    #[must_use]
    pub fn counted(&self) -> Self {
        let mut masked = self.0;
        if self.ip().is_ipv6() {
            masked[8..].fill(0);
        }
        Self(masked)
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(v4) => Self(v4.to_ipv6_mapped().octets()),
            IpAddr::V6(v6) => Self(v6.octets()),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.ip().fmt(f)
    }
}

impl Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the operator's files say of an address. `None` everywhere means unknown, never "harmless".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Autonomous system number.
    pub system: Option<u32>,
    /// ISO 3166-1 alpha-2 country.
    pub country: Option<Country>,
    /// Where it is thought to be.
    #[serde(skip)]
    pub circle: Option<Circle>,
    /// Whether files agree where it is.
    #[serde(skip)]
    pub accord: Accord,
    /// On which lists it stands.
    #[serde(skip)]
    pub listed: Listed,
}

/// Whether files agree where an address is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accord {
    /// They do, or fewer than two say anything.
    #[default]
    One,
    /// They do not: its place is not known.
    Torn,
}

/// ISO 3166-1 alpha-2 country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(pub [u8; 2]);

impl Country {
    /// Reads two capital letters.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 2] = code.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(letters))
    }

    /// The two letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Whose the browser is, as its visitor says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Terminal {
    /// The visitor's own.
    #[default]
    Own,
    /// Others use it too: it is not remembered, and its place does not become the customer's.
    Shared,
}

/// Where an attempt comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The address of the customer's line. `None` when an application did not say.
    pub address: Option<Address>,
    /// What the address file says of it.
    pub place: Place,
    /// The program family.
    pub client: Option<ClientFamily>,
    /// The device, if its token was recognised.
    pub device: Option<DeviceId>,
    /// Whose the browser is.
    pub terminal: Terminal,
}

impl Context {
    /// The network of the address: `203.0.113.0/24`.
    #[must_use]
    pub fn network_text(&self) -> Option<String> {
        self.address.map(|address| {
            let width = if address.ip().is_ipv4() { 24 } else { 48 };
            format!("{}/{width}", Address::from_bytes(address.network()))
        })
    }

    /// The place as a notice or the login history names it: network (not the whole address) and
    /// program.
    #[must_use]
    pub fn describe(&self) -> String {
        let client = self.client.map(|client| client.to_string());
        [self.network_text(), client]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_a_24_or_a_48() {
        let v4 = Address::from("203.0.113.77".parse::<IpAddr>().unwrap());
        assert_eq!(Address::from_bytes(v4.network()).to_string(), "203.0.113.0");
        let v6 = Address::from("2001:db8:1:2:3::4".parse::<IpAddr>().unwrap());
        assert_eq!(
            Address::from_bytes(v6.network()).to_string(),
            "2001:db8:1::"
        );
    }
}
