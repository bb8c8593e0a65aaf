//! The act "enrol": a customer adds a passkey, or gives one another name.
//!
//! The first one is added after a second factor of a short time ago, whatever the profile (NIST SP
//! 800-63B-4 section 4.1.2.1), another one after a passkey of a short time ago. Otherwise whoever
//! has the password and the mailbox would add a passkey of their own and be past the downgrade
//! lock.
//!
//! **Invariant:** no passkey is added but in a fresh session of its own customer, for a challenge
//! that was made for that session, and every verified channel is told.

pub mod approver;
pub mod backup_code;
pub mod totp;

use crate::access::Act;
use crate::bound::Bound;
use crate::bytes::TokenHash;
use crate::change::{Change, PasskeyAdded};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CredentialId, CustomerId, DecisionId, NoticeId};
use crate::known::{
    ChannelKnown, CustomerState, PasskeyKnown, RiskKnown, SessionKnown, Strange, Transport,
};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::passkey::Usable;
use crate::policy::{FactorPolicy, Policy};
use crate::proof::{Method, PasskeyMade};
use crate::prove::{self, Ways};
use crate::reason::Reason;
use crate::report;
use crate::risk::{Features, Subject};
use crate::step_up::told;
use crate::text::Line;
use crate::verdict::{Requirement, Verdict};
use secrecy::SecretString;

/// Who changes their passkeys, and what is told about it.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The session.
    pub session: SessionKnown,
    /// The passkeys there are.
    pub passkeys: Vec<PasskeyKnown>,
    /// Those that will do.
    pub usable: Usable,
    /// Where the customer is told.
    pub channels: Vec<ChannelKnown>,
    /// A code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

impl Owner {
    /// Whose passkeys.
    #[must_use]
    pub const fn customer(&self) -> CustomerId {
        self.session.customer.id
    }

    /// Why passkeys cannot be changed in this session now.
    #[must_use]
    pub fn refusal(&self, policy: &Policy) -> Option<Reason> {
        if self.session.customer.state == CustomerState::Frozen {
            return Some(Reason::Frozen);
        }
        // Whatever the policy locks: a thief's own passkey would outlive the next password.
        let ways = match self.usable.any() {
            true => Ways::Passkey,
            false => Ways::Any,
        };
        let missing = prove::missing(&self.session, ways, self.now, policy);
        let second = prove::fresh(&self.session, self.now, policy)
            .iter()
            .any(|method| method.meets(Requirement::SecondFactor));
        (!missing.is_empty() || !second).then_some(Reason::ProofStale)
    }

    pub(crate) fn entry(&self, act: Act, reason: Option<Reason>, policy: &Policy) -> Entry {
        Entry {
            id: self.decision,
            at: self.now,
            act,
            actor: Actor::Customer,
            customer: Some(self.customer()),
            operation: None,
            verdict: match reason {
                None => Verdict::Allow,
                Some(_) => Verdict::Refuse,
            },
            reasons: vec![reason.unwrap_or(Reason::Proved)],
            policy: policy.version.clone(),
            facts: "{}".to_owned(),
        }
    }

    /// The customer and the session are as they were seen when the decision lands.
    pub(crate) fn stands(&self) -> [Change; 2] {
        self.session.stands()
    }

    /// Adds the message to every verified channel, with a report code.
    pub(crate) fn told(&self, decision: Decision, kind: &NoticeKind, policy: &Policy) -> Decision {
        let (code, _) = &self.report;
        let issued = report::issued(*code, &decision.entry, self.customer(), policy);
        let to = (&self.session.customer, self.notice);
        let expires = self.now.plus(kind.life(policy));
        let notices = told(&self.channels, to, kind, expires);
        decision.with([issued]).telling(notices)
    }
}

/// What is known when a passkey was made.
#[derive(Debug)]
pub struct Facts {
    /// Who.
    pub owner: Owner,
    /// The passkey, if what came was one.
    pub made: Option<PasskeyMade>,
    /// Who has a passkey with this handle already.
    pub taken: Option<CustomerId>,
    /// What is to be kept with it.
    pub kept: Kept,
    /// From where it is added.
    pub context: Context,
    /// What is known of that place.
    pub risk: RiskKnown,
}

/// What is kept with a passkey beside what its authenticator said.
#[derive(Clone, Debug)]
pub struct Kept {
    /// An id for it.
    pub id: CredentialId,
    /// The customer's name for it.
    pub name: Line<40>,
    /// The domain that it is made for.
    pub rp_id: String,
    /// What its authenticator keeps as the name of the customer.
    pub user_handle: Vec<u8>,
    /// How the browser said that it is reached.
    pub transports: Vec<Transport>,
}

/// Adds a passkey. One from a place that is not the customer's own waits before it moves money
/// ([`PasskeyKnown::is_settled`]).
pub fn decide(facts: &Facts, policy: &Policy) -> Decision {
    let owner = &facts.owner;
    let (made, reason) = match (&facts.made, refusal(facts, policy)) {
        (Some(made), None) => (made, None),
        (_, reason) => {
            let reason = reason.unwrap_or(Reason::PasskeyMismatch);
            return Decision::of(owner.entry(Act::Enrol, Some(reason), policy));
        }
    };
    let subject = Subject::of(policy);
    let features = Features::of(&facts.context, &facts.risk, subject, owner.now);
    let place = match features.is_own_place() {
        true => Strange::Known,
        false => Strange::New,
    };
    let spent = made.spent();
    let kind = NoticeKind::PasskeyAdded {
        report: owner.report.1.clone(),
        name: facts.kept.name.as_str().to_owned(),
    };
    let mut entry = owner.entry(Act::Enrol, reason, policy);
    entry.facts = features.json();
    let decision = Decision::of(entry).with([
        Change::TicketSpent {
            nonce: spent.nonce,
            expires: spent.expires,
        },
        Change::PasskeyAdded(Box::new(PasskeyAdded {
            passkey: added(facts, made, place),
            revision: owner.session.customer.revision,
            session: owner.session.id,
        })),
    ]);
    owner.told(decision, &kind, policy)
}

