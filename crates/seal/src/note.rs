//! Signed notes and checkpoints: the signed head of a log (C2SP signed-note and tlog-checkpoint),
//! with Ed25519 (RFC 8032).
//!
//! **Invariant:** a checkpoint is opened only if the key that is asked for signed exactly it;
//! signatures of others are neither read nor a reason to refuse.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use secrecy::{ExposeSecret as _, SecretBox};
use sekisho_core::bytes::Digest;

/// The number of Ed25519 in the identifier of a key (signed-note, "Signature types").
const ED25519_KIND: u8 = 1;
/// Bytes of a note that is read, at most. Ours: a checkpoint with a dozen cosignatures is less than
/// two kilobytes.
const MOST_NOTE: usize = 16_384;
/// Signatures that are looked at.
const MOST_SIGNATURES: usize = 16;
/// Bytes of the name of a key.
const MOST_NAME: usize = 256;

/// Why a note is none that can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    #[error("this is not a signed checkpoint")]
    Shape,
    #[error("the checkpoint is not signed by this key")]
    Unsigned,
    #[error("the signature of the checkpoint is wrong")]
    Forged,
    #[error("the checkpoint is of another log")]
    OtherLog,
    #[error("this is not the key of a log: NAME+HASH+KEY")]
    Key,
}

/// The head of a log at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many leaves there are.
    pub size: u64,
    /// The root of them.
    pub root: Digest,
}

impl Checkpoint {
    fn text(&self) -> String {
        let root = BASE64.encode(self.root.0);
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// Reads three lines, written in the one way there is.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split_terminator('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let root = BASE64.decode(root).ok()?;
        let read = Self {
            origin: origin.to_owned(),
            size: size.parse().ok()?,
            root: Digest(root.try_into().ok()?),
        };
        (!origin.is_empty() && read.text() == text).then_some(read)
    }
}

/// By what everybody verifies checkpoints of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// The name of the key, which is that of the log.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads `NAME+HASH+KEY`.
    ///
    /// # Errors
    /// [`NoteFault::Key`].
    pub fn parse(text: &str) -> Result<Self, NoteFault> {
        let read = || {
            let (name, rest) = text.split_once('+')?;
            let (_, encoded) = rest.split_once('+')?;
            let bytes = BASE64.decode(encoded).ok()?;
            let (kind, public) = bytes.split_first()?;
            let public = <[u8; 32]>::try_from(public).ok()?;
            let key = Self {
                name: name.to_owned(),
                public,
            };
            let fits = *kind == ED25519_KIND && is_name(name) && key.to_string() == text;
            fits.then_some(key)
        };
        read().ok_or(NoteFault::Key)
    }

    /// What a signature names its key by.
    fn hash(&self) -> [u8; 4] {
        let named = [self.name.as_bytes(), b"\n", &[ED25519_KIND], &self.public].concat();
        let [a, b, c, d, ..] = Digest::of(&named).0;
        [a, b, c, d]
    }

    /// Opens a note.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteFault> {
        if note.len() > MOST_NOTE || !note.ends_with('\n') {
            return Err(NoteFault::Shape);
        }
        let place = note.rfind("\n\n").ok_or(NoteFault::Shape)?;
        let (text, signatures) = (&note[..=place], &note[place + 2..]);
        let checkpoint = Checkpoint::parse(text).ok_or(NoteFault::Shape)?;
        let mut signed = false;
        for (number, line) in signatures.split_terminator('\n').enumerate() {
            let (name, bytes) = signature(line).ok_or(NoteFault::Shape)?;
            if number >= MOST_SIGNATURES {
                return Err(NoteFault::Shape);
            }
            let (hash, signature) = bytes.split_first_chunk::<4>().ok_or(NoteFault::Shape)?;
            if name != self.name || *hash != self.hash() {
                continue;
            }
            let public = UnparsedPublicKey::new(&ED25519, &self.public);
            let verified = public.verify(text.as_bytes(), signature);
            verified.map_err(|_| NoteFault::Forged)?;
            signed = true;
        }
        match (signed, checkpoint.origin == self.name) {
            (false, _) => Err(NoteFault::Unsigned),
            (true, false) => Err(NoteFault::OtherLog),
            (true, true) => Ok(checkpoint),
        }
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d] = self.hash();
        let key = BASE64.encode([&[ED25519_KIND][..], &self.public].concat());
        write!(f, "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{key}", self.name)
    }
}

