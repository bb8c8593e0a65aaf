//! Passkeys from registration to proof, with the passkey in software of `tools/world`, and what an
//! attacker's browser may try.
//!
//! **Invariant:** a proof exists only for the challenge, the operation and the customer it names.

#![allow(
    clippy::unwrap_used,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use sekisho_core::bytes::Digest;
use sekisho_core::confirm::PaymentAsked;
use sekisho_core::id::{CredentialId, CustomerId};
use sekisho_core::known::{Attestation, Backup, PasskeyKnown, Strange};
use sekisho_core::moment::Moment;
use sekisho_core::money::Money;
use sekisho_core::proof::{Counting, FactorProved, Method, PasskeyProved, Screen, UserSeen};
use sekisho_core::text::Line;
use sekisho_seal::Fault;
use sekisho_seal::prove::{PasskeyAsked, prove_passkey};
use sekisho_seal::ticket::Ticket;
use sekisho_seal::webauthn::{
    Algorithm, AssertionKind, AssertionResponse, Framing, Identified, Refusal, Registered,
    Registration, RegistrationResponse, RelyingParty, Trust, UserVerification, Voucher,
    bound_challenge, register,
};
use sekisho_world::passkey::{
    Answer, BACKED_UP, BACKUP_ELIGIBLE, Created, PRESENT, Page, Passkey, VERIFIED,
};

const NOW: Moment = Moment(1_800_000_000_000_000);
const PAGE: &str = "https://login.broker.example";
const CUSTOMER: CustomerId = CustomerId([3; 16]);
const NONCE: [u8; 32] = [9; 32];
const PAYMENT: &str = r#"{"rpId":"broker.example","topOrigin":"https://login.broker.example",
    "payeeName":"Yamada 0001-123 1234567","paymentEntitiesLogos":[],
    "total":{"value":"50000","currency":"JPY"},
    "instrument":{"icon":"https://login.broker.example/i.png","displayName":"Withdrawal (Broker)"}}"#;

fn rp() -> RelyingParty {
    RelyingParty {
        id: "broker.example".to_owned(),
        origins: vec![PAGE.to_owned()],
        framing: Framing::Refuse,
    }
}

fn passkey(seed: u8) -> Passkey {
    Passkey::new([seed; 32], "broker.example", &CUSTOMER.0).unwrap()
}

fn page(challenge: &[u8]) -> Page<'_> {
    Page {
        origin: PAGE,
        challenge,
        top: None,
    }
}

fn registered(created: &Created) -> Result<Registered, Refusal> {
    let expected = Registration {
        rp: &rp(),
        challenge: &NONCE,
        algorithms: Algorithm::OFFERED,
        verification: UserVerification::Required,
        trust: Trust::Record,
    };
    let response = RegistrationResponse {
        client_data_json: &created.client_data_json,
        attestation_object: &created.attestation_object,
    };
    register(&expected, &response)
}

/// The passkey as the store would have it.
fn known(passkey: &Passkey) -> PasskeyKnown {
    let new = registered(&passkey.create(page(&NONCE))).unwrap();
    assert_eq!(new.attestation.voucher, Voucher::Nobody);
    PasskeyKnown {
        id: CredentialId([1; 16]),
        customer: CUSTOMER,
        revision: 4,
        rp_id: "broker.example".to_owned(),
        handle: new.credential_id,
        user_handle: CUSTOMER.0.to_vec(),
        public_key: new.public_key.cose().to_vec(),
        sign_count: new.sign_count,
        seen: UserSeen::Verified,
        backup: Backup::Bound,
        aaguid: new.aaguid.0,
        attestation: Attestation::Absent,
        transports: Vec::new(),
        place: Strange::New,
        name: Line::parse("phone").unwrap(),
        created: NOW,
        last: None,
    }
}

fn withdrawal() -> Digest {
    Digest::of(b"withdraw 50000 JPY to Yamada")
}

fn ticket(nonce: [u8; 32], bound: Digest) -> Ticket {
    Ticket::new(nonce, bound, NOW)
}

fn asked() -> PasskeyAsked<'static> {
    PasskeyAsked {
        ticket: ticket(NONCE, withdrawal()),
        kind: AssertionKind::Proof,
        identified: Identified::Beforehand,
        verification: UserVerification::AsRegistered,
    }
}

fn challenge() -> [u8; 32] {
    bound_challenge(&NONCE, &withdrawal())
}

fn prove(
    known: &PasskeyKnown,
    asked: &PasskeyAsked<'_>,
    answer: &Answer,
) -> Result<PasskeyProved, Refusal> {
    let response = AssertionResponse {
        credential_id: &answer.credential_id,
        client_data_json: &answer.client_data_json,
        authenticator_data: &answer.authenticator_data,
        signature: &answer.signature,
        user_handle: Some(&answer.user_handle)
            .filter(|handle| !handle.is_empty())
            .map(|h| &h[..]),
    };
    prove_passkey(&rp(), known, asked, &response).unwrap()
}

fn refused(known: &PasskeyKnown, asked: &PasskeyAsked<'_>, answer: &Answer) -> Refusal {
    prove(known, asked, answer).unwrap_err()
}

