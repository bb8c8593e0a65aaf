//! The act "authorize": a session lets an application know who is there (OpenID Connect
//! authorization code flow).
//!
//! **Invariant:** a code is issued for a live session of a customer who is not frozen and whose
//! proof is what the request wants, to the redirect address that was validated when the request
//! came in, and is exchanged once.

mod wanted;

pub use wanted::{Prompt, Stage, Wanted};

use crate::access::Act;
use crate::bytes::TokenHash;
use crate::change::{AuthorizationRequested, Change, CodeIssued};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{ApplicationId, AuthorizationId, DecisionId};
use crate::known::{ApplicationKnown, AuthorizationKnown, CodeKnown, CustomerState, SessionKnown};
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// For how long a request waits for the customer.
pub const REQUEST_LIFE: Span = Span::minutes(30);
/// For how long a code works (RFC 6749 section 4.1.2: at most 10 minutes; RFC 9700 asks for short).
pub const CODE_LIFE: Span = Span::seconds(60);

/// A request to keep, already validated against the application's registration.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The application.
    pub application: ApplicationKnown,
    /// One of its redirect addresses.
    pub redirect_uri: String,
    /// The other parameters as JSON.
    pub parameters: String,
    /// What counts it, from [`crate::guess::Requests::count`].
    pub counting: Vec<Change>,
}

/// Keeps a request while the customer signs in.
pub fn decide(
    attempt: &Attempt,
    fresh: (DecisionId, AuthorizationId),
    now: Moment,
    policy: &Policy,
) -> Decision {
    let application = attempt.application.id;
    let requested = Change::AuthorizationRequested(AuthorizationRequested {
        id: fresh.1,
        application,
        redirect_uri: attempt.redirect_uri.clone(),
        parameters: attempt.parameters.clone(),
        at: now,
        expires: now.plus(REQUEST_LIFE),
    });
    Decision::of(entry(fresh.0, application, now, policy))
        .with(attempt.counting.iter().cloned())
        .with([requested])
}

fn entry(id: DecisionId, application: ApplicationId, at: Moment, policy: &Policy) -> Entry {
    Entry {
        id,
        at,
        act: Act::Authorize,
        actor: Actor::Application(application),
        customer: None,
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    }
}

/// What is known when a session answers a request.
#[derive(Clone, Debug)]
pub struct IssueFacts {
    /// The request.
    pub authorization: AuthorizationKnown,
    /// What it wants of the customer's proof.
    pub wanted: Wanted,
    /// The session.
    pub session: SessionKnown,
    /// Hash of the code.
    pub code: TokenHash,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Issues a code.
pub fn decide_issue(facts: &IssueFacts, policy: &Policy) -> Decision {
    let IssueFacts {
        authorization,
        session,
        ..
    } = facts;
    let mut entry = entry(facts.decision, authorization.application, facts.now, policy);
    entry.customer = Some(session.customer.id);
    let reason = if session.customer.state == CustomerState::Frozen {
        Some(Reason::Frozen)
    } else if authorization.expires <= facts.now {
        Some(Reason::Expired)
    } else {
        let times = (authorization.created, facts.now);
        let stage = facts.wanted.stage(Some(session), times);
        (stage != Stage::Answer).then_some(Reason::ProofStale)
    };
    if let Some(reason) = reason {
        entry.verdict = Verdict::Refuse;
        entry.reasons = vec![reason];
        return Decision::of(entry);
    }
    Decision::of(entry).with([Change::CodeIssued(CodeIssued {
        code: facts.code,
        authorization: authorization.id,
        customer: session.customer.id,
        session: session.id,
        proved: session.proved,
        methods: session.methods.clone(),
        expires: facts.now.plus(CODE_LIFE),
    })])
}

/// What is known when an application exchanges a code.
#[derive(Clone, Debug)]
pub struct ExchangeFacts {
    /// The code, if there is such a one.
    pub code: Option<CodeKnown>,
    /// The session it was issued for, if that has not ended.
    pub session: Option<SessionKnown>,
    /// Its hash.
    pub hash: TokenHash,
    /// The authenticated application.
    pub application: ApplicationId,
    /// The redirect address the application repeats.
    pub redirect_uri: String,
    /// Whether the PKCE verifier fits.
    pub verifier: Verifier,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Whether a PKCE verifier fits its challenge (RFC 7636 section 4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verifier {
    /// It does.
    Fits,
    /// It does not.
    Misses,
}

/// Exchanges a code. A code that comes twice ends the session it was issued for (RFC 6749 section
/// 4.1.2).
pub fn decide_exchange(facts: &ExchangeFacts, policy: &Policy) -> Decision {
    let mut entry = entry(facts.decision, facts.application, facts.now, policy);
    entry.customer = facts.code.as_ref().map(|code| code.customer.id);
    let own = facts.code.as_ref().filter(|code| {
        code.authorization.application == facts.application
            && code.authorization.redirect_uri == facts.redirect_uri
            && facts.verifier == Verifier::Fits
    });
    // Only whoever could have exchanged it can end the session by coming twice.
    if let Some(code) = own.filter(|code| code.redeemed.is_some()) {
        entry.verdict = Verdict::Refuse;
        entry.reasons = vec![Reason::CodeExpired];
        return Decision::of(entry).with([Change::SessionEnded {
            id: code.session,
            at: facts.now,
        }]);
    }
    let valid = own.is_some_and(|code| {
        code.customer.state == CustomerState::Active
            && code.expires > facts.now
            && facts.session.is_some()
    });
    if !valid {
        entry.verdict = Verdict::Refuse;
        entry.reasons = vec![Reason::CodeWrong];
        return Decision::of(entry);
    }
    Decision::of(entry).with([Change::CodeRedeemed {
        code: facts.hash,
        at: facts.now,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NOW, policy, session};

    fn facts(wanted: Wanted) -> IssueFacts {
        IssueFacts {
            authorization: AuthorizationKnown {
                id: AuthorizationId([1; 16]),
                application: ApplicationId([2; 16]),
                redirect_uri: "https://hinode.example/callback".to_owned(),
                parameters: String::new(),
                created: NOW,
                expires: NOW.plus(REQUEST_LIFE),
            },
            wanted,
            session: session(1, 1),
            code: TokenHash([3; 32]),
            decision: DecisionId([4; 16]),
            now: NOW,
        }
    }

    #[test]
    fn no_code_is_issued_for_a_proof_that_the_request_does_not_want() {
        let age = Wanted {
            max_age: Some(60),
            ..Wanted::default()
        };
        let class = Wanted {
            acr_values: vec!["phr".to_owned()],
            ..Wanted::default()
        };
        let again = Wanted {
            prompt: Some(Prompt::Login),
            ..Wanted::default()
        };
        // The session was opened an hour ago by password and code.
        for wanted in [age, class, again] {
            let mut facts = facts(wanted);
            let decision = decide_issue(&facts, &policy());
            assert_eq!(decision.reasons(), [Reason::ProofStale], "{facts:?}");
            assert!(decision.changes.is_empty());
            facts.session.proved = NOW;
            assert_eq!(decide_issue(&facts, &policy()).verdict(), &Verdict::Allow);
        }
        let plain = decide_issue(&facts(Wanted::default()), &policy());
        assert_eq!(plain.verdict(), &Verdict::Allow);
    }
}