/// The line of a signature: a dash, the name, and the signature behind the hash of its key.
fn signature(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64.decode(encoded).ok()?;
    is_name(name).then_some((name, bytes))
}

fn is_name(name: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    (1..=MOST_NAME).contains(&name.len()) && name.chars().all(fits)
}

/// What signs the checkpoints of a log.
pub struct LogKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl LogKey {
    /// The key of a seed of 32 random bytes, under the name of its log.
    ///
    /// # Errors
    /// [`NoteFault::Key`] for a name that holds spaces or a plus.
    pub fn new(name: &str, seed: &SecretBox<[u8; 32]>) -> Result<Self, NoteFault> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose_secret());
        let pair = pair.map_err(|_| NoteFault::Key)?;
        let public = <[u8; 32]>::try_from(pair.public_key().as_ref());
        let verifier = VerifierKey {
            name: name.to_owned(),
            public: public.map_err(|_| NoteFault::Key)?,
        };
        match is_name(name) {
            true => Ok(Self { pair, verifier }),
            false => Err(NoteFault::Key),
        }
    }

    /// By what its signatures are verified.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The checkpoint of this log of that size, signed.
    #[must_use]
    pub fn sign(&self, size: u64, root: Digest) -> String {
        let origin = self.verifier.name.clone();
        let text = Checkpoint { origin, size, root }.text();
        let signature = self.pair.sign(text.as_bytes());
        let signature = BASE64.encode([&self.verifier.hash()[..], signature.as_ref()].concat());
        format!("{text}\n\u{2014} {} {signature}\n", self.verifier.name)
    }
}

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogKey({})", self.verifier)
    }
}

