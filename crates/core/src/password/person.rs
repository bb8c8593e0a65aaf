//! What an attacker knows of a customer before guessing: login, name, birth date; and the words of
//! the service itself.
//!
//! **Invariant:** a password counts as somebody's own data when less than
//! [`LEAST_OF_ONES_OWN`] characters are left once that data is taken away, in whatever order and
//! with whatever separators it was written.

use super::spell::fold;
use crate::login::Login;

/// Fewest characters that must be left beside known data: what NIST SP 800-63B-4 section 3.1.1.2
/// wants of a whole password.
pub const LEAST_OF_ONES_OWN: usize = 8;

/// Parts of a mail address that say nothing about its owner.
const OF_EVERYBODY: [&str; 8] = ["com", "net", "org", "mail", "info", "www", "http", "https"];

/// A day of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BirthDate {
    /// Of the common era, 1868 to 2199.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// What is known of whoever sets a password.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Folded letters and digits, nothing else; the longest first.
    own: Vec<String>,
    /// Mail addresses, folded: a password that contains one whole is personal in any case.
    addresses: Vec<String>,
    /// Words of the service, likewise.
    context: Vec<String>,
}

impl Person {
    /// Somebody with this login.
    #[must_use]
    pub fn of(login: &Login) -> Self {
        let mut person = Self::default();
        match login {
            Login::Mail(address) => {
                person.addresses.push(folded(address));
                let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
                person.know(&letters_of(local), 3);
                for part in local.split(|c: char| !c.is_alphanumeric()) {
                    person.know(part, 3);
                }
                for label in domain.split('.') {
                    person.know(&letters_of(label), 4);
                }
            }
            Login::Phone(number) => person.know_number(number),
        }
        person
    }

    /// Also with this name: each of its parts, and each backwards.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        for part in name.split(|c: char| !c.is_alphanumeric()) {
            let least = if part.is_ascii() { 3 } else { 2 };
            self.know(part, least);
            if part.chars().count() >= 4 {
                self.know(&part.chars().rev().collect::<String>(), 4);
            }
        }
        self
    }

    /// Also born on this day: the year in two, four or a Japanese era's digits, in every order.
    #[must_use]
    pub fn born(mut self, date: BirthDate) -> Self {
        let BirthDate { year, month, day } = date;
        let (y4, y2) = (format!("{year:04}"), format!("{:02}", year % 100));
        let days = [format!("{month:02}{day:02}"), format!("{day:02}{month:02}")];
        let plain = [format!("{month}{day}"), format!("{day}{month}")];
        for year in std::iter::once(y4).chain([y2]).chain(era(year)) {
            for day in days.iter().chain(&plain) {
                self.know(&format!("{year}{day}"), 4);
                self.know(&format!("{day}{year}"), 4);
            }
            self.know(&year, 3);
        }
        days.iter().for_each(|day| self.know(day, 4));
        self
    }

    /// At a service of these names.
    #[must_use]
    pub fn at<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        for word in words {
            let word = letters_of(word);
            if word.chars().count() >= 2 && !self.context.contains(&word) {
                self.context.push(word);
            }
        }
        longest_first(&mut self.context);
        self
    }

    fn know_number(&mut self, number: &str) {
        let digits = letters_of(number);
        let national = digits.strip_prefix("81").map(|rest| format!("0{rest}"));
        for whole in [Some(digits.clone()), national].into_iter().flatten() {
            self.know(&whole, 8);
            for last in [8, 4] {
                let from = whole.len().saturating_sub(last);
                self.know(whole.get(from..).unwrap_or_default(), 4);
            }
            let middle = whole.len().saturating_sub(8);
            let middle = whole.get(middle..middle + 4).unwrap_or_default();
            self.know(middle, 4);
            self.know(whole.get(1..).unwrap_or_default(), 8);
        }
    }

    fn know(&mut self, text: &str, least: usize) {
        let word = folded(text);
        let says = word.chars().count() >= least && !OF_EVERYBODY.contains(&word.as_str());
        if says && !self.own.contains(&word) {
            self.own.push(word);
            longest_first(&mut self.own);
        }
    }

    /// Everything known, for the gauge.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        self.own.iter().chain(&self.context).cloned().collect()
    }

    /// Whether the password is little more than this person's data.
    #[must_use]
    pub fn is_most_of(&self, password: &str) -> bool {
        let whole = folded(password);
        self.addresses.iter().any(|address| whole.contains(address))
            || is_most_of(&self.own, password)
    }

    /// Whether these digits stand in what is known of this person, or the other way round.
    #[must_use]
    pub fn holds_digits(&self, digits: &str) -> bool {
        let known = self.own.iter().chain(&self.addresses);
        known.into_iter().any(|known| {
            let whole = known.bytes().all(|byte| byte.is_ascii_digit());
            known.contains(digits) || whole && known.len() >= 4 && digits.contains(known)
        })
    }

    /// Whether the password is little more than the service's words.
    #[must_use]
    pub fn context_is_most_of(&self, password: &str) -> bool {
        is_most_of(&self.context, password)
    }
}

