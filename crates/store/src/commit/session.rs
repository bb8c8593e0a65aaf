//! Sessions, the conversations that lead to them, and guessing counters.
//!
//! **Invariant:** a conversation and a try are each consumed by exactly one commit.

use super::values::methods;
use super::webhook::moves;
use crate::sql::{Sql, Value, Write};
use sekisho_core::bytes::CounterKey;
use sekisho_core::change::{Change, SessionProved, SessionStrange};
use sekisho_core::context::Address;
use sekisho_core::elsewhere::ProofPlace;
use sekisho_core::id::{CustomerId, InteractionId, SessionId};
use sekisho_core::known::CustomerState;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::operation::OperationState;

/// Length of a bucket of failures from an address: ten minutes, in microseconds.
const BUCKET: i64 = Span::minutes(10).0;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::FailureCounted { address, at } => return Some(failure_counted(*address, *at)),
        Change::InteractionClosed { id, revision } => interaction_closed(*id, *revision),
        Change::InteractionCodeSent { id, revision } => interaction_code_sent(*id, *revision),
        Change::InteractionOpened { .. } => interaction_opened(change)?,
        Change::SessionEnded { id, at } => session_ended(*id, *at),
        Change::OtherSessionsEnded { customer, but, at } => {
            return Some(other_sessions_ended(*customer, *but, *at));
        }
        Change::SessionOpened { .. } => session_opened(change)?,
        Change::SessionProved(proved) => session_proved(proved),
        Change::SessionSeen { id, at } => session_seen(*id, *at),
        Change::SessionStrange(strange) => session_strange(*strange),
        Change::SessionsEnded { customer, at } => return Some(sessions_ended(*customer, *at)),
        Change::TriesCleared { key } => tries_cleared(*key),
        Change::TriesOpened { key } => tries_opened(*key),
        Change::TryPaced { .. } => try_paced(change)?,
        Change::TryReserved { .. } => try_reserved(change)?,
        other => return super::challenge::writes(other),
    };
    Some(vec![write])
}

/// The bucket that `at` falls into.
pub(crate) const fn bucket(at: Moment) -> i64 {
    at.0.div_euclid(BUCKET)
}

/// Counts, and removes what no rule looks at any more, so that an address has two rows at most.
fn failure_counted(address: Address, at: Moment) -> Vec<Write> {
    let address = address.counted();
    vec![
        Write::any(
            "INSERT INTO address_failure (address, bucket, failures) VALUES (?1, ?2, 1) \
             ON CONFLICT (address, bucket) DO UPDATE SET failures = address_failure.failures + 1",
            [address.into(), bucket(at).into()],
        ),
        Write::any(
            "DELETE FROM address_failure WHERE address = ?1 AND bucket < ?2",
            [address.into(), (bucket(at) - 1).into()],
        ),
    ]
}

fn interaction_opened(change: &Change) -> Option<Write> {
    let Change::InteractionOpened {
        id,
        token,
        kind,
        customer,
        state,
        at,
        expires,
    } = change
    else {
        return None;
    };
    let text = "INSERT INTO interaction \
                (id, token, kind, customer, state, created, expires, codes, revision) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 1)";
    let params = [
        (*id).into(),
        (*token).into(),
        kind.word().into(),
        (*customer).into(),
        state.into(),
        (*at).into(),
        (*expires).into(),
    ];
    Some(Write::one(text, params))
}

fn interaction_code_sent(id: InteractionId, revision: i64) -> Write {
    Write::one(
        "UPDATE interaction SET codes = codes + 1, revision = revision + 1 \
         WHERE id = ?1 AND revision = ?2",
        [id.into(), revision.into()],
    )
}

/// Deleted, since its state may hold a login and a password's hash.
fn interaction_closed(id: InteractionId, revision: i64) -> Write {
    Write::one(
        "DELETE FROM interaction WHERE id = ?1 AND revision = ?2",
        [id.into(), revision.into()],
    )
}

/// The beginning of a session, up to the customer's row, which PostgreSQL has to lock against a
/// freeze that goes on at the same time; on SQLite nobody else writes.
macro_rules! session_insert {
    ($lock:literal) => {
        concat!(
            "INSERT INTO session (id, token, customer, device, proved, methods, last_at, ends, \
             place_network, place_system, place_country, place_client) \
             SELECT ?1, ?2, id, ?4, ?5, ?6, ?5, ?7, ?9, ?10, ?11, ?12 \
             FROM customer WHERE id = ?3 AND state = ?8",
            $lock
        )
    };
}

