//! `sign-in`: whole password sign-ins at the shipped cost of argon2id, against bare argon2id calls
//! on the same cores.
//!
//! A sign-in here is what a customer at a known place does: login found, try reserved on disk,
//! password verified, place judged, session committed.
//!
//! **Invariant:** as many hashes run at once on either side: one for each core.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use secrecy::SecretString;
use sekisho_core::id::ApplicationId;
use sekisho_core::judge::Check;
use sekisho_core::login::Login;
use sekisho_core::notice::Locale;
use sekisho_core::policy::Policy;
use sekisho_core::proof::Method;
use sekisho_core::text::Reference;
use sekisho_gate::{
    Argon2Cost, Gate, ImportLine, Imported, JudgeRequest, RequestContext, SignIn, SignInAnswer,
    Terminal, Visitor,
};
use sekisho_seal::password::bare_argon2id;
use sekisho_world::{Customer, World};
use tokio::runtime::Runtime;

use crate::report::Report;
use crate::rounds::{Begun, Latencies, Round, alternate};
use crate::stopwatch::Stopwatch;
use crate::{Plan, attempts, machine, place};

/// A password and its hash at a tiny cost, from the argon2 reference implementation (`src/test.c`);
/// the first sign-in renews it at the shipped cost.
const PASSWORD: &str = "password";
const HASH: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ\
     $nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

/// The profile in which a password alone opens a session at a known place.
const PROFILE: &str = "jp-legacy";

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
     (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

/// Length of a round.
const ROUND: Duration = Duration::from_secs(2);

/// A customer at a place that is known.
#[derive(Clone)]
struct Traveller {
    login: String,
    visitor: Visitor,
}

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let cores = machine::cores();
    let runtime = crate::runtime(cores)?;
    let folder = place::folder(&plan.folder)?;
    let store = runtime.block_on(place::store(&folder.path().join("sign-in.db")))?;
    let gate = place::gate(store, Policy::profile(PROFILE)?)?;
    // Enough to keep every core hashing while others wait for the volume.
    let in_flight = cores * 8;
    let world = attempts::world(u32::try_from(in_flight)?)?;
    let travellers = runtime.block_on(arrive(&gate, &world))?;
    let mut latencies = Latencies::default();
    let (mine, other) = alternate(
        plan.budget,
        || {
            let (round, taken) = whole_sign_ins(&runtime, &gate, &travellers)?;
            latencies.join(taken);
            Ok(round)
        },
        || bare(&runtime, cores),
    )?;
    let ratio = mine.over(&other);
    let cost = Argon2Cost::OWASP;
    Ok(Report::new("sign-in", mine.median(), "sign-ins/s")
        .against(other.median(), ratio.median())
        .at_least("ratio", ratio.median(), 0.95)
        .figure("best_ratio", mine.best() / other.best())
        .figure("worst_pair", ratio.worst())
        .figure("cpu_ratio", other.cpu_us() / mine.cpu_us())
        .figure("p50_ms", latencies.within(0.5) / 1e3)
        .figure("p99_ms", latencies.within(0.99) / 1e3)
        .with("in_flight", in_flight)
        .with("argon2id_kib", cost.memory_kib())
        .with("argon2id_passes", cost.passes())
        .with("pairs", ratio.rounds()))
}

/// Takes the customers over, lets an application see each of them at home, and lets each sign in
/// once.
async fn arrive(gate: &Gate, world: &World) -> Result<Vec<Traveller>> {
    let application = place::application(gate).await?;
    let mut travellers = Vec::new();
    for customer in world.customers() {
        let address = IpAddr::from([100, 64, 1, u8::try_from(customer.index % 250)?]);
        take_over(gate, application, &customer, address).await?;
        let traveller = Traveller {
            login: customer.mail,
            visitor: Visitor {
                address: Some(address),
                user_agent: AGENT.to_owned(),
                device: None,
                terminal: Terminal::Own,
                locale: Locale::Ja,
            },
        };
        sign_in(gate, &traveller).await?;
        travellers.push(traveller);
    }
    Ok(travellers)
}

async fn take_over(
    gate: &Gate,
    application: ApplicationId,
    customer: &Customer,
    address: IpAddr,
) -> Result<()> {
    let reference = Reference::parse(&customer.reference)?;
    let line = ImportLine {
        reference: reference.clone(),
        login: Login::parse(&customer.mail)?,
        hash: Some(HASH.to_owned()),
        pin: None,
        verified: Some(gate.now()),
        locale: Locale::Ja,
    };
    if !matches!(gate.import(line).await?, Imported::Added(_)) {
        bail!("a customer could not be taken over");
    }
    gate.judge(JudgeRequest {
        way: sekisho_core::known::Way::default(),
        application,
        customer: reference,
        operation: None,
        context: RequestContext {
            address: Some(address),
            user_agent: Some(AGENT.to_owned()),
            device: None,
        },
        when: sekisho_gate::When::Now,
        verified: vec![Method::Password, Method::MailCode],
        check: Check::Passed,
        idempotency: None,
    })
    .await?;
    Ok(())
}

/// One sign-in. A password alone remembers no device, so there is none to carry along.
async fn sign_in(gate: &Gate, traveller: &Traveller) -> Result<()> {
    let typed = SignIn {
        login: traveller.login.clone(),
        password: SecretString::from(PASSWORD),
        return_to: "/".to_owned(),
        visitor: traveller.visitor.clone(),
    };
    match gate.sign_in(typed).await? {
        SignInAnswer::Opened(_) => Ok(()),
        SignInAnswer::Passkey | SignInAnswer::Refused => bail!("a right password was refused"),
        SignInAnswer::StepUp { .. } => bail!("a known place was asked for more"),
    }
}

fn whole_sign_ins(
    runtime: &Runtime,
    gate: &Gate,
    travellers: &[Traveller],
) -> Result<(Round, Latencies)> {
    let whole = Begun::now();
    let tasks: Vec<_> = travellers
        .iter()
        .map(|traveller| {
            let (gate, traveller) = (gate.clone(), traveller.clone());
            runtime.spawn(async move {
                let mut latencies = Latencies::default();
                let mut done = 0;
                while whole.elapsed() < ROUND {
                    let one = Stopwatch::start();
                    sign_in(&gate, &traveller).await?;
                    latencies.push(one.elapsed());
                    done += 1;
                }
                anyhow::Ok((done, latencies))
            })
        })
        .collect();
    let (mut done, mut latencies) = (0, Latencies::default());
    for task in tasks {
        let (one, taken) = runtime.block_on(task)??;
        done += one;
        latencies.join(taken);
    }
    Ok((Round::of(done, whole), latencies))
}

/// Bare calls, one at a time on each core.
fn bare(runtime: &Runtime, cores: usize) -> Result<Round> {
    let done = Arc::new(AtomicUsize::new(0));
    let whole = Begun::now();
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            let done = Arc::clone(&done);
            runtime.spawn_blocking(move || {
                while whole.elapsed() < ROUND {
                    let number = done.fetch_add(1, Ordering::Relaxed);
                    let mut salt = [0; 16];
                    salt[..8].copy_from_slice(&number.to_be_bytes());
                    bare_argon2id(Argon2Cost::OWASP, PASSWORD.as_bytes(), salt)?;
                }
                anyhow::Ok(())
            })
        })
        .collect();
    for thread in threads {
        runtime.block_on(thread)??;
    }
    Ok(Round::of(done.load(Ordering::Relaxed), whole))
}
