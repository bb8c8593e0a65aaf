//! What a message to many may say in the firm's own words.
//!
//! Whoever wants customers to tell a bank's message from a fraudster's must never send one that
//! looks like his: no address to open, nothing to answer or to ring, no wish for a secret, no
//! letters that look like others. What is found is advice to two people, who read the text besides;
//! what is wrong in its form (links, addresses, hidden letters) is found whatever it is dressed as,
//! since it is looked for in what the letters mean (NFKC) and only the letters of the language may
//! be used.
//!
//! **Invariant:** a [`CampaignText`] has passed, in both languages.

mod secret;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::notice::Locale;
use crate::text::is_hidden;
use secret::asks;

/// Characters of the longest subject: with the firm's name it still shows whole in a list of mails.
pub const MOST_SUBJECT: usize = 40;
/// Characters of the longest text: eight parts of a text message.
pub const MOST_BODY: usize = 500;
/// Lines of the longest text.
const MOST_LINES: usize = 20;
/// Digits in a row that are taken for a telephone number.
const TELEPHONE: usize = 9;

/// What is wrong with a text. The words name the advice in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Nothing is there.
    Empty,
    /// It is too long.
    Long,
    /// A control, invisible or direction-changing character.
    Hidden,
    /// Letters of another language, or none of its own.
    Language,
    /// It looks like HTML.
    Markup,
    /// An address to open, however it is written.
    Link,
    /// A mail address.
    Mail,
    /// A telephone number.
    Telephone,
    /// It asks for a secret, or could be read so.
    Secret,
}

/// Which part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The subject in Japanese.
    SubjectJa,
    /// The text in Japanese.
    BodyJa,
    /// The subject in English.
    SubjectEn,
    /// The text in English.
    BodyEn,
}

impl Part {
    /// All of them, in the order of a form.
    pub const ALL: [Self; 4] = [Self::SubjectJa, Self::BodyJa, Self::SubjectEn, Self::BodyEn];

    const fn locale(self) -> Locale {
        match self {
            Self::SubjectJa | Self::BodyJa => Locale::Ja,
            Self::SubjectEn | Self::BodyEn => Locale::En,
        }
    }

    const fn bounds(self) -> (usize, usize) {
        match self {
            Self::SubjectJa | Self::SubjectEn => (MOST_SUBJECT, 1),
            Self::BodyJa | Self::BodyEn => (MOST_BODY, MOST_LINES),
        }
    }
}

/// A subject and a text, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignText([String; 4]);

impl CampaignText {
    /// Takes what was typed, in the order of [`Part::ALL`], if nothing is wrong with it. `own` is
    /// the host that may be named, where messages may hold links at all.
    ///
    /// # Errors
    /// What is wrong, with the part it is in.
    pub fn parse(typed: [&str; 4], own: Option<&str>) -> Result<Self, Vec<(Part, Finding)>> {
        let mut found = Vec::new();
        let cleaned = std::array::from_fn(|place| {
            let (part, text) = (Part::ALL[place], typed[place]);
            let all = findings(part, text, own);
            found.extend(all.into_iter().map(|one| (part, one)));
            clean(text)
        });
        match found.is_empty() {
            true => Ok(Self(cleaned)),
            false => Err(found),
        }
    }

    /// A text as it was stored, which passed when it was written.
    #[must_use]
    pub const fn stored(parts: [String; 4]) -> Self {
        Self(parts)
    }

    /// The parts, in the order of [`Part::ALL`].
    #[must_use]
    pub const fn parts(&self) -> &[String; 4] {
        &self.0
    }

    /// Subject and text in a language.
    #[must_use]
    pub fn in_locale(&self, locale: Locale) -> (&str, &str) {
        let [subject_ja, body_ja, subject_en, body_en] = &self.0;
        match locale {
            Locale::Ja => (subject_ja, body_ja),
            Locale::En => (subject_en, body_en),
        }
    }
}

