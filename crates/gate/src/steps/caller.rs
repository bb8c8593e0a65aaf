//! Who calls the API: a bearer credential, looked up by its hash.
//!
//! Answers are kept for one second, so that a busy application does not ask the database for each
//! request; a revoked credential stops working on every node within that second.
//!
//! **Invariant:** a credential is known by its hash alone, and at most [`MOST`] answers are kept.

use sekisho_core::id::{ApiCredentialId, ApplicationId};
use sekisho_core::known::ApiScope;
use sekisho_core::moment::{Moment, Span};
use sekisho_seal::token::{Token, TokenKind};

use crate::fault::Fault;
use crate::gate::Gate;

const KEPT: Span = Span::seconds(1);
const MOST: usize = 1024;

/// An application that proved who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The application.
    pub application: ApplicationId,
    /// The credential it used.
    pub credential: ApiCredentialId,
    /// What the credential may do.
    pub scopes: Vec<ApiScope>,
}

/// A kept answer.
pub(crate) struct Cached {
    caller: Caller,
    at: Moment,
}

impl Gate {
    /// The application behind a bearer credential; `None` when there is none or it was revoked.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn caller(&self, bearer: &str) -> Result<Option<Caller>, Fault> {
        let Some(token) = Token::parse(TokenKind::ApiCredential, bearer) else {
            return Ok(None);
        };
        let (hash, now) = (token.hash(), self.now());
        let kept = self.callers().lock().ok().and_then(|kept| {
            let found = kept.get(&hash)?;
            (now >= found.at && now.since(found.at) < KEPT).then(|| found.caller.clone())
        });
        if kept.is_some() {
            return Ok(kept);
        }
        let known = self
            .store()
            .api_credential(hash)
            .await?
            .map(|(known, _)| known);
        let known = known.filter(|known| known.revoked.is_none());
        let Some(known) = known else { return Ok(None) };
        let caller = Caller {
            application: known.application,
            credential: known.id,
            scopes: known.scopes,
        };
        if let Ok(mut kept) = self.callers().lock() {
            if kept.len() >= MOST {
                kept.clear();
            }
            kept.insert(
                hash,
                Cached {
                    caller: caller.clone(),
                    at: now,
                },
            );
        }
        Ok(Some(caller))
    }
}
