//! `/security/backup-codes`: the codes that a customer keeps on paper, and one of them in the place
//! of a code that was sent.
//!
//! **Invariant:** codes are shown in the answer to the form that made them and nowhere else, and
//! what cannot be a code costs no try.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::ExposeSecret as _;
use sekisho_core::notice::Locale;
use sekisho_gate::{BackupMade, BackupView, Claim, CodeAnswer, Making, is_backup_code};

use super::arrival::Arrival;
use super::code;
use super::frame::Frame;
use super::opened::welcome;
use super::posted::Posted;
use super::prove::way_to_prove;
use super::trouble::Trouble;
use crate::forms::encode;
use crate::texts::{Texts, When, fill};

const PATH: &str = "/security/backup-codes";
const MAKE: &str = "backup_codes";
/// The name of the form in the place of a code.
pub const CODE: &str = "code_backup";
/// The field.
pub const FIELD: &str = "backup";

/// The form for a backup code.
#[derive(Clone, Debug)]
pub struct BackupForm {
    pub action: String,
    pub csrf: String,
    /// Where it leads afterwards, where the page does not know.
    pub return_to: Option<String>,
}

/// The codes that there are, as far as anybody is told.
#[derive(Clone, Debug)]
pub struct Have {
    pub made: When,
    pub left: String,
    /// What a new set ends.
    pub ends: String,
    pub few: bool,
}

impl Have {
    /// The words for `view`.
    pub fn of(view: &BackupView, locale: Locale) -> Self {
        let words = Texts::of(locale).backup_code;
        let left = |text| fill(text, &[("left", &view.left)]);
        Self {
            made: When::of(view.made, locale),
            left: left(words.left),
            ends: left(words.replace_text),
            few: view.few,
        }
    }
}

/// What the page shows beside that.
#[derive(Clone, Debug)]
pub enum Standing {
    Again(String),
    Forbidden,
    Open(String),
    Shown(Vec<String>),
}

#[derive(Template)]
#[template(path = "backup_code.html")]
pub struct BackupCodePage {
    pub f: Frame,
    pub have: Option<Have>,
    pub standing: Standing,
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let gate = &arrival.app().gate;
    let (view, making) = gate.backup_codes(&session).await?;
    let standing = match making {
        Making::Forbidden => Standing::Forbidden,
        Making::Open => Standing::Open(gate.csrf_token(arrival.session_binding(), MAKE)),
        Making::ProveAgain => {
            Standing::Again(format!("/security/prove?return_to={}", encode(PATH)))
        }
    };
    let page = BackupCodePage {
        f: Frame::of_member(&arrival, arrival.texts().backup_code.title),
        have: view.map(|view| Have::of(&view, arrival.locale())),
        standing,
    };
    Ok(arrival.shown(&page))
}

pub async fn make(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(MAKE)?;
    let arrival = &posted.arrival;
    let gate = &arrival.app().gate;
    let codes = match gate.make_backup_codes(&session, arrival.visitor()).await? {
        BackupMade::Made(codes) => codes,
        BackupMade::ProveAgain => return Ok(way_to_prove(PATH)),
        BackupMade::Refused => return Ok(Redirect::to(PATH).into_response()),
    };
    let page = BackupCodePage {
        f: Frame::of_member(arrival, arrival.texts().backup_code.shown_title),
        have: None,
        standing: Standing::Shown(
            codes
                .iter()
                .map(|code| code.expose_secret().to_owned())
                .collect(),
        ),
    };
    Ok(arrival.shown(&page))
}

pub async fn code(posted: Posted) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction().map(str::to_owned) else {
        return Ok(code::over());
    };
    posted.proves(&cookie, CODE)?;
    let Posted { arrival, form } = posted;
    let typed = form.text(FIELD);
    let wrong = if is_backup_code(typed) {
        let (gate, claim) = (&arrival.app().gate, Claim::BackupCode(typed));
        match gate.answer(&cookie, claim, arrival.visitor()).await? {
            CodeAnswer::Opened(opened) => return welcome(&arrival, opened).await,
            CodeAnswer::Changed { return_to } => return Ok(code::changed(&return_to)),
            CodeAnswer::Over => return Ok(code::over()),
            CodeAnswer::Wrong => arrival.texts().backup_code.wrong,
        }
    } else {
        arrival.texts().backup_code.shape
    };
    code::refused(&arrival, FIELD, wrong).await
}
