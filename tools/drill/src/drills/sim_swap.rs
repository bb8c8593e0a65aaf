//! SIM swap (T-11): the customer's number rings at the thief's telephone, and the thief has the
//! password.
//!
//! **Invariant:** the thief reads text messages to the number, and no mail.

use anyhow::ensure;

use super::money::{PATIENCE, Thief, YEN, mule, withdrawal};
use super::{Alerted, Drill, Needs};
use crate::run::Run;
use crate::score::Ended;

const SET_UP: &str = "the customer signs in and adds a telephone number";
const ENTER: &str = "sign in with the number, the password and the code on it";
const CHANGE: &str = "change the payout account with what comes to the number";
const WITHDRAW: &str = "withdraw to the thief's account with what comes to the number";
const RECOVER: &str = "reset the password with what comes to the number";

pub const DRILL: Drill = Drill {
    title: "SIM swap",
    hopes: "whatever a telephone number opens: a session, a new password, the money",
    does: &[
        "as a customer, adds a telephone number in the security centre",
        "as the thief, who reads that number's messages, signs in from a strange place",
        "changes the payout account and withdraws 300,000 yen",
        "asks for a new password with the number alone",
    ],
    alerts: &[],
    alerted: Alerted::Noted,
    needs: Needs {
        customers: 1,
        messages: true,
        token: true,
    },
};

pub async fn play(run: &mut Run) -> anyhow::Result<()> {
    let people = run.people();
    let Some(person) = people.first() else {
        return Ok(());
    };
    let number = format!("+81801{:07}", run.number() % 10_000_000);
    let mut owner = Thief::new(run, person, person.seat(), &person.login).await?;
    let login = person.login.clone();
    set_up(run, &mut owner, &number).await?;
    run.score.entered.clear();
    run.score.left.push(format!(
        "{number} is a contact of customer {}",
        person.reference
    ));

    let mut told = run.inbox(&person.login).await?;
    let mut thief = Thief::new(run, person, run.program(40, 5), &number).await?;
    thief.verified = vec!["password", "sms_code"];
    if thief.enter(run, &number, ENTER).await? == Ended::Through {
        run.score.entered.insert(login);
        let account = mule(run);
        let change = serde_json::json!({ "payout_account": account });
        let kind = "payout_account_change";
        thief.operate(run, (kind, change), CHANGE).await?;
        let fields = withdrawal(&account);
        thief.operate(run, ("withdraw", fields), WITHDRAW).await?;
    }
    recover(run, &mut thief, &number).await?;

    let score = &mut run.score;
    let gone = score.through(WITHDRAW);
    score.demand("no money leaves", gone == 0);
    if gone > 0 {
        score.got.push(format!("a withdrawal of ¥{YEN}"));
    }
    let reset = score.through(RECOVER);
    score.demand("the number alone sets no new password", reset == 0);
    for (step, words) in [
        (ENTER, "a session, by the password and the number"),
        (CHANGE, "a payout account changed to the thief's"),
    ] {
        if score.through(step) > 0 {
            score.got.push(words.to_owned());
        }
    }
    let report = told.report_within(PATIENCE).await?;
    let what = "the customer is told by mail, with a code to say \"this was not me\"";
    run.score.demand(what, report.is_some());
    Ok(())
}

async fn set_up(run: &mut Run, owner: &mut Thief, number: &str) -> anyhow::Result<()> {
    let login = owner.person.login.clone();
    let came = owner.enter(run, &login, SET_UP).await?;
    ensure!(came == Ended::Through, "the customer cannot sign in");
    owner.reads = run.inbox(number).await?;
    let page = owner.browser.open(&run.at("/security/contact/new")).await?;
    let typed = [("current", login.as_str()), ("wanted", number)];
    let page = owner.browser.submit(&page, &typed).await?;
    ensure!(
        page.has("one-time-code"),
        "the number cannot be added: {}",
        page.told()
    );
    let came = owner.prove(&page).await?;
    ensure!(came == Ended::Through, "the number's code is not taken");
    Ok(())
}

async fn recover(run: &mut Run, thief: &mut Thief, number: &str) -> anyhow::Result<()> {
    run.turn().await?;
    let seat = thief.browser.seat().clone();
    thief.browser = run.browser(seat)?;
    let page = thief.browser.open(&run.at("/recover")).await?;
    let page = thief.browser.submit(&page, &[("login", number)]).await?;
    let shown = thief.answer(&page).await?.unwrap_or(page);
    let came = if shown.has("new-password") {
        Ended::Through
    } else if shown.has("one-time-code") {
        Ended::SteppedUp
    } else if shown.url.path().ends_with("/waiting") {
        Ended::Held
    } else {
        Ended::Refused
    };
    run.score.count(RECOVER, came);
    Ok(())
}
