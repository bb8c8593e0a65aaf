//! The types a key can have, and how each is read from TOML or from text.
//!
//! **Invariant:** what [`Setting::show`] returns holds no secret.

use std::net::SocketAddr;
use std::path::PathBuf;

use sekisho_web::client::{Network, Networks};
use toml::Value;
use toml::de::DeValue;

/// A value as given: in the file with its type, or in the environment as text.
pub enum Given<'a> {
    /// From the environment or the command line. Elements of a list are separated by commas.
    Text(&'a str),
    /// From the file.
    Toml(&'a DeValue<'a>),
}

impl Given<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Toml(value) => value.as_str(),
        }
    }

    fn whole(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Toml(value) => {
                let integer = value.as_integer()?;
                i64::from_str_radix(integer.as_str(), integer.radix()).ok()
            }
        }
    }

    fn texts(&self) -> Option<Vec<&str>> {
        match self {
            Self::Text(text) => {
                let elements = text.split(',').map(str::trim);
                Some(elements.filter(|element| !element.is_empty()).collect())
            }
            Self::Toml(value) => {
                let elements = value.as_array()?.iter();
                elements.map(|element| element.get_ref().as_str()).collect()
            }
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "this text",
            Self::Toml(DeValue::String(_)) => "this text",
            Self::Toml(DeValue::Integer(_)) => "this integer",
            Self::Toml(DeValue::Float(_)) => "a number with a fraction",
            Self::Toml(DeValue::Boolean(_)) => "true or false",
            Self::Toml(DeValue::Datetime(_)) => "a date",
            Self::Toml(DeValue::Array(_)) => "this list",
            Self::Toml(DeValue::Table(_)) => "a table",
        }
    }

    fn must_be(&self, wanted: &str) -> String {
        format!("must be {wanted}, not {}", self.kind())
    }
}

/// A type that a key can have.
pub trait Setting: Sized {
    /// Reads what was given.
    ///
    /// # Errors
    /// The rest of a sentence that begins with the key.
    fn read(given: &Given<'_>) -> Result<Self, String>;

    /// The value for `config show`.
    fn show(&self) -> Value;
}

impl Setting for String {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let text = given.text().filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| given.must_be("text that is not empty"))
    }

    fn show(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Setting for PathBuf {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let text = given.text().filter(|text| !text.is_empty());
        text.map(PathBuf::from)
            .ok_or_else(|| given.must_be("the path of a file"))
    }

    fn show(&self) -> Value {
        Value::String(self.display().to_string())
    }
}

impl Setting for SocketAddr {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let parsed = given.text().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| given.must_be("an address and port such as \"127.0.0.1:8080\""))
    }

    fn show(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A whole number within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const LEAST: i64, const MOST: i64>(pub i64);

impl<const LEAST: i64, const MOST: i64> Whole<LEAST, MOST> {
    /// As a count. A number above what the machine can address becomes the largest there is.
    pub fn count(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// As 32 bits.
    pub fn small(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }

    /// As 16 bits.
    pub fn tiny(self) -> u16 {
        u16::try_from(self.0).unwrap_or(u16::MAX)
    }
}

impl<const LEAST: i64, const MOST: i64> Setting for Whole<LEAST, MOST> {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let whole = given
            .whole()
            .filter(|number| (LEAST..=MOST).contains(number));
        let wanted = format!("a whole number from {LEAST} to {MOST}");
        whole.map(Self).ok_or_else(|| given.must_be(&wanted))
    }

    fn show(&self) -> Value {
        Value::Integer(self.0)
    }
}

/// Declares an enum whose variants are words of the file.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// The word in the file.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl Setting for $name {
            fn read(given: &Given<'_>) -> Result<Self, String> {
                let words: &[&str] = &[$($word),*];
                match given.text() {
                    $(Some($word) => Ok(Self::$variant),)*
                    Some(text) => Err(format!(
                        "must be one of {}; {}",
                        words.join(", "),
                        crate::nearest::suggestion(text, words)
                    )),
                    None => Err(given.must_be(&format!("one of {}", words.join(", ")))),
                }
            }

            fn show(&self) -> Value {
                Value::String(self.word().to_owned())
            }
        }
    };
}

words!(
    /// How the connection to the mail server is encrypted.
    MailTls {
        /// Not at all: a server on the same machine.
        None = "none",
        /// After the command STARTTLS (RFC 3207), which must succeed.
        StartTls = "starttls",
        /// From the first byte (RFC 8314).
        Implicit = "implicit",
    }
);

words!(
    /// How a text message is written for its gateway.
    SmsFormat {
        /// `application/x-www-form-urlencoded`.
        Form = "form",
        /// `application/json`.
        Json = "json",
    }
);

words!(
    /// What may be told to a webhook in clear.
    HookClear {
        /// A receiver on this very machine, for development.
        DangerLoopback = "danger_loopback",
        /// Nothing.
        Never = "never",
    }
);

words!(
    /// The language of messages to the chat of the monitoring team.
    ChatLanguage {
        /// English.
        En = "en",
        /// Japanese.
        Ja = "ja",
    }
);

