//! The act "change contact".
//!
//! **Invariant:** a present address or number is compared only after the try was reserved.

use secrecy::SecretString;
use sekisho_core::bound::Bound;
use sekisho_core::change_contact::{
    Attempt, Completion, CompletionFacts, CompletionFresh, Facts, FreshChannel, Wanted, anchor,
    complete, decide,
};
use sekisho_core::guess::Counted;
use sekisho_core::id::{ChannelId, CustomerId, DeviceId, InteractionId, NoticeId, SessionId};
use sekisho_core::known::{ChannelKnown, ChannelPurpose, SessionKnown};
use sekisho_core::login::Login;
use sekisho_core::reason::Reason;
use sekisho_core::session::is_alive;
use sekisho_core::sighting::Trait;
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::prove_contact;
use sekisho_seal::report_code::ReportCode;
use sekisho_seal::token::{Token, TokenKind};
use serde::{Deserialize, Serialize};

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;
use crate::steps::conversation::{CodeAnswer, Found, State};
use crate::visitor::Visitor;

/// What a customer typed.
#[derive(Clone, Debug)]
pub struct ChangeContact {
    /// The channel that the new one takes the place of.
    pub replaces: Option<ChannelId>,
    /// What the new one is for.
    pub purpose: ChannelPurpose,
    /// The present address or number, as typed.
    pub current: SecretString,
    /// The new one, as typed.
    pub wanted: String,
    /// Who is there.
    pub visitor: Visitor,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum ContactAnswer {
    /// Neither a mail address nor a phone number.
    BadLogin,
    /// A text message cannot go to a dedicated address.
    Kind,
    /// There are as many as one may have.
    Many,
    /// The present one was wrong.
    Mismatch,
    /// The session has to be proved anew first.
    Prove,
    /// A code is on its way to the new one.
    Sent {
        /// For the cookie of the conversation.
        interaction: Token,
    },
    /// The customer has it already.
    Same,
    /// Too many wrong tries, or too many messages.
    Wait,
}

/// What a conversation about a change has to remember.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ContactState {
    pub(crate) session: SessionId,
    pub(crate) purpose: ChannelPurpose,
    pub(crate) replaces: Option<ChannelId>,
}

