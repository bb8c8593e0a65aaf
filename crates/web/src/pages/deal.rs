//! An operation as the confirmation page shows it.
//!
//! **Invariant:** every field that the proof is bound to is shown, and shown whole.

use sekisho_core::confirm::account_kind;
use sekisho_core::id::OperationId;
use sekisho_core::money::in_locale;
use sekisho_core::notice::Locale;
use sekisho_core::operation::{OperationState, PayoutAccount};
use sekisho_core::policy::PinForm;
use sekisho_gate::{ConfirmWays, PinWish, ShownOperation};

use super::passkey::{PasskeyForm, Standing};
use super::prove::place_to_prove;
use super::set_pin::PinField;
use super::totp::AppCode;
use crate::forms::{encode, passkey as posted_passkey};
use crate::texts::{ConfirmWords, PasskeyWords, Texts, When, fill};

/// What the customer is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Whether a code is to be sent.
    Ask,
    /// The code.
    Prove,
    /// Nothing any more.
    Settled,
}

/// The payee's account.
#[derive(Clone, Debug)]
pub struct Payee {
    pub holder: String,
    pub bank: String,
    pub branch: String,
    pub kind: &'static str,
    pub number: String,
}

/// The operation as the template shows it.
#[derive(Clone, Debug)]
pub struct Deal {
    pub id: OperationId,
    pub path: String,
    /// What the forms that confirm say was shown, as a query.
    pub seen: String,
    pub heading: String,
    pub asks: String,
    pub amount: Option<String>,
    pub payee_label: &'static str,
    pub payee: Option<Payee>,
    /// The payments of a batch.
    pub payments: Vec<(String, Payee)>,
    pub payments_label: String,
    pub changed: Option<String>,
    pub texts: Vec<(String, String)>,
    pub until: When,
    pub send_text: Option<String>,
    pub sent_text: Option<String>,
    pub settled_text: String,
    pub stage: Stage,
    pub held: bool,
    pub ways: ConfirmWays,
    pub payment: Option<String>,
    pub totp: bool,
    pub pin: PinWish,
    pub pin_unset: String,
    /// Where the customer proves again who they are, if that comes first.
    pub prove: Option<String>,
    pub return_to: Option<String>,
    pub back: String,
}

impl Deal {
    /// The words for `shown`.
    pub fn of(shown: &ShownOperation, locale: Locale) -> Self {
        let words = Texts::of(locale).confirm;
        let named = |text| fill(text, &[("application", &shown.application)]);
        let sent_to = |text| {
            let channel = match &shown.ways {
                ConfirmWays::Code(channel) | ConfirmWays::Either(channel, _) => channel,
                ConfirmWays::Enrol
                | ConfirmWays::EnrolOther
                | ConfirmWays::None
                | ConfirmWays::Passkey(_) => return None,
            };
            Some(fill(text, &[("to", channel)]))
        };
        let (stage, heading, settled_text) = standing(shown, locale);
        Self {
            id: shown.id,
            path: format!("/confirm/{}", shown.id),
            seen: seen(&shown.seen),
            heading: fill(heading, &[("operation", &shown.name)]),
            asks: named(words.asks),
            amount: shown.amount.as_deref().map(|text| in_locale(text, locale)),
            payee_label: match shown.amount {
                Some(_) => words.payee,
                None => words.account,
            },
            payee: shown.payee.as_ref().map(|account| payee(account, locale)),
            payments: payments(shown, locale),
            payments_label: fill(
                words.payments,
                &[("count", &shown.payments.len().to_string())],
            ),
            changed: shown.payout_changed_days.map(|days| changed(days, words)),
            texts: shown.texts.clone(),
            until: When::of(shown.expires, locale),
            send_text: sent_to(words.send_text),
            sent_text: sent_to(words.sent_text),
            settled_text: named(settled_text),
            stage,
            held: shown.state == OperationState::Held,
            ways: shown.ways.clone(),
            payment: shown.payment.as_ref().map(posted_passkey::payment),
            totp: shown.totp,
            pin: shown.pin,
            pin_unset: match shown.pin {
                PinWish::Unset(form) => unset(form, locale),
                PinWish::Asked(_) | PinWish::None => String::new(),
            },
            prove: shown
                .stale
                .then(|| place_to_prove(&format!("/confirm/{}", shown.id))),
            return_to: shown.return_to.clone(),
            back: named(words.back),
        }
    }

    /// Whether the customer may still decide.
    pub fn is_open(&self) -> bool {
        self.stage != Stage::Settled
    }

