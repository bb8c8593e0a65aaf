//! Master keys, the ring that rotates them, and the sub-keys everything else works with.
//!
//! A key file is text. Each line is `sekisho-key-v1 <kid> <base64url of 32 bytes>`; blank lines
//! and lines that start with `#` are ignored. The first key is *current*: it seals, hashes and
//! signs. The others only open what was sealed before, so rotating is: put a new line on top,
//! restart, re-seal at leisure, remove the old line when nothing names its kid any more.
//!
//! **Invariant:** a master key is used for nothing but HKDF; each purpose works with its own
//! sub-key, and no sub-key tells anything about another or about the master.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Fault;

const LINE_LABEL: &str = "sekisho-key-v1";

/// More keys than this in one file are a mistake: every look-up by blind index probes each of them.
pub const MAX_KEYS: usize = 8;

/// The name of a master key. Not secret: it stands in clear in every sealed value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Kid(Arc<str>);

impl Kid {
    /// Longest kid, in bytes.
    pub const MAX_LEN: usize = 32;

    /// # Errors
    /// [`Fault::KidShape`] unless 1 to 32 characters of `a-z A-Z 0-9 . _ -`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if text.is_empty() || text.len() > Self::MAX_LEN || !text.bytes().all(allowed) {
            return Err(Fault::KidShape);
        }
        Ok(Self(text.into()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One byte that stands for this key beside a blind index, where a full kid would be longer
    /// than the index itself. A ring never holds two keys with the same byte.
    #[must_use]
    pub fn version(&self) -> KeyVersion {
        let digest = Sha256::new_with_prefix(b"sekisho kid version\0").chain_update(&*self.0);
        KeyVersion(digest.finalize()[0])
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({})", self.0)
    }
}

/// The short mark of a master key, see [`Kid::version`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyVersion(pub u8);

/// What a sub-key is for. Each gives an independent key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Sealing small values, see [`crate::envelope`].
    Envelope,
    /// Peppering password hashes, see [`crate::password`].
    Pepper,
    /// Storing one-time codes, see [`crate::code`].
    Code,
    /// Form tokens, see [`crate::csrf`].
    Csrf,
    /// Whatever a session cookie carries beside its opaque token.
    Session,
    /// Fingerprints of requests under an idempotency key.
    Idempotency,
    /// Names of guessing counters, see [`crate::counter`].
    Counter,
    /// Codes by which a customer reports an act, see [`crate::report_code`].
    ReportCode,
    /// Codes on paper for who has lost every other factor, see [`crate::backup_code`].
    BackupCode,
    /// Secrets of people of the firm, see [`crate::staff`].
    Staff,
    /// Tickets for the challenges of passkeys, see [`crate::ticket`].
    Ticket,
    /// Blind index of one field, by the field's name; see [`crate::index`].
    Index(&'static str),
}

impl Purpose {
    fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Envelope => ("envelope", ""),
            Self::Pepper => ("pepper", ""),
            Self::Code => ("code", ""),
            Self::Csrf => ("csrf", ""),
            Self::Session => ("session", ""),
            Self::Idempotency => ("idempotency", ""),
            Self::Counter => ("counter", ""),
            Self::ReportCode => ("report-code", ""),
            Self::BackupCode => ("backup-code", ""),
            Self::Staff => ("staff", ""),
            Self::Ticket => ("ticket", ""),
            Self::Index(field) => ("index", field),
        }
    }
}

/// 32 bytes derived for one [`Purpose`].
pub type SubKey = SecretBox<[u8; 32]>;

/// One line of the key file.
pub struct MasterKey {
    kid: Kid,
    secret: SecretBox<[u8; 32]>,
}

impl MasterKey {
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// HKDF-SHA-256 (RFC 5869) of the master key under the purpose's label.
    ///
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn sub_key(&self, purpose: Purpose) -> Result<SubKey, Fault> {
        let hkdf = Hkdf::<Sha256>::new(Some(LINE_LABEL.as_bytes()), self.secret.expose_secret());
        let (name, detail) = purpose.label();
        let info = ["sekisho/v1/", name, "/", detail].map(str::as_bytes);
        let mut okm = Box::new([0u8; 32]);
        hkdf.expand_multi_info(&info, okm.as_mut())
            .map_err(|_| Fault::Derivation)?;
        Ok(SecretBox::new(okm))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// All master keys of an installation, the current one first.
#[derive(Debug)]
pub struct KeyRing {
    current: MasterKey,
    former: Vec<MasterKey>,
}

/// Why a line of a key file was not accepted, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileProblem {
    #[error(
        "no key in the file: write a line `sekisho-key-v1 <kid> <base64url>` \
         (the key command makes one)"
    )]
    Empty,
    #[error("expected `sekisho-key-v1 <kid> <base64url>`, three words on one line")]
    WordCount,
    #[error("the line must begin with `sekisho-key-v1`; another format is not understood")]
    UnknownLabel,
    #[error(
        "the kid (second word) must be 1 to 32 characters of a-z, A-Z, 0-9, '.', '_' and '-', \
         for example 2026-10"
    )]
    KidShape,
    #[error(
        "the key (third word) must be 32 bytes in base64url without padding, 43 characters; \
         was it cut off when copied?"
    )]
    KeyShape,
    #[error("the key is one byte repeated, a placeholder: make a random one")]
    Placeholder,
    #[error("the kid stands on an earlier line already: give each key its own kid")]
    DuplicateKid,
    #[error("the same key stands on an earlier line already: a rotation needs a new random key")]
    DuplicateKey,
    #[error("the kid shares its one-byte mark with an earlier one: choose another name for it")]
    VersionCollision,
    #[error("more than 8 keys: remove those that nothing is sealed under any more")]
    TooMany,
}

