//! One-time codes of an authenticator app: TOTP (RFC 6238) over HOTP (RFC 4226).
//!
//! New secrets have 160 bits (RFC 4226 §4, R6) and codes six digits every 30 seconds with SHA-1,
//! which every app knows; SHA-256 and SHA-512 are for secrets that come from elsewhere. As HMAC,
//! SHA-1 is not touched by its collisions.
//!
//! **Invariant:** a step that was used, and every one before it, never matches again: the matched
//! step is returned for the store to keep (RFC 6238 §5.2).

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sekisho_core::moment::Moment;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// Seconds of a step (RFC 6238 §5.2).
pub const STEP_SECONDS: i64 = 30;
/// Steps accepted before and after the present one, for clocks that differ: RFC 6238 §5.2 asks for
/// at most one for delay; one ahead is for phones that run fast.
const WINDOW: i64 = 1;

/// The hash of an app's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TotpHash {
    Sha1,
    Sha256,
    Sha512,
}

impl TotpHash {
    /// The word in an `otpauth` address, for the store as well.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// The hash of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Sha1, Self::Sha256, Self::Sha512];
        all.into_iter().find(|hash| hash.word() == word)
    }
}

/// The number of a step of 30 seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TotpStep(pub i64);

impl TotpStep {
    /// The step in which a moment lies.
    #[must_use]
    pub const fn at(moment: Moment) -> Self {
        Self(moment.0.div_euclid(STEP_SECONDS * 1_000_000))
    }
}

/// The secret that server and app share. To be stored sealed.
pub struct TotpSecret {
    bytes: SecretBox<Vec<u8>>,
    hash: TotpHash,
}

impl TotpSecret {
    /// A new secret from 20 random bytes, with SHA-1.
    #[must_use]
    pub fn from_random(random: [u8; 20]) -> Self {
        Self {
            bytes: SecretBox::new(Box::new(random.to_vec())),
            hash: TotpHash::Sha1,
        }
    }

    /// A stored or imported secret: 16 to 64 bytes (RFC 4226 §4, R6: at least 128 bits).
    #[must_use]
    pub fn from_bytes(bytes: &[u8], hash: TotpHash) -> Option<Self> {
        (16..=64).contains(&bytes.len()).then(|| Self {
            bytes: SecretBox::new(Box::new(bytes.to_vec())),
            hash,
        })
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8] {
        self.bytes.expose_secret()
    }

    /// Its hash.
    #[must_use]
    pub const fn hash(&self) -> TotpHash {
        self.hash
    }

    /// The six digits of a step.
    #[must_use]
    pub fn code(&self, step: TotpStep) -> SecretString {
        self.digits::<6>(step)
            .to_vec()
            .iter()
            .map(|digit| char::from(*digit))
            .collect::<String>()
            .into()
    }

    /// The step whose code was typed, if it is the present one or its neighbour and later than the
    /// last one used. Takes the same time whatever was typed; full-width digits are narrowed by
    /// core before.
    #[must_use]
    pub fn check(
        &self,
        typed: &SecretString,
        now: Moment,
        last: Option<TotpStep>,
    ) -> Option<TotpStep> {
        let TotpStep(present) = TotpStep::at(now);
        let (mut found, mut matched) = (0, Choice::from(0));
        for step in present - WINDOW..=present + WINDOW {
            let fresh = last.is_none_or(|TotpStep(last)| step > last);
            let code = self.digits::<6>(TotpStep(step));
            let same = code.ct_eq(typed.expose_secret().as_bytes()) & Choice::from(u8::from(fresh));
            // Two steps may have the same code: the later is the safer one to remember.
            found.conditional_assign(&step, same);
            matched |= same;
        }
        bool::from(matched).then_some(TotpStep(found))
    }

    /// RFC 4226 §5.3: dynamic truncation, then as many decimal digits as wanted.
    fn digits<const MANY: usize>(&self, step: TotpStep) -> Zeroizing<[u8; MANY]> {
        let tag = Zeroizing::new(self.tag(&step.0.to_be_bytes()));
        let offset = usize::from(tag.last().map_or(0, |last| last & 15));
        let word = tag.get(offset..offset + 4).unwrap_or_default();
        let number = word
            .iter()
            .fold(0u32, |sum, byte| sum << 8 | u32::from(*byte));
        let mut rest = number & 0x7fff_ffff;
        let mut digits = Zeroizing::new([b'0'; MANY]);
        for digit in digits.iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        digits
    }

    /// The block-sized key form cannot fail, and padding with zeros is what HMAC does with a
    /// short key anyway.
    fn tag(&self, message: &[u8]) -> Vec<u8> {
        let mut block = Zeroizing::new([0u8; 128]);
        let key = self.bytes.expose_secret();
        block[..key.len()].copy_from_slice(key);
        let mut short = Zeroizing::new([0u8; 64]);
        short.copy_from_slice(&block[..64]);
        match self.hash {
            TotpHash::Sha1 => {
                let mac = Hmac::<Sha1>::new((&*short).into()).chain_update(message);
                mac.finalize().into_bytes().to_vec()
            }
            TotpHash::Sha256 => {
                let mac = Hmac::<Sha256>::new((&*short).into()).chain_update(message);
                mac.finalize().into_bytes().to_vec()
            }
            TotpHash::Sha512 => {
                let mac = Hmac::<Sha512>::new((&*block).into()).chain_update(message);
                mac.finalize().into_bytes().to_vec()
            }
        }
    }

