//! `operation`: the whole chain of a withdrawal, created, confirmed by the customer and redeemed by
//! the application, 64 in flight, against the bare commits of `commit` on the same database.
//!
//! Messages stay in the outbox: their delivery is not of the chain. A code is read there between
//! two parts of a round, while no time is taken.
//!
//! **Invariant:** every chain that is counted ended with its grant redeemed, and every commit of it
//! is counted by the act that made it.

mod people;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use sekisho_core::access::OperationKind;
use sekisho_core::notice::Locale;
use sekisho_core::operation::{FieldType, Fields};
use sekisho_core::policy::Policy;
use sekisho_gate::{
    Caller, Clock, ConfirmAnswer, ConfirmSent, ConfirmWays, Gate, OperateRequest, Operated,
    OperationView, PasskeyAnswer, RedeemRequest, Redeemed, RequestContext,
};
use sekisho_sim::place::Place;
use sekisho_store::Store;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::commit::{Decisions, through};
use crate::memory::Memory;
use crate::report::{Report, shown};
use crate::rounds::{Begun, Latencies, Round, alternate};
use crate::stopwatch::Stopwatch;
use crate::{PROFILE, Plan, attempts, machine, place};
use people::{Person, Town, Way, page};

/// Chains under way at any time, each of another customer.
const IN_FLIGHT: u8 = 64;
/// Chains of a customer in a round with passkeys. With codes it is one: the next is sent later.
const EACH: usize = 8;
/// Most commits of creating, confirming and redeeming, by the issue that asked for this bench.
const MOST_COMMITS: f64 = 3.0;
/// Customers of the world that the bare commits are about.
const CUSTOMERS: u32 = 40_000;

/// What is measured on one database by one way.
struct Measured {
    database: &'static str,
    way: Way,
    chains: f64,
    baseline: f64,
    ratio: f64,
    commits: BTreeMap<String, f64>,
    latencies: Latencies,
}

impl Measured {
    fn commits(&self) -> f64 {
        self.commits.values().sum()
    }

    fn json(&mut self) -> Value {
        json!({
            "database": self.database,
            "confirmed_by": self.way.word(),
            "chains_a_second": shown(self.chains),
            "commits_a_second": shown(self.baseline),
            "ratio": shown(self.ratio),
            "commits_a_chain": shown(self.commits()),
            "commits_by_act": self.commits,
            "p50_ms": shown(self.latencies.within(0.5) / 1e3),
            "p99_ms": shown(self.latencies.within(0.99) / 1e3),
        })
    }
}

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let runtime = crate::runtime(machine::cores())?;
    let counted = crate::metrics()?;
    let folder = place::folder(&plan.folder)?;
    let policy = Policy::profile(PROFILE)?;
    let world = attempts::world(CUSTOMERS)?;
    let on_file = runtime.block_on(place::store(&folder.path().join("operation.db")))?;
    let server = runtime.block_on(Place::postgres())?;
    let mut databases = vec![("sqlite", on_file)];
    if let Some(server) = &server {
        databases.push(("postgresql", runtime.block_on(server.store())?));
    }
    let budget = plan.budget / u32::try_from(2 * databases.len())?;
    let mut all = Vec::new();
    for (database, store) in databases {
        let town = town(store, &policy)?;
        let mut decisions = Decisions {
            attempts: attempts::of(&world, &policy),
            memory: Memory::default(),
            policy: &policy,
        };
        for way in [Way::Passkey, Way::Code] {
            eprintln!("  {database}, confirmed by {}", way.word());
            let people = runtime.block_on(town.people(way, IN_FLIGHT))?;
            let mut chains = Chains::new(&runtime, &town, people, way)?;
            let before = commits(&counted.render());
            let mut done = 0;
            let mut latencies = Latencies::default();
            let (mine, bare) = alternate(
                budget,
                || {
                    let (round, taken) = chains.round()?;
                    done += taken.count();
                    latencies.join(taken);
                    Ok(round)
                },
                || Ok(through(&runtime, &town.store, decisions.round()?)?.0),
            )?;
            all.push(Measured {
                database,
                way,
                chains: mine.median(),
                baseline: bare.median(),
                ratio: mine.over(&bare).median(),
                commits: each(&before, &commits(&counted.render()), done),
                latencies,
            });
        }
        runtime.block_on(town.store.close());
    }
    drop(server);
    Ok(report(all))
}

fn report(mut all: Vec<Measured>) -> Report {
    let by_passkey = all.iter().find(|one| one.way == Way::Passkey);
    let (value, bare, ratio, commits) = by_passkey.map_or((0.0, 0.0, 0.0, f64::NAN), |one| {
        (one.chains, one.baseline, one.ratio, one.commits())
    });
    let measured: Vec<_> = all.iter_mut().map(Measured::json).collect();
    Report::new(
        "operation",
        value,
        "chains/s by passkey on SQLite, 64 in flight",
    )
    .against(bare, ratio)
    .below("commits a chain by passkey", commits, MOST_COMMITS + 0.5)
    .with("measured", measured)
}

