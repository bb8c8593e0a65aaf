//! `/recover`, `/recover/passkey` and `/thaw`: a forgotten password, lost passkeys and a frozen
//! account.
//!
//! **Invariant:** what these pages say depends on nothing that a stranger does not know.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_core::known::RecoveryKind;
use sekisho_gate::{Recover, RecoverAnswer, RecoverProof, is_backup_code};

use super::arrival::{Arrival, exposed, forget, remember};
use super::backup_code::{BackupForm, FIELD};
use super::code::is_code;
use super::frame::Frame;
use super::passkey::{PasskeyForm, Standing};
use super::posted::Posted;
use super::recover_waiting::until;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::{Errors, passkey as posted_passkey};
use crate::texts::fill;

/// Where a backup code is typed in the place of a code that was sent.
const BACKUP: &str = "/recover/passkey/backup-code";
/// The name of the form on which a passkey thaws.
const PASSKEY: &str = "thaw_passkey";

#[derive(Template)]
#[template(path = "recover.html")]
pub struct RecoverPage {
    pub f: Frame,
    pub lead: String,
    pub waiting: String,
    pub action: &'static str,
    pub csrf: String,
    pub login: String,
    pub asks_password: bool,
    /// Above the password, where a passkey is the other way.
    pub password_title: Option<&'static str>,
    pub passkey: Option<PasskeyForm>,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "recover_code.html")]
pub struct RecoverCodePage {
    pub f: Frame,
    pub sent: &'static str,
    pub minutes: String,
    pub action: &'static str,
    pub begin: &'static str,
    pub csrf: String,
    pub first: &'static str,
    pub second: Option<&'static str>,
    pub backup: Option<BackupForm>,
    pub errors: Errors,
}

/// Where a recovery of this kind begins.
const fn begins(kind: RecoveryKind) -> &'static str {
    match kind {
        RecoveryKind::Passkey => "/recover/passkey",
        RecoveryKind::Password => "/recover",
        RecoveryKind::Thaw => "/thaw",
    }
}

/// Where its codes are typed.
const fn codes(kind: RecoveryKind) -> &'static str {
    match kind {
        RecoveryKind::Passkey => "/recover/passkey/codes",
        RecoveryKind::Password => "/recover/codes",
        RecoveryKind::Thaw => "/thaw/codes",
    }
}

impl RecoverPage {
    /// The first page of `kind`, of which nothing is filled in yet.
    pub fn framed(frame: Frame, kind: RecoveryKind, hours: u16) -> Self {
        let words = frame.t.recover;
        let (title, lead) = match kind {
            RecoveryKind::Passkey => (words.passkey_title, words.passkey_lead),
            RecoveryKind::Password => (words.password_title, words.password_lead),
            RecoveryKind::Thaw => (words.thaw_title, words.thaw_lead),
        };
        Self {
            lead: fill(lead, &[("hours", &hours)]),
            waiting: fill(words.thaw_password_text, &[("hours", &hours)]),
            f: frame.headed(title),
            action: begins(kind),
            csrf: String::new(),
            login: String::new(),
            asks_password: kind.takes_password(),
            password_title: (kind == RecoveryKind::Thaw).then_some(words.thaw_password),
            passkey: None,
            told: None,
            errors: Errors::none(),
        }
    }

    fn of(arrival: &Arrival, kind: RecoveryKind, errors: Errors) -> Result<Self, Trouble> {
        let gate = &arrival.app().gate;
        let hours = gate.policy().recovery.waiting_hours;
        let mut page = Self::framed(Frame::of(arrival, ""), kind, hours);
        page.f = page.f.with(&errors);
        page.csrf = gate.csrf_token(arrival.binding(), begins(kind));
        page.errors = errors;
        let words = arrival.texts().recover;
        page.told = match arrival.asked("told").as_deref() {
            Some("over") if page.errors.is_empty() => Some(words.told_over),
            _ => None,
        };
        if kind == RecoveryKind::Thaw {
            let csrf = gate.csrf_token(arrival.binding(), PASSKEY);
            let said = (words.thaw_passkey_button, Standing::Main);
            let form = |prompt| PasskeyForm::of(&prompt, "/thaw/passkey".to_owned(), csrf, said);
            page.passkey = gate.thaw_prompt(arrival.binding())?.map(form);
        }
        Ok(page)
    }
}

