//! `/security/prove`: a customer who is signed in shows once more who they are, by a code, and goes
//! on to what they wanted to change.
//!
//! **Invariant:** the code proves this session alone, and the cookie is another one afterwards.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::login::ChannelKind;
use sekisho_gate::{Claim, ProofSent, ProveAnswer, Proving, Session, is_backup_code};

use super::arrival::{Arrival, exposed, remember};
use super::backup_code::{self, BackupForm};
use super::code::is_code;
use super::frame::Frame;
use super::passkey::{PasskeyForm, Standing};
use super::posted::Posted;
use super::push::{self, PushForm};
use super::totp::AppCode;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::{Errors, ReturnTo, encode, passkey as posted_passkey};
use crate::texts::fill;

const FORM: &str = "prove";
const SEND: &str = "prove_send";
const PASSKEY: &str = "prove_passkey";
const APP: &str = "prove_totp";
const BACKUP: &str = "prove_backup";

#[derive(Template)]
#[template(path = "prove.html")]
pub struct ProvePage {
    pub f: Frame,
    pub told: Option<String>,
    /// Where a code would go or went; `None` when there is no way.
    pub way: Option<String>,
    pub code_sent: bool,
    pub minutes: String,
    pub return_to: String,
    pub csrf: String,
    pub send_csrf: String,
    pub passkey: Option<PasskeyForm>,
    /// Whether nothing but the passkey will do.
    pub passkey_alone: bool,
    pub app: Option<AppCode>,
    pub backup: Option<BackupForm>,
    pub push: Option<PushForm>,
    pub errors: Errors,
}

impl ProvePage {
    /// The page in a given frame; `tokens` are those of its forms.
    pub fn framed(
        frame: Frame,
        known: &Proving,
        return_to: &ReturnTo,
        tokens: [String; 5],
        errors: Errors,
    ) -> Self {
        let [csrf, send_csrf, passkey_csrf, app_csrf, backup_csrf] = tokens;
        let words = frame.t.prove;
        let way = known.channel.as_ref().map(|channel| {
            let text = match (channel.kind, known.code_sent) {
                (ChannelKind::Mail, true) => frame.t.code.sent_mail,
                (ChannelKind::Sms, true) => frame.t.code.sent_sms,
                (ChannelKind::Mail, false) => words.will_mail,
                (ChannelKind::Sms, false) => words.will_sms,
            };
            fill(text, &[("to", &channel.masked)])
        });
        let passkey = known.passkey.as_ref().map(|prompt| {
            let (label, standing) = match way {
                Some(_) => (frame.t.passkey.step_up, Standing::Beside),
                None => (words.passkey, Standing::Main),
            };
            let action = "/security/prove/passkey".to_owned();
            let mut form = PasskeyForm::of(prompt, action, passkey_csrf, (label, standing));
            form.return_to = Some(return_to.as_str().to_owned());
            form
        });
        let app = known.totp.then(|| AppCode {
            action: "/security/prove/totp".to_owned(),
            csrf: app_csrf,
            pin: None,
            return_to: Some(return_to.as_str().to_owned()),
        });
        let backup = known.backup_code.then(|| BackupForm {
            action: "/security/prove/backup-code".to_owned(),
            csrf: backup_csrf,
            return_to: Some(return_to.as_str().to_owned()),
        });
        let passkey_alone = passkey.is_some() && way.is_none();
        Self {
            told: None,
            push: None,
            app,
            backup,
            way,
            code_sent: known.code_sent,
            minutes: fill(frame.t.code.minutes, &[("minutes", &known.minutes)]),
            return_to: return_to.as_str().to_owned(),
            csrf,
            send_csrf,
            passkey_alone,
            passkey,
            f: frame.headed(words.title).with(&errors),
            errors,
        }
    }
}

/// The way here for somebody who wants to go on to `path`.
pub(super) fn way_to_prove(path: &str) -> Response {
    Redirect::to(&place_to_prove(path)).into_response()
}

/// The same as an address.
pub(super) fn place_to_prove(path: &str) -> String {
    format!("/security/prove?return_to={}", encode(path))
}

/// Where to go on to: a page of the security centre, or an operation.
pub(super) fn onward(text: &str) -> ReturnTo {
    let known = ["/security", "/confirm/"];
    let here = |to: &ReturnTo| known.iter().any(|start| to.as_str().starts_with(start));
    let local = ReturnTo::parse(text).filter(here);
    local.unwrap_or_else(|| ReturnTo::parse_or_home("/security"))
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let return_to = onward(&arrival.asked("return_to").unwrap_or_default());
    let mut page = page(&arrival, &session, &return_to, Errors::none()).await?;
    let words = arrival.texts().code;
    let seconds = arrival
        .asked("seconds")
        .and_then(|text| text.parse::<u16>().ok());
    page.told = match arrival.asked("told").as_deref() {
        Some("nowhere") => Some(arrival.texts().push.nowhere.to_owned()),
        Some("wait") => seconds.map(|seconds| fill(words.wait, &[("seconds", &seconds)])),
        _ => None,
    };
    Ok(arrival.shown(&page))
}

