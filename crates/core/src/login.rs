//! Logins: the mail address or phone number a customer signs in with, normalised.
//!
//! **Invariant:** two ways of writing the same address or number give the same login.

use crate::text::half_width;

/// What a customer types to say who they are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Login {
    /// A mail address, lower-case.
    Mail(String),
    /// A phone number in E.164 form, `+819012345678`.
    Phone(String),
}

/// Why a text is neither a mail address nor a phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is neither a mail address such as name@example.jp nor a phone number such as 090-1234-5678"
)]
pub struct NotALogin;

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.masked().as_str())
    }
}

impl Login {
    /// Reads a mail address or a Japanese or international phone number, in half- or full-width
    /// letters.
    ///
    /// Bounds: 254 octets for an address, 64 for its local part (RFC 5321 section 4.5.3.1), 8 to 15
    /// digits for a number (ITU-T E.164), and as many for a Japanese one as its kind has. An
    /// address is ASCII when it has been normalised: beyond it lie letters that look like others
    /// (Unicode Technical Standard 39), and a message to one arrives only where every server on the
    /// way speaks SMTPUTF8 (RFC 6531).
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, NotALogin> {
        if text.len() > 1024 {
            return Err(NotALogin);
        }
        let text = half_width(text.trim());
        if text.contains('@') {
            Self::parse_mail(&text)
        } else {
            Self::parse_phone(&text)
        }
    }

    fn parse_mail(text: &str) -> Result<Self, NotALogin> {
        // Lower case first: what is checked is what is kept, so that it can be read again.
        let text = half_width(&text.to_lowercase());
        let text = text.as_str();
        let (local, domain) = text.rsplit_once('@').ok_or(NotALogin)?;
        let local_fits = (1..=64).contains(&local.len())
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let local_plain = local
            .chars()
            .all(|c| c.is_ascii_graphic() && !"\"(),:;<>@[\\]".contains(c));
        let label_plain = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_plain = domain.contains('.') && domain.split('.').all(label_plain);
        if local_fits && local_plain && domain_plain && text.len() <= 254 {
            Ok(Self::Mail(text.to_owned()))
        } else {
            Err(NotALogin)
        }
    }

    fn parse_phone(text: &str) -> Result<Self, NotALogin> {
        let separators = [
            '-', ' ', '(', ')', '.', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2212}',
            '\u{30fc}',
        ];
        let plain: String = text.chars().filter(|c| !separators.contains(c)).collect();
        let digits = plain.strip_prefix('+').unwrap_or(&plain);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotALogin);
        }
        let international = if plain.starts_with('+') {
            digits
                .strip_prefix("810")
                .map_or_else(|| digits.to_owned(), |rest| format!("81{rest}"))
        } else if let Some(rest) = digits.strip_prefix("010") {
            rest.to_owned()
        } else {
            format!("81{}", digits.strip_prefix('0').ok_or(NotALogin)?)
        };
        let fits = (8..=15).contains(&international.len()) && !international.starts_with('0');
        if fits && is_japanese_length(&international) {
            Ok(Self::Phone(format!("+{international}")))
        } else {
            Err(NotALogin)
        }
    }

    /// The normalised text, for sealing and for the blind index.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Mail(text) | Self::Phone(text) => text,
        }
    }

    /// How the channel is reached.
    #[must_use]
    pub const fn channel(&self) -> ChannelKind {
        match self {
            Self::Mail(_) => ChannelKind::Mail,
            Self::Phone(_) => ChannelKind::Sms,
        }
    }

    /// The masked form, for pages and notices.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Mail(text) => crate::mask::mail(text),
            Self::Phone(text) => crate::mask::phone(text),
        }
    }
}

/// Whether a number of Japan has as many digits as its kind (電気通信番号計画, the numbering plan of
/// 総務省): ten after the country code for mobile, IP and machine numbers (0x0, and 0800), nine
/// for all others. Numbers of other countries are not looked at.
fn is_japanese_length(international: &str) -> bool {
    let Some(national) = international.strip_prefix("81") else {
        return true;
    };
    let ten = ["20", "50", "60", "70", "80", "90"];
    let ten = ten.iter().any(|kind| national.starts_with(kind));
    national.len() == if ten { 10 } else { 9 } && !national.starts_with('0')
}

/// How a channel is reached. The words are stored.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// Mail over SMTP.
    Mail,
    /// Text message through a gateway.
    Sms,
}

impl ChannelKind {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "mail" => Some(Self::Mail),
            "sms" => Some(Self::Sms),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_writing_meet() {
        for text in [
            "090-1234-5678",
            "０９０－１２３４－５６７８",
            "+81 90 1234 5678",
            "+81(0)90-1234-5678",
            "010 81 90 1234 5678",
        ] {
            assert_eq!(
                Login::parse(text).map(|l| l.as_str().to_owned()),
                Ok("+819012345678".into()),
                "{text}"
            );
        }
        for (text, number) in [
            ("03-1234-5678", "+81312345678"),
            ("０３（１２３４）５６７８", "+81312345678"),
            ("0120-123-456", "+81120123456"),
            ("0800-123-4567", "+818001234567"),
            ("050-1234-5678", "+815012345678"),
            ("+1 (202) 555-0143", "+12025550143"),
            ("010-44-20-7946-0958", "+442079460958"),
        ] {
            let login = Login::parse(text).map(|login| login.as_str().to_owned());
            assert_eq!(login, Ok(number.to_owned()), "{text}");
        }
        for text in [
            "Taro@Example.jp",
            " taro@example.JP ",
            // Mathematical letters are Latin ones to whoever reads them, and become them.
            "\u{1d42d}\u{1d41a}\u{1d42b}\u{1d428}@example.jp",
            "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ",
        ] {
            assert_eq!(
                Login::parse(text).map(|l| l.as_str().to_owned()),
                Ok("taro@example.jp".into()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_kept_can_be_read_again() {
        for text in [
            "Taro@Example.jp",
            "a\u{130}b@example.jp",
            "\u{1e9e}@example.jp",
            "\u{3a3}\u{3a3}@example.jp",
        ] {
            if let Ok(login) = Login::parse(text) {
                assert_eq!(Login::parse(login.as_str()), Ok(login.clone()), "{text}");
            }
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in [
            "",
            "taro",
            "taro@",
            "@example.jp",
            "a@b",
            "taro@exa mple.jp",
            "a\u{202e}b@example.jp",
            "123",
            "+1",
            "9012345678",
            "a\r\nBcc: x@example.jp",
            "a..b@example.jp",
            // A digit too few, one too many, a trunk zero too many.
            "090-1234-567",
            "090-1234-56789",
            "03-1234-567",
            "03-1234-56789",
            "+81 00 9012 3456",
            // Letters that look like others: Cyrillic а, Greek ο, a script l, a dotless ı.
            "t\u{430}ro@example.jp",
            "tar\u{3bf}@example.jp",
            "\u{131}chiro@example.jp",
            "taro@ex\u{430}mple.jp",
            "taro@\u{65e5}\u{672c}.jp",
        ] {
            assert_eq!(Login::parse(text), Err(NotALogin), "{text:?}");
        }
    }
}
