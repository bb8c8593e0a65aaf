//! `sekisho sweep procedures`: which procedures of a list that another system kept were done from a
//! place that was not the customer's, and who else was there.
//!
//! **Invariant:** a list with a wrong line is refused as a whole, each of its wrong lines told,
//! before anything is looked up.

use std::io::Read;
use std::net::IpAddr;
use std::path::Path;

use anyhow::Context as _;
use sekisho_core::context::Address;
use sekisho_core::moment::Moment;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Finding, HEADER, MOST_LISTED};
use sekisho_core::text::Reference;
use sekisho_gate::{Gate, ListedQuestion, ListedRow, ListedSweep, SweepTally};

use super::{Output, ground, one_input};
use crate::arguments::ListedArguments;
use crate::commands::staff::{claimed, done};
use crate::commands::{Ended, Failure, Misuse};
use crate::judge::output::Form;
use crate::progress::Progress;

/// Bytes of a list that are read: [`MOST_LISTED`] rows of a usual width.
const LONGEST: u64 = 64 << 20;

/// Wrong lines that are told one by one.
const TOLD: usize = 20;

/// The columns that are needed.
const COLUMNS: [&str; 3] = ["reference", "at", "address"];

/// Sweeps.
pub async fn run(gate: &Gate, arguments: ListedArguments) -> Result<Ended, Failure> {
    let ground = ground(&arguments.to.reason)?;
    one_input(&arguments.file, &arguments.to.by)?;
    let rows = parsed(open(&arguments.file)?)?;
    let claim = claimed(&arguments.to.by)?;
    let only: Vec<Finding> = arguments.only.iter().copied().map(Into::into).collect();
    let question = ListedQuestion {
        rows,
        traits: vec![if arguments.network {
            TraitKind::Network
        } else {
            TraitKind::Address
        }],
        look: arguments.look.look(),
        only: only.iter().map(|finding| finding.word()).collect(),
    };
    let sweep = done(gate.sweep_listed(&claim, question, ground).await?)?;
    let progress = Progress::begin(None);
    let (tally, unknown) = written(sweep, &only, arguments.to.out).await?;
    eprintln!("{} procedures in {:.2} s", tally.all(), progress.seconds());
    for (finding, count) in Finding::ALL.iter().zip(tally.found).rev() {
        eprintln!("  {:<8} {count}", finding.word());
    }
    if unknown > 0 {
        eprintln!("{unknown} of them have a reference that no customer has here");
    }
    Ok(Ended::Done)
}

fn open(file: &Path) -> Result<Box<dyn Read>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let opened = std::fs::File::open(file);
    Ok(Box::new(opened.with_context(|| {
        format!("{} cannot be read", file.display())
    })?))
}

/// The rows of a list.
fn parsed(from: Box<dyn Read>) -> Result<Vec<ListedRow>, Failure> {
    let mut bounded = from.take(LONGEST + 1);
    let mut text = Vec::new();
    bounded
        .read_to_end(&mut text)
        .context("the list cannot be read")?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LONGEST {
        return Err(Misuse("the list has more than 64 MiB".to_owned()).into());
    }
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    let mut list = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text);
    let header = list.headers().context("the list is no CSV in UTF-8")?;
    let column = |name: &&str| {
        header
            .iter()
            .position(|cell| cell.eq_ignore_ascii_case(name))
    };
    let Some(columns) = COLUMNS.iter().map(column).collect::<Option<Vec<_>>>() else {
        let wanted = COLUMNS.join(", ");
        let text = format!("the first line of the list must name the columns {wanted}");
        return Err(Misuse(text).into());
    };
    let (mut rows, mut wrong) = (Vec::new(), 0_u64);
    let (mut line, mut counted) = (1_u64, 0);
    for record in list.records() {
        let record = record.context("the list is no CSV in UTF-8")?;
        let begins = record.position().map_or(0, csv::Position::byte);
        let begins = usize::try_from(begins).unwrap_or(usize::MAX);
        // For the reader a line begins before the line feed of a CRLF and before blank lines.
        let rest = text.get(begins..).unwrap_or_default();
        let feed = rest
            .iter()
            .take_while(|byte| b"\r\n".contains(byte))
            .count();
        let passed = text.get(counted..begins + feed).unwrap_or_default();
        line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        counted = begins + feed;
        let cell = |number: usize| columns.get(number).and_then(|at| record.get(*at));
        match row(line, [cell(0), cell(1), cell(2)]) {
            Ok(row) => rows.push(row),
            Err(why) => {
                wrong += 1;
                if wrong <= TOLD as u64 {
                    eprintln!("line {line}: {why}");
                }
            }
        }
    }
    if wrong > 0 {
        let text = format!("{wrong} lines of the list are wrong; nothing was looked up");
        return Err(Misuse(text).into());
    }
    if rows.len() > MOST_LISTED {
        let text = format!("the list has {} lines; {MOST_LISTED} at once", rows.len());
        return Err(Misuse(text).into());
    }
    Ok(rows)
}

