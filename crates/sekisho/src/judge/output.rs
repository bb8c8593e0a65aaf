//! Verdicts as lines: JSON or CSV.
//!
//! **Invariant:** each judged attempt is one line, with what is needed to find it in the log and in
//! the store again.

use std::io::{self, Write};
use std::net::IpAddr;

use sekisho_core::id::DecisionId;
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::text::harmless;
use sekisho_core::verdict::{Requirement, VerdictKind};
use serde::Serialize;

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Comma-separated values with a header (RFC 4180).
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// A judged attempt.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The line of the log, counted from 1.
    pub line: u64,
    /// Which of the attempts that the line stands for, counted from 1.
    pub repetition: u32,
    /// When it was made.
    pub moment: Moment,
    /// The customer as written in the log.
    pub customer: String,
    /// What the store calls the customer, if that is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// From where.
    pub address: Option<IpAddr>,
    /// What was attempted.
    pub act: String,
    /// What was decided.
    pub verdict: VerdictKind,
    /// What would satisfy it.
    pub requirements: Vec<Requirement>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The decision, as it stands in the store.
    pub decision: DecisionId,
    /// What the log's keeper found out later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'static str>,
}

/// The header of CSV.
const HEADER: &str = "line,repetition,moment,customer,reference,address,act,verdict,requirements,reasons,decision,label";

/// Writes rows in a form.
#[derive(Debug)]
pub struct Output<W> {
    to: W,
    form: Form,
}

impl<W: Write> Output<W> {
    /// Begins.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(mut to: W, form: Form) -> io::Result<Self> {
        if form == Form::Csv {
            writeln!(to, "{HEADER}\r")?;
        }
        Ok(Self { to, form })
    }

    /// Writes one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, row: &Row) -> io::Result<()> {
        match self.form {
            Form::Ndjson => {
                serde_json::to_writer(&mut self.to, row)?;
                self.to.write_all(b"\n")
            }
            Form::Csv => writeln!(self.to, "{}\r", csv(row)),
        }
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn csv(row: &Row) -> String {
    let address = row.address.map(|address| address.to_string());
    let requirements: Vec<_> = row.requirements.iter().map(|need| need.word()).collect();
    let reasons: Vec<_> = row.reasons.iter().map(|reason| reason.code()).collect();
    [
        row.line.to_string(),
        row.repetition.to_string(),
        row.moment.to_string(),
        quoted(&harmless(&row.customer)),
        row.reference.clone().unwrap_or_default(),
        address.unwrap_or_default(),
        row.act.clone(),
        row.verdict.word().to_owned(),
        requirements.join(" "),
        reasons.join(" "),
        row.decision.to_string(),
        row.label.unwrap_or_default().to_owned(),
    ]
    .join(",")
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(customer: &str) -> Row {
        Row {
            line: 7,
            repetition: 1,
            moment: Moment::from_unix_seconds(0),
            customer: customer.into(),
            reference: None,
            address: None,
            act: "sign_in".into(),
            verdict: VerdictKind::Refuse,
            requirements: vec![Requirement::SecondFactor],
            reasons: vec![Reason::CredentialMismatch, Reason::AddressNew],
            decision: DecisionId([0; 16]),
            label: None,
        }
    }

    fn written(form: Form, customer: &str) -> String {
        let mut output = Output::begin(Vec::new(), form).unwrap();
        output.row(&row(customer)).unwrap();
        String::from_utf8(output.to).unwrap()
    }

    #[test]
    fn a_name_breaks_no_line_and_is_no_formula() {
        for (name, field) in [
            ("root", "root"),
            ("-4324475583306591935", "-4324475583306591935"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
        ] {
            let text = written(Form::Csv, name);
            let line = text.lines().nth(1).unwrap();
            let expected = format!(
                "7,1,1970-01-01T00:00:00Z,{field},,,sign_in,refuse,second_factor,\
                 credential_mismatch address_new,dec_00000000000000000000000000,"
            );
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn json_has_words_and_no_empty_extras() {
        let line = written(Form::Ndjson, "a\nb");
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["customer"], "a\nb");
        assert_eq!(value["verdict"], "refuse");
        assert_eq!(value["reasons"][0], "credential_mismatch");
        assert_eq!(value.get("label"), None);
        assert_eq!(line.lines().count(), 1);
    }
}
