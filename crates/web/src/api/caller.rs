//! Who calls: the bearer credential of an application (RFC 6750).
//!
//! **Invariant:** a missing, wrong or revoked credential gets one and the same answer.

use axum::http::{HeaderMap, header};
use sekisho_core::known::ApiScope;
use sekisho_gate::{Caller, Gate};

use crate::problem::{Kind, Problem};

/// The application that calls, if it may do what `scope` covers.
///
/// # Errors
/// 401 without a valid credential, 403 without the scope.
pub async fn caller(gate: &Gate, headers: &HeaderMap, scope: ApiScope) -> Result<Caller, Problem> {
    let caller = known(gate, headers).await?;
    if caller.scopes.contains(&scope) {
        return Ok(caller);
    }
    let detail = format!("The credential needs the scope {}.", scope.word());
    Err(Problem::new(Kind::ScopeMissing, detail))
}

/// The application that calls, whatever it may do.
///
/// # Errors
/// 401 without a valid credential.
pub async fn known(gate: &Gate, headers: &HeaderMap) -> Result<Caller, Problem> {
    let found = match bearer(headers) {
        Some(token) => gate.caller(token).await?,
        None => None,
    };
    found.ok_or_else(|| {
        let detail = "Send an API credential that is valid: Authorization: Bearer ska_…";
        Problem::new(Kind::CredentialInvalid, detail)
    })
}

/// The token of the one `Authorization: Bearer` header.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
