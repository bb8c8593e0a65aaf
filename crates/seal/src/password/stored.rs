//! Reading and writing the text of password hashes, and refusing what would be dangerous to keep.
//!
//! - ours, `sekisho1$<kid>$argon2id$…`: cannot be imported, since it needs our pepper; bounded by
//!   [`Argon2Cost`].
//! - argon2, `$argon2{i,d,id}$v=…$m=…,t=…,p=…$salt$hash`, where a missing version means 16 as in
//!   the reference implementation: memory ≤ 256 MiB, memory × passes ≤ 1 GiB, lanes ≤ 16.
//! - bcrypt, `$2a$`, `$2b$`, `$2y$`: cost 4 to 14.
//! - scrypt, `$scrypt$ln=…,r=…,p=…$salt$hash`: 128 × N × r ≤ 128 MiB, N × r × p ≤ 2²¹.
//! - PBKDF2, `$pbkdf2-{sha1,sha256,sha512}$i=…[,l=…]$salt$hash`, as passlib writes it
//!   (`$pbkdf2[-sha256,-sha512]$<iterations>$salt$hash`) or as Django does
//!   (`pbkdf2_{sha1,sha256}$<iterations>$<salt>$hash`): iterations × output blocks ≤ 3,000,000 for
//!   SHA-1 and SHA-256, ≤ 1,000,000 for SHA-512.
//!
//! A hash at its limit took 0.5 to 1.4 seconds of one core with SHA instructions when this was
//! written, and each limit lies well above what OWASP's Password Storage Cheat Sheet recommends.
//! Every try on the account pays that cost, so a dearer imported hash would let anyone stop the
//! sign-in of everybody. Salts are 1 to 64 bytes (argon2: at least 8), outputs 16 to 64, the whole
//! text at most 512.
//!
//! **Invariant:** whatever [`StoredHash::parse`] accepts can be verified within the limits above.

use std::fmt;

use argon2::{Algorithm, Version};
use base64::Engine as _;
use base64::alphabet::BCRYPT;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::cost::Argon2Cost;
use super::scheme::{Argon2Hash, BcryptHash, Pbkdf2Digest, Pbkdf2Hash, Scheme, ScryptHash};
use crate::Kid;

const OWN_PREFIX: &str = "sekisho1$";
const MAX_TEXT: usize = 512;

/// Some systems write salts whose unused last bits are not zero; they meant nothing there either.
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// A password hash as it stands in the database. Not a secret in the strict sense, but worth
/// guessing against, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash {
    text: String,
    scheme: Scheme,
}

/// Why the text of a hash is not accepted. Says nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashRefusal {
    #[error(
        "unknown scheme; supported are argon2 ($argon2id$, $argon2i$, $argon2d$), bcrypt ($2a$, \
         $2b$, $2y$), scrypt ($scrypt$ln=), PBKDF2 ($pbkdf2-sha256$, $pbkdf2-sha512$, \
         $pbkdf2-sha1$) and Django's PBKDF2 (pbkdf2_sha256$, pbkdf2_sha1$)"
    )]
    UnknownScheme,
    #[error("longer than 512 bytes")]
    TooLong,
    #[error("a hash made by Sekisho with a pepper cannot be imported")]
    OwnAsImport,
    #[error(
        "bcrypt's $2x$ marks hashes of a faulty implementation; they cannot be verified safely"
    )]
    FaultyBcrypt,
    #[error("malformed {scheme} hash: {what}")]
    Malformed {
        scheme: &'static str,
        what: &'static str,
    },
    #[error("the cost of this {scheme} hash is out of bounds: {limit}")]
    CostOutOfBounds {
        scheme: &'static str,
        limit: &'static str,
    },
}

impl StoredHash {
    /// Reads a hash from the database, our own or imported before.
    ///
    /// # Errors
    /// [`HashRefusal`] as for an import.
    pub fn parse(text: &str) -> Result<Self, HashRefusal> {
        if text.len() > MAX_TEXT {
            return Err(HashRefusal::TooLong);
        }
        let scheme = match text.strip_prefix(OWN_PREFIX) {
            Some(rest) => parse_own(rest)?,
            None => parse_foreign(text)?,
        };
        Ok(Self {
            text: text.to_owned(),
            scheme,
        })
    }

    /// Reads a hash that another system made, within the limits described at the top.
    ///
    /// # Errors
    /// [`HashRefusal`], which names the scheme, what is wrong and the limit.
    pub fn parse_imported(text: &str) -> Result<Self, HashRefusal> {
        if text.starts_with(OWN_PREFIX) {
            return Err(HashRefusal::OwnAsImport);
        }
        Self::parse(text)
    }

