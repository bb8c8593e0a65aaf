//! Customers by the million, written straight into the tables in the order of their keys, and the
//! questions about them.
//!
//! What a customer has: [`ACCESSES`] entries and accesses, and the sightings of two places with
//! their networks, one or two programs, one or two devices. A third of the addresses is shared.
//!
//! **Invariant:** everything follows from a customer's number; nothing is remembered.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Result, anyhow};
use rusqlite::{Connection, params};
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Place, Terminal};
use sekisho_core::id::ApplicationId;
use sekisho_core::judge::Check;
use sekisho_core::operation::Fields;
use sekisho_core::policy::Policy;
use sekisho_core::proof::Method;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::text::Reference;
use sekisho_gate::{JudgeRequest, RequestContext};
use serde_json::{Value, json};

/// Accesses that each customer has behind them.
pub const ACCESSES: u32 = 4;

/// 1 January 2025, in microseconds, and the time from one row to the next.
const BEGIN: i64 = 1_735_689_600_000_000;
const STEP: i64 = 7_000;

const AGENTS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
];

/// A number that looks like chance, from two (the finalizer of SplitMix64, Steele et al. 2014).
fn mixed(number: u64, purpose: u64) -> u64 {
    let mut z = number.wrapping_add(purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// As gate's dice make an id: milliseconds, then chance.
fn id(at: i64, number: u64, purpose: u64) -> [u8; 16] {
    let mut id = [0; 16];
    id[..6].copy_from_slice(&(at / 1000).to_be_bytes()[2..]);
    id[6..14].copy_from_slice(&mixed(number, purpose).to_be_bytes());
    id
}

fn customer_id(customer: u32) -> [u8; 16] {
    id(BEGIN + i64::from(customer) * STEP, customer.into(), 1)
}

fn reference(customer: u32) -> String {
    format!("C-{customer:08}")
}

/// Address number `which` of a customer. Every third one is shared with some others.
fn address(customer: u32, which: u32) -> Ipv4Addr {
    let draw = mixed(customer.into(), 10 + u64::from(which));
    let narrowed = if draw.is_multiple_of(3) {
        draw % 65_537
    } else {
        draw
    };
    let low = mixed(narrowed, 3) as u32;
    // Any address but multicast and above.
    Ipv4Addr::from(low % 0xe000_0000)
}

fn agent(customer: u32, which: u32) -> &'static str {
    AGENTS[(mixed(customer.into(), 30 + u64::from(which)) % 6) as usize]
}

/// The context of a customer's usual place number `which`; devices are added apart, since the gate
/// keys them.
fn context(customer: u32, which: u32) -> Context {
    Context {
        address: Some(Address::from(IpAddr::from(address(customer, which)))),
        place: Place::default(),
        client: Some(ClientFamily::of(agent(customer, which))),
        device: None,
        terminal: Terminal::Own,
    }
}

/// Fills a migrated file and closes it.
pub fn fill(connection: Connection, customers: u32) -> Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA cache_size = -262144; BEGIN;",
    )?;
    fill_customers(&connection, customers)?;
    fill_entries(&connection, customers)?;
    fill_accesses(&connection, customers)?;
    fill_sightings(&connection, customers)?;
    connection.execute_batch("COMMIT; PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL;")?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}

fn fill_customers(connection: &Connection, customers: u32) -> Result<()> {
    let mut insert = connection.prepare(
        "INSERT INTO customer (id, reference, state, locale, created, revision) \
         VALUES (?, ?, 'active', 'ja', ?, 1)",
    )?;
    for customer in 0..customers {
        let created = BEGIN + i64::from(customer) * STEP;
        insert.execute(params![customer_id(customer), reference(customer), created])?;
    }
    Ok(())
}

/// When access number `which` of a customer was, and the id of its decision. All customers come by
/// before the first comes again.
fn access(customer: u32, which: u32, customers: u32) -> (i64, [u8; 16]) {
    let number = u64::from(which) * u64::from(customers) + u64::from(customer);
    let row = i64::from(which) * i64::from(customers) + i64::from(customer);
    let at = BEGIN + (i64::from(customers) + row) * STEP;
    (at, id(at, number, 2))
}

fn fill_entries(connection: &Connection, customers: u32) -> Result<()> {
    let facts = r#"{"address":"known","network":"known","system":"unknown","country":"unknown","device":"known","client":"known","history":3,"address_others":0,"payout_others":0,"address_failures":0,"payout_change_hours":null,"payout_change_strange":false,"amount":null,"largest":null,"effect":null}"#;
    let mut insert = connection.prepare(
        "INSERT INTO entry (id, at, act, actor, application, customer, operation, verdict, \
         requirements, reasons, policy, facts) VALUES (?, ?, 'sign_in', 'application', ?, ?, NULL, \
         'allow', '', '', 'jsda-2025.1', ?)",
    )?;
    for which in 0..ACCESSES {
        for customer in 0..customers {
            let (at, decision) = access(customer, which, customers);
            let application = crate::attempts::APPLICATION.0;
            insert.execute(params![
                decision,
                at,
                application,
                customer_id(customer),
                facts
            ])?;
        }
    }
    Ok(())
}

fn fill_accesses(connection: &Connection, customers: u32) -> Result<()> {
    let mut insert = connection.prepare(
        "INSERT INTO access (customer, at, decision, act, ending, verdict, address, system, \
         country, device, client, application) \
         VALUES (?, ?, ?, 'sign_in', 'success', 'allow', ?, NULL, NULL, ?, ?, ?)",
    )?;
    for customer in 0..customers {
        for which in 0..ACCESSES {
            let (at, decision) = access(customer, which, customers);
            let place = context(customer, which % 2);
            insert.execute(params![
                customer_id(customer),
                at,
                decision,
                place.address.map(|address| address.bytes()),
                id(BEGIN, customer.into(), 40),
                place.client.map(|client| client.to_string()),
                crate::attempts::APPLICATION.0
            ])?;
        }
    }
    Ok(())
}

