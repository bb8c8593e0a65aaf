//! The act "staff enrol": people of the firm make the passkeys by which they come into the console,
//! and remove them.
//!
//! The first one is made by whoever shows the secret that another person gave; from then on that
//! secret makes none, so that whoever finds it later comes in by nothing. A passkey counts as that
//! secret where something takes two people: both go when another person gives another secret.
//!
//! **Invariant:** a passkey is made in a session of its owner, for a challenge of that session; but
//! for the first, by whoever used one a short time ago; and the last one stays.

use serde_json::{Value, json};

use crate::access::Act;
use crate::bound::Bound;
use crate::change::{Change, StaffAccess};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CredentialId, DecisionId};
use crate::known::{ENROLLING, StaffKnown, StaffPasskeyKnown, StaffSessionKnown, Transport};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::{PasskeyMade, StaffProved, UserSeen};
use crate::reason::Reason;
use crate::staff_sign_in::{FreshStaffSession, access, record, refused};
use crate::text::Line;

/// So many passkeys a person has at most. Ours: a few devices, and a spare one.
pub const MOST: usize = 10;

/// What is known of somebody who showed their secret.
#[derive(Debug)]
pub struct BeginFacts<'a> {
    /// That they did.
    pub staff: &'a StaffProved,
    /// How many passkeys they have.
    pub passkeys: usize,
    /// A session.
    pub session: FreshStaffSession,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Opens a session in which a first passkey is made.
pub fn begin(facts: &BeginFacts<'_>, policy: &Policy) -> Decision {
    let (staff, session) = (facts.staff, facts.session);
    let at = (facts.decision, facts.now);
    let mut entry = record(Act::StaffEnrol, Actor::Staff(staff.id()), at, policy);
    let said = json!({ "change": "staff_enrol_begun", "session": session.id });
    if facts.passkeys > 0 {
        return Decision::of(refused(entry, Reason::FactorThere, &said));
    }
    entry.facts = said.to_string();
    let opened = StaffAccess::SessionOpened {
        id: session.id,
        token: session.token,
        staff: staff.id(),
        passkey: None,
        at: facts.now,
        ends: facts.now.plus(ENROLLING),
    };
    Decision::of(entry).with([staff.stands(), access(opened)])
}

/// Who changes their passkeys.
#[derive(Debug)]
pub struct Owner {
    /// The session.
    pub session: StaffSessionKnown,
    /// The passkeys there are.
    pub passkeys: Vec<StaffPasskeyKnown>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

impl Owner {
    const fn staff(&self) -> &StaffKnown {
        &self.session.staff
    }

    /// Why no passkey can be made or removed in this session now.
    #[must_use]
    pub fn refusal(&self) -> Option<Reason> {
        match self.session.passkey {
            _ if !self.session.is_alive(self.now) => Some(Reason::SessionMissing),
            // Somebody else made the first one meanwhile.
            None if !self.passkeys.is_empty() => Some(Reason::FactorThere),
            None => None,
            Some(_) if !self.session.is_fresh(self.now) => Some(Reason::ProofStale),
            Some(_) => None,
        }
    }

    fn entry(&self, policy: &Policy) -> Entry {
        let at = (self.decision, self.now);
        record(Act::StaffEnrol, Actor::Staff(self.staff().id), at, policy)
    }

