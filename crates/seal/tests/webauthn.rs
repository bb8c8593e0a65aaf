//! The verifier against the test vectors published in W3C Web Authentication Level 3.
//!
//! **Invariant:** all 15 pairs are accepted, and each is refused once anything in it is changed.

#![allow(
    clippy::unwrap_used,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use sekisho_core::moment::Moment;
use sekisho_seal::webauthn::{
    self as webauthn, Algorithm, Anchors, Asserted, Assertion, AssertionKind, AssertionResponse,
    Counter, Format, Framing, Identified, KeyStore, PublicKey, Record, Refusal, Registered,
    Registration, RegistrationResponse, RelyingParty, Standing, Trust, UnnamedTop,
    UserVerification, Voucher,
};
use serde_json::Value;

const ALGORITHMS: &[Algorithm] = &[
    Algorithm::Es256,
    Algorithm::EdDsa,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::Rs256,
    Algorithm::Ed448,
];
/// 2026-01-01; the vectors' certificates hold from 2024 to 3024.
const NOW: Moment = Moment(1_767_225_600_000_000);
const FLAGS: usize = 32;

#[derive(Clone)]
struct Vector {
    name: String,
    challenge: [Vec<u8>; 2],
    client_data: [Vec<u8>; 2],
    attestation_object: Vec<u8>,
    credential_id: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap().as_bytes();
    let pairs = text
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

fn vectors() -> (Vec<Vector>, Anchors) {
    let file: Value =
        serde_json::from_str(include_str!("vectors/webauthn-l3-vectors.json")).unwrap();
    let vectors: Vec<_> = file["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .map(vector)
        .collect();
    assert_eq!(vectors.len(), 15);
    let root = hex(&file["attestation_root_ca_der_hex"]);
    (vectors, Anchors::new(&[root]).unwrap())
}

fn vector(value: &Value) -> Vector {
    let pair = |name: &str| [hex(&value[name][0]), hex(&value[name][1])];
    Vector {
        name: value["name"].as_str().unwrap().to_owned(),
        challenge: pair("challenge"),
        client_data: pair("client_data_json"),
        attestation_object: hex(&value["attestation_object"]),
        credential_id: hex(&value["credential_id"]),
        authenticator_data: hex(&value["authenticator_data"]),
        signature: hex(&value["signature"]),
    }
}

fn rp(framing: Framing) -> RelyingParty {
    RelyingParty {
        id: "example.org".to_owned(),
        origins: vec!["https://example.org".to_owned()],
        framing,
    }
}

fn framed(unnamed: UnnamedTop) -> Framing {
    Framing::Within {
        tops: vec!["https://example.com".to_owned()],
        unnamed,
    }
}

/// The narrowest framing that the vector needs.
fn rp_of(vector: &Vector) -> RelyingParty {
    rp(match vector.name.as_str() {
        "none-es256-crossOrigin" => framed(UnnamedTop::Accept),
        "none-es256-topOrigin" => framed(UnnamedTop::Refuse),
        _ => Framing::Refuse,
    })
}

fn register(vector: &Vector, rp: &RelyingParty, trust: Trust<'_>) -> Result<Registered, Refusal> {
    let expected = Registration {
        rp,
        challenge: &vector.challenge[0],
        algorithms: ALGORITHMS,
        verification: UserVerification::Preferred,
        trust,
    };
    let response = RegistrationResponse {
        client_data_json: &vector.client_data[0],
        attestation_object: &vector.attestation_object,
    };
    webauthn::register(&expected, &response)
}

fn registered(vector: &Vector) -> Result<Registered, Refusal> {
    register(vector, &rp_of(vector), Trust::Record)
}

/// Asserts with what the unchanged vector registered.
fn asserted(
    vector: &Vector,
    registered: &Registered,
    verification: UserVerification,
) -> Result<Asserted, Refusal> {
    // Stored and read back, as an installation does.
    let public_key = PublicKey::from_cose(registered.public_key.cose()).unwrap();
    let record = Record {
        credential_id: &registered.credential_id,
        public_key: &public_key,
        user_handle: b"customer",
        sign_count: registered.sign_count,
        flags: registered.flags,
    };
    let expected = Assertion {
        rp: &rp_of(vector),
        challenge: &vector.challenge[1],
        kind: AssertionKind::Proof,
        identified: Identified::Beforehand,
        verification,
    };
    let response = AssertionResponse {
        credential_id: &vector.credential_id,
        client_data_json: &vector.client_data[1],
        authenticator_data: &vector.authenticator_data,
        signature: &vector.signature,
        user_handle: None,
    };
    webauthn::assert(&expected, &record, &response)
}

#[test]
fn all_fifteen_register_and_assert() {
    let (vectors, anchors) = vectors();
    let mut accepted = Vec::new();
    for vector in &vectors {
        let trust = Trust::Judge {
            anchors: &anchors,
            at: NOW,
        };
        let new = register(vector, &rp_of(vector), trust);
        let new = new.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", vector.name));
        assert_eq!(new.credential_id, vector.credential_id, "{}", vector.name);
        let again = asserted(vector, &new, UserVerification::Preferred);
        let again = again.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", vector.name));
        assert_eq!(again.counter, Counter::Unused, "{}", vector.name);
        let (algorithm, attestation) = (new.public_key.algorithm(), new.attestation);
        accepted.push((
            vector.name.as_str(),
            algorithm,
            attestation.format,
            attestation.voucher,
            attestation.standing,
        ));
    }
    let (anchored, alone) = (Standing::Anchored(0), Standing::Unjudged);
    let (none, by) = ((Format::None, Voucher::Nobody, alone), Voucher::Certificate);
    let packed = (Format::Packed, by, anchored);
    let itself = (Format::Packed, Voucher::Itself, alone);
    let key_store = Voucher::KeyStore(KeyStore::Unstated);
    let expected = [
        ("none-es256", Algorithm::Es256, none),
        ("packed-self-es256", Algorithm::Es256, itself),
        ("none-es256-crossOrigin", Algorithm::Es256, none),
        ("none-es256-topOrigin", Algorithm::Es256, none),
        ("none-es256-long-credential-id", Algorithm::Es256, none),
        ("packed-es256", Algorithm::Es256, packed),
        ("packed-es384", Algorithm::Es384, packed),
        ("packed-es512", Algorithm::Es512, packed),
        ("packed-rs256", Algorithm::Rs256, packed),
        ("packed-eddsa", Algorithm::EdDsa, packed),
        ("packed-ed448", Algorithm::Ed448, packed),
        ("tpm-es256", Algorithm::Es256, (Format::Tpm, by, anchored)),
        (
            "android-key-es256",
            Algorithm::Es256,
            (Format::AndroidKey, key_store, anchored),
        ),
        (
            "apple-es256",
            Algorithm::Es256,
            (Format::Apple, Voucher::AnonymizationAuthority, anchored),
        ),
        (
            "fido-u2f-es256",
            Algorithm::Es256,
            (Format::FidoU2f, by, anchored),
        ),
    ]
    .map(|(name, algorithm, (format, voucher, standing))| {
        (name, algorithm, format, voucher, standing)
    });
    assert_eq!(accepted, expected);
}

#[test]
fn an_assertion_with_anything_changed_is_refused() {
    type Change = (&'static str, fn(&mut Vector), Refusal);
    let changes: [Change; 7] = [
        (
            "credential",
            |v| v.credential_id[0] ^= 1,
            Refusal::Credential,
        ),
        ("challenge", |v| v.challenge[1][0] ^= 1, Refusal::Challenge),
        ("type", |v| v.client_data.swap(0, 1), Refusal::Ceremony),
        (
            "relying party",
            |v| v.authenticator_data[0] ^= 1,
            Refusal::RelyingParty,
        ),
        (
            "count",
            |v| v.authenticator_data[36] ^= 1,
            Refusal::Signature,
        ),
        (
            "client data",
            |v| v.client_data[1].push(b' '),
            Refusal::Signature,
        ),
        ("truncated", |v| v.signature.truncate(8), Refusal::Signature),
    ];
    let (vectors, _) = vectors();
    for vector in &vectors {
        let new = registered(vector).unwrap();
        let refused = |vector: &Vector, what: &str| {
            let refusal = asserted(vector, &new, UserVerification::Preferred);
            refusal.expect_err(&format!("{} {what}", vector.name))
        };
        for (what, change, refusal) in &changes {
            let mut changed = vector.clone();
            change(&mut changed);
            assert_eq!(refused(&changed, what), *refusal, "{} {what}", vector.name);
        }
        for at in 0..vector.signature.len() {
            let mut changed = vector.clone();
            changed.signature[at] ^= 1;
            assert_eq!(refused(&changed, "signature"), Refusal::Signature, "{at}");
        }
        // Every flag is signed; those with a meaning of their own are refused for that.
        for bit in 0..8 {
            let mut changed = vector.clone();
            changed.authenticator_data[FLAGS] ^= 1 << bit;
            refused(&changed, &format!("flag {bit}"));
        }
        let mut changed = vector.clone();
        changed.client_data[1] = other_page(&changed.client_data[1]);
        assert_eq!(
            refused(&changed, "page"),
            Refusal::Origin,
            "{}",
            vector.name
        );
    }
}

#[test]
fn a_registration_with_anything_changed_is_refused() {
    let (vectors, _) = vectors();
    for vector in &vectors {
        let name = &vector.name;
        let refused = |change: &dyn Fn(&mut Vector)| {
            let mut changed = vector.clone();
            change(&mut changed);
            registered(&changed).expect_err(name)
        };
        assert_eq!(
            refused(&|v| v.challenge[0][0] ^= 1),
            Refusal::Challenge,
            "{name}"
        );
        assert_eq!(
            refused(&|v| v.client_data.swap(0, 1)),
            Refusal::Ceremony,
            "{name}"
        );
        let page = refused(&|v| v.client_data[0] = other_page(&v.client_data[0]));
        assert_eq!(page, Refusal::Origin, "{name}");
        let data = place(&vector.attestation_object, &vector.authenticator_data[..32]);
        let rp = refused(&|v| v.attestation_object[data] ^= 1);
        assert_eq!(rp, Refusal::RelyingParty, "{name}");
        refused(&|v| v.attestation_object[data + FLAGS] ^= 0xff);
        let presence = refused(&|v| v.attestation_object[data + FLAGS] ^= 1);
        assert_eq!(presence, Refusal::PresenceMissing, "{name}");
        refused(&|v| {
            v.attestation_object
                .truncate(v.attestation_object.len() - 1)
        });
        refused(&|v| v.attestation_object.push(0));
        if vector
            .attestation_object
            .windows(3)
            .any(|window| window == b"sig")
        {
            let signature = place(&vector.attestation_object, b"csig") + 4 + 8;
            let refusal = refused(&|v| v.attestation_object[signature] ^= 1);
            assert_eq!(refusal, Refusal::AttestationSignature, "{name}");
        }
    }
}

#[test]
fn what_an_attestation_covers_cannot_be_changed() {
    let (vectors, _) = vectors();
    for vector in vectors
        .iter()
        .filter(|vector| !vector.name.starts_with("none"))
    {
        let data = place(&vector.attestation_object, &vector.authenticator_data[..32]);
        let id = data + 55;
        let mut changes = vec![("credential id", id), ("last of the key", 0)];
        changes[1].1 = place(&vector.attestation_object, &vector.credential_id);
        changes[1].1 += vector.credential_id.len() + 40;
        if !vector.name.starts_with("fido-u2f") {
            changes.extend([("count", data + 36), ("model", data + 37)]);
        }
        for (what, at) in changes {
            let mut changed = vector.clone();
            changed.attestation_object[at] ^= 1;
            registered(&changed).expect_err(&format!("{} {what}", vector.name));
        }
    }
}

/// Not one of a registration's bytes, changed in any one bit of them, makes the verifier panic.
#[test]
fn no_changed_byte_makes_it_panic() {
    let (vectors, anchors) = vectors();
    let trust = Trust::Judge {
        anchors: &anchors,
        at: NOW,
    };
    for vector in vectors
        .iter()
        .filter(|vector| vector.name.contains("es256"))
    {
        let mut changed = vector.clone();
        for at in 0..vector.attestation_object.len() {
            let bit = 1 << (at % 8);
            changed.attestation_object[at] ^= bit;
            let _ = register(&changed, &rp_of(vector), trust);
            changed.attestation_object[at] ^= bit;
            let mut short = vector.clone();
            short.attestation_object.truncate(at);
            assert!(registered(&short).is_err(), "{} cut at {at}", vector.name);
        }
    }
}

#[test]
fn framed_pages_are_refused_unless_allowed() {
    let (vectors, _) = vectors();
    let named = |name: &str| vectors.iter().find(|vector| vector.name == name).unwrap();
    let (unnamed, top) = (
        named("none-es256-crossOrigin"),
        named("none-es256-topOrigin"),
    );
    for (vector, framing) in [
        (unnamed, Framing::Refuse),
        (unnamed, framed(UnnamedTop::Refuse)),
        (top, Framing::Refuse),
        (
            top,
            Framing::Within {
                tops: vec!["https://example.co".to_owned()],
                unnamed: UnnamedTop::Accept,
            },
        ),
    ] {
        let refused = register(vector, &rp(framing), Trust::Record);
        assert_eq!(refused.unwrap_err(), Refusal::Framing);
    }
}

#[test]
fn user_verification_is_policy() {
    let (vectors, _) = vectors();
    let once = vectors
        .iter()
        .find(|vector| vector.name == "packed-self-es256");
    let once = once.unwrap();
    let new = registered(once).unwrap();
    assert!(new.flags.user_verified());
    let missing = Err(Refusal::VerificationMissing);
    assert_eq!(
        asserted(once, &new, UserVerification::AsRegistered),
        missing
    );
    assert_eq!(asserted(once, &new, UserVerification::Required), missing);
    let never = vectors.iter().find(|vector| vector.name == "packed-eddsa");
    let never = never.unwrap();
    let new = registered(never).unwrap();
    assert!(asserted(never, &new, UserVerification::AsRegistered).is_ok());
    assert_eq!(asserted(never, &new, UserVerification::Required), missing);
}

#[test]
fn algorithms_and_roots_are_policy() {
    let (vectors, anchors) = vectors();
    for vector in &vectors {
        let new = registered(vector).unwrap();
        assert_eq!(new.attestation.standing, Standing::Unjudged);
        let rp = rp_of(vector);
        let require = |anchors, at| register(vector, &rp, Trust::Require { anchors, at });
        let bare = matches!(new.attestation.voucher, Voucher::Nobody | Voucher::Itself);
        let unanchored = Err(Refusal::AttestationUnanchored);
        assert_eq!(require(&anchors, NOW).is_err(), bare, "{}", vector.name);
        let nobody = Anchors::new(&[]).unwrap();
        assert_eq!(require(&nobody, NOW), unanchored, "no roots");
        assert_eq!(require(&anchors, Moment(0)), unanchored, "not yet valid");
        let offered = Registration {
            rp: &rp,
            challenge: &vector.challenge[0],
            algorithms: &[],
            verification: UserVerification::Preferred,
            trust: Trust::Record,
        };
        let response = RegistrationResponse {
            client_data_json: &vector.client_data[0],
            attestation_object: &vector.attestation_object,
        };
        let refused = webauthn::register(&offered, &response);
        assert_eq!(refused.unwrap_err(), Refusal::Algorithm);
    }
    assert!(Anchors::new(&[vec![0x30, 0]]).is_err());
}

fn place(bytes: &[u8], part: &[u8]) -> usize {
    let mut windows = bytes.windows(part.len());
    windows.position(|window| window == part).unwrap()
}

/// `https://example.org` one letter off.
fn other_page(client_data: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(client_data).unwrap();
    let other = text.replacen("//example.org", "//examqle.org", 1);
    assert_ne!(other, text);
    other.into_bytes()
}
