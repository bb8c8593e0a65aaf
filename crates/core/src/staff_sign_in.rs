//! The act "staff sign in": a person of the firm comes into the console by a passkey, shows once
//! more who they are, and leaves.
//!
//! **Invariant:** a session is opened by a passkey whose owner was seen by the authenticator and
//! may still do something; an unknown passkey, a wrong signature and a person who may no more end
//! in the same verdict.

use serde_json::json;

use crate::access::Act;
use crate::bytes::{Digest, TokenHash};
use crate::change::{Change, StaffAccess, StaffChange};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, StaffSessionId};
use crate::known::{LONGEST, StaffKnown, StaffSessionKnown};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::{Counting, PasskeyProved, StaffProved, UserSeen};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// What a passkey said: whose it is, and the proof if the signature was right.
#[derive(Debug, Default)]
pub struct Answered {
    /// Whose passkey was named.
    pub claimed: Option<StaffKnown>,
    /// That it signed.
    pub signed: Option<PasskeyProved>,
}

impl Answered {
    /// Who it is, if the passkey signed what is `bound`, in time, and its owner may.
    fn proved(&self, bound: Digest, now: Moment) -> Result<(&StaffKnown, &PasskeyProved), Reason> {
        let (Some(staff), Some(signed)) = (&self.claimed, &self.signed) else {
            return Err(Reason::PasskeyMismatch);
        };
        if signed.bound() != bound || signed.signed().seen != UserSeen::Verified {
            return Err(Reason::PasskeyMismatch);
        }
        if signed.spent().expires <= now {
            return Err(Reason::Expired);
        }
        match staff.disabled {
            Some(_) => Err(Reason::StaffUnknown),
            None => Ok((staff, signed)),
        }
    }
}

