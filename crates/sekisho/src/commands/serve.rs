//! `sekisho serve`: everything wired together, until somebody wants it to stop.
//!
//! **Invariant:** at the end no new request is taken, what was begun is answered, the workers
//! finish the message they have in hand, and only then the database is let go.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sekisho_gate::Channels;
use sekisho_web::app::{self, Edge};
use sekisho_web::bounds::Bounds;
use sekisho_web::client::Networks;
use sekisho_web::machine::{self, Render};
use sekisho_web::serve::tls::{Files, Tls};
use sekisho_web::serve::{self, Ended as Listened, Limits, Listen};
use sekisho_web::state::{App, PublicUrl};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Ended, Failure, Misuse};
use crate::arguments::ServeArguments;
use crate::config::{Config, Server, TlsFiles};
use crate::installation::{self, Installation};
use crate::{logging, stop};

/// How often summaries of metrics are cleared of what is old.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves.
pub async fn run(config: &Config, arguments: &ServeArguments) -> Result<Ended, Failure> {
    logging::begin(&config.log)?;
    let stop = stop::on_signal()?;
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let store = installation::open_store(config).await?;
    if arguments.migrate {
        let versions = store.migrate().await?;
        tracing::info!(
            migration.count = versions.len(),
            "the database is up to date"
        );
    }
    let calibrated = installation::calibrated(config)?;
    let here = Installation::on(store, &calibrated).await?;
    here.gate.take_rules().await?;
    here.gate.take_networks().await?;
    here.gate.take_forest().await?;
    let channels = installation::channels(config)?;
    let site = serve::bind(&listen(&config.server)).await?;
    let router = router(config, &here, &metrics)?;
    let mut sidelines = sidelines((config, &here), &metrics, site.tls(), &stop).await?;
    sidelines.extend(console(config, &here, &stop).await?);

    let finish = CancellationToken::new();
    let mut workers = workers(&here, channels, &finish);
    workers.extend(outward(config, &here, &finish)?);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        policy = here.gate.policy().version,
        address = %site.address(),
        public_url = config.server.public_url,
        "started"
    );
    let listened = site.serve(router, stop.cancelled()).await;
    if let Listened::Cut { connections } = listened {
        tracing::warn!(
            connection.count = connections,
            "connections were cut at the end"
        );
    }
    finish.cancel();
    for worker in workers.into_iter().chain(sidelines) {
        worker.await.context("a worker")?;
    }
    here.store.close().await;
    tracing::info!("stopped");
    Ok(Ended::Done)
}

fn listen(server: &Server) -> Listen {
    Listen {
        address: server.listen,
        tls: server.tls.as_ref().and_then(files),
        limits: server.limits,
        trusted: server.trusted_proxies.networks.clone(),
    }
}

fn files(tls: &TlsFiles) -> Option<Files> {
    Some(Files {
        certificate: tls.certificate.clone()?,
        key: tls.key.clone()?,
    })
}

/// The console, where there is one: a listener and a site of its own, and its new certificates.
async fn console(
    config: &Config,
    here: &Installation,
    stop: &CancellationToken,
) -> Result<Vec<JoinHandle<()>>, Failure> {
    let Some(console) = &config.console else {
        return Ok(Vec::new());
    };
    let listen = Listen {
        address: console.listen,
        tls: console.tls.as_ref().and_then(files),
        limits: config.server.limits,
        trusted: config.server.trusted_proxies.networks.clone(),
    };
    let bound = serve::bind(&listen).await?;
    let public = PublicUrl::parse(&console.public_url);
    let public = public.map_err(|why| Misuse(format!("console.public_url {why}")))?;
    let app = app_of(config, here, public)?;
    let router = sekisho_web::console::router(app, &edge(config, None)?)?;
    tracing::info!(
        address = %bound.address(),
        public_url = console.public_url,
        "the console is open"
    );
    let (tls, ended) = (bound.tls(), stop.clone());
    let mut begun = vec![tokio::spawn(async move {
        bound.serve(router, ended.cancelled()).await;
    })];
    #[cfg(unix)]
    if let Some(tls) = tls {
        begun.push(tokio::spawn(renew(tls, stop.clone())?));
    }
    Ok(begun)
}

/// What goes on beside requests, until `finish`.
fn workers(
    here: &Installation,
    channels: Channels,
    finish: &CancellationToken,
) -> Vec<JoinHandle<()>> {
    let beside = || (here.gate.clone(), finish.clone());
    let mut workers = Vec::new();
    let (gate, token) = beside();
    workers.push(tokio::spawn(async move {
        gate.deliver(channels, token).await;
    }));
    let (gate, token) = beside();
    workers.push(tokio::spawn(async move { gate.keep_house(token).await }));
    let (gate, token) = beside();
    workers.push(tokio::spawn(async move { gate.settle(token).await }));
    let (gate, token) = beside();
    workers.push(tokio::spawn(
        async move { gate.count_everybody(token).await },
    ));
    let (gate, token) = beside();
    workers.push(tokio::spawn(async move { gate.keep_forest(token).await }));
    let (gate, token) = beside();
    workers.push(tokio::spawn(
        async move { gate.look_every_day(token).await },
    ));
    let (gate, token) = beside();
    workers.push(tokio::spawn(async move { gate.run_campaigns(token).await }));
    let (gate, token) = beside();
    workers.push(tokio::spawn(async move { gate.keep_log(token).await }));
    let ((gate, token), hooks) = (beside(), here.hooks.clone());
    workers.push(tokio::spawn(async move { gate.tell(hooks, token).await }));
    workers
}

