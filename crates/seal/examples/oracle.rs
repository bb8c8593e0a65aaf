//! Our codes, our verifier and our messages against libraries of others: reads cases with their
//! answers, as `e2e/oracles` makes them, from standard input, and panics at the first that we judge
//! otherwise; then writes what those libraries are to open, one JSON object a line. `./check
//! oracles` runs both.
//!
//! **Invariant:** whatever the other library refuses is refused here, and whatever is genuine and
//! taken there is taken here; where a turned bit leaves something that only they take, we are
//! stricter, and it says how often.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test from outside, which is no test function"
)]

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::moment::Moment;
use sekisho_seal::jwk::SigningKey;
use sekisho_seal::push::{self, Subscription, Vapid};
use sekisho_seal::totp::{TotpHash, TotpSecret, TotpStep};
use sekisho_seal::webauthn::{
    self as webauthn, Algorithm, Assertion, AssertionKind, AssertionResponse, Framing, Identified,
    PublicKey, Record, Registered, Registration, RegistrationResponse, RelyingParty, Trust,
    UserVerification,
};
use serde_json::Value;

const ALGORITHMS: &[Algorithm] = &[
    Algorithm::Es256,
    Algorithm::EdDsa,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::Rs256,
];

fn main() {
    let text = std::io::read_to_string(std::io::stdin()).unwrap();
    codes_are_those_of_pyotp(&cases(&text, "totp"));
    passkeys_are_judged_as_python_fido2_does_or_more_strictly(&cases(&text, "passkey"));
    for case in cases(&text, "push") {
        println!("{}", pushed(case));
    }
}

/// The case with the message and the header that a push service would get.
fn pushed(mut case: Value) -> Value {
    let browser = Subscription::parse(&hex(&case["p256dh"]), &hex(&case["auth"])).unwrap();
    let chance = |name: &str| hex(&case[name]);
    let message = push::seal_message(
        &browser,
        &hex(&case["payload"]),
        (
            chance("salt").try_into().unwrap(),
            chance("ephemeral").try_into().unwrap(),
        ),
    );
    let key = SigningKey::from_random(chance("sender").try_into().unwrap()).unwrap();
    let claims = Vapid {
        aud: case["claims"]["aud"].as_str().unwrap(),
        exp: case["claims"]["exp"].as_i64().unwrap(),
        sub: case["claims"]["sub"].as_str().unwrap(),
    };
    let header = push::authorization(&key, &claims).unwrap();
    case["authorization"] = header.into();
    let hex: Vec<_> = message
        .unwrap()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    case["message"] = hex.concat().into();
    case
}

fn cases(text: &str, kind: &str) -> Vec<Value> {
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|case| case["kind"] == kind).collect()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(pair).collect()
}

fn codes_are_those_of_pyotp(cases: &[Value]) {
    assert!(cases.len() >= 400);
    for case in cases {
        let secret = TotpSecret::from_bytes(&hex(&case["secret"]), TotpHash::Sha1).unwrap();
        assert_eq!(
            secret.base32().expose_secret(),
            case["base32"].as_str().unwrap()
        );
        let now = Moment(case["seconds"].as_i64().unwrap() * 1_000_000);
        let code = SecretString::from(case["code"].as_str().unwrap());
        let step = TotpStep::at(now);
        assert_eq!(
            secret.code(step).expose_secret(),
            code.expose_secret(),
            "{case}"
        );
        assert!(secret.check(&code, now, None).is_some(), "{case}");
        let later = Some(TotpStep(step.0 + 1));
        assert_eq!(secret.check(&code, now, later), None, "used before: {case}");
    }
}

fn rp() -> RelyingParty {
    RelyingParty {
        id: "example.org".to_owned(),
        origins: vec!["https://example.org".to_owned()],
        framing: Framing::Refuse,
    }
}

fn verification(case: &Value) -> UserVerification {
    match case["verification"].as_str().unwrap() {
        "required" => UserVerification::Required,
        _ => UserVerification::Preferred,
    }
}

fn registered(case: &Value) -> Option<Registered> {
    let challenge = hex(&case["challenge"][0]);
    let expected = Registration {
        rp: &rp(),
        challenge: &challenge,
        algorithms: ALGORITHMS,
        verification: verification(case),
        trust: Trust::Record,
    };
    let response = RegistrationResponse {
        client_data_json: &hex(&case["client_data"][0]),
        attestation_object: &hex(&case["attestation_object"]),
    };
    webauthn::register(&expected, &response).ok()
}

fn asserted(case: &Value, registered: &Registered) -> bool {
    let public_key = PublicKey::from_cose(registered.public_key.cose()).unwrap();
    let record = Record {
        credential_id: &registered.credential_id,
        public_key: &public_key,
        user_handle: b"customer",
        sign_count: registered.sign_count,
        flags: registered.flags,
    };
    let challenge = hex(&case["challenge"][1]);
    let expected = Assertion {
        rp: &rp(),
        challenge: &challenge,
        kind: AssertionKind::Proof,
        identified: Identified::Beforehand,
        verification: verification(case),
    };
    let response = AssertionResponse {
        credential_id: &registered.credential_id,
        client_data_json: &hex(&case["client_data"][1]),
        authenticator_data: &hex(&case["authenticator_data"]),
        signature: &hex(&case["signature"]),
        user_handle: None,
    };
    webauthn::assert(&expected, &record, &response).is_ok()
}

fn passkeys_are_judged_as_python_fido2_does_or_more_strictly(cases: &[Value]) {
    let (mut genuine, mut refused, mut stricter) = (0, 0, 0);
    for case in cases {
        let ours = registered(case);
        let pairs = [
            (case["registers"].as_bool().unwrap(), ours.is_some()),
            (
                case["asserts"].as_bool().unwrap(),
                ours.is_some_and(|new| asserted(case, &new)),
            ),
        ];
        for (theirs, ours) in pairs {
            match (theirs, ours) {
                (true, true) => genuine += 1,
                (true, false) => {
                    assert!(!case["turned"].is_null(), "genuine, and refused: {case}");
                    stricter += 1;
                }
                (false, false) => refused += 1,
                (false, true) => panic!("refused by python-fido2, and taken: {case}"),
            }
        }
    }
    eprintln!(
        "passkeys: {genuine} taken by both, {refused} refused by both, {stricter} refused here alone"
    );
    assert!(
        genuine >= 40 && refused >= 500,
        "too few cases to mean anything"
    );
}
