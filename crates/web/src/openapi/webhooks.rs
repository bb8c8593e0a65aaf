//! The `webhooks` section: what an application is told at an address of its own.
//!
//! **Invariant:** what is told holds no field of an operation.

use serde_json::{Value, json};

fn header(name: &str, about: &str) -> Value {
    json!({
        "name": name,
        "in": "header",
        "required": true,
        "schema": {"type": "string", "description": about},
    })
}

/// The section, which names the schema `OperationTold`.
pub fn section() -> Value {
    let parameters = [
        header(
            "webhook-id",
            "Names operation and revision; a repeated message has the same.",
        ),
        header(
            "webhook-timestamp",
            "Seconds since 1970 when this message was signed.",
        ),
        header(
            "webhook-signature",
            "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` under your secret; two, separated by a space, during a rotation.",
        ),
    ];
    let content =
        json!({"application/json": {"schema": {"$ref": "#/components/schemas/OperationTold"}}});
    json!({
        "operation": {
            "post": {
                "operationId": "operation_told",
                "tags": ["operations"],
                "summary": "An operation changed",
                "description": "The present state of an operation, sent to the address that the operator set, signed as Standard Webhooks 1.0.0 says. What you were answered yourself, at the creation and the redemption, is not sent again. Answer 2xx within 15 seconds; anything else is tried again for three days. Redirects are not followed. A lower revision than you know already is old news.",
                "parameters": parameters,
                "requestBody": {"required": true, "content": content},
                "responses": {"204": {"description": "You have it."}},
            },
        },
    })
}

/// The schema of what is told.
pub fn schema() -> Value {
    let moment = || json!({"type": "string", "format": "date-time"});
    let maybe = || json!({"type": ["string", "null"], "format": "date-time"});
    let code = json!({"type": "string", "description": "The code of a reason."});
    let data = json!({
        "type": "object",
        "required": ["operation", "revision", "state", "kind", "customer", "digest", "decision",
            "created", "expires", "held_since", "held_until", "reasons", "ended"],
        "properties": {
            "operation": {"type": "string"},
            "revision": {"type": "integer", "minimum": 1},
            "state": {"$ref": "#/components/schemas/OperationState"},
            "kind": {"type": "string"},
            "customer": {"$ref": "#/components/schemas/Customer"},
            "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "decision": {"type": "string"},
            "created": moment(),
            "expires": moment(),
            "held_since": maybe(),
            "held_until": maybe(),
            "reasons": {"type": "array", "items": code},
            "ended": {"type": ["string", "null"]},
        },
    });
    json!({
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {
                "type": "string",
                "enum": ["operation.confirmed", "operation.held", "operation.pending",
                    "operation.redeemed", "operation.refused"],
            },
            "timestamp": moment(),
            "data": data,
        },
    })
}