const SESSION_INSERT: Sql = Sql {
    sqlite: session_insert!(""),
    postgres: session_insert!(" FOR SHARE"),
};

/// Only while the customer is active: a freeze that was committed since the facts were gathered
/// must not be outlived by a session.
fn session_opened(change: &Change) -> Option<Write> {
    let Change::SessionOpened {
        id,
        token,
        customer,
        device,
        proved,
        methods: by,
        ends,
        place,
    } = change
    else {
        return None;
    };
    let [network, system, country, client] = proof_place(place);
    let params = [
        (*id).into(),
        (*token).into(),
        (*customer).into(),
        (*device).into(),
        (*proved).into(),
        methods(by),
        (*ends).into(),
        CustomerState::Active.word().into(),
        network,
        system,
        country,
        client,
    ];
    Some(Write::one(SESSION_INSERT, params))
}

fn session_seen(id: SessionId, at: Moment) -> Write {
    Write::any(
        "UPDATE session SET last_at = ?2 WHERE id = ?1 AND last_at < ?2",
        [id.into(), at.into()],
    )
}

fn session_proved(proved: &SessionProved) -> Write {
    let [network, system, country, client] = proof_place(&proved.place);
    Write::one(
        "UPDATE session SET token = ?2, again_by = ?3, again_at = ?4, place_network = ?5, \
         place_system = ?6, place_country = ?7, place_client = ?8 \
         WHERE id = ?1 AND ended IS NULL",
        [
            proved.id.into(),
            proved.token.into(),
            proved.method.word().into(),
            proved.at.into(),
            network,
            system,
            country,
            client,
        ],
    )
}

fn proof_place(place: &ProofPlace) -> [Value; 4] {
    [
        place.network.into(),
        place.system.map(i64::from).into(),
        place.country.map(|known| Value::from(known.code())).into(),
        place
            .client
            .map(|known| Value::from(known.to_string()))
            .into(),
    ]
}

/// By one request alone, however many come at the same time.
fn session_strange(strange: SessionStrange) -> Write {
    let since = strange.since.map_or(0, |at| at.0);
    Write::one(
        "UPDATE session SET strange_at = ?2 \
         WHERE id = ?1 AND ended IS NULL AND COALESCE(strange_at, 0) = ?3",
        [strange.id.into(), strange.at.into(), since.into()],
    )
}

fn session_ended(id: SessionId, at: Moment) -> Write {
    Write::any(
        "UPDATE session SET ended = ?2 WHERE id = ?1 AND ended IS NULL",
        [id.into(), at.into()],
    )
}

/// All sessions but one, and what could still become another or prove something.
fn other_sessions_ended(customer: CustomerId, but: SessionId, at: Moment) -> Vec<Write> {
    vec![
        Write::any(
            "UPDATE session SET ended = ?3 WHERE customer = ?1 AND id <> ?2 AND ended IS NULL",
            [customer.into(), but.into(), at.into()],
        ),
        Write::any(
            "DELETE FROM interaction WHERE customer = ?1",
            [customer.into()],
        ),
        Write::any(
            "DELETE FROM challenge WHERE customer = ?1",
            [customer.into()],
        ),
        Write::any(
            "DELETE FROM push_request WHERE customer = ?1",
            [customer.into()],
        ),
        Write::any(
            "DELETE FROM authorization_code \
             WHERE customer = ?1 AND session <> ?2 AND redeemed IS NULL",
            [customer.into(), but.into()],
        ),
    ]
}

