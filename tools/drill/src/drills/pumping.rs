//! SMS pumping (T-52): codes to rows of numbers of the attacker's, who earns on each; and to
//! numbers of countries where nobody is a customer.
//!
//! **Invariant:** no code is ever typed, and each number is asked for once.

use anyhow::ensure;

use super::{Alerted, Drill, Needs};
use crate::run::{Run, ended};
use crate::score::Ended;

const ROW: &str = "ask for a code to a number of one row";
const ABROAD: &str = "ask for a code to a number abroad";

/// Numbers of the row. The shipped policies let 50 unanswered codes go to one prefix
/// (`text.prefix_unanswered`), and ten held back raise an alert.
const NUMBERS: u32 = 80;
const CLOSED: u32 = 10;
/// What one row may get; `text.prefix_unanswered` of the shipped policies.
const MOST: u32 = 50;

pub const DRILL: Drill = Drill {
    title: "SMS pumping",
    hopes: "money for each text message that the firm sends to the attacker's numbers",
    does: &[
        "begins 80 registrations with numbers of one row, from 20 networks",
        "begins 10 with numbers abroad",
    ],
    alerts: &["pumping"],
    alerted: Alerted::Must,
    needs: Needs {
        customers: 0,
        messages: true,
        token: false,
    },
};

pub async fn play(run: &mut Run) -> anyhow::Result<()> {
    let row = run.number() % 100_000;
    let mut texts = run.inbox("").await?;
    for n in 0..NUMBERS {
        let number = format!("+8190{row:05}{n:03}");
        ask(run, n, &number, ROW).await?;
    }
    for n in 0..CLOSED {
        let number = format!("+9477{row:05}{n:02}");
        ask(run, n, &number, ABROAD).await?;
    }
    let begun = run
        .score
        .steps()
        .iter()
        .map(|step| step.stepped_up)
        .sum::<u32>();
    ensure!(
        begun > 0,
        "no registration could be begun, so nothing was tried"
    );
    let (mut sent, mut abroad) = (0, 0);
    let home = format!("+8190{row:05}");
    for mail in texts.settled().await? {
        sent += u32::from(mail.to.starts_with(&home));
        abroad += u32::from(mail.to.starts_with("+94"));
    }
    let score = &mut run.score;
    score.demand(
        format!("at most {MOST} messages go to one row"),
        sent <= MOST,
    );
    score.demand("no message goes abroad", abroad == 0);
    score
        .got
        .push(format!("{sent} text messages to the row, {abroad} abroad"));
    let left = format!("{} registrations that were begun", NUMBERS + CLOSED);
    score.left.push(left);
    Ok(())
}

/// Whether the page goes on says nothing: it is the same for every number.
async fn ask(run: &mut Run, n: u32, number: &str, step: &str) -> anyhow::Result<()> {
    run.turn().await?;
    let mut browser = run.browser(run.program(n % 20, 40 + n / 20))?;
    let page = browser.open(&run.at("/sign-up")).await?;
    // Fits every shipped profile: three kinds of characters, 16 at most.
    let password = format!("Kaeru7-{:05}-uta", run.number() % 100_000);
    let typed = [("username", number), ("new-password", password.as_str())];
    let page = browser.submit(&page, &typed).await?;
    let came = match ended(&page) {
        Ended::Through => Ended::Refused,
        came => came,
    };
    run.score.count(step, came);
    Ok(())
}
