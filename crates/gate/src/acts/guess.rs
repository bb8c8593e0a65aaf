//! The reservation of a try, before any secret is looked at.
//!
//! **Invariant:** whoever gets [`Admission::Admitted`] or [`Admission::Last`] has a try that is
//! already counted on disk.

use sekisho_core::bytes::CounterKey;
use sekisho_core::guess::{self, Attempt, Facts};
use sekisho_core::id::CustomerId;
use sekisho_core::moment::Moment;
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

impl Gate {
    /// Reserves one try at `key`.
    pub(crate) async fn reserve(
        &self,
        key: CounterKey,
        customer: Option<CustomerId>,
        now: Moment,
    ) -> Result<Admission, Fault> {
        let attempt = Attempt { key, customer };
        for _ in 0..ROUNDS {
            let tries = self.store().tries(key).await?;
            let facts = Facts {
                tries,
                now,
                decision: self.fresh_decision(now)?,
            };
            let decision = guess::decide(&attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            if *committed.verdict() == Verdict::Refuse {
                return Ok(Admission::Locked);
            }
            let after = self.store().tries(key).await?;
            let locked = after.is_some_and(|tries| tries.locked_until > now);
            return Ok(if locked {
                Admission::Last
            } else {
                Admission::Admitted
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