#[test]
fn a_passkey_proves_its_credential_challenge_and_operation() {
    let mut passkey = passkey(1);
    let known = known(&passkey);
    let answer = passkey.get(page(&challenge()));
    let proof = prove(&known, &asked(), &answer).unwrap();
    assert_eq!(proof.screen(), Screen::Page);
    assert_eq!((proof.credential(), proof.revision()), (known.id, 4));
    let signed = proof.signed();
    assert_eq!(
        (signed.seen, signed.counting),
        (UserSeen::Verified, Counting::Onward)
    );
    assert_eq!(proof.spent(), asked().ticket.spent());
    let factor = FactorProved::Passkey(proof);
    assert_eq!(
        (factor.bound(), factor.method()),
        (withdrawal(), Method::Passkey)
    );
}

#[test]
fn another_operation_nonce_or_passkey_is_refused() {
    let mut passkey = passkey(1);
    let known = known(&passkey);
    let answer = passkey.get(page(&challenge()));
    let other = PasskeyAsked {
        ticket: ticket(NONCE, Digest::of(b"withdraw 50000 JPY to Yamade")),
        ..asked()
    };
    assert_eq!(refused(&known, &other, &answer), Refusal::Challenge);
    let replayed = PasskeyAsked {
        ticket: ticket([8; 32], withdrawal()),
        ..asked()
    };
    assert_eq!(refused(&known, &replayed, &answer), Refusal::Challenge);
    let mut stranger = Passkey::new([2; 32], "broker.example", &CUSTOMER.0).unwrap();
    let mut forged = stranger.get(page(&challenge()));
    assert_eq!(refused(&known, &asked(), &forged), Refusal::Credential);
    forged.credential_id.clone_from(&answer.credential_id);
    assert_eq!(refused(&known, &asked(), &forged), Refusal::Signature);
}

#[test]
fn another_page_frame_or_relying_party_is_refused() {
    let mut ours = passkey(1);
    let known = known(&ours);
    let challenge = challenge();
    for origin in [
        "https://login.broker.example.evil.example",
        "https://login.broker.example:8443",
        "http://login.broker.example",
        "https://login.broker.examples",
        "https://LOGIN.broker.example",
        "",
    ] {
        let other = Page {
            origin,
            ..page(&challenge)
        };
        assert_eq!(refused(&known, &asked(), &ours.get(other)), Refusal::Origin);
    }
    let framed = Page {
        top: Some("https://evil.example"),
        ..page(&challenge)
    };
    assert_eq!(
        refused(&known, &asked(), &ours.get(framed)),
        Refusal::Framing
    );
    let mut theirs = Passkey::new([1; 32], "evil.example", &CUSTOMER.0).unwrap();
    let relayed = theirs.get(page(&challenge));
    assert_eq!(refused(&known, &asked(), &relayed), Refusal::RelyingParty);
}

#[test]
fn who_was_seen_decides_the_method() {
    let mut touched = passkey(1);
    let known = known(&touched);
    touched.flags = PRESENT;
    let answer = touched.get(page(&challenge()));
    assert_eq!(
        refused(&known, &asked(), &answer),
        Refusal::VerificationMissing
    );
    let lenient = PasskeyAsked {
        verification: UserVerification::Preferred,
        ..asked()
    };
    let proof = prove(&known, &lenient, &answer).unwrap();
    assert_eq!(
        (proof.signed().seen, proof.method()),
        (UserSeen::Present, Method::SecurityKey)
    );
    touched.flags = VERIFIED;
    let untouched = touched.get(page(&challenge()));
    assert_eq!(
        refused(&known, &lenient, &untouched),
        Refusal::PresenceMissing
    );
    let created = touched.create(page(&NONCE));
    assert_eq!(registered(&created).unwrap_err(), Refusal::PresenceMissing);
}

#[test]
fn a_passkey_cannot_become_synced_later() {
    let mut passkey = passkey(1);
    let known = known(&passkey);
    passkey.flags |= BACKUP_ELIGIBLE | BACKED_UP;
    let answer = passkey.get(page(&challenge()));
    let changed = refused(&known, &asked(), &answer);
    assert_eq!(changed, Refusal::BackupEligibilityChanged);
    passkey.flags = PRESENT | VERIFIED | BACKED_UP;
    let created = passkey.create(page(&NONCE));
    assert_eq!(registered(&created).unwrap_err(), Refusal::BackupState);
}

#[test]
fn a_counter_that_goes_back_is_told_and_not_refused() {
    let mut passkey = passkey(1);
    passkey.sign_count = 5;
    let mut known = known(&passkey);
    assert_eq!(known.sign_count, 5);
    let (first, second) = (
        passkey.get(page(&challenge())),
        passkey.get(page(&challenge())),
    );
    let counter = |known: &PasskeyKnown, answer| {
        let signed = prove(known, &asked(), answer).unwrap().signed();
        (signed.count, signed.counting)
    };
    assert_eq!(counter(&known, &second), (7, Counting::Onward));
    known.sign_count = 7;
    let back = Counting::Back { before: 7 };
    assert_eq!(counter(&known, &first), (6, back));
    assert_eq!(counter(&known, &second), (7, back));
}

