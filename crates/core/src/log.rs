//! The log: every decision a leaf of a tree (RFC 6962) whose head is signed, so that whoever keeps
//! a head finds out later what was changed, left out or cut off.
//!
//! A leaf says for everybody to read what was done, by whom of the firm and what came of it, and
//! holds a seal over the whole entry. The seal is a digest with a salt: as long as the salt is kept
//! the entry can be shown to be the one that was logged, and without it nobody learns anything
//! from the leaf of whom it was about: a person can be erased one day, facts and salt, and the
//! tree stands.
//!
//! **Invariant:** what a leaf says follows from the entry and the salt alone, and a leaf once in
//! the tree is never another.

use crate::access::Act;
use crate::bytes::{Digest, Digesting, Sealed};
use crate::change::{Change, SiemChange};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::siem::{Way, bare};
use crate::thaw::Ground;
use crate::tlog::Tile;
use crate::verdict::{Verdict, VerdictKind};

/// How leaves are written. A leaf names its own, so that another way of writing them breaks none.
pub const FORMAT: u32 = 1;
/// Leaves that are added at once at most. Ours: about half a megabyte, and a signature for it.
pub const MOST: u32 = 1_000;
/// Letters of a checkpoint that was found broken, which are kept.
const MOST_SEEN: usize = 1_000;
/// What has waited for longer makes readiness say so.
pub const LATE: Span = Span::minutes(5);

/// What hides an entry from whoever has its leaf alone: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt")
    }
}

/// One leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The decision that it is of.
    pub decision: DecisionId,
    /// Kept beside it and not in it.
    pub salt: Salt,
    /// The bytes of the leaf: an event of OCSF 1.8.0 as JSON.
    pub data: String,
}

impl Leaf {
    /// The leaf of an entry.
    #[must_use]
    pub fn of(entry: &Entry, salt: Salt) -> Self {
        Self {
            decision: entry.id,
            salt,
            data: bare(entry, &seal(entry, salt)).to_string(),
        }
    }
}

/// A digest of everything that an entry holds, behind a salt.
#[must_use]
pub fn seal(entry: &Entry, salt: Salt) -> Digest {
    let requirements = entry.verdict.requirements();
    let reasons: Vec<_> = entry
        .reasons
        .iter()
        .map(crate::reason::Reason::code)
        .collect();
    let whole = serde_json::json!([
        FORMAT,
        entry.id,
        entry.at.0,
        entry.act.word(),
        entry.actor.word(),
        entry.actor.application(),
        entry.actor.staff(),
        entry.customer,
        entry.operation,
        entry.verdict.kind().word(),
        requirements,
        reasons,
        entry.policy,
        entry.facts,
    ]);
    let mut digesting = Digesting::default();
    digesting.take(&salt.0);
    digesting.take(whole.to_string().as_bytes());
    digesting.end()
}

/// Whether an entry is the one that was logged.
#[must_use]
pub fn fits(entry: &Entry, salt: Salt, data: &str) -> bool {
    Leaf::of(entry, salt).data == data
}

/// What is known of the log: where it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct LogKnown {
    /// Its name, which checkpoints begin with.
    pub origin: String,
    /// The key that signs, sealed.
    pub key: Sealed,
    /// By what everybody verifies.
    pub verifier: String,
    /// How many leaves there are.
    pub size: u64,
    /// What the writer keeps of the tree.
    pub head: Vec<u8>,
    /// The newest checkpoint, signed.
    pub note: String,
    /// When it was signed.
    pub at: Moment,
}

/// A change of the log.
#[derive(Clone, Debug, PartialEq)]
pub enum LogChange {
    /// It begins, empty. Condition: there is none.
    Began(Box<LogKnown>),
    /// More leaves stand behind those that are there. Condition: the size.
    Grown(Box<LogGrown>),
    /// End and tiles follow the leaves again. Condition: the checkpoint that is there.
    Mended(Box<LogMended>),
}

