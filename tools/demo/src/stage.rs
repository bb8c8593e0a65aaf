//! Everything brought up: the ports, the message box, Sekisho with its year, the brokerage.
//!
//! **Invariant:** nobody is told of an address before it answers, and what was begun is finished
//! before the process ends.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use axum::Router;
use secrecy::ExposeSecret as _;
use sekisho_core::known::{ApiScope, StaffName, StaffRole};
use sekisho_gate::{Clock, Confidential, Gate, NewApplication, StaffAnswer};
use sekisho_web::app::{Edge, router};
use sekisho_web::bounds::Bounds;
use sekisho_web::brand::{Brand, BrandSettings, Worded};
use sekisho_web::client::Networks;
use sekisho_web::serve::{Bound, Limits, Listen, bind};
use sekisho_web::state::{App, PublicUrl};
use sekisho_world::World;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::args::Args;
use crate::brokerage::{self, Brokerage, Given, Ledger, Payout};
use crate::cast::Cast;
use crate::drills;
use crate::folder::Folder;
use crate::installation::{BRAND, BRAND_ENGLISH, Installation, Outward};
use crate::messages::{self, MessageBox};
use crate::seed;

/// The name of the demo's person of the firm.
const STAFF: &str = "sato";
/// Longest wait at the end for what is being answered.
const DRAIN: Duration = Duration::from_secs(5);

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Sekisho.
    pub sekisho: String,
    /// The brokerage.
    pub broker: String,
    /// The message box.
    pub messages: String,
    /// The console.
    pub console: String,
}

/// The ports, taken before anything slow is begun.
struct Ports {
    sekisho: Bound,
    console: Bound,
    broker: TcpListener,
    messages: TcpListener,
    smtp: TcpListener,
}

impl Ports {
    async fn take(args: &Args) -> anyhow::Result<Self> {
        let [sekisho, broker, messages, console] = args.ports();
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listen = async |port| {
            let taken = TcpListener::bind(at(port)).await;
            taken.with_context(|| format!("port {port} cannot be had; --port 0 takes free ones"))
        };
        let limits = Limits {
            drain: DRAIN,
            ..Limits::default()
        };
        let own = async |port| {
            let own = Listen {
                address: at(port),
                tls: None,
                limits,
                trusted: Networks::default(),
            };
            bind(&own).await.context("--port 0 takes free ports")
        };
        Ok(Self {
            sekisho: own(sekisho).await?,
            console: own(console).await?,
            broker: listen(broker).await?,
            messages: listen(messages).await?,
            smtp: listen(0).await?,
        })
    }

    fn addresses(&self) -> anyhow::Result<Addresses> {
        let url = |address: SocketAddr| format!("http://{address}");
        Ok(Addresses {
            // A passkey belongs to a domain, and 127.0.0.1 is none.
            sekisho: format!("http://localhost:{}", self.sekisho.address().port()),
            broker: url(self.broker.local_addr()?),
            messages: url(self.messages.local_addr()?),
            console: format!("http://localhost:{}", self.console.address().port()),
        })
    }
}

/// The running demo.
pub struct Stage {
    /// Where everything is.
    pub addresses: Addresses,
    /// Who plays.
    pub cast: Cast,
    /// What the brokerage was given.
    pub given: Given,
    /// Who watches in the console: name and secret.
    pub staff: (&'static str, String),
    installation: Installation,
    running: JoinSet<()>,
    stop: CancellationToken,
    _folder: Folder,
}

impl Stage {
    /// Brings everything up; until `stop` everything stays so.
    pub async fn set(args: &Args, stop: CancellationToken) -> anyhow::Result<Self> {
        let ports = Ports::take(args).await?;
        let addresses = ports.addresses()?;
        let folder = Folder::open(args.data.as_deref())?;
        let (mut installation, world) = furnish(args, &folder, &addresses.sekisho).await?;
        let cast = Cast::of(&world)?;
        let outward = Outward {
            smtp: ports.smtp.local_addr()?,
            web: ports.messages.local_addr()?,
        };
        installation.work(outward, &stop)?;
        let given = register(&installation.gate, &addresses).await?;
        let ledger = books(&world);
        let broker = Brokerage::new(addresses.broker.clone(), given.clone(), ledger)?;
        let kept = MessageBox::new(Clock::system());
        let mut running = JoinSet::new();
        running.spawn(messages::receive(ports.smtp, kept.clone(), stop.clone()));
        serve(&mut running, ports.broker, brokerage::router(broker), &stop);
        let staff = (STAFF, staff(&installation.gate, &folder).await?);
        let target = drills::target(&addresses, &given, &cast, &world);
        let around = drills::router(&installation.gate, &staff, target)?;
        let pages = messages::router(kept).merge(around);
        serve(&mut running, ports.messages, pages, &stop);
        let edge = edge();
        let console = app(&installation.gate, &addresses.console)?;
        let console = sekisho_web::console::router(console, &edge)?;
        let site = router(app(&installation.gate, &addresses.sekisho)?, edge)?;
        for (bound, site) in [(ports.sekisho, site), (ports.console, console)] {
            let token = stop.clone();
            running.spawn(async move {
                bound.serve(site, token.cancelled_owned()).await;
            });
        }
        Ok(Self {
            addresses,
            cast,
            given,
            staff,
            installation,
            running,
            stop,
            _folder: folder,
        })
    }