#[test]
fn who_it_is_by_the_passkey_alone_must_be_said() {
    let mut passkey = passkey(1);
    let known = known(&passkey);
    let mut answer = passkey.get(page(&challenge()));
    let alone = PasskeyAsked {
        identified: Identified::ByPasskey,
        ..asked()
    };
    assert!(prove(&known, &alone, &answer).is_ok());
    answer.user_handle.clear();
    assert!(prove(&known, &asked(), &answer).is_ok());
    assert_eq!(refused(&known, &alone, &answer), Refusal::UserHandle);
    answer.user_handle = vec![4; 16];
    assert_eq!(refused(&known, &alone, &answer), Refusal::UserHandle);
    assert_eq!(refused(&known, &asked(), &answer), Refusal::UserHandle);
}

#[test]
fn a_payment_is_confirmed_only_where_it_was_asked_for_and_as_the_browser_showed_it() {
    let mut passkey = passkey(1);
    let known = known(&passkey);
    let challenge = challenge();
    let payment = PaymentAsked {
        payee: "Yamada 0001-123 1234567".to_owned(),
        total: Money::parse("50000", "JPY").unwrap(),
        instrument: "Withdrawal (Broker)".to_owned(),
        icon: "https://login.broker.example/i.png".to_owned(),
    };
    let pay = PasskeyAsked {
        kind: AssertionKind::Confirmation(&payment),
        ..asked()
    };
    let answer = passkey.confirm_payment(page(&challenge), PAYMENT);
    let proof = prove(&known, &pay, &answer).unwrap();
    assert_eq!(
        (proof.screen(), proof.bound()),
        (Screen::Browser, withdrawal())
    );
    // Nowhere else than where a payment was asked for.
    assert_eq!(refused(&known, &asked(), &answer), Refusal::Ceremony);
    // Who sees no dialog of the browser signs what the page shows.
    let plain = passkey.get(page(&challenge));
    let proof = prove(&known, &pay, &plain).unwrap();
    assert_eq!(proof.screen(), Screen::Page);
    for (from, to) in [
        ("\"rpId\":\"broker", "\"rpId\":\"evil"),
        (
            "\"topOrigin\":\"https://login",
            "\"topOrigin\":\"https://evil",
        ),
        ("1234567", "7654321"),
        ("50000", "90000"),
        ("JPY", "USD"),
        ("Broker", "Brooker"),
        ("/i.png", "/j.png"),
    ] {
        let other = PAYMENT.replace(from, to);
        let answer = passkey.confirm_payment(page(&challenge), &other);
        assert_eq!(refused(&known, &pay, &answer), Refusal::Payment, "{to}");
    }
    let mut swapped = answer.clone();
    let text = String::from_utf8(answer.client_data_json).unwrap();
    let other = |from: &str, to: &str| {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        changed.into_bytes()
    };
    swapped.client_data_json = other("payment.get", "webauthn.get");
    assert_eq!(refused(&known, &pay, &swapped), Refusal::Payment);
    assert_eq!(refused(&known, &asked(), &swapped), Refusal::Payment);
    swapped.client_data_json = other("\"payment\":", "\"paid\":");
    assert_eq!(refused(&known, &pay, &swapped), Refusal::Payment);
    swapped.client_data_json = other("payment.get", "webauthn.create");
    assert_eq!(refused(&known, &pay, &swapped), Refusal::Ceremony);
    // What was shown is right, and somebody else's signature is under it.
    swapped.client_data_json = other("\"crossOrigin\":false", "\"crossOrigin\": false");
    assert_eq!(refused(&known, &pay, &swapped), Refusal::Signature);
    let replayed = passkey.confirm_payment(page(&[7; 32]), PAYMENT);
    assert_eq!(refused(&known, &pay, &replayed), Refusal::Challenge);
}

#[test]
fn a_stored_key_that_cannot_be_read_is_a_fault_and_not_the_customers_doing() {
    let mut passkey = passkey(1);
    let mut known = known(&passkey);
    known.public_key.truncate(20);
    let answer = passkey.get(page(&challenge()));
    let response = AssertionResponse {
        credential_id: &answer.credential_id,
        client_data_json: &answer.client_data_json,
        authenticator_data: &answer.authenticator_data,
        signature: &answer.signature,
        user_handle: None,
    };
    let fault = prove_passkey(&rp(), &known, &asked(), &response);
    assert!(matches!(fault, Err(Fault::StoredPasskey)));
}

#[test]
fn challenges_differ_with_nonce_and_operation() {
    assert_ne!(challenge(), bound_challenge(&[8; 32], &withdrawal()));
    assert_ne!(challenge(), bound_challenge(&NONCE, &Digest::of(b"")));
}

#[test]
fn what_browsers_post_is_json() {
    let mut passkey = passkey(1);
    for text in [
        passkey.create(page(&NONCE)).json(),
        passkey.get(page(&NONCE)).json(),
    ] {
        let posted: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(posted["id"], posted["rawId"]);
        assert!(posted["response"]["clientDataJSON"].is_string());
    }
}
