//! The act "redeem": an application hands in a grant.
//!
//! **Invariant:** a grant that is unknown, altered, foreign, late or used gets one and the same
//! answer.

use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::known::Strange;
use sekisho_core::operation::Fields;
use sekisho_core::reason::Reason;
use sekisho_core::redeem::{Attempt, Facts, decide};
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::prove_grant;

use super::caller::Caller;
use super::operate::OperationView;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// What became of it.
#[derive(Clone, Debug)]
pub enum Redeemed {
    /// It may be carried out now, once.
    Redeemed(Box<OperationView>),
    /// It may not.
    Refused(Reason),
}

impl Gate {
    /// Redeems a grant, checked against the fields that are about to be carried out, if they are
    /// given.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn redeem(
        &self,
        caller: &Caller,
        grant: &str,
        about: Option<(OperationKind, Fields)>,
    ) -> Result<Redeemed, Fault> {
        let keys = self.signing_keys().await?;
        let policy = self.policy();
        for _ in 0..ROUNDS {
            let proof = prove_grant(&keys.set, self.issuer(), grant).ok();
            let found = match &proof {
                Some(proof) => self.store().redeem(proof.grant()).await?,
                None => None,
            };
            let (operation, strange) = match found {
                Some(found) => (Some(found.operation), found.strange),
                None => (None, Strange::Known),
            };
            let spec = operation
                .as_ref()
                .and_then(|known| policy.operation.get(&known.kind));
            let fields = match (&operation, spec) {
                (Some(known), Some(spec)) => Some(self.open_fields(known, spec)?),
                _ => None,
            };
            let stated = about
                .as_ref()
                .zip(operation.as_ref())
                .map(|((kind, fields), known)| {
                    fields.digest(caller.application, &known.customer.reference, kind)
                });
            let about: Option<Digest> = stated;
            let (id, now) = (operation.as_ref().map(|known| known.id), self.now());
            let decision = self.fresh_decision(now)?;
            let facts = Facts {
                grant: proof,
                operation,
                fields,
                strange,
                decision,
                now,
            };
            let attempt = Attempt {
                application: caller.application,
                about,
            };
            let decided = decide(&attempt, &facts, &policy);
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            let reason = committed.reasons().first().copied();
            return match (committed.verdict(), id) {
                (Verdict::Allow, Some(id)) => {
                    let view = self.operation_of(caller.application, id).await?;
                    let view = view.ok_or(Fault::Internal {
                        what: "an operation is gone",
                    })?;
                    Ok(Redeemed::Redeemed(Box::new(view)))
                }
                _ => Ok(Redeemed::Refused(reason.unwrap_or(Reason::GrantInvalid))),
            };
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
