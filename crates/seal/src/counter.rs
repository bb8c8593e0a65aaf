//! Names of guessing counters.
//!
//! A counter belongs to a factor and an account, or a login nobody has; whoever reads the table of
//! counters must not learn which. So its key is a keyed hash, cut to 16 bytes.
//!
//! Counters live for minutes to hours, so they are not looked for under former keys: a rotation
//! starts them anew, once.
//!
//! **Invariant:** the same factor and account always count on the same counter, and no two pairs
//! share one.

use sekisho_core::bytes::CounterKey;

use crate::mac::MacKeys;
use crate::{Fault, KeyRing, Purpose};

/// Makes the keys of counters.
#[derive(Debug)]
pub struct CounterKeys(MacKeys);

impl CounterKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        MacKeys::new(ring, Purpose::Counter).map(Self)
    }

    /// The counter of `factor` (such as `password`) for `account`: the bytes of a customer's id, or
    /// a normalised login where there is none. `device` sets the counter of a bound device apart.
    #[must_use]
    pub fn key(&self, factor: &str, account: &[u8], device: Option<&[u8]>) -> CounterKey {
        let tag = match device {
            Some(device) => self.0.tag(&[factor.as_bytes(), account, device]),
            None => self.0.tag(&[factor.as_bytes(), account]),
        };
        let mut key = [0; 16];
        key.copy_from_slice(&tag[..16]);
        CounterKey(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    #[test]
    fn factor_account_and_device_each_make_another_counter() {
        let keys = CounterKeys::new(&ring(&[("a", 1)])).unwrap();
        let of = |factor, account: &str, device: Option<&[u8]>| {
            keys.key(factor, account.as_bytes(), device)
        };
        let all = [
            of("password", "customer", None),
            of("code", "customer", None),
            of("password", "customer2", None),
            of("password", "customer", Some(b"")),
            of("password", "customer", Some(b"device")),
            of("passwordcustomer", "", Some(b"device")),
        ];
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(all[0], of("password", "customer", None));
    }
}
