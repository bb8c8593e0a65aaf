//! The act "prove": a customer who is signed in shows once more who they are, before something that
//! protects the account is changed.
//!
//! **Invariant:** a proof of this kind counts for one session and for `security.fresh_minutes`, and
//! what was proved when the session was opened counts no longer than that either.

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{CounterKey, TokenHash};
use crate::change::{Change, SessionProved};
use crate::context::Context;
use crate::decision::Decision;
use crate::elsewhere::{Elsewhere, ProofPlace};
use crate::entry::{Actor, Entry};
use crate::guess::Sends;
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChallengeKnown, ChannelKnown, CustomerState, SessionKnown};
use crate::moment::{Moment, Span};
use crate::passkey::Usable;
use crate::policy::Policy;
use crate::proof::{FactorProved, Method};
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::step_up::{Addressee, Admission, FreshChallenge, Tried};
use crate::step_up::{code_channel, failed, locked, recipient, send};
use crate::verdict::{Requirement, Verdict};
use secrecy::SecretString;

/// By what the customer may prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// By whatever the policy allows.
    Any,
    /// By a passkey alone, since there is one: whoever has the password and the mailbox must not
    /// change what protects the account either (the downgrade lock).
    Passkey,
}

impl Ways {
    /// Those of a customer with these passkeys.
    #[must_use]
    pub fn of(passkeys: &Usable, policy: &Policy) -> Self {
        if passkeys.any() && !policy.passkey.lock.is_empty() {
            Self::Passkey
        } else {
            Self::Any
        }
    }
}

/// What was proved in this session lately enough for a change of what protects the account: from
/// elsewhere nothing was.
#[must_use]
pub fn fresh(session: &SessionKnown, now: Moment, policy: &Policy) -> Vec<Method> {
    if session.elsewhere != Elsewhere::Same {
        return Vec::new();
    }
    let life = Span::minutes(i64::from(policy.security.fresh_minutes));
    let opened: &[Method] = match now.since(session.proved) < life {
        true => &session.methods,
        false => &[],
    };
    let again = session.again.filter(|(_, at)| now.since(*at) < life);
    opened
        .iter()
        .copied()
        .chain(again.map(|(method, _)| method))
        .collect()
}

/// What has to be proved anew before this session may change what protects the account.
#[must_use]
pub fn missing(
    session: &SessionKnown,
    ways: Ways,
    now: Moment,
    policy: &Policy,
) -> Vec<Requirement> {
    let fresh = fresh(session, now, policy);
    let met = |requirement: &Requirement| fresh.iter().any(|method| method.meets(*requirement));
    let lock = match ways {
        Ways::Any => None,
        Ways::Passkey => Some(Requirement::PhishingResistant),
    };
    let required = policy.security.require.iter().copied().chain(lock);
    required.filter(|requirement| !met(requirement)).collect()
}

fn entry(session: &SessionKnown, at: (DecisionId, Moment), policy: &Policy) -> Entry {
    Entry {
        id: at.0,
        at: at.1,
        act: Act::Prove,
        actor: Actor::Customer,
        customer: Some(session.customer.id),
        operation: None,
        verdict: Verdict::Refuse,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    }
}

