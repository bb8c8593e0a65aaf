//! `sekisho sweep operations`: which operations of a time were done from a place that was not the
//! customer's, and who else was there.
//!
//! **Invariant:** the digest in the record is that of exactly the bytes on standard output.

use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::sweep::{Finding, HEADER, Swept};
use sekisho_gate::{CasesOpened, Gate, Sweep, SweepQuestion, SweepTally};

use super::{Opening, Output, ground, moment, telling};
use crate::arguments::{Place, SweepArguments};
use crate::commands::staff::{claimed, done};
use crate::commands::{Ended, Failure, Misuse};
use crate::judge::output::Form;
use crate::progress::Progress;

/// Sweeps.
pub async fn run(gate: &Gate, arguments: SweepArguments) -> Result<Ended, Failure> {
    let question = question(gate, &arguments).await?;
    let ground = ground(&arguments.to.reason)?;
    super::archived(gate, question.from).await?;
    let claim = claimed(&arguments.to.by)?;
    let sweep = done(gate.sweep(&claim, question, ground).await?)?;
    let only: Vec<_> = only(&arguments).collect();
    let progress = Progress::begin(None);
    let cases: Vec<_> = arguments.cases.iter().copied().map(Finding::from).collect();
    let opening = Opening {
        cases: &cases,
        telling: telling(arguments.ask),
    };
    let form = arguments.to.out;
    let out = Output::begin((form == Form::Csv).then_some(HEADER))?;
    let done = written(sweep, (out, form), &only, &opening).await?;
    told(&done.tally, progress.seconds());
    super::told(&done.cases);
    Ok(Ended::Done)
}

fn only(arguments: &SweepArguments) -> impl Iterator<Item = Finding> {
    arguments.only.iter().copied().map(Finding::from)
}

async fn question(gate: &Gate, arguments: &SweepArguments) -> Result<SweepQuestion, Failure> {
    let policy = gate.policy();
    let kind = |word: &String| {
        let kind = OperationKind::parse(word).filter(|kind| policy.operation.contains_key(kind));
        kind.ok_or_else(|| {
            let words: Vec<_> = policy.operation.keys().map(OperationKind::as_str).collect();
            Misuse(format!("--kind must be one of {}", words.join(", ")))
        })
    };
    let mut kinds = arguments
        .kinds
        .iter()
        .map(kind)
        .collect::<Result<Vec<_>, _>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    if let Some(id) = arguments.application
        && gate.application(id).await?.is_none()
    {
        return Err(Misuse(format!("there is no application {id}")).into());
    }
    let from = moment("--from", &arguments.from)?;
    let until = arguments
        .until
        .as_deref()
        .map(|text| moment("--until", text));
    let until = until.transpose()?.unwrap_or_else(|| gate.now());
    if until <= from {
        return Err(Misuse("--until must lie after --from".to_owned()).into());
    }
    let mut places = arguments.places.clone();
    if places.is_empty() {
        places = vec![Place::Address, Place::Device];
    }
    places.dedup();
    Ok(SweepQuestion {
        kinds,
        from,
        until,
        application: arguments.application,
        traits: places.into_iter().map(Into::into).collect(),
        look: arguments.look.look(),
        only: only(arguments).map(Finding::word).collect(),
    })
}

/// What came of a sweep.
pub struct Done {
    /// How many of what were found.
    pub tally: SweepTally,
    /// What was opened.
    pub cases: CasesOpened,
    /// Of what was written.
    pub digest: Digest,
}

/// Writes every page as it comes, opens cases, and ends the sweep with the digest of what was
/// written.
pub async fn written(
    mut sweep: Sweep,
    (mut out, form): (Output, Form),
    only: &[Finding],
    opening: &Opening<'_, Finding>,
) -> Result<Done, Failure> {
    let told = pages(&mut sweep, (&mut out, form), only, opening).await;
    let (told, handed, digest) = out.end(told);
    let ended = sweep.end(handed, digest).await;
    // Why it was cut comes before why that could not be noted.
    let (cases, tally) = (told?, ended?);
    Ok(Done {
        tally,
        cases,
        digest,
    })
}

async fn pages(
    sweep: &mut Sweep,
    (out, form): (&mut Output, Form),
    only: &[Finding],
    opening: &Opening<'_, Finding>,
) -> Result<CasesOpened, Failure> {
    let mut progress = Progress::begin(None);
    let mut cases = CasesOpened::default();
    while let Some(page) = sweep.next().await? {
        // Who is in a page gets a case whether or not somebody reads the line.
        let opened = sweep.open_cases(&page, opening.cases, opening.telling);
        cases = cases.and(opened.await?);
        let wanted = |swept: &&Swept| only.is_empty() || only.contains(&swept.finding);
        let mut lines = page.iter().filter(wanted).map(|swept| line(swept, form));
        lines.try_for_each(|line| out.write(&line))?;
        let tally = sweep.tally();
        progress.tell(tally.all(), 0, &format!("{}", tally.json()));
    }
    Ok(cases)
}

fn told(tally: &SweepTally, seconds: f64) {
    eprintln!("{} operations in {seconds:.2} s", tally.all());
    for (finding, count) in Finding::ALL.iter().zip(tally.found).rev() {
        eprintln!("  {:<8} {count}", finding.word());
    }
}

fn line(swept: &Swept, form: Form) -> String {
    match form {
        Form::Ndjson => format!("{}\n", swept.json()),
        Form::Csv => swept.csv(),
    }
}
