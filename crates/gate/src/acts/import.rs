//! The act "import": one customer of another system.
//!
//! **Invariant:** a hash is stored only if it can be verified here within bounds, and a login only
//! if it is one.

use sekisho_core::id::{CredentialId, CustomerId};
use sekisho_core::import::{Facts, decide};
use sekisho_core::login::Login;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::sign_up::Newcomer;
use sekisho_core::text::Reference;
use sekisho_core::verdict::Verdict;
use sekisho_seal::password::{HashRefusal, StoredHash};

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// One line.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// The customer number in the applications.
    pub reference: Reference,
    /// Mail address or phone number.
    pub login: Login,
    /// The stored hash, as the other system has it.
    pub hash: Option<String>,
    /// That of the transaction PIN, likewise.
    pub pin: Option<String>,
    /// When the other system had verified the login; `None` if it had not.
    pub verified: Option<Moment>,
    /// The language of notices.
    pub locale: Locale,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// Taken over.
    Added(CustomerId),
    /// The hash of the transaction PIN cannot be taken over.
    BadPin(HashRefusal),
    /// The hash cannot be taken over.
    BadHash(HashRefusal),
    /// The reference or the login is there already.
    There,
}

impl Gate {
    /// Takes one customer over.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn import(&self, line: ImportLine) -> Result<Imported, Fault> {
        let hash = match line.hash.as_deref().map(StoredHash::parse_imported) {
            Some(Err(refusal)) => return Ok(Imported::BadHash(refusal)),
            Some(Ok(hash)) => Some(hash.text().to_owned()),
            None => None,
        };
        let pin = match line.pin.as_deref().map(StoredHash::parse_imported) {
            Some(Err(refusal)) => return Ok(Imported::BadPin(refusal)),
            Some(Ok(hash)) => Some(hash.text().to_owned()),
            None => None,
        };
        for _ in 0..ROUNDS {
            let now = self.now();
            let by_reference = self.store().customer_by_reference(&line.reference).await?;
            let by_login = self.find_login(&line.login).await?;
            let taken = by_reference
                .map(|known| known.id)
                .or(by_login.map(|known| known.customer.id));
            let id = CustomerId(self.dice().id(now)?);
            let credential = match &hash {
                Some(hash) => Some((CredentialId(self.dice().id(now)?), hash.clone())),
                None => None,
            };
            let newcomer = Newcomer {
                id,
                reference: line.reference.clone(),
                locale: line.locale,
                channel: self.fresh_channel(&line.login)?,
                login: self.keys().login_name(&line.login),
                credential,
            };
            let decision = self.fresh_decision(now)?;
            let facts = Facts {
                taken,
                verified: line.verified,
                newcomer,
                pin: match &pin {
                    Some(hash) => Some((CredentialId(self.dice().id(now)?), hash.clone())),
                    None => None,
                },
                decision,
                now,
            };
            let decided = decide(&facts, &self.policy());
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::Allow => Imported::Added(id),
                Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => Imported::There,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
