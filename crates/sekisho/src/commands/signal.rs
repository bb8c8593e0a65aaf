//! `sekisho signal list`: what customers registered that was seen with others before.
//!
//! **Invariant:** of a phone, an account or a device the first digits of a keyed hash or id are
//! printed, enough to see what is the same and nothing more.

use sekisho_core::known::{MOST_OTHERS, SignalKnown};
use sekisho_core::moment::Moment;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::Gate;
use sekisho_store::SignalQuestion;
use serde_json::{Value, json};

use super::staff::{claimed, done};
use super::{Ended, Failure, Misuse};
use crate::arguments::SignalCommand;

/// Lists signals.
pub async fn run(gate: &Gate, command: SignalCommand) -> Result<Ended, Failure> {
    let SignalCommand::List {
        customer,
        kind,
        since,
        most,
        json,
        reason,
        by,
    } = command;
    let customer = customer.as_deref().map(Reference::parse).transpose();
    let asked = SignalQuestion {
        customer: customer.map_err(|why| Misuse(format!("--customer {why}")))?,
        kind: kind.map(Into::into),
        since: since.as_deref().map(moment).transpose()?,
        most,
    };
    let ground = Ground::parse(&reason).map_err(|why| Misuse(format!("--reason {why}")))?;
    let signals = gate.signals(&claimed(&by)?, &asked, ground).await?;
    for signal in done(signals)? {
        if json {
            println!("{}", row(&signal));
        } else {
            printed(&signal);
        }
    }
    Ok(Ended::Done)
}

fn moment(text: &str) -> Result<Moment, Failure> {
    let wrong = "--since is a date and time with an offset, such as 2026-12-01T09:00:00+09:00";
    Moment::parse_rfc3339(text).ok_or_else(|| Misuse(wrong.to_owned()).into())
}

/// The first eight digits.
fn masked(signal: &SignalKnown) -> String {
    let value = &signal.crowd.seen.value[..4];
    let digits: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}…")
}

fn row(signal: &SignalKnown) -> Value {
    let crowd = &signal.crowd;
    json!({
        "at": signal.at,
        "raised": signal.raised,
        "customer": signal.customer,
        "kind": crowd.seen.kind,
        "value": masked(signal),
        "others": crowd.others,
        "first": crowd.first,
        "reported": crowd.reported,
        "act": signal.act.word(),
        "decision": signal.entry,
    })
}

fn printed(signal: &SignalKnown) {
    let crowd = &signal.crowd;
    let others = match crowd.others {
        1 => "1 other customer".to_owned(),
        MOST_OTHERS => format!("{MOST_OTHERS} or more other customers"),
        more => format!("{more} other customers"),
    };
    let since = crowd.first.map(|first| format!(", first {first}"));
    let reported = match crowd.reported {
        true => ", fraud reported",
        false => "",
    };
    println!(
        "{}  {}  {} {}  {others}{}{reported}",
        signal.at,
        signal.customer,
        crowd.seen.kind.word(),
        masked(signal),
        since.unwrap_or_default(),
    );
    println!("    {}  {}", signal.act.word(), signal.entry);
}
