//! The act "thaw": a frozen account is switched on again.
//!
//! A freeze needs one factor or one code; its end needs more: staff who made sure who asks and say
//! how, or the customer by a phishing-resistant factor that was asked for in this browser. Whoever
//! has none goes the long way ([`crate::recover`]), and so does who has only a passkey that was
//! added elsewhere a short time ago: it may be a stranger's. After a customer's own thaw money
//! waits as after a change of contact.
//!
//! **Invariant:** nothing that was enough to freeze an account, nor a code that travels by mail or
//! text message, thaws it.

use crate::access::Act;
use crate::bytes::{Digest, TokenHash};
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, CustomerKnown, CustomerState};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::passkey::Usable;
use crate::policy::{FactorPolicy, Policy};
use crate::proof::FactorProved;
use crate::reason::Reason;
use crate::recover::money_waits;
use crate::reopen::{FactorTries, opened};
use crate::step_up::{Tried, told};
use crate::text::{Line, LineFault};
use crate::verdict::{Requirement, Verdict};
use secrecy::SecretString;

/// Why staff thaw an account, in their words: how they made sure who asks, or the number of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground(Line<200>);

/// Why a text is no ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAGround {
    /// Not one line of plain text.
    #[error("{0}")]
    Line(#[from] LineFault),
    /// It holds what looks like a mail address or a phone number.
    #[error(
        "seems to hold a mail address or phone number; entries are kept in clear, so name a case instead"
    )]
    Personal,
}

impl Ground {
    /// Accepts one line of at most 200 characters without `@` and without eight digits in a row
    /// (separators aside), since entries hold no personal data.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NotAGround> {
        let line = Line::parse(&crate::text::half_width(text))?;
        let mut run = 0;
        for letter in line.as_str().chars() {
            run = match letter {
                '0'..='9' => run + 1,
                '-' | ' ' | '(' | ')' | '+' => run,
                _ => 0,
            };
            if run >= 8 || letter == '@' {
                return Err(NotAGround::Personal);
            }
        }
        Ok(Self(line))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Who asks, and by what right.
#[derive(Debug)]
pub enum Attempt {
    /// The customer, with proofs given for this.
    Customer(Vec<FactorProved>),
    /// Staff who made sure who asks.
    Staff(Ground),
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The customer.
    pub customer: CustomerKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The passkeys that will do; none where staff ask.
    pub passkeys: Usable,
    /// What a proof has to be bound to: the browser in which it was asked for.
    pub bound: Digest,
    /// The counters of the customer's factors, which a stronger proof opens.
    pub factors: Vec<FactorTries>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// Now.
    pub now: Moment,
}

/// Thaws the account, or says why not.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let CustomerKnown { id, revision, .. } = facts.customer;
    let reason = refusal(attempt, facts, policy);
    let (actor, ground) = match attempt {
        Attempt::Customer(_) => (Actor::Customer, None),
        Attempt::Staff(ground) => (Actor::Operator, Some(ground.as_str())),
    };
    let mut decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Thaw,
        actor,
        customer: Some(id),
        operation: None,
        verdict: match reason {
            None => Verdict::Allow,
            Some(_) => Verdict::Refuse,
        },
        reasons: vec![reason.unwrap_or(Reason::Proved)],
        policy: policy.version.clone(),
        facts: serde_json::json!({ "ground": ground }).to_string(),
    });
    if reason.is_some() {
        return decision;
    }
    let (code, report) = facts.report.clone();
    let kind = NoticeKind::Thawed { report };
    let issued = crate::report::issued(code, &decision.entry, id, policy);
    let to = (&facts.customer, facts.fresh.1);
    let expires = facts.now.plus(kind.life(policy));
    let notices = told(&facts.channels, to, &kind, expires);
    let proofs: &[FactorProved] = match attempt {
        Attempt::Customer(proofs) => proofs,
        Attempt::Staff(_) => &[],
    };
    let used = proofs.iter().flat_map(|factor| factor.used(facts.now));
    let noted = proofs.iter().flat_map(FactorProved::noted);
    decision.entry.reasons.extend(noted);
    let decision = decision
        .with(used)
        .with([Change::CustomerThawed { id, revision }, issued])
        .telling(notices);
    match attempt {
        Attempt::Customer(_) => decision
            .with(money_waits((id, revision + 1), facts.now, policy))
            .with(opened(&facts.factors, facts.now, policy)),
        Attempt::Staff(_) => decision,
    }
}

