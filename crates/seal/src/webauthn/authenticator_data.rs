//! Authenticator data (WebAuthn Level 3 §6.1): what the authenticator itself says and signs.
//!
//! **Invariant:** every byte is accounted for: the parts are there exactly when their flags say so,
//! and nothing follows the last.

use sha2::{Digest as _, Sha256};

use super::Refusal;
use super::cbor::{Value, read_first};

/// Longer ones are not parsed. A key, an id of 1023 bytes and extensions need less than half.
const MAX_LEN: usize = 8 * 1024;
/// The longest credential id (§7.1, L3).
pub const MAX_CREDENTIAL_ID: usize = 1023;

/// The flags of §6.1, bit 0 the least significant. Bits 1 and 5 are reserved and not looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flags(pub u8);

impl Flags {
    const PRESENT: u8 = 1;
    const VERIFIED: u8 = 1 << 2;
    const BACKUP_ELIGIBLE: u8 = 1 << 3;
    const BACKED_UP: u8 = 1 << 4;
    const ATTESTED: u8 = 1 << 6;
    const EXTENSIONS: u8 = 1 << 7;

    const fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    /// UP: somebody touched it.
    #[must_use]
    pub const fn user_present(self) -> bool {
        self.has(Self::PRESENT)
    }

    /// UV: it verified who, by a PIN or a biometric.
    #[must_use]
    pub const fn user_verified(self) -> bool {
        self.has(Self::VERIFIED)
    }

    /// BE: the credential may be copied to other devices (a synced passkey). Fixed for life.
    #[must_use]
    pub const fn backup_eligible(self) -> bool {
        self.has(Self::BACKUP_ELIGIBLE)
    }

    /// BS: it is copied at this moment.
    #[must_use]
    pub const fn backed_up(self) -> bool {
        self.has(Self::BACKED_UP)
    }

    /// §6.1.3: what is backed up must be eligible for it.
    pub(super) fn check_backup(self) -> Result<(), Refusal> {
        if self.backed_up() && !self.backup_eligible() {
            return Err(Refusal::BackupState);
        }
        Ok(())
    }
}

impl std::fmt::Debug for Flags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = ["UP", "r1", "UV", "BE", "BS", "r5", "AT", "ED"];
        let set = (0..8)
            .filter(|bit| self.has(1 << bit))
            .map(|bit| names[bit]);
        write!(f, "Flags({})", set.collect::<Vec<_>>().join(" "))
    }
}

/// The model of the authenticator; all zeros when it does not say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aaguid(pub [u8; 16]);

impl std::fmt::Display for Aaguid {
    /// As the FIDO metadata service writes it: `00112233-4455-6677-8899-aabbccddeeff`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Aaguid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Aaguid({self})")
    }
}

/// The new credential (§6.5.1), only at registration.
#[derive(Debug)]
pub(super) struct AttestedCredential<'a> {
    pub aaguid: Aaguid,
    pub id: &'a [u8],
    /// The COSE key as it stands, and read.
    pub key: (&'a [u8], Value<'a>),
}

#[derive(Debug)]
pub(super) struct AuthenticatorData<'a> {
    pub rp_id_hash: &'a [u8; 32],
    pub flags: Flags,
    pub sign_count: u32,
    pub attested: Option<AttestedCredential<'a>>,
}

