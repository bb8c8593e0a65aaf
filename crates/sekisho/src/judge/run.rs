//! The run: lines are understood, attempts judged through the gate in their order, verdicts
//! written.
//!
//! **Invariant:** an attempt is judged as if every line before it had been judged and none after
//! it.

use std::io::Write;
use std::net::IpAddr;

use sekisho_core::id::{ApiCredentialId, ApplicationId};
use sekisho_core::judge::Check;
use sekisho_core::outcome::Outcome;
use sekisho_core::text::Reference;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{Caller, DecisionView, Fault, Gate, JudgeRequest, Judged, RequestContext, When};
use tokio_util::sync::CancellationToken;

use super::formats::Reader;
use super::output::{Output, Row};
use super::recorded::{Meaning, Recorded};
use super::tally::{Counted, Summary, Tally};
use crate::input::Input;
use crate::lines::Line;
use crate::progress::{Progress, per_second};
use crate::turns::Turns;

/// Attempts under way at once.
const AT_ONCE: usize = 128;

/// What two attempts may have in common that the decision looks at: counts of other customers are
/// taken for addresses, devices and payout accounts, everything else is the customer's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Shared {
    Address(IpAddr),
    Customer(Reference),
    Device(String),
    PayoutAccount(String),
}

/// What is taken for true of an attempt that the log says went through and the policy wants another
/// proof for: the log cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum StepUps {
    /// The customer would have given it; the place is known from then on
    Met,
    /// The customer would not have; the place stays new
    Unmet,
}

/// An attempt with its answer.
struct Answered {
    line: u64,
    repetition: u32,
    attempt: Recorded,
    result: Result<Judged, Fault>,
}

/// Where everything goes.
pub struct Ways<W, R> {
    /// Verdicts.
    pub output: Output<W>,
    /// Lines that cannot be understood.
    pub rejects: R,
}

/// Whose log it is, and how it is understood.
pub struct Log {
    /// The application.
    pub application: ApplicationId,
    /// The format.
    pub reader: Reader,
    /// What is assumed.
    pub step_ups: StepUps,
}

/// A run under way.
pub struct Run<W, R> {
    gate: Gate,
    log: Log,
    ways: Ways<W, R>,
    turns: Turns<Shared, Answered>,
    tally: Tally,
    progress: Progress,
    bytes_read: u64,
}

impl<W: Write, R: Write> Run<W, R> {
    /// A run of `log` through `gate`.
    pub fn new(gate: Gate, log: Log, ways: Ways<W, R>) -> Self {
        Self {
            gate,
            log,
            ways,
            turns: Turns::new(AT_ONCE),
            tally: Tally::default(),
            progress: Progress::begin(None),
            bytes_read: 0,
        }
    }

    /// Judges all of `input`, or as much as comes before `stop`.
    ///
    /// # Errors
    /// When the input ends badly, a verdict cannot be written or the database fails.
    pub async fn judge(
        mut self,
        mut input: Input,
        stop: &CancellationToken,
    ) -> anyhow::Result<Summary> {
        self.progress = Progress::begin(input.bytes);
        let read = self.read_all(&mut input, stop).await;
        while read.is_ok() && self.answered().await? {}
        self.progress.clear();
        self.ways.output.flush()?;
        self.ways.rejects.flush()?;
        read?;
        let (lines, seconds) = (self.tally.lines, self.progress.seconds());
        let policy = self.gate.policy().version.clone();
        let mut summary = self.tally.summary(policy);
        summary.seconds = seconds;
        summary.lines_per_second = per_second(lines, seconds);
        summary.stopped_before_line = stop.is_cancelled().then_some(lines + 1);
        Ok(summary)
    }

