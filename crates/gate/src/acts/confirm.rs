//! The act "confirm": the customer looks at an operation and says yes or no.
//!
//! **Invariant:** what is shown, what the code is bound to and what is confirmed are read from one
//! stored operation.

mod shown;

use shown::payments;
pub(crate) use shown::texts;
pub use shown::{ConfirmAnswer, ConfirmSent, ConfirmWays, ShownOperation};

use sekisho_core::bound::Bound;
use sekisho_core::bytes::{Digest, Sealed};
use sekisho_core::change::Change;
use sekisho_core::confirm::{self, Attempt, Facts, Fresh, SendFacts, Shown, Statement};
use sekisho_core::decision::Decision;
use sekisho_core::id::{GrantId, NoticeId, OperationId};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Locale;
use sekisho_core::operation::OperationState;
use sekisho_core::policy::OperationPolicy;
use sekisho_core::reason::Reason;
use sekisho_core::step_up::{Admission, code_channel};
use sekisho_core::verdict::Verdict;
use sekisho_store::ConfirmKnown;

use super::account::Session;
use super::stop::StopTold;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;
use crate::steps::factor::Answer;
use crate::steps::passkey::Wanted;
use crate::visitor::Visitor;

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
        let challenge = self.store().challenge(bound(&shown)).await?;
        let channel = match code_channel(&shown.channels, &policy) {
            Some(channel) => self.keys().open_login(channel.id, &channel.sealed)?,
            None => None,
        };
        let channel = channel.map(|login| login.masked());
        let ways = self.ways(&shown, &spec, channel, now)?;
        let statement = shown.statement(&spec, locale, &policy);
        Ok(Some(ShownOperation {
            id,
            payment: self.payment_in(&ways, &shown, &spec),
            application: shown.application.clone(),
            name: spec.name.in_locale(locale).to_owned(),
            amount: confirm::amount_text(&shown.fields),
            payee: shown
                .fields
                .payout_account()
                .map(|account| spec.seen(account)),
            payments: payments(&shown.fields, &spec),
            texts: texts(&shown.fields),
            payout_changed_days: shown.payout_changed_days(&spec, &policy),
            seen: self.keys().seen(&statement),
            statement,
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
            stale: shown.is_stale(&spec, now),
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
        let Answer { claim, pin, seen } = answer.into();
        let (policy, keys, customer) = (self.policy(), self.keys(), session.customer());
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
        let known = self.device_known(&shown, &spec, &context).await?;
        if let Some(barred) = ConfirmAnswer::barred(&shown, &spec, known, self.now()) {
            return Ok(barred);
        }
        if seen.statement(keys, &shown, (&spec, &policy)).is_none() {
            return self.altered(&shown).await;
        }
        let beside = match shown.asks_pin(&spec, self.now()) {
            true if pin.is_none() => return Ok(ConfirmAnswer::PinMissing),
            true => Some(self.pin_beside(pin, (customer, device), visitor).await?),
            false => None,
        };
        let admitted = match &beside {
            Some(beside) if beside.is_locked() => Admission::Locked,
            _ => self.admit(claim, attempt.tries, customer).await?,
        };
        for _ in 0..ROUNDS {
            let Some((shown, spec)) = self.gather_live(session, id).await? else {
                return Ok(ConfirmAnswer::Closed);
            };
            let now = self.now();
            let at = (admitted, now);
            let Some(statement) = seen.statement(keys, &shown, (&spec, &policy)) else {
                return self.altered(&shown).await;
            };
            let payment = self.payment_of(claim, &shown, &spec);
            let wanted = Wanted {
                bound: bound(&shown),
                payment: payment.as_ref(),
            };
            let (tried, factor) = self.prove(claim, wanted, customer, at).await?;
            let pin = match &beside {
                Some(beside) => Some(self.prove_beside(beside, customer).await?),
                None => None,
            };
            let since = self.since(customer, factor.as_ref(), now).await?;
            let facts = Facts {
                shown,
                tried,
                factor,
                admission: admitted,
                since,
                statement: self.sealed_statement(id, &statement)?,
                device: known,
                pin,
                fresh: self.fresh_confirmation(now)?,
                now,
            };
            let decided = confirm::decide(&attempt, &facts, &spec, &policy);
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            let was = facts.shown.operation.state;
            return Ok(answered(&committed, was, admitted));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// The same with the session as it is now, if it was not ended: read before everything that is
    /// judged with it, so that what changes meanwhile is seen.
    async fn gather_live(
        &self,
        session: &Session,
        id: OperationId,
    ) -> Result<Option<(Shown, OperationPolicy)>, Fault> {
        match self.store().session_by_id(session.id()).await? {
            Some(known) => {
                let now_at = session.now_at;
                let known = self.compared(known, &now_at);
                self.gather_shown(&Session { known, now_at }, id).await
            }
            None => Ok(None),
        }
    }

    pub(crate) async fn gather_shown(
        &self,
        session: &Session,
        id: OperationId,
    ) -> Result<Option<(Shown, OperationPolicy)>, Fault> {
        let found = self.store().confirm(id, self.now()).await?;
        let own = found.filter(|known| known.operation.customer.id == session.customer());
        let Some(ConfirmKnown {
            operation,
            stops,
            standing,
        }) = own
        else {
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
        let application = self.store().application(operation.application).await?;
        Ok(Some((
            Shown {
                operation,
                fields,
                application: application.map(|known| known.name).unwrap_or_default(),
                session: session.known.clone(),
                channels,
                passkeys,
                stops,
                standing,
            },
            spec,
        )))
    }

    /// The page showed something else: its answer is not looked at.
    async fn altered(&self, shown: &Shown) -> Result<ConfirmAnswer, Fault> {
        let now = self.now();
        let id = self.fresh_decision(now)?;
        let decided = confirm::decide_altered(shown, id, now, &self.policy());
        self.commit(decided).await?;
        Ok(ConfirmAnswer::Changed)
    }

    fn sealed_statement(
        &self,
        id: OperationId,
        statement: &Statement,
    ) -> Result<(Digest, Sealed), Fault> {
        let (place, text) = (Place::Statement(id), statement.text());
        let sealed = self.keys().seal(place, text.as_bytes(), self.dice())?;
        Ok((statement.digest(), sealed))
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

/// What is said of an answer to an operation that `was` in this state.
fn answered(committed: &Decision, was: OperationState, admitted: Admission) -> ConfirmAnswer {
    let ended = |change: &Change| matches!(change, Change::OperationMoved { .. });
    let stopped = committed.reasons().contains(&Reason::Stopped);
    let open = was == OperationState::Pending && !stopped;
    let open = open && !committed.changes.iter().any(ended);
    match (committed.verdict(), admitted) {
        (Verdict::Allow, _) => ConfirmAnswer::Confirmed,
        (Verdict::Hold, _) => ConfirmAnswer::Held,
        (_, Admission::Admitted | Admission::Last) if open => ConfirmAnswer::Wrong,
        _ => ConfirmAnswer::Closed,
    }
}

pub(crate) fn bound(shown: &Shown) -> Digest {
    let operation = &shown.operation;
    Bound::Operation {
        id: operation.id,
        fields: operation.digest,
        customer: operation.customer.id,
    }
    .digest()
}
