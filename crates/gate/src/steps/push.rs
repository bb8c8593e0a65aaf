//! Asking a phone for an approval: the request, the number that the asking page shows, and whether
//! it was approved.
//!
//! **Invariant:** the number leaves towards the browser that asked and nobody else; a phone is told
//! only what opens the request.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bytes::Sealed;
use sekisho_core::guess::{Counted, Requests};
use sekisho_core::id::{ChallengeId, CredentialId, CustomerId, DeviceId, NoticeId, OperationId};
use sekisho_core::known::{ApproverKnown, CustomerKnown, PushKnown};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::policy::FactorPolicy;
use sekisho_core::proof::Method;
use sekisho_core::push::{self, Asked, Facts, FreshPush, others};
use sekisho_core::verdict::Verdict;
use sekisho_seal::code::OneTimeCode;
use sekisho_seal::token::TokenKind;
use serde::{Deserialize, Serialize};

use crate::acts::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;
use crate::visitor::Visitor;

/// What an approval is asked for.
#[derive(Clone, Copy, Debug)]
pub enum PushTarget<'a> {
    /// Going on in this conversation, which signs in.
    Conversation(&'a str),
    /// Confirming this operation.
    Operation(&'a Session, OperationId),
    /// Showing once more who they are.
    Session(&'a Session),
}

/// What became of the wish to ask a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushSent {
    /// There is nothing to approve, or no phone that may.
    Nowhere,
    /// On its way.
    Sent,
    /// Too early, or too often.
    Wait {
        /// Seconds to wait.
        seconds: u16,
    },
}

/// Where a request stands.
#[derive(Clone, Debug)]
pub enum PushState {
    /// Approved: whoever asked may go on.
    Approved,
    /// There is none for this: over, replaced by another, or never asked.
    Over,
    /// The phone waits for this number.
    Waits {
        /// Six digits.
        number: SecretString,
        /// Minutes for which a request works.
        minutes: u16,
    },
}

/// What is sealed with a request.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asking {
    /// The number.
    pub(crate) number: String,
    /// From where it is asked for, masked.
    pub(crate) place: String,
}

/// The address and keys of a phone, as sealed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Subscribed {
    /// The address at its push service.
    pub(crate) endpoint: String,
    /// Its public key, base64url.
    pub(crate) p256dh: String,
    /// Its secret, base64url.
    pub(crate) auth: String,
}

/// Where a message to a phone goes.
#[derive(Serialize, Deserialize)]
pub(crate) struct Destination {
    /// Which phone.
    pub(crate) approver: CredentialId,
    /// The key of ours that it knows.
    pub(crate) key: String,
    #[serde(flatten)]
    pub(crate) subscribed: Subscribed,
}

/// What is to be approved, for whom, asked by which device.
struct Gathered {
    asked: Asked,
    customer: CustomerKnown,
    asker: Option<DeviceId>,
    context: sekisho_core::context::Context,
}

