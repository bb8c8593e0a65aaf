//! `/security/limits`: limits of the customer's own, and what operations of a kind ask.
//!
//! **Invariant:** what is typed is read as money or named as wrong, and nothing is set by a page
//! that is only looked at.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::access::OperationKind;
use sekisho_core::known::OwnLimit;
use sekisho_core::money::{Currency, Money, in_locale};
use sekisho_core::notice::Locale;
use sekisho_core::policy::Choice;
use sekisho_core::restrict::Wanted;
use sekisho_core::text::half_width;
use sekisho_core::verdict::Requirement;
use sekisho_gate::{Restrict, RestrictAnswer, Restrictions, ShownChoice, ShownLimit};

use super::arrival::Arrival;
use super::frame::Frame;
use super::posted::Posted;
use super::prove::{place_to_prove, way_to_prove};
use super::trouble::Trouble;
use crate::forms::{Errors, Form};
use crate::texts::{RestrictWords, Texts, When, fill};

const PATH: &str = "/security/limits";
const LIMIT: &str = "limit";
const CHOICE: &str = "choice";
const KEEP: &str = "keep";

/// A field for an amount.
#[derive(Clone, Debug)]
pub struct LimitField {
    pub id: String,
    pub name: &'static str,
    pub label: String,
    pub value: String,
    pub hint: String,
}

/// Limits of a kind in a currency.
#[derive(Clone, Debug)]
pub struct LimitCard {
    pub id: String,
    pub kind: String,
    pub currency: String,
    pub name: String,
    pub fields: Vec<LimitField>,
    pub next: Option<String>,
}

/// One of the choices for a kind.
#[derive(Clone, Debug)]
pub struct ChoiceLine {
    pub id: String,
    pub value: &'static str,
    pub label: &'static str,
    pub checked: bool,
}

/// The choice for a kind.
#[derive(Clone, Debug)]
pub struct ChoiceCard {
    pub id: String,
    pub kind: String,
    pub name: String,
    pub lines: Vec<ChoiceLine>,
    pub next: Option<String>,
}

#[derive(Template)]
#[template(path = "restrict.html")]
pub struct RestrictPage {
    pub f: Frame,
    pub told: Option<&'static str>,
    pub lead: String,
    pub limits: Vec<LimitCard>,
    pub choices: Vec<ChoiceCard>,
    /// The way to a proof, where that comes first.
    pub prove: Option<String>,
    pub limit_csrf: String,
    pub choice_csrf: String,
    pub keep_csrf: String,
    pub errors: Errors,
}

impl RestrictPage {
    /// The page of what is known, in a given frame; `tokens` are those of its forms.
    pub fn framed(frame: Frame, known: &Restrictions, tokens: [String; 3], errors: Errors) -> Self {
        let words = frame.t.restrict;
        let locale = Locale::parse(frame.lang).unwrap_or_default();
        let [limit_csrf, choice_csrf, keep_csrf] = tokens;
        let limit = |shown| LimitCard::of(shown, locale);
        let choice = |shown| ChoiceCard::of(shown, locale);
        Self {
            told: None,
            lead: fill(words.lead, &[("hours", &known.hours)]),
            limits: known.limits.iter().map(limit).collect(),
            choices: known.choices.iter().map(choice).collect(),
            prove: (!known.settable).then(|| place_to_prove(PATH)),
            limit_csrf,
            choice_csrf,
            keep_csrf,
            f: frame.headed(words.title).with(&errors),
            errors,
        }
    }
}

/// An amount of a limit as pages show it; nothing where there is none.
fn shown(minor: Option<i64>, currency: Currency, locale: Locale) -> String {
    let words = Texts::of(locale).restrict;
    let Some(minor) = minor else {
        return words.unlimited.to_owned();
    };
    let digits = Money::of_minor(minor, currency).map(|money| money.grouped());
    let digits = digits.unwrap_or_else(|| "0".to_owned());
    in_locale(&format!("{digits} {}", currency.code()), locale)
}

impl LimitCard {
    fn of(limit: &ShownLimit, locale: Locale) -> Self {
        let words = Texts::of(locale).restrict;
        let code = limit.currency.code();
        let id = format!("{}-{}", limit.kind.as_str(), code.to_ascii_lowercase());
        let field = |name: &'static str, label: &str, now: Option<i64>, most: Option<i64>| {
            let money = now.and_then(|minor| Money::of_minor(minor, limit.currency));
            LimitField {
                id: format!("{name}-{id}"),
                name,
                label: fill(label, &[("currency", &code)]),
                value: match (money, now) {
                    (Some(money), _) => money.grouped(),
                    (None, Some(_)) => "0".to_owned(),
                    (None, None) => String::new(),
                },
                hint: fill(
                    words.most,
                    &[("amount", &shown(most, limit.currency, locale))],
                ),
            }
        };
        let next = limit.next.map(|(next, from)| {
            let amount = |minor| shown(minor, limit.currency, locale);
            let when = When::of(from, locale).text;
            let (each, day) = (amount(next.each), amount(next.day));
            fill(
                words.next,
                &[("when", &when), ("each", &each), ("day", &day)],
            )
        });
        Self {
            fields: vec![
                field("each", words.each, limit.now.each, limit.most.each),
                field("day", words.day, limit.now.day, limit.most.day),
            ],
            id,
            kind: limit.kind.as_str().to_owned(),
            currency: code.to_owned(),
            name: limit.name.clone(),
            next,
        }
    }
}

