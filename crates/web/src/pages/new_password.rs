//! The part of a page on which a password is chosen: the rules, what is wrong, the gauge.
//!
//! The same part serves registration and change. What was typed is judged by core when the form is
//! sent; while it is typed, `/assets/gauge.js` says the same of it without sending it anywhere.
//!
//! **Invariant:** nothing here holds the password.

use std::sync::LazyLock;

use sekisho_core::password::{Examination, KEYBOARD, Step, WORDS, Weakness};
use sekisho_core::policy::{Class, PasswordPolicy};
use sekisho_core::reason::Reason;

use super::assets;
use crate::forms::Errors;
use crate::texts::{GaugeWords, PasswordWords, Texts, fill};

/// What the template `new_password.html` shows.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// What the field is called.
    pub label: &'static str,
    /// What the policy asks, in sentences.
    pub rules: Vec<String>,
    /// What the gauge says of the one that was sent and not accepted.
    pub gauge: Option<Gauge>,
    /// Every text that the gauge may show, by the name of its attribute.
    pub texts: Vec<(String, &'static str)>,
    /// Where the gauge's script is.
    pub script: String,
}

/// What the gauge says.
#[derive(Clone, Copy, Debug)]
pub struct Gauge {
    /// The step's word, for the colour.
    pub word: &'static str,
    /// The step as people read it.
    pub step: &'static str,
    /// Why it is not higher.
    pub why: &'static str,
    /// What to do.
    pub hint: &'static str,
}

impl NewPassword {
    /// The part for a page under `policy`; `found` is what was sent and not accepted.
    pub fn of(texts: Texts, policy: &PasswordPolicy, found: Option<&Examination>) -> Self {
        let words = texts.gauge;
        let steps = Step::ALL.map(|step| (format!("step-{}", step.word()), step_text(words, step)));
        let whys = Weakness::ALL.map(|kind| (format!("why-{}", kind.word()), why(words, kind).0));
        let hints = Weakness::ALL.map(|kind| (format!("hint-{}", kind.word()), why(words, kind).1));
        Self {
            label: texts.sign_up.password,
            rules: rules(texts.password, policy),
            gauge: found.map(|found| Gauge {
                word: found.gauge.word(),
                step: step_text(words, found.gauge),
                why: why(words, found.weakness).0,
                hint: why(words, found.weakness).1,
            }),
            texts: steps.into_iter().chain(whys).chain(hints).collect(),
            script: super::frame::versioned(assets::GAUGE, &GAUGE_TEXT),
        }
    }
}

/// The script with the lists that it compares with.
pub(super) static GAUGE_TEXT: LazyLock<String> = LazyLock::new(|| {
    let list = |text: &str| {
        let lines: Vec<_> = text.lines().collect();
        serde_json::to_string(&lines).unwrap_or_default()
    };
    let script = include_str!("../../assets/gauge.js");
    format!(
        "const LISTS = {{words: {}, keyboard: {}}};\n{script}",
        list(WORDS),
        list(KEYBOARD)
    )
});

fn step_text(words: &GaugeWords, step: Step) -> &'static str {
    match step {
        Step::High => words.high,
        Step::Low => words.low,
        Step::Medium => words.medium,
        Step::MediumLow => words.medium_low,
    }
}

/// The reason and the hint.
fn why(words: &GaugeWords, weakness: Weakness) -> (&'static str, &'static str) {
    match weakness {
        Weakness::Date => (words.why_date, words.hint_date),
        Weakness::Keyboard => (words.why_keyboard, words.hint_keyboard),
        Weakness::None => (words.why_none, words.hint_none),
        Weakness::Personal => (words.why_personal, words.hint_personal),
        Weakness::Repeat => (words.why_repeat, words.hint_repeat),
        Weakness::Sequence => (words.why_sequence, words.hint_sequence),
        Weakness::Short => (words.why_short, words.hint_short),
        Weakness::Word => (words.why_word, words.hint_word),
    }
}

pub fn rules(words: &PasswordWords, policy: &PasswordPolicy) -> Vec<String> {
    let symbols = policy.symbols.as_ref();
    let symbols = symbols.map(|symbols| fill(words.symbols, &[("symbols", symbols)]));
    let contain = (!policy.must_contain.is_empty()).then(|| filled(words, words.contain, policy));
    [Some(filled(words, words.lengths, policy)), contain, symbols]
        .into_iter()
        .flatten()
        .collect()
}

fn filled(words: &PasswordWords, text: &str, policy: &PasswordPolicy) -> String {
    let kinds = policy.must_contain.iter().map(|class| match class {
        Class::Capital => words.capital,
        Class::Digit => words.digit,
        Class::Small => words.small,
        Class::Symbol => words.symbol,
    });
    let kinds = kinds.collect::<Vec<_>>().join(" / ");
    let PasswordPolicy {
        shortest, longest, ..
    } = policy;
    fill(
        text,
        &[
            ("shortest", shortest),
            ("longest", longest),
            ("kinds", &kinds),
        ],
    )
}

/// What is wrong with a password, in sentences.
pub fn findings(words: &PasswordWords, policy: &PasswordPolicy, reasons: &[Reason]) -> Errors {
    let mut errors = Errors::none();
    for reason in reasons {
        let text = match reason {
            Reason::PasswordContext => words.context,
            Reason::PasswordLong => words.long,
            Reason::PasswordPattern => words.pattern,
            Reason::PasswordPersonal => words.personal,
            Reason::PasswordPlain => words.contain,
            Reason::PasswordShort => words.short,
            Reason::PasswordSymbol => words.symbol_wrong,
            Reason::PasswordUnreadable => words.unreadable,
            Reason::PasswordWord => words.word,
            _ => words.common,
        };
        errors.add("password", filled(words, text, policy));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_has_its_lists_and_sends_nothing() {
        assert!(GAUGE_TEXT.starts_with("const LISTS = {words: [\"password\","));
        for way_out in [
            "fetch",
            "XMLHttpRequest",
            "sendBeacon",
            "Socket",
            "EventSource",
            ".src",
            "import ",
            "import(",
            "eval",
            "innerHTML",
            "Storage",
            "cookie",
        ] {
            let script = include_str!("../../assets/gauge.js");
            assert!(!script.contains(way_out), "{way_out}");
        }
    }
}
