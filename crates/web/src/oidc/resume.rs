//! The act "authorize" goes on: `/authorize/resume`, before and after the customer signed in.
//!
//! **Invariant:** a proof that is younger than the request meets whatever the request asks for, so
//! that nobody is sent in a circle.

use axum::response::Response;
use secrecy::ExposeSecret as _;
use sekisho_core::id::AuthorizationId;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Locale;
use sekisho_core::proof::{ACR_VALUES, Method, acr};
use sekisho_gate::{AuthorizeParameters, Gate, Issued, Prompt, Session};

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
    let proof = session.as_ref().map(|session| Proof {
        at: session.proved(),
        methods: session.methods(),
    });
    match (stage(proof, &asked, (known.created, gate.now())), session) {
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

/// What a session proved.
#[derive(Clone, Copy, Debug)]
struct Proof<'a> {
    at: Moment,
    methods: &'a [Method],
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A code.
    Answer,
    /// `login_required`.
    Refuse,
    /// The sign-in page.
    SignIn,
}

fn stage(proof: Option<Proof<'_>>, asked: &AuthorizeParameters, times: (Moment, Moment)) -> Stage {
    let (created, now) = times;
    let enough = proof.is_some_and(|proof| {
        let fresh = proof.at >= created;
        let young = asked.max_age.is_none_or(|seconds| {
            now.since(proof.at) <= Span::seconds(i64::from(seconds)) && seconds > 0
        });
        let again = asked.prompt == Some(Prompt::Login);
        fresh || (young && !again && strong(proof.methods, &asked.acr_values))
    });
    match (enough, asked.prompt) {
        (true, _) => Stage::Answer,
        (false, Some(Prompt::None)) => Stage::Refuse,
        (false, _) => Stage::SignIn,
    }
}

/// Whether the methods reach the weakest of the wanted classes that we know; classes are a wish
/// (OpenID Connect Core section 3.1.2.1), and the ID token says which one was reached.
fn strong(methods: &[Method], wanted: &[String]) -> bool {
    let rank = |class: &str| ACR_VALUES.iter().position(|known| *known == class);
    let weakest = wanted.iter().filter_map(|class| rank(class)).min();
    weakest.is_none_or(|weakest| rank(acr(methods)) >= Some(weakest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED: Moment = Moment::from_unix_seconds(1000);
    const PASSWORD: &[Method] = &[Method::Password];
    const BOTH: &[Method] = &[Method::Password, Method::MailCode];

    fn after(proved: Option<(i64, &[Method])>, asked: &AuthorizeParameters) -> Stage {
        let proof = proved.map(|(at, methods)| Proof {
            at: Moment::from_unix_seconds(at),
            methods,
        });
        stage(proof, asked, (CREATED, Moment::from_unix_seconds(1010)))
    }

    fn asked(max_age: Option<u32>, prompt: Option<Prompt>, acr: &[&str]) -> AuthorizeParameters {
        AuthorizeParameters {
            max_age,
            prompt,
            acr_values: acr.iter().map(|class| (*class).to_owned()).collect(),
            ..AuthorizeParameters::default()
        }
    }

    #[test]
    fn a_session_answers_when_it_meets_what_was_asked() {
        let multi = sekisho_core::proof::ACR_MULTI;
        let single = sekisho_core::proof::ACR_SINGLE;
        for (proved, asked, expected) in [
            (None, asked(None, None, &[]), Stage::SignIn),
            (None, asked(None, Some(Prompt::None), &[]), Stage::Refuse),
            (Some((500, BOTH)), asked(None, None, &[]), Stage::Answer),
            (
                Some((500, BOTH)),
                asked(None, Some(Prompt::None), &[]),
                Stage::Answer,
            ),
            (
                Some((500, BOTH)),
                asked(None, Some(Prompt::Login), &[]),
                Stage::SignIn,
            ),
            (
                Some((1000, BOTH)),
                asked(None, Some(Prompt::Login), &[]),
                Stage::Answer,
            ),
            (Some((950, BOTH)), asked(Some(60), None, &[]), Stage::Answer),
            (Some((949, BOTH)), asked(Some(60), None, &[]), Stage::SignIn),
            (
                Some((949, BOTH)),
                asked(Some(60), Some(Prompt::None), &[]),
                Stage::Refuse,
            ),
            (Some((999, BOTH)), asked(Some(0), None, &[]), Stage::SignIn),
            (Some((1001, BOTH)), asked(Some(0), None, &[]), Stage::Answer),
            (
                Some((500, PASSWORD)),
                asked(None, None, &[multi]),
                Stage::SignIn,
            ),
            (
                Some((500, PASSWORD)),
                asked(None, None, &[multi, single]),
                Stage::Answer,
            ),
            (
                Some((500, PASSWORD)),
                asked(None, None, &["urn:foreign"]),
                Stage::Answer,
            ),
            (
                Some((500, BOTH)),
                asked(None, None, &["phr"]),
                Stage::SignIn,
            ),
            (
                Some((1001, BOTH)),
                asked(None, None, &["phr"]),
                Stage::Answer,
            ),
        ] {
            assert_eq!(after(proved, &asked), expected, "{proved:?} {asked:?}");
        }
    }
}
