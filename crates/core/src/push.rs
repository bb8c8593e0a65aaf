//! Asking a phone: a request that is shown there and approved by typing a number that the asking
//! page shows.
//!
//! It is a one-time code whose digits travel the other way (NIST SP 800-63B-4 section 3.1.3.3: the
//! secret is transferred from the primary to the secondary channel). So a tap that nobody thought
//! about approves nothing, and whoever relays a look-alike page still has the phone show what is
//! really approved. See [0020](../../../docs/decisions/0020-push-approval.md).
//!
//! **Invariant:** a request is sent after a password or in a session, never to the browser that
//! asks, and one customer has one at most.

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{Digest, Sealed, TokenHash};
use crate::change::{Change, PushChange, Stands};
use crate::confirm::Shown;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::guess::Requests;
use crate::id::{ChallengeId, DecisionId, DeviceId, NoticeId};
use crate::known::{
    ApproverKnown, CustomerKnown, CustomerState, InteractionKind, InteractionKnown,
};
use crate::known::{PushAbout, PushKnown, SessionKnown};
use crate::moment::{Moment, Span};
use crate::notice::{Carrier, Notice, NoticeKind, Recipient};
use crate::policy::{FactorPolicy, OperationPolicy, Policy};
use crate::proof::Method;
use crate::prove::Ways;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::verdict::{Requirement, Verdict};
use secrecy::SecretString;

/// What an approval is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What a phone is shown of it.
    pub about: PushAbout,
    /// What an approval proves.
    pub bound: Digest,
    /// Why an approval would prove nothing.
    pub closed: Option<Reason>,
    act: Act,
}

impl Asked {
    /// Going on in a conversation that signs in.
    #[must_use]
    pub fn sign_in(interaction: &InteractionKnown, now: Moment) -> Self {
        let signs_in = interaction.kind == InteractionKind::SignIn;
        let open = signs_in && interaction.expires > now;
        Self {
            about: PushAbout::SignIn,
            bound: Bound::Interaction(interaction.id).digest(),
            closed: (!open).then_some(Reason::Expired),
            act: Act::StepUp,
        }
    }

    /// Showing once more who they are.
    #[must_use]
    pub fn prove(session: &SessionKnown, ways: Ways) -> Self {
        Self {
            about: PushAbout::Prove,
            bound: Bound::Prove(session.id).digest(),
            closed: (ways == Ways::Passkey).then_some(Reason::PasskeyNeeded),
            act: Act::Prove,
        }
    }

    /// Confirming an operation.
    #[must_use]
    pub fn operation(shown: &Shown, spec: &OperationPolicy, now: Moment, policy: &Policy) -> Self {
        let operation = &shown.operation;
        let wanted = shown.wants_passkey(spec, now, policy);
        let passkey = wanted.then_some(Reason::PasskeyNeeded);
        let stale = shown.is_stale(spec, now).then_some(Reason::ProofStale);
        Self {
            about: PushAbout::Operation(operation.id),
            bound: Bound::Operation {
                id: operation.id,
                fields: operation.digest,
                customer: operation.customer.id,
            }
            .digest(),
            closed: shown.closed(now).or(stale).or(passkey),
            act: Act::Confirm(operation.kind.clone()),
        }
    }
}

/// The phones that may be asked from a browser: those that it is not itself.
#[must_use]
pub fn others(approvers: &[ApproverKnown], asker: Option<DeviceId>) -> Vec<&ApproverKnown> {
    let other = |known: &&ApproverKnown| Some(known.device) != asker;
    approvers.iter().filter(other).collect()
}

/// A request that gate drew.
#[derive(Clone, Debug)]
pub struct FreshPush {
    /// The id.
    pub id: ChallengeId,
    /// What opens it on a phone: its hash and its text.
    pub secret: (TokenHash, SecretString),
    /// The number and from where it is asked for, sealed.
    pub sealed: Sealed,
}

