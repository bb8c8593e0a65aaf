//! The codes of a recovery came back: it begins, goes on waiting, or gives what was lost.
//!
//! **Invariant:** what a recovery of its kind takes to begin completes it, and nothing else does,
//! once the waiting time is over and while nobody ended it.

use super::{bounds, ended, money_waits, noted};
use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{CounterKey, Sealed, TokenHash};
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::discard::removed;
use crate::entry::{Actor, Entry};
use crate::hold::all_ended;
use crate::id::{DecisionId, InteractionId, NoticeId};
use crate::known::{
    ChannelKnown, CustomerKnown, CustomerState, InteractionKind, InteractionKnown, PasskeyKnown,
    RecoveryKind, RecoveryKnown,
};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::passkey::Usable;
use crate::policy::Policy;
use crate::proof::FactorProved;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::sign_in::CONVERSATION;
use crate::step_up::{Admission, Tried, failed, told};
use crate::verdict::Verdict;
use secrecy::SecretString;

/// What is answered.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// From where.
    pub context: Context,
    /// What was lost.
    pub kind: RecoveryKind,
    /// The counter that was used.
    pub tries: CounterKey,
}

/// One of the codes.
#[derive(Debug)]
pub struct Given {
    /// With what it was tried.
    pub tried: Tried,
    /// The proof, if it was right.
    pub factor: Option<FactorProved>,
}

/// What is known.
#[derive(Debug)]
pub struct AnswerFacts {
    /// The conversation.
    pub interaction: InteractionKnown,
    /// What was given for each code that was sent.
    pub given: Vec<Given>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The recovery in course.
    pub recovery: Option<RecoveryKnown>,
    /// The customer's passkeys, and those of them that will do.
    pub passkeys: (Vec<PasskeyKnown>, Usable),
    /// Fresh values.
    pub fresh: AnswerFresh,
    /// Now.
    pub now: Moment,
}

/// Fresh values.
#[derive(Clone, Debug)]
pub struct AnswerFresh {
    /// The id of this decision.
    pub decision: DecisionId,
    /// The code by which the customer ends it: its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
    /// A conversation in which a new password is chosen.
    pub interaction: (InteractionId, TokenHash, Sealed),
}

/// Judges the codes.
pub fn answer(answer: &Answer, facts: &AnswerFacts, policy: &Policy) -> Decision {
    let customer = facts.interaction.customer.as_ref();
    let refused = refusal(answer, facts, policy);
    let due = facts.recovery.filter(|one| one.expires > facts.now);
    let (verdict, reason) = match (refused, due) {
        (Some(reason), _) => (Verdict::Refuse, reason),
        (None, Some(recovery)) if found(facts, &recovery) => {
            (Verdict::Refuse, Reason::PasskeySigned)
        }
        (None, Some(recovery)) if recovery.due <= facts.now => (Verdict::Allow, Reason::Proved),
        (None, _) => (Verdict::Hold, Reason::RecoveryWaits),
    };
    let mut decision = Decision::of(Entry {
        id: facts.fresh.decision,
        at: facts.now,
        act: Act::Recover,
        actor: Actor::Customer,
        customer: customer.map(|customer| customer.id),
        operation: None,
        verdict: verdict.clone(),
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: noted(answer.kind),
    });
    let Some(customer) = customer else {
        return decision.with(failed(&answer.context, facts.now));
    };
    let visit = Visit {
        customer: customer.id,
        context: &answer.context,
        application: None,
        ending: match refused {
            None if verdict != Verdict::Refuse => Ending::Pending,
            None | Some(_) => Ending::Failure,
        },
    };
    decision.access = Some(visit.access(&decision.entry));
    if refused.is_some() {
        decision = decision.with(failed(&answer.context, facts.now));
        decision = told_of_factors(decision, (facts, customer), answer, policy);
        if facts.admission == Admission::Last {
            let report = |report| NoticeKind::Locked { report };
            return reported(decision, (facts, customer), report, policy);
        }
        return decision;
    }
    let proofs = facts.given.iter().filter_map(|one| one.factor.as_ref());
    let used: Vec<_> = proofs.flat_map(|factor| factor.used(facts.now)).collect();
    let InteractionKnown { id, revision, .. } = facts.interaction;
    let decision = decision.with(used).with([
        Change::TriesCleared { key: answer.tries },
        Change::InteractionClosed { id, revision },
    ]);
    let decision = told_of_factors(decision, (facts, customer), answer, policy);
    match due {
        None => begun(decision, answer, (facts, customer), policy),
        Some(recovery) if found(facts, &recovery) => {
            let kind = NoticeKind::RecoveryEnded {
                recovery: recovery.kind,
            };
            let expires = facts.now.plus(kind.life(policy));
            let to = (customer, facts.fresh.notice);
            let notices = told(&facts.channels, to, &kind, expires);
            decision.with([ended(&recovery)]).telling(notices)
        }
        Some(recovery) if recovery.due <= facts.now => {
            given(decision, (facts, customer), &recovery, policy)
        }
        Some(_) => decision,
    }
}

