//! Sekisho itself, put together from its crates as the binary does it: SQLite, a key file, the
//! workers, the hosted pages and the API.
//!
//! **Invariant:** the demo adds settings to the product and never replaces a part of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use sekisho_core::access::OperationKind;
use sekisho_core::operation::FieldType;
use sekisho_core::password::DenyList;
use sekisho_core::policy::{Name, OperationEffect, OperationPolicy, Policy};
use sekisho_gate::{
    AddressFiles, Argon2Cost, Channels, Clock, Dice, Gate, HashPool, Keys, Mail, MailConfig, Parts,
    Places, Sms, SmsConfig, TlsMode,
};
use sekisho_store::{Store, StoreConfig};
use sekisho_world::World;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::address_file;
use crate::args::Args;
use crate::folder::{Folder, write_at_once};

/// The operator's name in Japanese.
pub const BRAND: &str = "ひので証券";
/// The operator's name in English.
pub const BRAND_ENGLISH: &str = "Hinode Securities";

/// Where the messages of the installation go.
#[derive(Clone, Copy, Debug)]
pub struct Outward {
    /// The SMTP listener of the message box.
    pub smtp: SocketAddr,
    /// Its web listener, with the gateway for text messages.
    pub web: SocketAddr,
}

/// A running database with the acts before it.
pub struct Installation {
    /// Every act.
    pub gate: Gate,
    store: Store,
    workers: JoinSet<()>,
    /// Whether attacks are looked for.
    watched: bool,
}

impl Installation {
    /// Opens the folder's database, made if it is absent; knows the ranges of the world.
    pub async fn open(
        folder: &Folder,
        world: &World,
        issuer: &str,
        args: &Args,
    ) -> anyhow::Result<Self> {
        let (dice, clock) = (Dice::system(), Clock::system());
        let ranges = folder.path().join(address_file::NAME);
        let built = u64::try_from(clock.now().unix_seconds())?;
        write_at_once(&ranges, &address_file::write(world.networks(), built)?)?;
        let store = Store::open(&StoreConfig::new(folder.database())).await?;
        store.migrate().await?;
        let keys = Keys::new(&folder.keys(&dice)?, Argon2Cost::OWASP)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let gate = Gate::new(Parts {
            store: store.clone(),
            keys: Arc::new(keys),
            policy: Arc::new(policy(&args.policy)?),
            places: Places::open(&AddressFiles::maps([ranges]))?,
            deny: DenyList::shipped(),
            issuer: issuer.to_owned(),
            clock,
            dice,
            pool: HashPool::new(cores, 64),
            anchors: Arc::default(),
            push: args.push()?,
        });
        Ok(Self {
            gate,
            store,
            workers: JoinSet::new(),
            watched: !args.danger_unwatched,
        })
    }

    /// Starts the workers.
    pub fn work(&mut self, outward: Outward, stop: &CancellationToken) -> anyhow::Result<()> {
        let mail = Mail::new(MailConfig {
            host: outward.smtp.ip().to_string(),
            port: outward.smtp.port(),
            tls: TlsMode::DangerNone,
            credentials: None,
            from: format!("{BRAND} <no-reply@hinode.example>"),
        })?;
        let sms = Sms::new(&SmsConfig::plain(&format!("http://{}/sms", outward.web)))?;
        let channels = Channels::new(BRAND.to_owned(), Some(mail), Some(sms));
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.deliver(channels, token).await });
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.keep_house(token).await });
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.follow_rules(token).await });
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.count_everybody(token).await });
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.follow_attempts(token).await });
        if self.watched {
            let (gate, token) = (self.gate.clone(), stop.clone());
            self.workers
                .spawn(async move { gate.watch_attacks(token).await });
        }
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.keep_forest(token).await });
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.look_every_day(token).await });
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.run_campaigns(token).await });
        let (gate, token) = (self.gate.clone(), stop.clone());
        self.workers
            .spawn(async move { gate.keep_log(token).await });
        Ok(())
    }

    /// Waits for the workers, which were told to stop, and closes the database.
    pub async fn close(mut self) {
        while self.workers.join_next().await.is_some() {}
        self.store.close().await;
    }
}

/// A profile and the broker's own kinds of operations, which need no confirmation.
fn policy(profile: &str) -> anyhow::Result<Policy> {
    let mut policy = Policy::profile(profile)?;
    policy.version = format!("{}-hinode.1", policy.version);
    let own = [
        ("trade", "注文", "Order", ("amount", FieldType::Money)),
        (
            "contact_change",
            "連絡先の変更",
            "Change of contact",
            ("contact", FieldType::Text),
        ),
        (
            "password_reset",
            "パスワードの再設定",
            "Password reset",
            ("way", FieldType::Text),
        ),
    ];
    for (kind, ja, en, (field, of)) in own {
        let kind = OperationKind::parse(kind).context("the name of an operation")?;
        let name = Name {
            ja: ja.to_owned(),
            en: en.to_owned(),
        };
        let fields = BTreeMap::from([(field.to_owned(), of)]);
        let added = OperationPolicy::plain(name, fields, Vec::new(), OperationEffect::Other);
        policy.operation.insert(kind, added);
    }
    Ok(policy)
}
