//! What is typed to prove a recovery: codes that were sent, or a backup code in the place of one.
//!
//! **Invariant:** each proof is looked at for the place that it was typed in.

use sekisho_core::id::{CustomerId, InteractionId};
use sekisho_core::known::RecoveryKind;
use sekisho_core::moment::Moment;
use sekisho_core::recover::{Backed, Given, bounds};
use sekisho_core::step_up::{Admission, Tried};

use crate::fault::Fault;
use crate::gate::Gate;

/// What a visitor typed to prove who they are.
#[derive(Clone, Copy, Debug)]
pub enum RecoverProof<'a> {
    /// One of the customer's backup codes.
    BackupCode(&'a str),
    /// The first code that was sent, and a backup code in the place of the second.
    CodeAndBackup(&'a str, &'a str),
    /// The codes that were sent, in their order.
    Codes([&'a str; 2]),
}

impl<'a> From<[&'a str; 2]> for RecoverProof<'a> {
    fn from(codes: [&'a str; 2]) -> Self {
        Self::Codes(codes)
    }
}

impl Gate {
    /// What was typed, looked at for the places that it was typed in.
    pub(crate) async fn given(
        &self,
        of: (InteractionId, CustomerId),
        typed: (RecoveryKind, RecoverProof<'_>),
        at: (Admission, Moment),
    ) -> Result<Vec<Given>, Fault> {
        let ((id, customer), (kind, proof)) = (of, typed);
        let bounds = bounds(kind, id);
        let (codes, backup): (&[&str], _) = match &proof {
            RecoverProof::BackupCode(backup) => (&[], Some(backup)),
            RecoverProof::CodeAndBackup(code, backup) => (std::slice::from_ref(code), Some(backup)),
            RecoverProof::Codes(codes) => (codes, None),
        };
        let mut given = Vec::new();
        for (bound, code) in bounds.iter().zip(codes) {
            let challenge = self.store().challenge(bound.digest()).await?;
            let factor = self.prove_typed(challenge.as_ref(), code, at);
            let tried = Tried::Code(challenge);
            given.push(Given { tried, factor });
        }
        if let (Some(bound), Some(code)) = (bounds.get(given.len()), backup) {
            let of = (bound.digest(), customer);
            let (tried, factor) = self.prove_backup(code, of, at).await?;
            given.push(Given { tried, factor });
        }
        Ok(given)
    }

    /// Whether the customer has backup codes that will do.
    pub(crate) async fn backed(&self, customer: CustomerId) -> Result<Backed, Fault> {
        Ok(match self.takes_backup(customer).await? {
            true => Backed::Codes,
            false => Backed::Nothing,
        })
    }
}