impl RecoverCodePage {
    /// The page on which the codes of `kind` are typed.
    pub fn framed(frame: Frame, kind: RecoveryKind, minutes: u16, errors: Errors) -> Self {
        let words = frame.t.recover;
        let (sent, first, second) = match kind {
            RecoveryKind::Passkey => (words.sent_one, words.one_code, None),
            RecoveryKind::Password => (words.sent_two, words.first_mail, Some(words.second_sms)),
            RecoveryKind::Thaw => (words.sent_one, words.one_code, None),
        };
        Self {
            f: frame.headed(words.code_title).with(&errors),
            sent,
            minutes: fill(words.minutes, &[("minutes", &minutes)]),
            action: codes(kind),
            begin: begins(kind),
            csrf: String::new(),
            first,
            second,
            backup: None,
            errors,
        }
    }

    fn of(arrival: &Arrival, cookie: &str, kind: RecoveryKind, errors: Errors) -> Self {
        let gate = &arrival.app().gate;
        let minutes = gate.policy().code.minutes;
        let mut page = Self::framed(Frame::of(arrival, ""), kind, minutes, errors);
        page.csrf = gate.csrf_token(cookie, codes(kind));
        page.backup = (kind == RecoveryKind::Passkey).then(|| BackupForm {
            action: BACKUP.to_owned(),
            csrf: gate.csrf_token(cookie, BACKUP),
            return_to: None,
        });
        page
    }
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let page = RecoverPage::of(&arrival, RecoveryKind::Password, Errors::none())?;
    Ok(arrival.shown(&page))
}

pub async fn show_thaw(arrival: Arrival) -> Result<Response, Trouble> {
    let page = RecoverPage::of(&arrival, RecoveryKind::Thaw, Errors::none())?;
    Ok(arrival.shown(&page))
}

pub async fn show_passkey(arrival: Arrival) -> Result<Response, Trouble> {
    let page = RecoverPage::of(&arrival, RecoveryKind::Passkey, Errors::none())?;
    Ok(arrival.shown(&page))
}

pub async fn submit_passkey(posted: Posted) -> Result<Response, Trouble> {
    begin(posted, RecoveryKind::Passkey).await
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    begin(posted, RecoveryKind::Password).await
}

pub async fn submit_thaw(posted: Posted) -> Result<Response, Trouble> {
    begin(posted, RecoveryKind::Thaw).await
}

async fn begin(posted: Posted, kind: RecoveryKind) -> Result<Response, Trouble> {
    posted.proves_visitor(begins(kind))?;
    let Posted { arrival, form } = posted;
    let words = arrival.texts().recover;
    let login = form.text("login").trim().to_owned();
    let mut errors = Errors::none();
    if login.is_empty() {
        errors.add("login", words.login_missing);
    }
    if kind.takes_password() && form.text("password").is_empty() {
        errors.add("password", words.password_missing);
    }
    if !errors.is_empty() {
        let mut page = RecoverPage::of(&arrival, kind, errors)?;
        page.login = login;
        return Ok(arrival.again(&page));
    }
    let typed = Recover {
        kind,
        login,
        password: SecretString::from(form.text("password")),
        visitor: arrival.visitor().clone(),
    };
    let Some(token) = arrival.app().gate.recover(typed).await? else {
        return Err(Trouble::Many);
    };
    let mut response = Redirect::to(codes(kind)).into_response();
    remember(
        response.headers_mut(),
        cookies::INTERACTION,
        &exposed(&token),
    );
    Ok(response)
}

pub async fn thaw_by_passkey(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(PASSKEY)?;
    let Posted { arrival, form } = posted;
    let gate = &arrival.app().gate;
    if let Some(answer) = posted_passkey::answer(&form)
        && gate.thaw_by_passkey(&answer, arrival.binding()).await?
    {
        return Ok(Redirect::to("/sign-in?told=thawed").into_response());
    }
    let errors = Errors::one("", arrival.texts().recover.thaw_refused);
    Ok(arrival.again(&RecoverPage::of(&arrival, RecoveryKind::Thaw, errors)?))
}

pub async fn show_passkey_codes(arrival: Arrival) -> Response {
    code_page(&arrival, RecoveryKind::Passkey)
}

pub async fn show_codes(arrival: Arrival) -> Response {
    code_page(&arrival, RecoveryKind::Password)
}

pub async fn show_thaw_codes(arrival: Arrival) -> Response {
    code_page(&arrival, RecoveryKind::Thaw)
}