fn town(store: Store, policy: &Policy) -> Result<Town> {
    let clock = Clock::danger_set(Clock::system().now());
    let gate = place::gate_at(store.clone(), policy.clone(), clock.clone())?;
    Ok(Town { gate, store, clock })
}

/// Commits by act, as the metrics of a node have counted them.
fn commits(metrics: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let lines = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("sekisho_decisions_total{act=\""));
    for line in lines {
        let act = line.split('"').next().unwrap_or_default();
        let count = line
            .rsplit(' ')
            .next()
            .and_then(|text| text.parse::<u64>().ok());
        *counts.entry(act.to_owned()).or_default() += count.unwrap_or(0);
    }
    counts
}

fn each(
    before: &BTreeMap<String, u64>,
    after: &BTreeMap<String, u64>,
    chains: usize,
) -> BTreeMap<String, f64> {
    let more = |(act, count): (&String, &u64)| {
        let made = count - before.get(act).copied().unwrap_or(0);
        (made > 0).then(|| (act.clone(), made as f64 / chains as f64))
    };
    after.iter().filter_map(more).collect()
}

/// Rounds of chains.
struct Chains<'a> {
    runtime: &'a Runtime,
    town: &'a Town,
    people: Vec<Person>,
    way: Way,
    shop: Arc<Shop>,
}

/// The application.
struct Shop {
    gate: Gate,
    caller: Caller,
    kind: OperationKind,
    types: BTreeMap<String, FieldType>,
}

impl<'a> Chains<'a> {
    fn new(runtime: &'a Runtime, town: &'a Town, people: Vec<Person>, way: Way) -> Result<Self> {
        let caller = runtime.block_on(place::caller(&town.gate))?;
        // A node makes its first signing key when it starts, before anybody is in flight.
        runtime.block_on(town.gate.jwks())?;
        let kind = OperationKind::parse("withdraw").context("a kind")?;
        let policy = town.gate.policy();
        let spec = policy
            .operation
            .get(&kind)
            .context("a kind of the policy")?;
        let types = spec.fields.clone();
        let gate = town.gate.clone();
        let shop = Arc::new(Shop {
            gate,
            caller,
            kind,
            types,
        });
        Ok(Self {
            runtime,
            town,
            people,
            way,
            shop,
        })
    }

    fn round(&mut self) -> Result<(Round, Latencies)> {
        match self.way {
            Way::Passkey => self.by_passkey(),
            Way::Code => self.by_code(),
        }
    }

    fn by_passkey(&mut self) -> Result<(Round, Latencies)> {
        let whole = Begun::now();
        let tasks: Vec<_> = self
            .people
            .iter()
            .map(|person| {
                let (shop, mut person) = (Arc::clone(&self.shop), person.clone());
                self.runtime.spawn(async move {
                    let mut latencies = Latencies::default();
                    for _ in 0..EACH {
                        let one = Stopwatch::start();
                        shop.chain_by_passkey(&mut person).await?;
                        latencies.push(one.elapsed());
                    }
                    anyhow::Ok(latencies)
                })
            })
            .collect();
        let mut latencies = Latencies::default();
        for task in tasks {
            latencies.join(self.runtime.block_on(task)??);
        }
        Ok((Round::of(latencies.count(), whole), latencies))
    }

    /// In two parts, between which the codes are read.
    fn by_code(&mut self) -> Result<(Round, Latencies)> {
        let since = self.town.next_second();
        let whole = Begun::now();
        let sent = self.part(&self.people, |shop, person| async move {
            let view = shop.created(&person).await?;
            shop.send(&person, &view).await?;
            Ok((person, view))
        })?;
        let aside = Stopwatch::start();
        let codes = self.runtime.block_on(self.town.codes(since))?;
        let mut with_code = Vec::new();
        for ((person, view), took) in sent {
            let code = codes.get(&person.login).context("no code was sent")?;
            with_code.push((person, view, code.clone(), took));
        }
        let aside = aside.elapsed();
        let done = self.part(&with_code, |shop, (person, view, code, took)| async move {
            shop.confirm_by_code(&person, &view, &code).await?;
            shop.redeemed(&person, &view).await?;
            Ok(took)
        })?;
        let mut latencies = Latencies::default();
        for (before, after) in done {
            latencies.push(before + after);
        }
        Ok((Round::without(latencies.count(), whole, aside), latencies))
    }