/// Whether a passkey that was said to be lost signed since: then it is not lost, or its owner did
/// not ask for this.
fn found(facts: &AnswerFacts, recovery: &RecoveryKnown) -> bool {
    let signed = |known: &PasskeyKnown| known.last.is_some_and(|last| last >= recovery.begun);
    recovery.kind == RecoveryKind::Passkey && facts.passkeys.0.iter().any(signed)
}

/// Adds what the customer is told of the factors themselves.
fn told_of_factors(
    decision: Decision,
    known: (&AnswerFacts, &CustomerKnown),
    answer: &Answer,
    policy: &Policy,
) -> Decision {
    let (facts, customer) = known;
    let of = (customer, &answer.context);
    let each = facts.given.iter();
    each.fold(decision, |decision, one| {
        one.tried.told(decision, of, policy)
    })
}

/// The waiting begins, and every verified channel can end it.
fn begun(
    decision: Decision,
    answer: &Answer,
    known: (&AnswerFacts, &CustomerKnown),
    policy: &Policy,
) -> Decision {
    let (facts, customer) = known;
    let due = facts.now.plus(policy.recovery.waiting());
    let begun = Change::RecoveryBegun(RecoveryKnown {
        decision: facts.fresh.decision,
        customer: customer.id,
        kind: answer.kind,
        begun: facts.now,
        due,
        // As long as the code that ends it: nobody completes what nobody can stop any more.
        expires: facts.now.plus(policy.report_life()),
    });
    let kind = |report| NoticeKind::RecoveryBegun {
        report,
        place: answer.context.describe(),
        recovery: answer.kind,
        hours: policy.recovery.waiting_hours,
    };
    reported(decision.with([begun]), (facts, customer), kind, policy)
}

/// The waiting is over.
fn given(
    decision: Decision,
    known: (&AnswerFacts, &CustomerKnown),
    recovery: &RecoveryKnown,
    policy: &Policy,
) -> Decision {
    let (facts, customer) = known;
    match recovery.kind {
        RecoveryKind::Thaw => {
            let CustomerKnown { id, revision, .. } = *customer;
            let decision = decision
                .with([ended(recovery), Change::CustomerThawed { id, revision }])
                .with(money_waits((id, revision + 1), facts.now, policy));
            let kind = |report| NoticeKind::Thawed { report };
            reported(decision, (facts, customer), kind, policy)
        }
        RecoveryKind::Passkey => passkeys_gone(decision, known, recovery, policy),
        RecoveryKind::Password => {
            let (id, token, state) = facts.fresh.interaction.clone();
            decision.with([Change::InteractionOpened {
                id,
                token,
                kind: InteractionKind::Recover,
                customer: Some(customer.id),
                state,
                at: facts.now,
                expires: facts.now.plus(CONVERSATION),
            }])
        }
    }
}

/// Every passkey is removed, and every session ends, since it is not known who has the device now.
/// What the passkeys locked stays locked for a while, and money waits.
fn passkeys_gone(
    decision: Decision,
    known: (&AnswerFacts, &CustomerKnown),
    recovery: &RecoveryKnown,
    policy: &Policy,
) -> Decision {
    let (facts, customer) = known;
    let (all, usable) = &facts.passkeys;
    let removed = |known| Change::PasskeyRemoved(removed(known, usable, facts.now));
    let names: Vec<_> = all.iter().map(|known| known.name.as_str()).collect();
    let kind = |report| NoticeKind::PasskeyRemoved {
        report,
        name: names.join(" / "),
    };
    let decision = decision
        .with([ended(recovery)])
        .with(money_waits(
            (customer.id, customer.revision),
            facts.now,
            policy,
        ))
        .with(all.iter().map(removed))
        .with([all_ended(customer.id, Reason::SessionMissing)])
        .with([Change::SessionsEnded {
            customer: customer.id,
            at: facts.now,
        }]);
    reported(decision, known, kind, policy)
}

