//! A whole installation without a listener: the real gate on a real database, with a clock that a
//! test moves.
//!
//! **Invariant:** only clock, dice and the cost of a hash differ from what ships.

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use secrecy::SecretString;
use sekisho_core::id::ApplicationId;
use sekisho_core::known::{ApiScope, NoticeState};
use sekisho_core::login::Login;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Locale;
use sekisho_core::password::DenyList;
use sekisho_core::policy::Policy;
use sekisho_core::text::Reference;
use sekisho_gate::{
    Argon2Cost, Body, Caller, Clock, CodeAnswer, Confidential, Dice, Gate, HashPool, ImportLine,
    Keys, Message, NewApplication, Opened, Parts, Places, Push, SignIn, SignInAnswer, Terminal,
    Visitor,
};
use sekisho_seal::KeyRing;
use sekisho_seal::key::Kid;

use sekisho_store::{FaultPlan, Store};

use crate::place::Place;

/// The customer that most stories are about.
pub const LOGIN: &str = "taro.yamada@example.jp";
/// The password of that customer, as typed.
pub const PASSWORD: &str = "correct horse battery";
/// Its hash as another system had it: PBKDF2 of 1,000 rounds as Django writes it, made by Python's
/// hashlib.
pub const FOREIGN_HASH: &str =
    "pbkdf2_sha256$1000$Zm9yZWlnbg$cesieudmHg7g80mNgfcqmZpYjDp6FHCbs40gVWNHbwk=";

/// An installation.
pub struct Installation {
    /// The gate.
    pub gate: Gate,
    /// Its clock.
    pub clock: Clock,
    /// Its database.
    pub place: Place,
    /// Breaks commits on order.
    pub faults: FaultPlan,
    profile: &'static str,
    push: Option<Push>,
    places: Places,
}

/// What a gate is given beside its database.
struct Ways {
    pool: HashPool,
    push: Option<Push>,
    places: Places,
}

impl Installation {
    /// An installation on each database that is at hand, under a shipped policy or the text of one.
    ///
    /// # Errors
    /// Those of the databases.
    pub async fn each(profile: &'static str) -> Result<Vec<Self>> {
        Self::each_with(profile, &HashPool::new(2, 256)).await
    }

    /// The same, with a hash pool of the test's own.
    ///
    /// # Errors
    /// Those of the databases.
    pub async fn each_with(profile: &'static str, pool: &HashPool) -> Result<Vec<Self>> {
        Self::each_of(profile, pool, (None, &Places::default())).await
    }

    /// The same, where phones are reached through `push`.
    ///
    /// # Errors
    /// Those of the databases.
    pub async fn each_pushing(profile: &'static str, push: &Push) -> Result<Vec<Self>> {
        let ways = (Some(push), &Places::default());
        Self::each_of(profile, &HashPool::new(2, 256), ways).await
    }

    /// The same, where files say something of addresses.
    ///
    /// # Errors
    /// Those of the databases.
    pub async fn each_placing(profile: &'static str, places: &Places) -> Result<Vec<Self>> {
        Self::each_of(profile, &HashPool::new(2, 256), (None, places)).await
    }

