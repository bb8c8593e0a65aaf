//! People of the firm, from the command line, and the proof that one of them is there.
//!
//! **Invariant:** an unknown name, a wrong secret, a person who may no more and too many tries get
//! one and the same answer.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bytes::CounterKey;
use sekisho_core::change::{Change, StaffChange};
use sekisho_core::guess::Counted;
use sekisho_core::id::StaffId;
use sekisho_core::known::{StaffKnown, StaffName, StaffRole};
use sekisho_core::proof::StaffProved;
use sekisho_core::step_up::Admission;
use sekisho_seal::prove::prove_staff;
use sekisho_seal::token::{Token, TokenKind};

use crate::fault::Fault;
use crate::gate::Gate;

/// Who somebody says they are.
#[derive(Clone, Debug)]
pub struct StaffClaim {
    /// The name.
    pub name: StaffName,
    /// The secret.
    pub secret: SecretString,
}

/// Who somebody is, and the counter of tries at their secret.
pub(crate) struct Proved {
    pub(crate) staff: StaffProved,
    pub(crate) tries: CounterKey,
}

impl Gate {
    /// Adds a person; `None` when the name is taken.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn add_staff(
        &self,
        name: StaffName,
        roles: Vec<StaffRole>,
    ) -> Result<Option<(StaffId, Token)>, Fault> {
        let now = self.now();
        let id = StaffId(self.dice().id(now)?);
        let secret = self.token(TokenKind::Staff)?;
        let added = StaffChange::Added(StaffKnown {
            id,
            name,
            roles,
            hash: self.keys().staff.hash(&secret),
            created: now,
            disabled: None,
            revision: 1,
        });
        let landed = self.change_staff(id, added, None).await?;
        Ok(landed.then_some((id, secret)))
    }

    /// Every person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn all_staff(&self) -> Result<Vec<StaffKnown>, Fault> {
        Ok(self.store().all_staff().await?)
    }

    /// A person may do nothing any more; whether there was one who might.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn disable_staff(&self, name: &StaffName) -> Result<bool, Fault> {
        let Some(known) = self.store().staff(name).await? else {
            return Ok(false);
        };
        let (id, revision, at) = (known.id, known.revision, self.now());
        let disabled = StaffChange::Disabled { id, revision, at };
        self.change_staff(id, disabled, None).await
    }

    /// A person gets another secret, and may try again if too many tries were wrong; `None` when
    /// there is none who may.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rotate_staff(&self, name: &StaffName) -> Result<Option<Token>, Fault> {
        let Some(known) = self.store().staff(name).await? else {
            return Ok(None);
        };
        let secret = self.token(TokenKind::Staff)?;
        let rotated = StaffChange::Rotated {
            id: known.id,
            revision: known.revision,
            hash: self.keys().staff.hash(&secret),
        };
        let tries = self.staff_tries(name);
        let landed = self.change_staff(known.id, rotated, Some(tries)).await?;
        Ok(landed.then_some(secret))
    }

    async fn change_staff(
        &self,
        id: StaffId,
        change: StaffChange,
        cleared: Option<CounterKey>,
    ) -> Result<bool, Fault> {
        let mut changes = vec![Change::Staff(change)];
        changes.extend(cleared.map(|key| Change::TriesCleared { key }));
        match self.administer(&id.to_string(), changes).await {
            Ok(()) => Ok(true),
            Err(Fault::Contended { .. }) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    fn staff_tries(&self, name: &StaffName) -> CounterKey {
        self.keys().counter("staff", name.as_str().as_bytes(), None)
    }

    /// Counts a try and compares the secret.
    pub(crate) async fn prove_staff(&self, claim: &StaffClaim) -> Result<Option<Proved>, Fault> {
        let tries = self.staff_tries(&claim.name);
        if self.reserve(Counted::Staff, tries, None).await? == Admission::Locked {
            return Ok(None);
        }
        let Some(secret) = Token::parse(TokenKind::Staff, claim.secret.expose_secret().trim())
        else {
            return Ok(None);
        };
        let known = self.store().staff(&claim.name).await?;
        let staff = prove_staff(&self.keys().staff, known.as_ref(), &secret);
        Ok(staff.map(|staff| Proved { staff, tries }))
    }
}