/// What is known when a phone is to be asked.
#[derive(Debug)]
pub struct Facts {
    /// Whose phone.
    pub customer: CustomerKnown,
    /// For what.
    pub asked: Asked,
    /// The device that asks, if it is recognised.
    pub asker: Option<DeviceId>,
    /// From where.
    pub context: Context,
    /// Where a message goes, for each phone that may be asked.
    pub phones: Vec<(NoticeId, Sealed)>,
    /// The open request, whatever it is for.
    pub open: Option<PushKnown>,
    /// The counter of requests.
    pub sends: Requests,
    /// The new request.
    pub fresh: FreshPush,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Sends a request to the customer's phones, in the place of the open one.
pub fn decide(facts: &Facts, policy: &Policy) -> Decision {
    let counting = facts.sends.count(facts.now, policy);
    let reason = facts.refusal(policy);
    let reason = reason.or(counting.is_none().then_some(Reason::TriesExhausted));
    let mut decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: facts.asked.act.clone(),
        actor: Actor::Customer,
        customer: Some(facts.customer.id),
        operation: facts.asked.about.operation(),
        verdict: match (reason, facts.asked.about) {
            (Some(_), _) => Verdict::Refuse,
            (None, PushAbout::Operation(_)) => Verdict::requiring([Requirement::Confirmation]),
            (None, _) => Verdict::requiring([Requirement::SecondFactor]),
        },
        reasons: vec![reason.unwrap_or(Reason::PushWaits)],
        policy: policy.version.clone(),
        facts: r#"{"push":true}"#.to_owned(),
    });
    let (Some(counting), None) = (counting, reason) else {
        return decision;
    };
    // So that "this was not me" knows the place it is about.
    let visit = Visit {
        customer: facts.customer.id,
        context: &facts.context,
        application: None,
        ending: Ending::Pending,
    };
    decision.access = Some(visit.access(&decision.entry));
    let expires = facts.now.plus(policy.code_life());
    let stands = Stands::Customer {
        id: facts.customer.id,
        revision: facts.customer.revision,
    };
    decision
        .with(counting)
        .with([
            Change::Stands(stands),
            Change::Push(facts.asked_until(expires)),
        ])
        .telling(facts.notices(expires))
}

impl Facts {
    fn refusal(&self, policy: &Policy) -> Option<Reason> {
        let wait = Span::seconds(i64::from(policy.code.resend_seconds));
        let young =
            |open: &PushKnown| open.bound == self.asked.bound && self.now.since(open.sent) < wait;
        if self.customer.state == CustomerState::Frozen {
            Some(Reason::Frozen)
        } else if policy.factor(Method::Push) == FactorPolicy::Forbid {
            Some(Reason::PolicyRequires)
        } else if let Some(reason) = self.asked.closed {
            Some(reason)
        } else if self.phones.is_empty() {
            Some(Reason::FactorMissing)
        } else {
            let young = self.open.as_ref().is_some_and(young);
            young.then_some(Reason::TriesExhausted)
        }
    }

    fn asked_until(&self, expires: Moment) -> PushChange {
        let request = PushKnown {
            id: self.fresh.id,
            customer: self.customer.id,
            about: self.asked.about,
            bound: self.asked.bound,
            secret: self.fresh.secret.0,
            sealed: self.fresh.sealed.clone(),
            asker: self.asker,
            decision: self.decision,
            sent: self.now,
            expires,
            wrong: 0,
            approved: None,
            revision: 1,
        };
        PushChange::Asked {
            request: Box::new(request),
            seen: self.open.as_ref().map(|open| open.id),
        }
    }

