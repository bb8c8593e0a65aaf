//! `sekisho incident`: stop, list, sweep, open cases, ask customers, report.
//!
//! **Invariant:** whatever can be wrong with what was asked is said before anything is done, and
//! every file of the folder is named in the signed report with its digest.

mod report;
mod verify;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::id::StopId;
use sekisho_core::known::{StopMessage, StopScope, Word};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sighting::TraitKind;
use sekisho_core::stop::NewStop;
use sekisho_core::sweep::{Finding, Look, Suspicion};
use sekisho_core::text::Line;
use sekisho_core::thaw::Ground;
use sekisho_gate::{
    CasesOpened, Gate, StaffClaim, StopAnswer, SweepQuestion, SweepTally, WithdrawalQuestion,
};

use super::staff::{UNPROVED, claimed, done};
use super::sweep::{Opening, Output, archived, ground, moment, operations, telling, withdrawals};
use super::{Ended, Failure, Misuse};
use crate::arguments::{IncidentArguments, IncidentCommand};
use crate::judge::output::Form;
use crate::progress::Progress;

const OPERATIONS: &str = "operations.ndjson";
const WITHDRAWALS: &str = "withdrawals.ndjson";
const FOR_PEOPLE: &str = "report.md";
const SIGNED: &str = "report.jws";

/// Answers, or verifies.
pub async fn run(gate: &Gate, command: IncidentCommand) -> Result<Ended, Failure> {
    match command {
        IncidentCommand::Answer(arguments) => answer(gate, &arguments).await,
        IncidentCommand::Verify { folder } => verify::run(gate, &folder).await,
    }
}

/// What was asked, once it was understood.
struct Asked {
    claim: StaffClaim,
    name: String,
    ground: Ground,
    stops: Vec<NewStop>,
    kinds: Vec<OperationKind>,
    from: Moment,
    until: Moment,
    cases: Vec<Finding>,
    ask: bool,
}

/// What was done, and how long each step took.
struct Answered {
    stops: Vec<StopId>,
    stopped: f64,
    operations: SweepTally,
    operation_cases: CasesOpened,
    operation_seconds: f64,
    withdrawals: [u64; Suspicion::ALL.len()],
    withdrawal_cases: CasesOpened,
    withdrawal_seconds: f64,
    files: Vec<(&'static str, Digest)>,
}

async fn answer(gate: &Gate, arguments: &IncidentArguments) -> Result<Ended, Failure> {
    let mut asked = understood(gate, arguments)?;
    let folder = arguments.folder.as_path();
    if folder.exists() {
        let text = format!(
            "there is {} already; name a folder that is new",
            folder.display()
        );
        return Err(Misuse(text).into());
    }
    archived(gate, asked.from).await?;
    let began = Progress::begin(None);
    let (stops, stopped) = stop(gate, &asked).await?;
    // What landed before the last stop is looked at, too.
    asked.until = gate.now();
    let at = Progress::begin(None);
    let operations = sweep(gate, &asked, folder).await?;
    let operation_seconds = at.seconds();
    for (finding, count) in Finding::ALL.iter().zip(operations.tally.found).rev() {
        eprintln!("     {:<8} {count}", finding.word());
    }
    told(2, operation_seconds, OPERATIONS, &operations.cases);
    let at = Progress::begin(None);
    let withdrawals = match_withdrawals(gate, &asked, folder).await?;
    let withdrawal_seconds = at.seconds();
    for (suspicion, count) in Suspicion::ALL.iter().zip(withdrawals.found).rev() {
        eprintln!("     {:<8} {count}", suspicion.word());
    }
    told(3, withdrawal_seconds, WITHDRAWALS, &withdrawals.cases);
    let answered = Answered {
        stops,
        stopped,
        operations: operations.tally,
        operation_cases: operations.cases,
        operation_seconds,
        withdrawals: withdrawals.found,
        withdrawal_cases: withdrawals.cases,
        withdrawal_seconds,
        files: vec![
            (OPERATIONS, operations.digest),
            (WITHDRAWALS, withdrawals.digest),
        ],
    };
    let seconds = began.seconds();
    let reported = report::Reported {
        asked: &asked,
        answered: &answered,
        seconds,
    };
    let people = reported.people(arguments.language);
    write(folder, FOR_PEOPLE, &people)?;
    let report = reported.json(Digest::of(people.as_bytes()));
    let signed = gate.sign_incident(&asked.claim, &report, asked.ground.clone());
    write(folder, SIGNED, &done(signed.await?)?)?;
    eprintln!(
        "{seconds:8.2} s  all of it; the report is {}",
        folder.join(FOR_PEOPLE).display()
    );
    Ok(Ended::Done)
}

fn told(step: u8, seconds: f64, file: &str, cases: &CasesOpened) {
    let CasesOpened {
        opened,
        already,
        messages,
        failed,
    } = cases;
    eprintln!(
        "{seconds:8.2} s  {step}. {file}: {opened} cases opened, {already} were there, \
         {messages} messages queued"
    );
    if *failed > 0 {
        eprintln!("     {failed} cases could NOT be opened: run it again with --no-stop");
    }
}

/// A folder that nobody else reads.
fn new_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(folder);
    made.with_context(|| {
        let folder = folder.display();
        format!(
            "what was stopped is stopped, but the folder {folder} cannot be made: run it again \
             with --no-stop"
        )
    })
}

/// A new file in it, likewise.
fn new_file(folder: &Path, name: &str) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(folder.join(name));
    file.with_context(|| format!("{name} cannot be made"))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let written = new_file(folder, name)?.write_all(text.as_bytes());
    written.with_context(|| format!("{name} cannot be written"))
}

