//! The act "respond": a person of the firm protects the account of one customer.
//!
//! **Invariant:** nothing here lets anybody in or moves money; every response ends the sessions,
//! and every channel of the customer is told of it.

use crate::access::Act;
use crate::change::{Change, PasswordVoided};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::freeze::frozen;
use crate::id::{AlertId, DecisionId, NoticeId};
use crate::known::{ChannelKnown, CredentialKnown, CustomerKnown, CustomerState, StaffRole};
use crate::moment::Moment;
use crate::notice::{NoticeKind, RespondEvent};
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::step_up::told;
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// What is done for an account. The words are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Response {
    /// Every session ends.
    EndSessions,
    /// The account is switched off until its customer shows who they are.
    Freeze,
    /// The password is good for nothing any more, and every session ends.
    ResetPassword,
}

impl Response {
    /// All of them, the mildest first.
    pub const ALL: [Self; 3] = [Self::EndSessions, Self::ResetPassword, Self::Freeze];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::EndSessions => "end_sessions",
            Self::Freeze => "freeze",
            Self::ResetPassword => "reset_password",
        }
    }

    /// The response of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// Whether there is anything to do for an account in this state.
    ///
    /// # Errors
    /// Why not.
    pub fn fits(
        self,
        customer: &CustomerKnown,
        credential: Option<&CredentialKnown>,
    ) -> Result<(), Reason> {
        match (self, customer.state, credential) {
            (Self::Freeze, CustomerState::Frozen, _) => Err(Reason::Frozen),
            (Self::ResetPassword, _, None) => Err(Reason::PasswordNone),
            (Self::ResetPassword, _, Some(known)) if known.void.is_some() => {
                Err(Reason::PasswordVoid)
            }
            _ => Ok(()),
        }
    }
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who responds.
    pub staff: StaffProved,
    /// The customer.
    pub customer: CustomerKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The customer's password.
    pub credential: Option<CredentialKnown>,
    /// The alert that named the customer, where it was one.
    pub alert: Option<AlertId>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// Now.
    pub now: Moment,
}

/// Responds, or says why there is nothing to do.
pub fn decide((response, ground): (Response, &Ground), facts: &Facts, policy: &Policy) -> Decision {
    let customer = &facts.customer;
    let reason = match facts.staff.has(StaffRole::Operations) {
        true => response.fits(customer, facts.credential.as_ref()).err(),
        false => Some(Reason::StaffRole),
    };
    let recorded = serde_json::json!({
        "alert": facts.alert,
        "ground": ground.as_str(),
        "response": response.word(),
    });
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Respond,
        actor: Actor::Staff(facts.staff.id()),
        customer: Some(customer.id),
        operation: None,
        verdict: match reason {
            None => Verdict::Allow,
            Some(_) => Verdict::Refuse,
        },
        reasons: vec![reason.unwrap_or(Reason::Responded)],
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    });
    if reason.is_some() {
        return decision;
    }
    let decision = decision.with([facts.staff.stands()]);
    let known = (customer, facts.channels.as_slice());
    let void = |known: &CredentialKnown| {
        Change::PasswordVoided(PasswordVoided {
            id: known.id,
            revision: known.revision,
            at: facts.now,
        })
    };
    let (event, changes) = match response {
        Response::Freeze => return frozen(decision, known, facts.fresh.1, policy),
        Response::EndSessions => (RespondEvent::SessionsEnded, None),
        Response::ResetPassword => (
            RespondEvent::PasswordReset,
            facts.credential.as_ref().map(void),
        ),
    };
    let ended = Change::SessionsEnded {
        customer: customer.id,
        at: facts.now,
    };
    let kind = NoticeKind::Responded(event);
    let expires = facts.now.plus(kind.life(policy));
    let notices = told(known.1, (customer, facts.fresh.1), &kind, expires);
    decision.with(changes).with([ended]).telling(notices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CredentialId;
    use crate::notice::FreezeEvent;
    use crate::sample::{NOW, channels, customer, person, policy};

    fn credential(void: Option<Moment>) -> CredentialKnown {
        CredentialKnown {
            id: CredentialId([3; 16]),
            customer: customer(1).id,
            hash: "$argon2id$".to_owned(),
            revision: 2,
            set: NOW,
            void,
        }
    }

    fn facts(role: StaffRole) -> Facts {
        Facts {
            staff: StaffProved::assert_staff(&person(1, &[role])),
            customer: customer(1),
            channels: channels(),
            credential: Some(credential(None)),
            alert: Some(AlertId([4; 16])),
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            now: NOW,
        }
    }

    fn ground() -> Ground {
        Ground::parse("リスト型攻撃、案件 2026-114").unwrap()
    }

    #[test]
    fn only_responders_respond_and_a_refusal_changes_nothing() {
        for response in Response::ALL {
            for role in StaffRole::ALL {
                let decision = decide((response, &ground()), &facts(role), &policy());
                let allowed = role == StaffRole::Operations;
                assert_eq!(*decision.verdict() == Verdict::Allow, allowed, "{role:?}");
                assert_eq!(decision.changes.is_empty(), !allowed, "{role:?}");
                assert_eq!(decision.notices.is_empty(), !allowed, "{role:?}");
            }
        }
    }

    #[test]
    fn every_response_ends_the_sessions_and_tells_every_channel_what_it_was() {
        for (response, said) in [
            (Response::EndSessions, Some(RespondEvent::SessionsEnded)),
            (Response::ResetPassword, Some(RespondEvent::PasswordReset)),
            (Response::Freeze, None),
        ] {
            let facts = facts(StaffRole::Operations);
            let decision = decide((response, &ground()), &facts, &policy());
            let ends = |change: &Change| matches!(change, Change::SessionsEnded { .. });
            assert!(decision.changes.iter().any(ends), "{response:?}");
            assert_eq!(decision.notices.len(), 2);
            for notice in &decision.notices {
                match (&notice.kind, said) {
                    (NoticeKind::Responded(event), Some(said)) => assert_eq!(*event, said),
                    (NoticeKind::Frozen { freeze }, None) => {
                        assert_eq!(*freeze, FreezeEvent::Firm);
                    }
                    (kind, _) => panic!("{response:?} tells {kind:?}"),
                }
            }
            assert!(decision.entry.facts.contains("2026-114"));
        }
    }

    #[test]
    fn what_is_done_already_is_not_done_again() {
        let mut facts = facts(StaffRole::Operations);
        facts.customer.state = CustomerState::Frozen;
        for (response, credential, reason) in [
            (Response::Freeze, None, Reason::Frozen),
            (Response::ResetPassword, None, Reason::PasswordNone),
            (
                Response::ResetPassword,
                Some(credential(Some(NOW))),
                Reason::PasswordVoid,
            ),
        ] {
            facts.credential = credential;
            let decision = decide((response, &ground()), &facts, &policy());
            assert_eq!(decision.entry.reasons, [reason], "{response:?}");
            assert!(decision.changes.is_empty());
        }
    }
}
