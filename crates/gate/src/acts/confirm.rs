//! The act "confirm": the customer looks at an operation and says yes or no.
//!
//! **Invariant:** what is shown, what the code is bound to and what is confirmed are read from one
//! stored operation.

use sekisho_core::bound::Bound;
use sekisho_core::change::Change;
use sekisho_core::confirm::{self, Attempt, Facts, Fresh, PaymentAsked, SendFacts, Shown};
use sekisho_core::id::{GrantId, NoticeId, OperationId};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Locale;
use sekisho_core::operation::{Fields, OperationState};
use sekisho_core::policy::OperationPolicy;
use sekisho_core::reason::Reason;
use sekisho_core::step_up::{Admission, code_channel};
use sekisho_core::verdict::Verdict;

use super::account::Session;
use super::stop::StopTold;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::factor::Answer;
use crate::steps::passkey::{PasskeyPrompt, Wanted};
use crate::steps::pin::PinWish;
use crate::visitor::Visitor;

/// What the confirmation page shows.
#[derive(Clone, Debug)]
pub struct ShownOperation {
    /// The id.
    pub id: OperationId,
    /// The application that asked.
    pub application: String,
    /// Name of the operation in the language of the page.
    pub name: String,
    /// Amount, grouped, with its currency: `150,000 JPY`.
    pub amount: Option<String>,
    /// Holder of the payee's account.
    pub payee: Option<String>,
    /// Bank and branch code, account type and number of the payee's account, in full: who confirms
    /// has to see what is confirmed. Messages and lists mask the number.
    pub payee_account: Option<(String, String, &'static str, String)>,
    /// The text fields, by their names in the policy.
    pub texts: Vec<(String, String)>,
    /// How many days ago the payout account was changed that money would leave to, where that is
    /// lately enough to be said.
    pub payout_changed_days: Option<u16>,
    /// Where it stands.
    pub state: OperationState,
    /// Until when it may be confirmed.
    pub expires: Moment,
    /// Whether that time is over.
    pub over: bool,
    /// Where the browser goes back to.
    pub return_to: Option<String>,
    /// How it may be confirmed.
    pub ways: ConfirmWays,
    /// What the browser may show itself, where a passkey is a way.
    pub payment: Option<PaymentAsked>,
    /// Whether a code of the customer's authenticator app will do as well.
    pub totp: bool,
    /// Whether the transaction PIN is asked for beside.
    pub pin: PinWish,
    /// Whether a code that still works was sent.
    pub code_sent: bool,
    /// The stop that stands in its way.
    pub stop: Option<StopTold>,
}

impl ShownOperation {
    /// Whether a stop changes anything: what was carried out or refused stays so.
    #[must_use]
    pub fn may_be_stopped(&self) -> bool {
        matches!(
            self.state,
            OperationState::Pending | OperationState::Confirmed
        ) && !self.over
    }
}

/// How an operation may be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmWays {
    /// By a code to this channel, masked.
    Code(String),
    /// By either.
    Either(String, PasskeyPrompt),
    /// The policy wants a passkey, and the customer has none.
    Enrol,
    /// The policy wants a passkey of another kind than the customer has.
    EnrolOther,
    /// Nothing the customer has will do.
    None,
    /// By a passkey alone.
    Passkey(PasskeyPrompt),
}

/// What became of the wish for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmSent {
    /// The operation waits no more.
    Closed,
    /// On its way.
    Sent,
    /// Too early.
    Wait {
        /// Seconds to wait.
        seconds: u16,
    },
}

/// What became of a typed code or of what a passkey signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmAnswer {
    /// The operation waits no more, or the factor is locked.
    Closed,
    /// Confirmed.
    Confirmed,
    /// Right, and it waits for a person or for time.
    Held,
    /// The transaction PIN is asked for beside; no try was counted.
    PinMissing,
    /// Wrong; there may be another try.
    Wrong,
}

