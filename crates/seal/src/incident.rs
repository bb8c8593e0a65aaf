//! Signed reports of incidents: what an installation answered, for whoever keeps it.
//!
//! **Invariant:** a report is never accepted where a grant or another token is expected, nor the
//! other way round: the `typ` says which, and it is signed.

use serde_json::Value;

use crate::Fault;
use crate::jwk::SigningKey;
use crate::jws::{JwsRefusal, KeySet};

/// The `typ` of a report.
pub const INCIDENT_TYPE: &str = "sekisho-incident+jws";

/// Signs a report.
///
/// # Errors
/// [`Fault::Json`] or [`Fault::Signing`], which would be bugs.
pub fn sign_incident(key: &SigningKey, report: &Value) -> Result<String, Fault> {
    key.sign(INCIDENT_TYPE, report)
}

/// Reads a report of ours after verifying its signature.
///
/// # Errors
/// [`JwsRefusal`].
pub fn verify_incident(keys: &KeySet, statement: &str) -> Result<Value, JwsRefusal> {
    let payload = keys.verify(statement, INCIDENT_TYPE)?.payload;
    serde_json::from_slice(&payload).map_err(|_| JwsRefusal::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::GRANT_TYPE;
    use crate::jwk::tests::signing_key;
    use serde_json::json;

    #[test]
    fn a_report_is_read_by_its_key_as_a_report_and_unchanged() {
        let key = signing_key(1);
        let keys: KeySet = [key.public()].into_iter().collect();
        let report = json!({ "cases": 3 });
        let signed = sign_incident(&key, &report).unwrap();
        assert_eq!(verify_incident(&keys, &signed).unwrap(), report);
        assert!(keys.verify(&signed, GRANT_TYPE).is_err());
        let grant = key.sign(GRANT_TYPE, &report).unwrap();
        assert!(verify_incident(&keys, &grant).is_err());
        let other: KeySet = [signing_key(2).public()].into_iter().collect();
        assert!(verify_incident(&other, &signed).is_err());
        for place in [5, signed.len() / 2, signed.len() - 5] {
            let mut bytes = signed.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify_incident(&keys, &changed).is_err(), "{place}");
        }
    }
}
