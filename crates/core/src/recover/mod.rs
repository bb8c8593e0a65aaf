//! The act "recover": a customer who cannot go the usual way asks for what they lost, waits, and
//! comes back.
//!
//! A recovery takes two different proofs (NIST SP 800-63B-4 section 4.2.2.2), given when it is
//! begun and once more when it is due. In between every verified channel is told, and whoever types
//! the code of that message ends it. What it gives is told too, and money waits after it as after a
//! change of contact.
//!
//! **Invariant:** an unknown account, a wrong password and an account that has nothing to recover
//! open a conversation that looks like any other and that no code answers.

mod answer;
mod cancel;
mod choose;

pub use answer::{Answer, AnswerFacts, AnswerFresh, Given, answer};
pub use cancel::{CancelFacts, cancel};
pub use choose::{ChooseFacts, choose};

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{CounterKey, Sealed, TokenHash};
use crate::change::{Change, Stands};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::guess::Sends;
use crate::hold::money_held;
use crate::id::{CustomerId, DecisionId, InteractionId, NoticeId};
use crate::known::{
    ChannelKnown, CredentialKnown, CustomerState, InteractionKind, LoginKnown, RecoveryKind,
    RecoveryKnown,
};
use crate::login::ChannelKind;
use crate::moment::Moment;
use crate::passkey::Usable;
use crate::policy::Policy;
use crate::proof::PasswordProved;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::sign_in::CONVERSATION;
use crate::step_up::{Addressee, Admission, FreshChallenge};
use crate::step_up::{code_channel, failed, locked, recipient, send};
use crate::verdict::{Requirement, Verdict};
use secrecy::SecretString;

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// What was lost.
    pub kind: RecoveryKind,
    /// The counter of the password, where one was typed.
    pub tries: CounterKey,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// The customer meant by the login, if there is one.
    pub login: Option<LoginKnown>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The customer's passkeys that will do.
    pub passkeys: Usable,
    /// Whether there are backup codes.
    pub backed: Backed,
    /// The proof, if a password was typed and right.
    pub password: Option<PasswordProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// The counter of messages.
    pub sends: Sends,
    /// The conversation: its id, the hash of its token, its sealed state.
    pub interaction: (InteractionId, TokenHash, Sealed),
    /// The code by which the customer can say "this was not me", its hash and its text, and the id
    /// of the message with it.
    pub locked: ((TokenHash, SecretString), NoticeId),
    /// Two codes, of which as many are sent as are needed.
    pub challenges: [FreshChallenge; 2],
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Whether a customer has backup codes that the policy takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backed {
    /// One at least.
    Codes,
    /// None.
    Nothing,
}

/// The channels whose codes a recovery takes; `None` when the customer has too few, and staff have
/// to make sure who asks.
///
/// Beside the password that is one code, and for lost passkeys a backup code may stand in its
/// place, so that there need be no channel. Without it these are two, by mail and by text message,
/// since a second mailbox is most often open in the same browser; or one of them and a backup code,
/// so that customers who are `backed` by any need but one channel.
#[must_use]
pub fn proving<'a>(
    kind: RecoveryKind,
    (channels, backed): (&'a [ChannelKnown], Backed),
    policy: &Policy,
) -> Option<Vec<&'a ChannelKnown>> {
    let verified = |kind: ChannelKind| {
        let of = |one: &&ChannelKnown| one.kind == kind && one.verified.is_some();
        channels.iter().find(of)
    };
    match kind {
        RecoveryKind::Passkey => Some(code_channel(channels, policy).into_iter().collect()),
        RecoveryKind::Thaw => code_channel(channels, policy).map(|channel| vec![channel]),
        RecoveryKind::Password => {
            let both = [verified(ChannelKind::Mail), verified(ChannelKind::Sms)];
            let some: Vec<_> = both.into_iter().flatten().collect();
            let enough = match backed {
                Backed::Codes => 1,
                Backed::Nothing => 2,
            };
            (some.len() >= enough).then_some(some)
        }
    }
}

/// What the codes of a recovery are bound to, in the order in which they are sent and typed: each
/// has its own place in the conversation.
#[must_use]
pub fn bounds(kind: RecoveryKind, id: InteractionId) -> Vec<Bound<'static>> {
    match kind {
        RecoveryKind::Password => vec![Bound::Interaction(id), Bound::Recover(id)],
        RecoveryKind::Passkey | RecoveryKind::Thaw => vec![Bound::Interaction(id)],
    }
}

