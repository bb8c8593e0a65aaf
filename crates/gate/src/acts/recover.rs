//! The act "recover": what was lost is asked for, waited for and had back.
//!
//! **Invariant:** for a login that nobody has the same steps are taken: one slow hash where a
//! password is typed, one reserved try, one conversation.

use secrecy::SecretString;
use sekisho_core::bound::Bound;
use sekisho_core::guess::{Counted, Sends};
use sekisho_core::id::{CustomerId, DeviceId, InteractionId, NoticeId};
use sekisho_core::known::{InteractionKind, RecoveryKind};
use sekisho_core::login::Login;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::reason::Reason;
use sekisho_core::recover::{
    Answer, AnswerFacts, AnswerFresh, Attempt, CancelFacts, Facts, answer, cancel, decide,
};
use sekisho_core::step_up::{Admission, FreshChallenge};
use sekisho_core::verdict::Verdict;
use sekisho_seal::token::{Token, TokenKind};

use super::account::Session;
use super::recover_proof::RecoverProof;
use super::sign_in::Checked;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::conversation::{Found, RecoveryStage, State};
use crate::visitor::Visitor;

/// What a visitor typed.
#[derive(Clone, Debug)]
pub struct Recover {
    /// What was lost.
    pub kind: RecoveryKind,
    /// Mail address or phone number, as typed.
    pub login: String,
    /// The password, as typed; empty where it is what was lost.
    pub password: SecretString,
    /// Who is there.
    pub visitor: Visitor,
}

/// What became of the codes.
#[derive(Clone, Debug)]
pub enum RecoverAnswer {
    /// A new password may be chosen in this conversation.
    Choose {
        /// For the cookie of the conversation.
        interaction: Token,
    },
    /// What was lost is there again.
    Given,
    /// Expired, locked or closed: begin again.
    Over,
    /// Everything was proved, and the waiting time runs.
    Waiting {
        /// Until when.
        due: Moment,
    },
    /// Wrong; there may be another try.
    Wrong,
}

/// A recovery in course, as its customer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownRecovery {
    /// What for.
    pub kind: RecoveryKind,
    /// When it was begun.
    pub begun: Moment,
    /// From when it can be completed.
    pub due: Moment,
}

/// The counter of codes that a login alone asked for.
pub(crate) const RECOVERY: &str = "recover_code";
/// Where codes would go for a login that cannot be one.
const NOBODY: &str = "nobody@example.com";
/// Whose rows are asked for where there is no customer.
const NO_CUSTOMER: CustomerId = CustomerId([0; 16]);

