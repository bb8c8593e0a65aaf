//! `sekisho alert`: attacks across customers that were found, and whom they touched.
//!
//! **Invariant:** what is printed was read in the name of a person, for a reason that is recorded.

use sekisho_core::attack::{AlertKnown, Touch, TouchedKnown, severity};
use sekisho_core::moment::Moment;
use sekisho_core::thaw::Ground;
use sekisho_gate::Gate;
use sekisho_store::AlertQuestion;
use serde_json::{Value, json};

use super::staff::{claimed, done};
use super::{Ended, Failure, Misuse};
use crate::arguments::AlertCommand;

/// Lists, shows or closes alerts.
pub async fn run(gate: &Gate, command: AlertCommand) -> Result<Ended, Failure> {
    match command {
        AlertCommand::Close { alert, reason, by } => {
            let (claim, ground) = (claimed(&by)?, ground(&reason)?);
            if !done(gate.close_alert(&claim, alert, ground).await?)? {
                return Err(missing("there is no open alert of this id"));
            }
        }
        AlertCommand::List {
            closed,
            since,
            most,
            json,
            reason,
            by,
        } => {
            let asked = AlertQuestion {
                closed,
                since: since.as_deref().map(moment).transpose()?,
                most,
            };
            let alerts = gate.alerts(&claimed(&by)?, asked, ground(&reason)?).await?;
            for alert in done(alerts)? {
                print(&alert, json);
            }
        }
        AlertCommand::Show {
            alert,
            json,
            reason,
            by,
        } => {
            let found = gate.alert(&claimed(&by)?, alert, ground(&reason)?).await?;
            let Some((alert, touched)) = done(found)? else {
                return Err(missing("there is no alert of this id"));
            };
            print(&alert, json);
            for one in &touched {
                print_touched(one, json);
            }
        }
    }
    Ok(Ended::Done)
}

fn missing(text: &str) -> Failure {
    Misuse(text.to_owned()).into()
}

fn ground(reason: &str) -> Result<Ground, Failure> {
    Ground::parse(reason).map_err(|why| Misuse(format!("--reason {why}")).into())
}

fn moment(text: &str) -> Result<Moment, Failure> {
    let wrong = "--since is a date and time with an offset, such as 2026-12-01T09:00:00+09:00";
    Moment::parse_rfc3339(text).ok_or_else(|| Misuse(wrong.to_owned()).into())
}

fn print(alert: &AlertKnown, json: bool) {
    if json {
        println!("{}", row(alert));
        return;
    }
    let counts = &alert.counts;
    let state = match alert.closed {
        Some(_) => "closed",
        None => "open",
    };
    println!(
        "{}  {}  {}  {}  {}",
        alert.id,
        severity(alert.kind, counts).word(),
        alert.kind.word(),
        alert.label,
        state,
    );
    println!("    {} to {}", alert.first, alert.last);
    println!(
        "    {} failures, {} accounts ({} nobody's), {} addresses, {} passed the first step, \
         {} entered",
        counts.failures,
        counts.accounts,
        counts.strangers,
        counts.addresses,
        counts.proved,
        counts.entered,
    );
}

fn row(alert: &AlertKnown) -> Value {
    json!({
        "alert": alert.id,
        "kind": alert.kind,
        "severity": severity(alert.kind, &alert.counts),
        "label": alert.label,
        "first": alert.first,
        "last": alert.last,
        "raised": alert.raised,
        "counts": alert.counts,
        "closed": alert.closed,
    })
}

fn print_touched(one: &TouchedKnown, json: bool) {
    let word = match one.how {
        Touch::Tried => "tried",
        Touch::Proved => "proved",
        Touch::Entered => "entered",
    };
    if json {
        println!(
            "{}",
            json!({ "customer": one.reference, "how": word, "at": one.at })
        );
    } else {
        println!("    {:<8} {}  {}", word, one.at, one.reference);
    }
}
