//! The public login data set of risk-based authentication (Wiefling et al. 2022, CC BY 4.0), as
//! CSV.
//!
//! Columns are found by their names in the header, so that an extract with fewer or other columns
//! can be read. Times carry no zone and are taken as UTC unless another offset is given.
//!
//! **Invariant:** a record has exactly the fields of the header; a quote that does not end spoils
//! its own line and no other.

use std::borrow::Cow;

use sekisho_core::judge::Check;
use sekisho_core::moment::Moment;
use sekisho_core::proof::Method;
use time::macros::format_description;
use time::{PrimitiveDateTime, UtcOffset};

use crate::judge::recorded::{Malformed, Meaning, Recorded, reference_of};
use crate::nearest::nearest;

const TIMESTAMP: &str = "Login Timestamp";
const USER: &str = "User ID";
const ADDRESS: &str = "IP Address";
const AGENT: &str = "User Agent String";
const SUCCESSFUL: &str = "Login Successful";
const ATTACK: &str = "Is Attack IP";
const TAKEOVER: &str = "Is Account Takeover";

/// Where the columns are.
#[derive(Clone, Debug)]
pub struct Rba {
    fields: usize,
    timestamp: usize,
    user: usize,
    address: usize,
    agent: usize,
    successful: usize,
    attack: Option<usize>,
    takeover: Option<usize>,
    offset: UtcOffset,
}

impl Rba {
    /// Finds the columns in the header line.
    ///
    /// # Errors
    /// A sentence that names the columns that are missing.
    pub fn of_header(header: &str, offset: UtcOffset) -> Result<Self, String> {
        let names = fields(header).map_err(|why| format!("the header {why}"))?;
        let at = |name: &str| names.iter().position(|found| found.trim() == name);
        let mut missing = Vec::new();
        let mut needed = |name: &'static str| {
            at(name).unwrap_or_else(|| {
                let near = nearest(name, names.iter().map(AsRef::as_ref));
                missing.push(match near {
                    Some(near) => format!("{name:?} (there is {near:?})"),
                    None => format!("{name:?}"),
                });
                0
            })
        };
        let rba = Self {
            fields: names.len(),
            timestamp: needed(TIMESTAMP),
            user: needed(USER),
            address: needed(ADDRESS),
            agent: needed(AGENT),
            successful: needed(SUCCESSFUL),
            attack: at(ATTACK),
            takeover: at(TAKEOVER),
            offset,
        };
        if missing.is_empty() {
            Ok(rba)
        } else {
            Err(format!(
                "the first line is not the header of the data set: it lacks {}",
                missing.join(", ")
            ))
        }
    }

    /// What a line means.
    ///
    /// # Errors
    /// When a field is missing or is not of its kind.
    pub fn read(&self, line: &str) -> Result<Meaning, Malformed> {
        if line.trim().is_empty() {
            return Ok(Meaning::Other("empty line"));
        }
        let fields = fields(line)?;
        if fields.len() != self.fields {
            return Err(Malformed::because(format!(
                "has {} fields, the header has {}",
                fields.len(),
                self.fields
            )));
        }
        let field = |at: usize| fields.get(at).map_or("", AsRef::as_ref);
        let flag = |at: Option<usize>| at.map_or(Ok(false), |at| truth(field(at)));
        let user = field(self.user);
        if user.is_empty() {
            return Err("has no user".into());
        }
        let moment = self
            .moment(field(self.timestamp))
            .ok_or("has a time that is none")?;
        let address = field(self.address)
            .parse()
            .map_err(|_| "has an address that is none")?;
        let successful = truth(field(self.successful))?;
        let label = match (flag(self.takeover)?, flag(self.attack)?) {
            (true, _) => "account_takeover",
            (false, true) => "attack_address",
            (false, false) => "ordinary",
        };
        let labelled = self.attack.is_some() || self.takeover.is_some();
        let agent = field(self.agent);
        let recorded = Recorded {
            customer: user.to_owned(),
            reference: reference_of(user),
            moment,
            address: Some(address),
            user_agent: (!agent.is_empty()).then(|| agent.to_owned()),
            device: None,
            operation: None,
            verified: if successful {
                vec![Method::Password]
            } else {
                Vec::new()
            },
            check: if successful {
                Check::Passed
            } else {
                Check::Failed
            },
            label: labelled.then_some(label),
        };
        Ok(Meaning::Attempt(Box::new(recorded), 1))
    }

    /// `2020-02-03 12:43:30.772`; the fraction may be missing.
    fn moment(&self, text: &str) -> Option<Moment> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
        let at = PrimitiveDateTime::parse(whole, form).ok()?;
        let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || fraction.len() > 9 || text.ends_with('.') {
            return None;
        }
        let micros: i64 = format!("{fraction:0<9}").get(..6)?.parse().ok()?;
        let at = at.assume_offset(self.offset).unix_timestamp();
        Some(Moment(
            Moment::from_unix_seconds(at).0.saturating_add(micros),
        ))
    }
}

fn truth(text: &str) -> Result<bool, Malformed> {
    match text {
        "True" | "true" | "1" => Ok(true),
        "False" | "false" | "0" => Ok(false),
        _ => Err("has a yes or no that is neither True nor False".into()),
    }
}