/// Sessions, and everything that could still become one or move money.
fn sessions_ended(customer: CustomerId, at: Moment) -> Vec<Write> {
    let of_customer = || [customer.into()];
    let refused = OperationState::Refused.word();
    let open = [
        OperationState::Pending,
        OperationState::Held,
        OperationState::Confirmed,
    ]
    .map(OperationState::word);
    vec![
        Write::any(
            "UPDATE session SET ended = ?2 WHERE customer = ?1 AND ended IS NULL",
            [customer.into(), at.into()],
        ),
        Write::any("DELETE FROM interaction WHERE customer = ?1", of_customer()),
        Write::any("DELETE FROM challenge WHERE customer = ?1", of_customer()),
        Write::any(
            "DELETE FROM push_request WHERE customer = ?1",
            of_customer(),
        ),
        Write::any("DELETE FROM approver WHERE customer = ?1", of_customer()),
        Write::any("DELETE FROM recovery WHERE customer = ?1", of_customer()),
        Write::any(
            "DELETE FROM authorization_code WHERE customer = ?1 AND redeemed IS NULL",
            of_customer(),
        ),
        Write::any(
            concat!(
                "UPDATE operation SET state = ?2, ",
                moves!(),
                ", due = NULL WHERE customer = ?1 AND state IN (?3, ?4, ?5)"
            ),
            [
                customer.into(),
                refused.into(),
                open[0].into(),
                open[1].into(),
                open[2].into(),
            ],
        ),
        Write::any(
            "DELETE FROM device_token WHERE customer = ?1",
            of_customer(),
        ),
        Write::any("DELETE FROM device WHERE customer = ?1", of_customer()),
    ]
}

/// A counter that is locked changes no row; one whose lock has run out starts anew, but for its
/// total.
fn try_reserved(change: &Change) -> Option<Write> {
    let Change::TryReserved {
        key,
        counted,
        limit,
        at,
        lock,
        most,
        closed,
        kept,
    } = change
    else {
        return None;
    };
    let (limit, most, until) = (i64::from(*limit), i64::from(*most), at.plus(*lock));
    let first = if limit <= 1 { until } else { Moment::default() };
    let text = "INSERT INTO guess \
         (counter, counted, tries, total, last_at, locked_until, expires) \
         VALUES (?1, ?2, 1, 1, ?3, ?4, ?5) \
         ON CONFLICT (counter) DO UPDATE SET \
         tries = CASE WHEN guess.locked_until = 0 THEN guess.tries + 1 ELSE 1 END, \
         total = guess.total + 1, \
         last_at = excluded.last_at, \
         expires = excluded.expires, \
         locked_until = CASE \
             WHEN guess.total + 1 >= ?8 THEN ?9 \
             WHEN guess.locked_until = 0 AND guess.tries + 1 >= ?6 THEN ?7 \
             ELSE excluded.locked_until END \
         WHERE guess.locked_until <= excluded.last_at";
    let params = [
        (*key).into(),
        counted.word().into(),
        (*at).into(),
        first.into(),
        at.plus(*kept).into(),
        limit.into(),
        until.into(),
        most.into(),
        at.plus(*closed).into(),
    ];
    Some(Write::one(text, params))
}

/// As the generic cell rate algorithm has it (ITU-T I.371): `locked_until` is the moment before
/// which none is served, each one that is served moves it on by a pause, and it lags at most
/// `limit - 1` pauses behind.
fn try_paced(change: &Change) -> Option<Write> {
    let Change::TryPaced {
        key,
        counted,
        limit,
        at,
        pause,
    } = change
    else {
        return None;
    };
    let burst = Span(pause.0.saturating_mul(i64::from(*limit).saturating_sub(1)));
    let text = "INSERT INTO guess \
         (counter, counted, tries, total, last_at, locked_until, expires) \
         VALUES (?1, ?2, 1, 1, ?3, ?6, ?3) \
         ON CONFLICT (counter) DO UPDATE SET \
         total = guess.total + 1, \
         last_at = excluded.last_at, \
         expires = excluded.expires, \
         locked_until = CASE WHEN guess.locked_until > ?4 \
             THEN guess.locked_until + ?5 ELSE excluded.locked_until END \
         WHERE guess.locked_until <= excluded.last_at";
    let params = [
        (*key).into(),
        counted.word().into(),
        (*at).into(),
        at.minus(burst).into(),
        pause.0.into(),
        at.minus(burst).plus(*pause).into(),
    ];
    Some(Write::one(text, params))
}

fn tries_cleared(key: CounterKey) -> Write {
    Write::any("DELETE FROM guess WHERE counter = ?1", [key.into()])
}

fn tries_opened(key: CounterKey) -> Write {
    Write::any(
        "UPDATE guess SET tries = 0, locked_until = 0 WHERE counter = ?1",
        [key.into()],
    )
}