/// Browsers end lines with two characters.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").trim().nfc().collect()
}

/// What is wrong with one part, each thing once.
#[must_use]
pub fn findings(part: Part, typed: &str, own: Option<&str>) -> Vec<Finding> {
    let (most, lines) = part.bounds();
    // Before anything is looked at: what is read is bounded, too.
    if typed.len() > most * 8 {
        return vec![Finding::Long];
    }
    let text = clean(typed);
    if text.is_empty() {
        return vec![Finding::Empty];
    }
    let plain: String = text.nfkc().collect::<String>().to_lowercase();
    let is_long = text.chars().count() > most || text.lines().count() > lines;
    let hidden = |letter| letter != '\n' && is_hidden(letter);
    let all = [
        (is_long, Finding::Long),
        (text.chars().any(hidden), Finding::Hidden),
        (!is_language(&plain, part.locale()), Finding::Language),
        (is_markup(&plain), Finding::Markup),
        (is_link(&plain, own), Finding::Link),
        (is_mail(&plain), Finding::Mail),
        (is_telephone(&plain), Finding::Telephone),
        (asks(&plain, part.locale()), Finding::Secret),
    ];
    let found = all.into_iter().filter(|(is, _)| *is);
    found.map(|(_, finding)| finding).collect()
}

const fn is_japanese(letter: char) -> bool {
    matches!(letter,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{3099}'..='\u{309f}'
        | '\u{30a1}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// Whether the letters are those of the language, and there are any. Letters of other scripts look
/// like ours; marks that are put upon letters do so, too.
fn is_language(plain: &str, locale: Locale) -> bool {
    let own = |letter: char| match locale {
        Locale::Ja => is_japanese(letter),
        Locale::En => letter.is_ascii_alphabetic(),
    };
    let strange = |letter: char| {
        let marks = is_combining_mark(letter);
        let other = letter.is_alphanumeric() && !letter.is_ascii_alphanumeric();
        (other || marks) && !(locale == Locale::Ja && is_japanese(letter))
    };
    plain.chars().any(own) && !plain.chars().any(strange)
}

/// Angle brackets, or a character by its number or name.
fn is_markup(plain: &str) -> bool {
    let entity = |at: &str| {
        let name = at.split_once(';').map(|(name, _)| name);
        let named = |letter: char| letter.is_ascii_alphanumeric() || letter == '#';
        name.is_some_and(|name| (1..=10).contains(&name.len()) && name.chars().all(named))
    };
    plain.contains(['<', '>']) || plain.split('&').skip(1).any(entity)
}

/// How a dot is written so that it is not seen as one; the one with room around it comes last,
/// since others leave it.
const DOTS: [&str; 9] = [
    "[.]",
    "(.)",
    "{.}",
    "[dot]",
    "(dot)",
    "{dot}",
    " dot ",
    "ドット",
    " . ",
];
/// What no sentence of a bank holds but before or in an address.
const SCHEMES: [&str; 8] = [
    "://",
    "http",
    "hxxp",
    "ttps",
    "www.",
    "javascript:",
    "mailto:",
    "tel:",
];

fn is_link(plain: &str, own: Option<&str>) -> bool {
    if SCHEMES.iter().any(|scheme| plain.contains(scheme)) {
        return true;
    }
    let dotted = DOTS
        .iter()
        .fold(plain.to_owned(), |text, dot| text.replace(dot, "."));
    let letters: Vec<char> = dotted.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or(' ');
    let before = |place: usize| place.checked_sub(1).map_or(' ', at);
    (0..letters.len()).any(|place| match at(place) {
        '.' => {
            let (left, right) = (before(place), at(place + 1));
            let number = left.is_ascii_digit() && right.is_ascii_digit();
            let dotted = right.is_alphanumeric() && left != '.' && !number;
            (dotted && !own.is_some_and(|own| names(&letters, place, own)))
                || (number && is_quad(&letters, place))
        }
        // Browsers take an ideographic full stop for a dot.
        '。' => before(place).is_ascii_alphanumeric() && at(place + 1).is_ascii_alphanumeric(),
        ':' => is_colons(&letters, place),
        _ => false,
    })
}

/// The run of letters that hold together around a place.
fn run(letters: &[char], place: usize, holds: impl Fn(char) -> bool) -> (usize, usize) {
    let apart = |letter: &char| !holds(*letter);
    let begin = letters[..place].iter().rposition(apart);
    let end = letters[place..].iter().position(apart);
    (
        begin.map_or(0, |begin| begin + 1),
        end.map_or(letters.len(), |end| place + end),
    )
}

/// Whether the dot is one of our own host's, which stands there alone.
fn names(letters: &[char], place: usize, own: &str) -> bool {
    let host = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
    let (begin, mut end) = run(letters, place, host);
    if letters[begin..end].ends_with(&['.']) {
        end -= 1;
    }
    let joins = |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | ':' | '@' | '?');
    let left = begin.checked_sub(1).and_then(|place| letters.get(place));
    let alone = [left, letters.get(end)].into_iter().flatten();
    let named: String = letters[begin..end].iter().collect();
    named == own.to_lowercase() && !alone.copied().any(joins)
}

/// Four numbers with dots between them.
fn is_quad(letters: &[char], place: usize) -> bool {
    let (begin, end) = run(letters, place, |letter| {
        letter.is_ascii_digit() || letter == '.'
    });
    letters[begin..end]
        .iter()
        .filter(|letter| **letter == '.')
        .count()
        >= 3
}

/// More than a time of day: two colons together, or three.
fn is_colons(letters: &[char], place: usize) -> bool {
    let (begin, end) = run(letters, place, |letter| {
        letter.is_ascii_hexdigit() || letter == ':'
    });
    let run = &letters[begin..end];
    let colons = run.iter().filter(|letter| **letter == ':').count();
    colons >= 3 || run.windows(2).any(|two| two == [':', ':'])
}

fn is_mail(plain: &str) -> bool {
    ["@", "(at)", "[at]", "{at}", "アット"]
        .iter()
        .any(|sign| plain.contains(sign))
}

/// Enough digits in a row, whatever separates them; a date is none.
fn is_telephone(plain: &str) -> bool {
    let letters: Vec<char> = plain.chars().collect();
    let (mut place, mut digits) = (0, 0);
    while let Some(letter) = letters.get(place) {
        if digits == 0 && is_date(&letters[place..]) {
            place += DATE;
            continue;
        }
        digits = match letter {
            letter if is_digit(*letter) => digits + 1,
            ' ' | '\n' | '-' | '(' | ')' | '+' | '.' | '/' | '・' | 'ー' | 'の' => digits,
            '‐'..='―' | '−' | '~' | '〜' => digits,
            _ => 0,
        };
        if digits >= TELEPHONE {
            return true;
        }
        place += 1;
    }
    false
}

/// A digit, in Japanese numbers, too.
const fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit()
        || matches!(letter, '〇' | '零' | '一' | '二' | '三' | '四' | '五')
        || matches!(letter, '六' | '七' | '八' | '九')
}

/// As long as `2026-11-23`.
const DATE: usize = 10;

/// Whether a date of this century begins here, in one of three ways to write it.
fn is_date(letters: &[char]) -> bool {
    let Some((date, more)) = letters.split_at_checked(DATE) else {
        return false;
    };
    let date: String = date.iter().collect();
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    let within = |text: &str, least: u8, most: u8| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits
            && text
                .parse()
                .is_ok_and(|number| (least..=most).contains(&number))
    };
    let year = year
        .strip_prefix("20")
        .is_some_and(|year| within(year, 0, 99));
    year && within(month, 1, 12)
        && within(day, 1, 31)
        && !more.first().is_some_and(char::is_ascii_digit)
}

#[cfg(test)]
mod tests;
