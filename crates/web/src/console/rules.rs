//! `/rules`: what judges everybody, what is tried beside it, drafts and former versions; and what
//! takes no version: the end of a shadow, and the way back.
//!
//! **Invariant:** nothing is changed but what the page showed, and never without a passkey of a
//! short time ago.

pub mod version;
pub mod write;

use askama::Template;
use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::StaffId;
use sekisho_core::known::{RuleChoice, RuleSetKnown, RuleState, StaffKnown};
use sekisho_core::notice::Locale;
use sekisho_core::reason::Reason;
use sekisho_core::rules::RuleSet;
use sekisho_gate::{Adopted, LONGEST_TRIAL, MOST_TRIED, StaffSession, Tried};

use super::frame::{ConsoleFrame, onward};
use super::list::done;
use super::posted::Posted;
use super::visit::{Visit, refusal};
use crate::backtest;
use crate::forms::Errors;
use crate::pages::Trouble;
use crate::texts::{RulesWords, When, fill};

const PATH: &str = "/rules";
const FORM: &str = "console_rules";
/// Digits of a digest in a list, as the command line asks for them.
const DIGITS: usize = 12;

/// One rule set.
#[derive(Clone, Debug)]
pub struct RuleLine {
    pub version: String,
    pub state: &'static str,
    pub is_live: bool,
    pub by: String,
    pub made: Option<When>,
    pub shadowed: Option<When>,
    pub approved: Option<(String, When)>,
    pub digest: String,
}

impl RuleLine {
    /// The digest, or what of it a list has room for.
    pub fn short(&self) -> &str {
        self.digest.get(..DIGITS).unwrap_or(&self.digest)
    }
}

/// A back-test as a part of a page.
#[derive(Clone, Debug)]
pub struct TrialPart {
    pub lead: String,
    pub is_short: bool,
    pub is_empty: bool,
    /// Tables and plots, as HTML of [`crate::backtest`].
    pub part: String,
}

#[derive(Template)]
#[template(path = "console/rules.html")]
pub struct RulesPage {
    pub f: ConsoleFrame,
    pub rows: Vec<RuleLine>,
    pub can_write: bool,
    /// Counts the changes of what is in force, for forms that change what was seen.
    pub seen: i64,
    pub csrf: String,
    pub can_roll_back: bool,
    pub can_end_shadow: bool,
    pub again_href: Option<&'static str>,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

/// The name of a state.
fn state(state: RuleState, words: &RulesWords) -> &'static str {
    match state {
        RuleState::Draft => words.draft,
        RuleState::Live => words.live,
        RuleState::Shadow => words.shadow,
        RuleState::WasLive => words.was_live,
        RuleState::WasShadow => words.was_shadow,
    }
}

fn name(id: StaffId, people: &[StaffKnown]) -> String {
    let found = people.iter().find(|known| known.id == id);
    found.map_or_else(|| id.to_string(), |known| known.name.to_string())
}

fn line(
    known: &RuleSetKnown,
    (choice, people): (RuleChoice, &[StaffKnown]),
    (locale, words): (Locale, &RulesWords),
) -> RuleLine {
    let when = |at| When::of(at, locale);
    let stands = choice.state(known);
    RuleLine {
        version: known.version.clone(),
        state: state(stands, words),
        is_live: stands == RuleState::Live,
        by: name(known.by, people),
        made: Some(when(known.made)),
        shadowed: known.shadowed.map(when),
        approved: known.approved.map(|(by, at)| (name(by, people), when(at))),
        digest: known.digest.to_string(),
    }
}

/// The shipped rules, which nobody added.
fn shipped(choice: RuleChoice, words: &RulesWords) -> RuleLine {
    let (set, is_live) = (RuleSet::standard(), choice.live.is_none());
    RuleLine {
        version: set.version.clone(),
        state: match is_live {
            true => words.live,
            false => words.shipped,
        },
        is_live,
        by: String::new(),
        made: None,
        shadowed: None,
        approved: None,
        digest: set.digest.to_string(),
    }
}

