//! A web server's access log in the combined format of Apache and nginx:
//! `host ident user [time] "request" status bytes "referer" "user agent"`.
//!
//! Such a log knows requests, not sign-ins, so this is what is taken for one. A line is an access
//! of its user, or of its address where it names nobody. It failed when the server asked for other
//! credentials (status 401 with a user name), or when it is a `POST` to the login path that was
//! answered with 401 or
//! 403. A 401 without a name is the server's question for credentials and no attempt.
//!
//! **Invariant:** what a client sent (name, request, user agent) never becomes an address, a time
//! or a status.

use std::net::IpAddr;

use sekisho_core::judge::Check;
use sekisho_core::moment::Moment;
use sekisho_core::proof::Method;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::judge::recorded::{Malformed, Meaning, Recorded, reference_of, reference_of_address};

/// Who the customer of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Customer {
    /// Always the address.
    Address,
    /// The authenticated user, or the address where the log has none.
    User,
}

/// Reads lines.
#[derive(Clone, Debug)]
pub struct Combined {
    customer: Customer,
    login_path: String,
}

/// The parts of a line.
struct Parts<'a> {
    host: &'a str,
    user: &'a str,
    time: &'a str,
    request: &'a str,
    status: &'a str,
    agent: String,
}

impl Combined {
    /// Lines of `customer`; sign-ins are posted to paths that begin with `login_path`.
    pub fn new(customer: Customer, login_path: impl Into<String>) -> Self {
        Self {
            customer,
            login_path: login_path.into(),
        }
    }

    /// What a line means.
    ///
    /// # Errors
    /// When a part of it is missing or is not what it should be.
    pub fn read(&self, line: &str) -> Result<Meaning, Malformed> {
        if line.trim().is_empty() {
            return Ok(Meaning::Other("empty line"));
        }
        let parts = Parts::of(line)?;
        let address: IpAddr = parts
            .host
            .parse()
            .map_err(|_| "begins with a host name, not an address (HostnameLookups Off)")?;
        let moment = moment(parts.time).ok_or("has a time that is none")?;
        let status = parts
            .status
            .parse::<u16>()
            .ok()
            .filter(|status| (100..600).contains(status))
            .ok_or("has a status that is none")?;
        let named = !matches!(parts.user, "-" | "" | "\"\"");
        let login = self.is_login(parts.request);
        if status == 401 && !named && !login {
            return Ok(Meaning::Other("question for credentials"));
        }
        let failed = (status == 401 && named) || (matches!(status, 401 | 403) && login);
        let (customer, reference) = match self.customer {
            Customer::User if named => (parts.user.to_owned(), reference_of(parts.user)),
            Customer::User | Customer::Address => {
                (address.to_string(), reference_of_address(address))
            }
        };
        let verified = if named && !failed {
            vec![Method::Password]
        } else {
            Vec::new()
        };
        let recorded = Recorded {
            customer,
            reference,
            moment,
            address: Some(address),
            user_agent: Some(parts.agent).filter(|agent| agent != "-"),
            device: None,
            operation: None,
            verified,
            check: if failed { Check::Failed } else { Check::Passed },
            label: None,
        };
        Ok(Meaning::Attempt(Box::new(recorded), 1))
    }

    fn is_login(&self, request: &str) -> bool {
        let target = request.strip_prefix("POST ");
        !self.login_path.is_empty()
            && target.is_some_and(|target| target.starts_with(&self.login_path))
    }
}

impl<'a> Parts<'a> {
    fn of(line: &'a str) -> Result<Self, Malformed> {
        let (host, rest) = line.split_once(' ').ok_or("has nothing after its host")?;
        let (_ident, rest) = rest.split_once(' ').ok_or("has no user")?;
        // A name may hold blanks and brackets, but a quote in it is escaped: the first `] "` is
        // real.
        let (head, rest) = rest.split_once("] \"").ok_or("has no time and request")?;
        let (user, time) = head.rsplit_once(" [").ok_or("has no time")?;
        let (request, rest) = quoted(rest).ok_or("has a request whose quote does not end")?;
        let mut words = rest.trim_start().splitn(3, ' ');
        let status = words.next().unwrap_or_default();
        let bytes = words.next().ok_or("ends after its status")?;
        if bytes != "-" && bytes.parse::<u64>().is_err() {
            return Err("has a size that is none".into());
        }
        let rest = words.next().and_then(|rest| rest.strip_prefix('"'));
        let rest = rest.ok_or("has no referer: is this the common format?")?;
        let (_referer, rest) = quoted(rest).ok_or("has a referer whose quote does not end")?;
        let rest = rest.strip_prefix(" \"").ok_or("has no user agent")?;
        let (agent, _) = quoted(rest).ok_or("has a user agent whose quote does not end")?;
        Ok(Self {
            host,
            user,
            time,
            request,
            status,
            agent: agent.replace("\\\"", "\"").replace("\\\\", "\\"),
        })
    }
}

/// What stands before the closing quote, and what after it. A quote behind a backslash is text.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

