//! The baseline of `commit`: what somebody would write who needed these rows in SQLite and nothing
//! else.
//!
//! **Invariant:** the rows are ready before the time is taken; what is measured is the driver and
//! the database.

use anyhow::{Result, bail};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use sekisho_core::access::Access;
use sekisho_core::attempt::Tried;
use sekisho_core::change::Change;
use sekisho_core::decision::Decision;
use sekisho_core::entry::Entry;
use sekisho_core::known::Strange;
use sekisho_core::sighting::{Ending, Scope, Sighting};

use crate::rounds::{Begun, Round};

/// Decisions in a transaction.
const BATCH: usize = 128;

/// The tables that are written.
pub const TABLES: [&str; 7] = [
    "entry",
    "customer",
    "address_failure",
    "idempotency",
    "access",
    "attempt",
    "sighting",
];

const ENTRY: &str = "INSERT INTO entry (id, at, act, actor, application, customer, operation, \
     verdict, requirements, reasons, policy, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const CUSTOMER: &str = "INSERT INTO customer (id, reference, state, locale, created, revision) \
     VALUES (?, ?, 'active', ?, ?, 1)";
const FAILURE: &str = "INSERT INTO address_failure (address, bucket, failures) VALUES (?, ?, 1) \
     ON CONFLICT (address, bucket) DO UPDATE SET failures = failures + 1";
const OLD_FAILURES: &str = "DELETE FROM address_failure WHERE address = ? AND bucket < ?";
const IDEMPOTENCY: &str = "INSERT INTO idempotency (application, request_key, request, decision, \
     operation, at) VALUES (?, ?, ?, ?, NULL, ?)";
const ACCESS: &str = "INSERT INTO access (customer, at, decision, act, ending, verdict, address, \
     system, country, device, client, application) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const ATTEMPT: &str = "INSERT INTO attempt (at, decision, act, ending, account, known, address, \
     system, country, client, agent, device, strange, application) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const SIGHTING: &str = "INSERT INTO sighting (kind, value, customer, first_at, last_at, \
     successes, failures, guarded, first_success) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8) \
     ON CONFLICT (kind, value, customer) DO UPDATE SET \
     first_at = MIN(first_at, excluded.first_at), last_at = MAX(last_at, excluded.last_at), \
     successes = successes + excluded.successes, failures = failures + excluded.failures, \
     guarded = guarded + excluded.guarded, first_success = \
     MIN(IFNULL(first_success, excluded.first_success), \
     IFNULL(excluded.first_success, first_success))";

/// One statement with its values.
pub struct Row {
    text: &'static str,
    values: Vec<Value>,
}

/// A connection and its loop.
pub struct ByHand(Connection);

impl ByHand {
    /// On `connection`.
    pub fn new(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(64);
        Self(connection)
    }

    /// Writes the rows of many decisions, [`BATCH`] of them in a transaction.
    pub fn write(&mut self, decisions: &[Vec<Row>]) -> Result<Round> {
        let whole = Begun::now();
        for batch in decisions.chunks(BATCH) {
            let transaction = self
                .0
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            for row in batch.iter().flatten() {
                let mut statement = transaction.prepare_cached(row.text)?;
                statement.execute(params_from_iter(&row.values))?;
            }
            transaction.commit()?;
        }
        Ok(Round::of(decisions.len(), whole))
    }
}

/// The rows of each decision.
pub fn rows(decisions: &[Decision]) -> Result<Vec<Vec<Row>>> {
    decisions.iter().map(rows_of).collect()
}

fn rows_of(decision: &Decision) -> Result<Vec<Row>> {
    let mut rows = vec![entry(&decision.entry)];
    for change in &decision.changes {
        rows.extend(change_rows(change)?);
    }
    rows.extend(decision.access.iter().map(access));
    rows.extend(decision.tried.iter().map(|tried| attempt(tried)));
    rows.extend(decision.sightings.iter().map(sighting));
    Ok(rows)
}

fn row(text: &'static str, values: impl Into<Vec<Value>>) -> Row {
    let values = values.into();
    Row { text, values }
}

