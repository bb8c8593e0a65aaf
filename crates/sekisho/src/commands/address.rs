//! `sekisho address`.
//!
//! **Invariant:** what is printed as settled is what judges an attempt of this moment.

use std::net::IpAddr;
use std::sync::Arc;

use sekisho_core::context::{Accord, Place};
use sekisho_core::known::ListingsKnown;
use sekisho_core::moment::Moment;
use sekisho_core::places::{Circle, Indicator, Label};
use sekisho_gate::{Clock, FileSaid, FileState, Places};
use serde_json::{Value, json};

use super::{Ended, Failure, Misuse};
use crate::arguments::AddressOf;
use crate::config::Config;
use crate::installation;

/// Tells what the files say of an address, or how they are.
pub async fn run(config: &Config, asked: &AddressOf) -> Result<Ended, Failure> {
    let places = Places::open(&config.address_files)?;
    let now = Clock::system().now();
    let Some(address) = asked.address else {
        if places.is_empty() {
            let text = "no file is named in the section addresses of the configuration";
            return Err(Misuse(text.to_owned()).into());
        }
        files(&places.states(), asked.json);
        return Ok(Ended::Done);
    };
    let at = places.at(now);
    let at = match listings(config, now).await {
        Ok(known) => at.with(Arc::new(known.into())),
        Err(why) => {
            eprintln!(
                "Networks that people of the firm listed are not in this, as the database could \
                 not be asked: {why}"
            );
            at
        }
    };
    let (settled, each) = (at.of(address), at.each(address));
    if asked.json {
        let files: Vec<_> = each.iter().map(|said| row(said, now)).collect();
        let told = json!({"address": address, "at": now, "settled": of(&settled), "files": files});
        println!("{told}");
    } else {
        told(address, &settled, &each, now);
    }
    Ok(Ended::Done)
}

/// The networks that people of the firm listed and that stand at `now`.
async fn listings(config: &Config, now: Moment) -> anyhow::Result<ListingsKnown> {
    let store = installation::open_store(config).await?;
    store.ready().await?;
    let (_, known) = store.listings(None, now).await?;
    store.close().await;
    Ok(known)
}

fn coordinates(circle: Circle) -> Value {
    let (latitude, longitude, radius) = circle.degrees();
    json!({"latitude": latitude, "longitude": longitude, "radius_km": radius})
}

fn of(place: &Place) -> Value {
    json!({
        "system": place.system,
        "country": place.country,
        "coordinates": place.circle.map(coordinates),
        "uncertain": place.accord == Accord::Torn,
        "listed": place.listed,
    })
}

fn indicator(one: &Indicator, now: Moment) -> Value {
    json!({
        "network": one.network.to_string(),
        "from": one.from,
        "until": one.until,
        "source": one.source,
        "counts": one.stands(now),
    })
}

fn row(said: &FileSaid, now: Moment) -> Value {
    let indicators = said.indicators.iter();
    let indicators: Vec<_> = indicators.map(|one| indicator(one, now)).collect();
    json!({
        "file": said.path,
        "kind": said.kind.word(),
        "made": said.made,
        "system": said.system,
        "country": said.country,
        "coordinates": said.circle.map(coordinates),
        "listed": said.listed,
        "indicators": indicators,
    })
}

fn placed(system: Option<u32>, country: Option<&str>, circle: Option<Circle>) -> String {
    let circle = circle.map(|circle| {
        let (latitude, longitude, radius) = circle.degrees();
        format!("{latitude:.4} {longitude:.4} within {radius} km")
    });
    let system = system.map(|number| format!("AS{number}"));
    let all = [system, country.map(str::to_owned), circle];
    let all: Vec<_> = all.into_iter().flatten().collect();
    match all.is_empty() {
        true => "says nothing".to_owned(),
        false => all.join("  "),
    }
}

fn told(address: IpAddr, settled: &Place, each: &[FileSaid], now: Moment) {
    println!("{address}");
    for said in each {
        println!("  {} ({})", said.path.display(), said.kind.word());
        let country = said.country.as_ref().map(|country| country.code());
        match said.listed {
            Some(true) => println!("      has it"),
            Some(false) => println!("      has it not"),
            None if said.indicators.is_empty() => {
                println!("      {}", placed(said.system, country, said.circle));
            }
            None => {}
        }
        for one in &said.indicators {
            let until = one.until.map(|until| format!(" until {until}"));
            let source = one.source.map(|source| source.to_string());
            let counts = if one.stands(now) {
                ""
            } else {
                "  (does not count now)"
            };
            let (until, source) = (until.unwrap_or_default(), source.unwrap_or_default());
            println!("      {}{until}  {source}{counts}", one.network);
        }
    }
    let country = settled.country.as_ref().map(|country| country.code());
    println!(
        "settled: {}",
        placed(settled.system, country, settled.circle)
    );
    if settled.accord == Accord::Torn {
        println!("  uncertain: files disagree, so what they disagree on counts as unknown");
    }
    let listed = Label::ALL.into_iter();
    let listed = listed.filter(|label| settled.listed.of(*label) == Some(true));
    let listed: Vec<_> = listed.map(Label::word).collect();
    if !listed.is_empty() {
        println!("  listed: {}", listed.join(", "));
    }
    let source = settled.listed.source.map(|source| source.to_string());
    let source = source.unwrap_or_default();
    if settled.listed.indicator == Some(true) {
        println!("  indicator: {source}");
    } else if !source.is_empty() {
        println!("  listed by people of the firm: {source}");
    }
}

fn files(states: &[FileState], as_json: bool) {
    for state in states {
        let counts = state.counts;
        if as_json {
            let row = json!({
                "file": state.path,
                "kind": state.kind.word(),
                "made": state.made,
                "entries": state.size,
                "left_out": {
                    "not_understood": counts.unknown,
                    "too_wide": counts.wide,
                    "revoked": counts.revoked,
                    "no_indicators": counts.other,
                },
            });
            println!("{row}");
            continue;
        }
        let made = state.made.map(|made| format!("  of {made}"));
        let (path, kind, made) = (
            state.path.display(),
            state.kind.word(),
            made.unwrap_or_default(),
        );
        println!("{path} ({kind}): {} entries{made}", state.size);
        let left = [
            (
                counts.unknown,
                "indicators are of something else or not understood",
            ),
            (counts.wide, "networks are too wide to be taken"),
            (counts.revoked, "indicators were revoked"),
        ];
        for (count, what) in left.into_iter().filter(|(count, _)| *count > 0) {
            println!("  {count} {what}");
        }
    }
}
