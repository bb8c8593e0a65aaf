//! The act "archive": rows of days that are over leave for files, one part after the other.
//!
//! **Invariant:** a row is removed only after the receipt of its part was compared with what was
//! sent and both are in the record; whatever is interrupted is finished by the next run.

use std::collections::HashSet;

use sekisho_core::archive::{
    Attempt, Cells, Day, DecisionRow, Facts, Kept, LEAST_DAYS, NotARow, Part, PartKept, Receipt,
    Room, Rows, decide,
};
use sekisho_core::entry::Entry;
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::outcome::Outcome;
use sekisho_core::proof::StaffProved;
use sekisho_core::reason::Reason;
use sekisho_core::risk::replay::{Reported, Truth};
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use serde_json::json;

use super::staff::{Proved, StaffAnswer, StaffClaim};
use crate::fault::Fault;
use crate::gate::Gate;

/// Rows of one read.
const PAGE: u32 = 5_000;
/// Accesses of one part: some hundred megabytes of memory while they are sent.
const ACCESSES: usize = 250_000;
/// Decisions of one part; each has some kilobytes of facts.
const DECISIONS: usize = 50_000;
/// Bytes of one part, as its rows are held: facts may be long, and some thousand long ones are
/// more than a server has to spare. Our own figure.
const BYTES: usize = 256 << 20;
/// Rows that one commit removes, so that it never holds the writer for long.
const REMOVED: u32 = 2_000;

/// The kinds of traits that can stand for fraud.
const VOIDED: [TraitKind; 8] = [
    TraitKind::Address,
    TraitKind::Network,
    TraitKind::System,
    TraitKind::Device,
    TraitKind::Client,
    TraitKind::PayoutAccount,
    TraitKind::Phone,
    TraitKind::Country,
];

/// What is to leave.
#[derive(Clone, Debug)]
pub struct ArchiveQuestion {
    /// Decisions of days before this one.
    pub before: Day,
    /// Where to, for the record.
    pub folder: String,
}

/// Rows in course of leaving.
#[derive(Debug)]
pub struct Archiving {
    gate: Gate,
    staff: StaffProved,
    ground: Ground,
    upto: DecisionId,
    /// Decisions of which their customers said that it was somebody else.
    strangers: HashSet<DecisionId>,
}

/// Rows of one part, sorted by their key.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The part.
    pub part: Part,
    /// Its decisions come after one and up to another; `None` for what is kept as a whole.
    pub span: Option<(DecisionId, DecisionId)>,
    /// The rows.
    pub rows: Vec<Cells>,
}

/// What became of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveAnswer {
    /// It is in the record, and so many rows were removed.
    Done(u64),
    /// The receipt says something else than was sent; nothing was noted or removed.
    Differs,
    /// Somebody else was first, or the person was disabled meanwhile.
    Gone,
}

impl Gate {
    /// Begins in the name of a person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn archive(
        &self,
        claim: &StaffClaim,
        question: ArchiveQuestion,
        ground: Ground,
    ) -> Result<StaffAnswer<Archiving>, Fault> {
        let Some(Proved { staff, .. }) = self.prove_staff(claim.into()).await? else {
            return Ok(StaffAnswer::Unproved);
        };
        let ArchiveQuestion { before, folder } = question;
        let least = Day::of(self.now().minus(Span::days(LEAST_DAYS.into())));
        let before = before.min(least);
        let begin = Attempt::Begin(json!({"before": before, "folder": folder}));
        let mut archiving = Archiving {
            gate: self.clone(),
            staff,
            ground,
            upto: before.before_its_decisions(),
            strangers: HashSet::new(),
        };
        if let Some(reason) = archiving.note(&begin).await? {
            return Ok(StaffAnswer::Refused(reason));
        }
        let strangers = self.store().reported_decisions(DecisionId([0; 16])).await?;
        archiving.strangers = strangers.into_iter().collect();
        Ok(StaffAnswer::Done(archiving))
    }

    /// Before which moment accesses may be in the archive alone; `None` where all are here.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn archived_until(&self) -> Result<Option<Moment>, Fault> {
        Ok(self.store().archived_until().await?)
    }
}

fn unfit(_: NotARow) -> Fault {
    Fault::Internal {
        what: "a row of the history that does not fit its columns",
    }
}

