//! The log of an OpenSSH server, as syslog writes it (`auth.log`).
//!
//! An attempt is a proof that the server accepted or did not: `Accepted …` and `Failed …` lines,
//! and what syslog folded into `message repeated N times: [ … ]`. The lines around it (connections,
//! unknown names, sessions) say the same thing again or nothing, and are left out by name.
//!
//! **Invariant:** what a stranger typed as a user name never becomes an address or an outcome.

use std::net::IpAddr;

use sekisho_core::judge::Check;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::proof::Method;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

use crate::judge::recorded::{Malformed, Meaning, Recorded, reference_of};

/// More repetitions of one message than this are not believed.
const MOST_REPEATED: u32 = 10_000;
/// A line that lies this much before its predecessor belongs to the next year.
const NEW_YEAR: Span = Span::days(180);

/// From where the years are taken, which the lines do not carry.
#[derive(Clone, Copy, Debug)]
pub enum Year {
    /// The year of the first line.
    First(i32),
    /// The first line is the latest that is not after this moment.
    NotAfter(Moment),
}

/// Reads one line after the other.
#[derive(Debug)]
pub struct OpenSsh {
    year: Year,
    offset: UtcOffset,
    /// The last line's moment.
    last: Option<Moment>,
    /// What the last line meant, for `last message repeated`.
    previous: Meaning,
}

impl OpenSsh {
    /// Lines whose clock shows local time at `offset`.
    pub fn new(year: Year, offset: UtcOffset) -> Self {
        Self {
            year,
            offset,
            last: None,
            previous: Meaning::Other("beginning"),
        }
    }

    /// What a line means.
    ///
    /// # Errors
    /// When it is not a line of syslog, or a damaged one of the server.
    pub fn read(&mut self, line: &str) -> Result<Meaning, Malformed> {
        let (moment, rest) = self.dated(line)?;
        self.last = Some(moment);
        let (_host, rest) = rest
            .split_once(' ')
            .ok_or("has no host and program after its date")?;
        if let Some(folded) = rest.strip_prefix("last message repeated ") {
            let times = folded.strip_suffix(" times").unwrap_or(folded);
            return self.repeated(times, moment);
        }
        let (program, message) = rest
            .split_once(": ")
            .or_else(|| rest.strip_suffix(':').map(|program| (program, "")))
            .ok_or("has no program after its host")?;
        let name = program.split('[').next().unwrap_or(program);
        let meaning = match name {
            "sshd" | "sshd-session" | "sshd-auth" => message_of(message, moment)?,
            _ => Meaning::Other("another program"),
        };
        self.previous = match &meaning {
            Meaning::Attempt(attempt, _) => Meaning::Attempt(attempt.clone(), 1),
            other @ Meaning::Other(_) => other.clone(),
        };
        Ok(meaning)
    }

    fn repeated(&self, times: &str, moment: Moment) -> Result<Meaning, Malformed> {
        match &self.previous {
            Meaning::Attempt(attempt, _) => {
                let mut attempt = attempt.clone();
                attempt.moment = moment;
                Ok(Meaning::Attempt(attempt, count(times)?))
            }
            Meaning::Other(_) => Ok(Meaning::Other("repetition of another line")),
        }
    }

    /// The moment of a line, and what follows it.
    fn dated<'a>(&mut self, line: &'a str) -> Result<(Moment, &'a str), Malformed> {
        if line.starts_with(|first: char| first.is_ascii_digit()) {
            let (date, rest) = line.split_once(' ').ok_or("has nothing after its date")?;
            let moment = Moment::parse_rfc3339(date).ok_or("begins with a date that is none")?;
            return Ok((moment, rest));
        }
        let written = Written::parse(line).ok_or("does not begin with a date")?;
        let year = self.year_of(written)?;
        let moment = written
            .moment(year, self.offset)
            .ok_or("begins with a date that is none")?;
        self.year = Year::First(year);
        Ok((moment, line.get(16..).unwrap_or_default()))
    }

    fn year_of(&self, written: Written) -> Result<i32, Malformed> {
        match (self.year, self.last) {
            (Year::First(year), None) => Ok(year),
            (Year::First(year), Some(last)) => {
                let same = written.moment(year, self.offset);
                let turned = same.is_none_or(|same| same.plus(NEW_YEAR) < last);
                Ok(if turned { year + 1 } else { year })
            }
            (Year::NotAfter(latest), _) => {
                let latest = latest.plus(Span::days(1));
                let this = latest.calendar().map_or(1970, OffsetDateTime::year);
                // Eight years hold a 29th of February.
                (this - 8..=this)
                    .rev()
                    .find(|year| {
                        let at = written.moment(*year, self.offset);
                        at.is_some_and(|at| at <= latest)
                    })
                    .ok_or_else(|| "begins with a date that is none".into())
            }
        }
    }
}

