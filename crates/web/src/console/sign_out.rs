//! `/sign-out`: the end of a session.
//!
//! **Invariant:** whoever signs out keeps no cookie of the session.

use axum::response::Response;

use super::frame::onward;
use super::posted::Posted;
use super::visit::{SESSION, forget};
use crate::pages::Trouble;

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    if let Some(session) = posted.visit.session().await? {
        posted.proves_session("console_sign_out")?;
        posted.visit.gate().staff_sign_out(&session).await?;
    }
    let mut response = onward("/sign-in?told=out");
    forget(response.headers_mut(), SESSION);
    Ok(response)
}