/// See [`LogChange::Grown`].
#[derive(Clone, Debug, PartialEq)]
pub struct LogGrown {
    /// How many leaves there were.
    pub from: u64,
    /// The leaves that are new, in their order.
    pub leaves: Vec<Leaf>,
    /// The tiles that are full now.
    pub tiles: Vec<(Tile, Vec<u8>)>,
    /// What the writer keeps.
    pub head: Vec<u8>,
    /// The checkpoint of all.
    pub note: String,
    /// When.
    pub at: Moment,
}

/// Whether what somebody does takes effect together with its leaf or not at all: what opens, shows
/// or gives, by those who can do it for others. All else is logged a moment later, and what only
/// closes (a stop, a freeze, a case) is among it: a log in trouble must not help an attacker.
#[must_use]
pub fn is_first(entry: &Entry) -> bool {
    let powerful = matches!(entry.actor, Actor::Staff(_) | Actor::Operator);
    let opens = matches!(
        entry.act,
        Act::Administer
            | Act::Adopt
            | Act::Archive
            | Act::Assist
            | Act::Campaign
            | Act::Lift
            | Act::ListNetwork
            | Act::Look
            | Act::Release
            | Act::StaffEnrol
            | Act::StaffSignIn
            | Act::Sweep
            | Act::Thaw
    );
    powerful && opens && entry.verdict.kind() == VerdictKind::Allow
}

/// See [`LogChange::Mended`].
#[derive(Clone, Debug, PartialEq)]
pub struct LogMended {
    /// The checkpoint that is there, whatever it says.
    pub seen: String,
    /// What follows from the leaves that are there and the one that says that it was mended; of
    /// the tiles those that are kept otherwise.
    pub grown: LogGrown,
}

/// The entry of a person at the machine who has the log go on from so many leaves, in place of a
/// checkpoint that was not signed or does not fit them.
#[must_use]
pub fn mending(
    (seen, leaves): (&str, u64),
    reason: &Ground,
    (id, at): (DecisionId, Moment),
    policy: &Policy,
) -> Entry {
    let seen: String = seen.chars().take(MOST_SEEN).collect();
    let recorded = serde_json::json!({
        "subject": "log", "mended": leaves, "seen": seen, "reason": reason.as_str(),
    });
    Entry {
        id,
        at,
        act: Act::Administer,
        actor: Actor::Operator,
        customer: None,
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    }
}

/// The log begins.
pub fn decide_began(log: LogKnown, id: DecisionId, policy: &Policy) -> Decision {
    let recorded = serde_json::json!({ "log": log.origin, "verifier": log.verifier });
    let at = (id, log.at);
    let entry = Entry::of_worker(Act::Housekeep, at, recorded.to_string(), policy);
    Decision::of(entry).with([Change::Siem(SiemChange::Log(LogChange::Began(Box::new(
        log,
    ))))])
}