    pub(super) fn own(kid: Kid, hash: Argon2Hash) -> Self {
        let text = format!("{OWN_PREFIX}{kid}{}", argon2_text(&hash));
        Self {
            text,
            scheme: Scheme::Own { kid, hash },
        }
    }

    /// The text to store.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn scheme(&self) -> &Scheme {
        &self.scheme
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match &self.scheme {
            Scheme::Own { .. } => "own",
            Scheme::Argon2(_) => "argon2",
            Scheme::Bcrypt(_) => "bcrypt",
            Scheme::Scrypt(_) => "scrypt",
            Scheme::Pbkdf2(_) => "pbkdf2",
        };
        write!(f, "StoredHash({scheme})")
    }
}

fn argon2_text(hash: &Argon2Hash) -> String {
    let cost = hash.cost;
    format!(
        "${}$v={}$m={},t={},p={}${}${}",
        hash.algorithm.as_str(),
        u32::from(hash.version),
        cost.memory_kib(),
        cost.passes(),
        cost.lanes(),
        STANDARD_NO_PAD.encode(&hash.salt),
        STANDARD_NO_PAD.encode(&hash.output),
    )
}

fn parse_own(rest: &str) -> Result<Scheme, HashRefusal> {
    let malformed = |what| HashRefusal::Malformed {
        scheme: "sekisho1",
        what,
    };
    let (kid, phc) = rest.split_once('$').ok_or(malformed("no kid"))?;
    let kid = Kid::parse(kid).map_err(|_| malformed("the kid"))?;
    let words: Vec<&str> = phc.split('$').collect();
    let (ident, rest) = words.split_first().ok_or(malformed("no hash"))?;
    let algorithm = argon2_algorithm(ident).ok_or(malformed("not argon2"))?;
    // What we made ourselves is bounded by our own cost, whose ceiling is higher.
    Ok(Scheme::Own {
        kid,
        hash: parse_argon2(algorithm, rest)?,
    })
}

fn parse_foreign(text: &str) -> Result<Scheme, HashRefusal> {
    let words: Vec<&str> = text.split('$').collect();
    match words.as_slice() {
        ["", "2a" | "2b" | "2y", rest @ ..] => parse_bcrypt(rest).map(Scheme::Bcrypt),
        ["", "2x", ..] => Err(HashRefusal::FaultyBcrypt),
        ["", "scrypt", rest @ ..] => parse_scrypt(rest).map(Scheme::Scrypt),
        ["", "pbkdf2" | "pbkdf2-sha1", rest @ ..] => parse_pbkdf2(Pbkdf2Digest::Sha1, rest),
        ["", "pbkdf2-sha256", rest @ ..] => parse_pbkdf2(Pbkdf2Digest::Sha256, rest),
        ["", "pbkdf2-sha512", rest @ ..] => parse_pbkdf2(Pbkdf2Digest::Sha512, rest),
        ["pbkdf2_sha1", rest @ ..] => parse_django(Pbkdf2Digest::Sha1, rest),
        ["pbkdf2_sha256", rest @ ..] => parse_django(Pbkdf2Digest::Sha256, rest),
        ["", ident, rest @ ..] => {
            let algorithm = argon2_algorithm(ident).ok_or(HashRefusal::UnknownScheme)?;
            let hash = parse_argon2(algorithm, rest)?;
            bound_argon2(hash.cost)?;
            Ok(Scheme::Argon2(hash))
        }
        _ => Err(HashRefusal::UnknownScheme),
    }
}

fn argon2_algorithm(ident: &str) -> Option<Algorithm> {
    match ident {
        "argon2id" => Some(Algorithm::Argon2id),
        "argon2i" => Some(Algorithm::Argon2i),
        "argon2d" => Some(Algorithm::Argon2d),
        _ => None,
    }
}

fn parse_argon2(algorithm: Algorithm, words: &[&str]) -> Result<Argon2Hash, HashRefusal> {
    let refuse = Malformed("argon2");
    // The reference implementation's strings named no version before 1.3.
    let (version, params, salt, output) = match words {
        ["v=19", params, salt, output] => (Version::V0x13, params, salt, output),
        ["v=16", params, salt, output] | [params, salt, output] => {
            (Version::V0x10, params, salt, output)
        }
        _ => return Err(refuse.because("expected $v=19$m=…,t=…,p=…$salt$hash")),
    };
    let [memory, passes, lanes] = refuse.numbers(params, ["m", "t", "p"])?;
    let cost = Argon2Cost::danger_below_floor(memory, passes, lanes).map_err(|_| {
        HashRefusal::CostOutOfBounds {
            scheme: "argon2",
            limit: "memory 8 KiB a lane to 1 GiB, 1 to 16 passes, 1 to 16 lanes",
        }
    })?;
    let salt = refuse.salt(salt, &STANDARD_NO_PAD, argon2::MIN_SALT_LEN)?;
    let output = refuse.output(output, &STANDARD_NO_PAD)?;
    Ok(Argon2Hash {
        algorithm,
        version,
        cost,
        salt,
        output,
    })
}

