//! A year of accesses, judged at their moments as an application with a login of its own reports
//! them: what was verified, what failed, and what came of it.
//!
//! Attempts at names that nobody has are left out: such an application has no customer to report.
//!
//! **Invariant:** a day is begun when the one before is committed.

use std::fmt;

use anyhow::{Context as _, bail};
use sekisho_core::access::OperationKind;
use sekisho_core::judge::Check;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::operation::Fields;
use sekisho_core::outcome::Outcome as Ended;
use sekisho_core::policy::Policy;
use sekisho_core::proof::Method;
use sekisho_core::text::Reference;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{Caller, Gate, JudgeRequest, Judged, OutcomeAnswer, RequestContext};
use sekisho_world::{Access, Act, Outcome, PayoutAccount, Target, World};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::lanes::Lanes;

/// Days between two lines of progress.
const PROGRESS_DAYS: i64 = 30;

/// What was decided.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    verdicts: [u64; 4],
    nameless: u64,
}

impl Counts {
    /// Accesses that were judged.
    pub fn judged(&self) -> u64 {
        self.verdicts.iter().sum()
    }

    fn add(&mut self, other: &Self) {
        for (all, more) in self.verdicts.iter_mut().zip(other.verdicts) {
            *all += more;
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [allow, step_up, hold, refuse] = self.verdicts;
        write!(
            f,
            "{} accesses judged (allow {allow}, step up {step_up}, hold {hold}, refuse {refuse}); \
             {} attempts at names that nobody has were left out",
            self.judged(),
            self.nameless
        )
    }
}

/// One access, ready to be judged.
struct Line {
    request: JudgeRequest,
    ended: Option<Ended>,
}

/// What a line is made from.
struct Ledger<'a> {
    world: &'a World,
    policy: &'a Policy,
    caller: &'a Caller,
}

/// Judges the whole year.
pub async fn judge(gate: &Gate, world: &World, caller: &Caller) -> anyhow::Result<Counts> {
    let policy = gate.policy();
    let ledger = Ledger {
        world,
        policy: &policy,
        caller,
    };
    let mut counts = Counts::default();
    let mut day = Lanes::default();
    let (began, length) = (gate.now(), Span::hours(24).0);
    let mut today = 0;
    for access in world.accesses() {
        let number = (access.moment - world.config().start).div_euclid(length);
        if number != today {
            counts.add(&judge_day(gate, caller, std::mem::take(&mut day)).await?);
            if number / PROGRESS_DAYS != today / PROGRESS_DAYS {
                progress(number, &counts, gate.now().since(began));
            }
            today = number;
        }
        match access.target {
            Target::Customer(index) => {
                day.add(&access, ledger.line(&access, index)?);
            }
            Target::Unknown(_) => counts.nameless += 1,
        }
    }
    counts.add(&judge_day(gate, caller, day).await?);
    Ok(counts)
}

fn progress(day: i64, counts: &Counts, took: Span) {
    let rate = i128::from(counts.judged()) * 1_000_000 / i128::from(took.0.max(1));
    eprintln!(
        "judging a year of accesses: day {day} of 365, {} judged, {rate} a second",
        counts.judged()
    );
}

async fn judge_day(gate: &Gate, caller: &Caller, day: Lanes<Line>) -> anyhow::Result<Counts> {
    let mut under_way = JoinSet::new();
    for lines in day.part() {
        let (gate, caller) = (gate.clone(), caller.clone());
        under_way.spawn(async move { judge_lines(&gate, &caller, lines).await });
    }
    let mut counts = Counts::default();
    while let Some(judged) = under_way.join_next().await {
        counts.add(&judged??);
    }
    Ok(counts)
}

async fn judge_lines(gate: &Gate, caller: &Caller, lines: Vec<Line>) -> anyhow::Result<Counts> {
    let mut counts = Counts::default();
    for Line { request, ended } in lines {
        let Judged::Decided(view) = gate.judge(request).await? else {
            bail!("an access without a key was answered from memory");
        };
        counts.verdicts[match view.verdict {
            VerdictKind::Allow => 0,
            VerdictKind::StepUp => 1,
            VerdictKind::Hold => 2,
            VerdictKind::Refuse => 3,
        }] += 1;
        if let Some(ended) = ended {
            let answer = gate.outcome(caller, view.id, ended, None).await?;
            if answer != OutcomeAnswer::Recorded {
                bail!("the outcome of a decision was not recorded: {answer:?}");
            }
        }
    }
    Ok(counts)
}

impl Ledger<'_> {
    fn line(&self, access: &Access, index: u32) -> anyhow::Result<Line> {
        let genuine = access.label.is_genuine();
        let succeeded = access.outcome == Outcome::Succeed;
        let operation = self.operation(&access.act)?;
        let mut verified = Vec::new();
        if succeeded {
            verified.push(Method::Password);
            // Customers had their telephone at hand; whoever stole a password did not.
            verified.extend(genuine.then_some(Method::SmsCode));
            verified.extend((genuine && operation.is_some()).then_some(Method::Confirmation));
        }
        let moves = matches!(
            access.act,
            Act::Withdraw { .. } | Act::ChangePayoutAccount { .. }
        );
        let user_agent = self.world.user_agent(access.user_agent);
        let request = JudgeRequest {
            way: sekisho_core::known::Way::default(),
            application: self.caller.application,
            customer: Reference::parse(&format!("C-{index:06}"))?,
            operation,
            context: RequestContext {
                address: Some(access.address),
                user_agent: Some(user_agent.text.clone()),
                device: access.device.map(|device| format!("{:016x}", device.token)),
            },
            when: sekisho_gate::When::Recorded(Moment(access.moment)),
            verified,
            check: if succeeded {
                Check::Passed
            } else {
                Check::Failed
            },
            idempotency: None,
        };
        let ended = (genuine && succeeded && moves).then_some(Ended::Completed);
        Ok(Line { request, ended })
    }

    /// The guarded operation of an act; `None` for signing in.
    fn operation(&self, act: &Act) -> anyhow::Result<Option<(OperationKind, Fields)>> {
        let yen = |yen: u32| json!({"currency": "JPY", "value": yen.to_string()});
        let account = |payee| payout(&self.world.payout_account(payee));
        let fields = match *act {
            Act::SignIn => return Ok(None),
            Act::Trade { yen: amount } => json!({ "amount": yen(amount) }),
            Act::Withdraw { payee, yen: amount } => {
                json!({"amount": yen(amount), "payee": account(payee)})
            }
            Act::ChangePayoutAccount { payee } => json!({ "payout_account": account(payee) }),
            Act::ChangeContact => json!({"contact": "mail"}),
            Act::ResetPassword => json!({"way": "mail"}),
        };
        let kind = OperationKind::parse(act.word()).context("the word of an act")?;
        let spec = self.policy.operation.get(&kind);
        let spec = spec.with_context(|| format!("the policy has no {}", act.word()))?;
        Ok(Some((kind, Fields::parse(&fields, &spec.fields)?)))
    }
}

/// A bank account as the API takes it.
pub fn payout(account: &PayoutAccount) -> Value {
    json!({
        "account_type": "ordinary",
        "bank": account.bank_code,
        "branch": account.branch_code,
        "holder": account.holder,
        "number": account.number,
    })
}