/// `Mar 27 13:06:56`: the date as syslog writes it.
#[derive(Clone, Copy, Debug)]
struct Written {
    month: Month,
    day: u8,
    time: Time,
}

impl Written {
    fn parse(line: &str) -> Option<Self> {
        let text = line.get(..16)?.strip_suffix(' ')?;
        let names = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let month = names.iter().position(|name| text.starts_with(name))?;
        let month = Month::try_from(u8::try_from(month + 1).ok()?).ok()?;
        let day = text.get(3..6)?.trim_start().parse().ok()?;
        let mut parts = text.get(7..)?.split(':');
        let mut next = || parts.next()?.parse::<u8>().ok();
        let (hour, minute, second) = (next()?, next()?, next()?);
        let time = Time::from_hms(hour, minute, second).ok()?;
        parts.next().is_none().then_some(Self { month, day, time })
    }

    fn moment(self, year: i32, offset: UtcOffset) -> Option<Moment> {
        let date = Date::from_calendar_date(year, self.month, self.day).ok()?;
        let at = OffsetDateTime::new_in_offset(date, self.time, offset);
        Some(Moment::from_unix_seconds(at.unix_timestamp()))
    }
}

fn count(times: &str) -> Result<u32, Malformed> {
    let count = times.parse::<u32>().ok().filter(|count| *count >= 1);
    count
        .filter(|count| *count <= MOST_REPEATED)
        .ok_or_else(|| "repeats its message an impossible number of times".into())
}

/// What a message of the server means.
fn message_of(message: &str, moment: Moment) -> Result<Meaning, Malformed> {
    if let Some(folded) = message.strip_prefix("message repeated ") {
        let (times, inner) = folded
            .split_once(" times: [ ")
            .ok_or("repeats a message that is cut off")?;
        let inner = inner
            .strip_suffix(']')
            .ok_or("repeats a message that is cut off")?;
        let times = count(times)?;
        return Ok(match message_of(inner, moment)? {
            Meaning::Attempt(attempt, 1) => Meaning::Attempt(attempt, times),
            Meaning::Attempt(..) => return Err("repeats a repetition".into()),
            other @ Meaning::Other(_) => other,
        });
    }
    if let Some(rest) = message.strip_prefix("Accepted ") {
        return accepted(rest, moment);
    }
    if let Some(rest) = message.strip_prefix("Failed ") {
        return failed(rest, moment);
    }
    Ok(Meaning::Other(kind_of(message)))
}

/// Why a message of the server is no attempt.
fn kind_of(message: &str) -> &'static str {
    let kinds = [
        ("Invalid user ", "announcement of an unknown name"),
        (
            "input_userauth_request: ",
            "announcement of an unknown name",
        ),
        ("pam_", "line of PAM"),
        ("PAM ", "line of PAM"),
        ("Connection ", "connection"),
        ("Received disconnect ", "connection"),
        ("Disconnect", "connection"),
        ("Did not receive identification", "connection"),
        ("Bad protocol version", "connection"),
        ("Postponed ", "step of an attempt"),
        ("Partial ", "step of an attempt"),
        ("error: maximum authentication attempts", "end of a series"),
        ("Starting session", "session"),
        ("User child ", "session"),
    ];
    let found = kinds.iter().find(|(start, _)| message.starts_with(start));
    found.map_or("other message of the server", |(_, kind)| *kind)
}

