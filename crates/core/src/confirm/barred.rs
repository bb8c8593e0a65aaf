//! What has to be so before an answer is looked at: a proof in the session that is young enough,
//! and the customer's own device.
//!
//! **Invariant:** neither costs a try, since nothing was guessed.

use super::Shown;
use crate::elsewhere::Elsewhere;
use crate::moment::{Moment, Span};
use crate::policy::OperationPolicy;
use crate::reason::Reason;
use crate::risk::Familiarity;
use crate::verdict::Requirement;

/// Clocks of nodes may differ by so much. A proof that lies further ahead was given before a clock
/// was set back, and nobody knows how old it is.
const SKEW: Span = Span::minutes(1);

impl Shown {
    /// Why no answer from a `device` that is so well known would do now.
    #[must_use]
    pub fn barred(
        &self,
        spec: &OperationPolicy,
        device: Familiarity,
        now: Moment,
    ) -> Option<Reason> {
        if self.is_stale(spec, now) {
            return Some(Reason::ProofStale);
        }
        let bound = self.asks(spec, Requirement::BoundDevice, now);
        (bound && device != Familiarity::Known).then_some(Reason::DeviceNeeded)
    }

    /// Whether the last proof in the session is older than the policy lets it be, or was given
    /// elsewhere.
    #[must_use]
    pub fn is_stale(&self, spec: &OperationPolicy, now: Moment) -> bool {
        let Some(most) = self.demand(spec, now).fresh else {
            return false;
        };
        if self.session.elsewhere != Elsewhere::Same {
            return true;
        }
        let again = self.session.again.map(|(_, at)| at);
        let last = again
            .unwrap_or(self.session.proved)
            .max(self.session.proved);
        last > now.plus(SKEW) || now.since(last) >= most
    }
}