/// Opens the conversation, and sends the codes if there is something to recover.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let refused = refusal(attempt, facts, policy);
    let login = facts.login.as_ref();
    let mut decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Recover,
        actor: Actor::Customer,
        customer: login.map(|login| login.customer.id),
        operation: None,
        verdict: match refused {
            None => Verdict::requiring([Requirement::SecondFactor]),
            Some(_) => Verdict::Refuse,
        },
        reasons: vec![refused.unwrap_or(Reason::ConfirmationNeeded)],
        policy: policy.version.clone(),
        facts: noted(attempt.kind),
    });
    if let Some(login) = login {
        let visit = Visit {
            customer: login.customer.id,
            context: &attempt.context,
            application: None,
            ending: match refused {
                None => Ending::Pending,
                Some(_) => Ending::Failure,
            },
        };
        decision.access = Some(visit.access(&decision.entry));
    }
    let (id, token, state) = facts.interaction.clone();
    let meant = login.filter(|_| refused.is_none());
    let opened = Change::InteractionOpened {
        id,
        token,
        kind: InteractionKind::Recover,
        customer: meant.map(|login| login.customer.id),
        state,
        at: facts.now,
        expires: facts.now.plus(CONVERSATION),
    };
    let decision = decision.with([opened]);
    if let Some(login) = meant {
        return sent(decision, attempt, (facts, login), policy);
    }
    // Whoever typed no secret failed at none: to count it would tell which logins there are.
    let decision = match attempt.kind.takes_password() {
        true => decision.with(failed(&attempt.context, facts.now)),
        false => decision,
    };
    match login {
        Some(login) if facts.admission == Admission::Last => {
            let (report, notice) = &facts.locked;
            let to = (&login.customer, *notice, report);
            locked(decision, &facts.channels, to, policy)
        }
        _ => decision,
    }
}