fn bytes(raw: impl AsRef<[u8]>) -> Value {
    Value::Blob(raw.as_ref().to_vec())
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn maybe(value: Option<Value>) -> Value {
    value.unwrap_or(Value::Null)
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    text(words.collect::<Vec<_>>().join(" "))
}

fn entry(entry: &Entry) -> Row {
    let requirements = entry.verdict.requirements().iter();
    row(
        ENTRY,
        [
            bytes(entry.id.0),
            Value::Integer(entry.at.0),
            text(entry.act.word()),
            text(entry.actor.word()),
            maybe(entry.actor.application().map(|id| bytes(id.0))),
            maybe(entry.customer.map(|id| bytes(id.0))),
            maybe(entry.operation.map(|id| bytes(id.0))),
            text(entry.verdict.kind().word()),
            words(requirements.map(|requirement| requirement.word())),
            words(entry.reasons.iter().map(|reason| reason.code())),
            text(entry.policy.as_str()),
            text(entry.facts.as_str()),
        ],
    )
}

fn change_rows(change: &Change) -> Result<Vec<Row>> {
    Ok(match change {
        Change::CustomerCreated {
            id,
            reference,
            locale,
            at,
        } => vec![row(
            CUSTOMER,
            [
                bytes(id.0),
                text(reference.as_str()),
                text(locale.tag()),
                Value::Integer(at.0),
            ],
        )],
        Change::FailureCounted { address, at } => {
            let bucket = at.0.div_euclid(600_000_000);
            let address = bytes(address.counted().bytes());
            vec![
                row(FAILURE, [address.clone(), Value::Integer(bucket)]),
                row(OLD_FAILURES, [address, Value::Integer(bucket - 1)]),
            ]
        }
        Change::IdempotencyKept {
            application,
            key,
            request,
            decision,
            at,
            ..
        } => vec![row(
            IDEMPOTENCY,
            [
                bytes(application.0),
                text(key.as_str()),
                bytes(request.0),
                bytes(decision.0),
                Value::Integer(at.0),
            ],
        )],
        // A condition: no row. Ours alone looks whether it holds.
        Change::Stands(_) => Vec::new(),
        other => bail!("a change that judging does not make: {other:?}"),
    })
}

const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Failure => "failure",
        Ending::Pending => "pending",
        Ending::Success => "success",
    }
}

fn attempt(tried: &Tried) -> Row {
    let (origin, context) = (&tried.origin, &tried.origin.context);
    let known = origin.account.customer().is_some();
    let country = context.place.country;
    row(
        ATTEMPT,
        [
            Value::Integer(tried.at.0),
            bytes(tried.decision.0),
            text(tried.act.word()),
            text(ending(tried.ending)),
            bytes(origin.account.key()),
            Value::Integer(known.into()),
            maybe(context.address.map(|address| bytes(address.bytes()))),
            maybe(
                context
                    .place
                    .system
                    .map(|system| Value::Integer(system.into())),
            ),
            maybe(country.map(|country| text(country.code()))),
            maybe(context.client.map(|client| text(client.to_string()))),
            maybe(origin.agent.map(bytes)),
            maybe(origin.device.map(|device| bytes(device.0))),
            Value::Integer((origin.met == Strange::New).into()),
            maybe(origin.application.map(|id| bytes(id.0))),
        ],
    )
}

fn access(access: &Access) -> Row {
    let ending = ending(access.ending);
    row(
        ACCESS,
        [
            bytes(access.customer.0),
            Value::Integer(access.at.0),
            bytes(access.decision.0),
            text(access.act.word()),
            text(ending),
            text(access.verdict.word()),
            maybe(access.address.map(|address| bytes(address.bytes()))),
            maybe(access.system.map(|system| Value::Integer(system.into()))),
            maybe(access.country.map(|country| text(country.code()))),
            maybe(access.device.map(|device| bytes(device.0))),
            maybe(access.client.as_ref().map(|client| text(client.as_str()))),
            maybe(access.application.map(|id| bytes(id.0))),
        ],
    )
}

fn sighting(sighting: &Sighting) -> Row {
    let success = i64::from(sighting.ending == Ending::Success);
    let failure = i64::from(sighting.ending == Ending::Failure);
    let guarded = match sighting.scope {
        Scope::Access => 0,
        Scope::Guarded => success + failure,
    };
    row(
        SIGHTING,
        [
            Value::Integer(sighting.seen.kind.code()),
            bytes(sighting.seen.value),
            bytes(sighting.customer.0),
            Value::Integer(sighting.at.0),
            Value::Integer(success),
            Value::Integer(failure),
            Value::Integer(guarded),
            maybe((success == 1).then_some(Value::Integer(sighting.at.0))),
        ],
    )
}
