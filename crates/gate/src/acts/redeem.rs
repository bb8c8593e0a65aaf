//! The act "redeem": an application hands in a grant.
//!
//! **Invariant:** a grant that is unknown, altered, foreign, late or used gets one and the same
//! answer.

use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::id::NoticeId;
use sekisho_core::known::{StopsKnown, Strange};
use sekisho_core::operation::Fields;
use sekisho_core::policy::OperationEffect;
use sekisho_core::proof::GrantProved;
use sekisho_core::reason::Reason;
use sekisho_core::redeem::{Attempt, Facts, Fresh, decide};
use sekisho_core::release::Proof;
use sekisho_core::verdict::Verdict;
use sekisho_seal::jws::KeySet;
use sekisho_seal::prove::prove_grant;

use super::operate::OperationView;
use super::stop::StopTold;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::caller::Caller;

/// What an application hands in.
#[derive(Clone, Debug)]
pub struct RedeemRequest {
    /// The grant, as it was given out.
    pub grant: String,
    /// Kind and fields as they are about to be carried out, if they are given.
    pub about: Option<(OperationKind, Fields)>,
    /// The idempotency key and the digest of the request.
    pub idempotency: Option<(String, Digest)>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Redeemed {
    /// The idempotency key was used with another request.
    KeyReused,
    /// It may be carried out now, once.
    Redeemed(Box<OperationView>),
    /// It may not.
    Refused(Reason),
    /// It may not at the moment: operations of its kind are switched off.
    Stopped(Box<StopTold>),
    /// It was redeemed before by this very request.
    Replayed(Box<OperationView>),
}

impl Gate {
    /// Redeems a grant.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn redeem(&self, caller: &Caller, request: RedeemRequest) -> Result<Redeemed, Fault> {
        let request = RedeemRequest {
            idempotency: self.keys().kept(caller.application, request.idempotency),
            ..request
        };
        for _ in 0..ROUNDS {
            if let Some(answer) = self.redeemed_before(caller, &request).await? {
                return Ok(answer);
            }
            let prove = |keys: &KeySet| prove_grant(keys, self.issuer(), &request.grant);
            let facts = self.gather_grant(self.verified(prove).await?).await?;
            let about = request.about.as_ref().zip(facts.operation.as_ref());
            let about = about.map(|((kind, fields), known)| {
                fields.digest(caller.application, &known.customer.reference, kind)
            });
            let (application, idempotency) = (caller.application, request.idempotency.clone());
            let attempt = Attempt {
                application,
                about,
                idempotency,
            };
            let decided = decide(&attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            let reason = committed.reasons().first().copied();
            let stop = facts.operation.as_ref();
            let stop = stop.and_then(|known| known.stopped(&facts.stops));
            return match (committed.verdict(), committed.entry.operation) {
                (Verdict::Allow, Some(id)) => {
                    let view = self.operation_of(application, id).await?;
                    let view = view.ok_or(Fault::Internal {
                        what: "an operation is gone",
                    })?;
                    Ok(Redeemed::Redeemed(Box::new(view)))
                }
                _ => Ok(match stop.filter(|_| reason == Some(Reason::Stopped)) {
                    Some(stop) => Redeemed::Stopped(Box::new(StopTold::from(stop))),
                    None => Redeemed::Refused(reason.unwrap_or(Reason::GrantInvalid)),
                }),
            };
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn gather_grant(&self, grant: Option<GrantProved>) -> Result<Facts, Fault> {
        let now = self.now();
        let found = match &grant {
            Some(proof) => self.store().redeem(proof.grant(), now).await?,
            None => None,
        };
        let (operation, proof, channels, stops) = match found {
            Some(found) => (
                Some((found.operation, found.strange)),
                found.proof,
                found.channels,
                found.stops,
            ),
            None => (None, Proof::Absent, Vec::new(), StopsKnown::default()),
        };
        let (operation, strange) = operation.map_or((None, Strange::Known), |(known, strange)| {
            (Some(known), strange)
        });
        let policy = self.policy();
        let spec = operation
            .as_ref()
            .and_then(|known| policy.operation.get(&known.kind));
        let fields = match (&operation, spec) {
            (Some(known), Some(spec)) => Some(self.open_fields(known, spec)?),
            _ => None,
        };
        let payees = fields.iter().flat_map(Fields::payees);
        let payouts = payees.map(|account| self.keys().payout_index(account));
        let payouts: Vec<_> = payouts.collect();
        let registered = spec.is_some_and(|spec| spec.effect == OperationEffect::PayoutChange);
        let crowd = match &operation {
            Some(known) if registered => self.crowd_of(known.customer.id, &payouts).await?,
            _ => Vec::new(),
        };
        Ok(Facts {
            payouts,
            crowd,
            grant,
            operation,
            fields,
            proof,
            stops,
            strange,
            channels,
            fresh: Fresh {
                decision: self.fresh_decision(now)?,
                notice: NoticeId(self.dice().id(now)?),
                report: self.fresh_report()?,
            },
            now,
        })
    }

    async fn redeemed_before(
        &self,
        caller: &Caller,
        request: &RedeemRequest,
    ) -> Result<Option<Redeemed>, Fault> {
        let Some((key, digest)) = &request.idempotency else {
            return Ok(None);
        };
        let Some(before) = self.store().idempotency(caller.application, key).await? else {
            return Ok(None);
        };
        let view = match before.operation.filter(|_| before.request == *digest) {
            Some(id) => self.operation_of(caller.application, id).await?,
            None => None,
        };
        Ok(Some(view.map_or(Redeemed::KeyReused, |view| {
            Redeemed::Replayed(Box::new(view))
        })))
    }
}