/// A session that may begin.
#[derive(Clone, Copy, Debug)]
pub struct FreshStaffSession {
    /// Its id.
    pub id: StaffSessionId,
    /// Hash of what the browser will hold.
    pub token: TokenHash,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// The answer.
    pub answered: Answered,
    /// What counts an answer that proves nothing, from [`crate::guess::Requests::count`].
    pub counting: Vec<Change>,
    /// A session.
    pub session: FreshStaffSession,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Opens a session for whoever's passkey signed what this browser was asked.
pub fn decide(bound: Digest, facts: &Facts, policy: &Policy) -> Decision {
    let (now, claimed) = (facts.now, facts.answered.claimed.as_ref());
    let at = (facts.decision, now);
    match facts.answered.proved(bound, now) {
        Err(reason) => {
            let facts_of = json!({ "staff": claimed.map(|known| known.id) });
            let record = record(Act::StaffSignIn, Actor::Operator, at, policy);
            Decision::of(refused(record, reason, &facts_of))
                .with(facts.counting.iter().cloned())
                .with(spent(facts.answered.signed.as_ref()))
        }
        Ok((staff, passkey)) => {
            let mut entry = record(Act::StaffSignIn, Actor::Staff(staff.id), at, policy);
            entry.reasons = reasons(passkey);
            entry.facts = json!({ "session": facts.session.id }).to_string();
            let opened = StaffAccess::SessionOpened {
                id: facts.session.id,
                token: facts.session.token,
                staff: staff.id,
                passkey: Some(passkey.credential()),
                at: now,
                ends: now.plus(LONGEST),
            };
            let stands = StaffProved::assert_staff(staff).stands();
            Decision::of(entry)
                .with([stands])
                .with(used(passkey, now))
                .with([access(opened)])
        }
    }
}

/// What is known of another proof in a session.
#[derive(Debug)]
pub struct ProofFacts<'a> {
    /// The session.
    pub session: &'a StaffSessionKnown,
    /// The answer.
    pub answered: Answered,
    /// Hash of what the browser will hold.
    pub token: TokenHash,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Notes that the person of a session showed once more who they are. Anybody else's passkey is a
/// wrong one.
pub fn decide_proof(bound: Digest, facts: &ProofFacts<'_>, policy: &Policy) -> Decision {
    let (session, now) = (facts.session, facts.now);
    let own = |known: &StaffKnown| known.id == session.staff.id;
    let proved = facts.answered.proved(bound, now);
    let proved = proved.and_then(|(staff, passkey)| match own(staff) {
        true => Ok((staff, passkey)),
        false => Err(Reason::PasskeyMismatch),
    });
    let actor = Actor::Staff(session.staff.id);
    let mut record = record(Act::Prove, actor, (facts.decision, now), policy);
    let of = json!({ "session": session.id });
    match proved {
        Err(reason) => {
            Decision::of(refused(record, reason, &of)).with(spent(facts.answered.signed.as_ref()))
        }
        Ok((staff, passkey)) => {
            record.reasons = reasons(passkey);
            record.facts = of.to_string();
            let (id, token) = (session.id, facts.token);
            let proved = StaffAccess::SessionProved { id, token, at: now };
            let stands = StaffProved::assert_staff(staff).stands();
            Decision::of(record)
                .with([stands])
                .with(used(passkey, now))
                .with([access(proved)])
        }
    }
}

/// Writes down that a session was used.
pub fn decide_seen(
    session: &StaffSessionKnown,
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let actor = Actor::Staff(session.staff.id);
    let (id, seen) = (session.id, at.1);
    let seen = StaffAccess::SessionSeen { id, at: seen };
    Decision::of(record(Act::Continue, actor, at, policy)).with([access(seen)])
}

/// Ends a session by its person's own wish.
pub fn decide_end(
    session: &StaffSessionKnown,
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let actor = Actor::Staff(session.staff.id);
    let mut entry = record(Act::StaffSignOut, actor, at, policy);
    entry.facts = json!({ "session": session.id }).to_string();
    let ended = StaffAccess::SessionEnded {
        id: session.id,
        at: at.1,
    };
    Decision::of(entry).with([access(ended)])
}

/// The record of something that is allowed, about no customer.
pub(crate) fn record(
    act: Act,
    actor: Actor,
    (id, at): (DecisionId, Moment),
    policy: &Policy,
) -> Entry {
    Entry {
        id,
        at,
        act,
        actor,
        customer: None,
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    }
}

/// The same of something that is not.
pub(crate) fn refused(entry: Entry, reason: Reason, facts: &serde_json::Value) -> Entry {
    Entry {
        verdict: Verdict::Refuse,
        reasons: vec![reason],
        facts: facts.to_string(),
        ..entry
    }
}

/// The change of what people come in by.
pub(crate) fn access(change: StaffAccess) -> Change {
    Change::Staff(StaffChange::Access(Box::new(change)))
}

fn reasons(passkey: &PasskeyProved) -> Vec<Reason> {
    let back = matches!(passkey.signed().counting, Counting::Back { .. });
    let back = back.then_some(Reason::PasskeyCountBack);
    std::iter::once(Reason::Proved).chain(back).collect()
}

/// A right answer is looked at once, whatever came of it.
fn spent(passkey: Option<&PasskeyProved>) -> Option<Change> {
    let spent = passkey?.spent();
    Some(Change::TicketSpent {
        nonce: spent.nonce,
        expires: spent.expires,
    })
}

fn used(passkey: &PasskeyProved, at: Moment) -> Vec<Change> {
    let signed = passkey.signed();
    let count = match signed.counting {
        Counting::Onward => signed.count,
        Counting::Back { before } => before,
    };
    let used = StaffAccess::PasskeyUsed {
        passkey: (passkey.credential(), passkey.revision()),
        count,
        backup: signed.backup,
        at,
    };
    spent(Some(passkey))
        .into_iter()
        .chain([access(used)])
        .collect()
}

#[cfg(test)]
mod tests;