/// What is known when a code is asked for.
#[derive(Debug)]
pub struct SendFacts {
    /// The session.
    pub session: SessionKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// By what it may be proved.
    pub ways: Ways,
    /// An unused code that is bound to the session.
    pub challenge: Option<ChallengeKnown>,
    /// The counter of messages to the customer.
    pub sends: Sends,
    /// The new code.
    pub fresh: FreshChallenge,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Sends a code for this session, if the last one is not too young and there were not too many.
pub fn decide_send(facts: &SendFacts, policy: &Policy) -> Decision {
    let wait = Span::seconds(i64::from(policy.code.resend_seconds));
    let young = facts
        .challenge
        .as_ref()
        .is_some_and(|known| facts.now.since(known.sent) < wait);
    let counting = facts.sends.count(facts.now, policy);
    let mut entry = entry(&facts.session, (facts.decision, facts.now), policy);
    let channel = match facts.ways {
        Ways::Any => code_channel(&facts.channels, policy),
        Ways::Passkey => None,
    };
    let (Some(channel), false, Some(counting)) = (channel, young, counting) else {
        entry.reasons = vec![match channel {
            None => Reason::PolicyRequires,
            Some(_) => Reason::TriesExhausted,
        }];
        return Decision::of(entry);
    };
    entry.verdict = Verdict::requiring([Requirement::SecondFactor]);
    let to = Addressee {
        customer: Some(facts.session.customer.id),
        kind: channel.kind,
        recipient: recipient(channel),
        locale: facts.session.customer.locale,
        at: facts.now,
    };
    let seen = facts.challenge.as_ref().map(|known| known.id);
    let bound = Bound::Prove(facts.session.id).digest();
    let (sent, notice) = send(&facts.fresh, bound, seen, to, policy.code_life());
    Decision::of(entry)
        .with(counting)
        .with([sent])
        .telling([notice])
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
    /// The counter of messages to the customer.
    pub sends: CounterKey,
}

/// What is known when an answer comes.
#[derive(Debug)]
pub struct Facts {
    /// The session.
    pub session: SessionKnown,
    /// With what it is tried: a code that is bound to it, or a passkey.
    pub tried: Tried,
    /// The proof, if the answer was right.
    pub factor: Option<FactorProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// Where the customer is told.
    pub channels: Vec<ChannelKnown>,
    /// The code by which the customer can say "this was not me", its hash and its text, and the id
    /// of the message with it.
    pub locked: ((TokenHash, SecretString), NoticeId),
    /// Hash of the session's next token: whoever knows the old one did not prove anything.
    pub token: TokenHash,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Judges an answer.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let reason = refusal(facts, policy);
    let mut entry = entry(&facts.session, (facts.decision, facts.now), policy);
    entry.reasons = vec![reason.unwrap_or(Reason::Proved)];
    if reason.is_none() {
        entry.verdict = Verdict::Allow;
    }
    let visit = Visit {
        customer: facts.session.customer.id,
        context: &attempt.context,
        application: None,
        ending: match reason {
            None => Ending::Success,
            Some(_) => Ending::Failure,
        },
    };
    let mut decision = Decision::of(entry);
    decision.access = Some(visit.access(&decision.entry));
    let of = (&facts.session.customer, &attempt.context);
    let decision = match &facts.factor {
        Some(factor) if reason.is_none() => {
            decision.entry.reasons.extend(factor.noted());
            let cleared = facts.tried.cleared([attempt.tries, attempt.sends]);
            decision
                .with(factor.used(facts.now))
                .with(cleared)
                .with([Change::SessionProved(SessionProved {
                    id: facts.session.id,
                    token: facts.token,
                    method: factor.method(),
                    at: facts.now,
                    place: ProofPlace::from(&attempt.context),
                })])
        }
        _ => {
            let decision = decision.with(failed(&attempt.context, facts.now));
            warned(decision, facts, policy)
        }
    };
    facts.tried.told(decision, of, policy)
}

/// The last admitted wrong answer locks, and the customer is told.
fn warned(decision: Decision, facts: &Facts, policy: &Policy) -> Decision {
    if facts.admission != Admission::Last {
        return decision;
    }
    let (report, notice) = &facts.locked;
    let to = (&facts.session.customer, *notice, report);
    locked(decision, &facts.channels, to, policy)
}

fn refusal(facts: &Facts, policy: &Policy) -> Option<Reason> {
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    if facts.session.customer.state == CustomerState::Frozen {
        return Some(Reason::Frozen);
    }
    let bound = Bound::Prove(facts.session.id).digest();
    let lacks = facts.tried.lacks(facts.factor.as_ref(), bound, facts.now);
    lacks.or_else(|| facts.factor.as_ref()?.forbidden(policy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Digest;
    use crate::id::ChallengeId;
    use crate::id::CredentialId;
    use crate::id::SessionId;
    use crate::known::Backup;
    use crate::login::ChannelKind;
    use crate::proof::{CodeProved, Counting, PasskeyProved, Signed, Spent, UserSeen};
    use crate::sample::{NOW, channels, context, policy, session};

    #[test]
    fn a_proof_is_fresh_for_as_long_as_the_policy_says() {
        let policy = policy();
        let life = Span::minutes(i64::from(policy.security.fresh_minutes));
        let just = Span(life.0 - 1);
        let cases = [
            (just, vec![Method::Password, Method::SmsCode], None, true),
            (life, vec![Method::Password, Method::SmsCode], None, false),
            (just, vec![Method::Password], None, false),
            (just, vec![Method::Passkey], None, true),
            (
                life,
                vec![Method::Password],
                Some((Method::MailCode, just)),
                true,
            ),
            (
                life,
                vec![Method::Password],
                Some((Method::MailCode, life)),
                false,
            ),
        ];
        for (age, methods, again, fresh) in cases {
            let mut session = session(1, 1);
            session.proved = NOW.minus(age);
            session.methods = methods;
            session.again = again.map(|(method, age)| (method, NOW.minus(age)));
            let missing = |ways| super::missing(&session, ways, NOW, &policy);
            assert_eq!(missing(Ways::Any).is_empty(), fresh, "{session:?}");
            let passkey = session.methods.contains(&Method::Passkey);
            for elsewhere in [Elsewhere::Moved, Elsewhere::Away, Elsewhere::Taken] {
                let moved = SessionKnown {
                    elsewhere,
                    ..session.clone()
                };
                assert!(super::fresh(&moved, NOW, &policy).is_empty(), "{moved:?}");
            }
            assert_eq!(missing(Ways::Passkey).is_empty(), passkey, "{session:?}");
        }
    }

    fn facts(of: SessionId) -> Facts {
        let (id, bound) = (ChallengeId([3; 16]), Bound::Prove(of).digest());
        Facts {
            session: session(1, 1),
            tried: Tried::Code(Some(ChallengeKnown {
                id,
                kind: ChannelKind::Mail,
                bound,
                code: Digest([0; 32]),
                sent: NOW,
                expires: NOW.plus(Span::minutes(10)),
            })),
            factor: Some(FactorProved::MailCode(CodeProved::assert_code(
                id, bound, NOW,
            ))),
            admission: Admission::Admitted,
            channels: channels(),
            locked: (
                (TokenHash([7; 32]), "ABCDE-12345".into()),
                NoticeId([7; 16]),
            ),
            token: TokenHash([8; 32]),
            decision: DecisionId([9; 16]),
            now: NOW,
        }
    }

    fn decided(facts: &Facts) -> Decision {
        let attempt = Attempt {
            context: context(),
            tries: CounterKey([1; 16]),
            sends: CounterKey([2; 16]),
        };
        decide(&attempt, facts, &policy())
    }

    #[test]
    fn a_right_code_proves_this_session_under_a_new_token() {
        let decision = decided(&facts(SessionId([1; 16])));
        let proved = Change::SessionProved(SessionProved {
            id: SessionId([1; 16]),
            token: TokenHash([8; 32]),
            method: Method::MailCode,
            at: NOW,
            place: ProofPlace::from(&context()),
        });
        assert!(decision.changes.contains(&proved), "{decision:?}");
    }

    #[test]
    fn a_code_of_another_session_a_late_one_and_a_locked_factor_prove_nothing() {
        let mut late = facts(SessionId([1; 16]));
        late.now = NOW.plus(Span::minutes(10));
        let mut locked = facts(SessionId([1; 16]));
        locked.admission = Admission::Locked;
        let mut frozen = facts(SessionId([1; 16]));
        frozen.session.customer.state = CustomerState::Frozen;
        let cases = [
            (facts(SessionId([2; 16])), Reason::CodeWrong),
            (late, Reason::CodeExpired),
            (locked, Reason::TriesExhausted),
            (frozen, Reason::Frozen),
        ];
        for (facts, reason) in cases {
            let decision = decided(&facts);
            assert_eq!(decision.reasons(), [reason]);
            assert!(
                !decision
                    .changes
                    .iter()
                    .any(|change| matches!(change, Change::SessionProved(_))),
                "{reason:?}"
            );
        }
    }

    #[test]
    fn a_passkey_proves_and_its_count_that_went_back_is_noted() {
        let mut facts = facts(SessionId([1; 16]));
        let bound = Bound::Prove(SessionId([1; 16])).digest();
        let spent = Spent {
            nonce: Digest([4; 32]),
            expires: NOW.plus(Span::minutes(5)),
        };
        let signed = Signed {
            count: 3,
            counting: Counting::Back { before: 9 },
            backup: Backup::Copied,
            seen: UserSeen::Verified,
        };
        let credential = (CredentialId([7; 16]), 1);
        let proof = PasskeyProved::assert_passkey(credential, bound, spent, signed);
        (facts.tried, facts.factor) = (Tried::Passkey, Some(FactorProved::Passkey(proof)));
        let decision = decided(&facts);
        assert_eq!(
            decision.reasons(),
            [Reason::Proved, Reason::PasskeyCountBack]
        );
        let cleared = |change: &Change| matches!(change, Change::TriesCleared { .. });
        assert!(!decision.changes.iter().any(cleared), "{decision:?}");
    }

    #[test]
    fn the_last_wrong_answer_is_told_on_every_channel() {
        for (admission, told) in [(Admission::Admitted, 0), (Admission::Last, 2)] {
            let mut facts = facts(SessionId([1; 16]));
            (facts.factor, facts.admission) = (None, admission);
            assert_eq!(decided(&facts).notices.len(), told);
        }
    }
}
