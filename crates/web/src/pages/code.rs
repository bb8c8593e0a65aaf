//! `/code`: the one-time code of a sign-in or registration in progress.
//!
//! **Invariant:** what cannot be a code costs no try.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::known::InteractionKind;
use sekisho_core::login::ChannelKind;
use sekisho_gate::{CodeAnswer, Conversation, Resent};

use super::arrival::{Arrival, forget};
use super::backup_code::{self, BackupForm};
use super::frame::Frame;
use super::leads::leading;
use super::opened::welcome;
use super::passkey::{self, PasskeyForm, Standing};
use super::posted::Posted;
use super::push::{self, PushForm};
use super::totp::{self, AppCode};
use super::trouble::Trouble;
use super::waiting::waiting;
use crate::cookies;
use crate::forms::{Errors, ReturnTo};
use crate::texts::fill;

const FORM: &str = "code";
const RESEND: &str = "code_resend";
/// Digits of a code.
const DIGITS: usize = 6;

#[derive(Template)]
#[template(path = "code.html")]
pub struct CodePage {
    pub f: Frame,
    pub csrf: String,
    pub resend_csrf: String,
    pub sent: String,
    pub minutes: String,
    pub resend_text: String,
    pub begin_again_href: String,
    pub passkey: Option<PasskeyForm>,
    pub app: Option<AppCode>,
    pub backup: Option<BackupForm>,
    pub push: Option<PushForm>,
    pub told: Option<String>,
    pub errors: Errors,
}

impl CodePage {
    /// The page of a conversation; `tokens` are those of its two forms.
    pub fn framed(
        frame: Frame,
        conversation: &Conversation,
        tokens: (String, String),
        errors: Errors,
    ) -> Self {
        let words = frame.t.code;
        let sent = match conversation.channel {
            ChannelKind::Mail => words.sent_mail,
            ChannelKind::Sms => words.sent_sms,
        };
        let begin = match conversation.kind {
            InteractionKind::ChangeContact => "/security/contact",
            InteractionKind::Recover => "/recover",
            InteractionKind::SignIn => "/sign-in",
            InteractionKind::SignUp => "/sign-up",
        };
        Self {
            f: frame.headed(words.title).with(&errors),
            csrf: tokens.0,
            resend_csrf: tokens.1,
            sent: fill(sent, &[("to", &conversation.masked)]),
            minutes: fill(words.minutes, &[("minutes", &conversation.minutes)]),
            resend_text: fill(
                words.resend_text,
                &[("seconds", &conversation.resend_seconds)],
            ),
            begin_again_href: ReturnTo::parse_or_home(&conversation.return_to).on(begin),
            passkey: None,
            app: None,
            backup: None,
            push: None,
            told: None,
            errors,
        }
    }
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    match page(&arrival, Errors::none()).await? {
        Some((page, uri)) => Ok(leading(arrival.shown(&page), uri.as_deref())),
        None => Ok(over()),
    }
}

/// The page, and the address of the application that waits.
async fn page(
    arrival: &Arrival,
    errors: Errors,
) -> Result<Option<(CodePage, Option<String>)>, Trouble> {
    let gate = &arrival.app().gate;
    let cookie = arrival.interaction().unwrap_or_default();
    let Some(conversation) = gate.conversation(cookie).await? else {
        return Ok(None);
    };
    let tokens = (
        gate.csrf_token(cookie, FORM),
        gate.csrf_token(cookie, RESEND),
    );
    let mut page = CodePage::framed(Frame::of(arrival, ""), &conversation, tokens, errors);
    let words = arrival.texts().code;
    let seconds = arrival
        .asked("seconds")
        .and_then(|text| text.parse::<u16>().ok());
    page.told = match arrival.asked("told").as_deref() {
        _ if !page.errors.is_empty() => None,
        Some("sent") => Some(words.sent_again.to_owned()),
        Some("nowhere") => Some(arrival.texts().push.nowhere.to_owned()),
        Some("wait") => seconds.map(|seconds| fill(words.wait, &[("seconds", &seconds)])),
        _ => None,
    };
    page.push = push::code_form(arrival, cookie).await?;
    page.passkey = conversation.passkey.as_ref().map(|prompt| {
        let csrf = gate.csrf_token(cookie, passkey::CODE);
        let said = (arrival.texts().passkey.step_up, Standing::Beside);
        PasskeyForm::of(prompt, "/code/passkey".to_owned(), csrf, said)
    });
    page.app = conversation.totp.then(|| AppCode {
        action: "/code/totp".to_owned(),
        csrf: gate.csrf_token(cookie, totp::CODE),
        pin: None,
        return_to: None,
    });
    page.backup = conversation.backup_code.then(|| BackupForm {
        action: "/code/backup-code".to_owned(),
        csrf: gate.csrf_token(cookie, backup_code::CODE),
        return_to: None,
    });
    let return_to = ReturnTo::parse_or_home(&conversation.return_to);
    let waiting = waiting(arrival, &return_to).await?;
    Ok(Some((page, waiting.map(|waiting| waiting.redirect_uri))))
}

