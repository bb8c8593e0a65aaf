//! Password hashes: making our own, verifying our own and those brought along from elsewhere.
//!
//! Our own are argon2id (RFC 9106) with the installation's pepper as its secret input, so a stolen
//! table without the key file cannot be guessed against. Text is normalised (NFKC) and bounded in
//! length by core before it comes here. Imported hashes are verified as their system made them
//! and answered with [`Rehash::Renew`], so that the first sign-in replaces them.
//!
//! **Invariant:** an account without a password costs the same work as one with our current hash,
//! through [`PasswordHasher::decoy`], and can never match.

mod cost;
mod scheme;
mod stored;

use argon2::{Algorithm, Argon2, Version};
use secrecy::{ExposeSecret, SecretString};

pub use cost::Argon2Cost;
pub use stored::{HashRefusal, StoredHash};

use crate::key::SubKeys;
use crate::mac::hmac;
use crate::{Fault, KeyRing, Purpose};
use hmac::Mac;
use scheme::{Argon2Hash, Scheme};

/// What comparing a claimed password with a stored hash gave.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    Match { rehash: Rehash },
    Mismatch,
}

/// Whether a hash that matched is still as we would make it today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rehash {
    Keep,
    /// Imported, under a former pepper or at another cost: hash the password again and store it.
    Renew,
}

/// Hashes and verifies at one cost with the peppers of a ring.
#[derive(Debug)]
pub struct PasswordHasher {
    cost: Argon2Cost,
    peppers: SubKeys,
    decoy: StoredHash,
}

impl PasswordHasher {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing, cost: Argon2Cost) -> Result<Self, Fault> {
        let peppers = ring.sub_keys(Purpose::Pepper)?;
        let decoy = decoy(&peppers, cost);
        Ok(Self {
            cost,
            peppers,
            decoy,
        })
    }

    #[must_use]
    pub fn cost(&self) -> Argon2Cost {
        self.cost
    }

    /// Hashes a new password under the current pepper. `salt` must be 16 fresh random bytes
    /// (RFC 9106 section 3.1).
    ///
    /// # Errors
    /// [`Fault::OutOfMemory`] when the cost's memory cannot be had.
    pub fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<StoredHash, Fault> {
        let (kid, pepper) = self.peppers.current();
        let mut made = Argon2Hash {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            cost: self.cost,
            salt: salt.to_vec(),
            output: vec![0; 32],
        };
        let output = made.compute(password.expose_secret().as_bytes(), Some(pepper))?;
        made.output.copy_from_slice(&output);
        Ok(StoredHash::own(kid.clone(), made))
    }

    /// Compares a claimed password with a stored hash, in time that does not depend on where they
    /// differ. For bcrypt only the first 72 bytes count, as in the system that made the hash.
    ///
    /// # Errors
    /// Faults of the world, never of the claimant, so that a missing pepper or memory does not
    /// count as a failed try: [`Fault::KeyMissing`], [`Fault::OutOfMemory`].
    pub fn verify(
        &self,
        stored: &StoredHash,
        claimed: &SecretString,
    ) -> Result<Verification, Fault> {
        let claimed = claimed.expose_secret().as_bytes();
        let (check, rehash) = match stored.scheme() {
            Scheme::Own { kid, hash } => {
                let (_, pepper) = self
                    .peppers
                    .find(kid.as_str())
                    .ok_or_else(|| Fault::KeyMissing { kid: kid.clone() })?;
                (hash.check(claimed, Some(pepper))?, self.renewal(kid, hash))
            }
            Scheme::Argon2(hash) => (hash.check(claimed, None)?, Rehash::Renew),
            Scheme::Bcrypt(hash) => (hash.check(claimed), Rehash::Renew),
            Scheme::Scrypt(hash) => (hash.check(claimed)?, Rehash::Renew),
            Scheme::Pbkdf2(hash) => (hash.check(claimed), Rehash::Renew),
        };
        Ok(if check.matched() {
            Verification::Match { rehash }
        } else {
            Verification::Mismatch
        })
    }

    /// A hash at the current cost to verify against when there is no account or no password. No
    /// password is known to match it: its output is a keyed hash, not the output of argon2.
    #[must_use]
    pub fn decoy(&self) -> &StoredHash {
        &self.decoy
    }

    fn renewal(&self, kid: &crate::Kid, hash: &Argon2Hash) -> Rehash {
        let current = kid == self.peppers.current().0
            && hash.cost.serves_for(self.cost)
            && hash.algorithm == Algorithm::Argon2id
            && hash.version == Version::V0x13;
        if current { Rehash::Keep } else { Rehash::Renew }
    }
}

