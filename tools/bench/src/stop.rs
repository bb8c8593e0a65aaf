//! `stop`: three nodes before one database, on each of which operations are asked for without
//! pause, and a stop that is made on one of them and lifted again, over and over.
//!
//! **Invariant:** an operation that was asked for after a stop had been answered, and was not
//! refused, counts as one that slipped through.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use sekisho_core::access::OperationKind;
use sekisho_core::id::ApplicationId;
use sekisho_core::known::{StaffName, StaffRole, StopMessage, StopScope, Way};
use sekisho_core::operation::Fields;
use sekisho_core::policy::Policy;
use sekisho_core::stop::NewStop;
use sekisho_core::text::{Line, Reference};
use sekisho_core::thaw::Ground;
use sekisho_gate::{
    Gate, OperateRequest, Operated, RequestContext, StaffAnswer, StaffClaim, StopAnswer,
};
use sekisho_sim::installation::{Installation, LOGIN};

use crate::report::Report;
use crate::stopwatch::Stopwatch;
use crate::{PROFILE, Plan, machine};

/// How long operations go on before and after each stop.
const LEAD: Duration = Duration::from_millis(20);
/// Fewest stops, whatever the budget.
const FEWEST: usize = 20;

/// One operation that was asked for: when, when it was answered, and whether it was refused.
struct Asked {
    begun: Duration,
    ended: Duration,
    refused: bool,
}

/// One stop: from its wish to its answer, from its answer to the first refusal on the last node,
/// and what slipped through.
struct Landed {
    made: Duration,
    everywhere: Duration,
    slipped: usize,
    asked: usize,
}

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let runtime = crate::runtime(machine::cores())?;
    let (database, all) = runtime.block_on(rounds(plan))?;
    let of = |part: fn(&Landed) -> Duration| {
        let mut times: Vec<_> = all.iter().map(part).collect();
        times.sort_unstable();
        times
    };
    let (made, everywhere) = (of(|one| one.made), of(|one| one.everywhere));
    let slipped: usize = all.iter().map(|one| one.slipped).sum();
    let asked: usize = all.iter().map(|one| one.asked).sum();
    let p99 = within(&everywhere, 99);
    Ok(Report::new("stop", within(&everywhere, 50), "ms")
        .figure("p99_ms", p99)
        .figure("worst_ms", within(&everywhere, 100))
        .figure("made_p50_ms", within(&made, 50))
        .figure("made_p99_ms", within(&made, 99))
        .with("database", database)
        .with("stops", all.len())
        .with("operations", asked)
        .with("slipped", slipped)
        .below("p99 in ms until every node refuses", p99, 1000.0)
        .below("operations that slipped through", slipped as f64, 1.0))
}

