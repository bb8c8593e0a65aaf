//! The year as the store keeps it: customers, the changes of payout accounts, the withdrawals, and
//! a sighting for each customer at each address.
//!
//! The other accesses and the sightings of other kinds are left out; the sweep that is measured
//! does not read them.
//!
//! **Invariant:** rows are written in the order of their keys, indexes after the rows.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::{Connection, params};
use sekisho_core::known::Seen;
use sekisho_core::sighting::TraitKind;

use super::year::Year;

/// The id of a customer: as of real ones, those of older customers are smaller.
pub fn customer_id(customer: u32) -> [u8; 16] {
    let mut id = [0; 16];
    let mixed = u64::from(customer).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    id[..4].copy_from_slice(&customer.to_be_bytes());
    id[8..].copy_from_slice(&mixed.to_be_bytes());
    id
}

/// What the application calls a customer.
pub fn reference(customer: u32) -> String {
    format!("C-{customer:08}")
}

/// The number of a customer.
pub fn customer_number(id: [u8; 16]) -> u32 {
    let [a, b, c, d, ..] = id;
    u32::from_be_bytes([a, b, c, d])
}

/// The id of the decision about a row.
pub fn decision_id(row: u32) -> [u8; 16] {
    let mut id = [0; 16];
    id[12..].copy_from_slice(&row.to_be_bytes());
    id
}

/// Customers who are there before, by their number, with the ids that they have.
pub type There = HashMap<u32, [u8; 16]>;

/// Fills a migrated file and closes it; how many sightings there are.
pub fn fill(connection: Connection, year: &Year, (customers, there): (u32, &There)) -> Result<u64> {
    let whose = |customer| {
        let there = there.get(&customer).copied();
        there.unwrap_or_else(|| customer_id(customer))
    };
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA foreign_keys = OFF; PRAGMA cache_size = -262144;",
    )?;
    let indexes = indexes(&connection)?;
    for (name, _) in &indexes {
        connection.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    connection.execute_batch("BEGIN")?;
    fill_customers(
        &connection,
        (0..customers).filter(|one| !there.contains_key(one)),
    )?;
    let acts = [
        ("confirm:payout_account_change", &year.changes),
        ("confirm:withdraw", &year.withdrawals),
    ];
    for (act, rows) in acts {
        fill_operations(&connection, year, (act, rows), &whose)?;
    }
    let sightings = fill_sightings(&connection, year, &whose)?;
    connection.execute_batch("COMMIT")?;
    for (_, text) in &indexes {
        connection.execute_batch(text)?;
    }
    connection.execute_batch(
        "PRAGMA optimize; PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL;",
    )?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(sightings)
}

/// The indexes of the table that takes most rows, and how each is made.
fn indexes(connection: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare(
        "SELECT name, sql FROM sqlite_schema \
         WHERE type = 'index' AND tbl_name = 'sighting' AND sql IS NOT NULL",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn fill_customers(connection: &Connection, customers: impl Iterator<Item = u32>) -> Result<()> {
    let mut insert = connection.prepare(
        "INSERT INTO customer (id, reference, state, locale, created, revision) \
         VALUES (?, ?, 'active', 'ja', 0, 1)",
    )?;
    for customer in customers {
        insert.execute(params![customer_id(customer), reference(customer)])?;
    }
    Ok(())
}

fn fill_operations(
    connection: &Connection,
    year: &Year,
    (act, rows): (&str, &[u32]),
    whose: &impl Fn(u32) -> [u8; 16],
) -> Result<()> {
    let mut insert = connection.prepare(
        "INSERT INTO access (customer, at, decision, act, ending, verdict, address) \
         VALUES (?, ?, ?, ?, 'success', 'allow', ?)",
    )?;
    for row in rows {
        let place = *row as usize;
        insert.execute(params![
            whose(year.customers[place]),
            year.at[place],
            decision_id(*row),
            act,
            year.places[year.addresses[place] as usize].bytes(),
        ])?;
    }
    Ok(())
}

fn fill_sightings(
    connection: &Connection,
    year: &Year,
    whose: &impl Fn(u32) -> [u8; 16],
) -> Result<u64> {
    let mut order: Vec<u32> = (0..year.places.len() as u32).collect();
    order.sort_unstable_by_key(|place| year.places[*place as usize]);
    let mut rank = vec![0u32; order.len()];
    for (place, address) in order.iter().enumerate() {
        rank[*address as usize] = place as u32;
    }
    let mut rows: Vec<(u64, u32)> = (0..year.len())
        .map(|row| {
            let place = rank[year.addresses[row] as usize];
            let key = u64::from(year.customers[row]) << 32 | u64::from(place);
            (key, row as u32)
        })
        .collect();
    rows.sort_unstable();
    let mut insert = connection.prepare(
        "INSERT INTO sighting (customer, kind, value, first_at, last_at, successes, failures, \
         guarded, first_success) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let mut count = 0;
    for group in rows.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((key, _)) = group.first() else {
            continue;
        };
        let join = |seen: Option<Seen>, (_, row): &(u64, u32)| Some(year.join(*row as usize, seen));
        let Some(seen) = group.iter().fold(None, join) else {
            continue;
        };
        let place = year.places[order[(*key & 0xffff_ffff) as usize] as usize];
        insert.execute(params![
            whose((key >> 32) as u32),
            TraitKind::Address.code(),
            place.bytes(),
            seen.first.0,
            seen.last.0,
            seen.successes,
            seen.failures,
            seen.guarded,
            seen.first_success.map(|at| at.0),
        ])?;
        count += 1;
    }
    Ok(count)
}
