//! `sekisho stop add`, `extend`, `lift` and `list`: operations are switched off, and on again. It
//! works straight on the database, so also when no server runs.
//!
//! **Invariant:** what was refused is said in a sentence, and changed nothing.

use sekisho_core::access::OperationKind;
use sekisho_core::id::StaffId;
use sekisho_core::known::{StaffKnown, StopKnown, StopMessage, StopScope, Word};
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::stop::NewStop;
use sekisho_core::text::Line;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Gate, ListedStops, StopAnswer};
use serde_json::json;

use super::staff::{UNPROVED, claimed, why};
use super::{Ended, Failure, Misuse};
use crate::arguments::{By, StopArguments, StopCommand};

/// Stops, extends, lifts or lists.
pub async fn run(gate: &Gate, command: StopCommand) -> Result<Ended, Failure> {
    match command {
        StopCommand::Add(arguments) => {
            let new = wanted(gate, &arguments).await?;
            let said = (new.scope.channel.is_some(), new.scope.segment.is_some());
            let answer = gate.stop(&claimed(&arguments.by)?, new).await?;
            told(
                (gate, &arguments.by),
                answer,
                "stopped, on every node from now on",
            )
            .await?;
            if said != (false, false) {
                println!("Operations that do not say their channel or segment are stopped, too.");
            }
        }
        StopCommand::Extend { id, until, by } => {
            let until = moment("--until", until.as_deref())?;
            let answer = gate.extend_stop(&claimed(&by)?, id, until).await?;
            told((gate, &by), answer, "extended").await?;
        }
        StopCommand::Lift { id, at, by } => {
            let at = moment("--at", at.as_deref())?;
            let answer = gate.lift_stop(&claimed(&by)?, id, at).await?;
            told((gate, &by), answer, "lifted").await?;
        }
        StopCommand::List { json } => list(gate, json).await?,
    }
    Ok(Ended::Done)
}

async fn wanted(gate: &Gate, arguments: &StopArguments) -> Result<NewStop, Failure> {
    let policy = gate.policy();
    let kind = arguments.kind.as_deref().map(|word| {
        let kind = OperationKind::parse(word).filter(|kind| policy.operation.contains_key(kind));
        kind.ok_or_else(|| {
            let words: Vec<_> = policy.operation.keys().map(OperationKind::as_str).collect();
            Misuse(format!("--kind must be one of {}", words.join(", ")))
        })
    });
    if let Some(id) = arguments.application
        && gate.application(id).await?.is_none()
    {
        return Err(Misuse(format!("there is no application {id}")).into());
    }
    let message =
        |option, text: &str| Line::parse(text).map_err(|why| Misuse(format!("{option} {why}")));
    let ground = Ground::parse(&arguments.reason);
    let mut left: Vec<_> = arguments.left.iter().copied().map(Into::into).collect();
    left.sort_unstable();
    left.dedup();
    Ok(NewStop {
        scope: StopScope {
            kind: kind.transpose()?,
            application: arguments.application,
            channel: word("--channel", arguments.channel.as_deref())?,
            segment: word("--segment", arguments.segment.as_deref())?,
        },
        reason: ground.map_err(|why| Misuse(format!("--reason {why}")))?,
        message: StopMessage {
            ja: message("--message-ja", &arguments.message_ja)?,
            en: message("--message-en", &arguments.message_en)?,
        },
        left,
        begins: moment("--from", arguments.from.as_deref())?,
        ends: moment("--until", arguments.until.as_deref())?,
    })
}

fn word(option: &str, text: Option<&str>) -> Result<Option<Word>, Failure> {
    let read = |text| {
        let wrong = "has 1 to 40 of a-z, 0-9, _ and -, and starts with a letter";
        Word::parse(text).ok_or_else(|| Misuse(format!("{option} {wrong}")).into())
    };
    text.map(read).transpose()
}

fn moment(option: &str, text: Option<&str>) -> Result<Option<Moment>, Failure> {
    let read = |text| {
        let wrong = "is a date and time with an offset, such as 2026-12-01T09:00:00+09:00";
        Moment::parse_rfc3339(text).ok_or_else(|| Misuse(format!("{option} {wrong}")).into())
    };
    text.map(read).transpose()
}