fn code_page(arrival: &Arrival, kind: RecoveryKind) -> Response {
    match arrival.interaction() {
        None => Redirect::to(begins(kind)).into_response(),
        Some(cookie) => {
            let page = RecoverCodePage::of(arrival, cookie, kind, Errors::none());
            arrival.shown(&page)
        }
    }
}

pub async fn submit_passkey_codes(posted: Posted) -> Result<Response, Trouble> {
    answered(posted, RecoveryKind::Passkey).await
}

pub async fn submit_codes(posted: Posted) -> Result<Response, Trouble> {
    answered(posted, RecoveryKind::Password).await
}

pub async fn submit_thaw_codes(posted: Posted) -> Result<Response, Trouble> {
    answered(posted, RecoveryKind::Thaw).await
}

async fn answered(posted: Posted, kind: RecoveryKind) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction().map(str::to_owned) else {
        return Ok(over(kind));
    };
    posted.proves(&cookie, codes(kind))?;
    let Posted { arrival, form } = posted;
    let words = arrival.texts().recover;
    let (first, second) = (form.code("code"), form.code("second"));
    let mut errors = Errors::none();
    if !is_code(&first) {
        errors.add("code", words.code_shape);
    }
    if kind == RecoveryKind::Password && !is_code(&second) && !is_backup_code(&second) {
        errors.add("second", words.second_shape);
    }
    if errors.is_empty() {
        let typed = match is_code(&second) || kind != RecoveryKind::Password {
            true => RecoverProof::Codes([first.as_str(), second.as_str()]),
            false => RecoverProof::CodeAndBackup(first.as_str(), second.as_str()),
        };
        match judged(&arrival, &cookie, (kind, typed)).await? {
            Some(done) => return Ok(done),
            None => errors.add("code", words.code_wrong),
        }
    }
    Ok(arrival.again(&RecoverCodePage::of(&arrival, &cookie, kind, errors)))
}

pub async fn submit_backup_code(posted: Posted) -> Result<Response, Trouble> {
    let kind = RecoveryKind::Passkey;
    let Some(cookie) = posted.arrival.interaction().map(str::to_owned) else {
        return Ok(over(kind));
    };
    posted.proves(&cookie, BACKUP)?;
    let Posted { arrival, form } = posted;
    let (words, typed) = (arrival.texts().backup_code, form.text(FIELD));
    let wrong = if is_backup_code(typed) {
        let typed = (kind, RecoverProof::BackupCode(typed));
        match judged(&arrival, &cookie, typed).await? {
            Some(done) => return Ok(done),
            None => words.wrong,
        }
    } else {
        words.shape
    };
    let errors = Errors::one(FIELD, wrong);
    Ok(arrival.again(&RecoverCodePage::of(&arrival, &cookie, kind, errors)))
}

/// Where what was typed leads; `None` where it was wrong and may be typed again.
async fn judged(
    arrival: &Arrival,
    cookie: &str,
    typed: (RecoveryKind, RecoverProof<'_>),
) -> Result<Option<Response>, Trouble> {
    let (kind, gate) = (typed.0, &arrival.app().gate);
    let answer = gate.answer_recovery(cookie, typed, arrival.visitor());
    Ok(match answer.await? {
        RecoverAnswer::Choose { interaction } => {
            let mut response = Redirect::to("/recover/password").into_response();
            let headers = response.headers_mut();
            remember(headers, cookies::INTERACTION, &exposed(&interaction));
            Some(response)
        }
        RecoverAnswer::Given if kind == RecoveryKind::Passkey => {
            Some(leave("/sign-in?told=passkeys_gone"))
        }
        RecoverAnswer::Given => Some(leave("/sign-in?told=thawed")),
        RecoverAnswer::Over => Some(over(kind)),
        RecoverAnswer::Waiting { due } => {
            let due = due.unix_seconds();
            let ours = gate.csrf_token(arrival.binding(), &until(due));
            Some(leave(&format!("/recover/waiting?due={due}&ours={ours}")))
        }
        RecoverAnswer::Wrong => None,
    })
}

/// On to another page, out of the conversation.
pub(super) fn leave(to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    forget(response.headers_mut(), cookies::INTERACTION);
    response
}

fn over(kind: RecoveryKind) -> Response {
    leave(&format!("{}?told=over", begins(kind)))
}
