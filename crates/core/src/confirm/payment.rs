//! What the browser itself is asked to show of an operation, before a passkey signs what it showed
//! (Secure Payment Confirmation).
//!
//! A page can be dressed up by whoever gets a script into it; a dialog of the browser cannot, and
//! its text is in what is signed.
//!
//! **Invariant:** it is made from the stored operation alone, so that the answer can be compared
//! with it later without anything that was in a page.

use super::Shown;
use crate::money::Money;
use crate::notice::Locale;
use crate::operation::{FieldValue, Fields, PayoutAccount};
use crate::policy::OperationPolicy;

/// What the browser is asked to show and the passkey to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentAsked {
    /// Account and holder that the money goes to.
    pub payee: String,
    /// How much.
    pub total: Money,
    /// The operation and the application that asks for it: what stands in the place of a card.
    pub instrument: String,
    /// Address of the picture beside it.
    pub icon: String,
}

impl Shown {
    /// What the browser is asked to show; `None` where the operation has no amount or no payee, or
    /// anything beside them: such a dialog would leave something out.
    ///
    /// In the customer's own language and not the page's: the answer is judged on another request.
    #[must_use]
    pub fn payment(&self, spec: &OperationPolicy, icon: String) -> Option<PaymentAsked> {
        if !has_one_of_each(&self.fields) {
            return None;
        }
        let operation = spec.name.in_locale(self.locale());
        Some(PaymentAsked {
            payee: payee_text(&self.fields, spec, self.locale())?,
            total: *self.fields.amount()?,
            instrument: match self.application.as_str() {
                "" => operation.to_owned(),
                application => format!("{operation} ({application})"),
            },
            icon,
        })
    }
}

/// The account first, as on the page: a dialog cuts off what is too long for a line, and
/// whoever is paid chooses the length of a name.
fn payee_text(fields: &Fields, spec: &OperationPolicy, locale: Locale) -> Option<String> {
    let account = fields.payout_account().map(|account| spec.seen(account));
    account.map(|account| {
        let PayoutAccount {
            account_type,
            bank,
            branch,
            number,
            holder,
        } = account;
        let kind = account_kind(account_type, locale);
        format!("{bank}-{branch} {kind} {number} {holder}")
    })
}

/// The kind of an account as banks write it.
#[must_use]
pub fn account_kind(account_type: &'static str, locale: Locale) -> &'static str {
    match (account_type, locale) {
        ("ordinary", Locale::Ja) => "普通",
        ("current", Locale::Ja) => "当座",
        ("savings", Locale::Ja) => "貯蓄",
        (word, _) => word,
    }
}

fn has_one_of_each(fields: &Fields) -> bool {
    let many = |wanted: fn(&FieldValue) -> bool| fields.iter().filter(|(_, v)| wanted(v)).count();
    let amounts = many(|value| matches!(value, FieldValue::Money(_)));
    let payees = many(|value| matches!(value, FieldValue::PayoutAccount(_)));
    (amounts, payees, fields.iter().count()) == (1, 1, 2)
}
