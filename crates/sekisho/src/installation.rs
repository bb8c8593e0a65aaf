//! An installation put together from its configuration: database, keys, policy, gate.
//!
//! **Invariant:** no command meets a database whose schema is not that of this binary, but for the
//! one that migrates it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::SecretString;
use sekisho_core::password::DenyList;
use sekisho_core::policy::Policy;
use sekisho_core::siem::{Way, Wording};
use sekisho_gate::{
    Argon2Cost, Channels, Chat, Clear, Clock, Dice, Gate, HashPool, Hooks, Keys, Lines, Mail,
    MailConfig, Parts, Places, Push, PushConfig, SiemOut, Sms, SmsBody, SmsConfig, SmsSecret,
    Syslog, TlsMode,
};
use sekisho_seal::password::bare_argon2id;
use sekisho_seal::webauthn::Anchors;
use sekisho_seal::{KeyRing, Kid};
use sekisho_store::{Flush, Store, StoreConfig};
use sekisho_web::brand::{Brand, BrandFault, BrandSettings};
use tokio::time::Instant;

use crate::config::{self, Config, MailTls, PolicySource, SmsFormat};

/// A database and the gate before it.
pub struct Installation {
    /// The database.
    pub store: Store,
    /// The gate.
    pub gate: Gate,
    /// How applications are told.
    pub hooks: Hooks,
}

impl Installation {
    /// Opens the configured installation.
    ///
    /// # Errors
    /// When a file cannot be used, the database is away or has to be migrated first.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let store = open_store(config).await?;
        Self::on(store, config).await
    }

    /// The configured installation on a store that is open.
    ///
    /// # Errors
    /// As [`Installation::open`].
    pub async fn on(store: Store, config: &Config) -> anyhow::Result<Self> {
        store.ready().await?;
        let hooks = hooks(&config.webhook)?;
        let hashing = config.hashing;
        let cost = Argon2Cost::new(hashing.memory_kib, hashing.passes, hashing.lanes)?;
        let key_file = secret_of(&config.keys)?;
        let gate = Gate::new(Parts {
            store: store.clone(),
            keys: Arc::new(Keys::new(&key_file, cost)?),
            policy: Arc::new(policy(&config.policy)?),
            places: Places::open(&config.address_files)?,
            deny: deny_list(config)?,
            issuer: config.server.public_url.clone(),
            clock: Clock::system(),
            dice: Dice::system(),
            pool: HashPool::with_floor(
                hashing.threads,
                hashing.queue,
                Duration::from_millis(hashing.floor_milliseconds.into()),
            ),
            anchors: Arc::new(attestation_roots(config)?),
            push: config.push.as_ref().map(push).transpose()?,
        });
        if let Some(siem) = &config.siem {
            let console = config.console.as_ref();
            let console = console.map(|console| console.public_url.clone());
            let addresses = siem.addresses();
            let events = siem.syslog.is_some() || siem.file.is_some();
            let ways = [
                events.then_some(Way::Siem),
                siem.chat_file.is_some().then_some(Way::Chat),
            ];
            let ways = ways.into_iter().flatten().collect();
            gate.tell_outside(ways, Wording { addresses, console });
        }
        Ok(Self { store, gate, hooks })
    }

    /// An installation of its own on an SQLite database in `folder`, with keys that nobody keeps:
    /// for judging a log apart from everything.
    ///
    /// # Errors
    /// When the database cannot be made there.
    pub async fn apart(folder: &Path, policy: Policy, places: Places) -> anyhow::Result<Self> {
        let url = format!("sqlite:{}", folder.join("judge.db").display());
        let mut settings = StoreConfig::new(url);
        // Nobody keeps it, so nothing is lost with it.
        settings.sqlite_flush = Flush::DangerNever;
        let store = Store::open(&settings).await?;
        store.migrate().await?;
        let dice = Dice::system();
        let key_file = KeyRing::generate_line(&Kid::parse("judge")?, dice.bytes()?);
        let gate = Gate::new(Parts {
            store: store.clone(),
            keys: Arc::new(Keys::new(&key_file, Argon2Cost::OWASP)?),
            policy: Arc::new(policy),
            places,
            deny: DenyList::shipped(),
            issuer: "http://localhost".to_owned(),
            clock: Clock::system(),
            dice,
            pool: HashPool::new(1, 1),
            anchors: Arc::default(),
            push: None,
        });
        let hooks = Hooks::new(None, Clear::Never)?;
        Ok(Self { store, gate, hooks })
    }
}

