//! The act "userinfo": whom an access token speaks of.
//!
//! **Invariant:** an access token tells nothing once its session has ended.

use sekisho_core::id::{ApplicationId, SessionId};
use sekisho_core::known::CustomerState;
use sekisho_seal::jws::KeySet;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::gate::Gate;

/// What `/userinfo` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserInfo {
    /// The customer's reference.
    pub sub: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct AccessClaims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: String,
    pub(super) client_id: ApplicationId,
    pub(super) sid: SessionId,
    pub(super) scope: String,
    pub(super) exp: i64,
    pub(super) iat: i64,
    pub(super) jti: String,
}

impl Gate {
    /// What `/userinfo` answers to an access token. One whose session has ended, or whose customer
    /// is frozen, is refused at once.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn userinfo(&self, access_token: &str) -> Result<Option<UserInfo>, Fault> {
        let verify = |keys: &KeySet| keys.verify(access_token, "at+jwt");
        let verified = self.verified(verify).await?;
        let claims =
            verified.and_then(|found| serde_json::from_slice::<AccessClaims>(&found.payload).ok());
        let now = self.now();
        let valid =
            claims.filter(|claims| claims.iss == self.issuer() && claims.exp > now.unix_seconds());
        let Some(claims) = valid else { return Ok(None) };
        let session = self.store().session_by_id(claims.sid).await?;
        let open = session.is_some_and(|session| {
            session.ends > now && session.customer.state == CustomerState::Active
        });
        Ok(open.then_some(UserInfo { sub: claims.sub }))
    }
}
