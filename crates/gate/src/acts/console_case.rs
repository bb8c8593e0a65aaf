//! One case in the console: shown with its notes, taken, closed, and written about.
//!
//! **Invariant:** a case is changed only as it was shown, by a person whom [`Gate::may`] allowed it
//! at that moment.

use secrecy::ExposeSecret as _;
use sekisho_core::case::{Attempt, Facts, decide, note};
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::{CaseId, StaffId};
use sekisho_core::known::CaseKnown;
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use serde_json::json;

use super::console::Names;
use super::staff::StaffAnswer;
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;

/// Longest note, in characters.
pub const LONGEST_NOTE: usize = 2_000;

/// A note in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownNote {
    /// Who wrote it.
    pub staff: StaffId,
    /// When.
    pub at: Moment,
    /// What.
    pub text: String,
}

impl Gate {
    /// One case with its notes, and the names of people.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_case(
        &self,
        session: &StaffSession,
        id: CaseId,
    ) -> Result<StaffAnswer<Option<(CaseKnown, Vec<ShownNote>, Names)>>, Fault> {
        let asked = json!({ "case": id });
        let looks = self.looks_at(session, ConsoleAct::CaseShow, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let Some((case, _)) = self.store().case(id).await? else {
            return Ok(StaffAnswer::Done(None));
        };
        let mut notes = Vec::new();
        for note in self.store().case_notes(id).await? {
            let text = self
                .keys()
                .open(Place::CaseNote(note.decision), &note.sealed)?;
            notes.push(ShownNote {
                staff: note.staff,
                at: note.at,
                text: text.expose_secret().to_owned(),
            });
        }
        Ok(StaffAnswer::Done(Some((case, notes, self.names().await?))))
    }

    /// Takes a case or closes it, if it is still as it was when it was shown.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_change_case(
        &self,
        session: &StaffSession,
        (id, seen, attempt): (CaseId, i64, Attempt),
        ground: &Ground,
    ) -> Result<StaffAnswer<()>, Fault> {
        let act = match attempt {
            Attempt::Close(_) => ConsoleAct::CaseClose,
            Attempt::Take => ConsoleAct::CaseTake,
        };
        for _ in 0..ROUNDS {
            if let Err(reason) = self.may(session, act) {
                return Ok(StaffAnswer::Refused(reason));
            }
            let Some(staff) = self.in_session(session) else {
                return Ok(StaffAnswer::Unproved);
            };
            let now = self.now();
            let case = self.store().case(id).await?;
            let facts = Facts {
                staff: &staff,
                judged: self.judged_in(case.as_ref(), attempt).await?,
                case,
                seen: Some(seen),
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = decide(attempt, ground, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                // The case or the person was changed meanwhile; the second look tells which.
                if self.is_over(session).await? {
                    return Ok(StaffAnswer::Unproved);
                }
                continue;
            };
            let reason = committed.reasons().first().copied();
            return Ok(match committed.verdict() {
                Verdict::Allow => StaffAnswer::Done(()),
                _ => StaffAnswer::Refused(reason.unwrap_or(Reason::CaseNone)),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Writes a note in a case. Notes of several people stand one after another, so nobody's work
    /// is lost.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_note(
        &self,
        session: &StaffSession,
        id: CaseId,
        text: &str,
    ) -> Result<StaffAnswer<()>, Fault> {
        if let Err(reason) = self.may(session, ConsoleAct::CaseNote) {
            return Ok(StaffAnswer::Refused(reason));
        }
        let Some(staff) = self.in_session(session) else {
            return Ok(StaffAnswer::Unproved);
        };
        let now = self.now();
        let decision = self.fresh_decision(now)?;
        let place = Place::CaseNote(decision);
        let sealed = self.keys().seal(place, text.as_bytes(), self.dice())?;
        let facts = Facts {
            staff: &staff,
            case: self.store().case(id).await?,
            judged: None,
            seen: None,
            decision,
            now,
        };
        let decided = note(sealed, &facts, &self.policy());
        let Some(committed) = self.commit(decided).await? else {
            return Ok(StaffAnswer::Unproved);
        };
        let reason = committed.reasons().first().copied();
        Ok(match committed.verdict() {
            Verdict::Allow => StaffAnswer::Done(()),
            _ => StaffAnswer::Refused(reason.unwrap_or(Reason::CaseNone)),
        })
    }

    async fn is_over(&self, session: &StaffSession) -> Result<bool, Fault> {
        let found = self.store().staff_session(session.known.token).await?;
        let same = |revision| revision == session.known.staff.revision;
        Ok(!found.is_some_and(|known| same(known.staff.revision)))
    }
}
