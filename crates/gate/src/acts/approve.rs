//! The act "approve": what a phone shows of a request, the number that is typed there, and "this
//! was not me".
//!
//! **Invariant:** what a phone shows and what it approves are read from the request and the
//! operation as they are stored now, and only on a phone of that customer.

use secrecy::SecretString;
use sekisho_core::approve::{Attempt, Facts, decide};
use sekisho_core::bound::Bound;
use sekisho_core::bytes::Digest;
use sekisho_core::confirm::{amount_text, payees_text};
use sekisho_core::context::Context;
use sekisho_core::guess::Counted;
use sekisho_core::known::{OperationKnown, PushAbout, PushKnown};
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::operation::OperationState;
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::prove_number;
use sekisho_seal::token::{Token, TokenKind};

use super::confirm::texts;
use super::report::Reported;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::factor::digits;
use crate::visitor::Visitor;

/// What a phone shows.
#[derive(Clone, Debug)]
pub struct ShownApproval {
    /// What is to be approved.
    pub about: ApprovalAbout,
    /// From where it was asked for: masked network and client.
    pub place: String,
    /// When it was asked for.
    pub asked: Moment,
}

/// What is to be approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApprovalAbout {
    /// An operation.
    Operation {
        /// Its name in the language of the page.
        name: String,
        /// Amount, grouped, with its currency: `150,000 JPY`.
        amount: Option<String>,
        /// Everybody who is paid, with the account numbers masked.
        payees: Vec<String>,
        /// The other fields, by their names in the policy.
        texts: Vec<(String, String)>,
    },
    /// That the customer shows once more who they are.
    Prove,
    /// A sign-in.
    SignIn,
}

/// What became of a typed number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApproveAnswer {
    /// Approved.
    Approved,
    /// Over, used, replaced, or not this phone's to approve.
    Over,
    /// Wrong; there may be another try.
    Wrong,
}

/// A request that was opened on a phone, as it stands.
struct Opened {
    facts: Facts,
    context: Context,
    operation: Option<OperationKnown>,
}

