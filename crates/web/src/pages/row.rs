//! One row of the login history, in words.
//!
//! **Invariant:** a result is told in a word, never by a colour alone.

use sekisho_core::access::{Access, Act, OperationKind};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::Context;
use sekisho_core::notice::Locale;
use sekisho_core::policy::Policy;
use sekisho_core::sighting::Ending;
use sekisho_core::verdict::VerdictKind;

use crate::forms::encode;
use crate::texts::{Texts, When, fill};

/// A row as templates show it.
#[derive(Clone, Debug)]
pub struct Row {
    pub when: When,
    pub act: String,
    pub ending: &'static str,
    pub mark: &'static str,
    pub place: String,
    pub device: String,
    pub about: String,
    pub report_href: String,
}

impl Row {
    /// The words for `access`; `before` is the cursor of its page.
    pub fn of(access: &Access, before: Option<&str>, policy: &Policy, locale: Locale) -> Self {
        let texts = Texts::of(locale);
        let when = When::of(access.at, locale);
        let act = act(&access.act, policy, locale);
        let (ending, mark) = ending(access, texts);
        let cursor = before.map(|cursor| format!("?before={}", encode(cursor)));
        Self {
            about: fill(
                texts.history.not_me_about,
                &[("when", &when.text), ("act", &act)],
            ),
            report_href: format!("/history/{}{}", access.decision, cursor.unwrap_or_default()),
            place: place(access, texts),
            device: device(access, texts),
            when,
            act,
            ending,
            mark,
        }
    }
}

/// The name of a kind of operation, as customers read it; the word where the policy has it no more.
pub(crate) fn named(kind: &str, policy: &Policy, locale: Locale) -> String {
    let spec = OperationKind::parse(kind).and_then(|kind| policy.operation.get(&kind));
    spec.map_or_else(
        || kind.to_owned(),
        |spec| spec.name.in_locale(locale).to_owned(),
    )
}

pub(crate) fn act(act: &Act, policy: &Policy, locale: Locale) -> String {
    let words = Texts::of(locale).act;
    let named = |kind: &OperationKind| named(kind.as_str(), policy, locale);
    let word = match act {
        Act::Confirm(kind) => return fill(words.confirm, &[("operation", &named(kind))]),
        Act::Operate(kind) => return fill(words.operate, &[("operation", &named(kind))]),
        Act::Approve => words.approve,
        Act::Authorize => words.authorize,
        Act::Cancel => words.cancel,
        Act::ChangeContact => words.change_contact,
        Act::ChangePassword => words.change_password,
        Act::Restrict => words.restrict,
        Act::SetPin => words.set_pin,
        Act::Continue => words.elsewhere,
        Act::EndSession => words.end_session,
        Act::ForgetDevice => words.forget_device,
        Act::Freeze => words.freeze,
        Act::Outcome => words.outcome,
        Act::Prove => words.prove,
        Act::Recover => words.recover,
        Act::Redeem => words.redeem,
        Act::Report => words.report,
        Act::SignIn => words.sign_in,
        Act::SignOut => words.sign_out,
        Act::SignUp => words.sign_up,
        Act::StepUp => words.step_up,
        _ => words.other,
    };
    word.to_owned()
}

pub(crate) fn ending(access: &Access, texts: Texts) -> (&'static str, &'static str) {
    let words = texts.history;
    match (access.verdict, access.ending) {
        (VerdictKind::Hold, _) => (words.held, "waiting"),
        (_, Ending::Success) => (words.success, "done"),
        (_, Ending::Pending) => (words.pending, "waiting"),
        (VerdictKind::Refuse, Ending::Failure) if matches!(access.act, Act::Operate(_)) => {
            (words.refused, "failed")
        }
        (_, Ending::Failure) => (words.failure, "failed"),
    }
}

pub(crate) fn place(access: &Access, texts: Texts) -> String {
    let country = access.country.map(|country| country.code().to_owned());
    let address = access.address.map(|address| address.to_string());
    let known: Vec<_> = [country, address].into_iter().flatten().collect();
    if known.is_empty() {
        texts.history.unknown_place.to_owned()
    } else {
        known.join(" · ")
    }
}

pub(crate) fn device(access: &Access, texts: Texts) -> String {
    let words = texts.history;
    let family = access.client.as_ref();
    let family = family.map(|client| ClientFamily::parse(client.as_str()));
    let client = program(family, texts);
    let standing = match access.device {
        Some(_) => words.known_device,
        None => words.new_device,
    };
    format!("{client} ({standing})")
}

/// Country and network, not the whole address.
pub(crate) fn coarse_place(context: Option<&Context>, texts: Texts) -> String {
    let country = context.and_then(|context| context.place.country);
    let country = country.map(|country| country.code().to_owned());
    let network = context.and_then(Context::network_text);
    let known: Vec<_> = [country, network].into_iter().flatten().collect();
    if known.is_empty() {
        texts.history.unknown_place.to_owned()
    } else {
        known.join(" · ")
    }
}

/// Browser and system.
pub(super) fn program(family: Option<ClientFamily>, texts: Texts) -> String {
    family
        .and_then(spelled)
        .unwrap_or_else(|| texts.history.unknown_client.to_owned())
}

/// A family as people write it: `Chrome / Windows`.
fn spelled(family: ClientFamily) -> Option<String> {
    let name = |word: &'static str| match word {
        "ipad" => "iPad",
        "iphone" => "iPhone",
        "android" => "Android",
        "app" => "App",
        "bot" => "Bot",
        "chrome" => "Chrome",
        "chromeos" => "ChromeOS",
        "edge" => "Edge",
        "explorer" => "Internet Explorer",
        "firefox" => "Firefox",
        "linux" => "Linux",
        "mac" => "Mac",
        "opera" => "Opera",
        "safari" => "Safari",
        "samsung" => "Samsung Internet",
        "script" => "Script",
        "windows" => "Windows",
        _ => "",
    };
    let known: Vec<_> = [name(family.browser()), name(family.system())]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    (!known.is_empty()).then(|| known.join(" / "))
}