/// What a choice is called.
fn called(choice: Option<Choice>, words: &'static RestrictWords) -> &'static str {
    match choice {
        None => words.by_policy,
        Some(Choice::None) => words.by_nothing,
        Some(Choice::Ask(Requirement::BoundDevice)) => words.by_device,
        Some(Choice::Ask(Requirement::PhishingResistant)) => words.by_passkey,
        Some(Choice::Ask(Requirement::SecondFactor)) => words.by_factor,
        Some(Choice::Ask(Requirement::TransactionPin)) => words.by_pin,
        Some(Choice::Ask(Requirement::Confirmation | Requirement::Password)) => words.by_confirming,
    }
}

/// The value of a choice in a form.
fn word(choice: Option<Choice>) -> &'static str {
    choice.map_or("", Choice::word)
}

impl ChoiceCard {
    fn of(choice: &ShownChoice, locale: Locale) -> Self {
        let words = Texts::of(locale).restrict;
        let id = format!("choice-{}", choice.kind.as_str());
        let all = std::iter::once(None).chain(choice.offered.iter().copied().map(Some));
        let line = |(place, one): (usize, Option<Choice>)| ChoiceLine {
            id: format!("{id}-{place}"),
            value: word(one),
            label: called(one, words),
            checked: one == choice.now,
        };
        let next = choice.next.map(|(next, from)| {
            let when = When::of(from, locale).text;
            let called = called(next, words);
            fill(words.choice_next, &[("when", &when), ("choice", &called)])
        });
        Self {
            lines: all.enumerate().map(line).collect(),
            id,
            kind: choice.kind.as_str().to_owned(),
            name: choice.name.clone(),
            next,
        }
    }
}

async fn page(arrival: &Arrival, errors: Errors) -> Result<RestrictPage, Trouble> {
    let session = arrival.member().await?;
    let gate = &arrival.app().gate;
    let known = gate.restrictions(&session, arrival.locale()).await?;
    let token = |form| gate.csrf_token(arrival.session_binding(), form);
    let tokens = [LIMIT, CHOICE, KEEP].map(token);
    let frame = Frame::of_member(arrival, "");
    Ok(RestrictPage::framed(frame, &known, tokens, errors))
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let mut page = page(&arrival, Errors::none()).await?;
    let words = arrival.texts().restrict;
    page.told = match arrival.asked("told").as_deref() {
        Some("done") => Some(words.done),
        Some("moved") => Some(words.moved),
        _ => None,
    };
    Ok(arrival.shown(&page))
}

/// What was typed as an amount: nothing is as the policy has it. Separators that people write are
/// not looked at.
fn typed(text: &str, currency: Currency) -> Option<Option<i64>> {
    if text.len() > 100 {
        return None;
    }
    let plain: String = half_width(text)
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, ',' | '円' | '¥'))
        .collect();
    match plain.as_str() {
        "" => Some(None),
        "0" => Some(Some(0)),
        text => Money::parse(text, currency.code())
            .ok()
            .map(|money| Some(money.minor())),
    }
}

fn kind_of(form: &Form) -> Result<OperationKind, Trouble> {
    OperationKind::parse(form.text("kind")).ok_or(Trouble::NotFound)
}

pub async fn submit_limit(posted: Posted) -> Result<Response, Trouble> {
    posted.arrival.member().await?;
    posted.proves_member(LIMIT)?;
    let kind = kind_of(&posted.form)?;
    let currency = Currency::parse(posted.form.text("currency")).ok_or(Trouble::NotFound)?;
    let words = posted.arrival.texts().restrict;
    let code = currency.code().to_ascii_lowercase();
    let field = |name| format!("{name}-{}-{code}", kind.as_str());
    let mut errors = Errors::none();
    let mut read = |name: &'static str| {
        let minor = typed(posted.form.text(name), currency);
        if minor.is_none() {
            errors.add_to(field(name), words.shape);
        }
        minor.flatten()
    };
    let wanted = OwnLimit {
        each: read("each"),
        day: read("day"),
    };
    if !errors.is_empty() {
        return Ok(posted.arrival.again(&page(&posted.arrival, errors).await?));
    }
    let above = field("each");
    let wish = Restrict {
        kind,
        currency: Some(currency),
        wanted: Wanted::Limit(wanted),
    };
    answered(&posted, wish, above).await
}

pub async fn submit_choice(posted: Posted) -> Result<Response, Trouble> {
    posted.arrival.member().await?;
    posted.proves_member(CHOICE)?;
    let kind = kind_of(&posted.form)?;
    let choice = match posted.form.text("choice") {
        "" => None,
        word => Some(Choice::parse(word).ok_or(Trouble::NotFound)?),
    };
    let wish = Restrict {
        kind,
        currency: None,
        wanted: Wanted::Choice(choice),
    };
    answered(&posted, wish, String::new()).await
}

/// What waits is not to count.
pub async fn keep(posted: Posted) -> Result<Response, Trouble> {
    posted.arrival.member().await?;
    posted.proves_member(KEEP)?;
    let wish = Restrict {
        kind: kind_of(&posted.form)?,
        currency: Currency::parse(posted.form.text("currency")),
        wanted: Wanted::Keep,
    };
    answered(&posted, wish, String::new()).await
}

async fn answered(posted: &Posted, wish: Restrict, field: String) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    let gate = &arrival.app().gate;
    let told = match gate.restrict(&session, wish, arrival.visitor()).await? {
        RestrictAnswer::Prove => return Ok(way_to_prove(PATH)),
        RestrictAnswer::Above => {
            let mut errors = Errors::none();
            errors.add_to(field, arrival.texts().restrict.above);
            return Ok(arrival.again(&page(arrival, errors).await?));
        }
        RestrictAnswer::Done => "done",
        RestrictAnswer::Moved => "moved",
    };
    Ok(Redirect::to(&format!("{PATH}?told={told}")).into_response())
}