async fn page(visit: &Visit, session: &StaffSession, errors: Errors) -> Result<RulesPage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().rules);
    let (choice, sets, people) = done(gate.console_rules(session).await?)?;
    let said = (visit.locale(), words);
    let mut rows: Vec<_> = sets
        .iter()
        .map(|known| line(known, (choice, &people), said))
        .collect();
    rows.push(shipped(choice, words));
    let (back, shadow) = (choice.live != choice.before, choice.shadow.is_some());
    let may = |act| gate.may(session, act);
    let stale = Err(Reason::ProofStale);
    let waits = back && may(ConsoleAct::RulesRollBack) == stale
        || shadow && may(ConsoleAct::RulesShadow) == stale;
    Ok(RulesPage {
        f: ConsoleFrame::of_person(visit, session, words.title).with(&errors),
        rows,
        can_write: may(ConsoleAct::RulesWrite).is_ok(),
        seen: choice.epoch,
        csrf: gate.csrf_token(visit.session_binding(), FORM),
        can_roll_back: back && may(ConsoleAct::RulesRollBack).is_ok(),
        can_end_shadow: shadow && may(ConsoleAct::RulesShadow).is_ok(),
        again_href: waits.then_some("/prove?return_to=%2Frules"),
        told: match visit.asked("told").as_deref() {
            Some("ended") => Some(words.told_ended),
            Some("back") => Some(words.told_back),
            _ => None,
        },
        errors,
    })
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::RulesShow).await?;
    Ok(visit.shown(&page(&visit, &session, Errors::none()).await?))
}

/// What became of a wish: `None` where it is done, else why it is not.
fn told(answer: Adopted, words: &RulesWords) -> Result<Option<&'static str>, Trouble> {
    Ok(match answer {
        Adopted::Done => None,
        Adopted::Unknown => return Err(Trouble::NotFound),
        Adopted::Unproved => return Err(Trouble::SignIn),
        Adopted::Refused(reason) => Some(match reason {
            Reason::SamePerson => words.wrong_self,
            Reason::StaffFresh => words.wrong_fresh,
            Reason::RulesThere => words.wrong_there,
            Reason::RulesUntried => words.wrong_untried,
            Reason::RulesOther => words.wrong_other,
            reason => return Err(refusal(reason)),
        }),
    })
}

/// Ends the shadow, or goes back.
pub async fn change(posted: Posted) -> Result<Response, Trouble> {
    let ends = posted.form.text("act") == "end_shadow";
    let act = match ends {
        true => ConsoleAct::RulesShadow,
        false => ConsoleAct::RulesRollBack,
    };
    let session = posted.visit.person(act).await?;
    posted.proves_session(FORM)?;
    let Posted { visit, form } = posted;
    let (gate, words) = (visit.gate(), visit.texts().rules);
    let (choice, ..) = done(gate.console_rules(&session).await?)?;
    let wrong = if form.text("seen") != choice.epoch.to_string() {
        Some(words.wrong_moved)
    } else if ends {
        told(gate.shadow_rules((&session, act), None).await?, words)?
    } else {
        match gate.roll_back_rules((&session, act)).await? {
            Adopted::Refused(Reason::RulesThere) => Some(words.wrong_back),
            answer => told(answer, words)?,
        }
    };
    match wrong {
        None if ends => Ok(onward("/rules?told=ended")),
        None => Ok(onward("/rules?told=back")),
        Some(wrong) => {
            let errors = Errors::one("", wrong);
            Ok(visit.again(&page(&visit, &session, errors).await?))
        }
    }
}

/// What rules would have done with the newest decisions; `None` while another trial runs.
async fn tried(
    visit: &Visit,
    session: &StaffSession,
    rules: &RuleSet,
) -> Result<Option<TrialPart>, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().rules);
    let trial = match gate.try_rules(session, rules, LONGEST_TRIAL).await? {
        Tried::Done(trial) => trial,
        Tried::Busy => return Ok(None),
        Tried::Refused(reason) => return Err(refusal(reason)),
    };
    debug_assert!(trial.tally.entries <= u64::from(MOST_TRIED));
    let links = gate.may(session, ConsoleAct::DecisionShow).is_ok();
    Ok(Some(TrialPart {
        lead: fill(words.trial_lead, &[("count", &trial.tally.entries)]),
        is_short: trial.is_short,
        is_empty: trial.tally.entries == 0,
        part: backtest::part(&trial.tally, visit.locale(), links),
    }))
}