/// What an entry says of a recovery of `kind`.
fn noted(kind: RecoveryKind) -> String {
    format!(r#"{{"kind":"{}"}}"#, kind.word())
}

/// The end of a recovery that is in course still.
const fn ended(recovery: &RecoveryKnown) -> Change {
    Change::RecoveryEnded(*recovery)
}

/// Money waits as after a change of contact, from the customer's row in this revision on.
pub(crate) fn money_waits(of: (CustomerId, i64), at: Moment, policy: &Policy) -> Vec<Change> {
    let (id, revision) = of;
    let changed = Change::CustomerContactChanged { id, revision, at };
    let held = money_held(id, Reason::ContactFresh, at, policy);
    [changed].into_iter().chain(held).collect()
}

fn refusal(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Option<Reason> {
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    let Some(login) = &facts.login else {
        return Some(Reason::CredentialMismatch);
    };
    let frozen = login.customer.state == CustomerState::Frozen;
    let proved = facts.password.as_ref().map(PasswordProved::seen);
    let stored = login.credential.as_ref().map(CredentialKnown::seen);
    let wrong = proved.is_none() || proved != stored;
    let reason = match attempt.kind {
        RecoveryKind::Passkey | RecoveryKind::Thaw if wrong => Some(Reason::CredentialMismatch),
        RecoveryKind::Thaw if login.customer.contact_doubted.is_some() => {
            Some(Reason::ContactDoubted)
        }
        RecoveryKind::Passkey if frozen => Some(Reason::Frozen),
        RecoveryKind::Passkey => (!facts.passkeys.any()).then_some(Reason::FactorMissing),
        RecoveryKind::Thaw => (!frozen).then_some(Reason::NotFrozen),
        RecoveryKind::Password if stored.is_none() => Some(Reason::FactorMissing),
        RecoveryKind::Password => frozen.then_some(Reason::Frozen),
    };
    if reason.is_some() {
        return reason;
    }
    let reached = (facts.channels.as_slice(), facts.backed);
    if proving(attempt.kind, reached, policy).is_none() {
        return Some(Reason::PolicyRequires);
    }
    let counted = facts.sends.count(facts.now, policy);
    counted.is_none().then_some(Reason::TriesExhausted)
}

/// The codes, each bound to its own place in the conversation.
fn sent(
    decision: Decision,
    attempt: &Attempt,
    known: (&Facts, &LoginKnown),
    policy: &Policy,
) -> Decision {
    let (facts, login) = known;
    let (id, _, _) = facts.interaction;
    let reached = (facts.channels.as_slice(), facts.backed);
    let channels = proving(attempt.kind, reached, policy).unwrap_or_default();
    let bounds = bounds(attempt.kind, id);
    let mut decision = decision.with(facts.sends.count(facts.now, policy).unwrap_or_default());
    if attempt.kind.takes_password() {
        let cleared = Change::TriesCleared { key: attempt.tries };
        let proved = facts.password.as_ref();
        let stands = proved.map(|proof| Change::Stands(Stands::Password(proof.seen())));
        decision = decision.with(stands).with([cleared]);
    }
    for ((channel, fresh), bound) in channels.into_iter().zip(&facts.challenges).zip(bounds) {
        let to = Addressee {
            customer: Some(login.customer.id),
            kind: channel.kind,
            recipient: recipient(channel),
            locale: login.customer.locale,
            at: facts.now,
        };
        let (sent, notice) = send(fresh, bound.digest(), None, to, policy.code_life());
        decision = decision.with([sent]).telling([notice]);
    }
    decision
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Digest;
    use crate::id::{ChallengeId, CredentialId};
    use crate::known::TriesKnown;
    use crate::moment::Span;
    use crate::notice::NoticeKind;
    use crate::sample::{NOW, channels, context, customer, passkey, policy};

    fn facts(state: CustomerState) -> Facts {
        let id = CredentialId([5; 16]);
        let fresh = |number: u8| FreshChallenge {
            id: ChallengeId([number; 16]),
            code: "123456".into(),
            hash: Digest([number; 32]),
            notice: NoticeId([number; 16]),
        };
        let mut known = customer(1);
        known.state = state;
        Facts {
            login: Some(LoginKnown {
                channel: channels().remove(0),
                credential: Some(CredentialKnown {
                    id,
                    customer: known.id,
                    hash: "hash".into(),
                    revision: 3,
                    set: NOW,
                    void: None,
                }),
                customer: known,
            }),
            channels: channels(),
            passkeys: Usable::of(&[passkey(7)], Some("example.jp"), &policy()),
            backed: Backed::Nothing,
            password: Some(PasswordProved::assert_password(id, 3, NOW)),
            admission: Admission::Admitted,
            sends: Sends {
                key: CounterKey([2; 16]),
                tries: None,
            },
            interaction: (
                InteractionId([3; 16]),
                TokenHash([3; 32]),
                Sealed(vec![3; 40]),
            ),
            locked: (
                (TokenHash([8; 32]), "ABCDE-12345".into()),
                NoticeId([8; 16]),
            ),
            challenges: [fresh(6), fresh(7)],
            decision: DecisionId([9; 16]),
            now: NOW,
        }
    }

    fn decided(kind: RecoveryKind, facts: &Facts) -> Decision {
        let attempt = Attempt {
            context: context(),
            kind,
            tries: CounterKey([1; 16]),
        };
        decide(&attempt, facts, &policy())
    }

    /// To whom the conversation belongs.
    fn opened(decision: &Decision) -> Option<Option<CustomerId>> {
        decision.changes.iter().find_map(|change| match change {
            Change::InteractionOpened { customer, .. } => Some(*customer),
            _ => None,
        })
    }

    #[test]
    fn one_code_goes_out_beside_the_password_and_two_without() {
        for (kind, state, many) in [
            (RecoveryKind::Passkey, CustomerState::Active, 1),
            (RecoveryKind::Thaw, CustomerState::Frozen, 1),
            (RecoveryKind::Password, CustomerState::Active, 2),
        ] {
            let decision = decided(kind, &facts(state));
            assert_eq!(opened(&decision), Some(Some(customer(1).id)));
            let code =
                |notice: &&crate::notice::Notice| matches!(notice.kind, NoticeKind::Code { .. });
            assert_eq!(decision.notices.iter().filter(code).count(), many);
            let bound = |change: &Change| match change {
                Change::ChallengeSent { bound, .. } => Some(*bound),
                _ => None,
            };
            let mut bounds: Vec<_> = decision.changes.iter().filter_map(bound).collect();
            bounds.dedup();
            assert_eq!(bounds.len(), many, "each for its own place");
        }
    }

    #[test]
    fn who_has_backup_codes_needs_one_channel() {
        for (channel, backed, sent) in [
            (0, Backed::Codes, 1),
            (1, Backed::Codes, 1),
            (0, Backed::Nothing, 0),
            (2, Backed::Codes, 0),
        ] {
            let mut facts = facts(CustomerState::Active);
            (facts.channels, facts.backed) = (vec![channels().remove(channel)], backed);
            let decision = decided(RecoveryKind::Password, &facts);
            assert_eq!(decision.notices.len(), sent, "{channel} {backed:?}");
        }
    }

    #[test]
    fn whatever_stands_against_it_opens_a_conversation_of_nobody() {
        let (frozen, active) = (CustomerState::Frozen, CustomerState::Active);
        let with = |state, change: &dyn Fn(&mut Facts)| {
            let mut facts = facts(state);
            change(&mut facts);
            facts
        };
        let wrong = |facts: &mut Facts| facts.password = None;
        let stale = |facts: &mut Facts| {
            let id = CredentialId([5; 16]);
            facts.password = Some(PasswordProved::assert_password(id, 2, NOW));
        };
        let unknown = |facts: &mut Facts| facts.login = None;
        let locked = |facts: &mut Facts| facts.admission = Admission::Locked;
        let mail_alone = |facts: &mut Facts| facts.channels.truncate(1);
        let many = |facts: &mut Facts| {
            facts.sends.tries = Some(TriesKnown {
                tries: 10,
                total: 10,
                last: NOW,
                locked_until: NOW.plus(Span::minutes(1)),
            });
        };
        let doubted = |facts: &mut Facts| {
            let login = facts.login.as_mut().unwrap();
            login.customer.contact_doubted = Some(NOW);
        };
        let nothing = |_: &mut Facts| {};
        let none = |facts: &mut Facts| facts.passkeys = Usable::default();
        let passkey = RecoveryKind::Passkey;
        let (thaw, password) = (RecoveryKind::Thaw, RecoveryKind::Password);
        for (kind, facts, reason) in [
            (passkey, with(active, &wrong), Reason::CredentialMismatch),
            (passkey, with(active, &none), Reason::FactorMissing),
            (passkey, with(active, &many), Reason::TriesExhausted),
            (passkey, with(frozen, &nothing), Reason::Frozen),
            (thaw, with(frozen, &wrong), Reason::CredentialMismatch),
            (thaw, with(frozen, &stale), Reason::CredentialMismatch),
            (thaw, with(frozen, &unknown), Reason::CredentialMismatch),
            (thaw, with(frozen, &locked), Reason::TriesExhausted),
            (thaw, with(frozen, &many), Reason::TriesExhausted),
            (thaw, with(active, &nothing), Reason::NotFrozen),
            (thaw, with(frozen, &doubted), Reason::ContactDoubted),
            (password, with(frozen, &nothing), Reason::Frozen),
            (password, with(active, &unknown), Reason::CredentialMismatch),
            (password, with(active, &mail_alone), Reason::PolicyRequires),
            (password, with(active, &many), Reason::TriesExhausted),
        ] {
            let decision = decided(kind, &facts);
            assert_eq!(decision.reasons(), [reason]);
            assert_eq!(opened(&decision), Some(None), "{reason:?}");
            assert!(decision.notices.is_empty(), "{reason:?}");
        }
    }

    #[test]
    fn the_last_try_at_the_password_is_told_to_its_owner_and_to_nobody_else() {
        let told = |facts: &Facts| {
            let decision = decided(RecoveryKind::Thaw, facts);
            let locked =
                |notice: &crate::notice::Notice| matches!(notice.kind, NoticeKind::Locked { .. });
            decision.notices.iter().filter(|one| locked(one)).count()
        };
        let mut wrong = facts(CustomerState::Frozen);
        (wrong.password, wrong.admission) = (None, Admission::Last);
        assert_eq!(told(&wrong), 2, "every verified channel");
        wrong.admission = Admission::Admitted;
        assert_eq!(told(&wrong), 0);
        (wrong.login, wrong.admission) = (None, Admission::Last);
        assert_eq!(told(&wrong), 0);
    }

    #[test]
    fn a_login_that_is_there_and_one_that_is_not_leave_the_same_failures() {
        let counted = |kind, facts: &Facts| {
            let decision = decided(kind, facts);
            let failure = |change: &&Change| matches!(change, Change::FailureCounted { .. });
            decision.changes.iter().filter(failure).count()
        };
        let mut unknown = facts(CustomerState::Active);
        (unknown.login, unknown.password) = (None, None);
        let mut wrong = facts(CustomerState::Active);
        wrong.password = None;
        for (kind, many) in [(RecoveryKind::Password, 0), (RecoveryKind::Thaw, 1)] {
            assert_eq!(counted(kind, &unknown), many);
            assert_eq!(counted(kind, &wrong), many);
        }
    }
}
