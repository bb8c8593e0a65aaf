//! The act "change password": a customer who is signed in sets another password.
//!
//! **Invariant:** no password is changed without the one before, nor into itself, and afterwards no
//! other session of the customer is left.

use crate::access::{Act, Visit};
use crate::bytes::{CounterKey, TokenHash};
use crate::change::{Change, CredentialSet};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, CredentialKnown, CustomerState, SessionKnown};
use crate::moment::Moment;
use crate::notice::{Notice, NoticeKind};
use crate::policy::Policy;
use crate::proof::PasswordProved;
use crate::prove::{Ways, missing};
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::step_up::{Admission, failed, told};
use crate::verdict::Verdict;
use secrecy::SecretString;

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
}

/// The password that is wanted.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// The policy has nothing against it; this is its hash.
    Hash(String),
    /// The policy has something against it.
    Refused(Vec<Reason>),
    /// It is the transaction PIN.
    Pin,
    /// It is the one before.
    Same,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// The session.
    pub session: SessionKnown,
    /// By what a proof in the session may have been given.
    pub ways: Ways,
    /// The stored password.
    pub credential: Option<CredentialKnown>,
    /// The proof, if the current password was right.
    pub current: Option<PasswordProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// The new one.
    pub wanted: Wanted,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values.
    pub fresh: Fresh,
    /// Now.
    pub now: Moment,
}

/// Fresh values.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The id of this decision.
    pub decision: DecisionId,
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the notice.
    pub notice: NoticeId,
}

