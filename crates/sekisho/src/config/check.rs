//! What is wrong between keys, and with the files they name.
//!
//! **Invariant:** nothing of a secret file's content gets into a problem's text.

use std::fs::{self, File};
use std::net::IpAddr;
use std::path::Path;

use secrecy::SecretString;
use sekisho_core::policy::{OperationPolicy, Policy};
use sekisho_gate::Argon2Cost;
use sekisho_seal::KeyRing;
use sekisho_web::brand::BrandFault;
use sekisho_web::state::PublicUrl;

use super::sections::{Config, Database, Mail, PolicySource, Server, Sms, TlsFiles};

/// A key and the rest of a sentence that begins with it.
type Found = (&'static str, String);

/// Everything that is wrong with `config`.
pub fn problems(config: &Config) -> Vec<Found> {
    let mut found = Vec::new();
    server(&config.server, &mut found);
    if let Some(console) = &config.console {
        found.extend(console.problems(&config.server));
        let keys = ["console.tls.certificate", "console.tls.key"];
        tls(console.tls.as_ref(), keys, &mut found);
    }
    key_file(&config.keys, &mut found);
    policy(&config.policy, &mut found);
    deny_list(config, &mut found);
    attestation_roots(config, &mut found);
    if let Some(settings) = &config.mail {
        mail(settings, &mut found);
    }
    if let Some(settings) = &config.sms {
        sms(settings, &mut found);
    }
    if let Some(settings) = &config.push
        && let Err(why) = crate::installation::push(settings)
    {
        found.push(("push.contact", format!("cannot be used: {why:#}")));
    }
    if let Err(why) = crate::installation::hooks(&config.webhook) {
        found.push(("webhook.authorities", format!("cannot be used: {why:#}")));
    }
    if let Some(path) = config
        .siem
        .as_ref()
        .and_then(|siem| siem.chat_file.as_ref())
    {
        secret_file("siem.chat_file", path, &mut found);
    }
    found.extend(config.siem.as_ref().and_then(super::Siem::problem));
    brand(config, &mut found);
    for (key, path) in super::addresses::named(&config.address_files) {
        if let Err(why) = File::open(path) {
            found.push((key, unreadable(path, &why)));
        }
    }
    let cost = config.hashing;
    if let Err(why) = Argon2Cost::new(cost.memory_kib, cost.passes, cost.lanes) {
        found.push(("hashing.memory_kib", format!("is not a cost: {why}")));
    }
    let level = tracing_subscriber::EnvFilter::try_new(&config.log.level);
    if let Err(why) = level {
        found.push(("log.level", format!("is no filter: {why}")));
    }
    database(&config.database, &mut found);
    found
}

fn database(database: &Database, found: &mut Vec<Found>) {
    let url = database.url.expose();
    let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let file = url.strip_prefix("sqlite:");
    let file = file.map(|path| path.strip_prefix("//").unwrap_or(path));
    let sqlite = file.is_some_and(|path| !path.is_empty() && !path.starts_with(':'));
    if !postgres && !sqlite {
        let text = "must be sqlite:PATH or postgres://user@host/database".to_owned();
        found.push(("database.url", text));
    }
    let asks = |word: &str| url.contains(&format!("sslmode={word}"));
    match &database.authority {
        Some(_) if !postgres => {
            let text = "is for PostgreSQL, and database.url names none".to_owned();
            found.push(("database.authority", text));
        }
        Some(_) if asks("disable") => {
            let text =
                "has sslmode=disable, and database.authority wants encryption: take one away";
            found.push(("database.url", text.to_owned()));
        }
        Some(_) if asks("verify") => {
            let text =
                "has libpq's sslmode=verify-…, which is what database.authority does: leave it out";
            found.push(("database.url", text.to_owned()));
        }
        Some(path) => readable("database.authority", path, found),
        None if asks("require") || asks("verify") => {
            let text = "is missing: sslmode in database.url wants encryption, which needs the \
                        certificate of the authority that PostgreSQL's certificate leads to"
                .to_owned();
            found.push(("database.authority", text));
        }
        None => {}
    }
}

fn server(server: &Server, found: &mut Vec<Found>) {
    match PublicUrl::parse(&server.public_url) {
        Ok(url) => {
            let alone = server.tls.is_none() && server.trusted_proxies.is_empty();
            let (encrypted, local) = (
                url.origin().starts_with("https://"),
                server.listen.ip().is_loopback(),
            );
            if encrypted && alone && !local {
                let text = "is https, but neither server.tls nor server.trusted_proxies is set: \
                            without TLS here there is a proxy, and unless it is trusted every \
                            customer seems to come from its address"
                    .to_owned();
                found.push(("server.public_url", text));
            }
        }
        Err(why) => found.push(("server.public_url", why.to_string())),
    }
    if let Err(why) = server.sign_in() {
        found.push((
            "server.sign_in_path",
            format!("or former_sign_in_paths: {why}"),
        ));
    }
    if server.metrics_listen == Some(server.listen) {
        let text = "must not be server.listen".to_owned();
        found.push(("server.metrics_listen", text));
    }
    let limits = &server.limits;
    if limits.per_address > limits.connections {
        let text = "must not be more than server.limits.connections".to_owned();
        found.push(("server.limits.connections_per_address", text));
    }
    let keys = ["server.tls.certificate", "server.tls.key"];
    tls(server.tls.as_ref(), keys, found);
}

/// Both files, under the keys that name them.
fn tls(files: Option<&TlsFiles>, [certificate, key]: [&'static str; 2], found: &mut Vec<Found>) {
    let Some(files) = files else { return };
    for (name, path) in [(certificate, &files.certificate), (key, &files.key)] {
        match path {
            Some(path) if name == key => secret_file(name, path, found),
            Some(path) => readable(name, path, found),
            None => found.push((name, "is missing: TLS needs both files".to_owned())),
        }
    }
}

fn key_file(path: &Path, found: &mut Vec<Found>) {
    if !path.exists() {
        let text = format!(
            "names no file, {}: make one with `sekisho keys new {}`",
            path.display(),
            path.display()
        );
        found.push(("keys.file", text));
        return;
    }
    secret_file("keys.file", path, found);
    if let Ok(text) = fs::read_to_string(path).map(SecretString::from)
        && let Err(why) = KeyRing::parse(&text)
    {
        found.push(("keys.file", format!("cannot be used: {why}")));
    }
}

fn policy(source: &PolicySource, found: &mut Vec<Found>) {
    match source {
        PolicySource::Profile(name) => {
            if let Err(why) = Policy::profile(name) {
                found.push(("policy.profile", format!("cannot be used: {why}")));
            }
        }
        PolicySource::File(path) => match fs::read_to_string(path) {
            Ok(text) => {
                if let Err(why) = Policy::parse(&text) {
                    found.push(("policy.file", format!("cannot be used: {why}")));
                }
            }
            Err(why) => found.push(("policy.file", unreadable(path, &why))),
        },
    }
}

/// The list must be whole, and as long as the policy wants.
fn deny_list(config: &Config, found: &mut Vec<Found>) {
    let list = match crate::installation::deny_list(config) {
        Ok(list) => list,
        Err(why) => return found.push(("passwords.deny_list", format!("names {why:#}"))),
    };
    let Ok(policy) = crate::installation::policy(&config.policy) else {
        return;
    };
    let (least, held) = (policy.password.deny_at_least, list.len());
    if held < least {
        let text = format!(
            "holds {held} passwords with those that are shipped, and the policy {} wants {least}: \
             build a longer one with `sekisho deny-list build`",
            policy.version
        );
        found.push(("passwords.deny_list", text));
    }
}

/// There must be roots if the policy asks for models, since no model counts without one.
fn attestation_roots(config: &Config, found: &mut Vec<Found>) {
    let key = "passkeys.attestation_roots";
    let roots = match crate::installation::attestation_roots(config) {
        Ok(roots) => roots,
        Err(why) => return found.push((key, format!("cannot be used: {why:#}"))),
    };
    let Ok(policy) = crate::installation::policy(&config.policy) else {
        return;
    };
    let mut operations = policy.operation.iter();
    let asks = |spec: &OperationPolicy| spec.passkeys().any(|one| !one.models.is_empty());
    let asking = operations.find(|(_, operation)| asks(operation));
    if let Some((kind, _)) = asking.filter(|_| roots.is_empty()) {
        let text = format!(
            "is missing, and operation.{}.passkey.models of the policy {} takes models only that \
             their makers vouch for: name a PEM file with the makers' roots",
            kind.as_str(),
            policy.version
        );
        found.push((key, text));
    }
}

fn mail(mail: &Mail, found: &mut Vec<Found>) {
    match &mail.from {
        None => {
            let text = "is missing: mail needs a sender".to_owned();
            found.push(("mail.from", text));
        }
        Some(from) if !from.contains('@') => {
            let text = "must be a mail address, with a name before it or without".to_owned();
            found.push(("mail.from", text));
        }
        Some(_) => {}
    }
    match (&mail.user, &mail.password_file) {
        (Some(_), None) => {
            let text = "is set without mail.password_file".to_owned();
            found.push(("mail.user", text));
        }
        (None, Some(_)) => {
            let text = "is set without mail.user".to_owned();
            found.push(("mail.password_file", text));
        }
        (Some(_), Some(path)) => {
            secret_file("mail.password_file", path, found);
            if mail.tls == super::MailTls::None && !is_loopback(&mail.host) {
                let text = "is none, and the password would travel in clear".to_owned();
                found.push(("mail.tls", text));
            }
        }
        (None, None) => {}
    }
}

fn sms(sms: &Sms, found: &mut Vec<Found>) {
    let before = found.len();
    let key = match sms {
        Sms::Twilio {
            account,
            token_file,
            from,
            ..
        } => {
            let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
            if account.is_empty() || !plain(account) {
                let text = "must be the identifier of an account".to_owned();
                found.push(("sms.twilio.account", text));
            }
            if from.is_empty() {
                let text = "is missing: a number, a name or a messaging service".to_owned();
                found.push(("sms.twilio.from", text));
            }
            if token_file.as_os_str().is_empty() {
                let text = "is missing: the file with the token of the account".to_owned();
                found.push(("sms.twilio.token_file", text));
            } else {
                secret_file("sms.twilio.token_file", token_file, found);
            }
            "sms.twilio.url"
        }
        Sms::Webhook { secret_file, .. } => {
            if let Some(path) = secret_file {
                self::secret_file("sms.secret_file", path, found);
            }
            "sms.webhook"
        }
    };
    if found.len() == before
        && let Err(why) = crate::installation::sms(sms)
    {
        found.push((key, format!("cannot be used: {why:#}")));
    }
}

fn brand(config: &Config, found: &mut Vec<Found>) {
    let logo = config.brand.logo.as_ref();
    let logo = match logo.map(|path| (path, fs::read_to_string(path))) {
        Some((path, Err(why))) => {
            found.push(("brand.logo", unreadable(path, &why)));
            None
        }
        Some((_, Ok(svg))) => Some(svg),
        None => None,
    };
    let (key, why) = match crate::installation::brand(&config.brand, logo) {
        Ok(_) => return,
        Err(why @ BrandFault::Colour(_)) => ("brand.colour", why),
        Err(why @ BrandFault::Logo) => ("brand.logo", why),
        Err(why @ BrandFault::Text { member: "name", .. }) => ("brand.name.ja", why),
        Err(why @ BrandFault::Text { .. }) => ("brand.support.ja", why),
    };
    found.push((key, format!("cannot be used: {why}")));
}

fn readable(key: &'static str, path: &Path, found: &mut Vec<Found>) {
    if let Err(why) = File::open(path) {
        found.push((key, unreadable(path, &why)));
    }
}

fn unreadable(path: &Path, why: &std::io::Error) -> String {
    format!(
        "names a file that cannot be read, {}: {why}",
        path.display()
    )
}

/// A file that only its owner, and perhaps a group, may read.
fn secret_file(key: &'static str, path: &Path, found: &mut Vec<Found>) {
    readable(key, path, found);
    #[cfg(unix)]
    if let Ok(about) = fs::metadata(path) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = about.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            let text = format!(
                "names a file that everybody on this machine may use (mode {mode:03o}): \
                 chmod 600 {}",
                path.display()
            );
            found.push((key, text));
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = bare.parse().ok();
    address.is_some_and(|address| address.is_loopback())
        || host == "localhost"
        || host.ends_with(".localhost")
}
