//! What a policy says of a password, as findings.
//!
//! **Invariant:** the password is looked at here and nowhere kept; a finding names a rule, never a
//! letter.

use std::collections::HashSet;

use crate::login::Login;
use crate::policy::PasswordPolicy;
use crate::reason::Reason;

/// Longest password that is looked at at all, in bytes; more is refused before any hashing.
pub const MOST_BYTES: usize = 1024;

/// Passwords that are known to attackers, folded to lower case.
#[derive(Debug, Default)]
pub struct DenyList(HashSet<String>);

impl DenyList {
    /// A list of one password a line; lines longer than [`MOST_BYTES`] are left out.
    #[must_use]
    pub fn of_lines(text: &str) -> Self {
        let fits = |line: &&str| !line.is_empty() && line.len() <= MOST_BYTES;
        Self(
            text.lines()
                .map(str::trim)
                .filter(fits)
                .map(str::to_lowercase)
                .collect(),
        )
    }

    /// The small list that is always there: the most used passwords of published leaks.
    #[must_use]
    pub fn shipped() -> Self {
        Self::of_lines(include_str!("password_deny.txt"))
    }

    /// Whether `password` is on the list, letter case aside.
    #[must_use]
    pub fn holds(&self, password: &str) -> bool {
        self.0.contains(&password.to_lowercase())
    }

    /// How many passwords are on the list.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Everything `policy` has against `password`; empty when it is acceptable.
#[must_use]
pub fn examine(
    password: &str,
    login: &Login,
    policy: &PasswordPolicy,
    known: &DenyList,
) -> Vec<Reason> {
    let mut findings = Vec::new();
    let letters = password.chars().count();
    if letters < policy.shortest {
        findings.push(Reason::PasswordShort);
    }
    if letters > policy.longest || password.len() > MOST_BYTES {
        findings.push(Reason::PasswordLong);
        return findings;
    }
    if classes(password) < policy.classes {
        findings.push(Reason::PasswordPlain);
    }
    if policy
        .symbols
        .as_deref()
        .is_some_and(|allowed| !only(password, allowed))
    {
        findings.push(Reason::PasswordSymbol);
    }
    if known.holds(password) {
        findings.push(Reason::PasswordCommon);
    }
    if is_personal(password, login) {
        findings.push(Reason::PasswordPersonal);
    }
    findings
}

/// How many of lower case, upper case, digits and symbols occur.
fn classes(password: &str) -> usize {
    let tests: [fn(char) -> bool; 4] = [
        |c| c.is_lowercase(),
        |c| c.is_uppercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_alphanumeric(),
    ];
    tests
        .iter()
        .filter(|test| password.chars().any(**test))
        .count()
}

fn only(password: &str, allowed: &str) -> bool {
    password
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || allowed.contains(c))
}

/// Whether the password contains the mail address, its local part, or the phone number's digits.
fn is_personal(password: &str, login: &Login) -> bool {
    let folded = password.to_lowercase();
    match login {
        Login::Mail(address) => {
            let local = address
                .rsplit_once('@')
                .map_or(address.as_str(), |(local, _)| local);
            folded.contains(address.as_str())
                || (local.chars().count() >= 4 && folded.contains(local))
        }
        Login::Phone(number) => {
            let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
            digits.contains(number.trim_start_matches("+81")) || digits.contains(&number[1..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn findings(profile: &str, password: &str) -> Vec<Reason> {
        let policy = Policy::profile(profile).unwrap();
        let login = Login::parse("taro.yamada@example.jp").unwrap();
        examine(password, &login, &policy.password, &DenyList::shipped())
    }

    #[test]
    fn the_profiles_differ_as_their_sources_do() {
        assert_eq!(findings("jsda-2025", "correct horse battery"), []);
        assert_eq!(
            findings("jp-legacy", "correct horse battery"),
            [Reason::PasswordLong]
        );
        assert_eq!(findings("jp-legacy", "abcdefg"), [Reason::PasswordPlain]);
        assert_eq!(findings("jp-legacy", "Abc!defg1"), [Reason::PasswordSymbol]);
        assert_eq!(findings("jp-legacy", "Abc#defg1"), []);
        assert_eq!(findings("nist-800-63b-4", "Ab#1"), [Reason::PasswordShort]);
    }

    #[test]
    fn known_and_personal_passwords_are_refused() {
        assert_eq!(
            findings("jsda-2025", "Password123"),
            [Reason::PasswordCommon]
        );
        assert_eq!(
            findings("jsda-2025", "xx-Taro.Yamada-2026"),
            [Reason::PasswordPersonal]
        );
        let phone = Login::parse("090-1234-5678").unwrap();
        let policy = Policy::profile("jsda-2025").unwrap();
        let found = examine(
            "my 090-1234-5678",
            &phone,
            &policy.password,
            &DenyList::shipped(),
        );
        assert_eq!(found, [Reason::PasswordPersonal]);
    }

    #[test]
    fn a_megabyte_is_refused_at_once() {
        assert_eq!(
            findings("jsda-2025", &"a".repeat(1 << 20)),
            [Reason::PasswordLong]
        );
    }
}