    /// The form that confirms by a passkey, where that is a way.
    pub fn passkey_form(&self, csrf: &str, words: &'static PasskeyWords) -> Option<PasskeyForm> {
        let (prompt, standing) = match &self.ways {
            ConfirmWays::Passkey(prompt) => (prompt, Standing::Main),
            ConfirmWays::Either(_, prompt) => (prompt, Standing::Beside),
            ConfirmWays::Code(_)
            | ConfirmWays::Enrol
            | ConfirmWays::EnrolOther
            | ConfirmWays::None => return None,
        };
        let action = format!("{}/passkey{}", self.path, self.seen);
        let said = (words.confirm, standing);
        let mut form = PasskeyForm::of(prompt, action, csrf.to_owned(), said);
        form.payment.clone_from(&self.payment);
        Some(form)
    }

    /// The form that confirms by an authenticator app, where that is a way.
    pub fn app_code(&self, csrf: &str) -> Option<AppCode> {
        (self.totp && self.is_open()).then(|| AppCode {
            action: format!("{}/totp{}", self.path, self.seen),
            csrf: csrf.to_owned(),
            pin: None,
            return_to: None,
        })
    }

    /// The field for the transaction PIN in a form of the page, where it is asked for.
    pub fn pin_field(&self, id: &'static str, texts: Texts) -> Option<PinField> {
        match self.pin {
            PinWish::Asked(form) => Some(PinField::beside(id, form, texts)),
            PinWish::None | PinWish::Unset(_) => None,
        }
    }

    /// Whether the customer has to set a transaction PIN first.
    pub fn wants_pin(&self) -> bool {
        matches!(self.pin, PinWish::Unset(_))
    }

    /// Whether something else comes before any answer.
    pub fn waits_for_more(&self) -> bool {
        self.wants_pin() || self.prove.is_some()
    }

    /// Whether nothing but a passkey confirms it.
    pub fn is_passkey_only(&self) -> bool {
        matches!(self.ways, ConfirmWays::Passkey(_))
    }

    /// Whether a passkey has to be added first.
    pub fn wants_enrolment(&self) -> bool {
        self.ways == ConfirmWays::Enrol
    }

    /// Whether the customer's passkeys are of a kind that does not confirm it.
    pub fn wants_other_passkey(&self) -> bool {
        self.ways == ConfirmWays::EnrolOther
    }

    /// Whether it is held, so that there is something to see elsewhere.
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Whether the customer is asked for the code.
    pub fn is_proving(&self) -> bool {
        self.stage == Stage::Prove && self.sent_text.is_some()
    }
}

fn changed(days: u16, words: &'static ConfirmWords) -> String {
    match days {
        0 => words.changed_today.to_owned(),
        days => fill(words.changed_days, &[("days", &days.to_string())]),
    }
}

fn unset(form: PinForm, locale: Locale) -> String {
    let words = Texts::of(locale).set_pin;
    fill(words.unset, &[("name", &words.name(form))])
}

/// The query by which a form says what was shown.
pub fn seen(name: &str) -> String {
    format!("?{SEEN}={}", encode(name))
}

/// Name of its parameter.
pub const SEEN: &str = "seen";

/// What is asked, the heading, and what is said when nothing is asked any more.
fn standing(shown: &ShownOperation, locale: Locale) -> (Stage, &'static str, &'static str) {
    let Texts {
        confirm: words,
        stop,
        ..
    } = Texts::of(locale);
    match shown.state {
        OperationState::Pending if shown.over => (Stage::Settled, words.over, words.over_text),
        OperationState::Pending if shown.stop.is_some() => {
            (Stage::Settled, stop.stopped, stop.stopped_text)
        }
        OperationState::Pending if shown.code_sent => (Stage::Prove, words.title, ""),
        OperationState::Pending => (Stage::Ask, words.title, ""),
        OperationState::Confirmed => (Stage::Settled, words.confirmed, words.confirmed_text),
        OperationState::Held => (Stage::Settled, words.held, words.held_text),
        OperationState::Redeemed => (Stage::Settled, words.redeemed, words.redeemed_text),
        OperationState::Refused => (Stage::Settled, words.refused, words.refused_text),
    }
}

fn payments(shown: &ShownOperation, locale: Locale) -> Vec<(String, Payee)> {
    let each = shown.payments.iter();
    each.map(|(amount, account)| (in_locale(amount, locale), payee(account, locale)))
        .collect()
}

/// An account as the page shows it.
fn payee(account: &PayoutAccount, locale: Locale) -> Payee {
    Payee {
        holder: account.holder.to_string(),
        bank: account.bank.clone(),
        branch: account.branch.clone(),
        kind: account_kind(account.account_type, locale),
        number: account.number.clone(),
    }
}
