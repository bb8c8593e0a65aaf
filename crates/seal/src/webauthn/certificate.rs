//! Attestation certificates (RFC 5280): reading, signatures, and whether a chain leads to a root.
//!
//! **Invariant:** a signature is checked over the bytes as they came, and a chain is anchored only
//! if every link of it was.

use sekisho_core::moment::Moment;
use x509_cert::der::Decode as _;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages};
use x509_cert::{Certificate as Parsed, Version};

use super::Refusal;
use super::cose::{Algorithm, PublicKey};
use super::der;
use super::signature::Scheme;
use crate::Check;

/// Longest certificate that is read.
const MAX_LEN: usize = 8 * 1024;
/// Longest chain, without the root.
pub(super) const MAX_CHAIN: usize = 6;

/// Critical extensions that are understood; any other makes a chain unanchored (RFC 5280 §4.2):
/// key usage, subject alternative name, basic constraints, policies, extended key usage.
const UNDERSTOOD: [&str; 5] = [
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.32",
    "2.5.29.37",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyKind {
    P256,
    P384,
    P521,
    Ed25519,
    Ed448,
    Rsa,
}

#[derive(Clone, Debug)]
pub(super) struct Certificate {
    der: Vec<u8>,
    parsed: Parsed,
}

impl Certificate {
    pub(super) fn parse(der: &[u8]) -> Result<Self, Refusal> {
        let parsed = (der.len() <= MAX_LEN).then(|| Parsed::from_der(der).ok());
        Ok(Self {
            der: der.to_vec(),
            parsed: parsed.flatten().ok_or(Refusal::AttestationCertificate)?,
        })
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    fn key_kind(&self) -> Option<KeyKind> {
        let info = self.parsed.tbs_certificate().subject_public_key_info();
        Some(match info.algorithm.oid.to_string().as_str() {
            "1.2.840.10045.2.1" => {
                let curve = info.algorithm.parameters.as_ref()?;
                match curve
                    .decode_as::<ObjectIdentifier>()
                    .ok()?
                    .to_string()
                    .as_str()
                {
                    "1.2.840.10045.3.1.7" => KeyKind::P256,
                    "1.3.132.0.34" => KeyKind::P384,
                    "1.3.132.0.35" => KeyKind::P521,
                    _ => return None,
                }
            }
            "1.2.840.113549.1.1.1" => KeyKind::Rsa,
            "1.3.101.112" => KeyKind::Ed25519,
            "1.3.101.113" => KeyKind::Ed448,
            _ => return None,
        })
    }

    fn key_bytes(&self) -> Option<&[u8]> {
        let info = self.parsed.tbs_certificate().subject_public_key_info();
        info.subject_public_key.as_bytes()
    }

    /// Whether it certifies exactly this key.
    pub(super) fn certifies(&self, key: &PublicKey) -> bool {
        let kind = match key.algorithm() {
            Algorithm::Es256 => KeyKind::P256,
            Algorithm::Es384 => KeyKind::P384,
            Algorithm::Es512 => KeyKind::P521,
            Algorithm::EdDsa => KeyKind::Ed25519,
            Algorithm::Ed448 => KeyKind::Ed448,
            Algorithm::Rs256 => KeyKind::Rsa,
        };
        self.key_kind() == Some(kind) && self.key_bytes() == Some(key.raw())
    }

    /// Verifies a signature of the certified key by the algorithm of an attestation statement.
    pub(super) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Check {
        let scheme = match (algorithm, self.key_kind()) {
            (Algorithm::Es256, Some(KeyKind::P256)) => Scheme::P256Sha256,
            (Algorithm::Es256, Some(KeyKind::P384)) => Scheme::P384Sha256,
            (Algorithm::Es384, Some(KeyKind::P256)) => Scheme::P256Sha384,
            (Algorithm::Es384, Some(KeyKind::P384)) => Scheme::P384Sha384,
            (Algorithm::Es512, Some(KeyKind::P521)) => Scheme::P521Sha512,
            (Algorithm::EdDsa, Some(KeyKind::Ed25519)) => Scheme::Ed25519,
            (Algorithm::Ed448, Some(KeyKind::Ed448)) => Scheme::Ed448,
            (Algorithm::Rs256, Some(KeyKind::Rsa)) => Scheme::RsaSha256,
            _ => return Check::Mismatch,
        };
        self.verify_with(scheme, message, signature)
    }

    /// Verifies a signature of the certified RSA key over SHA-1.
    pub(super) fn danger_verify_rsa_sha1(&self, message: &[u8], signature: &[u8]) -> Check {
        match self.key_kind() {
            Some(KeyKind::Rsa) => self.verify_with(Scheme::DangerRsaSha1, message, signature),
            _ => Check::Mismatch,
        }
    }

    fn verify_with(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> Check {
        match self.key_bytes() {
            Some(key) => scheme.verify(key, message, signature),
            None => Check::Mismatch,
        }
    }

    /// Whether its P-256 key makes it fit for FIDO U2F (§8.6).
    pub(super) fn is_p256(&self) -> bool {
        self.key_kind() == Some(KeyKind::P256)
    }

    /// Version 3 and explicitly or by omission no certificate authority (§8.2.1, §8.3.1).
    pub(super) fn is_v3_leaf(&self) -> bool {
        let tbs = self.parsed.tbs_certificate();
        let authority = match tbs.get_extension::<BasicConstraints>() {
            Ok(Some((_, constraints))) => constraints.ca,
            Ok(None) => false,
            Err(_) => true,
        };
        tbs.version() == Version::V3 && !authority
    }

    /// The content of an extension, with whether it is critical.
    pub(super) fn extension(&self, oid: &str) -> Option<(bool, &[u8])> {
        let mut extensions = self.parsed.tbs_certificate().extensions()?.iter();
        extensions.find_map(|extension| {
            let same = extension.extn_id.to_string() == oid;
            same.then(|| (extension.critical, extension.extn_value.as_bytes()))
        })
    }

    /// The scheme in which `issuer` has signed this.
    fn scheme(&self, issuer: &Self) -> Option<Scheme> {
        let oid = self.parsed.signature_algorithm().oid.to_string();
        Some(match (oid.as_str(), issuer.key_kind()?) {
            ("1.2.840.10045.4.3.2", KeyKind::P256) => Scheme::P256Sha256,
            ("1.2.840.10045.4.3.3", KeyKind::P256) => Scheme::P256Sha384,
            ("1.2.840.10045.4.3.2", KeyKind::P384) => Scheme::P384Sha256,
            ("1.2.840.10045.4.3.3", KeyKind::P384) => Scheme::P384Sha384,
            ("1.2.840.10045.4.3.4", KeyKind::P521) => Scheme::P521Sha512,
            ("1.2.840.113549.1.1.11", KeyKind::Rsa) => Scheme::RsaSha256,
            ("1.2.840.113549.1.1.12", KeyKind::Rsa) => Scheme::RsaSha384,
            ("1.2.840.113549.1.1.13", KeyKind::Rsa) => Scheme::RsaSha512,
            ("1.3.101.112", KeyKind::Ed25519) => Scheme::Ed25519,
            ("1.3.101.113", KeyKind::Ed448) => Scheme::Ed448,
            _ => return None,
        })
    }

    /// `issuer` is named as the issuer, may sign certificates above `below` others, and did sign.
    fn is_issued_by(&self, issuer: &Self, below: usize) -> Option<()> {
        let (tbs, above) = (
            self.parsed.tbs_certificate(),
            issuer.parsed.tbs_certificate(),
        );
        if tbs.issuer() != above.subject() || !issuer.may_issue(below) {
            return None;
        }
        if tbs.signature() != self.parsed.signature_algorithm() {
            return None;
        }
        let body = der::only(&self.der)?.content;
        let signed = &body[..body.len() - der::first(body)?.1.len()];
        let signature = self.parsed.signature().as_bytes()?;
        let check = issuer.verify_with(self.scheme(issuer)?, signed, signature);
        check.matched().then_some(())
    }

    fn may_issue(&self, below: usize) -> bool {
        let tbs = self.parsed.tbs_certificate();
        let constraints = tbs.get_extension::<BasicConstraints>();
        let authority = match constraints {
            Ok(Some((_, constraints))) => {
                let reach = constraints
                    .path_len_constraint
                    .map_or(usize::MAX, usize::from);
                constraints.ca && below <= reach
            }
            _ => false,
        };
        let signs = match tbs.get_extension::<KeyUsage>() {
            Ok(Some((_, usage))) => usage.0.contains(KeyUsages::KeyCertSign),
            Ok(None) => true,
            Err(_) => false,
        };
        authority && signs
    }

    fn is_valid(&self, at: Moment) -> bool {
        let validity = self.parsed.tbs_certificate().validity();
        let Ok(seconds) = u64::try_from(at.0 / 1_000_000) else {
            return false;
        };
        let from = validity.not_before.to_unix_duration().as_secs();
        (from..=validity.not_after.to_unix_duration().as_secs()).contains(&seconds)
    }

    fn is_understood(&self) -> bool {
        let extensions = self.parsed.tbs_certificate().extensions();
        extensions.into_iter().flatten().all(|extension| {
            !extension.critical || UNDERSTOOD.contains(&extension.extn_id.to_string().as_str())
        })
    }
}

/// The place of the root among `roots` to which `chain` leads, leaf first. A root needs no
/// validity of its own (RFC 5280 §6.1): that it is trusted is the operator's word.
pub(super) fn anchored(chain: &[Certificate], roots: &[Certificate], at: Moment) -> Option<usize> {
    for (place, certificate) in chain.iter().enumerate() {
        let known = roots.iter().position(|root| root.der == certificate.der);
        if known.is_some() {
            return known;
        }
        if !certificate.is_valid(at) || !certificate.is_understood() {
            return None;
        }
        // Certificates between this one's issuer and the leaf (RFC 5280 §4.2.1.9).
        let issued = |issuer: &Certificate| certificate.is_issued_by(issuer, place).is_some();
        if let Some(root) = roots.iter().position(issued) {
            return Some(root);
        }
        if !chain.get(place + 1).is_some_and(issued) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// 2027-01-15, and a year before the certificates begin.
    const NOW: Moment = Moment(1_800_000_000_000_000);
    const BEFORE: Moment = Moment(1_760_000_000_000_000);

    fn hex(text: &str) -> Vec<u8> {
        let pairs = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
        pairs
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect()
    }

    fn certificates(names: &[&str]) -> Vec<Certificate> {
        let file = include_str!("../../tests/vectors/attestation-chains.json");
        let file: Value = serde_json::from_str(file).unwrap();
        let named = names.iter().map(|name| hex(file[name].as_str().unwrap()));
        named.map(|der| Certificate::parse(&der).unwrap()).collect()
    }

    fn leads(names: &[&str], at: Moment) -> bool {
        anchored(&certificates(names), &certificates(&["root"]), at).is_some()
    }

    #[test]
    fn a_chain_of_links_that_hold_leads_to_the_root() {
        for (names, expected) in [
            (&["leaf-by-mid", "mid"][..], true),
            (&["leaf-by-mid", "mid", "root"], true),
            (&["leaf-by-rsa", "rsa"], true),
            (&["mid"], true),
            (&["root"], true),
            // The link is missing, is another, or comes in the wrong order.
            (&["leaf-by-mid"], false),
            (&["leaf-by-mid", "rsa"], false),
            (&["mid", "leaf-by-mid"], true),
            (&["leaf-by-mid", "root", "mid"], false),
            // Who may not issue: no authority, no such usage, no further authority below.
            (&["leaf-by-notca", "notca"], false),
            (&["leaf-by-mid", "mid-no-sign"], false),
            (&["leaf-by-mid2", "mid2", "mid"], false),
            // A critical extension that nobody here knows.
            (&["leaf-by-mid", "mid-critical"], false),
            (&[], false),
        ] {
            assert_eq!(leads(names, NOW), expected, "{names:?}");
            let early = expected && names == ["root"];
            assert_eq!(leads(names, BEFORE), early, "too early: {names:?}");
        }
    }

    #[test]
    fn a_leaf_is_trusted_by_itself_when_it_is_given_as_a_root() {
        let leaf = certificates(&["leaf-by-notca"]);
        assert_eq!(anchored(&leaf, &leaf, BEFORE), Some(0));
    }

    #[test]
    fn a_changed_certificate_leads_nowhere() {
        let roots = certificates(&["root"]);
        let [leaf, mid] = [
            &certificates(&["leaf-by-mid"])[0],
            &certificates(&["mid"])[0],
        ];
        let mut parsed = 0;
        for at in 0..leaf.der.len() {
            let mut changed = leaf.der.clone();
            changed[at] ^= 1;
            if let Ok(changed) = Certificate::parse(&changed) {
                parsed += 1;
                let chain = [changed, mid.clone()];
                assert_eq!(anchored(&chain, &roots, NOW), None, "byte {at}");
            }
        }
        assert!(parsed > 100, "most changes leave a certificate to judge");
    }
}