fn decoy(peppers: &SubKeys, cost: Argon2Cost) -> StoredHash {
    let (kid, pepper) = peppers.current();
    let derive = |label: &[u8]| {
        hmac(pepper)
            .chain_update(label)
            .finalize()
            .into_bytes()
            .to_vec()
    };
    let mut salt = derive(b"decoy salt");
    salt.truncate(16);
    let hash = Argon2Hash {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        cost,
        salt,
        output: derive(b"decoy output"),
    };
    StoredHash::own(kid.clone(), hash)
}

/// Bare argon2id at `cost`, without pepper: the baseline that benches and calibration compare a
/// sign-in with.
///
/// # Errors
/// [`Fault::OutOfMemory`] when the cost's memory cannot be had.
pub fn bare_argon2id(cost: Argon2Cost, password: &[u8], salt: [u8; 16]) -> Result<[u8; 32], Fault> {
    let mut output = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?)
        .hash_password_into(password, &salt, &mut output)
        .map_err(|_| Fault::OutOfMemory {
            memory_kib: cost.memory_kib(),
        })?;
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    fn hasher(lines: &[(&str, u8)], passes: u32) -> PasswordHasher {
        let cost = Argon2Cost::danger_below_floor(64, passes, 1).unwrap();
        PasswordHasher::new(&ring(lines), cost).unwrap()
    }

    fn password(text: &str) -> SecretString {
        text.into()
    }

    const KEEP: Verification = Verification::Match {
        rehash: Rehash::Keep,
    };
    const RENEW: Verification = Verification::Match {
        rehash: Rehash::Renew,
    };

    #[test]
    fn a_password_matches_its_hash_and_nothing_else() {
        let hasher = hasher(&[("a", 1)], 1);
        let stored = hasher.hash(&password("正しい馬"), [1; 16]).unwrap();
        assert!(
            stored
                .text()
                .starts_with("sekisho1$a$argon2id$v=19$m=64,t=1,p=1$")
        );
        let stored = StoredHash::parse(stored.text()).unwrap();
        assert_eq!(hasher.verify(&stored, &password("正しい馬")).unwrap(), KEEP);
        for wrong in ["", "正しい", "正しい馬 ", "other"] {
            let verified = hasher.verify(&stored, &password(wrong)).unwrap();
            assert_eq!(verified, Verification::Mismatch, "{wrong}");
        }
    }

    #[test]
    fn the_pepper_enters_the_hash() {
        let cost = Argon2Cost::danger_below_floor(64, 1, 1).unwrap();
        let stored = hasher(&[("a", 1)], 1)
            .hash(&password("x"), [1; 16])
            .unwrap();
        let other = hasher(&[("a", 2)], 1)
            .hash(&password("x"), [1; 16])
            .unwrap();
        assert_ne!(stored.text(), other.text());
        // The same digits as an import, that is without pepper, must not match.
        let phc = stored.text().strip_prefix("sekisho1$a").unwrap();
        let unpeppered = StoredHash::parse_imported(phc).unwrap();
        let verified = hasher(&[("a", 1)], 1)
            .verify(&unpeppered, &password("x"))
            .unwrap();
        assert_eq!(verified, Verification::Mismatch);
        let bare = bare_argon2id(cost, b"x", [1; 16]).unwrap();
        let Scheme::Argon2(hash) = unpeppered.scheme() else {
            panic!("argon2 expected")
        };
        assert_ne!(hash.output, bare);
    }

    #[test]
    fn another_cost_or_a_former_pepper_asks_for_renewal() {
        let stored = hasher(&[("a", 1)], 1)
            .hash(&password("x"), [1; 16])
            .unwrap();
        let dearer = hasher(&[("a", 1)], 2)
            .verify(&stored, &password("x"))
            .unwrap();
        assert_eq!(dearer, RENEW);
        let rotated = hasher(&[("b", 2), ("a", 1)], 1)
            .verify(&stored, &password("x"))
            .unwrap();
        assert_eq!(rotated, RENEW);
        let removed = hasher(&[("b", 2)], 1).verify(&stored, &password("x"));
        assert!(matches!(removed, Err(Fault::KeyMissing { .. })));
    }

    #[test]
    fn the_decoy_costs_the_same_and_never_matches() {
        let hasher = hasher(&[("a", 1)], 3);
        let Scheme::Own { hash, .. } = hasher.decoy().scheme() else {
            panic!("own expected")
        };
        assert_eq!(hash.cost, hasher.cost());
        assert_eq!((hash.salt.len(), hash.output.len()), (16, 32));
        assert!(StoredHash::parse(hasher.decoy().text()).is_ok());
        for claimed in ["", "decoy", "password"] {
            let verified = hasher.verify(hasher.decoy(), &password(claimed)).unwrap();
            assert_eq!(verified, Verification::Mismatch);
        }
    }

    /// Published values, each with where it comes from. The last column is the right password.
    const IMPORTED: &[(&str, &str)] = &[
        // P-H-C reference implementation, src/test.c
        (
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ\
             $iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "password",
        ),
        // the same, version 1.0, where the string names no version
        (
            "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ\
             $/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
            "password",
        ),
        (
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ\
             $nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "password",
        ),
        // jBCrypt, TestBCrypt.java
        (
            "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.",
            "",
        ),
        (
            "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
            "a",
        ),
        // crypt_blowfish, wrapper.c
        (
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U",
        ),
        (
            "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U",
        ),
        (
            "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U",
        ),
        // RFC 7914 section 12, N=1024 r=8 p=16
        (
            "$scrypt$ln=10,r=8,p=16$TmFDbA\
             $/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2\
             Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA",
            "password",
        ),
        // RFC 7914 section 11, c=80000
        (
            "$pbkdf2-sha256$i=80000$TmFDbA\
             $TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q\
             1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ",
            "Password",
        ),
        // RFC 6070, c=4096
        (
            "$pbkdf2-sha1$i=4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE",
            "password",
        ),
        // passlib's documentation
        (
            "$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw\
             $Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
            "password",
        ),
        // Django, tests/auth_tests/test_hashers.py
        (
            "pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=",
            "lètmein",
        ),
        (
            "pbkdf2_sha1$10000$seasalt$oAfF6vgs95ncksAhGXOWf4Okq7o=",
            "lètmein",
        ),
        // Python's hashlib
        (
            "$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHQ\
             $Q6v4xwJ8a9nWPp2BeEoAYYhHSo2xRmPWART17vTpSxt2q6iNp7BO\
             ozW557qqa95eNjUO4gKs0CyvJbYGGku1tA",
            "password",
        ),
    ];

    #[test]
    fn imported_hashes_verify_and_ask_for_renewal() {
        let hasher = hasher(&[("a", 1)], 1);
        for (text, right) in IMPORTED {
            let stored = StoredHash::parse_imported(text).expect(text);
            assert_eq!(stored.text(), *text);
            assert_eq!(
                hasher.verify(&stored, &password(right)).unwrap(),
                RENEW,
                "{text}"
            );
            let wrong = hasher.verify(&stored, &password("wrong")).unwrap();
            assert_eq!(wrong, Verification::Mismatch, "{text}");
        }
    }

    #[test]
    fn bcrypt_reads_72_bytes_as_the_original_did() {
        // crypt_blowfish, wrapper.c: "chars after 72 are ignored as usual"
        let text = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
        let stored = StoredHash::parse_imported(text).unwrap();
        let first = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        assert_eq!(first.len(), 72);
        let hasher = hasher(&[("a", 1)], 1);
        for tail in ["", "chars after 72 are ignored as usual"] {
            let claimed = password(&format!("{first}{tail}"));
            assert_eq!(hasher.verify(&stored, &claimed).unwrap(), RENEW);
        }
        let shorter = hasher.verify(&stored, &password(&first[..71])).unwrap();
        assert_eq!(shorter, Verification::Mismatch);
    }
}
