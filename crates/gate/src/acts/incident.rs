//! The end of the answer to an incident: its report, signed, and in the record.
//!
//! **Invariant:** no report is signed of which the record does not know whose it is.

use sekisho_core::bytes::Digest;
use sekisho_core::moment::Moment;
use sekisho_core::sweep::Attempt;
use sekisho_core::thaw::Ground;
use sekisho_seal::incident::{sign_incident, verify_incident};
use sekisho_seal::jwk::{Jwk, PublicKey};
use sekisho_seal::jws::{JwsRefusal, KeySet};
use serde_json::{Value, json};

use super::staff::{StaffAnswer, StaffClaim};
use crate::fault::Fault;
use crate::gate::Gate;

impl Gate {
    /// Signs the report of a person in the role for it. The record has the SHA-256 of what was
    /// signed.
    ///
    /// # Errors
    /// Those of the store and of signing.
    pub async fn sign_incident(
        &self,
        claim: &StaffClaim,
        report: &Value,
        ground: Ground,
    ) -> Result<StaffAnswer<String>, Fault> {
        let wanted = json!({ "report": report["summary"] });
        let by = match self.sweeper(claim, ground, wanted).await? {
            StaffAnswer::Done(by) => by,
            other => return Ok(other.map(|_| String::new())),
        };
        let mut report = report.clone();
        report["iss"] = self.issuer().into();
        report["iat"] = self.now().unix_seconds().into();
        let signed = sign_incident(&self.signing_keys().await?.current, &report)?;
        let digest = Digest::of(signed.as_bytes());
        by.note(&Attempt::End(json!({ "report": "signed" }), digest))
            .await?;
        Ok(StaffAnswer::Done(signed))
    }

    /// Reads a report that this installation signed, with whichever key of its life.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read_incident(&self, signed: &str) -> Result<Result<Value, JwsRefusal>, Fault> {
        let known = self.store().signing_keys(Moment(i64::MIN)).await?;
        let public = known.iter().filter_map(|key| {
            let jwk: Jwk = serde_json::from_str(&key.public).ok()?;
            PublicKey::from_jwk(&jwk).ok()
        });
        let keys: KeySet = public.collect();
        Ok(verify_incident(&keys, signed).and_then(|report| {
            if report["iss"] == self.issuer() {
                Ok(report)
            } else {
                Err(JwsRefusal::WrongIssuer)
            }
        }))
    }
}
