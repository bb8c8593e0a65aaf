//! The schemas of requests, with one variant for each operation in the policy's catalogue.
//!
//! **Invariant:** a schema is exactly as strict as the reader behind it.

use sekisho_core::access::OperationKind;
use sekisho_core::known::{DESK, MOST_SEGMENTS};
use sekisho_core::operation::{Bounds, FieldType, MOST_PAYMENTS};
use sekisho_core::outcome::Outcome;
use sekisho_core::policy::{OperationPolicy, Policy};
use sekisho_core::proof::Method;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::Finding;
use serde_json::{Map, Value, json};

use crate::api::judge::{CHECKS, SIGN_IN};
use crate::api::operate::LONGEST_URI;
use crate::api::outcome::OUTCOMES;
use crate::api::redeem::LONGEST_GRANT;
use crate::api::request::{LONGEST_DEVICE, LONGEST_USER_AGENT, METHODS, methods_before};
use crate::api::sweep::{INCIDENT, MOST_PROCEDURES, PLACES};

/// Characters that a line may not hold: `sekisho_core::text::is_hidden`, for a character class.
const HIDDEN: &str = "\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\
    \\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\
    \\ufff0-\\ufffb\\ue000-\\uf8ff\u{e0000}-\u{e0fff}";

/// `sekisho_core::known::Word`.
const SHORT_WORD: &str = "^[a-z][a-z0-9_-]{0,39}$";

/// All schemas by name.
pub fn schemas(policy: &Policy) -> Map<String, Value> {
    let kinds = || policy.operation.iter();
    let mut decisions = vec![reference("Decision.sign_in")];
    let mut redeems = vec![object(&["grant"], json!({"grant": grant()}))];
    let mut schemas = shared();
    for (kind, spec) in kinds() {
        let name = |prefix: &str| format!("{prefix}.{}", kind.as_str());
        schemas.insert(name("Fields"), fields(spec));
        let fields = reference(&name("Fields"));
        schemas.insert(name("Decision"), operation_decision(kind, fields.clone()));
        schemas.insert(name("Operation"), operation(kind, fields.clone()));
        decisions.push(reference(&name("Decision")));
        let properties = json!({"grant": grant(), "kind": word(kind.as_str()), "fields": fields});
        redeems.push(object(&["fields", "grant", "kind"], properties));
    }
    let operations: Vec<_> = kinds()
        .map(|(kind, _)| reference(&format!("Operation.{}", kind.as_str())))
        .collect();
    schemas.insert("DecisionRequest".into(), json!({"oneOf": decisions}));
    schemas.insert("SweepRequest".into(), sweep(policy));
    schemas.insert("OperationRequest".into(), json!({"oneOf": operations}));
    schemas.insert("RedeemRequest".into(), json!({"oneOf": redeems}));
    schemas
}

/// What does not depend on the policy.
fn shared() -> Map<String, Value> {
    let methods: Vec<_> = METHODS.iter().copied().map(Method::word).collect();
    let before: Vec<_> = methods_before().into_iter().map(Method::word).collect();
    let outcomes: Vec<_> = OUTCOMES.iter().copied().map(Outcome::word).collect();
    let needed = [
        "bound_device",
        "confirmation",
        "password",
        "phishing_resistant",
        "second_factor",
        "transaction_pin",
    ];
    let sign_in = decision(json!({"act": word(SIGN_IN)}), &["act", "customer"]);
    let schemas = [
        (
            "Check",
            json!({"type": "string", "enum": CHECKS, "default": "passed"}),
        ),
        ("Context", object(&[], context())),
        (
            "Customer",
            pattern(
                "^[A-Za-z0-9._:-]{1,64}$",
                "Your number of the customer, no address.",
            ),
        ),
        ("MomentContext", object(&[], moment_context())),
        ("Money", money()),
        (
            "OperationState",
            one_of(&["confirmed", "held", "pending", "redeemed", "refused"]),
        ),
        ("Outcome", one_of(&outcomes)),
        (
            "OutcomeRequest",
            object(&["outcome"], json!({"outcome": reference("Outcome")})),
        ),
        ("Payments", payments()),
        ("PayoutAccount", payout_account()),
        (
            "Requirements",
            json!({"type": "array", "items": one_of(&needed)}),
        ),
        ("Decision.sign_in", sign_in),
        ("TokenRequest", token_request()),
        ("Verdict", one_of(&["allow", "hold", "refuse", "step_up"])),
        (
            "Verified",
            json!({
                "type": "array", "items": one_of(&methods), "uniqueItems": true,
                "description": "What you proved yourself.",
            }),
        ),
        (
            "VerifiedBefore",
            json!({
                "type": "array", "items": one_of(&before), "uniqueItems": true,
                "description": "What you proved yourself. Confirmation and transaction PIN are asked for here.",
            }),
        ),
    ];
    schemas
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}

