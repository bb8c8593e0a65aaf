//! The acts "enrol" and "discard" for the customer's authenticator app.
//!
//! **Invariant:** a secret leaves here only until it is confirmed, and only to the session that
//! asked for it.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bound::Bound;
use sekisho_core::enrol::totp::{self, Facts};
use sekisho_core::id::CredentialId;
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_seal::totp::TotpSecret;

use super::account::Session;
use super::enrol::{Enrolled, enrolled};
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;

/// What the page of the authenticator app shows.
#[derive(Clone, Debug)]
pub enum Totp {
    /// There is none, and one may be added.
    Absent,
    /// There is one.
    Added {
        /// Since when.
        since: Moment,
        /// When it was last used.
        last: Option<Moment>,
        /// Whether it can be removed now; otherwise the customer has to prove again who they are.
        removable: bool,
    },
    /// One is being added in this session.
    Adding {
        /// The secret in groups of four letters, for who types it into the app.
        secret: SecretString,
        /// The same as an address that the app opens.
        uri: SecretString,
    },
    /// The policy takes no codes of an app.
    Forbidden,
    /// The customer has to prove again who they are.
    ProveAgain,
}

impl Gate {
    /// The authenticator app of a session's customer; `issuer` is what a new one shows of whose
    /// codes it makes.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn totp(&self, session: &Session, issuer: &str) -> Result<Totp, Fault> {
        let facts = self.totp_facts(session).await?;
        let policy = self.policy();
        if let Some(known) = facts.confirmed() {
            return Ok(Totp::Added {
                since: known.confirmed.unwrap_or(known.begun),
                last: known.last,
                removable: facts.owner.refusal(&policy).is_none(),
            });
        }
        Ok(match (facts.refusal(&policy), facts.pending()) {
            (Some(Reason::PolicyRequires), _) => Totp::Forbidden,
            (Some(_), _) => Totp::ProveAgain,
            (None, None) => Totp::Absent,
            (None, Some(known)) => {
                let secret = self.keys().open_totp(known)?;
                Totp::Adding {
                    secret: grouped(&secret.base32()),
                    uri: secret.uri(issuer, &self.user_name(&facts.owner)?),
                }
            }
        })
    }

    /// Draws a secret for an app, which counts for nothing until it is confirmed.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn totp_begin(&self, session: &Session) -> Result<Enrolled, Fault> {
        for _ in 0..ROUNDS {
            let facts = self.totp_facts(session).await?;
            let id = CredentialId(self.dice().id(facts.owner.now)?);
            let secret = TotpSecret::from_random(self.dice().bytes()?);
            let place = Place::Totp(id);
            let sealed = self
                .keys()
                .seal(place, secret.expose_bytes(), self.dice())?;
            let decision = totp::decide_begin(&facts, (id, sealed), &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(enrolled(&committed));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Takes the app that is being added, if `code` is right. The code of the customer's own new
    /// secret, which is on the page, is nothing to guess: no try is counted.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn totp_confirm(&self, session: &Session, code: &str) -> Result<Enrolled, Fault> {
        for _ in 0..ROUNDS {
            let facts = self.totp_facts(session).await?;
            let of = (
                Bound::EnrolTotp(facts.owner.session.id).digest(),
                facts.owner.now,
            );
            let proof = match facts.pending() {
                Some(known) => self.prove_app(known, code, of)?,
                None => None,
            };
            let decision = totp::decide_confirm(&facts, proof.as_ref(), &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(enrolled(&committed));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Removes the app, or gives up adding one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn totp_remove(&self, session: &Session) -> Result<Enrolled, Fault> {
        for _ in 0..ROUNDS {
            let facts = self.totp_facts(session).await?;
            let decision = totp::decide_remove(&facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(enrolled(&committed));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn totp_facts(&self, session: &Session) -> Result<Facts, Fault> {
        Ok(Facts {
            owner: self.owner(session).await?,
            known: self.store().totp(session.customer()).await?,
        })
    }
}

fn grouped(secret: &SecretString) -> SecretString {
    let mut grouped = String::with_capacity(48);
    for (place, letter) in secret.expose_secret().chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(letter);
    }
    grouped.into()
}
