//! Applications and their credentials, from the command line.
//!
//! **Invariant:** a secret is shown once, when it is made; the store has its hash.

use sekisho_core::change::Change;
use sekisho_core::id::{ApiCredentialId, ApplicationId};
use sekisho_core::known::{ApiCredentialKnown, ApiScope, ApplicationKnown};
use sekisho_seal::token::{Token, TokenKind};

use crate::fault::Fault;
use crate::gate::Gate;

/// An application to register.
#[derive(Clone, Debug)]
pub struct NewApplication {
    /// The name shown to customers.
    pub name: String,
    /// Exact redirect addresses.
    pub redirect_uris: Vec<String>,
    /// Exact addresses after sign-out.
    pub post_logout_uris: Vec<String>,
    /// Whether it can keep a secret.
    pub confidential: Confidential,
}

/// Whether an application can keep a secret (RFC 6749 section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidential {
    /// A server.
    Yes,
    /// A browser or a phone: PKCE alone.
    No,
}

/// An application that was registered.
#[derive(Clone, Debug)]
pub struct FreshApplication {
    /// The id, also the `client_id`.
    pub id: ApplicationId,
    /// The client secret, shown once.
    pub secret: Option<Token>,
}

impl Gate {
    /// Registers an application.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn register_application(
        &self,
        new: NewApplication,
    ) -> Result<FreshApplication, Fault> {
        let now = self.now();
        let id = ApplicationId(self.dice().id(now)?);
        let secret = match new.confidential {
            Confidential::Yes => Some(self.token(TokenKind::ApplicationSecret)?),
            Confidential::No => None,
        };
        let change = Change::ApplicationRegistered {
            id,
            name: new.name,
            secret: secret.as_ref().map(Token::hash),
            redirect_uris: new.redirect_uris,
            post_logout_uris: new.post_logout_uris,
            at: now,
        };
        self.administer(&id.to_string(), vec![change]).await?;
        Ok(FreshApplication { id, secret })
    }

    /// All applications.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn applications(&self) -> Result<Vec<ApplicationKnown>, Fault> {
        Ok(self.store().applications().await?)
    }

    /// One application.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn application(&self, id: ApplicationId) -> Result<Option<ApplicationKnown>, Fault> {
        Ok(self.store().application(id).await?)
    }

    /// Makes an API credential.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn issue_credential(
        &self,
        application: ApplicationId,
        name: String,
        scopes: Vec<ApiScope>,
    ) -> Result<(ApiCredentialId, Token), Fault> {
        let now = self.now();
        let id = ApiCredentialId(self.dice().id(now)?);
        let token = self.token(TokenKind::ApiCredential)?;
        let hash = token.hash();
        let change = Change::ApiCredentialIssued {
            id,
            application,
            name,
            hash,
            scopes,
            at: now,
        };
        self.administer(&id.to_string(), vec![change]).await?;
        Ok((id, token))
    }

    /// All API credentials of an application.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn credentials(
        &self,
        application: ApplicationId,
    ) -> Result<Vec<ApiCredentialKnown>, Fault> {
        Ok(self.store().api_credentials(application).await?)
    }

    /// Revokes an API credential.
    ///
    /// # Errors
    /// [`Fault::Contended`] when there is none or it was revoked before.
    pub async fn revoke_credential(&self, id: ApiCredentialId) -> Result<(), Fault> {
        let change = Change::ApiCredentialRevoked { id, at: self.now() };
        self.administer(&id.to_string(), vec![change]).await
    }
}
