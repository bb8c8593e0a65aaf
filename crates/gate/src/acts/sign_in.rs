//! The act "sign in".
//!
//! **Invariant:** one slow hash is computed for every attempt, whether the login is known, locked
//! or made up, and another one only when the stored hash changed meanwhile.

use secrecy::SecretString;
use sekisho_core::attempt::{Account, Origin};
use sekisho_core::bound::Bound;
use sekisho_core::context::Context;
use sekisho_core::decision::Decision;
use sekisho_core::device::Presented;
use sekisho_core::guess::Counted;
use sekisho_core::id::{CustomerId, DeviceId, InteractionId};
use sekisho_core::known::{
    ChannelKnown, CredentialKnown, CredentialSeen, CustomerState, LoginKnown, PasskeyKnown,
    RiskKnown,
};
use sekisho_core::login::Login;
use sekisho_core::moment::Moment;
use sekisho_core::password::normalise;
use sekisho_core::proof::{Method, PasswordProved};
use sekisho_core::sighting::Trait;
use sekisho_core::sign_in::{Attempt, Facts, Fresh, decide};
use sekisho_core::step_up::{Admission, code_channel};
use sekisho_core::verdict::{Requirement, Verdict};
use sekisho_seal::password::Rehash;
use sekisho_seal::prove::{ProvedPassword, prove_password};
use sekisho_seal::token::{Token, TokenKind};
use sekisho_store::RiskQuestion;

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::hash_pool::Admitted;
use crate::keys::Place;
use crate::steps::conversation::{Opened, State};
use crate::steps::mint::Minted;
use crate::visitor::Visitor;

/// What a visitor typed.
#[derive(Clone, Debug)]
pub struct SignIn {
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
pub enum SignInAnswer {
    /// Signed in.
    Opened(Opened),
    /// No: one answer for unknown, wrong, locked and frozen.
    Refused,
    /// The customer has a passkey, which is asked for in the place of a code: begin with it.
    Passkey,
    /// A one-time code is on its way.
    StepUp {
        /// For the cookie of the conversation.
        interaction: Token,
    },
}

/// Who is meant, and from where.
pub(super) struct Gathered {
    pub(super) login: Option<LoginKnown>,
    pub(super) channels: Vec<ChannelKnown>,
    pub(super) passkeys: Vec<PasskeyKnown>,
    pub(super) presented: Presented,
    pub(super) context: Context,
    /// The device that the browser names, whoever's it is.
    pub(super) device: Option<DeviceId>,
}

impl Gathered {
    /// Which hash a password is compared with.
    pub(super) fn credential(&self) -> Option<CredentialSeen> {
        let known = self.login.as_ref()?.credential.as_ref();
        known.map(CredentialKnown::seen)
    }
}

/// A password that was looked at.
pub(super) struct Checked {
    /// The hash that it was compared with.
    pub(super) credential: Option<CredentialSeen>,
    pub(super) password: Option<PasswordProved>,
    pub(super) rehash: Option<String>,
}

impl Checked {
    /// This, if it was compared with what is stored now: a slow hash is computed once, however
    /// often a commit has to be tried.
    fn of(self, gathered: &Gathered) -> Option<Self> {
        (self.credential == gathered.credential()).then_some(self)
    }

    /// Whether it was right, of an account that is not frozen: whatever else, the same is counted.
    fn signs_in(&self, gathered: &Gathered) -> bool {
        let login = gathered.login.as_ref();
        let active = login.is_some_and(|known| known.customer.state == CustomerState::Active);
        active && self.password.is_some()
    }

