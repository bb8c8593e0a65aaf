//! The sections of the configuration, with the default of every key.
//!
//! **Invariant:** each key is read here and nowhere else, and its default stands beside it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use sekisho_core::policy::Policy;
use sekisho_gate::AddressFiles;
use sekisho_web::brand::Worded;
use sekisho_web::serve::Limits;
use sekisho_web::sign_in_address::{NotAnAddress, SignInAddress};
use sekisho_web::state::PublicUrl;

use super::document::Document;
use super::setting::{LogFormat, MailTls, NetworkList, SecretUrl, SmsFormat, Statuses, Whole};
use super::{Console, Push, Siem, Webhook};

/// Everything that is configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens and what it is called.
    pub server: Server,
    /// Where the people of the firm work; `None` where they have no console.
    pub console: Option<Console>,
    /// Where the data is.
    pub database: Database,
    /// The file with the master keys.
    pub keys: PathBuf,
    /// The rules.
    pub policy: PolicySource,
    /// How mail leaves; `None` when none can.
    pub mail: Option<Mail>,
    /// How text messages leave; `None` when none can.
    pub sms: Option<Sms>,
    /// How phones that approve are reached; `None` when nothing is approved on phones.
    pub push: Option<Push>,
    /// How applications are told.
    pub webhook: Webhook,
    /// Where every decision is told as an event; `None` where nowhere.
    pub siem: Option<Siem>,
    /// What customers see of the operator.
    pub brand: Brand,
    /// Files that know something of addresses.
    pub address_files: AddressFiles,
    /// Log lines.
    pub log: Log,
    /// Password hashes.
    pub hashing: Hashing,
    /// Passwords that nobody may set.
    pub passwords: Passwords,
    /// The roots of makers of authenticators whose word on a model counts, PEM.
    pub attestation_roots: Option<PathBuf>,
}

/// Section `server`.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address that customers and applications use; the issuer of tokens.
    pub public_url: String,
    /// Certificate and key, when it speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// Who may say for whom a request is.
    pub trusted_proxies: NetworkList,
    /// Who may read metrics where customers are served.
    pub metrics_from: NetworkList,
    /// Where metrics are served apart from that.
    pub metrics_listen: Option<SocketAddr>,
    /// Where the sign-in page is.
    pub sign_in_path: String,
    /// Where it was before.
    pub former_sign_in_paths: Vec<String>,
    /// Bounds of the connections to `listen`.
    pub limits: Limits,
}

impl Server {
    /// Where the sign-in page is and was.
    ///
    /// # Errors
    /// When one of the paths will not do.
    pub fn sign_in(&self) -> Result<SignInAddress, NotAnAddress> {
        SignInAddress::new(&self.sign_in_path, &self.former_sign_in_paths)
    }
}

/// Section `server.tls`. Either may be missing, which the check tells.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// PEM, the server's certificate first.
    pub certificate: Option<PathBuf>,
    /// PEM.
    pub key: Option<PathBuf>,
}

/// Section `database`.
#[derive(Clone, Debug)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: SecretUrl,
    /// Threads that read from SQLite.
    pub readers: usize,
    /// Connections to PostgreSQL.
    pub connections: usize,
    /// PEM: whose certificates PostgreSQL may have.
    pub authority: Option<PathBuf>,
}

/// Section `policy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// A document of the operator's own.
    File(PathBuf),
    /// A shipped profile, by name.
    Profile(String),
}

/// Section `mail`.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: MailTls,
    /// Who signs in there.
    pub user: Option<String>,
    /// The file with that user's password.
    pub password_file: Option<PathBuf>,
    /// The sender.
    pub from: Option<String>,
}

/// Section `sms`.
#[derive(Clone, Debug)]
pub enum Sms {
    /// As Twilio's, section `sms.twilio`.
    Twilio {
        /// Scheme and host.
        url: String,
        /// The account.
        account: String,
        /// The file with its token.
        token_file: PathBuf,
        /// The sender.
        from: String,
        /// Certificates.
        authorities: Option<PathBuf>,
    },
    /// A request of the operator's own.
    Webhook {
        /// Where messages are posted.
        url: SecretUrl,
        /// How.
        format: SmsFormat,
        /// The body with its places.
        body: Option<String>,
        /// The file with the secret.
        secret_file: Option<PathBuf>,
        /// The header that carries it; `None` for a bearer token.
        secret_header: Option<String>,
        /// What means accepted.
        success: Statuses,
        /// Certificates.
        authorities: Option<PathBuf>,
    },
}