/// Judges the change.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let customer = &facts.session.customer;
    let (verdict, reasons) = judged(facts, policy);
    let mut decision = Decision::of(Entry {
        id: facts.fresh.decision,
        at: facts.now,
        act: Act::ChangePassword,
        actor: Actor::Customer,
        customer: Some(customer.id),
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    let right = facts.current.is_some() && facts.admission != Admission::Locked;
    let changed = decision.verdict() == &Verdict::Allow;
    let visit = Visit {
        customer: customer.id,
        context: &attempt.context,
        application: None,
        ending: match (changed, right) {
            (true, _) => Ending::Success,
            (false, true) => Ending::Pending,
            (false, false) => Ending::Failure,
        },
    };
    decision.access = Some(visit.access(&decision.entry));
    if right {
        let cleared = Change::TriesCleared { key: attempt.tries };
        decision.changes.push(cleared);
    } else if !matches!(decision.verdict(), Verdict::StepUp(_)) {
        decision.changes.extend(failed(&attempt.context, facts.now));
        return warned(decision, facts, policy);
    }
    match (&facts.wanted, &facts.credential) {
        (Wanted::Hash(hash), Some(known)) if changed => {
            let set = Change::CredentialSet(CredentialSet {
                id: known.id,
                revision: known.revision,
                hash: hash.clone(),
                at: facts.now,
            });
            let void = crate::hold::codes_void(customer.id);
            let decision = decision.with(facts.session.stands()).with([set, void]);
            settled(decision, attempt, facts, policy)
        }
        _ => decision,
    }
}

fn judged(facts: &Facts, policy: &Policy) -> (Verdict, Vec<Reason>) {
    if facts.admission == Admission::Locked {
        return (Verdict::Refuse, vec![Reason::TriesExhausted]);
    }
    if facts.session.customer.state == CustomerState::Frozen {
        return (Verdict::Refuse, vec![Reason::Frozen]);
    }
    let missing = missing(&facts.session, facts.ways, facts.now, policy);
    if !missing.is_empty() {
        return (Verdict::requiring(missing), vec![Reason::PolicyRequires]);
    }
    let proved = facts.current.as_ref().map(PasswordProved::seen);
    let stored = facts.credential.as_ref().map(CredentialKnown::seen);
    if proved.is_none() || proved != stored {
        return (Verdict::Refuse, vec![Reason::CredentialMismatch]);
    }
    match &facts.wanted {
        Wanted::Hash(_) => (Verdict::Allow, vec![Reason::Proved]),
        Wanted::Refused(findings) => (Verdict::Refuse, findings.clone()),
        Wanted::Pin => (Verdict::Refuse, vec![Reason::PinIsPassword]),
        Wanted::Same => (Verdict::Refuse, vec![Reason::PasswordSame]),
    }
}

/// The last admitted wrong password locks, and the customer is told.
fn warned(decision: Decision, facts: &Facts, policy: &Policy) -> Decision {
    if facts.admission != Admission::Last {
        return decision;
    }
    let (code, report) = facts.fresh.report.clone();
    let customer = &facts.session.customer;
    let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
    let notices = notices(facts, &NoticeKind::Locked { report }, policy);
    decision.with([issued]).telling(notices)
}

fn notices(facts: &Facts, kind: &NoticeKind, policy: &Policy) -> Vec<Notice> {
    let to = (&facts.session.customer, facts.fresh.notice);
    told(&facts.channels, to, kind, facts.now.plus(kind.life(policy)))
}

/// Everybody else is signed out, and every verified channel is told.
fn settled(decision: Decision, attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let customer = &facts.session.customer;
    let (code, report) = facts.fresh.report.clone();
    let kind = NoticeKind::PasswordChanged {
        report,
        place: attempt.context.describe(),
    };
    let notices = notices(facts, &kind, policy);
    let ended = Change::OtherSessionsEnded {
        customer: customer.id,
        but: facts.session.id,
        at: facts.now,
    };
    let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
    decision.with([ended, issued]).telling(notices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CredentialId, CustomerId};
    use crate::moment::Span;
    use crate::sample::{NOW, channels, context, policy, session};

    fn facts(wanted: Wanted) -> Facts {
        let id = CredentialId([5; 16]);
        let mut session = session(1, 1);
        session.proved = NOW;
        Facts {
            session,
            ways: Ways::Any,
            credential: Some(CredentialKnown {
                id,
                customer: CustomerId([1; 16]),
                hash: "old".into(),
                revision: 7,
                set: NOW.minus(Span::days(9)),
                void: None,
            }),
            current: Some(PasswordProved::assert_password(id, 7, NOW)),
            admission: Admission::Admitted,
            wanted,
            channels: channels(),
            fresh: Fresh {
                decision: DecisionId([9; 16]),
                report: (TokenHash([6; 32]), "ABCDE-12345".into()),
                notice: NoticeId([8; 16]),
            },
            now: NOW,
        }
    }

    fn decided(facts: &Facts) -> Decision {
        let attempt = Attempt {
            context: context(),
            tries: CounterKey([1; 16]),
        };
        decide(&attempt, facts, &policy())
    }

    fn sets(decision: &Decision) -> bool {
        let set = |change: &Change| matches!(change, Change::CredentialSet(_));
        decision.changes.iter().any(set)
    }

    #[test]
    fn a_new_password_signs_everybody_else_out_and_tells_every_channel() {
        let decision = decided(&facts(Wanted::Hash("new".into())));
        assert_eq!(decision.verdict(), &Verdict::Allow);
        assert!(sets(&decision));
        let own = session(1, 1).id;
        let other = |change: &Change| match change {
            Change::OtherSessionsEnded { but, .. } => *but == own,
            _ => false,
        };
        assert!(decision.changes.iter().any(other), "{decision:?}");
        let issued = |change: &&Change| matches!(change, Change::ReportCodeIssued(_));
        assert_eq!(decision.changes.iter().filter(issued).count(), 1);
        assert_eq!(decision.notices.len(), 2);
    }

    #[test]
    fn what_stands_against_it_changes_nothing() {
        let hash = || Wanted::Hash("new".into());
        let mut wrong = facts(hash());
        wrong.current = None;
        let mut stale = facts(hash());
        let id = CredentialId([5; 16]);
        stale.current = Some(PasswordProved::assert_password(id, 6, NOW));
        let mut locked = facts(hash());
        locked.admission = Admission::Locked;
        let mut frozen = facts(hash());
        frozen.session.customer.state = CustomerState::Frozen;
        let mut none = facts(hash());
        none.credential = None;
        let mut old = facts(hash());
        old.session.proved = NOW.minus(Span::hours(1));
        let mut weak = facts(hash());
        weak.ways = Ways::Passkey;
        let short = Wanted::Refused(vec![Reason::PasswordShort]);
        let cases = [
            (wrong, Reason::CredentialMismatch),
            (stale, Reason::CredentialMismatch),
            (none, Reason::CredentialMismatch),
            (locked, Reason::TriesExhausted),
            (frozen, Reason::Frozen),
            (old, Reason::PolicyRequires),
            (weak, Reason::PolicyRequires),
            (facts(Wanted::Pin), Reason::PinIsPassword),
            (facts(Wanted::Same), Reason::PasswordSame),
            (facts(short), Reason::PasswordShort),
        ];
        for (facts, reason) in cases {
            let decision = decided(&facts);
            assert_eq!(decision.reasons(), [reason]);
            assert_ne!(decision.verdict(), &Verdict::Allow);
            assert!(
                !sets(&decision) && decision.notices.is_empty(),
                "{reason:?}"
            );
        }
    }

    #[test]
    fn a_wrong_password_is_counted_and_the_last_try_is_told() {
        let mut last = facts(Wanted::Hash("new".into()));
        (last.current, last.admission) = (None, Admission::Last);
        let decision = decided(&last);
        let counted = |change: &Change| matches!(change, Change::FailureCounted { .. });
        assert!(decision.changes.iter().any(counted));
        assert_eq!(decision.notices.len(), 2);
        let cleared = |change: &Change| matches!(change, Change::TriesCleared { .. });
        assert!(!decision.changes.iter().any(cleared));
    }
}
