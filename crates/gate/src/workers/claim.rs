//! Claiming work that one node does for all.
//!
//! **Invariant:** a node works only while its claim lasts, and a claim ends by itself.

use sekisho_core::claim::{Work, decide, is_free};
use sekisho_core::moment::{Moment, Span};

use crate::fault::Fault;
use crate::gate::Gate;

/// Work that this node claimed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    work: Work,
    until: Moment,
}

impl Gate {
    /// Claims work; `None` if another node has it.
    pub(super) async fn claim(&self, work: Work) -> Result<Option<Claim>, Fault> {
        let (now, seen) = (self.now(), self.store().claimed(work).await?);
        if !is_free(work, seen, now) {
            return Ok(None);
        }
        let until = now.plus(work.span());
        self.claim_until(work, (seen, until), now).await
    }

    /// Renews a claim once half of it is over; whether it is held still.
    pub(super) async fn renew(&self, claim: &mut Claim) -> Result<bool, Fault> {
        let now = self.now();
        if claim.until.since(now) > Span(claim.work.span().0 / 2) {
            return Ok(true);
        }
        let next = (Some(claim.until), now.plus(claim.work.span()));
        let renewed = self.claim_until(claim.work, next, now).await?;
        let held = renewed.is_some();
        *claim = renewed.unwrap_or(Claim {
            until: now,
            ..*claim
        });
        Ok(held)
    }

    /// Ends a claim, so that another node may begin at once.
    pub(super) async fn let_go(&self, claim: Claim) -> Result<(), Fault> {
        let now = self.now();
        let ended = (Some(claim.until), now);
        self.claim_until(claim.work, ended, now).await.map(|_| ())
    }

    async fn claim_until(
        &self,
        work: Work,
        (seen, until): (Option<Moment>, Moment),
        now: Moment,
    ) -> Result<Option<Claim>, Fault> {
        let at = (self.fresh_decision(now)?, now);
        let decision = decide(work, (seen, until), at, &self.policy());
        let landed = self.commit(decision).await?;
        Ok(landed.map(|_| Claim { work, until }))
    }
}
