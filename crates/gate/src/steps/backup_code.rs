//! A backup code in the place of another second proof.
//!
//! **Invariant:** a used code proves nothing, and what was typed stays here.

use sekisho_core::bytes::Digest;
use sekisho_core::id::{CustomerId, NoticeId};
use sekisho_core::moment::Moment;
use sekisho_core::policy::FactorPolicy;
use sekisho_core::proof::{FactorProved, Method};
use sekisho_core::step_up::{Admission, BackupTried, Tried};
use sekisho_core::text::half_width;
use sekisho_seal::backup_code::BackupCode;
use sekisho_seal::prove::{CheckedBackup, check_backup};

use crate::fault::Fault;
use crate::gate::Gate;

/// More letters than anybody types for a code.
const LONGEST: usize = 64;

/// Reads what was typed, in any width and spelling.
fn read(typed: &str) -> Option<BackupCode> {
    let typed: String = typed.chars().take(LONGEST).collect();
    BackupCode::parse(&half_width(&typed))
}

/// Whether what was typed can be a backup code at all.
#[must_use]
pub fn is_backup_code(typed: &str) -> bool {
    read(typed).is_some()
}

impl Gate {
    /// Looks at what was typed for a thing, at a moment, unless the factor is locked.
    pub(crate) async fn prove_backup(
        &self,
        typed: &str,
        of: (Digest, CustomerId),
        at: (Admission, Moment),
    ) -> Result<(Tried, Option<FactorProved>), Fault> {
        let ((bound, customer), (admission, now)) = (of, at);
        let set = self.store().backup_codes(customer).await?;
        let usable = set.as_ref().filter(|_| admission != Admission::Locked);
        let checked = match (usable, read(typed)) {
            (Some(set), Some(code)) => check_backup(&self.keys().backups, set, &code, bound),
            (_, _) => CheckedBackup::Unknown,
        };
        let (proof, spent) = match checked {
            CheckedBackup::Unused(proof) => (Some(FactorProved::BackupCode(proof)), None),
            CheckedBackup::Spent(hash) => (None, Some(hash)),
            CheckedBackup::Unknown => (None, None),
        };
        let tried = BackupTried {
            set,
            spent,
            channels: self.store().channels(customer).await?,
            report: self.fresh_report()?,
            notice: NoticeId(self.dice().id(now)?),
        };
        Ok((Tried::BackupCode(Box::new(tried)), proof))
    }

    /// Whether backup codes are a way for the customer.
    pub(crate) async fn takes_backup(&self, customer: CustomerId) -> Result<bool, Fault> {
        if self.policy().factor(Method::BackupCode) == FactorPolicy::Forbid {
            return Ok(false);
        }
        let known = self.store().backup_codes(customer).await?;
        Ok(known.is_some_and(|known| known.left() > 0))
    }
}