fn row(line: u64, [reference, at, address]: [Option<&str>; 3]) -> Result<ListedRow, String> {
    let reference = Reference::parse(reference.unwrap_or_default());
    let reference = reference.map_err(|why| format!("reference {why}"))?;
    let at = Moment::parse_rfc3339(at.unwrap_or_default());
    let at = at.ok_or("at is a date and time with an offset, such as 2026-12-01T09:00:00+09:00")?;
    let address = address.unwrap_or_default().parse::<IpAddr>();
    let address = address.map_err(|_| "address is an IPv4 or IPv6 address")?;
    Ok(ListedRow {
        line,
        reference,
        at,
        address: Address::from(address),
    })
}

async fn written(
    mut sweep: ListedSweep,
    only: &[Finding],
    form: Form,
) -> Result<(SweepTally, u64), Failure> {
    let mut out = Output::begin((form == Form::Csv).then_some(HEADER))?;
    let told = pages(&mut sweep, (&mut out, form), only).await;
    let (_, unknown) = sweep.tally();
    let (told, handed, digest) = out.end(told);
    let ended = sweep.end(handed, digest).await;
    // Why it was cut comes before why that could not be noted.
    told?;
    Ok((ended?, unknown))
}

async fn pages(
    sweep: &mut ListedSweep,
    (out, form): (&mut Output, Form),
    only: &[Finding],
) -> Result<(), Failure> {
    let mut progress = Progress::begin(None);
    while let Some(page) = sweep.next().await? {
        let mut wanted = page
            .iter()
            .filter(|swept| only.is_empty() || only.contains(&swept.finding));
        wanted.try_for_each(|swept| match form {
            Form::Ndjson => out.write(&format!("{}\n", swept.json())),
            Form::Csv => out.write(&swept.csv()),
        })?;
        let (tally, _) = sweep.tally();
        progress.tell(tally.all(), 0, &format!("{}", tally.json()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Result<Vec<ListedRow>, Failure> {
        parsed(Box::new(text.as_bytes()))
    }

    #[test]
    fn columns_are_found_by_name_and_cells_may_be_quoted() {
        let rows = read(
            "\u{feff}no,Address,reference,at,note\r\n\
             1, 203.0.113.7 ,\"alice\",2026-07-01T09:00:00+09:00,\"a, b\"\r\n\
             \r\n2,2001:db8::1,bob,2026-07-02T00:00:00Z,\r\n",
        );
        let rows = rows.unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.reference.as_str(), row.address.to_string()))
            .collect();
        assert_eq!(
            told,
            [
                (2, "alice", "203.0.113.7".to_owned()),
                (4, "bob", "2001:db8::1".to_owned())
            ]
        );
        assert_eq!(rows[0].at.to_string(), "2026-07-01T00:00:00Z");
    }

    #[test]
    fn a_list_that_is_wrong_somewhere_is_refused_as_a_whole() {
        for wrong in [
            "",
            "reference,at\nalice,2026-07-01T00:00:00Z\n",
            "reference,at,address\nalice,2026-07-01,203.0.113.7\n",
            "reference,at,address\nalice,2026-07-01T00:00:00Z,example.jp\n",
            "reference,at,address\n,2026-07-01T00:00:00Z,203.0.113.7\n",
            "reference,at,address\nalice,2026-07-01T00:00:00Z\n",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
