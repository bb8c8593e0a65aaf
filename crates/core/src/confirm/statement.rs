//! What a customer had before them when they confirmed, kept as evidence.
//!
//! A page names the digest of its statement in what it sends; only what is still shown word for
//! word is confirmed, and that text is kept (PSD2 RTS article 5(1)(a): the payer is made aware of
//! amount and payee; 5(2) asks for the authenticity of what is displayed).
//!
//! **Invariant:** a statement is made from the stored operation alone, and every value in it is on
//! the page as it stands here.

use serde::Serialize;

use super::Shown;
use super::payment::account_kind;
use crate::bytes::Digest;
use crate::decision::Decision;
use crate::id::DecisionId;
use crate::moment::Moment;
use crate::money::in_locale;
use crate::notice::Locale;
use crate::operation::{FieldValue, PayoutAccount};
use crate::policy::{OperationPolicy, Policy};
use crate::reason::Reason;

/// What is shown of one operation in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The application that asked.
    pub application: String,
    /// Name of the operation.
    pub operation: String,
    /// What else is shown, each with the word for what it is.
    pub lines: Vec<(String, String)>,
    /// In which language.
    pub locale: Locale,
}

impl Statement {
    /// The evidence as it is kept: JSON.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a page names it by.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.text().as_bytes())
    }
}

/// An answer of a page that did not show this: it is not looked at, and leaves its entry.
pub fn decide_altered(shown: &Shown, id: DecisionId, now: Moment, policy: &Policy) -> Decision {
    let mut entry = shown.entry(id, now, policy);
    entry.reasons = vec![Reason::PageAltered];
    Decision::of(entry)
}

fn account_lines(account: &PayoutAccount, locale: Locale) -> [(&'static str, String); 5] {
    let kind = account_kind(account.account_type, locale);
    [
        ("holder", account.holder.to_string()),
        ("bank", account.bank.clone()),
        ("branch", account.branch.clone()),
        ("account_type", kind.to_owned()),
        ("number", account.number.clone()),
    ]
}

impl Shown {
    /// How many days before the operation was asked for the payout account was changed that money
    /// would leave to, where that is lately enough to be said.
    #[must_use]
    pub fn payout_changed_days(&self, spec: &OperationPolicy, policy: &Policy) -> Option<u16> {
        let asked = self.operation.created;
        self.subject(spec).payout_changed_days(asked, policy)
    }

    /// What is shown of it in `locale`.
    #[must_use]
    pub fn statement(&self, spec: &OperationPolicy, locale: Locale, policy: &Policy) -> Statement {
        let mut lines = Vec::new();
        for (name, value) in self.fields.iter() {
            let mut line = |word: &str, text: String| lines.push((format!("{name}{word}"), text));
            match value {
                FieldValue::Money(money) => line("", in_locale(&money.text(), locale)),
                FieldValue::PayoutAccount(account) => account_lines(&spec.seen(account), locale)
                    .into_iter()
                    .for_each(|(word, text)| line(&format!(".{word}"), text)),
                FieldValue::Payments(batch) => {
                    line(".total", in_locale(&batch.total().text(), locale));
                    for (place, one) in batch.list().iter().enumerate() {
                        let amount = in_locale(&one.amount.text(), locale);
                        line(&format!(".{place}.amount"), amount);
                        for (word, text) in account_lines(&spec.seen(&one.payee), locale) {
                            line(&format!(".{place}.payee.{word}"), text);
                        }
                    }
                }
                FieldValue::Choice(_)
                | FieldValue::Code(_)
                | FieldValue::Integer(_)
                | FieldValue::Text(_) => line("", value.line().unwrap_or_default()),
            }
        }
        let changed = self.payout_changed_days(spec, policy);
        lines.extend(changed.map(|days| ("payout_changed_days".to_owned(), days.to_string())));
        Statement {
            application: self.application.clone(),
            operation: spec.name.in_locale(locale).to_owned(),
            lines,
            locale,
        }
    }
}