impl Gate {
    /// Whether a phone of the customer may be asked by this visitor.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn push_offered(
        &self,
        target: PushTarget<'_>,
        visitor: &Visitor,
    ) -> Result<bool, Fault> {
        if self.push().is_none() || self.policy().factor(Method::Push) == FactorPolicy::Forbid {
            return Ok(false);
        }
        let Some(gathered) = self.gather_push(target, visitor).await? else {
            return Ok(false);
        };
        let customer = gathered.customer.id;
        let phones = self.store().approvers(customer).await?;
        let sends = self.push_sends(customer, gathered.asker).await?;
        let (now, tries) = (self.now(), sends.tries);
        let locked = tries.is_some_and(|tries| tries.locked_until > now);
        let some = !others(&phones, gathered.asker).is_empty();
        Ok(gathered.asked.closed.is_none() && some && !locked)
    }

    /// Asks the customer's phones.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn push_ask(
        &self,
        target: PushTarget<'_>,
        visitor: &Visitor,
    ) -> Result<PushSent, Fault> {
        if self.push().is_none() {
            return Ok(PushSent::Nowhere);
        }
        let policy = self.policy();
        for _ in 0..ROUNDS {
            let Some(gathered) = self.gather_push(target, visitor).await? else {
                return Ok(PushSent::Nowhere);
            };
            let (now, customer) = (self.now(), gathered.customer.id);
            let phones = self.store().approvers(customer).await?;
            let phones = others(&phones, gathered.asker);
            let sends = self.push_sends(customer, gathered.asker).await?;
            let open = self.store().push(customer).await?;
            let same = open
                .as_ref()
                .filter(|open| open.bound == gathered.asked.bound);
            let wait = Span::seconds(i64::from(policy.code.resend_seconds)).0;
            let left = same.map_or(0, |open| wait - now.since(open.sent).0);
            let locked = sends
                .tries
                .map_or(0, |tries| tries.locked_until.since(now).0);
            let left = left.max(locked);
            let facts = Facts {
                phones: self.addressed(&phones, now)?,
                fresh: self.fresh_push(&gathered.context.describe(), now)?,
                customer: gathered.customer,
                asked: gathered.asked,
                asker: gathered.asker,
                context: gathered.context,
                open,
                sends,
                decision: self.fresh_decision(now)?,
                now,
            };
            let decided = push::decide(&facts, &policy);
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::StepUp(_) => PushSent::Sent,
                _ if left > 0 && facts.asked.closed.is_none() => PushSent::Wait {
                    seconds: u16::try_from(left / 1_000_000 + 1).unwrap_or(u16::MAX),
                },
                _ => PushSent::Nowhere,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Where the request of this visitor stands, for the page that asked.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn push_state(
        &self,
        target: PushTarget<'_>,
        visitor: &Visitor,
    ) -> Result<PushState, Fault> {
        let Some(gathered) = self.gather_push(target, visitor).await? else {
            return Ok(PushState::Over);
        };
        let now = self.now();
        let open = self.store().push(gathered.customer.id).await?;
        let ours = |open: &PushKnown| open.bound == gathered.asked.bound && open.expires > now;
        let Some(open) = open.filter(ours) else {
            return Ok(PushState::Over);
        };
        if open.approved.is_some() {
            return Ok(PushState::Approved);
        }
        Ok(PushState::Waits {
            number: self.asking(&open)?.number.into(),
            minutes: self.policy().code.minutes,
        })
    }

    /// The counter of requests to an account, with an allowance of its own for a device that was
    /// bound before: whoever has only the password cannot use up the owner's.
    async fn push_sends(
        &self,
        customer: CustomerId,
        asker: Option<DeviceId>,
    ) -> Result<Requests, Fault> {
        let key = self.keys().counter("push", &customer.0, asker);
        let tries = self.store().tries(key).await?;
        Ok(Requests {
            key,
            counted: Counted::Push,
            tries,
        })
    }

    /// What is sealed with a request.
    pub(crate) fn asking(&self, open: &PushKnown) -> Result<Asking, Fault> {
        let text = self.keys().open(Place::Push(open.id), &open.sealed)?;
        serde_json::from_str(text.expose_secret()).map_err(|_| Fault::Internal {
            what: "a request to a phone cannot be read",
        })
    }

    async fn gather_push(
        &self,
        target: PushTarget<'_>,
        visitor: &Visitor,
    ) -> Result<Option<Gathered>, Fault> {
        let (asked, id, own) = match target {
            PushTarget::Conversation(token) => {
                let Some(found) = self.find_conversation(token).await? else {
                    return Ok(None);
                };
                let customer = found.interaction.customer.as_ref();
                let Some(id) = customer.map(|customer| customer.id) else {
                    return Ok(None);
                };
                (Asked::sign_in(&found.interaction, self.now()), id, None)
            }
            PushTarget::Session(session) => {
                let (ways, _) = self.session_ways(session).await?;
                let asked = Asked::prove(&session.known, ways);
                (asked, session.customer(), session.known.device)
            }
            PushTarget::Operation(session, id) => {
                let Some((shown, spec)) = self.gather_shown(session, id).await? else {
                    return Ok(None);
                };
                let asked = Asked::operation(&shown, &spec, self.now(), &self.policy());
                (asked, session.customer(), session.known.device)
            }
        };
        let Some(customer) = self.store().customer(id).await? else {
            return Ok(None);
        };
        let (presented, context) = self.recognise(visitor, Some(id)).await?;
        Ok(Some(Gathered {
            asked,
            customer,
            asker: presented.recognised().or(own),
            context,
        }))
    }

    /// Where messages to these phones go, sealed for a message each.
    fn addressed(
        &self,
        phones: &[&ApproverKnown],
        now: Moment,
    ) -> Result<Vec<(NoticeId, Sealed)>, Fault> {
        let addressed = |known: &&ApproverKnown| {
            let id = NoticeId(self.dice().id(now)?);
            let destination = Destination {
                approver: known.id,
                key: known.key.clone(),
                subscribed: self.subscribed(known)?,
            };
            let text = json(&destination)?;
            let place = Place::Newcomer(id);
            let sealed = self.keys().seal(place, text.as_bytes(), self.dice())?;
            Ok((id, sealed))
        };
        phones.iter().map(addressed).collect()
    }

    /// The address and keys of a phone.
    pub(crate) fn subscribed(&self, known: &ApproverKnown) -> Result<Subscribed, Fault> {
        let text = self.keys().open(Place::Approver(known.id), &known.sealed)?;
        serde_json::from_str(text.expose_secret()).map_err(|_| Fault::Internal {
            what: "the address of a phone cannot be read",
        })
    }

    fn fresh_push(&self, place: &str, now: Moment) -> Result<FreshPush, Fault> {
        let id = ChallengeId(self.dice().id(now)?);
        let secret = self.token(TokenKind::Push)?;
        let number = OneTimeCode::from_random(self.dice().bytes()?);
        let text = json(&Asking {
            number: number.digits().expose_secret().to_owned(),
            place: place.to_owned(),
        })?;
        let sealed = self
            .keys()
            .seal(Place::Push(id), text.as_bytes(), self.dice())?;
        Ok(FreshPush {
            id,
            secret: (secret.hash(), secret.text().clone()),
            sealed,
        })
    }
}

/// What is sealed, as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::Internal {
        what: "what is to be sealed is not JSON",
    })
}