/// Section `brand`.
#[derive(Clone, Debug)]
pub struct Brand {
    /// `#rrggbb`.
    pub colour: String,
    /// An SVG drawing.
    pub logo: Option<PathBuf>,
    /// The operator's name.
    pub name: Worded,
    /// How to reach a person.
    pub support: Worded,
}

/// Section `log`.
#[derive(Clone, Debug)]
pub struct Log {
    /// The form of lines.
    pub format: LogFormat,
    /// Which lines: a level, or directives of `tracing-subscriber`'s filter.
    pub level: String,
}

/// Section `passwords`.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// A list made by `sekisho deny-list build`.
    pub deny_list: Option<PathBuf>,
    /// Words of this service, beside the operator's name.
    pub words: Vec<String>,
}

/// Section `hashing`.
#[derive(Clone, Copy, Debug)]
pub struct Hashing {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// What one hash may take at most, in milliseconds, when the cost is raised at start; 0 keeps
    /// the cost as it is.
    pub target_milliseconds: u32,
    /// Most memory of one hash when the cost is raised, in KiB.
    pub most_memory_kib: u32,
    /// Hashes computed at the same time.
    pub threads: usize,
    /// Hashes that may wait; more are refused.
    pub queue: usize,
    /// No password is answered before so many milliseconds: as long as the dearest hash takes that
    /// was imported, so that time tells nobody who is a customer.
    pub floor_milliseconds: u32,
}

/// Reads every section.
pub fn read(document: &mut Document<'_>) -> Config {
    Config {
        server: server(document),
        console: super::console::read(document),
        database: Database {
            url: document.or("database.url", SecretUrl::plain("sqlite:sekisho.db")),
            readers: document.or("database.readers", Whole::<1, 64>(4)).count(),
            connections: document
                .or("database.connections", Whole::<1, 1000>(16))
                .count(),
            authority: document.optional("database.authority"),
        },
        keys: document.or("keys.file", PathBuf::from("sekisho.keys")),
        policy: policy(document),
        mail: super::mail::read(document),
        sms: sms(document),
        push: super::push::read(document),
        webhook: super::webhook::read(document),
        siem: super::siem::read(document),
        brand: brand(document),
        address_files: super::addresses::read(document),
        log: Log {
            format: document.or("log.format", LogFormat::Json),
            level: document.or("log.level", "info".to_owned()),
        },
        passwords: Passwords {
            deny_list: document.optional("passwords.deny_list"),
            words: document.or("passwords.words", Vec::new()),
        },
        attestation_roots: document.optional("passkeys.attestation_roots"),
        hashing: Hashing {
            memory_kib: document
                .or("hashing.memory_kib", Whole::<8, 1_048_576>(19_456))
                .small(),
            passes: document.or("hashing.passes", Whole::<1, 16>(2)).small(),
            lanes: document.or("hashing.lanes", Whole::<1, 16>(1)).small(),
            target_milliseconds: document
                .or("hashing.target_milliseconds", Whole::<0, 5000>(50))
                .small(),
            most_memory_kib: document
                .or("hashing.most_memory_kib", Whole::<8, 1_048_576>(65_536))
                .small(),
            threads: document.or("hashing.threads", Whole::<1, 256>(2)).count(),
            queue: document.or("hashing.queue", Whole::<1, 4096>(64)).count(),
            floor_milliseconds: document
                .or("hashing.floor_milliseconds", Whole::<0, 5000>(0))
                .small(),
        },
    }
}