fn added(facts: &Facts, made: &PasskeyMade, place: Strange) -> PasskeyKnown {
    let (signed, kept) = (made.signed(), facts.kept.clone());
    let (aaguid, attestation) = made.model();
    PasskeyKnown {
        id: kept.id,
        customer: facts.owner.customer(),
        rp_id: kept.rp_id,
        handle: made.handle().to_vec(),
        user_handle: kept.user_handle,
        public_key: made.key().to_vec(),
        sign_count: signed.count,
        seen: signed.seen,
        backup: signed.backup,
        aaguid,
        attestation,
        transports: kept.transports,
        name: kept.name,
        place,
        created: facts.owner.now,
        last: None,
        revision: 1,
    }
}

fn refusal(facts: &Facts, policy: &Policy) -> Option<Reason> {
    let owner = &facts.owner;
    if let Some(reason) = owner.refusal(policy) {
        return Some(reason);
    }
    let signed = facts.made.as_ref().map(PasskeyMade::signed);
    let method = signed.map_or(Method::Passkey, |signed| signed.method());
    if policy.factor(method) == FactorPolicy::Forbid {
        return Some(Reason::PolicyRequires);
    }
    if owner.passkeys.len() >= usize::from(policy.passkey.most) {
        return Some(Reason::PasskeyLimit);
    }
    let Some(made) = &facts.made else {
        return Some(Reason::PasskeyMismatch);
    };
    if made.bound() != Bound::Enrol(owner.session.id).digest() || facts.taken.is_some() {
        return Some(Reason::PasskeyMismatch);
    }
    (made.spent().expires <= owner.now).then_some(Reason::Expired)
}

/// Gives a passkey another name. That is told too: under a name of the owner's a thief's passkey
/// would be looked for among the owner's own.
pub fn decide_rename(
    owner: &Owner,
    passkey: &PasskeyKnown,
    name: Line<40>,
    policy: &Policy,
) -> Decision {
    let own = passkey.customer == owner.customer();
    let reason = match owner.refusal(policy) {
        Some(reason) => Some(reason),
        None => (!own).then_some(Reason::PasskeyMismatch),
    };
    let decision = Decision::of(owner.entry(Act::Enrol, reason, policy));
    if reason.is_some() {
        return decision;
    }
    let kind = NoticeKind::PasskeyRenamed {
        report: owner.report.1.clone(),
        name: format!("{} → {}", passkey.name.as_str(), name.as_str()),
    };
    let decision = decision.with(owner.stands()).with([Change::PasskeyRenamed {
        id: passkey.id,
        revision: passkey.revision,
        name,
    }]);
    owner.told(decision, &kind, policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Digest;
    use crate::known::{Attestation, Backup};
    use crate::proof::{Counting, Signed, Spent, UserSeen};
    use crate::sample::{NOW, channels, context, policy, session, settled};
    use crate::sighting::TraitKind;

    fn facts(risk: RiskKnown) -> Facts {
        let mut session = session(1, 1);
        session.proved = NOW;
        let bound = Bound::Enrol(session.id).digest();
        let spent = Spent {
            nonce: Digest([4; 32]),
            expires: NOW.plus(crate::moment::Span::minutes(5)),
        };
        let signed = Signed {
            count: 0,
            counting: Counting::Onward,
            backup: Backup::Bound,
            seen: UserSeen::Verified,
        };
        Facts {
            owner: Owner {
                session,
                passkeys: Vec::new(),
                usable: Usable::default(),
                channels: channels(),
                report: (TokenHash([2; 32]), "ABCDE-12345".into()),
                notice: NoticeId([1; 16]),
                decision: DecisionId([9; 16]),
                now: NOW,
            },
            made: Some(PasskeyMade::assert_made(
                (vec![7; 32], vec![8; 77]),
                ([0; 16], Attestation::Absent),
                bound,
                spent,
                signed,
            )),
            taken: None,
            kept: Kept {
                id: CredentialId([7; 16]),
                name: Line::parse("key").unwrap(),
                rp_id: "example.jp".to_owned(),
                user_handle: vec![1; 16],
                transports: Vec::new(),
            },
            context: Context {
                device: Some(crate::id::DeviceId([3; 16])),
                ..context()
            },
            risk,
        }
    }

    #[test]
    fn only_the_customers_own_device_or_network_vouches_for_a_new_passkey() {
        use TraitKind::{All, Client, Country, Device, Network, System};
        for (known, place) in [
            (vec![Device], Strange::Known),
            (vec![Network], Strange::Known),
            // A thief chooses an operator and a program that the customer uses.
            (vec![All, System, Client, Country], Strange::New),
            (vec![], Strange::New),
        ] {
            let decision = decide(&facts(settled(&known)), &policy());
            let added = decision.changes.iter().find_map(|change| match change {
                Change::PasskeyAdded(added) => Some(added.passkey.place),
                _ => None,
            });
            assert_eq!(added, Some(place), "{known:?}");
        }
    }
}
