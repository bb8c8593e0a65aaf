//! The worker of webhooks: tells applications the present state of operations that changed.
//!
//! An operation is claimed in a commit of its own at the revision that was read, so that several
//! nodes do not tell of it at once, and what is posted is that revision; a node that dies with a
//! claim lets go of it after [`tell::CLAIM`]. Delivery is at least once, under one `webhook-id`.
//!
//! **Invariant:** a receiver that hangs keeps [`AT_ONCE`] requests of its own application waiting
//! and nobody else's.

use std::collections::HashMap;
use std::time::Duration;

use sekisho_core::id::{ApplicationId, OperationId};
use sekisho_core::known::{OperationKnown, UntoldKnown, WebhookKnown};
use sekisho_core::moment::Moment;
use sekisho_core::tell::{self, Told};
use serde_json::{Value, json};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::delivery::Hooks;
use crate::fault::Fault;
use crate::gate::Gate;

/// How often it looks without being woken.
const PAUSE: Duration = Duration::from_secs(1);
/// Requests to one application at once.
const AT_ONCE: usize = 4;

/// What is under way, by the task that is at it: so that one that breaks off is known as well.
#[derive(Default)]
struct UnderWay(HashMap<Id, (ApplicationId, OperationId)>);

impl UnderWay {
    fn of(&self, application: ApplicationId) -> Vec<OperationId> {
        let own = self.0.values().filter(|(of, _)| *of == application);
        own.map(|(_, operation)| *operation).collect()
    }

    /// A task has ended in one way or another.
    fn ended(&mut self, done: Result<(Id, Result<bool, Fault>), JoinError>) {
        let (task, told) = match done {
            Ok((task, told)) => (task, told.err().map(|fault| fault.to_string())),
            Err(broken) => (broken.id(), Some(broken.to_string())),
        };
        let Some((application, operation)) = self.0.remove(&task) else {
            return;
        };
        if let Some(error) = told {
            tracing::error!(%application, %operation, error, "an application could not be told");
        }
    }
}

impl Gate {
    /// Tells applications until `stop`; then finishes the requests under way.
    pub async fn tell(&self, hooks: Hooks, stop: CancellationToken) {
        let (mut tasks, mut under_way) = (JoinSet::new(), UnderWay::default());
        while !stop.is_cancelled() {
            if let Err(fault) = self.fill_hooks(&hooks, &mut tasks, &mut under_way).await {
                tracing::warn!(error = %fault, "webhooks could not be read");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(done) = tasks.join_next_with_id() => under_way.ended(done),
                () = self.untold().notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Tells what is due now; answers how many requests were made.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tell_due(&self, hooks: &Hooks) -> Result<usize, Fault> {
        let (mut tasks, mut under_way) = (JoinSet::new(), UnderWay::default());
        self.fill_hooks(hooks, &mut tasks, &mut under_way).await?;
        let mut made = 0;
        while let Some(done) = tasks.join_next().await {
            made += usize::from(matches!(done, Ok(Ok(true))));
        }
        Ok(made)
    }

    async fn fill_hooks(
        &self,
        hooks: &Hooks,
        tasks: &mut JoinSet<Result<bool, Fault>>,
        under_way: &mut UnderWay,
    ) -> Result<(), Fault> {
        for webhook in self.store().webhooks().await? {
            let busy = under_way.of(webhook.application);
            let free = AT_ONCE.saturating_sub(busy.len());
            if free == 0 {
                continue;
            }
            // Those under way may not be claimed yet, and so be found again.
            let most = u32::try_from(2 * AT_ONCE).unwrap_or(u32::MAX);
            let due = self.store().untold(webhook.application, self.now(), most);
            let fresh = due.await?.into_iter();
            let fresh = fresh.filter(|untold| !busy.contains(&untold.operation.id));
            let fresh: Vec<_> = fresh.take(free).collect();
            for untold in fresh {
                let of = (webhook.application, untold.operation.id);
                let (gate, hooks, webhook) = (self.clone(), hooks.clone(), webhook.clone());
                let task = tasks
                    .spawn(async move { gate.tell_one(&hooks, &webhook, &untold).await })
                    .id();
                under_way.0.insert(task, of);
            }
        }
        Ok(())
    }

    /// Whether a request was made here.
    async fn tell_one(
        &self,
        hooks: &Hooks,
        webhook: &WebhookKnown,
        untold: &UntoldKnown,
    ) -> Result<bool, Fault> {
        let (policy, now) = (self.policy(), self.now());
        let claim = tell::decide_claim(untold, self.fresh_decision(now)?, (now, &policy));
        if self.commit(claim).await?.is_none() {
            return Ok(false);
        }
        let operation = &untold.operation;
        let id = format!("{}-{}", operation.id, operation.revision);
        let body = payload(operation, now).to_string();
        let posted = self.post_signed(hooks, webhook, &id, body.as_bytes());
        let told = match posted.await {
            Ok(Ok(())) => Told::Accepted,
            Ok(Err(error)) => Told::Failed(error),
            // A try like any other, so that it is shown and ends.
            Err(fault) => Told::Failed(format!("the secret cannot be used: {fault}")),
        };
        let outcome = match told {
            Told::Accepted => "accepted",
            Told::Failed(_) => "failed",
        };
        metrics::counter!("sekisho_webhooks_total", "outcome" => outcome).increment(1);
        let now = self.now();
        let [chance] = self.dice().bytes()?;
        let fresh = (self.fresh_decision(now)?, chance);
        let decided = tell::decide(untold, &told, fresh, (now, &policy));
        let _recorded = self.commit(decided).await?;
        Ok(true)
    }
}

/// What an application is told: the present state, and nothing of the fields.
fn payload(operation: &OperationKnown, now: Moment) -> Value {
    let hold = operation.hold.as_ref();
    let reasons = hold.map(|hold| hold.reasons.clone());
    json!({
        "type": format!("operation.{}", operation.state.word()),
        "timestamp": now,
        "data": {
            "operation": operation.id,
            "revision": operation.revision,
            "state": operation.state,
            "kind": operation.kind.as_str(),
            "customer": operation.customer.reference.as_str(),
            "digest": operation.digest.to_string(),
            "decision": operation.decision,
            "created": operation.created,
            "expires": operation.expires,
            "held_since": hold.map(|hold| hold.at),
            "held_until": hold.and_then(|hold| hold.until),
            "reasons": reasons.unwrap_or_default(),
            "ended": operation.ended,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_breaks_off_frees_its_place() {
        let application = ApplicationId([1; 16]);
        let (mut tasks, mut under_way) = (JoinSet::new(), UnderWay::default());
        for (number, broken) in [(1, true), (2, false)] {
            let task = tasks.spawn(async move {
                assert!(!broken, "it breaks off");
                Ok(true)
            });
            let of = (application, OperationId([number; 16]));
            under_way.0.insert(task.id(), of);
        }
        assert_eq!(under_way.of(application).len(), 2);
        while let Some(done) = tasks.join_next_with_id().await {
            under_way.ended(done);
        }
        assert!(under_way.of(application).is_empty());
    }
}