fn within(times: &[Duration], percent: usize) -> f64 {
    let place = (times.len() * percent).div_ceil(100).max(1) - 1;
    times
        .get(place)
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

async fn rounds(plan: &Plan) -> Result<(&'static str, Vec<Landed>)> {
    // PostgreSQL comes last, where there is one.
    let mut places = Installation::each(PROFILE).await?;
    let database = match places.len() {
        2 => "postgresql",
        _ => "sqlite",
    };
    let here = places.pop().context("no database")?;
    here.customer("C-1", LOGIN).await?;
    for number in 2..=3 {
        let login = format!("c{number}@example.jp");
        here.customer(&format!("C-{number}"), &login).await?;
    }
    let application = here.application("bench").await?.application;
    let sato = person(&here.gate, "sato", None).await?;
    let tanaka = person(&here.gate, "tanaka", Some(&sato)).await?;
    let people = [sato, tanaka];
    let mut nodes = vec![here.gate.clone()];
    for _ in 0..2 {
        here.pass(sekisho_core::moment::Span::seconds(1));
        nodes.push(here.another_node().await?);
    }
    let whole = Stopwatch::start();
    let mut all = Vec::new();
    while all.len() < FEWEST || whole.elapsed() < plan.budget {
        let maker = all.len() % nodes.len();
        all.push(round(&nodes, maker, application, &people).await?);
    }
    Ok((database, all))
}

async fn person(gate: &Gate, name: &str, by: Option<&StaffClaim>) -> Result<StaffClaim> {
    let name = StaffName::parse(name)?;
    let roles = vec![StaffRole::Operations];
    let StaffAnswer::Done((_, secret)) = gate.add_staff(name.clone(), roles, by).await? else {
        anyhow::bail!("{name} was not added");
    };
    let secret = secret.text().clone();
    Ok(StaffClaim { name, secret })
}

async fn round(
    nodes: &[Gate],
    maker: usize,
    application: ApplicationId,
    people: &[StaffClaim; 2],
) -> Result<Landed> {
    let over = Arc::new(AtomicBool::new(false));
    let clock = Stopwatch::start();
    let workers: Vec<_> = nodes
        .iter()
        .enumerate()
        .map(|(place, node)| {
            let (node, over) = (node.clone(), Arc::clone(&over));
            let wanted = withdrawal(&node.policy(), place, application)?;
            let asking = async move { ask(&node, &wanted, clock, &over).await };
            Ok(tokio::spawn(asking))
        })
        .collect::<Result<_>>()?;
    tokio::time::sleep(LEAD).await;
    let wanted = clock.elapsed();
    let StopAnswer::Done(id) = nodes[maker].stop(&people[0], everything()?).await? else {
        bail!("the stop was not made");
    };
    let answered = clock.elapsed();
    tokio::time::sleep(LEAD).await;
    over.store(true, Ordering::SeqCst);
    let mut landed = Landed {
        made: answered.saturating_sub(wanted),
        everywhere: Duration::ZERO,
        slipped: 0,
        asked: 0,
    };
    for worker in workers {
        let asked = worker.await??;
        let first = asked
            .iter()
            .find(|one| one.refused)
            .context("nothing was refused")?;
        landed.everywhere = landed.everywhere.max(first.ended.saturating_sub(answered));
        let slipped = |one: &&Asked| one.begun >= answered && !one.refused;
        landed.slipped += asked.iter().filter(slipped).count();
        landed.asked += asked.len();
    }
    for person in people {
        nodes[maker].lift_stop(person, id, None).await?;
    }
    Ok(landed)
}

fn everything() -> Result<NewStop> {
    Ok(NewStop {
        scope: StopScope::default(),
        reason: Ground::parse("bench")?,
        message: StopMessage {
            ja: Line::parse("停止しています。")?,
            en: Line::parse("Stopped.")?,
        },
        left: Vec::new(),
        begins: None,
        ends: None,
    })
}

/// Asks for one operation after the other, and for one more once it is over.
async fn ask(
    node: &Gate,
    wanted: &OperateRequest,
    clock: Stopwatch,
    over: &AtomicBool,
) -> Result<Vec<Asked>> {
    let mut all = Vec::new();
    loop {
        let last = over.load(Ordering::SeqCst);
        let begun = clock.elapsed();
        let answer = node.operate(wanted.clone()).await?;
        let Operated::Created(view) = answer else {
            bail!("{answer:?}");
        };
        all.push(Asked {
            begun,
            ended: clock.elapsed(),
            refused: view.stop.is_some(),
        });
        if last {
            return Ok(all);
        }
    }
}

fn withdrawal(policy: &Policy, place: usize, application: ApplicationId) -> Result<OperateRequest> {
    let kind = OperationKind::parse("withdraw").context("a kind")?;
    let spec = policy
        .operation
        .get(&kind)
        .context("a kind of the policy")?;
    let fields = serde_json::json!({
        "amount": {"currency": "JPY", "value": "1000"},
        "payee": {"account_type": "ordinary", "bank": "0005", "branch": "123",
                  "holder": "ヤマダ タロウ", "number": "1234567"},
    });
    let fields = Fields::parse(&fields, &spec.fields);
    Ok(OperateRequest {
        application,
        customer: Reference::parse(&format!("C-{}", place + 1))?,
        kind,
        fields: fields.map_err(|fault| anyhow::anyhow!("{}: {}", fault.path, fault.problem))?,
        context: RequestContext::default(),
        way: Way::default(),
        verified: Vec::new(),
        nonce: None,
        return_uri: None,
        idempotency: None,
    })
}
