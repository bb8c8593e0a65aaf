//! `sekisho sweep addresses`: which customers were seen at reported addresses.
//!
//! **Invariant:** a list with a line that is no address is refused as a whole, each of its wrong
//! lines told, before anything is looked up.

use std::io::{BufRead as _, Read};
use std::net::IpAddr;
use std::path::Path;

use anyhow::Context as _;
use sekisho_core::context::Address;
use sekisho_core::places::{Indicators, Network};
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::OtherSeen;
use sekisho_core::text::harmless;
use sekisho_gate::{AddressSweep, Gate, MOST_ADDRESSES};

use super::{Output, ground, moment, one_input};
use crate::arguments::AddressArguments;
use crate::commands::staff::{claimed, done};
use crate::commands::{Ended, Failure, Misuse};
use crate::judge::output::Form;
use crate::progress::Progress;

const HEADER: &str = "place,value,customer,reference,first,first_success,last,successes,failures,\
operations\r\n";

/// Bytes of a file that are read: addresses with a comment each, or a bundle of indicators.
const LONGEST: u64 = 64 << 20;

/// Addresses of a network that are asked one by one, since no sighting is kept of it as a whole.
const FEW: u128 = 256;

/// Wrong lines that are told one by one.
const TOLD: usize = 20;

/// Sweeps.
pub async fn run(gate: &Gate, arguments: AddressArguments) -> Result<Ended, Failure> {
    let since = arguments.since.as_deref();
    let since = since.map(|text| moment("--since", text)).transpose()?;
    let ground = ground(&arguments.to.reason)?;
    one_input(&arguments.file, &arguments.to.by)?;
    let places = places(&read(&arguments.file)?)?;
    let claim = claimed(&arguments.to.by)?;
    let sweep = done(gate.sweep_addresses(&claim, places, since, ground).await?)?;
    let progress = Progress::begin(None);
    let (asked, hit, rows) = written(sweep, arguments.to.out).await?;
    let seconds = progress.seconds();
    eprintln!("{asked} addresses in {seconds:.2} s: somebody was at {hit} of them, {rows} lines");
    Ok(Ended::Done)
}

fn read(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let mut from: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        let opened = std::fs::File::open(file);
        Box::new(opened.with_context(|| format!("{} cannot be read", file.display()))?)
    };
    let mut bounded = from.by_ref().take(LONGEST + 1);
    let read = bounded.read_to_string(&mut text);
    read.with_context(|| format!("{} is no text", file.display()))?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LONGEST {
        return Err(Misuse(format!("{} has more than 64 MiB", file.display())).into());
    }
    Ok(text)
}

/// The places of a list, or of a file of indicators: STIX begins with a bracket, and a line of CSV
/// has a comma.
fn places(text: &str) -> Result<Vec<Trait>, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().map(str::trim);
    let mut said = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = said.next().unwrap_or_default();
    let bare = first.split('#').next().unwrap_or_default();
    match first.starts_with('{') || bare.contains(',') {
        true => named(text),
        false => parsed(text),
    }
}

/// The places that indicators name, those that have expired included: what is asked is the past.
fn named(text: &str) -> Result<Vec<Trait>, Failure> {
    let found = Indicators::parse(text.as_bytes(), "").map_err(|why| Misuse(why.to_string()))?;
    let (mut places, mut wide) = (Vec::new(), 0);
    for indicator in found.all() {
        match of_network(&indicator.network) {
            Some(some) => places.extend(some),
            None => wide += 1,
        }
    }
    let counts = found.counts;
    let left = [
        (
            counts.unknown,
            "of something else than addresses, or not understood",
        ),
        (counts.revoked, "revoked"),
        (
            counts.wide + wide,
            "of a network larger than /24 (IPv4) or other than /48 (IPv6)",
        ),
    ];
    for (count, why) in left.into_iter().filter(|(count, _)| *count > 0) {
        eprintln!("{count} indicators are left out: {why}");
    }
    bounded(places)
}

/// What is kept of a network: itself, or its addresses where they are few.
fn of_network(network: &Network) -> Option<Vec<Trait>> {
    if let Some(place) = place(&network.to_string()) {
        return Some(vec![place]);
    }
    let all = network.addresses(FEW)?;
    let of = |address: Address| Trait {
        kind: TraitKind::Address,
        value: address.bytes(),
    };
    Some(all.into_iter().map(of).collect())
}

/// The places of a list, each once.
fn parsed(list: &str) -> Result<Vec<Trait>, Failure> {
    let mut places = Vec::new();
    let mut wrong = Vec::new();
    for (number, line) in (1_u64..).zip(list.as_bytes().lines()) {
        let line = line.context("the list is no text")?;
        let text = line.split('#').next().unwrap_or_default().trim();
        match place(text) {
            _ if text.is_empty() => {}
            Some(place) => places.push(place),
            None => wrong.push(number),
        }
    }
    for line in wrong.iter().take(TOLD) {
        eprintln!("line {line} is no address, and no network of /24 (IPv4) or /48 (IPv6)");
    }
    if !wrong.is_empty() {
        let text = format!(
            "{} lines of the list are wrong; nothing was looked up",
            wrong.len()
        );
        return Err(Misuse(text).into());
    }
    bounded(places)
}