fn sweep(policy: &Policy) -> Value {
    let kinds: Vec<_> = policy.operation.keys().map(OperationKind::as_str).collect();
    let found: Vec<_> = Finding::ALL.into_iter().map(Finding::word).collect();
    let places: Vec<_> = PLACES.into_iter().map(TraitKind::word).collect();
    let some = |words: &[&str], about: &str| {
        json!({
            "type": "array", "items": one_of(words), "uniqueItems": true, "description": about,
        })
    };
    let incident = pattern(
        INCIDENT,
        "Why: your word and number of the incident. It stays in the record.",
    );
    let only = some(
        &found,
        "What is written; everything where it is absent or empty.",
    );
    let moment = json!({"type": "string", "format": "date-time"});
    let mut kinds = some(&kinds, "Kinds of operations.");
    kinds["minItems"] = 1.into();
    let operations = json!({
        "by": some(&places, "What is compared; address and device where it is absent or empty."),
        "from": moment, "incident": incident, "kinds": kinds, "only": only, "until": moment,
    });
    let address = context()["address"].clone();
    let row = json!({"address": address, "customer": reference("Customer"), "moment": moment});
    let procedures = json!({
        "by": some(&places[..2], "What is compared; the address where it is absent or empty."),
        "incident": incident, "only": only,
        "procedures": {
            "type": "array", "minItems": 1, "maxItems": MOST_PROCEDURES,
            "items": object(&["address", "customer", "moment"], row),
        },
    });
    json!({"oneOf": [
        object(&["from", "incident", "kinds"], operations),
        object(&["incident", "procedures"], procedures),
    ]})
}

fn decision(mut own: Value, required: &[&str]) -> Value {
    own["channel"] = channel();
    own["check"] = reference("Check");
    own["context"] = reference("MomentContext");
    own["customer"] = reference("Customer");
    own["segments"] = segments();
    own["verified"] = reference("Verified");
    object(required, own)
}

fn operation_decision(kind: &OperationKind, fields: Value) -> Value {
    let operation = object(&["fields"], json!({"fields": fields}));
    let own = json!({"act": word(kind.as_str()), "operation": operation});
    decision(own, &["act", "customer", "operation"])
}

fn operation(kind: &OperationKind, fields: Value) -> Value {
    let about = "Where the customer's browser goes afterwards: at an origin of your redirect URIs.";
    let properties = json!({
        "channel": channel(),
        "context": reference("Context"),
        "customer": reference("Customer"),
        "fields": fields,
        "kind": word(kind.as_str()),
        "nonce": pattern(
            "^[!-~]{1,128}$",
            "A word of yours that the grant names again, so that it belongs to this request alone.",
        ),
        "return_uri": {
            "type": "string", "format": "uri", "minLength": 1, "maxLength": LONGEST_URI,
            "description": about,
        },
        "segments": segments(),
        "verified": reference("VerifiedBefore"),
    });
    object(&["customer", "fields", "kind"], properties)
}

fn fields(spec: &OperationPolicy) -> Value {
    let names: Vec<_> = spec.fields.keys().map(String::as_str).collect();
    let types = spec.fields.iter().map(|(name, kind)| {
        let schema = match kind {
            FieldType::Choice(words) => json!({"type": "string", "enum": words}),
            FieldType::Code => {
                pattern("^[A-Z0-9._-]{1,32}$", "A code, such as that of a security.")
            }
            FieldType::Integer(bounds) => integer(*bounds),
            FieldType::Money => reference("Money"),
            FieldType::Payments => reference("Payments"),
            FieldType::PayoutAccount => reference("PayoutAccount"),
            FieldType::Text => line(200),
        };
        (name.clone(), schema)
    });
    let mut schema = object(&names, Value::Object(types.collect()));
    schema["description"] = spec.name.en.clone().into();
    schema
}

/// A pattern says the number of digits; where the bounds are others, the description does.
fn integer(bounds: Bounds) -> Value {
    let about = format!(
        "A whole number of {} to {}, as digits.",
        bounds.least, bounds.most
    );
    let more = bounds.most.to_string().len() - 1;
    pattern(&format!("^[1-9][0-9]{{0,{more}}}$"), &about)
}