/// `METHOD for USER from ADDRESS port N ssh2[: key]`. A name that was accepted is one of the
/// machine's, and has no blank; what follows the address may have one.
fn accepted(rest: &str, moment: Moment) -> Result<Meaning, Malformed> {
    let (method, rest) = rest
        .split_once(" for ")
        .ok_or("accepts nobody: the line is cut off")?;
    let (user, rest) = rest
        .split_once(" from ")
        .ok_or("accepts from nowhere: the line is cut off")?;
    let address = origin(rest, Ending::PerhapsMore)?;
    attempt(user, method, (moment, address), Check::Passed)
}

/// `METHOD for [invalid user ]USER from ADDRESS port N ssh2`. The name is what a stranger typed and
/// may hold anything, even ` from ` and an address: the last one is the server's.
fn failed(rest: &str, moment: Moment) -> Result<Meaning, Malformed> {
    let (method, rest) = rest
        .split_once(" for ")
        .ok_or("refuses nobody: the line is cut off")?;
    if method == "none" {
        return Ok(Meaning::Other("question for the methods there are"));
    }
    let at = rest
        .rfind(" from ")
        .ok_or("refuses from nowhere: the line is cut off")?;
    let address = match origin(&rest[at + " from ".len()..], Ending::Nothing) {
        Ok(address) => address,
        // A failed key is named behind the address.
        Err(_) if method == "publickey" => {
            origin(&rest[at + " from ".len()..], Ending::PerhapsMore)?
        }
        Err(why) => return Err(why),
    };
    // The blank before `from` stays, since an empty name has one as well.
    let user = &rest[..at + 1];
    let user = user.strip_prefix("invalid user ").unwrap_or(user);
    let user = user.strip_suffix(' ').unwrap_or(user);
    attempt(user, method, (moment, address), Check::Failed)
}

/// What may stand behind `ssh2`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Nothing,
    PerhapsMore,
}

/// The address in `ADDRESS port N ssh2`.
fn origin(text: &str, ending: Ending) -> Result<IpAddr, Malformed> {
    let cut = Malformed::from("ends within address and port");
    let (address, rest) = text.split_once(" port ").ok_or(cut.clone())?;
    let (port, rest) = rest.split_once(" ssh").ok_or(cut.clone())?;
    port.parse::<u16>().map_err(|_| cut.clone())?;
    let version = rest.split(':').next().unwrap_or_default();
    let clean = matches!(version, "2" | "1") && (version == rest || ending == Ending::PerhapsMore);
    if !clean {
        return Err(cut);
    }
    address
        .parse()
        .map_err(|_| "names a host where its address belongs (set UseDNS no)".into())
}

