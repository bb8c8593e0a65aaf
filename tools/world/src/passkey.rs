//! A customer's passkey in software: registers and asserts with ES256, as a browser and an
//! authenticator would, so that tests need neither.
//!
//! Deterministic: the key comes from a seed and signatures from RFC 6979. Attestation is `none`.
//! What it says can be bent (flags, counter, page), to play an attacker's browser.
//!
//! **Invariant:** what it signs is what it returns; only [`Answer`]'s own fields can be bent after.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest as _, Sha256};

/// User present, user verified.
pub const PRESENT: u8 = 0x01;
pub const VERIFIED: u8 = 0x04;
/// May be backed up, is backed up: a synced passkey.
pub const BACKUP_ELIGIBLE: u8 = 0x08;
pub const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// One passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    key: SigningKey,
    rp_id: String,
    user_handle: Vec<u8>,
    /// What the authenticator says of the user, [`PRESENT`] and [`VERIFIED`] at first.
    pub flags: u8,
    /// The counter, put up by each assertion; zero stays zero.
    pub sign_count: u32,
}

/// The page that asks, as the browser sees it.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    pub origin: &'a str,
    pub challenge: &'a [u8],
    /// The page around it, if it is framed by one of another origin.
    pub top: Option<&'a str>,
}

/// A new credential, as `navigator.credentials.create` returns it.
#[derive(Clone, Debug)]
pub struct Created {
    pub credential_id: Vec<u8>,
    pub client_data_json: Vec<u8>,
    pub attestation_object: Vec<u8>,
}

/// An assertion, as `navigator.credentials.get` returns it.
#[derive(Clone, Debug)]
pub struct Answer {
    pub credential_id: Vec<u8>,
    pub client_data_json: Vec<u8>,
    pub authenticator_data: Vec<u8>,
    pub signature: Vec<u8>,
    pub user_handle: Vec<u8>,
}

impl Passkey {
    /// A passkey for a relying party and a user. `None` for the seed of no key: zero, or above
    /// the order of P-256, which no seed of repeated small bytes is.
    #[must_use]
    pub fn new(seed: [u8; 32], rp_id: &str, user_handle: &[u8]) -> Option<Self> {
        Some(Self {
            key: SigningKey::from_slice(&seed).ok()?,
            rp_id: rp_id.to_owned(),
            user_handle: user_handle.to_vec(),
            flags: PRESENT | VERIFIED,
            sign_count: 0,
        })
    }

    /// Its credential id: 32 bytes, the digest of its public key.
    #[must_use]
    pub fn credential_id(&self) -> Vec<u8> {
        Sha256::digest(self.point()).to_vec()
    }

    fn point(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        point.as_bytes().to_vec()
    }

    /// Registers.
    #[must_use]
    pub fn create(&self, page: Page<'_>) -> Created {
        let mut data = self.authenticator_data(self.flags | ATTESTED);
        let id = self.credential_id();
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(&id);
        data.extend(self.cose_key());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap_or(u8::MAX));
        object.extend(data);
        Created {
            credential_id: id,
            client_data_json: page.client_data("webauthn.create", ""),
            attestation_object: object,
        }
    }

    /// Asserts.
    pub fn get(&mut self, page: Page<'_>) -> Answer {
        self.sign(page.client_data("webauthn.get", ""))
    }

    /// Confirms a payment that the browser showed: `payment` is the JSON object of that name.
    pub fn confirm_payment(&mut self, page: Page<'_>, payment: &str) -> Answer {
        self.sign(page.client_data("payment.get", &format!(r#","payment":{payment}"#)))
    }

    fn sign(&mut self, client_data_json: Vec<u8>) -> Answer {
        if self.sign_count > 0 {
            self.sign_count += 1;
        }
        let authenticator_data = self.authenticator_data(self.flags);
        let hash = Sha256::digest(&client_data_json);
        let signed = [&authenticator_data[..], &hash].concat();
        let signature: Signature = self.key.sign(&signed);
        Answer {
            credential_id: self.credential_id(),
            signature: signature.to_der().as_bytes().to_vec(),
            user_handle: self.user_handle.clone(),
            client_data_json,
            authenticator_data,
        }
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.sign_count.to_be_bytes());
        data
    }

    /// {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1.1).
    fn cose_key(&self) -> Vec<u8> {
        let point = self.point();
        let (x, y) = point[1..].split_at(32);
        let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        key.extend(x);
        key.extend(b"\x22\x58\x20");
        key.extend(y);
        key
    }
}

impl Page<'_> {
    /// In the order of §5.8.1.1, which all browsers keep. The origins are ours and need no escape.
    fn client_data(&self, kind: &str, more: &str) -> Vec<u8> {
        let (challenge, origin) = (base64url(self.challenge), self.origin);
        let top = match self.top {
            Some(top) => format!(r#"true,"topOrigin":"{top}""#),
            None => "false".to_owned(),
        };
        format!(
            r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":{top}{more}}}"#
        )
        .into_bytes()
    }
}

impl Created {
    /// As `PublicKeyCredential.toJSON()` writes it.
    #[must_use]
    pub fn json(&self) -> String {
        let id = base64url(&self.credential_id);
        let (data, object) = (
            base64url(&self.client_data_json),
            base64url(&self.attestation_object),
        );
        format!(
            r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{{}},"response":{{"clientDataJSON":"{data}","attestationObject":"{object}"}}}}"#
        )
    }
}

impl Answer {
    /// As `PublicKeyCredential.toJSON()` writes it.
    #[must_use]
    pub fn json(&self) -> String {
        let id = base64url(&self.credential_id);
        let [data, authenticator, signature, user] = [
            &self.client_data_json,
            &self.authenticator_data,
            &self.signature,
            &self.user_handle,
        ]
        .map(|bytes| base64url(bytes));
        format!(
            r#"{{"id":"{id}","rawId":"{id}","type":"public-key","clientExtensionResults":{{}},"response":{{"clientDataJSON":"{data}","authenticatorData":"{authenticator}","signature":"{signature}","userHandle":"{user}"}}}}"#
        )
    }
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
