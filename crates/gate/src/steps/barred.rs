//! What has to be so before an operation is confirmed: a young proof in the session, and the
//! customer's own device.
//!
//! **Invariant:** the place is looked up only where the policy asks for the device.

use sekisho_core::confirm::Shown;
use sekisho_core::context::Context;
use sekisho_core::moment::Moment;
use sekisho_core::policy::OperationPolicy;
use sekisho_core::reason::Reason;
use sekisho_core::risk::{Familiarity, Features, Subject};
use sekisho_core::verdict::Requirement;

use crate::acts::confirm::ConfirmAnswer;
use crate::fault::Fault;
use crate::gate::Gate;

impl ConfirmAnswer {
    /// The answer to whoever is not admitted to a try.
    pub(crate) fn barred(
        shown: &Shown,
        spec: &OperationPolicy,
        device: Familiarity,
        now: Moment,
    ) -> Option<Self> {
        let open = shown.closed(now).is_none();
        let barred = shown.barred(spec, device, now).filter(|_| open)?;
        Some(match barred {
            Reason::ProofStale => Self::ProveAgain,
            _ => Self::OtherDevice,
        })
    }
}

impl Gate {
    /// How well the device of `context` is known, where that is asked for.
    pub(crate) async fn device_known(
        &self,
        shown: &Shown,
        spec: &OperationPolicy,
        context: &Context,
    ) -> Result<Familiarity, Fault> {
        let now = self.now();
        if context.device.is_none() || !shown.asks(spec, Requirement::BoundDevice, now) {
            return Ok(Familiarity::Unknown);
        }
        let customer = shown.operation.customer.id;
        let known = self.place_known(context, customer, now).await?;
        let policy = self.policy();
        Ok(Features::of(context, &known, Subject::of(&policy), now).device)
    }
}
