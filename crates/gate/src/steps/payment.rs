//! What the browser itself may show of an operation (Secure Payment Confirmation).
//!
//! **Invariant:** what an answer is compared with is made anew from the stored operation; nothing
//! of it comes back from a page.

use sekisho_core::confirm::{PaymentAsked, Shown};
use sekisho_core::policy::OperationPolicy;

use super::factor::Claim;
use crate::acts::confirm::ConfirmWays;
use crate::gate::Gate;

/// Where the picture is served that the browser shows beside a payment.
pub const PAYMENT_ICON: &str = "/assets/payment.png";

impl Gate {
    /// The whole address of that picture.
    fn payment_icon(&self) -> String {
        let origins = self.relying_party().origins;
        let origin = origins.first().map(String::as_str).unwrap_or_default();
        format!("{origin}{PAYMENT_ICON}")
    }

    /// What the browser may show on a page with these ways to confirm: something where a passkey is
    /// one of them.
    pub(crate) fn payment_in(
        &self,
        ways: &ConfirmWays,
        shown: &Shown,
        spec: &OperationPolicy,
    ) -> Option<PaymentAsked> {
        match ways {
            ConfirmWays::Passkey(_) | ConfirmWays::Either(..) => {
                shown.payment(spec, self.payment_icon())
            }
            ConfirmWays::Code(_)
            | ConfirmWays::Enrol
            | ConfirmWays::EnrolOther
            | ConfirmWays::None => None,
        }
    }

    /// What the browser may have shown of the operation that `claim` answers.
    pub(crate) fn payment_of(
        &self,
        claim: Claim<'_>,
        shown: &Shown,
        spec: &OperationPolicy,
    ) -> Option<PaymentAsked> {
        match claim {
            Claim::Passkey(_) => shown.payment(spec, self.payment_icon()),
            Claim::BackupCode(_) | Claim::Code(_) | Claim::Push | Claim::Totp(_) => None,
        }
    }
}
