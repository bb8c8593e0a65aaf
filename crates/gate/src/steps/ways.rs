//! By what an operation may be confirmed.
//!
//! **Invariant:** what the policy does not take is not offered.

use sekisho_core::confirm::Shown;
use sekisho_core::moment::Moment;
use sekisho_core::policy::OperationPolicy;

use crate::acts::confirm::{ConfirmWays, bound};
use crate::fault::Fault;
use crate::gate::Gate;

impl Gate {
    /// How `shown` may be confirmed, where a code goes to `channel`.
    pub(crate) fn ways(
        &self,
        shown: &Shown,
        spec: &OperationPolicy,
        channel: Option<String>,
        now: Moment,
    ) -> Result<ConfirmWays, Fault> {
        let demand = shown.demand(spec, now);
        let fitting = shown.passkeys.fitting(&demand.passkey);
        let passkey = self.prompt_if_any(bound(shown), &fitting)?;
        let wanted = shown.wants_passkey(spec, now, &self.policy());
        let channel = channel.filter(|_| shown.fits_code());
        Ok(match (passkey, channel) {
            (Some(passkey), _) if wanted => ConfirmWays::Passkey(passkey),
            (None, _) if wanted && shown.passkeys.any() => ConfirmWays::EnrolOther,
            (None, _) if wanted => ConfirmWays::Enrol,
            (Some(passkey), Some(channel)) => ConfirmWays::Either(channel, passkey),
            (Some(passkey), None) => ConfirmWays::Passkey(passkey),
            (None, Some(channel)) => ConfirmWays::Code(channel),
            (None, None) => ConfirmWays::None,
        })
    }
}