/// In the order of the key, so that pages are filled one after the other; for the same reason the
/// indexes are made in the end.
fn fill_sightings(connection: &Connection, customers: u32) -> Result<()> {
    let mut of_table = connection.prepare(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'sighting' \
         AND sql IS NOT NULL",
    )?;
    let named = of_table.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let indexes: Vec<(String, String)> = named.collect::<Result<_, _>>()?;
    drop(of_table);
    for (name, _) in &indexes {
        connection.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    let mut insert = connection.prepare(
        "INSERT INTO sighting (kind, value, customer, first_at, last_at, successes, failures, \
         guarded, first_success) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?4)",
    )?;
    let (first, last) = (BEGIN, BEGIN + 8 * i64::from(customers) * STEP);
    for customer in 0..customers {
        let who = customer_id(customer);
        let mut rows: Vec<_> = KINDS
            .iter()
            .flat_map(|kind| {
                values(*kind, customer)
                    .into_iter()
                    .map(|value| (kind.code(), value))
            })
            .collect();
        rows.sort_unstable();
        rows.dedup();
        for (kind, value) in rows {
            insert.execute(params![kind, value, who, first, last, ACCESSES])?;
        }
    }
    drop(insert);
    for (_, text) in &indexes {
        connection.execute_batch(text)?;
    }
    Ok(())
}

const KINDS: [TraitKind; 5] = [
    TraitKind::All,
    TraitKind::Address,
    TraitKind::Network,
    TraitKind::Device,
    TraitKind::Client,
];

fn values(kind: TraitKind, customer: u32) -> Vec<[u8; 16]> {
    if kind == TraitKind::Device {
        let devices = 1 + (mixed(customer.into(), 5) % 2);
        let device = |which| id(0, mixed(customer.into(), 40 + which), 41);
        return (0..devices).map(device).collect();
    }
    let places = (0..2).flat_map(|which| Trait::of_context(&context(customer, which)));
    let of_kind = places.filter(|seen| seen.kind == kind);
    of_kind.map(|seen| seen.value).collect()
}

/// What an application asks about one of the customers.
pub struct Question {
    customer: u32,
    operation: Option<(&'static str, Value)>,
    address: IpAddr,
    agent: &'static str,
    device: String,
    key: String,
}

impl Question {
    /// Question number `number`: some customer, seven times of eight at a usual place.
    pub fn of(number: u64, customers: u32) -> Result<Self> {
        let draw = mixed(number, 50);
        let customer = u32::try_from(draw % u64::from(customers))?;
        let which = match (draw >> 32) % 8 {
            7 => 2 + ((draw >> 40) % 1000) as u32,
            usual => usual as u32 % 2,
        };
        let operation = match (draw >> 48) % 16 {
            0 => Some("payout_account_change"),
            1 | 2 => Some("withdraw"),
            _ => None,
        };
        Ok(Self {
            customer,
            operation: operation.map(|kind| (kind, fields(kind, customer, draw))),
            address: IpAddr::from(address(customer, which)),
            agent: agent(customer, which % 2),
            device: format!("device-{customer}-{}", which % 2),
            key: format!("question-{number}"),
        })
    }

    fn verified(&self) -> &'static [Method] {
        match self.operation {
            None => &[Method::Password, Method::MailCode],
            Some(_) => &[Method::Password, Method::MailCode, Method::Confirmation],
        }
    }

    /// As the gate is asked.
    pub fn request(self, application: ApplicationId, policy: &Policy) -> Result<JudgeRequest> {
        let operation = match &self.operation {
            None => None,
            Some((kind, fields)) => {
                let kind = OperationKind::parse(kind).ok_or_else(|| anyhow!("not a kind"))?;
                let spec = policy.operation.get(&kind);
                let spec = spec.ok_or_else(|| anyhow!("not in the policy"))?;
                Some((kind, Fields::parse(fields, &spec.fields)?))
            }
        };
        Ok(JudgeRequest {
            way: sekisho_core::known::Way::default(),
            application,
            customer: Reference::parse(&reference(self.customer))?,
            verified: self.verified().to_vec(),
            operation,
            context: RequestContext {
                address: Some(self.address),
                user_agent: Some(self.agent.to_owned()),
                device: Some(self.device),
            },
            when: sekisho_gate::When::Now,
            check: Check::Passed,
            idempotency: Some((self.key.clone(), Digest::of(self.key.as_bytes()))),
        })
    }

    /// The key and the document as the API is asked.
    pub fn document(self) -> (String, Value) {
        let words: Vec<_> = self.verified().iter().map(|method| method.word()).collect();
        let mut document = json!({
            "customer": reference(self.customer),
            "act": "sign_in",
            "context": {
                "address": self.address,
                "user_agent": self.agent,
                "device": self.device,
            },
            "verified": words,
            "check": "passed",
        });
        if let Some((kind, fields)) = self.operation {
            document["act"] = json!(kind);
            document["operation"] = json!({"fields": fields});
        }
        (self.key, document)
    }
}

fn fields(kind: &str, customer: u32, draw: u64) -> Value {
    let payee = json!({
        "account_type": "ordinary",
        "bank": "0911",
        "branch": format!("{:03}", customer % 1000),
        "holder": "ベンチ タロウ",
        "number": format!("{:07}", customer / 1000),
    });
    match kind {
        "withdraw" => json!({
            "amount": {"currency": "JPY", "value": (1 + draw % 900_000).to_string()},
            "payee": payee,
        }),
        _ => json!({"payout_account": payee}),
    }
}