/// Leaves are added.
pub fn decide_grown(grown: LogGrown, id: DecisionId, policy: &Policy) -> Decision {
    let recorded = serde_json::json!({ "logged": grown.leaves.len(), "from": grown.from });
    let at = (id, grown.at);
    let entry = Entry::of_worker(Act::Housekeep, at, recorded.to_string(), policy);
    let taken = SiemChange::Sent {
        way: Way::Log,
        sent: grown.leaves.iter().map(|leaf| leaf.decision).collect(),
    };
    let grown = SiemChange::Log(LogChange::Grown(Box::new(grown)));
    Decision::of(entry).with([grown, taken].map(Change::Siem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ApplicationId, CustomerId, OperationId, StaffId};
    use crate::reason::Reason;
    use crate::verdict::Requirement;

    const SALT: Salt = Salt([7; 16]);

    fn entry() -> Entry {
        Entry {
            id: DecisionId([1; 16]),
            at: Moment(1_795_219_200_000_000),
            act: Act::SignIn,
            actor: Actor::Customer,
            customer: Some(CustomerId([2; 16])),
            operation: None,
            verdict: Verdict::StepUp(vec![Requirement::PhishingResistant]),
            reasons: vec![Reason::Proved, Reason::DeviceNew],
            policy: "jsda-2025.8".to_owned(),
            facts: r#"{"login":"hanako@example.jp","address":"203.0.113.7"}"#.to_owned(),
        }
    }

    #[test]
    fn a_leaf_says_what_was_done_and_not_to_whom() {
        let leaf = Leaf::of(&entry(), SALT);
        for said in ["sign_in", "step_up", "device_new", "jsda-2025.8", "dec_"] {
            assert!(leaf.data.contains(said), "{said}: {}", leaf.data);
        }
        let customer = CustomerId([2; 16]).to_string();
        for kept in ["hanako", "203.0.113.7", "login", customer.as_str()] {
            assert!(!leaf.data.contains(kept), "{kept}: {}", leaf.data);
        }
        assert!(leaf.data.len() < usize::from(u16::MAX), "fits a bundle");
        assert_eq!(format!("{SALT:?}"), "Salt");
    }

    #[test]
    fn a_seal_covers_all_that_an_entry_holds() {
        let whole = entry();
        let data = Leaf::of(&whole, SALT).data;
        assert!(fits(&whole, SALT, &data));
        assert!(!fits(&whole, Salt([8; 16]), &data));
        let operation = Some(OperationId([3; 16]));
        let other = |change: fn(&mut Entry)| {
            let mut other = entry();
            change(&mut other);
            other
        };
        let mut others = vec![
            other(|one| one.id = DecisionId([2; 16])),
            other(|one| one.at = Moment(one.at.0 + 1)),
            other(|one| one.act = Act::StepUp),
            other(|one| one.actor = Actor::Worker),
            other(|one| one.actor = Actor::Staff(StaffId([4; 16]))),
            other(|one| one.actor = Actor::Application(ApplicationId([4; 16]))),
            other(|one| one.customer = None),
            other(|one| one.customer = Some(CustomerId([3; 16]))),
            other(|one| one.verdict = Verdict::Allow),
            other(|one| one.verdict = Verdict::StepUp(Vec::new())),
            other(|one| one.reasons.truncate(1)),
            other(|one| one.policy.push('9')),
            other(|one| one.facts = one.facts.replace('7', "8")),
        ];
        others.push(Entry { operation, ..whole });
        let mut seals: Vec<_> = others.iter().map(|one| seal(one, SALT).0).collect();
        for other in &others {
            assert!(!fits(other, SALT, &data), "{other:?}");
        }
        seals.sort_unstable();
        seals.dedup();
        assert_eq!(seals.len(), others.len());
    }

    #[test]
    fn a_seal_is_sha_256_of_the_salt_and_a_list_in_json() {
        // By Python: hashlib.sha256(bytes([7] * 16) + text.encode()), where text is the list that
        // `seal` makes, written out by hand and by json.dumps with separators (",", ":").
        let found = seal(&entry(), SALT);
        assert_eq!(
            found.to_string(),
            "48feb55cfa2a7dbd8458c996b9cd456adb58e474a9a0dd78d5b1770e8e89e2db"
        );
    }

    #[test]
    fn who_opens_or_shows_takes_effect_with_the_leaf_alone() {
        let by = |act: Act, actor, verdict| Entry {
            act,
            actor,
            verdict,
            ..entry()
        };
        let staff = Actor::Staff(StaffId([4; 16]));
        for actor in [staff, Actor::Operator] {
            assert!(is_first(&by(Act::Look, actor, Verdict::Allow)));
            assert!(!is_first(&by(Act::Look, actor, Verdict::Refuse)));
            for act in [Act::Stop, Act::Freeze, Act::Respond, Act::Case, Act::Alert] {
                assert!(!is_first(&by(act, actor, Verdict::Allow)));
            }
        }
        for actor in [Actor::Customer, Actor::Worker] {
            assert!(!is_first(&by(Act::Thaw, actor, Verdict::Allow)));
        }
    }
}