fn understood(gate: &Gate, arguments: &IncidentArguments) -> Result<Asked, Failure> {
    let policy = gate.policy();
    let kind = |word: &String| {
        let kind = OperationKind::parse(word).filter(|kind| policy.operation.contains_key(kind));
        kind.ok_or_else(|| {
            let words: Vec<_> = policy.operation.keys().map(OperationKind::as_str).collect();
            Misuse(format!("--kind must be one of {}", words.join(", ")))
        })
    };
    let kinds = arguments.kinds.iter().map(kind);
    let mut kinds = kinds.collect::<Result<Vec<_>, _>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    let until = gate.now();
    let from = arguments.from.as_deref();
    let from = from.map(|text| moment("--from", text)).transpose()?;
    let from = from.unwrap_or_else(|| until.minus(Span::days(70)));
    if until <= from {
        return Err(Misuse("--from must lie in the past".to_owned()).into());
    }
    let mut cases: Vec<_> = arguments.cases.iter().copied().map(Into::into).collect();
    if cases.is_empty() {
        cases = vec![Finding::Touched, Finding::Reported];
    }
    let ground = ground(&arguments.reason)?;
    let stops = stops(arguments, &kinds, &ground)?;
    Ok(Asked {
        claim: claimed(&arguments.by)?,
        name: arguments.by.name.clone(),
        ground,
        stops,
        kinds,
        from,
        until,
        cases,
        ask: arguments.ask,
    })
}

fn stops(
    arguments: &IncidentArguments,
    kinds: &[OperationKind],
    ground: &Ground,
) -> Result<Vec<NewStop>, Failure> {
    let (Some(ja), Some(en)) = (&arguments.message_ja, &arguments.message_en) else {
        return Ok(Vec::new());
    };
    let line =
        |option, text: &str| Line::parse(text).map_err(|why| Misuse(format!("{option} {why}")));
    let message = StopMessage {
        ja: line("--message-ja", ja)?,
        en: line("--message-en", en)?,
    };
    let channel = arguments.channel.as_deref().map(|text| {
        let wrong = "--channel has 1 to 40 of a-z, 0-9, _ and -, and starts with a letter";
        Word::parse(text).ok_or_else(|| Misuse(wrong.to_owned()))
    });
    let channel = channel.transpose()?;
    let mut left: Vec<_> = arguments.left.iter().copied().map(Into::into).collect();
    left.sort_unstable();
    left.dedup();
    let stop = |kind: &OperationKind| NewStop {
        scope: StopScope {
            kind: Some(kind.clone()),
            channel: channel.clone(),
            ..StopScope::default()
        },
        reason: ground.clone(),
        message: message.clone(),
        left: left.clone(),
        begins: None,
        ends: None,
    };
    Ok(kinds.iter().map(stop).collect())
}

async fn stop(gate: &Gate, asked: &Asked) -> Result<(Vec<StopId>, f64), Failure> {
    let at = Progress::begin(None);
    let mut made = Vec::with_capacity(asked.stops.len());
    for stop in &asked.stops {
        let kind = stop.scope.kind.as_ref().map_or("", |kind| kind.as_str());
        let still = || match made.len() {
            0 => "nothing was stopped".to_owned(),
            _ => format!("what was told is stopped, {kind} and what follows it are not"),
        };
        let answer = gate.stop(&asked.claim, stop.clone()).await;
        match answer.with_context(still)? {
            StopAnswer::Done(id) => {
                let seconds = at.seconds();
                eprintln!("{seconds:8.2} s  1. {id}: {kind} is stopped, on every node from now on");
                made.push(id);
            }
            StopAnswer::Refused(reason) => {
                return Err(Misuse(format!("{}: {}", still(), reason.sentence())).into());
            }
            StopAnswer::Unproved => return Err(Misuse(UNPROVED.to_owned()).into()),
            StopAnswer::Proposed(_) | StopAnswer::Unknown => anyhow::bail!(still()),
        }
    }
    Ok((made, at.seconds()))
}

async fn sweep(gate: &Gate, asked: &Asked, folder: &Path) -> Result<operations::Done, Failure> {
    let question = SweepQuestion {
        kinds: asked.kinds.clone(),
        from: asked.from,
        until: asked.until,
        application: None,
        traits: vec![TraitKind::Address, TraitKind::Device],
        look: Look::USUAL,
        only: Vec::new(),
    };
    let begun = gate.sweep(&asked.claim, question, asked.ground.clone());
    // Whoever is not who they say leaves no folder behind.
    let begun = done(begun.await?)?;
    new_folder(folder)?;
    let opening = Opening {
        cases: &asked.cases,
        telling: telling(asked.ask),
    };
    let out = Output::to(Box::new(new_file(folder, OPERATIONS)?));
    let out = (out, Form::Ndjson);
    operations::written(begun, out, &[], &opening).await
}

async fn match_withdrawals(
    gate: &Gate,
    asked: &Asked,
    folder: &Path,
) -> Result<withdrawals::Done, Failure> {
    let question = WithdrawalQuestion {
        from: asked.from,
        until: asked.until,
        back: Span::days(90),
        traits: vec![TraitKind::Address, TraitKind::Device],
        look: Look::USUAL,
        only: Vec::new(),
    };
    let begun = gate.sweep_withdrawals(&asked.claim, question, asked.ground.clone());
    let opening = Opening {
        cases: &[Suspicion::Alarm],
        telling: telling(asked.ask),
    };
    let out = Output::to(Box::new(new_file(folder, WITHDRAWALS)?));
    let out = (out, Form::Ndjson);
    withdrawals::written(done(begun.await?)?, out, &[], &opening).await
}