/// Says what became of it.
async fn told((gate, by): (&Gate, &By), answer: StopAnswer, done: &str) -> Result<(), Failure> {
    match answer {
        StopAnswer::Done(id) => println!("{id} is {done}"),
        StopAnswer::Proposed(id) => {
            println!("{id} still stands: a second, different person has to agree within a day,");
            println!("with the same command and --as their own name");
        }
        StopAnswer::Refused(Reason::SamePerson) => {
            let text = "you asked for it yourself; a second, different person has to agree";
            return Err(Misuse(text.to_owned()).into());
        }
        StopAnswer::Refused(reason) => return Err(Misuse(why(gate, reason, by).await?).into()),
        StopAnswer::Unknown => return Err(Misuse("there is no such stop".to_owned()).into()),
        StopAnswer::Unproved => {
            return Err(Misuse(UNPROVED.to_owned()).into());
        }
    }
    Ok(())
}

async fn list(gate: &Gate, json: bool) -> Result<(), Failure> {
    let ListedStops {
        stops,
        people,
        older,
    } = gate.listed_stops().await?;
    let now = gate.now();
    for stop in stops {
        if json {
            println!("{}", row(&stop, &people, now));
        } else {
            printed(&stop, &people, now);
        }
    }
    if let Some(newest) = older {
        eprintln!(
            "Every stop that is not over, and of the newest {newest} those that are; older ones are \
             in the record."
        );
    }
    Ok(())
}

fn name(id: StaffId, people: &[StaffKnown]) -> String {
    let found = people.iter().find(|known| known.id == id);
    found.map_or_else(|| id.to_string(), |known| known.name.to_string())
}

fn state(stop: &StopKnown, people: &[StaffKnown], now: Moment) -> String {
    match (stop.lifted, stop.proposal) {
        (Some((by, at)), _) => format!("lifted {at} by {}", name(by, people)),
        _ if stop.is_over(now) => "over".to_owned(),
        (None, Some(proposal)) => {
            let (by, at) = (name(proposal.by, people), proposal.at);
            let end = proposal
                .end
                .map(|end| format!(" at {end}"))
                .unwrap_or_default();
            format!("stands; {by} asked at {at} to lift it{end}")
        }
        _ if stop.stands(now) => "stands".to_owned(),
        _ => "waits for its beginning".to_owned(),
    }
}

fn row(stop: &StopKnown, people: &[StaffKnown], now: Moment) -> serde_json::Value {
    json!({
        "id": stop.id,
        "stands": stop.stands(now),
        "state": state(stop, people, now),
        "kind": stop.scope.kind,
        "application": stop.scope.application,
        "channel": stop.scope.channel,
        "segment": stop.scope.segment,
        "reason": stop.reason,
        "message": {"ja": stop.message.ja, "en": stop.message.en},
        "left": stop.left,
        "made": stop.made,
        "by": name(stop.by, people),
        "begins": stop.begins,
        "ends": stop.ends,
    })
}

fn printed(stop: &StopKnown, people: &[StaffKnown], now: Moment) {
    let scope = &stop.scope;
    let word = |word: &Option<Word>| word.as_ref().map(|word| word.as_str().to_owned());
    let kind = scope.kind.as_ref().map(|kind| kind.as_str().to_owned());
    let named = [
        ("application", scope.application.map(|id| id.to_string())),
        ("channel", word(&scope.channel)),
        ("segment", word(&scope.segment)),
    ];
    let only: String = named
        .into_iter()
        .filter_map(|(what, value)| Some(format!("  {what} {}", value?)))
        .collect();
    let until = stop
        .ends
        .map_or("open end".to_owned(), |end| format!("until {end}"));
    let kind = kind.unwrap_or_else(|| "every kind".to_owned());
    println!(
        "{}  {kind}{only}  {until}  {}",
        stop.id,
        state(stop, people, now)
    );
    let by = name(stop.by, people);
    println!(
        "    since {} by {by}: {}",
        stop.begins.unwrap_or(stop.made),
        stop.reason
    );
}