    /// A password that was looked at in the place of none.
    pub(super) const fn nothing() -> Self {
        Self {
            credential: None,
            password: None,
            rehash: None,
        }
    }
}

fn answer(committed: &Decision, made: (Minted, Token), return_to: String) -> SignInAnswer {
    let (minted, interaction) = made;
    match committed.verdict() {
        Verdict::Allow => SignInAnswer::Opened(minted.opened(committed, return_to)),
        Verdict::StepUp(asked) if asked.contains(&Requirement::PhishingResistant) => {
            SignInAnswer::Passkey
        }
        Verdict::StepUp(_) => SignInAnswer::StepUp { interaction },
        Verdict::Hold | Verdict::Refuse => SignInAnswer::Refused,
    }
}

impl Gate {
    /// Judges a login and a password.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many hashes wait; those of the store.
    pub async fn sign_in(&self, typed: SignIn) -> Result<SignInAnswer, Fault> {
        let admitted = self.pool().enter(typed.visitor.address)?;
        let login = Login::parse(&typed.login).ok();
        let mut gathered = self.gather_login(login.as_ref(), &typed.visitor).await?;
        let account = login
            .as_ref()
            .map_or(typed.login.as_str(), Login::as_str)
            .as_bytes();
        let account = &account[..account.len().min(1024)];
        let tries = self
            .keys()
            .counter("password", account, gathered.presented.recognised());
        let customer = gathered.login.as_ref().map(|login| login.customer.id);
        let admission = self.reserve(Counted::Password, tries, customer).await?;
        let mut looked: Option<Checked> = None;
        let mut failure: Option<Admission> = None;
        for _ in 0..ROUNDS {
            let now = self.now();
            let seen = (&gathered, looked.take());
            let at = (admission, now);
            let checked = self
                .check_password(&admitted, seen, &typed.password, at)
                .await?;
            failure = self
                .count_failure(failure, &checked, (&gathered, account))
                .await?;
            let origin = self.origin_of(&gathered, account, &typed.visitor);
            let risk = self.risk_of(&gathered, &origin, now).await?;
            let minted = self.mint_session(now)?;
            let token = self.token(TokenKind::Interaction)?;
            let device = gathered.presented.recognised();
            let asked = customer.unwrap_or(CustomerId([0; 16]));
            let sends = Some(self.sends(&asked.0, device).await?);
            let of = (&gathered, checked.rehash.as_ref());
            let fresh = self.fresh_sign_in(of, &typed, (&minted, &token), now)?;
            let facts = Facts {
                login: gathered.login.clone(),
                channels: gathered.channels.clone(),
                passkeys: self.usable_of(&gathered.passkeys),
                password: checked.password,
                rehash: checked.rehash,
                admission,
                failure,
                sends,
                presented: gathered.presented,
                risk,
                fresh,
                now,
            };
            let attempt = Attempt {
                context: gathered.context,
                tries,
            };
            let decision = decide(&attempt, &facts, &self.policy()).tried(origin);
            let Some(committed) = self.commit(decision).await? else {
                gathered = self.gather_login(login.as_ref(), &typed.visitor).await?;
                looked = Some(Checked {
                    credential: checked.credential,
                    password: facts.password,
                    rehash: facts.rehash,
                });
                continue;
            };
            return Ok(answer(&committed, (minted, token), typed.return_to));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Who is named: a customer, or a name that nobody has.
    pub(super) fn origin_of(
        &self,
        gathered: &Gathered,
        account: &[u8],
        visitor: &Visitor,
    ) -> Origin {
        let login = gathered.login.as_ref();
        let account = self.account_of(login.map(|login| login.customer.id), account);
        let seen = (gathered.presented, gathered.context);
        visitor.origin(account, seen, gathered.device)
    }

    /// Whose sign-in is tried where `named` was typed.
    pub(super) fn account_of(&self, customer: Option<CustomerId>, named: &[u8]) -> Account {
        let nobody = || Account::Nobody(self.keys().counter("attempt", named, None).0);
        customer.map_or_else(nobody, Account::Customer)
    }

    /// Counts once that a sign-in of this login failed, whoever has it and whether anybody does, in
    /// a commit of its own: how many were there is known once it landed.
    async fn count_failure(
        &self,
        counted: Option<Admission>,
        checked: &Checked,
        of: (&Gathered, &[u8]),
    ) -> Result<Option<Admission>, Fault> {
        let (gathered, account) = of;
        if counted.is_some() || checked.signs_in(gathered) {
            return Ok(counted);
        }
        let key = self.keys().counter("failure", account, None);
        let customer = gathered.login.as_ref().map(|login| login.customer.id);
        let admission = self.reserve(Counted::Failure, key, customer).await?;
        Ok(Some(admission))
    }

    pub(super) async fn gather_login(
        &self,
        login: Option<&Login>,
        visitor: &Visitor,
    ) -> Result<Gathered, Fault> {
        let found = match login {
            Some(login) => self.find_login(login).await?,
            None => None,
        };
        let customer = found.as_ref().map(|login| login.customer.id);
        let (presented, context, device) = self.recognise_any(visitor, customer).await?;
        // Asked for nobody as well, so that an unknown login takes the same steps.
        let asked = customer.unwrap_or(CustomerId([0; 16]));
        let channels = self.store().channels(asked).await?;
        let passkeys = self.store().passkeys(asked).await?;
        Ok(Gathered {
            login: found,
            channels,
            passkeys,
            presented,
            context,
            device,
        })
    }

    /// The customer with exactly this login. Several may share its truncated index, so the opened
    /// values are compared.
    pub(crate) async fn find_login(&self, login: &Login) -> Result<Option<LoginKnown>, Fault> {
        for index in self.keys().indexer(login).candidates(login.as_str()) {
            for known in self.store().logins(&index).await? {
                let opened = self
                    .keys()
                    .open_login(known.channel.id, &known.channel.sealed)?;
                if opened.as_ref() == Some(login) && known.channel.verified.is_some() {
                    return Ok(Some(known));
                }
            }
        }
        Ok(None)
    }

    /// Compares what was typed with the stored hash, unless that was done before.
    pub(super) async fn check_password(
        &self,
        admitted: &Admitted,
        seen: (&Gathered, Option<Checked>),
        typed: &SecretString,
        at: (Admission, Moment),
    ) -> Result<Checked, Fault> {
        use secrecy::ExposeSecret as _;
        let ((gathered, looked), (admission, now)) = (seen, at);
        if let Some(checked) = looked.and_then(|looked| looked.of(gathered)) {
            return Ok(checked);
        }
        let known = gathered
            .login
            .as_ref()
            .and_then(|login| login.credential.clone());
        let known = known.filter(|_| admission != Admission::Locked);
        let credential = gathered.credential();
        // What is too long to be a password costs the same work and matches nothing.
        let claimed = normalise(typed.expose_secret()).unwrap_or_default();
        let (keys, salt) = (self.keys().clone(), self.dice().bytes()?);
        let work = move || {
            let proved = prove_password(&keys.passwords, known.as_ref(), &claimed, now)?;
            let rehash = match &proved {
                Some(ProvedPassword {
                    rehash: Rehash::Renew,
                    ..
                }) => Some(keys.passwords.hash(&claimed, salt)?.text().to_owned()),
                _ => None,
            };
            Ok(Checked {
                credential,
                password: proved.map(|proved| proved.proof),
                rehash,
            })
        };
        let checked: Result<Checked, sekisho_seal::Fault> = admitted.run(work).await?;
        Ok(checked?)
    }

    async fn risk_of(
        &self,
        gathered: &Gathered,
        origin: &Origin,
        now: Moment,
    ) -> Result<RiskKnown, Fault> {
        let traits = Trait::of_context(&gathered.context);
        let customer = gathered.login.as_ref().map(|login| login.customer.id);
        let address = gathered.context.address;
        let question = RiskQuestion {
            traits: &traits,
            address,
            kind: None,
            at: now,
        };
        let known = self.store().sign_in(customer, &question).await?;
        Ok(RiskKnown {
            pace: self.paced(origin, now),
            ..self.places().placed(known.risk)
        })
    }

    fn fresh_sign_in(
        &self,
        of: (&Gathered, Option<&String>),
        typed: &SignIn,
        minted: (&Minted, &Token),
        now: Moment,
    ) -> Result<Fresh, Fault> {
        let ((gathered, rehash), (minted, token)) = (of, minted);
        let id = InteractionId(self.dice().id(now)?);
        let policy = self.policy();
        let channel = code_channel(&gathered.channels, &policy);
        let login = match channel {
            Some(channel) => self.keys().open_login(channel.id, &channel.sealed)?,
            None => None,
        };
        let locale = gathered.login.as_ref().map(|login| login.customer.locale);
        let state = State {
            return_to: typed.return_to.clone(),
            login: login
                .map(|login| login.as_str().to_owned())
                .unwrap_or_default(),
            methods: vec![Method::Password],
            password: gathered.credential().map(|seen| seen.rehashed(rehash)),
            hash: None,
            locale: locale.unwrap_or(typed.visitor.locale),
            contact: None,
            recovery: None,
        };
        let interaction = (id, token.hash(), self.seal_state(id, &state)?);
        Ok(Fresh {
            decision: self.fresh_decision(now)?,
            session: minted.fresh.clone(),
            interaction,
            challenge: self.fresh_challenge(now, Bound::Interaction(id).digest())?,
        })
    }

    pub(crate) fn seal_state(
        &self,
        id: InteractionId,
        state: &State,
    ) -> Result<sekisho_core::bytes::Sealed, Fault> {
        let text = serde_json::to_vec(state).map_err(|_| Fault::Internal {
            what: "the state of a conversation is not JSON",
        })?;
        self.keys().seal(Place::Interaction(id), &text, self.dice())
    }
}
