//! Payout hijack (T-20, T-69): three customers told a thief their password and every code; the
//! thief puts one account in the place of theirs, and sends money there.
//!
//! **Invariant:** each customer's thief sits somewhere else, so that only the account joins them.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::money::{PATIENCE, Thief, YEN, mule, withdrawal};
use super::{Alerted, Drill, Needs};
use crate::run::Run;
use crate::score::Ended;
use crate::target::Person;

const ENTER: &str = "sign in with the password and the code, both told";
const CHANGE: &str = "change the payout account, the code told too";
const WITHDRAW: &str = "withdraw to the new account, the code told too";
const REPORT: &str = "the customer types the report code: this was not me";
const AGAIN: &str = "withdraw again, after the customer's report";

/// The reason for which a shared account waits for a person.
const SHARED: &str = "payout_account_shared";

pub const DRILL: Drill = Drill {
    title: "Payout hijack",
    hopes: "the money of three customers, on one account",
    does: &[
        "signs in as three customers from three strange places, with the codes from the message box",
        "changes the payout account of each to one and the same, confirmed with the code",
        "withdraws 300,000 yen there, confirmed with the code",
        "as one of the customers, types the report code of a message; tries once more as the thief",
    ],
    alerts: &["payout_account"],
    alerted: Alerted::Noted,
    needs: Needs {
        customers: 3,
        messages: true,
        token: true,
    },
};

pub async fn play(run: &mut Run) -> anyhow::Result<()> {
    let account = mule(run);
    let (mut last, mut shared) = (None, false);
    for (n, person) in (0_u32..).zip(run.people().into_iter().take(3)) {
        let mut told = run.inbox(&person.login).await?;
        let seat = run.program(20 + n, 7);
        let mut thief = Thief::new(run, &person, seat, &person.login).await?;
        let login = person.login.clone();
        if thief.enter(run, &login, ENTER).await? != Ended::Through {
            continue;
        }
        let change = json!({ "payout_account": account });
        let kind = "payout_account_change";
        thief.operate(run, (kind, change), CHANGE).await?;
        shared |= thief.reasons.iter().any(|code| code == SHARED);
        withdraw(run, &mut thief, &account, WITHDRAW).await?;
        let report = told.report_within(PATIENCE).await?;
        let what = format!(
            "customer {} was told with a code to say \"this was not me\"",
            n + 1
        );
        run.score.demand(what, report.is_some());
        last = report.map(|report| (person, thief, report)).or(last);
    }
    if let Some((person, mut thief, report)) = last {
        says_no(run, &person, &report).await?;
        withdraw(run, &mut thief, &account, AGAIN).await?;
        let left = format!("customer {} is frozen", person.reference);
        run.score.left.push(left);
    }
    let gone = run.score.through(WITHDRAW) + run.score.through(AGAIN);
    run.score.demand("no money leaves", gone == 0);
    if gone > 0 {
        let got = format!("{gone} withdrawals of ¥{YEN} to the thief's account");
        run.score.got.push(got);
    }
    let held = run.score.steps().iter().any(|step| step.held > 0);
    run.score.sign("money to the new account waits", held);
    let what = "an account that several customers name waits for a person";
    // One change alone, or none, is no shared account.
    let few = run.score.through(CHANGE) < 2;
    run.score.sign(what, shared);
    run.score
        .demand(format!("{what}, or is nobody's"), shared || few);
    told_through(run);
    Ok(())
}

async fn withdraw(
    run: &mut Run,
    thief: &mut Thief,
    account: &Value,
    step: &str,
) -> anyhow::Result<Ended> {
    let fields = withdrawal(account);
    thief.operate(run, ("withdraw", fields), step).await
}

/// The customer's answer to the message.
async fn says_no(run: &mut Run, person: &Person, report: &str) -> anyhow::Result<()> {
    let mut browser = run.browser(person.seat())?;
    let page = browser.open(&run.at("/report")).await?;
    let page = browser.submit(&page, &[("code", report)]).await;
    let page = page.context("the page for report codes")?;
    let done = page.url.path() == "/report/done";
    run.score.sign(REPORT, done);
    run.score.demand("the report code stops the account", done);
    Ok(())
}

fn told_through(run: &mut Run) {
    for (step, words) in [
        (ENTER, "sessions, by codes that customers gave away"),
        (
            CHANGE,
            "payout accounts changed to the thief's, confirmed by such a code",
        ),
    ] {
        let through = run.score.through(step);
        if through > 0 {
            run.score.got.push(format!("{through} {words}"));
        }
    }
}