/// The roots of makers of authenticators whose word on a model counts.
///
/// # Errors
/// When the file cannot be read or holds no certificate.
pub fn attestation_roots(config: &Config) -> anyhow::Result<Anchors> {
    let Some(path) = &config.attestation_roots else {
        return Ok(Anchors::default());
    };
    let roots = sekisho_web::serve::tls::certificates(path)?;
    Anchors::new(&roots)
        .map_err(|_| anyhow::anyhow!("{} holds something that is no certificate", path.display()))
}

/// The passwords that nobody may set, and the words of this service.
///
/// # Errors
/// When the list cannot be read or is damaged.
pub fn deny_list(config: &Config) -> anyhow::Result<DenyList> {
    let brand = &config.brand.name;
    let mut words = config.passwords.words.clone();
    words.extend([brand.en.clone(), brand.ja.clone()]);
    let list = DenyList::shipped().naming(words);
    Ok(match &config.passwords.deny_list {
        Some(path) => list.with(crate::deny::open(path)?),
        None => list,
    })
}

/// The configuration with the cost of a hash that this machine affords.
///
/// # Errors
/// When the memory cannot be had.
pub fn calibrated(config: &Config) -> anyhow::Result<Config> {
    let mut raised = config.clone();
    let hashing = &mut raised.hashing;
    if hashing.target_milliseconds == 0 {
        return Ok(raised);
    }
    let floor = Argon2Cost::new(hashing.memory_kib, hashing.passes, hashing.lanes)?;
    let target = Duration::from_millis(hashing.target_milliseconds.into());
    let mut took = measure(floor)?;
    let cost = floor.calibrated(hashing.most_memory_kib, target, |cost| {
        let time = measure(cost)?;
        if time <= target {
            took = time;
        }
        anyhow::Ok(time)
    })?;
    (hashing.memory_kib, hashing.passes) = (cost.memory_kib(), cost.passes());
    tracing::info!(
        memory_kib = cost.memory_kib(),
        passes = cost.passes(),
        lanes = cost.lanes(),
        took_ms = took.as_millis(),
        target_ms = target.as_millis(),
        "the cost of a password hash"
    );
    Ok(raised)
}

/// The shorter of two: whatever else the machine did in the meantime is not the hash's.
fn measure(cost: Argon2Cost) -> anyhow::Result<Duration> {
    let mut shortest = Duration::MAX;
    for _ in 0..2 {
        let begun = Instant::now();
        bare_argon2id(cost, b"a password to measure with", [7; 16])?;
        shortest = shortest.min(begun.elapsed());
    }
    Ok(shortest)
}

/// Connects to the configured database.
///
/// # Errors
/// When it is out of reach.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let database = &config.database;
    let mut settings = StoreConfig::new(database.url.expose());
    settings.readers = database.readers;
    settings.pg_connections = database.connections;
    settings.pg_authority.clone_from(&database.authority);
    let store = Store::open(&settings).await;
    store.with_context(|| format!("database {}", database.url.masked()))
}

/// The configured policy.
///
/// # Errors
/// When there is none of that name, or the file cannot be read or is not one.
pub fn policy(source: &PolicySource) -> anyhow::Result<Policy> {
    match source {
        PolicySource::Profile(name) => Ok(Policy::profile(name)?),
        PolicySource::File(path) => {
            let named = || format!("policy {}", path.display());
            let text = fs::read_to_string(path).with_context(named)?;
            Policy::parse(&text).with_context(named)
        }
    }
}

/// The configured ways out.
///
/// # Errors
/// When a setting is not what a server can be reached by.
pub fn channels(config: &Config) -> anyhow::Result<Channels> {
    let mail = match &config.mail {
        None => None,
        Some(mail) => {
            let credentials = match (&mail.user, &mail.password_file) {
                (Some(user), Some(path)) => Some((user.clone(), secret_line(path)?)),
                (None, _) | (_, None) => None,
            };
            Some(Mail::new(MailConfig {
                host: mail.host.clone(),
                port: mail.port,
                tls: match mail.tls {
                    MailTls::Implicit => TlsMode::Implicit,
                    MailTls::None => TlsMode::DangerNone,
                    MailTls::StartTls => TlsMode::StartTls,
                },
                credentials,
                from: mail.from.clone().unwrap_or_default(),
            })?)
        }
    };
    let sms = config.sms.as_ref().map(sms).transpose()?;
    Ok(Channels::new(config.brand.name.ja.clone(), mail, sms))
}

