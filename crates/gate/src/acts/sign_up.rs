//! The act "sign up".
//!
//! **Invariant:** the password is hashed before anything is kept, and a login that is taken costs
//! the same work.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::attempt::Origin;
use sekisho_core::bound::Bound;
use sekisho_core::device::Presented;
use sekisho_core::guess::Counted;
use sekisho_core::id::{ChannelId, CredentialId, CustomerId, InteractionId};
use sekisho_core::known::Strange;
use sekisho_core::login::Login;
use sekisho_core::password::{Examination, Person, examine, normalise};
use sekisho_core::sign_up::{self, Attempt, Completion, CompletionFacts, Facts, Newcomer};
use sekisho_core::step_up::{Admission, Tried};
use sekisho_core::text::Reference;
use sekisho_core::verdict::Verdict;
use sekisho_seal::token::{Token, TokenKind};

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::hash_pool::Admitted;
use crate::keys::Place;
use crate::steps::conversation::{CodeAnswer, Found, State, code_answer};
use crate::visitor::Visitor;

/// What a visitor typed.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// Mail address or phone number, as typed.
    pub login: String,
    /// The password, as typed.
    pub password: SecretString,
    /// The local path to go to in the end.
    pub return_to: String,
    /// Who is there.
    pub visitor: Visitor,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum SignUpAnswer {
    /// Neither a mail address nor a phone number.
    BadLogin,
    /// The policy has something against the password.
    Findings(Examination),
    /// A message is on its way.
    Sent {
        /// For the cookie of the conversation.
        interaction: Token,
    },
}

