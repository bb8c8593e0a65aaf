//! What an OpenID Connect request wants of the customer's proof, and whether a session has it.
//!
//! **Invariant:** a proof that is younger than the request meets whatever the request asks for, so
//! that nobody is sent in a circle.

use serde::{Deserialize, Serialize};

use crate::known::SessionKnown;
use crate::moment::{Moment, Span};
use crate::proof::{ACR_VALUES, Method, acr};

/// `prompt`, as far as it changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Prove it again.
    Login,
    /// Show nothing.
    None,
}

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Wanted `acr`, best first.
    pub acr_values: Vec<String>,
    /// Most seconds since the customer proved who they are.
    pub max_age: Option<u32>,
    /// Whether the customer is asked to prove it again, or must not be asked at all.
    pub prompt: Option<Prompt>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A code.
    Answer,
    /// `login_required`.
    Refuse,
    /// The sign-in page.
    SignIn,
}

impl Wanted {
    /// What comes next for a request of the first of `times`, at the second.
    #[must_use]
    pub fn stage(&self, session: Option<&SessionKnown>, times: (Moment, Moment)) -> Stage {
        let (created, now) = times;
        let enough = session.is_some_and(|session| {
            let proved = session.proved;
            let young = self.max_age.is_none_or(|seconds| {
                now.since(proved) <= Span::seconds(i64::from(seconds)) && seconds > 0
            });
            let again = self.prompt == Some(Prompt::Login);
            proved >= created || (young && !again && self.is_reached(&session.methods))
        });
        match (enough, self.prompt) {
            (true, _) => Stage::Answer,
            (false, Some(Prompt::None)) => Stage::Refuse,
            (false, _) => Stage::SignIn,
        }
    }

    /// Whether the methods reach the weakest of the wanted classes that we know; classes are a wish
    /// (OpenID Connect Core section 3.1.2.1), and the ID token says which one was reached.
    fn is_reached(&self, methods: &[Method]) -> bool {
        let rank = |class: &str| ACR_VALUES.iter().position(|known| *known == class);
        let weakest = self.acr_values.iter().filter_map(|class| rank(class)).min();
        weakest.is_none_or(|weakest| rank(acr(methods)) >= Some(weakest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::proof::{ACR_MULTI, ACR_SINGLE};

    const CREATED: Moment = Moment::from_unix_seconds(1000);
    const PASSWORD: &[Method] = &[Method::Password];
    const BOTH: &[Method] = &[Method::Password, Method::MailCode];

    fn after(proved: Option<(i64, &[Method])>, asked: &Wanted) -> Stage {
        let session = proved.map(|(at, methods)| {
            let mut session = crate::sample::session(1, 1);
            session.proved = Moment::from_unix_seconds(at);
            session.methods = methods.to_vec();
            session
        });
        let times = (CREATED, Moment::from_unix_seconds(1010));
        asked.stage(session.as_ref(), times)
    }

    fn asked(max_age: Option<u32>, prompt: Option<Prompt>, acr: &[&str]) -> Wanted {
        Wanted {
            max_age,
            prompt,
            acr_values: acr.iter().map(|class| (*class).to_owned()).collect(),
        }
    }

    #[test]
    fn a_session_answers_when_it_meets_what_was_asked() {
        let (multi, single) = (ACR_MULTI, ACR_SINGLE);
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