fn context() -> Value {
    json!({
        "address": {
            "description": "The address of the customer's line, without a port.",
            "anyOf": [
                {"type": "string", "format": "ipv4"},
                {"type": "string", "format": "ipv6"},
            ],
        },
        "device": {
            "type": "string", "minLength": 1, "maxLength": LONGEST_DEVICE,
            "description": "Your token of the customer's device; only its keyed hash is kept.",
        },
        "user_agent": {
            "type": "string", "maxLength": LONGEST_USER_AGENT,
            "description": "The browser's User-Agent header.",
        },
    })
}

/// A short word; `desk` is the channel of Sekisho's own desk.
fn channel() -> Value {
    let about = "By which channel the customer asks you, such as web, app or phone. An operation that does not say it is stopped by a stop for any channel.";
    let mut schema = pattern(SHORT_WORD, about);
    schema["not"] = json!({"const": DESK});
    schema
}

fn segments() -> Value {
    let about = "Of which of your segments the customer is. An operation that does not say it is stopped by a stop for any segment.";
    json!({
        "type": "array", "items": {"type": "string", "pattern": SHORT_WORD},
        "maxItems": MOST_SEGMENTS, "uniqueItems": true, "description": about,
    })
}

fn moment_context() -> Value {
    let mut context = context();
    context["moment"] = json!({
        "type": "string", "format": "date-time",
        "description": "When it happened, if not now: up to 24 hours back or 5 minutes ahead.",
    });
    context
}

/// An amount, by the number of decimals of its currency.
fn money() -> Value {
    let amount = |decimals: u32, digits: &str| {
        let codes = sekisho_core::money::Currency::all();
        let codes: Vec<_> = codes.filter(|code| code.decimals() == decimals).collect();
        let codes: Vec<_> = codes.iter().map(|code| code.code().to_owned()).collect();
        let properties = json!({
            "currency": {"type": "string", "enum": codes},
            "value": {"type": "string", "pattern": digits},
        });
        object(&["currency", "value"], properties)
    };
    json!({
        "description": "An exact amount above zero, with no more decimals than the currency has.",
        "oneOf": [
            amount(0, "^[1-9][0-9]{0,14}$"),
            amount(2, "^([1-9][0-9]{0,12}(\\.[0-9]{1,2})?|0\\.(0[1-9]|[1-9][0-9]?))$"),
            amount(3, "^([1-9][0-9]{0,11}(\\.[0-9]{1,3})?|0\\.(00[1-9]|0[1-9][0-9]?|[1-9][0-9]{0,2}))$"),
        ],
        "examples": [{"currency": "JPY", "value": "150000"}],
    })
}

fn payments() -> Value {
    let members = json!({"amount": reference("Money"), "payee": reference("PayoutAccount")});
    let payment = json!({
        "type": "object",
        "properties": members,
        "required": ["amount", "payee"],
        "additionalProperties": false,
    });
    json!({"type": "array", "items": payment, "minItems": 1, "maxItems": MOST_PAYMENTS})
}

fn payout_account() -> Value {
    let names = ["account_type", "bank", "branch", "holder", "number"];
    let properties = json!({
        "account_type": one_of(&["ordinary", "current", "savings"]),
        "bank": pattern("^[0-9]{4}$", "Bank code (Zengin)."),
        "branch": pattern("^[0-9]{3}$", "Branch code."),
        "holder": line(60),
        "number": pattern("^[0-9]{7}$", "Account number."),
    });
    object(&names, properties)
}

fn token_request() -> Value {
    let text = || json!({"type": "string"});
    let names = ["code", "code_verifier", "grant_type", "redirect_uri"];
    let properties = json!({
        "client_id": text(), "client_secret": text(), "code": text(),
        "code_verifier": pattern("^[A-Za-z0-9._~-]{43,128}$", "PKCE verifier (RFC 7636)."),
        "grant_type": word("authorization_code"), "redirect_uri": text(),
    });
    object(&names, properties)
}

fn grant() -> Value {
    json!({
        "type": "string", "minLength": 1, "maxLength": LONGEST_GRANT,
        "description": "The grant as `GET /v1/operations/{id}` gave it.",
    })
}

/// One line of text of at most `most` characters, none of them hidden.
fn line(most: usize) -> Value {
    let inner = most.saturating_sub(2);
    let edge = format!("[^\\s{HIDDEN}]");
    json!({
        "type": "string",
        "pattern": format!("^{edge}([^{HIDDEN}]{{0,{inner}}}{edge})?$"),
        "minLength": 1, "maxLength": most,
    })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({
        "type": "object", "additionalProperties": false,
        "required": required, "properties": properties,
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn one_of(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

fn word(word: &str) -> Value {
    one_of(&[word])
}

fn pattern(pattern: &str, description: &str) -> Value {
    json!({"type": "string", "pattern": pattern, "description": description})
}
