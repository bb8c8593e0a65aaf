//! What the shipped rules say today, without any of the three kinds of evidence: the line that
//! evidence has to improve on.
//!
//! A broker's year is judged by the product's own decision, each attempt with what was known at its
//! time. An attempt that ends well is known to have ended well, as if the customer had answered
//! what was asked; an attacker's never is, as if the attacker could not.
//!
//! **Invariant:** no label reaches a decision; it only says what is learnt from it.

use std::collections::BTreeMap;

use anyhow::Result;
use sekisho_core::judge::decide;
use sekisho_core::policy::Policy;
use sekisho_core::proof::Method;
use sekisho_world::{Act, Label, World};
use serde_json::{Value, json};

use super::alarms::word;
use super::login::Truth;
use super::recall::{CLASSES, class};
use crate::attempts;
use crate::memory::Memory;
use crate::report::shown;

/// The profile whose sign-in asks for a password alone, so that what more is asked for is for risk.
const PROFILE: &str = "jp-legacy";

/// Verdicts of one kind of attempt: how many, and how many were asked for more, held, refused.
#[derive(Default)]
struct Row {
    attempts: usize,
    verdicts: BTreeMap<&'static str, usize>,
}

/// Judges the second half of the world's year after learning from the first.
pub fn verdicts(world: &World) -> Result<Value> {
    let policy = Policy::profile(PROFILE)?;
    let mut memory = Memory::default();
    let mut rows = BTreeMap::<String, Row>::new();
    let half = world.config().start + i64::from(world.config().days) * 43_200_000_000;
    for (mut attempt, access) in attempts::labelled(world, &policy) {
        let mut asked = attempt.clone();
        asked.verified = vec![Method::Password];
        attempt.verified = vec![Method::Password, Method::MailCode, Method::Confirmation];
        let facts = memory.facts(&asked);
        let judged = decide(&asked, &facts, &policy);
        if access.moment >= half && access.outcome == sekisho_world::Outcome::Succeed {
            let row = rows.entry(name(&access.act, access.label)).or_default();
            row.attempts += 1;
            *row.verdicts
                .entry(judged.verdict().kind().word())
                .or_default() += 1;
        }
        // A customer answers what is asked; an attacker does not.
        let answered = if access.label.is_genuine() {
            decide(&attempt, &facts, &policy)
        } else {
            judged
        };
        memory.learn(&attempt, &answered);
    }
    let rows: BTreeMap<String, Value> = rows
        .into_iter()
        .map(|(name, row)| {
            let share = |count: usize| shown(count as f64 / row.attempts as f64);
            let shares: BTreeMap<_, _> = row
                .verdicts
                .into_iter()
                .map(|(verdict, count)| (verdict, share(count)))
                .collect();
            (name, json!({"attempts": row.attempts, "verdicts": shares}))
        })
        .collect();
    Ok(json!(rows))
}

fn name(act: &Act, label: Label) -> String {
    let who = match label {
        Label::Genuine(circumstance) => word(circumstance),
        Label::Attack { attacker, plan, .. } => {
            use sekisho_world::Plan;
            let truth = match plan {
                Plan::Stuffing | Plan::Spray => Truth::Mass(plan, 0),
                Plan::Takeover | Plan::PayoutHijack => Truth::Entered(attacker),
            };
            CLASSES[class(truth)]
        }
    };
    format!("{} {who}", act.word())
}
