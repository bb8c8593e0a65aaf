//! Rule sets in the console: what is kept, and what one of them would have done lately.
//!
//! **Invariant:** nothing is read before [`Gate::may`] allowed it; a trial changes nothing, names
//! no customer, and a person has one at a time.

use std::time::Duration;

use sekisho_core::console::ConsoleAct;
use sekisho_core::id::{DecisionId, StaffId};
use sekisho_core::known::{RuleChoice, RuleSetKnown, StaffKnown};
use sekisho_core::reason::Reason;
use sekisho_core::risk::replay::Tally;
use sekisho_core::rules::RuleSet;
use tokio::time::Instant;

use super::staff::StaffAnswer;
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::Gate;

/// Decisions of a trial, the newest: a day or more of a firm with ten a minute (ours).
pub const MOST_TRIED: u32 = 20_000;
/// The longest that somebody at a page waits for one; what was judged by then is shown (ours).
pub const LONGEST_TRIAL: Duration = Duration::from_secs(3);
/// Entries of a page: few, since the time is looked at between pages alone.
const PAGE: u32 = 500;

/// Rule sets: which are in force, which there are, and the people whom they name.
pub type RuleSets = (RuleChoice, Vec<RuleSetKnown>, Vec<StaffKnown>);

/// A rule set and what it would take the place of.
#[derive(Clone, Debug)]
pub struct ShownRules {
    /// Which are in force.
    pub choice: RuleChoice,
    /// It; `None` if there is none of that version.
    pub known: Option<RuleSetKnown>,
    /// The one that is live; `None` for the shipped one.
    pub live: Option<RuleSetKnown>,
    /// The people whom they name.
    pub people: Vec<StaffKnown>,
}

/// What rules would have done.
#[derive(Debug)]
pub struct Trial {
    /// What became of the decisions that were judged again.
    pub tally: Tally,
    /// Whether the time was over before the last one.
    pub is_short: bool,
}

/// What became of the wish to try rules.
#[derive(Debug)]
pub enum Tried {
    /// Judged again.
    Done(Box<Trial>),
    /// Another trial of this person is not over.
    Busy,
    /// The rules of the console say no.
    Refused(Reason),
}

/// The place of a person who tries rules; given back when it is dropped.
struct Place<'a>(&'a Gate, StaffId);

impl<'a> Place<'a> {
    fn taken(gate: &'a Gate, staff: StaffId) -> Option<Self> {
        let free = gate.trials().insert(staff);
        free.then(|| Self(gate, staff))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.trials().remove(&self.1);
    }
}

impl Gate {
    /// The newest rule sets, and which are in force.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_rules(
        &self,
        session: &StaffSession,
    ) -> Result<StaffAnswer<RuleSets>, Fault> {
        match self.may(session, ConsoleAct::RulesShow) {
            Err(reason) => Ok(StaffAnswer::Refused(reason)),
            Ok(()) => Ok(StaffAnswer::Done(self.rule_sets().await?)),
        }
    }

    /// The rule set of this version beside the one that is live.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_rule(
        &self,
        session: &StaffSession,
        version: &str,
    ) -> Result<StaffAnswer<ShownRules>, Fault> {
        if let Err(reason) = self.may(session, ConsoleAct::RulesShow) {
            return Ok(StaffAnswer::Refused(reason));
        }
        let known = self.store().rule_set(version).await?.1;
        let (choice, sets) = self.store().rules_in_force().await?;
        Ok(StaffAnswer::Done(ShownRules {
            choice,
            known,
            live: sets.into_iter().find(|set| Some(set.id) == choice.live),
            people: self.store().all_staff().await?,
        }))
    }

    /// Tries rules on the newest decisions: at most [`MOST_TRIED`], for at most `longest`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn try_rules(
        &self,
        session: &StaffSession,
        rules: &RuleSet,
        longest: Duration,
    ) -> Result<Tried, Fault> {
        if let Err(reason) = self.may(session, ConsoleAct::RulesShow) {
            return Ok(Tried::Refused(reason));
        }
        let Some(_place) = Place::taken(self, session.staff()) else {
            return Ok(Tried::Busy);
        };
        let mut tally = Tally::default();
        let until = Instant::now() + longest;
        let judging = self.judge_newest(rules, until, &mut tally);
        // What was judged until then stands in the tally.
        let is_whole = match tokio::time::timeout_at(until, judging).await {
            Ok(judged) => judged?,
            Err(_over) => false,
        };
        let is_short = !is_whole;
        Ok(Tried::Done(Box::new(Trial { tally, is_short })))
    }

    /// Whether it came to the last one.
    async fn judge_newest(
        &self,
        rules: &RuleSet,
        until: Instant,
        tally: &mut Tally,
    ) -> Result<bool, Fault> {
        let floor = self.store().judged_floor(MOST_TRIED).await?;
        let floor = floor.unwrap_or(DecisionId([0; 16]));
        let mut again = self.again(rules, floor).await?;
        let mut before = DecisionId([u8::MAX; 16]);
        while Instant::now() < until {
            let newest = self.store().newest_judged_entries(floor, before, PAGE);
            let page = newest.await?;
            let Some((last, _)) = page.last() else {
                return Ok(true);
            };
            before = last.id;
            self.judge_again(&mut again, &page, tally).await?;
        }
        Ok(false)
    }
}