fn refusal(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Option<Reason> {
    if facts.customer.state != CustomerState::Frozen {
        return Some(Reason::NotFrozen);
    }
    let bound = facts.bound;
    let strong = |factor: &FactorProved| {
        let method = factor.method();
        let FactorProved::Passkey(passkey) = factor else {
            return false;
        };
        let known = facts.passkeys.find(passkey.credential());
        if !known.is_some_and(|known| known.is_settled(facts.now, policy)) {
            return false;
        }
        Tried::Passkey
            .lacks(Some(factor), bound, facts.now)
            .is_none()
            && method.meets(Requirement::PhishingResistant)
            && policy.factor(method) != FactorPolicy::Forbid
    };
    match attempt {
        Attempt::Customer(proofs) if !proofs.iter().any(strong) => Some(Reason::PolicyRequires),
        Attempt::Customer(_) | Attempt::Staff(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bound::Bound;
    use crate::id::{ChallengeId, CredentialId};
    use crate::known::{Backup, Strange};
    use crate::moment::Span;
    use crate::proof::{CodeProved, Counting, Method, PasskeyProved, Signed, Spent, UserSeen};
    use crate::sample::{NOW, channels, customer, passkey, policy};

    fn facts(state: CustomerState) -> Facts {
        let mut customer = customer(1);
        customer.state = state;
        Facts {
            customer,
            channels: channels(),
            passkeys: Usable::of(&[passkey(7)], Some("example.jp"), &policy()),
            bound: Bound::Thaw("browser").digest(),
            factors: Vec::new(),
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            report: (TokenHash([7; 32]), "ABCDE-12345".into()),
            now: NOW,
        }
    }

    fn staff() -> Attempt {
        Attempt::Staff(Ground::parse("本人確認ずみ、案件 2026-114").unwrap())
    }

    #[test]
    fn staff_thaw_with_a_ground_that_the_entry_keeps() {
        let decision = decide(&staff(), &facts(CustomerState::Frozen), &policy());
        let id = customer(1).id;
        let thawed = Change::CustomerThawed { id, revision: 4 };
        assert_eq!(decision.changes.first(), Some(&thawed));
        let code = |change: &Change| matches!(change, Change::ReportCodeIssued(_));
        assert!(decision.changes.iter().any(code), "to say it was not me");
        assert_eq!(decision.entry.actor, Actor::Operator);
        assert!(decision.entry.facts.contains("案件 2026-114"));
        assert_eq!(decision.notices.len(), 2, "every verified channel is told");
    }

    #[test]
    fn what_is_not_frozen_is_not_thawed() {
        let decision = decide(&staff(), &facts(CustomerState::Active), &policy());
        assert_eq!(decision.verdict(), &Verdict::Refuse);
        assert!(decision.changes.is_empty() && decision.notices.is_empty());
    }

    #[test]
    fn a_customer_does_not_thaw_with_codes_however_many() {
        let facts = facts(CustomerState::Frozen);
        let bound = facts.bound;
        let code = || CodeProved::assert_code(ChallengeId([1; 16]), bound, NOW);
        for proofs in [
            vec![],
            vec![FactorProved::MailCode(code())],
            vec![
                FactorProved::SmsCode(code()),
                FactorProved::MailCode(code()),
            ],
        ] {
            let decision = decide(&Attempt::Customer(proofs), &facts, &policy());
            assert_eq!(decision.reasons(), [Reason::PolicyRequires]);
            assert!(decision.changes.is_empty());
        }
    }

    #[test]
    fn a_passkey_thaws_in_the_browser_that_was_asked() {
        let mut policy = policy();
        policy.factor.insert(Method::Passkey, FactorPolicy::Allow);
        let facts = facts(CustomerState::Frozen);
        let CustomerKnown { id, revision, .. } = facts.customer;
        let cases = [
            (Bound::Thaw("browser"), UserSeen::Verified, true),
            (Bound::Thaw("browser"), UserSeen::Present, false),
            (Bound::Thaw("another"), UserSeen::Verified, false),
            (Bound::SignIn("browser"), UserSeen::Verified, false),
        ];
        for (bound, seen, thaws) in cases {
            let spent = Spent {
                nonce: Digest([1; 32]),
                expires: NOW.plus(Span::minutes(5)),
            };
            let signed = Signed {
                count: 3,
                counting: Counting::Back { before: 7 },
                backup: Backup::Bound,
                seen,
            };
            let credential = (CredentialId([7; 16]), 1);
            let proof = PasskeyProved::assert_passkey(credential, bound.digest(), spent, signed);
            let mut expected = proof.used(NOW);
            let attempt = Attempt::Customer(vec![FactorProved::Passkey(proof)]);
            let decision = decide(&attempt, &facts, &policy);
            let code = facts.report.0;
            expected.push(Change::CustomerThawed { id, revision });
            expected.push(crate::report::issued(code, &decision.entry, id, &policy));
            expected.extend(money_waits((id, revision + 1), NOW, &policy));
            assert_eq!(decision.verdict() == &Verdict::Allow, thaws, "{seen:?}");
            assert_eq!(decision.changes == expected, thaws);
            let noted = decision.reasons().contains(&Reason::PasskeyCountBack);
            assert_eq!(noted, thaws);
        }
    }

    #[test]
    fn a_passkey_that_was_added_elsewhere_today_thaws_nothing() {
        let mut policy = policy();
        policy.factor.insert(Method::Passkey, FactorPolicy::Allow);
        let hour = NOW.minus(Span::hours(1));
        for (place, created, thaws) in [
            (Strange::Known, hour, true),
            (Strange::New, hour, false),
            (Strange::New, NOW.minus(Span::hours(24)), true),
        ] {
            let mut known = passkey(7);
            (known.place, known.created) = (place, created);
            let mut facts = facts(CustomerState::Frozen);
            facts.passkeys = Usable::of(&[known], Some("example.jp"), &policy);
            let spent = Spent {
                nonce: Digest([1; 32]),
                expires: NOW.plus(Span::minutes(5)),
            };
            let signed = Signed {
                count: 3,
                counting: Counting::Onward,
                backup: Backup::Bound,
                seen: UserSeen::Verified,
            };
            let bound = facts.bound;
            let proof = PasskeyProved::assert_passkey((passkey(7).id, 1), bound, spent, signed);
            let attempt = Attempt::Customer(vec![FactorProved::Passkey(proof)]);
            let verdict = decide(&attempt, &facts, &policy).entry.verdict;
            assert_eq!(verdict == Verdict::Allow, thaws, "{place:?} {created:?}");
        }
    }

    #[test]
    fn a_ground_names_no_person() {
        for text in [
            "called from taro@example.jp",
            "090-1234-5678 と話した",
            "０９０１２３４５６７８",
            "",
            "a\u{202e}b",
        ] {
            assert!(Ground::parse(text).is_err(), "{text}");
        }
        for text in [
            "窓口で運転免許証を確認",
            "case 2026-114",
            "branch 0005, window 3",
        ] {
            assert!(Ground::parse(text).is_ok(), "{text}");
        }
    }
}