impl<'a> AuthenticatorData<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if bytes.len() > MAX_LEN {
            return Err(Refusal::AuthenticatorDataShape);
        }
        Self::parts(bytes).ok_or(Refusal::AuthenticatorDataShape)
    }

    fn parts(bytes: &'a [u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
        let (flags, rest) = rest.split_first()?;
        let (sign_count, mut rest) = rest.split_first_chunk::<4>()?;
        let flags = Flags(*flags);
        let mut attested = None;
        if flags.has(Flags::ATTESTED) {
            let (credential, after) = attested_credential(rest)?;
            (attested, rest) = (Some(credential), after);
        }
        if flags.has(Flags::EXTENSIONS) {
            let (extensions, after) = read_first(rest).ok()?;
            extensions.map()?;
            rest = after;
        }
        rest.is_empty().then_some(Self {
            rp_id_hash,
            flags,
            sign_count: u32::from_be_bytes(*sign_count),
            attested,
        })
    }

    /// The hash is the relying party's, and somebody was there.
    pub(super) fn check(&self, rp_id: &str) -> Result<(), Refusal> {
        if Sha256::digest(rp_id.as_bytes()).as_slice() != self.rp_id_hash {
            return Err(Refusal::RelyingParty);
        }
        if !self.flags.user_present() {
            return Err(Refusal::PresenceMissing);
        }
        self.flags.check_backup()
    }
}

fn attested_credential(bytes: &[u8]) -> Option<(AttestedCredential<'_>, &[u8])> {
    let (aaguid, rest) = bytes.split_first_chunk::<16>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (id, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let (key, after) = read_first(rest).ok()?;
    let written = &rest[..rest.len() - after.len()];
    let credential = AttestedCredential {
        aaguid: Aaguid(*aaguid),
        id,
        key: (written, key),
    };
    Some((credential, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn data(flags: u8, rest: &[u8]) -> Vec<u8> {
        let mut data = Sha256::digest(b"example.org").to_vec();
        data.extend([flags, 0, 0, 1, 2]);
        data.extend(rest);
        data
    }

    fn parsed(flags: u8, rest: &[u8]) -> Result<(), Refusal> {
        AuthenticatorData::parse(&data(flags, rest))?.check("example.org")
    }

    #[test]
    fn the_parts_are_there_exactly_when_the_flags_say_so() {
        const SHAPE: Result<(), Refusal> = Err(Refusal::AuthenticatorDataShape);
        assert_eq!(parsed(0x05, b""), Ok(()));
        assert_eq!(parsed(0x05, b"x"), SHAPE, "something after the end");
        assert_eq!(parsed(0x85, b""), SHAPE, "no extensions");
        assert_eq!(parsed(0x85, &[0x80]), SHAPE, "extensions are a map");
        assert_eq!(parsed(0x85, &[0xa0]), Ok(()));
        assert_eq!(parsed(0x45, b""), SHAPE, "no credential");
        let mut credential = vec![7; 16];
        credential.extend([0, 2, 8, 9, 0xa1, 1, 2]);
        assert_eq!(parsed(0x45, &credential), Ok(()));
        assert_eq!(parsed(0x05, &credential), SHAPE);
        credential.push(0xa0);
        assert_eq!(parsed(0x45, &credential), SHAPE);
        assert_eq!(parsed(0xc5, &credential), Ok(()));
        let long = data(0x85, &vec![0; MAX_LEN]);
        assert!(AuthenticatorData::parse(&long).is_err());
    }

    #[test]
    fn whose_and_whether_somebody_was_there() {
        assert_eq!(parsed(0x04, b""), Err(Refusal::PresenceMissing));
        assert_eq!(parsed(0x11, b""), Err(Refusal::BackupState));
        assert_eq!(parsed(0x19, b""), Ok(()));
        let data = data(0x01, b"");
        let data = AuthenticatorData::parse(&data).unwrap();
        assert_eq!(data.check("example.com"), Err(Refusal::RelyingParty));
        assert_eq!(data.sign_count, 0x102);
        assert_eq!(format!("{:?}", Flags(0x1d)), "Flags(UP UV BE BS)");
        assert_eq!(
            Aaguid([0xab; 16]).to_string(),
            "abababab-abab-abab-abab-abababababab"
        );
    }

    proptest! {
        #[test]
        fn nothing_random_panics(
            flags: u8,
            rest in proptest::collection::vec(any::<u8>(), 0..200),
            cut in 0usize..40,
        ) {
            let data = data(flags, &rest);
            let _ = AuthenticatorData::parse(&data);
            prop_assert!(AuthenticatorData::parse(&data[..cut.min(36)]).is_err());
        }
    }
}
