//! What an operator registers: applications, credentials, signing keys; and the outbox.

use serde_json::Value;

use crate::place::Place;

fn json(text: &str) -> Value {
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

#[test]
fn secrets_are_printed_once() {
    let place = Place::ready();
    let added = place
        .run(&[
            "application",
            "add",
            "--name",
            "Shop",
            "--redirect-uri",
            "https://shop.example/cb",
            "--json",
        ])
        .done();
    let (id, secret) = (
        json(&added)["client_id"].clone(),
        json(&added)["client_secret"].clone(),
    );
    let (id, secret) = (id.as_str().unwrap(), secret.as_str().unwrap());
    let listed = place.run(&["application", "list", "--json"]).done();
    assert_eq!(json(&listed)["redirect_uris"][0], "https://shop.example/cb");
    assert!(!listed.contains(secret));

    let issued = place
        .run(&[
            "credential",
            "add",
            "--application",
            id,
            "--name",
            "backend",
            "--scope",
            "decisions",
            "--json",
        ])
        .done();
    let (key, credential) = (
        json(&issued)["id"].clone(),
        json(&issued)["credential"].clone(),
    );
    let (key, credential) = (key.as_str().unwrap(), credential.as_str().unwrap());
    let listed = place.run(&["credential", "list"]).done();
    assert!(
        listed.contains(key) && !listed.contains(credential),
        "{listed}"
    );
    place.run(&["credential", "revoke", key]).done();
    assert_eq!(place.run(&["credential", "revoke", key]).code, 2);
    let listed = place.run(&["credential", "list", "--json"]).done();
    assert!(json(&listed)["revoked"].is_string(), "{listed}");

    let database = std::fs::read(place.path("sekisho.db")).unwrap();
    for planted in [secret, credential] {
        let found = database
            .windows(planted.len())
            .any(|part| part == planted.as_bytes());
        assert!(!found, "a secret stands in the database");
    }
    let public = place
        .run(&["application", "add", "--name", "App", "--public", "--json"])
        .done();
    assert_eq!(json(&public)["client_secret"], Value::Null);
}

#[test]
fn a_credential_needs_an_application_that_is_there() {
    let place = Place::ready();
    let id = "app_00000000000000000000000001";
    let arguments = [
        "credential",
        "add",
        "--application",
        id,
        "--name",
        "x",
        "--scope",
        "operations",
    ];
    let run = place.run(&arguments);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("there is no application"), "{}", run.err);
}

#[test]
fn a_rotated_key_stays_published() {
    let place = Place::ready();
    place.run(&["signing-key", "rotate"]).done();
    place.run(&["signing-key", "rotate"]).done();
    let listed = place.run(&["signing-key", "list"]).done();
    assert_eq!(
        listed
            .lines()
            .filter(|line| line.contains("  signs, "))
            .count(),
        1,
        "{listed}"
    );
    assert_eq!(
        listed
            .lines()
            .filter(|line| line.contains("published until"))
            .count(),
        1
    );
}

#[test]
fn an_empty_outbox_is_no_error() {
    let place = Place::ready();
    assert_eq!(
        place.run(&["outbox", "list"]).done(),
        "# 0 given up, 0 waiting\n"
    );
    let resent = place.run(&["outbox", "resend", "--all-dead"]).done();
    assert_eq!(resent, "0 messages wait for their next try\n");
    let id = "ntc_00000000000000000000000001";
    assert_eq!(place.run(&["outbox", "show", id]).code, 2);
    assert_eq!(place.run(&["outbox", "resend", id]).code, 2);
}