/// What tells the firm's own watch, until `finish`.
fn outward(
    config: &Config,
    here: &Installation,
    finish: &CancellationToken,
) -> anyhow::Result<Vec<JoinHandle<()>>> {
    let mut workers = Vec::new();
    let Some(siem) = &config.siem else {
        return Ok(workers);
    };
    if let Some(out) = installation::siem(siem, installation::host(&config.server.public_url))? {
        let (gate, token) = (here.gate.clone(), finish.clone());
        workers.push(tokio::spawn(async move { gate.stream(out, token).await }));
    }
    if let Some(chat) = installation::chat(siem)? {
        let (gate, token) = (here.gate.clone(), finish.clone());
        workers.push(tokio::spawn(async move { gate.stream(chat, token).await }));
    }
    Ok(workers)
}

/// The whole site.
fn router(
    config: &Config,
    here: &Installation,
    metrics: &PrometheusHandle,
) -> Result<Router, Failure> {
    let public = PublicUrl::parse(&config.server.public_url);
    let public = public.map_err(|why| Misuse(format!("server.public_url {why}")))?;
    let apart = config.server.metrics_listen.is_some();
    let edge = edge(config, (!apart).then(|| render(metrics)))?;
    Ok(app::router(app_of(config, here, public)?, edge)?)
}

/// What the routes of a site at `public` share.
fn app_of(config: &Config, here: &Installation, public: PublicUrl) -> Result<App, Failure> {
    let logo = config.brand.logo.as_ref();
    let logo = logo.map(fs::read_to_string).transpose()?;
    Ok(App {
        brand: Arc::new(installation::brand(&config.brand, logo)?),
        gate: here.gate.clone(),
        public: Arc::new(public),
    })
}

/// How a site meets the network.
fn edge(config: &Config, metrics: Option<Render>) -> Result<Edge, Failure> {
    let begun = Instant::now();
    Ok(Edge {
        bounds: Bounds::default(),
        metrics,
        metrics_from: config.server.metrics_from.networks.clone(),
        trusted_proxies: config.server.trusted_proxies.networks.clone(),
        sign_in: config.server.sign_in()?,
        watch: Arc::new(move || begun.elapsed()),
    })
}

fn render(metrics: &PrometheusHandle) -> Render {
    let metrics = metrics.clone();
    Arc::new(move || metrics.render())
}

/// What goes on beside the site: the rules in force are taken up, metrics on a port of their own,
/// their upkeep, new certificates.
async fn sidelines(
    (config, here): (&Config, &Installation),
    metrics: &PrometheusHandle,
    tls: Option<Arc<Tls>>,
    stop: &CancellationToken,
) -> Result<Vec<JoinHandle<()>>, Failure> {
    let (gate, ended) = (here.gate.clone(), stop.clone());
    let mut begun = vec![tokio::spawn(async move { gate.follow_rules(ended).await })];
    let (gate, ended) = (here.gate.clone(), stop.clone());
    begun.push(tokio::spawn(async move {
        gate.follow_attempts(ended).await;
    }));
    let (gate, ended) = (here.gate.clone(), stop.clone());
    begun.push(tokio::spawn(async move { gate.watch_attacks(ended).await }));
    if !here.gate.address_files().is_empty() {
        let (gate, ended) = (here.gate.clone(), stop.clone());
        begun.push(tokio::spawn(async move { gate.follow_places(ended).await }));
    }
    if let Some(address) = config.server.metrics_listen {
        let apart = Listen {
            address,
            tls: None,
            limits: Limits::default(),
            trusted: Networks::default(),
        };
        let bound = serve::bind(&apart).await?;
        let (router, stop) = (machine::metrics(render(metrics)), stop.clone());
        begun.push(tokio::spawn(async move {
            bound.serve(router, stop.cancelled()).await;
        }));
    }
    let (metrics, ended) = (metrics.clone(), stop.clone());
    begun.push(tokio::spawn(async move {
        let mut ticks = tokio::time::interval(UPKEEP);
        while ended.run_until_cancelled(ticks.tick()).await.is_some() {
            metrics.run_upkeep();
        }
    }));
    #[cfg(unix)]
    if let Some(tls) = tls {
        begun.push(tokio::spawn(renew(tls, stop.clone())?));
    }
    Ok(begun)
}

/// Reads certificate and key again on SIGHUP.
#[cfg(unix)]
fn renew(
    tls: Arc<Tls>,
    stop: CancellationToken,
) -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut asked = signal(SignalKind::hangup())?;
    Ok(async move {
        while stop
            .run_until_cancelled(asked.recv())
            .await
            .flatten()
            .is_some()
        {
            match tls.read_again() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(why) => tracing::error!(%why, "the certificate was not replaced"),
            }
        }
    })
}
