//! `/sign-up`: registration.
//!
//! **Invariant:** a login that is taken looks like one that is free; only the owner of the channel
//! learns which.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_core::policy::PasswordPolicy;
use sekisho_core::reason::Reason;
use sekisho_gate::{SignUp, SignUpAnswer};

use super::arrival::{Arrival, exposed, remember};
use super::frame::Frame;
use super::posted::Posted;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::{Errors, ReturnTo};
use crate::texts::{SignUpWords, fill};

const FORM: &str = "sign_up";

#[derive(Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage {
    pub f: Frame,
    pub csrf: String,
    pub return_to: String,
    pub login: String,
    pub rules: Vec<String>,
    pub sign_in_href: String,
    pub errors: Errors,
}

/// What the policy asks of a password, in sentences.
pub(super) fn rules(words: &SignUpWords, policy: &PasswordPolicy) -> Vec<String> {
    let lengths = filled(words.password_hint, policy);
    let classes = (policy.classes > 0).then(|| filled(words.classes_hint, policy));
    let symbols = policy.symbols.as_ref();
    let symbols = symbols.map(|symbols| fill(words.symbols_hint, &[("symbols", symbols)]));
    [Some(lengths), classes, symbols]
        .into_iter()
        .flatten()
        .collect()
}

fn filled(text: &str, policy: &PasswordPolicy) -> String {
    let PasswordPolicy {
        shortest,
        longest,
        classes,
        ..
    } = policy;
    fill(
        text,
        &[
            ("shortest", shortest),
            ("longest", longest),
            ("classes", classes),
        ],
    )
}

/// What is wrong with a password, in sentences.
pub(super) fn findings(words: &SignUpWords, policy: &PasswordPolicy, reasons: &[Reason]) -> Errors {
    let mut errors = Errors::none();
    for reason in reasons {
        let text = match reason {
            Reason::PasswordLong => words.password_long,
            Reason::PasswordPersonal => words.password_personal,
            Reason::PasswordPlain => words.password_plain,
            Reason::PasswordShort => words.password_short,
            Reason::PasswordSymbol => words.password_symbol,
            _ => words.password_common,
        };
        errors.add("password", filled(text, policy));
    }
    errors
}

pub async fn show(arrival: Arrival) -> Response {
    let return_to = ReturnTo::parse_or_home(&arrival.asked("return_to").unwrap_or_default());
    arrival.shown(&page(&arrival, (return_to, String::new()), Errors::none()))
}

fn page(arrival: &Arrival, typed: (ReturnTo, String), errors: Errors) -> SignUpPage {
    let words = arrival.texts().sign_up;
    let (return_to, login) = typed;
    let gate = &arrival.app().gate;
    SignUpPage {
        f: Frame::of(arrival, words.title).with(&errors),
        csrf: gate.csrf_token(arrival.binding(), FORM),
        sign_in_href: return_to.on("/sign-in"),
        return_to: return_to.as_str().to_owned(),
        login,
        rules: rules(words, &gate.policy().password),
        errors,
    }
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(FORM)?;
    let Posted { arrival, form } = posted;
    let gate = &arrival.app().gate;
    let words = arrival.texts().sign_up;
    let return_to = ReturnTo::parse_or_home(form.text("return_to"));
    let login = form.text("login").trim().to_owned();
    let mut errors = Errors::none();
    if login.is_empty() {
        errors.add("login", words.bad_login);
    }
    if form.text("password").is_empty() {
        errors.add("password", words.password_missing);
    }
    if errors.is_empty() {
        let typed = SignUp {
            login: login.clone(),
            password: SecretString::from(form.text("password")),
            return_to: return_to.as_str().to_owned(),
            visitor: arrival.visitor().clone(),
        };
        errors = match gate.sign_up(typed).await? {
            SignUpAnswer::Sent { interaction } => {
                let mut response = Redirect::to("/code").into_response();
                remember(
                    response.headers_mut(),
                    cookies::INTERACTION,
                    &exposed(&interaction),
                );
                return Ok(response);
            }
            SignUpAnswer::BadLogin => Errors::one("login", words.bad_login),
            SignUpAnswer::Findings(reasons) => findings(words, &gate.policy().password, &reasons),
        };
    }
    Ok(arrival.again(&page(&arrival, (return_to, login), errors)))
}
