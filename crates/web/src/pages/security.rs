//! `/security`: what protects the account, and the way to everything that changes it.
//!
//! **Invariant:** an address or number is shown masked.

use askama::Template;
use axum::response::Response;
use sekisho_core::known::ChannelPurpose;
use sekisho_core::login::ChannelKind;
use sekisho_core::notice::Locale;
use sekisho_core::policy::OperationPolicy;
use sekisho_gate::{Making, PinView, Security, ShownChannel, ShownRecovery};

use super::arrival::Arrival;
use super::backup_code::Have;
use super::frame::Frame;
use super::recover_password::{self, RecoveryLine};
use super::stop::StopLine;
use super::trouble::Trouble;
use crate::texts::{SecurityWords, Texts, When, fill};

/// A channel as templates show it.
#[derive(Clone, Debug)]
pub struct ChannelLine {
    pub kind: &'static str,
    pub masked: String,
    pub standing: String,
}

#[derive(Template)]
#[template(path = "security.html")]
pub struct SecurityPage {
    pub f: Frame,
    pub told: Option<&'static str>,
    pub password: String,
    /// The backup codes, where there may be some.
    pub backup: Option<String>,
    /// The transaction PIN, where there may be one.
    pub pin: Option<String>,
    /// Whether there are limits or choices of the customer's own.
    pub limits: bool,
    pub channels: Vec<ChannelLine>,
    pub sessions: String,
    pub devices: String,
    pub recoveries: Vec<RecoveryLine>,
    /// What is stopped now.
    pub stops: Vec<StopLine>,
}

impl ChannelLine {
    /// The words for `channel`.
    pub fn of(channel: &ShownChannel, locale: Locale) -> Self {
        let words = Texts::of(locale).security;
        let standing = match channel.verified {
            Some(at) => fill(words.verified, &[("when", &When::of(at, locale).text)]),
            None => words.not_verified.to_owned(),
        };
        Self {
            kind: match channel.purpose {
                ChannelPurpose::Login => kind(channel.kind, words),
                ChannelPurpose::Notice => words.dedicated,
            },
            masked: channel.masked.clone(),
            standing,
        }
    }
}

fn kind(kind: ChannelKind, words: &SecurityWords) -> &'static str {
    match kind {
        ChannelKind::Mail => words.mail,
        ChannelKind::Sms => words.sms,
    }
}

impl SecurityPage {
    /// The page of what is known, in a given frame.
    pub fn framed(frame: Frame, known: &Security, locale: Locale) -> Self {
        let words = frame.t.security;
        let mut password = match known.password_set {
            Some(at) => fill(words.password_set, &[("when", &When::of(at, locale).text)]),
            None => words.password_none.to_owned(),
        };
        if known.password_old {
            password = format!("{password} {}", words.password_old);
        }
        let line = |channel| ChannelLine::of(channel, locale);
        Self {
            f: frame.headed(words.title),
            told: None,
            password,
            backup: None,
            pin: None,
            limits: false,
            channels: known.channels.iter().map(line).collect(),
            sessions: fill(words.sessions_many, &[("many", &known.sessions)]),
            devices: fill(words.devices_many, &[("many", &known.devices)]),
            recoveries: Vec::new(),
            stops: Vec::new(),
        }
    }
}

fn standing(pin: &PinView, arrival: &Arrival) -> String {
    let words = arrival.texts().set_pin;
    match pin.since.map(|at| When::of(at, arrival.locale())) {
        Some(since) => fill(words.since, &[("when", &since.text)]),
        None => words.none.to_owned(),
    }
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let known = arrival.app().gate.security(&session).await?;
    let frame = Frame::of_member(&arrival, "");
    let mut page = SecurityPage::framed(frame, &known, arrival.locale());
    let pin = arrival.app().gate.pin(&session).await?;
    let kinds = &arrival.app().gate.policy().operation;
    page.limits = kinds.values().any(OperationPolicy::is_own);
    page.pin = pin.map(|pin| standing(&pin, &arrival));
    let (backup, making) = arrival.app().gate.backup_codes(&session).await?;
    let words = arrival.texts().backup_code;
    page.backup = (making != Making::Forbidden).then(|| match &backup {
        Some(view) => {
            let have = Have::of(view, arrival.locale());
            let few = if have.few { words.few } else { "" };
            format!("{} {few}", have.left).trim_end().to_owned()
        }
        None => words.none.to_owned(),
    });
    page.told = match arrival.asked("told").as_deref() {
        Some("password") => Some(arrival.texts().change_password.done),
        Some("recovery") => Some(arrival.texts().recover.course_stopped),
        _ => None,
    };
    let gate = &arrival.app().gate;
    let stops = gate.stops_shown().await?;
    page.stops = StopLine::each(&stops, &gate.policy(), arrival.locale());
    let open = gate.recoveries(&session).await?;
    let line = |one: &ShownRecovery| {
        let form = recover_password::form(one.kind);
        let csrf = gate.csrf_token(arrival.session_binding(), &form);
        RecoveryLine::of(one, csrf, arrival.locale())
    };
    page.recoveries = open.iter().map(line).collect();
    Ok(arrival.shown(&page))
}
