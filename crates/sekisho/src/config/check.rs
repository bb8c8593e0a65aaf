//! What is wrong between keys, and with the files they name.
//!
//! **Invariant:** nothing of a secret file's content gets into a problem's text.

use std::fs::{self, File};
use std::net::IpAddr;
use std::path::Path;

use secrecy::SecretString;
use sekisho_core::policy::Policy;
use sekisho_seal::KeyRing;
use sekisho_seal::password::Argon2Cost;

use super::sections::{Config, Mail, PolicySource, Server};

/// A key and the rest of a sentence that begins with it.
type Found = (&'static str, String);

/// Largest logo, in bytes: it travels with every page that is not yet in a browser's cache.
const MOST_LOGO_BYTES: u64 = 256 * 1024;

/// Everything that is wrong with `config`.
pub fn problems(config: &Config) -> Vec<Found> {
    let mut found = Vec::new();
    server(&config.server, &mut found);
    key_file(&config.keys, &mut found);
    policy(&config.policy, &mut found);
    if let Some(settings) = &config.mail {
        mail(settings, &mut found);
    }
    if let Some(settings) = &config.sms
        && !is_web_address(settings.webhook.expose())
    {
        let text = "must be an https:// address; http:// only on this machine".to_owned();
        found.push(("sms.webhook", text));
    }
    brand(config, &mut found);
    for path in &config.address_files {
        if let Err(why) = File::open(path) {
            found.push(("addresses.files", unreadable(path, &why)));
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
    database(config.database.url.expose(), &mut found);
    found
}

fn database(url: &str, found: &mut Vec<Found>) {
    let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let file = url.strip_prefix("sqlite:");
    let file = file.map(|path| path.strip_prefix("//").unwrap_or(path));
    let sqlite = file.is_some_and(|path| !path.is_empty() && !path.starts_with(':'));
    if !postgres && !sqlite {
        let text = "must be sqlite:PATH or postgres://user@host/database".to_owned();
        found.push(("database.url", text));
    }
}

fn server(server: &Server, found: &mut Vec<Found>) {
    match origin(&server.public_url) {
        Some((scheme, host)) => {
            if scheme == "http" && !is_loopback(host) {
                let text = "must begin with https://; http:// only works on localhost, since \
                            browsers keep __Host- cookies for secure places"
                    .to_owned();
                found.push(("server.public_url", text));
            }
            let alone = server.tls.is_none() && server.trusted_proxies.is_empty();
            if scheme == "https" && alone && !is_loopback(host) {
                let text = "is https, but neither server.tls nor server.trusted_proxies is set: \
                            without TLS here there is a proxy, and unless it is trusted every \
                            customer seems to come from its address"
                    .to_owned();
                found.push(("server.public_url", text));
            }
        }
        None => {
            let text = "must be scheme and host, such as https://id.example.jp, without a path, \
                        a query or a slash at the end"
                .to_owned();
            found.push(("server.public_url", text));
        }
    }
    if server.metrics_listen == Some(server.listen) {
        let text = "must not be server.listen".to_owned();
        found.push(("server.metrics_listen", text));
    }
    let Some(tls) = &server.tls else { return };
    let files = [
        ("server.tls.certificate", &tls.certificate),
        ("server.tls.key", &tls.key),
    ];
    for (key, path) in files {
        match path {
            Some(path) if key == "server.tls.key" => secret_file(key, path, found),
            Some(path) => readable(key, path, found),
            None => found.push((key, "is missing: TLS needs both files".to_owned())),
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

fn brand(config: &Config, found: &mut Vec<Found>) {
    let brand = &config.brand;
    let digits = brand.colour.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let text = "must be a colour such as \"#1f4e79\"".to_owned();
        found.push(("brand.colour", text));
    }
    let Some(logo) = &brand.logo else { return };
    let kind = logo.extension().and_then(|extension| extension.to_str());
    if !matches!(kind, Some("svg" | "png")) {
        let text = "must be a file that ends in .svg or .png".to_owned();
        found.push(("brand.logo", text));
    }
    match fs::metadata(logo) {
        Ok(about) if about.len() > MOST_LOGO_BYTES => {
            let text = format!("is larger than {MOST_LOGO_BYTES} bytes");
            found.push(("brand.logo", text));
        }
        Ok(_) => readable("brand.logo", logo, found),
        Err(why) => found.push(("brand.logo", unreadable(logo, &why))),
    }
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

/// Scheme and host of an address that has nothing after them but a port.
fn origin(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    let plain = !rest.is_empty() && rest.bytes().all(allowed);
    if !matches!(scheme, "http" | "https") || !plain {
        return None;
    }
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !rest.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    (port_fits && !host.is_empty()).then_some((scheme, host))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = bare.parse().ok();
    address.is_some_and(|address| address.is_loopback())
        || host == "localhost"
        || host.ends_with(".localhost")
}

/// Whether something secret may be posted there.
fn is_web_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    match origin(&format!("{scheme}://{place}")) {
        Some(("https", _)) => true,
        Some((_, host)) => is_loopback(host),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_scheme_and_host() {
        for (url, host) in [
            ("https://id.example.jp", "id.example.jp"),
            ("https://id.example.jp:8443", "id.example.jp"),
            ("http://[::1]:8080", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(origin(url).map(|found| found.1), Some(host), "{url}");
        }
        for url in [
            "id.example.jp",
            "https://",
            "https://id.example.jp/",
            "https://id.example.jp/sso",
            "https://user@id.example.jp",
            "https://id.example.jp?x",
            "https://id.example.jp:0",
            "https://id.example.jp:port",
            "ftp://id.example.jp",
        ] {
            assert_eq!(origin(url), None, "{url}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        assert!(is_web_address("https://sms.example/send?k=1"));
        assert!(is_web_address("http://127.0.0.1:9000/sms"));
        assert!(is_web_address("http://localhost/sms"));
        assert!(!is_web_address("http://sms.example/send"));
        assert!(!is_web_address("http://127.0.0.1.example.com/"));
        assert!(!is_web_address("http://localhost@evil.example/"));
        assert!(!is_web_address("sms.example/send"));
    }
}