fn bound_argon2(cost: Argon2Cost) -> Result<(), HashRefusal> {
    let out_of_bounds = |limit| {
        Err(HashRefusal::CostOutOfBounds {
            scheme: "argon2",
            limit,
        })
    };
    if cost.memory_kib() > 1 << 18 {
        return out_of_bounds("at most 262144 KiB of memory");
    }
    if u64::from(cost.memory_kib()) * u64::from(cost.passes()) > 1 << 20 {
        return out_of_bounds("at most 1048576 KiB of memory times passes");
    }
    Ok(())
}

fn parse_bcrypt(words: &[&str]) -> Result<BcryptHash, HashRefusal> {
    let refuse = Malformed("bcrypt");
    let [cost, tail] = words else {
        return Err(refuse.because("expected $2b$<cost>$<53 characters>"));
    };
    if cost.len() != 2 {
        return Err(refuse.because("the cost must be two digits"));
    }
    let cost = decimal(cost.trim_start_matches('0'))
        .filter(|cost| *cost >= 4)
        .ok_or(refuse.because("the cost must be 04 to 31"))?;
    if cost > 14 {
        return Err(HashRefusal::CostOutOfBounds {
            scheme: "bcrypt",
            limit: "cost at most 14",
        });
    }
    if tail.len() != 53 || !tail.is_ascii() {
        return Err(refuse.because("salt and hash must be 53 characters"));
    }
    let (salt, output) = tail.split_at(22);
    let decode = |text: &str| BCRYPT_BASE64.decode(text).ok();
    let salt = decode(salt).and_then(|bytes| bytes.try_into().ok());
    let output = decode(output).and_then(|bytes| bytes.try_into().ok());
    Ok(BcryptHash {
        cost,
        salt: salt.ok_or(refuse.because("the salt is not bcrypt's base64"))?,
        output: output.ok_or(refuse.because("the hash is not bcrypt's base64"))?,
    })
}

fn parse_scrypt(words: &[&str]) -> Result<ScryptHash, HashRefusal> {
    let refuse = Malformed("scrypt");
    let [params, salt, output] = words else {
        return Err(refuse.because("expected $scrypt$ln=…,r=…,p=…$salt$hash"));
    };
    let [log_n, r, p] = refuse.numbers(params, ["ln", "r", "p"])?;
    if log_n == 0 || r == 0 || p == 0 {
        return Err(refuse.because("ln, r and p must be at least 1"));
    }
    let out_of_bounds = |limit| HashRefusal::CostOutOfBounds {
        scheme: "scrypt",
        limit,
    };
    let log_n = u8::try_from(log_n).ok().filter(|log_n| *log_n <= 20);
    let log_n = log_n.ok_or(out_of_bounds("ln at most 20"))?;
    let blocks = u64::from(r) << log_n;
    if blocks > 1 << 20 {
        return Err(out_of_bounds(
            "at most 128 MiB of memory (128 × 2^ln × r bytes)",
        ));
    }
    if blocks.saturating_mul(u64::from(p)) > 1 << 21 {
        return Err(out_of_bounds("2^ln × r × p at most 2097152"));
    }
    let salt = refuse.salt(salt, &STANDARD_NO_PAD, 1)?;
    let output = refuse.output(output, &STANDARD_NO_PAD)?;
    Ok(ScryptHash {
        log_n,
        r,
        p,
        salt,
        output,
    })
}

fn parse_pbkdf2(digest: Pbkdf2Digest, words: &[&str]) -> Result<Scheme, HashRefusal> {
    let refuse = Malformed("PBKDF2");
    let [params, salt, output] = words else {
        return Err(refuse.because("expected $i=…$salt$hash"));
    };
    // passlib writes the bare number, and '.' for '+' in its base64.
    let (iterations, length) = match params.split_once(',') {
        Some((iterations, length)) => (iterations, Some(length)),
        None => (*params, None),
    };
    let iterations = decimal(iterations.strip_prefix("i=").unwrap_or(iterations));
    let salt = refuse.salt(&salt.replace('.', "+"), &STANDARD_NO_PAD, 1)?;
    let output = refuse.output(&output.replace('.', "+"), &STANDARD_NO_PAD)?;
    if length.is_some_and(|length| length != format!("l={}", output.len())) {
        return Err(refuse.because("l= is not the length of the hash"));
    }
    bound_pbkdf2(digest, iterations, salt, output)
}