impl Gate {
    /// What a phone is asked; `None` where there is nothing for it to approve.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn approval(
        &self,
        secret: &str,
        visitor: &Visitor,
        locale: Locale,
    ) -> Result<Option<ShownApproval>, Fault> {
        let policy = self.policy();
        let Some(opened) = self.open_push(secret, visitor).await? else {
            return Ok(None);
        };
        if opened.facts.closed(&policy).is_some() {
            return Ok(None);
        }
        let request = &opened.facts.request;
        let about = match (&opened.operation, request.about) {
            (Some(operation), PushAbout::Operation(_)) => {
                let spec = policy.operation.get(&operation.kind);
                let spec = spec.ok_or(Fault::Internal {
                    what: "the policy lost a kind of operation",
                })?;
                let fields = self.open_fields(operation, spec)?;
                ApprovalAbout::Operation {
                    name: spec.name.in_locale(locale).to_owned(),
                    amount: amount_text(&fields),
                    payees: payees_text(&fields),
                    texts: texts(&fields),
                }
            }
            (_, PushAbout::Operation(_)) => return Ok(None),
            (_, PushAbout::Prove) => ApprovalAbout::Prove,
            (_, PushAbout::SignIn) => ApprovalAbout::SignIn,
        };
        Ok(Some(ShownApproval {
            about,
            place: self.asking(request)?.place,
            asked: request.sent,
        }))
    }

    /// Judges the number that was typed on a phone.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn approve(
        &self,
        secret: &str,
        typed: &str,
        visitor: &Visitor,
    ) -> Result<ApproveAnswer, Fault> {
        let Some(opened) = self.open_push(secret, visitor).await? else {
            return Ok(ApproveAnswer::Over);
        };
        // Whoever has no phone of this customer guesses nothing and uses up no try.
        let Some(phone) = opened.facts.approver.as_ref().map(|phone| phone.device) else {
            return Ok(ApproveAnswer::Over);
        };
        let customer = opened.facts.request.customer;
        let tries = self.keys().counter("push_number", &customer.0, Some(phone));
        let reserved = self.reserve(Counted::PushNumber, tries, Some(customer));
        let admission = reserved.await?;
        let typed = digits(typed);
        for _ in 0..ROUNDS {
            let Some(mut opened) = self.open_push(secret, visitor).await? else {
                return Ok(ApproveAnswer::Over);
            };
            let facts = &mut opened.facts;
            facts.admission = admission;
            if admission != Admission::Locked {
                let number = SecretString::from(self.asking(&facts.request)?.number);
                facts.number = prove_number(&facts.request, &number, &typed);
            }
            let attempt = Attempt {
                context: opened.context,
                tries,
                sends: self
                    .keys()
                    .counter("push", &customer.0, facts.request.asker),
            };
            let decision = decide(&attempt, facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let left = self.open_push(secret, visitor).await?;
            let open = |opened: &Opened| opened.facts.closed(&self.policy()).is_none();
            return Ok(match committed.verdict() {
                Verdict::Allow => ApproveAnswer::Approved,
                _ if admission == Admission::Admitted && left.as_ref().is_some_and(open) => {
                    ApproveAnswer::Wrong
                }
                _ => ApproveAnswer::Over,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// "This was not me", on a phone: freezes the account as a report from its history does.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn approve_not_me(&self, secret: &str, visitor: &Visitor) -> Result<Reported, Fault> {
        let opened = self.open_push(secret, visitor).await?;
        // An older or approved request is reported as well; somebody else's phone reports nothing.
        let own = opened.filter(|opened| opened.facts.approver.is_some());
        let Some(opened) = own else {
            return Ok(Reported::Unknown);
        };
        let request = &opened.facts.request;
        self.report_about(request.customer, request.decision).await
    }

    async fn open_push(&self, secret: &str, visitor: &Visitor) -> Result<Option<Opened>, Fault> {
        let Some(token) = Token::parse(TokenKind::Push, secret) else {
            return Ok(None);
        };
        let Some(request) = self.store().push_of(token.hash()).await? else {
            return Ok(None);
        };
        let Some(customer) = self.store().customer(request.customer).await? else {
            return Ok(None);
        };
        let (presented, context) = self.recognise(visitor, Some(customer.id)).await?;
        let device = presented.recognised();
        let approvers = self.store().approvers(customer.id).await?;
        let approver = approvers
            .into_iter()
            .find(|known| Some(known.device) == device);
        let (now, operation) = (self.now(), self.asked_operation(&request).await?);
        let stands = stands(&request, operation.as_ref(), now);
        Ok(Some(Opened {
            facts: Facts {
                request,
                customer,
                approver,
                stands,
                number: None,
                admission: Admission::Admitted,
                decision: self.fresh_decision(now)?,
                now,
            },
            context,
            operation,
        }))
    }

    async fn asked_operation(&self, request: &PushKnown) -> Result<Option<OperationKnown>, Fault> {
        match request.about.operation() {
            Some(id) => Ok(self.store().operation(id).await?),
            None => Ok(None),
        }
    }
}

/// The digest of what would be approved, as it stands now.
fn stands(request: &PushKnown, operation: Option<&OperationKnown>, now: Moment) -> Option<Digest> {
    match (request.about, operation) {
        (PushAbout::Operation(id), Some(operation)) => {
            let open = operation.state == OperationState::Pending && operation.expires > now;
            let bound = Bound::Operation {
                id,
                fields: operation.digest,
                customer: operation.customer.id,
            };
            open.then(|| bound.digest())
        }
        (PushAbout::Operation(_), None) => None,
        // The conversation and the session are not known here; they are looked at when the
        // approval is used.
        (PushAbout::Prove | PushAbout::SignIn, _) => Some(request.bound),
    }
}
