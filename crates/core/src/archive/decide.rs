//! The act "archive": rows leave the hot store for files, in the name of a person.
//!
//! **Invariant:** nothing is removed but what a receipt says is kept, and the entry names it.

use serde_json::json;

use super::{Part, Receipt, Rows};
use crate::access::Act;
use crate::bytes::Digest;
use crate::change::{ArchiveChange, Change};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::StaffRole;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// The shortest hot window in days. The daily look goes back ninety days from a withdrawal for the
/// change of its payout account, and a forest is grown from sixty days; what is held and days
/// that were missed come on top. Our own figure.
pub const LEAST_DAYS: u32 = 100;

/// A part that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartKept {
    /// Which.
    pub part: Part,
    /// Its decisions come after this one,
    pub after: DecisionId,
    /// and up to this one.
    pub upto: DecisionId,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over their lines.
    pub digest: Digest,
    /// How many of them were removed so far.
    pub gone: u64,
    /// Since when none of them is in the hot store any more.
    pub removed: Option<Moment>,
}

impl PartKept {
    /// A part that was sent, of the decisions after one and up to another, if the receipt that came
    /// back says that exactly these rows are kept.
    #[must_use]
    pub fn proved(
        part: &Part,
        (after, upto): (DecisionId, DecisionId),
        sent: &Rows,
        receipt: &Receipt,
    ) -> Option<Self> {
        receipt.is_of(part, sent).then(|| Self {
            part: part.clone(),
            after,
            upto,
            rows: sent.count,
            digest: sent.digest(),
            gone: 0,
            removed: None,
        })
    }

    /// Whether a file that was read again still holds exactly these rows.
    #[must_use]
    pub fn is_held(&self, receipt: &Receipt) -> bool {
        receipt.of().as_ref() == Ok(&self.part)
            && receipt.rows == self.rows
            && receipt.rows_sha256 == self.digest.to_string()
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// To begin, with what was asked for in words that are kept.
    Begin(serde_json::Value),
    /// To note a part that was sent and came back; see [`PartKept::proved`].
    Keep(PartKept),
    /// To remove rows of a part that was kept: those of the decisions after one and up to another.
    Remove(PartKept, (DecisionId, DecisionId), u64),
    /// To note that none of its rows is left.
    Clear(PartKept),
    /// To note what was sent as a whole and came back; see [`Attempt::copied`].
    Copy(Part, Rows),
}

/// What is known.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Who it is.
    pub staff: &'a StaffProved,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

impl Attempt {
    /// What was sent as a whole, if the receipt that came back says that it is kept.
    #[must_use]
    pub fn copied(part: Part, sent: Rows, receipt: &Receipt) -> Option<Self> {
        receipt
            .is_of(&part, &sent)
            .then_some(Self::Copy(part, sent))
    }

    fn recorded(&self) -> serde_json::Value {
        let of = |part: &Part, rows: u64, digest: Digest| {
            let (part, digest) = (part.to_string(), digest.to_string());
            json!({"part": part, "rows": rows, "digest": digest})
        };
        match self {
            Self::Begin(asked) => json!({ "asked": asked }),
            Self::Keep(kept) => json!({ "kept": of(&kept.part, kept.rows, kept.digest) }),
            Self::Remove(kept, (after, upto), rows) => json!({
                "removed": of(&kept.part, kept.rows, kept.digest),
                "after": after, "upto": upto, "count": rows,
            }),
            Self::Clear(kept) => json!({ "cleared": of(&kept.part, kept.rows, kept.digest) }),
            Self::Copy(part, rows) => json!({ "kept": of(part, rows.count, rows.digest()) }),
        }
    }

    fn change(&self, now: Moment) -> Option<Change> {
        let change = match self {
            Self::Begin(_) | Self::Copy(..) => return None,
            Self::Keep(kept) => ArchiveChange::Kept {
                kept: kept.clone(),
                at: now,
            },
            Self::Remove(kept, (after, upto), rows) => ArchiveChange::Removed {
                part: kept.after,
                after: *after,
                upto: *upto,
                rows: *rows,
            },
            Self::Clear(kept) => ArchiveChange::Cleared {
                kept: kept.part.kept,
                part: kept.after,
                at: now,
            },
        };
        Some(Change::Archive(Box::new(change)))
    }
}

/// Lets a person in the role for it keep and remove, and keeps why and what.
pub fn decide(attempt: &Attempt, ground: &Ground, facts: &Facts<'_>, policy: &Policy) -> Decision {
    let may = facts.staff.has(StaffRole::Operations);
    let mut recorded = attempt.recorded();
    recorded["subject"] = "archive".into();
    recorded["ground"] = ground.as_str().into();
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Archive,
        actor: Actor::Staff(facts.staff.id()),
        customer: None,
        operation: None,
        verdict: if may { Verdict::Allow } else { Verdict::Refuse },
        reasons: vec![if may {
            Reason::Proved
        } else {
            Reason::StaffRole
        }],
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    })
    .with([facts.staff.stands()]);
    decision.with(attempt.change(facts.now).filter(|_| may))
}