impl Gate {
    /// Begins or continues a recovery; the answer says nothing of whether there is anything to
    /// recover. `None` when the network has asked for too many messages.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many hashes wait; those of the store.
    pub async fn recover(&self, typed: Recover) -> Result<Option<Token>, Fault> {
        let entered = self.pool().enter(typed.visitor.address)?;
        let login = Login::parse(&typed.login).ok();
        let named = login.as_ref().map_or(typed.login.as_str(), Login::as_str);
        let account = &named.as_bytes()[..named.len().min(1024)];
        let address = typed.visitor.context(&self.places(), None).address;
        if self.reserve_network(address, self.now()).await? == Admission::Locked {
            return Ok(None);
        }
        let mut gathered = self.gather_login(login.as_ref(), &typed.visitor).await?;
        let device = gathered.presented.recognised();
        let tries = self.keys().counter("password", account, device);
        let customer = gathered.login.as_ref().map(|login| login.customer.id);
        let asked = customer.unwrap_or(NO_CUSTOMER);
        let admission = match typed.kind.takes_password() {
            true => self.reserve(Counted::Password, tries, customer).await?,
            false => Admission::Admitted,
        };
        let mut looked: Option<Checked> = None;
        for _ in 0..ROUNDS {
            let now = self.now();
            let checked = match typed.kind.takes_password() {
                false => Checked::nothing(),
                true => {
                    let seen = (&gathered, looked.take());
                    let (typed, at) = (&typed.password, (admission, now));
                    self.check_password(&entered, seen, typed, at).await?
                }
            };
            let token = self.token(TokenKind::Interaction)?;
            let id = InteractionId(self.dice().id(now)?);
            let stage = RecoveryStage::Codes(typed.kind);
            let to = login.as_ref().map_or(NOBODY, Login::as_str);
            let state = recovering(to, stage, typed.visitor.locale);
            let facts = Facts {
                login: gathered.login.clone(),
                channels: gathered.channels.clone(),
                passkeys: self.usable(asked).await?,
                backed: self.backed(asked).await?,
                password: checked.password,
                admission,
                sends: self.recovery_sends(customer, device).await?,
                interaction: (id, token.hash(), self.seal_state(id, &state)?),
                locked: self.fresh_locked(now)?,
                challenges: self.recovery_challenges(id, now)?,
                decision: self.fresh_decision(now)?,
                now,
            };
            let attempt = Attempt {
                context: gathered.context,
                kind: typed.kind,
                tries,
            };
            let mut decision = decide(&attempt, &facts, &self.policy());
            // Whoever typed no secret failed at none: a row would tell which logins there are.
            if typed.kind.takes_password() {
                decision = decision.tried(self.origin_of(&gathered, account, &typed.visitor));
            }
            if self.commit(decision).await?.is_some() {
                return Ok(Some(token));
            }
            gathered = self.gather_login(login.as_ref(), &typed.visitor).await?;
            looked = Some(Checked {
                credential: checked.credential,
                password: facts.password,
                rehash: None,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Judges the codes of a recovery of a kind, or the backup code in their place.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn answer_recovery<'a>(
        &self,
        token: &str,
        (kind, typed): (RecoveryKind, impl Into<RecoverProof<'a>>),
        visitor: &Visitor,
    ) -> Result<RecoverAnswer, Fault> {
        let typed = (kind, typed.into());
        let Some(mut found) = self.find_recovery(token, kind).await? else {
            return Ok(RecoverAnswer::Over);
        };
        let id = found.interaction.customer.as_ref().map(|known| known.id);
        let (presented, context, device) = self.recognise_any(visitor, id).await?;
        let account = self.account_of(id, found.login.as_str().as_bytes());
        let origin = visitor.origin(account, (presented, context), device);
        // Whoever names a login alone must not lock the codes that its owner signs in with: such
        // tries are counted apart, for the login, whoever has it and whether anybody does.
        let (factor, counted) = match typed.1 {
            _ if !kind.takes_password() => (RECOVERY, Counted::Code),
            RecoverProof::BackupCode(_) => ("backup_code", Counted::BackupCode),
            RecoverProof::CodeAndBackup(..) | RecoverProof::Codes(_) => ("code", Counted::Code),
        };
        let account = counted_for(kind, &found);
        let tries = (self.keys()).counter(factor, &account, presented.recognised());
        let admission = self.reserve(counted, tries, id).await?;
        for _ in 0..ROUNDS {
            let attempt = Answer {
                context,
                kind,
                tries,
            };
            let fresh = self.token(TokenKind::Interaction)?;
            let at = (admission, self.now());
            let facts = self.recovery_facts(&found, typed, &fresh, at).await?;
            let recovery = facts.recovery;
            let decision = answer(&attempt, &facts, &self.policy()).tried(origin);
            let Some(committed) = self.commit(decision).await? else {
                match self.find_recovery(token, kind).await? {
                    Some(again) => found = again,
                    None => return Ok(RecoverAnswer::Over),
                }
                continue;
            };
            return Ok(match (committed.verdict(), kind) {
                (Verdict::Allow, RecoveryKind::Password) => {
                    RecoverAnswer::Choose { interaction: fresh }
                }
                (Verdict::Allow, RecoveryKind::Passkey | RecoveryKind::Thaw) => {
                    RecoverAnswer::Given
                }
                (Verdict::Hold, _) => RecoverAnswer::Waiting {
                    due: recovery.map_or_else(
                        || facts.now.plus(self.policy().recovery.waiting()),
                        |recovery| recovery.due,
                    ),
                },
                (_, _) if committed.reasons().contains(&Reason::PasskeySigned) => {
                    RecoverAnswer::Over
                }
                (_, _) if admission == Admission::Admitted => RecoverAnswer::Wrong,
                (_, _) => RecoverAnswer::Over,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// The recoveries that are in course for a customer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn recoveries(&self, session: &Session) -> Result<Vec<ShownRecovery>, Fault> {
        let known = self.store().recoveries(session.customer()).await?;
        let now = self.now();
        let open = known.into_iter().filter(|one| one.expires > now);
        let shown = open.map(|one| ShownRecovery {
            kind: one.kind,
            begun: one.begun,
            due: one.due,
        });
        Ok(shown.collect())
    }

    /// Ends a recovery of the customer's; whether there was one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn cancel_recovery(
        &self,
        session: &Session,
        kind: RecoveryKind,
    ) -> Result<bool, Fault> {
        let customer = session.customer();
        for _ in 0..ROUNDS {
            let now = self.now();
            let known = self.store().recoveries(customer).await?;
            let facts = CancelFacts {
                session: session.known.clone(),
                recovery: known.into_iter().find(|one| one.kind == kind),
                channels: self.store().channels(customer).await?,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                now,
            };
            let decision = cancel(kind, &facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(committed.verdict() == &Verdict::Allow);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    fn recovery_challenges(
        &self,
        id: InteractionId,
        now: Moment,
    ) -> Result<[FreshChallenge; 2], Fault> {
        Ok([
            self.fresh_challenge(now, Bound::Interaction(id).digest())?,
            self.fresh_challenge(now, Bound::Recover(id).digest())?,
        ])
    }

    async fn find_recovery(&self, token: &str, kind: RecoveryKind) -> Result<Option<Found>, Fault> {
        let found = self.find_conversation(token).await?;
        Ok(found.filter(|found| {
            found.interaction.kind == InteractionKind::Recover
                && found.state.recovery == Some(RecoveryStage::Codes(kind))
        }))
    }

    async fn recovery_facts(
        &self,
        found: &Found,
        typed: (RecoveryKind, RecoverProof<'_>),
        fresh: &Token,
        at: (Admission, Moment),
    ) -> Result<AnswerFacts, Fault> {
        let ((kind, _), (_, now)) = (typed, at);
        let customer = found.interaction.customer.as_ref().map(|known| known.id);
        let asked = customer.unwrap_or(NO_CUSTOMER);
        let given = self.given((found.interaction.id, asked), typed, at).await?;
        let passkeys = self.store().passkeys(asked).await?;
        let known = self.store().recoveries(asked).await?;
        let next = InteractionId(self.dice().id(now)?);
        let state = recovering(
            &found.state.login,
            RecoveryStage::Choose,
            found.state.locale,
        );
        Ok(AnswerFacts {
            interaction: found.interaction.clone(),
            given,
            admission: at.0,
            channels: self.store().channels(asked).await?,
            recovery: known.into_iter().find(|one| one.kind == kind),
            passkeys: (passkeys.clone(), self.usable_of(&passkeys)),
            fresh: AnswerFresh {
                decision: self.fresh_decision(now)?,
                report: self.fresh_report()?,
                notice: NoticeId(self.dice().id(now)?),
                interaction: (next, fresh.hash(), self.seal_state(next, &state)?),
            },
            now,
        })
    }

    /// The messages of recoveries have a counter of their own, so that a stranger who asks for them
    /// holds back no code to sign in with.
    async fn recovery_sends(
        &self,
        customer: Option<CustomerId>,
        device: Option<DeviceId>,
    ) -> Result<Sends, Fault> {
        let asked = customer.unwrap_or(NO_CUSTOMER);
        let key = self.keys().counter("recover", &asked.0, device);
        let tries = self.store().tries(key).await?;
        Ok(Sends { key, tries })
    }
}

/// For what the tries at codes are counted.
fn counted_for(kind: RecoveryKind, found: &Found) -> Vec<u8> {
    let customer = found.interaction.customer.as_ref();
    match (kind.takes_password(), customer) {
        (true, Some(customer)) => customer.id.0.to_vec(),
        (true, None) => found.interaction.id.0.to_vec(),
        (false, _) => found.login.as_str().as_bytes().to_vec(),
    }
}

/// The state of a conversation in which something is recovered.
fn recovering(login: &str, stage: RecoveryStage, locale: Locale) -> State {
    State {
        return_to: "/account".to_owned(),
        login: login.to_owned(),
        methods: Vec::new(),
        password: None,
        hash: None,
        locale,
        contact: None,
        recovery: Some(stage),
    }
}