impl KeyRing {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// [`Fault::KeyFile`] with the line's number, counted from 1, and what to do.
    pub fn parse(text: &SecretString) -> Result<Self, Fault> {
        let mut keys: Vec<MasterKey> = Vec::new();
        let mut last_line = 1;
        for (index, line) in text.expose_secret().lines().enumerate() {
            last_line = index + 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let accepted = parse_line(line).and_then(|key| admit(&keys, key));
            let key = accepted.map_err(|problem| Fault::KeyFile {
                line: last_line,
                problem,
            })?;
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let problem = KeyFileProblem::Empty;
        let current = keys.next().ok_or(Fault::KeyFile {
            line: last_line,
            problem,
        })?;
        Ok(Self {
            current,
            former: keys.collect(),
        })
    }

    /// A line for a key file from 32 fresh random bytes. Ends without a newline.
    #[must_use]
    pub fn generate_line(kid: &Kid, random: [u8; 32]) -> SecretString {
        let random = Zeroizing::new(random);
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(*random));
        format!("{LINE_LABEL} {kid} {}", *encoded).into()
    }

    /// The key that seals from now on.
    #[must_use]
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// Every key, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.former)
    }

    /// The purpose's sub-key of every master key, the current one first. Derive once, keep.
    ///
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn sub_keys(&self, purpose: Purpose) -> Result<SubKeys, Fault> {
        let derive = |key: &MasterKey| Ok::<_, Fault>((key.kid.clone(), key.sub_key(purpose)?));
        let former = self.former.iter().map(derive).collect::<Result<_, _>>()?;
        Ok(SubKeys {
            current: derive(&self.current)?,
            former,
        })
    }
}

/// The sub-keys of a ring for one purpose.
#[derive(Debug)]
pub struct SubKeys {
    current: (Kid, SubKey),
    former: Vec<(Kid, SubKey)>,
}

impl SubKeys {
    pub(crate) fn current(&self) -> (&Kid, &[u8; 32]) {
        (&self.current.0, self.current.1.expose_secret())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Kid, &[u8; 32])> {
        let all = std::iter::once(&self.current).chain(&self.former);
        all.map(|(kid, key)| (kid, key.expose_secret()))
    }

    /// The sub-key of the master key named so.
    pub(crate) fn find(&self, kid: &str) -> Option<(&Kid, &[u8; 32])> {
        self.iter().find(|(candidate, _)| candidate.as_str() == kid)
    }
}

fn parse_line(line: &str) -> Result<MasterKey, KeyFileProblem> {
    let mut words = line.split_ascii_whitespace();
    let (Some(label), Some(kid), Some(encoded), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(KeyFileProblem::WordCount);
    };
    if label != LINE_LABEL {
        return Err(KeyFileProblem::UnknownLabel);
    }
    let kid = Kid::parse(kid).map_err(|_| KeyFileProblem::KidShape)?;
    let decoded = URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| KeyFileProblem::KeyShape)?;
    let decoded = Zeroizing::new(decoded);
    let mut secret = Box::new([0u8; 32]);
    if decoded.len() != secret.len() {
        return Err(KeyFileProblem::KeyShape);
    }
    secret.copy_from_slice(&decoded);
    if secret.iter().all(|byte| *byte == secret[0]) {
        return Err(KeyFileProblem::Placeholder);
    }
    Ok(MasterKey {
        kid,
        secret: SecretBox::new(secret),
    })
}

