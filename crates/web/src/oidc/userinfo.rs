//! `/userinfo` (OpenID Connect Core section 5.3): who an access token speaks of.
//!
//! **Invariant:** nothing is told without a valid access token of ours.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::bearer;
use crate::problem::{Kind, Problem};
use crate::state::App;

/// What is told.
#[derive(Serialize, ToSchema)]
#[schema(as = UserInfo)]
pub struct UserInfoBody {
    /// The customer's number at the application.
    sub: String,
}

/// Tells who an access token speaks of.
///
/// # Errors
/// 401 without a valid access token, and faults.
#[utoipa::path(
    get, path = "/userinfo", operation_id = "userinfo", tag = "openid-connect",
    summary = "Who is there",
    responses((status = 200, description = "The claims.", body = UserInfoBody)),
    security(("access_token" = []))
)]
pub async fn userinfo(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let found = match bearer(&headers) {
        Some(token) => app.gate.userinfo(token).await?,
        None => None,
    };
    let info = found.ok_or_else(|| {
        let detail = "Send a valid access token: Authorization: Bearer …";
        Problem::new(Kind::CredentialInvalid, detail)
    })?;
    Ok(Json(UserInfoBody { sub: info.sub }).into_response())
}