    /// Base 32 (RFC 4648 §6) without padding, for who types it into the app.
    #[must_use]
    pub fn base32(&self) -> SecretString {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut text = String::with_capacity(self.expose_bytes().len().div_ceil(5) * 8);
        for chunk in self.expose_bytes().chunks(5) {
            let mut block = [0; 5];
            block[..chunk.len()].copy_from_slice(chunk);
            let bits = block
                .iter()
                .fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
            let letters = (chunk.len() * 8).div_ceil(5);
            text.extend(
                (0..letters)
                    .map(|place| char::from(ALPHABET[(bits >> (35 - 5 * place)) as usize & 31])),
            );
        }
        text.into()
    }

    /// The address in the picture that the app scans (Google Authenticator's key URI format).
    /// `account` is what the customer should recognise; it stays in the app.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> SecretString {
        let (issuer, account) = (percent(issuer), percent(account));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm={}&digits=6&period={}",
            self.base32().expose_secret(),
            self.hash.word(),
            STEP_SECONDS
        )
        .into()
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TotpSecret({:?})", self.hash)
    }
}

/// Percent-encodes everything that is not unreserved (RFC 3986 §2.3).
fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &[u8] = b"1234567890123456789012345678901234567890123456789012345678901234";

    fn secret(hash: TotpHash) -> TotpSecret {
        let length = match hash {
            TotpHash::Sha1 => 20,
            TotpHash::Sha256 => 32,
            TotpHash::Sha512 => 64,
        };
        TotpSecret::from_bytes(&SEED[..length], hash).unwrap()
    }

    fn code(step: i64) -> SecretString {
        secret(TotpHash::Sha1).code(TotpStep(step))
    }

    fn at(step: i64) -> Moment {
        Moment(step * STEP_SECONDS * 1_000_000 + 29_999_999)
    }

    #[test]
    fn hotp_gives_the_published_values() {
        // RFC 4226 appendix D.
        for (count, expected) in [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ]
        .into_iter()
        .enumerate()
        {
            let count = i64::try_from(count).unwrap();
            assert_eq!(code(count).expose_secret(), expected, "{count}");
        }
    }

    #[test]
    fn totp_gives_the_published_values() {
        // RFC 6238 appendix B, with the seeds of its reference code: 20, 32 and 64 bytes.
        let (one, two, five) = (TotpHash::Sha1, TotpHash::Sha256, TotpHash::Sha512);
        for (seconds, by_one, by_two, by_five) in [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ] {
            let step = TotpStep::at(Moment(seconds * 1_000_000));
            for (hash, expected) in [(one, by_one), (two, by_two), (five, by_five)] {
                let digits = secret(hash).digits::<8>(step);
                assert_eq!(&digits[..], expected.as_bytes(), "{hash:?} {seconds}");
                let six = secret(hash).code(step);
                assert_eq!(six.expose_secret(), &expected[2..]);
            }
        }
    }

    #[test]
    fn the_neighbours_match_and_nobody_else() {
        let secret = secret(TotpHash::Sha1);
        for distance in -3..=3 {
            let found = secret.check(&code(1000), at(1000 + distance), None);
            let expected = (distance.abs() <= 1).then_some(TotpStep(1000));
            assert_eq!(found, expected, "{distance}");
        }
        for wrong in ["", "000000", "75522", "7552244", "７５５２２４"] {
            assert_eq!(secret.check(&wrong.into(), at(0), None), None, "{wrong}");
        }
    }

    #[test]
    fn a_step_is_used_once_and_none_before_it_after_it() {
        let secret = secret(TotpHash::Sha1);
        let last = secret.check(&code(1001), at(1000), None);
        assert_eq!(last, Some(TotpStep(1001)));
        assert_eq!(secret.check(&code(1001), at(1000), last), None);
        assert_eq!(secret.check(&code(1000), at(1000), last), None);
        assert_eq!(
            secret.check(&code(1002), at(1001), last),
            Some(TotpStep(1002))
        );
    }

    #[test]
    fn the_address_names_everything_and_escapes_what_it_must() {
        // RFC 4648 section 10: "foobar" is MZXW6YTBOI; a longer text to have 16 bytes.
        let secret = TotpSecret::from_bytes(b"foobarfoobarfoobar", TotpHash::Sha256).unwrap();
        let text = secret.base32();
        assert_eq!(text.expose_secret(), "MZXW6YTBOJTG633CMFZGM33PMJQXE");
        let uri = secret.uri("Yamada Securities", "t@example.jp&x=山");
        assert_eq!(
            uri.expose_secret(),
            "otpauth://totp/Yamada%20Securities:t%40example.jp%26x%3D%E5%B1%B1\
             ?secret=MZXW6YTBOJTG633CMFZGM33PMJQXE&issuer=Yamada%20Securities\
             &algorithm=SHA256&digits=6&period=30"
        );
    }

    #[test]
    fn secrets_are_long_enough_and_never_shown() {
        assert!(TotpSecret::from_bytes(&[1; 15], TotpHash::Sha1).is_none());
        assert!(TotpSecret::from_bytes(&[1; 65], TotpHash::Sha1).is_none());
        let secret = TotpSecret::from_random([0x41; 20]);
        assert_eq!(secret.base32().expose_secret().len(), 32);
        let debug = format!("{secret:?}");
        assert_eq!(debug, "TotpSecret(Sha1)");
        assert_eq!(TotpHash::parse("SHA512"), Some(TotpHash::Sha512));
        assert_eq!(TotpHash::parse("MD5"), None);
    }
}