fn is_most_of(words: &[String], password: &str) -> bool {
    let whole = letters_of(password);
    let mut left = whole.clone();
    for word in words {
        // A mark in its place, so that what was apart does not grow together.
        left = left.replace(word.as_str(), "\u{0}");
    }
    left != whole && left.chars().filter(|c| *c != '\u{0}').count() < LEAST_OF_ONES_OWN
}

fn folded(text: &str) -> String {
    text.to_lowercase().chars().map(fold).collect()
}

/// The letters and digits, folded: what separates them says nothing.
fn letters_of(text: &str) -> String {
    folded(text)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

fn longest_first(words: &mut [String]) {
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
}

/// The year as eras count it, with the letter or the name before it. The eras' first years: Meiji
/// 1868, Taisho 1912, Showa 1926, Heisei 1989, Reiwa 2019; a year of change is known by both.
fn era(year: u16) -> Vec<String> {
    const ERAS: [(u16, u16, &str, &str); 5] = [
        (1868, 1912, "m", "明治"),
        (1912, 1926, "t", "大正"),
        (1926, 1989, "s", "昭和"),
        (1989, 2019, "h", "平成"),
        (2019, 2199, "r", "令和"),
    ];
    let within = ERAS
        .iter()
        .filter(|(from, to, ..)| (*from..=*to).contains(&year));
    within
        .flat_map(|(from, _, letter, name)| {
            let count = year - from + 1;
            [
                format!("{letter}{count}"),
                format!("{letter}{count:02}"),
                format!("{name}{count}"),
                format!("{count:02}"),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn personal(person: &Person, passwords: &[&str]) {
        for password in passwords {
            assert!(person.is_most_of(password), "{password}");
        }
    }

    #[test]
    fn a_number_is_known_in_every_writing() {
        let person = Person::of(&Login::parse("090-1234-5678").unwrap());
        personal(
            &person,
            &[
                "09012345678",
                "090-1234-5678",
                "+81 90 1234 5678",
                "0081-90-1234-5678",
                "tel(090)12345678!",
                "1234-5678",
                "5678-1234",
                "abc5678",
            ],
        );
        assert!(!person.is_most_of("correct horse 5678 battery"));
        assert!(!person.is_most_of("0913579"));
    }

    #[test]
    fn an_address_is_known_whole_and_in_parts() {
        let person = Person::of(&Login::parse("taro.yamada@hinode-mail.example.jp").unwrap());
        personal(
            &person,
            &[
                "taro.yamada@hinode-mail.example.jp and much more after it",
                "TaroYamada",
                "yamada-taro-01",
                "Yamada#2026",
                "example-taro",
                "hinodemail1",
            ],
        );
        assert!(!person.is_most_of("tarot cards and yams at noon"));
    }

    #[test]
    fn name_and_birthday_are_known_in_every_order() {
        let date = BirthDate {
            year: 1980,
            month: 5,
            day: 17,
        };
        let person = Person::of(&Login::parse("x1@example.jp").unwrap())
            .named("山田 花子")
            .named("Yamada Hanako")
            .born(date);
        personal(
            &person,
            &[
                "Hanako0517",
                "0517hanako",
                "19800517",
                "1980/05/17",
                "17-05-1980",
                "800517ab",
                "S55hanako",
                "昭和55年5月17日",
                "花子19800517",
                "okanaH1980",
                "Yamada.Hanako.80",
            ],
        );
        assert!(!person.is_most_of("1980 violets by the river"));
    }

    #[test]
    fn the_place_has_words_too() {
        let person = Person::default().at(["ひので証券", "Hinode Securities"]);
        assert!(person.context_is_most_of("HinodeSecurities1"));
        assert!(person.context_is_most_of("ヒノデ証券2026"));
        assert!(!person.context_is_most_of("hinode over the eastern sea"));
    }
}
