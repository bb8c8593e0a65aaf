//! Customers at a settled place with a session each, some of them with a passkey, and the codes
//! that are sent to them.
//!
//! **Invariant:** they arrive by the acts that everybody arrives by; only clock and cost of a
//! password's hash are the bench's own.

use std::collections::HashMap;
use std::net::IpAddr;

use anyhow::{Context as _, Result, bail};
use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::known::NoticeState;
use sekisho_core::login::Login;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Locale;
use sekisho_core::text::{Line, Reference};
use sekisho_gate::{
    Body, Clock, CodeAnswer, Enrolled, Enrolling, Gate, ImportLine, Imported, Opened, PasskeyOffer,
    Session, SignIn, SignInAnswer, Visitor,
};
use sekisho_sim::installation::{FOREIGN_HASH, PASSWORD, visitor};
use sekisho_store::Store;
use sekisho_world::passkey::{Page, Passkey};

/// Messages that are read at once.
const PAGE: u32 = 1_000;

/// A customer at home.
#[derive(Clone)]
pub struct Person {
    /// As the application knows them.
    pub reference: Reference,
    /// Where their messages go.
    pub login: String,
    /// Their browser.
    pub visitor: Visitor,
    /// The number of their account: nobody else's, or it would be noticed.
    pub account: String,
    /// Their session.
    pub session: Session,
    /// Their passkey, if they have one.
    pub passkey: Option<Passkey>,
}

/// What people arrive at.
pub struct Town {
    /// The gate.
    pub gate: Gate,
    /// Its database.
    pub store: Store,
    /// Its clock, which stands still between two moves.
    pub clock: Clock,
}

/// What confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A code that is sent.
    Code,
    /// A passkey.
    Passkey,
}

impl Way {
    /// The word in the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Passkey => "passkey",
        }
    }
}

impl Town {
    /// `many` customers who have been where they are for three days.
    pub async fn people(&self, way: Way, many: u8) -> Result<Vec<Person>> {
        let mut all = Vec::new();
        for number in 0..many {
            all.push(self.newcomer(way, number).await?);
        }
        self.clock.danger_move(Span::hours(73));
        for person in &mut all {
            let opened = self.sign_in(&person.login, &person.visitor).await?;
            person.session = self.session(&opened, &person.visitor).await?;
            if way == Way::Passkey {
                person.passkey = Some(self.enrol(person).await?);
            }
        }
        Ok(all)
    }

    async fn newcomer(&self, way: Way, number: u8) -> Result<Person> {
        let name = format!("{}-{number}", way.word());
        let login = format!("{name}@example.jp");
        let line = ImportLine {
            reference: Reference::parse(&name)?,
            login: Login::parse(&login)?,
            hash: Some(FOREIGN_HASH.to_owned()),
            pin: None,
            verified: Some(self.gate.now()),
            locale: Locale::Ja,
        };
        let reference = line.reference.clone();
        if !matches!(self.gate.import(line).await?, Imported::Added(_)) {
            bail!("a customer could not be taken over");
        }
        let street = match way {
            Way::Code => 1,
            Way::Passkey => 2,
        };
        let mut visitor = visitor([100, 64, street, number]);
        let opened = self.sign_in(&login, &visitor).await?;
        let device = opened.device.as_ref().context("no device is remembered")?;
        visitor.device = Some(device.text().expose_secret().to_owned());
        Ok(Person {
            reference,
            account: format!("{street}{number:06}"),
            session: self.session(&opened, &visitor).await?,
            login,
            visitor,
            passkey: None,
        })
    }

    async fn sign_in(&self, login: &str, visitor: &Visitor) -> Result<Opened> {
        let since = self.next_second();
        let typed = SignIn {
            login: login.to_owned(),
            password: SecretString::from(PASSWORD),
            return_to: "/".to_owned(),
            visitor: visitor.clone(),
        };
        let interaction = match self.gate.sign_in(typed).await? {
            SignInAnswer::Opened(opened) => return Ok(opened),
            SignInAnswer::Passkey | SignInAnswer::Refused => bail!("a right password was refused"),
            SignInAnswer::StepUp { interaction } => interaction,
        };
        let codes = self.codes(since).await?;
        let code = codes.get(login).context("no code was sent")?;
        let text = interaction.text().expose_secret();
        match self.gate.answer(text, code, visitor).await? {
            CodeAnswer::Opened(opened) => Ok(opened),
            other => bail!("the code was answered with {other:?}"),
        }
    }

    async fn session(&self, opened: &Opened, visitor: &Visitor) -> Result<Session> {
        let cookie = opened.session.text().expose_secret();
        let session = self.gate.session(cookie, visitor).await?;
        session.context("a session that was opened is not there")
    }

    async fn enrol(&self, person: &Person) -> Result<Passkey> {
        let passkeys = self.gate.passkeys(&person.session).await?;
        let Enrolling::Open(prompt) = passkeys.enrolling else {
            bail!("no passkey may be added: {passkeys:?}");
        };
        let Some(IpAddr::V4(home)) = person.visitor.address else {
            bail!("a customer without a home");
        };
        let seed = [home.octets()[3] + 1; 32];
        let passkey = Passkey::new(seed, &prompt.rp_id, &prompt.user).context("no key")?;
        let created = passkey.create(page(self.gate.issuer(), &prompt.challenge));
        let offer = PasskeyOffer {
            ticket: prompt.ticket,
            client_data: created.client_data_json,
            attestation_object: created.attestation_object,
            transports: Vec::new(),
        };
        let named = (Line::parse("bench")?, &person.visitor);
        match self.gate.enrol(&person.session, &offer, named).await? {
            Enrolled::Done => Ok(passkey),
            other => bail!("a passkey was not added: {other:?}"),
        }
    }

    /// Lets a second pass, so that what is sent from now on is found; answers when it began.
    pub fn next_second(&self) -> Moment {
        self.clock.danger_move(Span::seconds(1));
        self.gate.now()
    }

    /// The codes that were sent since a moment, by whom they went to.
    pub async fn codes(&self, since: Moment) -> Result<HashMap<String, String>> {
        let mut codes = HashMap::new();
        let mut after = Some((Moment(since.0 - 1), sekisho_core::id::NoticeId([255; 16])));
        loop {
            let page = self
                .store
                .notices(NoticeState::Waiting, after, PAGE)
                .await?;
            let Some(last) = page.last() else {
                return Ok(codes);
            };
            after = Some((last.created, last.id));
            for notice in &page {
                let message = self.gate.danger_open_notice(notice)?;
                match message.body {
                    Body::Code { code, .. } | Body::ConfirmCode { code, .. } => {
                        codes.insert(message.to, code);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// A page of ours that asks a passkey.
pub const fn page<'a>(origin: &'a str, challenge: &'a [u8]) -> Page<'a> {
    Page {
        origin,
        challenge,
        top: None,
    }
}