/// An answer of this conversation, whose forms may lead to the application that waits.
pub(super) async fn leading_on(
    arrival: &Arrival,
    cookie: &str,
    response: Response,
) -> Result<Response, Trouble> {
    let Some(conversation) = arrival.app().gate.conversation(cookie).await? else {
        return Ok(over());
    };
    let return_to = ReturnTo::parse_or_home(&conversation.return_to);
    let waiting = waiting(arrival, &return_to).await?;
    let uri = waiting.map(|waiting| waiting.redirect_uri);
    Ok(leading(response, uri.as_deref()))
}

/// The conversation is over: begin again.
pub(super) fn over() -> Response {
    let mut response = Redirect::to("/sign-in?told=over").into_response();
    forget(response.headers_mut(), cookies::INTERACTION);
    response
}

/// The address or number was proved.
pub(super) fn changed(return_to: &str) -> Response {
    let mut response = Redirect::to(&format!("{return_to}?told=changed")).into_response();
    forget(response.headers_mut(), cookies::INTERACTION);
    response
}

/// Whether a text can be a code at all.
pub(super) fn is_code(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction().map(str::to_owned) else {
        return Ok(over());
    };
    posted.proves(&cookie, FORM)?;
    let Posted { arrival, form } = posted;
    let words = arrival.texts().code;
    let code = form.code("code");
    let wrong = if is_code(&code) {
        match arrival
            .app()
            .gate
            .answer(&cookie, &code, arrival.visitor())
            .await?
        {
            CodeAnswer::Opened(opened) => return welcome(&arrival, opened).await,
            CodeAnswer::Changed { return_to } => return Ok(changed(&return_to)),
            CodeAnswer::Over => return Ok(over()),
            CodeAnswer::Wrong => words.wrong,
        }
    } else {
        words.shape
    };
    again(&arrival, Errors::one("code", wrong)).await
}

/// The page again after something else than a code that would not do.
pub(super) async fn refused(
    arrival: &Arrival,
    field: &'static str,
    why: &'static str,
) -> Result<Response, Trouble> {
    again(arrival, Errors::one(field, why)).await
}

async fn again(arrival: &Arrival, errors: Errors) -> Result<Response, Trouble> {
    match page(arrival, errors).await? {
        Some((page, uri)) => Ok(leading(arrival.again(&page), uri.as_deref())),
        None => Ok(over()),
    }
}

pub async fn resend(posted: Posted) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction() else {
        return Ok(over());
    };
    posted.proves(cookie, RESEND)?;
    let visitor = posted.arrival.visitor();
    Ok(
        match posted.arrival.app().gate.resend(cookie, visitor).await? {
            Resent::Over => over(),
            Resent::Sent => Redirect::to("/code?told=sent").into_response(),
            Resent::Wait { seconds } => {
                Redirect::to(&format!("/code?told=wait&seconds={seconds}")).into_response()
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_digits_can_be_a_code() {
        assert!(is_code("012345"));
        for text in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            assert!(!is_code(text), "{text}");
        }
    }
}