    /// Ends everything that runs, in order.
    pub async fn strike(mut self) {
        self.stop.cancel();
        let ended = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN * 2, ended).await.is_err() {
            tracing::warn!("connections were cut");
        }
        self.installation.close().await;
    }
}

/// The installation with its year: found in the folder, or made in it.
async fn furnish(
    args: &Args,
    folder: &Folder,
    issuer: &str,
) -> anyhow::Result<(Installation, World)> {
    if let Some(note) = folder.note()? {
        if (note.seed, note.customers) != (args.seed, args.customers) {
            bail!(
                "{} holds a world of seed {} with {} customers; name another folder",
                folder.path().display(),
                note.seed,
                note.customers
            );
        }
        eprintln!("using the world in {}", folder.path().display());
        let world = World::new(note.config())?;
        return Ok((
            Installation::open(folder, &world, issuer, args).await?,
            world,
        ));
    }
    folder.clear()?;
    let now = Clock::system().now();
    let world = World::new(seed::config(args.seed, args.customers, now))?;
    let installation = Installation::open(folder, &world, issuer, args).await?;
    seed::fill(&installation.gate, &world, folder).await?;
    Ok((installation, world))
}

/// Registers the brokerage, as an operator does with `sekisho application add`.
async fn register(gate: &Gate, addresses: &Addresses) -> anyhow::Result<Given> {
    let broker = &addresses.broker;
    let application = gate
        .register_application(NewApplication {
            name: BRAND.to_owned(),
            redirect_uris: vec![format!("{broker}/callback")],
            post_logout_uris: vec![format!("{broker}/")],
            confidential: Confidential::Yes,
        })
        .await?;
    let scopes = vec![ApiScope::Decisions, ApiScope::Operations];
    let (_, token) = gate
        .issue_credential(application.id, "brokerage".to_owned(), scopes)
        .await?;
    let secret = application.secret.context("a server has a secret")?;
    Ok(Given {
        sekisho: addresses.sekisho.clone(),
        client_id: application.id.to_string(),
        client_secret: secret.text().expose_secret().to_owned(),
        token: token.text().expose_secret().to_owned(),
    })
}

/// The brokerage's own books about the customers of the world.
fn books(world: &World) -> Ledger {
    let ledger = Ledger::default();
    for customer in world.customers() {
        let name = format!("{} {}", customer.family.kanji, customer.given.kanji);
        let payout = Payout {
            account_type: "ordinary".to_owned(),
            bank: customer.payout.bank_code.to_owned(),
            branch: customer.payout.branch_code,
            holder: customer.payout.holder,
            number: customer.payout.number,
        };
        ledger.open(&customer.reference, name, Some(payout));
    }
    ledger
}

/// The secret of the demo's person of the firm, who watches and responds.
async fn staff(gate: &Gate, folder: &Folder) -> anyhow::Result<String> {
    if let Some(secret) = folder.secret() {
        return Ok(secret);
    }
    let name = StaffName::parse(STAFF)?;
    let roles = vec![StaffRole::Monitor, StaffRole::Operations];
    let StaffAnswer::Done((_, secret)) = gate.add_staff(name, roles, None).await? else {
        bail!("{STAFF} is there, and nobody kept their secret; name another folder");
    };
    let secret = secret.text().expose_secret().to_owned();
    folder.keep_secret(&secret)?;
    Ok(secret)
}

/// What the routes of a site at `address` share.
fn app(gate: &Gate, address: &str) -> anyhow::Result<App> {
    let brand = BrandSettings {
        name: Worded {
            en: BRAND_ENGLISH.to_owned(),
            ja: BRAND.to_owned(),
        },
        support: Worded {
            en: "0120-000-000 (a number of the demo; weekdays 8:00–17:00)".to_owned(),
            ja: "0120-000-000(デモの番号です。平日 8:00〜17:00)".to_owned(),
        },
        colour: "#a23a1d".to_owned(),
    };
    Ok(App {
        brand: Arc::new(Brand::new(&brand, None)?),
        gate: gate.clone(),
        public: Arc::new(PublicUrl::parse(address)?),
    })
}

/// How a site meets the network. This machine is a trusted proxy, so that `X-Forwarded-For` can
/// play places.
#[expect(
    clippy::disallowed_methods,
    reason = "the watch of request times starts with the process"
)]
fn edge() -> Edge {
    let began = Instant::now();
    Edge {
        bounds: Bounds::default(),
        metrics: None,
        metrics_from: Networks::loopback(),
        trusted_proxies: Networks::loopback(),
        sign_in: sekisho_web::sign_in_address::SignInAddress::default(),
        watch: Arc::new(move || began.elapsed()),
    }
}

/// Serves pages of the demo until `stop`.
fn serve(
    running: &mut JoinSet<()>,
    listener: TcpListener,
    pages: Router,
    stop: &CancellationToken,
) {
    let stop = stop.clone().cancelled_owned();
    running.spawn(async move {
        let served = axum::serve(listener, pages).with_graceful_shutdown(stop);
        if let Err(why) = served.await {
            tracing::error!(%why, "a listener ended");
        }
    });
}