async fn page(
    arrival: &Arrival,
    session: &Session,
    return_to: &ReturnTo,
    errors: Errors,
) -> Result<ProvePage, Trouble> {
    let gate = &arrival.app().gate;
    let known = gate.proving(session).await?;
    let token = |form| gate.csrf_token(arrival.session_binding(), form);
    let tokens = [FORM, SEND, PASSKEY, APP, BACKUP].map(token);
    let frame = Frame::of_member(arrival, "");
    let mut page = ProvePage::framed(frame, &known, return_to, tokens, errors);
    page.push = push::prove_form(arrival, session, return_to.as_str()).await?;
    Ok(page)
}

pub async fn send(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    posted.proves_member(SEND)?;
    let return_to = onward(posted.form.text("return_to"));
    let back = format!("/security/prove?return_to={}", encode(return_to.as_str()));
    let gate = &arrival.app().gate;
    let place = match gate.prove_send(&session, arrival.visitor()).await? {
        ProofSent::Nowhere | ProofSent::Sent => back,
        ProofSent::Wait { seconds } => format!("{back}&told=wait&seconds={seconds}"),
    };
    Ok(Redirect::to(&place).into_response())
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    posted.proves_member(FORM)?;
    let words = arrival.texts().code;
    let code = posted.form.code("code");
    if !is_code(&code) {
        return wrong(&posted, &session, ("code", words.shape)).await;
    }
    let gate = &arrival.app().gate;
    let answer = gate
        .prove_session(&session, &code, arrival.visitor())
        .await?;
    answered(&posted, &session, answer, ("code", words.wrong)).await
}

pub async fn passkey(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    posted.proves_member(PASSKEY)?;
    let refused = ("", arrival.texts().passkey.refused);
    let Some(signed) = posted_passkey::answer(&posted.form) else {
        return wrong(&posted, &session, refused).await;
    };
    let gate = &arrival.app().gate;
    let answer = gate
        .prove_session(&session, &signed, arrival.visitor())
        .await?;
    answered(&posted, &session, answer, refused).await
}

pub async fn totp(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    posted.proves_member(APP)?;
    let code = posted.form.code("app");
    if !is_code(&code) {
        let shape = ("app", arrival.texts().code.shape);
        return wrong(&posted, &session, shape).await;
    }
    let (gate, claim) = (&arrival.app().gate, Claim::Totp(&code));
    let answer = gate
        .prove_session(&session, claim, arrival.visitor())
        .await?;
    let refused = ("app", arrival.texts().totp.wrong);
    answered(&posted, &session, answer, refused).await
}

pub async fn backup_code(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    posted.proves_member(BACKUP)?;
    let (words, code) = (
        arrival.texts().backup_code,
        posted.form.text(backup_code::FIELD),
    );
    if !is_backup_code(code) {
        return wrong(&posted, &session, (backup_code::FIELD, words.shape)).await;
    }
    let (gate, claim) = (&arrival.app().gate, Claim::BackupCode(code));
    let answer = gate
        .prove_session(&session, claim, arrival.visitor())
        .await?;
    answered(&posted, &session, answer, (backup_code::FIELD, words.wrong)).await
}

async fn answered(
    posted: &Posted,
    session: &Session,
    answer: ProveAnswer,
    refused: (&'static str, &'static str),
) -> Result<Response, Trouble> {
    match answer {
        ProveAnswer::Proved(token) => {
            let return_to = onward(posted.form.text("return_to"));
            let mut response = Redirect::to(return_to.as_str()).into_response();
            remember(response.headers_mut(), cookies::SESSION, &exposed(&token));
            Ok(response)
        }
        ProveAnswer::Over => Err(Trouble::Many),
        ProveAnswer::Wrong => wrong(posted, session, refused).await,
    }
}

async fn wrong(
    posted: &Posted,
    session: &Session,
    (field, text): (&'static str, &'static str),
) -> Result<Response, Trouble> {
    let return_to = onward(posted.form.text("return_to"));
    let errors = Errors::one(field, text);
    let page = page(&posted.arrival, session, &return_to, errors).await?;
    Ok(posted.arrival.again(&page))
}