fn attempt(
    user: &str,
    method: &str,
    origin: (Moment, IpAddr),
    check: Check,
) -> Result<Meaning, Malformed> {
    let (moment, address) = origin;
    // A key proves possession as a passkey does, but is not bound to a site: no method of ours.
    let verified = match (check, method) {
        (Check::Passed, "password" | "keyboard-interactive/pam") => vec![Method::Password],
        (Check::Passed | Check::Failed, _) => Vec::new(),
    };
    let recorded = Recorded {
        customer: user.to_owned(),
        reference: reference_of(user),
        moment,
        address: Some(address),
        user_agent: None,
        device: None,
        operation: None,
        verified,
        check,
        label: None,
    };
    Ok(Meaning::Attempt(Box::new(recorded), 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DATE: &str = "Mar 27 13:06:56 host sshd[7]: ";

    fn reader() -> OpenSsh {
        OpenSsh::new(Year::First(2017), UtcOffset::UTC)
    }

    fn one(message: &str) -> Result<Meaning, Malformed> {
        reader().read(&format!("{DATE}{message}"))
    }

    fn attempt_of(message: &str) -> (String, String, Check, u32) {
        match one(message) {
            Ok(Meaning::Attempt(attempt, times)) => {
                let address = attempt.address.unwrap().to_string();
                (attempt.customer, address, attempt.check, times)
            }
            other => panic!("{message}: {other:?}"),
        }
    }

    /// Message, user, address, how the check ended, how often.
    const REAL: &[(&str, &str, &str, Check, u32)] = &[
        (
            "Accepted password for ubuntu from 85.245.107.41 port 54259 ssh2",
            "ubuntu",
            "85.245.107.41",
            Check::Passed,
            1,
        ),
        (
            "Accepted publickey for ubuntu from 85.245.107.41 port 54259 ssh2: RSA SHA256:Kl8kPGZrTiz7g4FO1hyqHdsSBBb5Fge6NWOobN03XJg",
            "ubuntu",
            "85.245.107.41",
            Check::Passed,
            1,
        ),
        (
            "Accepted publickey for deploy from 2001:db8::9 port 1 ssh2: ED25519-CERT SHA256:x ID from 1.2.3.4 port 9 ssh2 (serial 0) CA RSA SHA256:y",
            "deploy",
            "2001:db8::9",
            Check::Passed,
            1,
        ),
        (
            "Failed password for root from 116.31.116.24 port 29160 ssh2",
            "root",
            "116.31.116.24",
            Check::Failed,
            1,
        ),
        (
            "Failed password for invalid user admin from 59.45.175.88 port 1 ssh2",
            "admin",
            "59.45.175.88",
            Check::Failed,
            1,
        ),
        (
            "Failed password for invalid user  from 59.45.175.88 port 1 ssh2",
            "",
            "59.45.175.88",
            Check::Failed,
            1,
        ),
        (
            "Failed password for invalid user a b from 59.45.175.88 port 1 ssh2",
            "a b",
            "59.45.175.88",
            Check::Failed,
            1,
        ),
        (
            "Failed publickey for root from 1.2.3.4 port 5 ssh2: RSA SHA256:aC2UQe4p",
            "root",
            "1.2.3.4",
            Check::Failed,
            1,
        ),
        (
            "message repeated 5 times: [ Failed password for root from 116.31.116.24 port 29160 ssh2]",
            "root",
            "116.31.116.24",
            Check::Failed,
            5,
        ),
    ];

    #[test]
    fn real_lines_are_attempts() {
        for (message, user, address, check, times) in REAL {
            let expected = ((*user).to_owned(), (*address).to_owned(), *check, *times);
            assert_eq!(attempt_of(message), expected, "{message}");
        }
    }

    #[test]
    fn a_name_cannot_forge_its_address_or_outcome() {
        let forged = "Failed password for invalid user x from 10.0.0.1 port 2 ssh2 from \
                      203.0.113.9 port 3 ssh2";
        let (user, address, check, _) = attempt_of(forged);
        assert_eq!(user, "x from 10.0.0.1 port 2 ssh2");
        assert_eq!(address, "203.0.113.9");
        assert_eq!(check, Check::Failed);
        let hidden = "Failed password for invalid user Accepted password for root from \
                      203.0.113.9 port 3 ssh2";
        assert_eq!(attempt_of(hidden).2, Check::Failed);
    }

    #[test]
    fn what_is_no_attempt_says_what_it_is() {
        for (message, kind) in [
            (
                "Invalid user admin from 1.2.3.4",
                "announcement of an unknown name",
            ),
            (
                "Connection closed by 1.2.3.4 port 5 [preauth]",
                "connection",
            ),
            (
                "Failed none for invalid user x from 1.2.3.4 port 5 ssh2",
                "question for the methods there are",
            ),
            (
                "Server listening on :: port 22.",
                "other message of the server",
            ),
        ] {
            assert_eq!(one(message), Ok(Meaning::Other(kind)), "{message}");
        }
        let other = reader().read("Mar 27 13:06:56 host CRON[1]: pam_unix(cron:session): x");
        assert_eq!(other, Ok(Meaning::Other("another program")));
    }

    #[test]
    fn damaged_lines_say_why() {
        for line in [
            "",
            "garbage",
            "Mar 27 13:06:56",
            "Mar 27 13:06:56 host",
            "Mar 32 13:06:56 host sshd[1]: x",
            "Foo 27 13:06:56 host sshd[1]: x",
            "Mar 27 25:06:56 host sshd[1]: x",
            "2017-03-27T25:00:00Z host sshd[1]: x",
        ] {
            assert!(reader().read(line).is_err(), "{line}");
        }
        for message in [
            "Failed password for root",
            "Failed password for root from 1.2.3.4",
            "Failed password for root from 1.2.3.4 port 99999 ssh2",
            "Failed password for root from gateway port 5 ssh2",
            "Accepted password",
            "message repeated 0 times: [ Failed password for r from 1.2.3.4 port 5 ssh2]",
            "message repeated 99999999 times: [ Failed password for r from 1.2.3.4 port 5 ssh2]",
            "message repeated 2 times: [ Failed password for r from 1.2.3.4 port 5 ssh2",
        ] {
            assert!(one(message).is_err(), "{message}");
        }
    }

    fn moments(mut reader: OpenSsh, dates: &[&str]) -> Vec<String> {
        let read = |date: &&str| {
            let line =
                format!("{date} host sshd[1]: Failed password for r from 1.2.3.4 port 5 ssh2");
            match reader.read(&line) {
                Ok(Meaning::Attempt(attempt, _)) => attempt.moment.to_string(),
                other => format!("{other:?}"),
            }
        };
        dates.iter().map(read).collect()
    }

    #[test]
    fn years_are_found_though_no_line_has_one() {
        let latest = Moment::parse_rfc3339("2026-02-03T00:00:00Z").unwrap();
        let reader = OpenSsh::new(Year::NotAfter(latest), UtcOffset::UTC);
        let dates = [
            "Dec 30 23:00:00",
            "Dec 31 23:59:59",
            "Jan  1 00:00:01",
            "Feb  2 10:00:00",
        ];
        assert_eq!(
            moments(reader, &dates),
            [
                "2025-12-30T23:00:00Z",
                "2025-12-31T23:59:59Z",
                "2026-01-01T00:00:01Z",
                "2026-02-02T10:00:00Z"
            ]
        );
        let leap = OpenSsh::new(Year::NotAfter(latest), UtcOffset::UTC);
        assert_eq!(
            moments(leap, &["Feb 29 00:00:00"]),
            ["2024-02-29T00:00:00Z"]
        );
        let tokyo = UtcOffset::from_hms(9, 0, 0).unwrap();
        let local = OpenSsh::new(Year::First(2026), tokyo);
        assert_eq!(
            moments(local, &["Mar 27 08:00:00"]),
            ["2026-03-26T23:00:00Z"]
        );
        let stamped = moments(self::reader(), &["2026-03-27T08:00:00.5+09:00"]);
        assert_eq!(stamped, ["2026-03-26T23:00:00.5Z"]);
    }

    #[test]
    fn an_older_way_of_folding_repeats_the_attempt_before() {
        let mut reader = reader();
        reader
            .read(&format!(
                "{DATE}Failed password for r from 1.2.3.4 port 5 ssh2"
            ))
            .unwrap();
        let folded = reader.read("Mar 27 13:07:00 host last message repeated 3 times");
        assert!(matches!(folded, Ok(Meaning::Attempt(_, 3))), "{folded:?}");
        reader
            .read(&format!("{DATE}Server listening on x"))
            .unwrap();
        let folded = reader.read("Mar 27 13:07:00 host last message repeated 3 times");
        assert!(matches!(folded, Ok(Meaning::Other(_))), "{folded:?}");
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(
            line in any::<String>(),
            message in any::<String>(),
            (whole, cut) in (0..REAL.len(), 0_usize..200),
            user in "\\PC{0,30}",
        ) {
            let _ = reader().read(&line);
            let _ = one(&message);
            let real = format!("{DATE}{}", REAL[whole].0);
            let _ = reader().read(&real.chars().take(cut).collect::<String>());
            let line = format!("Failed password for invalid user {user} from 192.0.2.7 port 5 ssh2");
            match one(&line) {
                Ok(Meaning::Attempt(attempt, 1)) => {
                    prop_assert_eq!(attempt.customer, user);
                    prop_assert_eq!(attempt.address, Some("192.0.2.7".parse().unwrap()));
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