fn parse_django(digest: Pbkdf2Digest, words: &[&str]) -> Result<Scheme, HashRefusal> {
    let refuse = Malformed("PBKDF2");
    let [iterations, salt, output] = words else {
        return Err(refuse.because("expected pbkdf2_sha256$<iterations>$<salt>$<hash>"));
    };
    if salt.is_empty() || salt.len() > 64 {
        return Err(refuse.because("the salt must be 1 to 64 bytes"));
    }
    let output = refuse.output(output, &STANDARD)?;
    bound_pbkdf2(
        digest,
        decimal(iterations),
        salt.as_bytes().to_vec(),
        output,
    )
}

fn bound_pbkdf2(
    digest: Pbkdf2Digest,
    iterations: Option<u32>,
    salt: Vec<u8>,
    output: Vec<u8>,
) -> Result<Scheme, HashRefusal> {
    let iterations = iterations
        .filter(|iterations| *iterations > 0)
        .ok_or(Malformed("PBKDF2").because("the number of iterations"))?;
    let blocks = output.len().div_ceil(digest.block()) as u64;
    let (most, limit) = match digest {
        Pbkdf2Digest::Sha1 | Pbkdf2Digest::Sha256 => (
            3_000_000,
            "iterations times blocks of output at most 3000000",
        ),
        Pbkdf2Digest::Sha512 => (
            1_000_000,
            "iterations times blocks of output at most 1000000",
        ),
    };
    if u64::from(iterations) * blocks > most {
        return Err(HashRefusal::CostOutOfBounds {
            scheme: "PBKDF2",
            limit,
        });
    }
    Ok(Scheme::Pbkdf2(Pbkdf2Hash {
        digest,
        iterations,
        salt,
        output,
    }))
}

/// A decimal number without sign or leading zero.
fn decimal(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let shortest = text.len() == 1 || !text.starts_with('0');
    if plain && shortest {
        text.parse().ok()
    } else {
        None
    }
}

