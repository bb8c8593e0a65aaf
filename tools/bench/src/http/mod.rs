//! `http`: `POST /v1/decisions` on 64 connections that are kept, against the same server answering
//! a constant document to the same requests.
//!
//! The server runs as `sekisho serve` wires it: listener, layers, metrics recorder and a log line
//! for each request (formatted, and written nowhere). Server and clients have a runtime each and
//! share the cores.
//!
//! **Invariant:** the constant answer passes every layer that a decision passes.

mod client;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, anyhow};
use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::post;
use secrecy::ExposeSecret as _;
use sekisho_core::known::ApiScope;
use sekisho_core::policy::Policy;
use sekisho_gate::Gate;
use sekisho_web::app::{self, Edge};
use sekisho_web::bounds::{self, Bounds};
use sekisho_web::brand::{Brand, BrandSettings, Worded};
use sekisho_web::client::Networks;
use sekisho_web::observe::{self, Observer};
use sekisho_web::serve::{self, Limits, Listen};
use sekisho_web::state::{App, PublicUrl};

use crate::curve::seed;
use crate::report::Report;
use crate::rounds::{Latencies, Round, alternate};
use crate::stopwatch::Stopwatch;
use crate::{Plan, machine, place};
use client::Clients;

/// Customers of the database behind it.
const CUSTOMERS: u32 = 10_000;
/// Length of a round.
const ROUND: Duration = Duration::from_secs(2);

const DECISIONS: &str = "/v1/decisions";
const CONSTANT: &str = "/bench/constant";
/// As long as an ordinary decision's document.
const ANSWER: &str = r#"{"id":"dec_01jd7k3v0q8w2m5x9c4b6n1t7r","act":"sign_in","verdict":"allow","requirements":[],"reasons":[],"policy":"jsda-2025.1","moment":"2025-11-21T23:59:59.999999Z"}"#;

/// Measures.
pub fn run(plan: &Plan) -> Result<Report> {
    let cores = machine::cores();
    let (servers, callers) = (crate::runtime(cores)?, crate::runtime(cores)?);
    let folder = place::folder(&plan.folder)?;
    let path = folder.path().join("http.db");
    seed::fill(servers.block_on(place::connection(&path))?, CUSTOMERS)?;
    let store = servers.block_on(place::store(&path))?;
    let gate = place::gate(store, Policy::profile(crate::PROFILE)?)?;
    let bearer = servers.block_on(credential(&gate))?;
    let address = servers.block_on(listen(gate))?;

    let asked = Arc::new(AtomicU64::new(0));
    let mut decisions = Clients::connect(&callers, address, DECISIONS, &bearer)?;
    let mut constant = Clients::connect(&callers, address, CONSTANT, &bearer)?;
    let question = move || {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        Ok(seed::Question::of(number, CUSTOMERS)?.document())
    };
    // The first rounds fill caches and are not counted.
    decisions.round(&callers, ROUND, &question)?;
    constant.round(&callers, ROUND, &question)?;
    let (mut latencies, mut constant_latencies) = (Latencies::default(), Latencies::default());
    let kept = |into: &mut Latencies, (round, taken): (Round, Latencies)| {
        into.join(taken);
        round
    };
    let (mine, other) = alternate(
        plan.budget,
        || {
            Ok(kept(
                &mut latencies,
                decisions.round(&callers, ROUND, &question)?,
            ))
        },
        || {
            Ok(kept(
                &mut constant_latencies,
                constant.round(&callers, ROUND, &question)?,
            ))
        },
    )?;
    let ratio = mine.over(&other);
    let p99 = latencies.within(0.99) / 1e3;
    Ok(Report::new("http", mine.median(), "decisions/s over HTTP")
        .against(other.median(), ratio.median())
        .at_least("ratio", ratio.median(), 0.4)
        .below("p99 in ms", p99, 20.0)
        .figure("best_ratio", mine.best() / other.best())
        .figure("worst_pair", ratio.worst())
        .figure("p50_ms", latencies.within(0.5) / 1e3)
        .figure("p99_ms", p99)
        .figure("baseline_p99_ms", constant_latencies.within(0.99) / 1e3)
        .figure("cpu_us", mine.cpu_us())
        .figure("baseline_cpu_us", other.cpu_us())
        .with("connections", client::CONNECTIONS)
        .with("pairs", ratio.rounds()))
}

async fn credential(gate: &Gate) -> Result<String> {
    let application = place::application(gate).await?;
    let scopes = vec![ApiScope::Decisions];
    let (_, token) = gate
        .issue_credential(application, "bench".to_owned(), scopes)
        .await?;
    Ok(token.text().expose_secret().to_owned())
}

/// Brings the site up; it ends with its runtime.
async fn listen(gate: Gate) -> Result<SocketAddr> {
    let lines = tracing_subscriber::fmt().json().flatten_event(true);
    let begun = lines.with_writer(std::io::sink).try_init();
    begun.map_err(|why| anyhow!(why))?;
    let metrics = crate::metrics()?;
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_secs(5));
        loop {
            ticks.tick().await;
            metrics.run_upkeep();
        }
    });
    let worded = |text: &str| Worded {
        en: text.to_owned(),
        ja: text.to_owned(),
    };
    let brand = BrandSettings {
        name: worded("bench"),
        support: worded("bench"),
        colour: "#1f4e79".to_owned(),
    };
    let app = App {
        brand: Arc::new(Brand::new(&brand, None)?),
        gate,
        public: Arc::new(PublicUrl::parse("https://id.example.jp")?),
    };
    let begun = Stopwatch::start();
    let edge = Edge {
        bounds: Bounds::default(),
        metrics: None,
        metrics_from: Networks::loopback(),
        trusted_proxies: Networks::default(),
        sign_in: sekisho_web::sign_in_address::SignInAddress::default(),
        watch: Arc::new(move || begun.elapsed()),
    };
    let constant = constant(&app, &edge)?;
    let router = app::router(app, edge)?.merge(constant);
    let bound = serve::bind(&Listen {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        tls: None,
        limits: Limits::default(),
        trusted: Networks::default(),
    })
    .await?;
    let address = bound.address();
    tokio::spawn(bound.serve(router, std::future::pending()));
    Ok(address)
}

/// The constant answer, below the layers of [`app::router`].
fn constant(app: &App, edge: &Edge) -> Result<Router> {
    let observer = Arc::new(Observer::new(app, edge)?);
    Ok(Router::new()
        .route(CONSTANT, post(answer))
        .layer(from_fn_with_state(edge.bounds, bounds::bound))
        .layer(from_fn(observe::headers))
        .layer(from_fn_with_state(observer, observe::observe)))
}

async fn answer(_: Bytes) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], ANSWER)
}
