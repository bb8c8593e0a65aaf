//! `sekisho sweep operations`: which operations of a time were done from a place that was not the
//! customer's, and who else was there.
//!
//! **Invariant:** the digest in the record is that of exactly the bytes on standard output.

use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::moment::Span;
use sekisho_core::sweep::{Finding, Look, MOST_COUNTED, PlaceKnown, Swept};
use sekisho_gate::{CasesOpened, Gate, Sweep, SweepQuestion, SweepTally};
use serde_json::{Value, json};

use super::{Opening, Output, ground, moment, of_seen, telling};
use crate::arguments::{Place, SweepArguments};
use crate::commands::staff::{claimed, done};
use crate::commands::{Ended, Failure, Misuse};
use crate::judge::output::{Form, harmless};
use crate::progress::Progress;

const HEADER: &str = "decision,at,act,customer,reference,finding,place,value,place_finding,\
own_first_success,own_successes,own_failures,others,named\r\n";

/// Sweeps.
pub async fn run(gate: &Gate, arguments: SweepArguments) -> Result<Ended, Failure> {
    let question = question(gate, &arguments).await?;
    let ground = ground(&arguments.to.reason)?;
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
        look: Look {
            familiar: Span::hours(i64::from(arguments.familiar_hours)),
            settled: Span::days(i64::from(arguments.settled_days)),
            shared_from: u32::from(arguments.shared_from),
        },
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
    let mut progress = Progress::begin(None);
    let mut written = Ok(());
    let mut cases = CasesOpened::default();
    while written.is_ok()
        && let Some(page) = sweep.next().await?
    {
        let wanted = |swept: &&Swept| only.is_empty() || only.contains(&swept.finding);
        let mut lines = page.iter().filter(wanted).map(|swept| lines(swept, form));
        written = lines.try_for_each(|lines| out.write(&lines));
        let opened = sweep.open_cases(&page, opening.cases, opening.telling);
        cases = cases.and(opened.await?);
        let tally = sweep.tally();
        progress.tell(tally.all(), 0, &format!("{}", tally.json()));
    }
    let (digest, flushed) = out.end();
    let tally = sweep.end(digest).await?;
    written.and(flushed).map(|()| Done {
        tally,
        cases,
        digest,
    })
}

fn told(tally: &SweepTally, seconds: f64) {
    eprintln!("{} operations in {seconds:.2} s", tally.all());
    for (finding, count) in Finding::ALL.iter().zip(tally.found).rev() {
        eprintln!("  {:<8} {count}", finding.word());
    }
}

fn lines(swept: &Swept, form: Form) -> String {
    match form {
        Form::Ndjson => format!("{}\n", object(swept)),
        Form::Csv if swept.places.is_empty() => csv(swept, None),
        Form::Csv => swept
            .places
            .iter()
            .map(|place| csv(swept, Some(place)))
            .collect(),
    }
}

pub(super) fn object(swept: &Swept) -> Value {
    let access = &swept.procedure.access;
    let places: Vec<_> = swept
        .places
        .iter()
        .map(|(place, finding)| of_place(place, *finding))
        .collect();
    json!({
        "decision": access.decision.to_string(),
        "at": access.at,
        "act": access.act,
        "customer": access.customer.to_string(),
        "reference": swept.procedure.reference.as_str(),
        "application": access.application.map(|id| id.to_string()),
        "finding": swept.finding,
        "places": places,
    })
}

fn of_place(place: &PlaceKnown, finding: Finding) -> Value {
    let named: Vec<_> = place
        .named
        .iter()
        .map(|other| {
            let mut value = of_seen(&other.seen);
            value["customer"] = other.customer.to_string().into();
            value["reference"] = other.reference.as_str().into();
            value
        })
        .collect();
    json!({
        "place": place.seen.kind,
        "value": place.seen.text(),
        "finding": finding,
        "own": place.own.as_ref().map(of_seen),
        "others": place.others,
        "others_at_least": place.others >= MOST_COUNTED,
        "others_since": place.crowd.first,
        "others_failing": place.crowd.failing,
        "others_read": place.crowd.read,
        "named": named,
    })
}

/// A line of CSV (RFC 4180). No cell of it can hold a comma or a quote: references, ids, words,
/// moments and addresses only.
fn csv(swept: &Swept, place: Option<&(PlaceKnown, Finding)>) -> String {
    let access = &swept.procedure.access;
    let mut cells = vec![
        access.decision.to_string(),
        access.at.to_string(),
        access.act.word(),
        access.customer.to_string(),
        harmless(swept.procedure.reference.as_str()),
        swept.finding.word().to_owned(),
    ];
    if let Some((place, finding)) = place {
        let own = place.own.as_ref();
        let first = own.and_then(|own| own.first_success);
        let named: Vec<_> = place
            .named
            .iter()
            .map(|other| other.reference.as_str())
            .collect();
        cells.extend([
            place.seen.kind.word().to_owned(),
            place.seen.text(),
            finding.word().to_owned(),
            first.map(|at| at.to_string()).unwrap_or_default(),
            own.map(|own| own.successes.to_string()).unwrap_or_default(),
            own.map(|own| own.failures.to_string()).unwrap_or_default(),
            place.others.to_string(),
            harmless(&named.join(" ")),
        ]);
    } else {
        cells.resize(14, String::new());
    }
    format!("{}\r\n", cells.join(","))
}