    async fn each_of(
        profile: &'static str,
        pool: &HashPool,
        (push, places): (Option<&Push>, &Places),
    ) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for place in Place::each().await? {
            let clock = Clock::danger_set(Moment(1_795_219_200_000_000));
            let faults = FaultPlan::default();
            let store = place.danger_store_with_faults(faults.clone()).await?;
            let ways = Ways {
                pool: pool.clone(),
                push: push.cloned(),
                places: places.clone(),
            };
            let gate = open(store, &clock, (profile, 1), ways).await?;
            all.push(Self {
                gate,
                clock,
                place,
                faults,
                profile,
                push: push.cloned(),
                places: places.clone(),
            });
        }
        Ok(all)
    }

    /// Another node, or the same after a restart: everything that was in memory is gone.
    ///
    /// # Errors
    /// Those of the databases.
    pub async fn another_node(&self) -> Result<Gate> {
        let seed = self.gate.now().0.unsigned_abs();
        let ways = Ways {
            pool: HashPool::new(2, 256),
            push: self.push.clone(),
            places: self.places.clone(),
        };
        let store = self.place.store().await?;
        open(store, &self.clock, (self.profile, seed), ways).await
    }

    /// Lets time pass; a negative span sets the clock back.
    pub fn pass(&self, span: Span) {
        self.clock.danger_move(span);
    }

    /// Takes the usual customer over, with a password.
    ///
    /// # Errors
    /// When the import refuses.
    pub async fn customer(&self, reference: &str, login: &str) -> Result<()> {
        let line = ImportLine {
            reference: Reference::parse(reference)?,
            login: Login::parse(login)?,
            hash: Some(FOREIGN_HASH.to_owned()),
            pin: None,
            verified: Some(self.gate.now()),
            locale: Locale::Ja,
        };
        match self.gate.import(line).await? {
            sekisho_gate::Imported::Added(_) => Ok(()),
            other => bail!("the import says {other:?}"),
        }
    }

    /// An application with every scope.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn application(&self, name: &str) -> Result<Caller> {
        let new = NewApplication {
            name: name.to_owned(),
            redirect_uris: vec!["http://localhost/callback".to_owned()],
            post_logout_uris: Vec::new(),
            confidential: Confidential::Yes,
        };
        let application: ApplicationId = self.gate.register_application(new).await?.id;
        let scopes = vec![ApiScope::Decisions, ApiScope::Operations];
        let (credential, _) = self
            .gate
            .issue_credential(application, name.to_owned(), scopes.clone())
            .await?;
        Ok(Caller {
            application,
            credential,
            scopes,
        })
    }

    /// Every message that waits, oldest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn messages(&self) -> Result<Vec<Message>> {
        let waiting = self.gate.notices(NoticeState::Waiting, 1000).await?;
        waiting
            .iter()
            .map(|notice| Ok(self.gate.danger_open_notice(notice)?))
            .collect()
    }

    /// The newest code that was sent.
    ///
    /// # Errors
    /// When there is none.
    pub async fn code(&self) -> Result<String> {
        let messages = self.messages().await?;
        let found = messages
            .iter()
            .rev()
            .find_map(|message| match &message.body {
                Body::Code { code, .. } | Body::ConfirmCode { code, .. } => Some(code.clone()),
                _ => None,
            });
        found.context("no code was sent")
    }

    /// Signs the usual customer in from `visitor`, with the second proof.
    ///
    /// # Errors
    /// When any step answers otherwise.
    pub async fn signed_in(&self, visitor: &Visitor) -> Result<Opened> {
        self.signed_in_as(LOGIN, visitor).await
    }

    /// Signs the customer with this login in, likewise.
    ///
    /// # Errors
    /// When any step answers otherwise.
    pub async fn signed_in_as(&self, login: &str, visitor: &Visitor) -> Result<Opened> {
        let mut typed = typed(PASSWORD, visitor);
        login.clone_into(&mut typed.login);
        match self.gate.sign_in(typed).await? {
            SignInAnswer::Opened(opened) => Ok(opened),
            SignInAnswer::Passkey => bail!("the customer's passkey is wanted"),
            SignInAnswer::Refused => bail!("the sign-in was refused"),
            SignInAnswer::StepUp { interaction } => {
                use secrecy::ExposeSecret as _;
                let code = self.code().await?;
                // The next message is a later one.
                self.pass(Span::seconds(1));
                match self
                    .gate
                    .answer(interaction.text().expose_secret(), &code, visitor)
                    .await?
                {
                    CodeAnswer::Opened(opened) => Ok(opened),
                    other => bail!("the code was answered with {other:?}"),
                }
            }
        }
    }
}

/// The usual customer's typing of `password`.
#[must_use]
pub fn typed(password: &str, visitor: &Visitor) -> SignIn {
    SignIn {
        login: LOGIN.to_owned(),
        password: SecretString::from(password.to_owned()),
        return_to: "/account".to_owned(),
        visitor: visitor.clone(),
    }
}

/// A visitor at `address`.
#[must_use]
pub fn visitor(address: [u8; 4]) -> Visitor {
    Visitor {
        address: Some(IpAddr::from(address)),
        user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Safari/604.1"
            .to_owned(),
        device: None,
        terminal: Terminal::Own,
        locale: Locale::Ja,
    }
}

/// A visitor of whose line nothing is known, so that no session of theirs is used elsewhere.
#[must_use]
pub fn anywhere() -> Visitor {
    Visitor {
        address: None,
        ..visitor([0; 4])
    }
}

/// A code that is not `code`.
#[must_use]
pub fn other_code(code: &str) -> String {
    let turn = |digit: char| if digit == '9' { '0' } else { '9' };
    code.chars().map(turn).collect()
}

fn key_file() -> SecretString {
    KeyRing::generate_line(&kid(), sekisho_core::bytes::Digest::of(b"tests").0)
}

#[expect(clippy::unwrap_used, reason = "a literal that is a key id")]
fn kid() -> Kid {
    Kid::parse("test").unwrap()
}

/// A shipped profile by its name, or a policy of the test's own, whole.
fn policy(profile: &str) -> Result<Policy> {
    Ok(match profile.contains('\n') {
        true => Policy::parse(profile)?,
        false => Policy::profile(profile)?,
    })
}

async fn open(store: Store, clock: &Clock, made: (&str, u64), ways: Ways) -> Result<Gate> {
    let (profile, seed) = made;
    let cost = Argon2Cost::danger_below_floor(64, 1, 1)?;
    Ok(Gate::new(Parts {
        store,
        keys: Arc::new(Keys::new(&key_file(), cost)?),
        policy: Arc::new(policy(profile)?),
        places: ways.places,
        deny: DenyList::shipped(),
        issuer: "http://localhost:8080".to_owned(),
        clock: clock.clone(),
        dice: Dice::danger_seeded(seed),
        pool: ways.pool,
        anchors: Arc::default(),
        push: ways.push,
    }))
}
