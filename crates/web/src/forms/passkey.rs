//! What browsers say of passkeys, as JSON in a field of a form (Web Authentication Level 3 section
//! 5.1, `toJSON`), and what we say to them.
//!
//! **Invariant:** nothing is judged here: bytes that can be decoded go to gate, everything else is
//! no answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sekisho_core::confirm::PaymentAsked;
use sekisho_core::known::Transport;
use sekisho_core::proof::UserSeen;
use sekisho_gate::{
    Conveyance, EnrolPrompt, NamedPasskey, PasskeyAnswer, PasskeyOffer, PasskeyPrompt,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Form;

/// Milliseconds for which the browser waits: as long as the ticket.
const TIMEOUT: u32 = 600_000;

#[derive(Deserialize)]
struct Credential<R> {
    #[serde(rename = "rawId")]
    raw_id: String,
    #[serde(rename = "type")]
    kind: String,
    response: R,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asserted {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
    #[serde(default)]
    transports: Vec<String>,
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The answer of a passkey; `None` when the form holds none.
#[must_use]
pub fn answer(form: &Form) -> Option<PasskeyAnswer> {
    let posted: Credential<Asserted> = serde_json::from_str(form.text("credential")).ok()?;
    let response = posted.response;
    let user_handle = match response.user_handle {
        Some(handle) => Some(bytes(&handle)?),
        None => None,
    };
    (posted.kind == "public-key").then_some(PasskeyAnswer {
        ticket: form.text("ticket").to_owned(),
        handle: bytes(&posted.raw_id)?,
        client_data: bytes(&response.client_data)?,
        authenticator_data: bytes(&response.authenticator_data)?,
        signature: bytes(&response.signature)?,
        user_handle,
    })
}

/// A new passkey; `None` when the form holds none.
#[must_use]
pub fn offer(form: &Form) -> Option<PasskeyOffer> {
    let posted: Credential<Made> = serde_json::from_str(form.text("credential")).ok()?;
    (posted.kind == "public-key").then_some(PasskeyOffer {
        ticket: form.text("ticket").to_owned(),
        client_data: bytes(&posted.response.client_data)?,
        attestation_object: bytes(&posted.response.attestation_object)?,
        transports: transports(&posted.response.transports),
    })
}

/// Those that we know, each once: what a browser made up is not given back to it.
fn transports(words: &[String]) -> Vec<Transport> {
    let mut known = Vec::new();
    for transport in words.iter().filter_map(|word| Transport::parse(word)) {
        if !known.contains(&transport) {
            known.push(transport);
        }
    }
    known
}

fn named(passkeys: &[NamedPasskey]) -> Vec<Value> {
    let named = |one: &NamedPasskey| {
        let mut said = json!({ "type": "public-key", "id": text(&one.handle) });
        if !one.transports.is_empty() {
            let words = one.transports.iter().map(|transport| transport.word());
            said["transports"] = words.collect();
        }
        said
    };
    passkeys.iter().map(named).collect()
}

/// The word for whom the authenticator has to see (section 5.8.6).
const fn verification(user: UserSeen) -> &'static str {
    match user {
        UserSeen::Present => "preferred",
        UserSeen::Verified => "required",
    }
}

/// What the browser is asked to sign, for the attribute that the script reads.
#[must_use]
pub fn request(prompt: &PasskeyPrompt) -> String {
    json!({
        "challenge": text(&prompt.challenge),
        "rpId": prompt.rp_id,
        "timeout": TIMEOUT,
        "userVerification": verification(prompt.user),
        "allowCredentials": named(&prompt.named),
    })
    .to_string()
}

/// What the browser is asked to show itself, for the attribute that the script reads. A picture
/// that cannot be shown would not be in what is signed, so then nothing is shown.
#[must_use]
pub fn payment(asked: &PaymentAsked) -> String {
    json!({
        "payee": asked.payee,
        "instrument": {
            "displayName": asked.instrument,
            "icon": asked.icon,
            "iconMustBeShown": true,
        },
        "total": { "currency": asked.total.currency().code(), "value": asked.total.value() },
    })
    .to_string()
}

/// What the browser is asked to make, for the attribute that the script reads. Discoverable, so
/// that it signs in by itself; attestation is asked for only where it is used.
#[must_use]
pub fn creation(prompt: &EnrolPrompt, operator: &str) -> String {
    let key = |number: &i64| json!({ "type": "public-key", "alg": number });
    let keys: Vec<_> = prompt.algorithms.iter().map(key).collect();
    json!({
        "challenge": text(&prompt.challenge),
        "rp": { "id": prompt.rp_id, "name": operator },
        "user": {
            "id": text(&prompt.user),
            "name": prompt.user_name,
            "displayName": prompt.user_name,
        },
        "pubKeyCredParams": keys,
        "timeout": TIMEOUT,
        "attestation": match prompt.conveyance {
            Conveyance::Direct => "direct",
            Conveyance::None => "none",
        },
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": verification(prompt.user_seen),
        },
        "excludeCredentials": named(&prompt.named),
        "extensions": { "payment": { "isPayment": true } },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(credential: &str) -> Form {
        let credential = super::super::encode(credential);
        Form::parse(format!("ticket=t&credential={credential}").as_bytes()).unwrap()
    }

    const GOOD: &str = r#"{"id":"AQI","rawId":"AQI","type":"public-key","clientExtensionResults":{},
        "authenticatorAttachment":"platform","response":{"clientDataJSON":"e30","signature":"BQ",
        "authenticatorData":"Aw","userHandle":"Bw","attestationObject":"CQ","transports":["internal","hybrid","internal","telepathy"]}}"#;

    #[test]
    fn what_browsers_send_is_read_and_what_they_may_add_is_left() {
        let answer = answer(&form(GOOD)).unwrap();
        assert_eq!((answer.ticket.as_str(), answer.handle), ("t", vec![1, 2]));
        assert_eq!(
            (answer.client_data, answer.signature),
            (b"{}".to_vec(), vec![5])
        );
        assert_eq!(answer.user_handle, Some(vec![7]));
        let offer = offer(&form(GOOD)).unwrap();
        assert_eq!(offer.attestation_object, [9]);
        assert_eq!(offer.transports, [Transport::Internal, Transport::Hybrid]);
    }

    #[test]
    fn anything_else_is_no_answer() {
        for wrong in [
            String::new(),
            "{}".to_owned(),
            "[[[[".to_owned(),
            "[".repeat(10_000),
            GOOD.replace("public-key", "password"),
            GOOD.replace("AQI", "A+I="),
            GOOD.replace("\"BQ\"", "5"),
            GOOD.replace("\"BQ\"", "\"!\""),
        ] {
            assert_eq!(answer(&form(&wrong)), None, "{wrong}");
        }
        assert_eq!(offer(&form(&GOOD.replace("\"CQ\"", "null"))), None);
    }

    #[test]
    fn a_browser_is_asked_to_show_what_an_answer_is_compared_with() {
        let asked = PaymentAsked {
            payee: "ヤマダ \"タロウ\"".to_owned(),
            total: sekisho_core::money::Money::parse("12.5", "USD").unwrap(),
            instrument: "出金".to_owned(),
            icon: "https://login.example.jp/i.png".to_owned(),
        };
        let said: Value = serde_json::from_str(&payment(&asked)).unwrap();
        assert_eq!(said["payee"], "ヤマダ \"タロウ\"");
        let total = json!({ "currency": "USD", "value": "12.50" });
        assert_eq!(said["total"], total);
        let instrument = json!({
            "displayName": "出金",
            "icon": "https://login.example.jp/i.png",
            "iconMustBeShown": true,
        });
        assert_eq!(said["instrument"], instrument);
    }

    #[test]
    fn a_browser_is_asked_for_a_verified_user() {
        let prompt = PasskeyPrompt {
            ticket: "t".into(),
            user: UserSeen::Verified,
            challenge: [1; 32],
            rp_id: "login.example.jp".into(),
            named: vec![
                NamedPasskey {
                    handle: vec![1, 2],
                    transports: vec![Transport::SmartCard],
                },
                NamedPasskey {
                    handle: vec![3],
                    transports: Vec::new(),
                },
            ],
        };
        let asked: Value = serde_json::from_str(&request(&prompt)).unwrap();
        assert_eq!(asked["userVerification"], "required");
        assert_eq!(asked["allowCredentials"][0]["id"], "AQI");
        assert_eq!(asked["allowCredentials"][0]["transports"][0], "smart-card");
        assert!(asked["allowCredentials"][1].get("transports").is_none());
        assert_eq!(asked["rpId"], "login.example.jp");
    }
}