impl Gate {
    /// Judges the wish for another address or number, and sends a code there.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn change_contact(
        &self,
        session: &Session,
        typed: ChangeContact,
    ) -> Result<ContactAnswer, Fault> {
        let Ok(wanted) = Login::parse(&typed.wanted) else {
            return Ok(ContactAnswer::BadLogin);
        };
        if !self.is_fresh(session).await? {
            return Ok(ContactAnswer::Prove);
        }
        let customer = session.customer();
        let (presented, context) = self.recognise(&typed.visitor, Some(customer)).await?;
        let device = presented.recognised();
        let attempt = Attempt {
            context,
            tries: self.keys().counter("contact", &customer.0, device),
            purpose: typed.purpose,
            kind: wanted.channel(),
            replaces: typed.replaces,
        };
        let admission = self
            .reserve(Counted::Contact, attempt.tries, Some(customer))
            .await?;
        for _ in 0..ROUNDS {
            let token = self.token(TokenKind::Interaction)?;
            let facts = self
                .gather_contact(session, (&typed, &wanted), (admission, &token), &attempt)
                .await?;
            let decision = decide(&attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), committed.reasons()) {
                (Verdict::StepUp(_), [Reason::PolicyRequires]) => ContactAnswer::Prove,
                (Verdict::StepUp(_), _) => ContactAnswer::Sent { interaction: token },
                (_, [Reason::ContactKind]) => ContactAnswer::Kind,
                (_, [Reason::ContactMany]) => ContactAnswer::Many,
                (_, [Reason::ContactSame]) => ContactAnswer::Same,
                (_, [Reason::ContactMismatch]) if admission == Admission::Admitted => {
                    ContactAnswer::Mismatch
                }
                _ => ContactAnswer::Wait,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn gather_contact(
        &self,
        session: &Session,
        (typed, wanted): (&ChangeContact, &Login),
        (admission, token): (Admission, &Token),
        attempt: &Attempt,
    ) -> Result<Facts, Fault> {
        let (now, customer) = (self.now(), session.customer());
        let channels = self.store().channels(customer).await?;
        let current = match anchor(&channels, attempt.replaces) {
            Some(channel) if admission != Admission::Locked => {
                let present = self
                    .keys()
                    .open(Place::Channel(channel.id), &channel.sealed)?;
                prove_contact(channel.id, &present, &typed.current, now)
            }
            _ => None,
        };
        let id = InteractionId(self.dice().id(now)?);
        let state = State {
            return_to: "/security/contact".to_owned(),
            login: wanted.as_str().to_owned(),
            methods: Vec::new(),
            password: None,
            hash: None,
            locale: session.known_customer().locale,
            recovery: None,
            contact: Some(ContactState {
                session: session.id(),
                purpose: typed.purpose,
                replaces: typed.replaces,
            }),
        };
        let challenge = self.fresh_challenge(now, Bound::Interaction(id).digest())?;
        let to = Place::Newcomer(challenge.notice);
        Ok(Facts {
            session: session.known.clone(),
            ways: self.session_ways(session).await?.0,
            current,
            admission,
            wanted: self.wanted(&channels, wanted, attempt.purpose).await?,
            channels,
            sealed: self
                .keys()
                .seal(to, wanted.as_str().as_bytes(), self.dice())?,
            sends: self.sends(&customer.0, attempt.context.device).await?,
            interaction: (id, token.hash(), self.seal_state(id, &state)?),
            challenge,
            locked: self.fresh_locked(now)?,
            decision: self.fresh_decision(now)?,
            now,
        })
    }

    /// Whose the wanted address or number is. A dedicated address may be anybody's: it is no way to
    /// sign in.
    async fn wanted(
        &self,
        channels: &[ChannelKnown],
        wanted: &Login,
        purpose: ChannelPurpose,
    ) -> Result<Wanted, Fault> {
        for channel in channels.iter().filter(|known| known.purpose == purpose) {
            let own = self.keys().open_login(channel.id, &channel.sealed)?;
            if own.as_ref() == Some(wanted) {
                return Ok(Wanted::Own);
            }
        }
        let owner = match purpose {
            ChannelPurpose::Login => self.find_login(wanted).await?,
            ChannelPurpose::Notice => None,
        };
        Ok(owner.map_or(Wanted::Free, |known| Wanted::Taken(known.customer.id)))
    }

    pub(crate) async fn complete_contact(
        &self,
        conversation: (&str, Found),
        code: &str,
        visitor: &Visitor,
    ) -> Result<CodeAnswer, Fault> {
        let (token, mut found) = conversation;
        let Some(customer) = found.interaction.customer.as_ref().map(|known| known.id) else {
            return Ok(CodeAnswer::Over);
        };
        let (presented, context) = self.recognise(visitor, Some(customer)).await?;
        let device = presented.recognised();
        let attempt = Completion {
            context,
            tries: self.keys().counter("code", &customer.0, device),
            sends: self.keys().counter("send", &customer.0, device),
        };
        let admission = self
            .reserve(Counted::Code, attempt.tries, Some(customer))
            .await?;
        for _ in 0..ROUNDS {
            let tried = (code, admission);
            let Some(facts) = self.gather_completion(&found, tried, device).await? else {
                return Ok(CodeAnswer::Over);
            };
            let decision = complete(&attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                let Some(again) = self.find_conversation(token).await? else {
                    return Ok(CodeAnswer::Over);
                };
                found = again;
                continue;
            };
            return Ok(match (committed.verdict(), committed.reasons()) {
                (Verdict::Allow, _) => CodeAnswer::Changed {
                    return_to: found.state.return_to,
                },
                (_, [Reason::CodeWrong]) if admission == Admission::Admitted => CodeAnswer::Wrong,
                _ => CodeAnswer::Over,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn gather_completion(
        &self,
        found: &Found,
        (code, admission): (&str, Admission),
        device: Option<DeviceId>,
    ) -> Result<Option<CompletionFacts>, Fault> {
        let now = self.now();
        let (Some(state), Some(customer)) = (found.state.contact, &found.interaction.customer)
        else {
            return Ok(None);
        };
        let bound = Bound::Interaction(found.interaction.id).digest();
        let challenge = self.store().challenge(bound).await?;
        let factor = self.prove_typed(challenge.as_ref(), code, (admission, now));
        let channels = self.store().channels(customer.id).await?;
        let retired = match state.replaces {
            None => None,
            Some(id) => match channels.iter().find(|channel| channel.id == id) {
                Some(channel) => Some((channel.clone(), self.name_of(channel)?)),
                None => return Ok(None),
            },
        };
        let taken = self.contact_taken(found).await?;
        let (id, kind, sealed, index) = self.fresh_channel(&found.login)?;
        let report = ReportCode::from_random(self.dice().bytes()?);
        let added = FreshChannel {
            id,
            kind,
            purpose: state.purpose,
            sealed,
            index,
            name: self.keys().login_name(&found.login),
        };
        let traits = device
            .map(Trait::of_device)
            .into_iter()
            .chain(added.phone());
        let traits: Vec<_> = traits.collect();
        Ok(Some(CompletionFacts {
            interaction: found.interaction.clone(),
            customer: customer.clone(),
            session: self.live_session(state.session).await?,
            challenge,
            factor,
            admission,
            taken,
            added,
            crowd: self.store().crowd(customer.id, &traits).await?,
            retired,
            channels,
            fresh: CompletionFresh {
                decision: self.fresh_decision(now)?,
                report: (self.keys().reports.hash(&report), report.display()),
                notice: NoticeId(self.dice().id(now)?),
            },
            now,
        }))
    }

    /// Another customer who has the login that a conversation is about.
    pub(crate) async fn contact_taken(&self, found: &Found) -> Result<Option<CustomerId>, Fault> {
        let purpose = found.state.contact.map(|contact| contact.purpose);
        match purpose {
            Some(purpose) => match self.wanted(&[], &found.login, purpose).await? {
                Wanted::Taken(owner) => Ok(Some(owner)),
                Wanted::Free | Wanted::Own => Ok(None),
            },
            None => Ok(None),
        }
    }

    /// The keyed hash under which a channel's value is claimed as a login.
    pub(crate) fn name_of(
        &self,
        channel: &ChannelKnown,
    ) -> Result<sekisho_core::bytes::CounterKey, Fault> {
        let login = self.keys().open_login(channel.id, &channel.sealed)?;
        let login = login.ok_or(Fault::Internal {
            what: "a stored channel cannot be read",
        })?;
        Ok(self.keys().login_name(&login))
    }

    async fn live_session(&self, id: SessionId) -> Result<Option<SessionKnown>, Fault> {
        let known = self.store().session_by_id(id).await?;
        Ok(known.filter(|known| is_alive(known, self.now(), &self.policy())))
    }
}
