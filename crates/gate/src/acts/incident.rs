//! The end of the answer to an incident: its report, signed, and in the record.
//!
//! **Invariant:** no report is signed of which the record does not know whose it is.

use sekisho_core::bytes::Digest;
use sekisho_core::known::SigningKeyKnown;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sweep::{Attempt, Handed};
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
        let by = match self.sweeper(claim.into(), ground, wanted).await? {
            StaffAnswer::Done(by) => by,
            other => return Ok(other.map(|_| String::new())),
        };
        let mut report = report.clone();
        report["iss"] = self.issuer().into();
        report["iat"] = self.now().unix_seconds().into();
        let signed = sign_incident(&self.signing_keys().await?.current, &report)?;
        let digest = Digest::of(signed.as_bytes());
        by.note(&Attempt::End(
            Handed::Whole,
            json!({ "report": "signed" }),
            digest,
        ))
        .await?;
        Ok(StaffAnswer::Done(signed))
    }

    /// Reads a report that this installation signed, with a key that was in use when it says that
    /// it was signed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read_incident(&self, signed: &str) -> Result<Result<Incident, JwsRefusal>, Fault> {
        let known = self.store().signing_keys(Moment(i64::MIN)).await?;
        let report = match read(&known, signed) {
            Ok(report) if report["iss"] == self.issuer() => report,
            Ok(_) => return Ok(Err(JwsRefusal::WrongIssuer)),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let digest = Digest::of(signed.as_bytes());
        let at = signed_at(&report).unwrap_or_default();
        let noted = (at.minus(OFF), at.plus(NOTED));
        let record = match self.store().is_noted(digest, noted).await? {
            true => Record::Has,
            false => Record::Lacks,
        };
        Ok(Ok(Incident { report, record }))
    }
}

/// How far clocks of nodes may be off, and what is rounded to seconds.
const OFF: Span = Span::minutes(5);
/// How long after it was signed a report is in the record at the latest.
const NOTED: Span = Span::minutes(10);

/// A report whose signature is right.
#[derive(Clone, Debug)]
pub struct Incident {
    /// What it says.
    pub report: Value,
    /// Whether it was handed out here.
    pub record: Record,
}

/// Whether the record of this installation has the digest of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// It has.
    Has,
    /// It has not: somebody else had the key, or the entry is gone.
    Lacks,
}

fn signed_at(report: &Value) -> Option<Moment> {
    let seconds = report["iat"].as_i64()?;
    Some(Moment(seconds.checked_mul(1_000_000)?))
}

/// What was signed, if its key was in use at the time that it names.
fn read(known: &[SigningKeyKnown], signed: &str) -> Result<Value, JwsRefusal> {
    let set = |keys: &mut dyn Iterator<Item = &SigningKeyKnown>| -> KeySet {
        let public = keys.filter_map(|key| {
            let jwk: Jwk = serde_json::from_str(&key.public).ok()?;
            PublicKey::from_jwk(&jwk).ok()
        });
        public.collect()
    };
    let report = verify_incident(&set(&mut known.iter()), signed)?;
    let at = signed_at(&report).ok_or(JwsRefusal::KeyNotInUse)?;
    let in_use = |key: &&SigningKeyKnown| {
        key.created <= at.plus(OFF) && key.retires.is_none_or(|retires| at <= retires.plus(OFF))
    };
    let then = verify_incident(&set(&mut known.iter().filter(in_use)), signed);
    then.map_err(|_| JwsRefusal::KeyNotInUse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_core::bytes::Sealed;
    use sekisho_seal::jwk::SigningKey;

    #[test]
    fn a_report_of_a_time_at_which_its_key_was_not_in_use_is_not_believed() {
        let key = SigningKey::from_random([7; 128]).unwrap();
        let day = |day| Moment(Span::days(day).0);
        let known = [SigningKeyKnown {
            kid: String::new(),
            sealed: Sealed(Vec::new()),
            public: serde_json::to_string(&key.public().jwk()).unwrap(),
            created: day(10),
            retires: Some(day(20)),
        }];
        let signed = |at: Option<Moment>| {
            let report = json!({ "iss": "x", "iat": at.map(Moment::unix_seconds) });
            read(&known, &sign_incident(&key, &report).unwrap())
        };
        assert!(signed(Some(day(10))).is_ok() && signed(Some(day(20))).is_ok());
        for at in [Some(day(9)), Some(day(21)), None] {
            assert_eq!(signed(at), Err(JwsRefusal::KeyNotInUse), "{at:?}");
        }
    }
}