/// What must hold between a new key and those on the lines before it.
fn admit(earlier: &[MasterKey], key: MasterKey) -> Result<MasterKey, KeyFileProblem> {
    if earlier.len() == MAX_KEYS {
        return Err(KeyFileProblem::TooMany);
    }
    for known in earlier {
        if known.kid == key.kid {
            return Err(KeyFileProblem::DuplicateKid);
        }
        if known.secret.expose_secret() == key.secret.expose_secret() {
            return Err(KeyFileProblem::DuplicateKey);
        }
        if known.kid.version() == key.kid.version() {
            return Err(KeyFileProblem::VersionCollision);
        }
    }
    Ok(key)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A random-looking but fixed master key.
    pub(crate) fn line(kid: &str, seed: u8) -> String {
        let random: [u8; 32] = Sha256::digest([seed]).into();
        let line = KeyRing::generate_line(&Kid::parse(kid).unwrap(), random);
        line.expose_secret().to_owned()
    }

    pub(crate) fn ring(lines: &[(&str, u8)]) -> KeyRing {
        let text: Vec<String> = lines.iter().map(|(kid, seed)| line(kid, *seed)).collect();
        KeyRing::parse(&text.join("\n").into()).unwrap()
    }

    fn problem(text: &str) -> (usize, KeyFileProblem) {
        match KeyRing::parse(&text.into()) {
            Err(Fault::KeyFile { line, problem }) => (line, problem),
            other => panic!("expected a key file fault, got {other:?}"),
        }
    }

    #[test]
    fn the_first_line_is_current_and_the_rest_are_kept() {
        let text = format!("# keys\n\n{}\n  {}\r\n", line("b", 2), line("a", 1));
        let ring = KeyRing::parse(&text.into()).unwrap();
        assert_eq!(ring.current().kid().as_str(), "b");
        let kids: Vec<&str> = ring.iter().map(|key| key.kid().as_str()).collect();
        assert_eq!(kids, ["b", "a"]);
    }

    #[test]
    fn every_bad_line_is_named_with_its_number() {
        use KeyFileProblem as P;
        let good = line("a", 1);
        let zeros = URL_SAFE_NO_PAD.encode([0u8; 32]);
        assert_eq!(problem(""), (1, P::Empty));
        assert_eq!(problem("# nothing\n\n"), (2, P::Empty));
        assert_eq!(
            problem(&format!("{good}\nsekisho-key-v1 b")),
            (2, P::WordCount)
        );
        assert_eq!(problem("sekisho-key-v2 a AAAA"), (1, P::UnknownLabel));
        assert_eq!(
            problem(&format!("sekisho-key-v1 a$b {zeros}")),
            (1, P::KidShape)
        );
        assert_eq!(problem(&good[..good.len() - 1]), (1, P::KeyShape));
        assert_eq!(problem(&format!("{good}=")), (1, P::KeyShape));
        assert_eq!(
            problem(&format!("sekisho-key-v1 a {zeros}")),
            (1, P::Placeholder)
        );
        assert_eq!(
            problem(&format!("{good}\n\n{}", line("a", 2))),
            (3, P::DuplicateKid)
        );
        assert_eq!(
            problem(&format!("{good}\n{}", line("b", 1))),
            (2, P::DuplicateKey)
        );
    }

    #[test]
    fn too_many_keys_and_equal_marks_are_refused() {
        let mut distinct: Vec<String> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        let mut clash = None;
        for number in 0u16..600 {
            let name = format!("k{number}");
            if let Some(first) = seen.insert(Kid::parse(&name).unwrap().version(), name.clone()) {
                clash = Some((first, name));
            } else if distinct.len() < MAX_KEYS + 1 {
                distinct.push(line(&name, u8::try_from(number).unwrap()));
            }
        }
        let (first, second) = clash.expect("600 names over 256 marks collide");
        let text = format!("{}\n{}", line(&first, 1), line(&second, 2));
        assert_eq!(problem(&text), (2, KeyFileProblem::VersionCollision));
        assert_eq!(
            problem(&distinct.join("\n")),
            (MAX_KEYS + 1, KeyFileProblem::TooMany)
        );
    }

    #[test]
    fn neither_errors_nor_debug_show_the_key() {
        let good = line("a", 1);
        let encoded = good.split(' ').nth(2).unwrap();
        let ring = ring(&[("a", 1)]);
        assert!(!format!("{ring:?}").contains(&encoded[..8]));
        let subs = ring.sub_keys(Purpose::Envelope).unwrap();
        assert!(format!("{subs:?}").contains("REDACTED"));
        let broken = format!("{good} {encoded}");
        let message = KeyRing::parse(&broken.into()).unwrap_err().to_string();
        assert!(!message.contains(&encoded[..8]), "{message}");
        assert!(
            message.starts_with("key file, line 1: expected"),
            "{message}"
        );
    }

    #[test]
    fn purposes_fields_and_keys_all_give_different_sub_keys() {
        let ring = ring(&[("a", 1), ("b", 2)]);
        let purposes = [
            Purpose::Envelope,
            Purpose::Pepper,
            Purpose::Code,
            Purpose::Csrf,
            Purpose::Session,
            Purpose::Idempotency,
            Purpose::Counter,
            Purpose::ReportCode,
            Purpose::Index("phone"),
            Purpose::Index("mail"),
        ];
        let mut seen = std::collections::HashSet::new();
        for purpose in purposes {
            for key in ring.iter() {
                assert!(seen.insert(*key.sub_key(purpose).unwrap().expose_secret()));
            }
        }
        assert_eq!(seen.len(), 20);
    }

    #[test]
    fn a_sub_key_stays_what_it_was_in_the_first_release() {
        // Computed independently with Python's hmac: extract with the label as salt, one expand.
        let ring = ring(&[("a", 1)]);
        let key = ring.current().sub_key(Purpose::Index("phone")).unwrap();
        let text = URL_SAFE_NO_PAD.encode(key.expose_secret());
        assert_eq!(text, "TdIOOD5AuiohCoxUe9sAxz4aaeW_mfYa9dgIkMEPo6U");
    }
}
