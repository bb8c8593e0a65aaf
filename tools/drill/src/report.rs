//! The report of a run: as a value, as JSON, and as Markdown for people who keep it.
//!
//! **Invariant:** the run is passed only if every step was played and every demand is met.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::alerts::Raised;
use crate::drills::Name;
use crate::score::{Demand, Score, Sign, Step};
use crate::target::Target;

/// What came of a drill.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its name.
    pub drill: String,
    /// Its title.
    pub title: String,
    /// What the attacker hoped to get.
    pub hoped: String,
    /// The installation.
    pub target: String,
    /// The number of the run.
    pub number: u32,
    /// Whether every demand was met.
    pub passed: bool,
    /// Why it ended early, if it did.
    pub broke: Option<String>,
    /// What has to be so.
    pub demands: Vec<Demand>,
    /// The steps.
    pub steps: Vec<Step>,
    /// From the first attempt to the last, in seconds.
    pub seconds: f64,
    /// Whether anybody looked for alerts.
    pub watched: bool,
    /// From the first attempt to the first alert, in seconds.
    pub first_alert_seconds: Option<f64>,
    /// The alerts that were raised meanwhile, by whatever.
    pub alerts: Vec<Raised>,
    /// Customers whose account was named.
    pub touched: Vec<String>,
    /// Customers whose account was entered.
    pub entered: Vec<String>,
    /// What got through, in words.
    pub got: Vec<String>,
    /// By what one could notice.
    pub signs: Vec<Sign>,
    /// What arrived in the message box: how many of each subject.
    pub told: BTreeMap<String, u32>,
    /// What is left behind.
    pub left: Vec<String>,
}

impl Report {
    /// A report of what was counted.
    pub(crate) fn of(name: Name, target: &Target, score: Score, alerts: Vec<Raised>) -> Self {
        let drill = name.drill();
        let counts = |one: &&Raised| drill.alerts.contains(&one.alert.kind.as_str());
        let first = alerts.iter().find(counts);
        let mut left = score.left.clone();
        let raised = alerts.iter().map(|one| {
            let Raised { alert, .. } = one;
            format!("alert {} ({}, {})", alert.alert, alert.kind, alert.label)
        });
        left.extend(raised);
        if !score.touched.is_empty() {
            let many = score.touched.len();
            left.push(format!(
                "counted attempts at the accounts of {many} customers"
            ));
        }
        Self {
            drill: name.word().to_owned(),
            title: drill.title.to_owned(),
            hoped: drill.hopes.to_owned(),
            target: target.sekisho.clone(),
            number: 0,
            passed: score.demands.iter().all(|demand| demand.met),
            broke: None,
            steps: score.steps().to_vec(),
            demands: score.demands,
            seconds: 0.0,
            watched: true,
            first_alert_seconds: first.map(|one| one.after_seconds),
            alerts,
            touched: score.touched.into_iter().collect(),
            entered: score.entered.into_iter().collect(),
            got: score.got,
            signs: score.signs,
            told: score.told,
            left,
        }
    }

    pub(crate) fn took(mut self, number: u32, seconds: f64, watched: bool) -> Self {
        (self.number, self.seconds, self.watched) = (number, seconds, watched);
        self
    }

    pub(crate) fn broken(mut self, why: Option<String>) -> Self {
        self.passed &= why.is_none();
        self.broke = why;
        self
    }

    /// For people.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let verdict = if self.passed { "passed" } else { "NOT passed" };
        writeln!(out, "# Drill `{}`: {verdict}\n", self.drill)?;
        writeln!(
            out,
            "{} against {}, run {}. What the attacker hoped for: {}.\n",
            self.title, self.target, self.number, self.hoped
        )?;
        if let Some(why) = &self.broke {
            writeln!(out, "**It could not be played to its end:** {why}\n")?;
        }
        for demand in &self.demands {
            let met = if demand.met { "met" } else { "**not met**" };
            writeln!(out, "- {met}: {}", demand.what)?;
        }
        writeln!(out, "\n## Steps\n")?;
        writeln!(
            out,
            "| step | sent | refused | asked for more | held | through |"
        )?;
        writeln!(out, "|---|---|---|---|---|---|")?;
        for step in &self.steps {
            let Step {
                what,
                sent,
                refused,
                stepped_up,
                held,
                through,
            } = step;
            writeln!(
                out,
                "| {} | {sent} | {refused} | {stepped_up} | {held} | {through} |",
                cell(what)
            )?;
        }
        self.write_found(out)?;
        self.write_got(out)
    }

    fn write_found(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\n## What was noticed\n")?;
        match (self.first_alert_seconds, self.watched) {
            (Some(after), _) => writeln!(
                out,
                "The first alert came {after:.1} s after the first attempt; the attempts took \
                 {:.1} s.\n",
                self.seconds
            )?,
            (None, true) => writeln!(out, "No alert that tells of this attack.\n")?,
            (None, false) => writeln!(out, "Nobody looked for alerts.\n")?,
        }
        for Raised {
            alert,
            after_seconds,
        } in &self.alerts
        {
            writeln!(
                out,
                "- after {after_seconds:.1} s: {} ({}), {}: {} failures, {} accounts of which {} \
                 are nobody's, {} addresses, {} passed the first step, {} entered",
                alert.kind,
                alert.severity,
                cell(&alert.label),
                alert.counts.failures,
                alert.counts.accounts,
                alert.counts.strangers,
                alert.counts.addresses,
                alert.counts.proved,
                alert.counts.entered,
            )?;
        }
        for sign in &self.signs {
            let seen = if sign.seen { "yes" } else { "**no**" };
            writeln!(out, "- {seen}: {}", sign.what)?;
        }
        writeln!(out, "\n## What customers were told\n")?;
        if self.told.is_empty() {
            writeln!(out, "Nothing, or the drill cannot read messages here.")?;
        }
        for (what, many) in &self.told {
            writeln!(out, "- {many} × {}", cell(what))?;
        }
        Ok(())
    }

    fn write_got(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\n## What got through\n")?;
        writeln!(
            out,
            "{} customers touched, {} entered.\n",
            self.touched.len(),
            self.entered.len()
        )?;
        if self.got.is_empty() {
            writeln!(out, "Nothing.")?;
        }
        for got in &self.got {
            writeln!(out, "- {got}")?;
        }
        writeln!(out, "\n## What is left behind\n")?;
        if self.left.is_empty() {
            writeln!(out, "Nothing but the record.")?;
        }
        for left in &self.left {
            writeln!(out, "- {left}")?;
        }
        Ok(())
    }
}

/// Text that stays in its cell and its line.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