/// `17/May/2015:10:05:03 +0000`.
fn moment(text: &str) -> Option<Moment> {
    let form = format_description!(
        "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] \
         [offset_hour sign:mandatory][offset_minute]"
    );
    let at = OffsetDateTime::parse(text, form).ok()?;
    Some(Moment::from_unix_seconds(at.unix_timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reader() -> Combined {
        Combined::new(Customer::User, "/login")
    }

    fn line(user: &str, request: &str, status: u16) -> String {
        format!(
            "203.0.113.9 - {user} [17/May/2015:10:05:03 +0900] \"{request}\" {status} 12 \"-\" \
             \"Mozilla/5.0 (X11; \\\"Linux\\\")\""
        )
    }

    fn attempt(line: &str) -> Recorded {
        match reader().read(line) {
            Ok(Meaning::Attempt(attempt, 1)) => *attempt,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_real_line_is_an_access_of_its_address() {
        let found = attempt(
            "83.149.9.216 - - [17/May/2015:10:05:03 +0000] \"GET /a.png HTTP/1.1\" 200 203023 \
             \"http://semicomplete.com/\" \"Mozilla/5.0 (Macintosh) Chrome/32.0\"",
        );
        assert_eq!(found.customer, "83.149.9.216");
        assert_eq!(found.reference.as_str(), "address:83.149.9.216");
        assert_eq!(found.moment.to_string(), "2015-05-17T10:05:03Z");
        assert_eq!(found.check, Check::Passed);
        assert_eq!(
            found.user_agent.as_deref(),
            Some("Mozilla/5.0 (Macintosh) Chrome/32.0")
        );
    }

    #[test]
    fn users_and_failures_are_told_apart() {
        let named = attempt(&line("taro", "GET / HTTP/1.1", 200));
        assert_eq!(
            (named.customer.as_str(), named.check),
            ("taro", Check::Passed)
        );
        assert_eq!(named.moment.to_string(), "2015-05-17T01:05:03Z");
        assert_eq!(
            named.user_agent.as_deref(),
            Some("Mozilla/5.0 (X11; \"Linux\")")
        );
        assert_eq!(
            attempt(&line("taro", "GET / HTTP/1.1", 401)).check,
            Check::Failed
        );
        assert_eq!(
            attempt(&line("-", "POST /login HTTP/1.1", 403)).check,
            Check::Failed
        );
        assert_eq!(
            attempt(&line("-", "POST /login?x HTTP/1.1", 302)).check,
            Check::Passed
        );
        assert_eq!(
            attempt(&line("-", "GET /login HTTP/1.1", 403)).check,
            Check::Passed
        );
        let asked = reader().read(&line("-", "GET / HTTP/1.1", 401));
        assert_eq!(asked, Ok(Meaning::Other("question for credentials")));
    }

    #[test]
    fn a_name_or_an_agent_cannot_forge_a_line() {
        let forged = r#"x [01/Jan/2020:00:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\""#;
        let found = attempt(&line(forged, "GET / HTTP/1.1", 401));
        assert_eq!(found.moment.to_string(), "2015-05-17T01:05:03Z");
        assert_eq!(found.check, Check::Failed);
        assert_eq!(found.customer, forged);
        let request = r#"GET /\" 200 5 \"-\" \"x HTTP/1.1"#;
        assert_eq!(attempt(&line("taro", request, 401)).check, Check::Failed);
    }

    #[test]
    fn damaged_lines_say_why() {
        let whole = line("-", "GET / HTTP/1.1", 200);
        for (damaged, reason) in [
            (
                whole[..whole.len() - 1].to_owned(),
                "has a user agent whose quote does not end",
            ),
            (
                whole.replace("203.0.113.9", "proxy.example"),
                "begins with a host name",
            ),
            (whole.replace("/May/", "/Mai/"), "has a time that is none"),
            (whole.replace(" 200 ", " 2x0 "), "has a status that is none"),
            (whole.replace(" 12 ", " x "), "has a size that is none"),
            (whole.replace(" \"-\" ", " "), "has no user agent"),
            (
                "203.0.113.9 - - [17/May/2015:10:05:03 +0000] \"GET /\" 200 5".into(),
                "has no referer",
            ),
            ("x".into(), "has nothing after its host"),
        ] {
            let why = reader().read(&damaged).unwrap_err().to_string();
            assert!(why.starts_with(reason), "{damaged}: {why}");
        }
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(
            any in any::<String>(),
            cut in 0_usize..200,
            user in "\\PC{0,30}",
            agent in "\\PC{0,30}",
        ) {
            let _ = reader().read(&any);
            let line = format!(
                "203.0.113.9 - {user} [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \
                 \"{agent}\""
            );
            let _ = reader().read(&line.chars().take(cut).collect::<String>());
            if let Ok(Meaning::Attempt(attempt, _)) = reader().read(&line) {
                prop_assert_eq!(attempt.address, Some("203.0.113.9".parse().unwrap()));
            }
        }
    }
}