fn server(document: &mut Document<'_>) -> Server {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let listen = document.or("server.listen", listen);
    let public_url = document.or("server.public_url", "http://localhost:8080".to_owned());
    // In its one form, since it is the issuer of tokens and the origin that browsers name; what is
    // no origin is told as it was written.
    let normal = PublicUrl::parse(&public_url).map(|url| url.origin().to_owned());
    let public_url = normal.unwrap_or(public_url);
    let trusted_proxies = document.or("server.trusted_proxies", NetworkList::default());
    let metrics_from = document.or("server.metrics_from", NetworkList::loopback());
    let metrics_listen = document.optional("server.metrics_listen");
    let sign_in_path = document.or("server.sign_in_path", "/sign-in".to_owned());
    let former_sign_in_paths = document.or("server.former_sign_in_paths", Vec::new());
    let certificate = document.optional("server.tls.certificate");
    let key = document.optional("server.tls.key");
    let tls = (certificate.is_some() || key.is_some()).then_some(TlsFiles { certificate, key });
    Server {
        listen,
        public_url,
        tls,
        trusted_proxies,
        metrics_from,
        metrics_listen,
        sign_in_path,
        former_sign_in_paths,
        limits: limits(document),
    }
}

fn limits(document: &mut Document<'_>) -> Limits {
    let usual = Limits::default();
    let mut wait = |key, usual: Duration| {
        let usual = Whole(i64::try_from(usual.as_secs()).unwrap_or(i64::MAX));
        let given: Whole<1, 86_400> = document.or(key, usual);
        Duration::from_secs(u64::from(given.small()))
    };
    let header_wait = wait("server.limits.head_seconds", usual.header_wait);
    let idle = wait("server.limits.idle_seconds", usual.idle);
    let age = wait("server.limits.age_seconds", usual.age);
    let drain = wait("server.limits.drain_seconds", usual.drain);
    let mut count = |key, usual: usize| {
        let usual = Whole(i64::try_from(usual).unwrap_or(i64::MAX));
        let given: Whole<1, 1_000_000> = document.or(key, usual);
        given.count()
    };
    Limits {
        connections: count("server.limits.connections", usual.connections),
        per_address: count("server.limits.connections_per_address", usual.per_address),
        header_wait,
        idle,
        age,
        drain,
        ..usual
    }
}

fn brand(document: &mut Document<'_>) -> Brand {
    Brand {
        colour: document.or("brand.colour", "#1f4e79".to_owned()),
        logo: document.optional("brand.logo"),
        name: Worded {
            en: document.or("brand.name.en", "Sekisho".to_owned()),
            ja: document.or("brand.name.ja", "関所".to_owned()),
        },
        support: Worded {
            en: document.or(
                "brand.support.en",
                "Please ask the support of the service you use.".to_owned(),
            ),
            ja: document.or(
                "brand.support.ja",
                "ご利用のサービスの窓口にお問い合わせください。".to_owned(),
            ),
        },
    }
}

fn policy(document: &mut Document<'_>) -> PolicySource {
    let profile = document.or("policy.profile", Policy::DEFAULT.to_owned());
    match document.optional("policy.file") {
        Some(file) => PolicySource::File(file),
        None => PolicySource::Profile(profile),
    }
}

/// Both kinds are read, so that every key is known; a webhook comes first.
fn sms(document: &mut Document<'_>) -> Option<Sms> {
    let authorities: Option<PathBuf> = document.optional("sms.authorities");
    let webhook = document.optional("sms.webhook");
    let format = document.or("sms.format", SmsFormat::Json);
    let body = document.optional("sms.body");
    let secret_file = document.optional("sms.secret_file");
    let secret_header = document.optional("sms.secret_header");
    let success = document.or("sms.success", Statuses::default());
    let account = document.optional("sms.twilio.account");
    let token_file = document.optional("sms.twilio.token_file");
    let from = document.optional("sms.twilio.from");
    let base = document.or("sms.twilio.url", "https://api.twilio.com".to_owned());
    let webhook = webhook.map(|url| Sms::Webhook {
        url,
        format,
        body,
        secret_file,
        secret_header,
        success,
        authorities: authorities.clone(),
    });
    let given = account.is_some() || token_file.is_some() || from.is_some();
    let twilio = given.then(|| Sms::Twilio {
        url: base,
        account: account.unwrap_or_default(),
        token_file: token_file.unwrap_or_default(),
        from: from.unwrap_or_default(),
        authorities,
    });
    webhook.or(twilio)
}