/// The push services of phones.
///
/// # Errors
/// When a file cannot be read or a setting cannot be used.
pub fn push(settings: &config::Push) -> anyhow::Result<Push> {
    let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
    Ok(Push::new(&PushConfig {
        authorities: settings.authorities.as_ref().map(read).transpose()?,
        ..settings.settings()
    })?)
}

/// The way to applications that are told.
///
/// # Errors
/// When a file cannot be read or holds no certificate.
pub fn hooks(settings: &config::Webhook) -> anyhow::Result<Hooks> {
    let authorities = certificates(settings.authorities.as_ref())?;
    Ok(Hooks::new(authorities.as_deref(), settings.clear())?)
}

/// The way to a SIEM, where messages call this installation `name`; `None` where there is none.
///
/// # Errors
/// When a file cannot be read or a setting cannot be used.
pub fn siem(settings: &config::Siem, name: &str) -> anyhow::Result<Option<SiemOut>> {
    let authorities = certificates(settings.authorities.as_ref())?;
    Ok(match (&settings.syslog, &settings.file) {
        (Some(url), _) => Some(SiemOut::Syslog(Syslog::new(
            url,
            authorities.as_deref(),
            settings.clear(),
            name,
        )?)),
        (None, Some(path)) => Some(SiemOut::File(Lines::new(path.clone()))),
        (None, None) => None,
    })
}

/// The way to a chat of the monitoring team; `None` where there is none.
///
/// # Errors
/// When a file cannot be read or a setting cannot be used.
pub fn chat(settings: &config::Siem) -> anyhow::Result<Option<Chat>> {
    let Some(path) = &settings.chat_file else {
        return Ok(None);
    };
    let url = secret_line(path)?;
    let authorities = certificates(settings.chat_authorities.as_ref())?;
    let hooks = Hooks::new(authorities.as_deref(), settings.clear())?;
    let chat = Chat::new(hooks, url, settings.chat_language())?;
    Ok(Some(chat))
}

fn certificates(path: Option<&PathBuf>) -> anyhow::Result<Option<Vec<u8>>> {
    let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
    path.map(read).transpose()
}

/// The host of an address such as `https://id.example`.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    &rest[..end]
}

/// The gateway of text messages.
///
/// # Errors
/// When a file cannot be read or a setting is none a gateway can be reached by.
pub fn sms(settings: &config::Sms) -> anyhow::Result<Sms> {
    let certificates = |path: &Option<PathBuf>| {
        let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
        path.as_ref().map(read).transpose()
    };
    let config = match settings {
        config::Sms::Twilio {
            url,
            account,
            token_file,
            from,
            authorities,
        } => SmsConfig {
            authorities: certificates(authorities)?,
            ..SmsConfig::twilio(url, account, secret_line(token_file)?, from)
        },
        config::Sms::Webhook {
            url,
            format,
            body,
            secret_file,
            secret_header,
            success,
            authorities,
        } => {
            let mut config = SmsConfig::plain(url.expose());
            config.body = match (format, body) {
                (SmsFormat::Json, None) => config.body,
                (SmsFormat::Form, None) => SmsBody::Form("id={id}&to={to}&text={text}".to_owned()),
                (SmsFormat::Json, Some(body)) => SmsBody::Json(body.clone()),
                (SmsFormat::Form, Some(body)) => SmsBody::Form(body.clone()),
            };
            let secret = secret_file.as_deref().map(secret_line).transpose()?;
            config.secret = match (secret, secret_header) {
                (None, _) => SmsSecret::None,
                (Some(token), None) => SmsSecret::Bearer(token),
                (Some(value), Some(name)) => SmsSecret::Header {
                    name: name.clone(),
                    value,
                },
            };
            config.success.clone_from(&success.0);
            config.authorities = certificates(authorities)?;
            config
        }
    };
    Ok(Sms::new(&config)?)
}

/// The brand on the pages; `logo` is the text of the file.
///
/// # Errors
/// Says which setting cannot be used.
pub fn brand(settings: &config::Brand, logo: Option<String>) -> Result<Brand, BrandFault> {
    let worded = BrandSettings {
        name: settings.name.clone(),
        support: settings.support.clone(),
        colour: settings.colour.clone(),
    };
    Brand::new(&worded, logo)
}

fn secret_of(path: &Path) -> anyhow::Result<SecretString> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(SecretString::from(text))
}

/// The first line of a file, without its end.
fn secret_line(path: &Path) -> anyhow::Result<SecretString> {
    let text = zeroize::Zeroizing::new(
        fs::read_to_string(path).with_context(|| path.display().to_string())?,
    );
    Ok(SecretString::from(text.lines().next().unwrap_or_default()))
}
