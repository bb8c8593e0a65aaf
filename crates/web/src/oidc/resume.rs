//! The act "authorize" goes on: `/authorize/resume`, before and after the customer signed in.
//!
//! **Invariant:** nothing is judged here: what comes next is asked, and the code that is issued is
//! decided on once more.

use axum::response::Response;
use secrecy::ExposeSecret as _;
use sekisho_core::authorize::Stage;
use sekisho_core::id::AuthorizationId;
use sekisho_core::notice::Locale;
use sekisho_gate::{Gate, Issued, Session};

use super::authorize::refuse;
use super::error::OidcError;
use super::uri::{see_other, with_query};
use crate::pages::{Arrival, Trouble};

/// The sign-in page.
const SIGN_IN: &str = "/sign-in";
/// Answers a kept request: with a code, with an error, or by asking the customer.
///
/// # Errors
/// A page, when the request is over or was answered.
pub async fn resume(arrival: Arrival) -> Result<Response, Trouble> {
    let gate = &arrival.app().gate;
    let id: Option<AuthorizationId> = arrival.asked("id").and_then(|id| id.parse().ok());
    let id = id.ok_or(Trouble::Expired)?;
    let kept = gate.authorization(id).await?;
    let (known, asked, _) = kept.ok_or(Trouble::Expired)?;
    let session = arrival.session().await?;
    match (gate.stage(session.as_ref(), &known, &asked), session) {
        (Stage::Answer, Some(session)) => {
            let back = issue(gate, &session, id).await?;
            Ok(see_other(&back))
        }
        (Stage::Refuse, _) => {
            let error = OidcError::new("login_required", "the customer has to sign in");
            Ok(refuse(
                &known.redirect_uri,
                error,
                asked.state.as_deref(),
                gate.issuer(),
            ))
        }
        _ => {
            let back = with_query("/authorize/resume", &[("id", &id.to_string())]);
            let mut pairs = vec![("return_to", back.as_str())];
            let wanted = asked.ui_locales.iter().find_map(|tag| Locale::parse(tag));
            pairs.extend(wanted.map(|locale| ("lang", locale.tag())));
            Ok(see_other(&with_query(SIGN_IN, &pairs)))
        }
    }
}

/// The address that takes a code to the application.
async fn issue(gate: &Gate, session: &Session, id: AuthorizationId) -> Result<String, Trouble> {
    match gate.issue_code(session, id).await? {
        Issued::Code {
            code,
            redirect_uri,
            state,
        } => {
            let mut pairs = vec![("code", code.text().expose_secret())];
            pairs.extend(state.as_deref().map(|state| ("state", state)));
            pairs.push(("iss", gate.issuer()));
            Ok(with_query(&redirect_uri, &pairs))
        }
        Issued::Refused => Err(Trouble::Expired),
    }
}
