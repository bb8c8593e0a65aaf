//! What is to be guarded, and the digest by which a grant names it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

/// What is to be guarded, as your books have it. Keep it: the grant is compared with it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Order {
    /// Your number of the customer.
    pub customer: String,
    /// The kind of operation.
    pub kind: String,
    /// Its fields.
    pub fields: Map<String, Value>,
    /// Fresh for each order: a grant that carries it fits no other order, however alike.
    #[serde(default)]
    pub nonce: String,
    /// Where the browser comes back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_uri: Option<String>,
    /// Address and user agent of the customer's browser as you saw them.
    #[serde(default)]
    pub context: Map<String, Value>,
    /// What you verified yourself before, such as `password`.
    #[serde(default)]
    pub verified: Vec<String>,
}

/// The digest of an operation: SHA-256 over its canonical JSON (RFC 8785), in hexadecimal.
///
/// Amounts are not touched: write them with all decimals of their currency.
#[must_use]
pub fn digest(application: &str, order: &Order) -> String {
    let fields: Map<_, _> = order
        .fields
        .iter()
        .map(|(name, one)| (name.clone(), written(one)))
        .collect();
    let mut text = String::new();
    let all = json!({
        "audience": application, "customer": order.customer, "fields": fields, "kind": order.kind,
    });
    canonical(&all, &mut text);
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Every leaf is a string and every name is ASCII, so members in order and no white space are all
/// that the canonical form asks for.
fn canonical(value: &Value, text: &mut String) {
    let Value::Object(members) = value else {
        return text.push_str(&value.to_string());
    };
    let mut members: Vec<_> = members.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    for (place, (name, one)) in members.into_iter().enumerate() {
        text.push_str(if place == 0 { "{" } else { "," });
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        canonical(one, text);
    }
    text.push('}');
}

/// A field as Sekisho writes it: letters and digits of an account in half width.
fn written(field: &Value) -> Value {
    match field {
        Value::String(text) => Value::String(text.trim().nfc().collect()),
        Value::Object(parts) if parts.contains_key("account_type") => {
            let half = |one: &Value| {
                let text: String = one.as_str().unwrap_or_default().nfkc().collect();
                Value::from(text.trim())
            };
            parts
                .iter()
                .map(|(name, one)| (name.clone(), half(one)))
                .collect()
        }
        other => other.clone(),
    }
}
