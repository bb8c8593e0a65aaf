//! Prints a world for a person to look at:
//! `print [accesses|customers|rba|figures|count] [SEED] [CUSTOMERS] [DAYS]`, from 1 October 2025.
//!
//! `accesses` and `customers` are one JSON object a line, `rba` is the CSV of the RBA data set
//! (profile `Rba`), `figures` counts what a year holds, `count` only how many accesses there are
//! (put `time` before it for the speed of the generator).
//!
//! **Invariant:** the same arguments print the same bytes.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufWriter, Write};

use sekisho_world::{Access, Customer, Profile, RBA_HEADER, RbaRow, Target, World, WorldConfig};
use serde_json::json;

/// 2025-10-01 00:00 in Japan.
const START: i64 = 1_759_244_400_000_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let form = arguments.next().unwrap_or_else(|| "accesses".to_owned());
    let mut number = |default: u64| arguments.next().map_or(Ok(default), |text| text.parse());
    let config = WorldConfig::new(number(1)?, u32::try_from(number(100)?)?, START);
    let config = WorldConfig {
        days: u32::try_from(number(365)?)?,
        ..config
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    match form.as_str() {
        "accesses" => {
            let world = World::new(config)?;
            for access in world.accesses() {
                writeln!(out, "{}", access_line(&world, &access))?;
            }
        }
        "customers" => {
            for customer in World::new(config)?.customers() {
                writeln!(out, "{}", customer_line(&customer))?;
            }
        }
        "rba" => {
            let world = World::new(config.with_profile(Profile::Rba))?;
            writeln!(out, "{RBA_HEADER}")?;
            for (index, access) in (0..).zip(world.accesses()) {
                if let Some(row) = RbaRow::new(&world, index, access) {
                    writeln!(out, "{row}")?;
                }
            }
        }
        "count" => writeln!(out, "{}", World::new(config)?.accesses().count())?,
        "figures" => figures(&World::new(config)?, &mut out)?,
        other => return Err(format!("unknown form {other}").into()),
    }
    out.flush()?;
    Ok(())
}

fn access_line(world: &World, access: &Access) -> serde_json::Value {
    let customer = match access.target {
        Target::Customer(index) => format!("C-{index:06}"),
        Target::Unknown(name) => format!("unknown-{name:08x}"),
    };
    json!({
        "moment": access.moment,
        "customer": customer,
        "act": access.act.word(),
        "outcome": access.outcome,
        "address": access.address,
        "network": access.network,
        "country": access.country.letters(),
        "user_agent": world.user_agent(access.user_agent).text,
        "device": access.device.map(|device| format!("{:016x}", device.token)),
        "label": access.label,
    })
}

fn customer_line(customer: &Customer) -> serde_json::Value {
    let (year, month, day) = customer.birth;
    let payout = &customer.payout;
    json!({
        "reference": customer.reference,
        "mail": customer.mail,
        "phone": customer.phone,
        "name": [customer.family.kanji, customer.given.kanji],
        "kana": [customer.family.kana, customer.given.kana],
        "romaji": [customer.family.romaji, customer.given.romaji],
        "birth": format!("{year:04}-{month:02}-{day:02}"),
        "home": customer.home.kanji,
        "provider": customer.provider,
        "rhythm": format!("{:?}", customer.rhythm),
        "devices": customer.devices.iter().map(|d| d.kind.word()).collect::<Vec<_>>(),
        "payout": [payout.bank, payout.bank_code, &payout.branch_code, &payout.number],
        "holder": payout.holder,
    })
}

fn figures(world: &World, out: &mut impl Write) -> std::io::Result<()> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut addresses = HashSet::new();
    let (mut accesses, mut most_held) = (0_u64, 0);
    let mut iterator = world.accesses();
    while let Some(access) = iterator.next() {
        most_held = most_held.max(iterator.held());
        accesses += 1;
        addresses.insert(access.address);
        let kind = match access.label {
            sekisho_world::Label::Genuine(circumstance) => format!("genuine {circumstance:?}"),
            sekisho_world::Label::Attack { attacker, plan, .. } => {
                format!("attack {plan:?} {attacker:?}")
            }
        };
        for key in [
            kind,
            access.act.word().to_owned(),
            format!("{:?}", access.outcome),
        ] {
            *counts.entry(key).or_default() += 1;
        }
    }
    writeln!(
        out,
        "accesses {accesses}, addresses {}, most held {most_held}",
        addresses.len()
    )?;
    for (key, count) in counts {
        writeln!(out, "{count:>10} {key}")?;
    }
    Ok(())
}
