//! `/security/pin`: the transaction PIN, and its field on a confirmation page.
//!
//! **Invariant:** no PIN comes back with a page, whatever was wrong.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_core::notice::Locale;
use sekisho_core::policy::{PasswordPolicy, PinForm};
use sekisho_core::reason::Reason;
use sekisho_gate::{PinAnswer, PinRight, PinView, SetPin};

use super::arrival::Arrival;
use super::frame::Frame;
use super::new_password::{findings, rules};
use super::posted::Posted;
use super::prove::way_to_prove;
use super::trouble::Trouble;
use crate::forms::{Errors, Form, encode};
use crate::texts::{Texts, When, fill};

const PATH: &str = "/security/pin";
const FORGOTTEN: &str = "/security/pin/forgotten";
const FORM: &str = "set_pin";
const FORGOTTEN_FORM: &str = "set_pin_forgotten";

/// A field for a PIN.
#[derive(Clone, Debug)]
pub struct PinField {
    pub id: &'static str,
    pub name: &'static str,
    pub label: String,
    pub digits: bool,
}

impl PinField {
    /// The field beside a second proof; `id` tells it from those of the other forms of the page.
    pub fn beside(id: &'static str, form: PinForm, texts: Texts) -> Self {
        let words = texts.set_pin;
        Self {
            id,
            name: "pin",
            label: fill(words.field, &[("name", &words.name(form))]),
            digits: form == PinForm::Digits,
        }
    }
}

/// What was typed as PIN beside a second proof; nothing is nothing.
pub fn typed(form: &Form) -> Option<SecretString> {
    let typed = form.text("pin");
    (!typed.is_empty()).then(|| SecretString::from(typed))
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Change,
    First,
    Forgotten,
}

#[derive(Template)]
#[template(path = "set_pin.html")]
pub struct SetPinPage {
    pub f: Frame,
    pub told: Option<String>,
    pub lead: String,
    pub standing: String,
    pub step: Step,
    pub action: &'static str,
    pub csrf: String,
    pub current: Option<PinField>,
    pub wanted: PinField,
    pub rules: Vec<String>,
    pub submit: String,
    pub forgotten: [String; 3],
    pub again: Option<(String, String)>,
    pub back: String,
    pub errors: Errors,
}

impl SetPinPage {
    /// The page of what is known, in a given frame; `wanted` is what the customer wants where there
    /// is a PIN.
    pub fn framed(
        frame: Frame,
        known: (&PinView, &PasswordPolicy),
        wanted: Step,
        csrf: String,
        errors: Errors,
    ) -> Self {
        let (view, policy) = known;
        let words = frame.t.set_pin;
        let name = words.name(view.policy.form);
        let named = |text| fill(text, &[("name", &name), ("hours", &view.held_hours)]);
        let step = match (view.since, wanted) {
            (None, _) => Step::First,
            (Some(_), step) => step,
        };
        let field = |id: &'static str, label| PinField {
            id,
            name: id,
            label: named(label),
            digits: view.policy.form == PinForm::Digits,
        };
        let locale = Locale::parse(frame.lang).unwrap_or_default();
        let since = view.since.map(|at| When::of(at, locale));
        let action = match step {
            Step::Forgotten => FORGOTTEN,
            Step::Change | Step::First => PATH,
        };
        let path = encode(if step == Step::Forgotten {
            FORGOTTEN
        } else {
            PATH
        });
        let prove = format!("/security/prove?return_to={path}");
        Self {
            told: None,
            lead: named(words.lead),
            standing: since.map_or_else(
                || named(words.first_held),
                |since| fill(words.since, &[("when", &since.text)]),
            ),
            step,
            action,
            csrf,
            current: (step == Step::Change).then(|| field("current", words.current)),
            wanted: field("wanted", words.wanted),
            rules: shape(frame.t, view, policy),
            submit: match step {
                Step::Change => named(words.change),
                Step::First => named(words.set),
                Step::Forgotten => named(words.forgotten_link),
            },
            forgotten: [words.forgotten, words.forgotten_text, words.forgotten_link].map(named),
            again: (!view.settable).then(|| (named(words.again_text), prove)),
            back: named(words.back),
            f: frame.headed(&named(words.title)).with(&errors),
            errors,
        }
    }

    /// Whether the customer said that they forgot it.
    pub fn is_forgotten(&self) -> bool {
        self.step == Step::Forgotten
    }
}

/// What a PIN looks like, in sentences.
fn shape(texts: Texts, view: &PinView, policy: &PasswordPolicy) -> Vec<String> {
    let (words, pin) = (texts.set_pin, view.policy);
    match pin.form {
        PinForm::Digits => {
            let text = match pin.shortest == pin.longest {
                true => words.shape_same,
                false => words.shape_digits,
            };
            vec![lengths(text, view)]
        }
        PinForm::Password => rules(texts.password, &of_password(view, policy)),
    }
}

/// The rules for passwords, with the lengths of a PIN.
fn of_password(view: &PinView, policy: &PasswordPolicy) -> PasswordPolicy {
    PasswordPolicy {
        shortest: view.policy.shortest,
        longest: view.policy.longest,
        ..policy.clone()
    }
}

