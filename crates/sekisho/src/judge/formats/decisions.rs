//! Attempts of our own schema: the request of `POST /v1/decisions`, one JSON object a line, in
//! which `context.moment` must be there.
//!
//! **Invariant:** a line is read by the very code that reads the request.

use sekisho_core::id::ApplicationId;
use sekisho_core::policy::Policy;
use sekisho_gate::{JudgeRequest, When};
use sekisho_web::api::judge;
use sekisho_web::json::body;

use crate::judge::recorded::{Malformed, Meaning, Recorded};

/// Reads lines by a policy, which knows the operations.
pub struct Decisions {
    policy: Box<Policy>,
}

impl Decisions {
    /// Operations are those of `policy`.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy: Box::new(policy),
        }
    }

    /// What a line means.
    ///
    /// # Errors
    /// What the API would answer.
    pub fn read(&self, line: &str) -> Result<Meaning, Malformed> {
        if line.trim().is_empty() {
            return Ok(Meaning::Other("empty line"));
        }
        let document = body::document(line)
            .map_err(|why| Malformed::because(format!("is not JSON: {why}")))?;
        // Whose it is, is said for the whole log.
        let request = judge::read(&document, ApplicationId([0; 16]), &self.policy);
        let request = request.map_err(|problem| {
            let told = problem
                .errors()
                .iter()
                .map(|error| match error.pointer.as_str() {
                    "" => format!("the document {}", error.detail),
                    pointer => format!("{pointer} {}", error.detail),
                });
            Malformed::because(format!(
                "is no attempt: {}",
                told.collect::<Vec<_>>().join("; ")
            ))
        })?;
        recorded(request).map(|attempt| Meaning::Attempt(Box::new(attempt), 1))
    }
}

fn recorded(request: JudgeRequest) -> Result<Recorded, Malformed> {
    let (When::Told(moment) | When::Recorded(moment)) = request.when else {
        return Err("is no attempt: /context/moment is missing".into());
    };
    Ok(Recorded {
        customer: request.customer.as_str().to_owned(),
        reference: request.customer,
        moment,
        address: request.context.address,
        user_agent: request.context.user_agent,
        device: request.context.device,
        operation: request.operation,
        verified: request.verified,
        check: request.check,
        label: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sekisho_core::judge::Check;
    use serde_json::{Value, json};

    fn reader() -> Decisions {
        Decisions::new(Policy::profile(Policy::DEFAULT).unwrap())
    }

    fn sample() -> Value {
        json!({
            "customer": "C-1",
            "act": "withdraw",
            "operation": {"fields": {
                "amount": {"currency": "JPY", "value": "150000"},
                "payee": {
                    "account_type": "ordinary", "bank": "0005", "branch": "123",
                    "holder": "ヤマダ タロウ", "number": "1234567"
                },
            }},
            "context": {
                "address": "203.0.113.9", "user_agent": "Mozilla/5.0", "device": "d-1",
                "moment": "2026-01-31T09:00:00+09:00",
            },
            "verified": ["password"],
            "check": "passed",
        })
    }

    #[test]
    fn a_request_of_the_api_is_an_attempt() {
        let line = sample().to_string();
        let Ok(Meaning::Attempt(found, 1)) = reader().read(&line) else {
            panic!("{:?}", reader().read(&line))
        };
        assert_eq!(found.customer, "C-1");
        assert_eq!(found.moment.to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(found.check, Check::Passed);
        assert_eq!(found.device.as_deref(), Some("d-1"));
        let (kind, fields) = found.operation.unwrap();
        assert_eq!(kind.as_str(), "withdraw");
        assert!(fields.payout_account().is_some());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = |pointer: &str, value: Option<Value>| {
            let mut line = sample();
            let (above, name) = pointer.rsplit_once('/').unwrap();
            let above = line.pointer_mut(above).unwrap().as_object_mut().unwrap();
            match value {
                Some(value) => above.insert(name.into(), value),
                None => above.remove(name),
            };
            reader().read(&line.to_string()).unwrap_err().to_string()
        };
        for (why, part) in [
            (told("/context/moment", None), "/context/moment is missing"),
            (told("/customer", Some(json!("a@b.example"))), "/customer"),
            (told("/context/adress", Some(json!("::1"))), "address"),
            (told("/context/address", Some(json!(5))), "/context/address"),
            (told("/act", Some(json!("withdrow"))), "withdraw"),
            (
                told("/operation/fields/amount/value", Some(json!("-1"))),
                "/operation/fields/amount",
            ),
        ] {
            assert!(
                why.starts_with("is no attempt: ") && why.contains(part),
                "{why}"
            );
        }
        let why = reader().read("{\"a\":1,\"a\":1}").unwrap_err().to_string();
        assert!(why.starts_with("is not JSON: "), "{why}");
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(
            any in any::<String>(),
            name in "[a-z]{1,9}",
            value in "\\PC{0,9}",
        ) {
            let _ = reader().read(&any);
            let mut line = sample();
            line[name.as_str()] = json!(value);
            let _ = reader().read(&line.to_string());
        }
    }
}