words!(
    /// Whether events for a SIEM say from where.
    SiemAddresses {
        /// They do.
        Sent = "sent",
        /// They do not.
        Withheld = "withheld",
    }
);

words!(
    /// Where the names of push services may lead.
    Reach {
        /// Inside a private network as well.
        Anywhere = "anywhere",
        /// To the public internet alone.
        Public = "public",
    }
);

/// Statuses of HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statuses(pub Vec<u16>);

impl Setting for Statuses {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let wanted = "a list of statuses such as [\"200\", \"202\"]";
        let texts = given.texts().ok_or_else(|| given.must_be(wanted))?;
        let parsed = texts.iter().map(|text| text.parse());
        let statuses: Result<_, _> = parsed.collect();
        statuses.map(Self).map_err(|_| given.must_be(wanted))
    }

    fn show(&self) -> Value {
        let texts = self.0.iter().map(|status| status.to_string().into());
        Value::Array(texts.collect())
    }
}

words!(
    /// The form of log lines.
    LogFormat {
        /// One JSON object a line.
        Json = "json",
        /// For a person at a terminal.
        Text = "text",
    }
);

/// Networks, as written and as understood.
#[derive(Clone, Debug, Default)]
pub struct NetworkList {
    texts: Vec<String>,
    /// The networks.
    pub networks: Networks,
}

impl NetworkList {
    /// This machine alone.
    pub fn loopback() -> Self {
        Self {
            texts: vec!["127.0.0.0/8".to_owned(), "::1".to_owned()],
            networks: Networks::loopback(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl Setting for NetworkList {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let wanted = "a list of networks such as [\"10.0.0.0/8\", \"2001:db8::/32\"]";
        let texts = given.texts().ok_or_else(|| given.must_be(wanted))?;
        let parsed = texts.iter().map(|text| text.parse::<Network>());
        let networks = parsed.collect::<Result<_, _>>();
        Ok(Self {
            networks: networks.map_err(|why| format!("has an element that is none: {why}"))?,
            texts: texts.into_iter().map(str::to_owned).collect(),
        })
    }

    fn show(&self) -> Value {
        let texts = self.texts.iter().cloned().map(Value::String);
        Value::Array(texts.collect())
    }
}

impl Setting for Vec<PathBuf> {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let texts = given.texts();
        let texts = texts.ok_or_else(|| given.must_be("a list of paths"))?;
        Ok(texts.into_iter().map(PathBuf::from).collect())
    }

    fn show(&self) -> Value {
        let texts = self.iter().map(|path| path.display().to_string().into());
        Value::Array(texts.collect())
    }
}

impl Setting for Vec<String> {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let texts = given.texts();
        let texts = texts.ok_or_else(|| given.must_be("a list of words"))?;
        Ok(texts.into_iter().map(str::to_owned).collect())
    }

    fn show(&self) -> Value {
        Value::Array(self.iter().cloned().map(Value::String).collect())
    }
}

/// The address of something that may carry a secret: a password before the host, a key in the path.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// An address written in the code, without a secret.
    pub fn plain(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The whole address.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Scheme and host; of a file, all of it.
    pub fn masked(&self) -> String {
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return self.0.clone();
        };
        if scheme == "sqlite" {
            return self.0.clone();
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if path.contains('@') {
            // Perhaps the end of a password that was not escaped.
            return format!("{scheme}://***");
        }
        let database = scheme.starts_with("postgres");
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) if database => {
                let name = user.split(':').next().unwrap_or_default();
                (format!("{name}:***@"), host)
            }
            Some((_, host)) => ("***@".to_owned(), host),
            None => (String::new(), authority),
        };
        let path = match path {
            "" | "/" => path,
            _ if database => path.split('?').next().unwrap_or_default(),
            _ => "/***",
        };
        format!("{scheme}://{user}{host}{path}")
    }
}

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

impl Setting for SecretUrl {
    fn read(given: &Given<'_>) -> Result<Self, String> {
        let text = given.text().filter(|text| !text.is_empty());
        text.map(|text| Self(text.to_owned()))
            .ok_or_else(|| given.must_be("an address"))
    }

    fn show(&self) -> Value {
        Value::String(self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_an_address_is_shown() {
        for (given, shown) in [
            ("sqlite:/var/lib/x.db", "sqlite:/var/lib/x.db"),
            (
                "postgres://u:tanuki@db:5432/s?sslmode=off",
                "postgres://u:***@db:5432/s",
            ),
            ("postgres://u:a@tanuki/b@db/s", "postgres://***"),
            ("postgres://db/s?password=tanuki", "postgres://db/s"),
            (
                "https://sms.example/send/tanuki?k=tanuki",
                "https://sms.example/***",
            ),
            ("https://tanuki@sms.example/", "https://***@sms.example/"),
            ("https://u:tan/uki@sms.example/", "https://***"),
        ] {
            let masked = SecretUrl(given.into()).masked();
            assert_eq!(masked, shown);
        }
    }
}
