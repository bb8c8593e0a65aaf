//! The reservation of a try, before any secret is looked at.
//!
//! **Invariant:** whoever gets [`Admission::Admitted`] or [`Admission::Last`] has a try that is
//! already counted on disk.

use sekisho_core::bytes::CounterKey;
use sekisho_core::change::Change;
use sekisho_core::context::Address;
use sekisho_core::guess::{self, Attempt, Counted, Facts, Requests, Sends};
use sekisho_core::id::{CustomerId, DeviceId};
use sekisho_core::known::TriesKnown;
use sekisho_core::login::Login;
use sekisho_core::moment::Moment;
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

impl Gate {
    /// Reserves one try.
    pub(crate) async fn reserve(
        &self,
        counted: Counted,
        key: CounterKey,
        customer: Option<CustomerId>,
    ) -> Result<Admission, Fault> {
        let attempt = Attempt {
            key,
            customer,
            counted,
        };
        self.count(&attempt, self.now()).await
    }

    /// Counts a message to `login` that somebody at `address` asks for without having proved
    /// anything: first for the network, so that one that has had enough counts for no login.
    pub(crate) async fn reserve_message(
        &self,
        login: &Login,
        address: Option<Address>,
        now: Moment,
    ) -> Result<Admission, Fault> {
        if self.reserve_network(address, now).await? == Admission::Locked {
            return Ok(Admission::Locked);
        }
        let attempt = Attempt {
            key: self.keys().counter("send", login.as_str().as_bytes(), None),
            customer: None,
            counted: Counted::Message,
        };
        self.count(&attempt, now).await
    }

    /// The changes that count one more of what anybody in the network of `address` may bring;
    /// `None` when there were too many.
    pub(crate) async fn count_network(
        &self,
        counted: Counted,
        address: Address,
        now: Moment,
    ) -> Result<Option<Vec<Change>>, Fault> {
        let network = address.network();
        let key = self.keys().counter(counted.word(), &network, None);
        let tries = self.store().tries(key).await?;
        let requests = Requests {
            key,
            counted,
            tries,
        };
        Ok(requests.count(now, &self.policy()))
    }

    /// Counts a message that somebody at `address` asks for, for the network alone.
    pub(crate) async fn reserve_network(
        &self,
        address: Option<Address>,
        now: Moment,
    ) -> Result<Admission, Fault> {
        let Some(address) = address else {
            return Ok(Admission::Admitted);
        };
        let attempt = Attempt {
            key: self
                .keys()
                .counter("send_network", &address.network(), None),
            customer: None,
            counted: Counted::NetworkMessage,
        };
        self.count(&attempt, now).await
    }

    /// The counter of messages to an account, with an allowance of its own for a device that was
    /// bound before: whoever has only the password cannot hold back the owner's codes.
    pub(crate) async fn sends(
        &self,
        account: &[u8],
        device: Option<DeviceId>,
    ) -> Result<Sends, Fault> {
        let key = self.keys().counter("send", account, device);
        let tries = self.store().tries(key).await?;
        Ok(Sends { key, tries })
    }

    async fn count(&self, attempt: &Attempt, now: Moment) -> Result<Admission, Fault> {
        let key = attempt.key;
        for _ in 0..ROUNDS {
            let tries = self.store().tries(key).await?;
            let facts = Facts {
                tries,
                now,
                decision: self.fresh_decision(now)?,
            };
            let decision = guess::decide(attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            if *committed.verdict() == Verdict::Refuse {
                return Ok(Admission::Locked);
            }
            let after = self.store().tries(key).await?;
            let paced = attempt.counted == Counted::NetworkMessage;
            // Of tries that came at once only the one that locked is the last, so that a lock is
            // told once: nothing moves the counter on after it.
            let last = |tries: &TriesKnown| tries.locked_until > now && tries.last == now;
            let locked = !paced && after.as_ref().is_some_and(last);
            return Ok(if locked {
                Admission::Last
            } else {
                Admission::Admitted
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