/// The fields of one line of CSV (RFC 4180): quoted where they hold a comma, a quote doubled.
fn fields(line: &str) -> Result<Vec<Cow<'_, str>>, Malformed> {
    let mut found = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted(inside)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        found.push(field);
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None if after.is_empty() => return Ok(found),
            None => return Err("has text behind a quoted field".into()),
        }
    }
}

fn quoted(inside: &str) -> Result<(Cow<'_, str>, &str), Malformed> {
    let mut from = 0;
    loop {
        let at = inside[from..]
            .find('"')
            .ok_or("has a quote that does not end")?;
        let end = from + at;
        if inside[end + 1..].starts_with('"') {
            from = end + 2;
            continue;
        }
        let text = &inside[..end];
        let field = if text.contains('"') {
            Cow::Owned(text.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(text)
        };
        return Ok((field, &inside[end + 1..]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "index,Login Timestamp,User ID,Round-Trip Time [ms],IP Address,Country,\
                          Region,City,ASN,User Agent String,Browser Name and Version,\
                          OS Name and Version,Device Type,Login Successful,Is Attack IP,\
                          Is Account Takeover";

    const LINE: &str = "0,2020-02-03 12:43:30.772,-4324475583306591935,,10.0.65.171,NO,-,-,29695,\
                        \"Mozilla/5.0  (iPhone, like \"\"Mac\"\" OS X, (KHTML))\",Firefox 20.0.0,\
                        iOS 13.4,mobile,False,False,False";

    fn reader() -> Rba {
        Rba::of_header(HEADER, UtcOffset::UTC).unwrap()
    }

    fn attempt(line: &str) -> Recorded {
        match reader().read(line) {
            Ok(Meaning::Attempt(attempt, 1)) => *attempt,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_line_of_the_data_set_is_an_attempt() {
        let found = attempt(LINE);
        assert_eq!(found.customer, "-4324475583306591935");
        assert_eq!(found.moment.to_string(), "2020-02-03T12:43:30.772Z");
        assert_eq!(found.address, Some("10.0.65.171".parse().unwrap()));
        assert_eq!(found.check, Check::Failed);
        assert_eq!(found.label, Some("ordinary"));
        let agent = "Mozilla/5.0  (iPhone, like \"Mac\" OS X, (KHTML))";
        assert_eq!(found.user_agent.as_deref(), Some(agent));
        let taken = attempt(&LINE.replace("False,False,False", "True,True,True"));
        assert_eq!(taken.check, Check::Passed);
        assert_eq!(taken.label, Some("account_takeover"));
        let whole_second = attempt(&LINE.replace("30.772", "30"));
        assert_eq!(whole_second.moment.to_string(), "2020-02-03T12:43:30Z");
    }

    #[test]
    fn columns_are_found_by_name_and_missing_ones_named() {
        let header = "User ID,IP Address,Login Successful,User Agent String,Login Timestamp";
        let short = Rba::of_header(header, UtcOffset::UTC).unwrap();
        let line = "7,2001:db8::1,True,,2020-02-03 12:43:30";
        let Ok(Meaning::Attempt(found, 1)) = short.read(line) else {
            panic!("{line}")
        };
        assert_eq!((found.customer.as_str(), found.label), ("7", None));
        let why = Rba::of_header("a,IP Adress,User ID", UtcOffset::UTC).unwrap_err();
        assert!(
            why.contains("\"IP Address\" (there is \"IP Adress\")"),
            "{why}"
        );
        assert!(why.contains("\"Login Timestamp\""), "{why}");
        assert!(!why.contains("\"User ID\""), "{why}");
    }

    #[test]
    fn damaged_lines_say_why() {
        for (from, to, reason) in [
            ("2020-02-03", "2020-02-30", "has a time that is none"),
            ("30.772", "30.", "has a time that is none"),
            ("10.0.65.171", "10.0.65", "has an address that is none"),
            ("False,False,False", "No,False,False", "has a yes or no"),
            ("(KHTML))\"", "(KHTML))", "has a quote that does not end"),
            (
                "(KHTML))\"",
                "(KHTML))\"x",
                "has text behind a quoted field",
            ),
            (",mobile", "", "has 15 fields, the header has 16"),
            ("-4324475583306591935", "", "has no user"),
        ] {
            let why = reader().read(&LINE.replace(from, to)).unwrap_err();
            assert!(why.to_string().starts_with(reason), "{from}: {why}");
        }
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(
            any in any::<String>(),
            commas in "[,\"x]{0,60}",
            cut in 0_usize..300,
        ) {
            let _ = reader().read(&any);
            let _ = reader().read(&commas);
            let _ = reader().read(&LINE.chars().take(cut).collect::<String>());
            let _ = Rba::of_header(&any, UtcOffset::UTC);
        }

        #[test]
        fn what_is_written_as_csv_is_read_back(
            texts in proptest::collection::vec("\\PC{0,20}", 1..6),
        ) {
            let written: Vec<_> = texts
                .iter()
                .map(|text| format!("\"{}\"", text.replace('"', "\"\"")))
                .collect();
            let line = written.join(",");
            let read = fields(&line).unwrap();
            prop_assert_eq!(read, texts);
        }
    }
}
