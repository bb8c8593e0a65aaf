//! The act "enrol" for backup codes: the secrets that a customer keeps on paper.
//!
//! **Invariant:** the codes of a set leave here once, to the session that made it.

use secrecy::SecretString;
use sekisho_core::enrol::backup_code::{FEW, Facts, decide_make};
use sekisho_core::id::CredentialId;
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::verdict::Verdict;
use sekisho_seal::backup_code::{BackupCode, CODES};

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::visitor::Visitor;

/// A set of backup codes, as its owner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupView {
    /// When it was made.
    pub made: Moment,
    /// How many of its codes can still be used.
    pub left: usize,
    /// Whether these are so few that there should be a new set.
    pub few: bool,
}

/// Whether a set can be made in a session now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    /// The policy takes no backup codes.
    Forbidden,
    /// It can.
    Open,
    /// The customer has to prove again who they are.
    ProveAgain,
}

/// What became of the wish for a set.
#[derive(Clone, Debug)]
pub enum BackupMade {
    /// The codes, as they are printed.
    Made(Vec<SecretString>),
    /// The customer has to prove again who they are.
    ProveAgain,
    /// The policy takes none, or the account is frozen.
    Refused,
}

impl Gate {
    /// The backup codes of a session's customer, and whether new ones can be made.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn backup_codes(
        &self,
        session: &Session,
    ) -> Result<(Option<BackupView>, Making), Fault> {
        let facts = self.backup_facts(session).await?;
        let making = match facts.refusal(&self.policy()) {
            None => Making::Open,
            Some(Reason::PolicyRequires) => Making::Forbidden,
            Some(_) => Making::ProveAgain,
        };
        let view = facts.known.map(|known| BackupView {
            made: known.made,
            left: known.left(),
            few: known.left() <= FEW,
        });
        Ok((view, making))
    }

    /// Makes a set in the place of the one there is.
    ///
    /// # Errors
    /// Those of the store and the dice.
    pub async fn make_backup_codes(
        &self,
        session: &Session,
        visitor: &Visitor,
    ) -> Result<BackupMade, Fault> {
        let customer = session.customer();
        let (_, context) = self.recognise(visitor, Some(customer)).await?;
        for _ in 0..ROUNDS {
            let facts = self.backup_facts(session).await?;
            let mut random = [[0; 10]; CODES];
            for one in &mut random {
                *one = self.dice().bytes()?;
            }
            let codes = BackupCode::set_from_random(random);
            let hash = |code| self.keys().backups.hash(code, customer);
            let hashes: Vec<_> = codes.iter().map(hash).collect();
            let id = CredentialId(self.dice().id(facts.owner.now)?);
            let decision = decide_make(&facts, &context, (id, &hashes), &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::Allow => BackupMade::Made(codes.iter().map(BackupCode::display).collect()),
                _ if committed.reasons().contains(&Reason::ProofStale) => BackupMade::ProveAgain,
                _ => BackupMade::Refused,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn backup_facts(&self, session: &Session) -> Result<Facts, Fault> {
        Ok(Facts {
            owner: self.owner(session).await?,
            known: self.store().backup_codes(session.customer()).await?,
        })
    }
}
