//! Session theft (T-23): the cookie of a customer who has just signed in, copied to another machine
//! in another country.
//!
//! **Invariant:** the thief has the cookies and the mail address of the customer, and reads none of
//! the customer's messages.

use super::money::{PATIENCE, Thief, YEN, mule, withdrawal};
use super::{Alerted, Drill, Needs};
use crate::run::Run;
use crate::score::Ended;

const ENTER: &str = "the customer signs in at their usual place";
const READ: &str = "open the customer's pages with the copied cookie";
const EXPORT: &str = "take the login history with the copied cookie";
const CONTACT: &str = "add a mail address of the thief's";
const CHANGE: &str = "change the payout account";
const WITHDRAW: &str = "withdraw to the thief's account";

pub const DRILL: Drill = Drill {
    title: "Session theft",
    hopes: "to be the customer without any proof: to read, to take over the messages, to send money",
    does: &[
        "signs in as a customer from their usual place, with the code from the message box",
        "copies the cookie to another program in another country within a minute",
        "opens the account's pages and the export of the login history",
        "adds a mail address of its own; asks for a payout account and a withdrawal",
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
    let mut told = run.inbox(&person.login).await?;
    let mut owner = Thief::new(run, person, person.seat(), &person.login).await?;
    let login = person.login.clone();
    let came = owner.enter(run, &login, ENTER).await?;
    run.score.entered.clear();
    anyhow::ensure!(came == Ended::Through, "the customer cannot sign in");

    let own = format!("thief-{}@example.net", run.number());
    let mut thief = Thief::new(run, person, run.program(30, 3), &own).await?;
    thief.browser = owner.browser.copied_to(thief.browser.seat().clone());
    read(run, &mut thief).await?;
    add_contact(run, &mut thief, &own).await?;
    let account = mule(run);
    let change = serde_json::json!({ "payout_account": account });
    let kind = "payout_account_change";
    thief.operate(run, (kind, change), CHANGE).await?;
    let fields = withdrawal(&account);
    thief.operate(run, ("withdraw", fields), WITHDRAW).await?;

    let score = &mut run.score;
    let gone = score.through(WITHDRAW);
    score.demand("no money leaves", gone == 0);
    score.demand("no payout account is changed", score.through(CHANGE) == 0);
    if gone > 0 {
        score.got.push(format!("a withdrawal of ¥{YEN}"));
    }
    let (read, contact) = (score.through(READ), score.through(CONTACT));
    let ended = read == 0;
    score.demand("the cookie is worth nothing at another place", ended);
    if read > 0 {
        score.entered.insert(login);
        let got = format!("{read} pages of the account were read with the copied cookie");
        score.got.push(got);
    }
    if contact > 0 {
        let got = "a mail address of the thief's was added to the account";
        score.got.push(got.to_owned());
        let left = format!("{own} is a contact of customer {}", person.reference);
        score.left.push(left);
    }
    let what = "no contact is added without a proof of whoever asks";
    run.score.demand(what, contact == 0);
    let report = told.report_within(PATIENCE).await?;
    let what = "the customer has a message with a code to say \"this was not me\"";
    run.score.demand(what, report.is_some());
    Ok(())
}

async fn read(run: &mut Run, thief: &mut Thief) -> anyhow::Result<()> {
    let login = thief.person.login.clone();
    run.score.touched.insert(login);
    for (path, step) in [
        ("/account", READ),
        ("/history", READ),
        ("/security", READ),
        ("/security/contact", READ),
        ("/history/export.csv", EXPORT),
    ] {
        run.turn().await?;
        let page = thief.browser.open(&run.at(path)).await?;
        let shown = page.status < 400 && page.url.path() == path;
        let came = if shown {
            Ended::Through
        } else {
            Ended::Refused
        };
        run.score.count(step, came);
    }
    Ok(())
}

async fn add_contact(run: &mut Run, thief: &mut Thief, own: &str) -> anyhow::Result<()> {
    run.turn().await?;
    let page = thief.browser.open(&run.at("/security/contact/new")).await?;
    if !page.has("wanted") {
        let came = if page.has("one-time-code") || page.url.path().ends_with("/prove") {
            Ended::SteppedUp
        } else {
            Ended::Refused
        };
        run.score.count(CONTACT, came);
        return Ok(());
    }
    let typed = [("current", thief.person.login.as_str()), ("wanted", own)];
    let page = thief.browser.submit(&page, &typed).await?;
    let came = thief.prove(&page).await?;
    run.score.count(CONTACT, came);
    Ok(())
}
