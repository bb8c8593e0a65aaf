//! Bench `console`: the console's pages over 100,000 alerts, 100,000 cases, and a customer with
//! 50,000 accesses from 5,000 addresses.
//!
//! **Invariant:** what is timed is what the page asks of the gate, the entry of the look included.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rusqlite::{Connection, params};
use secrecy::ExposeSecret as _;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{StaffName, StaffRole};
use sekisho_core::policy::Policy;
use sekisho_core::text::Line;
use sekisho_gate::{
    AlertList, CaseList, Clock, Enrolled, Enrolling, Gate, PasskeyAnswer, PasskeyOffer, Shows,
    StaffAnswer, StaffClaim, StaffEntered, StaffSession, StaffSignIn, Token,
};
use sekisho_world::passkey::{Page, Passkey};

use crate::report::Report;
use crate::stopwatch::Stopwatch;
use crate::{PROFILE, Plan, machine, place};

const ALERTS: u32 = 100_000;
const ACCESSES: u32 = 50_000;
const ADDRESSES: u32 = 5_000;
/// A day ago and a year ago are both within what is filled: a minute between rows.
const STEP: i64 = 60_000_000;
const ORIGIN: &str = "https://console.example.jp";
const BINDING: &str = "a-browser";
/// Pages of each kind that are timed.
const ROUNDS: usize = 41;
/// The customer who is looked at.
const LOOKED_AT: u32 = 1;

/// What is there before the pages are asked for.
#[derive(Clone, Copy)]
struct Size {
    alerts: u32,
    accesses: u32,
    addresses: u32,
}

const FULL: Size = Size {
    alerts: ALERTS,
    accesses: ACCESSES,
    addresses: ADDRESSES,
};

/// What a console has in its first week.
const SMALL: Size = Size {
    alerts: 100,
    accesses: 100,
    addresses: 20,
};

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let runtime = crate::runtime(machine::cores())?;
    let small = runtime.block_on(medians(plan, SMALL))?;
    let full = runtime.block_on(medians(plan, FULL))?;
    let worst = |all: &[(&'static str, f64)]| all.iter().map(|(_, ms)| *ms).fold(0.0, f64::max);
    let (small_worst, full_worst) = (worst(&small), worst(&full));
    let mut report = Report::new("console", full_worst, "ms")
        .against(small_worst, full_worst / small_worst)
        .below("the slowest page, ms", full_worst, 200.0);
    for ((name, ms), (_, before)) in full.iter().zip(&small) {
        report = report
            .figure(&format!("{name} ms"), *ms)
            .figure(&format!("{name} ratio"), ms / before);
    }
    Ok(report
        .with("alerts", ALERTS)
        .with("accesses", ACCESSES)
        .with("addresses", ADDRESSES))
}

/// The median time of each page, in milliseconds.
async fn medians(plan: &Plan, size: Size) -> Result<Vec<(&'static str, f64)>> {
    let folder = place::folder(&plan.folder)?;
    let path = folder.path().join("sekisho.db");
    fill(&path, size).await?;
    let gate = place::gate(place::store(&path).await?, Policy::profile(PROFILE)?)?;
    let session = come_in(&gate).await?;
    let customer = CustomerId(id(LOOKED_AT, 1));
    let mut found = Vec::new();
    for name in PAGES {
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let watch = Stopwatch::start();
            page(&gate, &session, (name, customer)).await?;
            times.push(watch.elapsed());
        }
        times.sort_unstable();
        let median: Duration = times.get(ROUNDS / 2).copied().unwrap_or_default();
        eprintln!("  {name}: {median:.1?} over {} alerts", size.alerts);
        found.push((name, median.as_secs_f64() * 1_000.0));
    }
    Ok(found)
}

const PAGES: [&str; 8] = [
    "overview",
    "alerts newest",
    "alerts worst",
    "alerts all",
    "cases",
    "customer",
    "customer oldest",
    "links",
];