impl Archiving {
    /// The next part, the oldest first; `None` when everything that is old enough was kept.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&self, kept: Kept) -> Result<Option<Batch>, Fault> {
        let before = self.gate.store().last_part(kept).await?;
        let after = before.map_or(DecisionId([0; 16]), |part| part.upto);
        let most = match kept {
            Kept::Accesses => ACCESSES,
            Kept::Decisions | Kept::Voided => DECISIONS,
        };
        let mut room = Room {
            rows: most,
            bytes: BYTES,
        };
        let (mut rows, mut last, mut day, mut full) = (Vec::new(), after, None, false);
        'pages: while !full && last < self.upto {
            let page = self.page(kept, last).await?;
            if page.is_empty() {
                break;
            }
            for (id, row) in page {
                let its = Day::of_decision(id);
                if id > self.upto || *day.get_or_insert(its) != its {
                    break 'pages;
                }
                full = !room.take(&row);
                rows.push(row);
                last = id;
                if full {
                    break;
                }
            }
        }
        let Some(day) = day.filter(|_| !rows.is_empty()) else {
            return Ok(None);
        };
        // Of a day that is over there is no decision any more after the last one.
        let upto = match full {
            true => last,
            false => day.next().before_its_decisions(),
        };
        rows.sort_unstable_by(|one, other| one.key(kept).cmp(other.key(kept)));
        Ok(Some(Batch {
            part: Part::after(kept, day, after),
            span: Some((after, upto)),
            rows,
        }))
    }

    async fn page(&self, kept: Kept, after: DecisionId) -> Result<Vec<(DecisionId, Cells)>, Fault> {
        let store = self.gate.store();
        if kept == Kept::Accesses {
            let page = store.accesses_after((after, self.upto), PAGE).await?;
            let row = |row: &sekisho_core::archive::AccessRow| {
                Ok((row.access.decision, row.cells().map_err(unfit)?))
            };
            return page.iter().map(row).collect();
        }
        let always = (Moment(i64::MIN), Moment(i64::MAX));
        let page = store.judged_entries(after, always, PAGE).await?;
        let row = |(entry, outcome): (Entry, Option<Outcome>)| {
            let reported = match self.strangers.contains(&entry.id) {
                true => Reported::Yes,
                false => Reported::No,
            };
            let (id, truth) = (entry.id, Truth::of(outcome, reported));
            let cells = DecisionRow { entry, truth }.cells().map_err(unfit)?;
            Ok((id, cells))
        };
        page.into_iter().map(row).collect()
    }

    /// Everything that stands for fraud of a customer now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn voided(&self) -> Result<Batch, Fault> {
        let mut rows = Vec::new();
        for kind in VOIDED {
            let value = [0; 16];
            let mut after = (Trait { kind, value }, CustomerId([0; 16]));
            loop {
                let page = self.gate.store().voided_after(after, PAGE).await?;
                let Some(last) = page.last() else {
                    break;
                };
                after = (last.seen, last.customer);
                for row in &page {
                    rows.push(row.cells().map_err(unfit)?);
                }
            }
        }
        rows.sort_unstable_by(|one, other| one.key(Kept::Voided).cmp(other.key(Kept::Voided)));
        let part = Part::voided();
        let span = None;
        Ok(Batch { part, span, rows })
    }

    /// Notes that a part is kept, if its receipt says so.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn keep(
        &self,
        (part, span): (&Part, Option<(DecisionId, DecisionId)>),
        sent: Rows,
        receipt: &Receipt,
    ) -> Result<ArchiveAnswer, Fault> {
        let attempt = match span {
            Some(span) => PartKept::proved(part, span, &sent, receipt).map(Attempt::Keep),
            None => Attempt::copied(part.clone(), sent, receipt),
        };
        let Some(attempt) = attempt else {
            return Ok(ArchiveAnswer::Differs);
        };
        Ok(match self.note(&attempt).await? {
            None => ArchiveAnswer::Done(0),
            Some(_) => ArchiveAnswer::Gone,
        })
    }

    /// The part that was kept last.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn last(&self, kept: Kept) -> Result<Option<PartKept>, Fault> {
        Ok(self.gate.store().last_part(kept).await?)
    }

    /// Parts that were kept and whose rows are still here, the oldest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn waiting(&self) -> Result<Vec<PartKept>, Fault> {
        let waiting = self.gate.store().parts_to_remove(PAGE).await?;
        let old = waiting.into_iter().filter(|part| part.upto <= self.upto);
        Ok(old.collect())
    }

    /// Removes the rows of a part, if a receipt of now says that its file still holds them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove(&self, kept: &PartKept, receipt: &Receipt) -> Result<ArchiveAnswer, Fault> {
        if !kept.is_held(receipt) {
            return Ok(ArchiveAnswer::Differs);
        }
        // Rows that came after the part was kept are in no file: a clock was wrong somewhere.
        // They are told by their number alone, so what has gone already is no room for them.
        let held = u32::try_from(kept.rows.saturating_sub(kept.gone)).unwrap_or(u32::MAX);
        let span = (kept.after, kept.upto);
        let most = held.saturating_add(1);
        let left = self.gate.store().accesses_left(span, most).await?;
        if left.len() > usize::try_from(held).unwrap_or(usize::MAX) {
            return Ok(ArchiveAnswer::Differs);
        }
        // Whatever comes while rows go stays, and the part with it.
        let upto = left.last().copied().unwrap_or(kept.after);
        let (mut from, mut removed) = (kept.after, 0);
        loop {
            let span = (from, upto);
            let left = self.gate.store().accesses_left(span, REMOVED).await?;
            let count = u64::try_from(left.len()).unwrap_or(u64::MAX);
            let attempt = match left.last() {
                Some(last) => Attempt::Remove(kept.clone(), (from, *last), count),
                None => Attempt::Clear(kept.clone()),
            };
            if self.note(&attempt).await?.is_some() {
                return Ok(ArchiveAnswer::Gone);
            }
            let Some(last) = left.last() else {
                return Ok(ArchiveAnswer::Done(removed));
            };
            from = *last;
            removed += count;
        }
    }

    /// Commits what is to be noted; the reason if the rules say no.
    async fn note(&self, attempt: &Attempt) -> Result<Option<Reason>, Fault> {
        let now = self.gate.now();
        let facts = Facts {
            staff: &self.staff,
            decision: self.gate.fresh_decision(now)?,
            now,
        };
        let decided = decide(attempt, &self.ground, &facts, &self.gate.policy());
        let refused = (decided.entry.verdict != Verdict::Allow)
            .then(|| decided.entry.reasons.first().copied())
            .flatten();
        match self.gate.commit(decided).await? {
            Some(_) => Ok(refused),
            // The person was disabled, or somebody else kept or removed the same.
            None => Ok(Some(Reason::StaffRole)),
        }
    }
}