    async fn read_all(
        &mut self,
        input: &mut Input,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        loop {
            let batch = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                batch = input.next_batch() => batch?,
            };
            let Some(batch) = batch else { return Ok(()) };
            for line in batch.lines {
                if stop.is_cancelled() {
                    return Ok(());
                }
                self.take(line).await?;
            }
            self.bytes_read = batch.bytes_read;
        }
    }

    async fn take(&mut self, line: Line) -> anyhow::Result<()> {
        self.tally.lines += 1;
        let number = line.number;
        let meaning = match line.text {
            Ok(text) => self.log.reader.read(&text)?,
            Err(fault) if number == 1 && self.log.reader.needs_header() => {
                return Err(crate::commands::Misuse(format!("the first line is {fault}")).into());
            }
            Err(fault) => Err(super::recorded::Malformed::because(format!("is {fault}"))),
        };
        match meaning {
            Ok(Meaning::Attempt(attempt, times)) => {
                self.tally.attempts += 1;
                for repetition in 1..=times {
                    self.begin(number, repetition, (*attempt).clone()).await?;
                }
            }
            Ok(Meaning::Other(kind)) => self.tally.skip(kind),
            Err(why) => {
                let why = why.to_string();
                self.tally.malformed(&why);
                self.progress.clear();
                writeln!(self.ways.rejects, "line {number} {why}")?;
            }
        }
        Ok(())
    }

    async fn begin(&mut self, line: u64, repetition: u32, attempt: Recorded) -> anyhow::Result<()> {
        while self.turns.full() {
            self.answered().await?;
        }
        let (touches, request) = (shared(&attempt), request(&attempt, self.log.application));
        let (gate, step_ups) = (self.gate.clone(), self.log.step_ups);
        self.turns.begin(touches, async move {
            let result = judge(&gate, request, step_ups).await;
            Answered {
                line,
                repetition,
                attempt,
                result,
            }
        });
        Ok(())
    }

    /// Writes the oldest answer; whether there was one.
    async fn answered(&mut self) -> anyhow::Result<bool> {
        let Some(answered) = self.turns.oldest().await else {
            return Ok(false);
        };
        let Answered {
            line,
            repetition,
            attempt,
            result,
        } = answered?;
        let in_line = |why: Fault| anyhow::Error::from(why).context(format!("line {line}"));
        match result.map_err(in_line)? {
            Judged::Decided(view) | Judged::Replayed(view) => {
                self.count(&attempt, &view);
                self.ways
                    .output
                    .row(&row(line, repetition, attempt, view))?;
            }
            // No attempt of a log carries a key.
            Judged::KeyReused => anyhow::bail!("line {line} was answered for another request"),
        }
        let judged = format!("{} judged", self.tally.judged);
        self.progress
            .tell(self.tally.lines, self.bytes_read, &judged);
        Ok(true)
    }

    fn count(&mut self, attempt: &Recorded, view: &DecisionView) {
        self.tally.judge(Counted {
            moment: attempt.moment,
            failed_from: attempt.address.filter(|_| attempt.check == Check::Failed),
            verdict: view.verdict,
            reasons: &view.reasons,
            label: attempt.label,
        });
    }
}

/// Judges, and reports what the log says of the rest.
async fn judge(gate: &Gate, request: JudgeRequest, step_ups: StepUps) -> Result<Judged, Fault> {
    let (application, check) = (request.application, request.check);
    let judged = gate.judge(request).await?;
    if let (Judged::Decided(view), Check::Passed, StepUps::Met) = (&judged, check, step_ups)
        && view.verdict == VerdictKind::StepUp
    {
        let caller = Caller {
            application,
            credential: ApiCredentialId([0; 16]),
            scopes: Vec::new(),
        };
        gate.outcome(&caller, view.id, Outcome::Completed, None)
            .await?;
    }
    Ok(judged)
}

fn shared(attempt: &Recorded) -> Vec<Shared> {
    let account = attempt
        .operation
        .as_ref()
        .and_then(|(_, fields)| fields.payout_account());
    let mut touches = vec![Shared::Customer(attempt.reference.clone())];
    touches.extend(attempt.address.map(Shared::Address));
    touches.extend(attempt.device.clone().map(Shared::Device));
    touches.extend(account.map(|account| Shared::PayoutAccount(account.index_text())));
    touches
}

fn request(attempt: &Recorded, application: ApplicationId) -> JudgeRequest {
    JudgeRequest {
        application,
        customer: attempt.reference.clone(),
        operation: attempt.operation.clone(),
        way: sekisho_core::known::Way::default(),
        context: RequestContext {
            address: attempt.address,
            user_agent: attempt.user_agent.clone(),
            device: attempt.device.clone(),
        },
        when: When::Recorded(attempt.moment),
        verified: attempt.verified.clone(),
        check: attempt.check,
        idempotency: None,
    }
}

fn row(line: u64, repetition: u32, attempt: Recorded, view: DecisionView) -> Row {
    let reference = attempt.reference.as_str();
    let reference = (reference != attempt.customer).then(|| reference.to_owned());
    Row {
        line,
        repetition,
        moment: attempt.moment,
        customer: attempt.customer,
        reference,
        address: attempt.address,
        act: view.act,
        verdict: view.verdict,
        requirements: view.requirements,
        reasons: view.reasons,
        decision: view.id,
        label: attempt.label,
    }
}