    /// One task for each of `all` at once; what came of each and how long it took.
    fn part<T, U, F>(
        &self,
        all: &[T],
        act: impl Fn(Arc<Shop>, T) -> F,
    ) -> Result<Vec<(U, Duration)>>
    where
        T: Clone,
        U: Send + 'static,
        F: Future<Output = Result<U>> + Send + 'static,
    {
        let tasks: Vec<_> = all
            .iter()
            .map(|one| {
                let acting = act(Arc::clone(&self.shop), one.clone());
                self.runtime.spawn(async move {
                    let one = Stopwatch::start();
                    let done = acting.await?;
                    anyhow::Ok((done, one.elapsed()))
                })
            })
            .collect();
        tasks
            .into_iter()
            .map(|task| self.runtime.block_on(task)?)
            .collect()
    }
}

impl Shop {
    /// Read anew each time, as the API does.
    fn fields(&self, person: &Person) -> Result<Fields> {
        let fields = json!({
            "amount": {"currency": "JPY", "value": "1"},
            "payee": {"account_type": "ordinary", "bank": "0005", "branch": "123",
                      "holder": "ヤマダ タロウ", "number": person.account},
        });
        Ok(Fields::parse(&fields, &self.types)?)
    }

    async fn created(&self, person: &Person) -> Result<OperationView> {
        let asked = OperateRequest {
            application: self.caller.application,
            customer: person.reference.clone(),
            kind: self.kind.clone(),
            fields: self.fields(person)?,
            context: RequestContext {
                address: person.visitor.address,
                user_agent: Some(person.visitor.user_agent.clone()),
                device: None,
            },
            way: sekisho_core::known::Way::default(),
            verified: Vec::new(),
            nonce: None,
            return_uri: None,
            idempotency: None,
        };
        match self.gate.operate(asked).await? {
            Operated::Created(view) if view.confirm_path.is_some() => Ok(view),
            other => bail!("an operation that nobody has to confirm: {other:?}"),
        }
    }

    async fn chain_by_passkey(&self, person: &mut Person) -> Result<()> {
        let view = self.created(person).await?;
        let shown = self
            .gate
            .shown(&person.session, view.id, Locale::Ja)
            .await?;
        let ConfirmWays::Passkey(prompt) = shown.context("nothing is shown")?.ways else {
            bail!("a passkey is not asked for");
        };
        let passkey = person.passkey.as_mut().context("no passkey")?;
        let signed = passkey.get(page(self.gate.issuer(), &prompt.challenge));
        let answer = PasskeyAnswer {
            ticket: prompt.ticket,
            handle: signed.credential_id,
            client_data: signed.client_data_json,
            authenticator_data: signed.authenticator_data,
            signature: signed.signature,
            user_handle: Some(signed.user_handle),
        };
        let confirming = self
            .gate
            .confirm(&person.session, view.id, &answer, &person.visitor);
        let confirmed = confirming.await?;
        ensure!(
            confirmed == ConfirmAnswer::Confirmed,
            "a passkey: {confirmed:?}"
        );
        self.redeemed(person, &view).await
    }

    async fn send(&self, person: &Person, view: &OperationView) -> Result<()> {
        let sending = self
            .gate
            .confirm_send(&person.session, view.id, &person.visitor);
        let sent = sending.await?;
        ensure!(sent == ConfirmSent::Sent, "a code was not sent: {sent:?}");
        Ok(())
    }

    async fn confirm_by_code(
        &self,
        person: &Person,
        view: &OperationView,
        code: &str,
    ) -> Result<()> {
        let confirming = self
            .gate
            .confirm(&person.session, view.id, code, &person.visitor);
        let confirmed = confirming.await?;
        ensure!(
            confirmed == ConfirmAnswer::Confirmed,
            "a code: {confirmed:?}"
        );
        Ok(())
    }

    /// The application reads the grant and redeems it.
    async fn redeemed(&self, person: &Person, view: &OperationView) -> Result<()> {
        let read = self.gate.operation(&self.caller, view.id).await?;
        let grant = read.and_then(|view| view.grant).context("no grant")?;
        let about = Some((self.kind.clone(), self.fields(person)?));
        let handed = RedeemRequest {
            grant,
            about,
            idempotency: None,
        };
        match self.gate.redeem(&self.caller, handed).await? {
            Redeemed::Redeemed(_) => Ok(()),
            other => bail!("a grant was not redeemed: {other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_counted_by_act_over_all_verdicts() {
        let before = commits("sekisho_decisions_total{act=\"redeem\",verdict=\"allow\"} 2\n");
        let after = commits(
            "# TYPE sekisho_decisions_total counter\n\
             sekisho_decisions_total{act=\"redeem\",verdict=\"allow\"} 6\n\
             sekisho_decisions_total{act=\"redeem\",verdict=\"refuse\"} 4\n\
             sekisho_decisions_total{act=\"withdraw\",verdict=\"step_up\"} 4\n\
             sekisho_stale_commits_total{act=\"redeem\"} 9\n",
        );
        let counted = each(&before, &after, 4);
        let expected = [("redeem".to_owned(), 2.0), ("withdraw".to_owned(), 1.0)];
        assert_eq!(counted, BTreeMap::from(expected));
    }
}
