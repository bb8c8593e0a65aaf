//! Insider export (T-43, T-47): somebody of the firm, with the credential of an application and the
//! name of a colleague, tries to carry customers away.
//!
//! **Invariant:** it does what the credential's scopes do not cover, and nothing that they do.

use reqwest::StatusCode;
use serde_json::json;

use super::{Alerted, Drill, Needs};
use crate::run::Run;
use crate::score::Ended;

const SWEEP: &str = "ask for the withdrawals of every customer, with an application's credential";
const BARE: &str = "the same without a credential";
const READ: &str = "open the console's pages without signing in";
const GUESS: &str = "guess a colleague's secret at the console";

/// Guesses of a secret.
const GUESSES: u32 = 12;

pub const DRILL: Drill = Drill {
    title: "Insider export",
    hopes: "a list of customers with what they own, to sell",
    does: &[
        "asks /v1/sweeps for everybody's withdrawals, with a credential that does not cover it and \
         without one",
        "opens pages of the console without signing in",
        "guesses the secret of a colleague's name at the console, 12 times",
    ],
    alerts: &[],
    alerted: Alerted::Noted,
    needs: Needs {
        customers: 0,
        messages: false,
        token: true,
    },
};

pub async fn play(run: &mut Run) -> anyhow::Result<()> {
    let token = run.target().token.clone().unwrap_or_default();
    for (credential, step) in [(Some(token), SWEEP), (None, BARE)] {
        for _ in 0..3 {
            run.turn().await?;
            let came = sweep(run, credential.as_deref()).await?;
            run.score.count(step, came);
        }
    }
    if let Some(console) = run.target().console.clone() {
        pages(run, &console).await?;
        guess(run, &console).await?;
    } else {
        run.score.sign("the console was tried", false);
    }
    let out = [SWEEP, BARE, READ].map(|step| run.score.through(step));
    let none = out.iter().sum::<u32>() == 0;
    run.score
        .demand("nothing about customers is answered", none);
    let guessed = run.score.through(GUESS);
    run.score.demand("no secret is guessed", guessed == 0);
    if !none {
        run.score.got.push("answers about customers".to_owned());
    }
    Ok(())
}

async fn sweep(run: &Run, credential: Option<&str>) -> anyhow::Result<Ended> {
    let body = json!({
        "withdrawals": {},
        "from": "2026-01-01T00:00:00Z",
        "to": "2027-01-01T00:00:00Z",
    });
    let request = sekisho_browser::http()?.post(run.at("/v1/sweeps"));
    let request = match credential {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.json(&body).send().await?;
    Ok(match answer.status() {
        StatusCode::OK => Ended::Through,
        _ => Ended::Refused,
    })
}

async fn pages(run: &mut Run, console: &str) -> anyhow::Result<()> {
    for path in ["/", "/passkeys", "/alerts", "/cases", "/customers"] {
        run.turn().await?;
        let mut browser = run.browser(run.program(50, 1))?;
        let page = browser.open(&format!("{console}{path}")).await?;
        let inside = page.status < 400 && page.url.path() == path;
        let came = if inside {
            Ended::Through
        } else {
            Ended::Refused
        };
        run.score.count(READ, came);
    }
    Ok(())
}

async fn guess(run: &mut Run, console: &str) -> anyhow::Result<()> {
    for n in 0..GUESSES {
        run.turn().await?;
        let mut browser = run.browser(run.program(50, 1))?;
        let page = browser.open(&format!("{console}/enrol")).await?;
        let secret = format!("guess-{}-{n}", run.number());
        let typed = [("name", "nobody-drill"), ("secret", secret.as_str())];
        let page = browser.submit(&page, &typed).await?;
        let inside = page.status < 400 && page.url.path() != "/enrol";
        let came = if inside {
            Ended::Through
        } else {
            Ended::Refused
        };
        run.score.count(GUESS, came);
    }
    Ok(())
}
