//! Who calls: the code that a customer reads to the support desk, from the page of their account or
//! from the phone that the desk calls back, and what is looked at then.
//!
//! **Invariant:** what is shown of a customer is masked, but the number that a code went to, for
//! the person who calls it back, once that is in the record.

use secrecy::SecretString;
use sekisho_core::assist::{
    By, CallBackFacts, IdentifyFacts, decide_call_back, decide_code, decide_identify, decide_look,
    phone_of,
};
use sekisho_core::bound::Bound;
use sekisho_core::guess::Counted;
use sekisho_core::id::{CallId, NoticeId};
use sekisho_core::known::CustomerState;
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::verdict::Verdict;

use super::{Assisted, answer};
use crate::acts::account::Session;
use crate::acts::security::ShownChannel;
use crate::acts::staff::StaffClaim;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::factor::Claim;

/// What became of the wish for a code to read out.
#[derive(Clone, Debug)]
pub enum TelephoneCode {
    /// The code, and until when it works.
    Made(SecretString, Moment),
    /// The customer has to prove again who they are.
    ProveAgain,
    /// The account is frozen.
    Refused,
}

/// A call back that is under way.
#[derive(Clone, Debug)]
pub struct CallBack {
    /// The call, once the code is read.
    pub call: CallId,
    /// The number to call, and no other.
    pub number: SecretString,
}

/// What the desk sees of a caller.
#[derive(Clone, Debug)]
pub struct ShownCaller {
    /// The number of the customer.
    pub reference: Reference,
    /// Whether the account is frozen.
    pub state: CustomerState,
    /// How the customer is reached, masked.
    pub channels: Vec<ShownChannel>,
    /// Until when the call counts.
    pub ends: Moment,
}

impl Gate {
    /// Makes a code for the desk in the place of the one there is; it is shown to the session that
    /// asked, once.
    ///
    /// # Errors
    /// Those of the store and the dice.
    pub async fn telephone_code(&self, session: &Session) -> Result<TelephoneCode, Fault> {
        let bound = Bound::Telephone(session.customer()).digest();
        for _ in 0..ROUNDS {
            let owner = self.owner(session).await?;
            let seen = self.store().challenge(bound).await?;
            let fresh = self.fresh_challenge(owner.now, bound)?;
            let policy = self.policy();
            let decision = decide_code(&owner, seen.as_ref(), &fresh, &policy);
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let until = owner.now.plus(policy.code_life());
            return Ok(match committed.verdict() {
                Verdict::Allow => TelephoneCode::Made(fresh.code, until),
                _ if committed.reasons().contains(&Reason::ProofStale) => TelephoneCode::ProveAgain,
                _ => TelephoneCode::Refused,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Sends a code to the phone of a customer whom the desk calls back; the call that it opens
    /// once it is read, and the number to call.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn call_back(
        &self,
        claim: &StaffClaim,
        reference: &Reference,
    ) -> Result<Assisted<CallBack>, Fault> {
        for _ in 0..ROUNDS {
            let Some(desk) = self.desk(claim).await? else {
                return Ok(Assisted::Unproved);
            };
            let Some(customer) = self.store().customer_by_reference(reference).await? else {
                return Ok(Assisted::Unknown);
            };
            let call = CallId(self.dice().id(desk.now)?);
            let bound = By::CallBack(call).bound(customer.id, desk.staff.id());
            let facts = CallBackFacts {
                channels: self.store().channels(customer.id).await?,
                sends: self.sends(&customer.id.0, None).await?,
                challenge: self.fresh_challenge(desk.now, bound.digest())?,
                fresh: (self.fresh_decision(desk.now)?, call),
                desk,
                customer,
            };
            let decision = decide_call_back(&facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            if !matches!(committed.verdict(), Verdict::StepUp(_)) {
                return Ok(answer(&committed, ()).refused());
            }
            let sent_to = phone_of(&facts.channels).ok_or(Fault::Internal {
                what: "a code for a call back went to no phone",
            })?;
            let number = self.keys().open_login(sent_to.id, &sent_to.sealed)?;
            return Ok(Assisted::Done(CallBack {
                call,
                number: SecretString::from(
                    number
                        .map(|one| one.as_str().to_owned())
                        .unwrap_or_default(),
                ),
            }));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// A caller reads the code, that of the page or that of the call back `by`; the call that it
    /// opens.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn identify(
        &self,
        claim: &StaffClaim,
        reference: &Reference,
        (code, by): (&str, By),
    ) -> Result<Assisted<CallId>, Fault> {
        let Some(found) = self.store().customer_by_reference(reference).await? else {
            return Ok(match self.desk(claim).await? {
                Some(_) => Assisted::Unknown,
                None => Assisted::Unproved,
            });
        };
        let tries = self.keys().counter("telephone", &found.id.0, None);
        let mut admission = None;
        for _ in 0..ROUNDS {
            let Some(desk) = self.desk(claim).await? else {
                return Ok(Assisted::Unproved);
            };
            // One try at the code, however often it is decided anew.
            let admitted = match admission {
                Some(admitted) => admitted,
                None => self.reserve(Counted::Code, tries, Some(found.id)).await?,
            };
            admission = Some(admitted);
            let Some(customer) = self.store().customer(found.id).await? else {
                return Ok(Assisted::Unknown);
            };
            let bound = by.bound(customer.id, desk.staff.id()).digest();
            let at = (admitted, desk.now);
            let tried = self.prove(Claim::Code(code), bound, customer.id, at);
            let tried = tried.await?;
            let call = match by {
                By::CallBack(call) => call,
                By::Page => CallId(self.dice().id(desk.now)?),
            };
            let notice = NoticeId(self.dice().id(desk.now)?);
            let facts = IdentifyFacts {
                channels: self.store().channels(customer.id).await?,
                by,
                told: (self.fresh_report()?, notice),
                fresh: (self.fresh_decision(desk.now)?, call),
                desk,
                customer,
                tried,
                admission: (admitted, tries),
            };
            let decision = decide_identify(&facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(answer(&committed, call));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What the desk sees of a caller; that it looked is recorded before.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn look_at_caller(
        &self,
        claim: &StaffClaim,
        call: CallId,
    ) -> Result<Assisted<ShownCaller>, Fault> {
        let Some(desk) = self.desk(claim).await? else {
            return Ok(Assisted::Unproved);
        };
        let Some((call, _)) = self.store().desk_call(call, desk.now).await? else {
            return Ok(Assisted::Unknown);
        };
        let id = self.fresh_decision(desk.now)?;
        let decision = decide_look(&desk, &call, id, &self.policy());
        let Some(committed) = self.commit(decision).await? else {
            return Err(Fault::Contended { rounds: 1 });
        };
        if committed.verdict() != &Verdict::Allow {
            return Ok(answer(&committed, ()).refused());
        }
        let channels = self.store().channels(call.customer.id).await?;
        let shown: Result<Vec<_>, _> = channels.iter().map(|one| self.shown_channel(one)).collect();
        Ok(Assisted::Done(ShownCaller {
            reference: call.customer.reference,
            state: call.customer.state,
            channels: shown?,
            ends: call.ends,
        }))
    }
}
