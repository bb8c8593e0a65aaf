//! What the confirmation page shows, and what becomes of what is done there.
//!
//! **Invariant:** every field that the proof is bound to is here, and whole.

use sekisho_core::confirm::{PaymentAsked, Statement};
use sekisho_core::id::OperationId;
use sekisho_core::moment::Moment;
use sekisho_core::operation::{FieldValue, Fields, OperationState, PayoutAccount};
use sekisho_core::policy::OperationPolicy;

use crate::acts::stop::StopTold;
use crate::steps::passkey::PasskeyPrompt;
use crate::steps::pin::PinWish;

/// What the confirmation page shows.
#[derive(Clone, Debug)]
pub struct ShownOperation {
    /// The id.
    pub id: OperationId,
    /// The application that asked.
    pub application: String,
    /// Name of the operation in the language of the page.
    pub name: String,
    /// Amount, grouped, with its currency: `150,000 JPY`.
    pub amount: Option<String>,
    /// The payee's account, its number as the policy says. Messages and lists mask it always.
    pub payee: Option<PayoutAccount>,
    /// The payments of a batch, each as the whole is shown.
    pub payments: Vec<(String, PayoutAccount)>,
    /// The text fields, by their names in the policy.
    pub texts: Vec<(String, String)>,
    /// How many days ago the payout account was changed that money would leave to, where that is
    /// lately enough to be said.
    pub payout_changed_days: Option<u16>,
    /// All that there is to see, as it is kept when it is confirmed.
    pub statement: Statement,
    /// What a form of the page names that by: a keyed hash, since addresses are logged.
    pub seen: String,
    /// Where it stands.
    pub state: OperationState,
    /// Until when it may be confirmed.
    pub expires: Moment,
    /// Whether that time is over.
    pub over: bool,
    /// Where the browser goes back to.
    pub return_to: Option<String>,
    /// How it may be confirmed.
    pub ways: ConfirmWays,
    /// What the browser may show itself, where a passkey is a way.
    pub payment: Option<PaymentAsked>,
    /// Whether a code of the customer's authenticator app will do as well.
    pub totp: bool,
    /// Whether the transaction PIN is asked for beside.
    pub pin: PinWish,
    /// Whether a code that still works was sent.
    pub code_sent: bool,
    /// The stop that stands in its way.
    pub stop: Option<StopTold>,
    /// Whether the customer has to prove again who they are before anything confirms it.
    pub stale: bool,
}

impl ShownOperation {
    /// Whether a stop changes anything: what was carried out or refused stays so.
    #[must_use]
    pub fn may_be_stopped(&self) -> bool {
        matches!(
            self.state,
            OperationState::Pending | OperationState::Confirmed
        ) && !self.over
    }
}

/// How an operation may be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmWays {
    /// By a code to this channel, masked.
    Code(String),
    /// By either.
    Either(String, PasskeyPrompt),
    /// The policy wants a passkey, and the customer has none.
    Enrol,
    /// The policy wants a passkey of another kind than the customer has.
    EnrolOther,
    /// Nothing the customer has will do.
    None,
    /// By a passkey alone.
    Passkey(PasskeyPrompt),
}

/// What became of the wish for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmSent {
    /// The operation waits no more.
    Closed,
    /// On its way.
    Sent,
    /// Too early.
    Wait {
        /// Seconds to wait.
        seconds: u16,
    },
}

/// What became of a typed code or of what a passkey signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmAnswer {
    /// The operation waits no more, or the factor is locked.
    Closed,
    /// The page showed something else than there is to see now; the answer was not looked at.
    Changed,
    /// Confirmed.
    Confirmed,
    /// Right, and it waits for a person or for time.
    Held,
    /// The policy wants it confirmed on the customer's own device; no try was counted.
    OtherDevice,
    /// The transaction PIN is asked for beside; no try was counted.
    PinMissing,
    /// The last proof in the session is too old; no try was counted.
    ProveAgain,
    /// Wrong; there may be another try.
    Wrong,
}

/// The payments of a batch.
pub(super) fn payments(fields: &Fields, spec: &OperationPolicy) -> Vec<(String, PayoutAccount)> {
    let batches = fields.iter().filter_map(|(_, value)| match value {
        FieldValue::Payments(batch) => Some(batch.list()),
        _ => None,
    });
    let each = batches.flatten();
    each.map(|one| (one.amount.text(), spec.seen(&one.payee)))
        .collect()
}

/// The other fields, by their names in the policy.
pub(crate) fn texts(fields: &Fields) -> Vec<(String, String)> {
    fields
        .iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.line()?)))
        .collect()
}