/// Makes the refusals of one scheme.
#[derive(Clone, Copy)]
struct Malformed(&'static str);

impl Malformed {
    fn because(self, what: &'static str) -> HashRefusal {
        HashRefusal::Malformed {
            scheme: self.0,
            what,
        }
    }

    /// The numbers of a list `a=1,b=2,c=3`, in that order, all present and no others.
    fn numbers<const N: usize>(
        self,
        params: &str,
        names: [&str; N],
    ) -> Result<[u32; N], HashRefusal> {
        let mut numbers = [0; N];
        let mut given = params.split(',');
        for (number, name) in numbers.iter_mut().zip(names) {
            *number = given
                .next()
                .and_then(|param| param.strip_prefix(name)?.strip_prefix('='))
                .and_then(decimal)
                .ok_or(self.because("a parameter is missing, out of order or not a number"))?;
        }
        match given.next() {
            None => Ok(numbers),
            Some(_) => Err(self.because("a parameter that is not supported")),
        }
    }

    fn salt(
        self,
        text: &str,
        base64: &GeneralPurpose,
        least: usize,
    ) -> Result<Vec<u8>, HashRefusal> {
        let salt = base64
            .decode(text)
            .map_err(|_| self.because("the salt is not base64"))?;
        if salt.len() < least || salt.len() > 64 {
            return Err(self.because("the salt is too short or longer than 64 bytes"));
        }
        Ok(salt)
    }

    fn output(self, text: &str, base64: &GeneralPurpose) -> Result<Vec<u8>, HashRefusal> {
        let output = base64
            .decode(text)
            .map_err(|_| self.because("the hash is not base64"))?;
        if !(16..=64).contains(&output.len()) {
            return Err(self.because("the hash must be 16 to 64 bytes"));
        }
        Ok(output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: &str = "c29tZXNhbHQ";
    const OUT: &str = "iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8";

    fn refusal(text: &str) -> HashRefusal {
        StoredHash::parse_imported(text).expect_err(text)
    }

    fn out_of_bounds(text: &str) {
        assert!(
            matches!(refusal(text), HashRefusal::CostOutOfBounds { .. }),
            "{text}"
        );
    }

    fn malformed(text: &str) {
        assert!(
            matches!(refusal(text), HashRefusal::Malformed { .. }),
            "{text}"
        );
    }

    fn accepted(text: &str) {
        assert_eq!(StoredHash::parse_imported(text).expect(text).text(), text);
    }

    #[test]
    fn costs_are_bounded_at_the_unit() {
        let argon2 = |params: &str| format!("$argon2id$v=19${params}${SALT}${OUT}");
        accepted(&argon2("m=262144,t=4,p=16"));
        out_of_bounds(&argon2("m=262145,t=1,p=1"));
        out_of_bounds(&argon2("m=262144,t=5,p=1"));
        out_of_bounds(&argon2("m=65536,t=17,p=1"));
        out_of_bounds(&argon2("m=65536,t=1,p=17"));
        out_of_bounds(&argon2("m=4294967295,t=4294967295,p=1"));

        let bcrypt = |cost: &str| {
            format!("$2b${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")
        };
        accepted(&bcrypt("14"));
        out_of_bounds(&bcrypt("15"));
        out_of_bounds(&bcrypt("31"));
        malformed(&bcrypt("03"));

        let scrypt = |params: &str| format!("$scrypt${params}${SALT}${OUT}");
        accepted(&scrypt("ln=17,r=8,p=2"));
        out_of_bounds(&scrypt("ln=17,r=8,p=3"));
        out_of_bounds(&scrypt("ln=17,r=9,p=1"));
        out_of_bounds(&scrypt("ln=21,r=1,p=1"));
        out_of_bounds(&scrypt("ln=255,r=4294967295,p=4294967295"));
        out_of_bounds(&scrypt("ln=1,r=1048576,p=1"));

        accepted(&format!("$pbkdf2-sha256$i=3000000${SALT}${OUT}"));
        out_of_bounds(&format!("$pbkdf2-sha256$i=3000001${SALT}${OUT}"));
        accepted(&format!("$pbkdf2-sha1$i=1500000${SALT}${OUT}"));
        out_of_bounds(&format!("$pbkdf2-sha1$i=1500001${SALT}${OUT}"));
        accepted(&format!("$pbkdf2-sha512$i=1000000${SALT}${OUT}"));
        out_of_bounds(&format!("$pbkdf2-sha512$i=1000001${SALT}${OUT}"));
        out_of_bounds(&format!("pbkdf2_sha256$3000001$salt${OUT}="));
    }

    #[test]
    fn malformed_hashes_are_refused_without_a_panic() {
        for text in [
            "$argon2id$",
            "$argon2id$v=19$m=256,t=2$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$argon2id$v=18$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$argon2id$v=19$m=256,t=2,p=1,data=AA$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHL",
            "$argon2id$v=19$m=+256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekC",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$???",
            "$2b$",
            "$2b$1$",
            "$2b$10$short",
            "$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe\u{3042}",
            "$2b$+4$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$scrypt$ln=0,r=8,p=1$c2FsdA$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$scrypt$ln=10,r=8$c2FsdA$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$pbkdf2-sha256$i=0$c2FsdA$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$pbkdf2-sha256$i=10,l=31$c2FsdA$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$pbkdf2-sha256$i=10$$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "pbkdf2_sha256$10$$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8=",
            "pbkdf2_sha256$10",
        ] {
            malformed(text);
        }
    }

    #[test]
    fn unknown_schemes_name_the_supported_ones() {
        for text in [
            "",
            "$",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$6$salt$hash",
            "$1$a$b",
            "plain",
        ] {
            assert_eq!(refusal(text), HashRefusal::UnknownScheme, "{text}");
        }
        let message = HashRefusal::UnknownScheme.to_string();
        for name in [
            "argon2id",
            "$2b$",
            "$scrypt$",
            "$pbkdf2-sha256$",
            "pbkdf2_sha256$",
        ] {
            assert!(message.contains(name), "{name} missing in: {message}");
        }
        assert_eq!(refusal("$2x$10$abc"), HashRefusal::FaultyBcrypt);
        assert_eq!(refusal(&"x".repeat(513)), HashRefusal::TooLong);
        assert_eq!(
            refusal("sekisho1$a$argon2id$v=19$m=8,t=1,p=1$c$d"),
            HashRefusal::OwnAsImport
        );
    }

    #[test]
    fn debug_tells_the_scheme_alone() {
        let text = format!("$argon2id$v=19$m=256,t=2,p=1${SALT}${OUT}");
        assert_eq!(
            format!("{:?}", StoredHash::parse(&text).unwrap()),
            "StoredHash(argon2)"
        );
    }
}