fn bounded(mut places: Vec<Trait>) -> Result<Vec<Trait>, Failure> {
    places.sort_unstable();
    places.dedup();
    if places.len() > MOST_ADDRESSES {
        let text = format!(
            "the list has {} addresses; {MOST_ADDRESSES} at once",
            places.len()
        );
        return Err(Misuse(text).into());
    }
    Ok(places)
}

fn place(text: &str) -> Option<Trait> {
    let (address, width) = text.split_once('/').unwrap_or((text, ""));
    let address = Address::from(address.parse::<IpAddr>().ok()?);
    let (kept, one) = if address.ip().is_ipv4() {
        ("24", "32")
    } else {
        ("48", "128")
    };
    if width.is_empty() || width == one {
        let (kind, value) = (TraitKind::Address, address.bytes());
        return Some(Trait { kind, value });
    }
    let (kind, value) = (TraitKind::Network, address.network());
    (width == kept && value == address.bytes()).then_some(Trait { kind, value })
}

async fn written(mut sweep: AddressSweep, form: Form) -> Result<(usize, u64, u64), Failure> {
    let mut out = Output::begin((form == Form::Csv).then_some(HEADER))?;
    let told = pages(&mut sweep, &mut out, form).await;
    let tally = sweep.tally();
    let (told, handed, digest) = out.end(told);
    let ended = sweep.end(handed, digest).await;
    // Why it was cut comes before why that could not be noted.
    told?;
    ended?;
    Ok(tally)
}

async fn pages(sweep: &mut AddressSweep, out: &mut Output, form: Form) -> Result<(), Failure> {
    let mut progress = Progress::begin(None);
    while let Some((place, page)) = sweep.next().await? {
        let mut lines = page.iter().map(|other| line(&place, other, form));
        lines.try_for_each(|line| out.write(&line))?;
        let (_, hit, rows) = sweep.tally();
        progress.tell(rows, 0, &format!("{hit} addresses with somebody"));
    }
    Ok(())
}

fn line(place: &Trait, other: &OtherSeen, form: Form) -> String {
    if form == Form::Ndjson {
        let mut value = other.seen.json();
        value["place"] = place.kind.word().into();
        value["value"] = place.text().into();
        value["customer"] = other.customer.to_string().into();
        value["reference"] = other.reference.as_str().into();
        return format!("{value}\n");
    }
    let seen = &other.seen;
    let success = seen.first_success.map(|at| at.to_string());
    let cells = [
        place.kind.word().to_owned(),
        place.text(),
        other.customer.to_string(),
        harmless(other.reference.as_str()),
        seen.first.to_string(),
        success.unwrap_or_default(),
        seen.last.to_string(),
        seen.successes.to_string(),
        seen.failures.to_string(),
        seen.guarded.to_string(),
    ];
    format!("{}\r\n", cells.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_addresses_networks_and_comments() {
        let list = "203.0.113.7/32\n\n# all of it\n198.51.100.0/24 # reported\n2001:db8::/48\n";
        let found: Vec<_> = parsed(list).unwrap().iter().map(Trait::text).collect();
        assert_eq!(found, ["203.0.113.7", "198.51.100.0/24", "2001:db8::/48"]);
    }

    fn texts(file: &str) -> Vec<String> {
        places(file).unwrap().iter().map(Trait::text).collect()
    }

    #[test]
    fn indicators_are_a_list_too() {
        let bundle = r#"{"type":"bundle","objects":[
            {"type":"indicator","pattern":"[ipv4-addr:value = '203.0.113.7']","valid_until":"2001-01-01T00:00:00Z"},
            {"type":"indicator","pattern":"[ipv4-addr:value IN ('198.51.100.0/24', '192.0.2.8/31', '10.0.0.0/16')]"},
            {"type":"indicator","pattern":"[ipv4-addr:value = '203.0.113.8']","revoked":true}]}"#;
        let wanted = ["192.0.2.8", "192.0.2.9", "203.0.113.7", "198.51.100.0/24"];
        assert_eq!(texts(bundle), wanted);
        let lines = "# reported\nvalue,valid_until\n203.0.113.7,2001-01-01\n";
        assert_eq!(texts(lines), ["203.0.113.7"]);
        assert_eq!(
            texts("203.0.113.7 # today, and yesterday\n"),
            ["203.0.113.7"]
        );
        assert!(places("203.0.113.7,2001-01-01\nexample.jp,\n").is_err());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in [
            "203.0.113.7/24",
            "203.0.113.0/16",
            "2001:db8::/32",
            "example.jp",
            "1.2.3",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