impl Gate {
    /// Begins a registration.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many hashes wait; those of the store.
    pub async fn sign_up(&self, typed: SignUp) -> Result<SignUpAnswer, Fault> {
        let Ok(login) = Login::parse(&typed.login) else {
            return Ok(SignUpAnswer::BadLogin);
        };
        let policy = self.policy();
        let password = normalise(typed.password.expose_secret());
        let found = self.examine(&login, password.as_ref());
        let context = typed.visitor.context(&self.places(), None);
        let acceptable = password.filter(|_| found.findings.is_empty());
        let (sending, hash) = match acceptable {
            Some(password) => self.prepare(&login, password, &typed.visitor).await?,
            None => (Admission::Locked, None),
        };
        for _ in 0..ROUNDS {
            let now = self.now();
            let taken = self
                .find_login(&login)
                .await?
                .map(|known| known.customer.id);
            let (id, token) = (
                InteractionId(self.dice().id(now)?),
                self.token(TokenKind::Interaction)?,
            );
            let state = State {
                return_to: typed.return_to.clone(),
                login: login.as_str().to_owned(),
                methods: Vec::new(),
                password: None,
                hash: hash.clone(),
                locale: typed.visitor.locale,
                contact: None,
                recovery: None,
            };
            let challenge = self.fresh_challenge(now, Bound::Interaction(id).digest())?;
            let to = Place::Newcomer(challenge.notice);
            let facts = Facts {
                taken,
                findings: found.findings.clone(),
                sealed: self
                    .keys()
                    .seal(to, login.as_str().as_bytes(), self.dice())?,
                interaction: (id, token.hash(), self.seal_state(id, &state)?),
                challenge,
                sending,
                decision: self.fresh_decision(now)?,
                now,
            };
            let attempt = Attempt {
                context,
                channel: login.channel(),
                locale: typed.visitor.locale,
            };
            let decision = sign_up::decide(&attempt, &facts, &policy);
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::StepUp(_) | Verdict::Allow => SignUpAnswer::Sent { interaction: token },
                Verdict::Hold | Verdict::Refuse => SignUpAnswer::Findings(found),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What the policy says of a password that whoever holds `login` wants to set.
    pub(crate) fn examine(&self, login: &Login, password: Option<&SecretString>) -> Examination {
        let person = Person::of(login).at(self.deny().context());
        examine(password, &person, &self.policy().password, self.deny())
    }

    /// Counts the message and hashes the password. Nothing of this is done for what is refused, so
    /// a full pool does not keep the reasons back.
    async fn prepare(
        &self,
        login: &Login,
        password: SecretString,
        visitor: &Visitor,
    ) -> Result<(Admission, Option<String>), Fault> {
        let admitted = self.pool().enter(visitor.address)?;
        let from = visitor.context(&self.places(), None).address;
        let sending = self.reserve_message(login, from, self.now()).await?;
        let hash = match sending {
            Admission::Admitted | Admission::Last => Some(self.hash(&admitted, password).await?),
            Admission::Locked => None,
        };
        Ok((sending, hash))
    }

    async fn hash(&self, admitted: &Admitted, password: SecretString) -> Result<String, Fault> {
        let (keys, salt) = (self.keys().clone(), self.dice().bytes()?);
        let hash = admitted
            .run(move || keys.passwords.hash(&password, salt))
            .await?;
        Ok(hash?.text().to_owned())
    }

    pub(crate) async fn complete_sign_up(
        &self,
        conversation: (&str, Found),
        code: &str,
        visitor: &Visitor,
    ) -> Result<CodeAnswer, Fault> {
        let (token, mut found) = conversation;
        let tries = self
            .keys()
            .counter("code", found.login.as_str().as_bytes(), None);
        let admission = self.reserve(Counted::Code, tries, None).await?;
        let sends = self
            .keys()
            .counter("send", found.login.as_str().as_bytes(), None);
        let context = visitor.context(&self.places(), None);
        for _ in 0..ROUNDS {
            let now = self.now();
            let challenge = self
                .store()
                .challenge(Bound::Interaction(found.interaction.id).digest())
                .await?;
            let factor = self.prove_typed(challenge.as_ref(), code, (admission, now));
            let minted = self.mint_session(now)?;
            let newcomer = self.newcomer(&found)?;
            let crowd = self.crowd_at_sign_up(&newcomer, visitor).await?;
            let facts = CompletionFacts {
                interaction: found.interaction.clone(),
                tried: Tried::Code(challenge),
                factor,
                admission,
                taken: self
                    .find_login(&found.login)
                    .await?
                    .map(|known| known.customer.id),
                newcomer,
                crowd,
                session: minted.fresh.clone(),
                decision: self.fresh_decision(now)?,
                now,
            };
            let completion = Completion {
                context,
                tries,
                sends,
            };
            let decision = sign_up::complete(&completion, &facts, &self.policy());
            let account = decision.entry.customer;
            let decision = decision.tried(self.newcomers_origin(account, &found, visitor));
            let Some(committed) = self.commit(decision).await? else {
                let Some(again) = self.find_conversation(token).await? else {
                    return Ok(CodeAnswer::Over);
                };
                found = again;
                continue;
            };
            return Ok(code_answer(&committed, admission, || {
                minted.opened(&committed, found.state.return_to)
            }));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Who registers, and from where: a customer from this decision on, on a device that is theirs
    /// with it, or a login that nobody has.
    fn newcomers_origin(
        &self,
        customer: Option<CustomerId>,
        found: &Found,
        visitor: &Visitor,
    ) -> Origin {
        let account = self.account_of(customer, found.login.as_str().as_bytes());
        let context = visitor.context(&self.places(), None);
        let met = match customer {
            Some(_) => Strange::Known,
            None => Strange::New,
        };
        Origin {
            met,
            ..visitor.origin(account, (Presented::Unknown, context), None)
        }
    }

    fn newcomer(&self, found: &Found) -> Result<Newcomer, Fault> {
        let now = self.now();
        let id = CustomerId(self.dice().id(now)?);
        let reference = Reference::parse(&id.to_string()).map_err(|_| Fault::Internal {
            what: "an id is no reference",
        })?;
        let hash = found.state.hash.clone();
        let credential = match hash {
            Some(hash) => Some((CredentialId(self.dice().id(now)?), hash)),
            None => None,
        };
        let channel = self.fresh_channel(&found.login)?;
        let login = self.keys().login_name(&found.login);
        Ok(Newcomer {
            id,
            reference,
            locale: found.state.locale,
            channel,
            login,
            credential,
        })
    }

    /// A channel for `login`, sealed and indexed.
    pub(crate) fn fresh_channel(
        &self,
        login: &Login,
    ) -> Result<
        (
            ChannelId,
            sekisho_core::login::ChannelKind,
            sekisho_core::bytes::Sealed,
            sekisho_core::bytes::BlindIndex,
        ),
        Fault,
    > {
        let id = ChannelId(self.dice().id(self.now())?);
        let sealed =
            self.keys()
                .seal(Place::Channel(id), login.as_str().as_bytes(), self.dice())?;
        let index = self.keys().indexer(login).index(login.as_str());
        Ok((id, login.channel(), sealed, index))
    }
}