/// Adds a message on every verified channel with the code that says "this was not me".
fn reported(
    decision: Decision,
    known: (&AnswerFacts, &CustomerKnown),
    kind: impl FnOnce(SecretString) -> NoticeKind,
    policy: &Policy,
) -> Decision {
    let (facts, customer) = known;
    let (code, report) = facts.fresh.report.clone();
    let kind = kind(report);
    let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
    let expires = facts.now.plus(kind.life(policy));
    let to = (customer, facts.fresh.notice);
    let notices = told(&facts.channels, to, &kind, expires);
    decision.with([issued]).telling(notices)
}

fn refusal(answer: &Answer, facts: &AnswerFacts, policy: &Policy) -> Option<Reason> {
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    let Some(customer) = &facts.interaction.customer else {
        return Some(Reason::CodeWrong);
    };
    if facts.interaction.expires <= facts.now {
        return Some(Reason::Expired);
    }
    let bounds = bounds(answer.kind, facts.interaction.id);
    if facts.given.len() != bounds.len() {
        return Some(Reason::CodeWrong);
    }
    let lacks = |(place, (given, bound)): (usize, (&Given, &Bound<'_>))| {
        let factor = given.factor.as_ref();
        let taken = match given.tried {
            Tried::Code(_) => true,
            Tried::BackupCode(_) => match answer.kind {
                RecoveryKind::Passkey => true,
                RecoveryKind::Password => place == 1,
                RecoveryKind::Thaw => false,
            },
            Tried::Passkey | Tried::Push(_) | Tried::Totp => false,
        };
        if !taken {
            return Some(Reason::CodeWrong);
        }
        let lacks = given.tried.lacks(factor, bound.digest(), facts.now);
        lacks.or_else(|| match given.tried {
            Tried::BackupCode(_) => factor?.forbidden(policy),
            // An address may take what recovers that the policy does not let sign in with.
            _ => None,
        })
    };
    if let Some(reason) = facts.given.iter().zip(&bounds).enumerate().find_map(lacks) {
        return Some(reason);
    }
    match (answer.kind, customer.state) {
        (RecoveryKind::Passkey, CustomerState::Active) => {
            let none = facts.passkeys.0.is_empty();
            none.then_some(Reason::FactorMissing)
        }
        (RecoveryKind::Thaw, CustomerState::Active) => Some(Reason::NotFrozen),
        (RecoveryKind::Thaw, CustomerState::Frozen) => {
            customer.contact_doubted.map(|_| Reason::ContactDoubted)
        }
        (RecoveryKind::Passkey | RecoveryKind::Password, CustomerState::Frozen) => {
            Some(Reason::Frozen)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Digest;
    use crate::change::BackupChange;
    use crate::id::{ChallengeId, CredentialId};
    use crate::known::{BackupCodeKnown, BackupSetKnown, ChallengeKnown};
    use crate::login::ChannelKind;
    use crate::moment::Span;
    use crate::proof::{BackupCodeProved, CodeProved};
    use crate::sample::{NOW, channels, context, customer, passkey, policy};
    use crate::step_up::BackupTried;

    const ID: InteractionId = InteractionId([3; 16]);

    fn code() -> Given {
        let (id, bound) = (ChallengeId([6; 16]), Bound::Interaction(ID).digest());
        let known = ChallengeKnown {
            id,
            kind: ChannelKind::Sms,
            bound,
            code: Digest([6; 32]),
            sent: NOW,
            expires: NOW.plus(Span::minutes(10)),
        };
        Given {
            tried: Tried::Code(Some(known)),
            factor: Some(FactorProved::SmsCode(CodeProved::assert_code(
                id, bound, NOW,
            ))),
        }
    }

    fn backup() -> Given {
        let (set, hash) = (CredentialId([8; 16]), TokenHash([8; 32]));
        let bound = Bound::Interaction(ID).digest();
        let proof = BackupCodeProved::assert_backup_code(set, hash, bound);
        let unused = BackupCodeKnown {
            hash,
            used: None,
            again: None,
        };
        let tried = BackupTried {
            set: Some(BackupSetKnown {
                id: set,
                customer: customer(1).id,
                made: NOW,
                codes: vec![unused],
            }),
            spent: None,
            channels: channels(),
            report: (TokenHash([9; 32]), "ABCDE-12345".into()),
            notice: NoticeId([9; 16]),
        };
        Given {
            tried: Tried::BackupCode(Box::new(tried)),
            factor: Some(FactorProved::BackupCode(proof)),
        }
    }

    /// A recovery that was begun a day ago, and a passkey that signed `signed` ago.
    fn facts(kind: RecoveryKind, given: Given, signed: Option<Span>) -> AnswerFacts {
        let mut known = passkey(7);
        known.last = signed.map(|span| NOW.minus(span));
        let all = vec![known];
        AnswerFacts {
            interaction: InteractionKnown {
                id: ID,
                kind: InteractionKind::Recover,
                customer: Some(customer(1)),
                state: Sealed(vec![1]),
                expires: NOW.plus(Span::minutes(5)),
                codes: 1,
                revision: 1,
            },
            given: vec![given],
            admission: Admission::Admitted,
            channels: channels(),
            recovery: Some(RecoveryKnown {
                decision: DecisionId([4; 16]),
                customer: customer(1).id,
                kind,
                begun: NOW.minus(Span::hours(24)),
                due: NOW,
                expires: NOW.plus(Span::hours(48)),
            }),
            passkeys: (all.clone(), Usable::of(&all, Some("example.jp"), &policy())),
            fresh: AnswerFresh {
                decision: DecisionId([5; 16]),
                report: (TokenHash([5; 32]), "ABCDE-12345".into()),
                notice: NoticeId([5; 16]),
                interaction: (InteractionId([5; 16]), TokenHash([5; 32]), Sealed(vec![5])),
            },
            now: NOW,
        }
    }

    fn decided(facts: &AnswerFacts, kind: RecoveryKind) -> Decision {
        let asked = Answer {
            context: context(),
            kind,
            tries: CounterKey([1; 16]),
        };
        answer(&asked, facts, &policy())
    }

    fn removed(decision: &Decision) -> bool {
        let gone = |change: &Change| match change {
            Change::PasskeyRemoved(gone) => gone.locks == Some(NOW),
            _ => false,
        };
        decision.changes.iter().any(gone)
    }

    #[test]
    fn lost_passkeys_go_by_either_proof_leave_their_lock_and_end_every_session() {
        let kind = RecoveryKind::Passkey;
        for given in [code(), backup()] {
            let facts = facts(kind, given, Some(Span::hours(25)));
            let decision = decided(&facts, kind);
            assert_eq!(decision.verdict(), &Verdict::Allow, "{decision:?}");
            assert!(removed(&decision));
            let ended = |change: &Change| matches!(change, Change::SessionsEnded { .. });
            assert!(decision.changes.iter().any(ended));
            let waits = |change: &Change| matches!(change, Change::CustomerContactChanged { .. });
            assert!(decision.changes.iter().any(waits), "money waits");
        }
    }

    #[test]
    fn a_passkey_that_signed_since_ends_it() {
        let kind = RecoveryKind::Passkey;
        let decision = decided(&facts(kind, code(), Some(Span::hours(24))), kind);
        assert_eq!(decision.reasons(), [Reason::PasskeySigned]);
        assert!(!removed(&decision));
        let ended = |change: &Change| matches!(change, Change::RecoveryEnded(_));
        assert!(decision.changes.iter().any(ended));
        assert_eq!(decision.notices.len(), 2);
    }

    #[test]
    fn a_backup_code_thaws_nothing_and_is_not_used_up() {
        let kind = RecoveryKind::Thaw;
        let mut facts = facts(kind, backup(), None);
        if let Some(customer) = &mut facts.interaction.customer {
            customer.state = CustomerState::Frozen;
        }
        let decision = decided(&facts, kind);
        assert_eq!(decision.reasons(), [Reason::CodeWrong]);
        let used =
            |change: &Change| matches!(change, Change::BackupCode(BackupChange::Used { .. }));
        assert!(!decision.changes.iter().any(used));
        facts.given = vec![code()];
        assert_eq!(decided(&facts, kind).verdict(), &Verdict::Allow);
    }
}