impl Gate {
    /// What the confirmation page shows; `None` when there is no such operation of this customer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn shown(
        &self,
        session: &Session,
        id: OperationId,
        locale: Locale,
    ) -> Result<Option<ShownOperation>, Fault> {
        let policy = self.policy();
        let Some((shown, spec)) = self.gather_shown(session, id).await? else {
            return Ok(None);
        };
        let now = self.now();
        let application = self
            .store()
            .application(shown.operation.application)
            .await?;
        let challenge = self.store().challenge(bound(&shown)).await?;
        let channel = match code_channel(&shown.channels, &policy) {
            Some(channel) => self.keys().open_login(channel.id, &channel.sealed)?,
            None => None,
        };
        let channel = channel.map(|login| login.masked());
        let account = shown.fields.payout_account();
        let application = application.map(|known| known.name).unwrap_or_default();
        let ways = self.ways(&shown, &spec, channel, now)?;
        Ok(Some(ShownOperation {
            id,
            payment: self.payment_in(&ways, &shown, &spec, &application),
            application,
            name: spec.name.in_locale(locale).to_owned(),
            amount: confirm::amount_text(&shown.fields),
            payee: account.map(|account| account.holder.to_string()),
            payee_account: account.map(|account| {
                (
                    account.bank.clone(),
                    account.branch.clone(),
                    account.account_type,
                    account.number.clone(),
                )
            }),
            texts: texts(&shown.fields),
            payout_changed_days: shown.subject(&spec).payout_changed_days(now, &policy),
            state: shown.operation.state,
            expires: shown.operation.expires,
            over: shown.operation.expires <= now,
            return_to: shown.operation.return_uri.clone(),
            ways,
            totp: !shown.wants_passkey(&spec, now, &policy)
                && self.takes_totp(shown.operation.customer.id).await?,
            pin: self.pin_wish(&shown, &spec).await?,
            code_sent: challenge.is_some_and(|known| known.expires > now),
            stop: shown.stop().map(StopTold::from),
        }))
    }

    /// Sends the code that confirms exactly this operation.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn confirm_send(
        &self,
        session: &Session,
        id: OperationId,
        visitor: &Visitor,
    ) -> Result<ConfirmSent, Fault> {
        let policy = self.policy();
        let customer = session.customer();
        let (presented, _) = self.recognise(visitor, Some(customer)).await?;
        let device = presented.recognised();
        for _ in 0..ROUNDS {
            let Some((shown, spec)) = self.gather_shown(session, id).await? else {
                return Ok(ConfirmSent::Closed);
            };
            let (now, bound) = (self.now(), bound(&shown));
            let challenge = self.store().challenge(bound).await?;
            let wait = Span::seconds(i64::from(policy.code.resend_seconds));
            let left = challenge
                .as_ref()
                .map_or(0, |known| wait.0 - now.since(known.sent).0);
            let fresh = self.fresh_challenge(now, bound)?;
            let sends = self.sends(&customer.0, device).await?;
            let left = sends
                .tries
                .map_or(left, |tries| left.max(tries.locked_until.since(now).0));
            let decision = self.fresh_decision(now)?;
            let facts = SendFacts {
                shown,
                challenge,
                sends,
                fresh,
                decision,
                now,
            };
            let decided = confirm::decide_send(&facts, &spec, &policy);
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::StepUp(_) => ConfirmSent::Sent,
                _ if left > 0 && facts.shown.operation.state == OperationState::Pending => {
                    ConfirmSent::Wait {
                        seconds: u16::try_from(left / 1_000_000 + 1).unwrap_or(u16::MAX),
                    }
                }
                _ => ConfirmSent::Closed,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Judges a typed code of either kind, or what a passkey signed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn confirm(
        &self,
        session: &Session,
        id: OperationId,
        answer: impl Into<Answer<'_>>,
        visitor: &Visitor,
    ) -> Result<ConfirmAnswer, Fault> {
        let Answer { claim, pin } = answer.into();
        let policy = self.policy();
        let customer = session.customer();
        let (presented, context) = self.recognise(visitor, Some(customer)).await?;
        let device = presented.recognised();
        let attempt = Attempt {
            context,
            tries: self.keys().counter(claim.counter(), &customer.0, device),
            sends: self.keys().counter("send", &customer.0, device),
        };
        let Some((shown, spec)) = self.gather_shown(session, id).await? else {
            return Ok(ConfirmAnswer::Closed);
        };
        let beside = match shown.asks_pin(&spec) {
            true if pin.is_none() => return Ok(ConfirmAnswer::PinMissing),
            true => Some(self.pin_beside(pin, (customer, device), visitor).await?),
            false => None,
        };
        let admitted = match &beside {
            Some(beside) if beside.is_locked() => Admission::Locked,
            _ => self.admit(claim, attempt.tries, customer).await?,
        };
        for _ in 0..ROUNDS {
            let Some((shown, spec)) = self.gather_shown(session, id).await? else {
                return Ok(ConfirmAnswer::Closed);
            };
            let now = self.now();
            let at = (admitted, now);
            let payment = self.payment_of(claim, &shown, &spec).await?;
            let wanted = Wanted {
                bound: bound(&shown),
                payment: payment.as_ref(),
            };
            let (tried, factor) = self.prove(claim, wanted, customer, at).await?;
            let pin = match &beside {
                Some(beside) => Some(self.prove_beside(beside, customer).await?),
                None => None,
            };
            let facts = Facts {
                shown,
                tried,
                factor,
                admission: admitted,
                since: self.since(customer).await?,
                pin,
                fresh: self.fresh_confirmation(now)?,
                now,
            };
            let decided = confirm::decide(&attempt, &facts, &spec, &policy);
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            let open = facts.shown.operation.state == OperationState::Pending
                && !committed.reasons().contains(&Reason::Stopped);
            let ended = |change: &Change| matches!(change, Change::OperationMoved { .. });
            let open = open && !committed.changes.iter().any(ended);
            return Ok(match (committed.verdict(), admitted) {
                (Verdict::Allow, _) => ConfirmAnswer::Confirmed,
                (Verdict::Hold, _) => ConfirmAnswer::Held,
                (_, Admission::Admitted | Admission::Last) if open => ConfirmAnswer::Wrong,
                _ => ConfirmAnswer::Closed,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    fn ways(
        &self,
        shown: &Shown,
        spec: &OperationPolicy,
        channel: Option<String>,
        now: Moment,
    ) -> Result<ConfirmWays, Fault> {
        let demand = spec.demand(&shown.fields);
        let fitting = shown.passkeys.fitting(&demand.passkey);
        let passkey = self.prompt_if_any(bound(shown), &fitting)?;
        let wanted = shown.wants_passkey(spec, now, &self.policy());
        Ok(match (passkey, channel) {
            (Some(passkey), _) if wanted => ConfirmWays::Passkey(passkey),
            (None, _) if wanted && shown.passkeys.any() => ConfirmWays::EnrolOther,
            (None, _) if wanted => ConfirmWays::Enrol,
            (Some(passkey), Some(channel)) => ConfirmWays::Either(channel, passkey),
            (Some(passkey), None) => ConfirmWays::Passkey(passkey),
            (None, Some(channel)) => ConfirmWays::Code(channel),
            (None, None) => ConfirmWays::None,
        })
    }

    pub(crate) async fn gather_shown(
        &self,
        session: &Session,
        id: OperationId,
    ) -> Result<Option<(Shown, OperationPolicy)>, Fault> {
        let found = self.store().operation_and_stops(id, self.now()).await?;
        let own = found.filter(|(known, _)| known.customer.id == session.customer());
        let Some((operation, stops)) = own else {
            return Ok(None);
        };
        let policy = self.policy();
        let spec = policy.operation.get(&operation.kind).cloned();
        let spec = spec.ok_or(Fault::Internal {
            what: "the policy lost a kind of operation",
        })?;
        let fields = self.open_fields(&operation, &spec)?;
        let channels = self.store().channels(operation.customer.id).await?;
        let passkeys = self.usable(operation.customer.id).await?;
        Ok(Some((
            Shown {
                operation,
                fields,
                session: session.known.clone(),
                channels,
                passkeys,
                stops,
            },
            spec,
        )))
    }

    fn fresh_confirmation(&self, now: Moment) -> Result<Fresh, Fault> {
        Ok(Fresh {
            decision: self.fresh_decision(now)?,
            grant: GrantId(self.dice().id(now)?),
            notice: NoticeId(self.dice().id(now)?),
            report: self.fresh_report()?,
        })
    }
}

fn bound(shown: &Shown) -> sekisho_core::bytes::Digest {
    let operation = &shown.operation;
    Bound::Operation {
        id: operation.id,
        fields: operation.digest,
        customer: operation.customer.id,
    }
    .digest()
}

fn texts(fields: &Fields) -> Vec<(String, String)> {
    fields
        .iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.line()?)))
        .collect()
}