/// A proof that a leaf is in a log, to be kept beside it (C2SP tlog-proof).
#[must_use]
pub fn tlog_proof(index: u64, proof: &[Digest], note: &str) -> String {
    let hashes = proof.iter().map(|hash| BASE64.encode(hash.0) + "\n");
    let hashes: String = hashes.collect();
    format!("c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{note}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "sekisho.example.jp/log";

    fn key(name: &str, byte: u8) -> LogKey {
        LogKey::new(name, &SecretBox::new(Box::new([byte; 32]))).unwrap()
    }

    #[test]
    fn what_is_signed_is_what_others_make_of_the_same_seed() {
        // By python-cryptography 48.0.0, from the seed of 32 times 7.
        let key = key(NAME, 7);
        assert_eq!(key.verifier().to_string(), VECTOR_KEY);
        assert_eq!(key.sign(70_000, Digest([3; 32])), VECTOR_NOTE);
    }

    const VECTOR_KEY: &str =
        "sekisho.example.jp/log+53d0fb92+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
    const VECTOR_NOTE: &str = "sekisho.example.jp/log\n70000\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n\n\u{2014} sekisho.example.jp/log U9D7kpbT/1LI/IeXmxPGSQy+ZKIoUAanm+HzDw2NBJP+NAQYTKuceZThVBDEdzKuIKlCj9Aoh8ig8KHNFERVpXQDXw4=\n";

    #[test]
    fn a_note_is_opened_as_it_was_signed_and_a_key_read_as_it_was_written() {
        let key = key(NAME, 1);
        let text = key.verifier().to_string();
        assert_eq!(&VerifierKey::parse(&text).unwrap(), key.verifier());
        for size in [0, 1, 256, u64::MAX] {
            let opened = key
                .verifier()
                .open(&key.sign(size, Digest([9; 32])))
                .unwrap();
            assert_eq!((opened.origin.as_str(), opened.size), (NAME, size));
            assert_eq!(opened.root, Digest([9; 32]));
        }
        assert!(!format!("{key:?}").contains("0101"));
    }

    #[test]
    fn one_changed_byte_anywhere_is_refused() {
        let key = key(NAME, 1);
        let note = key.sign(300, Digest([9; 32]));
        for place in 0..note.len() {
            for flip in [1, 2, 32] {
                let mut bytes = note.clone().into_bytes();
                bytes[place] ^= flip;
                let Ok(changed) = String::from_utf8(bytes) else {
                    continue;
                };
                assert!(key.verifier().open(&changed).is_err(), "{place} {changed}");
            }
        }
    }

    #[test]
    fn signatures_of_others_are_passed_over_and_none_is_refused() {
        let (ours, witness) = (key(NAME, 1), key("witness.example", 2));
        let note = ours.sign(5, Digest([9; 32]));
        let text = &note[..=note.rfind("\n\n").unwrap()];
        let theirs = BASE64.encode([&witness.verifier.hash()[..], &[5; 72]].concat());
        let line = format!("\u{2014} witness.example {theirs}\n");
        let verifier = ours.verifier();
        assert!(verifier.open(&format!("{note}{line}")).is_ok());
        let alone = verifier.open(&format!("{text}\n{line}"));
        assert_eq!(alone, Err(NoteFault::Unsigned));
        assert_eq!(witness.verifier().open(&note), Err(NoteFault::Unsigned));
        // The same name and another key.
        let other = key(NAME, 3);
        assert_eq!(other.verifier().open(&note), Err(NoteFault::Unsigned));
        let many = format!("{note}{}", line.repeat(16));
        assert_eq!(verifier.open(&many), Err(NoteFault::Shape));
        let long = format!("{note}{}", line.repeat(200));
        assert_eq!(verifier.open(&long), Err(NoteFault::Shape));
    }

    #[test]
    fn what_is_no_checkpoint_is_refused_even_if_it_is_signed() {
        let key = key(NAME, 1);
        let root = BASE64.encode([9; 32]);
        let signed = |text: &str| {
            let signature = key.pair.sign(text.as_bytes());
            let bytes = [&key.verifier.hash()[..], signature.as_ref()].concat();
            format!("{text}\n\u{2014} {NAME} {}\n", BASE64.encode(bytes))
        };
        let open = |text: &str| key.verifier().open(&signed(text)).map(|_| ());
        assert_eq!(open(&format!("{NAME}\n7\n{root}\n")), Ok(()));
        let other = format!("other.example/log\n7\n{root}\n");
        assert_eq!(open(&other), Err(NoteFault::OtherLog));
        for wrong in [
            format!("{NAME}\n07\n{root}\n"),
            format!("{NAME}\n+7\n{root}\n"),
            format!("{NAME}\n-7\n{root}\n"),
            format!("{NAME}\n18446744073709551616\n{root}\n"),
            format!("{NAME}\n7\n{}\n", &root[..40]),
            format!("{NAME}\n7\n{root}\nmore\n"),
            format!("{NAME}\n7\n"),
            format!("\n7\n{root}\n"),
            "\n".to_owned(),
        ] {
            assert_eq!(open(&wrong), Err(NoteFault::Shape), "{wrong:?}");
        }
        for wrong in ["", "\n", "\n\n", "no note at all\n"] {
            assert_eq!(key.verifier().open(wrong), Err(NoteFault::Shape));
        }
    }

    #[test]
    fn a_key_has_one_text_and_a_name_without_spaces() {
        let text = key(NAME, 1).verifier().to_string();
        let other = key("other.example/log", 1).verifier().to_string();
        let (_, rest) = other.split_once('+').unwrap();
        for wrong in [
            String::new(),
            format!("{text} "),
            text.replacen('+', "++", 1),
            text.to_uppercase(),
            format!("{NAME}+{rest}"),
            text[..text.len() - 4].to_owned(),
        ] {
            assert_eq!(VerifierKey::parse(&wrong), Err(NoteFault::Key), "{wrong}");
        }
        let seed = SecretBox::new(Box::new([1; 32]));
        for wrong in ["", "a b", "a+b", "a\nb", &"a".repeat(257)] {
            assert!(LogKey::new(wrong, &seed).is_err(), "{wrong:?}");
        }
    }
}
