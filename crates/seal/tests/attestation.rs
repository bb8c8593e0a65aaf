//! Attestations that are right, or wrong in one respect each: what the formats of WebAuthn Level 3
//! §8 demand of statements and certificates, beyond what the published vectors try.
//!
//! **Invariant:** what is to come of each stands beside it in the file.

#![allow(
    clippy::unwrap_used,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use proptest::prelude::*;
use sekisho_core::moment::Moment;
use sekisho_seal::webauthn::{
    Algorithm, Anchors, Framing, Registration, RegistrationResponse, RelyingParty, Trust,
    UserVerification, register,
};

fn hex(value: &serde_json::Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let pairs = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

fn rp() -> RelyingParty {
    RelyingParty {
        id: "broker.example".to_owned(),
        origins: vec!["https://login.broker.example".to_owned()],
        framing: Framing::Refuse,
    }
}

/// Who vouches, or the word of the refusal.
fn outcome(client_data_json: &[u8], attestation_object: &[u8]) -> String {
    let expected = Registration {
        rp: &rp(),
        challenge: &[9; 32],
        algorithms: Algorithm::OFFERED,
        verification: UserVerification::Required,
        trust: Trust::Record,
    };
    let response = RegistrationResponse {
        client_data_json,
        attestation_object,
    };
    match register(&expected, &response) {
        Ok(registered) => format!("{:?}", registered.attestation.voucher),
        Err(refusal) => refusal.word().to_owned(),
    }
}

fn cases() -> Vec<serde_json::Value> {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("vectors/attestations.json")).unwrap();
    file.as_array().unwrap().clone()
}

#[test]
fn every_format_takes_what_is_right_and_refuses_what_is_not() {
    let cases = cases();
    assert_eq!(cases.len(), 56);
    let mut wrong = Vec::new();
    for case in &cases {
        let (data, object) = (
            hex(&case["client_data_json"]),
            hex(&case["attestation_object"]),
        );
        let (found, expected) = (outcome(&data, &object), case["expect"].as_str().unwrap());
        if found != expected {
            wrong.push(format!("{}: {found}, expected {expected}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the model is certain when the attestation's own certificate is among the roots.
fn names_model(case: &serde_json::Value) -> bool {
    let (data, object) = (
        hex(&case["client_data_json"]),
        hex(&case["attestation_object"]),
    );
    let response = RegistrationResponse {
        client_data_json: &data,
        attestation_object: &object,
    };
    let judged = |anchors: &Anchors| {
        let at = Moment(1_800_000_000_000_000);
        let expected = Registration {
            rp: &rp(),
            challenge: &[9; 32],
            algorithms: Algorithm::OFFERED,
            verification: UserVerification::Required,
            trust: Trust::Judge { anchors, at },
        };
        register(&expected, &response).unwrap().attestation
    };
    let alone = judged(&Anchors::default());
    assert!(!alone.names_model(), "before no root");
    judged(&Anchors::new(&alone.path[..1]).unwrap()).names_model()
}

#[test]
fn a_model_is_certain_only_if_a_rooted_certificate_names_it() {
    let cases = cases();
    let named = |name: &str| {
        let found = cases.iter().find(|case| case["name"] == name);
        names_model(found.unwrap())
    };
    assert!(named("packed, its model"));
    // A signature of U2F covers no model, and what a TPM or a key store signs software wrote.
    for other in [
        "packed",
        "fido-u2f",
        "apple",
        "android-key",
        "tpm",
        "tpm, SHA-1",
    ] {
        assert!(!named(other), "{other}");
    }
}

thread_local! {
    static CASES: Vec<serde_json::Value> = cases();
}

type Edit = (prop::sample::Index, u8, u8);

fn edit() -> impl Strategy<Value = Edit> {
    (any::<prop::sample::Index>(), 0u8..3, any::<u8>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Bytes changed, doubled and cut out anywhere, several at once.
    #[test]
    fn nothing_nearly_right_panics(
        which in 0usize..56,
        edits in proptest::collection::vec(edit(), 1..6),
    ) {
        let case = CASES.with(|cases| cases[which].clone());
        let mut object = hex(&case["attestation_object"]);
        for (at, edit, byte) in edits {
            let at = at.index(object.len());
            match edit {
                0 => object[at] = byte,
                1 => object.insert(at, byte),
                _ => drop(object.remove(at)),
            }
        }
        let _ = outcome(&hex(&case["client_data_json"]), &object);
    }
}
