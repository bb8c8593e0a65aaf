//! The act "authorize" goes on: `/authorize/resume`, before and after the customer signed in.
//!
//! **Invariant:** a proof that is younger than the request meets whatever the request asks for, so
//! that nobody is sent in a circle.

use axum::extract::{Request, State};
use axum::response::Response;
use secrecy::ExposeSecret as _;
use sekisho_core::id::AuthorizationId;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::proof::{ACR_VALUES, Method, acr};
use sekisho_gate::{AuthorizeParameters, Fault, Issued, Prompt, Session};

use super::authorize::refuse;
use super::error::OidcError;
use super::page::{Stranded, broken, stranded};
use super::parameters::Parameters;
use super::uri::{see_other, with_query};
use crate::cookies;
use crate::state::App;

/// The sign-in page.
const SIGN_IN: &str = "/sign-in";

/// Answers a kept request: with a code, with an error, or by asking the customer.
pub async fn resume(State(app): State<App>, request: Request) -> Response {
    let cookie = cookies::read(request.headers(), cookies::SESSION).map(str::to_owned);
    let parameters = Parameters::read(request).await.unwrap_or_default();
    let id = parameters.one("id").and_then(|id| id.parse().ok());
    answer(&app, id, cookie)
        .await
        .unwrap_or_else(|fault| broken(&fault))
}

async fn answer(
    app: &App,
    id: Option<AuthorizationId>,
    cookie: Option<String>,
) -> Result<Response, Fault> {
    let kept = match id {
        Some(id) => app.gate.authorization(id).await?,
        None => None,
    };
    let (Some(id), Some((known, asked, _))) = (id, kept) else {
        return Ok(stranded(Stranded::Over));
    };
    let session = match cookie {
        Some(cookie) => app.gate.session(&cookie).await?,
        None => None,
    };
    let proof = session.as_ref().map(|session| Proof {
        at: session.proved(),
        methods: session.methods(),
    });
    match (
        stage(proof, &asked, (known.created, app.gate.now())),
        session,
    ) {
        (Stage::Answer, Some(session)) => issue(app, &session, id).await,
        (Stage::Refuse, _) => {
            let error = OidcError::new("login_required", "the customer has to sign in");
            let state = asked.state.as_deref();
            Ok(refuse(&known.redirect_uri, error, state, app.gate.issuer()))
        }
        _ => {
            let back = with_query("/authorize/resume", &[("id", &id.to_string())]);
            Ok(see_other(&with_query(SIGN_IN, &[("return_to", &back)])))
        }
    }
}

async fn issue(app: &App, session: &Session, id: AuthorizationId) -> Result<Response, Fault> {
    match app.gate.issue_code(session, id).await? {
        Issued::Code {
            code,
            redirect_uri,
            state,
        } => {
            let mut pairs = vec![("code", code.text().expose_secret())];
            pairs.extend(state.as_deref().map(|state| ("state", state)));
            pairs.push(("iss", app.gate.issuer()));
            Ok(see_other(&with_query(&redirect_uri, &pairs)))
        }
        Issued::Refused => Ok(stranded(Stranded::Over)),
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
