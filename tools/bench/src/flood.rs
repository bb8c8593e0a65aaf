//! `flood`: decisions of other acts while ten times as many sign-ins as there is room for go on and
//! on, from as many networks, against the same decisions without the flood.
//!
//! **Invariant:** who floods comes back at once, whatever the answer says, and so does the next.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use secrecy::SecretString;
use sekisho_core::id::ApplicationId;
use sekisho_core::judge::Check;
use sekisho_core::notice::Locale;
use sekisho_core::policy::Policy;
use sekisho_core::proof::Method;
use sekisho_core::text::Reference;
use sekisho_gate::{
    Fault, Gate, HashPool, JudgeRequest, RequestContext, SignIn, Terminal, Visitor,
};

use crate::report::Report;
use crate::rounds::{Begun, Latencies, Round, alternate};
use crate::stopwatch::Stopwatch;
use crate::{PROFILE, Plan, machine, place};

/// Hashes that may wait, as shipped.
const QUEUE: usize = 64;
/// Applications that ask at the same time.
const CALLERS: usize = 8;
/// Length of a round.
const ROUND: Duration = Duration::from_secs(2);
/// How long an answer takes to an attacker and the next request back.
const ROUND_TRIP: Duration = Duration::from_millis(5);

/// What the flood met with.
#[derive(Debug, Default)]
struct Met {
    looked_at: AtomicUsize,
    sent_away: AtomicUsize,
}

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let cores = machine::cores();
    let runtime = crate::runtime(cores)?;
    let folder = place::folder(&plan.folder)?;
    let store = runtime.block_on(place::store(&folder.path().join("flood.db")))?;
    let pool = HashPool::new(cores, QUEUE);
    let gate = place::gate_with(store, Policy::profile(PROFILE)?, pool)?;
    let application = runtime.block_on(place::application(&gate))?;
    let met = Arc::new(Met::default());
    let (mut during, mut before) = (Latencies::default(), Latencies::default());
    let (mine, other) = alternate(
        plan.budget,
        || {
            let over = Arc::new(AtomicBool::new(false));
            let flood: Vec<_> = (0..10 * (cores + QUEUE))
                .map(|number| {
                    let (gate, met, over) = (gate.clone(), Arc::clone(&met), Arc::clone(&over));
                    runtime.spawn(async move { attack(&gate, number, &met, &over).await })
                })
                .collect();
            let (round, taken) = runtime.block_on(decisions(&gate, application))?;
            over.store(true, Ordering::Relaxed);
            for attacker in flood {
                runtime.block_on(attacker)??;
            }
            during.join(taken);
            Ok(round)
        },
        || {
            let (round, taken) = runtime.block_on(decisions(&gate, application))?;
            before.join(taken);
            Ok(round)
        },
    )?;
    let ratio = mine.over(&other);
    let p99 = during.within(0.99) / 1e3;
    Ok(Report::new("flood", mine.median(), "decisions/s")
        .against(other.median(), ratio.median())
        .below("p99 in ms", p99, 50.0)
        .figure("p99_ms", p99)
        .figure("p50_ms", during.within(0.5) / 1e3)
        .figure("p99_without_ms", before.within(0.99) / 1e3)
        .with("attackers", 10 * (cores + QUEUE))
        .with("looked_at", met.looked_at.load(Ordering::Relaxed))
        .with("sent_away", met.sent_away.load(Ordering::Relaxed))
        .with("pairs", ratio.rounds()))
}

/// Signs in with names that nobody has until it is over.
async fn attack(gate: &Gate, number: usize, met: &Met, over: &AtomicBool) -> Result<()> {
    let network = u16::try_from(number)?.to_be_bytes();
    while !over.load(Ordering::Relaxed) {
        let typed = SignIn {
            login: format!("n{number}@example.jp"),
            password: SecretString::from("not the password"),
            return_to: "/".to_owned(),
            visitor: Visitor {
                address: Some(IpAddr::from([100, 64 + network[0], network[1], 9])),
                user_agent: String::new(),
                device: None,
                terminal: Terminal::Own,
                locale: Locale::Ja,
            },
        };
        match gate.sign_in(typed).await {
            Ok(_) => met.looked_at.fetch_add(1, Ordering::Relaxed),
            Err(Fault::Overloaded { .. }) => met.sent_away.fetch_add(1, Ordering::Relaxed),
            Err(fault) => return Err(fault.into()),
        };
        tokio::time::sleep(ROUND_TRIP).await;
    }
    Ok(())
}

/// Decisions of applications, as many as there is time for.
async fn decisions(gate: &Gate, application: ApplicationId) -> Result<(Round, Latencies)> {
    let whole = Begun::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let gate = gate.clone();
            tokio::spawn(async move {
                let mut latencies = Latencies::default();
                while whole.elapsed() < ROUND {
                    let one = Stopwatch::start();
                    gate.judge(request(application, caller)?).await?;
                    latencies.push(one.elapsed());
                }
                anyhow::Ok(latencies)
            })
        })
        .collect();
    let mut latencies = Latencies::default();
    for caller in callers {
        latencies.join(caller.await??);
    }
    Ok((Round::of(latencies.count(), whole), latencies))
}

fn request(application: ApplicationId, caller: usize) -> Result<JudgeRequest> {
    Ok(JudgeRequest {
        way: sekisho_core::known::Way::default(),
        application,
        customer: Reference::parse(&format!("C-{caller}"))?,
        operation: None,
        context: RequestContext {
            address: Some(IpAddr::from([203, 0, 113, u8::try_from(caller)?])),
            user_agent: None,
            device: None,
        },
        when: sekisho_gate::When::Now,
        verified: vec![Method::Password],
        check: Check::Passed,
        idempotency: None,
    })
}
