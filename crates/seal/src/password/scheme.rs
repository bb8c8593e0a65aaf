//! The hash functions behind stored passwords, each with the parameters of one hash.
//!
//! **Invariant:** a value of these types has passed the bounds of [`super::StoredHash`] or of
//! [`super::Argon2Cost`], so nobody else decides what checking it costs.

use argon2::{Algorithm, Argon2, Version};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::cost::Argon2Cost;
use crate::{Check, Fault, Kid};

/// What a stored hash is, and its parts.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Ours: argon2id with the pepper of `kid`.
    Own {
        kid: Kid,
        hash: Argon2Hash,
    },
    /// Imported, without pepper.
    Argon2(Argon2Hash),
    Bcrypt(BcryptHash),
    Scrypt(ScryptHash),
    Pbkdf2(Pbkdf2Hash),
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Argon2Hash {
    pub algorithm: Algorithm,
    pub version: Version,
    pub cost: Argon2Cost,
    pub salt: Vec<u8>,
    pub output: Vec<u8>,
}

impl Argon2Hash {
    /// The output for this password, as long as the stored one.
    pub fn compute(
        &self,
        password: &[u8],
        pepper: Option<&[u8; 32]>,
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let params = self.cost.params()?;
        let argon2 = match pepper {
            Some(pepper) => Argon2::new_with_secret(pepper, self.algorithm, self.version, params)
                .map_err(|_| Fault::PasswordCost("pepper too long"))?,
            None => Argon2::new(self.algorithm, self.version, params),
        };
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        argon2
            .hash_password_into(password, &self.salt, &mut output)
            .map_err(|error| match error {
                argon2::Error::OutOfMemory => Fault::OutOfMemory {
                    memory_kib: self.cost.memory_kib(),
                },
                _ => Fault::PasswordCost("argon2 does not accept this hash's parameters"),
            })?;
        Ok(output)
    }

    pub fn check(&self, password: &[u8], pepper: Option<&[u8; 32]>) -> Result<Check, Fault> {
        Ok(Check::of(&self.output, &self.compute(password, pepper)?))
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BcryptHash {
    pub cost: u32,
    pub salt: [u8; 16],
    /// The first 23 of bcrypt's 24 bytes: the text format has always dropped the last.
    pub output: [u8; 23],
}

impl BcryptHash {
    /// bcrypt sees the password with a closing zero byte, and 72 bytes of that at most.
    pub fn check(&self, password: &[u8]) -> Check {
        let mut key = Zeroizing::new([0u8; 72]);
        let taken = password.len().min(72);
        key[..taken].copy_from_slice(&password[..taken]);
        let seen = (taken + 1).min(72);
        let output = Zeroizing::new(bcrypt::bcrypt(self.cost, self.salt, &key[..seen]));
        Check::of(&self.output, &output[..23])
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ScryptHash {
    pub log_n: u8,
    pub r: u32,
    pub p: u32,
    pub salt: Vec<u8>,
    pub output: Vec<u8>,
}

impl ScryptHash {
    pub fn check(&self, password: &[u8]) -> Result<Check, Fault> {
        let refused = || Fault::PasswordCost("scrypt does not accept this hash's parameters");
        let params = scrypt::Params::new(self.log_n, self.r, self.p).map_err(|_| refused())?;
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        scrypt::scrypt(password, &self.salt, &params, &mut output).map_err(|_| refused())?;
        Ok(Check::of(&self.output, &output))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pbkdf2Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Pbkdf2Digest {
    /// Bytes a run of the iterations gives; a longer output repeats the whole work.
    pub fn block(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pbkdf2Hash {
    pub digest: Pbkdf2Digest,
    pub iterations: u32,
    pub salt: Vec<u8>,
    pub output: Vec<u8>,
}

impl Pbkdf2Hash {
    pub fn check(&self, password: &[u8]) -> Check {
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        let derive = match self.digest {
            Pbkdf2Digest::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>,
            Pbkdf2Digest::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>,
            Pbkdf2Digest::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>,
        };
        derive(password, &self.salt, self.iterations, &mut output);
        Check::of(&self.output, &output)
    }
}
