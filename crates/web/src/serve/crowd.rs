//! How many connections each address has.
//!
//! **Invariant:** an address is in the table as long as it has a connection, so the table is no
//! larger than the number of places.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::client::Networks;

/// The connections that are open, by address.
#[derive(Debug)]
pub(super) struct Crowd {
    most: usize,
    trusted: Networks,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Crowd {
    /// At most `most` for each address outside of `trusted`.
    pub(super) fn new(most: usize, trusted: Networks) -> Self {
        Self {
            most,
            trusted,
            open: Mutex::default(),
        }
    }

    /// Counts one more connection from `peer`, or refuses it.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr) -> Option<Entered> {
        let peer = peer.to_canonical();
        if self.trusted.contain(peer) {
            return Some(Entered(None));
        }
        let line = line(peer);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(line).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Entered(Some((Arc::clone(self), line))))
    }
}

/// What is counted as one address: IPv4 whole, IPv6 by its /64, within which a host takes any
/// address it likes (RFC 8981).
fn line(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

/// A connection that is counted until this is dropped.
#[derive(Debug)]
pub(super) struct Entered(Option<(Arc<Crowd>, IpAddr)>);

impl Drop for Entered {
    fn drop(&mut self) {
        let Some((crowd, line)) = self.0.take() else {
            return;
        };
        let mut open = crowd.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = open.entry(line) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd() -> Arc<Crowd> {
        let trusted = ["10.0.0.0/8"].map(|text| text.parse().unwrap());
        Arc::new(Crowd::new(2, trusted.into_iter().collect()))
    }

    #[test]
    fn who_has_enough_is_refused_until_one_leaves() {
        let crowd = crowd();
        let [one, other] = ["203.0.113.7", "203.0.113.8"].map(|text| text.parse().unwrap());
        let first = crowd.enter(one).unwrap();
        let second = crowd.enter(one).unwrap();
        assert!(crowd.enter(one).is_none());
        let mapped = "::ffff:203.0.113.7".parse().unwrap();
        assert!(crowd.enter(mapped).is_none(), "the same address");
        let third = crowd.enter(other);
        assert!(third.is_some(), "nobody else is kept out");
        drop(first);
        let again = crowd.enter(one).unwrap();
        drop((second, again, third));
        assert!(crowd.open.lock().unwrap().is_empty());
    }

    #[test]
    fn a_line_of_ipv6_is_one_address() {
        let crowd = crowd();
        let at = |text: &str| crowd.enter(text.parse().unwrap());
        let _two = (at("2001:db8:0:1::1"), at("2001:db8:0:1:ffff::2"));
        assert!(at("2001:db8:0:1::3").is_none());
        assert!(at("2001:db8:0:2::1").is_some());
    }

    #[test]
    fn a_trusted_proxy_is_not_counted() {
        let crowd = crowd();
        let proxy = "10.1.2.3".parse().unwrap();
        let all: Vec<_> = (0..9).map(|_| crowd.enter(proxy)).collect();
        assert!(all.iter().all(Option::is_some));
    }
}