async fn page(
    gate: &Gate,
    session: &StaffSession,
    (name, customer): (&str, CustomerId),
) -> Result<()> {
    let deep = format!("{}.", begin() + STEP);
    let shown = match name {
        "overview" => done(gate.overview(session).await?)?.hours.len(),
        "alerts newest" => alerts(gate, session, AlertList::Open).await?,
        "alerts worst" => alerts(gate, session, AlertList::Worst).await?,
        "alerts all" => alerts(gate, session, AlertList::All).await?,
        "cases" => {
            let cases = gate.console_cases(session, CaseList::Waiting, None).await?;
            done(cases)?.0.rows.len()
        }
        "links" => {
            let links = done(gate.console_links(session, &[customer]).await?)?;
            links.context("the customer")?.places.len()
        }
        _ => {
            let before = (name == "customer oldest").then_some(deep.as_str());
            let shown = gate.console_customer(session, customer, Shows::Masked(before));
            let shown = done(shown.await?)?.context("the customer")?;
            shown.history.rows.len()
        }
    };
    anyhow::ensure!(shown > 0, "{name} shows nothing");
    Ok(())
}

async fn alerts(gate: &Gate, session: &StaffSession, list: AlertList) -> Result<usize> {
    let (listed, _) = done(gate.console_alerts(session, list, None).await?)?;
    Ok(listed.rows.len())
}

fn done<T>(answer: StaffAnswer<T>) -> Result<T> {
    match answer {
        StaffAnswer::Done(done) => Ok(done),
        StaffAnswer::Refused(reason) => bail!("refused: {reason:?}"),
        StaffAnswer::Unproved => bail!("not proved"),
    }
}

/// A person comes in with a passkey, as people do.
async fn come_in(gate: &Gate) -> Result<StaffSession> {
    let name = StaffName::parse("sato").map_err(|_| anyhow::anyhow!("a name"))?;
    let roles = vec![StaffRole::Operations];
    let (_, secret) = done(gate.add_staff(name.clone(), roles, None).await?)?;
    let secret = secret.text().clone();
    let claim = StaffClaim { name, secret };
    let StaffEntered::Opened(first) = gate.begin_staff_enrol(&claim).await? else {
        bail!("the secret opens nothing");
    };
    let session = live(gate, &first).await?;
    let Enrolling::Open(prompt) = gate.staff_passkeys(&session, ORIGIN).await?.enrolling else {
        bail!("no passkey can be made");
    };
    let passkey = Passkey::new([7; 32], "console.example.jp", &prompt.user);
    let mut passkey = passkey.context("a passkey")?;
    let created = passkey.create(asked(&prompt.challenge));
    let offer = PasskeyOffer {
        ticket: prompt.ticket,
        client_data: created.client_data_json,
        attestation_object: created.attestation_object,
        transports: Vec::new(),
    };
    let named = Line::parse("key").map_err(|_| anyhow::anyhow!("a name"))?;
    let made = gate.staff_enrol(&session, (&offer, named), ORIGIN).await?;
    anyhow::ensure!(made == Enrolled::Done, "the passkey was not taken");
    let prompt = gate.staff_sign_in_prompt(BINDING, ORIGIN)?;
    let prompt = prompt.context("a prompt")?;
    let answer = passkey.get(asked(&prompt.challenge));
    let signed = StaffSignIn {
        answer: PasskeyAnswer {
            ticket: prompt.ticket,
            handle: answer.credential_id,
            client_data: answer.client_data_json,
            authenticator_data: answer.authenticator_data,
            signature: answer.signature,
            user_handle: Some(answer.user_handle),
        },
        binding: BINDING.to_owned(),
        origin: ORIGIN.to_owned(),
        address: None,
    };
    let token = gate.staff_sign_in(&signed).await?.context("refused")?;
    live(gate, &token).await
}

fn asked(challenge: &[u8; 32]) -> Page<'_> {
    Page {
        origin: ORIGIN,
        challenge,
        top: None,
    }
}