    fn notices(&self, expires: Moment) -> Vec<Notice> {
        let notice = |(id, sealed): &(NoticeId, Sealed)| Notice {
            id: *id,
            customer: Some(self.customer.id),
            to: Recipient {
                kind: Carrier::Push,
                channel: None,
                sealed: sealed.clone(),
            },
            locale: self.customer.locale,
            expires,
            kind: NoticeKind::Approve {
                secret: self.fresh.secret.1.clone(),
            },
        };
        self.phones.iter().map(notice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::CounterKey;
    use crate::guess::Counted;
    use crate::id::CustomerId;
    use crate::known::TriesKnown;
    use crate::sample::{NOW, context, customer, policy, session};

    fn facts() -> Facts {
        Facts {
            customer: customer(1),
            asked: Asked::prove(&session(1, 1), Ways::Any),
            asker: Some(DeviceId([1; 16])),
            context: context(),
            phones: vec![
                (NoticeId([1; 16]), Sealed(vec![1])),
                (NoticeId([2; 16]), Sealed(vec![2])),
            ],
            open: None,
            sends: Requests {
                key: CounterKey([1; 16]),
                counted: Counted::Push,
                tries: None,
            },
            fresh: FreshPush {
                id: ChallengeId([5; 16]),
                secret: (TokenHash([6; 32]), "secret".into()),
                sealed: Sealed(vec![3]),
            },
            decision: DecisionId([9; 16]),
            now: NOW,
        }
    }

    fn open(facts: &Facts) -> PushKnown {
        let decision = decide(facts, &policy());
        let found = decision
            .changes
            .into_iter()
            .find_map(|change| match change {
                Change::Push(PushChange::Asked { request, .. }) => Some(*request),
                _ => None,
            });
        found.unwrap()
    }

    #[test]
    fn a_request_goes_to_every_phone_and_replaces_the_open_one() {
        let mut facts = facts();
        let decision = decide(&facts, &policy());
        assert_eq!(decision.notices.len(), 2);
        let older = PushKnown {
            bound: Digest([7; 32]),
            id: ChallengeId([4; 16]),
            ..open(&facts)
        };
        facts.open = Some(older);
        let replaced = decide(&facts, &policy());
        let seen = |change: &Change| {
            matches!(change, Change::Push(PushChange::Asked { seen: Some(ChallengeId(id)), .. })
                if *id == [4; 16])
        };
        assert!(replaced.changes.iter().any(seen));
    }

    #[test]
    fn nobody_is_asked_where_an_approval_would_prove_nothing_or_too_often() {
        let mut frozen = facts();
        frozen.customer.state = CustomerState::Frozen;
        let mut locked = facts();
        locked.asked = Asked::prove(&session(1, 1), Ways::Passkey);
        let mut alone = facts();
        alone.phones.clear();
        let mut young = facts();
        young.open = Some(open(&facts()));
        let mut many = facts();
        many.sends.tries = Some(TriesKnown {
            tries: 3,
            total: 3,
            last: NOW,
            locked_until: NOW.plus(Span::minutes(15)),
        });
        for (facts, reason) in [
            (frozen, Reason::Frozen),
            (locked, Reason::PasskeyNeeded),
            (alone, Reason::FactorMissing),
            (young, Reason::TriesExhausted),
            (many, Reason::TriesExhausted),
        ] {
            let decision = decide(&facts, &policy());
            assert_eq!(decision.reasons(), [reason]);
            assert!(decision.changes.is_empty() && decision.notices.is_empty());
        }
        let mut without = policy();
        without.factor.remove(&Method::Push);
        assert_eq!(
            decide(&facts(), &without).reasons(),
            [Reason::PolicyRequires]
        );
    }

    #[test]
    fn a_phone_is_not_asked_by_itself() {
        let phone = |number: u8| ApproverKnown {
            id: crate::id::CredentialId([number; 16]),
            customer: CustomerId([1; 16]),
            device: DeviceId([number; 16]),
            sealed: Sealed(vec![1]),
            key: "key".into(),
            created: NOW,
            last: None,
        };
        let phones = [phone(1), phone(2)];
        let ids = |asker| {
            let found = others(&phones, asker);
            found.iter().map(|known| known.id.0[0]).collect::<Vec<_>>()
        };
        assert_eq!(ids(Some(DeviceId([1; 16]))), [2]);
        assert_eq!(ids(None), [1, 2]);
    }
}