    fn refused(&self, reason: Reason, said: &Value, policy: &Policy) -> Decision {
        Decision::of(refused(self.entry(policy), reason, said))
    }
}

/// What is kept with a passkey beside what its authenticator said.
#[derive(Clone, Debug)]
pub struct Kept {
    /// An id for it.
    pub id: CredentialId,
    /// Its owner's name for it.
    pub name: Line<40>,
    /// The domain that it is made for.
    pub rp_id: String,
    /// What its authenticator keeps as the name of its owner.
    pub user_handle: Vec<u8>,
    /// How the browser said that it is reached.
    pub transports: Vec<Transport>,
}

/// What is known when a passkey was made.
#[derive(Debug)]
pub struct Facts {
    /// Who.
    pub owner: Owner,
    /// The passkey, if what came was one.
    pub made: Option<PasskeyMade>,
    /// Whether somebody has a passkey with this handle already.
    pub taken: bool,
    /// What is to be kept with it.
    pub kept: Kept,
}

impl Facts {
    fn sound(&self) -> Result<&PasskeyMade, Reason> {
        let owner = &self.owner;
        if let Some(reason) = owner.refusal() {
            return Err(reason);
        }
        let bound = Bound::StaffEnrol(owner.session.id).digest();
        let right = |made: &&PasskeyMade| {
            made.bound() == bound
                && made.signed().seen == UserSeen::Verified
                && made.spent().expires > owner.now
        };
        let made = self.made.as_ref().filter(right);
        let made = made
            .filter(|_| !self.taken)
            .ok_or(Reason::PasskeyMismatch)?;
        if owner.passkeys.len() >= MOST {
            return Err(Reason::PasskeyLimit);
        }
        Ok(made)
    }
}

/// Adds a passkey. The session in which the first one is made ends with it.
pub fn decide(facts: &Facts, policy: &Policy) -> Decision {
    let owner = &facts.owner;
    let (staff, at) = (owner.staff(), owner.now);
    let said = json!({
        "change": "staff_passkey_added",
        "passkey": facts.kept.id,
        "first": owner.session.passkey.is_none(),
    });
    let made = match facts.sound() {
        Ok(made) => made,
        Err(reason) => return owner.refused(reason, &said, policy),
    };
    let spent = made.spent();
    let mut entry = owner.entry(policy);
    entry.facts = said.to_string();
    let ended = owner.session.passkey.is_none().then(|| {
        let id = owner.session.id;
        access(StaffAccess::SessionEnded { id, at })
    });
    Decision::of(entry)
        .with([
            Change::TicketSpent {
                nonce: spent.nonce,
                expires: spent.expires,
            },
            access(StaffAccess::SessionSeen {
                id: owner.session.id,
                at,
            }),
            access(StaffAccess::PasskeyAdded {
                passkey: added(facts, made),
                revision: staff.revision,
            }),
        ])
        .with(ended)
}

fn added(facts: &Facts, made: &PasskeyMade) -> StaffPasskeyKnown {
    let (signed, kept) = (made.signed(), facts.kept.clone());
    let (aaguid, attestation) = made.model();
    StaffPasskeyKnown {
        id: kept.id,
        staff: facts.owner.staff().id,
        rp_id: kept.rp_id,
        handle: made.handle().to_vec(),
        user_handle: kept.user_handle,
        public_key: made.key().to_vec(),
        sign_count: signed.count,
        backup: signed.backup,
        aaguid,
        attestation,
        transports: kept.transports,
        name: kept.name,
        created: facts.owner.now,
        last: None,
        revision: 1,
    }
}

/// Removes a passkey, and ends the sessions that it opened, but for the one in which it is done.
pub fn decide_remove(owner: &Owner, id: CredentialId, policy: &Policy) -> Decision {
    let said = json!({ "change": "staff_passkey_removed", "passkey": id });
    let found = owner.passkeys.iter().find(|known| known.id == id);
    let reason = match found {
        _ if owner.session.passkey.is_none() => Some(Reason::SessionMissing),
        None => Some(Reason::PasskeyMismatch),
        Some(_) if owner.passkeys.len() == 1 => Some(Reason::PasskeyLast),
        Some(_) => owner.refusal(),
    };
    let known = match (reason, found) {
        (None, Some(known)) => known,
        (reason, _) => {
            let reason = reason.unwrap_or(Reason::PasskeyMismatch);
            return owner.refused(reason, &said, policy);
        }
    };
    let mut entry = owner.entry(policy);
    entry.facts = said.to_string();
    let staff = owner.staff();
    Decision::of(entry).with([
        access(StaffAccess::SessionSeen {
            id: owner.session.id,
            at: owner.now,
        }),
        access(StaffAccess::PasskeyRemoved {
            passkey: (known.id, known.revision),
            staff: (staff.id, staff.revision),
            but: owner.session.id,
            at: owner.now,
        }),
    ])
}

#[cfg(test)]
mod tests;