async fn live(gate: &Gate, token: &Token) -> Result<StaffSession> {
    let cookie = token.text().expose_secret();
    gate.staff_session(cookie).await?.context("a session")
}

/// A year before the last row, in microseconds.
fn begin() -> i64 {
    Clock::system().now().0 - i64::from(ALERTS) * STEP
}

fn id(number: u32, purpose: u8) -> [u8; 16] {
    let mut id = [purpose; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id
}

/// Fills a migrated file and closes it.
async fn fill(path: &Path, size: Size) -> Result<()> {
    let watch = Stopwatch::start();
    let connection = place::connection(path).await?;
    connection.execute_batch("PRAGMA synchronous = OFF; BEGIN")?;
    fill_alerts(&connection, size)?;
    fill_accesses(&connection, size)?;
    connection.execute_batch("COMMIT; PRAGMA optimize")?;
    connection.close().map_err(|(_, error)| error)?;
    eprintln!("  filled in {:.1?}", watch.elapsed());
    Ok(())
}

fn fill_alerts(connection: &Connection, size: Size) -> Result<()> {
    let mut customer = connection.prepare(
        "INSERT INTO customer (id, reference, state, locale, created, revision) \
         VALUES (?, ?, 'active', 'ja', ?, 1)",
    )?;
    let mut alert = connection.prepare(
        "INSERT INTO alert (id, kind, value, label, first_at, last_at, raised, attempts, failures, \
         accounts, strangers, addresses, proved, entered) \
         VALUES (?1, 'spray', ?1, '198.51.100.0/24', ?2, ?2, ?2, 60, 58, 50, 40, 3, 2, ?3)",
    )?;
    let mut touched = connection
        .prepare("INSERT INTO alert_customer (alert, customer, touch, at) VALUES (?, ?, ?, ?)")?;
    let mut case = connection.prepare(
        "INSERT INTO case_file (id, customer, source, found, place, about, act, done, opened, \
         revision) VALUES (?1, ?2, 'operation', 'touched', ?3, ?4, 'confirm:withdraw', ?5, ?5, 1)",
    )?;
    for number in 0..size.alerts {
        let at = begin() + i64::from(number) * STEP;
        let who = id(number, 1);
        customer.execute(params![who, format!("C-{number:08}"), at])?;
        alert.execute(params![id(number, 2), at, number % 7])?;
        touched.execute(params![id(number, 2), who, 2, at])?;
        case.execute(params![id(number, 3), who, number % 5, id(number, 4), at])?;
    }
    Ok(())
}

fn fill_accesses(connection: &Connection, size: Size) -> Result<()> {
    let mut access = connection.prepare(
        "INSERT INTO access (customer, at, decision, act, ending, verdict, address, country, client) \
         VALUES (?, ?, ?, 'sign_in', 'success', 'allow', ?, 'JP', 'chrome/windows')",
    )?;
    let mut sighting = connection.prepare(
        "INSERT INTO sighting (customer, kind, value, first_at, last_at, successes, failures, \
         guarded, first_success) VALUES (?1, 1, ?2, ?3, ?3, 1, 0, 0, ?3)",
    )?;
    let who = id(LOOKED_AT, 1);
    for number in 0..size.accesses {
        let at = begin() + i64::from(number) * STEP;
        let address = id(number % size.addresses, 9);
        access.execute(params![who, at, id(number, 5), address])?;
    }
    for number in 0..size.addresses {
        let at = begin() + i64::from(number) * STEP;
        let address = id(number, 9);
        sighting.execute(params![who, address, at])?;
        // Each is shared: with one other, or, every tenth, with as many as there are.
        let others = if number % 10 == 0 { 50 } else { 1 };
        for other in 0..others.min(size.alerts - 2) {
            let other = 2 + (number * 50 + other) % (size.alerts - 2);
            sighting.execute(params![id(other, 1), address, at]).ok();
        }
    }
    Ok(())
}
