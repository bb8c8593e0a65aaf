//! `sekisho sweep withdrawals`: each withdrawal beside the change of the payout account before it.
//!
//! **Invariant:** a withdrawal is one line, whatever was found.

use sekisho_core::bytes::Digest;
use sekisho_core::moment::Span;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Look, Matched, Suspicion, Swept};
use sekisho_core::text::harmless;
use sekisho_gate::{CasesOpened, Gate, WithdrawalQuestion, WithdrawalSweep};
use serde_json::json;

use super::{Opening, Output, ground, moment, telling};
use crate::arguments::WithdrawalArguments;
use crate::commands::staff::{claimed, done};
use crate::commands::{Ended, Failure, Misuse};
use crate::judge::output::Form;
use crate::progress::Progress;

const HEADER: &str = "suspicion,customer,reference,same_place,withdrawal,at,finding,places,\
change,change_at,change_finding,change_places\r\n";

/// Sweeps.
pub async fn run(gate: &Gate, arguments: WithdrawalArguments) -> Result<Ended, Failure> {
    let until = arguments.until.as_deref();
    let until = until.map(|text| moment("--until", text)).transpose()?;
    let until = until.unwrap_or_else(|| gate.now());
    let from = arguments.from.as_deref();
    let from = from.map(|text| moment("--from", text)).transpose()?;
    let from = from.unwrap_or_else(|| until.minus(Span::hours(24)));
    if until <= from {
        return Err(Misuse("--until must lie after --from".to_owned()).into());
    }
    let only = arguments.only.iter().copied().map(Suspicion::from);
    let only: Vec<_> = only.collect();
    let question = WithdrawalQuestion {
        from,
        until,
        back: Span::days(i64::from(arguments.back_days)),
        traits: vec![TraitKind::Address, TraitKind::Device],
        look: Look::USUAL,
        only: only.iter().copied().map(Suspicion::word).collect(),
    };
    let ground = ground(&arguments.to.reason)?;
    super::archived(gate, question.from.minus(question.back)).await?;
    let claim = claimed(&arguments.to.by)?;
    let sweep = done(gate.sweep_withdrawals(&claim, question, ground).await?)?;
    let progress = Progress::begin(None);
    let cases: Vec<_> = arguments
        .cases
        .iter()
        .copied()
        .map(Suspicion::from)
        .collect();
    let opening = Opening {
        cases: &cases,
        telling: telling(arguments.ask),
    };
    let form = arguments.to.out;
    let out = Output::begin((form == Form::Csv).then_some(HEADER))?;
    let done = written(sweep, (out, form), &only, &opening).await?;
    let found = done.found;
    let all: u64 = found.iter().sum();
    eprintln!("{all} withdrawals in {:.2} s", progress.seconds());
    for (suspicion, count) in Suspicion::ALL.iter().zip(found).rev() {
        eprintln!("  {:<8} {count}", suspicion.word());
    }
    super::told(&done.cases);
    Ok(Ended::Done)
}

/// What came of a sweep.
pub struct Done {
    /// How many there were of each, in the order of [`Suspicion::ALL`].
    pub found: [u64; Suspicion::ALL.len()],
    /// What was opened.
    pub cases: CasesOpened,
    /// Of what was written.
    pub digest: Digest,
}

/// Writes every page as it comes, opens cases, and ends the sweep with the digest of what was
/// written.
pub async fn written(
    mut sweep: WithdrawalSweep,
    (mut out, form): (Output, Form),
    only: &[Suspicion],
    opening: &Opening<'_, Suspicion>,
) -> Result<Done, Failure> {
    let told = pages(&mut sweep, (&mut out, form), only, opening).await;
    let found = sweep.tally();
    let (told, handed, digest) = out.end(told);
    let ended = sweep.end(handed, digest).await;
    // Why it was cut comes before why that could not be noted.
    let cases = told?;
    ended?;
    Ok(Done {
        found,
        cases,
        digest,
    })
}

async fn pages(
    sweep: &mut WithdrawalSweep,
    (out, form): (&mut Output, Form),
    only: &[Suspicion],
    opening: &Opening<'_, Suspicion>,
) -> Result<CasesOpened, Failure> {
    let mut progress = Progress::begin(None);
    let mut cases = CasesOpened::default();
    while let Some(page) = sweep.next().await? {
        // Who is in a page gets a case whether or not somebody reads the line.
        let opened = sweep.open_cases(&page, opening.cases, opening.telling);
        cases = cases.and(opened.await?);
        let wanted = |one: &&Matched| only.is_empty() || only.contains(&one.suspicion);
        let mut lines = page.iter().filter(wanted).map(|one| line(one, form));
        lines.try_for_each(|line| out.write(&line))?;
        progress.tell(sweep.tally().iter().sum(), 0, "withdrawals");
    }
    Ok(cases)
}

fn line(matched: &Matched, form: Form) -> String {
    let access = &matched.withdrawal.procedure.access;
    if form == Form::Ndjson {
        let value = json!({
            "suspicion": matched.suspicion,
            "same_place": matched.same,
            "withdrawal": matched.withdrawal.json(),
            "change": matched.change.as_ref().map(|change| change.json()),
        });
        return format!("{value}\n");
    }
    let mut cells = vec![
        matched.suspicion.word().to_owned(),
        access.customer.to_string(),
        harmless(matched.withdrawal.procedure.reference.as_str()),
        if matched.same { "yes" } else { "no" }.to_owned(),
    ];
    cells.extend(part(&matched.withdrawal));
    let none = || std::array::from_fn(|_| String::new());
    cells.extend(matched.change.as_ref().map_or_else(none, part));
    format!("{}\r\n", cells.join(","))
}

/// What was done, when, what was found, and where.
fn part(swept: &Swept) -> [String; 4] {
    let access = &swept.procedure.access;
    let places: Vec<_> = swept
        .places
        .iter()
        .map(|(place, _)| place.seen.text())
        .collect();
    [
        access.act.word(),
        access.at.to_string(),
        swept.finding.word().to_owned(),
        places.join(" "),
    ]
}