fn lengths(text: &str, view: &PinView) -> String {
    let pin = view.policy;
    fill(
        text,
        &[("shortest", &pin.shortest), ("longest", &pin.longest)],
    )
}

/// What is wrong with a PIN, in sentences.
pub fn wrong(texts: Texts, known: (&PinView, &PasswordPolicy), reasons: &[Reason]) -> Errors {
    let (view, policy) = known;
    let words = texts.set_pin;
    let own = |reason: &Reason| {
        Some(match reason {
            Reason::PinIsPassword => words.is_password.to_owned(),
            Reason::PinSame => words.same.to_owned(),
            Reason::PinShape if view.policy.shortest == view.policy.longest => {
                lengths(words.shape_exact, view)
            }
            Reason::PinShape => lengths(words.shape, view),
            Reason::PinTrivial => words.trivial.to_owned(),
            Reason::PasswordPersonal => words.personal.to_owned(),
            _ => return None,
        })
    };
    let mut errors = Errors::none();
    for text in reasons.iter().filter_map(own) {
        errors.add("wanted", text);
    }
    let others: Vec<_> = reasons
        .iter()
        .copied()
        .filter(|reason| own(reason).is_none())
        .collect();
    let others = findings(texts.password, &of_password(view, policy), &others);
    for error in others.iter() {
        errors.add("wanted", error.text.clone());
    }
    errors
}

async fn view(arrival: &Arrival) -> Result<PinView, Trouble> {
    let session = arrival.member().await?;
    let view = arrival.app().gate.pin(&session).await?;
    view.ok_or(Trouble::NotFound)
}

fn page(arrival: &Arrival, view: &PinView, wanted: Step, errors: Errors) -> SetPinPage {
    let gate = &arrival.app().gate;
    let policy = gate.policy();
    let form = match wanted {
        Step::Forgotten if view.since.is_some() => FORGOTTEN_FORM,
        _ => FORM,
    };
    let csrf = gate.csrf_token(arrival.session_binding(), form);
    let frame = Frame::of_member(arrival, "");
    SetPinPage::framed(frame, (view, &policy.password), wanted, csrf, errors)
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let view = view(&arrival).await?;
    let mut page = page(&arrival, &view, Step::Change, Errors::none());
    let words = arrival.texts().set_pin;
    let set = arrival.asked("told").as_deref() == Some("set");
    let name = words.name(view.policy.form);
    page.told = set.then(|| fill(words.done, &[("name", &name)]));
    Ok(arrival.shown(&page))
}

pub async fn ask_forgotten(arrival: Arrival) -> Result<Response, Trouble> {
    let view = view(&arrival).await?;
    Ok(arrival.shown(&page(&arrival, &view, Step::Forgotten, Errors::none())))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let view = view(arrival).await?;
    posted.proves_member(FORM)?;
    let right = match view.since {
        None => PinRight::First,
        Some(_) => PinRight::Before(SecretString::from(posted.form.text("current"))),
    };
    set(&posted, view, Step::Change, right).await
}

pub async fn submit_forgotten(posted: Posted) -> Result<Response, Trouble> {
    let view = view(&posted.arrival).await?;
    posted.proves_member(FORGOTTEN_FORM)?;
    set(&posted, view, Step::Forgotten, PinRight::Forgotten).await
}

async fn set(
    posted: &Posted,
    view: PinView,
    step: Step,
    right: PinRight,
) -> Result<Response, Trouble> {
    let Posted { arrival, form } = posted;
    let session = arrival.member().await?;
    let (gate, words) = (&arrival.app().gate, arrival.texts().set_pin);
    let name = words.name(view.policy.form);
    let missing = fill(words.missing, &[("name", &name)]);
    let mut errors = Errors::none();
    if matches!(right, PinRight::Before(_)) && form.text("current").is_empty() {
        errors.add("current", missing.clone());
    }
    if form.text("wanted").is_empty() {
        errors.add("wanted", missing);
    }
    if !errors.is_empty() {
        return Ok(arrival.again(&page(arrival, &view, step, errors)));
    }
    let typed = SetPin {
        right,
        wanted: SecretString::from(form.text("wanted")),
        visitor: arrival.visitor().clone(),
    };
    let path = match step {
        Step::Forgotten => FORGOTTEN,
        Step::Change | Step::First => PATH,
    };
    let errors = match gate.set_pin(&session, typed).await? {
        PinAnswer::Set => {
            return Ok(Redirect::to(&format!("{PATH}?told=set")).into_response());
        }
        PinAnswer::Moved => return Ok(Redirect::to(PATH).into_response()),
        PinAnswer::Prove => return Ok(way_to_prove(path)),
        PinAnswer::Wait => return Err(Trouble::Many),
        PinAnswer::Wrong => Errors::one("current", fill(words.wrong, &[("name", &name)])),
        PinAnswer::Findings(reasons) => {
            let policy = gate.policy();
            wrong(arrival.texts(), (&view, &policy.password), &reasons)
        }
    };
    Ok(arrival.again(&page(arrival, &view, step, errors)))
}
